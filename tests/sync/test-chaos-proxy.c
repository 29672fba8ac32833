/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "support/cb-asking.h"
#include "support/cb-chaos.h"
#include "support/cb-peer.h"

#include <glib/gstdio.h>
#include <string.h>

/* The tests of others rest on this: that the proxy does go wrong, and as it was told. */

static const CbPeerReply whole = {
  .status = "200 OK",
  .headers = CB_ASKING_EPOCH CB_ASKING_JSON,
  .body = "{\"first\":1}{\"second\":2}",
};

typedef struct
{
  CbPeer *peer;
  CbChaos *chaos;
  CbTransport *transport;
  char *folder;
  char *record;
} World;

static void
set_up (World *world, gconstpointer data)
{
  world->folder = g_dir_make_tmp ("cb-chaos-XXXXXX", NULL);
  world->record = g_build_filename (world->folder, "record", NULL);
  world->peer = cb_peer_new (NULL);
  cb_peer_script (world->peer, &whole);
  world->chaos = cb_chaos_new (cb_peer_get_port (world->peer), 7, world->record);
  world->transport = cb_transport_new (&cb_asking_limits);
}

static void
tear_down (World *world, gconstpointer data)
{
  cb_transport_close (world->transport);
  g_object_unref (world->transport);
  cb_chaos_free (world->chaos);
  cb_peer_free (world->peer);
  g_unlink (world->record);
  g_rmdir (world->folder);
  g_free (world->record);
  g_free (world->folder);
}

/* The error's code, or -1 for a success. */
static int
ask (World *world, const char *body)
{
  g_autoptr (CbRequest) request =
    cb_asking_request (cb_chaos_get_url (world->chaos), "/p", body, NULL);
  g_auto (CbAsked) asked = { 0 };

  cb_asking_exchange (world->transport, request, &asked);

  return asked.error != NULL ? asked.error->code : -1;
}

static void
test_passes_and_records (World *world, gconstpointer data)
{
  g_autofree char *bytes = NULL;

  g_assert_cmpint (ask (world, "planted words"), ==, -1);

  g_assert_true (g_file_get_contents (world->record, &bytes, NULL, NULL));
  g_assert_true (g_str_has_prefix (bytes, "> "));
  g_assert_nonnull (strstr (bytes, "planted words"));
  g_assert_nonnull (strstr (bytes, "\n< "));
  g_assert_nonnull (strstr (bytes, "{\"second\":2}"));
}

static void
test_refuses (World *world, gconstpointer data)
{
  cb_chaos_set_mode (world->chaos, "refuse");
  g_assert_cmpint (ask (world, "x"), ==, CB_TRANSPORT_ERROR_UNREACHED);
  g_assert_cmpuint (cb_peer_count_requests (world->peer), ==, 0);

  cb_chaos_set_mode (world->chaos, "pass");
  g_assert_cmpint (ask (world, "x"), ==, -1);
}

static void
test_stalls (World *world, gconstpointer data)
{
  cb_chaos_set_mode (world->chaos, "stall");
  g_assert_cmpint (ask (world, "x"), ==, CB_TRANSPORT_ERROR_TIMED_OUT);
  g_assert_cmpuint (cb_peer_count_requests (world->peer), ==, 0);
}

/* The target is asked every time, and nothing of its reply beyond the cut arrives. */
static void
test_cuts (World *world, gconstpointer data)
{
  for (guint n = 0; n < 40; n++)
    {
      g_autofree char *mode = g_strdup_printf ("cut=%u", n * 5);

      cb_chaos_set_mode (world->chaos, mode);
      g_assert_cmpint (ask (world, "x"), ==, n * 5 < 150 ? CB_TRANSPORT_ERROR_UNREACHED : -1);
      g_assert_cmpuint (cb_peer_count_requests (world->peer), ==, n + 1);
    }
}

/* A request that was cut is none for the target; one that passed whole before the cut is answered.
 */
static void
test_cuts_requests (World *world, gconstpointer data)
{
  cb_chaos_set_mode (world->chaos, "cut-request=0");
  g_assert_cmpint (ask (world, "x"), ==, CB_TRANSPORT_ERROR_UNREACHED);
  cb_chaos_set_mode (world->chaos, "cut-request=40");
  g_assert_cmpint (ask (world, "x"), ==, CB_TRANSPORT_ERROR_UNREACHED);
  g_assert_cmpuint (cb_peer_count_requests (world->peer), ==, 0);

  cb_chaos_set_mode (world->chaos, "cut-request=10000");
  g_assert_cmpint (ask (world, "x"), ==, -1);
  g_assert_cmpuint (cb_peer_count_requests (world->peer), ==, 1);
}

static guint
count_failures (World *world, const char *mode, guint n)
{
  guint failures = 0;

  cb_chaos_set_mode (world->chaos, mode);
  for (guint i = 0; i < n; i++)
    {
      failures += ask (world, "x") != -1;
      cb_transport_close (world->transport);
      g_object_unref (world->transport);
      world->transport = cb_transport_new (&cb_asking_limits);
    }

  return failures;
}

static void
test_goes_wrong_by_chance (World *world, gconstpointer data)
{
  const guint drops = count_failures (world, "drop=0.5", 40);
  const guint before = cb_peer_count_requests (world->peer);
  guint cuts = 0;

  g_assert_cmpuint (drops, >, 8);
  g_assert_cmpuint (drops, <, 32);
  g_assert_cmpuint (before, ==, 40 - drops);

  cuts = count_failures (world, "cut-random=0.5", 40);
  g_assert_cmpuint (cuts, >, 8);
  g_assert_cmpuint (cuts, <, 32);
  g_assert_cmpuint (cb_peer_count_requests (world->peer), ==, before + 40);

  g_assert_cmpuint (count_failures (world, "cut-random=1", 5), ==, 5);
  g_assert_cmpuint (count_failures (world, "drop=0", 5), ==, 0);
}

/* --- byte by byte --- */

#define QUIET_MS 100
#define BODY "HELLO"

typedef enum
{
  ENDS_OPEN, /* nothing more came for a while */
  ENDS_CLOSED,
  ENDS_RESET,
} Ends;

typedef struct
{
  GSocketConnection *connection;
  GSocket *socket; /* the connection's */
  GString *heard;
  Ends ends;
} Line;

static void
line_clear (Line *line)
{
  g_clear_object (&line->connection);
  if (line->heard != NULL)
    g_string_free (line->heard, TRUE);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Line, line_clear)

static Line
call (World *world)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GError) error = NULL;
  Line line = { .heard = g_string_new (NULL) };

  line.connection = g_socket_client_connect_to_host (
    client, "127.0.0.1", (guint16) cb_chaos_get_port (world->chaos), NULL, &error);
  g_assert_no_error (error);
  line.socket = g_socket_connection_get_socket (line.connection);

  return line;
}

static void
say (Line *line, const char *path)
{
  g_autofree char *text =
    g_strdup_printf ("POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n" BODY, path);

  /* It may have been cut before. */
  g_socket_send (line->socket, text, strlen (text), NULL, NULL);
}

/* Until it ends, or so much has come and nothing more follows. */
static void
hear (Line *line, gsize enough)
{
  g_autoptr (GError) error = NULL;
  char piece[4096];

  line->ends = ENDS_OPEN;
  while (g_socket_condition_timed_wait (
    line->socket, G_IO_IN, (line->heard->len < enough ? 10000 : QUIET_MS) * G_TIME_SPAN_MILLISECOND,
    NULL, NULL))
    {
      const gssize length = g_socket_receive (line->socket, piece, sizeof piece, NULL, &error);

      if (length <= 0)
        {
          line->ends = length == 0 ? ENDS_CLOSED : ENDS_RESET;
          return;
        }
      g_string_append_len (line->heard, piece, length);
    }
}

/* What the peer answers when nothing goes wrong. */
static char *
hear_whole (World *world)
{
  g_auto (Line) line = call (world);

  cb_chaos_set_mode (world->chaos, "pass");
  say (&line, "/p");
  hear (&line, strlen (whole.body));
  g_assert_true (g_str_has_suffix (line.heard->str, whole.body));

  return g_strdup (line.heard->str);
}

static void
set_mode (World *world, const char *name, gsize value)
{
  g_autofree char *mode = g_strdup_printf ("%s=%zu", name, value);

  cb_chaos_set_mode (world->chaos, mode);
}

/* So much of the reply comes, and then this. */
static void
assert_ends (World *world, const char *mode, gsize value, const char *expected, Ends ends)
{
  g_auto (Line) line = call (world);

  set_mode (world, mode, value);
  say (&line, "/p");
  hear (&line, strlen (expected));
  g_assert_cmpstr (line.heard->str, ==, expected);
  g_assert_cmpint (line.ends, ==, ends);
}

static void
assert_ends_everywhere (World *world, const char *mode, gsize stride, Ends ends)
{
  g_autofree char *reply = hear_whole (world);
  const guint before = cb_peer_count_requests (world->peer);
  guint n = 0;

  for (gsize at = 0; at < strlen (reply); at += stride, n++)
    {
      g_autofree char *part = g_strndup (reply, at);

      assert_ends (world, mode, at, part, ends);
    }
  g_assert_cmpuint (cb_peer_count_requests (world->peer), ==, before + n);
}

static void
test_ends_behind_any_byte_of_a_reply (World *world, gconstpointer data)
{
  assert_ends_everywhere (world, "cut", 1, ENDS_CLOSED);
  assert_ends_everywhere (world, "reset", 1, ENDS_RESET);
  assert_ends_everywhere (world, "stall", 50, ENDS_OPEN);
}

static void
test_ends_behind_any_byte_of_a_request (World *world, gconstpointer data)
{
  for (gsize at = 0; at < 50; at++)
    {
      assert_ends (world, "cut-request", at, "", ENDS_CLOSED);
      assert_ends (world, "reset-request", at, "", ENDS_RESET);
    }
  assert_ends (world, "stall-request", 20, "", ENDS_OPEN);
  g_assert_cmpuint (cb_peer_count_requests (world->peer), ==, 0);
}

/* A number counts from the mode on, and of the connections together. */
static void
test_counts (World *world, gconstpointer data)
{
  g_autofree char *reply = hear_whole (world);
  g_auto (Line) line = call (world);
  gsize asked = 0;
  gsize replied = 0;

  cb_chaos_set_mode (world->chaos, "pass");
  say (&line, "/p");
  hear (&line, strlen (reply));
  cb_chaos_count (world->chaos, &asked, &replied);
  g_assert_cmpuint (asked, ==,
                    strlen ("POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n" BODY));
  g_assert_cmpuint (replied, ==, strlen (reply));

  cb_chaos_set_mode (world->chaos, "cut=7");
  cb_chaos_count (world->chaos, &asked, &replied);
  g_assert_cmpuint (asked + replied, ==, 0);
  say (&line, "/p");
  hear (&line, strlen (reply) + 7);
  g_assert_cmpuint (line.heard->len, ==, strlen (reply) + 7);
  g_assert_cmpint (line.ends, ==, ENDS_CLOSED);
}

/* What comes before the request that is meant passes, and is not counted. */
static void
test_strikes_one_request (World *world, gconstpointer data)
{
  g_autofree char *reply = hear_whole (world);
  g_auto (Line) line = call (world);

  cb_chaos_set_mode (world->chaos, "cut=5@/meant");
  say (&line, "/p");
  hear (&line, strlen (reply));
  g_assert_cmpint (line.ends, ==, ENDS_OPEN);
  say (&line, "/meant");
  hear (&line, strlen (reply) + 5);
  g_assert_cmpuint (line.heard->len, ==, strlen (reply) + 5);
  g_assert_cmpint (line.ends, ==, ENDS_CLOSED);
}

/* Whoever asks again on another connection is let in, or nobody is. */
static void
test_ends_for_good (World *world, gconstpointer data)
{
  g_autofree char *reply = hear_whole (world);

  for (guint is_final = 0; is_final <= 1; is_final++)
    {
      g_auto (Line) first = call (world);
      g_auto (Line) second = { 0 };

      cb_chaos_set_mode (world->chaos, is_final ? "cut=10!" : "cut=10");
      say (&first, "/p");
      hear (&first, 10);
      g_assert_cmpint (first.ends, ==, ENDS_CLOSED);
      second = call (world);
      say (&second, "/p");
      hear (&second, is_final ? 1 : 10);
      g_assert_cmpuint (second.heard->len, ==, is_final ? 0 : 10);
    }
  cb_chaos_set_mode (world->chaos, "pass");
  g_assert_cmpint (ask (world, "x"), ==, -1);
}

/* --- other bytes --- */

static void
test_corrupts_a_reply (World *world, gconstpointer data)
{
  g_autofree char *reply = hear_whole (world);

  for (gsize at = 0; at < strlen (reply); at += 13)
    {
      g_autofree char *other = g_strdup (reply);

      other[at] ^= 1;
      assert_ends (world, "corrupt", at, other, ENDS_OPEN);
    }
}

static void
test_corrupts_a_text (World *world, gconstpointer data)
{
  g_autofree char *reply = hear_whole (world);
  g_auto (Line) line = call (world);

  cb_chaos_set_mode (world->chaos, "corrupt-text=second\":2");
  say (&line, "/p");
  hear (&line, strlen (reply));
  strstr (reply, "second\":2")[8] = '3';
  g_assert_cmpstr (line.heard->str, ==, reply);
}

/* The bodies alone, of all requests of a connection together. */
static void
test_corrupts_a_request (World *world, gconstpointer data)
{
  g_autofree char *reply = hear_whole (world);
  g_auto (Line) line = call (world);
  const char *expected[] = { BODY, BODY, "HDLLO", BODY };

  set_mode (world, "corrupt-request", strlen (BODY) + 1);
  for (guint i = 1; i < G_N_ELEMENTS (expected); i++)
    {
      const CbPeerRequest *request = NULL;

      say (&line, "/p");
      hear (&line, i * strlen (reply));
      request = cb_peer_get_request (world->peer, i);
      g_assert_cmpmem (g_bytes_get_data (request->body, NULL), g_bytes_get_size (request->body),
                       expected[i], strlen (expected[i]));
    }
}

static void
assert_request_count (World *world, guint n)
{
  const gint64 until_us = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;

  while (cb_peer_count_requests (world->peer) < n && g_get_monotonic_time () < until_us)
    g_usleep (1000);
  g_assert_cmpuint (cb_peer_count_requests (world->peer), ==, n);
}

/* The peer numbers its answers, so it shows whose it was. */
static void
tell_number (const CbPeerRequest *request, CbPeerReply *reply, gpointer data)
{
  static const char *const numbers[] = { "first", "second", "third", "fourth" };
  guint *n = data;

  *reply = (CbPeerReply){ .status = "200 OK", .body = numbers[(*n)++ % G_N_ELEMENTS (numbers)] };
}

static void
test_duplicates (World *world, gconstpointer data)
{
  guint n = 0;
  const guint before = cb_peer_count_connections (world->peer);

  cb_peer_set_teller (world->peer, tell_number, &n);
  for (guint which = 1; which <= 2; which++)
    {
      g_auto (Line) line = call (world);

      set_mode (world, "duplicate", which);
      say (&line, "/p");
      hear (&line, 1);
      g_assert_true (g_str_has_suffix (line.heard->str, which == 1 ? "first" : "fourth"));
      assert_request_count (world, 2 * which);
    }
  g_assert_cmpuint (cb_peer_count_connections (world->peer), ==, before + 4);
}

/* The second delivery is made even when the terminal does not stay for it. */
static void
test_duplicates_for_who_has_gone (World *world, gconstpointer data)
{
  set_mode (world, "duplicate", 1);
  for (guint i = 1; i <= 20; i++)
    {
      g_auto (Line) line = call (world);
      char byte = '\0';

      say (&line, "/p");
      g_assert_cmpint (g_socket_receive (line.socket, &byte, 1, NULL, NULL), ==, 1);
      g_clear_object (&line.connection);
      assert_request_count (world, 2 * i);
    }
}

static void
test_is_a_portal (World *world, gconstpointer data)
{
  cb_chaos_set_mode (world->chaos, "portal=200");
  g_assert_cmpint (ask (world, "x"), ==, CB_TRANSPORT_ERROR_PORTAL);
  cb_chaos_set_mode (world->chaos, "portal=302");
  g_assert_cmpint (ask (world, "x"), ==, CB_TRANSPORT_ERROR_PORTAL);
  g_assert_cmpuint (cb_peer_count_requests (world->peer), ==, 0);

  for (guint status = 200; status <= 302; status += 102)
    {
      g_auto (Line) line = call (world);
      g_autofree char *begin = g_strdup_printf ("HTTP/1.1 %u ", status);

      set_mode (world, "portal", status);
      say (&line, "/p");
      hear (&line, 1);
      g_assert_true (g_str_has_prefix (line.heard->str, begin));
      g_assert_nonnull (strstr (line.heard->str, "text/html"));
      g_assert_true ((strstr (line.heard->str, "Location: ") != NULL) == (status == 302));
    }
}

/* --- other lengths --- */

/* The reply with another line than that of its length, and as much of its body. */
static char *
relength (const char *reply, const char *line, const char *body)
{
  const char *end = strstr (reply, "\r\n\r\n");
  g_autofree char *head = g_strndup (reply, (gsize) (end - reply));
  g_auto (GStrv) lines = g_strsplit (head, "\r\n", -1);
  g_autofree char *other = NULL;

  for (guint i = 0; lines[i] != NULL; i++)
    if (g_ascii_strncasecmp (lines[i], "Content-Length:", 15) == 0)
      {
        g_free (lines[i]);
        lines[i] = g_strdup (line);
      }
  other = g_strjoinv ("\r\n", lines);

  return g_strconcat (other, "\r\n\r\n", body, NULL);
}

static void
test_announces_another_length (World *world, gconstpointer data)
{
  g_autofree char *reply = hear_whole (world);
  g_autofree char *more = g_strdup_printf ("Content-Length: %zu", strlen (whole.body) + 3);
  g_autofree char *less = g_strdup_printf ("Content-Length: %zu", strlen (whole.body) - 3);
  g_autofree char *longer = relength (reply, more, whole.body);
  g_autofree char *shorter = relength (reply, less, whole.body);
  g_autofree char *none = relength (reply, "Content-Length: 0", whole.body);

  assert_ends (world, "longer", 3, longer, ENDS_CLOSED);
  assert_ends (world, "shorter", 3, shorter, ENDS_OPEN);
  assert_ends (world, "shorter", 1000, none, ENDS_OPEN);

  set_mode (world, "longer", 1);
  g_assert_cmpint (ask (world, "x"), ==, CB_TRANSPORT_ERROR_UNREACHED);
}

static void
test_cuts_within_a_chunk (World *world, gconstpointer data)
{
  g_autofree char *reply = hear_whole (world);

  for (gsize at = 0; at <= strlen (whole.body); at++)
    {
      g_autofree char *body =
        g_strdup_printf ("%zx\r\n%.*s", strlen (whole.body), (int) at, whole.body);
      g_autofree char *expected = relength (reply, "Transfer-Encoding: chunked", body);

      assert_ends (world, "chunked", at, expected, ENDS_CLOSED);
    }

  set_mode (world, "chunked", 4);
  g_assert_cmpint (ask (world, "x"), ==, CB_TRANSPORT_ERROR_UNREACHED);
}

#define ADD(path, func) g_test_add (path, World, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  cb_transport_prepare_process ();

  ADD ("/chaos/passes-and-records", test_passes_and_records);
  ADD ("/chaos/refuses", test_refuses);
  ADD ("/chaos/stalls", test_stalls);
  ADD ("/chaos/cuts-where-it-was-told", test_cuts);
  ADD ("/chaos/cuts-requests-too", test_cuts_requests);
  ADD ("/chaos/goes-wrong-by-chance", test_goes_wrong_by_chance);
  ADD ("/chaos/ends-behind-any-byte-of-a-reply", test_ends_behind_any_byte_of_a_reply);
  ADD ("/chaos/ends-behind-any-byte-of-a-request", test_ends_behind_any_byte_of_a_request);
  ADD ("/chaos/ends-for-good", test_ends_for_good);
  ADD ("/chaos/counts", test_counts);
  ADD ("/chaos/strikes-one-request", test_strikes_one_request);
  ADD ("/chaos/corrupts-a-reply", test_corrupts_a_reply);
  ADD ("/chaos/corrupts-a-text", test_corrupts_a_text);
  ADD ("/chaos/corrupts-a-request", test_corrupts_a_request);
  ADD ("/chaos/duplicates", test_duplicates);
  ADD ("/chaos/duplicates-for-who-has-gone", test_duplicates_for_who_has_gone);
  ADD ("/chaos/is-a-portal", test_is_a_portal);
  ADD ("/chaos/announces-another-length", test_announces_another_length);
  ADD ("/chaos/cuts-within-a-chunk", test_cuts_within_a_chunk);

  return g_test_run ();
}
