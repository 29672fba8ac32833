/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "base/cb-error.h"
#include "support/cb-engine-world.h"

/* --- the plain way --- */

static void
test_sends_what_is_ready (void)
{
  g_autoptr (CbEngineWorld) world = cb_engine_world_new ();

  cb_model_outbox_add_many (world->outbox, 3, 300);
  cb_engine_start (world->engine);
  g_assert_true (cb_engine_world_drain (world, 10 * CB_SECOND));

  g_assert_cmpuint (cb_model_outbox_count (world->outbox, CB_MODEL_ACCEPTED), ==, 3);
  g_assert_cmpuint (cb_model_service_count (world->service, CB_CALL_NONCE), ==, 1);
  g_assert_cmpuint (cb_model_service_count (world->service, CB_CALL_TOKEN), ==, 1);
  g_assert_cmpuint (cb_model_service_count (world->service, CB_CALL_LIMITS), ==, 1);
  g_assert_cmpuint (cb_model_service_count (world->service, CB_CALL_PUSH), ==, 1);
  g_assert_true (cb_model_service_was_last_push_packed (world->service));
  g_assert_cmpint (cb_engine_world_get_contact (world), ==, CB_CONTACT_REACHED);
  g_assert_cmpuint (cb_virtual_time_count_timers (world->time), ==, 0);
  cb_engine_world_check_effects (world);
}

static void
test_wakes_for_new_work (void)
{
  g_autoptr (CbEngineWorld) world = cb_engine_world_new ();

  cb_engine_start (world->engine);
  g_assert_true (cb_engine_world_drain (world, CB_SECOND));

  for (guint i = 0; i < 5; i++)
    {
      cb_model_outbox_add (world->outbox, NULL, 1, 300);
      cb_engine_wake (world->engine);
      g_assert_true (cb_engine_world_drain (world, CB_SECOND));
    }

  /* One request for each, and nothing else: token and limits are known. */
  g_assert_cmpuint (cb_model_service_count (world->service, CB_CALL_PUSH), ==, 5);
  g_assert_cmpuint (cb_model_service_count_all (world->service), ==, 8);
}

static void
test_work_that_comes_meanwhile (void)
{
  g_autoptr (CbEngineWorld) world = cb_engine_world_new ();

  cb_model_service_set_latency_us (world->service, CB_SECOND);
  cb_model_outbox_add (world->outbox, NULL, 1, 300);
  cb_engine_start (world->engine);

  /* At every moment of the cycle once. */
  for (guint i = 0; i < 40; i++)
    {
      cb_virtual_time_run (world->time, CB_SECOND / 7);
      cb_model_outbox_add (world->outbox, NULL, 1, 300);
      cb_engine_wake (world->engine);
    }

  g_assert_true (cb_engine_world_drain (world, 20 * CB_SECOND));
  g_assert_cmpuint (cb_model_outbox_count (world->outbox, CB_MODEL_ACCEPTED), ==, 41);
}

typedef struct
{
  CbEngineWorld *world;
  const char *call;
  guint n_left;
} Interruption;

static void
capture_at_call (CbModelOutbox *outbox, const char *call, gpointer data)
{
  Interruption *interruption = data;

  if (interruption->n_left == 0 || !g_str_equal (call, interruption->call))
    return;

  interruption->n_left--;
  cb_model_outbox_add (outbox, NULL, 1, 300);
  cb_engine_wake (interruption->world->engine);
}

/* The moment after the last look and before the engine rests is where work gets lost. */
static void
test_work_between_two_steps (void)
{
  static const char *const calls[] = { "take", "settle", "end" };

  for (guint i = 0; i < G_N_ELEMENTS (calls); i++)
    {
      g_autoptr (CbEngineWorld) world = cb_engine_world_new ();
      Interruption interruption = { .world = world, .call = calls[i], .n_left = 7 };

      cb_model_outbox_set_hook (world->outbox, capture_at_call, &interruption);
      cb_model_outbox_add (world->outbox, NULL, 1, 300);
      cb_engine_start (world->engine);
      g_assert_true (cb_engine_world_drain (world, 10 * CB_SECOND));

      g_assert_cmpuint (interruption.n_left, ==, 0);
      g_assert_cmpuint (cb_model_outbox_count (world->outbox, CB_MODEL_ACCEPTED), ==, 8);
    }
}

static void
test_withdrawals_go_first (void)
{
  g_autoptr (CbEngineWorld) world = cb_engine_world_new ();
  CbModelOp *withdrawal = NULL;
  GPtrArray *order = cb_model_service_get_order (world->service);
  guint place = 0;
  guint before = 0;

  cb_model_service_set_latency_us (world->service, 2 * CB_SECOND);
  cb_model_outbox_add_many (world->outbox, 5000, 600);
  cb_engine_start (world->engine);
  cb_virtual_time_run (world->time, 15 * CB_SECOND);

  before = order->len;
  g_assert_cmpuint (before, >, 0);
  g_assert_cmpuint (before, <, 4000);
  withdrawal = cb_model_outbox_add (world->outbox, "consent/x/shop/*", 0, 300);
  cb_engine_wake (world->engine);
  g_assert_true (cb_engine_world_drain (world, 3600 * CB_SECOND));

  /* It waits for the batch under way and no other. */
  while (!g_str_equal (g_ptr_array_index (order, place), withdrawal->op_id))
    place++;
  g_assert_cmpuint (place, <=, before + 500);
}

static void
test_nothing_without_enrolment (void)
{
  g_autoptr (CbEngineWorld) world = cb_engine_world_new ();
  g_autoptr (CbEnrolment) later = cb_model_service_make_enrolment (world->service);

  cb_model_outbox_set_enrolment (world->outbox, NULL);
  cb_model_outbox_add (world->outbox, NULL, 1, 300);
  cb_engine_start (world->engine);
  cb_virtual_time_run (world->time, 3600 * CB_SECOND);

  g_assert_cmpint (cb_engine_get_stage (world->engine), ==, CB_ENGINE_IDLE);
  g_assert_cmpint (cb_engine_world_get_contact (world), ==, CB_CONTACT_NOT_ENROLLED);
  g_assert_cmpuint (cb_model_service_count_all (world->service), ==, 0);

  /* Another process enrolled this terminal. */
  cb_model_outbox_set_enrolment (world->outbox, later);
  cb_engine_wake (world->engine);
  g_assert_true (cb_engine_world_drain (world, 10 * CB_SECOND));
}

static void
test_enrols (void)
{
  g_autoptr (CbEngineWorld) world = cb_engine_world_new ();
  const CbEnrolmentFields *fields = NULL;

  cb_model_outbox_set_enrolment (world->outbox, NULL);
  cb_model_outbox_add (world->outbox, NULL, 1, 300);
  cb_engine_start (world->engine);
  cb_virtual_time_run (world->time, CB_SECOND);

  cb_engine_enrol_async (world->engine, "https://book.example/", "GOOD-CODE", "a certificate",
                         "sha256//x", NULL, NULL, NULL);
  g_assert_true (cb_engine_world_drain (world, 10 * CB_SECOND));

  fields = cb_enrolment_peek (cb_model_outbox_get_enrolment (world->outbox));
  g_assert_cmpstr (fields->service_url, ==, "https://book.example");
  g_assert_cmpstr (fields->store_name, ==, "Hanover Square");
  g_assert_cmpstr (fields->ca_pem, ==, "a certificate");
  g_assert_cmpstr (fields->pins, ==, "sha256//x");
  g_assert_cmpuint (g_bytes_get_size (fields->secret_key), ==, 64);
  g_assert_cmpuint (g_bytes_get_size (fields->chain_key), ==, 32);
  g_assert_cmpuint (cb_model_outbox_count (world->outbox, CB_MODEL_ACCEPTED), ==, 1);
}

typedef struct
{
  gboolean is_back;
  GError *error;
} Enrolled;

static void
on_enrolled (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Enrolled *enrolled = user_data;

  cb_engine_enrol_finish (CB_ENGINE (source), result, &enrolled->error);
  enrolled->is_back = TRUE;
}

static void
test_enrolment_that_fails (void)
{
  static const struct
  {
    const char *url;
    const char *code;
    CbTransportError error;
  } cases[] = {
    { "https://book.example", "WRONG", CB_TRANSPORT_ERROR_CONFIG },
    { "http://book.example", "GOOD-CODE", CB_TRANSPORT_ERROR_BAD_URL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (CbEngineWorld) world = cb_engine_world_new ();
      Enrolled enrolled = { 0 };

      cb_model_outbox_set_enrolment (world->outbox, NULL);
      cb_engine_enrol_async (world->engine, cases[i].url, cases[i].code, NULL, NULL, NULL,
                             on_enrolled, &enrolled);
      cb_virtual_time_run (world->time, 10 * CB_SECOND);

      g_assert_true (enrolled.is_back);
      g_assert_error (enrolled.error, CB_TRANSPORT_ERROR, (int) cases[i].error);
      g_assert_null (cb_model_outbox_get_enrolment (world->outbox));
      g_clear_error (&enrolled.error);
    }
}

/* --- budgets --- */

static void
test_budget_grows_and_keeps_to_limits (void)
{
  g_autoptr (CbEngineWorld) world = cb_engine_world_new ();

  cb_model_service_set_limits (world->service, 100000, 400000);
  cb_model_outbox_add_many (world->outbox, 4000, 600);
  cb_engine_start (world->engine);
  g_assert_true (cb_engine_world_drain (world, 60 * CB_SECOND));

  /* 500 operations of 600 bytes is what this program ever sends at once. */
  g_assert_cmpuint (cb_model_service_get_largest_push_bytes (world->service), >, 200000);
  g_assert_cmpuint (cb_model_service_get_largest_push_bytes (world->service), <=, 400000);
}

static void
test_too_large_is_halved (void)
{
  g_autoptr (CbEngineWorld) world = cb_engine_world_new ();

  cb_model_service_set_hidden_max_bytes (world->service, 20000);
  cb_model_outbox_add_many (world->outbox, 500, 600);
  cb_engine_start (world->engine);
  g_assert_true (cb_engine_world_drain (world, 60 * CB_SECOND));

  g_assert_cmpuint (cb_model_outbox_count (world->outbox, CB_MODEL_ACCEPTED), ==, 500);
  g_assert_cmpuint (cb_model_service_count (world->service, CB_CALL_PUSH), <=, 30);
}

/* Whatever refuses even the smallest, it is not asked without end. */
static void
test_small_ones_that_are_too_large (void)
{
  g_autoptr (CbEngineWorld) world = cb_engine_world_new ();

  cb_model_outbox_add_many (world->outbox, 40, 200);
  cb_model_service_set_is_stranger (world->service, TRUE);
  cb_model_service_fail_next (world->service, CB_CALL_PUSH, G_MAXUINT, CB_TRANSPORT_ERROR_TOO_LARGE,
                              0);
  cb_engine_start (world->engine);
  cb_virtual_time_run (world->time, 3600 * CB_SECOND);
  g_assert_cmpuint (cb_model_service_count (world->service, CB_CALL_PUSH), <=, 30);
  g_assert_cmpuint (cb_model_outbox_count (world->outbox, CB_MODEL_WAITING), ==, 40);

  /* And once it is mended, batches grow to what they were. */
  cb_model_service_fail_next (world->service, CB_CALL_PUSH, 0, CB_TRANSPORT_ERROR_TOO_LARGE, 0);
  g_assert_true (cb_engine_world_drain (world, 3600 * CB_SECOND));
  cb_virtual_time_run (world->time, 3600 * CB_SECOND);
  cb_model_outbox_add_many (world->outbox, 2000, 600);
  cb_engine_wake (world->engine);
  g_assert_true (cb_engine_world_drain (world, 3600 * CB_SECOND));
  g_assert_cmpuint (cb_model_service_get_largest_push_bytes (world->service), >, 100000);
}

static void
test_one_that_is_too_large_parks (void)
{
  g_autoptr (CbEngineWorld) world = cb_engine_world_new ();
  CbModelOp *large = NULL;

  cb_model_service_set_hidden_max_bytes (world->service, 20000);
  cb_model_outbox_add_many (world->outbox, 10, 600);
  large = cb_model_outbox_add (world->outbox, NULL, 1, 30000);
  cb_model_outbox_add_many (world->outbox, 10, 600);
  cb_engine_start (world->engine);
  g_assert_true (cb_engine_world_drain (world, 60 * CB_SECOND));

  g_assert_cmpint (large->state, ==, CB_MODEL_PARKED);
  g_assert_cmpstr (large->code, ==, "too_large");
  g_assert_cmpuint (cb_model_outbox_count (world->outbox, CB_MODEL_ACCEPTED), ==, 20);
}

static void
test_a_proxy_parks_nothing (void)
{
  g_autoptr (CbEngineWorld) world = cb_engine_world_new ();

  cb_model_service_set_hidden_max_bytes (world->service, 10);
  cb_model_service_set_is_stranger (world->service, TRUE);
  cb_model_outbox_add_many (world->outbox, 8, 600);
  cb_engine_start (world->engine);
  cb_virtual_time_run (world->time, 1800 * CB_SECOND);

  g_assert_cmpuint (cb_model_outbox_count (world->outbox, CB_MODEL_WAITING), ==, 8);
  g_assert_cmpint (cb_engine_world_get_contact (world), ==, CB_CONTACT_TROUBLE);
}

static void
test_time_out_halves (void)
{
  g_autoptr (CbEngineWorld) world = cb_engine_world_new ();

  cb_model_outbox_add_many (world->outbox, 400, 600);
  cb_model_service_fail_next (world->service, CB_CALL_PUSH, 2, CB_TRANSPORT_ERROR_TIMED_OUT, 0);
  cb_model_service_set_latency_us (world->service, 2 * CB_SECOND);
  cb_engine_start (world->engine);
  g_assert_true (cb_engine_world_drain (world, 600 * CB_SECOND));

  g_assert_cmpuint (cb_model_service_get_largest_push_bytes (world->service), <=, 32768);
}

static void
test_uncompressed_when_asked (void)
{
  g_autoptr (CbEngineWorld) world = cb_engine_world_new ();

  cb_model_service_set_takes_gzip (world->service, FALSE);
  cb_model_outbox_add_many (world->outbox, 3, 600);
  cb_engine_start (world->engine);
  g_assert_true (cb_engine_world_drain (world, CB_SECOND));
  g_assert_cmpuint (cb_model_service_count (world->service, CB_CALL_PUSH), ==, 2);

  /* Remembered. */
  cb_model_outbox_add (world->outbox, NULL, 1, 600);
  cb_engine_wake (world->engine);
  g_assert_true (cb_engine_world_drain (world, CB_SECOND));
  g_assert_cmpuint (cb_model_service_count (world->service, CB_CALL_PUSH), ==, 3);
}

/* --- a single cycle --- */

static void
test_once_sends_everything (void)
{
  g_autoptr (CbEngineWorld) world = cb_engine_world_new ();

  cb_model_outbox_add_many (world->outbox, 2000, 600);
  g_assert_true (cb_engine_world_run_once (world));

  g_assert_cmpuint (cb_model_outbox_count (world->outbox, CB_MODEL_ACCEPTED), ==, 2000);
  g_assert_cmpint (cb_engine_get_stage (world->engine), ==, CB_ENGINE_OFF);
  g_assert_cmpint (cb_engine_world_get_contact (world), ==, CB_CONTACT_REACHED);
}

static void
test_once_with_nothing_to_send (void)
{
  g_autoptr (CbEngineWorld) world = cb_engine_world_new ();

  g_assert_true (cb_engine_world_run_once (world));
  g_assert_cmpuint (cb_model_service_count_all (world->service), ==, 3);

  /* Whether the service is there is what was asked. */
  cb_engine_world_crash (world);
  cb_model_service_fail_next (world->service, CB_CALL_NONCE, G_MAXUINT,
                              CB_TRANSPORT_ERROR_UNREACHED, 0);
  g_assert_false (cb_engine_world_run_once (world));
  g_assert_error (world->once_error, CB_TRANSPORT_ERROR, CB_TRANSPORT_ERROR_UNREACHED);
  g_assert_cmpint (cb_engine_world_get_contact (world), ==, CB_CONTACT_UNREACHABLE);
}

static void
test_once_tries_each_request_once (void)
{
  static const CbTransportError errors[] = {
    CB_TRANSPORT_ERROR_UNREACHED, CB_TRANSPORT_ERROR_TIMED_OUT, CB_TRANSPORT_ERROR_BUSY,
    CB_TRANSPORT_ERROR_PORTAL,    CB_TRANSPORT_ERROR_UNTRUSTED, CB_TRANSPORT_ERROR_CONFIG,
    CB_TRANSPORT_ERROR_FAULT,     CB_TRANSPORT_ERROR_FULL,      CB_TRANSPORT_ERROR_OUTDATED,
    CB_TRANSPORT_ERROR_REVOKED,
  };

  for (guint i = 0; i < G_N_ELEMENTS (errors); i++)
    {
      g_autoptr (CbEngineWorld) world = cb_engine_world_new ();

      cb_model_outbox_add_many (world->outbox, 5, 600);
      cb_model_service_fail_next (world->service, CB_CALL_PUSH, G_MAXUINT, errors[i],
                                  600 * CB_SECOND);
      g_assert_false (cb_engine_world_run_once (world));

      g_assert_error (world->once_error, CB_TRANSPORT_ERROR, (int) errors[i]);
      g_assert_cmpuint (cb_model_service_count (world->service, CB_CALL_PUSH), ==, 1);
      g_assert_cmpuint (cb_model_outbox_count (world->outbox, CB_MODEL_WAITING), ==, 5);

      /* The next one does not care what the last was told. */
      cb_model_service_fail_next (world->service, CB_CALL_PUSH, 0, errors[i], 0);
      g_assert_true (cb_engine_world_run_once (world));
      g_assert_cmpuint (cb_model_outbox_count (world->outbox, CB_MODEL_ACCEPTED), ==, 5);
    }
}

static void
test_once_completes_with_parked_ones (void)
{
  g_autoptr (CbEngineWorld) world = cb_engine_world_new ();
  CbModelOp *refused = NULL;
  CbModelOp *poison = NULL;

  refused = cb_model_outbox_add (world->outbox, NULL, 1, 600);
  cb_model_outbox_add_many (world->outbox, 5, 600);
  poison = cb_model_outbox_add (world->outbox, NULL, 1, 600);
  cb_model_outbox_add_many (world->outbox, 5, 600);
  cb_model_service_answer (world->service, refused->op_id,
                           "{\"op\":\"%s\",\"st\":\"refused\",\"code\":\"consent_missing\"}");
  cb_model_service_poison (world->service, poison->op_id, CB_TRANSPORT_ERROR_POISON);

  g_assert_true (cb_engine_world_run_once (world));
  g_assert_cmpint (refused->state, ==, CB_MODEL_PARKED);
  g_assert_cmpstr (refused->code, ==, "consent_missing");
  g_assert_cmpint (poison->state, ==, CB_MODEL_PARKED);
  g_assert_cmpstr (poison->code, ==, "poison");
  g_assert_cmpuint (cb_model_outbox_count (world->outbox, CB_MODEL_ACCEPTED), ==, 10);
}

/* What the service puts off is tried once in a cycle, and once again in the next. */
static void
test_once_ignores_waits (void)
{
  g_autoptr (CbEngineWorld) world = cb_engine_world_new ();
  CbModelOp *op = cb_model_outbox_add (world->outbox, NULL, 1, 300);

  cb_model_service_answer (world->service, op->op_id,
                           "{\"op\":\"%s\",\"st\":\"retry\",\"after_ms\":900000}");
  for (guint i = 1; i <= 4; i++)
    {
      g_assert_true (cb_engine_world_run_once (world));
      g_assert_cmpuint (op->n_taken, ==, i);
    }

  cb_model_service_answer (world->service, op->op_id, "{\"op\":\"%s\",\"st\":\"applied\",\"n\":1}");
  g_assert_true (cb_engine_world_run_once (world));
  g_assert_cmpint (op->state, ==, CB_MODEL_ACCEPTED);
}

static void
test_once_is_back_in_a_minute (void)
{
  g_autoptr (CbEngineWorld) world = cb_engine_world_new ();

  cb_model_service_set_latency_us (world->service, 10 * CB_SECOND);
  cb_model_outbox_add_many (world->outbox, 3000, 600);
  g_assert_false (cb_engine_world_run_once (world));

  g_assert_error (world->once_error, CB_TRANSPORT_ERROR, CB_TRANSPORT_ERROR_TIMED_OUT);
  g_assert_cmpint (cb_virtual_time_get_elapsed_us (world->time), <, 60 * CB_SECOND);
  g_assert_cmpuint (cb_virtual_time_count_timers (world->time), ==, 0);
  cb_engine_world_check_effects (world);
}

static void
test_once_waits_for_another_process (void)
{
  g_autoptr (CbEngineWorld) world = cb_engine_world_new ();

  cb_model_outbox_add_many (world->outbox, 3, 600);
  cb_model_outbox_fail_next (world->outbox, "take", 20, CB_STORE_ERROR_BUSY);
  g_assert_true (cb_engine_world_run_once (world));
  g_assert_cmpuint (cb_model_outbox_count (world->outbox, CB_MODEL_ACCEPTED), ==, 3);

  cb_model_outbox_add_many (world->outbox, 3, 600);
  cb_model_outbox_fail_next (world->outbox, "take", G_MAXUINT, CB_STORE_ERROR_BUSY);
  g_assert_false (cb_engine_world_run_once (world));
}

static void
test_once_without_enrolment (void)
{
  g_autoptr (CbEngineWorld) world = cb_engine_world_new ();

  cb_model_outbox_set_enrolment (world->outbox, NULL);
  g_assert_false (cb_engine_world_run_once (world));
  g_assert_error (world->once_error, CB_STORE_ERROR, CB_STORE_ERROR_NOT_FOUND);
}

static void
cancel_it (gpointer user_data)
{
  g_cancellable_cancel (user_data);
}

static void
on_once_cancelled (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Enrolled *back = user_data;

  cb_engine_run_once_finish (CB_ENGINE (source), result, &back->error);
  back->is_back = TRUE;
}

static void
test_once_can_be_cancelled (void)
{
  g_autoptr (CbEngineWorld) world = cb_engine_world_new ();
  CbTimers timers = cb_virtual_time_get_timers (world->time);

  /* At many moments of the cycle. */
  for (guint i = 0; i < 120; i++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      Enrolled back = { 0 };

      cb_model_outbox_add_many (world->outbox, 2, 600);
      cb_engine_run_once_async (world->engine, cancellable, on_once_cancelled, &back);
      timers.add (timers.data, i * 1000, cancel_it, cancellable);
      cb_virtual_time_run (world->time, CB_SECOND);

      g_assert_true (back.is_back);
      g_assert_cmpint (cb_engine_get_stage (world->engine), ==, CB_ENGINE_OFF);
      g_clear_error (&back.error);
      cb_engine_world_crash (world);
    }

  cb_engine_world_check_effects (world);
  g_assert_true (cb_engine_world_run_once (world));
  g_assert_cmpuint (cb_model_outbox_count (world->outbox, CB_MODEL_ACCEPTED), ==, 240);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/engine/plain/sends-what-is-ready", test_sends_what_is_ready);
  g_test_add_func ("/engine/plain/wakes-for-new-work", test_wakes_for_new_work);
  g_test_add_func ("/engine/plain/loses-nothing-that-comes-meanwhile",
                   test_work_that_comes_meanwhile);
  g_test_add_func ("/engine/plain/loses-nothing-between-two-steps", test_work_between_two_steps);
  g_test_add_func ("/engine/plain/withdrawals-go-first", test_withdrawals_go_first);
  g_test_add_func ("/engine/enrolment/nothing-happens-without", test_nothing_without_enrolment);
  g_test_add_func ("/engine/enrolment/makes-a-terminal", test_enrols);
  g_test_add_func ("/engine/enrolment/failing-keeps-nothing", test_enrolment_that_fails);
  g_test_add_func ("/engine/budget/grows-and-keeps-to-limits",
                   test_budget_grows_and_keeps_to_limits);
  g_test_add_func ("/engine/budget/too-large-is-halved", test_too_large_is_halved);
  g_test_add_func ("/engine/budget/small-ones-that-are-too-large",
                   test_small_ones_that_are_too_large);
  g_test_add_func ("/engine/budget/one-that-is-too-large-parks", test_one_that_is_too_large_parks);
  g_test_add_func ("/engine/budget/a-proxy-parks-nothing", test_a_proxy_parks_nothing);
  g_test_add_func ("/engine/budget/a-time-out-halves", test_time_out_halves);
  g_test_add_func ("/engine/budget/uncompressed-when-asked", test_uncompressed_when_asked);
  g_test_add_func ("/engine/once/sends-everything", test_once_sends_everything);
  g_test_add_func ("/engine/once/contacts-with-nothing-to-send", test_once_with_nothing_to_send);
  g_test_add_func ("/engine/once/tries-each-request-once", test_once_tries_each_request_once);
  g_test_add_func ("/engine/once/completes-with-parked-ones", test_once_completes_with_parked_ones);
  g_test_add_func ("/engine/once/ignores-what-has-to-wait", test_once_ignores_waits);
  g_test_add_func ("/engine/once/is-back-in-a-minute", test_once_is_back_in_a_minute);
  g_test_add_func ("/engine/once/waits-for-another-process", test_once_waits_for_another_process);
  g_test_add_func ("/engine/once/says-that-it-is-not-enrolled", test_once_without_enrolment);
  g_test_add_func ("/engine/once/can-be-cancelled", test_once_can_be_cancelled);

  return g_test_run ();
}
