/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "store/cb-salvage-table.h"

#include <string.h>

#include "base/cb-error.h"
#include "base/cb-id.h"
#include "consent/cb-purpose.h"
#include "records/cb-terms.h"

/* 1973: no moment that this store knows of is earlier, and no row number is as large. */
#define LEAST_US G_GINT64_CONSTANT (100000000000000)

/* Those that others refer to, in their order; all others come behind. */
static const char *const order[] = { "setting",         "vault_key", "staff",   "customer",
                                     "consent_request", "request",   "occasion" };
#define N_FOR_KEYS 2

/* What stays when its customer goes. */
static const char *const outliving[] = { "tombstone", "audit", "copy", NULL };

static const char *const hashes[] = {
  "audit.mac",
  "card_number.local_hash",
  "address_code.local_hash",
  "contact.chain_hash",
  "contact.local_hash",
  "imported.mark",
  "purchase.mark",
  "suppression.chain_hash",
  "suppression.local_hash",
  NULL,
};

/* --- the schema --- */

static void
table_free (gpointer data)
{
  CbSalvageTable *self = data;

  for (guint i = 0; i < self->n_columns; i++)
    g_free (self->columns[i].name);
  cb_salvage_table_end (self);
  g_free (self->name);
  g_free (self);
}

static CbFieldKind
kind_of (const char *type)
{
  if (g_str_equal (type, "TEXT"))
    return CB_FIELD_TEXT;
  return g_str_equal (type, "BLOB") ? CB_FIELD_BYTES : CB_FIELD_NUMBER;
}

/* In the order in which a row holds them: where there are no row numbers, the key comes first. */
static gboolean
load_columns (CbDb *db, CbSalvageTable *self, GError **error)
{
  static const char SQL_LIST_COLUMNS[] =
    "SELECT name, type, \"notnull\", pk, dflt_value IS NOT NULL FROM pragma_table_info (?1)"
    " ORDER BY CASE WHEN ?2 AND pk > 0 THEN pk ELSE 1000 + cid END";
  gboolean is_keyed = self->kind == CB_PAGE_ENTRIES;
  g_autoptr (CbStmt) rows = cb_db_prepare (db, SQL_LIST_COLUMNS);
  g_autoptr (GError) local_error = NULL;

  cb_stmt_bind_text (rows, 1, self->name);
  cb_stmt_bind_int (rows, 2, is_keyed);
  while (self->n_columns < CB_FIELDS_MAX && cb_stmt_next (rows, &local_error))
    {
      CbSalvageColumn *column = &self->columns[self->n_columns++];
      gboolean is_key = cb_stmt_int (rows, 3) != 0;

      column->name = g_strdup (cb_stmt_text (rows, 0));
      column->kind = kind_of (cb_stmt_text (rows, 1));
      column->is_row = !is_keyed && is_key && column->kind == CB_FIELD_NUMBER;
      column->may_be_null = cb_stmt_int (rows, 2) == 0 && !is_key;
      if (!column->may_be_null && cb_stmt_int (rows, 4) == 0)
        self->n_least = self->n_columns;
    }
  self->id = self->n_columns > 1 && self->columns[0].is_row ? 1 : 0;
  return !cb_error_hand_on (&local_error, error);
}

static guint
rank_of (const char *name)
{
  guint rank = 0;

  while (rank < G_N_ELEMENTS (order) && !g_str_equal (order[rank], name))
    rank++;
  return rank;
}

static int
compare_rank (gconstpointer a, gconstpointer b)
{
  const CbSalvageTable *first = *(const CbSalvageTable *const *) a;
  const CbSalvageTable *second = *(const CbSalvageTable *const *) b;

  return (int) first->rank - (int) second->rank;
}

GPtrArray *
cb_salvage_list_tables (CbDb *db, GError **error)
{
  static const char SQL_LIST_TABLES[] =
    "SELECT name, wr FROM pragma_table_list"
    " WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name";
  g_autoptr (CbStmt) rows = cb_db_prepare (db, SQL_LIST_TABLES);
  g_autoptr (GPtrArray) tables = g_ptr_array_new_with_free_func (table_free);
  g_autoptr (GError) local_error = NULL;

  while (local_error == NULL && cb_stmt_next (rows, &local_error))
    {
      CbSalvageTable *table = g_new0 (CbSalvageTable, 1);

      g_ptr_array_add (tables, table);
      table->name = g_strdup (cb_stmt_text (rows, 0));
      table->kind = cb_stmt_int (rows, 1) != 0 ? CB_PAGE_ENTRIES : CB_PAGE_ROWS;
      table->rank = rank_of (table->name);
      table->is_for_keys = table->rank < N_FOR_KEYS;
      table->is_unlike_any = g_str_equal (table->name, "counter");
    }
  for (guint i = 0; local_error == NULL && i < tables->len; i++)
    load_columns (db, g_ptr_array_index (tables, i), &local_error);
  g_ptr_array_sort (tables, compare_rank);
  return cb_error_hand_on (&local_error, error) ? NULL : g_steal_pointer (&tables);
}

int
cb_salvage_table_find (CbSalvageTable *self, const char *column)
{
  for (guint i = 0; i < self->n_columns; i++)
    {
      if (g_str_equal (self->columns[i].name, column))
        return (int) i;
    }
  return -1;
}

/* --- the shape of a row --- */

static gboolean
is_sound (const CbField *field)
{
  if (!g_utf8_validate_len ((const char *) field->bytes, field->length, NULL))
    return FALSE;
  for (gsize i = 0; i < field->length; i++)
    {
      if (field->bytes[i] < 0x20 && field->bytes[i] != '\n' && field->bytes[i] != '\t')
        return FALSE;
    }
  return TRUE;
}

static gboolean
is_id (const CbField *field)
{
  g_autofree char *text = g_strndup ((const char *) field->bytes, field->length);

  return field->kind == CB_FIELD_TEXT && cb_id_is_valid (text);
}

static gboolean
is_name_of_id (const char *column)
{
  return g_str_equal (column, "id") || g_str_equal (column, "op_id") ||
         g_str_equal (column, "customer");
}

/* Words of closed lists that the schema leaves open: another than is known is a damaged one, and a
 * reader would take it for the first of the list. */
static gboolean
is_word (const char *column, const char *word)
{
  CbVisit visit;
  CbIntent intent;
  CbDiscretion discretion;
  CbFacet facet;
  CbChannel channel;

  if (g_str_equal (column, "purpose"))
    return g_str_equal (word, "*") || cb_purpose_find (word) != NULL;
  if (g_str_equal (column, "channel"))
    return cb_channel_from_id (word, &channel);
  if (g_str_equal (column, "visit"))
    return cb_visit_from_id (word, &visit);
  if (g_str_equal (column, "intent"))
    return cb_intent_from_id (word, &intent);
  if (g_str_equal (column, "discretion"))
    return cb_discretion_from_id (word, &discretion);
  return !g_str_equal (column, "facet") || cb_facet_from_id (word, &facet);
}

static gboolean
fits_column (const CbSalvageColumn *column, const CbField *field)
{
  g_autofree char *word = NULL;

  if (field->kind == CB_FIELD_NULL)
    return column->may_be_null || column->is_row;
  if (column->is_row || field->kind != column->kind)
    return FALSE;
  if (field->kind != CB_FIELD_TEXT)
    return TRUE;
  word = g_strndup ((const char *) field->bytes, field->length);
  return is_sound (field) && is_word (column->name, word);
}

/* The entries of indexes have the same kinds of columns as some tables: an id and a number. */
static gboolean
is_told_apart (const CbSalvageColumn *column, const CbField *field)
{
  if (field->kind == CB_FIELD_NUMBER && g_str_has_suffix (column->name, "_us"))
    return field->number == 0 || field->number >= LEAST_US;
  if (field->kind != CB_FIELD_TEXT)
    return TRUE;
  return is_name_of_id (column->name) ? is_id (field)
                                      : !g_str_equal (column->name, "key") || !is_id (field);
}

gboolean
cb_salvage_table_fits (CbSalvageTable *self, const CbRow *row, gboolean is_told)
{
  if (row->n_fields < self->n_least || row->n_fields > self->n_columns)
    return FALSE;
  for (guint i = 0; i < row->n_fields; i++)
    {
      if (!fits_column (&self->columns[i], &row->fields[i]) ||
          (!is_told && !is_told_apart (&self->columns[i], &row->fields[i])))
        return FALSE;
    }
  return TRUE;
}

/* --- seals --- */

CbSalvageSeal
cb_salvage_seal_of (const char *column)
{
  if (g_str_equal (column, "customer.key") || g_str_equal (column, "vault_key.wrapped"))
    return CB_SALVAGE_WRAPPED;
  return g_strv_contains (hashes, column) ? CB_SALVAGE_OPEN : CB_SALVAGE_SEALED;
}

static gboolean
is_of_kind (CbSalvageTable *self, const CbRow *row, const char *kind)
{
  int place = cb_salvage_table_find (self, "kind");
  const CbField *field = place >= 0 && place < (int) row->n_fields ? &row->fields[place] : NULL;

  return field != NULL && field->kind == CB_FIELD_TEXT && field->length == strlen (kind) &&
         memcmp (field->bytes, kind, field->length) == 0;
}

static gboolean
is_erasure (CbSalvageTable *self, const CbRow *row)
{
  return g_str_equal (self->name, "outbox") && is_of_kind (self, row, "erase");
}

gboolean
cb_salvage_table_is_of_book (CbSalvageTable *self, const CbRow *row)
{
  return g_str_equal (self->name, "copy") || g_str_equal (self->name, "staff") ||
         is_erasure (self, row);
}

gboolean
cb_salvage_table_outlives (CbSalvageTable *self, const CbRow *row)
{
  return g_strv_contains (outliving, self->name) || is_erasure (self, row);
}

/* --- rows --- */

static sqlite3_stmt *
prepare (CbDb *db, const char *sql)
{
  sqlite3_stmt *stmt = NULL;

  return sqlite3_prepare_v2 (cb_db_get_handle (db), sql, -1, &stmt, NULL) == SQLITE_OK ? stmt
                                                                                       : NULL;
}

/* The names come from this build's own schema. */
static sqlite3_stmt *
prepare_adding (CbSalvageTable *self, CbDb *db, guint n_fields)
{
  g_autoptr (GString) columns = g_string_new (NULL);
  g_autoptr (GString) values = g_string_new (NULL);
  g_autofree char *sql = NULL;

  for (guint i = 0; i < n_fields; i++)
    {
      g_string_append_printf (columns, "%s\"%s\"", i > 0 ? ", " : "", self->columns[i].name);
      g_string_append_printf (values, "%s?%u", i > 0 ? ", " : "", i + 1);
    }
  sql = g_strdup_printf ("INSERT%s INTO \"%s\" (%s) VALUES (%s)",
                         self->is_for_keys || self->is_unlike_any ? " OR REPLACE" : "", self->name,
                         columns->str, values->str);
  return prepare (db, sql);
}

static void
bind (sqlite3_stmt *stmt, int number, const CbSalvageColumn *column, const CbRow *row)
{
  const CbField *field = &row->fields[number - 1];

  if (column->is_row)
    sqlite3_bind_int64 (stmt, number, row->row);
  else if (field->kind == CB_FIELD_NUMBER)
    sqlite3_bind_int64 (stmt, number, field->number);
  else if (field->kind == CB_FIELD_TEXT)
    sqlite3_bind_text (stmt, number, (const char *) field->bytes, (int) field->length,
                       SQLITE_STATIC);
  else if (field->kind == CB_FIELD_BYTES)
    sqlite3_bind_blob (stmt, number, field->bytes, (int) field->length, SQLITE_STATIC);
  else
    sqlite3_bind_null (stmt, number);
}

CbSalvageAnswer
cb_salvage_table_add (CbSalvageTable *self, CbDb *db, const CbRow *row)
{
  sqlite3_stmt *stmt = self->adding[row->n_fields];
  int code;

  if (stmt == NULL)
    stmt = self->adding[row->n_fields] = prepare_adding (self, db, row->n_fields);
  if (stmt == NULL)
    {
      self->failure = sqlite3_extended_errcode (cb_db_get_handle (db));
      return CB_SALVAGE_REFUSED;
    }
  for (guint i = 0; i < row->n_fields; i++)
    bind (stmt, (int) i + 1, &self->columns[i], row);
  sqlite3_step (stmt);
  code = sqlite3_reset (stmt);
  sqlite3_clear_bindings (stmt);
  if (code == SQLITE_OK)
    return CB_SALVAGE_ADDED;
  if ((code & 0xff) != SQLITE_CONSTRAINT && (code & 0xff) != SQLITE_MISMATCH)
    self->failure = code;
  return code == SQLITE_CONSTRAINT_PRIMARYKEY || code == SQLITE_CONSTRAINT_UNIQUE ||
             code == SQLITE_CONSTRAINT_ROWID
           ? CB_SALVAGE_KNOWN
           : CB_SALVAGE_REFUSED;
}

gboolean
cb_salvage_table_has (CbSalvageTable *self, CbDb *db, const char *id)
{
  gboolean has;

  if (self->asking == NULL)
    {
      g_autofree char *sql = g_strdup_printf ("SELECT 1 FROM \"%s\" WHERE \"%s\" = ?1", self->name,
                                              self->columns[self->id].name);

      self->asking = prepare (db, sql);
    }
  if (self->asking == NULL)
    return TRUE;
  sqlite3_bind_text (self->asking, 1, id, -1, SQLITE_STATIC);
  has = sqlite3_step (self->asking) == SQLITE_ROW;
  sqlite3_reset (self->asking);
  return has;
}

void
cb_salvage_table_end (CbSalvageTable *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->adding); i++)
    g_clear_pointer (&self->adding[i], sqlite3_finalize);
  g_clear_pointer (&self->asking, sqlite3_finalize);
}
