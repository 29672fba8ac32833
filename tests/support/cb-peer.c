/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "support/cb-peer.h"

#include <string.h>
#include <sys/socket.h>

#define HEAD_LIMIT (64 * 1024)

struct _CbPeer
{
  GSocketListener *listener;
  GTlsCertificate *certificate;
  GCancellable *stop;
  GThread *thread;
  char *url;
  guint16 port;

  /* Guarded by mutex. */
  GMutex mutex;
  GPtrArray *script;   /* of CbPeerReply */
  GPtrArray *requests; /* of CbPeerRequest */
  GPtrArray *threads;  /* of GThread, one a connection */
  GPtrArray *sockets;  /* of GSocket, one a connection */
  guint next;
  CbPeerTeller teller;
  gpointer teller_data;
  CbPeerReply told;
};

typedef struct
{
  CbPeer *peer;
  GSocketConnection *connection;
} Visit;

static void
reply_free (CbPeerReply *reply)
{
  g_free ((char *) reply->status);
  g_free ((char *) reply->headers);
  g_free ((char *) reply->body);
  g_free (reply);
}

static void
request_free (CbPeerRequest *request)
{
  g_free (request->method);
  g_free (request->path);
  g_free (request->headers);
  g_clear_pointer (&request->body, g_bytes_unref);
  g_free (request);
}

/* --- reading a request --- */

/* Up to the empty line, byte by byte: this is a test's peer, not a fast one. */
static char *
read_head (CbPeer *self, GInputStream *input)
{
  g_autoptr (GString) head = g_string_new (NULL);
  char byte = 0;

  while (head->len < HEAD_LIMIT)
    {
      if (g_input_stream_read (input, &byte, 1, NULL, NULL) != 1)
        return NULL;

      g_string_append_c (head, byte);
      if (g_str_has_suffix (head->str, "\r\n\r\n"))
        return g_string_free (g_steal_pointer (&head), FALSE);
    }

  return NULL;
}

static GBytes *
read_body (CbPeer *self, GInputStream *input, const CbPeerRequest *request)
{
  g_autofree char *length_text = cb_peer_request_dup_header (request, "Content-Length");
  const gsize length = length_text != NULL ? (gsize) g_ascii_strtoull (length_text, NULL, 10) : 0;
  g_autofree guint8 *bytes = g_malloc (length + 1);
  gsize got = 0;

  if (!g_input_stream_read_all (input, bytes, length, &got, NULL, NULL) || got != length)
    return NULL;

  return g_bytes_new_take (g_steal_pointer (&bytes), length);
}

/* NULL at the end of the connection. */
static CbPeerRequest *
read_request (CbPeer *self, GInputStream *input)
{
  g_autofree char *head = read_head (self, input);
  g_auto (GStrv) words = NULL;
  CbPeerRequest *request = NULL;

  if (head == NULL)
    return NULL;

  words = g_strsplit (head, " ", 3);
  if (g_strv_length (words) != 3)
    return NULL;

  request = g_new0 (CbPeerRequest, 1);
  request->method = g_strdup (words[0]);
  request->path = g_strdup (words[1]);
  request->headers = g_steal_pointer (&head);
  request->body = read_body (self, input, request);
  if (request->body == NULL)
    g_clear_pointer (&request, request_free);

  return request;
}

/* --- answering --- */

static GBytes *
compose (const CbPeerReply *reply)
{
  g_autoptr (GByteArray) whole = g_byte_array_new ();
  const gsize length =
    reply->length > 0 ? reply->length : (reply->body != NULL ? strlen (reply->body) : 0);

  if (reply->status != NULL)
    {
      g_autofree char *head =
        g_strdup_printf ("HTTP/1.1 %s\r\n%sContent-Length: %" G_GSIZE_FORMAT "\r\n%s\r\n",
                         reply->status, reply->headers != NULL ? reply->headers : "", length,
                         reply->close ? "Connection: close\r\n" : "");

      g_byte_array_append (whole, (const guint8 *) head, (guint) strlen (head));
    }

  if (length > 0)
    g_byte_array_append (whole, (const guint8 *) reply->body, (guint) length);

  return g_byte_array_free_to_bytes (g_steal_pointer (&whole));
}

/* FALSE once the peer is being freed. */
static gboolean
rest (CbPeer *self, guint milliseconds)
{
  const gint64 until = g_get_monotonic_time () + milliseconds * G_GINT64_CONSTANT (1000);

  while (g_get_monotonic_time () < until)
    {
      if (g_cancellable_is_cancelled (self->stop))
        return FALSE;
      g_usleep (1000);
    }

  return TRUE;
}

/* TRUE when the connection stays open. */
static gboolean
answer (CbPeer *self, const CbPeerReply *reply, GOutputStream *output)
{
  g_autoptr (GBytes) whole = compose (reply);
  gsize length = 0;
  const guint8 *bytes = g_bytes_get_data (whole, &length);
  const gboolean is_cut = reply->cut_after > 0 && reply->cut_after < length;

  if (is_cut)
    length = reply->cut_after;

  if (!rest (self, reply->delay_ms))
    return FALSE;

  if (reply->drip_ms == 0)
    {
      if (!g_output_stream_write_all (output, bytes, length, NULL, NULL, NULL))
        return FALSE;
    }
  else
    for (gsize i = 0; i < length; i++)
      if (!g_output_stream_write_all (output, bytes + i, 1, NULL, NULL, NULL) ||
          !rest (self, reply->drip_ms))
        return FALSE;

  return !is_cut && !reply->close && !reply->reset && reply->status != NULL;
}

static void
prepare_reset (GSocketConnection *connection)
{
  const struct linger at_once = { .l_onoff = 1, .l_linger = 0 };
  GSocket *socket = g_socket_connection_get_socket (connection);

  setsockopt (g_socket_get_fd (socket), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

static const CbPeerReply *
next_reply (CbPeer *self, CbPeerRequest *request)
{
  const CbPeerReply *reply = NULL;

  g_mutex_lock (&self->mutex);
  g_ptr_array_add (self->requests, request);
  if (self->teller != NULL)
    {
      self->told = (CbPeerReply){ 0 };
      self->teller (request, &self->told, self->teller_data);
      reply = &self->told;
    }
  else if (self->script->len > 0)
    {
      reply = g_ptr_array_index (self->script, MIN (self->next, self->script->len - 1));
      self->next++;
    }
  g_mutex_unlock (&self->mutex);

  return reply;
}

static void
serve (CbPeer *self, GIOStream *stream, GSocketConnection *connection)
{
  g_autoptr (GInputStream) input =
    g_buffered_input_stream_new (g_io_stream_get_input_stream (stream));
  GOutputStream *output = g_io_stream_get_output_stream (stream);
  CbPeerRequest *request = NULL;

  g_filter_input_stream_set_close_base_stream (G_FILTER_INPUT_STREAM (input), FALSE);
  while ((request = read_request (self, input)) != NULL)
    {
      const CbPeerReply *reply = next_reply (self, request);

      if (reply == NULL)
        return;

      if (!answer (self, reply, output))
        {
          if (reply->reset)
            prepare_reset (connection);
          return;
        }
    }
}

static gpointer
visit_thread (gpointer data)
{
  g_autofree Visit *visit = data;
  g_autoptr (GSocketConnection) connection = visit->connection;
  g_autoptr (GIOStream) stream = g_object_ref (G_IO_STREAM (connection));
  CbPeer *self = visit->peer;

  if (self->certificate != NULL)
    {
      GIOStream *secure = g_tls_server_connection_new (stream, self->certificate, NULL);

      g_assert_nonnull (secure);
      g_object_unref (stream);
      stream = secure;
      if (!g_tls_connection_handshake (G_TLS_CONNECTION (stream), NULL, NULL))
        {
          g_io_stream_close (G_IO_STREAM (connection), NULL, NULL);
          return NULL;
        }
    }

  serve (self, stream, connection);
  g_io_stream_close (stream, NULL, NULL);

  return NULL;
}

static gpointer
accept_thread (gpointer data)
{
  CbPeer *self = data;

  while (TRUE)
    {
      GSocketConnection *connection =
        g_socket_listener_accept (self->listener, NULL, self->stop, NULL);
      Visit *visit = NULL;

      if (connection == NULL)
        return NULL;

      visit = g_new0 (Visit, 1);
      visit->peer = self;
      visit->connection = connection;

      g_mutex_lock (&self->mutex);
      g_ptr_array_add (self->sockets, g_object_ref (g_socket_connection_get_socket (connection)));
      g_ptr_array_add (self->threads, g_thread_new ("cb-peer", visit_thread, visit));
      g_mutex_unlock (&self->mutex);
    }
}

/* --- public --- */

CbPeer *
cb_peer_new (GTlsCertificate *certificate)
{
  CbPeer *self = g_new0 (CbPeer, 1);
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any_port = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (GError) error = NULL;

  g_mutex_init (&self->mutex);
  self->script = g_ptr_array_new_with_free_func ((GDestroyNotify) reply_free);
  self->requests = g_ptr_array_new_with_free_func ((GDestroyNotify) request_free);
  self->threads = g_ptr_array_new ();
  self->sockets = g_ptr_array_new_with_free_func (g_object_unref);
  self->stop = g_cancellable_new ();
  g_set_object (&self->certificate, certificate);

  self->listener = g_socket_listener_new ();
  g_socket_listener_add_address (self->listener, any_port, G_SOCKET_TYPE_STREAM,
                                 G_SOCKET_PROTOCOL_TCP, NULL, &bound, &error);
  g_assert_no_error (error);

  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  self->url = g_strdup_printf (certificate != NULL ? "https://localhost:%u" : "http://127.0.0.1:%u",
                               self->port);
  self->thread = g_thread_new ("cb-peer", accept_thread, self);

  return self;
}

void
cb_peer_free (CbPeer *self)
{
  g_cancellable_cancel (self->stop);
  g_thread_join (self->thread);

  /* Not by the cancellable: GnuTLS's glue loses an error when a read is cancelled under it. */
  for (guint i = 0; i < self->sockets->len; i++)
    g_socket_shutdown (g_ptr_array_index (self->sockets, i), TRUE, TRUE, NULL);
  for (guint i = 0; i < self->threads->len; i++)
    g_thread_join (g_ptr_array_index (self->threads, i));

  g_socket_listener_close (self->listener);
  g_object_unref (self->listener);
  g_object_unref (self->stop);
  g_clear_object (&self->certificate);
  g_ptr_array_unref (self->script);
  g_ptr_array_unref (self->requests);
  g_ptr_array_unref (self->threads);
  g_ptr_array_unref (self->sockets);
  g_mutex_clear (&self->mutex);
  g_free (self->url);
  g_free (self);
}

const char *
cb_peer_get_url (CbPeer *self)
{
  return self->url;
}

guint16
cb_peer_get_port (CbPeer *self)
{
  return self->port;
}

void
cb_peer_script (CbPeer *self, const CbPeerReply *reply)
{
  CbPeerReply *copy = g_memdup2 (reply, sizeof *reply);

  copy->status = g_strdup (reply->status);
  copy->headers = g_strdup (reply->headers);
  copy->body = reply->length > 0 ? g_memdup2 (reply->body, reply->length) : g_strdup (reply->body);

  g_mutex_lock (&self->mutex);
  g_ptr_array_add (self->script, copy);
  g_mutex_unlock (&self->mutex);
}

void
cb_peer_set_teller (CbPeer *self, CbPeerTeller teller, gpointer data)
{
  g_mutex_lock (&self->mutex);
  self->teller = teller;
  self->teller_data = data;
  g_mutex_unlock (&self->mutex);
}

static guint
length_of (CbPeer *self, GPtrArray *array)
{
  guint length = 0;

  g_mutex_lock (&self->mutex);
  length = array->len;
  g_mutex_unlock (&self->mutex);

  return length;
}

guint
cb_peer_count_requests (CbPeer *self)
{
  return length_of (self, self->requests);
}

guint
cb_peer_count_connections (CbPeer *self)
{
  return length_of (self, self->threads);
}

const CbPeerRequest *
cb_peer_get_request (CbPeer *self, guint index)
{
  const CbPeerRequest *request = NULL;

  g_mutex_lock (&self->mutex);
  g_assert_cmpuint (index, <, self->requests->len);
  request = g_ptr_array_index (self->requests, index);
  g_mutex_unlock (&self->mutex);

  return request;
}

char *
cb_peer_request_dup_header (const CbPeerRequest *request, const char *name)
{
  g_auto (GStrv) lines = g_strsplit (request->headers, "\r\n", -1);
  const gsize length = strlen (name);

  for (guint i = 1; lines[i] != NULL; i++)
    if (g_ascii_strncasecmp (lines[i], name, length) == 0 && lines[i][length] == ':')
      return g_strstrip (g_strdup (lines[i] + length + 1));

  return NULL;
}

guint16
cb_peer_find_dead_port (void)
{
  g_autoptr (CbPeer) peer = cb_peer_new (NULL);

  return peer->port;
}
