/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "cb-disk-private.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

/* Address space; pages are taken as they are written. */
#define TRACE_BYTES ((gsize) 1 << 30)

static CbDisk *mounted;
static CbDiskSyncs ignored;

/* --- the trace --- */

typedef enum
{
  STEP_MAKE_FILE,
  STEP_MAKE_DIRECTORY,
  STEP_WRITE,
  STEP_TRUNCATE,
  STEP_SYNC,
  STEP_LOSE,
  STEP_NAME,
  STEP_UNNAME,
  STEP_RENAME,
  STEP_SYNC_DIRECTORY,
  STEP_MARK,
} StepKind;

/* Followed by its bytes: those written, or one or two names. Of a multiple of eight bytes. */
typedef struct
{
  gsize size;
  StepKind kind;
  guint id;
  guint64 offset;
  gsize n_bytes;
} Step;

struct _CbTrace
{
  gsize used;
  guint n_steps; /* without the marks */
  /* Each begins where a Step may. */
  guint8 steps[] __attribute__ ((aligned (8)));
};

CbTrace *
cb_trace_new (void)
{
  void *memory = mmap (NULL, TRACE_BYTES, PROT_READ | PROT_WRITE,
                       MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

  g_assert (memory != MAP_FAILED);
  return memory;
}

void
cb_trace_free (CbTrace *self)
{
  munmap (self, TRACE_BYTES);
}

void
cb_trace_clear (CbTrace *self)
{
  self->used = 0;
  self->n_steps = 0;
}

guint
cb_trace_get_length (CbTrace *self)
{
  return self->n_steps;
}

/* Counted only when it is whole: whoever writes may be killed at any moment. */
static void
add_step (CbTrace *self,
          StepKind kind,
          guint id,
          guint64 offset,
          const void *bytes,
          gsize n_bytes,
          const char *more)
{
  gsize n_more = more != NULL ? strlen (more) + 1 : 0;
  gsize size = (sizeof (Step) + n_bytes + n_more + 7) & ~(gsize) 7;
  Step *step = (Step *) (gpointer) (self->steps + self->used);

  g_assert (sizeof (CbTrace) + self->used + size <= TRACE_BYTES);
  *step = (Step){ size, kind, id, offset, n_bytes };
  if (n_bytes > 0)
    memcpy (step + 1, bytes, n_bytes);
  if (n_more > 0)
    memcpy ((char *) (step + 1) + n_bytes, more, n_more);
  self->n_steps += kind != STEP_MARK;
  self->used += size;
}

void
cb_trace_mark (CbTrace *self, guint number)
{
  add_step (self, STEP_MARK, number, 0, NULL, 0, NULL);
}

/* --- files --- */

static void
change_free (gpointer data)
{
  CbDiskChange *change = data;

  g_clear_pointer (&change->bytes, g_bytes_unref);
  g_free (change);
}

static void
file_free (gpointer data)
{
  CbDiskFile *file = data;

  g_byte_array_unref (file->now);
  g_byte_array_unref (file->safe);
  g_ptr_array_unref (file->changes);
  g_clear_pointer (&file->shm, g_ptr_array_unref);
  g_free (file);
}

static void
naming_free (gpointer data)
{
  CbDiskNaming *naming = data;

  g_free (naming->from);
  g_free (naming->to);
  g_free (naming);
}

CbDiskFile *
cb_disk_add_file (CbDisk *self, guint id, gboolean is_directory)
{
  CbDiskFile *file = g_new0 (CbDiskFile, 1);

  file->id = id;
  file->is_directory = is_directory;
  file->now = g_byte_array_new ();
  file->safe = g_byte_array_new ();
  file->changes = g_ptr_array_new_with_free_func (change_free);
  g_hash_table_insert (self->files, GUINT_TO_POINTER (id), file);
  self->last_id = MAX (self->last_id, id);
  return file;
}

static CbDiskFile *
get_file (CbDisk *self, guint id)
{
  CbDiskFile *file = g_hash_table_lookup (self->files, GUINT_TO_POINTER (id));

  g_assert (file != NULL);
  return file;
}

static void
set_length (GByteArray *bytes, gsize length)
{
  gsize was = bytes->len;

  g_byte_array_set_size (bytes, (guint) length);
  if (length > was)
    memset (bytes->data + was, 0, length - was);
}

void
cb_disk_change_bytes (GByteArray *bytes, const CbDiskChange *change)
{
  gsize length = 0;
  const void *data;

  if (change->bytes == NULL)
    {
      set_length (bytes, change->offset);
      return;
    }
  data = g_bytes_get_data (change->bytes, &length);
  if (length == 0)
    return;
  if (change->offset + length > bytes->len)
    set_length (bytes, change->offset + length);
  memcpy (bytes->data + change->offset, data, length);
}

static void
change_file (CbDiskFile *file, guint64 offset, GBytes *bytes)
{
  CbDiskChange *change = g_new0 (CbDiskChange, 1);

  change->offset = offset;
  change->bytes = bytes;
  cb_disk_change_bytes (file->now, change);
  g_ptr_array_add (file->changes, change);
}

static void
settle_file (CbDiskFile *file)
{
  for (guint i = 0; i < file->changes->len; i++)
    cb_disk_change_bytes (file->safe, g_ptr_array_index (file->changes, i));
  g_ptr_array_set_size (file->changes, 0);
}

/* --- names --- */

static void
apply_naming (GHashTable *names, const CbDiskNaming *naming)
{
  if (naming->from != NULL)
    g_hash_table_remove (names, naming->from);
  if (naming->to != NULL)
    g_hash_table_insert (names, g_strdup (naming->to), GUINT_TO_POINTER (naming->id));
}

static void
change_names (CbDisk *self, const char *from, const char *to, guint id)
{
  CbDiskNaming *naming = g_new0 (CbDiskNaming, 1);

  naming->from = g_strdup (from);
  naming->to = g_strdup (to);
  naming->id = id;
  apply_naming (self->names, naming);
  g_ptr_array_add (self->namings, naming);
}

/* All of them for NULL, else those that are the directory's. */
static void
settle_names (CbDisk *self, const char *directory)
{
  guint kept = 0;

  for (guint i = 0; i < self->namings->len; i++)
    {
      CbDiskNaming *naming = g_ptr_array_index (self->namings, i);
      g_autofree char *parent = g_path_get_dirname (naming->to != NULL ? naming->to : naming->from);

      if (directory != NULL && !g_str_equal (parent, directory))
        {
          self->namings->pdata[kept++] = naming;
          continue;
        }
      apply_naming (self->safe, naming);
      naming_free (naming);
    }
  /* What is behind has been freed or moved forward. */
  self->namings->len = kept;
}

CbDiskFile *
cb_disk_find (CbDisk *self, const char *path)
{
  gpointer id = NULL;

  if (!g_hash_table_lookup_extended (self->names, path, NULL, &id))
    return NULL;
  return get_file (self, GPOINTER_TO_UINT (id));
}

gboolean
cb_disk_has_parent (CbDisk *self, const char *path)
{
  g_autofree char *parent = g_path_get_dirname (path);
  CbDiskFile *file = cb_disk_find (self, parent);

  return file != NULL && file->is_directory;
}

/* --- steps: what is done, and done again from a trace --- */

static void
take_step (CbDisk *self, const Step *step, const void *bytes)
{
  const char *name = bytes;

  switch (step->kind)
    {
    case STEP_MAKE_FILE:
    case STEP_MAKE_DIRECTORY:
      cb_disk_add_file (self, step->id, step->kind == STEP_MAKE_DIRECTORY);
      break;
    case STEP_WRITE:
      change_file (get_file (self, step->id), step->offset, g_bytes_new (bytes, step->n_bytes));
      break;
    case STEP_TRUNCATE:
      change_file (get_file (self, step->id), step->offset, NULL);
      break;
    case STEP_SYNC:
      settle_file (get_file (self, step->id));
      if (self->kind == CB_DISK_EXT4)
        settle_names (self, NULL);
      break;
    case STEP_LOSE:
      g_ptr_array_set_size (get_file (self, step->id)->changes, 0);
      break;
    case STEP_NAME:
      change_names (self, NULL, name, step->id);
      break;
    case STEP_UNNAME:
      change_names (self, name, NULL, 0);
      break;
    case STEP_RENAME:
      change_names (self, name, name + strlen (name) + 1, step->id);
      break;
    case STEP_SYNC_DIRECTORY:
      settle_names (self, self->kind == CB_DISK_STRICT ? name : NULL);
      break;
    case STEP_MARK:
    default:
      g_assert_not_reached ();
    }
}

static void
do_step (CbDisk *self,
         StepKind kind,
         guint id,
         guint64 offset,
         const void *bytes,
         gsize n_bytes,
         const char *more)
{
  Step step = { 0, kind, id, offset, n_bytes };
  g_autofree char *both = NULL;

  if (self->trace != NULL)
    add_step (self->trace, kind, id, offset, bytes, n_bytes, more);
  if (more != NULL)
    {
      gsize n_more = strlen (more) + 1;

      both = g_malloc (n_bytes + n_more);
      memcpy (both, bytes, n_bytes);
      memcpy (both + n_bytes, more, n_more);
    }
  take_step (self, &step, both != NULL ? both : bytes);
}

gboolean
cb_disk_replay (CbDisk *self, CbTrace *trace, CbTracePlace *place)
{
  while (place->position < trace->used)
    {
      const Step *step = (const Step *) (gconstpointer) (trace->steps + place->position);

      place->position += step->size;
      if (step->kind == STEP_MARK)
        {
          place->mark = step->id;
          continue;
        }
      take_step (self, step, step + 1);
      place->index++;
      place->is_sync = step->kind == STEP_SYNC || step->kind == STEP_SYNC_DIRECTORY;
      /* Marks that stand right behind it were set before the next operation. */
      while (place->position < trace->used)
        {
          const Step *next = (const Step *) (gconstpointer) (trace->steps + place->position);

          if (next->kind != STEP_MARK)
            break;
          place->mark = next->id;
          place->position += next->size;
        }
      return TRUE;
    }
  return FALSE;
}

guint
cb_disk_replay_to_mark (CbDisk *self, CbTrace *trace, CbTracePlace *place)
{
  while (place->position < trace->used)
    {
      const Step *step = (const Step *) (gconstpointer) (trace->steps + place->position);

      place->position += step->size;
      if (step->kind == STEP_MARK)
        return place->mark = step->id;
      take_step (self, step, step + 1);
      place->index++;
    }
  return 0;
}

static void
do_named (CbDisk *self, StepKind kind, guint id, const char *name, const char *more)
{
  do_step (self, kind, id, 0, name, strlen (name) + 1, more);
}

CbDiskFile *
cb_disk_make (CbDisk *self, gboolean is_directory)
{
  guint id = self->last_id + 1;

  do_step (self, is_directory ? STEP_MAKE_DIRECTORY : STEP_MAKE_FILE, id, 0, NULL, 0, NULL);
  return get_file (self, id);
}

void
cb_disk_write (CbDisk *self, CbDiskFile *file, guint64 offset, const void *bytes, gsize length)
{
  do_step (self, STEP_WRITE, file->id, offset, bytes, length, NULL);
}

void
cb_disk_truncate (CbDisk *self, CbDiskFile *file, guint64 length)
{
  do_step (self, STEP_TRUNCATE, file->id, length, NULL, 0, NULL);
}

void
cb_disk_sync (CbDisk *self, CbDiskFile *file)
{
  do_step (self, STEP_SYNC, file->id, 0, NULL, 0, NULL);
}

void
cb_disk_lose (CbDisk *self, CbDiskFile *file)
{
  do_step (self, STEP_LOSE, file->id, 0, NULL, 0, NULL);
}

void
cb_disk_name (CbDisk *self, const char *path, CbDiskFile *file)
{
  do_named (self, STEP_NAME, file->id, path, NULL);
}

void
cb_disk_unname (CbDisk *self, const char *path)
{
  do_named (self, STEP_UNNAME, 0, path, NULL);
}

void
cb_disk_rename (CbDisk *self, const char *from, const char *to)
{
  do_named (self, STEP_RENAME, cb_disk_find (self, from)->id, from, to);
}

void
cb_disk_sync_directory (CbDisk *self, const char *path)
{
  do_named (self, STEP_SYNC_DIRECTORY, 0, path, NULL);
}

/* --- disks --- */

CbDisk *
cb_disk_new (CbDiskKind kind)
{
  CbDisk *self = g_new0 (CbDisk, 1);

  self->kind = kind;
  self->files = g_hash_table_new_full (NULL, NULL, NULL, file_free);
  self->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->safe = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->namings = g_ptr_array_new ();
  self->open_files = g_ptr_array_new ();
  cb_disk_name (self, CB_DISK_ROOT, cb_disk_make (self, TRUE));
  settle_names (self, NULL);
  return self;
}

CbDisk *
cb_disk_copy (CbDisk *self, CbDiskKind kind)
{
  CbDisk *copy = cb_disk_new (kind);
  GHashTableIter iter;
  gpointer name;
  gpointer id;

  g_hash_table_iter_init (&iter, self->names);
  while (g_hash_table_iter_next (&iter, &name, &id))
    {
      CbDiskFile *file = get_file (self, GPOINTER_TO_UINT (id));
      CbDiskFile *twin = g_hash_table_lookup (copy->files, id);

      if (twin == NULL)
        {
          twin = cb_disk_add_file (copy, file->id, file->is_directory);
          g_byte_array_append (twin->now, file->now->data, file->now->len);
          g_byte_array_append (twin->safe, file->now->data, file->now->len);
        }
      g_hash_table_insert (copy->names, g_strdup (name), id);
      g_hash_table_insert (copy->safe, g_strdup (name), id);
    }
  copy->last_id = self->last_id;
  return copy;
}

void
cb_disk_free (CbDisk *self)
{
  if (mounted == self)
    mounted = NULL;
  cb_disk_forget_handles (self);
  g_ptr_array_unref (self->open_files);
  for (guint i = 0; i < self->namings->len; i++)
    naming_free (self->namings->pdata[i]);
  g_ptr_array_unref (self->namings);
  g_hash_table_unref (self->names);
  g_hash_table_unref (self->safe);
  g_hash_table_unref (self->files);
  g_free (self);
}

void
cb_disk_mount (CbDisk *self)
{
  cb_disk_register_vfs ();
  mounted = self;
}

CbDisk *
cb_disk_get_mounted (void)
{
  return mounted;
}

void
cb_disk_record (CbDisk *self, CbTrace *trace)
{
  self->trace = trace;
}

static guint64
mix (guint64 sum, const guint8 *bytes, gsize length)
{
  guint64 word;

  for (; length >= sizeof word; bytes += sizeof word, length -= sizeof word)
    {
      memcpy (&word, bytes, sizeof word);
      sum = (sum ^ word) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
      sum ^= sum >> 29;
    }
  word = 0;
  if (length > 0)
    memcpy (&word, bytes, length);
  sum = (sum ^ word ^ length << 56) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  return sum ^ sum >> 32;
}

guint64
cb_disk_sum (CbDisk *self, const char *without)
{
  guint64 all = 0;
  GHashTableIter iter;
  gpointer name;
  gpointer id;

  g_hash_table_iter_init (&iter, self->names);
  while (g_hash_table_iter_next (&iter, &name, &id))
    {
      CbDiskFile *file = get_file (self, GPOINTER_TO_UINT (id));

      /* Added up, for a table has no order. */
      if (without == NULL || !g_str_has_prefix (name, without))
        all += mix (mix (1, name, strlen (name)), file->now->data, file->now->len);
    }
  return all;
}

gboolean
cb_disk_holds (CbDisk *self, const void *bytes, gsize length)
{
  GHashTableIter iter;
  gpointer name;
  gpointer id;

  g_hash_table_iter_init (&iter, self->names);
  while (g_hash_table_iter_next (&iter, &name, &id))
    {
      CbDiskFile *file = get_file (self, GPOINTER_TO_UINT (id));

      if (memmem (name, strlen (name), bytes, length) != NULL ||
          (file->now->len >= length &&
           memmem (file->now->data, file->now->len, bytes, length) != NULL))
        return TRUE;
    }
  return FALSE;
}

GBytes *
cb_disk_read (CbDisk *self, const char *path)
{
  CbDiskFile *file = cb_disk_find (self, path);

  return file != NULL ? g_bytes_new (file->now->data, file->now->len) : NULL;
}

void
cb_disk_remove (CbDisk *self, const char *path)
{
  g_hash_table_remove (self->names, path);
  g_hash_table_remove (self->safe, path);
}

/* --- trouble --- */

void
cb_disk_fail_at (CbDisk *self, CbDiskTrouble trouble, guint number, gboolean lasting)
{
  self->trouble = trouble;
  self->fails_at = number;
  self->is_lasting = lasting;
  self->n_calls = 0;
  self->has_failed = FALSE;
}

int
cb_disk_meet_trouble (CbDisk *self, CbDiskCall call)
{
  if (self->trouble == CB_DISK_ENOSPC && call != CB_DISK_NEEDS_ROOM)
    return 0;
  self->n_calls++;
  if (self->fails_at == 0 || self->n_calls < self->fails_at ||
      (self->n_calls > self->fails_at && !self->is_lasting))
    return 0;
  self->has_failed = TRUE;
  return self->trouble == CB_DISK_ENOSPC ? ENOSPC : EIO;
}

guint
cb_disk_get_n_calls (CbDisk *self)
{
  return self->n_calls;
}

gboolean
cb_disk_has_failed (CbDisk *self)
{
  return self->has_failed;
}

void
cb_disk_ignore (CbDiskSyncs syncs)
{
  ignored = syncs;
}

gboolean
cb_disk_ignores (CbDiskSyncs syncs)
{
  return (ignored & syncs) != 0;
}
