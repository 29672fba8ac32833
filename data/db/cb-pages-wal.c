/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "db/cb-pages-wal.h"

#include <string.h>

#define HEAD_BYTES 32
#define FRAME_HEAD_BYTES 24
/* The last bit says in which order the bytes of a number are summed. */
#define MAGIC 0x377f0682u

struct _CbWal
{
  GMappedFile *file;
  const guint8 *bytes;
  gsize length;
  gsize frame_bytes;
  gboolean is_big_endian;
  GHashTable *pages; /* number → bytes */
  guint last_page;
};

typedef struct
{
  guint32 a;
  guint32 b;
} Sum;

static guint32
get_32 (const guint8 *bytes)
{
  return (guint32) bytes[0] << 24 | (guint32) bytes[1] << 16 | (guint32) bytes[2] << 8 | bytes[3];
}

static Sum
go_on (CbWal *self, Sum sum, const guint8 *bytes, gsize length)
{
  for (gsize i = 0; i + 8 <= length; i += 8)
    {
      guint32 first = get_32 (bytes + i);
      guint32 second = get_32 (bytes + i + 4);

      sum.a += (self->is_big_endian ? first : GUINT32_SWAP_LE_BE (first)) + sum.b;
      sum.b += (self->is_big_endian ? second : GUINT32_SWAP_LE_BE (second)) + sum.a;
    }
  return sum;
}

static Sum
read_sum (const guint8 *bytes)
{
  return (Sum){ get_32 (bytes), get_32 (bytes + 4) };
}

/* Whether it goes on from what stands before it. */
static gboolean
is_right (CbWal *self, const guint8 *frame, Sum before)
{
  Sum sum = go_on (self, before, frame, 8);
  Sum written = read_sum (frame + 16);

  sum = go_on (self, sum, frame + FRAME_HEAD_BYTES, self->frame_bytes - FRAME_HEAD_BYTES);
  return sum.a == written.a && sum.b == written.b;
}

/* A frame of an earlier round of the same file has other salts than the head, or, when that is
 * damaged, than the first frame. */
static void
read_frames (CbWal *self)
{
  gboolean has_head = (get_32 (self->bytes) & ~1u) == MAGIC;
  const guint8 *salts = has_head ? self->bytes + 16 : self->bytes + HEAD_BYTES + 8;
  Sum before = read_sum (self->bytes + 24);
  g_autoptr (GPtrArray) pending = g_ptr_array_new ();

  self->is_big_endian = has_head && (get_32 (self->bytes) & 1) != 0;
  for (gsize at = HEAD_BYTES; at + self->frame_bytes <= self->length; at += self->frame_bytes)
    {
      const guint8 *frame = self->bytes + at;

      if (memcmp (frame + 8, salts, 8) == 0 && get_32 (frame) != 0 &&
          is_right (self, frame, before))
        g_ptr_array_add (pending, (gpointer) frame);
      before = read_sum (frame + 16);
      if (pending->len == 0 || g_ptr_array_index (pending, pending->len - 1) != frame ||
          get_32 (frame + 4) == 0)
        continue;
      for (guint i = 0; i < pending->len; i++)
        {
          const guint8 *done = g_ptr_array_index (pending, i);

          g_hash_table_insert (self->pages, GUINT_TO_POINTER (get_32 (done)),
                               (gpointer) (done + FRAME_HEAD_BYTES));
          self->last_page = MAX (self->last_page, get_32 (done));
        }
      g_ptr_array_set_size (pending, 0);
    }
}

CbWal *
cb_wal_open (const char *path, guint page_bytes)
{
  CbWal *self = g_new0 (CbWal, 1);

  self->pages = g_hash_table_new (NULL, NULL);
  self->frame_bytes = FRAME_HEAD_BYTES + (gsize) page_bytes;
  self->file = g_mapped_file_new (path, FALSE, NULL);
  if (self->file != NULL)
    {
      self->bytes = (const guint8 *) g_mapped_file_get_contents (self->file);
      self->length = g_mapped_file_get_length (self->file);
    }
  if (self->length >= HEAD_BYTES + self->frame_bytes)
    read_frames (self);
  return self;
}

void
cb_wal_free (CbWal *self)
{
  g_clear_pointer (&self->file, g_mapped_file_unref);
  g_hash_table_unref (self->pages);
  g_free (self);
}

const guint8 *
cb_wal_find (CbWal *self, guint page)
{
  return g_hash_table_lookup (self->pages, GUINT_TO_POINTER (page));
}

guint
cb_wal_get_last_page (CbWal *self)
{
  return self->last_page;
}
