/* SPDX-License-Identifier: Apache-2.0 */

/* What the retailer's other systems are told, and the keys by which they ask. */

#define G_LOG_DOMAIN "Counterbook"

#include "base/cb-error.h"
#include "service/cb-pg-storage-private.h"

static const char SQL_ADD_KEY[] =
  "INSERT INTO api_key (id, hash, name, scopes, made_us) VALUES ($1, $2, $3, $4, $5)";
static const char SQL_FIND_KEY[] =
  "SELECT id, name, scopes, made_us, coalesce (revoked_us, 0) FROM api_key WHERE hash = $1";
static const char SQL_WALK_KEYS[] =
  "SELECT id, name, scopes, made_us, coalesce (revoked_us, 0) FROM api_key ORDER BY made_us, id";
static const char SQL_REVOKE_KEY[] =
  "UPDATE api_key SET revoked_us = coalesce (revoked_us, $2) WHERE id = $1 RETURNING id";

static const char SQL_LIST_TOLD_ANSWERS[] =
  "SELECT c.purpose, c.channel, c.state, c.grant_op, c.withdrawal, c.evidence, c.version, c.n,"
  " g.captured FROM consent AS c"
  " LEFT JOIN consent_grant AS g ON g.customer = c.customer AND g.op = c.grant_op"
  " WHERE c.customer = $1 AND c.purpose <> 'asked' AND c.purpose <> 'shop'"
  " ORDER BY c.purpose, c.channel";
static const char SQL_LIST_TOLD_RECORDS[] =
  "SELECT key, kind, scope, version, n, author, captured, body FROM record"
  " WHERE customer = $1 AND scope = 'company' ORDER BY kind <> 'customer', n";

static const char SQL_LIST_CONTACTS[] =
  "SELECT op, purpose, channel, at_us FROM contact WHERE customer = $1 ORDER BY at_us DESC";
static const char SQL_ADD_CONTACT[] =
  "INSERT INTO contact (customer, op, purpose, channel, at_us) VALUES ($1, $2, $3, $4, $5)";

/* As SQLite's; a branch is cut before all of them are put in order, and the head is a row by itself
 * where there is no news. */
static const char SQL_LIST_NEWS[] =
  "SELECT k.head, c.n, c.customer, c.sort, c.purpose, c.channel, c.state FROM counter AS k"
  " LEFT JOIN LATERAL ("
  "  (SELECT n, customer, 0::bigint AS sort, NULL::text AS purpose, NULL::text AS channel,"
  "   NULL::text AS state FROM erased WHERE n > $1 ORDER BY n LIMIT $2)"
  "  UNION ALL (SELECT n, customer, 1::bigint, purpose, channel, state FROM consent"
  "   WHERE n > $1 AND purpose <> 'asked' AND purpose <> 'shop' ORDER BY n LIMIT $2)"
  "  UNION ALL (SELECT n, customer, 2::bigint, NULL, NULL, NULL FROM record"
  "   WHERE n > $1 AND scope = 'company' ORDER BY n LIMIT $2)"
  "  ORDER BY 1 LIMIT $2) AS c ON true"
  " WHERE k.id = 1 ORDER BY c.n";

/* --- keys --- */

static void
key_from_row (CbPgQuery *query, CbKeyRow *row)
{
  cb_pg_copy_id (query, 0, row->id);
  row->name = cb_pg_dup_text (query, 1);
  row->scopes = cb_pg_dup_text (query, 2);
  row->made_us = cb_pg_int (query, 3);
  row->revoked_us = cb_pg_int (query, 4);
}

static gboolean
add_key (CbStorage *self, const CbKeyRow *row, const guint8 *hash, GError **error)
{
  g_autoptr (CbPgQuery) query = cb_pg_query (cb_pg_of (self), SQL_ADD_KEY);

  cb_pg_bind_id (query, row->id);
  cb_pg_bind_bytes (query, hash, CB_HASH_BYTES);
  cb_pg_bind_text (query, row->name);
  cb_pg_bind_text (query, row->scopes);
  cb_pg_bind_int (query, row->made_us);
  return cb_pg_query_run (query, error);
}

static gboolean
find_key (CbStorage *self, const guint8 *hash, CbKeyRow *row, GError **error)
{
  g_autoptr (CbPgQuery) query = cb_pg_query (cb_pg_of (self), SQL_FIND_KEY);

  cb_pg_bind_bytes (query, hash, CB_HASH_BYTES);
  if (!cb_pg_next_first (query, error))
    return FALSE;
  key_from_row (query, row);
  return TRUE;
}

static gboolean
revoke_key (CbStorage *self, const char *id, gint64 now_us, GError **error)
{
  g_autoptr (CbPgQuery) query = cb_pg_query (cb_pg_of (self), SQL_REVOKE_KEY);

  cb_pg_bind_id (query, id);
  cb_pg_bind_int (query, now_us);
  return cb_pg_next (query, error);
}

static gboolean
walk_keys (CbStorage *self, CbKeyFunc on_key, gpointer data, GError **error)
{
  g_autoptr (CbPgQuery) query = cb_pg_query (cb_pg_of (self), SQL_WALK_KEYS);
  g_autoptr (GError) local = NULL;

  for (gboolean has = cb_pg_next_first (query, &local); has; has = cb_pg_next (query, &local))
    {
      g_auto (CbKeyRow) row = { 0 };

      key_from_row (query, &row);
      if (!on_key (&row, data))
        return TRUE;
    }
  return !cb_error_hand_on (&local, error);
}

/* --- one customer --- */

static CbAnswerRow *
answer_from_row (CbPgQuery *query)
{
  CbAnswerRow *row = g_new0 (CbAnswerRow, 1);

  row->purpose = cb_pg_dup_text (query, 0);
  row->channel = cb_pg_dup_text (query, 1);
  row->state = cb_pg_dup_text (query, 2);
  cb_pg_copy_id (query, 3, row->grant);
  cb_pg_copy_id (query, 4, row->withdrawal);
  row->evidence = cb_pg_dup_text (query, 5);
  cb_pg_copy_id (query, 6, row->version);
  row->n = cb_pg_int (query, 7);
  row->captured = cb_pg_dup_text (query, 8);
  return row;
}

static CbRecordRow *
record_from_row (CbPgQuery *query)
{
  CbRecordRow *row = g_new0 (CbRecordRow, 1);

  row->key = cb_pg_dup_text (query, 0);
  row->kind = cb_pg_dup_text (query, 1);
  row->scope = cb_pg_dup_text (query, 2);
  cb_pg_copy_id (query, 3, row->version);
  row->n = cb_pg_int (query, 4);
  row->author = cb_pg_dup_text (query, 5);
  row->captured = cb_pg_dup_text (query, 6);
  row->body = cb_pg_dup_text (query, 7);
  return row;
}

static gboolean
read_contacts (CbPg *db, const char *customer, GArray *contacts, GError **error)
{
  g_autoptr (CbPgQuery) query = cb_pg_query (db, SQL_LIST_CONTACTS);
  g_autoptr (GError) local = NULL;

  cb_pg_bind_id (query, customer);
  for (gboolean has = cb_pg_next_first (query, &local); has; has = cb_pg_next (query, &local))
    {
      CbContactRow row = { .purpose = cb_contact_word (cb_pg_text (query, 1)),
                           .channel = cb_contact_word (cb_pg_text (query, 2)),
                           .at_us = cb_pg_int (query, 3) };

      cb_pg_copy_id (query, 0, row.op);
      g_array_append_val (contacts, row);
    }
  return !cb_error_hand_on (&local, error);
}

/* The answers first: what rested on a yes that ends in between is gone when the records are read.
 */
static CbToldRow *
read_told (CbStorage *self, const char *customer, GError **error)
{
  g_autoptr (CbPgQuery) answers = cb_pg_query (cb_pg_of (self), SQL_LIST_TOLD_ANSWERS);
  g_autoptr (CbPgQuery) records = cb_pg_query (cb_pg_of (self), SQL_LIST_TOLD_RECORDS);
  g_autoptr (CbToldRow) told = cb_told_row_new ();
  g_autoptr (GError) local = NULL;

  cb_pg_bind_id (answers, customer);
  cb_pg_bind_id (records, customer);
  for (gboolean has = cb_pg_next_first (answers, &local); has; has = cb_pg_next (answers, &local))
    g_ptr_array_add (told->answers, answer_from_row (answers));
  for (gboolean has = local == NULL && cb_pg_next_first (records, &local); has;
       has = cb_pg_next (records, &local))
    g_ptr_array_add (told->records, record_from_row (records));
  if (local == NULL)
    read_contacts (cb_pg_of (self), customer, told->contacts, &local);
  return cb_error_hand_on (&local, error) ? NULL : g_steal_pointer (&told);
}

/* --- contacts --- */

static gboolean
lock_customer (CbStorage *self, const char *customer, GError **error)
{
  return cb_pg_lock_customer (cb_pg_of (self), customer, error);
}

static gboolean
add_contact (CbStorage *self, const char *customer, const CbContactRow *row, GError **error)
{
  g_autoptr (CbPgQuery) query = cb_pg_query (cb_pg_of (self), SQL_ADD_CONTACT);

  cb_pg_bind_id (query, customer);
  cb_pg_bind_id (query, row->op);
  cb_pg_bind_text (query, row->purpose);
  cb_pg_bind_text (query, row->channel);
  cb_pg_bind_int (query, row->at_us);
  return cb_pg_query_run (query, error);
}

/* --- news --- */

/* NULL for the row that brings the head alone. */
static CbNewsRow *
news_from_row (CbPgQuery *query)
{
  CbNewsRow *row = g_new0 (CbNewsRow, 1);

  cb_pg_copy_id (query, 2, row->customer);
  if (*row->customer == '\0')
    {
      g_free (row);
      return NULL;
    }
  row->n = cb_pg_int (query, 1);
  row->sort = (CbNewsSort) cb_pg_int (query, 3);
  row->purpose = cb_pg_dup_text (query, 4);
  row->channel = cb_pg_dup_text (query, 5);
  row->state = cb_pg_dup_text (query, 6);
  return row;
}

static GPtrArray *
list_news (CbStorage *self, gint64 after, guint limit, gint64 *head, GError **error)
{
  g_autoptr (CbPgQuery) query = cb_pg_query (cb_pg_of (self), SQL_LIST_NEWS);
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_news_row_free);
  g_autoptr (GError) local = NULL;

  cb_pg_bind_int (query, after);
  cb_pg_bind_int (query, limit);
  for (gboolean has = cb_pg_next_first (query, &local); has; has = cb_pg_next (query, &local))
    {
      CbNewsRow *row = news_from_row (query);

      *head = cb_pg_int (query, 0);
      if (row != NULL)
        g_ptr_array_add (rows, row);
    }
  return cb_error_hand_on (&local, error) ? NULL : g_steal_pointer (&rows);
}

void
cb_pg_fill_told (CbStorageMethods *methods)
{
  methods->add_key = add_key;
  methods->find_key = find_key;
  methods->revoke_key = revoke_key;
  methods->walk_keys = walk_keys;
  methods->read_told = read_told;
  methods->lock_customer = lock_customer;
  methods->add_contact = add_contact;
  methods->list_news = list_news;
}
