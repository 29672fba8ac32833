/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "service/cb-pg-storage-private.h"

#include <string.h>

/* Two transactions about the same customer follow each other. A lock for each customer would fill
 * the server's table of locks, so customers share a thousand of them; always taken upwards, so that
 * nobody waits for somebody who waits. */
#define N_LOCKS 1024
#define LOCK_BASE (G_GINT64_CONSTANT (0x636f756e) << 32)

static const char SQL_BEGIN[] = "BEGIN ISOLATION LEVEL READ COMMITTED";
static const char SQL_LOCK[] = "SELECT pg_advisory_xact_lock (k) FROM unnest ($1) AS k";
static const char SQL_HOLD_HEAD[] = "SELECT head FROM counter WHERE id = 1 FOR UPDATE";
static const char SQL_ERASED[] = "SELECT customer, n FROM erased WHERE customer = ANY ($1)";
static const char SQL_APPLIED[] = "SELECT op, sha256, n FROM applied WHERE op = ANY ($1)";
static const char SQL_GRANTS[] =
  "SELECT customer, op, purpose, channel, store, saw, n, ended_by"
  " FROM consent_grant WHERE customer = ANY ($1)";
static const char SQL_ANSWERS[] =
  "SELECT customer, purpose, channel, state, grant_op, withdrawal, evidence, store, version, n"
  " FROM consent WHERE customer = ANY ($1)";
static const char SQL_RECORDS[] =
  "SELECT r.customer, r.key, r.kind, r.scope, r.store, r.purpose, r.grant_op, r.version, r.n,"
  " r.body FROM unnest ($1, $2) AS k (customer, key)"
  " JOIN record AS r ON r.customer = k.customer AND r.key = k.key COLLATE \"C\"";
static const char SQL_RECORDS_OF[] =
  "SELECT customer, key, kind, scope, store, purpose, grant_op, version, n, NULL::text"
  " FROM record WHERE customer = ANY ($1)";

/* --- what the transaction is about --- */

typedef struct
{
  CbPgQuery *lock;
  CbPgQuery *head; /* where the number has to be known at once */
  CbPgQuery *erased;
  CbPgQuery *applied;
  CbPgQuery *grants;
  CbPgQuery *answers;
  CbPgQuery *records;
  CbPgQuery *records_of;
  GHashTable *seen; /* customers */
  GHashTable *seen_whole;
  guint n_keys;
  gboolean locks[N_LOCKS];
  gboolean is_numbered;
} Plan;

static CbPgQuery *
query_columns (CbPg *db, const char *sql, const char *types)
{
  CbPgQuery *query = cb_pg_query (db, sql);

  cb_pg_bind_columns (query, types);
  return query;
}

static void
plan_init (Plan *plan, CbPg *db)
{
  plan->lock = query_columns (db, SQL_LOCK, "i");
  plan->head = cb_pg_query (db, SQL_HOLD_HEAD);
  plan->erased = query_columns (db, SQL_ERASED, "u");
  plan->applied = query_columns (db, SQL_APPLIED, "u");
  plan->grants = query_columns (db, SQL_GRANTS, "u");
  plan->answers = query_columns (db, SQL_ANSWERS, "u");
  plan->records = query_columns (db, SQL_RECORDS, "ut");
  plan->records_of = query_columns (db, SQL_RECORDS_OF, "u");
  plan->seen = g_hash_table_new (g_str_hash, g_str_equal);
  plan->seen_whole = g_hash_table_new (g_str_hash, g_str_equal);
}

static void
plan_clear (Plan *plan)
{
  g_hash_table_unref (plan->seen);
  g_hash_table_unref (plan->seen_whole);
  g_clear_pointer (&plan->lock, cb_pg_query_free);
  g_clear_pointer (&plan->head, cb_pg_query_free);
  g_clear_pointer (&plan->erased, cb_pg_query_free);
  g_clear_pointer (&plan->applied, cb_pg_query_free);
  g_clear_pointer (&plan->grants, cb_pg_query_free);
  g_clear_pointer (&plan->answers, cb_pg_query_free);
  g_clear_pointer (&plan->records, cb_pg_query_free);
  g_clear_pointer (&plan->records_of, cb_pg_query_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Plan, plan_clear)

/* Ids are random, so their first digits spread them. */
static guint
find_lock (const char *customer)
{
  guint value = 0;

  for (guint i = 0; i < 3; i++)
    value = value * 16 + (guint) g_ascii_xdigit_value (customer[i]);
  return value % N_LOCKS;
}

gboolean
cb_pg_lock_customer (CbPg *db, const char *customer, GError **error)
{
  g_autoptr (CbPgQuery) query = query_columns (db, SQL_LOCK, "i");

  cb_pg_put_int (query, 0, LOCK_BASE + find_lock (customer));
  return cb_pg_query_run (query, error);
}

static void
plan_customer (Plan *plan, const char *customer)
{
  if (!g_hash_table_add (plan->seen, (gpointer) customer))
    return;
  plan->locks[find_lock (customer)] = TRUE;
  cb_pg_put_id (plan->erased, 0, customer);
  cb_pg_put_id (plan->grants, 0, customer);
  cb_pg_put_id (plan->answers, 0, customer);
}

/* What ends a yes is about every record that rests on it. An erasure stands in the ledger with its
 * number before it stands in the database, so its number cannot wait for the commit. */
static void
plan_operation (Plan *plan, const CbEnvelope *envelope)
{
  plan_customer (plan, envelope->customer);
  cb_pg_put_id (plan->applied, 0, envelope->op);
  switch (envelope->act)
    {
    case CB_ACT_PUT:
      cb_pg_put_id (plan->records, 0, envelope->customer);
      cb_pg_put_text (plan->records, 1, envelope->key);
      plan->n_keys++;
      break;
    case CB_ACT_REFUSE:
    case CB_ACT_WITHDRAW:
      if (g_hash_table_add (plan->seen_whole, (gpointer) envelope->customer))
        cb_pg_put_id (plan->records_of, 0, envelope->customer);
      break;
    case CB_ACT_ERASE:
      plan->is_numbered = TRUE;
      break;
    case CB_ACT_GRANT:
      break;
    }
}

static void
plan_all (Plan *plan, GPtrArray *envelopes, GPtrArray *customers)
{
  for (guint i = 0; envelopes != NULL && i < envelopes->len; i++)
    plan_operation (plan, envelopes->pdata[i]);
  for (guint i = 0; customers != NULL && i < customers->len; i++)
    plan_customer (plan, customers->pdata[i]);
  plan->is_numbered = plan->is_numbered || customers != NULL;
  for (guint i = 0; i < N_LOCKS; i++)
    if (plan->locks[i])
      cb_pg_put_int (plan->lock, 0, LOCK_BASE + i);
}

/* --- filling the set --- */

static void
read_applied (CbPgSet *set, CbPgQuery *query)
{
  while (cb_pg_next (query, NULL))
    {
      CbIdText op = "";
      CbSetApplied *applied = NULL;

      cb_pg_copy_id (query, 0, op);
      applied = cb_pg_set_add_applied (set, op);
      cb_pg_copy_bytes (query, 1, applied->row.hash, sizeof applied->row.hash);
      applied->row.n = cb_pg_int (query, 2);
      applied->is_stored = TRUE;
    }
}

static void
read_erased (CbPgSet *set, CbPgQuery *query)
{
  while (cb_pg_next (query, NULL))
    {
      CbIdText customer = "";
      CbSetErased *erased = NULL;

      cb_pg_copy_id (query, 0, customer);
      erased = cb_pg_set_add_erased (set, customer);
      erased->n = cb_pg_int (query, 1);
      erased->is_stored = TRUE;
    }
}

static void
read_grants (CbPgSet *set, CbPgQuery *query)
{
  while (cb_pg_next (query, NULL))
    {
      CbIdText customer = "";
      CbSetGrant *grant = NULL;

      cb_pg_copy_id (query, 0, customer);
      grant = cb_pg_set_add_grant (set, customer);
      cb_pg_copy_id (query, 1, grant->op);
      grant->purpose = cb_pg_dup_text (query, 2);
      grant->channel = cb_pg_dup_text (query, 3);
      grant->store = cb_pg_dup_text (query, 4);
      cb_pg_copy_id (query, 5, grant->saw);
      grant->n = cb_pg_int (query, 6);
      cb_pg_copy_id (query, 7, grant->ended_by);
      grant->is_stored = TRUE;
    }
}

static void
read_answers (CbPgSet *set, CbPgQuery *query)
{
  while (cb_pg_next (query, NULL))
    {
      CbIdText customer = "";
      CbAnswerRow *row = NULL;

      cb_pg_copy_id (query, 0, customer);
      row = &cb_pg_set_add_answer (set, customer)->row;
      row->purpose = cb_pg_dup_text (query, 1);
      row->channel = cb_pg_dup_text (query, 2);
      row->state = cb_pg_dup_text (query, 3);
      cb_pg_copy_id (query, 4, row->grant);
      cb_pg_copy_id (query, 5, row->withdrawal);
      row->evidence = cb_pg_dup_text (query, 6);
      row->store = cb_pg_dup_text (query, 7);
      cb_pg_copy_id (query, 8, row->version);
      row->n = cb_pg_int (query, 9);
      row->is_stored = TRUE;
    }
}

/* The same record may come twice: those with a body first. */
static void
read_records (CbPgSet *set, CbPgQuery *query)
{
  while (cb_pg_next (query, NULL))
    {
      CbIdText customer = "";
      CbSetRecord *record = NULL;
      CbRecordRow *row = NULL;

      cb_pg_copy_id (query, 0, customer);
      record = cb_pg_set_add_record (set, customer, cb_pg_text (query, 1));
      if (record->is_stored)
        continue;
      row = &record->row;
      row->kind = cb_pg_dup_text (query, 2);
      row->scope = cb_pg_dup_text (query, 3);
      row->store = cb_pg_dup_text (query, 4);
      row->purpose = cb_pg_dup_text (query, 5);
      cb_pg_copy_id (query, 6, row->grant);
      cb_pg_copy_id (query, 7, row->version);
      row->n = cb_pg_int (query, 8);
      row->body = cb_pg_dup_text (query, 9);
      record->is_stored = TRUE;
    }
}

/* --- one journey --- */

static void
add_lookups (Plan *plan, GPtrArray *queries)
{
  g_ptr_array_add (queries, plan->erased);
  g_ptr_array_add (queries, plan->applied);
  g_ptr_array_add (queries, plan->grants);
  g_ptr_array_add (queries, plan->answers);
  if (g_hash_table_size (plan->seen_whole) > 0)
    g_ptr_array_add (queries, plan->records_of);
  if (plan->n_keys > 0)
    g_ptr_array_add (queries, plan->records);
}

static void
read_lookups (Plan *plan, CbPgSet *set)
{
  read_erased (set, plan->erased);
  read_applied (set, plan->applied);
  read_grants (set, plan->grants);
  read_answers (set, plan->answers);
  if (plan->n_keys > 0)
    read_records (set, plan->records);
  if (g_hash_table_size (plan->seen_whole) > 0)
    read_records (set, plan->records_of);
}

gboolean
cb_pg_load (CbPgStorage *self, gboolean is_anew, GError **error)
{
  g_autoptr (GPtrArray) queries = g_ptr_array_new ();
  g_autoptr (CbPgQuery) begin = cb_pg_query (self->db, SQL_BEGIN);
  const gboolean is_about_some = self->envelopes != NULL || self->customers != NULL;
  g_auto (Plan) plan = { 0 };

  plan_init (&plan, self->db);
  plan_all (&plan, self->envelopes, self->customers);
  g_clear_pointer (&self->set, cb_pg_set_free);
  self->set = cb_pg_set_new ();

  if (!is_anew)
    g_ptr_array_add (queries, begin);
  if (!is_anew && g_hash_table_size (plan.seen) > 0)
    g_ptr_array_add (queries, plan.lock);
  if (!is_anew && plan.is_numbered)
    g_ptr_array_add (queries, plan.head);
  if (is_about_some)
    add_lookups (&plan, queries);
  if (is_anew ? !cb_pg_run_all (self->db, queries, error)
              : !cb_pg_run_first (self->db, queries, error))
    return FALSE;

  if (!is_anew && plan.is_numbered)
    self->first = self->taken = cb_pg_next (plan.head, NULL) ? cb_pg_int (plan.head, 0) : 0;
  else if (!is_anew)
    self->first = self->taken = CB_PG_FIRST_NUMBER;
  if (is_about_some)
    read_lookups (&plan, self->set);
  return TRUE;
}
