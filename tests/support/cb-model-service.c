/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "support/cb-model-service.h"

#include "base/cb-id.h"
#include "base/cb-json.h"
#include "wire/cb-changes.h"
#include "wire/cb-codes.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define URL "https://book.example"
#define PACKED_LIMIT (8 * 1024 * 1024)

typedef struct
{
  guint n;
  CbTransportError error;
  gint64 retry_after_us;
} Failure;

struct _CbModelService
{
  GObject parent_instance;

  CbVirtualTime *time; /* borrowed */
  gint64 latency_us;
  guint max_ops;
  gsize max_bytes;
  gsize hidden_max_bytes;
  gboolean takes_gzip;
  guint schema_min;
  guint schema_max;
  gboolean is_stranger;
  gboolean is_absent;

  char *terminal;
  guint8 public_key[crypto_sign_PUBLICKEYBYTES];
  CbModelOrders orders;
  char *nonce;
  char *token;

  Failure failures[CB_N_CALLS];
  guint n_cuts;
  int cut_after_acks;
  gboolean is_silent_cut;
  guint poll_s;
  guint per_page;
  guint wait_s;
  gboolean has_room;
  gboolean has_arrived;
  GPtrArray *waiting; /* of Exchange, borrowed */
  guint n_erased;     /* change numbers 1 to this */
  guint history;
  gboolean is_forgetful;
  guint n_garbled;
  GHashTable *poison; /* of op id to its error + 1 */
  GHashTable *answers;

  guint counts[CB_N_CALLS];
  GHashTable *effects; /* of op id to its change number */
  GPtrArray *order;
  gsize last_push_bytes;
  gsize largest_push_bytes;
  guint last_push_ops;
  gboolean was_last_push_packed;
};

/* One request on its way back: a task's data. While it is on its way, it holds the task. */
typedef struct
{
  GTask *task;
  CbRequest *request;
  CbReply *reply;
  GError *error;
  CbTimers timers;
  guint timer;
  gulong handler;
} Exchange;

G_DEFINE_FINAL_TYPE (CbModelService, cb_model_service, G_TYPE_OBJECT)

/* --- replies --- */

static void
set_body (CbReply *reply, char *text)
{
  g_bytes_unref (reply->body);
  reply->body = g_bytes_new_take (text, strlen (text));
}

static gboolean
fail (CbModelService *self, CbReply *reply, CbTransportError code, gint64 wait_us, GError **error)
{
  if (self->is_stranger)
    g_clear_pointer (&reply->epoch, g_free);
  reply->never_left = self->is_absent;
  reply->retry_after_us = wait_us;
  if (code == CB_TRANSPORT_ERROR_REVOKED)
    cb_model_orders_tell (&self->orders, reply);
  g_set_error_literal (error, CB_TRANSPORT_ERROR, (int) code, "made to fail");

  return FALSE;
}

static char *
header_of (const CbRequest *request, const char *name)
{
  const gsize length = strlen (name);

  for (guint i = 0; i < request->headers->len; i++)
    {
      const char *line = g_ptr_array_index (request->headers, i);

      if (g_str_has_prefix (line, name) && line[length] == ':')
        return g_strdup (line + length + 2);
    }

  return NULL;
}

static gboolean
is_authorized (CbModelService *self, const CbRequest *request)
{
  g_autofree char *header = header_of (request, "Authorization");
  g_autofree char *expected = g_strconcat ("Bearer ", self->token, NULL);

  return self->token != NULL && g_strcmp0 (header, expected) == 0;
}

static JsonObject *
body_of (const CbRequest *request)
{
  gsize length = 0;
  const char *text = g_bytes_get_data (request->body, &length);
  JsonObject *object = cb_json_parse (text, length, 4096, NULL);

  g_assert_nonnull (object);

  return object;
}

/* --- who is there --- */

static gboolean
enrol (CbModelService *self, const CbRequest *request, CbReply *reply, GError **error)
{
  g_autoptr (JsonObject) object = body_of (request);
  g_autofree char *chain_key =
    g_base64_encode ((const guchar *) "0123456789abcdef0123456789abcdef", 32);
  g_autofree guchar *key = NULL;
  gsize length = 0;

  if (g_strcmp0 (cb_json_get_string (object, "code"), "GOOD-CODE") != 0)
    return fail (self, reply, CB_TRANSPORT_ERROR_CONFIG, 0, error);

  key = g_base64_decode (cb_json_get_string (object, "public_key"), &length);
  g_assert_cmpuint (length, ==, sizeof self->public_key);
  memcpy (self->public_key, key, length);
  g_free (self->terminal);
  self->terminal = cb_id_new ();

  set_body (reply, g_strdup_printf (
                     "{\"terminal\":\"%s\",\"store\":\"Hanover Square\",\"chain_key\":\"%s\","
                     "\"epoch\":\"%s\"}",
                     self->terminal, chain_key, reply->epoch));

  return TRUE;
}

static gboolean
give_nonce (CbModelService *self, CbReply *reply)
{
  g_autofree char *id = cb_id_new ();

  g_free (self->nonce);
  self->nonce = g_base64_encode ((const guchar *) id, strlen (id));
  set_body (reply, g_strdup_printf ("{\"nonce\":\"%s\"}", self->nonce));

  return TRUE;
}

static gboolean
give_token (CbModelService *self, JsonObject *object, CbReply *reply, GError **error)
{
  g_autofree char *message = cb_codes_token_message (self->terminal, self->nonce);
  g_autofree guchar *signature = NULL;
  gsize length = 0;

  signature = g_base64_decode (cb_json_get_string (object, "signature"), &length);
  if (length != crypto_sign_BYTES ||
      crypto_sign_verify_detached (signature, (const guint8 *) message, strlen (message),
                                   self->public_key) != 0)
    return fail (self, reply, CB_TRANSPORT_ERROR_AUTH, 0, error);

  g_free (self->token);
  self->token = cb_id_new ();
  set_body (reply, g_strdup_printf ("{\"token\":\"%s\",\"expires_s\":600}", self->token));

  return TRUE;
}

static gboolean
give_limits (CbModelService *self, const CbRequest *request, CbReply *reply, GError **error)
{
  if (!is_authorized (self, request))
    return fail (self, reply, CB_TRANSPORT_ERROR_AUTH, 0, error);

  set_body (reply, g_strdup_printf ("{\"limits\":{\"max_ops\":%u,\"max_bytes\":%" G_GSIZE_FORMAT
                                    ",\"max_op_bytes\":65536},\"schema\":{\"min\":%u,\"max\":%u},"
                                    "\"poll_s\":%u,\"wait_s\":%u}",
                                    self->max_ops, self->max_bytes, self->schema_min,
                                    self->schema_max, self->poll_s, self->wait_s));

  return TRUE;
}

static CbCall
call_of (const CbRequest *request)
{
  g_assert_true (g_str_has_prefix (request->url, URL "/v1/"));

  if (g_str_has_suffix (request->url, "/sync/push"))
    return CB_CALL_PUSH;
  if (g_str_has_suffix (request->url, "/sync/config"))
    return CB_CALL_LIMITS;
  if (strstr (request->url, "/sync/changes?wait=") != NULL)
    return CB_CALL_WAIT;
  if (strstr (request->url, "/sync/changes") != NULL)
    return CB_CALL_CHANGES;
  if (g_str_has_suffix (request->url, "/terminals"))
    return CB_CALL_ENROL;

  g_assert_true (g_str_has_suffix (request->url, "/token"));

  return g_bytes_get_size (request->body) <= 2 ? CB_CALL_NONCE : CB_CALL_TOKEN;
}

/* --- what was decided elsewhere --- */

/* A cursor is the history's number and the change's. FALSE when it is of another. */
static gboolean
read_cursor (CbModelService *self, const CbRequest *request, guint *after)
{
  const char *cursor = strstr (request->url, "cursor=");
  guint history = 0;

  *after = 0;
  if (cursor == NULL)
    return TRUE;
  g_assert_cmpint (sscanf (cursor, "cursor=h%u-%u", &history, after), ==, 2);

  return history == self->history && !self->is_forgetful;
}

static gboolean
tell_changes (CbModelService *self, const CbRequest *request, CbReply *reply, GError **error)
{
  g_autofree char *cursor = NULL;
  GString *text = g_string_new (NULL);
  guint after = 0;
  guint last;

  if (!is_authorized (self, request) || !read_cursor (self, request, &after))
    {
      g_string_free (text, TRUE);
      return fail (self, reply,
                   is_authorized (self, request) ? CB_TRANSPORT_ERROR_CURSOR
                                                 : CB_TRANSPORT_ERROR_AUTH,
                   0, error);
    }

  last = MIN (after + self->per_page, self->n_erased);
  for (guint n = after + 1; n <= last; n++)
    {
      g_autofree char *customer = g_strdup_printf ("%032x", n);

      cb_changes_write_erased (n, customer, text);
    }
  cursor = g_strdup_printf ("h%u-%u", self->history, last);
  cb_changes_write_trailer (cursor, last < self->n_erased, self->n_erased, text);
  if (self->has_arrived && call_of (request) == CB_CALL_WAIT)
    {
      self->has_arrived = FALSE;
      cb_changes_mark_arrived (text);
    }
  if (self->n_garbled > 0)
    {
      self->n_garbled--;
      g_string_truncate (text, text->len - 3);
    }
  set_body (reply, g_string_free (text, FALSE));

  return TRUE;
}

/* --- batches --- */

static GBytes *
unpack (GBytes *packed)
{
  g_autoptr (GZlibDecompressor) unpacker = g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP);
  g_autoptr (GInputStream) input = g_memory_input_stream_new_from_bytes (packed);
  g_autoptr (GInputStream) unpacked = g_converter_input_stream_new (input, G_CONVERTER (unpacker));
  g_autoptr (GError) error = NULL;
  GBytes *plain = g_input_stream_read_bytes (unpacked, PACKED_LIMIT, NULL, &error);

  g_assert_no_error (error);

  return plain;
}

/* The ids of the lines, in order. The model's lines begin with their id. */
static GPtrArray *
ids_of (GBytes *plain)
{
  static const char PREFIX[] = "{\"op\":\"";
  GPtrArray *ids = g_ptr_array_new_with_free_func (g_free);
  gsize length = 0;
  const char *at = g_bytes_get_data (plain, &length);
  const char *end = at + length;

  while (at < end)
    {
      const char *newline = memchr (at, '\n', (gsize) (end - at));

      g_assert_nonnull (newline);
      g_assert_true (g_str_has_prefix (at, PREFIX));
      g_ptr_array_add (ids, g_strndup (at + strlen (PREFIX), CB_ID_LENGTH));
      at = newline + 1;
    }

  return ids;
}

/* In the transaction, as it were: exactly once, whatever becomes of the reply. */
static char *
apply (CbModelService *self, const char *id)
{
  const char *template = g_hash_table_lookup (self->answers, id);
  gpointer known = NULL;

  if (template != NULL)
    {
      g_auto (GStrv) parts = g_strsplit (template, "%s", -1);

      return g_strjoinv (id, parts);
    }

  if (g_hash_table_lookup_extended (self->effects, id, NULL, &known))
    return g_strdup_printf ("{\"op\":\"%s\",\"st\":\"duplicate\",\"was\":\"applied\",\"n\":%u}", id,
                            GPOINTER_TO_UINT (known));

  g_ptr_array_add (self->order, g_strdup (id));
  g_hash_table_insert (self->effects, g_strdup (id), GUINT_TO_POINTER (self->order->len));

  return g_strdup_printf ("{\"op\":\"%s\",\"st\":\"applied\",\"n\":%u}", id, self->order->len);
}

/* FALSE when something in the batch makes it fail as a whole. */
static gboolean
is_digestible (CbModelService *self, GPtrArray *ids, CbReply *reply, GError **error)
{
  for (guint i = 0; i < ids->len; i++)
    {
      const guint poison =
        GPOINTER_TO_UINT (g_hash_table_lookup (self->poison, g_ptr_array_index (ids, i)));

      if (poison > 0)
        return fail (self, reply, (CbTransportError) (poison - 1), 0, error);
    }

  return TRUE;
}

static gboolean
answer_batch (CbModelService *self, GPtrArray *ids, CbReply *reply, GError **error)
{
  const gboolean is_cut = self->n_cuts > 0;
  GString *text = g_string_new (NULL);
  guint n_acks = 0;

  for (guint i = 0; i < ids->len; i++)
    {
      g_autofree char *line = apply (self, g_ptr_array_index (ids, i));

      if (*line == '\0' || (is_cut && (int) n_acks >= self->cut_after_acks))
        continue;

      g_string_append_printf (text, "%s\n", line);
      for (const char *at = line; at != NULL; at = strchr (at + 1, '\n'))
        n_acks++;
    }

  if (is_cut)
    g_string_append (text, "{\"op\":\"0123");
  else
    g_string_append_printf (text, "{\"end\":%u,\"head\":%u}\n", n_acks, self->order->len);

  if (is_cut)
    self->n_cuts--;
  if (is_cut && self->cut_after_acks < 0)
    g_string_truncate (text, 0);
  set_body (reply, g_string_free (text, FALSE));

  return !is_cut || self->is_silent_cut ||
         fail (self, reply, CB_TRANSPORT_ERROR_UNREACHED, 0, error);
}

static gboolean
take_push (CbModelService *self, const CbRequest *request, CbReply *reply, GError **error)
{
  g_autofree char *encoding = header_of (request, "Content-Encoding");
  g_autoptr (GBytes) plain = NULL;
  g_autoptr (GPtrArray) ids = NULL;

  if (!is_authorized (self, request))
    return fail (self, reply, CB_TRANSPORT_ERROR_AUTH, 0, error);
  if (encoding != NULL && !self->takes_gzip)
    return fail (self, reply, CB_TRANSPORT_ERROR_ENCODING, 0, error);

  plain = encoding != NULL ? unpack (request->body) : g_bytes_ref (request->body);
  ids = ids_of (plain);
  self->was_last_push_packed = encoding != NULL;
  self->last_push_bytes = g_bytes_get_size (plain);
  self->largest_push_bytes = MAX (self->largest_push_bytes, self->last_push_bytes);
  self->last_push_ops = ids->len;
  g_assert_cmpuint (ids->len, <=, self->max_ops);

  if (self->last_push_bytes > self->hidden_max_bytes)
    return fail (self, reply, CB_TRANSPORT_ERROR_TOO_LARGE, 0, error);

  return is_digestible (self, ids, reply, error) && answer_batch (self, ids, reply, error);
}

/* --- the seam --- */

static gboolean
answer (CbModelService *self, const CbRequest *request, CbReply *reply, GError **error)
{
  const CbCall call = call_of (request);
  Failure *failure = &self->failures[call];
  g_autoptr (JsonObject) object = NULL;

  self->counts[call]++;

  if (failure->n > 0)
    {
      if (failure->n != G_MAXUINT)
        failure->n--;
      return fail (self, reply, failure->error, failure->retry_after_us, error);
    }

  switch (call)
    {
    case CB_CALL_ENROL:
      return enrol (self, request, reply, error);
    case CB_CALL_NONCE:
      return give_nonce (self, reply);
    case CB_CALL_TOKEN:
      object = body_of (request);
      return give_token (self, object, reply, error);
    case CB_CALL_LIMITS:
      return give_limits (self, request, reply, error);
    case CB_CALL_PUSH:
      return take_push (self, request, reply, error);
    case CB_CALL_CHANGES:
    case CB_CALL_WAIT:
      return tell_changes (self, request, reply, error);
    }

  g_assert_not_reached ();
}

static void
exchange_free (Exchange *exchange)
{
  cb_request_unref (exchange->request);
  g_clear_pointer (&exchange->reply, cb_reply_free);
  g_clear_error (&exchange->error);
  g_free (exchange);
}

/* Gives the reference that kept the task on its way. */
static GTask *
end_exchange (Exchange *exchange)
{
  CbModelService *self = CB_MODEL_SERVICE (g_task_get_source_object (exchange->task));

  g_ptr_array_remove (self->waiting, exchange);
  if (exchange->handler != 0)
    g_signal_handler_disconnect (g_task_get_cancellable (exchange->task), exchange->handler);
  exchange->handler = 0;
  exchange->timer = 0;

  return g_steal_pointer (&exchange->task);
}

static void
on_arrived (gpointer user_data)
{
  Exchange *exchange = user_data;
  g_autoptr (GTask) task = end_exchange (exchange);

  g_task_return_boolean (task, TRUE);
}

static void
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  Exchange *exchange = user_data;
  g_autoptr (GTask) task = NULL;

  exchange->timers.remove (exchange->timers.data, exchange->timer);
  task = end_exchange (exchange);
  g_task_return_error_if_cancelled (task);
}

static void
on_time_up (gpointer user_data)
{
  Exchange *exchange = user_data;
  CbModelService *self = CB_MODEL_SERVICE (g_task_get_source_object (exchange->task));

  answer (self, exchange->request, exchange->reply, &exchange->error);
  on_arrived (exchange);
}

static void
arrive_in (Exchange *exchange, gint64 us, CbTimerFunc func)
{
  if (exchange->timer != 0)
    exchange->timers.remove (exchange->timers.data, exchange->timer);
  exchange->timer = exchange->timers.add (exchange->timers.data, us, func, exchange);
}

/* Is there nothing to tell, and somebody who would wait for it? */
static gboolean
is_to_wait (CbModelService *self, const CbRequest *request)
{
  guint after = 0;

  return call_of (request) == CB_CALL_WAIT && self->has_room && !self->has_arrived &&
         self->failures[CB_CALL_WAIT].n == 0 && is_authorized (self, request) &&
         read_cursor (self, request, &after) && after >= self->n_erased;
}

static void
wake_waiting (CbModelService *self)
{
  for (guint i = 0; i < self->waiting->len; i++)
    arrive_in (self->waiting->pdata[i], self->latency_us, on_time_up);
}

static void
send_async (GObject *sender,
            CbRequest *request,
            GCancellable *cancellable,
            GAsyncReadyCallback callback,
            gpointer user_data)
{
  CbModelService *self = CB_MODEL_SERVICE (sender);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Exchange *exchange = NULL;

  if (g_task_return_error_if_cancelled (task))
    return;

  exchange = g_new0 (Exchange, 1);
  g_task_set_task_data (task, exchange, (GDestroyNotify) exchange_free);
  exchange->task = g_object_ref (task);
  exchange->request = cb_request_ref (request);
  exchange->timers = cb_virtual_time_get_timers (self->time);
  exchange->reply = cb_reply_new ();
  exchange->reply->epoch = g_strdup ("0123456789abcdef0123456789abcdef");
  exchange->reply->elapsed_us = self->latency_us;
  if (is_to_wait (self, request))
    {
      g_ptr_array_add (self->waiting, exchange);
      arrive_in (exchange, self->wait_s * G_USEC_PER_SEC, on_time_up);
    }
  else
    {
      answer (self, request, exchange->reply, &exchange->error);
      arrive_in (exchange, self->latency_us, on_arrived);
    }
  if (cancellable != NULL)
    exchange->handler =
      g_signal_connect (cancellable, "cancelled", G_CALLBACK (on_cancelled), exchange);
}

static gboolean
send_finish (GObject *sender, GAsyncResult *result, CbReply **reply, GError **error)
{
  Exchange *exchange = g_task_get_task_data (G_TASK (result));

  g_assert_true (g_task_is_valid (result, sender));
  if (reply != NULL)
    *reply = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return FALSE;

  if (reply != NULL)
    *reply = g_steal_pointer (&exchange->reply);
  if (exchange->error == NULL)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&exchange->error));

  return FALSE;
}

const CbSendPort cb_model_service_port = {
  .send_async = send_async,
  .send_finish = send_finish,
};

/* --- for the test --- */

CbEnrolment *
cb_model_service_make_enrolment (CbModelService *self)
{
  guint8 secret_key[crypto_sign_SECRETKEYBYTES] = { 0 };
  g_autoptr (GBytes) key = NULL;
  g_autoptr (GBytes) order_key = cb_model_orders_begin (&self->orders);
  CbEnrolmentFields fields = { .service_url = URL, .store_name = "Hanover Square" };

  crypto_sign_keypair (self->public_key, secret_key);
  g_free (self->terminal);
  self->terminal = cb_id_new ();

  key = g_bytes_new (secret_key, sizeof secret_key);
  fields.terminal_id = self->terminal;
  fields.incarnation = "00000000000000000000000000000001";
  fields.secret_key = key;
  fields.order_key = order_key;

  return cb_enrolment_new (&fields);
}

void
cb_model_service_order_wipe (CbModelService *self, CbModelOrder order)
{
  cb_model_orders_wipe (&self->orders, self->terminal, order);
}

void
cb_model_service_set_latency_us (CbModelService *self, gint64 latency_us)
{
  self->latency_us = latency_us;
}

void
cb_model_service_set_limits (CbModelService *self, guint max_ops, gsize max_bytes)
{
  self->max_ops = max_ops;
  self->max_bytes = max_bytes;
}

void
cb_model_service_set_hidden_max_bytes (CbModelService *self, gsize max_bytes)
{
  self->hidden_max_bytes = max_bytes;
}

void
cb_model_service_set_takes_gzip (CbModelService *self, gboolean takes_gzip)
{
  self->takes_gzip = takes_gzip;
}

void
cb_model_service_set_schema (CbModelService *self, guint min, guint max)
{
  self->schema_min = min;
  self->schema_max = max;
}

void
cb_model_service_forget_tokens (CbModelService *self)
{
  g_clear_pointer (&self->token, g_free);
}

void
cb_model_service_fail_next (CbModelService *self,
                            CbCall call,
                            guint n,
                            CbTransportError error,
                            gint64 retry_after_us)
{
  self->failures[call] = (Failure){ .n = n, .error = error, .retry_after_us = retry_after_us };
}

void
cb_model_service_set_is_stranger (CbModelService *self, gboolean is_stranger)
{
  self->is_stranger = is_stranger;
}

void
cb_model_service_set_is_absent (CbModelService *self, gboolean is_absent)
{
  self->is_absent = is_absent;
}

void
cb_model_service_cut_next (CbModelService *self, guint n, int n_acks, gboolean is_silent_cut)
{
  self->n_cuts = n;
  self->cut_after_acks = n_acks;
  self->is_silent_cut = is_silent_cut;
}

void
cb_model_service_poison (CbModelService *self, const char *op_id, CbTransportError error)
{
  g_hash_table_insert (self->poison, g_strdup (op_id), GUINT_TO_POINTER ((guint) error + 1));
}

void
cb_model_service_answer (CbModelService *self, const char *op_id, const char *line)
{
  g_hash_table_insert (self->answers, g_strdup (op_id), g_strdup (line));
}

guint
cb_model_service_count (CbModelService *self, CbCall call)
{
  return self->counts[call];
}

guint
cb_model_service_count_all (CbModelService *self)
{
  guint n = 0;

  for (guint i = 0; i < CB_N_CALLS; i++)
    n += self->counts[i];

  return n;
}

guint
cb_model_service_count_effects (CbModelService *self, const char *op_id)
{
  guint n = 0;

  for (guint i = 0; i < self->order->len; i++)
    n += g_str_equal (g_ptr_array_index (self->order, i), op_id);

  return n;
}

guint
cb_model_service_count_applied (CbModelService *self)
{
  return self->order->len;
}

GPtrArray *
cb_model_service_get_order (CbModelService *self)
{
  return self->order;
}

gsize
cb_model_service_get_last_push_bytes (CbModelService *self)
{
  return self->last_push_bytes;
}

guint
cb_model_service_get_last_push_ops (CbModelService *self)
{
  return self->last_push_ops;
}

gboolean
cb_model_service_was_last_push_packed (CbModelService *self)
{
  return self->was_last_push_packed;
}

gsize
cb_model_service_get_largest_push_bytes (CbModelService *self)
{
  return self->largest_push_bytes;
}

static void
cb_model_service_finalize (GObject *object)
{
  CbModelService *self = CB_MODEL_SERVICE (object);

  g_free (self->terminal);
  cb_model_orders_clear (&self->orders);
  g_free (self->nonce);
  g_free (self->token);
  g_hash_table_unref (self->poison);
  g_hash_table_unref (self->answers);
  g_hash_table_unref (self->effects);
  g_ptr_array_unref (self->order);
  g_ptr_array_unref (self->waiting);

  G_OBJECT_CLASS (cb_model_service_parent_class)->finalize (object);
}

static void
cb_model_service_class_init (CbModelServiceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cb_model_service_finalize;
}

static void
cb_model_service_init (CbModelService *self)
{
  self->latency_us = 20000;
  self->max_ops = 500;
  self->max_bytes = 1048576;
  self->hidden_max_bytes = G_MAXSIZE;
  self->takes_gzip = TRUE;
  self->schema_min = 1;
  self->schema_max = 1;
  self->poison = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->answers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->effects = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->order = g_ptr_array_new_with_free_func (g_free);
  self->waiting = g_ptr_array_new ();
}

CbModelService *
cb_model_service_new (CbVirtualTime *time)
{
  CbModelService *self = g_object_new (CB_TYPE_MODEL_SERVICE, NULL);

  self->time = time;

  return self;
}

/* --- what it tells --- */

void
cb_model_service_tell (CbModelService *self, guint poll_s, guint per_page)
{
  self->poll_s = poll_s;
  self->per_page = per_page;
}

gboolean
cb_model_service_tells (CbModelService *self)
{
  return self->poll_s > 0;
}

void
cb_model_service_erase_more (CbModelService *self, guint n)
{
  self->n_erased += n;
  wake_waiting (self);
}

void
cb_model_service_offer_waiting (CbModelService *self, guint wait_s, gboolean has_room)
{
  self->wait_s = wait_s;
  self->has_room = has_room;
}

void
cb_model_service_say_arrived (CbModelService *self)
{
  self->has_arrived = TRUE;
  wake_waiting (self);
}

guint
cb_model_service_count_waiting (CbModelService *self)
{
  return self->waiting->len;
}

void
cb_model_service_begin_history (CbModelService *self, gboolean for_ever)
{
  self->history++;
  self->is_forgetful = for_ever;
}

void
cb_model_service_garble_next (CbModelService *self, guint n)
{
  self->n_garbled = n;
}
