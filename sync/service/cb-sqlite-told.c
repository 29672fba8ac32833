/* SPDX-License-Identifier: Apache-2.0 */

/* What the retailer's other systems are told, and the keys by which they ask. */

#define G_LOG_DOMAIN "Counterbook"

#include "base/cb-error.h"
#include "service/cb-sqlite-storage-private.h"

static const char SQL_ADD_KEY[] =
  "INSERT INTO api_key (id, hash, name, scopes, made_us) VALUES (?1, ?2, ?3, ?4, ?5)";
static const char SQL_FIND_KEY[] =
  "SELECT id, name, scopes, made_us, revoked_us FROM api_key WHERE hash = ?1";
static const char SQL_WALK_KEYS[] =
  "SELECT id, name, scopes, made_us, revoked_us FROM api_key ORDER BY made_us, id";
static const char SQL_REVOKE_KEY[] =
  "UPDATE api_key SET revoked_us = coalesce (revoked_us, ?2) WHERE id = ?1 RETURNING id";

static const char SQL_LIST_TOLD_ANSWERS[] =
  "SELECT c.purpose, c.channel, c.state, c.grant_op, c.withdrawal, c.evidence, c.version, c.n,"
  " g.captured FROM consent AS c"
  " LEFT JOIN consent_grant AS g ON g.customer = c.customer AND g.op = c.grant_op"
  " WHERE c.customer = ?1 AND c.purpose <> 'asked' AND c.purpose <> 'shop'"
  " ORDER BY c.purpose, c.channel";
static const char SQL_LIST_TOLD_RECORDS[] =
  "SELECT key, kind, scope, version, n, author, captured, body FROM record"
  " WHERE customer = ?1 AND scope = 'company' ORDER BY kind <> 'customer', n";

static const char SQL_LIST_CONTACTS[] =
  "SELECT op, purpose, channel, at_us FROM contact WHERE customer = ?1 ORDER BY at_us DESC";
static const char SQL_ADD_CONTACT[] =
  "INSERT INTO contact (customer, op, purpose, channel, at_us) VALUES (?1, ?2, ?3, ?4, ?5)";

/* Each branch goes along an index of numbers. */
static const char SQL_LIST_NEWS[] =
  "SELECT n, customer, 0, NULL, NULL, NULL FROM erased WHERE n > ?1"
  " UNION ALL SELECT n, customer, 1, purpose, channel, state FROM consent"
  " WHERE n > ?1 AND purpose <> 'asked' AND purpose <> 'shop'"
  " UNION ALL SELECT n, customer, 2, NULL, NULL, NULL FROM record"
  " WHERE n > ?1 AND scope = 'company'"
  " ORDER BY 1 LIMIT ?2";

/* --- keys --- */

static void
key_from_row (CbQuery *query, CbKeyRow *row)
{
  cb_query_copy_id (query, 0, row->id);
  row->name = cb_query_dup_text (query, 1);
  row->scopes = cb_query_dup_text (query, 2);
  row->made_us = cb_query_int (query, 3);
  row->revoked_us = cb_query_int (query, 4);
}

static gboolean
add_key (CbStorage *self, const CbKeyRow *row, const guint8 *hash, GError **error)
{
  g_autoptr (CbQuery) query = cb_sqlite_query (cb_sqlite_of (self), SQL_ADD_KEY);

  cb_query_bind_text (query, 1, row->id);
  cb_query_bind_blob (query, 2, hash, CB_HASH_BYTES);
  cb_query_bind_text (query, 3, row->name);
  cb_query_bind_text (query, 4, row->scopes);
  cb_query_bind_int (query, 5, row->made_us);
  return cb_query_run (query, error);
}

static gboolean
find_key (CbStorage *self, const guint8 *hash, CbKeyRow *row, GError **error)
{
  g_autoptr (CbQuery) query = cb_sqlite_query (cb_sqlite_of (self), SQL_FIND_KEY);

  cb_query_bind_blob (query, 1, hash, CB_HASH_BYTES);
  if (!cb_query_next (query, error))
    return FALSE;
  key_from_row (query, row);
  return TRUE;
}

static gboolean
revoke_key (CbStorage *self, const char *id, gint64 now_us, GError **error)
{
  g_autoptr (CbQuery) query = cb_sqlite_query (cb_sqlite_of (self), SQL_REVOKE_KEY);

  cb_query_bind_text (query, 1, id);
  cb_query_bind_int (query, 2, now_us);
  return cb_query_next (query, error);
}

static gboolean
walk_keys (CbStorage *self, CbKeyFunc on_key, gpointer data, GError **error)
{
  g_autoptr (CbQuery) query = cb_sqlite_query (cb_sqlite_of (self), SQL_WALK_KEYS);
  g_autoptr (GError) local = NULL;

  while (cb_query_next (query, &local))
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
answer_from_row (CbQuery *query)
{
  CbAnswerRow *row = g_new0 (CbAnswerRow, 1);

  row->purpose = cb_query_dup_text (query, 0);
  row->channel = cb_query_dup_text (query, 1);
  row->state = cb_query_dup_text (query, 2);
  cb_query_copy_id (query, 3, row->grant);
  cb_query_copy_id (query, 4, row->withdrawal);
  row->evidence = cb_query_dup_text (query, 5);
  cb_query_copy_id (query, 6, row->version);
  row->n = cb_query_int (query, 7);
  row->captured = cb_query_dup_text (query, 8);
  return row;
}

static CbRecordRow *
record_from_row (CbQuery *query)
{
  CbRecordRow *row = g_new0 (CbRecordRow, 1);

  row->key = cb_query_dup_text (query, 0);
  row->kind = cb_query_dup_text (query, 1);
  row->scope = cb_query_dup_text (query, 2);
  cb_query_copy_id (query, 3, row->version);
  row->n = cb_query_int (query, 4);
  row->author = cb_query_dup_text (query, 5);
  row->captured = cb_query_dup_text (query, 6);
  row->body = cb_query_dup_text (query, 7);
  return row;
}

static gboolean
read_answers (CbSqlite *db, const char *customer, GPtrArray *answers, GError **error)
{
  g_autoptr (CbQuery) query = cb_sqlite_query (db, SQL_LIST_TOLD_ANSWERS);
  g_autoptr (GError) local = NULL;

  cb_query_bind_text (query, 1, customer);
  while (cb_query_next (query, &local))
    g_ptr_array_add (answers, answer_from_row (query));
  return !cb_error_hand_on (&local, error);
}

static gboolean
read_records (CbSqlite *db, const char *customer, GPtrArray *records, GError **error)
{
  g_autoptr (CbQuery) query = cb_sqlite_query (db, SQL_LIST_TOLD_RECORDS);
  g_autoptr (GError) local = NULL;

  cb_query_bind_text (query, 1, customer);
  while (cb_query_next (query, &local))
    g_ptr_array_add (records, record_from_row (query));
  return !cb_error_hand_on (&local, error);
}

static gboolean
read_contacts (CbSqlite *db, const char *customer, GArray *contacts, GError **error)
{
  g_autoptr (CbQuery) query = cb_sqlite_query (db, SQL_LIST_CONTACTS);
  g_autoptr (GError) local = NULL;

  cb_query_bind_text (query, 1, customer);
  while (cb_query_next (query, &local))
    {
      CbContactRow row = { .purpose = cb_contact_word (cb_query_text (query, 1)),
                           .channel = cb_contact_word (cb_query_text (query, 2)),
                           .at_us = cb_query_int (query, 3) };

      cb_query_copy_id (query, 0, row.op);
      g_array_append_val (contacts, row);
    }
  return !cb_error_hand_on (&local, error);
}

static CbToldRow *
read_told (CbStorage *self, const char *customer, GError **error)
{
  CbSqlite *db = cb_sqlite_of (self);
  g_autoptr (CbToldRow) told = cb_told_row_new ();
  gboolean is_good;

  /* One snapshot, also within a transaction that is under way. */
  if (!cb_sqlite_run (db, "SAVEPOINT told", error))
    return NULL;
  is_good = read_answers (db, customer, told->answers, error) &&
            read_records (db, customer, told->records, error) &&
            read_contacts (db, customer, told->contacts, error);
  cb_sqlite_run (db, "RELEASE told", NULL);
  return is_good ? g_steal_pointer (&told) : NULL;
}

/* --- contacts --- */

/* Whoever writes is alone. */
static gboolean
lock_customer (CbStorage *self, const char *customer, GError **error)
{
  return TRUE;
}

static gboolean
add_contact (CbStorage *self, const char *customer, const CbContactRow *row, GError **error)
{
  g_autoptr (CbQuery) query = cb_sqlite_query (cb_sqlite_of (self), SQL_ADD_CONTACT);

  cb_query_bind_text (query, 1, customer);
  cb_query_bind_text (query, 2, row->op);
  cb_query_bind_text (query, 3, row->purpose);
  cb_query_bind_text (query, 4, row->channel);
  cb_query_bind_int (query, 5, row->at_us);
  return cb_query_run (query, error);
}

/* --- news --- */

static gboolean
read_news (CbSqlite *db, gint64 after, guint limit, GPtrArray *rows, GError **error)
{
  g_autoptr (CbQuery) query = cb_sqlite_query (db, SQL_LIST_NEWS);
  g_autoptr (GError) local = NULL;

  cb_query_bind_int (query, 1, after);
  cb_query_bind_int (query, 2, limit);
  while (cb_query_next (query, &local))
    {
      CbNewsRow *row = g_new0 (CbNewsRow, 1);

      row->n = cb_query_int (query, 0);
      cb_query_copy_id (query, 1, row->customer);
      row->sort = (CbNewsSort) cb_query_int (query, 2);
      row->purpose = cb_query_dup_text (query, 3);
      row->channel = cb_query_dup_text (query, 4);
      row->state = cb_query_dup_text (query, 5);
      g_ptr_array_add (rows, row);
    }
  return !cb_error_hand_on (&local, error);
}

static GPtrArray *
list_news (CbStorage *self, gint64 after, guint limit, gint64 *head, GError **error)
{
  CbSqlite *db = cb_sqlite_of (self);
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_news_row_free);
  gboolean is_good;

  if (!cb_sqlite_run (db, "BEGIN", error))
    return NULL;
  is_good =
    self->methods->get_head (self, head, error) && read_news (db, after, limit, rows, error);
  cb_sqlite_run (db, "ROLLBACK", NULL);
  return is_good ? g_steal_pointer (&rows) : NULL;
}

void
cb_sqlite_fill_told (CbStorageMethods *methods)
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
