/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "db/cb-pages.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/cb-error.h"
#include "db/cb-pages-wal.h"

#define MAGIC "SQLite format 3"
#define HEAD_BYTES 100
#define SCHEMA_AT 60
#define COUNT_AT 28
#define PAGE_BYTES_AT 16
/* What this store's files have; asked only when the head is gone. */
#define PAGE_BYTES 4096

#define ROW_BYTES_MAX (64 * 1024 * 1024)
#define DEPTH_MAX 24

#define BRANCH_OF_ENTRIES 2
#define BRANCH_OF_ROWS 5
#define LEAF_OF_ENTRIES 10
#define LEAF_OF_ROWS 13

struct _CbPages
{
  GMappedFile *file;
  const guint8 *bytes;
  gsize length;
  guint page_bytes;
  guint n_pages;
  GHashTable
    *unreadable; /* what the disk does not give any more: touching it would end the process */
  CbWal *wal;
  GByteArray *chained; /* a row that is longer than its page */
};

/* A page as far as it is there. */
typedef struct
{
  const guint8 *bytes;
  gsize length;
  gsize head; /* where the b-tree begins */
} Page;

static guint
get_16 (const guint8 *bytes)
{
  return (guint) bytes[0] << 8 | bytes[1];
}

static guint32
get_32 (const guint8 *bytes)
{
  return (guint32) get_16 (bytes) << 16 | get_16 (bytes + 2);
}

/* --- the file --- */

static gboolean
is_readable (CbPages *self, guint number)
{
  return !g_hash_table_contains (self->unreadable, GUINT_TO_POINTER (number));
}

static gboolean
has_head (CbPages *self)
{
  return self->length >= HEAD_BYTES && is_readable (self, 1) &&
         memcmp (self->bytes, MAGIC, sizeof MAGIC) == 0;
}

static guint
find_page_bytes (CbPages *self)
{
  guint said = has_head (self) ? get_16 (self->bytes + PAGE_BYTES_AT) : 0;

  if (said == 1)
    return 65536;
  return said >= 512 && (said & (said - 1)) == 0 ? said : PAGE_BYTES;
}

/* Once through all of it, the way that answers with an error. */
static void
find_unreadable (CbPages *self, const char *path)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  guint8 piece[PAGE_BYTES];

  for (gsize at = 0; fd >= 0 && at < self->length; at += sizeof piece)
    {
      if (pread (fd, piece, sizeof piece, (off_t) at) < 0)
        g_hash_table_add (self->unreadable, GSIZE_TO_POINTER (at / PAGE_BYTES + 1));
    }
  if (fd >= 0)
    close (fd);
}

CbPages *
cb_pages_open (const char *path, GError **error)
{
  g_autofree char *wal_path = g_strconcat (path, "-wal", NULL);
  g_autoptr (CbPages) self = g_new0 (CbPages, 1);
  gsize n_in_file;

  self->chained = g_byte_array_new ();
  self->unreadable = g_hash_table_new (NULL, NULL);
  self->file = g_mapped_file_new (path, FALSE, NULL);
  if (self->file != NULL)
    {
      self->bytes = (const guint8 *) g_mapped_file_get_contents (self->file);
      self->length = g_mapped_file_get_length (self->file);
    }
  find_unreadable (self, path);
  self->page_bytes = find_page_bytes (self);
  self->wal = cb_wal_open (wal_path, self->page_bytes);
  n_in_file = (self->length + self->page_bytes - 1) / self->page_bytes;
  self->n_pages = MAX ((guint) MIN (n_in_file, G_MAXINT32), cb_wal_get_last_page (self->wal));
  if (self->n_pages > 0)
    return g_steal_pointer (&self);
  g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_NO_STORE, "there is no store here");
  return NULL;
}

void
cb_pages_free (CbPages *self)
{
  g_clear_pointer (&self->file, g_mapped_file_unref);
  g_clear_pointer (&self->wal, cb_wal_free);
  g_hash_table_unref (self->unreadable);
  g_byte_array_unref (self->chained);
  g_free (self);
}

guint
cb_pages_get_count (CbPages *self)
{
  return self->n_pages;
}

static gboolean
get_page (CbPages *self, guint number, Page *page)
{
  gsize at = (gsize) (number - 1) * self->page_bytes;
  const guint8 *newer = cb_wal_find (self->wal, number);

  if (number == 0 || number > self->n_pages || (newer == NULL && !is_readable (self, number)))
    return FALSE;
  page->head = number == 1 ? HEAD_BYTES : 0;
  page->bytes = newer != NULL ? newer : self->bytes + at;
  page->length = newer != NULL        ? self->page_bytes
                 : at >= self->length ? 0
                                      : MIN (self->page_bytes, self->length - at);
  return page->length > page->head + 12;
}

static guint32
read_head (CbPages *self, gsize at)
{
  Page page;

  if (!get_page (self, 1, &page) || page.length < HEAD_BYTES ||
      memcmp (page.bytes, MAGIC, sizeof MAGIC) != 0)
    return 0;
  return get_32 (page.bytes + at);
}

guint
cb_pages_get_schema (CbPages *self)
{
  return read_head (self, SCHEMA_AT);
}

guint
cb_pages_count_absent (CbPages *self)
{
  guint said = read_head (self, COUNT_AT);

  return said > self->n_pages ? said - self->n_pages : 0;
}

static gboolean
is_empty (const Page *page)
{
  return page->bytes[0] == 0 && memcmp (page->bytes, page->bytes + 1, page->length - 1) == 0;
}

static gsize
get_cells_at (const Page *page)
{
  guint8 type = page->bytes[page->head];

  return page->head + (type == BRANCH_OF_ENTRIES || type == BRANCH_OF_ROWS ? 12 : 8);
}

static guint
count_cells (const Page *page)
{
  return get_16 (page->bytes + page->head + 3);
}

CbPageKind
cb_pages_get_kind (CbPages *self, guint number)
{
  Page page;

  if (!get_page (self, number, &page))
    return CB_PAGE_OTHER;
  if (is_empty (&page))
    return CB_PAGE_EMPTY;
  if (get_cells_at (&page) + 2 * (gsize) count_cells (&page) > page.length)
    return CB_PAGE_OTHER;
  switch (page.bytes[page.head])
    {
    case BRANCH_OF_ROWS:
      return CB_PAGE_BRANCHES;
    case LEAF_OF_ROWS:
      return CB_PAGE_ROWS;
    case BRANCH_OF_ENTRIES:
    case LEAF_OF_ENTRIES:
      return CB_PAGE_ENTRIES;
    default:
      return CB_PAGE_OTHER;
    }
}

/* --- from a root to its leaves --- */

static guint walk (CbPages *self, guint number, guint depth, GHashTable *pages);

static guint
walk_below (CbPages *self, const Page *page, guint depth, GHashTable *pages)
{
  gsize cells = get_cells_at (page);
  guint n_gone = 0;

  for (guint i = 0; i < count_cells (page); i++)
    {
      guint at = get_16 (page->bytes + cells + 2 * i);

      n_gone += at + 4 <= page->length ? walk (self, get_32 (page->bytes + at), depth, pages) : 1;
    }
  return n_gone + walk (self, get_32 (page->bytes + page->head + 8), depth, pages);
}

static guint
walk (CbPages *self, guint number, guint depth, GHashTable *pages)
{
  CbPageKind kind = cb_pages_get_kind (self, number);
  Page page;

  if (depth > DEPTH_MAX || kind == CB_PAGE_OTHER || kind == CB_PAGE_EMPTY ||
      !get_page (self, number, &page))
    return 1;
  if (!g_hash_table_add (pages, GUINT_TO_POINTER (number)) ||
      (page.bytes[page.head] != BRANCH_OF_ROWS && page.bytes[page.head] != BRANCH_OF_ENTRIES))
    return 0;
  return walk_below (self, &page, depth + 1, pages);
}

guint
cb_pages_walk (CbPages *self, guint root, GHashTable *pages)
{
  return walk (self, root, 0, pages);
}

/* --- cells --- */

/* What is still to be read of something. */
typedef struct
{
  const guint8 *bytes;
  gsize left;
} Reader;

static gboolean
read_varint (Reader *reader, guint64 *number)
{
  *number = 0;
  for (guint i = 0; i < 9; i++)
    {
      guint8 byte;

      if (reader->left == 0)
        return FALSE;
      byte = *reader->bytes++;
      reader->left--;
      if (i == 8)
        {
          *number = *number << 8 | byte;
          return TRUE;
        }
      *number = *number << 7 | (byte & 0x7f);
      if ((byte & 0x80) == 0)
        return TRUE;
    }
  return TRUE;
}

/* How much of it lies on the page itself. */
static gsize
get_local_length (CbPages *self, gboolean is_row, gsize length)
{
  gsize usable = self->page_bytes;
  gsize most = is_row ? usable - 35 : (usable - 12) * 64 / 255 - 23;
  gsize least = (usable - 12) * 32 / 255 - 23;
  gsize spread = least + (length - least) % (usable - 4);

  if (length <= most)
    return length;
  return spread <= most ? spread : least;
}

static gboolean
follow (CbPages *self, guint32 next, gsize length)
{
  for (guint n = 0; self->chained->len < length; n++)
    {
      gsize wanted = MIN (length - self->chained->len, (gsize) self->page_bytes - 4);
      Page page;

      if (n > self->n_pages || !get_page (self, next, &page) || page.length < 4 + wanted)
        return FALSE;
      g_byte_array_append (self->chained, page.bytes + 4, (guint) wanted);
      next = get_32 (page.bytes);
    }
  return TRUE;
}

static gboolean
find_payload (CbPages *self, Reader *reader, gboolean is_row, guint64 length, Reader *payload)
{
  gsize local;

  if (length == 0 || length > ROW_BYTES_MAX)
    return FALSE;
  local = get_local_length (self, is_row, length);
  if (local > reader->left || (local < length && local + 4 > reader->left))
    return FALSE;
  *payload = (Reader){ reader->bytes, local };
  if (local == length)
    return TRUE;
  g_byte_array_set_size (self->chained, 0);
  g_byte_array_append (self->chained, reader->bytes, (guint) local);
  if (!follow (self, get_32 (reader->bytes + local), length))
    return FALSE;
  *payload = (Reader){ self->chained->data, self->chained->len };
  return TRUE;
}

static gint64
get_number (const guint8 *bytes, gsize length)
{
  guint64 number = length > 0 && (bytes[0] & 0x80) != 0 ? G_MAXUINT64 : 0;

  for (gsize i = 0; i < length; i++)
    number = number << 8 | bytes[i];
  return (gint64) number;
}

static gboolean
read_field (guint64 type, Reader *values, CbField *field)
{
  static const guint8 widths[] = { 0, 1, 2, 3, 4, 6, 8, 8, 0, 0 };
  gsize length = type < G_N_ELEMENTS (widths) ? widths[type] : (type - 12) / 2;

  if (type == 10 || type == 11 || length > values->left)
    return FALSE;
  *field = (CbField){ .bytes = values->bytes, .length = length };
  if (type >= 12)
    field->kind = type % 2 == 0 ? CB_FIELD_BYTES : CB_FIELD_TEXT;
  else if (type == 7)
    field->kind = CB_FIELD_REAL;
  else if (type != 0)
    {
      field->kind = CB_FIELD_NUMBER;
      field->number = type == 9 ? 1 : get_number (values->bytes, length);
    }
  values->bytes += length;
  values->left -= length;
  return TRUE;
}

static gboolean
read_fields (const Reader *payload, CbRow *row)
{
  Reader types = *payload;
  Reader values;
  guint64 head;

  row->n_fields = 0;
  if (!read_varint (&types, &head) || head > payload->left || head < payload->left - types.left)
    return FALSE;
  values = (Reader){ payload->bytes + head, payload->left - head };
  types.left = (gsize) (payload->bytes + head - types.bytes);
  while (types.left > 0)
    {
      guint64 type;

      if (row->n_fields == CB_FIELDS_MAX || !read_varint (&types, &type) ||
          !read_field (type, &values, &row->fields[row->n_fields]))
        return FALSE;
      row->n_fields++;
    }
  return values.left == 0 && row->n_fields > 0;
}

static gboolean
read_cell (CbPages *self, const Page *page, guint at, CbRow *row)
{
  guint8 type = page->bytes[page->head];
  gboolean is_row = type == LEAF_OF_ROWS;
  Reader reader = { page->bytes + at, page->length - MIN (at, page->length) };
  Reader payload;
  guint64 length;
  guint64 number = 0;

  if (type == BRANCH_OF_ENTRIES)
    {
      if (reader.left < 4)
        return FALSE;
      reader.bytes += 4;
      reader.left -= 4;
    }
  if (!read_varint (&reader, &length) || (is_row && !read_varint (&reader, &number)) ||
      !find_payload (self, &reader, is_row, length, &payload))
    return FALSE;
  row->row = (gint64) number;
  return read_fields (&payload, row);
}

guint
cb_pages_read (CbPages *self, guint number, CbRowFunc func, gpointer data)
{
  CbPageKind kind = cb_pages_get_kind (self, number);
  guint n_bad = 0;
  Page page;

  if ((kind != CB_PAGE_ROWS && kind != CB_PAGE_ENTRIES) || !get_page (self, number, &page))
    return 0;
  for (guint i = 0; i < count_cells (&page); i++)
    {
      CbRow row;

      if (read_cell (self, &page, get_16 (page.bytes + get_cells_at (&page) + 2 * i), &row))
        func (&row, data);
      else
        n_bad++;
    }
  return n_bad;
}
