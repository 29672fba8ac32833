/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "service/cb-sqlite-storage-private.h"

static const char SQL_FIND_APPLIED[] = "SELECT sha256, n FROM applied WHERE op = ?1";
static const char SQL_ADD_APPLIED[] =
  "INSERT INTO applied (op, sha256, result, n)"
  " VALUES (?1, ?2, 'applied', ?3)";
static const char SQL_FIND_ERASED[] = "SELECT n FROM erased WHERE customer = ?1";
static const char SQL_ADD_ERASED[] =
  "INSERT INTO erased (customer, n, at_us) VALUES (?1, ?2, ?3)"
  " ON CONFLICT (customer) DO NOTHING";
static const char SQL_FORGET_RECORDS[] = "DELETE FROM record WHERE customer = ?1";
static const char SQL_FORGET_CONSENTS[] = "DELETE FROM consent WHERE customer = ?1";
static const char SQL_FORGET_GRANTS[] = "DELETE FROM consent_grant WHERE customer = ?1";
static const char SQL_FORGET_CONTACTS[] = "DELETE FROM contact WHERE customer = ?1";

static const char SQL_FIND_RECORD[] =
  "SELECT scope, store, purpose, grant_op, version, n, body"
  " FROM record WHERE customer = ?1 AND key = ?2";
/* Two statements and no upsert, for which SQLite would copy every page it touches. The numbers of
 * the parameters are the same. */
static const char SQL_ADD_RECORD[] =
  "INSERT INTO record (customer, key, kind, scope, store, purpose, grant_op, version, n, author,"
  " captured, schema, body, source)"
  " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)";
static const char SQL_EDIT_RECORD[] =
  "UPDATE record SET kind = ?3, scope = ?4, store = ?5, purpose = ?6, grant_op = ?7, version = ?8,"
  " n = ?9, author = ?10, captured = ?11, schema = ?12, body = ?13, source = ?14"
  " WHERE customer = ?1 AND key = ?2";
static const char SQL_LIST_ADRIFT[] =
  "SELECT r.key, r.kind, r.scope, r.store, r.purpose"
  " FROM record AS r JOIN consent_grant AS g ON g.customer = r.customer AND g.op = r.grant_op"
  " WHERE r.customer = ?1 AND g.ended_by IS NOT NULL ORDER BY r.key";
static const char SQL_MOVE_RECORD[] =
  "UPDATE record SET scope = ?3, purpose = ?4, grant_op = ?5, n = ?6"
  " WHERE customer = ?1 AND key = ?2";
static const char SQL_DELETE_RECORD[] = "DELETE FROM record WHERE customer = ?1 AND key = ?2";

/* --- what was done --- */

static gboolean
find_applied (CbStorage *self, const char *op, CbAppliedRow *row, GError **error)
{
  g_autoptr (CbQuery) query = cb_sqlite_query (cb_sqlite_of (self), SQL_FIND_APPLIED);

  cb_query_bind_text (query, 1, op);
  if (!cb_query_next (query, error))
    return FALSE;
  row->n = cb_query_int (query, 1);
  return cb_query_copy_bytes (query, 0, row->hash, sizeof row->hash);
}

static gboolean
add_applied (CbStorage *self, const CbEnvelope *envelope, gint64 n, GError **error)
{
  g_autoptr (CbQuery) query = cb_sqlite_query (cb_sqlite_of (self), SQL_ADD_APPLIED);

  cb_query_bind_text (query, 1, envelope->op);
  cb_query_bind_blob (query, 2, envelope->hash, sizeof envelope->hash);
  cb_query_bind_int (query, 3, n);
  return cb_query_run (query, error);
}

static gboolean
find_erased (CbStorage *self, const char *customer, gint64 *n, GError **error)
{
  g_autoptr (CbQuery) query = cb_sqlite_query (cb_sqlite_of (self), SQL_FIND_ERASED);

  cb_query_bind_text (query, 1, customer);
  if (!cb_query_next (query, error))
    return FALSE;
  *n = cb_query_int (query, 0);
  return TRUE;
}

static GPtrArray *
list_unerased (CbStorage *self, GPtrArray *customers, GError **error)
{
  g_autoptr (GPtrArray) unerased = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < customers->len; i++)
    {
      g_autoptr (GError) local = NULL;
      gint64 n = 0;

      if (find_erased (self, customers->pdata[i], &n, &local))
        continue;
      if (local != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return NULL;
        }
      g_ptr_array_add (unerased, g_strdup (customers->pdata[i]));
    }
  return g_steal_pointer (&unerased);
}

static gboolean
add_erased (CbStorage *self, const char *customer, gint64 n, gint64 now_us, GError **error)
{
  g_autoptr (CbQuery) query = cb_sqlite_query (cb_sqlite_of (self), SQL_ADD_ERASED);

  cb_query_bind_text (query, 1, customer);
  cb_query_bind_int (query, 2, n);
  cb_query_bind_int (query, 3, now_us);
  return cb_query_run (query, error);
}

static gboolean
run_for_customer (CbStorage *self, const char *sql, const char *customer, GError **error)
{
  g_autoptr (CbQuery) query = cb_sqlite_query (cb_sqlite_of (self), sql);

  cb_query_bind_text (query, 1, customer);
  return cb_query_run (query, error);
}

static gboolean
forget_customer (CbStorage *self, const char *customer, GError **error)
{
  return run_for_customer (self, SQL_FORGET_RECORDS, customer, error) &&
         run_for_customer (self, SQL_FORGET_CONSENTS, customer, error) &&
         run_for_customer (self, SQL_FORGET_GRANTS, customer, error) &&
         run_for_customer (self, SQL_FORGET_CONTACTS, customer, error);
}

/* --- records --- */

static gboolean
find_record (CbStorage *self,
             const char *customer,
             const char *key,
             CbRecordRow *row,
             GError **error)
{
  g_autoptr (CbQuery) query = cb_sqlite_query (cb_sqlite_of (self), SQL_FIND_RECORD);

  cb_query_bind_text (query, 1, customer);
  cb_query_bind_text (query, 2, key);
  if (!cb_query_next (query, error))
    return FALSE;

  row->scope = cb_query_dup_text (query, 0);
  row->store = cb_query_dup_text (query, 1);
  row->purpose = cb_query_dup_text (query, 2);
  cb_query_copy_id (query, 3, row->grant);
  cb_query_copy_id (query, 4, row->version);
  row->n = cb_query_int (query, 5);
  row->body = cb_query_dup_text (query, 6);
  return TRUE;
}

static gboolean
put_record (CbStorage *self,
            const CbEnvelope *envelope,
            const CbOrigin *origin,
            gint64 n,
            gboolean is_new,
            GError **error)
{
  g_autoptr (CbQuery) query =
    cb_sqlite_query (cb_sqlite_of (self), is_new ? SQL_ADD_RECORD : SQL_EDIT_RECORD);

  cb_query_bind_text (query, 1, envelope->customer);
  cb_query_bind_text (query, 2, envelope->key);
  cb_query_bind_text (query, 3, cb_kind_to_id (envelope->kind));
  cb_query_bind_text (query, 4, envelope->scope);
  cb_query_bind_text (query, 5, origin->store);
  cb_query_bind_text (query, 6, envelope->basis_purpose);
  cb_query_bind_text (query, 7, envelope->basis_grant);
  cb_query_bind_text (query, 8, envelope->op);
  cb_query_bind_int (query, 9, n);
  cb_query_bind_text (query, 10, envelope->by);
  cb_query_bind_text (query, 11, envelope->wall);
  cb_query_bind_int (query, 12, envelope->schema);
  cb_query_bind_slice (query, 13, envelope->body, envelope->body_length);
  cb_query_bind_text (query, 14, origin->source);
  return cb_query_run (query, error);
}

static GPtrArray *
list_adrift (CbStorage *self, const char *customer, GError **error)
{
  g_autoptr (CbQuery) query = cb_sqlite_query (cb_sqlite_of (self), SQL_LIST_ADRIFT);
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_record_row_free);
  g_autoptr (GError) local = NULL;

  cb_query_bind_text (query, 1, customer);
  while (cb_query_next (query, &local))
    {
      CbRecordRow *row = g_new0 (CbRecordRow, 1);

      row->customer = g_strdup (customer);
      row->key = cb_query_dup_text (query, 0);
      row->kind = cb_query_dup_text (query, 1);
      row->scope = cb_query_dup_text (query, 2);
      row->store = cb_query_dup_text (query, 3);
      row->purpose = cb_query_dup_text (query, 4);
      g_ptr_array_add (rows, row);
    }
  if (local == NULL)
    return g_steal_pointer (&rows);

  g_propagate_error (error, g_steal_pointer (&local));
  return NULL;
}

static gboolean
move_record (CbStorage *self, const CbRecordRow *row, GError **error)
{
  g_autoptr (CbQuery) query = cb_sqlite_query (cb_sqlite_of (self), SQL_MOVE_RECORD);

  cb_query_bind_text (query, 1, row->customer);
  cb_query_bind_text (query, 2, row->key);
  cb_query_bind_text (query, 3, row->scope);
  cb_query_bind_text (query, 4, row->purpose);
  cb_query_bind_text (query, 5, row->grant);
  cb_query_bind_int (query, 6, row->n);
  return cb_query_run (query, error);
}

static gboolean
delete_record (CbStorage *self, const char *customer, const char *key, GError **error)
{
  g_autoptr (CbQuery) query = cb_sqlite_query (cb_sqlite_of (self), SQL_DELETE_RECORD);

  cb_query_bind_text (query, 1, customer);
  cb_query_bind_text (query, 2, key);
  return cb_query_run (query, error);
}

void
cb_sqlite_fill_book (CbStorageMethods *methods)
{
  methods->find_applied = find_applied;
  methods->add_applied = add_applied;
  methods->find_erased = find_erased;
  methods->list_unerased = list_unerased;
  methods->add_erased = add_erased;
  methods->forget_customer = forget_customer;
  methods->find_record = find_record;
  methods->put_record = put_record;
  methods->list_adrift = list_adrift;
  methods->move_record = move_record;
  methods->delete_record = delete_record;
}
