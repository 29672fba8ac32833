/* SPDX-License-Identifier: Apache-2.0 */

/* What `check` counts, in SQL that every database of the service understands. */

#pragma once

#include "service/cb-storage.h"

G_BEGIN_DECLS

typedef struct
{
  const char *sql; /* answers one number */
  const char *what;
} CbLook;

/* How a database is asked for one number. */
typedef gboolean (*CbLookFunc) (gpointer db, const char *sql, gint64 *answer, GError **error);

/* Tells what there is, and counts of what must not be. */
gboolean cb_looks_report (CbLookFunc ask,
                          gpointer db,
                          CbReportFunc report,
                          gpointer data,
                          GError **error);

/* Tells of a fault where its count is not zero. */
gboolean cb_looks_report_fault (CbLookFunc ask,
                                gpointer db,
                                const CbLook *fault,
                                CbReportFunc report,
                                gpointer data,
                                GError **error);

G_END_DECLS
