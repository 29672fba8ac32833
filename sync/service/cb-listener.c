/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "service/cb-listener.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

#define IDLE_TIMEOUT_S 30
#define MAX_CONNECTIONS 400 /* of the 1,024 files that a process may have open */
#define BACKLOG 64
#define PAUSE_MS 100
#define CONNECTION_KEY "cb-connection"
#define STREAM_KEY "cb-stream"

struct _CbListener
{
  GSocket *socket;
  GTlsCertificate *certificate;
  CbAccepted accepted;
  gpointer data;
  GSource *source; /* NULL while it takes no connections */
  guint pause_id;
  GPtrArray *open; /* of Connection, not owned */
};

/* Belongs to its stream and goes after it, in the listener's main context. */
typedef struct
{
  CbListener *listener; /* NULL once that is gone */
  GSocket *socket;
  GSocketAddress *local;
  GSocketAddress *remote;
  GIOStream *stream; /* borrowed; owned through `held` while it waits */
  GIOStream *held;
  GSource *wait;
} Connection;

static void start (CbListener *self);

/* --- connections --- */

static void
connection_stop_waiting (Connection *connection)
{
  if (connection->wait == NULL)
    return;
  g_source_destroy (connection->wait);
  g_clear_pointer (&connection->wait, g_source_unref);
}

static gboolean
connection_free (gpointer data)
{
  Connection *connection = data;
  CbListener *self = connection->listener;

  connection_stop_waiting (connection);
  if (self != NULL)
    {
      g_ptr_array_remove_fast (self->open, connection);
      if (self->source == NULL && self->pause_id == 0)
        start (self);
    }
  g_object_unref (connection->socket);
  g_object_unref (connection->local);
  g_object_unref (connection->remote);
  g_free (connection);
  return G_SOURCE_REMOVE;
}

/* The stream has gone. The thread in which GLib shakes hands may have held it last, so what belongs
 * to the listener waits for the listener's own. */
static void
on_stream_gone (gpointer data)
{
  g_idle_add_full (G_PRIORITY_DEFAULT, connection_free, data, NULL);
}

static Connection *
get_connection (GIOStream *stream)
{
  return g_object_get_data (G_OBJECT (stream), CONNECTION_KEY);
}

GSocketAddress *
cb_listener_get_local (GIOStream *stream)
{
  return get_connection (stream)->local;
}

GSocketAddress *
cb_listener_get_remote (GIOStream *stream)
{
  return get_connection (stream)->remote;
}

GIOStream *
cb_listener_find (GSocketAddress *remote)
{
  return g_object_get_data (G_OBJECT (remote), STREAM_KEY);
}

/* Something came, the other end closed, or nothing has moved for too long. The last two end the
 * connection; what came may be a TLS alert alone, which its reader will find out. */
static gboolean
on_moved (GSocket *socket, GIOCondition condition, gpointer data)
{
  Connection *connection = data;
  g_autoptr (GIOStream) stream = g_steal_pointer (&connection->held);
  char first = '\0';
  const gboolean is_timed_out = (g_socket_condition_check (socket, G_IO_IN) & G_IO_IN) == 0;

  connection_stop_waiting (connection);
  if (!is_timed_out && recv (g_socket_get_fd (socket), &first, 1, MSG_PEEK | MSG_DONTWAIT) > 0)
    connection->listener->accepted (stream, connection->listener->data);
  return G_SOURCE_REMOVE;
}

static void
wait_for_request (Connection *connection)
{
  connection->held = g_object_ref (connection->stream);
  connection->wait = g_socket_create_source (connection->socket, G_IO_IN, NULL);
  g_source_set_callback (connection->wait, G_SOURCE_FUNC (on_moved), connection, NULL);
  g_source_attach (connection->wait, NULL);
}

void
cb_listener_take_back (CbListener *self, GIOStream *stream)
{
  Connection *connection = get_connection (stream);
  GInputStream *input = g_io_stream_get_input_stream (stream);

  if (connection->listener == NULL || g_io_stream_is_closed (stream))
    return;

  /* TLS may have unpacked more than was asked of it; the socket would say nothing of that. */
  if (self->certificate != NULL &&
      g_pollable_input_stream_is_readable (G_POLLABLE_INPUT_STREAM (input)))
    self->accepted (stream, self->data);
  else
    wait_for_request (connection);
}

/* NULL when the other end has gone already. */
static Connection *
connection_new (CbListener *self, GSocket *socket, GIOStream *stream)
{
  g_autoptr (GSocketAddress) local = g_socket_get_local_address (socket, NULL);
  g_autoptr (GSocketAddress) remote = g_socket_get_remote_address (socket, NULL);
  Connection *connection = NULL;

  if (local == NULL || remote == NULL)
    return NULL;
  connection = g_new0 (Connection, 1);
  connection->listener = self;
  connection->socket = g_object_ref (socket);
  connection->local = g_steal_pointer (&local);
  connection->remote = g_steal_pointer (&remote);
  connection->stream = stream;
  g_object_set_data (G_OBJECT (connection->remote), STREAM_KEY, stream);
  g_object_set_data_full (G_OBJECT (stream), CONNECTION_KEY, connection, on_stream_gone);
  g_ptr_array_add (self->open, connection);
  return connection;
}

static void
on_handshake_done (GObject *source, GAsyncResult *result, gpointer data)
{
  GIOStream *stream = G_IO_STREAM (source);
  Connection *connection = get_connection (stream);

  if (g_tls_connection_handshake_finish (G_TLS_CONNECTION (source), result, NULL) &&
      connection->listener != NULL)
    cb_listener_take_back (connection->listener, stream);
}

/* No certificate is asked of who connects, so there is nothing to judge one by: left unset, each
 * connection gets a copy of every authority that the system trusts, which takes more memory and
 * time than all the rest of it. */
static GIOStream *
new_tls (GIOStream *plain, GTlsCertificate *certificate)
{
  GType type = g_tls_backend_get_server_connection_type (g_tls_backend_get_default ());

  return g_initable_new (type, NULL, NULL, "base-io-stream", plain, "certificate", certificate,
                         "database", NULL, NULL);
}

static void
take_secretly (CbListener *self, GSocket *socket, GIOStream *plain)
{
  g_autoptr (GIOStream) stream = new_tls (plain, self->certificate);

  if (stream == NULL || connection_new (self, socket, stream) == NULL)
    return;
  g_tls_connection_set_require_close_notify (G_TLS_CONNECTION (stream), FALSE);
  g_tls_connection_handshake_async (G_TLS_CONNECTION (stream), G_PRIORITY_DEFAULT, NULL,
                                    on_handshake_done, NULL);
}

static void
take (CbListener *self, GSocket *socket)
{
  g_autoptr (GIOStream) stream = NULL;
  Connection *connection = NULL;

  /* A small answer must not wait for the acknowledgement of the one before. */
  g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, TRUE, NULL);
  g_socket_set_timeout (socket, IDLE_TIMEOUT_S);

  stream = G_IO_STREAM (g_socket_connection_factory_create_connection (socket));
  if (self->certificate != NULL)
    {
      take_secretly (self, socket, stream);
      return;
    }
  connection = connection_new (self, socket, stream);
  if (connection != NULL)
    wait_for_request (connection);
}

/* --- listening --- */

static void
stop (CbListener *self)
{
  g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
}

static gboolean
on_pause_over (gpointer data)
{
  CbListener *self = data;

  self->pause_id = 0;
  if (self->source == NULL)
    start (self);
  return G_SOURCE_REMOVE;
}

/* When files or memory run out, trying again at once would only spin. */
static void
pause_listening (CbListener *self, const GError *error)
{
  g_message ("no connection could be taken: %s", error->message);
  stop (self);
  self->pause_id = g_timeout_add (PAUSE_MS, on_pause_over, self);
}

static gboolean
on_ready (GSocket *socket, GIOCondition condition, gpointer data)
{
  CbListener *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) accepted = g_socket_accept (socket, NULL, &error);

  if (accepted != NULL)
    take (self, accepted);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    pause_listening (self, error);

  if (self->source != NULL && self->open->len >= MAX_CONNECTIONS)
    stop (self);
  return G_SOURCE_CONTINUE;
}

static void
start (CbListener *self)
{
  self->source = g_socket_create_source (self->socket, G_IO_IN, NULL);
  g_source_set_callback (self->source, G_SOURCE_FUNC (on_ready), self, NULL);
  g_source_attach (self->source, NULL);
}

static GSocket *
open_socket (GSocketAddress *address, GError **error)
{
  g_autoptr (GSocket) socket = g_socket_new (g_socket_address_get_family (address),
                                             G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, error);

  if (socket == NULL || !g_socket_bind (socket, address, TRUE, error))
    return NULL;
  g_socket_set_listen_backlog (socket, BACKLOG);
  g_socket_set_blocking (socket, FALSE);
  return g_socket_listen (socket, error) ? g_steal_pointer (&socket) : NULL;
}

CbListener *
cb_listener_new (GSocketAddress *address,
                 GTlsCertificate *certificate,
                 CbAccepted accepted,
                 gpointer data,
                 GError **error)
{
  CbListener *self = NULL;
  GSocket *socket = open_socket (address, error);

  if (socket == NULL)
    return NULL;
  self = g_new0 (CbListener, 1);
  self->socket = socket;
  self->certificate = certificate != NULL ? g_object_ref (certificate) : NULL;
  self->accepted = accepted;
  self->data = data;
  self->open = g_ptr_array_new ();
  start (self);
  return self;
}

static void
let_go (CbListener *self)
{
  g_autoptr (GPtrArray) open = g_steal_pointer (&self->open);

  for (guint i = 0; i < open->len; i++)
    ((Connection *) open->pdata[i])->listener = NULL;

  /* Those that wait go with this reference; they are none of ours any more. */
  for (guint i = 0; i < open->len; i++)
    {
      Connection *connection = open->pdata[i];
      g_autoptr (GIOStream) stream = g_steal_pointer (&connection->held);

      connection_stop_waiting (connection);
    }
}

void
cb_listener_free (CbListener *self)
{
  let_go (self);
  if (self->source != NULL)
    stop (self);
  g_clear_handle_id (&self->pause_id, g_source_remove);
  g_socket_close (self->socket, NULL);
  g_object_unref (self->socket);
  g_clear_object (&self->certificate);
  g_free (self);
}

guint
cb_listener_count (CbListener *self)
{
  return self->open->len;
}

char *
cb_listener_dup_uri (CbListener *self)
{
  g_autoptr (GSocketAddress) address = g_socket_get_local_address (self->socket, NULL);
  GInetSocketAddress *inet = G_INET_SOCKET_ADDRESS (address);
  GInetAddress *host = g_inet_socket_address_get_address (inet);
  g_autofree char *text = g_inet_address_to_string (host);
  const gboolean is_v6 = g_inet_address_get_family (host) == G_SOCKET_FAMILY_IPV6;

  return g_strdup_printf (is_v6 ? "%s://[%s]:%u" : "%s://%s:%u",
                          self->certificate != NULL ? "https" : "http", text,
                          g_inet_socket_address_get_port (inet));
}
