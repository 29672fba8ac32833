/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "service/cb-routes.h"
#include "service/cb-routes-private.h"

#include "base/cb-error.h"
#include "service/cb-admission.h"
#include "service/cb-orders.h"
#include "wire/cb-limits.h"

#include <sodium.h>
#include <string.h>

#define ID_SEGMENT "{id}"

/* How often a terminal that has nothing to send asks what was decided. */
#define CB_POLL_S 60

/* --- reading and writing small documents --- */

/* A member of just so many bytes in base64. */
static gboolean
read_bytes (JsonObject *object, const char *member, guint8 *bytes, gsize length)
{
  const char *text = cb_json_get_string (object, member);
  gsize found = 0;

  return text != NULL &&
         sodium_base642bin (bytes, length, text, strlen (text), NULL, &found, NULL,
                            sodium_base64_VARIANT_ORIGINAL) == 0 &&
         found == length;
}

static void
set_bytes (JsonObject *object, const char *member, const guint8 *bytes, gsize length)
{
  g_autofree char *text = g_base64_encode (bytes, length);

  cb_json_set_string (object, member, text);
}

static void
set_epoch (CbRequestContext *request, JsonObject *object)
{
  cb_json_set_string (object, "epoch", cb_service_get_identity (request->service)->epoch);
}

/* --- endpoints --- */

static void
get_health (CbRequestContext *request)
{
  g_autoptr (JsonObject) object = NULL;
  g_autoptr (GError) error = NULL;

  if (!cb_service_is_well (request->service, &error))
    {
      cb_request_fail_with (request, error);
      return;
    }
  object = json_object_new_object ();
  cb_json_set_boolean (object, "ok", TRUE);
  cb_request_answer_json (request, SOUP_STATUS_OK, object);
}

static JsonObject *
make_limits (void)
{
  JsonObject *limits = json_object_new_object ();

  cb_json_set_int (limits, "max_ops", CB_LIMIT_OPS);
  cb_json_set_int (limits, "max_bytes", CB_LIMIT_BYTES);
  cb_json_set_int (limits, "max_op_bytes", CB_LIMIT_OP_BYTES);
  return limits;
}

static JsonObject *
make_schema (void)
{
  JsonObject *schema = json_object_new_object ();

  cb_json_set_int (schema, "min", CB_SCHEMA_MIN);
  cb_json_set_int (schema, "max", CB_SCHEMA_MAX);
  return schema;
}

static char *
format_time (gint64 now_us)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (now_us / CB_US_PER_SECOND);
  g_autofree char *seconds = g_date_time_format (time, "%Y-%m-%dT%H:%M:%S");

  return g_strdup_printf ("%s.%03dZ", seconds, (int) (now_us % CB_US_PER_SECOND / 1000));
}

static void
get_config (CbRequestContext *request)
{
  g_autoptr (JsonObject) object = json_object_new_object ();
  g_autofree char *time =
    format_time (cb_clock_get_now_us (cb_service_get_clock (request->service)));

  json_object_object_add (object, "limits", make_limits ());
  json_object_object_add (object, "schema", make_schema ());
  set_epoch (request, object);
  cb_json_set_string (object, "time", time);
  cb_json_set_int (object, "poll_s", CB_POLL_S);
  cb_json_set_int (object, "wait_s", CB_WAIT_LIMIT_S);
  cb_request_answer_json (request, SOUP_STATUS_OK, object);
}

static void
fail_admission (CbRequestContext *request,
                CbAdmission admission,
                const CbTerminalRow *terminal,
                const GError *error)
{
  switch (admission)
    {
    case CB_ADMISSION_CODE:
      cb_request_fail (request, SOUP_STATUS_FORBIDDEN, "code_invalid",
                       "no enrolment code that holds");
      return;
    case CB_ADMISSION_NONCE:
      cb_request_fail (request, SOUP_STATUS_UNAUTHORIZED, "nonce", "no nonce that holds");
      return;
    case CB_ADMISSION_SIGNATURE:
      cb_request_fail (request, SOUP_STATUS_UNAUTHORIZED, "signature",
                       "not signed by this terminal");
      return;
    case CB_ADMISSION_REVOKED:
      cb_request_fail_revoked (request, terminal);
      return;
    case CB_ADMISSION_TOKEN:
    case CB_ADMISSION_GRANTED:
    case CB_ADMISSION_FAILED:
      break;
    }
  cb_request_fail_with (request, error);
}

static void
post_terminal (CbRequestContext *request)
{
  const CbIdentity *identity = cb_service_get_identity (request->service);
  g_autoptr (JsonObject) asked = cb_request_parse_body (request);
  g_autoptr (JsonObject) object = NULL;
  g_auto (CbTerminalRow) terminal = { 0 };
  g_autoptr (GError) error = NULL;
  guint8 public_key[CB_PUBLIC_KEY_BYTES];
  guint8 order_key[CB_ORDER_PUBLIC_BYTES];
  const char *code = cb_json_get_string (asked, "code");
  CbAdmission admission = CB_ADMISSION_FAILED;

  if (asked == NULL)
    return;
  if (code == NULL || !read_bytes (asked, "public_key", public_key, sizeof public_key))
    {
      cb_request_fail (request, SOUP_STATUS_BAD_REQUEST, "malformed",
                       "a code and a key of 32 bytes");
      return;
    }
  admission = cb_admission_enrol (request->service, code, public_key, &terminal, &error);
  if (admission != CB_ADMISSION_GRANTED)
    {
      fail_admission (request, admission, &terminal, error);
      return;
    }

  object = json_object_new_object ();
  cb_json_set_string (object, "terminal", terminal.id);
  cb_json_set_string (object, "store", terminal.store);
  set_bytes (object, "chain_key", identity->chain_key, sizeof identity->chain_key);
  cb_orders_get_public_key (identity, order_key);
  set_bytes (object, "order_key", order_key, sizeof order_key);
  set_epoch (request, object);
  cb_request_answer_json (request, SOUP_STATUS_OK, object);
}

static void
answer_nonce (CbRequestContext *request)
{
  g_autoptr (JsonObject) object = json_object_new_object ();
  g_autofree char *nonce = cb_admission_make_nonce (request->service, request->id);

  cb_json_set_string (object, "nonce", nonce);
  cb_request_answer_json (request, SOUP_STATUS_OK, object);
}

static void
answer_token (CbRequestContext *request, const char *token)
{
  g_autoptr (JsonObject) object = json_object_new_object ();

  cb_json_set_string (object, "token", token);
  cb_json_set_int (object, "expires_s", CB_TOKEN_LIFE_US / CB_US_PER_SECOND);
  cb_request_answer_json (request, SOUP_STATUS_OK, object);
}

/* The first call, with nothing in it, gets the nonce; the second brings it back signed. */
static void
post_token (CbRequestContext *request)
{
  g_autoptr (JsonObject) asked = cb_request_parse_body (request);
  const char *nonce = cb_json_get_string (asked, "nonce");
  guint8 signature[crypto_sign_BYTES];
  g_auto (CbTerminalRow) terminal = { 0 };
  g_autofree char *token = NULL;
  g_autoptr (GError) error = NULL;
  CbAdmission admission = CB_ADMISSION_FAILED;

  if (asked == NULL)
    return;
  if (json_object_object_length (asked) == 0)
    {
      answer_nonce (request);
      return;
    }
  if (nonce == NULL || !read_bytes (asked, "signature", signature, sizeof signature))
    {
      cb_request_fail (request, SOUP_STATUS_BAD_REQUEST, "malformed", "a nonce and its signature");
      return;
    }

  admission = cb_admission_make_token (request->service, request->id, nonce, signature, &terminal,
                                       &token, &error);
  if (admission == CB_ADMISSION_GRANTED)
    answer_token (request, token);
  else
    fail_admission (request, admission, &terminal, error);
}

static void
post_push (CbRequestContext *request)
{
  GString *reply = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  if (cb_service_push (request->service, &request->terminal, request->body, reply, &request->n_ops,
                       &error))
    {
      cb_request_answer (request, SOUP_STATUS_OK, CB_MEDIA_NDJSON, reply);
      return;
    }
  g_string_free (reply, TRUE);
  cb_request_fail_with (request, error);
}

void
cb_routes_answer_told (CbRequestContext *request, CbTold told, GString *reply, const GError *error)
{
  switch (told)
    {
    case CB_TOLD:
      cb_request_answer (request, SOUP_STATUS_OK, CB_MEDIA_NDJSON, reply);
      return;
    case CB_TOLD_OF_OTHERS:
      cb_request_fail (request, SOUP_STATUS_GONE, "cursor_gone", "a cursor of another history");
      break;
    case CB_TOLD_AHEAD:
      cb_request_fail (request, SOUP_STATUS_GONE, "ahead_of_head",
                       "a cursor from a future that this history does not have");
      break;
    case CB_TOLD_BEHIND:
      cb_request_fail (
        request, SOUP_STATUS_GONE, "cursor_behind",
        "this terminal said that it had kept more: it was put back, or stands twice");
      break;
    case CB_TOLD_NOTHING:
      cb_request_fail_with (request, error);
      break;
    }
  g_string_free (reply, TRUE);
}

typedef CbTold (*CbTellFunc) (CbService *service,
                              const CbTerminalRow *terminal,
                              const char *cursor,
                              GString *reply,
                              GError **error);

/* Asking with a cursor says that everything up to it is kept: that is how the service knows who has
 * carried out an erasure. */
static void
get_told (CbRequestContext *request, CbTellFunc tell)
{
  GString *reply = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  const CbTold told = tell (request->service, &request->terminal,
                            cb_request_get_query (request, "cursor"), reply, &error);

  cb_routes_answer_told (request, told, reply, error);
}

/* Who says nothing of its own is told that as well. FALSE when it answered. */
static gboolean
read_own (CbRequestContext *request)
{
  const char *own = cb_request_get_query (request, "own");

  if (own == NULL || cb_spans_parse (&request->terminal.own, own))
    return TRUE;
  cb_request_fail (request, SOUP_STATUS_BAD_REQUEST, "malformed",
                   "own is a few spans of numbers, in order and apart");
  return FALSE;
}

gboolean
cb_routes_read_wait (CbRequestContext *request, guint *seconds)
{
  const char *text = cb_request_get_query (request, "wait");
  guint64 number = 0;

  if (text != NULL && !g_ascii_string_to_unsigned (text, 10, 0, CB_WAIT_LIMIT_S, &number, NULL))
    {
      cb_request_fail (request, SOUP_STATUS_BAD_REQUEST, "malformed",
                       "no number of seconds to wait");
      return FALSE;
    }
  *seconds = (guint) number;
  return TRUE;
}

/* Who may wait is told of the records too, for it is those that most often come. */
static void
get_changes_waiting (CbRequestContext *request, guint seconds)
{
  GString *reply = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  CbNewsFound found = { 0 };
  const CbTold told =
    cb_service_tell_waiting (request->service, &request->terminal,
                             cb_request_get_query (request, "cursor"), &found, reply, &error);

  if (told == CB_TOLD && !found.has_any &&
      cb_waits_take (request->waits, request, seconds, found.head))
    g_string_free (reply, TRUE);
  else
    cb_routes_answer_told (request, told, reply, error);
}

static void
get_changes (CbRequestContext *request)
{
  guint seconds = 0;

  if (!cb_routes_read_wait (request, &seconds) || !read_own (request))
    return;
  if (seconds > 0)
    get_changes_waiting (request, seconds);
  else
    get_told (request, cb_service_tell_changes);
}

static void
get_records (CbRequestContext *request)
{
  if (read_own (request))
    get_told (request, cb_service_tell_records);
}

/* --- finding --- */

#define PROFILE "/v1/profiles/" ID_SEGMENT

static const CbRoute routes[] = {
  { "GET", "/v1/health", NULL, 0, CB_CALLER_ANYBODY, 0, FALSE, get_health },
  { "GET", "/v1/sync/config", NULL, 0, CB_CALLER_TERMINAL, 0, FALSE, get_config },
  { "GET", "/v1/sync/changes", NULL, 0, CB_CALLER_TERMINAL, 0, FALSE, get_changes },
  { "GET", "/v1/sync/records", NULL, 0, CB_CALLER_TERMINAL, 0, FALSE, get_records },
  { "POST", "/v1/sync/push", CB_MEDIA_NDJSON, CB_LIMIT_BYTES, CB_CALLER_TERMINAL, 0, TRUE,
    post_push },
  { "POST", "/v1/terminals", CB_MEDIA_JSON, CB_LIMIT_SMALL_BYTES, CB_CALLER_ANYBODY, 0, FALSE,
    post_terminal },
  { "POST", "/v1/terminals/" ID_SEGMENT "/token", CB_MEDIA_JSON, CB_LIMIT_SMALL_BYTES,
    CB_CALLER_ANYBODY, 0, FALSE, post_token },
  { "GET", PROFILE, NULL, 0, CB_CALLER_SYSTEM, CB_SCOPE_PROFILE, FALSE, cb_routes_get_profile },
  { "GET", PROFILE "/consents", NULL, 0, CB_CALLER_SYSTEM, CB_SCOPE_CONSENTS, FALSE,
    cb_routes_get_consents },
  { "GET", PROFILE "/permission", NULL, 0, CB_CALLER_SYSTEM, CB_SCOPE_PERMISSION, FALSE,
    cb_routes_get_permission },
  { "POST", PROFILE "/opt-outs", CB_MEDIA_JSON, CB_LIMIT_SMALL_BYTES, CB_CALLER_SYSTEM,
    CB_SCOPE_OPT_OUTS, FALSE, cb_routes_post_opt_out },
  { "POST", PROFILE "/contacts", CB_MEDIA_JSON, CB_LIMIT_SMALL_BYTES, CB_CALLER_SYSTEM,
    CB_SCOPE_CONTACTS, FALSE, cb_routes_post_contact },
  { "GET", "/metrics", NULL, 0, CB_CALLER_OPERATOR, CB_SCOPE_METRICS, FALSE,
    cb_routes_get_metrics },
  { "GET", "/v1/changes", NULL, 0, CB_CALLER_SYSTEM, CB_SCOPE_CHANGES, FALSE, cb_routes_get_news },
};

static gboolean
matches (const char *template, const char *path, char **id)
{
  const char *place = strstr (template, ID_SEGMENT);
  const gsize before = place != NULL ? (gsize) (place - template) : 0;
  g_autofree char *found = NULL;

  if (place == NULL)
    return strcmp (template, path) == 0;
  if (strncmp (template, path, before) != 0 || strlen (path) < before + CB_ID_LENGTH ||
      strcmp (path + before + CB_ID_LENGTH, place + strlen (ID_SEGMENT)) != 0)
    return FALSE;

  found = g_strndup (path + before, CB_ID_LENGTH);
  if (!cb_id_is_valid (found))
    return FALSE;
  *id = g_steal_pointer (&found);
  return TRUE;
}

const CbRoute *
cb_routes_find (const char *method, const char *path, char **id, const char **allowed)
{
  *allowed = NULL;
  for (guint i = 0; i < G_N_ELEMENTS (routes); i++)
    {
      g_autofree char *found = NULL;

      if (!matches (routes[i].path, path, &found))
        continue;
      if (strcmp (routes[i].method, method) != 0)
        {
          *allowed = routes[i].method;
          continue;
        }
      *id = g_steal_pointer (&found);
      return &routes[i];
    }
  return NULL;
}
