/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "service/cb-meter.h"

#include "base/cb-clock.h"

#include <string.h>

/* The upper bounds in microseconds: from a look-up in memory to what has been stuck. */
static const gint64 bounds[] = {
  1000,   2500,   5000,    10000,   25000,   50000,    100000,
  250000, 500000, 1000000, 2500000, 5000000, 10000000,
};

typedef struct
{
  guint64 counts[G_N_ELEMENTS (bounds)]; /* up to each bound, the smaller ones included */
  guint64 n;
  gint64 sum_us;
} Histogram;

struct _CbMeter
{
  GHashTable *answers; /* labels to how many */
  GHashTable *times;   /* labels to Histogram */
  guint n_connections;
  guint n_under_way;
};

CbMeter *
cb_meter_new (void)
{
  CbMeter *self = g_new0 (CbMeter, 1);

  self->answers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->times = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

void
cb_meter_free (CbMeter *self)
{
  g_hash_table_unref (self->answers);
  g_hash_table_unref (self->times);
  g_free (self);
}

/* --- counting --- */

/* Takes the labels. */
static gpointer
get_entry (GHashTable *table, char *labels, gsize size)
{
  gpointer entry = g_hash_table_lookup (table, labels);

  if (entry != NULL)
    {
      g_free (labels);
      return entry;
    }
  entry = g_malloc0 (size);
  g_hash_table_insert (table, labels, entry);
  return entry;
}

void
cb_meter_note (CbMeter *self, const CbMeterRequest *request)
{
  char *where = g_strdup_printf ("method=\"%s\",route=\"%s\"", request->method, request->route);
  guint64 *count = get_entry (
    self->answers, g_strdup_printf ("%s,status=\"%u\"", where, request->status), sizeof *count);
  Histogram *times = get_entry (self->times, where, sizeof *times);

  (*count)++;
  times->n++;
  times->sum_us += request->us;
  for (guint i = 0; i < G_N_ELEMENTS (bounds); i++)
    if (request->us <= bounds[i])
      times->counts[i]++;
}

void
cb_meter_set_load (CbMeter *self, guint n_connections, guint n_under_way)
{
  self->n_connections = n_connections;
  self->n_under_way = n_under_way;
}

/* --- writing --- */

void
cb_meter_write_head (GString *into, const char *name, const char *type, const char *help)
{
  g_string_append_printf (into, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

/* Whatever the locale writes for a point. */
static void
append_number (GString *into, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append (into, g_ascii_formatd (text, sizeof text, "%.15g", value));
  g_string_append_c (into, '\n');
}

void
cb_meter_write_value (GString *into, const char *name, double value)
{
  g_string_append_printf (into, "%s ", name);
  append_number (into, value);
}

void
cb_meter_write_gauge (GString *into, const char *name, const char *help, double value)
{
  cb_meter_write_head (into, name, "gauge", help);
  cb_meter_write_value (into, name, value);
}

static double
to_seconds (gint64 us)
{
  return (double) us / (double) CB_US_PER_SECOND;
}

static void
write_times (const char *labels, const Histogram *times, GString *into)
{
  char bound[G_ASCII_DTOSTR_BUF_SIZE];

  for (guint i = 0; i < G_N_ELEMENTS (bounds); i++)
    g_string_append_printf (
      into, "counterbook_request_seconds_bucket{%s,le=\"%s\"} %" G_GUINT64_FORMAT "\n", labels,
      g_ascii_formatd (bound, sizeof bound, "%g", to_seconds (bounds[i])), times->counts[i]);
  g_string_append_printf (
    into, "counterbook_request_seconds_bucket{%s,le=\"+Inf\"} %" G_GUINT64_FORMAT "\n", labels,
    times->n);
  g_string_append_printf (into, "counterbook_request_seconds_sum{%s} ", labels);
  append_number (into, to_seconds (times->sum_us));
  g_string_append_printf (into, "counterbook_request_seconds_count{%s} %" G_GUINT64_FORMAT "\n",
                          labels, times->n);
}

static GList *
list_labels (GHashTable *table)
{
  return g_list_sort (g_hash_table_get_keys (table), (GCompareFunc) strcmp);
}

void
cb_meter_write (const CbMeter *self, GString *into)
{
  g_autoptr (GList) answers = list_labels (self->answers);
  g_autoptr (GList) times = list_labels (self->times);

  cb_meter_write_head (into, "counterbook_requests_total", "counter",
                       "Requests that had their answer.");
  for (GList *l = answers; l != NULL; l = l->next)
    g_string_append_printf (into, "counterbook_requests_total{%s} %" G_GUINT64_FORMAT "\n",
                            (const char *) l->data,
                            *(guint64 *) g_hash_table_lookup (self->answers, l->data));
  cb_meter_write_head (into, "counterbook_request_seconds", "histogram",
                       "From a request's head to the end of its answer.");
  for (GList *l = times; l != NULL; l = l->next)
    write_times (l->data, g_hash_table_lookup (self->times, l->data), into);
  cb_meter_write_gauge (into, "counterbook_connections", "Connections that are open.",
                        self->n_connections);
  cb_meter_write_gauge (into, "counterbook_requests_under_way",
                        "Requests without their answer, this one among them.", self->n_under_way);
}
