/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "engine/cb-transport.h"
#include "support/cb-asking.h"
#include "support/cb-peer.h"

#include <string.h>

/* Sends one GET to a peer that gives this one reply. */
static void
ask (const CbPeerReply *reply, CbAsked *sent)
{
  g_autoptr (CbPeer) peer = cb_peer_new (NULL);
  g_autoptr (CbTransport) transport = cb_transport_new (&cb_asking_limits);
  g_autoptr (CbRequest) request =
    cb_asking_request (cb_peer_get_url (peer), "/v1/health", NULL, NULL);

  cb_peer_script (peer, reply);
  cb_asking_exchange (transport, request, sent);
  cb_transport_close (transport);
}

/* --- what a reply means --- */

typedef struct
{
  const char *name;
  CbPeerReply reply;
  CbTransportError error;
} Meaning;

/* Of {"ok":true}. */
#define OF_TRUE "sha-256=:QGLtr3UPuAdOfoPgyQKMlOMkaKi28WFHdDKO8EUVD5M=:"

static const Meaning meanings[] = {
  { "400-is-poison",
    { .status = "400 Bad Request", .headers = CB_ASKING_EPOCH },
    CB_TRANSPORT_ERROR_POISON },
  { "400-altered-is-unreached",
    { .status = "400 Bad Request",
      .headers = CB_ASKING_EPOCH CB_ASKING_JSON,
      .body = "{\"code\":\"digest\"}" },
    CB_TRANSPORT_ERROR_UNREACHED },
  { "400-altered-of-a-stranger-is-a-portal",
    { .status = "400 Bad Request", .headers = CB_ASKING_JSON, .body = "{\"code\":\"digest\"}" },
    CB_TRANSPORT_ERROR_PORTAL },
  { "altered-is-unreached",
    { .status = "200 OK",
      .headers = CB_ASKING_EPOCH CB_ASKING_JSON "Content-Digest: " OF_TRUE "\r\n",
      .body = "{\"ok\":trud}" },
    CB_TRANSPORT_ERROR_UNREACHED },
  { "altered-refusal-is-unreached",
    { .status = "403 No",
      .headers = CB_ASKING_EPOCH CB_ASKING_JSON "Content-Digest: " OF_TRUE "\r\n",
      .body = "{\"code\":\"terminal_revoked\"}" },
    CB_TRANSPORT_ERROR_UNREACHED },
  { "422-is-poison",
    { .status = "422 Unreadable", .headers = CB_ASKING_EPOCH },
    CB_TRANSPORT_ERROR_POISON },
  { "401-is-authorisation",
    { .status = "401 No", .headers = CB_ASKING_EPOCH },
    CB_TRANSPORT_ERROR_AUTH },
  { "403-is-configuration",
    { .status = "403 No",
      .headers = CB_ASKING_EPOCH CB_ASKING_JSON,
      .body = "{\"code\":\"forbidden\"}" },
    CB_TRANSPORT_ERROR_CONFIG },
  { "403-revoked-is-the-end",
    { .status = "403 No",
      .headers = CB_ASKING_EPOCH CB_ASKING_JSON,
      .body = "{\"code\":\"terminal_revoked\"}" },
    CB_TRANSPORT_ERROR_REVOKED },
  { "404-is-configuration",
    { .status = "404 No", .headers = CB_ASKING_EPOCH },
    CB_TRANSPORT_ERROR_CONFIG },
  { "405-is-configuration",
    { .status = "405 No", .headers = CB_ASKING_EPOCH },
    CB_TRANSPORT_ERROR_CONFIG },
  { "408-is-a-time-out", { .status = "408 Slow" }, CB_TRANSPORT_ERROR_TIMED_OUT },
  { "409-is-configuration",
    { .status = "409 No", .headers = CB_ASKING_EPOCH },
    CB_TRANSPORT_ERROR_CONFIG },
  { "413-is-too-large",
    { .status = "413 Large", .headers = CB_ASKING_EPOCH },
    CB_TRANSPORT_ERROR_TOO_LARGE },
  { "413-of-a-proxy-is-too-large", { .status = "413 Large" }, CB_TRANSPORT_ERROR_TOO_LARGE },
  { "415-is-the-encoding",
    { .status = "415 No", .headers = CB_ASKING_EPOCH },
    CB_TRANSPORT_ERROR_ENCODING },
  { "426-is-outdated",
    { .status = "426 Old", .headers = CB_ASKING_EPOCH },
    CB_TRANSPORT_ERROR_OUTDATED },
  { "429-is-busy", { .status = "429 Wait", .headers = CB_ASKING_EPOCH }, CB_TRANSPORT_ERROR_BUSY },
  { "500-is-a-fault",
    { .status = "500 Oops", .headers = CB_ASKING_EPOCH },
    CB_TRANSPORT_ERROR_FAULT },
  { "502-is-unreached", { .status = "502 Gateway" }, CB_TRANSPORT_ERROR_UNREACHED },
  { "503-is-busy", { .status = "503 Wait" }, CB_TRANSPORT_ERROR_BUSY },
  { "504-is-a-time-out", { .status = "504 Gateway" }, CB_TRANSPORT_ERROR_TIMED_OUT },
  { "507-is-full", { .status = "507 Full", .headers = CB_ASKING_EPOCH }, CB_TRANSPORT_ERROR_FULL },
  { "511-is-a-portal", { .status = "511 Sign in" }, CB_TRANSPORT_ERROR_PORTAL },
  { "418-is-configuration",
    { .status = "418 Tea", .headers = CB_ASKING_EPOCH },
    CB_TRANSPORT_ERROR_CONFIG },
  /* What did not come from the service says nothing about our data or our standing. */
  { "400-of-a-stranger-is-a-portal", { .status = "400 Bad" }, CB_TRANSPORT_ERROR_PORTAL },
  { "401-of-a-stranger-is-a-portal", { .status = "401 No" }, CB_TRANSPORT_ERROR_PORTAL },
  { "403-of-a-stranger-is-a-portal",
    { .status = "403 No", .headers = CB_ASKING_JSON, .body = "{\"code\":\"terminal_revoked\"}" },
    CB_TRANSPORT_ERROR_PORTAL },
  { "302-is-a-portal",
    { .status = "302 Found", .headers = "Location: http://127.0.0.1:1/login\r\n" },
    CB_TRANSPORT_ERROR_PORTAL },
  { "307-of-the-service-is-a-portal",
    { .status = "307 Found",
      .headers = CB_ASKING_EPOCH "Location: https://elsewhere.invalid/\r\n" },
    CB_TRANSPORT_ERROR_PORTAL },
  { "200-html-is-a-portal",
    { .status = "200 OK", .headers = "Content-Type: text/html\r\n", .body = "<h1>Sign in</h1>" },
    CB_TRANSPORT_ERROR_PORTAL },
  { "200-without-epoch-is-a-portal",
    { .status = "200 OK", .headers = CB_ASKING_JSON, .body = "{\"ok\":true}" },
    CB_TRANSPORT_ERROR_PORTAL },
  { "200-of-the-wrong-type-is-a-portal",
    { .status = "200 OK", .headers = CB_ASKING_EPOCH "Content-Type: text/html\r\n", .body = "{}" },
    CB_TRANSPORT_ERROR_PORTAL },
  { "204-is-a-portal",
    { .status = "204 Empty", .headers = CB_ASKING_JSON },
    CB_TRANSPORT_ERROR_PORTAL },
  { "garbage-is-a-portal", { .body = "SSH-2.0-OpenSSH_9.2\r\n" }, CB_TRANSPORT_ERROR_PORTAL },
  { "nothing-is-unreached", { .body = "" }, CB_TRANSPORT_ERROR_UNREACHED },
  { "cut-in-the-headers-is-unreached",
    { .status = "200 OK",
      .headers = CB_ASKING_EPOCH CB_ASKING_JSON,
      .body = "{}",
      .cut_after = 30 },
    CB_TRANSPORT_ERROR_UNREACHED },
  { "reset-is-unreached",
    { .status = "200 OK",
      .headers = CB_ASKING_EPOCH CB_ASKING_JSON,
      .body = "{}",
      .cut_after = 20,
      .reset = TRUE },
    CB_TRANSPORT_ERROR_UNREACHED },
};

static void
test_meaning (gconstpointer data)
{
  const Meaning *meaning = data;
  g_auto (CbAsked) sent = { 0 };

  ask (&meaning->reply, &sent);

  g_assert_false (sent.done);
  g_assert_error (sent.error, CB_TRANSPORT_ERROR, (int) meaning->error);
  g_assert_cmpuint (g_bytes_get_size (sent.reply->body), ==, 0);
}

static void
test_success (void)
{
  static const CbPeerReply reply = { .status = "200 OK",
                                     .headers = CB_ASKING_EPOCH
                                     "Content-Type: Application/JSON; charset=utf-8\r\n",
                                     .body = "{\"ok\":true}" };
  g_auto (CbAsked) sent = { 0 };

  ask (&reply, &sent);

  g_assert_no_error (sent.error);
  g_assert_true (sent.done);
  g_assert_cmpuint (sent.reply->status, ==, 200);
  g_assert_cmpstr (sent.reply->epoch, ==, "0123456789abcdef0123456789abcdef");
  g_assert_cmpstr (cb_asked_get_body (&sent), ==, "{\"ok\":true}");
  g_assert_cmpint (sent.reply->elapsed_us, >, 0);
}

static void
test_digest (void)
{
  static const CbPeerReply reply = { .status = "200 OK",
                                     .headers = CB_ASKING_EPOCH CB_ASKING_JSON
                                     "content-digest: sha-512=:AAAA:, " OF_TRUE "\r\n",
                                     .body = "{\"ok\":true}" };
  g_auto (CbAsked) sent = { 0 };

  ask (&reply, &sent);

  g_assert_no_error (sent.error);
  g_assert_cmpstr (cb_asked_get_body (&sent), ==, "{\"ok\":true}");
}

/* Who announced a length that was altered has more to say than was read. */
static void
test_altered_is_the_end_of_a_connection (void)
{
  static const CbPeerReply replies[] = {
    { .status = "200 OK",
      .headers = CB_ASKING_EPOCH CB_ASKING_JSON "Content-Digest: " OF_TRUE "\r\n",
      .body = "{\"ok\":tru" },
    { .status = "200 OK",
      .headers = CB_ASKING_EPOCH CB_ASKING_JSON "Content-Digest: " OF_TRUE "\r\n" },
    { .status = "200 OK",
      .headers = CB_ASKING_EPOCH CB_ASKING_JSON "Content-Digest: " OF_TRUE "\r\n",
      .body = "{\"ok\":true}" },
  };
  g_autoptr (CbPeer) peer = cb_peer_new (NULL);
  g_autoptr (CbTransport) transport = cb_transport_new (&cb_asking_limits);

  for (guint i = 0; i < G_N_ELEMENTS (replies); i++)
    cb_peer_script (peer, &replies[i]);
  for (guint i = 1; i <= 4; i++)
    {
      g_autoptr (CbRequest) request =
        cb_asking_request (cb_peer_get_url (peer), "/v1/health", NULL, NULL);
      g_auto (CbAsked) sent = { 0 };

      cb_asking_exchange (transport, request, &sent);
      g_assert_true (sent.done == (i > 2));
      g_assert_cmpuint (cb_peer_count_connections (peer), ==, MIN (i, 3));
    }
  cb_transport_close (transport);
}

static void
test_chatter_before_the_reply (void)
{
  static const CbPeerReply reply = { .body =
                                       "HTTP/1.1 103 Early\r\n" CB_ASKING_EPOCH CB_ASKING_JSON
                                       "\r\n"
                                       "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n" CB_ASKING_JSON
                                       "\r\n{}" };
  g_auto (CbAsked) sent = { 0 };

  ask (&reply, &sent);

  /* The epoch of the reply before does not count for this one. */
  g_assert_error (sent.error, CB_TRANSPORT_ERROR, CB_TRANSPORT_ERROR_PORTAL);
}

static void
test_storm_of_chatter (void)
{
  g_autoptr (GString) storm = g_string_new (NULL);
  CbPeerReply reply = { 0 };
  g_auto (CbAsked) sent = { 0 };

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
    .headers = CB_ASKING_EPOCH CB_ASKING_JSON,
    .body = "{\"first\":1}\n{\"second\":2}\n{\"third\":3}\n",
    .cut_after = 145,
  };
  g_auto (CbAsked) sent = { 0 };

  ask (&reply, &sent);

  g_assert_error (sent.error, CB_TRANSPORT_ERROR, CB_TRANSPORT_ERROR_UNREACHED);
  g_assert_nonnull (sent.reply);
  g_assert_true (g_str_has_prefix (cb_asked_get_body (&sent), "{\"first\":1}\n"));
}

static void
test_code_and_retry_after (void)
{
  static const CbPeerReply reply = {
    .status = "429 Wait",
    .headers = CB_ASKING_EPOCH CB_ASKING_JSON "Retry-After: 17\r\n",
    .body = "{\"code\":\"slow_down\",\"message\":\"please\"}",
  };
  g_auto (CbAsked) sent = { 0 };

  ask (&reply, &sent);

  g_assert_error (sent.error, CB_TRANSPORT_ERROR, CB_TRANSPORT_ERROR_BUSY);
  g_assert_cmpint (sent.reply->retry_after_us, ==, 17 * G_USEC_PER_SEC);
  g_assert_cmpstr (sent.reply->code, ==, "slow_down");
}

static void
test_retry_after_is_bounded (void)
{
  static const CbPeerReply reply = { .status = "503 Wait",
                                     .headers = CB_ASKING_EPOCH "Retry-After: 315360000\r\n" };
  g_auto (CbAsked) sent = { 0 };

  ask (&reply, &sent);

  g_assert_cmpint (sent.reply->retry_after_us, ==, G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC);
}

/* By the service's clock and never by this machine's. */
static void
test_retry_after_as_a_date (void)
{
  static const struct
  {
    const char *headers;
    gint64 seconds;
  } cases[] = {
    { "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nRetry-After: Sun, 06 Nov 1994 08:51:37 GMT\r\n",
      120 },
    { "Date: Fri, 31 Dec 2100 23:59:00 GMT\r\nRetry-After: Sat, 01 Jan 2101 00:00:30 GMT\r\n", 90 },
    { "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nRetry-After: Sun, 06 Nov 1994 08:40:00 GMT\r\n", 0 },
    { "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nRetry-After: Mon, 06 Nov 2034 08:40:00 GMT\r\n",
      3600 },
    { "Retry-After: Sun, 06 Nov 1994 08:49:37 GMT\r\n", 0 },
    { "Retry-After: soon\r\n", 0 },
    { "Retry-After: -5\r\n", 0 },
    { "Retry-After: 99999999999999999999\r\n", 3600 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *headers = g_strconcat (CB_ASKING_EPOCH, cases[i].headers, NULL);
      const CbPeerReply reply = { .status = "503 Wait", .headers = headers };
      g_auto (CbAsked) sent = { 0 };

      ask (&reply, &sent);
      g_assert_error (sent.error, CB_TRANSPORT_ERROR, CB_TRANSPORT_ERROR_BUSY);
      g_assert_cmpint (sent.reply->retry_after_us, ==, cases[i].seconds * G_USEC_PER_SEC);
    }
}

static void
test_code_must_be_a_word (void)
{
  static const char *const bodies[] = {
    "{\"code\":\"<b>Sign in<\\/b>\"}", "{\"code\":7}", "[\"code\"]", "{\"code\":\"\"}", "garbage",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      const CbPeerReply reply = { .status = "500 Oops",
                                  .headers = CB_ASKING_EPOCH CB_ASKING_JSON,
                                  .body = bodies[i] };
      g_auto (CbAsked) sent = { 0 };

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
  g_autoptr (CbTransport) transport = cb_transport_new (&cb_asking_limits);
  g_autoptr (CbRequest) request = cb_asking_request (base, "/v1/health", NULL, NULL);
  g_auto (CbAsked) sent = { 0 };

  cb_asking_exchange (transport, request, &sent);

  g_assert_error (sent.error, CB_TRANSPORT_ERROR, CB_TRANSPORT_ERROR_UNREACHED);
  g_assert_cmpuint (sent.reply->status, ==, 0);
}

/* Whether a byte of the request may have left, after each way not to get an answer. */
static void
test_knows_what_never_left (void)
{
  g_autofree char *dead = g_strdup_printf ("http://127.0.0.1:%u", cb_peer_find_dead_port ());
  const struct
  {
    const char *base;
    CbPeerReply reply;
    gboolean never_left;
  } cases[] = {
    { .base = dead, .never_left = TRUE },
    { .base = "https://nobody.invalid", .never_left = TRUE },
    { .reply = { .body = "" } },
    { .reply = { .status = "200 OK", .cut_after = 1, .reset = TRUE } },
    { .reply = { .status = "503 Wait" } },
    { .reply = { .status = "200 OK", .delay_ms = 20000 } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (CbPeer) peer = cb_peer_new (NULL);
      g_autoptr (CbTransport) transport = cb_transport_new (&cb_asking_limits);
      const char *base = cases[i].base != NULL ? cases[i].base : cb_peer_get_url (peer);
      g_autoptr (CbRequest) request = cb_asking_request (base, "/v1/sync/push", "{}\n", NULL);
      g_auto (CbAsked) sent = { 0 };

      cb_peer_script (peer, &cases[i].reply);
      cb_asking_exchange (transport, request, &sent);
      g_assert_nonnull (sent.error);
      g_assert_nonnull (sent.reply);
      g_assert_cmpint (sent.reply->never_left, ==, cases[i].never_left);
      cb_transport_close (transport);
    }
}

static void
test_silence_times_out (void)
{
  static const CbPeerReply reply = { .status = "200 OK",
                                     .headers = CB_ASKING_EPOCH CB_ASKING_JSON,
                                     .body = "{}",
                                     .delay_ms = 20000 };
  const gint64 start = g_get_monotonic_time ();
  g_auto (CbAsked) sent = { 0 };

  ask (&reply, &sent);

  g_assert_error (sent.error, CB_TRANSPORT_ERROR, CB_TRANSPORT_ERROR_TIMED_OUT);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 8 * G_USEC_PER_SEC);
}

static void
test_dripping_times_out (void)
{
  static const CbPeerReply reply = { .status = "200 OK",
                                     .headers = CB_ASKING_EPOCH CB_ASKING_JSON,
                                     .body = "{}",
                                     .drip_ms = 100 };
  g_auto (CbAsked) sent = { 0 };

  ask (&reply, &sent);

  g_assert_error (sent.error, CB_TRANSPORT_ERROR, CB_TRANSPORT_ERROR_TIMED_OUT);
}

static void
test_slow_but_steady_arrives (void)
{
  static const CbPeerReply reply = { .status = "200 OK",
                                     .headers = CB_ASKING_EPOCH CB_ASKING_JSON,
                                     .body = "{}",
                                     .drip_ms = 2 };
  g_auto (CbAsked) sent = { 0 };

  ask (&reply, &sent);

  g_assert_no_error (sent.error);
}

static void
test_oversized (void)
{
  g_autofree char *large = g_strnfill (CB_ASKING_REPLY_LIMIT + 1, ' ');
  const CbPeerReply announced = { .status = "200 OK",
                                  .headers = CB_ASKING_EPOCH CB_ASKING_JSON,
                                  .body = large };
  g_autofree char *raw =
    g_strconcat ("HTTP/1.1 200 OK\r\n" CB_ASKING_EPOCH CB_ASKING_JSON "\r\n", large, NULL);
  const CbPeerReply unannounced = { .body = raw };
  g_auto (CbAsked) first = { 0 };
  g_auto (CbAsked) second = { 0 };

  ask (&announced, &first);
  g_assert_error (first.error, CB_TRANSPORT_ERROR, CB_TRANSPORT_ERROR_UNREACHED);

  ask (&unannounced, &second);
  g_assert_error (second.error, CB_TRANSPORT_ERROR, CB_TRANSPORT_ERROR_UNREACHED);
}

static void
test_exactly_the_limit (void)
{
  g_autofree char *large = g_strnfill (CB_ASKING_REPLY_LIMIT, ' ');
  const CbPeerReply reply = { .status = "200 OK",
                              .headers = CB_ASKING_EPOCH CB_ASKING_JSON,
                              .body = large };
  g_auto (CbAsked) sent = { 0 };

  ask (&reply, &sent);

  g_assert_no_error (sent.error);
  g_assert_cmpuint (g_bytes_get_size (sent.reply->body), ==, CB_ASKING_REPLY_LIMIT);
}

/* --- what is sent --- */

static void
test_request_as_the_contract_says (void)
{
  static const CbPeerReply reply = { .status = "200 OK",
                                     .headers = CB_ASKING_EPOCH CB_ASKING_JSON,
                                     .body = "{}" };
  g_autoptr (CbPeer) peer = cb_peer_new (NULL);
  g_autoptr (CbTransport) transport = cb_transport_new (&cb_asking_limits);
  g_autoptr (CbRequest) request =
    cb_asking_request (cb_peer_get_url (peer), "/v1/sync/push", "a line\n", NULL);
  const CbPeerRequest *arrived = NULL;
  g_autofree char *authorization = NULL;
  g_autofree char *expect = NULL;
  g_autofree char *accept_encoding = NULL;
  g_auto (CbAsked) sent = { 0 };

  cb_peer_script (peer, &reply);
  cb_request_add_header (request, "Authorization", "Bearer made-up");
  cb_asking_exchange (transport, request, &sent);
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
  static const CbPeerReply reply = { .status = "200 OK",
                                     .headers = CB_ASKING_EPOCH CB_ASKING_JSON,
                                     .body = "{}" };
  g_autoptr (CbPeer) peer = cb_peer_new (NULL);
  g_autoptr (CbTransport) transport = cb_transport_new (&cb_asking_limits);
  g_autofree char *large = g_strnfill (1024 * 1024, 'x');
  g_autoptr (CbRequest) request = cb_asking_request (cb_peer_get_url (peer), "/p", large, NULL);
  g_auto (CbAsked) sent = { 0 };

  cb_peer_script (peer, &reply);
  cb_asking_exchange (transport, request, &sent);

  g_assert_no_error (sent.error);
  g_assert_cmpuint (g_bytes_get_size (cb_peer_get_request (peer, 0)->body), ==, 1024 * 1024);
  cb_transport_close (transport);
}

static void
test_connection_is_kept (void)
{
  static const CbPeerReply reply = { .status = "200 OK",
                                     .headers = CB_ASKING_EPOCH CB_ASKING_JSON,
                                     .body = "{}" };
  g_autoptr (CbPeer) peer = cb_peer_new (NULL);
  g_autoptr (CbTransport) transport = cb_transport_new (&cb_asking_limits);

  cb_peer_script (peer, &reply);
  for (guint i = 0; i < 5; i++)
    {
      g_autoptr (CbRequest) request = cb_asking_request (cb_peer_get_url (peer), "/p", "x", NULL);
      g_auto (CbAsked) sent = { 0 };

      cb_asking_exchange (transport, request, &sent);
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
  static const CbPeerReply reply = { .status = "200 OK",
                                     .headers = CB_ASKING_EPOCH CB_ASKING_JSON,
                                     .body = "{}" };
  g_autoptr (CbPeer) peer = cb_peer_new (NULL);
  g_autoptr (CbTransport) transport = cb_transport_new (&cb_asking_limits);
  g_autoptr (CbRequest) first = cb_asking_request (cb_peer_get_url (peer), "/first", "body", NULL);
  g_autoptr (CbRequest) second = cb_asking_request (cb_peer_get_url (peer), "/second", NULL, NULL);
  g_autofree char *authorization = NULL;
  g_auto (CbAsked) sent = { 0 };
  g_auto (CbAsked) sent_again = { 0 };

  cb_peer_script (peer, &reply);
  cb_request_add_header (first, "Authorization", "Bearer made-up");
  cb_asking_exchange (transport, first, &sent);
  cb_asking_exchange (transport, second, &sent_again);

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
  g_autoptr (CbTransport) transport = cb_transport_new (&cb_asking_limits);
  g_autoptr (CbRequest) request = cb_asking_request (cb_peer_get_url (peer), "/p", NULL, NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_auto (CbAsked) sent = { 0 };

  g_cancellable_cancel (cancellable);
  cb_transport_send_async (transport, request, cancellable, cb_asked_take, &sent);
  cb_asked_wait (&sent);

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
                                     .headers = CB_ASKING_EPOCH CB_ASKING_JSON,
                                     .body = "{}",
                                     .delay_ms = 60000 };
  g_autoptr (CbPeer) peer = cb_peer_new (NULL);
  g_autoptr (CbTransport) transport = cb_transport_new (NULL);
  g_autoptr (CbRequest) request = cb_asking_request (cb_peer_get_url (peer), "/p", NULL, NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  gpointer both[] = { peer, cancellable };
  const gint64 start = g_get_monotonic_time ();
  g_auto (CbAsked) sent = { 0 };

  cb_peer_script (peer, &reply);
  cb_transport_send_async (transport, request, cancellable, cb_asked_take, &sent);
  g_timeout_add (1, cancel_once_asked, both);
  cb_asked_wait (&sent);

  g_assert_error (sent.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_null (sent.reply);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 3 * G_USEC_PER_SEC);
  cb_transport_close (transport);
}

static void
test_cancelled_after (void)
{
  static const CbPeerReply reply = { .status = "200 OK",
                                     .headers = CB_ASKING_EPOCH CB_ASKING_JSON,
                                     .body = "{}" };
  g_autoptr (CbPeer) peer = cb_peer_new (NULL);
  g_autoptr (CbTransport) transport = cb_transport_new (&cb_asking_limits);
  g_autoptr (CbRequest) request = cb_asking_request (cb_peer_get_url (peer), "/p", NULL, NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_auto (CbAsked) sent = { 0 };

  cb_peer_script (peer, &reply);
  cb_transport_send_async (transport, request, cancellable, cb_asked_take, &sent);
  cb_asked_wait (&sent);
  g_cancellable_cancel (cancellable);

  g_assert_no_error (sent.error);
  g_assert_true (sent.done);
  cb_transport_close (transport);
}

static void
test_closing_cancels (void)
{
  static const CbPeerReply reply = { .status = "200 OK",
                                     .headers = CB_ASKING_EPOCH CB_ASKING_JSON,
                                     .body = "{}",
                                     .delay_ms = 60000 };
  g_autoptr (CbPeer) peer = cb_peer_new (NULL);
  CbTransport *transport = cb_transport_new (NULL);
  g_autoptr (CbRequest) request = cb_asking_request (cb_peer_get_url (peer), "/p", NULL, NULL);
  g_auto (CbAsked) under_way = { 0 };
  g_auto (CbAsked) too_late = { 0 };

  cb_peer_script (peer, &reply);
  cb_transport_send_async (transport, request, NULL, cb_asked_take, &under_way);
  cb_transport_close (transport);
  cb_transport_send_async (transport, request, NULL, cb_asked_take, &too_late);

  cb_asked_wait (&under_way);
  cb_asked_wait (&too_late);
  g_assert_error (under_way.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_error (too_late.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_finalize_object (transport);
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
  g_test_add_func ("/transport/reply/one-with-its-digest-is-a-success", test_digest);
  g_test_add_func ("/transport/reply/an-altered-one-ends-its-connection",
                   test_altered_is_the_end_of_a_connection);
  g_test_add_func ("/transport/reply/chatter-before-it-does-not-count",
                   test_chatter_before_the_reply);
  g_test_add_func ("/transport/reply/a-storm-of-chatter-ends", test_storm_of_chatter);
  g_test_add_func ("/transport/reply/a-cut-one-keeps-what-came", test_cut_keeps_what_came);
  g_test_add_func ("/transport/reply/tells-code-and-wait", test_code_and_retry_after);
  g_test_add_func ("/transport/reply/wait-is-bounded", test_retry_after_is_bounded);
  g_test_add_func ("/transport/reply/wait-may-be-a-date", test_retry_after_as_a_date);
  g_test_add_func ("/transport/reply/code-must-be-a-word", test_code_must_be_a_word);
  g_test_add_func ("/transport/fault/refused", test_refused);
  g_test_add_func ("/transport/fault/knows-what-never-left", test_knows_what_never_left);
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

  return g_test_run ();
}
