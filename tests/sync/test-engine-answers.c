/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "support/cb-engine-world.h"

#define MINUTE (60 * CB_SECOND)
#define HOUR (60 * MINUTE)

/* --- answers to one operation --- */

typedef struct
{
  const char *name;
  const char *line;
  CbModelState state;
  const char *code;
} Answer;

static const Answer answers[] = {
  { "applied", "{\"op\":\"%s\",\"st\":\"applied\",\"n\":4}", CB_MODEL_ACCEPTED, NULL },
  { "duplicate", "{\"op\":\"%s\",\"st\":\"duplicate\",\"n\":4}", CB_MODEL_ACCEPTED, NULL },
  { "duplicate-of-a-refusal",
    "{\"op\":\"%s\",\"st\":\"duplicate\",\"was\":\"refused\",\"code\":\"forbidden\"}",
    CB_MODEL_PARKED, "forbidden" },
  { "duplicate-of-gone", "{\"op\":\"%s\",\"st\":\"duplicate\",\"was\":\"gone\"}", CB_MODEL_GONE,
    NULL },
  { "merged",
    "{\"op\":\"%s\",\"st\":\"merged\",\"n\":4,\"version\":\"0123456789abcdef0123456789abcdef\","
    "\"body\":{\"a\":1}}",
    CB_MODEL_ACCEPTED, NULL },
  { "conflict",
    "{\"op\":\"%s\",\"st\":\"conflict\",\"n\":4,\"version\":\"0123456789abcdef0123456789abcdef\","
    "\"body\":{\"a\":1}}",
    CB_MODEL_CONFLICT, "conflict" },
  { "refused", "{\"op\":\"%s\",\"st\":\"refused\",\"code\":\"consent_withdrawn\"}", CB_MODEL_PARKED,
    "consent_withdrawn" },
  { "refused-for-a-new-reason", "{\"op\":\"%s\",\"st\":\"refused\",\"code\":\"moon_phase\"}",
    CB_MODEL_PARKED, "moon_phase" },
  { "refused-for-no-reason", "{\"op\":\"%s\",\"st\":\"refused\"}", CB_MODEL_PARKED,
    "unknown_answer" },
  { "gone",
    "{\"op\":\"%s\",\"st\":\"gone\",\"customer\":\"0123456789abcdef0123456789abcdef\",\"n\":4}",
    CB_MODEL_GONE, NULL },
  { "unknown-until-it-parks", "{\"op\":\"%s\",\"st\":\"pondering\"}", CB_MODEL_PARKED,
    "unknown_answer" },
  { "none-until-it-parks", "", CB_MODEL_PARKED, "unknown_answer" },
};

static void
test_answer (gconstpointer data)
{
  const Answer *answer = data;
  g_autoptr (CbEngineWorld) world = cb_engine_world_new ();
  CbModelOp *op = NULL;

  cb_model_outbox_add_many (world->outbox, 10, 300);
  op = cb_model_outbox_add (world->outbox, NULL, 1, 300);
  cb_model_outbox_add_many (world->outbox, 10, 300);
  cb_model_service_answer (world->service, op->op_id, answer->line);
  cb_engine_start (world->engine);

  /* The others are not held up for a moment. */
  cb_virtual_time_run (world->time, CB_SECOND / 2);
  g_assert_cmpuint (cb_model_service_count_applied (world->service), ==, 20);

  g_assert_true (cb_engine_world_drain (world, 2 * HOUR));
  g_assert_cmpint (op->state, ==, answer->state);
  g_assert_cmpstr (op->code, ==, answer->code);
  g_assert_cmpuint (cb_model_service_count (world->service, CB_CALL_PUSH), <=, 21);
}

static void
test_retry_is_not_before (void)
{
  g_autoptr (CbEngineWorld) world = cb_engine_world_new ();
  CbModelOp *op = cb_model_outbox_add (world->outbox, NULL, 1, 300);

  cb_model_service_answer (world->service, op->op_id,
                           "{\"op\":\"%s\",\"st\":\"retry\",\"code\":\"internal\","
                           "\"after_ms\":90000}");
  cb_engine_start (world->engine);
  cb_virtual_time_run (world->time, 89 * CB_SECOND);
  g_assert_cmpuint (op->n_taken, ==, 1);
  g_assert_cmpint (cb_engine_get_stage (world->engine), ==, CB_ENGINE_WAITING);

  cb_virtual_time_run (world->time, 2 * CB_SECOND);
  g_assert_cmpuint (op->n_taken, ==, 2);

  /* A service that says "at once" for ever is not asked for ever. */
  cb_model_service_answer (world->service, op->op_id,
                           "{\"op\":\"%s\",\"st\":\"retry\",\"after_ms\":0}");
  cb_virtual_time_run (world->time, HOUR);
  g_assert_cmpuint (op->n_taken, <=, 40);
  g_assert_cmpint (op->state, ==, CB_MODEL_WAITING);
}

static void
test_blocked_stays_ready (void)
{
  g_autoptr (CbEngineWorld) world = cb_engine_world_new ();
  CbModelOp *op = cb_model_outbox_add (world->outbox, NULL, 1, 300);

  cb_model_service_answer (world->service, op->op_id,
                           "{\"op\":\"%s\",\"st\":\"blocked\",\"by\":"
                           "\"0123456789abcdef0123456789abcdef\"}");
  cb_engine_start (world->engine);
  cb_virtual_time_run (world->time, 24 * HOUR);
  g_assert_cmpint (op->state, ==, CB_MODEL_WAITING);

  cb_model_service_answer (world->service, op->op_id, "{\"op\":\"%s\",\"st\":\"applied\",\"n\":1}");
  g_assert_true (cb_engine_world_drain (world, 10 * MINUTE));
}

static void
test_answer_by_line_number (void)
{
  g_autoptr (CbEngineWorld) world = cb_engine_world_new ();
  CbModelOp *op = NULL;

  cb_model_outbox_add_many (world->outbox, 3, 300);
  op = cb_model_outbox_add (world->outbox, NULL, 1, 300);
  cb_model_service_answer (world->service, op->op_id,
                           "{\"op\":null,\"line\":4,\"st\":\"refused\","
                           "\"code\":\"schema_invalid\"}");
  cb_engine_start (world->engine);
  g_assert_true (cb_engine_world_drain (world, MINUTE));

  g_assert_cmpint (op->state, ==, CB_MODEL_PARKED);
  g_assert_cmpstr (op->code, ==, "schema_invalid");
  g_assert_cmpuint (cb_model_outbox_count (world->outbox, CB_MODEL_ACCEPTED), ==, 3);
}

/* Acknowledgements of what was not in the batch, and two for one: the first word stands. */
static void
test_stray_acknowledgements (void)
{
  g_autoptr (CbEngineWorld) world = cb_engine_world_new ();
  CbModelOp *op = cb_model_outbox_add (world->outbox, NULL, 1, 300);
  CbModelOp *held = cb_model_outbox_add (world->outbox, NULL, 1, 300);
  g_autofree char *lines = g_strdup_printf (
    "{\"op\":\"%%s\",\"st\":\"refused\",\"code\":\"forbidden\"}\n"
    "{\"op\":\"%s\",\"st\":\"applied\",\"n\":3}\n"
    "{\"op\":\"%%s\",\"st\":\"applied\",\"n\":4}\n"
    "{\"op\":null,\"line\":900,\"st\":\"applied\",\"n\":5}",
    held->op_id);

  held->not_before_us = G_MAXINT64 / 2;
  cb_model_service_answer (world->service, op->op_id, lines);
  cb_engine_start (world->engine);
  cb_virtual_time_run (world->time, MINUTE);

  g_assert_cmpint (op->state, ==, CB_MODEL_PARKED);
  g_assert_cmpint (held->state, ==, CB_MODEL_WAITING);
}

static void
test_a_refusal_blocks_its_key_alone (void)
{
  g_autoptr (CbEngineWorld) world = cb_engine_world_new ();
  CbModelOp *first = cb_model_outbox_add (world->outbox, "note/one", 1, 300);
  CbModelOp *second = NULL;

  cb_model_service_answer (world->service, first->op_id,
                           "{\"op\":\"%s\",\"st\":\"refused\",\"code\":\"forbidden\"}");
  cb_engine_start (world->engine);
  g_assert_true (cb_engine_world_drain (world, MINUTE));

  second = cb_model_outbox_add (world->outbox, "note/one", 1, 300);
  cb_model_outbox_add_many (world->outbox, 5, 300);
  second->not_before_us = 0;
  cb_virtual_time_set_watch (world->time, NULL, NULL); /* it is ready, and its key is not */
  cb_engine_wake (world->engine);
  cb_virtual_time_run (world->time, MINUTE);

  g_assert_cmpint (second->state, ==, CB_MODEL_WAITING);
  g_assert_cmpuint (second->n_taken, ==, 0);
  g_assert_cmpuint (cb_model_outbox_count (world->outbox, CB_MODEL_ACCEPTED), ==, 5);
}

/* --- replies that do not arrive whole --- */

static void
test_cut_anywhere (void)
{
  for (int n_acks = -1; n_acks <= 12; n_acks++)
    for (guint silent = 0; silent <= 1; silent++)
      {
        g_autoptr (CbEngineWorld) world = cb_engine_world_new ();
        const guint expected = (guint) CLAMP (n_acks, 0, 10);

        cb_model_outbox_add_many (world->outbox, 10, 300);
        cb_model_service_cut_next (world->service, 1, n_acks, silent > 0);
        cb_engine_start (world->engine);
        cb_virtual_time_run (world->time, CB_SECOND / 10);

        /* What was acknowledged before the cut is over; the rest is not, and is not parked. */
        g_assert_cmpuint (cb_model_outbox_count (world->outbox, CB_MODEL_ACCEPTED), ==, expected);
        g_assert_cmpuint (cb_model_outbox_count (world->outbox, CB_MODEL_WAITING), ==,
                          10 - expected);

        for (guint i = 0; i < 10; i++)
          g_assert_null (cb_model_outbox_get (world->outbox, i)->code);

        g_assert_true (cb_engine_world_drain (world, 5 * MINUTE));
        g_assert_cmpuint (cb_model_service_count_applied (world->service), ==, 10);
        cb_engine_world_check_effects (world);
      }
}

static void
test_reply_lost_every_other_time (void)
{
  g_autoptr (CbEngineWorld) world = cb_engine_world_new ();

  world->random = -1;
  cb_engine_start (world->engine);
  for (guint i = 0; i < 200; i++)
    {
      cb_model_outbox_add_many (world->outbox, 3, 300);
      if (i % 2 == 0)
        cb_model_service_cut_next (world->service, 1, -1, FALSE);
      cb_engine_wake (world->engine);
      g_assert_true (cb_engine_world_drain (world, HOUR));
    }

  g_assert_cmpuint (cb_model_service_count_applied (world->service), ==, 600);
  cb_engine_world_check_effects (world);
}

/* --- one that spoils a batch --- */

/* What 10,000 operations take when nothing is wrong with them. */
static guint
count_clean_pushes (void)
{
  static guint pushes = 0;
  g_autoptr (CbEngineWorld) world = NULL;

  if (pushes > 0)
    return pushes;

  world = cb_engine_world_new ();
  cb_model_outbox_add_many (world->outbox, 10000, 600);
  cb_engine_start (world->engine);
  g_assert_true (cb_engine_world_drain (world, HOUR));
  pushes = cb_model_service_count (world->service, CB_CALL_PUSH);

  return pushes;
}

static void
test_poison_parks_alone (gconstpointer data)
{
  const guint place = GPOINTER_TO_UINT (data);
  g_autoptr (CbEngineWorld) world = cb_engine_world_new ();
  CbModelOp *op = NULL;
  guint extra = 0;

  cb_model_outbox_add_many (world->outbox, 10000, 600);
  op = cb_model_outbox_get (world->outbox, place);
  cb_model_service_poison (world->service, op->op_id, CB_TRANSPORT_ERROR_POISON);
  cb_engine_start (world->engine);
  g_assert_true (cb_engine_world_drain (world, HOUR));

  g_assert_cmpint (op->state, ==, CB_MODEL_PARKED);
  g_assert_cmpstr (op->code, ==, "poison");
  g_assert_cmpuint (cb_model_outbox_count (world->outbox, CB_MODEL_ACCEPTED), ==, 9999);

  extra = cb_model_service_count (world->service, CB_CALL_PUSH) - count_clean_pushes ();
  g_test_message ("%u requests more", extra);
  g_assert_cmpuint (extra, <=, 15);
}

/* The other 9,999 are there when the one cycle that somebody asked for is over. */
static void
test_poison_in_one_run (void)
{
  g_autoptr (CbEngineWorld) world = cb_engine_world_new ();
  CbModelOp *op = NULL;
  guint pushes = 0;

  cb_model_outbox_add_many (world->outbox, 10000, 600);
  op = cb_model_outbox_get (world->outbox, 6173);
  cb_model_service_poison (world->service, op->op_id, CB_TRANSPORT_ERROR_POISON);
  g_assert_true (cb_engine_world_run_once (world));

  pushes = cb_model_service_count (world->service, CB_CALL_PUSH);
  g_test_message ("%u requests, %u without the poison", pushes, count_clean_pushes ());
  g_assert_cmpint (op->state, ==, CB_MODEL_PARKED);
  g_assert_cmpuint (cb_model_outbox_count (world->outbox, CB_MODEL_ACCEPTED), ==, 9999);
  g_assert_cmpuint (pushes - count_clean_pushes (), <=, 15);
  cb_engine_world_check_effects (world);
}

static void
test_several_poisons (void)
{
  g_autoptr (CbEngineWorld) world = cb_engine_world_new ();

  cb_model_outbox_add_many (world->outbox, 3000, 600);
  for (guint i = 0; i < 3000; i += 301)
    cb_model_service_poison (world->service, cb_model_outbox_get (world->outbox, i)->op_id,
                             CB_TRANSPORT_ERROR_POISON);
  cb_engine_start (world->engine);
  g_assert_true (cb_engine_world_drain (world, HOUR));

  g_assert_cmpuint (cb_model_outbox_count (world->outbox, CB_MODEL_PARKED), ==, 10);
  g_assert_cmpuint (cb_model_outbox_count (world->outbox, CB_MODEL_ACCEPTED), ==, 2990);
}

/* A service that calls everything unreadable is at fault itself. */
static void
test_service_that_refuses_everything (void)
{
  g_autoptr (CbEngineWorld) world = cb_engine_world_new ();

  cb_model_outbox_add_many (world->outbox, 150, 600);
  cb_model_service_fail_next (world->service, CB_CALL_PUSH, G_MAXUINT, CB_TRANSPORT_ERROR_POISON,
                              0);
  cb_engine_start (world->engine);
  cb_virtual_time_run (world->time, 24 * HOUR);

  g_assert_cmpuint (cb_model_outbox_count (world->outbox, CB_MODEL_PARKED), <=, 3);
  g_assert_cmpint (cb_engine_world_get_contact (world), ==, CB_CONTACT_TROUBLE);

  cb_model_service_fail_next (world->service, CB_CALL_PUSH, 0, CB_TRANSPORT_ERROR_POISON, 0);
  g_assert_true (cb_engine_world_drain (world, HOUR));
}

static void
test_fault_is_searched_after_three (gconstpointer data)
{
  const guint place = GPOINTER_TO_UINT (data);
  g_autoptr (CbEngineWorld) world = cb_engine_world_new ();
  CbModelOp *op = NULL;

  cb_model_outbox_add_many (world->outbox, 100, 600);
  op = cb_model_outbox_get (world->outbox, place);
  cb_model_service_poison (world->service, op->op_id, CB_TRANSPORT_ERROR_FAULT);
  cb_engine_start (world->engine);
  g_assert_true (cb_engine_world_drain (world, HOUR));

  g_assert_cmpint (op->state, ==, CB_MODEL_PARKED);
  g_assert_cmpuint (cb_model_outbox_count (world->outbox, CB_MODEL_ACCEPTED), ==, 99);
  g_assert_cmpuint (cb_model_service_count (world->service, CB_CALL_PUSH), <=, 15);
}

/* A service that stumbles over everything does not get our records parked for it. */
static void
test_service_that_always_stumbles (void)
{
  g_autoptr (CbEngineWorld) world = cb_engine_world_new ();

  world->random = -1;
  cb_model_outbox_add_many (world->outbox, 150, 600);
  cb_model_service_fail_next (world->service, CB_CALL_PUSH, G_MAXUINT, CB_TRANSPORT_ERROR_FAULT, 0);
  cb_engine_start (world->engine);
  cb_virtual_time_run (world->time, 24 * HOUR);

  g_assert_cmpuint (cb_model_outbox_count (world->outbox, CB_MODEL_WAITING), ==, 150);
  /* Three tries and a search of ten requests, again and again, every few minutes. */
  g_test_message ("%u pushes in a day", cb_model_service_count (world->service, CB_CALL_PUSH));
  g_assert_cmpuint (cb_model_service_count (world->service, CB_CALL_PUSH), <=, 3000);

  cb_model_service_fail_next (world->service, CB_CALL_PUSH, 0, CB_TRANSPORT_ERROR_FAULT, 0);
  g_assert_true (cb_engine_world_drain (world, HOUR));
  g_assert_cmpuint (cb_model_outbox_count (world->outbox, CB_MODEL_ACCEPTED), ==, 150);
}

/* The search is interrupted at each of its requests; it never ends in a wrong verdict. */
static void
test_search_that_is_interrupted (void)
{
  for (guint after = 1; after < 14; after++)
    {
      g_autoptr (CbEngineWorld) world = cb_engine_world_new ();
      CbModelOp *op = NULL;

      cb_model_outbox_add_many (world->outbox, 200, 300);
      op = cb_model_outbox_get (world->outbox, 77);
      cb_model_service_poison (world->service, op->op_id, CB_TRANSPORT_ERROR_POISON);
      cb_engine_start (world->engine);
      cb_virtual_time_run (world->time, after * 20000 + 50000);
      cb_model_service_fail_next (world->service, CB_CALL_PUSH, 1, CB_TRANSPORT_ERROR_UNREACHED, 0);
      cb_model_service_forget_tokens (world->service);
      g_assert_true (cb_engine_world_drain (world, HOUR));

      g_assert_cmpint (op->state, ==, CB_MODEL_PARKED);
      g_assert_cmpuint (cb_model_outbox_count (world->outbox, CB_MODEL_ACCEPTED), ==, 199);
    }
}

int
main (int argc, char *argv[])
{
  static const guint places[] = { 0, 1, 217, 4999, 5000, 9998, 9999 };
  static const guint fault_places[] = { 0, 1, 50, 98, 99 };

  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_autofree char *path = g_strconcat ("/engine/answer/", answers[i].name, NULL);

      g_test_add_data_func (path, &answers[i], test_answer);
    }

  g_test_add_func ("/engine/answer/retry-is-not-before-its-time", test_retry_is_not_before);
  g_test_add_func ("/engine/answer/blocked-stays-ready", test_blocked_stays_ready);
  g_test_add_func ("/engine/answer/by-line-number", test_answer_by_line_number);
  g_test_add_func ("/engine/answer/strays-change-nothing", test_stray_acknowledgements);
  g_test_add_func ("/engine/answer/a-refusal-blocks-its-key-alone",
                   test_a_refusal_blocks_its_key_alone);
  g_test_add_func ("/engine/cut/anywhere-loses-nothing", test_cut_anywhere);
  g_test_add_func ("/engine/cut/every-other-reply-lost", test_reply_lost_every_other_time);

  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      g_autofree char *path = g_strdup_printf ("/engine/poison/parks-alone/%u", places[i]);

      g_test_add_data_func (path, GUINT_TO_POINTER (places[i]), test_poison_parks_alone);
    }

  g_test_add_func ("/engine/poison/one-of-10000-in-one-run", test_poison_in_one_run);
  g_test_add_func ("/engine/poison/several", test_several_poisons);
  g_test_add_func ("/engine/poison/a-service-that-refuses-everything",
                   test_service_that_refuses_everything);

  for (guint i = 0; i < G_N_ELEMENTS (fault_places); i++)
    {
      g_autofree char *path = g_strdup_printf ("/engine/fault/is-searched/%u", fault_places[i]);

      g_test_add_data_func (path, GUINT_TO_POINTER (fault_places[i]),
                            test_fault_is_searched_after_three);
    }

  g_test_add_func ("/engine/fault/a-service-that-always-stumbles",
                   test_service_that_always_stumbles);
  g_test_add_func ("/engine/poison/a-search-may-be-interrupted", test_search_that_is_interrupted);

  return g_test_run ();
}
