/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <libsoup/soup.h>
#include <signal.h>
#include <string.h>

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

static GSubprocess *
start (Place *place, char **url)
{
  g_autoptr (GSubprocessLauncher) launcher = make_launcher ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GDataInputStream) output = NULL;
  g_autofree char *line = NULL;
  GSubprocess *child = g_subprocess_launcher_spawn (
    launcher, &error, g_getenv ("CB_TEST_PROFILED"), "--database", place->database, "--listen",
    "127.0.0.1:0", "--tls-cert", place->certificate, "--tls-key", place->key, NULL);

  g_assert_no_error (error);
  output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (child));
  line = g_data_input_stream_read_line (output, NULL, NULL, NULL);
  g_assert_true (g_str_has_prefix (line, "listening on https://127.0.0.1:"));
  *url = g_strconcat (line + strlen ("listening on "), "/v1/health", NULL);
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

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/service/tls/https-with-a-certificate", test_https_with_a_certificate);
  g_test_add_func ("/service/tls/unreadable-certificate-is-usage",
                   test_unreadable_certificate_is_usage);

  return g_test_run ();
}
