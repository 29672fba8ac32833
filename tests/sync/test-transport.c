/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "engine/cb-transport.h"
#include "support/cb-peer.h"

#include <glib/gstdio.h>
#include <string.h>

#define EPOCH "Counterbook-Epoch: 0123456789abcdef0123456789abcdef\r\n"
#define JSON "Content-Type: application/json\r\n"
#define REPLY_LIMIT 4096

/* Short limits, so that a test of slowness is not slow. */
static const CbNetLimits quick = {
  .connect_timeout_ms = 2000,
  .stall_timeout_s = 2,
  .total_timeout_s = 30,
};

typedef struct
{
  gboolean is_back;
  gboolean done;
  CbReply *reply;
  GError *error;
} Sent;

static void
sent_clear (Sent *sent)
{
  g_clear_pointer (&sent->reply, cb_reply_free);
  g_clear_error (&sent->error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Sent, sent_clear)

static void
on_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Sent *sent = user_data;

  sent->done = cb_transport_send_finish (CB_TRANSPORT (source), result, &sent->reply, &sent->error);
  sent->is_back = TRUE;
}

static gboolean
wake_up (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

/* Spins the main context; fails after ten seconds. */
static void
wait_for (gboolean *condition)
{
  const gint64 until = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;
  const guint ticker = g_timeout_add (5, wake_up, NULL);

  while (!*condition && g_get_monotonic_time () < until)
    g_main_context_iteration (NULL, TRUE);

  g_source_remove (ticker);
  g_assert_true (*condition);
}

static CbRequest *
request_for (const char *base, const char *path, const char *body, CbTrust *trust)
{
  g_autofree char *url = g_strconcat (base, path, NULL);
  g_autoptr (CbTrust) none = cb_trust_new (NULL, NULL);

  return cb_request_new (url, trust != NULL ? trust : none,
                         body != NULL ? g_bytes_new (body, strlen (body)) : NULL,
                         "application/json", REPLY_LIMIT);
}

static void
exchange (CbTransport *transport, CbRequest *request, Sent *sent)
{
  cb_transport_send_async (transport, request, NULL, on_sent, sent);
  wait_for (&sent->is_back);
}

/* Sends one GET to a peer that gives this one reply. */
static void
ask (const CbPeerReply *reply, Sent *sent)
{
  g_autoptr (CbPeer) peer = cb_peer_new (NULL);
  g_autoptr (CbTransport) transport = cb_transport_new (&quick);
  g_autoptr (CbRequest) request = request_for (cb_peer_get_url (peer), "/v1/health", NULL, NULL);

  cb_peer_script (peer, reply);
  exchange (transport, request, sent);
  cb_transport_close (transport);
}

static const char *
body_of (const Sent *sent)
{
  g_autofree char *text = NULL;
  static char kept[REPLY_LIMIT + 1];
  gsize length = 0;
  const char *bytes = g_bytes_get_data (sent->reply->body, &length);

  g_assert_cmpuint (length, <, sizeof kept);
  text = g_strndup (bytes, length);
  g_strlcpy (kept, text != NULL ? text : "", sizeof kept);

  return kept;
}

/* --- what a reply means --- */

typedef struct
{
  const char *name;
  CbPeerReply reply;
  CbTransportError error;
} Meaning;

static const Meaning meanings[] = {
  { "400-is-poison", { .status = "400 Bad Request", .headers = EPOCH }, CB_TRANSPORT_ERROR_POISON },
  { "422-is-poison", { .status = "422 Unreadable", .headers = EPOCH }, CB_TRANSPORT_ERROR_POISON },
  { "401-is-authorisation", { .status = "401 No", .headers = EPOCH }, CB_TRANSPORT_ERROR_AUTH },
  { "403-is-configuration",
    { .status = "403 No", .headers = EPOCH JSON, .body = "{\"code\":\"forbidden\"}" },
    CB_TRANSPORT_ERROR_CONFIG },
  { "403-revoked-is-the-end",
    { .status = "403 No", .headers = EPOCH JSON, .body = "{\"code\":\"terminal_revoked\"}" },
    CB_TRANSPORT_ERROR_REVOKED },
  { "404-is-configuration", { .status = "404 No", .headers = EPOCH }, CB_TRANSPORT_ERROR_CONFIG },
  { "405-is-configuration", { .status = "405 No", .headers = EPOCH }, CB_TRANSPORT_ERROR_CONFIG },
  { "408-is-a-time-out", { .status = "408 Slow" }, CB_TRANSPORT_ERROR_TIMED_OUT },
  { "409-is-configuration", { .status = "409 No", .headers = EPOCH }, CB_TRANSPORT_ERROR_CONFIG },
  { "413-is-too-large", { .status = "413 Large", .headers = EPOCH }, CB_TRANSPORT_ERROR_TOO_LARGE },
  { "413-of-a-proxy-is-too-large", { .status = "413 Large" }, CB_TRANSPORT_ERROR_TOO_LARGE },
  { "415-is-the-encoding", { .status = "415 No", .headers = EPOCH }, CB_TRANSPORT_ERROR_ENCODING },
  { "426-is-outdated", { .status = "426 Old", .headers = EPOCH }, CB_TRANSPORT_ERROR_OUTDATED },
  { "429-is-busy", { .status = "429 Wait", .headers = EPOCH }, CB_TRANSPORT_ERROR_BUSY },
  { "500-is-a-fault", { .status = "500 Oops", .headers = EPOCH }, CB_TRANSPORT_ERROR_FAULT },
  { "502-is-unreached", { .status = "502 Gateway" }, CB_TRANSPORT_ERROR_UNREACHED },
  { "503-is-busy", { .status = "503 Wait" }, CB_TRANSPORT_ERROR_BUSY },
  { "504-is-a-time-out", { .status = "504 Gateway" }, CB_TRANSPORT_ERROR_TIMED_OUT },
  { "507-is-full", { .status = "507 Full", .headers = EPOCH }, CB_TRANSPORT_ERROR_FULL },
  { "511-is-a-portal", { .status = "511 Sign in" }, CB_TRANSPORT_ERROR_PORTAL },
  { "418-is-configuration", { .status = "418 Tea", .headers = EPOCH }, CB_TRANSPORT_ERROR_CONFIG },
  /* What did not come from the service says nothing about our data or our standing. */
  { "400-of-a-stranger-is-a-portal", { .status = "400 Bad" }, CB_TRANSPORT_ERROR_PORTAL },
  { "401-of-a-stranger-is-a-portal", { .status = "401 No" }, CB_TRANSPORT_ERROR_PORTAL },
  { "403-of-a-stranger-is-a-portal",
    { .status = "403 No", .headers = JSON, .body = "{\"code\":\"terminal_revoked\"}" },
    CB_TRANSPORT_ERROR_PORTAL },
  { "302-is-a-portal",
    { .status = "302 Found", .headers = "Location: http://127.0.0.1:1/login\r\n" },
    CB_TRANSPORT_ERROR_PORTAL },
  { "307-of-the-service-is-a-portal",
    { .status = "307 Found", .headers = EPOCH "Location: https://elsewhere.invalid/\r\n" },
    CB_TRANSPORT_ERROR_PORTAL },
  { "200-html-is-a-portal",
    { .status = "200 OK", .headers = "Content-Type: text/html\r\n", .body = "<h1>Sign in</h1>" },
    CB_TRANSPORT_ERROR_PORTAL },
  { "200-without-epoch-is-a-portal",
    { .status = "200 OK", .headers = JSON, .body = "{\"ok\":true}" },
    CB_TRANSPORT_ERROR_PORTAL },
  { "200-of-the-wrong-type-is-a-portal",
    { .status = "200 OK", .headers = EPOCH "Content-Type: text/html\r\n", .body = "{}" },
    CB_TRANSPORT_ERROR_PORTAL },
  { "204-is-a-portal", { .status = "204 Empty", .headers = JSON }, CB_TRANSPORT_ERROR_PORTAL },
  { "garbage-is-a-portal", { .body = "SSH-2.0-OpenSSH_9.2\r\n" }, CB_TRANSPORT_ERROR_PORTAL },
  { "nothing-is-unreached", { .body = "" }, CB_TRANSPORT_ERROR_UNREACHED },
  { "cut-in-the-headers-is-unreached",
    { .status = "200 OK", .headers = EPOCH JSON, .body = "{}", .cut_after = 30 },
    CB_TRANSPORT_ERROR_UNREACHED },
  { "reset-is-unreached",
    { .status = "200 OK", .headers = EPOCH JSON, .body = "{}", .cut_after = 20, .reset = TRUE },
    CB_TRANSPORT_ERROR_UNREACHED },
};

static void
test_meaning (gconstpointer data)
{
  const Meaning *meaning = data;
  g_auto (Sent) sent = { 0 };

  ask (&meaning->reply, &sent);

  g_assert_false (sent.done);
  g_assert_error (sent.error, CB_TRANSPORT_ERROR, (int) meaning->error);
  g_assert_cmpuint (g_bytes_get_size (sent.reply->body), ==, 0);
}

static void
test_success (void)
{
  static const CbPeerReply reply = { .status = "200 OK",
                                     .headers =
                                       EPOCH "Content-Type: Application/JSON; charset=utf-8\r\n",
                                     .body = "{\"ok\":true}" };
  g_auto (Sent) sent = { 0 };

  ask (&reply, &sent);

  g_assert_no_error (sent.error);
  g_assert_true (sent.done);
  g_assert_cmpuint (sent.reply->status, ==, 200);
  g_assert_cmpstr (sent.reply->epoch, ==, "0123456789abcdef0123456789abcdef");
  g_assert_cmpstr (body_of (&sent), ==, "{\"ok\":true}");
  g_assert_cmpint (sent.reply->elapsed_us, >, 0);
}

static void
test_chatter_before_the_reply (void)
{
  static const CbPeerReply reply = { .body =
                                       "HTTP/1.1 103 Early\r\n" EPOCH JSON
                                       "\r\n"
                                       "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n" JSON "\r\n{}" };
  g_auto (Sent) sent = { 0 };

  ask (&reply, &sent);

  /* The epoch of the reply before does not count for this one. */
  g_assert_error (sent.error, CB_TRANSPORT_ERROR, CB_TRANSPORT_ERROR_PORTAL);
}

static void
test_storm_of_chatter (void)
{
  g_autoptr (GString) storm = g_string_new (NULL);
  CbPeerReply reply = { 0 };
  g_auto (Sent) sent = { 0 };

  for (guint i = 0; i < 5000; i++)
    g_string_append (storm, "HTTP/1.1 103 Early\r\nLink: </a>\r\n\r\n");
  reply.body = storm->str;

  ask (&reply, &sent);

  g_assert_error (sent.error, CB_TRANSPORT_ERROR, CB_TRANSPORT_ERROR_UNREACHED);
}

static void
test_cut_keeps_what_came (void)
{
  static const CbPeerReply reply = {
    .status = "200 OK",
    .headers = EPOCH JSON,
    .body = "{\"first\":1}\n{\"second\":2}\n{\"third\":3}\n",
    .cut_after = 145,
  };
  g_auto (Sent) sent = { 0 };

  ask (&reply, &sent);

  g_assert_error (sent.error, CB_TRANSPORT_ERROR, CB_TRANSPORT_ERROR_UNREACHED);
  g_assert_nonnull (sent.reply);
  g_assert_true (g_str_has_prefix (body_of (&sent), "{\"first\":1}\n"));
}

static void
test_code_and_retry_after (void)
{
  static const CbPeerReply reply = {
    .status = "429 Wait",
    .headers = EPOCH JSON "Retry-After: 17\r\n",
    .body = "{\"code\":\"slow_down\",\"message\":\"please\"}",
  };
  g_auto (Sent) sent = { 0 };

  ask (&reply, &sent);

  g_assert_error (sent.error, CB_TRANSPORT_ERROR, CB_TRANSPORT_ERROR_BUSY);
  g_assert_cmpint (sent.reply->retry_after_us, ==, 17 * G_USEC_PER_SEC);
  g_assert_cmpstr (sent.reply->code, ==, "slow_down");
}

static void
test_retry_after_is_bounded (void)
{
  static const CbPeerReply reply = { .status = "503 Wait",
                                     .headers = EPOCH "Retry-After: 315360000\r\n" };
  g_auto (Sent) sent = { 0 };

  ask (&reply, &sent);

  g_assert_cmpint (sent.reply->retry_after_us, ==, G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC);
}

static void
test_code_must_be_a_word (void)
{
  static const char *const bodies[] = {
    "{\"code\":\"<b>Sign in<\\/b>\"}", "{\"code\":7}", "[\"code\"]", "{\"code\":\"\"}", "garbage",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      const CbPeerReply reply = { .status = "500 Oops", .headers = EPOCH JSON, .body = bodies[i] };
      g_auto (Sent) sent = { 0 };

      ask (&reply, &sent);
      g_assert_error (sent.error, CB_TRANSPORT_ERROR, CB_TRANSPORT_ERROR_FAULT);
      g_assert_null (sent.reply->code);
    }
}

/* --- slow, oversized, absent --- */

static void
test_refused (void)
{
  g_autofree char *base = g_strdup_printf ("http://127.0.0.1:%u", cb_peer_find_dead_port ());
  g_autoptr (CbTransport) transport = cb_transport_new (&quick);
  g_autoptr (CbRequest) request = request_for (base, "/v1/health", NULL, NULL);
  g_auto (Sent) sent = { 0 };

  exchange (transport, request, &sent);

  g_assert_error (sent.error, CB_TRANSPORT_ERROR, CB_TRANSPORT_ERROR_UNREACHED);
  g_assert_cmpuint (sent.reply->status, ==, 0);
}

static void
test_silence_times_out (void)
{
  static const CbPeerReply reply = { .status = "200 OK",
                                     .headers = EPOCH JSON,
                                     .body = "{}",
                                     .delay_ms = 20000 };
  const gint64 start = g_get_monotonic_time ();
  g_auto (Sent) sent = { 0 };

  ask (&reply, &sent);

  g_assert_error (sent.error, CB_TRANSPORT_ERROR, CB_TRANSPORT_ERROR_TIMED_OUT);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 8 * G_USEC_PER_SEC);
}

static void
test_dripping_times_out (void)
{
  static const CbPeerReply reply = { .status = "200 OK",
                                     .headers = EPOCH JSON,
                                     .body = "{}",
                                     .drip_ms = 100 };
  g_auto (Sent) sent = { 0 };

  ask (&reply, &sent);

  g_assert_error (sent.error, CB_TRANSPORT_ERROR, CB_TRANSPORT_ERROR_TIMED_OUT);
}

static void
test_slow_but_steady_arrives (void)
{
  static const CbPeerReply reply = { .status = "200 OK",
                                     .headers = EPOCH JSON,
                                     .body = "{}",
                                     .drip_ms = 2 };
  g_auto (Sent) sent = { 0 };

  ask (&reply, &sent);

  g_assert_no_error (sent.error);
}

static void
test_oversized (void)
{
  g_autofree char *large = g_strnfill (REPLY_LIMIT + 1, ' ');
  const CbPeerReply announced = { .status = "200 OK", .headers = EPOCH JSON, .body = large };
  g_autofree char *raw = g_strconcat ("HTTP/1.1 200 OK\r\n" EPOCH JSON "\r\n", large, NULL);
  const CbPeerReply unannounced = { .body = raw };
  g_auto (Sent) first = { 0 };
  g_auto (Sent) second = { 0 };

  ask (&announced, &first);
  g_assert_error (first.error, CB_TRANSPORT_ERROR, CB_TRANSPORT_ERROR_UNREACHED);

  ask (&unannounced, &second);
  g_assert_error (second.error, CB_TRANSPORT_ERROR, CB_TRANSPORT_ERROR_UNREACHED);
}

static void
test_exactly_the_limit (void)
{
  g_autofree char *large = g_strnfill (REPLY_LIMIT, ' ');
  const CbPeerReply reply = { .status = "200 OK", .headers = EPOCH JSON, .body = large };
  g_auto (Sent) sent = { 0 };

  ask (&reply, &sent);

  g_assert_no_error (sent.error);
  g_assert_cmpuint (g_bytes_get_size (sent.reply->body), ==, REPLY_LIMIT);
}

/* --- what is sent --- */

static void
test_request_as_the_contract_says (void)
{
  static const CbPeerReply reply = { .status = "200 OK", .headers = EPOCH JSON, .body = "{}" };
  g_autoptr (CbPeer) peer = cb_peer_new (NULL);
  g_autoptr (CbTransport) transport = cb_transport_new (&quick);
  g_autoptr (CbRequest) request =
    request_for (cb_peer_get_url (peer), "/v1/sync/push", "a line\n", NULL);
  const CbPeerRequest *arrived = NULL;
  g_autofree char *authorization = NULL;
  g_autofree char *expect = NULL;
  g_autofree char *accept_encoding = NULL;
  g_auto (Sent) sent = { 0 };

  cb_peer_script (peer, &reply);
  cb_request_add_header (request, "Authorization", "Bearer made-up");
  exchange (transport, request, &sent);
  g_assert_no_error (sent.error);

  arrived = cb_peer_get_request (peer, 0);
  authorization = cb_peer_request_dup_header (arrived, "Authorization");
  expect = cb_peer_request_dup_header (arrived, "Expect");
  accept_encoding = cb_peer_request_dup_header (arrived, "Accept-Encoding");

  g_assert_cmpstr (arrived->method, ==, "POST");
  g_assert_cmpstr (arrived->path, ==, "/v1/sync/push");
  g_assert_cmpstr (authorization, ==, "Bearer made-up");
  g_assert_null (expect);
  g_assert_null (accept_encoding);
  g_assert_cmpmem (g_bytes_get_data (arrived->body, NULL), g_bytes_get_size (arrived->body),
                   "a line\n", 7);

  cb_transport_close (transport);
}

static void
test_large_body_without_waiting (void)
{
  static const CbPeerReply reply = { .status = "200 OK", .headers = EPOCH JSON, .body = "{}" };
  g_autoptr (CbPeer) peer = cb_peer_new (NULL);
  g_autoptr (CbTransport) transport = cb_transport_new (&quick);
  g_autofree char *large = g_strnfill (1024 * 1024, 'x');
  g_autoptr (CbRequest) request = request_for (cb_peer_get_url (peer), "/p", large, NULL);
  g_auto (Sent) sent = { 0 };

  cb_peer_script (peer, &reply);
  exchange (transport, request, &sent);

  g_assert_no_error (sent.error);
  g_assert_cmpuint (g_bytes_get_size (cb_peer_get_request (peer, 0)->body), ==, 1024 * 1024);
  cb_transport_close (transport);
}

static void
test_connection_is_kept (void)
{
  static const CbPeerReply reply = { .status = "200 OK", .headers = EPOCH JSON, .body = "{}" };
  g_autoptr (CbPeer) peer = cb_peer_new (NULL);
  g_autoptr (CbTransport) transport = cb_transport_new (&quick);

  cb_peer_script (peer, &reply);
  for (guint i = 0; i < 5; i++)
    {
      g_autoptr (CbRequest) request = request_for (cb_peer_get_url (peer), "/p", "x", NULL);
      g_auto (Sent) sent = { 0 };

      exchange (transport, request, &sent);
      g_assert_no_error (sent.error);
    }

  g_assert_cmpuint (cb_peer_count_requests (peer), ==, 5);
  g_assert_cmpuint (cb_peer_count_connections (peer), ==, 1);
  cb_transport_close (transport);
}

/* Nothing of one request may be left in the handle for the next. */
static void
test_requests_do_not_mix (void)
{
  static const CbPeerReply reply = { .status = "200 OK", .headers = EPOCH JSON, .body = "{}" };
  g_autoptr (CbPeer) peer = cb_peer_new (NULL);
  g_autoptr (CbTransport) transport = cb_transport_new (&quick);
  g_autoptr (CbRequest) first = request_for (cb_peer_get_url (peer), "/first", "body", NULL);
  g_autoptr (CbRequest) second = request_for (cb_peer_get_url (peer), "/second", NULL, NULL);
  g_autofree char *authorization = NULL;
  g_auto (Sent) sent = { 0 };
  g_auto (Sent) sent_again = { 0 };

  cb_peer_script (peer, &reply);
  cb_request_add_header (first, "Authorization", "Bearer made-up");
  exchange (transport, first, &sent);
  exchange (transport, second, &sent_again);

  authorization = cb_peer_request_dup_header (cb_peer_get_request (peer, 1), "Authorization");
  g_assert_cmpstr (cb_peer_get_request (peer, 1)->method, ==, "GET");
  g_assert_null (authorization);
  g_assert_cmpuint (g_bytes_get_size (cb_peer_get_request (peer, 1)->body), ==, 0);
  cb_transport_close (transport);
}

/* --- cancelled --- */

static void
test_cancelled_before (void)
{
  g_autoptr (CbPeer) peer = cb_peer_new (NULL);
  g_autoptr (CbTransport) transport = cb_transport_new (&quick);
  g_autoptr (CbRequest) request = request_for (cb_peer_get_url (peer), "/p", NULL, NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_auto (Sent) sent = { 0 };

  g_cancellable_cancel (cancellable);
  cb_transport_send_async (transport, request, cancellable, on_sent, &sent);
  wait_for (&sent.is_back);

  g_assert_error (sent.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (cb_peer_count_requests (peer), ==, 0);
  cb_transport_close (transport);
}

static gboolean
cancel_once_asked (gpointer data)
{
  gpointer *both = data;

  if (cb_peer_count_requests (both[0]) == 0)
    return G_SOURCE_CONTINUE;

  g_cancellable_cancel (both[1]);

  return G_SOURCE_REMOVE;
}

static void
test_cancelled_during (void)
{
  static const CbPeerReply reply = { .status = "200 OK",
                                     .headers = EPOCH JSON,
                                     .body = "{}",
                                     .delay_ms = 60000 };
  g_autoptr (CbPeer) peer = cb_peer_new (NULL);
  g_autoptr (CbTransport) transport = cb_transport_new (NULL);
  g_autoptr (CbRequest) request = request_for (cb_peer_get_url (peer), "/p", NULL, NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  gpointer both[] = { peer, cancellable };
  const gint64 start = g_get_monotonic_time ();
  g_auto (Sent) sent = { 0 };

  cb_peer_script (peer, &reply);
  cb_transport_send_async (transport, request, cancellable, on_sent, &sent);
  g_timeout_add (1, cancel_once_asked, both);
  wait_for (&sent.is_back);

  g_assert_error (sent.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_null (sent.reply);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 3 * G_USEC_PER_SEC);
  cb_transport_close (transport);
}

static void
test_cancelled_after (void)
{
  static const CbPeerReply reply = { .status = "200 OK", .headers = EPOCH JSON, .body = "{}" };
  g_autoptr (CbPeer) peer = cb_peer_new (NULL);
  g_autoptr (CbTransport) transport = cb_transport_new (&quick);
  g_autoptr (CbRequest) request = request_for (cb_peer_get_url (peer), "/p", NULL, NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_auto (Sent) sent = { 0 };

  cb_peer_script (peer, &reply);
  cb_transport_send_async (transport, request, cancellable, on_sent, &sent);
  wait_for (&sent.is_back);
  g_cancellable_cancel (cancellable);

  g_assert_no_error (sent.error);
  g_assert_true (sent.done);
  cb_transport_close (transport);
}

static void
test_closing_cancels (void)
{
  static const CbPeerReply reply = { .status = "200 OK",
                                     .headers = EPOCH JSON,
                                     .body = "{}",
                                     .delay_ms = 60000 };
  g_autoptr (CbPeer) peer = cb_peer_new (NULL);
  CbTransport *transport = cb_transport_new (NULL);
  g_autoptr (CbRequest) request = request_for (cb_peer_get_url (peer), "/p", NULL, NULL);
  g_auto (Sent) under_way = { 0 };
  g_auto (Sent) too_late = { 0 };

  cb_peer_script (peer, &reply);
  cb_transport_send_async (transport, request, NULL, on_sent, &under_way);
  cb_transport_close (transport);
  cb_transport_send_async (transport, request, NULL, on_sent, &too_late);

  wait_for (&under_way.is_back);
  wait_for (&too_late.is_back);
  g_assert_error (under_way.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_error (too_late.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_finalize_object (transport);
}

/* --- whom it trusts --- */

/* A peer with TLS asked by a terminal that trusts so; the error's code, or -1 for success. */
static int
ask_securely (GTlsCertificate *certificate, const char *ca_pem, const char *pins, guint *n_requests)
{
  static const CbPeerReply reply = { .status = "200 OK", .headers = EPOCH JSON, .body = "{}" };
  g_autoptr (CbPeer) peer = cb_peer_new (certificate);
  g_autoptr (CbTransport) transport = cb_transport_new (&quick);
  g_autoptr (CbTrust) trust = cb_trust_new (ca_pem, pins);
  g_autoptr (CbRequest) request = request_for (cb_peer_get_url (peer), "/p", "words", trust);
  g_auto (Sent) sent = { 0 };

  cb_peer_script (peer, &reply);
  exchange (transport, request, &sent);
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

  if (made == NULL)
    {
      g_test_skip ("there is no openssl to make certificates with");
      return;
    }
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
  g_autoptr (CbTransport) transport = cb_transport_new (&quick);
  g_autoptr (CbTrust) trust = NULL;
  g_autoptr (CbRequest) request = NULL;
  g_auto (Sent) sent = { 0 };

  if (made == NULL)
    {
      g_test_skip ("there is no openssl to make certificates with");
      return;
    }

  server = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE |
                               G_SUBPROCESS_FLAGS_STDERR_SILENCE,
                             NULL, "openssl", "s_server", "-tls1_2", "-accept", port_text, "-cert",
                             made->server_file, "-key", made->server_file, "-www", NULL);
  g_assert_nonnull (server);
  for (guint i = 0; i < 500 && !is_listening (port); i++)
    g_usleep (10000);

  trust = cb_trust_new (made->ca_pem, NULL);
  request = request_for (base, "/p", "words", trust);
  exchange (transport, request, &sent);
  g_assert_error (sent.error, CB_TRANSPORT_ERROR, CB_TRANSPORT_ERROR_UNTRUSTED);

  g_subprocess_force_exit (server);
  g_subprocess_wait (server, NULL, NULL);
  cb_transport_close (transport);
}

static void
test_plain_answer_to_tls (void)
{
  static const CbPeerReply reply = { .status = "200 OK", .headers = EPOCH JSON, .body = "{}" };
  g_autoptr (CbPeer) peer = cb_peer_new (NULL);
  g_autoptr (CbTransport) transport = cb_transport_new (&quick);
  g_autofree char *base = g_strdup_printf ("https://127.0.0.1:%u", cb_peer_get_port (peer));
  g_autoptr (CbRequest) request = request_for (base, "/p", "words", NULL);
  g_auto (Sent) sent = { 0 };

  cb_peer_script (peer, &reply);
  exchange (transport, request, &sent);

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
  static const CbPeerReply reply = { .status = "200 OK", .headers = EPOCH JSON, .body = "{}" };
  g_autoptr (CbPeerCertificates) made = cb_peer_certificates_new ();
  g_autoptr (CbPeer) plain = cb_peer_new (NULL);
  g_autoptr (CbTransport) transport = NULL;
  g_autoptr (CbRequest) request = request_for (cb_peer_get_url (plain), "/p", "words", NULL);
  g_auto (Sent) sent = { 0 };
  guint n = 0;

  transport = cb_transport_new (&quick);

  cb_peer_script (plain, &reply);
  exchange (transport, request, &sent);
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
  g_autoptr (CbTransport) transport = cb_transport_new (&quick);
  g_autoptr (CbRequest) request = request_for ("http://book.example", "/p", NULL, NULL);
  g_auto (Sent) sent = { 0 };

  exchange (transport, request, &sent);

  g_assert_error (sent.error, CB_TRANSPORT_ERROR, CB_TRANSPORT_ERROR_BAD_URL);
  g_assert_null (sent.reply);
  cb_transport_close (transport);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  cb_transport_prepare_process ();

  for (guint i = 0; i < G_N_ELEMENTS (meanings); i++)
    {
      g_autofree char *path = g_strconcat ("/transport/meaning/", meanings[i].name, NULL);

      g_test_add_data_func (path, &meanings[i], test_meaning);
    }

  g_test_add_func ("/transport/reply/a-whole-one-is-a-success", test_success);
  g_test_add_func ("/transport/reply/chatter-before-it-does-not-count",
                   test_chatter_before_the_reply);
  g_test_add_func ("/transport/reply/a-storm-of-chatter-ends", test_storm_of_chatter);
  g_test_add_func ("/transport/reply/a-cut-one-keeps-what-came", test_cut_keeps_what_came);
  g_test_add_func ("/transport/reply/tells-code-and-wait", test_code_and_retry_after);
  g_test_add_func ("/transport/reply/wait-is-bounded", test_retry_after_is_bounded);
  g_test_add_func ("/transport/reply/code-must-be-a-word", test_code_must_be_a_word);
  g_test_add_func ("/transport/fault/refused", test_refused);
  g_test_add_func ("/transport/fault/silence-times-out", test_silence_times_out);
  g_test_add_func ("/transport/fault/dripping-times-out", test_dripping_times_out);
  g_test_add_func ("/transport/fault/slow-but-steady-arrives", test_slow_but_steady_arrives);
  g_test_add_func ("/transport/fault/oversized", test_oversized);
  g_test_add_func ("/transport/fault/exactly-the-limit-arrives", test_exactly_the_limit);
  g_test_add_func ("/transport/request/is-as-the-contract-says", test_request_as_the_contract_says);
  g_test_add_func ("/transport/request/a-large-body-does-not-wait",
                   test_large_body_without_waiting);
  g_test_add_func ("/transport/request/keeps-the-connection", test_connection_is_kept);
  g_test_add_func ("/transport/request/leaves-nothing-for-the-next", test_requests_do_not_mix);
  g_test_add_func ("/transport/cancel/before", test_cancelled_before);
  g_test_add_func ("/transport/cancel/during", test_cancelled_during);
  g_test_add_func ("/transport/cancel/after-changes-nothing", test_cancelled_after);
  g_test_add_func ("/transport/cancel/closing-cancels-all", test_closing_cancels);
  g_test_add_func ("/transport/trust/only-whom-it-was-told", test_trust);
  g_test_add_func ("/transport/trust/old-tls-is-refused", test_old_tls_is_refused);
  g_test_add_func ("/transport/trust/never-falls-back", test_plain_answer_to_tls);
  g_test_add_func ("/transport/environment/child", test_environment_child);
  g_test_add_func ("/transport/environment/redirects-nothing", test_environment);
  g_test_add_func ("/transport/address/https-or-this-machine", test_addresses);
  g_test_add_func ("/transport/address/a-bad-one-is-not-asked", test_bad_address_is_not_asked);

  return g_test_run ();
}
