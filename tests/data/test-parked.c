/* SPDX-License-Identifier: Apache-2.0 */

/* What the service refused: sent once more, or kept here alone, and nothing of it lost. */

#define G_LOG_DOMAIN "Counterbook"

#include "base/cb-error.h"
#include "base/cb-json.h"
#include "cb-test-book.h"

typedef struct
{
  CbTestBook test;
  char *customer;
  char *note;
} World;

/* One customer who said yes to this shop; card and answer are at the service, a note waits. */
static void
set_up (World *world, gconstpointer data)
{
  g_autoptr (GPtrArray) sent = NULL;
  g_autoptr (CbNote) note = NULL;

  cb_test_book_set_up (&world->test);
  world->customer =
    cb_test_book_add_customer (&world->test, "Mara", "Testperson", "m@example.com", NULL);
  cb_test_book_answer (&world->test, world->customer, "shop", CB_CHANNEL_NONE, CB_ANSWER_YES,
                       CB_METHOD_TAPPED);
  sent = cb_test_book_push (&world->test);
  g_assert_cmpuint (sent->len, ==, 2);
  note = cb_test_book_add_note (&world->test, world->customer, NULL, "navy, not wool");
  world->note = g_strdup (cb_note_get_id (note));
}

static void
tear_down (World *world, gconstpointer data)
{
  guint n_rows;
  g_autoptr (GError) error = NULL;

  g_assert_true (cb_book_verify_audit (world->test.book, &n_rows, &error));
  g_assert_no_error (error);
  cb_test_book_tear_down (&world->test);
  g_free (world->customer);
  g_free (world->note);
}

/* Takes what may leave, at most so many, and says what became of all of it; the first one's id. */
static char *
settle_some (World *world, guint most, CbSettled settled, const char *code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CbBatch) batch = cb_book_take_batch (world->test.book, most, 1 << 20, &error);
  g_autoptr (GPtrArray) settlements =
    g_ptr_array_new_with_free_func ((GDestroyNotify) cb_settlement_free);

  g_assert_no_error (error);
  g_assert_cmpuint (cb_batch_get_length (batch), ==, most);
  for (guint i = 0; i < most; i++)
    {
      CbSettlement *settlement = cb_settlement_new (cb_batch_get_op (batch, i)->op_id, settled);

      settlement->code = g_strdup (code);
      g_ptr_array_add (settlements, settlement);
    }
  g_assert_true (cb_book_settle (world->test.book, settlements, &error));
  g_assert_no_error (error);
  cb_book_end_sync (world->test.book);
  return g_strdup (cb_batch_get_op (batch, 0)->op_id);
}

static char *
settle_first (World *world, CbSettled settled, const char *code)
{
  return settle_some (world, 1, settled, code);
}

static CbOutboxItem *
find_item (World *world, const char *record)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) items = cb_book_list_open (world->test.book, 100, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < items->len; i++)
    {
      CbOutboxItem *item = g_ptr_array_index (items, i);

      if (g_str_equal (cb_outbox_item_get_record_id (item), record))
        return g_object_ref (item);
    }
  return NULL;
}

static CbOutboxCounts
count (World *world)
{
  CbOutboxCounts counts;
  g_autoptr (GError) error = NULL;

  g_assert_true (cb_book_count_outbox (world->test.book, &counts, &error));
  g_assert_no_error (error);
  return counts;
}

static void
retry (World *world, const char *op_id)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (cb_book_retry (world->test.book, world->test.manager, op_id, &error));
  g_assert_no_error (error);
}

static void
test_a_record_is_written_anew (World *world, gconstpointer data)
{
  g_autofree char *refused = settle_first (world, CB_SETTLED_PARKED, "id_reuse");
  g_autoptr (CbOutboxItem) item = find_item (world, world->note);
  g_autoptr (CbOutboxItem) again = NULL;
  g_autoptr (GPtrArray) sent = NULL;

  g_assert_cmpint (cb_outbox_item_get_state (item), ==, CB_DELIVERY_PARKED);
  g_assert_cmpstr (cb_outbox_item_get_code (item), ==, "id_reuse");

  retry (world, refused);
  again = find_item (world, world->note);
  g_assert_cmpint (cb_outbox_item_get_state (again), ==, CB_DELIVERY_WAITING);
  g_assert_null (cb_outbox_item_get_code (again));
  g_assert_cmpstr (cb_outbox_item_get_id (again), !=, refused);
  g_assert_cmpuint (count (world).parked, ==, 0);

  sent = cb_test_book_push (&world->test);
  g_assert_cmpuint (sent->len, ==, 1);
  g_assert_cmpint (cb_test_book_state (&world->test, "note", world->note), ==,
                   CB_DELIVERY_ACCEPTED);
}

/* Nobody knows what became of it: only the same bytes under the same id do nothing twice. */
static void
test_an_unknown_outcome_goes_as_it_was (World *world, gconstpointer data)
{
  g_autofree char *refused = settle_first (world, CB_SETTLED_PARKED, "unknown_answer");
  g_autoptr (CbOutboxItem) again = NULL;

  retry (world, refused);
  again = find_item (world, world->note);
  g_assert_cmpstr (cb_outbox_item_get_id (again), ==, refused);
  g_assert_cmpint (cb_outbox_item_get_state (again), ==, CB_DELIVERY_SENT);
}

/* Records name an answer by its operation's id: it keeps it. */
static void
test_an_answer_keeps_its_id (World *world, gconstpointer data)
{
  g_autofree char *answer = NULL;
  g_autoptr (GPtrArray) sent = cb_test_book_push (&world->test);
  g_autoptr (CbBatch) batch = NULL;
  g_autoptr (GError) error = NULL;

  cb_test_book_answer (&world->test, world->customer, "invitations", CB_CHANNEL_EMAIL,
                       CB_ANSWER_YES, CB_METHOD_TAPPED);
  answer = settle_first (world, CB_SETTLED_PARKED, "schema_invalid");
  retry (world, answer);
  batch = cb_book_take_batch (world->test.book, 1, 1 << 20, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (cb_batch_get_op (batch, 0)->op_id, ==, answer);
}

/* What the customer took back meanwhile does not leave because somebody pressed a button. */
static void
test_nothing_leaves_that_may_not (World *world, gconstpointer data)
{
  g_autofree char *refused = settle_first (world, CB_SETTLED_PARKED, "consent_withdrawn");
  g_autoptr (CbOutboxItem) item = NULL;
  g_autoptr (GPtrArray) sent = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (cb_book_withdraw (world->test.book, world->test.associate, world->customer, "shop",
                                   CB_CHANNEL_NONE, &error));
  sent = cb_test_book_push (&world->test);
  retry (world, refused);
  item = find_item (world, world->note);
  g_assert_cmpint (cb_outbox_item_get_state (item), ==, CB_DELIVERY_HELD);
  g_assert_cmpint (cb_outbox_item_get_verdict (item), ==, CB_VERDICT_WITHDRAWN);
  g_clear_pointer (&sent, g_ptr_array_unref);
  sent = cb_test_book_push (&world->test);
  g_assert_cmpuint (sent->len, ==, 0);
}

static void
test_all_at_once (World *world, gconstpointer data)
{
  guint n_retried = 0;
  g_autofree char *first = NULL;
  g_autoptr (GPtrArray) sent = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 59; i++)
    {
      g_autoptr (CbNote) note =
        cb_test_book_add_note (&world->test, world->customer, NULL, "a note among many");
    }
  first = settle_some (world, 60, CB_SETTLED_PARKED, "poison");
  g_assert_cmpuint (count (world).parked, ==, 60);

  g_assert_true (cb_book_retry_all (world->test.book, world->test.privacy, &n_retried, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n_retried, ==, 60);
  g_assert_cmpuint (count (world).parked, ==, 0);
  sent = cb_test_book_push (&world->test);
  g_assert_cmpuint (sent->len, ==, 60);
}

static void
test_discarding_keeps_the_record (World *world, gconstpointer data)
{
  g_autofree char *refused = settle_first (world, CB_SETTLED_PARKED, "too_large");
  g_autoptr (CbDossier) dossier = NULL;
  g_autoptr (GPtrArray) sent = NULL;
  GPtrArray *notes;
  g_autoptr (GError) error = NULL;

  g_assert_true (cb_book_discard (world->test.book, world->test.manager, refused, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (count (world).parked, ==, 0);

  dossier = cb_book_load_dossier (world->test.book, world->test.associate, world->customer, &error);
  g_assert_no_error (error);
  notes = cb_dossier_get_notes (dossier);
  g_assert_cmpuint (notes->len, ==, 1);
  g_assert_cmpstr (cb_note_get_text (g_ptr_array_index (notes, 0)), ==, "navy, not wool");
  g_assert_cmpint (cb_note_get_delivery (g_ptr_array_index (notes, 0)), ==, CB_DELIVERY_LOCAL);

  /* Nor does a later answer or the night bring it back onto the way. */
  cb_test_book_answer (&world->test, world->customer, "everywhere", CB_CHANNEL_NONE, CB_ANSWER_YES,
                       CB_METHOD_TAPPED);
  cb_test_book_reopen (&world->test);
  g_assert_cmpint (cb_test_book_state (&world->test, "note", world->note), ==, CB_DELIVERY_LOCAL);

  g_assert_false (cb_book_discard (world->test.book, world->test.manager, refused, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_NOT_FOUND);
}

/* The text that is edited later is an edit of what the service has, not of what it never got. */
static void
test_what_comes_later_still_fits (World *world, gconstpointer data)
{
  g_autoptr (GPtrArray) before = cb_test_book_push (&world->test);
  g_autoptr (CbPreferenceDraft) draft = cb_preference_draft_new ();
  g_autoptr (CbPreference) first = NULL;
  g_autoptr (CbPreference) second = NULL;
  g_autoptr (GPtrArray) sent = NULL;
  g_autofree char *refused = NULL;
  g_autoptr (GError) error = NULL;
  JsonObject *operation;

  draft->value = g_strdup ("38");
  first = cb_book_set_preference (world->test.book, world->test.associate, world->customer, draft,
                                  &error);
  g_assert_no_error (error);
  refused = settle_first (world, CB_SETTLED_PARKED, "schema_invalid");
  g_assert_true (cb_book_discard (world->test.book, world->test.manager, refused, &error));
  g_free (draft->value);
  draft->value = g_strdup ("39");
  second = cb_book_set_preference (world->test.book, world->test.associate, world->customer, draft,
                                   &error);
  g_assert_no_error (error);
  sent = cb_test_book_push (&world->test);
  g_assert_cmpuint (sent->len, ==, 1);
  operation = g_ptr_array_index (sent, 0);
  g_assert_cmpstr (cb_json_get_string (operation, "base"), ==, NULL);
}

static void
assert_stays (World *world, const char *op_id)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (cb_book_discard (world->test.book, world->test.manager, op_id, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_REFUSED);
  g_assert_cmpuint (count (world).parked, ==, 1);
}

static void
test_answers_and_erasures_have_to_arrive (World *world, gconstpointer data)
{
  g_autoptr (GPtrArray) before = cb_test_book_push (&world->test);
  g_autofree char *yes = NULL;
  g_autofree char *no = NULL;
  g_autofree char *erase = NULL;
  g_autoptr (GPtrArray) sent = NULL;
  g_autoptr (GError) error = NULL;

  cb_test_book_answer (&world->test, world->customer, "invitations", CB_CHANNEL_EMAIL,
                       CB_ANSWER_YES, CB_METHOD_TAPPED);
  yes = settle_first (world, CB_SETTLED_PARKED, "poison");
  assert_stays (world, yes);
  retry (world, yes);
  g_free (settle_first (world, CB_SETTLED_ACCEPTED, NULL));

  g_assert_true (cb_book_withdraw (world->test.book, world->test.associate, world->customer,
                                   "invitations", CB_CHANNEL_EMAIL, &error));
  no = settle_first (world, CB_SETTLED_PARKED, "poison");
  assert_stays (world, no);
  retry (world, no);
  g_free (settle_first (world, CB_SETTLED_ACCEPTED, NULL));

  g_assert_true (cb_book_erase (world->test.book, world->test.privacy, world->customer,
                                CB_ERASE_REQUEST, &error));
  g_assert_no_error (error);
  erase = settle_first (world, CB_SETTLED_PARKED, "poison");
  assert_stays (world, erase);
  retry (world, erase);
  sent = cb_test_book_push (&world->test);
  g_assert_cmpuint (sent->len, ==, 1);
}

static void
test_roles (World *world, gconstpointer data)
{
  g_autofree char *refused = settle_first (world, CB_SETTLED_PARKED, "poison");
  CbStaff *may_not_retry[] = { world->test.associate, NULL };
  CbStaff *may_not_discard[] = { world->test.associate, world->test.privacy, world->test.admin,
                                 NULL };

  for (guint i = 0; i < G_N_ELEMENTS (may_not_retry); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (cb_book_retry (world->test.book, may_not_retry[i], refused, &error));
      g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_FORBIDDEN);
    }
  for (guint i = 0; i < G_N_ELEMENTS (may_not_discard); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (cb_book_discard (world->test.book, may_not_discard[i], refused, &error));
      g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_FORBIDDEN);
    }
  g_assert_cmpuint (count (world).parked, ==, 1);
}

/* However long the queue, a listing is short, and what needs a person stands first. */
static void
test_a_long_queue_is_listed_in_part (World *world, gconstpointer data)
{
  g_autofree char *refused = settle_first (world, CB_SETTLED_PARKED, "poison");
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 8; i++)
    {
      g_autoptr (CbNote) agreed =
        cb_test_book_add_note (&world->test, world->customer, NULL, "agreed");
      g_autoptr (CbNote) unasked =
        cb_test_book_add_note (&world->test, world->customer, "everywhere", "not asked");
    }
  items = cb_book_list_open (world->test.book, 5, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (items->len, ==, 11);
  g_assert_cmpstr (cb_outbox_item_get_id (g_ptr_array_index (items, 0)), ==, refused);
  g_assert_cmpint (cb_outbox_item_get_state (g_ptr_array_index (items, 1)), ==,
                   CB_DELIVERY_WAITING);
  g_assert_cmpstr (cb_outbox_item_get_basis (g_ptr_array_index (items, 1)), ==, "shop");
  g_assert_nonnull (cb_outbox_item_get_grant (g_ptr_array_index (items, 1)));
  g_assert_cmpint (cb_outbox_item_get_since_us (g_ptr_array_index (items, 1)), ==,
                   CB_TEST_MORNING_US);
  g_assert_cmpint (cb_outbox_item_get_verdict (g_ptr_array_index (items, 10)), ==,
                   CB_VERDICT_NOT_ASKED);
}

#define ADD(path, func) g_test_add ("/parked/" path, World, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("retry/a-record-is-written-anew", test_a_record_is_written_anew);
  ADD ("retry/an-unknown-outcome-goes-as-it-was", test_an_unknown_outcome_goes_as_it_was);
  ADD ("retry/an-answer-keeps-its-id", test_an_answer_keeps_its_id);
  ADD ("retry/nothing-leaves-that-may-not", test_nothing_leaves_that_may_not);
  ADD ("retry/all-at-once", test_all_at_once);
  ADD ("discard/the-record-stays", test_discarding_keeps_the_record);
  ADD ("discard/what-comes-later-still-fits", test_what_comes_later_still_fits);
  ADD ("discard/answers-and-erasures-have-to-arrive", test_answers_and_erasures_have_to_arrive);
  ADD ("roles", test_roles);
  ADD ("list/a-long-queue-in-part", test_a_long_queue_is_listed_in_part);
  return g_test_run ();
}
