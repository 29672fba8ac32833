/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include <string.h>

#include "base/cb-id.h"
#include "store/cb-book-private.h"
#include "store/cb-salvage-private.h"

/* customer, purpose, channel, the row's number; and that once more, as the row it leads to. */
#define N_FIELDS 5

/* One table and its index by customer. */
typedef struct
{
  CbSalvage *self;
  sqlite3_stmt *asking;
  GPtrArray *lost;
  GHashTable *named; /* row numbers: char * */
} Asked;

void
cb_lost_answer_free (CbLostAnswer *self)
{
  g_free (self->customer);
  g_free (self->purpose);
  g_free (self->channel);
  g_free (self);
}

static gboolean
is_entry (const CbRow *row)
{
  g_autofree char *customer = NULL;

  if (row->n_fields != N_FIELDS || row->fields[3].kind != CB_FIELD_NUMBER ||
      row->fields[4].kind != CB_FIELD_NUMBER || row->fields[3].number != row->fields[4].number)
    return FALSE;
  for (guint i = 0; i < 3; i++)
    {
      if (row->fields[i].kind != CB_FIELD_TEXT)
        return FALSE;
    }
  customer = g_strndup ((const char *) row->fields[0].bytes, row->fields[0].length);
  return cb_id_is_valid (customer);
}

static gboolean
has_row (Asked *asked, gint64 seq)
{
  gboolean has;

  sqlite3_bind_int64 (asked->asking, 1, seq);
  has = sqlite3_step (asked->asking) == SQLITE_ROW;
  sqlite3_reset (asked->asking);
  return has;
}

static char *
dup_field (const CbRow *row, guint place)
{
  return g_strndup ((const char *) row->fields[place].bytes, row->fields[place].length);
}

static void
note_entry (const CbRow *row, gpointer data)
{
  Asked *asked = data;
  gint64 seq = row->fields[3].number;
  CbLostAnswer *lost;

  if (!is_entry (row))
    return;
  g_hash_table_add (asked->named, g_memdup2 (&seq, sizeof seq));
  if (has_row (asked, seq))
    return;
  lost = g_new0 (CbLostAnswer, 1);
  *lost = (CbLostAnswer){ dup_field (row, 0), dup_field (row, 1), dup_field (row, 2), seq };
  g_ptr_array_add (asked->lost, lost);
}

/* Where nothing leads to the index any more, each page that nobody else claims may be of it: an
 * entry too many makes a doubt too many and no yes. Answers whether any of it is gone. */
static gboolean
read_index (Asked *asked, const char *name)
{
  CbSalvage *self = asked->self;
  guint root = GPOINTER_TO_UINT (g_hash_table_lookup (self->roots, name));
  g_autoptr (GHashTable) own = g_hash_table_new (NULL, NULL);
  guint n_gone = root != 0 ? cb_pages_walk (self->pages, root, own) : 0;

  for (guint page = 1; page <= cb_pages_get_count (self->pages); page++)
    {
      gpointer number = GUINT_TO_POINTER (page);

      if (cb_pages_get_kind (self->pages, page) == CB_PAGE_ENTRIES &&
          g_hash_table_contains (root != 0 ? own : self->is_told, number) == (root != 0))
        n_gone += cb_pages_read (self->pages, page, note_entry, asked);
    }
  return root != 0 && n_gone > 0;
}

/* The index that names each row that was saved is taken for whole. */
static gboolean
names_each (Asked *asked, sqlite3_stmt *rows)
{
  gboolean all = TRUE;

  while (sqlite3_step (rows) == SQLITE_ROW)
    {
      gint64 seq = sqlite3_column_int64 (rows, 0);

      all = all && g_hash_table_contains (asked->named, &seq);
    }
  return all;
}

static gboolean
has_lost_rows (CbSalvage *self, const char *name)
{
  for (guint i = 0; i < self->tables->len; i++)
    {
      const CbSalvageTable *table = g_ptr_array_index (self->tables, i);

      if (g_str_equal (table->name, name))
        return table->n_lost > 0;
    }
  return TRUE;
}

static gboolean
may_lack (CbSalvage *self, const char *table)
{
  return !g_hash_table_contains (self->roots, table) || has_lost_rows (self, table);
}

gboolean
cb_salvage_may_lack_answers (CbSalvage *self)
{
  return may_lack (self, "consent_event") || may_lack (self, "consent_condition") ||
         may_lack (self, "suppression");
}

/* FALSE where a row may be lost of which the index does not tell. */
static gboolean
list_lost_of (CbSalvage *self, const char *table, GPtrArray *lost)
{
  sqlite3 *db = cb_db_get_handle (self->book->db);
  g_autofree char *index = g_strdup_printf ("%s_by_customer", table);
  g_autofree char *ask = g_strdup_printf ("SELECT 1 FROM \"%s\" WHERE seq = ?1", table);
  g_autofree char *list = g_strdup_printf ("SELECT seq FROM \"%s\"", table);
  g_autoptr (GHashTable) named = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  Asked asked = { .self = self, .lost = lost, .named = named };
  sqlite3_stmt *rows = NULL;
  gboolean is_whole = FALSE;

  if (sqlite3_prepare_v2 (db, ask, -1, &asked.asking, NULL) == SQLITE_OK &&
      sqlite3_prepare_v2 (db, list, -1, &rows, NULL) == SQLITE_OK)
    is_whole = !read_index (&asked, index) && names_each (&asked, rows);
  sqlite3_finalize (asked.asking);
  sqlite3_finalize (rows);
  return is_whole || !may_lack (self, table);
}

gboolean
cb_salvage_list_lost (CbSalvage *self, GPtrArray *answers, GPtrArray *conditions)
{
  gboolean is_known = list_lost_of (self, "consent_event", answers);

  return list_lost_of (self, "consent_condition", conditions) && is_known;
}
