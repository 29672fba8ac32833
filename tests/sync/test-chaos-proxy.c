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

      /* A connection that stayed would carry its count on. */
      cb_transport_close (world->transport);
      g_object_unref (world->transport);
      world->transport = cb_transport_new (&cb_asking_limits);
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

  return g_test_run ();
}
