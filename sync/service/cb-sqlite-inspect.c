/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "service/cb-sqlite-storage-private.h"

static const char SQL_WALK_RECORDS[] =
  "SELECT customer, key, kind, scope, store, purpose, grant_op, version, n, body"
  " FROM record ORDER BY n, customer, key";
static const char SQL_WALK_ANSWERS[] =
  "SELECT customer, purpose, channel, state, grant_op, withdrawal, evidence, store, version, n"
  " FROM consent ORDER BY n, customer, purpose, channel";

static const char SQL_COUNT_RECORDS[] = "SELECT count (*) FROM record";
static const char SQL_COUNT_ANSWERS[] = "SELECT count (*) FROM consent";
static const char SQL_COUNT_APPLIED[] = "SELECT count (*) FROM applied";
static const char SQL_COUNT_ERASED[] = "SELECT count (*) FROM erased";
static const char SQL_COUNT_TERMINALS[] = "SELECT count (*) FROM terminal";
static const char SQL_GET_HEAD[] = "SELECT head FROM counter WHERE id = 1";

static const char SQL_INTEGRITY[] =
  "SELECT count (*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'";
static const char SQL_FOREIGN[] = "SELECT count (*) FROM pragma_foreign_key_check";
static const char SQL_UNAPPLIED[] =
  "SELECT count (*) FROM record AS r LEFT JOIN applied AS a ON a.op = r.version"
  " WHERE a.op IS NULL";
static const char SQL_UNAPPLIED_ANSWERS[] =
  "SELECT count (*) FROM consent AS c LEFT JOIN applied AS a ON a.op = c.version"
  " WHERE a.op IS NULL";
static const char SQL_UNAPPLIED_GRANTS[] =
  "SELECT count (*) FROM consent_grant AS g LEFT JOIN applied AS a ON a.op = g.op"
  " WHERE a.op IS NULL";
static const char SQL_ADRIFT[] =
  "SELECT count (*) FROM record AS r"
  " LEFT JOIN consent_grant AS g ON g.customer = r.customer AND g.op = r.grant_op"
  " WHERE g.op IS NULL OR g.ended_by IS NOT NULL OR g.purpose <> r.purpose";
static const char SQL_TOO_WIDE[] =
  "SELECT count (*) FROM record WHERE (scope = 'company' AND purpose <> 'everywhere')"
  " OR (scope = 'store' AND purpose NOT IN ('shop', 'everywhere'))"
  " OR (scope = 'request' AND purpose <> 'asked')";
static const char SQL_UNDEAD[] =
  "SELECT (SELECT count (*) FROM record JOIN erased USING (customer))"
  " + (SELECT count (*) FROM consent JOIN erased USING (customer))"
  " + (SELECT count (*) FROM consent_grant JOIN erased USING (customer))";
static const char SQL_AHEAD[] =
  "SELECT (SELECT count (*) FROM record, counter WHERE n > head)"
  " + (SELECT count (*) FROM consent, counter WHERE n > head)"
  " + (SELECT count (*) FROM applied, counter WHERE n > head)"
  " + (SELECT count (*) FROM erased, counter WHERE n > head)";

typedef struct
{
  const char *sql;
  const char *what;
} Look;

static const Look counts[] = {
  { SQL_COUNT_RECORDS, "records" },     { SQL_COUNT_ANSWERS, "answers" },
  { SQL_COUNT_TERMINALS, "terminals" }, { SQL_COUNT_APPLIED, "operations applied" },
  { SQL_COUNT_ERASED, "erased" },       { SQL_GET_HEAD, "head" },
};

/* Each counts what must not be. */
static const Look faults[] = {
  { SQL_INTEGRITY, "damaged pages or rows" },
  { SQL_FOREIGN, "rows that refer to nothing" },
  { SQL_UNAPPLIED, "records whose operation was never applied" },
  { SQL_UNAPPLIED_ANSWERS, "answers whose operation was never applied" },
  { SQL_UNAPPLIED_GRANTS, "consents whose operation was never applied" },
  { SQL_ADRIFT, "records that rest on no standing consent" },
  { SQL_TOO_WIDE, "records wider than their consent" },
  { SQL_UNDEAD, "rows of erased customers" },
  { SQL_AHEAD, "rows ahead of the counter" },
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
report_counts (CbSqlite *db, CbReportFunc report, gpointer data, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      g_autofree char *line = NULL;
      gint64 count = 0;

      if (!cb_sqlite_ask (db, counts[i].sql, &count, error))
        return FALSE;
      line = g_strdup_printf ("%s: %" G_GINT64_FORMAT, counts[i].what, count);
      report (line, FALSE, data);
    }
  return TRUE;
}

static gboolean
report_faults (CbSqlite *db, CbReportFunc report, gpointer data, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      g_autofree char *line = NULL;
      gint64 count = 0;

      if (!cb_sqlite_ask (db, faults[i].sql, &count, error))
        return FALSE;
      line = g_strdup_printf ("%" G_GINT64_FORMAT " %s", count, faults[i].what);
      if (count > 0)
        report (line, TRUE, data);
    }
  return TRUE;
}

static gboolean
inspect (CbStorage *self, CbReportFunc report, gpointer data, GError **error)
{
  CbSqlite *db = cb_sqlite_of (self);
  gboolean is_good = FALSE;

  if (!cb_sqlite_run (db, "BEGIN", error))
    return FALSE;
  is_good = report_counts (db, report, data, error) && report_faults (db, report, data, error);
  cb_sqlite_run (db, "ROLLBACK", NULL);
  return is_good;
}

void
cb_sqlite_fill_inspect (CbStorageMethods *methods)
{
  methods->walk = walk;
  methods->inspect = inspect;
}
