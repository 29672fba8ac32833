/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "base/cb-error.h"
#include "support/cb-engine-world.h"

#define MINUTE (60 * CB_SECOND)
#define HOUR (60 * MINUTE)

/* --- failures of the whole --- */

typedef struct
{
  const char *name;
  CbTransportError error;
  CbContact contact;
  guint most; /* pushes in an hour */
  guint least;
} Storm;

/* Drawn at random from now on; the service never recovers. Without waiting it would be 180,000. */
static const Storm storms[] = {
  { "unreached", CB_TRANSPORT_ERROR_UNREACHED, CB_CONTACT_UNREACHABLE, 60, 12 },
  { "timed-out", CB_TRANSPORT_ERROR_TIMED_OUT, CB_CONTACT_UNREACHABLE, 60, 12 },
  { "busy", CB_TRANSPORT_ERROR_BUSY, CB_CONTACT_BUSY, 60, 12 },
  { "portal", CB_TRANSPORT_ERROR_PORTAL, CB_CONTACT_PORTAL, 60, 12 },
  { "untrusted", CB_TRANSPORT_ERROR_UNTRUSTED, CB_CONTACT_UNTRUSTED, 13, 9 },
  { "configuration", CB_TRANSPORT_ERROR_CONFIG, CB_CONTACT_TROUBLE, 13, 9 },
  { "full", CB_TRANSPORT_ERROR_FULL, CB_CONTACT_TROUBLE, 5, 3 },
  { "outdated", CB_TRANSPORT_ERROR_OUTDATED, CB_CONTACT_UPDATE_NEEDED, 5, 3 },
  { "authorisation", CB_TRANSPORT_ERROR_AUTH, CB_CONTACT_AUTH_REQUIRED, 26, 18 },
  { "revoked", CB_TRANSPORT_ERROR_REVOKED, CB_CONTACT_REVOKED, 1, 1 },
};

static void
test_storm (gconstpointer data)
{
  const Storm *storm = data;
  g_autoptr (CbEngineWorld) world = cb_engine_world_new ();
  guint pushes = 0;

  world->random = -1;
  cb_model_outbox_add_many (world->outbox, 10, 300);
  cb_model_service_fail_next (world->service, CB_CALL_PUSH, G_MAXUINT, storm->error, 0);
  cb_engine_start (world->engine);

  /* Somebody captures all the time; that must not hasten anything. */
  for (guint i = 0; i < 360; i++)
    {
      cb_virtual_time_run (world->time, 10 * CB_SECOND);
      cb_model_outbox_add (world->outbox, NULL, 1, 300);
      cb_engine_wake (world->engine);
    }

  pushes = cb_model_service_count (world->service, CB_CALL_PUSH);
  g_test_message ("%u pushes in an hour", pushes);
  g_assert_cmpuint (pushes, <=, storm->most);
  g_assert_cmpuint (pushes, >=, storm->least);
  g_assert_cmpint (cb_engine_world_get_contact (world), ==, storm->contact);

  /* Nothing was lost, nothing was parked. */
  g_assert_cmpuint (cb_model_outbox_count (world->outbox, CB_MODEL_WAITING), ==, 370);
}

/* Any failure of any call, then health: everything arrives, once. */
static void
test_recovers_from_everything (void)
{
  for (guint call = CB_CALL_NONCE; call <= CB_CALL_PUSH; call++)
    for (guint error = 0; error < CB_TRANSPORT_ERROR_BAD_URL; error++)
      {
        g_autoptr (CbEngineWorld) world = cb_engine_world_new ();

        if (error == CB_TRANSPORT_ERROR_REVOKED)
          continue;

        world->random = -1;
        cb_model_outbox_add_many (world->outbox, 20, 300);
        cb_model_service_fail_next (world->service, (CbCall) call, 3, (CbTransportError) error,
                                    7 * CB_SECOND);
        cb_engine_start (world->engine);
        g_assert_true (cb_engine_world_drain (world, 3 * HOUR));

        g_assert_cmpint (cb_engine_world_get_contact (world), ==, CB_CONTACT_REACHED);
        cb_engine_world_check_effects (world);
      }
}

static guint
count_sent (CbEngineWorld *world)
{
  guint n = 0;

  for (guint i = 0; i < cb_model_outbox_get_length (world->outbox); i++)
    n += cb_model_outbox_get (world->outbox, i)->was_sent;

  return n;
}

/* "Sent, not yet confirmed" is said of nothing that never left, and of everything that may have. */
static void
test_what_never_left_is_not_sent (void)
{
  g_autoptr (CbEngineWorld) world = cb_engine_world_new ();

  cb_model_outbox_add_many (world->outbox, 10, 300);
  cb_model_service_set_is_absent (world->service, TRUE);
  cb_model_service_fail_next (world->service, CB_CALL_PUSH, G_MAXUINT, CB_TRANSPORT_ERROR_UNREACHED,
                              0);
  cb_engine_start (world->engine);
  cb_virtual_time_run (world->time, HOUR);
  g_assert_cmpuint (cb_model_service_count (world->service, CB_CALL_PUSH), >, 10);
  g_assert_cmpuint (count_sent (world), ==, 0);
  g_assert_cmpint (cb_engine_world_get_contact (world), ==, CB_CONTACT_UNREACHABLE);

  /* Now it leaves and the outcome is unknown; that it does not leave the next time proves nothing.
   */
  cb_model_service_set_is_absent (world->service, FALSE);
  cb_model_service_fail_next (world->service, CB_CALL_PUSH, 1, CB_TRANSPORT_ERROR_UNREACHED, 0);
  cb_engine_try_now (world->engine);
  cb_virtual_time_run (world->time, CB_SECOND / 10);
  g_assert_cmpuint (count_sent (world), ==, 10);

  cb_model_outbox_add_many (world->outbox, 5, 300);
  cb_model_service_set_is_absent (world->service, TRUE);
  cb_model_service_fail_next (world->service, CB_CALL_PUSH, G_MAXUINT, CB_TRANSPORT_ERROR_UNREACHED,
                              0);
  cb_virtual_time_run (world->time, HOUR);
  g_assert_cmpuint (count_sent (world), ==, 10);

  cb_model_service_fail_next (world->service, CB_CALL_PUSH, 0, CB_TRANSPORT_ERROR_UNREACHED, 0);
  g_assert_true (cb_engine_world_drain (world, HOUR));
  cb_engine_world_check_effects (world);
}

/* Connections that time out say nothing about the size of a batch. */
static void
test_a_connection_that_times_out_halves_nothing (void)
{
  g_autoptr (CbEngineWorld) world = cb_engine_world_new ();

  cb_model_outbox_add_many (world->outbox, 200, 600);
  cb_model_service_set_is_absent (world->service, TRUE);
  cb_model_service_fail_next (world->service, CB_CALL_PUSH, 10, CB_TRANSPORT_ERROR_TIMED_OUT, 0);
  cb_engine_start (world->engine);
  g_assert_true (cb_engine_world_drain (world, HOUR));
  g_assert_cmpuint (cb_model_service_get_last_push_ops (world->service), ==, 200);
}

static void
test_herd_jitter_after_a_good_spell (void)
{
  g_autoptr (CbEngineWorld) world = cb_engine_world_new ();

  world->random = 0.5;
  cb_model_outbox_add (world->outbox, NULL, 1, 300);
  cb_engine_start (world->engine);
  g_assert_true (cb_engine_world_drain (world, CB_SECOND));

  cb_model_service_fail_next (world->service, CB_CALL_PUSH, 1, CB_TRANSPORT_ERROR_UNREACHED, 0);
  cb_model_outbox_add (world->outbox, NULL, 1, 300);
  cb_engine_wake (world->engine);
  g_assert_false (cb_engine_world_drain (world, MINUTE));
  g_assert_true (cb_engine_world_drain (world, CB_SECOND));
}

static void
test_retry_after_is_honoured (void)
{
  g_autoptr (CbEngineWorld) world = cb_engine_world_new ();

  cb_model_outbox_add (world->outbox, NULL, 1, 300);
  cb_model_service_fail_next (world->service, CB_CALL_PUSH, 1, CB_TRANSPORT_ERROR_BUSY,
                              20 * MINUTE);
  cb_engine_start (world->engine);
  cb_virtual_time_run (world->time, CB_SECOND);
  g_assert_cmpint (cb_sync_state_get_next_try_us (world->state), >, 0);

  /* Not even a person shortens what the service asked for. */
  cb_engine_try_now (world->engine);
  cb_engine_wake (world->engine);
  g_assert_false (cb_engine_world_drain (world, 19 * MINUTE));
  g_assert_cmpuint (cb_model_service_count (world->service, CB_CALL_PUSH), ==, 1);
  g_assert_true (cb_engine_world_drain (world, 4 * MINUTE));
  g_assert_cmpint (cb_sync_state_get_next_try_us (world->state), ==, 0);
}

static void
test_a_person_shortens_a_wait (void)
{
  g_autoptr (CbEngineWorld) world = cb_engine_world_new ();

  world->random = 0.9;
  cb_model_outbox_add (world->outbox, NULL, 1, 300);
  cb_model_service_fail_next (world->service, CB_CALL_PUSH, G_MAXUINT, CB_TRANSPORT_ERROR_UNREACHED,
                              0);
  cb_engine_start (world->engine);
  cb_virtual_time_run (world->time, 30 * MINUTE);

  /* However often it is asked for: once a second at most. */
  for (guint i = 0; i < 100; i++)
    {
      const guint before = cb_model_service_count (world->service, CB_CALL_PUSH);

      cb_engine_try_now (world->engine);
      cb_virtual_time_run (world->time, CB_SECOND / 10);
      g_assert_cmpuint (cb_model_service_count (world->service, CB_CALL_PUSH) - before, <=, 1);
    }
  g_assert_cmpuint (cb_model_service_count (world->service, CB_CALL_PUSH), <=, 40);

  cb_model_service_fail_next (world->service, CB_CALL_PUSH, 0, CB_TRANSPORT_ERROR_FAULT, 0);
  cb_virtual_time_run (world->time, 2 * CB_SECOND);
  cb_engine_try_now (world->engine);
  g_assert_true (cb_engine_world_drain (world, 2 * CB_SECOND));
}

static void
test_try_now_tells_the_truth_when_idle (void)
{
  g_autoptr (CbEngineWorld) world = cb_engine_world_new ();

  cb_engine_start (world->engine);
  cb_virtual_time_run (world->time, MINUTE);
  g_assert_cmpint (cb_engine_world_get_contact (world), ==, CB_CONTACT_REACHED);

  cb_model_service_fail_next (world->service, CB_CALL_LIMITS, G_MAXUINT,
                              CB_TRANSPORT_ERROR_UNREACHED, 0);
  cb_engine_try_now (world->engine);
  cb_virtual_time_run (world->time, CB_SECOND);
  g_assert_cmpint (cb_engine_world_get_contact (world), ==, CB_CONTACT_UNREACHABLE);
}

static void
count_syncing (GObject *state, GParamSpec *pspec, gpointer user_data)
{
  guint *n = user_data;

  *n += cb_sync_state_get_contact (CB_SYNC_STATE (state)) == CB_CONTACT_SYNCING;
}

/* Nobody reads hope into a try: the screen says "unreachable" until the service has answered. */
static void
test_trouble_stays_on_the_screen (void)
{
  g_autoptr (CbEngineWorld) world = cb_engine_world_new ();
  guint n_syncing = 0;

  cb_model_outbox_add_many (world->outbox, 3, 300);
  cb_model_service_fail_next (world->service, CB_CALL_NONCE, G_MAXUINT,
                              CB_TRANSPORT_ERROR_UNREACHED, 0);
  g_signal_connect (world->state, "notify::contact", G_CALLBACK (count_syncing), &n_syncing);
  cb_engine_start (world->engine);
  cb_virtual_time_run (world->time, HOUR);
  g_assert_cmpuint (cb_model_service_count (world->service, CB_CALL_NONCE), >, 10);
  g_assert_cmpuint (n_syncing, ==, 1);

  cb_model_service_fail_next (world->service, CB_CALL_NONCE, 0, CB_TRANSPORT_ERROR_UNREACHED, 0);
  g_assert_true (cb_engine_world_drain (world, HOUR));
  g_assert_cmpuint (n_syncing, ==, 2);
}

/* --- authorisation --- */

static void
test_token_is_renewed_once (void)
{
  g_autoptr (CbEngineWorld) world = cb_engine_world_new ();

  cb_model_outbox_add (world->outbox, NULL, 1, 300);
  cb_engine_start (world->engine);
  g_assert_true (cb_engine_world_drain (world, CB_SECOND));

  for (guint i = 1; i <= 5; i++)
    {
      cb_model_service_forget_tokens (world->service);
      cb_model_outbox_add (world->outbox, NULL, 1, 300);
      cb_engine_wake (world->engine);
      g_assert_true (cb_engine_world_drain (world, CB_SECOND));

      g_assert_cmpuint (cb_model_service_count (world->service, CB_CALL_TOKEN), ==, 1 + i);
      g_assert_cmpuint (cb_model_service_count (world->service, CB_CALL_PUSH), ==, 1 + 2 * i);
    }
}

static void
test_token_is_renewed_before_its_end (void)
{
  g_autoptr (CbEngineWorld) world = cb_engine_world_new ();

  cb_engine_start (world->engine);
  for (guint i = 0; i < 12; i++)
    {
      cb_virtual_time_run (world->time, 5 * MINUTE);
      cb_model_outbox_add (world->outbox, NULL, 1, 300);
      cb_engine_wake (world->engine);
      g_assert_true (cb_engine_world_drain (world, CB_SECOND));
    }

  /* It lasts ten minutes. */
  g_assert_cmpuint (cb_model_service_count (world->service, CB_CALL_TOKEN), >=, 6);
  g_assert_cmpuint (cb_model_service_count (world->service, CB_CALL_PUSH), ==, 12);
}

static void
test_unknown_terminal (void)
{
  g_autoptr (CbEngineWorld) world = cb_engine_world_new ();
  g_autoptr (CbEnrolment) stranger = cb_model_service_make_enrolment (world->service);
  g_autoptr (CbEnrolment) known = cb_model_service_make_enrolment (world->service);

  /* The first key pair is no longer the one the service knows. */
  cb_model_outbox_set_enrolment (world->outbox, stranger);
  cb_model_outbox_add_many (world->outbox, 7, 300);
  cb_engine_start (world->engine);
  cb_virtual_time_run (world->time, HOUR);

  g_assert_cmpint (cb_engine_world_get_contact (world), ==, CB_CONTACT_AUTH_REQUIRED);
  g_assert_cmpuint (cb_model_service_count_all (world->service), <=, 30);
  g_assert_cmpuint (cb_model_service_count (world->service, CB_CALL_PUSH), ==, 0);
  g_assert_cmpuint (cb_model_outbox_count (world->outbox, CB_MODEL_WAITING), ==, 7);

  /* Enrolled anew by another process: found without a restart. */
  cb_model_outbox_set_enrolment (world->outbox, known);
  g_assert_true (cb_engine_world_drain (world, 10 * MINUTE));
}

/* In the middle of its work, so that there is something under way. */
static CbEngineWorld *
meet_order (CbCall call, CbModelOrder order)
{
  CbEngineWorld *world = cb_engine_world_new ();

  cb_model_outbox_add_many (world->outbox, 7, 300);
  cb_model_service_order_wipe (world->service, order);
  cb_model_service_fail_next (world->service, call, G_MAXUINT, CB_TRANSPORT_ERROR_REVOKED, 0);
  cb_engine_start (world->engine);
  cb_virtual_time_run (world->time, HOUR);
  cb_engine_wake (world->engine);
  cb_engine_try_now (world->engine);
  cb_virtual_time_run (world->time, HOUR);

  g_assert_cmpint (cb_engine_get_stage (world->engine), ==, CB_ENGINE_REVOKED);
  g_assert_cmpint (cb_sync_state_get_contact (world->state), ==, CB_CONTACT_REVOKED);
  return world;
}

static void
test_order_is_obeyed_once (void)
{
  static const CbCall calls[] = { CB_CALL_TOKEN, CB_CALL_LIMITS, CB_CALL_PUSH };

  for (guint i = 0; i < G_N_ELEMENTS (calls); i++)
    {
      g_autoptr (CbEngineWorld) world = meet_order (calls[i], CB_MODEL_ORDER_GOOD);

      g_assert_cmpuint (cb_model_outbox_count_wiped (world->outbox), ==, 1);
    }
}

static void
test_no_order (void)
{
  static const CbModelOrder orders[] = { CB_MODEL_ORDER_OF_ANOTHER, CB_MODEL_ORDER_ALTERED,
                                         CB_MODEL_ORDER_FORGED };

  for (guint i = 0; i < G_N_ELEMENTS (orders); i++)
    {
      g_autoptr (CbEngineWorld) world = meet_order (CB_CALL_TOKEN, orders[i]);

      g_assert_cmpuint (cb_model_outbox_count_wiped (world->outbox), ==, 0);
      g_assert_cmpuint (cb_model_outbox_count (world->outbox, CB_MODEL_WAITING), ==, 7);
    }
}

static void
test_order_that_cannot_be_obeyed (void)
{
  g_autoptr (CbEngineWorld) world = cb_engine_world_new ();

  cb_model_outbox_fail_next (world->outbox, "wipe", 1, CB_STORE_ERROR_READ_ONLY);
  cb_model_service_order_wipe (world->service, CB_MODEL_ORDER_GOOD);
  cb_model_service_fail_next (world->service, CB_CALL_NONCE, G_MAXUINT, CB_TRANSPORT_ERROR_REVOKED,
                              0);
  cb_engine_start (world->engine);
  cb_virtual_time_run (world->time, HOUR);
  g_assert_cmpint (cb_engine_get_stage (world->engine), ==, CB_ENGINE_REVOKED);
  g_assert_cmpuint (cb_model_outbox_count_wiped (world->outbox), ==, 1);
}

static void
test_revoked_stops_for_good (void)
{
  g_autoptr (CbEngineWorld) world = cb_engine_world_new ();

  cb_model_outbox_add_many (world->outbox, 7, 300);
  cb_model_service_fail_next (world->service, CB_CALL_NONCE, G_MAXUINT, CB_TRANSPORT_ERROR_REVOKED,
                              0);
  cb_engine_start (world->engine);
  cb_virtual_time_run (world->time, HOUR);
  cb_engine_wake (world->engine);
  cb_engine_try_now (world->engine);
  cb_virtual_time_run (world->time, 24 * HOUR);

  g_assert_cmpuint (cb_model_service_count_all (world->service), ==, 1);
  g_assert_cmpint (cb_engine_get_stage (world->engine), ==, CB_ENGINE_REVOKED);
  g_assert_cmpuint (cb_model_outbox_count (world->outbox, CB_MODEL_WAITING), ==, 7);

  /* A new enrolment is a new beginning. */
  cb_model_service_fail_next (world->service, CB_CALL_NONCE, 0, CB_TRANSPORT_ERROR_REVOKED, 0);
  cb_engine_enrol_async (world->engine, "https://book.example", "GOOD-CODE", NULL, NULL, NULL, NULL,
                         NULL);
  g_assert_true (cb_engine_world_drain (world, MINUTE));
}

static void
test_schema_that_is_not_ours (void)
{
  g_autoptr (CbEngineWorld) world = cb_engine_world_new ();

  cb_model_service_set_schema (world->service, 2, 3);
  cb_model_outbox_add_many (world->outbox, 7, 300);
  cb_engine_start (world->engine);
  cb_virtual_time_run (world->time, HOUR);

  g_assert_cmpuint (cb_model_service_count (world->service, CB_CALL_PUSH), ==, 0);
  g_assert_cmpint (cb_engine_world_get_contact (world), ==, CB_CONTACT_UPDATE_NEEDED);

  cb_model_service_set_schema (world->service, 1, 2);
  g_assert_true (cb_engine_world_drain (world, HOUR));
}

/* --- the outbox --- */

static void
test_outbox_that_is_busy (void)
{
  static const int errors[] = { CB_STORE_ERROR_BUSY, CB_STORE_ERROR_FULL, CB_STORE_ERROR_IO };
  static const char *const calls[] = { "load", "take", "settle" };

  for (guint i = 0; i < G_N_ELEMENTS (errors); i++)
    for (guint j = 0; j < G_N_ELEMENTS (calls); j++)
      {
        g_autoptr (CbEngineWorld) world = cb_engine_world_new ();

        cb_model_outbox_add_many (world->outbox, 30, 300);
        cb_model_outbox_fail_next (world->outbox, calls[j], 4, errors[i]);
        cb_engine_start (world->engine);
        g_assert_true (cb_engine_world_drain (world, 5 * MINUTE));

        g_assert_cmpuint (cb_model_outbox_count (world->outbox, CB_MODEL_ACCEPTED), ==, 30);
        cb_engine_world_check_effects (world);
      }
}

static void
test_process_that_dies (void)
{
  g_autoptr (CbEngineWorld) world = cb_engine_world_new ();

  world->random = -1;
  cb_model_outbox_add_many (world->outbox, 2000, 600);

  /* Sent and not settled, settled and not gone on, and all between. */
  for (guint i = 0; i < 300; i++)
    {
      cb_engine_start (world->engine);
      cb_virtual_time_run (world->time, i * 997);
      cb_engine_world_crash (world);
      cb_engine_world_check_effects (world);
    }

  cb_engine_start (world->engine);
  g_assert_true (cb_engine_world_drain (world, MINUTE));
  g_assert_cmpuint (cb_model_service_count_applied (world->service), ==, 2000);
}

static void
test_stopping_and_starting_at_any_moment (void)
{
  g_autoptr (CbEngineWorld) world = cb_engine_world_new ();

  cb_model_outbox_add_many (world->outbox, 1500, 600);
  for (guint i = 0; i < 300; i++)
    {
      cb_engine_start (world->engine);
      if (i % 3 > 0)
        cb_virtual_time_run (world->time, (i % 40) * 2503);
      cb_engine_stop (world->engine);
      if (i % 2 > 0)
        cb_virtual_time_run (world->time, (i % 7) * 1009);
    }

  cb_engine_start (world->engine);
  g_assert_true (cb_engine_world_drain (world, MINUTE));
  cb_engine_world_check_effects (world);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (storms); i++)
    {
      g_autofree char *path = g_strconcat ("/engine/no-storm/", storms[i].name, NULL);

      g_test_add_data_func (path, &storms[i], test_storm);
    }

  g_test_add_func ("/engine/trouble/recovers-from-everything", test_recovers_from_everything);
  g_test_add_func ("/engine/trouble/what-never-left-is-not-sent", test_what_never_left_is_not_sent);
  g_test_add_func ("/engine/trouble/a-connection-that-times-out-halves-nothing",
                   test_a_connection_that_times_out_halves_nothing);
  g_test_add_func ("/engine/trouble/herd-is-spread-after-a-good-spell",
                   test_herd_jitter_after_a_good_spell);
  g_test_add_func ("/engine/trouble/retry-after-is-honoured", test_retry_after_is_honoured);
  g_test_add_func ("/engine/trouble/a-person-shortens-a-wait", test_a_person_shortens_a_wait);
  g_test_add_func ("/engine/trouble/asking-tells-the-truth-when-idle",
                   test_try_now_tells_the_truth_when_idle);
  g_test_add_func ("/engine/trouble/stays-on-the-screen", test_trouble_stays_on_the_screen);
  g_test_add_func ("/engine/authorisation/is-renewed-once", test_token_is_renewed_once);
  g_test_add_func ("/engine/authorisation/is-renewed-before-its-end",
                   test_token_is_renewed_before_its_end);
  g_test_add_func ("/engine/authorisation/an-unknown-terminal-loses-nothing",
                   test_unknown_terminal);
  g_test_add_func ("/engine/authorisation/revoked-stops-for-good", test_revoked_stops_for_good);
  g_test_add_func ("/engine/order/is-obeyed-once", test_order_is_obeyed_once);
  g_test_add_func ("/engine/order/must-be-signed-for-this-terminal", test_no_order);
  g_test_add_func ("/engine/order/that-cannot-be-obeyed", test_order_that_cannot_be_obeyed);
  g_test_add_func ("/engine/trouble/another-schema-pauses", test_schema_that_is_not_ours);
  g_test_add_func ("/engine/outbox/may-be-busy-or-full", test_outbox_that_is_busy);
  g_test_add_func ("/engine/crash/a-process-that-dies-loses-nothing", test_process_that_dies);
  g_test_add_func ("/engine/crash/stopping-and-starting-at-any-moment",
                   test_stopping_and_starting_at_any_moment);

  return g_test_run ();
}
