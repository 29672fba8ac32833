/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "base/cb-id.h"
#include "engine/cb-engine.h"
#include "engine/cb-transport.h"
#include "support/cb-chaos.h"
#include "support/cb-model-outbox.h"
#include "support/cb-service-fixture.h"
#include "support/cb-test-ops.h"

#include <string.h>

/* The engine with its real transport against the real service, through a proxy that goes wrong:
 * what neither model can be wrong about. */

typedef struct
{
  CbServiceFixture *service;
  CbChaos *chaos;
  CbTransport *transport;
  CbModelOutbox *outbox;
  CbSyncState *state;
  CbEngine *engine;
  char *customer;
  char *grant;
  GRand *random;
  guint killer; /* the timeout */
} World;

typedef struct
{
  gboolean is_back;
  GError *error;
} Back;

static void
on_enrolled (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Back *back = user_data;

  cb_engine_enrol_finish (CB_ENGINE (source), result, &back->error);
  back->is_back = TRUE;
}

static void
on_once (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Back *back = user_data;

  cb_engine_run_once_finish (CB_ENGINE (source), result, &back->error);
  back->is_back = TRUE;
}

static void
wait_for (Back *back)
{
  const gint64 until = g_get_monotonic_time () + 65 * G_USEC_PER_SEC;

  while (!back->is_back && g_get_monotonic_time () < until)
    g_main_context_iteration (NULL, TRUE);

  g_assert_true (back->is_back);
}

/* The error's code, or -1 when the cycle was completed. */
static int
run_once (World *world)
{
  Back back = { 0 };
  int code = -1;

  cb_engine_run_once_async (world->engine, NULL, on_once, &back);
  wait_for (&back);
  if (back.error != NULL)
    code = back.error->code;
  g_clear_error (&back.error);

  return code;
}

static void
make_engine (World *world)
{
  g_autoptr (CbClock) clock = cb_clock_new_system ();
  const CbEngineParts parts = {
    .outbox_port = &cb_model_outbox_port,
    .outbox = G_OBJECT (world->outbox),
    .send_port = &cb_transport_send_port,
    .sender = G_OBJECT (world->transport),
    .state = world->state,
    .clock = clock,
    .timers = cb_timers_system (),
    .random = cb_random_system (),
  };

  world->engine = cb_engine_new (&parts);
}

static void
enrol (World *world)
{
  g_autofree char *code = cb_service_fixture_enrol (world->service, "Port Halden");
  Back back = { 0 };

  cb_engine_enrol_async (world->engine, cb_chaos_get_url (world->chaos), code, NULL, NULL, NULL,
                         on_enrolled, &back);
  wait_for (&back);
  g_assert_no_error (back.error);
}

static void
add_note (World *world, const char *text)
{
  g_autofree char *op = cb_id_new ();
  g_autofree char *note = cb_id_new ();
  const CbTestPut put = {
    .op = op,
    .customer = world->customer,
    .scope = "store",
    .purpose = "shop",
    .grant = world->grant,
    .text = text,
  };
  g_autofree char *line = cb_test_note (note, &put);

  cb_model_outbox_add_line (world->outbox, op, NULL, 1, line);
}

static void
set_up (World *world, gconstpointer data)
{
  g_autoptr (CbClock) clock = cb_clock_new_system ();
  g_autofree char *line = NULL;

  world->service = cb_service_fixture_new ();
  world->chaos = cb_chaos_new (cb_service_fixture_get_port (world->service), 11, NULL);
  world->transport = cb_transport_new (NULL);
  world->outbox = cb_model_outbox_new (clock);
  cb_model_outbox_expect_gaps (world->outbox);
  world->state = cb_sync_state_new ();
  world->random = g_rand_new_with_seed (11);
  world->customer = cb_id_new ();
  world->grant = cb_id_new ();
  make_engine (world);
  enrol (world);

  line = cb_test_grant (world->grant, world->customer, "shop", "*", "tapped", NULL);
  cb_model_outbox_add_line (world->outbox, world->grant, "consent", 1, line);
}

static void
tear_down (World *world, gconstpointer data)
{
  g_assert_finalize_object (world->engine);
  cb_transport_close (world->transport);
  g_assert_finalize_object (world->transport);
  g_object_unref (world->outbox);
  g_object_unref (world->state);
  g_rand_free (world->random);
  cb_chaos_free (world->chaos);
  cb_service_fixture_free (world->service);
  g_free (world->customer);
  g_free (world->grant);
}

/* How many lines of the dump hold the text. */
static guint
count_in_dump (World *world, const char *text)
{
  g_autoptr (GPtrArray) lines = cb_service_fixture_dump (world->service);
  guint n = 0;

  for (guint i = 0; i < lines->len; i++)
    n += strstr (g_ptr_array_index (lines, i), text) != NULL;

  return n;
}

static void
test_brings_everything_once (World *world, gconstpointer data)
{
  for (guint i = 0; i < 1200; i++)
    add_note (world, "a note of no importance");

  g_assert_cmpint (run_once (world), ==, -1);
  g_assert_cmpuint (cb_model_outbox_count (world->outbox, CB_MODEL_ACCEPTED), ==, 1201);
  g_assert_cmpuint (count_in_dump (world, "a note of no importance"), ==, 1200);
  g_assert_cmpint (cb_sync_state_get_contact (world->state), ==, CB_CONTACT_REACHED);

  /* And a record that the service refuses parks alone. */
  add_note (world, "before");
  cb_model_outbox_add_line (world->outbox, "0123456789abcdef0123456789abcdef", NULL, 1,
                            "{\"op\":\"0123456789abcdef0123456789abcdef\",\"nothing\":1}");
  add_note (world, "after");
  g_assert_cmpint (run_once (world), ==, -1);
  g_assert_cmpuint (cb_model_outbox_count (world->outbox, CB_MODEL_PARKED), ==, 1);
  g_assert_cmpuint (count_in_dump (world, "after"), ==, 1);
}

/* The service has committed; the reply is lost whole, or from some byte on. */
static void
test_replies_lost (World *world, gconstpointer data)
{
  guint n_failed = 0;

  g_assert_cmpint (run_once (world), ==, -1);

  for (guint i = 0; i < 200; i++)
    {
      g_autofree char *text = g_strdup_printf ("note number %u of many", i);
      g_autofree char *mode = g_strdup_printf ("cut=%d", g_rand_int_range (world->random, 0, 420));

      add_note (world, text);
      add_note (world, text);
      cb_chaos_set_mode (world->chaos, i % 4 == 0 ? "cut=0" : mode);
      n_failed += run_once (world) != -1;

      cb_chaos_set_mode (world->chaos, "pass");
      if (i % 3 == 0)
        g_assert_cmpint (run_once (world), ==, -1);
    }

  g_assert_cmpint (run_once (world), ==, -1);
  g_assert_cmpuint (n_failed, >=, 150);
  g_assert_cmpuint (cb_model_outbox_count (world->outbox, CB_MODEL_ACCEPTED), ==, 401);
  g_assert_cmpuint (count_in_dump (world, "of many"), ==, 400);
  for (guint i = 0; i < cb_model_outbox_get_length (world->outbox); i++)
    g_assert_cmpuint (cb_model_outbox_get (world->outbox, i)->n_settled, ==, 1);
}

static gboolean
kill_service (gpointer data)
{
  World *world = data;

  world->killer = 0;
  cb_service_fixture_kill (world->service);

  return G_SOURCE_REMOVE;
}

static void
test_service_killed_in_mid_batch (World *world, gconstpointer data)
{
  guint n_failed = 0;

  for (guint round = 0; round < 12; round++)
    {
      Back back = { 0 };

      for (guint i = 0; i < 400; i++)
        add_note (world, "written while it was killed");

      cb_engine_run_once_async (world->engine, NULL, on_once, &back);
      world->killer =
        g_timeout_add ((guint) g_rand_int_range (world->random, 1, 60), kill_service, world);
      wait_for (&back);
      n_failed += back.error != NULL;
      g_clear_error (&back.error);

      /* It may have been quicker than the kill; then that comes now. */
      if (world->killer != 0)
        {
          g_source_remove (world->killer);
          kill_service (world);
        }
      cb_service_fixture_start (world->service);
    }

  g_assert_cmpint (run_once (world), ==, -1);
  g_test_message ("killed in time in %u of 12 rounds", n_failed);
  g_assert_cmpuint (cb_model_outbox_count (world->outbox, CB_MODEL_ACCEPTED), ==, 4801);
  g_assert_cmpuint (count_in_dump (world, "written while"), ==, 4800);
}

static void
test_unreachable_and_back (World *world, gconstpointer data)
{
  add_note (world, "patient");
  cb_chaos_set_mode (world->chaos, "refuse");
  g_assert_cmpint (run_once (world), ==, CB_TRANSPORT_ERROR_UNREACHED);
  g_assert_cmpint (cb_sync_state_get_contact (world->state), ==, CB_CONTACT_UNREACHABLE);
  g_assert_cmpuint (cb_model_outbox_count (world->outbox, CB_MODEL_WAITING), ==, 2);

  cb_chaos_set_mode (world->chaos, "pass");
  g_assert_cmpint (run_once (world), ==, -1);
  g_assert_cmpuint (count_in_dump (world, "patient"), ==, 1);
}

static void
test_revoked (World *world, gconstpointer data)
{
  const CbEnrolmentFields *fields =
    cb_enrolment_peek (cb_model_outbox_get_enrolment (world->outbox));

  g_assert_cmpint (
    cb_service_fixture_run (world->service, NULL, "revoke", fields->terminal_id, NULL), ==, 0);
  add_note (world, "kept");
  g_assert_cmpint (run_once (world), ==, CB_TRANSPORT_ERROR_REVOKED);
  g_assert_cmpint (cb_sync_state_get_contact (world->state), ==, CB_CONTACT_REVOKED);
  g_assert_cmpuint (cb_model_outbox_count (world->outbox, CB_MODEL_WAITING), ==, 2);
}

static void
test_code_is_good_once (World *world, gconstpointer data)
{
  g_autofree char *code = cb_service_fixture_enrol (world->service, "Port Halden");
  Back first = { 0 };
  Back second = { 0 };

  cb_engine_enrol_async (world->engine, cb_chaos_get_url (world->chaos), code, NULL, NULL, NULL,
                         on_enrolled, &first);
  wait_for (&first);
  g_assert_no_error (first.error);

  cb_engine_enrol_async (world->engine, cb_chaos_get_url (world->chaos), code, NULL, NULL, NULL,
                         on_enrolled, &second);
  wait_for (&second);
  g_assert_error (second.error, CB_TRANSPORT_ERROR, CB_TRANSPORT_ERROR_CONFIG);
  g_clear_error (&second.error);

  /* What was kept is what the first one made. */
  g_assert_cmpint (run_once (world), ==, -1);
}

/* --- between two cycles --- */

static guint
count_heard (World *world)
{
  return cb_model_outbox_count_heard (world->outbox);
}

static void
run_for (gint64 us)
{
  const gint64 until_us = g_get_monotonic_time () + us;

  while (g_get_monotonic_time () < until_us)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (2000);
}

static void
assert_hears_soon (World *world, guint n)
{
  const gint64 from_us = g_get_monotonic_time ();

  while (count_heard (world) < n && g_get_monotonic_time () < from_us + 20 * G_USEC_PER_SEC)
    run_for (20000);
  g_assert_cmpuint (count_heard (world), ==, n);
}

static void
erase_elsewhere (World *world)
{
  g_autofree char *customer = cb_id_new ();

  g_assert_cmpint (cb_service_fixture_run (world->service, NULL, "erase", customer, NULL), ==, 0);
}

/* The request that lay there comes back cancelled. */
static void
stop (World *world)
{
  cb_engine_stop (world->engine);
  run_for (G_USEC_PER_SEC / 5);
}

/* A poll is due after a minute; nothing here lasts as long. */
static void
test_told_while_it_rests (World *world, gconstpointer data)
{
  cb_engine_start (world->engine);
  run_for (2 * G_USEC_PER_SEC);
  g_assert_cmpint (cb_engine_get_stage (world->engine), ==, CB_ENGINE_WAITING);
  for (guint n = 1; n <= 3; n++)
    {
      erase_elsewhere (world);
      assert_hears_soon (world, n);
      run_for (G_USEC_PER_SEC / 2);
    }
  stop (world);
}

/* The service goes and comes back while a request lies there: nobody is told of trouble that nobody
 * had, what is written then is sent, and it listens again. */
static void
test_service_restarted_meanwhile (World *world, gconstpointer data)
{
  cb_engine_start (world->engine);
  run_for (2 * G_USEC_PER_SEC);
  cb_service_fixture_kill (world->service);
  run_for (G_USEC_PER_SEC);
  g_assert_cmpint (cb_engine_get_stage (world->engine), ==, CB_ENGINE_WAITING);
  g_assert_cmpint (cb_sync_state_get_contact (world->state), ==, CB_CONTACT_REACHED);
  cb_service_fixture_start (world->service);
  add_note (world, "after it came back");
  cb_engine_wake (world->engine);
  run_for (3 * G_USEC_PER_SEC);
  g_assert_cmpuint (count_in_dump (world, "after it came back"), ==, 1);
  erase_elsewhere (world);
  assert_hears_soon (world, 1);
  stop (world);
}

#define ADD(path, func) g_test_add (path, World, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  cb_transport_prepare_process ();

  ADD ("/engine/service/brings-everything-once", test_brings_everything_once);
  ADD ("/engine/service/replies-lost-after-its-commit", test_replies_lost);
  ADD ("/engine/service/killed-in-mid-batch", test_service_killed_in_mid_batch);
  ADD ("/engine/service/unreachable-and-back", test_unreachable_and_back);
  ADD ("/engine/service/revoked", test_revoked);
  ADD ("/engine/service/a-code-is-good-once", test_code_is_good_once);
  ADD ("/engine/service/told-while-it-rests", test_told_while_it_rests);
  ADD ("/engine/service/restarted-while-it-rests", test_service_restarted_meanwhile);

  return g_test_run ();
}
