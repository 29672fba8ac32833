/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "wire/cb-records.h"

#include "base/cb-json.h"
#include "wire/cb-changes.h"
#include "wire/cb-limits.h"
#include "wire/cb-protocol-error.h"
#include "wire/cb-scan.h"

#include <string.h>

/* An operation, and what a page says beside its body. */
#define LINE_LIMIT (CB_LIMIT_OP_BYTES + 1024)

/* --- writing --- */

/* Whatever a terminal wrote there. */
static void
write_text (GString *into, const char *member, const char *text)
{
  JsonObject *string = text != NULL ? json_object_new_string (text) : NULL;

  g_string_append_printf (
    into, ",\"%s\":%s", member,
    text != NULL ? json_object_to_json_string_ext (string, JSON_C_TO_STRING_NOSLASHESCAPE)
                 : "null");
  json_object_put (string);
}

void
cb_records_write_yes (const CbRecordsYes *yes, GString *into)
{
  g_string_append_printf (into,
                          "{\"t\":\"yes\",\"customer\":\"%s\",\"op\":\"%s\",\"purpose\":\"%s\"",
                          yes->customer, yes->op, yes->purpose);
  write_text (into, "saw", yes->saw);
  write_text (into, "at", yes->at);
  g_string_append_printf (into, ",\"evidence\":%s}\n", yes->evidence);
}

void
cb_records_write_record (const CbRecordsRecord *record, GString *into)
{
  g_string_append_printf (into, "{\"t\":\"record\",\"customer\":\"%s\"", record->customer);
  write_text (into, "key", record->key);
  g_string_append_printf (into, ",\"scope\":\"%s\",\"version\":\"%s\",\"n\":%" G_GINT64_FORMAT,
                          record->scope, record->version, record->n);
  write_text (into, "by", record->by);
  write_text (into, "at", record->at);
  g_string_append_printf (into, ",\"body\":%s}\n", record->body);
}

/* --- reading --- */

static gint64
read_time (const char *text)
{
  g_autoptr (GDateTime) time = text != NULL ? g_date_time_new_from_iso8601 (text, NULL) : NULL;

  if (time == NULL)
    return 0;
  return g_date_time_to_unix (time) * G_USEC_PER_SEC + g_date_time_get_microsecond (time);
}

static gboolean
is_id (const char *id)
{
  return id != NULL && cb_id_is_valid (id);
}

static gboolean
is_one_of (const char *word, const char *const *words)
{
  return word != NULL && g_strv_contains (words, word);
}

static gboolean
read_yes (CbArrival *arrival, JsonObject *object)
{
  static const char *const purposes[] = { "asked", "shop", "everywhere", NULL };
  const char *op = cb_json_get_string (object, "op");
  const char *purpose = cb_json_get_string (object, "purpose");
  const char *saw = cb_json_get_string (object, "saw");
  const gint64 at_us = read_time (cb_json_get_string (object, "at"));
  JsonObject *evidence = cb_json_get_object (object, "evidence");

  if (!is_id (op) || !is_one_of (purpose, purposes) || (saw != NULL && !cb_id_is_valid (saw)) ||
      at_us <= 0 || evidence == NULL)
    return FALSE;
  cb_arrival_add_yes (arrival, op, purpose, saw, at_us, json_object_get (evidence));
  return TRUE;
}

/* A key is the kind, a stroke and an id. */
static gboolean
read_key (const char *key, char **kind, const char **id)
{
  static const char *const kinds[] = { "customer", "note", "preference", "request", NULL };
  const char *stroke = key != NULL ? strchr (key, '/') : NULL;

  if (stroke == NULL || !cb_id_is_valid (stroke + 1))
    return FALSE;
  *kind = g_strndup (key, (gsize) (stroke - key));
  *id = stroke + 1;
  return is_one_of (*kind, kinds);
}

static gboolean
read_record (CbArrival *arrival, JsonObject *object)
{
  static const char *const scopes[] = { "request", "store", "company", NULL };
  const char *scope = cb_json_get_string (object, "scope");
  const char *version = cb_json_get_string (object, "version");
  const char *by = cb_json_get_string (object, "by");
  const gint64 n = cb_json_get_int (object, "n", 0);
  const gint64 at_us = read_time (cb_json_get_string (object, "at"));
  JsonObject *body = cb_json_get_object (object, "body");
  g_autofree char *kind = NULL;
  const char *id = NULL;
  CbArrivedRecord *record;

  if (!read_key (cb_json_get_string (object, "key"), &kind, &id) || !is_one_of (scope, scopes) ||
      !is_id (version) || n <= 0 || at_us <= 0 || body == NULL)
    return FALSE;
  if (g_str_equal (kind, "customer") && !g_str_equal (id, arrival->customer))
    return FALSE;
  record = cb_arrival_add_record (arrival, kind, id, json_object_get (body));
  record->scope = g_strdup (scope);
  g_strlcpy (record->version, version, sizeof record->version);
  record->n = n;
  record->by = g_strdup (is_id (by) ? by : "system");
  record->at_us = at_us;
  return TRUE;
}

static CbArrival *
find_arrival (CbRecordsPage *page, const char *customer)
{
  const guint n = page->arrivals->len;
  CbArrival *last = n > 0 ? page->arrivals->pdata[n - 1] : NULL;

  if (last != NULL && g_str_equal (last->customer, customer))
    return last;
  last = cb_arrival_new (customer);
  g_ptr_array_add (page->arrivals, last);
  return last;
}

static gboolean
read_object (CbRecordsPage *page, JsonObject *object)
{
  const char *sort = cb_json_get_string (object, "t");
  const char *customer = cb_json_get_string (object, "customer");
  CbArrival *arrival = NULL;

  if (sort == NULL)
    return cb_changes_read_trailer (object, &page->cursor, &page->has_more, &page->head);
  if (!is_id (customer))
    return FALSE;
  arrival = find_arrival (page, customer);
  /* What one line does not say well enough must not stand in the way of all the others. */
  if (g_str_equal (sort, "yes") ? !read_yes (arrival, object)
                                : g_str_equal (sort, "record") && !read_record (arrival, object))
    g_message ("something that another terminal put is not understood here, and passed over");
  return TRUE;
}

static gboolean
read_line (CbRecordsPage *page, const char *line, gsize length)
{
  g_autoptr (JsonObject) object = NULL;

  if (page->cursor != NULL || length > LINE_LIMIT || !cb_scan_object (line, length, NULL))
    return FALSE;
  object = cb_json_parse (line, length, LINE_LIMIT, NULL);
  return object != NULL && read_object (page, object);
}

CbRecordsPage *
cb_records_page_parse (GBytes *reply, GError **error)
{
  g_autoptr (CbRecordsPage) page = g_new0 (CbRecordsPage, 1);
  gsize length = 0;
  const char *text = g_bytes_get_data (reply, &length);
  const char *end = text != NULL ? text + length : NULL;
  gboolean is_good = length > 0 && end[-1] == '\n';

  page->arrivals = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_arrival_free);
  while (is_good && text < end)
    {
      const char *newline = memchr (text, '\n', (gsize) (end - text));

      is_good = read_line (page, text, (gsize) (newline - text));
      text = newline + 1;
    }
  if (is_good && page->cursor != NULL)
    return g_steal_pointer (&page);
  g_set_error_literal (error, CB_PROTOCOL_ERROR, CB_PROTOCOL_ERROR_INVALID,
                       "cannot read a page of records");
  return NULL;
}

void
cb_records_page_free (CbRecordsPage *self)
{
  g_clear_pointer (&self->arrivals, g_ptr_array_unref);
  g_free (self->cursor);
  g_free (self);
}
