/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "service/cb-pg-storage-private.h"

#include "base/cb-error.h"
#include "service/cb-looks.h"

static const char SQL_WALK_RECORDS[] =
  "SELECT customer, key, kind, scope, store, purpose, grant_op, version, n, body"
  " FROM record ORDER BY n, customer, key";
static const char SQL_WALK_ANSWERS[] =
  "SELECT customer, purpose, channel, state, grant_op, withdrawal, evidence, store, version, n"
  " FROM consent ORDER BY n, customer, purpose, channel";

static const char SQL_MEASURE[] =
  "SELECT (SELECT head FROM counter WHERE id = 1),"
  " (SELECT count (*) FROM terminal WHERE revoked_us IS NULL),"
  " (SELECT count (*) FROM terminal WHERE revoked_us IS NOT NULL),"
  " (SELECT count (*) FROM terminal WHERE revoked_us IS NULL"
  "  AND heard_n < (SELECT max (n) FROM erased)),"
  " coalesce ((SELECT at_us FROM erased WHERE n > (SELECT min (heard_n) FROM terminal"
  "  WHERE revoked_us IS NULL) ORDER BY n LIMIT 1), 0)";

/* One snapshot, for as long as it takes; and everything is read. */
static const char SQL_LOOK[] =
  "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;"
  "SET LOCAL enable_seqscan = on;"
  "SET LOCAL statement_timeout = 0";

/* --- walking --- */

static void
record_from_row (CbPgQuery *query, CbRecordRow *row)
{
  row->customer = cb_pg_dup_id (query, 0);
  row->key = cb_pg_dup_text (query, 1);
  row->kind = cb_pg_dup_text (query, 2);
  row->scope = cb_pg_dup_text (query, 3);
  row->store = cb_pg_dup_text (query, 4);
  row->purpose = cb_pg_dup_text (query, 5);
  cb_pg_copy_id (query, 6, row->grant);
  cb_pg_copy_id (query, 7, row->version);
  row->n = cb_pg_int (query, 8);
  row->body = cb_pg_dup_text (query, 9);
}

static void
answer_from_row (CbPgQuery *query, CbAnswerRow *row)
{
  row->customer = cb_pg_dup_id (query, 0);
  row->purpose = cb_pg_dup_text (query, 1);
  row->channel = cb_pg_dup_text (query, 2);
  row->state = cb_pg_dup_text (query, 3);
  cb_pg_copy_id (query, 4, row->grant);
  cb_pg_copy_id (query, 5, row->withdrawal);
  row->evidence = cb_pg_dup_text (query, 6);
  row->store = cb_pg_dup_text (query, 7);
  cb_pg_copy_id (query, 8, row->version);
  row->n = cb_pg_int (query, 9);
}

static gboolean
walk_records (CbPg *db, CbRecordFunc on_record, gpointer data, GError **error)
{
  g_autoptr (CbPgQuery) query = cb_pg_query (db, SQL_WALK_RECORDS);
  g_autoptr (GError) local = NULL;

  if (!cb_pg_stream (query, error))
    return FALSE;
  while (cb_pg_next (query, &local))
    {
      g_auto (CbRecordRow) row = { 0 };

      record_from_row (query, &row);
      if (!on_record (&row, data))
        return TRUE;
    }
  return !cb_error_hand_on (&local, error);
}

static gboolean
walk_answers (CbPg *db, CbAnswerFunc on_answer, gpointer data, GError **error)
{
  g_autoptr (CbPgQuery) query = cb_pg_query (db, SQL_WALK_ANSWERS);
  g_autoptr (GError) local = NULL;

  if (!cb_pg_stream (query, error))
    return FALSE;
  while (cb_pg_next (query, &local))
    {
      g_auto (CbAnswerRow) row = { 0 };

      answer_from_row (query, &row);
      if (!on_answer (&row, data))
        return TRUE;
    }
  return !cb_error_hand_on (&local, error);
}

static gboolean
walk (CbStorage *self,
      CbRecordFunc on_record,
      CbAnswerFunc on_answer,
      gpointer data,
      GError **error)
{
  CbPg *db = cb_pg_of (self);
  gboolean is_good = FALSE;

  /* One snapshot for both, so that no record is seen beside an older answer. */
  if (!cb_pg_run (db, SQL_LOOK, error))
    return FALSE;
  is_good = walk_records (db, on_record, data, error) && walk_answers (db, on_answer, data, error);
  cb_pg_rollback (db);
  return is_good;
}

/* --- inspecting --- */

static gboolean
ask (gpointer db, const char *sql, gint64 *answer, GError **error)
{
  return cb_pg_ask (db, sql, answer, error);
}

static gboolean
inspect (CbStorage *self, CbReportFunc report, gpointer data, GError **error)
{
  CbPg *db = cb_pg_of (self);
  gboolean is_good = FALSE;

  if (!cb_pg_run (db, SQL_LOOK, error))
    return FALSE;
  is_good = cb_looks_report (ask, db, report, data, error);
  cb_pg_rollback (db);
  return is_good;
}

static gboolean
measure (CbStorage *self, CbMeasures *measures, GError **error)
{
  g_autoptr (CbPgQuery) query = cb_pg_query (cb_pg_of (self), SQL_MEASURE);

  if (!cb_pg_next_first (query, error))
    return FALSE;
  measures->head = cb_pg_int (query, 0);
  measures->n_terminals = cb_pg_int (query, 1);
  measures->n_revoked = cb_pg_int (query, 2);
  measures->n_behind = cb_pg_int (query, 3);
  measures->unheard_us = cb_pg_int (query, 4);
  return TRUE;
}

void
cb_pg_fill_inspect (CbStorageMethods *methods)
{
  methods->walk = walk;
  methods->inspect = inspect;
  methods->measure = measure;
}
