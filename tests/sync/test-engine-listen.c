/* SPDX-License-Identifier: Apache-2.0 */

/* The engine has the service tell between two cycles, and rests nothing on it. */

#define G_LOG_DOMAIN "Counterbook"

#include "base/cb-error.h"
#include "support/cb-engine-world.h"

#define POLL_S 60
#define WAIT_S 25
#define HOUR (3600 * CB_SECOND)

/* At rest, and listening where the service has room for it. */
static CbEngineWorld *
world_new (gboolean has_room)
{
  CbEngineWorld *world = cb_engine_world_new ();

  cb_model_service_tell (world->service, POLL_S, 100);
  cb_model_service_offer_waiting (world->service, WAIT_S, has_room);
  cb_model_service_erase_more (world->service, 1);
  cb_engine_start (world->engine);
  cb_virtual_time_run (world->time, CB_SECOND);
  g_assert_cmpuint (cb_model_outbox_count_heard (world->outbox), ==, 1);
  g_assert_cmpuint (cb_model_service_count_waiting (world->service), ==, has_room ? 1 : 0);
  return world;
}

static guint
count_polls (CbEngineWorld *world)
{
  return cb_model_service_count (world->service, CB_CALL_CHANGES);
}

static guint
count_waits (CbEngineWorld *world)
{
  return cb_model_service_count (world->service, CB_CALL_WAIT);
}

static void
assert_at_rest (CbEngineWorld *world)
{
  g_assert_cmpint (cb_engine_get_stage (world->engine), ==, CB_ENGINE_WAITING);
  g_assert_cmpint (cb_engine_world_get_contact (world), ==, CB_CONTACT_REACHED);
  g_assert_cmpint (cb_sync_state_get_next_try_us (world->state), ==, 0);
  g_assert_false (cb_model_outbox_is_held (world->outbox));
}

static void
test_hears_when_it_is_said (void)
{
  g_autoptr (CbEngineWorld) world = world_new (TRUE);

  for (guint n = 2; n < 12; n++)
    {
      cb_virtual_time_run (world->time, 7 * CB_SECOND);
      cb_model_service_erase_more (world->service, 1);
      cb_virtual_time_run (world->time, CB_SECOND / 2);
      g_assert_cmpuint (cb_model_outbox_count_heard (world->outbox), ==, n);
      g_assert_cmpuint (cb_model_service_count_waiting (world->service), ==, 1);
      assert_at_rest (world);
    }
}

static void
test_records_came (void)
{
  g_autoptr (CbEngineWorld) world = world_new (TRUE);
  const guint polls_before = count_polls (world);

  cb_virtual_time_run (world->time, 7 * CB_SECOND);
  g_assert_cmpuint (count_polls (world), ==, polls_before);
  cb_model_service_say_arrived (world->service);
  cb_virtual_time_run (world->time, CB_SECOND / 2);
  g_assert_cmpuint (count_polls (world), ==, polls_before + 1);
  g_assert_cmpuint (cb_model_service_count_waiting (world->service), ==, 1);
}

/* The poll is made when a request that was held back ends, so that none is cut off for it. */
static void
test_quiet_hour (void)
{
  g_autoptr (CbEngineWorld) world = world_new (TRUE);
  const guint polls_before = count_polls (world);

  world->random = -1;
  cb_virtual_time_run (world->time, HOUR);
  g_assert_cmpuint (count_polls (world) - polls_before, >=, 40);
  g_assert_cmpuint (count_polls (world) - polls_before, <=, 60);
  /* Each ended by itself but the one that is under way. */
  g_assert_cmpuint (count_waits (world), >=, 120);
  g_assert_cmpuint (count_waits (world), <=, 144);
  g_assert_cmpuint (cb_model_service_count_waiting (world->service), ==, 1);
  g_assert_cmpuint (cb_model_service_count (world->service, CB_CALL_PUSH), ==, 0);
  assert_at_rest (world);
}

/* A service that answers at once, or with an error, is not asked over and over, and the polls are
 * as often as without. */
static void
test_no_room (void)
{
  g_autoptr (CbEngineWorld) world = world_new (FALSE);
  const guint polls_before = count_polls (world);

  cb_virtual_time_run (world->time, HOUR);
  g_assert_cmpuint (count_polls (world) - polls_before, >=, 50);
  g_assert_cmpuint (count_waits (world), <=, count_polls (world));
  assert_at_rest (world);
}

static void
test_errors_are_no_trouble (void)
{
  g_autoptr (CbEngineWorld) world = world_new (TRUE);
  const guint polls_before = count_polls (world);

  cb_model_service_fail_next (world->service, CB_CALL_WAIT, G_MAXUINT, CB_TRANSPORT_ERROR_UNREACHED,
                              0);
  cb_virtual_time_run (world->time, HOUR);
  g_assert_cmpuint (count_polls (world) - polls_before, >=, 50);
  g_assert_cmpuint (count_waits (world), <=, count_polls (world) + 3);
  assert_at_rest (world);

  /* And once it is well again it listens again. */
  cb_model_service_fail_next (world->service, CB_CALL_WAIT, 0, CB_TRANSPORT_ERROR_UNREACHED, 0);
  cb_virtual_time_run (world->time, 2 * POLL_S * CB_SECOND);
  cb_model_service_erase_more (world->service, 1);
  cb_virtual_time_run (world->time, CB_SECOND / 2);
  g_assert_cmpuint (cb_model_outbox_count_heard (world->outbox), ==, 2);
}

static void
test_work_ends_it (void)
{
  g_autoptr (CbEngineWorld) world = world_new (TRUE);

  cb_model_outbox_add (world->outbox, NULL, 1, 300);
  cb_engine_wake (world->engine);
  g_assert_cmpuint (cb_model_service_count_waiting (world->service), ==, 0);
  g_assert_true (cb_engine_world_drain (world, CB_SECOND));
  cb_virtual_time_run (world->time, CB_SECOND / 2);
  g_assert_cmpuint (cb_model_service_count_waiting (world->service), ==, 1);
  cb_engine_world_check_effects (world);
}

/* Whoever asks for a try within a second of the last has it a second after, and not by listening.
 */
static void
test_try_now_ends_it (void)
{
  g_autoptr (CbEngineWorld) world = world_new (TRUE);
  guint polls_before;

  cb_virtual_time_run (world->time, 5 * CB_SECOND);
  cb_engine_try_now (world->engine);
  cb_virtual_time_run (world->time, CB_SECOND / 4);
  polls_before = count_polls (world);
  cb_engine_try_now (world->engine);
  g_assert_cmpuint (cb_model_service_count_waiting (world->service), ==, 0);
  cb_virtual_time_run (world->time, CB_SECOND);
  g_assert_cmpuint (count_polls (world) - polls_before, ==, 1);
  g_assert_cmpuint (cb_model_service_count_waiting (world->service), ==, 1);
}

static void
test_stop_ends_it (void)
{
  g_autoptr (CbEngineWorld) world = world_new (TRUE);

  cb_engine_stop (world->engine);
  g_assert_cmpuint (cb_model_service_count_waiting (world->service), ==, 0);
  g_assert_cmpuint (cb_virtual_time_count_timers (world->time), ==, 0);
  cb_virtual_time_run (world->time, HOUR);
  /* Those that were answered. */
  g_assert_cmpuint (count_waits (world), ==, 0);
}

static void
test_once_does_not (void)
{
  g_autoptr (CbEngineWorld) world = cb_engine_world_new ();

  cb_model_service_tell (world->service, POLL_S, 100);
  cb_model_service_offer_waiting (world->service, WAIT_S, TRUE);
  g_assert_true (cb_engine_world_run_once (world));
  g_assert_cmpuint (count_waits (world), ==, 0);
}

/* Its token is lost while it waits: the next poll gets another. */
static void
test_token_ends (void)
{
  g_autoptr (CbEngineWorld) world = world_new (TRUE);

  cb_model_service_forget_tokens (world->service);
  cb_virtual_time_run (world->time, 3 * POLL_S * CB_SECOND);
  cb_model_service_erase_more (world->service, 1);
  cb_virtual_time_run (world->time, CB_SECOND / 2);
  g_assert_cmpuint (cb_model_outbox_count_heard (world->outbox), ==, 2);
  assert_at_rest (world);
}

#define ADD(path, function) g_test_add_func ("/engine/listening/" path, function)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("hears-when-it-is-said", test_hears_when_it_is_said);
  ADD ("goes-for-records-that-came", test_records_came);
  ADD ("polls-as-often-as-without", test_quiet_hour);
  ADD ("is-not-repeated-where-there-is-no-room", test_no_room);
  ADD ("its-errors-are-no-trouble", test_errors_are_no_trouble);
  ADD ("ends-when-there-is-work", test_work_ends_it);
  ADD ("ends-when-somebody-asks-for-a-try", test_try_now_ends_it);
  ADD ("ends-with-the-engine", test_stop_ends_it);
  ADD ("is-not-for-a-single-cycle", test_once_does_not);
  ADD ("outlasts-its-token", test_token_ends);
  return g_test_run ();
}
