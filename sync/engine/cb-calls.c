/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "engine/cb-calls.h"

#include "base/cb-json.h"
#include "engine/cb-wiped-buffer.h"
#include "wire/cb-codes.h"
#include "wire/cb-digest.h"
#include "wire/cb-limits.h"
#include "wire/cb-order.h"
#include "wire/cb-protocol-error.h"

#include <sodium.h>
#include <string.h>
#include <zlib.h>

#define SMALL_REPLY_LIMIT (64 * 1024)
/* A page of the longest lines, and its trailer. */
#define CHANGES_REPLY_LIMIT (1024 * 1024)
/* Somebody with everything that anybody ever wrote of them, behind a full page. */
#define RECORDS_REPLY_LIMIT (32 * 1024 * 1024)
/* A conflict brings a body back. What does not fit is cut, and what came before the cut counts. */
#define PUSH_REPLY_LIMIT (8 * 1024 * 1024)
#define WORD_LIMIT 4096
#define ID_LIMIT 64
#define CHAIN_KEY_BYTES 32
#define GZIP_WINDOW_BITS (15 + 16)

#define MIN_BYTES 1024
#define POLL_MIN_S 5
#define POLL_MAX_S 3600
#define WAIT_MAX_S 60
#define TOKEN_MIN_S 10
#define TOKEN_MAX_S 86400

G_STATIC_ASSERT (CB_PUBLIC_KEY_BYTES == crypto_sign_PUBLICKEYBYTES);
G_STATIC_ASSERT (CB_SECRET_KEY_BYTES == crypto_sign_SECRETKEYBYTES);

void
cb_enrolled_free (CbEnrolled *self)
{
  g_free (self->terminal_id);
  g_free (self->store_name);
  g_clear_pointer (&self->chain_key, g_bytes_unref);
  g_clear_pointer (&self->order_key, g_bytes_unref);
  g_free (self);
}

/* --- writing --- */

static char *
to_base64 (const guint8 *bytes, gsize length)
{
  const gsize size = sodium_base64_encoded_len (length, sodium_base64_VARIANT_ORIGINAL);
  char *text = g_malloc (size);

  return sodium_bin2base64 (text, size, bytes, length, sodium_base64_VARIANT_ORIGINAL);
}

static GBytes *
json_body (JsonObject *object)
{
  g_auto (CbWipedBuffer) buffer = { 0 };
  char *line = cb_json_to_line (object);

  cb_wiped_buffer_append (&buffer, line, strlen (line));
  cb_wiped_free (line);

  return cb_wiped_buffer_steal_bytes (&buffer);
}

static void
add_number_header (CbRequest *request, const char *name, guint number)
{
  g_autofree char *text = g_strdup_printf ("%u", number);

  cb_request_add_header (request, name, text);
}

/* Over the content as it is sent. */
static void
add_digest (CbRequest *request)
{
  g_autofree char *value =
    cb_digest_format (g_bytes_get_data (request->body, NULL), g_bytes_get_size (request->body));

  cb_request_add_header (request, CB_HEADER_DIGEST, value);
}

static CbRequest *
json_request (const char *url, CbTrust *trust, JsonObject *object)
{
  CbRequest *request = cb_request_new (url, trust, object != NULL ? json_body (object) : NULL,
                                       CB_MEDIA_JSON, SMALL_REPLY_LIMIT);

  if (object != NULL)
    {
      cb_request_add_header (request, "Content-Type", CB_MEDIA_JSON);
      add_digest (request);
    }
  add_number_header (request, CB_HEADER_PROTOCOL, CB_PROTOCOL_VERSION);

  return request;
}

static void
add_identity (CbRequest *request, const CbEnrolmentFields *enrolment, const char *token)
{
  g_autofree char *bearer = g_strconcat ("Bearer ", token, NULL);

  cb_request_add_header (request, "Authorization", bearer);
  cb_request_add_header (request, CB_HEADER_TERMINAL, enrolment->terminal_id);
  add_number_header (request, CB_HEADER_SCHEMA, CB_SCHEMA_MAX);
  if (enrolment->incarnation != NULL)
    cb_request_add_header (request, CB_HEADER_INCARNATION, enrolment->incarnation);

  sodium_memzero (bearer, strlen (bearer));
}

/* --- reading --- */

static gboolean
invalid (GError **error, const char *what)
{
  g_set_error (error, CB_PROTOCOL_ERROR, CB_PROTOCOL_ERROR_INVALID,
               "reading the service's reply: %s is missing or wrong", what);

  return FALSE;
}

static JsonObject *
parse_reply (GBytes *reply, GError **error)
{
  gsize length = 0;
  const char *text = g_bytes_get_data (reply, &length);
  g_autoptr (JsonObject) object = NULL;

  /* No bytes have no address. */
  if (text != NULL)
    object = cb_json_parse (text, length, SMALL_REPLY_LIMIT, NULL);

  if (object == NULL || !json_object_is_type (object, json_type_object))
    {
      invalid (error, "the object");
      return NULL;
    }

  return g_steal_pointer (&object);
}

/* Borrowed; NULL unless it is of 1 to `limit` printable characters without spaces: such a word can
 * stand in a header and, when it is of the letters of an id, in an address. */
static const char *
get_word (JsonObject *object, const char *member, gsize limit)
{
  const char *word = cb_json_get_string (object, member);

  if (word == NULL || *word == '\0' || strlen (word) > limit)
    return NULL;

  for (const char *at = word; *at != '\0'; at++)
    if (!g_ascii_isgraph (*at))
      return NULL;

  return word;
}

static const char *
get_id (JsonObject *object, const char *member)
{
  const char *id = get_word (object, member, ID_LIMIT);

  for (const char *at = id; at != NULL && *at != '\0'; at++)
    if (!g_ascii_isalnum (*at) && *at != '-' && *at != '_')
      return NULL;

  return id;
}

static GBytes *
get_key (JsonObject *object, const char *member, gsize length)
{
  g_auto (CbWipedBuffer) key = { 0 };
  const char *text = get_word (object, member, 2 * length);
  gsize got = 0;

  if (text == NULL)
    return NULL;

  cb_wiped_buffer_reserve (&key, length);
  if (sodium_base642bin (key.data, length, text, strlen (text), NULL, &got, NULL,
                         sodium_base64_VARIANT_ORIGINAL) != 0 ||
      got != length)
    return NULL;

  key.length = length;

  return cb_wiped_buffer_steal_bytes (&key);
}

/* --- becoming a terminal --- */

CbRequest *
cb_calls_enrol (const char *service_url,
                CbTrust *trust,
                const char *code,
                const guint8 public_key[CB_PUBLIC_KEY_BYTES])
{
  g_autoptr (JsonObject) object = json_object_new_object ();
  g_autofree char *url = g_strconcat (service_url, "/v1/terminals", NULL);
  g_autofree char *key = to_base64 (public_key, CB_PUBLIC_KEY_BYTES);

  cb_json_set_string (object, "code", code);
  cb_json_set_string (object, "public_key", key);

  return json_request (url, trust, object);
}

CbEnrolled *
cb_calls_read_enrolled (GBytes *reply, GError **error)
{
  g_autoptr (JsonObject) object = parse_reply (reply, error);
  g_autoptr (CbEnrolled) self = NULL;

  if (object == NULL)
    return NULL;

  self = g_new0 (CbEnrolled, 1);
  self->terminal_id = g_strdup (get_id (object, "terminal"));
  self->store_name = g_strdup (cb_json_get_string (object, "store"));
  self->chain_key = get_key (object, "chain_key", CHAIN_KEY_BYTES);
  self->order_key = get_key (object, "order_key", CB_ORDER_PUBLIC_BYTES);

  if (self->terminal_id == NULL)
    invalid (error, "terminal");
  else if (self->store_name == NULL)
    invalid (error, "store");
  else if (self->chain_key == NULL)
    invalid (error, "chain_key");
  else
    return g_steal_pointer (&self);

  return NULL;
}

/* --- proving it --- */

static char *
token_url (const CbEnrolmentFields *enrolment)
{
  return g_strconcat (enrolment->service_url, "/v1/terminals/", enrolment->terminal_id, "/token",
                      NULL);
}

CbRequest *
cb_calls_ask_nonce (const CbEnrolmentFields *enrolment, CbTrust *trust)
{
  g_autoptr (JsonObject) object = json_object_new_object ();
  g_autofree char *url = token_url (enrolment);

  return json_request (url, trust, object);
}

char *
cb_calls_read_nonce (GBytes *reply, GError **error)
{
  g_autoptr (JsonObject) object = parse_reply (reply, error);
  const char *nonce = NULL;

  if (object == NULL)
    return NULL;

  nonce = get_word (object, "nonce", WORD_LIMIT);
  if (nonce == NULL)
    invalid (error, "nonce");

  return g_strdup (nonce);
}

CbRequest *
cb_calls_ask_token (const CbEnrolmentFields *enrolment, CbTrust *trust, const char *nonce)
{
  g_autoptr (JsonObject) object = json_object_new_object ();
  g_autofree char *url = token_url (enrolment);
  g_autofree char *message = cb_codes_token_message (enrolment->terminal_id, nonce);
  g_autofree char *text = NULL;
  guint8 signature[crypto_sign_BYTES] = { 0 };

  g_assert (g_bytes_get_size (enrolment->secret_key) == CB_SECRET_KEY_BYTES);

  crypto_sign_detached (signature, NULL, (const guint8 *) message, strlen (message),
                        g_bytes_get_data (enrolment->secret_key, NULL));
  text = to_base64 (signature, sizeof signature);
  cb_json_set_string (object, "nonce", nonce);
  cb_json_set_string (object, "signature", text);

  return json_request (url, trust, object);
}

char *
cb_calls_read_token (GBytes *reply, gint64 *lasts_us, GError **error)
{
  g_autoptr (JsonObject) object = parse_reply (reply, error);
  const char *token = NULL;

  if (object == NULL)
    return NULL;

  token = get_word (object, "token", WORD_LIMIT);
  if (token == NULL)
    invalid (error, "token");

  *lasts_us =
    CLAMP (cb_json_get_int (object, "expires_s", 0), TOKEN_MIN_S, TOKEN_MAX_S) * G_USEC_PER_SEC;

  return g_strdup (token);
}

/* --- what may be sent --- */

CbRequest *
cb_calls_ask_limits (const CbEnrolmentFields *enrolment, CbTrust *trust, const char *token)
{
  g_autofree char *url = g_strconcat (enrolment->service_url, "/v1/sync/config", NULL);
  CbRequest *request = json_request (url, trust, NULL);

  add_identity (request, enrolment, token);

  return request;
}

static gint64
read_time (const char *text)
{
  g_autoptr (GDateTime) time = text != NULL ? g_date_time_new_from_iso8601 (text, NULL) : NULL;

  /* No clock is in the time before there were clocks to count from. */
  if (time == NULL || g_date_time_to_unix (time) < 0)
    return 0;
  return g_date_time_to_unix (time) * G_USEC_PER_SEC + g_date_time_get_microsecond (time);
}

static gint64
read_poll (gint64 seconds)
{
  return seconds > 0 ? CLAMP (seconds, POLL_MIN_S, POLL_MAX_S) * G_USEC_PER_SEC : 0;
}

gboolean
cb_calls_read_limits (GBytes *reply, CbServiceLimits *limits, GError **error)
{
  g_autoptr (JsonObject) object = parse_reply (reply, error);
  JsonObject *told = NULL;
  JsonObject *schema = NULL;

  if (object == NULL)
    return FALSE;

  told = cb_json_get_object (object, "limits");
  schema = cb_json_get_object (object, "schema");
  if (told == NULL || schema == NULL)
    return invalid (error, told == NULL ? "limits" : "schema");

  /* Never more than this program would, however generous the service is. */
  limits->max_ops = (guint) CLAMP (cb_json_get_int (told, "max_ops", 0), 1, CB_LIMIT_OPS);
  limits->max_bytes =
    (gsize) CLAMP (cb_json_get_int (told, "max_bytes", 0), MIN_BYTES, CB_LIMIT_BYTES);
  limits->speaks_our_schema = cb_json_get_int (schema, "min", G_MAXINT64) <= CB_SCHEMA_MAX &&
                              cb_json_get_int (schema, "max", 0) >= CB_SCHEMA_MAX;
  limits->time_us = read_time (cb_json_get_string (object, "time"));
  limits->poll_us = read_poll (cb_json_get_int (object, "poll_s", 0));
  limits->wait_s = (guint) CLAMP (cb_json_get_int (object, "wait_s", 0), 0, WAIT_MAX_S);

  return TRUE;
}

/* --- what was decided elsewhere --- */

static CbRequest *
ask_behind (const CbEnrolmentFields *enrolment,
            CbTrust *trust,
            const char *token,
            const char *path,
            const char *cursor,
            gsize limit)
{
  const char *with = *cursor == '\0' ? "" : strchr (path, '?') == NULL ? "?cursor=" : "&cursor=";
  g_autofree char *url = g_strconcat (enrolment->service_url, path, with, cursor, NULL);
  CbRequest *request = cb_request_new (url, trust, NULL, CB_MEDIA_NDJSON, limit);

  add_number_header (request, CB_HEADER_PROTOCOL, CB_PROTOCOL_VERSION);
  add_identity (request, enrolment, token);

  return request;
}

CbRequest *
cb_calls_ask_changes (const CbEnrolmentFields *enrolment,
                      CbTrust *trust,
                      const char *token,
                      const char *cursor)
{
  return ask_behind (enrolment, trust, token, "/v1/sync/changes", cursor, CHANGES_REPLY_LIMIT);
}

CbRequest *
cb_calls_await_changes (const CbEnrolmentFields *enrolment,
                        CbTrust *trust,
                        const char *token,
                        const char *cursor,
                        const CbSpans *own,
                        guint wait_s)
{
  g_autofree char *known = cb_spans_format (own);
  g_autofree char *path =
    g_strdup_printf ("/v1/sync/changes?wait=%u%s%s", wait_s, *known == '\0' ? "" : "&own=", known);
  CbRequest *request = ask_behind (enrolment, trust, token, path, cursor, CHANGES_REPLY_LIMIT);

  request->patience_s = wait_s;
  return request;
}

CbRequest *
cb_calls_ask_records (const CbEnrolmentFields *enrolment,
                      CbTrust *trust,
                      const char *token,
                      const char *cursor,
                      const CbSpans *own)
{
  g_autofree char *known = cb_spans_format (own);
  g_autofree char *path =
    g_strconcat ("/v1/sync/records", *known == '\0' ? "" : "?own=", known, NULL);

  return ask_behind (enrolment, trust, token, path, cursor, RECORDS_REPLY_LIMIT);
}

/* --- sending --- */

gsize
cb_calls_window_bytes (const CbWindow *window)
{
  gsize bytes = 0;

  for (guint i = window->from; i < window->to; i++)
    bytes += g_bytes_get_size (cb_batch_get_op (window->batch, i)->line) + 1;

  return bytes;
}

static void
join_lines (const CbWindow *window, CbWipedBuffer *joined)
{
  cb_wiped_buffer_reserve (joined, cb_calls_window_bytes (window));

  for (guint i = window->from; i < window->to; i++)
    {
      GBytes *line = cb_batch_get_op (window->batch, i)->line;

      cb_wiped_buffer_append (joined, g_bytes_get_data (line, NULL), g_bytes_get_size (line));
      cb_wiped_buffer_append (joined, "\n", 1);
    }
}

static voidpf
allocate_for_zlib (voidpf data, uInt items, uInt size)
{
  const gsize length = (gsize) items * size;
  gsize *block = g_malloc0 (sizeof (gsize) * 2 + length);

  block[0] = length;

  return block + 2;
}

/* zlib's window holds the last 32 KiB of what was said. */
static void
free_for_zlib (voidpf data, voidpf address)
{
  gsize *block = (gsize *) address - 2;

  sodium_memzero (address, block[0]);
  g_free (block);
}

static void
compress_into (const CbWipedBuffer *plain, CbWipedBuffer *packed)
{
  z_stream stream = { .zalloc = allocate_for_zlib, .zfree = free_for_zlib };
  int result = deflateInit2 (&stream, Z_BEST_SPEED, Z_DEFLATED, GZIP_WINDOW_BITS, MAX_MEM_LEVEL - 1,
                             Z_DEFAULT_STRATEGY);

  g_assert (result == Z_OK);

  cb_wiped_buffer_reserve (packed, deflateBound (&stream, plain->length));
  stream.next_in = plain->data;
  stream.avail_in = (uInt) plain->length;
  stream.next_out = packed->data;
  stream.avail_out = (uInt) packed->capacity;

  /* The whole input into a buffer of the bound's size: one call ends it. */
  result = deflate (&stream, Z_FINISH);
  g_assert (result == Z_STREAM_END);
  packed->length = packed->capacity - stream.avail_out;
  deflateEnd (&stream);
}

CbRequest *
cb_calls_push (const CbEnrolmentFields *enrolment,
               CbTrust *trust,
               const char *token,
               const CbWindow *window,
               gboolean compress)
{
  g_autofree char *url = g_strconcat (enrolment->service_url, "/v1/sync/push", NULL);
  g_auto (CbWipedBuffer) plain = { 0 };
  g_auto (CbWipedBuffer) packed = { 0 };
  CbRequest *request = NULL;
  GBytes *body = NULL;

  join_lines (window, &plain);
  if (compress)
    compress_into (&plain, &packed);

  body = cb_wiped_buffer_steal_bytes (compress ? &packed : &plain);
  request = cb_request_new (url, trust, body, CB_MEDIA_NDJSON, PUSH_REPLY_LIMIT);

  add_number_header (request, CB_HEADER_PROTOCOL, CB_PROTOCOL_VERSION);
  add_identity (request, enrolment, token);
  cb_request_add_header (request, "Content-Type", CB_MEDIA_NDJSON);
  if (compress)
    cb_request_add_header (request, "Content-Encoding", "gzip");
  add_digest (request);

  return request;
}
