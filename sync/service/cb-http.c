/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "service/cb-http.h"

#include "base/cb-error.h"
#include "service/cb-request.h"
#include "wire/cb-limits.h"

#include <libsoup/soup.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

#define CONTEXT_KEY "cb-request-context"
#define SERVER_KEY "cb-http"
#define STOP_TIMEOUT_MS 5000
#define IDLE_TIMEOUT_S 30 /* a connection on which nothing moves */
#define REQUEST_TIMEOUT_US (300 * G_USEC_PER_SEC)
#define SWEEP_INTERVAL_S 10
#define SCRUB_DELAY_MS 20
#define SCRUB_RETRY_MS 500
#define REWRITE_IDLE_MS 1000

struct _CbHttp
{
  SoupServer *server;
  CbService *service;
  GHashTable *under_way; /* the messages whose head has come and whose answer has not gone */
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

  if (g_hash_table_size (self->under_way) > 0 || !cb_service_wants_rewrite (self->service))
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
  GSocket *socket = soup_server_message_get_socket (message);

  /* Here, so that what libsoup answers by itself carries it too. */
  soup_message_headers_replace (soup_server_message_get_response_headers (message), CB_HEADER_EPOCH,
                                epoch);
  if (socket != NULL)
    g_socket_set_timeout (socket, IDLE_TIMEOUT_S);
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
  log_request (request);
  g_hash_table_remove (self->under_way, message);
  plan_scrub (self);
  finish_if_stopping (self);
}

/* --- cutting --- */

/* The answer as libsoup would write it, had it not first to read a body that nobody wants. */
static GString *
write_answer (CbHttp *self, SoupServerMessage *message)
{
  const guint status = soup_server_message_get_status (message);
  g_autoptr (GBytes) body =
    soup_message_body_flatten (soup_server_message_get_response_body (message));
  GString *text = g_string_new (NULL);

  g_string_append_printf (text,
                          "HTTP/1.1 %u %s\r\n" CB_HEADER_EPOCH
                          ": %s\r\nContent-Type: %s\r\n"
                          "Content-Length: %" G_GSIZE_FORMAT "\r\nConnection: close\r\n\r\n",
                          status, soup_status_get_phrase (status),
                          cb_service_get_identity (self->service)->epoch, CB_MEDIA_JSON,
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
on_head (SoupServer *server,
         SoupServerMessage *message,
         const char *path,
         GHashTable *query,
         gpointer data)
{
  CbHttp *self = data;
  CbRequestContext *request = cb_request_context_new (self->service, message);

  g_object_set_data_full (G_OBJECT (message), CONTEXT_KEY, request,
                          (GDestroyNotify) cb_request_context_free);
  g_object_set_data (G_OBJECT (message), SERVER_KEY, self);
  g_hash_table_add (self->under_way, g_object_ref (message));
  g_signal_connect (message, "got-chunk", G_CALLBACK (on_got_chunk), request);
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
  if (cb_request_take_body (request, body))
    request->route->endpoint (request);
}

/* --- the server --- */

CbHttp *
cb_http_new (CbService *service)
{
  CbHttp *self = g_new0 (CbHttp, 1);

  self->service = service;
  self->under_way = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
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
  g_signal_handlers_disconnect_by_data (self->server, self);
  soup_server_disconnect (self->server);
  g_hash_table_unref (self->under_way);
  g_object_unref (self->server);
  g_free (self);
}

/* The kernel keeps back a connection on which nobody has spoken yet, for libsoup would wait for it
 * as long as it stands. Where it is not to be had, that is no reason not to listen. */
static void
defer_accepting (CbHttp *self)
{
  GSList *sockets = soup_server_get_listeners (self->server);

  for (GSList *next = sockets; next != NULL; next = next->next)
    g_socket_set_option (next->data, IPPROTO_TCP, TCP_DEFER_ACCEPT, IDLE_TIMEOUT_S, NULL);
  g_slist_free (sockets);
}

gboolean
cb_http_listen (CbHttp *self, GSocketAddress *address, GTlsCertificate *certificate, GError **error)
{
  SoupServerListenOptions options = 0;

  if (certificate != NULL)
    {
      soup_server_set_tls_certificate (self->server, certificate);
      options = SOUP_SERVER_LISTEN_HTTPS;
    }
  if (!soup_server_listen (self->server, address, options, error))
    return FALSE;
  defer_accepting (self);
  return TRUE;
}

char *
cb_http_dup_uri (CbHttp *self)
{
  GSList *uris = soup_server_get_uris (self->server);
  char *text = uris != NULL ? g_uri_to_string (uris->data) : NULL;

  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  if (text != NULL && g_str_has_suffix (text, "/"))
    text[strlen (text) - 1] = '\0';
  return text;
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

void
cb_http_stop (CbHttp *self, GSourceFunc done, gpointer data)
{
  soup_server_disconnect (self->server);
  self->on_stopped = done;
  self->stopped_data = data;
  self->stop_id = g_timeout_add (STOP_TIMEOUT_MS, on_stop_timeout, self);
  finish_if_stopping (self);
}
