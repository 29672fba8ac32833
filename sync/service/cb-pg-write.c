/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "service/cb-pg-storage-private.h"

/* Rows carry how far they lie below the number given last, which is known to the server alone until
 * it has answered. */
#define HEAD "(SELECT current_setting ('counterbook.head')::bigint)"

static const char SQL_TAKE_NUMBERS[] = "SELECT take_numbers ($1)";
static const char SQL_GET_HEAD[] = "SELECT head FROM counter WHERE id = 1";
static const char SQL_FORGET_RECORDS[] = "DELETE FROM record WHERE customer = ANY ($1)";
static const char SQL_FORGET_ANSWERS[] = "DELETE FROM consent WHERE customer = ANY ($1)";
static const char SQL_FORGET_CONTACTS[] = "DELETE FROM contact WHERE customer = ANY ($1)";
static const char SQL_FORGET_GRANTS[] = "DELETE FROM consent_grant WHERE customer = ANY ($1)";
static const char SQL_DELETE_RECORDS[] =
  "DELETE FROM record AS r USING unnest ($1, $2) AS x (customer, key)"
  " WHERE r.customer = x.customer AND r.key = x.key COLLATE \"C\"";
static const char SQL_ADD_GRANTS[] =
  "INSERT INTO consent_grant (customer, op, purpose, channel, store, saw, ended_by, source,"
  " captured, evidence, n)"
  " SELECT customer, op, purpose, channel, store, saw, ended_by, source, captured, evidence,"
  " n + " HEAD
  " FROM unnest ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
  " AS x (customer, op, purpose, channel, store, saw, ended_by, source, captured, evidence, n)";
static const char SQL_END_GRANTS[] =
  "UPDATE consent_grant AS g SET ended_by = x.ended_by, evidence = NULL"
  " FROM unnest ($1, $2, $3) AS x (customer, op, ended_by)"
  " WHERE g.customer = x.customer AND g.op = x.op";
static const char SQL_PUT_ANSWERS[] =
  "INSERT INTO consent (customer, purpose, channel, state, grant_op, withdrawal, evidence, store,"
  " version, n)"
  " SELECT customer, purpose, channel, state, grant_op, withdrawal, evidence, store, version,"
  " n + " HEAD
  " FROM unnest ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
  " AS x (customer, purpose, channel, state, grant_op, withdrawal, evidence, store, version, n)"
  " ON CONFLICT (customer, purpose, channel) DO UPDATE SET"
  " state = excluded.state, grant_op = excluded.grant_op, withdrawal = excluded.withdrawal,"
  " evidence = excluded.evidence, store = excluded.store, version = excluded.version,"
  " n = excluded.n";
static const char SQL_ADD_RECORDS[] =
  "INSERT INTO record (customer, key, kind, scope, store, purpose, grant_op, version, author,"
  " captured, body, source, schema, n)"
  " SELECT customer, key, kind, scope, store, purpose, grant_op, version, author, captured, body,"
  " source, schema, n + " HEAD
  " FROM unnest ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"
  " AS x (customer, key, kind, scope, store, purpose, grant_op, version, author, captured, body,"
  " source, schema, n)";
static const char SQL_EDIT_RECORDS[] =
  "UPDATE record AS r SET kind = x.kind, scope = x.scope, store = x.store, purpose = x.purpose,"
  " grant_op = x.grant_op, version = x.version, author = x.author, captured = x.captured,"
  " body = x.body, source = x.source, schema = x.schema, n = x.n + " HEAD
  " FROM unnest ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"
  " AS x (customer, key, kind, scope, store, purpose, grant_op, version, author, captured, body,"
  " source, schema, n) WHERE r.customer = x.customer AND r.key = x.key COLLATE \"C\"";
static const char SQL_MOVE_RECORDS[] =
  "UPDATE record AS r SET scope = x.scope, purpose = x.purpose, grant_op = x.grant_op,"
  " n = x.n + " HEAD
  " FROM unnest ($1, $2, $3, $4, $5, $6)"
  " AS x (customer, key, scope, purpose, grant_op, n)"
  " WHERE r.customer = x.customer AND r.key = x.key COLLATE \"C\"";
static const char SQL_ADD_ERASED[] =
  "INSERT INTO erased (customer, n, at_us) SELECT customer, n + " HEAD
  ", at_us FROM unnest ($1, $2, $3) AS x (customer, n, at_us) ON CONFLICT (customer) DO NOTHING";
static const char SQL_ADD_APPLIED[] =
  "INSERT INTO applied (op, sha256, n) SELECT op, sha256, n + " HEAD
  " FROM unnest ($1, $2, $3) AS x (op, sha256, n)";
static const char SQL_NOTE_PURGE[] =
  "INSERT INTO meta (name, value) VALUES ('purged', '\\x01') ON CONFLICT (name) DO NOTHING";
static const char SQL_COMMIT[] = "COMMIT";

/* The sets, in the order in which they are written: what is deleted makes room first. */
typedef enum
{
  FORGET_RECORDS,
  FORGET_ANSWERS,
  FORGET_GRANTS,
  FORGET_CONTACTS,
  DELETE_RECORDS,
  ADD_GRANTS,
  END_GRANTS,
  PUT_ANSWERS,
  ADD_RECORDS,
  EDIT_RECORDS,
  MOVE_RECORDS,
  ADD_ERASED,
  ADD_APPLIED,
  N_SETS
} SetId;

static const struct
{
  const char *sql;
  const char *types;
} sets[N_SETS] = {
  [FORGET_RECORDS] = { SQL_FORGET_RECORDS, "u" },
  [FORGET_ANSWERS] = { SQL_FORGET_ANSWERS, "u" },
  [FORGET_GRANTS] = { SQL_FORGET_GRANTS, "u" },
  [FORGET_CONTACTS] = { SQL_FORGET_CONTACTS, "u" },
  [DELETE_RECORDS] = { SQL_DELETE_RECORDS, "ut" },
  [ADD_GRANTS] = { SQL_ADD_GRANTS, "uutttuuttti" },
  [END_GRANTS] = { SQL_END_GRANTS, "uuu" },
  [PUT_ANSWERS] = { SQL_PUT_ANSWERS, "utttuuttui" },
  [ADD_RECORDS] = { SQL_ADD_RECORDS, "utttttuuttttii" },
  [EDIT_RECORDS] = { SQL_EDIT_RECORDS, "utttttuuttttii" },
  [MOVE_RECORDS] = { SQL_MOVE_RECORDS, "utttui" },
  [ADD_ERASED] = { SQL_ADD_ERASED, "uii" },
  [ADD_APPLIED] = { SQL_ADD_APPLIED, "ubi" },
};

typedef struct
{
  CbPg *db;
  CbPgQuery *queries[N_SETS]; /* NULL: nothing to write */
  gint64 last;
} Writer;

static void
writer_clear (Writer *writer)
{
  for (guint i = 0; i < N_SETS; i++)
    g_clear_pointer (&writer->queries[i], cb_pg_query_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Writer, writer_clear)

static CbPgQuery *
get_query (Writer *writer, SetId id)
{
  if (writer->queries[id] == NULL)
    {
      writer->queries[id] = cb_pg_query (writer->db, sets[id].sql);
      cb_pg_bind_columns (writer->queries[id], sets[id].types);
    }
  return writer->queries[id];
}

/* --- rows into sets --- */

static void
write_grant (Writer *writer, const CbSetGrant *grant)
{
  CbPgQuery *query = NULL;

  if (!grant->is_stored)
    {
      query = get_query (writer, ADD_GRANTS);
      cb_pg_put_id (query, 0, grant->customer);
      cb_pg_put_id (query, 1, grant->op);
      cb_pg_put_text (query, 2, grant->purpose);
      cb_pg_put_text (query, 3, grant->channel);
      cb_pg_put_text (query, 4, grant->store);
      cb_pg_put_id (query, 5, grant->saw);
      cb_pg_put_id (query, 6, grant->ended_by);
      cb_pg_put_text (query, 7, grant->source);
      cb_pg_put_text (query, 8, grant->captured);
      cb_pg_put_text (query, 9, grant->evidence);
      cb_pg_put_int (query, 10, grant->n - writer->last);
    }
  else if (grant->is_changed)
    {
      query = get_query (writer, END_GRANTS);
      cb_pg_put_id (query, 0, grant->customer);
      cb_pg_put_id (query, 1, grant->op);
      cb_pg_put_id (query, 2, grant->ended_by);
    }
}

static void
write_answer (Writer *writer, const CbSetAnswer *answer)
{
  const CbAnswerRow *row = &answer->row;
  CbPgQuery *query = NULL;

  if (!answer->is_changed)
    return;
  query = get_query (writer, PUT_ANSWERS);
  cb_pg_put_id (query, 0, row->customer);
  cb_pg_put_text (query, 1, row->purpose);
  cb_pg_put_text (query, 2, row->channel);
  cb_pg_put_text (query, 3, row->state);
  cb_pg_put_id (query, 4, row->grant);
  cb_pg_put_id (query, 5, row->withdrawal);
  cb_pg_put_text (query, 6, row->evidence);
  cb_pg_put_text (query, 7, row->store);
  cb_pg_put_id (query, 8, row->version);
  cb_pg_put_int (query, 9, row->n - writer->last);
}

static void
write_whole_record (Writer *writer, SetId id, const CbSetRecord *record)
{
  const CbRecordRow *row = &record->row;
  CbPgQuery *query = get_query (writer, id);

  cb_pg_put_id (query, 0, row->customer);
  cb_pg_put_text (query, 1, row->key);
  cb_pg_put_text (query, 2, row->kind);
  cb_pg_put_text (query, 3, row->scope);
  cb_pg_put_text (query, 4, row->store);
  cb_pg_put_text (query, 5, row->purpose);
  cb_pg_put_id (query, 6, row->grant);
  cb_pg_put_id (query, 7, row->version);
  cb_pg_put_text (query, 8, record->author);
  cb_pg_put_text (query, 9, record->captured);
  cb_pg_put_text (query, 10, row->body);
  cb_pg_put_text (query, 11, record->source);
  cb_pg_put_int (query, 12, record->schema);
  cb_pg_put_int (query, 13, row->n - writer->last);
}

static void
write_record (Writer *writer, const CbSetRecord *record)
{
  const CbRecordRow *row = &record->row;
  CbPgQuery *query = NULL;

  if (record->is_gone)
    {
      if (!record->is_stored)
        return;
      query = get_query (writer, DELETE_RECORDS);
      cb_pg_put_id (query, 0, row->customer);
      cb_pg_put_text (query, 1, row->key);
    }
  else if (record->is_put)
    write_whole_record (writer, record->is_stored ? EDIT_RECORDS : ADD_RECORDS, record);
  else if (record->is_moved)
    {
      query = get_query (writer, MOVE_RECORDS);
      cb_pg_put_id (query, 0, row->customer);
      cb_pg_put_text (query, 1, row->key);
      cb_pg_put_text (query, 2, row->scope);
      cb_pg_put_text (query, 3, row->purpose);
      cb_pg_put_id (query, 4, row->grant);
      cb_pg_put_int (query, 5, row->n - writer->last);
    }
}

static void
write_customer (Writer *writer, const CbSetCustomer *customer)
{
  if (customer->is_forgotten)
    for (SetId id = FORGET_RECORDS; id <= FORGET_CONTACTS; id++)
      cb_pg_put_id (get_query (writer, id), 0, customer->id);
  for (guint i = 0; i < customer->grants->len; i++)
    write_grant (writer, customer->grants->pdata[i]);
  for (guint i = 0; i < customer->answers->len; i++)
    write_answer (writer, customer->answers->pdata[i]);
  for (guint i = 0; i < customer->records->len; i++)
    write_record (writer, customer->records->pdata[i]);
  if (customer->erased != NULL && !customer->erased->is_stored)
    {
      CbPgQuery *query = get_query (writer, ADD_ERASED);

      cb_pg_put_id (query, 0, customer->id);
      cb_pg_put_int (query, 1, customer->erased->n - writer->last);
      cb_pg_put_int (query, 2, customer->erased->at_us);
    }
}

static void
write_applied (Writer *writer, const CbSetApplied *applied)
{
  CbPgQuery *query = NULL;

  if (applied->is_stored)
    return;
  query = get_query (writer, ADD_APPLIED);
  cb_pg_put_id (query, 0, applied->op);
  cb_pg_put_bytes (query, 1, applied->row.hash, sizeof applied->row.hash);
  cb_pg_put_int (query, 2, applied->row.n - writer->last);
}

static void
collect (Writer *writer, CbPgSet *set)
{
  GHashTableIter iter;
  gpointer value = NULL;

  g_hash_table_iter_init (&iter, set->customers);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    write_customer (writer, value);
  g_hash_table_iter_init (&iter, set->applied);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    write_applied (writer, value);
}

/* Every change is by an operation, and every operation with an effect is among the applied; but not
 * an erasure that only the ledger knew. */
gint64
cb_pg_find_last (CbPgStorage *self)
{
  GHashTableIter iter;
  gpointer value = NULL;
  gint64 last = self->taken;

  g_hash_table_iter_init (&iter, self->set->applied);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (!((CbSetApplied *) value)->is_stored)
      last = MAX (last, ((CbSetApplied *) value)->row.n);
  return last;
}

/* --- one journey --- */

static CbPgQuery *
make_head_query (CbPgStorage *self, gint64 last, gboolean is_writing)
{
  CbPgQuery *query = cb_pg_query (self->db, is_writing ? SQL_TAKE_NUMBERS : SQL_GET_HEAD);

  if (is_writing)
    cb_pg_bind_int (query, last - self->taken);
  return query;
}

static gboolean
run (CbPgStorage *self,
     GPtrArray *queries,
     CbPgQuery *head,
     CbPgQuery *commit,
     gint64 *answer,
     GError **error)
{
  if (commit != NULL)
    g_ptr_array_add (queries, commit);
  if (!cb_pg_run_all (self->db, queries, error) || !cb_pg_next (head, error))
    return FALSE;
  *answer = cb_pg_int (head, 0);
  return TRUE;
}

gboolean
cb_pg_write (CbPgStorage *self, gint64 last, gboolean is_end, gint64 *head, GError **error)
{
  g_auto (Writer) writer = { .db = self->db, .last = last };
  g_autoptr (GPtrArray) queries = g_ptr_array_new ();
  g_autoptr (CbPgQuery) head_query = NULL;
  g_autoptr (CbPgQuery) purge = cb_pg_query (self->db, SQL_NOTE_PURGE);
  g_autoptr (CbPgQuery) commit = cb_pg_query (self->db, SQL_COMMIT);

  collect (&writer, self->set);
  for (guint i = 0; i < N_SETS; i++)
    if (writer.queries[i] != NULL)
      g_ptr_array_add (queries, writer.queries[i]);
  if (self->set->is_purge_noted)
    g_ptr_array_add (queries, purge);

  /* The counter last of all that is asked for, and held no longer than the writing takes. */
  head_query = make_head_query (self, last, queries->len > 0 || last > self->taken);
  g_ptr_array_insert (queries, 0, head_query);
  if (!run (self, queries, head_query, is_end ? commit : NULL, head, error))
    return FALSE;
  self->taken = last;
  cb_pg_set_settle (self->set);
  return TRUE;
}
