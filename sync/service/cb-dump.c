/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "service/cb-dump.h"

#include "base/cb-json.h"
#include "wire/cb-codes.h"

#include <string.h>

/* A store's name is the only text here that somebody chose freely. */
static void
write_text (GString *into, const char *member, const char *text)
{
  g_autoptr (JsonObject) value = json_object_new_string (text);
  const int flags = JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE;

  g_string_append_printf (into, ",\"%s\":%s", member,
                          json_object_to_json_string_ext (value, flags));
}

static void
write_id (GString *into, const char *member, const char *id)
{
  if (id != NULL && *id != '\0')
    g_string_append_printf (into, ",\"%s\":\"%s\"", member, id);
  else
    g_string_append_printf (into, ",\"%s\":null", member);
}

static void
write_n (GString *into, gint64 n)
{
  g_string_append_printf (into, ",\"n\":%" G_GINT64_FORMAT, n);
}

void
cb_dump_record (const CbRecordRow *row, GString *into)
{
  const char *slash = strchr (row->key, '/');

  g_string_append_printf (into, "{\"id\":\"%s\",\"kind\":\"%s\"",
                          slash != NULL ? slash + 1 : row->key, row->kind);
  write_id (into, "customer", row->customer);
  write_id (into, "scope", row->scope);
  write_text (into, "store", row->store);
  write_id (into, "purpose", row->purpose);
  write_id (into, "version", row->version);
  write_n (into, row->n);
  g_string_append_printf (into, ",\"body\":%s}\n", row->body);
}

void
cb_dump_answer (const CbAnswerRow *row, GString *into)
{
  g_string_append_printf (into, "{\"id\":\"%s/%s/%s\",\"kind\":\"consent\"", row->customer,
                          row->purpose, row->channel);
  write_id (into, "customer", row->customer);
  write_id (into, "scope", cb_codes_purpose_scope (row->purpose));
  write_text (into, "store", row->store);
  write_id (into, "purpose", row->purpose);
  write_id (into, "version", row->version);
  write_n (into, row->n);
  g_string_append_printf (into, ",\"body\":{\"state\":\"%s\"", row->state);
  write_id (into, "channel", strcmp (row->channel, CB_CHANNEL_ANY) != 0 ? row->channel : NULL);
  write_id (into, "grant", row->grant);
  write_id (into, "withdrawal", row->withdrawal);
  g_string_append_printf (into, ",\"evidence\":%s}}\n",
                          row->evidence != NULL ? row->evidence : "null");
}
