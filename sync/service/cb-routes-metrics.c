/* SPDX-License-Identifier: Apache-2.0 */

/* How the service is doing, for whoever runs it. It answers while the database is away: that is
 * what they want to know. */

#define G_LOG_DOMAIN "Counterbook"

#include "service/cb-routes-private.h"

#include "service/cb-version.h"

#include <sys/resource.h>

#define MEDIA_METRICS "text/plain; version=0.0.4; charset=utf-8"

static void
write_count (const char *state, const char *code, guint64 n, gpointer data)
{
  g_string_append_printf (
    data, "counterbook_operations_total{answer=\"%s\",code=\"%s\"} %" G_GUINT64_FORMAT "\n", state,
    code, n);
}

static void
write_operations (CbService *service, GString *into)
{
  cb_meter_write_head (into, "counterbook_operations_total", "counter",
                       "Operations by their answer, and why where they were refused.");
  cb_service_walk_counts (service, write_count, into);
}

static double
get_age (CbService *service, gint64 since_us)
{
  const gint64 now_us = cb_clock_get_now_us (cb_service_get_clock (service));

  return since_us > 0 ? (double) MAX (now_us - since_us, 0) / (double) CB_US_PER_SECOND : 0;
}

static void
write_measures (CbService *service, const CbMeasures *measures, GString *into)
{
  cb_meter_write_head (into, "counterbook_terminals", "gauge", "Terminals that were enrolled.");
  g_string_append_printf (into, "counterbook_terminals{state=\"in use\"} %" G_GINT64_FORMAT "\n",
                          measures->n_terminals);
  g_string_append_printf (into, "counterbook_terminals{state=\"revoked\"} %" G_GINT64_FORMAT "\n",
                          measures->n_revoked);
  cb_meter_write_gauge (into, "counterbook_change_number", "The change number given last.",
                        (double) measures->head);
  cb_meter_write_gauge (into, "counterbook_terminals_behind_erasures",
                        "Terminals in use that have not yet heard of every erasure.",
                        (double) measures->n_behind);
  cb_meter_write_gauge (into, "counterbook_oldest_unheard_erasure_seconds",
                        "For how long the oldest erasure waits that a terminal in use has not "
                        "heard of; 0 when there is none.",
                        get_age (service, measures->unheard_us));
}

static void
write_database (CbService *service, GString *into)
{
  CbStorage *storage = cb_service_get_storage (service);
  CbMeasures measures = { 0 };
  g_autoptr (GError) error = NULL;
  const gboolean is_up = storage->methods->measure (storage, &measures, &error);

  if (!is_up)
    g_message ("the database can't be measured: %s", error->message);
  cb_meter_write_gauge (into, "counterbook_database_up", "Does the database answer?", is_up);
  if (is_up)
    write_measures (service, &measures, into);
}

static double
to_seconds (const struct timeval *time)
{
  return (double) time->tv_sec + (double) time->tv_usec / 1e6;
}

static void
write_process (GString *into)
{
  struct rusage usage = { 0 };

  cb_meter_write_head (into, "counterbook_build_info", "gauge", "The version that runs.");
  g_string_append (into, "counterbook_build_info{version=\"" CB_VERSION "\"} 1\n");
  getrusage (RUSAGE_SELF, &usage);
  cb_meter_write_head (into, "process_cpu_seconds_total", "counter",
                       "Time of processors, of the program and for it.");
  cb_meter_write_value (into, "process_cpu_seconds_total",
                        to_seconds (&usage.ru_utime) + to_seconds (&usage.ru_stime));
}

void
cb_routes_get_metrics (CbRequestContext *request)
{
  GString *text = g_string_new (NULL);

  cb_meter_write (request->meter, text);
  write_operations (request->service, text);
  write_database (request->service, text);
  write_process (text);
  cb_request_answer (request, SOUP_STATUS_OK, MEDIA_METRICS, text);
}
