/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "engine/cb-transport.h"
#include "support/cb-asking.h"
#include "support/cb-peer.h"

#include <glib/gstdio.h>

/* --- whom it trusts --- */

/* A peer with TLS asked by a terminal that trusts so; the error's code, or -1 for success. */
static int
ask_securely (GTlsCertificate *certificate, const char *ca_pem, const char *pins, guint *n_requests)
{
  static const CbPeerReply reply = { .status = "200 OK",
                                     .headers = CB_ASKING_EPOCH CB_ASKING_JSON,
                                     .body = "{}" };
  g_autoptr (CbPeer) peer = cb_peer_new (certificate);
  g_autoptr (CbTransport) transport = cb_transport_new (&cb_asking_limits);
  g_autoptr (CbTrust) trust = cb_trust_new (ca_pem, pins);
  g_autoptr (CbRequest) request = cb_asking_request (cb_peer_get_url (peer), "/p", "words", trust);
  g_auto (CbAsked) sent = { 0 };

  cb_peer_script (peer, &reply);
  cb_asking_exchange (transport, request, &sent);
  cb_transport_close (transport);
  *n_requests = cb_peer_count_requests (peer);

  if (sent.error == NULL)
    return -1;

  g_assert_cmpint ((int) sent.error->domain, ==, (int) CB_TRANSPORT_ERROR);

  return sent.error->code;
}

static void
test_trust (void)
{
  g_autoptr (CbPeerCertificates) made = cb_peer_certificates_new ();
  g_autofree char *two_pins = NULL;
  guint n = 0;

  two_pins = g_strconcat (made->wrong_pin, ";", made->server_pin, NULL);

  g_assert_cmpint (ask_securely (made->server, made->ca_pem, NULL, &n), ==, -1);
  g_assert_cmpuint (n, ==, 1);
  g_assert_cmpint (ask_securely (made->server, made->ca_pem, made->server_pin, &n), ==, -1);
  g_assert_cmpint (ask_securely (made->server, made->ca_pem, two_pins, &n), ==, -1);

  /* An unknown authority, the system's authorities, another's name, another's key. */
  g_assert_cmpint (ask_securely (made->server, made->other_ca_pem, NULL, &n), ==,
                   CB_TRANSPORT_ERROR_UNTRUSTED);
  g_assert_cmpuint (n, ==, 0);
  g_assert_cmpint (ask_securely (made->server, NULL, NULL, &n), ==, CB_TRANSPORT_ERROR_UNTRUSTED);
  g_assert_cmpuint (n, ==, 0);
  g_assert_cmpint (ask_securely (made->stranger, made->ca_pem, NULL, &n), ==,
                   CB_TRANSPORT_ERROR_UNTRUSTED);
  g_assert_cmpuint (n, ==, 0);
  g_assert_cmpint (ask_securely (made->server, made->ca_pem, made->wrong_pin, &n), ==,
                   CB_TRANSPORT_ERROR_UNTRUSTED);
  g_assert_cmpuint (n, ==, 0);

  /* A pin alone opens nothing: verification has no off switch. */
  g_assert_cmpint (ask_securely (made->server, NULL, made->server_pin, &n), ==,
                   CB_TRANSPORT_ERROR_UNTRUSTED);
}

static gboolean
is_listening (guint16 port)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection =
    g_socket_client_connect_to_host (client, "127.0.0.1", port, NULL, NULL);

  return connection != NULL;
}

static void
test_old_tls_is_refused (void)
{
  g_autoptr (CbPeerCertificates) made = cb_peer_certificates_new ();
  const guint16 port = cb_peer_find_dead_port ();
  g_autofree char *port_text = g_strdup_printf ("127.0.0.1:%u", port);
  g_autofree char *base = g_strdup_printf ("https://localhost:%u", port);
  g_autoptr (GSubprocess) server = NULL;
  g_autoptr (CbTransport) transport = cb_transport_new (&cb_asking_limits);
  g_autoptr (CbTrust) trust = NULL;
  g_autoptr (CbRequest) request = NULL;
  g_auto (CbAsked) sent = { 0 };

  server = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE |
                               G_SUBPROCESS_FLAGS_STDERR_SILENCE,
                             NULL, "openssl", "s_server", "-tls1_2", "-accept", port_text, "-cert",
                             made->server_file, "-key", made->server_file, "-www", NULL);
  g_assert_nonnull (server);
  for (guint i = 0; i < 500 && !is_listening (port); i++)
    g_usleep (10000);

  trust = cb_trust_new (made->ca_pem, NULL);
  request = cb_asking_request (base, "/p", "words", trust);
  cb_asking_exchange (transport, request, &sent);
  g_assert_error (sent.error, CB_TRANSPORT_ERROR, CB_TRANSPORT_ERROR_UNTRUSTED);

  g_subprocess_force_exit (server);
  g_subprocess_wait (server, NULL, NULL);
  cb_transport_close (transport);
}

static void
test_plain_answer_to_tls (void)
{
  static const CbNetLimits impatient = { .connect_timeout_ms = 1500,
                                         .stall_timeout_s = 2,
                                         .total_timeout_s = 10 };
  static const CbPeerReply reply = { .status = "200 OK",
                                     .headers = CB_ASKING_EPOCH CB_ASKING_JSON,
                                     .body = "{}" };
  g_autoptr (CbPeer) peer = cb_peer_new (NULL);
  g_autoptr (CbTransport) transport = cb_transport_new (&impatient);
  g_autofree char *base = g_strdup_printf ("https://127.0.0.1:%u", cb_peer_get_port (peer));
  g_autoptr (CbRequest) request = cb_asking_request (base, "/p", "words", NULL);
  g_auto (CbAsked) sent = { 0 };

  cb_peer_script (peer, &reply);
  cb_asking_exchange (transport, request, &sent);

  /* Never falls back. */
  g_assert_false (sent.done);
  g_assert_cmpuint (cb_peer_count_requests (peer), ==, 0);
  cb_transport_close (transport);
}

/* --- what the environment may do: nothing --- */

/* Runs in a process of its own whose environment points everywhere else: see below. */
static void
test_environment_child (void)
{
  static const CbPeerReply reply = { .status = "200 OK",
                                     .headers = CB_ASKING_EPOCH CB_ASKING_JSON,
                                     .body = "{}" };
  g_autoptr (CbPeerCertificates) made = cb_peer_certificates_new ();
  g_autoptr (CbPeer) plain = cb_peer_new (NULL);
  g_autoptr (CbTransport) transport = NULL;
  g_autoptr (CbRequest) request = cb_asking_request (cb_peer_get_url (plain), "/p", "words", NULL);
  g_auto (CbAsked) sent = { 0 };
  guint n = 0;

  transport = cb_transport_new (&cb_asking_limits);

  cb_peer_script (plain, &reply);
  cb_asking_exchange (transport, request, &sent);
  g_assert_no_error (sent.error);
  g_assert_cmpstr (cb_peer_get_request (plain, 0)->path, ==, "/p");
  cb_transport_close (transport);

  if (made != NULL)
    {
      g_assert_cmpint (ask_securely (made->server, made->ca_pem, NULL, &n), ==, -1);
      g_assert_cmpuint (n, ==, 1);
    }
}

static void
test_environment (void)
{
  static const char *const proxies[] = { "http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy",
                                         "ALL_PROXY" };
  g_autoptr (CbPeer) trap = cb_peer_new (NULL);
  g_autoptr (CbPeerCertificates) made = cb_peer_certificates_new ();
  g_autoptr (GSubprocessLauncher) launcher =
    g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE);
  g_autoptr (GSubprocess) child = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *folder = g_dir_make_tmp ("cb-transport-XXXXXX", NULL);
  g_autofree char *key_log = g_build_filename (folder, "keys", NULL);
  g_autofree char *other_ca = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (proxies); i++)
    g_subprocess_launcher_setenv (launcher, proxies[i], cb_peer_get_url (trap), TRUE);
  g_subprocess_launcher_setenv (launcher, "no_proxy", "", TRUE);
  g_subprocess_launcher_setenv (launcher, "SSLKEYLOGFILE", key_log, TRUE);
  g_subprocess_launcher_setenv (launcher, "OPENSSL_CONF", "/nowhere/openssl.cnf", TRUE);
  if (made != NULL)
    {
      other_ca = g_build_filename (made->folder, "other.pem", NULL);
      g_subprocess_launcher_setenv (launcher, "SSL_CERT_FILE", other_ca, TRUE);
      g_subprocess_launcher_setenv (launcher, "CURL_CA_BUNDLE", other_ca, TRUE);
    }

  child = g_subprocess_launcher_spawn (launcher, &error, self, "-p", "/transport/environment/child",
                                       NULL);
  g_assert_no_error (error);
  g_subprocess_wait_check (child, NULL, &error);
  g_assert_no_error (error);

  g_assert_cmpuint (cb_peer_count_connections (trap), ==, 0);
  g_assert_false (g_file_test (key_log, G_FILE_TEST_EXISTS));
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

/* --- addresses --- */

static void
test_addresses (void)
{
  static const char *const good[][2] = {
    { "https://book.example", "https://book.example" },
    { "https://book.example:8443/", "https://book.example:8443" },
    { "https://book.example/shop//", "https://book.example/shop" },
    { "http://127.0.0.1:8710", "http://127.0.0.1:8710" },
    { "http://127.9.8.7:1/", "http://127.9.8.7:1" },
    { "http://[::1]:8710/", "http://[::1]:8710" },
    { "http://localhost:8710", "http://localhost:8710" },
  };
  static const char *const bad[] = {
    "http://book.example",
    "http://192.168.0.10:8710",
    "http://127.0.0.1.book.example",
    "http://localhost.book.example",
    "http://128.0.0.1",
    "http://0.0.0.0:80",
    "http://[::]:80",
    "http://[::2]",
    "http://2130706433",
    "ftp://127.0.0.1",
    "file:///etc/passwd",
    "https://",
    "https:///path",
    "https://name:word@book.example",
    "https://book.example/?q=1",
    "https://book.example/#part",
    "book.example",
    "",
  };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *checked = cb_transport_check_url (good[i][0], &error);

      g_assert_no_error (error);
      g_assert_cmpstr (checked, ==, good[i][1]);
    }

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (cb_transport_check_url (bad[i], &error));
      g_assert_error (error, CB_TRANSPORT_ERROR, CB_TRANSPORT_ERROR_BAD_URL);
    }
}

static void
test_bad_address_is_not_asked (void)
{
  g_autoptr (CbTransport) transport = cb_transport_new (&cb_asking_limits);
  g_autoptr (CbRequest) request = cb_asking_request ("http://book.example", "/p", NULL, NULL);
  g_auto (CbAsked) sent = { 0 };

  cb_asking_exchange (transport, request, &sent);

  g_assert_error (sent.error, CB_TRANSPORT_ERROR, CB_TRANSPORT_ERROR_BAD_URL);
  g_assert_null (sent.reply);
  cb_transport_close (transport);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  cb_transport_prepare_process ();

  g_test_add_func ("/transport/trust/only-whom-it-was-told", test_trust);
  g_test_add_func ("/transport/trust/old-tls-is-refused", test_old_tls_is_refused);
  g_test_add_func ("/transport/trust/never-falls-back", test_plain_answer_to_tls);
  g_test_add_func ("/transport/environment/child", test_environment_child);
  g_test_add_func ("/transport/environment/redirects-nothing", test_environment);
  g_test_add_func ("/transport/address/https-or-this-machine", test_addresses);
  g_test_add_func ("/transport/address/a-bad-one-is-not-asked", test_bad_address_is_not_asked);

  return g_test_run ();
}
