/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "service/cb-http.h"

#include "base/cb-error.h"
#include "service/cb-listener.h"
#include "service/cb-request.h"
#include "wire/cb-limits.h"

#include <libsoup/soup.h>
#include <string.h>

#define CONTEXT_KEY "cb-request-context"
#define SERVER_KEY "cb-http"
#define DEPTH_KEY "cb-depth"
#define MAX_DEPTH 64
#define STOP_TIMEOUT_MS 5000
#define REQUEST_TIMEOUT_US (300 * G_USEC_PER_SEC)
#define SWEEP_INTERVAL_S 10
#define SCRUB_DELAY_MS 20
#define SCRUB_RETRY_MS 500
#define REWRITE_IDLE_MS 1000

/* Of each key. */
#define RATE_PER_SECOND 100
#define RATE_BURST 200

struct _CbHttp
{
  SoupServer *server;
  CbListener *listener;
  CbService *service;
  GHashTable *under_way; /* the messages whose head has come and whose answer has not gone */
  GPtrArray *passages;
  CbRate *rate; /* of the retailer's other systems */
  CbMeter *meter;
  CbWaits *waits;
  guint scrub_id;
  guint rewrite_id;
  guint sweep_id;
  guint stop_id;
  GSourceFunc on_stopped;
  gpointer stopped_data;
};

/* --- deleting for good --- */

static void
report_unless_busy (const GError *error)
{
  if (!g_error_matches (error, CB_STORE_ERROR, CB_STORE_ERROR_BUSY))
    g_message ("deleted rows still stand in the files: %s", error->message);
}

static gboolean
on_rewrite_due (gpointer data)
{
  CbHttp *self = data;
  g_autoptr (GError) error = NULL;

  if (g_hash_table_size (self->under_way) > cb_waits_count (self->waits) ||
      !cb_service_wants_rewrite (self->service))
    {
      self->rewrite_id = 0;
      return G_SOURCE_REMOVE;
    }
  if (!cb_service_rewrite (self->service, &error))
    {
      report_unless_busy (error);
      return G_SOURCE_CONTINUE;
    }
  self->rewrite_id = 0;
  return G_SOURCE_REMOVE;
}

/* Put off by every request, for it holds them up. */
static void
plan_rewrite (CbHttp *self)
{
  g_clear_handle_id (&self->rewrite_id, g_source_remove);
  if (cb_service_wants_rewrite (self->service))
    self->rewrite_id = g_timeout_add (REWRITE_IDLE_MS, on_rewrite_due, self);
}

static gboolean
on_scrub_due (gpointer data)
{
  CbHttp *self = data;
  g_autoptr (GError) error = NULL;

  self->scrub_id = 0;
  if (cb_service_scrub (self->service, &error))
    return G_SOURCE_REMOVE;

  report_unless_busy (error);
  self->scrub_id = g_timeout_add (SCRUB_RETRY_MS, on_scrub_due, self);
  return G_SOURCE_REMOVE;
}

static void
plan_scrub (CbHttp *self)
{
  if (self->scrub_id == 0 && cb_service_wants_scrub (self->service))
    self->scrub_id = g_timeout_add (SCRUB_DELAY_MS, on_scrub_due, self);
  plan_rewrite (self);
}

/* --- the log --- */

/* The path is the template: an id in the log would say which terminal called when. */
static void
log_request (CbRequestContext *request)
{
  const char *method = soup_server_message_get_method (request->message);
  const char *path = request->route != NULL ? request->route->path : "-";
  const guint status = soup_server_message_get_status (request->message);
  const double ms = (double) (g_get_monotonic_time () - request->started_us) / 1000.0;

  g_log_structured (G_LOG_DOMAIN, G_LOG_LEVEL_INFO, "COUNTERBOOK_PATH", path, "MESSAGE",
                    "%s %s %u ops=%u ms=%.1f", request->route != NULL ? method : "-", path, status,
                    request->n_ops, ms);
}

/* Likewise; and a method that no route has could be any word. */
static void
note_request (CbHttp *self, CbRequestContext *request)
{
  const gboolean is_known = request->route != NULL;
  const CbMeterRequest done = {
    .method = is_known ? request->route->method : "-",
    .route = is_known ? request->route->path : "-",
    .status = soup_server_message_get_status (request->message),
    .us = g_get_monotonic_time () - request->started_us,
  };

  log_request (request);
  cb_meter_note (self->meter, &done);
}

/* --- requests --- */

static CbRequestContext *
get_context (SoupServerMessage *message)
{
  return g_object_get_data (G_OBJECT (message), CONTEXT_KEY);
}

static void
on_request_started (SoupServer *server, SoupServerMessage *message, gpointer data)
{
  CbHttp *self = data;
  const char *epoch = cb_service_get_identity (self->service)->epoch;

  /* Here, so that what libsoup answers by itself carries it too. */
  soup_message_headers_replace (soup_server_message_get_response_headers (message), CB_HEADER_EPOCH,
                                epoch);
}

static void
finish_if_stopping (CbHttp *self)
{
  GSourceFunc on_stopped = self->on_stopped;

  if (on_stopped == NULL || g_hash_table_size (self->under_way) > 0)
    return;
  self->on_stopped = NULL;
  g_clear_handle_id (&self->stop_id, g_source_remove);
  on_stopped (self->stopped_data);
}

static void
on_request_ended (SoupServer *server, SoupServerMessage *message, gpointer data)
{
  CbHttp *self = data;
  CbRequestContext *request = get_context (message);

  if (request == NULL)
    return;
  note_request (self, request);
  cb_waits_drop (self->waits, message);
  if (soup_server_message_get_method (message) != SOUP_METHOD_GET)
    cb_waits_wake (self->waits);
  g_hash_table_remove (self->under_way, message);
  plan_scrub (self);
  finish_if_stopping (self);
}

/* --- connections --- */

/* libsoup sees every request as a connection of its own, and does not keep one for the next. */
static void
on_accepted (GIOStream *stream, gpointer data)
{
  CbHttp *self = data;

  soup_server_accept_iostream (self->server, stream, cb_listener_get_local (stream),
                               cb_listener_get_remote (stream), NULL);
}

/* A stream on its way from one request to the next. */
typedef struct
{
  CbHttp *http;
  GIOStream *stream; /* the listener's */
  GIOStream *read;   /* libsoup's around it */
  gboolean is_ahead; /* which may have read more than the request */
  guint source_id;
} Passage;

static void
passage_free (gpointer data)
{
  Passage *passage = data;

  g_clear_handle_id (&passage->source_id, g_source_remove);
  g_object_unref (passage->stream);
  g_object_unref (passage->read);
  g_free (passage);
}

static gboolean
is_readable (GIOStream *stream)
{
  return g_pollable_input_stream_is_readable (
    G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (stream)));
}

static guint
get_depth (GIOStream *stream)
{
  return GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (stream), DEPTH_KEY));
}

static void
set_depth (GIOStream *stream, guint depth)
{
  g_object_set_data (G_OBJECT (stream), DEPTH_KEY, GUINT_TO_POINTER (depth));
}

/* What libsoup has read ahead is only in its own stream, so where there may be something that
 * stream goes on. Somebody who always sends before the answer has left piles up such streams: that
 * ends. */
static void
pass_on (CbHttp *self, Passage *passage)
{
  const guint depth = get_depth (passage->stream);

  if (!passage->is_ahead)
    {
      set_depth (passage->stream, 0);
      cb_listener_take_back (self->listener, passage->stream);
    }
  else if (depth < MAX_DEPTH)
    {
      set_depth (passage->stream, depth + 1);
      soup_server_accept_iostream (self->server, passage->read,
                                   cb_listener_get_local (passage->stream),
                                   cb_listener_get_remote (passage->stream), NULL);
    }
}

static gboolean
on_passage_due (gpointer data)
{
  Passage *passage = data;
  CbHttp *self = passage->http;

  passage->source_id = 0;
  if (self->listener != NULL)
    pass_on (self, passage);
  g_ptr_array_remove_fast (self->passages, passage);
  return G_SOURCE_REMOVE;
}

/* Does the connection live on behind this request? Only if all of it was read. */
static gboolean
is_kept_alive (CbRequestContext *request)
{
  return request->is_whole &&
         soup_server_message_get_http_version (request->message) == SOUP_HTTP_1_1 &&
         !soup_message_headers_header_contains (
           soup_server_message_get_request_headers (request->message), "Connection", "close");
}

/* The answer has gone. The stream is taken from libsoup, which would lose it. */
static void
on_wrote_body (SoupServerMessage *message, gpointer data)
{
  CbHttp *self = data;
  CbRequestContext *request = get_context (message);
  GIOStream *stream = cb_listener_find (soup_server_message_get_remote_address (message));
  Passage *passage = NULL;

  if (self->listener == NULL || stream == NULL || !is_kept_alive (request))
    return;
  passage = g_new0 (Passage, 1);
  passage->http = self;
  passage->stream = g_object_ref (stream);
  passage->read = soup_server_message_steal_connection (message);
  passage->is_ahead = is_readable (passage->read);
  passage->source_id = g_idle_add_full (G_PRIORITY_DEFAULT, on_passage_due, passage, NULL);
  g_ptr_array_add (self->passages, passage);
  on_request_ended (self->server, message, self);
}

/* --- cutting --- */

/* The answer as libsoup would write it, had it not first to read a body that nobody wants. */
static GString *
write_answer (CbHttp *self, SoupServerMessage *message)
{
  const guint status = soup_server_message_get_status (message);
  g_autoptr (GBytes) body =
    soup_message_body_flatten (soup_server_message_get_response_body (message));
  const char *digest = soup_message_headers_get_one (
    soup_server_message_get_response_headers (message), CB_HEADER_DIGEST);
  GString *text = g_string_new (NULL);

  g_string_append_printf (text,
                          "HTTP/1.1 %u %s\r\n" CB_HEADER_EPOCH ": %s\r\n" CB_HEADER_DIGEST
                          ": %s\r\nContent-Type: %s\r\n"
                          "Content-Length: %" G_GSIZE_FORMAT "\r\nConnection: close\r\n\r\n",
                          status, soup_status_get_phrase (status),
                          cb_service_get_identity (self->service)->epoch, digest, CB_MEDIA_JSON,
                          g_bytes_get_size (body));
  g_string_append_len (text, g_bytes_get_data (body, NULL), (gssize) g_bytes_get_size (body));
  return text;
}

/* A few hundred bytes fit into the socket's buffer, so writing them does not wait. */
static void
cut (CbHttp *self, SoupServerMessage *message)
{
  g_autoptr (SoupServerMessage) kept = g_object_ref (message);
  CbRequestContext *request = get_context (message);
  GString *answer = request->is_answered ? write_answer (self, message) : NULL;
  g_autoptr (GIOStream) stream = soup_server_message_steal_connection (message);

  if (stream != NULL && answer != NULL)
    g_output_stream_write_all (g_io_stream_get_output_stream (stream), answer->str, answer->len,
                               NULL, NULL, NULL);
  if (stream != NULL)
    g_io_stream_close (stream, NULL, NULL);
  if (answer != NULL)
    g_string_free (answer, TRUE);
  on_request_ended (self->server, message, self);
}

static gboolean
on_cut_due (gpointer data)
{
  SoupServerMessage *message = data;
  CbHttp *self = g_object_get_data (G_OBJECT (message), SERVER_KEY);

  if (self != NULL && g_hash_table_contains (self->under_way, message))
    cut (self, message);
  return G_SOURCE_REMOVE;
}

/* Not from inside libsoup's reading, which goes on with what is cut here. */
static void
plan_cut (CbRequestContext *request)
{
  request->is_cut = TRUE;
  soup_server_message_pause (request->message);
  g_idle_add_full (G_PRIORITY_DEFAULT, on_cut_due, g_object_ref (request->message), g_object_unref);
}

static gboolean
on_sweep_due (gpointer data)
{
  CbHttp *self = data;
  g_autofree gpointer *messages = g_hash_table_get_keys_as_array (self->under_way, NULL);
  const gint64 now_us = g_get_monotonic_time ();

  for (guint i = 0; messages[i] != NULL; i++)
    {
      CbRequestContext *request = get_context (messages[i]);

      if (now_us - request->started_us > REQUEST_TIMEOUT_US)
        cut (self, messages[i]);
    }
  return G_SOURCE_CONTINUE;
}

/* --- the parts of a request --- */

/* A body without a length is counted as it comes; what is too much is not kept. */
static void
on_got_chunk (SoupServerMessage *message, GBytes *chunk, gpointer data)
{
  CbRequestContext *request = data;

  request->received += g_bytes_get_size (chunk);
  if (request->received > CB_REQUEST_DRAIN_LIMIT && !request->is_cut)
    plan_cut (request);
  if (request->is_answered || request->is_over_limit || request->received <= request->route->limit)
    return;

  request->is_over_limit = TRUE;
  soup_message_body_set_accumulate (soup_server_message_get_request_body (message), FALSE);
}

static void
on_got_body (SoupServerMessage *message, gpointer data)
{
  CbRequestContext *request = data;

  request->is_whole = TRUE;
}

static void
on_head (SoupServer *server,
         SoupServerMessage *message,
         const char *path,
         GHashTable *query,
         gpointer data)
{
  CbHttp *self = data;
  CbRequestContext *request =
    cb_request_context_new (self->service, self->rate, self->meter, self->waits, message);

  g_object_set_data_full (G_OBJECT (message), CONTEXT_KEY, request,
                          (GDestroyNotify) cb_request_context_free);
  g_object_set_data (G_OBJECT (message), SERVER_KEY, self);
  g_hash_table_add (self->under_way, g_object_ref (message));
  g_signal_connect (message, "got-chunk", G_CALLBACK (on_got_chunk), request);
  g_signal_connect (message, "got-body", G_CALLBACK (on_got_body), request);
  g_signal_connect (message, "wrote-body", G_CALLBACK (on_wrote_body), self);
  cb_meter_set_load (self->meter, self->listener != NULL ? cb_listener_count (self->listener) : 0,
                     g_hash_table_size (self->under_way));
  if (cb_request_admit (request, path))
    return;

  soup_message_body_set_accumulate (soup_server_message_get_request_body (message), FALSE);
  if (request->is_cut)
    plan_cut (request);
}

static void
on_request (SoupServer *server,
            SoupServerMessage *message,
            const char *path,
            GHashTable *query,
            gpointer data)
{
  CbRequestContext *request = get_context (message);
  g_autoptr (GBytes) body = NULL;

  if (request == NULL || request->is_answered)
    return;
  body = soup_message_body_flatten (soup_server_message_get_request_body (message));
  if (!cb_request_take_body (request, body))
    return;
  request->query = query;
  request->route->endpoint (request);
  request->query = NULL;
}

/* --- the server --- */

CbHttp *
cb_http_new (CbService *service)
{
  CbHttp *self = g_new0 (CbHttp, 1);

  self->service = service;
  self->under_way = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
  self->passages = g_ptr_array_new_with_free_func (passage_free);
  self->rate = cb_rate_new (RATE_PER_SECOND, RATE_BURST);
  self->meter = cb_meter_new ();
  self->waits = cb_waits_new ();
  self->sweep_id = g_timeout_add_seconds (SWEEP_INTERVAL_S, on_sweep_due, self);
  self->server = soup_server_new ("server-header", NULL, NULL);
  soup_server_add_early_handler (self->server, NULL, on_head, self, NULL);
  soup_server_add_handler (self->server, NULL, on_request, self, NULL);
  g_signal_connect (self->server, "request-started", G_CALLBACK (on_request_started), self);
  g_signal_connect (self->server, "request-finished", G_CALLBACK (on_request_ended), self);
  g_signal_connect (self->server, "request-aborted", G_CALLBACK (on_request_ended), self);
  plan_scrub (self);
  return self;
}

void
cb_http_free (CbHttp *self)
{
  g_clear_handle_id (&self->scrub_id, g_source_remove);
  g_clear_handle_id (&self->rewrite_id, g_source_remove);
  g_clear_handle_id (&self->stop_id, g_source_remove);
  g_clear_handle_id (&self->sweep_id, g_source_remove);
  g_clear_pointer (&self->listener, cb_listener_free);
  g_signal_handlers_disconnect_by_data (self->server, self);
  soup_server_disconnect (self->server);
  cb_waits_free (self->waits);
  g_ptr_array_unref (self->passages);
  g_hash_table_unref (self->under_way);
  g_object_unref (self->server);
  cb_rate_free (self->rate);
  cb_meter_free (self->meter);
  g_free (self);
}

gboolean
cb_http_listen (CbHttp *self, GSocketAddress *address, GTlsCertificate *certificate, GError **error)
{
  self->listener = cb_listener_new (address, certificate, on_accepted, self, error);
  return self->listener != NULL;
}

char *
cb_http_dup_uri (CbHttp *self)
{
  return cb_listener_dup_uri (self->listener);
}

static gboolean
on_stop_timeout (gpointer data)
{
  CbHttp *self = data;

  self->stop_id = 0;
  g_hash_table_remove_all (self->under_way);
  finish_if_stopping (self);
  return G_SOURCE_REMOVE;
}

/* Nobody new comes, and no request behind this one. libsoup is disconnected when all is answered,
 * for it cuts off who is paused. */
void
cb_http_stop (CbHttp *self, GSourceFunc done, gpointer data)
{
  g_clear_pointer (&self->listener, cb_listener_free);
  self->on_stopped = done;
  self->stopped_data = data;
  self->stop_id = g_timeout_add (STOP_TIMEOUT_MS, on_stop_timeout, self);
  cb_waits_close (self->waits);
  finish_if_stopping (self);
}
