/* SPDX-License-Identifier: Apache-2.0 */

/* The engine hears what was decided elsewhere: before it sends, page by page, and by itself. */

#define G_LOG_DOMAIN "Counterbook"

#include "base/cb-error.h"
#include "support/cb-engine-world.h"

#define POLL_S 60
#define HOUR (3600 * CB_SECOND)

static CbEngineWorld *
world_new (guint n_erased)
{
  CbEngineWorld *world = cb_engine_world_new ();

  cb_model_service_tell (world->service, POLL_S, 100);
  cb_model_service_erase_more (world->service, n_erased);
  return world;
}

static void
assert_heard (CbEngineWorld *world, guint n)
{
  g_assert_cmpuint (cb_model_outbox_count_heard (world->outbox), ==, n);
  g_assert_cmpint (cb_model_outbox_get_heard (world->outbox), ==, n);
}

static guint
count_asked (CbEngineWorld *world)
{
  return cb_model_service_count (world->service, CB_CALL_CHANGES);
}

/* --- the plain way --- */

static void
test_hears_page_by_page (void)
{
  g_autoptr (CbEngineWorld) world = world_new (250);

  cb_engine_start (world->engine);
  cb_virtual_time_run (world->time, CB_SECOND);
  assert_heard (world, 250);
  g_assert_cmpuint (count_asked (world), ==, 3);
  g_assert_cmpstr (cb_model_outbox_get_cursor (world->outbox), ==, "h0-250");
  g_assert_false (cb_model_outbox_is_held (world->outbox));
  g_assert_cmpint (cb_engine_world_get_contact (world), ==, CB_CONTACT_REACHED);
}

typedef struct
{
  CbEngineWorld *world;
  guint n_heard; /* when the first batch was taken */
} Order;

static void
note_order (CbModelOutbox *outbox, const char *call, gpointer data)
{
  Order *order = data;

  if (g_strcmp0 (call, "take") == 0 && order->n_heard == G_MAXUINT)
    order->n_heard = cb_model_outbox_count_heard (outbox);
}

static void
test_hears_before_it_sends (void)
{
  g_autoptr (CbEngineWorld) world = world_new (250);
  Order order = { world, G_MAXUINT };

  cb_model_outbox_set_hook (world->outbox, note_order, &order);
  cb_model_outbox_add_many (world->outbox, 3, 300);
  cb_engine_start (world->engine);
  g_assert_true (cb_engine_world_drain (world, 10 * CB_SECOND));
  g_assert_cmpuint (order.n_heard, ==, 250);
  cb_engine_world_check_effects (world);
}

static void
test_asks_by_itself (void)
{
  g_autoptr (CbEngineWorld) world = world_new (0);
  guint before;

  world->random = -1;
  cb_engine_start (world->engine);
  cb_virtual_time_run (world->time, CB_SECOND);
  before = cb_model_service_count_all (world->service);
  cb_virtual_time_run (world->time, HOUR);
  /* Once a minute, spread; a token a quarter of an hour with its two calls, and the limits. */
  g_assert_cmpuint (count_asked (world), >=, 40);
  g_assert_cmpuint (count_asked (world), <=, 80);
  g_assert_cmpuint (cb_model_service_count_all (world->service) - before, <=, 110);
  g_assert_cmpuint (cb_model_service_count (world->service, CB_CALL_PUSH), ==, 0);

  cb_model_service_erase_more (world->service, 1);
  cb_virtual_time_run (world->time, 2 * POLL_S * CB_SECOND);
  assert_heard (world, 1);
}

static void
test_work_does_not_wait_for_the_hour (void)
{
  g_autoptr (CbEngineWorld) world = world_new (0);

  cb_engine_start (world->engine);
  cb_virtual_time_run (world->time, CB_SECOND);
  cb_model_outbox_add (world->outbox, NULL, 1, 300);
  cb_engine_wake (world->engine);
  g_assert_true (cb_engine_world_drain (world, CB_SECOND));
  g_assert_cmpuint (count_asked (world), ==, 2);
}

/* A service that tells nothing is not asked, and nothing is waited for. */
static void
test_silent_service (void)
{
  g_autoptr (CbEngineWorld) world = cb_engine_world_new ();

  cb_engine_start (world->engine);
  cb_virtual_time_run (world->time, HOUR);
  g_assert_cmpuint (count_asked (world), ==, 0);
  g_assert_cmpint (cb_engine_get_stage (world->engine), ==, CB_ENGINE_IDLE);
}

static void
test_once (void)
{
  g_autoptr (CbEngineWorld) world = world_new (250);

  g_assert_true (cb_engine_world_run_once (world));
  assert_heard (world, 250);
  g_assert_cmpuint (cb_virtual_time_count_timers (world->time), ==, 0);
}

/* --- crashes and cuts --- */

static void
crash_later (CbModelOutbox *outbox, const char *call, gpointer data)
{
  guint *n_left = data;

  if (g_strcmp0 (call, "changes") == 0 && *n_left > 0)
    (*n_left)--;
}

static void
test_crash_between_pages (void)
{
  g_autoptr (CbEngineWorld) world = world_new (250);
  guint n_left = 1;

  cb_model_service_set_latency_us (world->service, CB_SECOND);
  cb_model_outbox_set_hook (world->outbox, crash_later, &n_left);
  cb_engine_start (world->engine);
  while (n_left > 0)
    cb_virtual_time_run (world->time, CB_SECOND / 10);
  assert_heard (world, 100);
  cb_engine_world_crash (world);
  cb_engine_start (world->engine);
  cb_virtual_time_run (world->time, 20 * CB_SECOND);
  /* The page that was on its way is asked for again; what was written is not. */
  assert_heard (world, 250);
}

static void
test_stopped_at_every_moment (void)
{
  for (guint i = 0; i < 30; i++)
    {
      g_autoptr (CbEngineWorld) world = world_new (250);

      cb_model_service_set_latency_us (world->service, CB_SECOND);
      cb_engine_start (world->engine);
      cb_virtual_time_run (world->time, i * CB_SECOND / 4);
      cb_engine_stop (world->engine);
      cb_virtual_time_settle (world->time);
      cb_engine_start (world->engine);
      cb_virtual_time_run (world->time, 30 * CB_SECOND);
      assert_heard (world, 250);
      g_assert_false (cb_model_outbox_is_held (world->outbox));
    }
}

/* What can't be read is asked for again; what waits here leaves all the same. */
static void
test_garbled_page (void)
{
  g_autoptr (CbEngineWorld) world = world_new (250);

  cb_model_service_garble_next (world->service, 2);
  cb_model_outbox_add_many (world->outbox, 3, 300);
  cb_engine_start (world->engine);
  g_assert_true (cb_engine_world_drain (world, 10 * CB_SECOND));
  assert_heard (world, 0);
  cb_virtual_time_run (world->time, 4 * POLL_S * CB_SECOND);
  assert_heard (world, 250);
}

static void
test_trouble_of_the_service (void)
{
  static const CbTransportError errors[] = { CB_TRANSPORT_ERROR_UNREACHED, CB_TRANSPORT_ERROR_BUSY,
                                             CB_TRANSPORT_ERROR_FAULT, CB_TRANSPORT_ERROR_AUTH };

  for (guint i = 0; i < G_N_ELEMENTS (errors); i++)
    {
      g_autoptr (CbEngineWorld) world = world_new (250);

      cb_model_service_fail_next (world->service, CB_CALL_CHANGES, 1, errors[i], 0);
      cb_model_outbox_add (world->outbox, NULL, 1, 300);
      cb_engine_start (world->engine);
      g_assert_true (cb_engine_world_drain (world, 10 * 60 * CB_SECOND));
      assert_heard (world, 250);
    }
}

static void
test_trouble_of_the_outbox (void)
{
  static const char *const calls[] = { "cursor", "changes" };
  static const int codes[] = { CB_STORE_ERROR_BUSY, CB_STORE_ERROR_FULL, CB_STORE_ERROR_IO };

  for (guint i = 0; i < G_N_ELEMENTS (calls) * G_N_ELEMENTS (codes); i++)
    {
      g_autoptr (CbEngineWorld) world = world_new (250);

      cb_model_outbox_fail_next (world->outbox, calls[i % 2], 2, codes[i / 2]);
      cb_model_outbox_add (world->outbox, NULL, 1, 300);
      cb_engine_start (world->engine);
      g_assert_true (cb_engine_world_drain (world, 10 * 60 * CB_SECOND));
      assert_heard (world, 250);
      g_assert_false (cb_model_outbox_is_held (world->outbox));
    }
}

/* --- another history --- */

static void
test_another_history (void)
{
  g_autoptr (CbEngineWorld) world = world_new (250);

  cb_engine_start (world->engine);
  cb_virtual_time_run (world->time, CB_SECOND);
  cb_model_service_begin_history (world->service, FALSE);
  cb_virtual_time_run (world->time, 3 * POLL_S * CB_SECOND);
  /* Everything once more from the beginning, and then no more of it. */
  g_assert_cmpuint (cb_model_outbox_count_heard (world->outbox), ==, 500);
  g_assert_cmpstr (cb_model_outbox_get_cursor (world->outbox), ==, "h1-250");
}

/* A service that was put back may have lost what it acknowledged. */
static void
test_another_history_is_offered_everything (void)
{
  g_autoptr (CbEngineWorld) world = world_new (3);
  guint n_calls = 0;

  cb_model_outbox_add_many (world->outbox, 3, 300);
  cb_engine_start (world->engine);
  g_assert_true (cb_engine_world_drain (world, 10 * CB_SECOND));
  cb_virtual_time_run (world->time, CB_SECOND);
  n_calls = cb_model_service_count (world->service, CB_CALL_PUSH);
  cb_model_service_begin_history (world->service, FALSE);

  /* The disk would not, and is asked again; then it is done once. */
  cb_model_outbox_fail_next (world->outbox, "history", 1, CB_STORE_ERROR_FULL);
  cb_virtual_time_run (world->time, 5 * POLL_S * CB_SECOND);
  g_assert_cmpuint (cb_model_outbox_count (world->outbox, CB_MODEL_ACCEPTED), ==, 3);
  g_assert_cmpuint (cb_model_service_count (world->service, CB_CALL_PUSH), ==, n_calls + 1);
}

static void
test_no_cursor_is_ever_right (void)
{
  g_autoptr (CbEngineWorld) world = world_new (250);

  cb_model_service_begin_history (world->service, TRUE);
  cb_engine_start (world->engine);
  cb_virtual_time_run (world->time, HOUR);
  /* A beginning a cycle, and cycles that grow rarer: no storm. */
  g_assert_cmpuint (count_asked (world), <=, 100);
}

static void
test_new_enrolment (void)
{
  g_autoptr (CbEngineWorld) world = world_new (250);

  cb_engine_start (world->engine);
  cb_virtual_time_run (world->time, CB_SECOND);
  assert_heard (world, 250);
  cb_model_service_forget_tokens (world->service);
  cb_model_service_erase_more (world->service, 10);
  cb_virtual_time_run (world->time, 3 * POLL_S * CB_SECOND);
  assert_heard (world, 260);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/pull/page-by-page", test_hears_page_by_page);
  g_test_add_func ("/engine/pull/before-it-sends", test_hears_before_it_sends);
  g_test_add_func ("/engine/pull/by-itself", test_asks_by_itself);
  g_test_add_func ("/engine/pull/work-does-not-wait", test_work_does_not_wait_for_the_hour);
  g_test_add_func ("/engine/pull/a-service-that-tells-nothing", test_silent_service);
  g_test_add_func ("/engine/pull/once", test_once);
  g_test_add_func ("/engine/pull/crash-between-pages", test_crash_between_pages);
  g_test_add_func ("/engine/pull/stopped-at-every-moment", test_stopped_at_every_moment);
  g_test_add_func ("/engine/pull/garbled-page", test_garbled_page);
  g_test_add_func ("/engine/pull/trouble-of-the-service", test_trouble_of_the_service);
  g_test_add_func ("/engine/pull/trouble-of-the-outbox", test_trouble_of_the_outbox);
  g_test_add_func ("/engine/pull/another-history", test_another_history);
  g_test_add_func ("/engine/pull/another-history-is-offered-everything",
                   test_another_history_is_offered_everything);
  g_test_add_func ("/engine/pull/no-cursor-is-ever-right", test_no_cursor_is_ever_right);
  g_test_add_func ("/engine/pull/token-is-renewed", test_new_enrolment);
  return g_test_run ();
}
