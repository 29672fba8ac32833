/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "service/cb-sqlite-storage-private.h"

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

static const char SQL_INTEGRITY[] =
  "SELECT count (*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'";
static const char SQL_FOREIGN[] = "SELECT count (*) FROM pragma_foreign_key_check";

/* What only this database can have wrong with it. */
static const CbLook damages[] = {
  { SQL_INTEGRITY, "damaged pages or rows" },
  { SQL_FOREIGN, "rows that refer to nothing" },
};

/* --- walking --- */

static void
record_from_row (CbQuery *query, CbRecordRow *row)
{
  row->customer = cb_query_dup_text (query, 0);
  row->key = cb_query_dup_text (query, 1);
  row->kind = cb_query_dup_text (query, 2);
  row->scope = cb_query_dup_text (query, 3);
  row->store = cb_query_dup_text (query, 4);
  row->purpose = cb_query_dup_text (query, 5);
  cb_query_copy_id (query, 6, row->grant);
  cb_query_copy_id (query, 7, row->version);
  row->n = cb_query_int (query, 8);
  row->body = cb_query_dup_text (query, 9);
}

static void
answer_from_row (CbQuery *query, CbAnswerRow *row)
{
  row->customer = cb_query_dup_text (query, 0);
  row->purpose = cb_query_dup_text (query, 1);
  row->channel = cb_query_dup_text (query, 2);
  row->state = cb_query_dup_text (query, 3);
  cb_query_copy_id (query, 4, row->grant);
  cb_query_copy_id (query, 5, row->withdrawal);
  row->evidence = cb_query_dup_text (query, 6);
  row->store = cb_query_dup_text (query, 7);
  cb_query_copy_id (query, 8, row->version);
  row->n = cb_query_int (query, 9);
}

static gboolean
walk_records (CbSqlite *db, CbRecordFunc on_record, gpointer data, GError **error)
{
  g_autoptr (CbQuery) query = cb_sqlite_query (db, SQL_WALK_RECORDS);
  g_autoptr (GError) local = NULL;

  while (cb_query_next (query, &local))
    {
      g_auto (CbRecordRow) row = { 0 };

      record_from_row (query, &row);
      if (!on_record (&row, data))
        return TRUE;
    }
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static gboolean
walk_answers (CbSqlite *db, CbAnswerFunc on_answer, gpointer data, GError **error)
{
  g_autoptr (CbQuery) query = cb_sqlite_query (db, SQL_WALK_ANSWERS);
  g_autoptr (GError) local = NULL;

  while (cb_query_next (query, &local))
    {
      g_auto (CbAnswerRow) row = { 0 };

      answer_from_row (query, &row);
      if (!on_answer (&row, data))
        return TRUE;
    }
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static gboolean
walk (CbStorage *self,
      CbRecordFunc on_record,
      CbAnswerFunc on_answer,
      gpointer data,
      GError **error)
{
  CbSqlite *db = cb_sqlite_of (self);
  gboolean is_good = FALSE;

  /* One snapshot for both, so that no record is seen beside an older answer. */
  if (!cb_sqlite_run (db, "BEGIN", error))
    return FALSE;
  is_good = walk_records (db, on_record, data, error) && walk_answers (db, on_answer, data, error);
  cb_sqlite_run (db, "ROLLBACK", NULL);
  return is_good;
}

/* --- inspecting --- */

static gboolean
ask (gpointer db, const char *sql, gint64 *answer, GError **error)
{
  return cb_sqlite_ask (db, sql, answer, error);
}

static gboolean
report_damages (CbSqlite *db, CbReportFunc report, gpointer data, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (damages); i++)
    if (!cb_looks_report_fault (ask, db, &damages[i], report, data, error))
      return FALSE;
  return TRUE;
}

static gboolean
inspect (CbStorage *self, CbReportFunc report, gpointer data, GError **error)
{
  CbSqlite *db = cb_sqlite_of (self);
  gboolean is_good = FALSE;

  if (!cb_sqlite_run (db, "BEGIN", error))
    return FALSE;
  is_good =
    cb_looks_report (ask, db, report, data, error) && report_damages (db, report, data, error);
  cb_sqlite_run (db, "ROLLBACK", NULL);
  return is_good;
}

static gboolean
measure (CbStorage *self, CbMeasures *measures, GError **error)
{
  g_autoptr (CbQuery) query = cb_sqlite_query (cb_sqlite_of (self), SQL_MEASURE);

  if (!cb_query_next (query, error))
    return FALSE;
  measures->head = cb_query_int (query, 0);
  measures->n_terminals = cb_query_int (query, 1);
  measures->n_revoked = cb_query_int (query, 2);
  measures->n_behind = cb_query_int (query, 3);
  measures->unheard_us = cb_query_int (query, 4);
  return TRUE;
}

void
cb_sqlite_fill_inspect (CbStorageMethods *methods)
{
  methods->walk = walk;
  methods->inspect = inspect;
  methods->measure = measure;
}
