/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "cb-disk-private.h"

#include <string.h>

/* A small generator of our own: a GRand takes longer to seed than a cut to make. */
typedef struct
{
  guint64 state;
} Dice;

static guint32 throw (Dice * dice, guint32 sides)
{
  guint64 x;

  /* splitmix64 */
  dice->state += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
  x = dice->state;
  x = (x ^ (x >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  x = (x ^ (x >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return (guint32) ((x ^ (x >> 31)) >> 32) % sides;
}

/* How much of a hundred is kept. */
static guint
throw_part (Dice *dice)
{
  static const guint parts[] = { 3, 15, 50, 85, 97 };

  return parts[throw (dice, G_N_ELEMENTS (parts))];
}

static void
keep_bytes (GByteArray *into, guint64 offset, const guint8 *bytes, gsize length)
{
  g_autoptr (GBytes) part = g_bytes_new_static (bytes, length);
  CbDiskChange change = { offset, part };

  cb_disk_change_bytes (into, &change);
}

/* Of one write some of the sectors, one of them perhaps in part. */
static void
keep_sectors (GByteArray *into, const CbDiskChange *change, guint part, Dice *dice)
{
  gsize length;
  const guint8 *bytes = g_bytes_get_data (change->bytes, &length);
  gsize done = 0;

  while (done < length)
    {
      gsize room = CB_DISK_SECTOR - (change->offset + done) % CB_DISK_SECTOR;
      gsize piece = MIN (room, length - done);

      if (throw (dice, 100) < part)
        keep_bytes (into, change->offset + done, bytes + done, piece);
      else if (throw (dice, 16) == 0)
        keep_bytes (into, change->offset + done, bytes + done, throw (dice, (guint32) piece));
      done += piece;
    }
}

/* A file that is as long as it was made, whatever of it was written. */
static void
keep_length (GByteArray *into, const GByteArray *now)
{
  gsize was = into->len;

  if (now->len <= was)
    return;
  g_byte_array_set_size (into, now->len);
  memset (into->data + was, 0, now->len - was);
}

static void
cut_file (CbDiskFile *file, GByteArray *into, guint32 seed, Dice *dice)
{
  guint part;

  g_byte_array_append (into, file->safe->data, file->safe->len);
  if (file->changes->len == 0 || seed == 0)
    return;
  part = seed == 1 ? 100 : throw_part (dice);
  if (seed != 1 && throw (dice, 4) == 0)
    keep_length (into, file->now);
  for (guint i = 0; i < file->changes->len; i++)
    {
      const CbDiskChange *change = g_ptr_array_index (file->changes, i);

      if (part == 100 || (change->bytes == NULL && throw (dice, 100) < part))
        cb_disk_change_bytes (into, change);
      else if (change->bytes != NULL)
        keep_sectors (into, change, part, dice);
    }
}

static void
take_name (CbDisk *image, const CbDiskNaming *naming)
{
  if (naming->from != NULL)
    g_hash_table_remove (image->names, naming->from);
  if (naming->to != NULL)
    g_hash_table_insert (image->names, g_strdup (naming->to), GUINT_TO_POINTER (naming->id));
}

static void
cut_names (CbDisk *self, CbDisk *image, guint32 seed, Dice *dice)
{
  guint n_namings = self->namings->len;
  guint n_kept = seed == 0 ? 0 : seed == 1 ? n_namings : throw (dice, n_namings + 1);
  guint part = throw_part (dice);
  GHashTableIter iter;
  gpointer name;
  gpointer id;

  g_hash_table_iter_init (&iter, self->safe);
  while (g_hash_table_iter_next (&iter, &name, &id))
    g_hash_table_insert (image->names, g_strdup (name), id);
  for (guint i = 0; i < n_namings; i++)
    {
      gboolean is_kept =
        self->kind == CB_DISK_EXT4 || seed < 2 ? i < n_kept : throw (dice, 100) < part;

      if (is_kept)
        take_name (image, g_ptr_array_index (self->namings, i));
    }
}

/* A file in a directory that is not there is not there. */
static gboolean
is_reachable (CbDisk *self, CbDisk *image, const char *path)
{
  g_autofree char *parent = g_path_get_dirname (path);
  gpointer id = NULL;

  if (g_str_equal (path, CB_DISK_ROOT))
    return TRUE;
  return g_hash_table_lookup_extended (image->names, parent, NULL, &id) &&
         ((CbDiskFile *) g_hash_table_lookup (self->files, id))->is_directory &&
         is_reachable (self, image, parent);
}

static void
drop_unreachable (CbDisk *self, CbDisk *image)
{
  g_autoptr (GPtrArray) lost = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer name;

  g_hash_table_iter_init (&iter, image->names);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    {
      if (!is_reachable (self, image, name))
        g_ptr_array_add (lost, g_strdup (name));
    }
  for (guint i = 0; i < lost->len; i++)
    g_hash_table_remove (image->names, lost->pdata[i]);
}

gboolean
cb_disk_is_settled (CbDisk *self)
{
  GHashTableIter iter;
  gpointer id;

  if (self->namings->len > 0)
    return FALSE;
  g_hash_table_iter_init (&iter, self->names);
  while (g_hash_table_iter_next (&iter, NULL, &id))
    {
      if (((CbDiskFile *) g_hash_table_lookup (self->files, id))->changes->len > 0)
        return FALSE;
    }
  return TRUE;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* Sorted, so that a seed says everything. */
static GPtrArray *
list_names (CbDisk *image)
{
  GPtrArray *list = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer name;

  g_hash_table_iter_init (&iter, image->names);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    g_ptr_array_add (list, name);
  g_ptr_array_sort (list, compare_names);
  return list;
}

CbDisk *
cb_disk_cut (CbDisk *self, guint32 seed)
{
  Dice dice = { seed };
  CbDisk *image = cb_disk_new (self->kind);
  g_autoptr (GPtrArray) names = NULL;

  g_hash_table_remove_all (image->names);
  cut_names (self, image, seed, &dice);
  drop_unreachable (self, image);
  names = list_names (image);
  for (guint i = 0; i < names->len; i++)
    {
      gpointer id = g_hash_table_lookup (image->names, names->pdata[i]);
      CbDiskFile *file = g_hash_table_lookup (self->files, id);
      CbDiskFile *twin = g_hash_table_lookup (image->files, id);

      g_hash_table_insert (image->safe, g_strdup (names->pdata[i]), id);
      if (g_str_equal (names->pdata[i], CB_DISK_ROOT) || (twin != NULL && !twin->is_directory))
        continue;
      twin = cb_disk_add_file (image, file->id, file->is_directory);
      cut_file (file, twin->now, seed, &dice);
      g_byte_array_append (twin->safe, twin->now->data, twin->now->len);
    }
  image->last_id = self->last_id;
  return image;
}
