/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "service/cb-looks.h"

static const char SQL_COUNT_RECORDS[] = "SELECT count (*) FROM record";
static const char SQL_COUNT_ANSWERS[] = "SELECT count (*) FROM consent";
static const char SQL_COUNT_APPLIED[] = "SELECT count (*) FROM applied";
static const char SQL_COUNT_ERASED[] = "SELECT count (*) FROM erased";
static const char SQL_COUNT_TERMINALS[] = "SELECT count (*) FROM terminal";
static const char SQL_GET_HEAD[] = "SELECT head FROM counter WHERE id = 1";

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
  " + (SELECT count (*) FROM consent_grant JOIN erased USING (customer))"
  " + (SELECT count (*) FROM contact JOIN erased USING (customer))";
static const char SQL_AHEAD[] =
  "SELECT (SELECT count (*) FROM record, counter WHERE n > head)"
  " + (SELECT count (*) FROM consent, counter WHERE n > head)"
  " + (SELECT count (*) FROM applied, counter WHERE n > head)"
  " + (SELECT count (*) FROM erased, counter WHERE n > head)";

static const CbLook counts[] = {
  { SQL_COUNT_RECORDS, "records" },     { SQL_COUNT_ANSWERS, "answers" },
  { SQL_COUNT_TERMINALS, "terminals" }, { SQL_COUNT_APPLIED, "operations applied" },
  { SQL_COUNT_ERASED, "erased" },       { SQL_GET_HEAD, "head" },
};

/* Each counts what must not be. */
static const CbLook faults[] = {
  { SQL_UNAPPLIED, "records whose operation was never applied" },
  { SQL_UNAPPLIED_ANSWERS, "answers whose operation was never applied" },
  { SQL_UNAPPLIED_GRANTS, "consents whose operation was never applied" },
  { SQL_ADRIFT, "records that rest on no standing consent" },
  { SQL_TOO_WIDE, "records wider than their consent" },
  { SQL_UNDEAD, "rows of erased customers" },
  { SQL_AHEAD, "rows ahead of the counter" },
};

static gboolean
report_count (CbLookFunc ask,
              gpointer db,
              const CbLook *look,
              CbReportFunc report,
              gpointer data,
              GError **error)
{
  g_autofree char *line = NULL;
  gint64 count = 0;

  if (!ask (db, look->sql, &count, error))
    return FALSE;
  line = g_strdup_printf ("%s: %" G_GINT64_FORMAT, look->what, count);
  report (line, FALSE, data);
  return TRUE;
}

gboolean
cb_looks_report_fault (CbLookFunc ask,
                       gpointer db,
                       const CbLook *fault,
                       CbReportFunc report,
                       gpointer data,
                       GError **error)
{
  g_autofree char *line = NULL;
  gint64 count = 0;

  if (!ask (db, fault->sql, &count, error))
    return FALSE;
  line = g_strdup_printf ("%" G_GINT64_FORMAT " %s", count, fault->what);
  if (count > 0)
    report (line, TRUE, data);
  return TRUE;
}

gboolean
cb_looks_report (CbLookFunc ask, gpointer db, CbReportFunc report, gpointer data, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    if (!report_count (ask, db, &counts[i], report, data, error))
      return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
    if (!cb_looks_report_fault (ask, db, &faults[i], report, data, error))
      return FALSE;
  return TRUE;
}
