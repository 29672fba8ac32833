/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "service/cb-request.h"

#include "base/cb-error.h"
#include "service/cb-address.h"
#include "service/cb-admission.h"
#include "service/cb-inflate.h"
#include "service/cb-orders.h"
#include "service/cb-routes.h"
#include "wire/cb-codes.h"
#include "wire/cb-digest.h"
#include "wire/cb-limits.h"
#include "wire/cb-protocol-error.h"

#include <string.h>

#define BEARER "Bearer "

CbRequestContext *
cb_request_context_new (CbService *service,
                        CbRate *rate,
                        const CbMeter *meter,
                        CbWaits *waits,
                        SoupServerMessage *message)
{
  CbRequestContext *self = g_new0 (CbRequestContext, 1);

  self->service = service;
  self->rate = rate;
  self->meter = meter;
  self->waits = waits;
  self->message = message;
  self->started_us = g_get_monotonic_time ();
  return self;
}

void
cb_request_context_free (CbRequestContext *self)
{
  cb_terminal_row_clear (&self->terminal);
  cb_key_row_clear (&self->key);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_free (self->id);
  g_free (self);
}

/* --- answering --- */

void
cb_request_answer (CbRequestContext *self, guint status, const char *type, GString *text)
{
  g_autofree char *digest = cb_digest_format (text->str, text->len);
  const gsize length = text->len;

  self->is_answered = TRUE;
  soup_message_headers_replace (soup_server_message_get_response_headers (self->message),
                                CB_HEADER_DIGEST, digest);
  soup_server_message_set_status (self->message, status, NULL);
  soup_server_message_set_response (self->message, type, SOUP_MEMORY_TAKE,
                                    g_string_free (text, FALSE), length);
}

void
cb_request_answer_json (CbRequestContext *self, guint status, JsonObject *object)
{
  g_autofree char *line = cb_json_to_line (object);
  GString *text = g_string_new (line);

  g_string_append_c (text, '\n');
  cb_request_answer (self, status, CB_MEDIA_JSON, text);
}

void
cb_request_fail (CbRequestContext *self, guint status, const char *code, const char *message)
{
  g_autoptr (JsonObject) object = json_object_new_object ();

  cb_json_set_string (object, "code", code);
  cb_json_set_string (object, "message", message);
  cb_request_answer_json (self, status, object);
}

void
cb_request_fail_revoked (CbRequestContext *self, const CbTerminalRow *terminal)
{
  g_autoptr (JsonObject) object = json_object_new_object ();
  JsonObject *wipe = cb_orders_make_wipe (cb_service_get_identity (self->service), terminal);

  cb_json_set_string (object, "code", CB_CODE_REVOKED);
  cb_json_set_string (object, "message", "this terminal is shut out");
  if (wipe != NULL)
    json_object_object_add (object, "wipe", wipe);
  cb_request_answer_json (self, SOUP_STATUS_FORBIDDEN, object);
}

static void
set_retry_after (CbRequestContext *self, const char *seconds)
{
  soup_message_headers_replace (soup_server_message_get_response_headers (self->message),
                                "Retry-After", seconds);
}

void
cb_request_fail_with (CbRequestContext *self, const GError *error)
{
  if (g_error_matches (error, CB_PROTOCOL_ERROR, CB_PROTOCOL_ERROR_TOO_LARGE))
    {
      cb_request_fail (self, SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE, "too_large", error->message);
      return;
    }
  if (error->domain == CB_PROTOCOL_ERROR)
    {
      cb_request_fail (self, SOUP_STATUS_BAD_REQUEST, "malformed", error->message);
      return;
    }

  g_message ("a request failed: %s", error->message);
  if (error->domain == CB_STORAGE_ERROR)
    {
      set_retry_after (self, "2");
      cb_request_fail (self, SOUP_STATUS_SERVICE_UNAVAILABLE, "busy", "the database is away");
    }
  else if (g_error_matches (error, CB_STORE_ERROR, CB_STORE_ERROR_BUSY))
    {
      set_retry_after (self, "1");
      cb_request_fail (self, SOUP_STATUS_SERVICE_UNAVAILABLE, "busy", "the database is busy");
    }
  else if (g_error_matches (error, CB_STORE_ERROR, CB_STORE_ERROR_FULL))
    {
      set_retry_after (self, "900");
      cb_request_fail (self, SOUP_STATUS_INSUFFICIENT_STORAGE, "full", "the disk is full");
    }
  else
    cb_request_fail (self, SOUP_STATUS_INTERNAL_SERVER_ERROR, "internal", "the service stumbled");
}

/* --- what the head decides --- */

static const char *
get_header (CbRequestContext *self, const char *name)
{
  return soup_message_headers_get_one (soup_server_message_get_request_headers (self->message),
                                       name);
}

static gboolean
admit_route (CbRequestContext *self, const char *path)
{
  const char *allowed = NULL;

  self->route =
    cb_routes_find (soup_server_message_get_method (self->message), path, &self->id, &allowed);
  if (self->route != NULL)
    return TRUE;

  if (allowed == NULL)
    {
      cb_request_fail (self, SOUP_STATUS_NOT_FOUND, "not_found", "there is nothing here");
      return FALSE;
    }
  soup_message_headers_replace (soup_server_message_get_response_headers (self->message), "Allow",
                                allowed);
  cb_request_fail (self, SOUP_STATUS_METHOD_NOT_ALLOWED, "method", "not by this method");
  return FALSE;
}

/* A header that is absent means the first version. */
static gboolean
is_version_between (const char *header, gint64 min, gint64 max)
{
  gint64 version = 0;

  return header == NULL || (g_ascii_string_to_signed (header, 10, 0, G_MAXINT32, &version, NULL) &&
                            version >= min && version <= max);
}

static gboolean
admit_version (CbRequestContext *self)
{
  if (!is_version_between (get_header (self, CB_HEADER_PROTOCOL), CB_PROTOCOL_VERSION,
                           CB_PROTOCOL_VERSION))
    cb_request_fail (self, CB_STATUS_UPGRADE_REQUIRED, "protocol",
                     "another version of the protocol");
  else if (!is_version_between (get_header (self, CB_HEADER_SCHEMA), CB_SCHEMA_MIN, CB_SCHEMA_MAX))
    cb_request_fail (self, CB_STATUS_UPGRADE_REQUIRED, "schema", "another version of the schema");
  return !self->is_answered;
}

static gboolean
is_type (CbRequestContext *self, const char *wanted)
{
  const char *type = soup_message_headers_get_content_type (
    soup_server_message_get_request_headers (self->message), NULL);

  return type != NULL && g_ascii_strcasecmp (type, wanted) == 0;
}

static gboolean
is_packed (CbRequestContext *self)
{
  const char *encoding = get_header (self, "Content-Encoding");

  return encoding != NULL && g_ascii_strcasecmp (encoding, "gzip") == 0;
}

static gboolean
is_known_encoding (CbRequestContext *self)
{
  const char *encoding = get_header (self, "Content-Encoding");

  return encoding == NULL || g_ascii_strcasecmp (encoding, "identity") == 0 ||
         (self->route->may_be_packed && is_packed (self));
}

/* Where two lengths are told, two readers may see two different requests. */
static gboolean
is_framed_twice (CbRequestContext *self)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (self->message);
  const char *lengths = soup_message_headers_get_list (headers, "Content-Length");

  return lengths != NULL && (strchr (lengths, ',') != NULL ||
                             soup_message_headers_get_list (headers, "Transfer-Encoding") != NULL);
}

/* The length that is announced; G_MAXSIZE when it can't be one. */
static gsize
get_announced (CbRequestContext *self)
{
  const goffset length = soup_message_headers_get_content_length (
    soup_server_message_get_request_headers (self->message));

  return length < 0 ? G_MAXSIZE : (gsize) length;
}

static gboolean
admit_frame (CbRequestContext *self)
{
  if (is_framed_twice (self))
    {
      self->is_cut = TRUE;
      cb_request_fail (self, SOUP_STATUS_BAD_REQUEST, "malformed", "the body has two lengths");
    }
  else if (get_announced (self) > CB_REQUEST_DRAIN_LIMIT)
    {
      self->is_cut = TRUE;
      cb_request_fail (self, SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE, "too_large",
                       "the body is too long");
    }
  return !self->is_answered;
}

static gboolean
admit_body (CbRequestContext *self)
{
  if (get_announced (self) > self->route->limit)
    cb_request_fail (self, SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE, "too_large",
                     "the body is too long");
  else if (self->route->type != NULL && !is_type (self, self->route->type))
    cb_request_fail (self, SOUP_STATUS_UNSUPPORTED_MEDIA_TYPE, "content_type",
                     "another type of body");
  else if (!is_known_encoding (self))
    cb_request_fail (self, SOUP_STATUS_UNSUPPORTED_MEDIA_TYPE, "encoding",
                     "another encoding of the body");
  return !self->is_answered;
}

static void
fail_bearer (CbRequestContext *self, const char *code, const char *message)
{
  soup_message_headers_replace (soup_server_message_get_response_headers (self->message),
                                "WWW-Authenticate", "Bearer");
  cb_request_fail (self, SOUP_STATUS_UNAUTHORIZED, code, message);
}

/* NULL when there is none. */
static const char *
get_bearer (CbRequestContext *self)
{
  const char *header = get_header (self, "Authorization");

  return header != NULL && g_ascii_strncasecmp (header, BEARER, strlen (BEARER)) == 0
           ? header + strlen (BEARER)
           : NULL;
}

static void
admit_terminal (CbRequestContext *self)
{
  const char *token = get_bearer (self);
  const char *named = get_header (self, CB_HEADER_TERMINAL);
  const char *incarnation = get_header (self, CB_HEADER_INCARNATION);
  g_autoptr (GError) error = NULL;
  CbAdmission admission = CB_ADMISSION_TOKEN;

  cb_terminal_row_clear (&self->terminal);
  if (token != NULL)
    admission = cb_admission_check_token (self->service, token, &self->terminal, &error);
  if (admission == CB_ADMISSION_FAILED)
    cb_request_fail_with (self, error);
  else if (admission == CB_ADMISSION_REVOKED)
    cb_request_fail_revoked (self, &self->terminal);
  else if (admission != CB_ADMISSION_GRANTED)
    fail_bearer (self, "token", "no token that holds");
  else if (named != NULL && strcmp (named, self->terminal.id) != 0)
    cb_request_fail (self, SOUP_STATUS_FORBIDDEN, "terminal_mismatch",
                     "the token is another terminal's");
  if (incarnation != NULL && cb_id_is_valid (incarnation))
    g_strlcpy (self->terminal.incarnation, incarnation, sizeof self->terminal.incarnation);
}

static void
admit_key (CbRequestContext *self)
{
  const char *key = get_bearer (self);
  g_autoptr (GError) error = NULL;

  cb_key_row_clear (&self->key);
  if (key == NULL || !cb_keys_check (self->service, key, &self->key, &error))
    {
      if (error != NULL)
        cb_request_fail_with (self, error);
      else
        fail_bearer (self, "key", "no key that holds");
    }
  else if ((cb_scopes_read (self->key.scopes) & self->route->scope) == 0)
    cb_request_fail (self, SOUP_STATUS_FORBIDDEN, "scope", "the key was not made for this");
}

static void
admit_system (CbRequestContext *self)
{
  admit_key (self);
  if (self->is_answered || cb_rate_take (self->rate, self->key.id, self->started_us))
    return;
  set_retry_after (self, "1");
  cb_request_fail (self, CB_STATUS_TOO_MANY_REQUESTS, "too_many", "too many requests a second");
}

static gboolean
is_on_this_machine (CbRequestContext *self)
{
  GSocketAddress *remote = soup_server_message_get_remote_address (self->message);

  return remote != NULL && cb_address_is_loopback (remote);
}

static gboolean
admit_caller (CbRequestContext *self)
{
  switch (self->route->caller)
    {
    case CB_CALLER_ANYBODY:
      break;
    case CB_CALLER_TERMINAL:
      admit_terminal (self);
      break;
    case CB_CALLER_SYSTEM:
      admit_system (self);
      break;
    case CB_CALLER_OPERATOR:
      if (!is_on_this_machine (self))
        admit_system (self);
      break;
    }
  return !self->is_answered;
}

gboolean
cb_request_admit (CbRequestContext *self, const char *path)
{
  return admit_frame (self) && admit_route (self, path) && admit_version (self) &&
         admit_caller (self) && admit_body (self);
}

gboolean
cb_request_admit_again (CbRequestContext *self)
{
  if (self->route->caller == CB_CALLER_SYSTEM)
    admit_key (self);
  else if (self->route->caller == CB_CALLER_TERMINAL)
    admit_terminal (self);
  return !self->is_answered;
}

/* --- the query and the body --- */

const char *
cb_request_get_query (CbRequestContext *self, const char *name)
{
  return self->query != NULL ? g_hash_table_lookup (self->query, name) : NULL;
}

JsonObject *
cb_request_parse_body (CbRequestContext *self)
{
  gsize length = 0;
  const char *text = g_bytes_get_data (self->body, &length);
  JsonObject *object = length > 0 ? cb_json_parse (text, length, CB_LIMIT_SMALL_BYTES, NULL) : NULL;

  if (object != NULL && json_object_is_type (object, json_type_object))
    return object;
  json_object_put (object);
  cb_request_fail (self, SOUP_STATUS_BAD_REQUEST, "malformed", "the body is no JSON object");
  return NULL;
}

/* Said by whoever sent it, of the bytes that they sent. */
static gboolean
is_as_it_was_sent (CbRequestContext *self, GBytes *body)
{
  const char *digest = soup_message_headers_get_list (
    soup_server_message_get_request_headers (self->message), CB_HEADER_DIGEST);

  return cb_digest_matches (digest, g_bytes_get_data (body, NULL), g_bytes_get_size (body));
}

gboolean
cb_request_take_body (CbRequestContext *self, GBytes *body)
{
  g_autoptr (GError) error = NULL;

  if (self->is_over_limit)
    {
      cb_request_fail (self, SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE, "too_large",
                       "the body is too long");
      return FALSE;
    }
  if (!is_as_it_was_sent (self, body))
    {
      cb_request_fail (self, SOUP_STATUS_BAD_REQUEST, CB_CODE_DIGEST,
                       "the body was altered on the way");
      return FALSE;
    }
  if (!is_packed (self))
    {
      self->body = g_bytes_ref (body);
      return TRUE;
    }

  self->body = cb_inflate (body, self->route->limit, &error);
  if (self->body == NULL)
    cb_request_fail_with (self, error);
  return self->body != NULL;
}
