/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "records/cb-operation.h"

#include <string.h>

#include "base/cb-clock.h"
#include "base/cb-error.h"
#include "vault/cb-seal.h"

const char *
cb_operation_get_time_zone (void)
{
  static gsize once;
  static char *name;

  if (g_once_init_enter (&once))
    {
      g_autoptr (GTimeZone) zone = g_time_zone_new_local ();

      name = g_strdup (g_time_zone_get_identifier (zone));
      g_once_init_leave (&once, 1);
    }
  return name;
}

char *
cb_operation_format_time (gint64 wall_us)
{
  g_autoptr (GDateTime) second = g_date_time_new_from_unix_utc (wall_us / CB_US_PER_SECOND);

  return g_strdup_printf ("%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", g_date_time_get_year (second),
                          g_date_time_get_month (second), g_date_time_get_day_of_month (second),
                          g_date_time_get_hour (second), g_date_time_get_minute (second),
                          g_date_time_get_second (second),
                          (int) (wall_us % CB_US_PER_SECOND / 1000));
}

static JsonObject *
encode_basis (const CbOperation *operation)
{
  JsonObject *basis;

  if (operation->purpose == NULL)
    return NULL;
  basis = json_object_new_object ();
  cb_json_set_string (basis, "purpose", operation->purpose);
  cb_json_set_string (basis, "grant", operation->grant);
  return basis;
}

static JsonObject *
encode_at (const CbOperation *operation)
{
  g_autofree char *wall = cb_operation_format_time (operation->wall_us);
  JsonObject *at = json_object_new_object ();

  cb_json_set_string (at, "wall", wall);
  cb_json_set_string (at, "boot", operation->boot_id);
  cb_json_set_int (at, "mono", operation->monotonic_us);
  cb_json_set_string (at, "tz", cb_operation_get_time_zone ());
  return at;
}

GBytes *
cb_operation_encode (const CbOperation *operation, GError **error)
{
  g_autoptr (JsonObject) envelope = json_object_new_object ();
  char *line;

  cb_json_set_string (envelope, "op", operation->id);
  cb_json_set_int (envelope, "seq", operation->seq);
  cb_json_set_string (envelope, "key", operation->key);
  cb_json_set_string (envelope, "customer", operation->customer);
  cb_json_set_string (envelope, "kind", operation->kind);
  cb_json_set_string (envelope, "act", operation->act);
  cb_json_set_string (envelope, "base", operation->base);
  cb_json_set_int (envelope, "schema", CB_OPERATION_SCHEMA);
  cb_json_set_string (envelope, "scope", operation->scope);
  json_object_object_add (envelope, "basis", encode_basis (operation));
  cb_json_set_string (envelope, "by", operation->by);
  json_object_object_add (envelope, "at", encode_at (operation));
  json_object_object_add (envelope, "body", json_object_get (operation->body));
  line = cb_json_to_line (envelope);
  if (strlen (line) > CB_OPERATION_MAX)
    {
      cb_text_wipe (line);
      g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID,
                   "the record is too long to be sent");
      return NULL;
    }
  return g_bytes_new_with_free_func (line, strlen (line), (GDestroyNotify) cb_text_wipe, line);
}
