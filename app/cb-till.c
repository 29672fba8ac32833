/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "cb-till.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Of a line, its end included. No card has more. */
#define LINE_MAX_BYTES 128
#define PATIENCE_S 10

struct _CbTill
{
  GObject parent_instance;

  CbWindow *window; /* weak */
  GSocketService *service;
  char *path;
};

G_DEFINE_FINAL_TYPE (CbTill, cb_till, G_TYPE_OBJECT)

typedef struct
{
  CbTill *till;
  GSocketConnection *connection;
  char line[LINE_MAX_BYTES];
} Caller;

/* By the scan's value. */
static const struct
{
  const char *word;
  const char *why;
} answers[] = {
  [CB_SCAN_OPENED] = { "opened", NULL },
  [CB_SCAN_LOCKED] = { "locked", "nobody is signed in at the terminal" },
  [CB_SCAN_TURNED] = { "turned", "a customer has the terminal's screen" },
  [CB_SCAN_UNKNOWN] = { "unknown", "no one customer of this terminal has a card of this number" },
  [CB_SCAN_FAILED] = { "failed", "the terminal could not look for it" },
};

/* Short, for a socket's name may have 107 bytes. */
static char *
dup_path (const char *home)
{
  g_autofree char *whole = g_canonicalize_filename (home, NULL);
  g_autofree char *sum = g_compute_checksum_for_string (G_CHECKSUM_SHA256, whole, -1);

  sum[16] = '\0';
  return g_strdup_printf ("%s/counterbook/%s.till", g_get_user_runtime_dir (), sum);
}

/* --- the terminal's side --- */

static void
caller_free (Caller *caller)
{
  explicit_bzero (caller->line, sizeof caller->line);
  g_object_unref (caller->till);
  g_object_unref (caller->connection);
  g_free (caller);
}

static void
answer (Caller *caller, CbScan scan)
{
  GOutputStream *out = g_io_stream_get_output_stream (G_IO_STREAM (caller->connection));
  g_autofree char *line = g_strconcat (answers[scan].word, "\n", NULL);

  /* Less than a socket holds: it waits for nobody. */
  if (!g_output_stream_write_all (out, line, strlen (line), NULL, NULL, NULL))
    g_message ("till: whoever asked has gone");
  caller_free (caller);
}

static void
on_open_scanned_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  answer (user_data, cb_window_open_scanned_finish (CB_WINDOW (source), result));
}

static void
on_read_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Caller *caller = user_data;
  gssize length = g_input_stream_read_finish (G_INPUT_STREAM (source), result, NULL);
  char *end = length > 0 ? memchr (caller->line, '\n', (gsize) length) : NULL;

  if (end == NULL || end == caller->line || caller->till->window == NULL)
    {
      answer (caller, CB_SCAN_FAILED);
      return;
    }
  *end = '\0';
  cb_window_open_scanned_async (caller->till->window, g_strchomp (caller->line),
                                on_open_scanned_done, caller);
}

static gboolean
is_own_user (GSocketConnection *connection)
{
  g_autoptr (GCredentials) credentials =
    g_socket_get_credentials (g_socket_connection_get_socket (connection), NULL);

  return credentials != NULL && g_credentials_get_unix_user (credentials, NULL) == geteuid ();
}

static gboolean
on_incoming (CbTill *self, GSocketConnection *connection)
{
  GInputStream *in = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  Caller *caller;

  if (!is_own_user (connection))
    return TRUE;
  caller = g_new0 (Caller, 1);
  caller->till = g_object_ref (self);
  caller->connection = g_object_ref (connection);
  g_socket_set_timeout (g_socket_connection_get_socket (connection), PATIENCE_S);
  g_input_stream_read_async (in, caller->line, sizeof caller->line - 1, G_PRIORITY_DEFAULT, NULL,
                             on_read_done, caller);
  return TRUE;
}

static GSocketConnection *
call (const char *path, GError **error)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);

  g_socket_client_set_timeout (client, PATIENCE_S);
  return g_socket_client_connect (client, G_SOCKET_CONNECTABLE (address), NULL, error);
}

/* What a terminal left that was killed is in the way; another one's that lives is not ours. */
static gboolean
make_room (const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (GSocketConnection) other = NULL;

  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "its folder cannot be made");
      return FALSE;
    }
  other = call (path, NULL);
  if (other != NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE, "another terminal has this store");
      return FALSE;
    }
  g_unlink (path);
  return TRUE;
}

static gboolean
listen_at (CbTill *self, GError **error)
{
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (self->path);

  if (!make_room (self->path, error) ||
      !g_socket_listener_add_address (G_SOCKET_LISTENER (self->service), address,
                                      G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, NULL, NULL,
                                      error))
    {
      g_clear_pointer (&self->path, g_free);
      return FALSE;
    }
  return TRUE;
}

static void
cb_till_dispose (GObject *object)
{
  CbTill *self = CB_TILL (object);

  if (self->service != NULL)
    {
      g_socket_service_stop (self->service);
      g_socket_listener_close (G_SOCKET_LISTENER (self->service));
    }
  g_clear_object (&self->service);
  if (self->path != NULL)
    g_unlink (self->path);
  g_clear_pointer (&self->path, g_free);
  g_clear_weak_pointer (&self->window);

  G_OBJECT_CLASS (cb_till_parent_class)->dispose (object);
}

static void
cb_till_class_init (CbTillClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cb_till_dispose;
}

static void
cb_till_init (CbTill *self)
{
  self->service = g_socket_service_new ();
}

CbTill *
cb_till_new (CbWindow *window, const char *home)
{
  CbTill *self = g_object_new (CB_TYPE_TILL, NULL);
  g_autoptr (GError) error = NULL;

  g_set_weak_pointer (&self->window, window);
  self->path = dup_path (home);
  g_signal_connect_object (self->service, "incoming", G_CALLBACK (on_incoming), self,
                           G_CONNECT_SWAPPED);
  if (!listen_at (self, &error))
    g_message ("till: no card can be handed over: %s", error->message);
  return self;
}

/* --- the till's side --- */

/* Byte by byte, so that no buffer of a library keeps it. FALSE for nothing and for too much. */
static gboolean
read_line (char *line, gsize size)
{
  gsize length = 0;
  char byte = '\0';

  while (read (STDIN_FILENO, &byte, 1) == 1 && byte != '\n')
    {
      if (length == size - 1)
        return FALSE;
      line[length++] = byte;
    }
  line[length] = '\0';
  g_strstrip (line);
  return *line != '\0';
}

static const char *
ask (const char *path, const char *number)
{
  g_autoptr (GSocketConnection) connection = call (path, NULL);
  char line[LINE_MAX_BYTES + 1];
  char word[16] = { 0 };
  gboolean is_sent;

  if (connection == NULL)
    return "no terminal of this store is running";
  g_snprintf (line, sizeof line, "%s\n", number);
  is_sent = g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)),
                                       line, strlen (line), NULL, NULL, NULL) &&
            g_input_stream_read (g_io_stream_get_input_stream (G_IO_STREAM (connection)), word,
                                 sizeof word - 1, NULL, NULL) > 0;
  explicit_bzero (line, sizeof line);
  g_strchomp (word);
  for (guint i = 0; is_sent && i < G_N_ELEMENTS (answers); i++)
    {
      if (strcmp (word, answers[i].word) == 0)
        return answers[i].why;
    }
  return "the terminal gave no answer";
}

int
cb_till_hand_over (const char *home)
{
  g_autofree char *path = dup_path (home);
  char number[LINE_MAX_BYTES - 1];
  const char *why = "standard input holds no line with a card's number";

  if (read_line (number, sizeof number))
    why = ask (path, number);
  explicit_bzero (number, sizeof number);
  if (why != NULL)
    g_printerr ("counterbook: %s\n", why);
  return why == NULL ? 0 : 1;
}
