/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include <arpa/inet.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <ifaddrs.h>
#include <libsoup/soup.h>
#include <net/if.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#define N_CONNECTIONS 40
#define CONNECTION_KB_MAX 1024

static const char MAKE_CERTIFICATE[] =
  "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost"
  " -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout key.pem -out cert.pem";

typedef struct
{
  char *directory;
  char *certificate;
  char *key;
  char *database;
} Place;

static void
place_clear (Place *place)
{
  const char *const names[] = { "cert.pem", "key.pem", "p.db", "p.db.epoch", "p.db.lock" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (place->directory, names[i], NULL);

      g_remove (path);
    }
  g_rmdir (place->directory);
  g_free (place->directory);
  g_free (place->certificate);
  g_free (place->key);
  g_free (place->database);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Place, place_clear)

/* FALSE: the test is skipped. */
static void
make_place (Place *place)
{
  const char *argv[] = { "sh", "-c", MAKE_CERTIFICATE, NULL };
  g_autofree char *openssl = g_find_program_in_path ("openssl");
  int status = -1;

  place->directory = g_dir_make_tmp ("cb-tls-XXXXXX", NULL);
  place->certificate = g_build_filename (place->directory, "cert.pem", NULL);
  place->key = g_build_filename (place->directory, "key.pem", NULL);
  place->database = g_strconcat ("sqlite:", place->directory, "/p.db", NULL);
  g_assert_nonnull (openssl);
  g_assert_true (g_spawn_sync (place->directory, (char **) argv, NULL,
                               G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, NULL,
                               NULL, &status, NULL));
  g_assert_cmpint (status, ==, 0);
}

/* GLib shakes hands in a thread that it keeps, whose memory LeakSanitizer stumbles over at the end;
 * leaks of the same code are looked for where it speaks in the clear. */
static GSubprocessLauncher *
make_launcher (void)
{
  GSubprocessLauncher *launcher =
    g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);

  g_subprocess_launcher_setenv (launcher, "ASAN_OPTIONS", "detect_leaks=0:abort_on_error=1", TRUE);
  return launcher;
}

/* `url` is the service's, as it says it. */
static GSubprocess *
start_at (Place *place, const char *listen, char **url)
{
  g_autoptr (GSubprocessLauncher) launcher = make_launcher ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GDataInputStream) output = NULL;
  g_autofree char *line = NULL;
  GSubprocess *child = g_subprocess_launcher_spawn (
    launcher, &error, g_getenv ("CB_TEST_PROFILED"), "--database", place->database, "--listen",
    listen, "--tls-cert", place->certificate, "--tls-key", place->key, NULL);

  g_assert_no_error (error);
  output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (child));
  line = g_data_input_stream_read_line (output, NULL, NULL, NULL);
  g_assert_true (g_str_has_prefix (line, "listening on https://"));
  *url = g_strdup (line + strlen ("listening on "));
  return child;
}

static GSubprocess *
start (Place *place, char **url)
{
  g_autofree char *base = NULL;
  GSubprocess *child = start_at (place, "127.0.0.1:0", &base);

  g_assert_true (g_str_has_prefix (base, "https://127.0.0.1:"));
  *url = g_strconcat (base, "/v1/health", NULL);
  return child;
}

static void
test_https_with_a_certificate (void)
{
  g_auto (Place) place = { 0 };
  g_autoptr (GSubprocess) child = NULL;
  g_autoptr (SoupSession) session = soup_session_new ();
  g_autoptr (GTlsDatabase) trusted = NULL;
  g_autoptr (SoupMessage) message = NULL;
  g_autoptr (SoupMessage) plain = NULL;
  g_autoptr (GBytes) reply = NULL;
  g_autoptr (GBytes) none = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *url = NULL;
  g_autofree char *plain_url = NULL;

  make_place (&place);
  child = start (&place, &url);
  trusted = g_tls_file_database_new (place.certificate, &error);
  g_assert_no_error (error);
  soup_session_set_tls_database (session, trusted);

  for (guint i = 0; i < 10; i++)
    {
      g_clear_object (&message);
      g_clear_pointer (&reply, g_bytes_unref);
      message = soup_message_new ("GET", url);
      reply = soup_session_send_and_read (session, message, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (soup_message_get_status (message), ==, 200);
    }
  g_assert_cmpint (soup_message_get_tls_protocol_version (message), ==,
                   G_TLS_PROTOCOL_VERSION_TLS_1_3);

  /* The same port speaks nothing in the clear. */
  plain_url = g_strconcat ("http", url + strlen ("https"), NULL);
  plain = soup_message_new ("GET", plain_url);
  none = soup_session_send_and_read (session, plain, NULL, NULL);
  g_assert_true (none == NULL || soup_message_get_status (plain) != 200);

  g_subprocess_send_signal (child, SIGTERM);
  g_assert_true (g_subprocess_wait_check (child, NULL, &error));
  g_assert_no_error (error);
}

static void
test_unreadable_certificate_is_usage (void)
{
  g_auto (Place) place = { 0 };
  g_autoptr (GSubprocess) child = NULL;
  g_autoptr (GError) error = NULL;

  make_place (&place);
  child =
    g_subprocess_new (G_SUBPROCESS_FLAGS_STDERR_SILENCE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE, &error,
                      g_getenv ("CB_TEST_PROFILED"), "--database", place.database, "--listen",
                      "0.0.0.0:0", "--tls-cert", place.key, "--tls-key", place.certificate, NULL);
  g_assert_no_error (error);
  g_subprocess_wait (child, NULL, NULL);
  g_assert_cmpint (g_subprocess_get_exit_status (child), ==, 2);
}

/* --- many --- */

static gboolean
accept_any (GTlsConnection *connection,
            GTlsCertificate *certificate,
            GTlsCertificateFlags errors,
            gpointer data)
{
  return TRUE;
}

static GIOStream *
shake_hands (guint16 port)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) plain = NULL;
  g_autoptr (GError) error = NULL;
  GIOStream *stream = NULL;

  plain = g_socket_client_connect_to_host (client, "127.0.0.1", port, NULL, &error);
  g_assert_no_error (error);
  stream = g_tls_client_connection_new (G_IO_STREAM (plain), NULL, &error);
  g_assert_no_error (error);
  g_signal_connect (stream, "accept-certificate", G_CALLBACK (accept_any), NULL);
  g_tls_connection_handshake (G_TLS_CONNECTION (stream), NULL, &error);
  g_assert_no_error (error);
  return stream;
}

static gint64
count_resident_kb (GSubprocess *child)
{
  g_autofree char *path = g_strdup_printf ("/proc/%s/statm", g_subprocess_get_identifier (child));
  g_autofree char *text = NULL;
  g_auto (GStrv) words = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  words = g_strsplit (text, " ", 3);
  return g_ascii_strtoll (words[1], NULL, 10) * sysconf (_SC_PAGESIZE) / 1024;
}

/* Terminals keep their connections, and a question lies on each: what one costs counts. A copy of
 * the authorities that the system trusts, which none of them needs, is several megabytes. */
static void
test_connections_are_small (void)
{
  g_auto (Place) place = { 0 };
  g_autoptr (GSubprocess) child = NULL;
  g_autoptr (GPtrArray) streams = g_ptr_array_new_with_free_func (g_object_unref);
  g_autofree char *url = NULL;
  guint16 port = 0;
  gint64 before_kb = 0;

  make_place (&place);
  child = start (&place, &url);
  port = (guint16) g_ascii_strtoull (strrchr (url, ':') + 1, NULL, 10);
  g_object_unref (shake_hands (port));
  before_kb = count_resident_kb (child);
  for (guint i = 0; i < N_CONNECTIONS; i++)
    g_ptr_array_add (streams, shake_hands (port));
  g_assert_cmpint ((count_resident_kb (child) - before_kb) / N_CONNECTIONS, <, CONNECTION_KB_MAX);
  g_subprocess_force_exit (child);
}

/* --- from elsewhere --- */

/* An address of this machine that others see it by; NULL when it has none. */
static char *
find_outer_address (void)
{
  struct ifaddrs *all = NULL;
  char *found = NULL;

  g_assert_cmpint (getifaddrs (&all), ==, 0);
  for (struct ifaddrs *one = all; one != NULL && found == NULL; one = one->ifa_next)
    {
      char text[INET_ADDRSTRLEN];

      if (one->ifa_addr == NULL || one->ifa_addr->sa_family != AF_INET ||
          (one->ifa_flags & (IFF_UP | IFF_LOOPBACK)) != IFF_UP)
        continue;
      found = g_strdup (
        inet_ntop (AF_INET, &((struct sockaddr_in *) one->ifa_addr)->sin_addr, text, sizeof text));
    }
  freeifaddrs (all);
  return found;
}

static gboolean
on_certificate (SoupMessage *message,
                GTlsCertificate *certificate,
                GTlsCertificateFlags flags,
                gpointer data)
{
  return TRUE;
}

static guint
fetch (const char *url, const char *key)
{
  g_autoptr (SoupSession) session = soup_session_new ();
  g_autoptr (SoupMessage) message = soup_message_new ("GET", url);
  g_autofree char *bearer = g_strconcat ("Bearer ", key, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) reply = NULL;

  g_signal_connect (message, "accept-certificate", G_CALLBACK (on_certificate), NULL);
  if (key != NULL)
    soup_message_headers_append (soup_message_get_request_headers (message), "Authorization",
                                 bearer);
  reply = soup_session_send_and_read (session, message, NULL, &error);
  g_assert_no_error (error);
  return soup_message_get_status (message);
}

static char *
make_key (const Place *place, const char *scope)
{
  const char *argv[] = { g_getenv ("CB_TEST_PROFILED"),
                         "--database",
                         place->database,
                         "key",
                         "add",
                         "--name",
                         "Watch",
                         "--scope",
                         scope,
                         NULL };
  char *key = NULL;
  int status = -1;

  g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &key, NULL,
                               &status, NULL));
  g_assert_cmpint (status, ==, 0);
  return g_strchomp (key);
}

/* What is open to the machine itself takes a key from anywhere else. */
static void
test_metrics_take_a_key_from_elsewhere (void)
{
  g_auto (Place) place = { 0 };
  g_autofree char *address = find_outer_address ();
  g_autoptr (GSubprocess) child = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *base = NULL;
  g_autofree char *outer = NULL;
  g_autofree char *inner = NULL;
  g_autofree char *right = NULL;
  g_autofree char *wrong = NULL;

  if (address == NULL)
    {
      g_test_skip ("this machine is known to nobody else");
      return;
    }
  make_place (&place);
  child = start_at (&place, "0.0.0.0:0", &base);
  outer = g_strdup_printf ("https://%s%s/metrics", address, strrchr (base, ':'));
  inner = g_strdup_printf ("https://127.0.0.1%s/metrics", strrchr (base, ':'));
  right = make_key (&place, "metrics");
  wrong = make_key (&place, "profile");
  g_assert_cmpuint (fetch (inner, NULL), ==, 200);
  g_assert_cmpuint (fetch (outer, NULL), ==, 401);
  g_assert_cmpuint (fetch (outer, wrong), ==, 403);
  g_assert_cmpuint (fetch (outer, right), ==, 200);
  g_subprocess_send_signal (child, SIGTERM);
  g_assert_true (g_subprocess_wait_check (child, NULL, &error));
  g_assert_no_error (error);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/service/tls/https-with-a-certificate", test_https_with_a_certificate);
  g_test_add_func ("/service/tls/unreadable-certificate-is-usage",
                   test_unreadable_certificate_is_usage);
  g_test_add_func ("/service/tls/connections-are-small", test_connections_are_small);
  g_test_add_func ("/service/tls/metrics-take-a-key-from-elsewhere",
                   test_metrics_take_a_key_from_elsewhere);

  return g_test_run ();
}
