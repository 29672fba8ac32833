/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "store/cb-salvage-private.h"

#include <string.h>

#include "base/cb-error.h"
#include "base/cb-id.h"
#include "store/cb-book-private.h"

/* What a wrapped key is long: nonce, key, tag. */
#define WRAPPED_BYTES (24 + 32 + 16)
#define KEYS_TRIED 64

static char *
dup_text (const CbField *field)
{
  return field->kind == CB_FIELD_TEXT ? g_strndup ((const char *) field->bytes, field->length)
                                      : NULL;
}

static gboolean
is_text (const CbField *field, const char *text)
{
  return field->kind == CB_FIELD_TEXT && field->length == strlen (text) &&
         memcmp (field->bytes, text, field->length) == 0;
}

static void
read_all (CbSalvage *self, CbPageKind kind, CbRowFunc func, gpointer data)
{
  for (guint page = 1; page <= cb_pages_get_count (self->pages); page++)
    {
      if (cb_pages_get_kind (self->pages, page) == kind)
        cb_pages_read (self->pages, page, func, data);
    }
}

/* --- what the schema tells --- */

/* type, name, table, root, statement */
static void
note_root (const CbRow *row, gpointer data)
{
  CbSalvage *self = data;
  const CbField *fields = row->fields;

  if (row->n_fields != 5 || fields[3].kind != CB_FIELD_NUMBER || fields[3].number < 2 ||
      fields[3].number > cb_pages_get_count (self->pages) || fields[1].kind != CB_FIELD_TEXT ||
      (!is_text (&fields[0], "table") && !is_text (&fields[0], "index")))
    return;
  g_hash_table_insert (self->roots, dup_text (&fields[1]),
                       GUINT_TO_POINTER ((guint) fields[3].number));
}

typedef struct
{
  CbDb *db;
  guint n_alike;
  guint n_other;
} Compared;

/* Of what a damaged byte made of one of ours this is no longer true. */
static gboolean
is_statement (const char *sql, const char *name)
{
  static const char create[] = "CREATE TABLE ";
  const char *at = sql + strlen (create);

  return g_str_has_prefix (sql, create) && *name != '\0' &&
         g_str_has_prefix (*at == '"' ? at + 1 : at, name);
}

/* A table of ours, word for word, or as long as ours and so with its words damaged: no later build
 * changes every table it changes to the very same length. */
static void
compare_statement (const CbRow *row, gpointer data)
{
  static const char SQL_HAS_STATEMENT[] =
    "SELECT 1 FROM sqlite_schema WHERE sql = ?2"
    " OR (name = ?1 AND length (CAST (sql AS BLOB)) = length (CAST (?2 AS BLOB)))";
  Compared *compared = data;
  g_autofree char *name = row->n_fields == 5 ? dup_text (&row->fields[1]) : NULL;
  g_autofree char *sql = row->n_fields == 5 ? dup_text (&row->fields[4]) : NULL;
  g_autoptr (CbStmt) stmt = NULL;

  if (name == NULL || sql == NULL || !is_text (&row->fields[0], "table"))
    return;
  stmt = cb_db_prepare (compared->db, SQL_HAS_STATEMENT);
  cb_stmt_bind_text (stmt, 1, name);
  cb_stmt_bind_text (stmt, 2, sql);
  if (cb_stmt_next (stmt, NULL))
    compared->n_alike++;
  else if (is_statement (sql, name))
    compared->n_other++;
}

gboolean
cb_salvage_is_of_schema (CbSalvage *self, CbDb *db)
{
  g_autoptr (GHashTable) own = g_hash_table_new (NULL, NULL);
  Compared compared = { .db = db };
  GHashTableIter iter;
  gpointer page;

  cb_pages_walk (self->pages, 1, own);
  g_hash_table_iter_init (&iter, own);
  while (g_hash_table_iter_next (&iter, &page, NULL))
    cb_pages_read (self->pages, GPOINTER_TO_UINT (page), compare_statement, &compared);
  return compared.n_alike > 0 && compared.n_other == 0;
}

static void
pass_over (const CbRow *row G_GNUC_UNUSED, gpointer data G_GNUC_UNUSED)
{
}

gboolean
cb_salvage_has_whole_list (CbSalvage *self)
{
  g_autoptr (GHashTable) own = g_hash_table_new (NULL, NULL);
  guint n_gone = cb_pages_walk (self->pages, 1, own);
  GHashTableIter iter;
  gpointer page;

  g_hash_table_iter_init (&iter, own);
  while (g_hash_table_iter_next (&iter, &page, NULL))
    n_gone += cb_pages_read (self->pages, GPOINTER_TO_UINT (page), pass_over, NULL);
  return n_gone == 0;
}

CbSalvage *
cb_salvage_new (CbPages *pages)
{
  CbSalvage *self = g_new0 (CbSalvage, 1);

  self->pages = pages;
  self->roots = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->is_told = g_hash_table_new (NULL, NULL);
  self->is_taken = g_hash_table_new (NULL, NULL);
  self->audit = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_audit_row_free);
  read_all (self, CB_PAGE_ROWS, note_root, self);
  return self;
}

void
cb_salvage_free (CbSalvage *self)
{
  g_hash_table_unref (self->roots);
  g_hash_table_unref (self->is_told);
  g_hash_table_unref (self->is_taken);
  g_ptr_array_unref (self->audit);
  g_clear_pointer (&self->tables, g_ptr_array_unref);
  g_free (self);
}

/* --- before there is a new one --- */

typedef struct
{
  const char *key;
  char *value;
} Wanted;

static void
find_setting (const CbRow *row, gpointer data)
{
  Wanted *wanted = data;

  if (wanted->value == NULL && row->n_fields == 2 && is_text (&row->fields[0], wanted->key))
    wanted->value = dup_text (&row->fields[1]);
}

char *
cb_salvage_dup_setting (CbSalvage *self, const char *key)
{
  Wanted wanted = { .key = key };

  read_all (self, CB_PAGE_ENTRIES, find_setting, &wanted);
  return wanted.value;
}

typedef struct
{
  CbVault *vault;
  guint n_tried;
  guint n_opened;
} Tried;

/* The store's own keys and the customers' stand alike: the name, then the key. */
static void
try_key (const CbRow *row, gpointer data)
{
  Tried *tried = data;
  const CbField *fields = row->fields;
  g_autofree char *name = NULL;
  g_autoptr (GBytes) wrapped = NULL;
  g_auto (CbKey) key = { 0 };

  if (tried->n_tried >= KEYS_TRIED || row->n_fields < 2 || fields[0].kind != CB_FIELD_TEXT ||
      fields[1].kind != CB_FIELD_BYTES || fields[1].length != WRAPPED_BYTES)
    return;
  tried->n_tried++;
  name = dup_text (&fields[0]);
  wrapped = g_bytes_new (fields[1].bytes, fields[1].length);
  tried->n_opened += cb_vault_unwrap (tried->vault, name, wrapped, &key, NULL);
}

guint
cb_salvage_count_keys (CbSalvage *self, CbVault *vault)
{
  Tried tried = { .vault = vault };

  read_all (self, CB_PAGE_ENTRIES, try_key, &tried);
  read_all (self, CB_PAGE_ROWS, try_key, &tried);
  return tried.n_opened;
}

/* --- whether a row is right --- */

static gboolean
get_key (CbSalvage *self, CbSalvageTable *table, const CbRow *row, CbKey *key)
{
  int place = cb_salvage_table_find (table, "customer");
  g_autofree char *id = dup_text (&row->fields[0]);
  g_autofree char *customer = NULL;

  if (g_str_equal (table->name, "customer"))
    {
      const CbField *field = &row->fields[cb_salvage_table_find (table, "key")];
      g_autoptr (GBytes) wrapped = g_bytes_new (field->bytes, field->length);

      return cb_vault_unwrap (self->book->vault, id, wrapped, key, NULL);
    }
  if (place < 0 || place >= (int) row->n_fields ||
      (customer = dup_text (&row->fields[place])) == NULL ||
      cb_salvage_table_is_of_book (table, row))
    {
      *key = self->book->keys->book;
      return TRUE;
    }
  return cb_book_get_customer_key (self->book, customer, key, NULL);
}

static gboolean
opens (CbSalvage *self, CbSalvageTable *table, const CbRow *row, guint place)
{
  const CbField *field = &row->fields[place];
  g_autofree char *column = g_strdup_printf ("%s.%s", table->name, table->columns[place].name);
  g_autofree char *id = dup_text (&row->fields[table->id]);
  g_autoptr (GBytes) wrapped = NULL;
  g_autoptr (GBytes) plain = NULL;
  g_auto (CbKey) key = { 0 };

  switch (cb_salvage_seal_of (column))
    {
    case CB_SALVAGE_OPEN:
      return TRUE;
    case CB_SALVAGE_WRAPPED:
      wrapped = g_bytes_new (field->bytes, field->length);
      return id != NULL && cb_vault_unwrap (self->book->vault, id, wrapped, &key, NULL);
    case CB_SALVAGE_SEALED:
      if (id == NULL || !get_key (self, table, row, &key))
        return FALSE;
      plain = cb_unseal (&key, column, id, field->bytes, field->length, NULL);
      return plain != NULL;
    }
  return FALSE;
}

static gboolean
has_customer (CbSalvage *self, CbSalvageTable *table, const CbRow *row)
{
  int place = cb_salvage_table_find (table, "customer");
  g_autofree char *customer = NULL;

  if (place < 0 || place >= (int) row->n_fields || cb_salvage_table_outlives (table, row))
    return TRUE;
  customer = dup_text (&row->fields[place]);
  return customer == NULL || cb_book_require_customer (self->book, customer, NULL);
}

/* Without its card a customer's row still has the key to all that is theirs. */
static gboolean
is_card (CbSalvageTable *table, guint place)
{
  return g_str_equal (table->name, "customer") &&
         cb_salvage_table_find (table, "card") == (int) place;
}

static gboolean
is_right (CbSalvage *self, CbSalvageTable *table, const CbRow *row)
{
  if (!has_customer (self, table, row))
    return FALSE;
  for (guint i = 0; i < row->n_fields; i++)
    {
      if (row->fields[i].kind == CB_FIELD_BYTES && !is_card (table, i) &&
          !opens (self, table, row, i))
        return FALSE;
    }
  return TRUE;
}

static gboolean
is_without_card (CbSalvage *self, CbSalvageTable *table, const CbRow *row)
{
  for (guint i = 0; i < row->n_fields; i++)
    {
      if (is_card (table, i))
        return !opens (self, table, row, i);
    }
  return FALSE;
}

/* --- into the new one --- */

typedef struct
{
  CbSalvage *self;
  CbSalvageTable *table;
  gboolean is_told;
  guint n_alike;
  guint n_other;
  gboolean has_right;
} Filling;

static void
keep_audit (CbSalvage *self, const CbRow *row)
{
  const CbField *fields = row->fields;
  CbAuditRow *kept = g_new0 (CbAuditRow, 1);

  kept->seq = row->row;
  kept->at_us = fields[1].number;
  kept->staff = dup_text (&fields[2]);
  kept->action = dup_text (&fields[3]);
  kept->customer = dup_text (&fields[4]);
  kept->object = dup_text (&fields[5]);
  kept->code = dup_text (&fields[6]);
  kept->mac = g_bytes_new (fields[7].bytes, fields[7].length);
  g_ptr_array_add (self->audit, kept);
}

/* An answer counts whether or not what was shown for it is still known, and can't be changed once
 * it is in. */
static void
forget_request (CbSalvage *self, CbSalvageTable *table, CbRow *row)
{
  static const char SQL_HAS_REQUEST[] = "SELECT 1 FROM consent_request WHERE id = ?1";
  int place = cb_salvage_table_find (table, "request");
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->book->db, SQL_HAS_REQUEST);
  g_autofree char *request = place >= 0 ? dup_text (&row->fields[place]) : NULL;

  cb_stmt_bind_text (stmt, 1, request);
  if (request != NULL && !cb_stmt_next (stmt, NULL))
    row->fields[place].kind = CB_FIELD_NULL;
}

static void
fill_row (const CbRow *found, gpointer data)
{
  Filling *filling = data;
  CbSalvage *self = filling->self;
  CbSalvageTable *table = filling->table;
  CbRow copy = *found;
  CbRow *row = &copy;
  CbSalvageAnswer answer;

  if (!cb_salvage_table_fits (table, row, filling->is_told) || !is_right (self, table, row))
    {
      table->n_lost++;
      return;
    }
  if (g_str_equal (table->name, "audit"))
    {
      keep_audit (self, row);
      return;
    }
  if (g_str_equal (table->name, "consent_event"))
    forget_request (self, table, row);
  answer = cb_salvage_table_add (table, self->book->db, row);
  table->n_saved += answer == CB_SALVAGE_ADDED;
  table->n_lost += answer == CB_SALVAGE_REFUSED ||
                   (answer == CB_SALVAGE_ADDED && is_without_card (self, table, row));
}

static void
judge_row (const CbRow *row, gpointer data)
{
  Filling *filling = data;

  if (!cb_salvage_table_fits (filling->table, row, FALSE))
    {
      filling->n_other++;
      return;
    }
  filling->n_alike++;
  /* One that opens is enough; those before it may be of customers whose key is lost. */
  if (!filling->has_right)
    filling->has_right = is_right (filling->self, filling->table, row);
}

static void
compare_shape (const CbRow *row, gpointer data)
{
  Filling *filling = data;

  if (cb_salvage_table_fits (filling->table, row, TRUE))
    filling->n_alike++;
  else
    filling->n_other++;
}

/* A changed byte in a page that only leads to others makes it lead to another's. What it leads to
 * is another's when it has rows, and none has the shape of a row of this table; of an index
 * (`table` is NULL) none is known. */
static gboolean
is_astray (CbSalvage *self, CbSalvageTable *table, CbPageKind kind, guint page)
{
  CbPageKind found = cb_pages_get_kind (self->pages, page);
  Filling filling = { .self = self, .table = table };

  if (found != CB_PAGE_ROWS && found != CB_PAGE_ENTRIES)
    return FALSE;
  if (found != kind || table == NULL)
    return found != kind;
  cb_pages_read (self->pages, page, compare_shape, &filling);
  return filling.n_alike == 0 && filling.n_other > 0;
}

/* Nobody says what it is of: it is this table's when its rows are, and open. */
static gboolean
is_of (CbSalvage *self, CbSalvageTable *table, guint page)
{
  Filling filling = { .self = self, .table = table };

  if (cb_pages_get_kind (self->pages, page) != table->kind || table->is_unlike_any ||
      g_hash_table_contains (self->is_told, GUINT_TO_POINTER (page)) ||
      g_hash_table_contains (self->is_taken, GUINT_TO_POINTER (page)))
    return FALSE;
  cb_pages_read (self->pages, page, judge_row, &filling);
  return filling.has_right && filling.n_other < filling.n_alike;
}

static void
fill_page (CbSalvage *self, CbSalvageTable *table, guint page, gboolean is_told)
{
  Filling filling = { .self = self, .table = table, .is_told = is_told };

  g_hash_table_add (self->is_taken, GUINT_TO_POINTER (page));
  table->n_lost += cb_pages_read (self->pages, page, fill_row, &filling);
}

/* What the schema leads to comes first: of two of one name it is the one in use. A page where it
 * was led astray is left to whose rows they are. */
static void
fill_table (CbSalvage *self, CbSalvageTable *table)
{
  g_autoptr (GHashTable) own = g_hash_table_new (NULL, NULL);
  guint root = GPOINTER_TO_UINT (g_hash_table_lookup (self->roots, table->name));
  guint n_pages = cb_pages_get_count (self->pages);

  /* At least a row on each that is gone. */
  if (root != 0)
    table->n_lost += cb_pages_walk (self->pages, root, own);
  for (guint page = 1; page <= n_pages; page++)
    {
      if (!g_hash_table_contains (own, GUINT_TO_POINTER (page)) ||
          cb_pages_get_kind (self->pages, page) != table->kind)
        continue;
      if (is_astray (self, table, table->kind, page))
        table->n_lost++;
      else
        fill_page (self, table, page, TRUE);
    }
  for (guint page = 1; page <= n_pages; page++)
    {
      if (is_of (self, table, page))
        fill_page (self, table, page, FALSE);
    }
}

static gboolean
fill_ranks (CbSalvage *self, gboolean is_for_keys, GError **error)
{
  for (guint i = 0; i < self->tables->len; i++)
    {
      CbSalvageTable *table = g_ptr_array_index (self->tables, i);

      if (table->is_for_keys != is_for_keys)
        continue;
      fill_table (self, table);
      cb_salvage_table_end (table);
      if (table->failure != 0)
        {
          cb_db_set_error (self->book->db, table->failure, "write what was saved", error);
          return FALSE;
        }
    }
  return TRUE;
}

static CbSalvageTable *
find_table (CbSalvage *self, const char *name)
{
  for (guint i = 0; i < self->tables->len; i++)
    {
      CbSalvageTable *table = g_ptr_array_index (self->tables, i);

      if (g_str_equal (table->name, name))
        return table;
    }
  return NULL;
}

/* All that a root leads to, but where it was led astray. An index has none but entries. */
static void
note_told_by (CbSalvage *self, const char *name, guint root)
{
  CbSalvageTable *table = find_table (self, name);
  CbPageKind kind = table != NULL ? table->kind : CB_PAGE_ENTRIES;
  g_autoptr (GHashTable) pages = g_hash_table_new (NULL, NULL);
  GHashTableIter iter;
  gpointer page;

  cb_pages_walk (self->pages, root, pages);
  g_hash_table_iter_init (&iter, pages);
  while (g_hash_table_iter_next (&iter, &page, NULL))
    {
      if (!is_astray (self, table, kind, GPOINTER_TO_UINT (page)))
        g_hash_table_add (self->is_told, page);
    }
}

/* Not what leads from a name that this build does not know: it may be one of its own, damaged. */
static gboolean
note_told (CbSalvage *self, GError **error)
{
  static const char SQL_LIST_NAMES[] = "SELECT name FROM sqlite_schema WHERE rootpage > 0";
  g_autoptr (CbStmt) rows = cb_db_prepare (self->book->db, SQL_LIST_NAMES);
  g_autoptr (GError) local_error = NULL;

  while (cb_stmt_next (rows, &local_error))
    {
      const char *name = cb_stmt_text (rows, 0);
      guint root = GPOINTER_TO_UINT (g_hash_table_lookup (self->roots, name));

      if (root != 0)
        note_told_by (self, name, root);
    }
  return !cb_error_hand_on (&local_error, error);
}

gboolean
cb_salvage_fill_keys (CbSalvage *self, CbBook *book, GError **error)
{
  self->book = book;
  self->tables = cb_salvage_list_tables (book->db, error);
  return self->tables != NULL && note_told (self, error) && fill_ranks (self, TRUE, error);
}

/* --- what is missing --- */

typedef struct
{
  CbSalvage *self;
  CbSalvageTable *table;
  guint n_missing;
} Missing;

static void
count_missing (const CbRow *row, gpointer data)
{
  Missing *missing = data;
  g_autofree char *id = dup_text (&row->fields[0]);

  if (id != NULL && !cb_salvage_table_has (missing->table, missing->self->book->db, id))
    missing->n_missing++;
}

/* The index of a table's ids still names rows whose own page is gone. */
static void
ask_index (CbSalvage *self, CbSalvageTable *table)
{
  g_autofree char *index = g_strdup_printf ("sqlite_autoindex_%s_1", table->name);
  guint root = GPOINTER_TO_UINT (g_hash_table_lookup (self->roots, index));
  g_autoptr (GHashTable) pages = g_hash_table_new (NULL, NULL);
  Missing missing = { .self = self, .table = table };
  GHashTableIter iter;
  gpointer page;

  if (root == 0 || table->kind != CB_PAGE_ROWS)
    return;
  cb_pages_walk (self->pages, root, pages);
  g_hash_table_iter_init (&iter, pages);
  while (g_hash_table_iter_next (&iter, &page, NULL))
    cb_pages_read (self->pages, GPOINTER_TO_UINT (page), count_missing, &missing);
  table->n_lost = MAX (table->n_lost, missing.n_missing);
}

static int
compare_seq (gconstpointer a, gconstpointer b)
{
  const CbAuditRow *first = *(const CbAuditRow *const *) a;
  const CbAuditRow *second = *(const CbAuditRow *const *) b;

  return (first->seq > second->seq) - (first->seq < second->seq);
}

static gboolean
fill_audit (CbSalvage *self, GError **error)
{
  g_ptr_array_sort (self->audit, compare_seq);
  for (guint i = 0; i < self->tables->len; i++)
    {
      CbSalvageTable *table = g_ptr_array_index (self->tables, i);

      if (g_str_equal (table->name, "audit"))
        return cb_book_refill_audit (self->book, self->audit, &table->n_saved, &table->n_lost,
                                     error);
    }
  return TRUE;
}

gboolean
cb_salvage_fill (CbSalvage *self, CbBook *book, GError **error)
{
  if (!fill_ranks (self, FALSE, error) || !fill_audit (self, error))
    return FALSE;
  for (guint i = 0; i < self->tables->len; i++)
    {
      ask_index (self, g_ptr_array_index (self->tables, i));
      cb_salvage_table_end (g_ptr_array_index (self->tables, i));
    }
  return TRUE;
}

static void
salvaged_free (gpointer data)
{
  CbSalvaged *salvaged = data;

  g_free (salvaged->name);
  g_free (salvaged);
}

GPtrArray *
cb_salvage_list (CbSalvage *self)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (salvaged_free);

  for (guint i = 0; self->tables != NULL && i < self->tables->len; i++)
    {
      const CbSalvageTable *table = g_ptr_array_index (self->tables, i);
      CbSalvaged *salvaged;

      if (table->n_saved == 0 && table->n_lost == 0)
        continue;
      salvaged = g_new0 (CbSalvaged, 1);
      *salvaged = (CbSalvaged){ g_strdup (table->name), table->n_saved, table->n_lost };
      g_ptr_array_add (list, salvaged);
    }
  return list;
}
