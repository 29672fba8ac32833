/* SPDX-License-Identifier: Apache-2.0 */

/* The lives of a note, and what each answer does to what may leave. */

#define G_LOG_DOMAIN "Counterbook"

#include "base/cb-error.h"
#include "base/cb-json.h"
#include "cb-test-book.h"

#define DAY CB_US_PER_DAY

static CbNote *
find_note (CbTestBook *test, const char *customer, const char *id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CbDossier) dossier =
    cb_book_load_dossier (test->book, test->associate, customer, &error);
  GPtrArray *notes;

  g_assert_no_error (error);
  notes = cb_dossier_get_notes (dossier);
  for (guint i = 0; i < notes->len; i++)
    {
      if (g_str_equal (cb_note_get_id (g_ptr_array_index (notes, i)), id))
        return g_object_ref (g_ptr_array_index (notes, i));
    }
  return NULL;
}

static void
assert_life (CbTestBook *test, const char *customer, CbNote *note, CbLife life, CbDelivery state)
{
  g_autoptr (CbNote) now = find_note (test, customer, cb_note_get_id (note));

  g_assert_nonnull (now);
  g_assert_cmpstr (cb_life_to_id (cb_note_get_life (now)), ==, cb_life_to_id (life));
  g_assert_cmpstr (cb_delivery_to_id (cb_note_get_delivery (now)), ==, cb_delivery_to_id (state));
}

static void
test_unasked_stays (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autoptr (CbNote) note = NULL;
  g_autoptr (GPtrArray) sent = NULL;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  note = cb_test_book_add_note (&test, customer, NULL, "navy, not wool");
  assert_life (&test, customer, note, CB_LIFE_UNASKED, CB_DELIVERY_HELD);
  g_assert_cmpint (cb_note_get_ends_us (note), ==, cb_clock_day_end_us (CB_TEST_MORNING_US, 7));
  sent = cb_test_book_push (&test);
  g_assert_cmpuint (sent->len, ==, 0);

  cb_clock_advance (test.clock, 8 * DAY);
  g_assert_null (find_note (&test, customer, cb_note_get_id (note)));
  g_assert_cmpint (cb_book_run_retention (test.book, NULL), ==, 1);
  g_assert_cmpint (cb_test_book_state (&test, "note", cb_note_get_id (note)), ==,
                   CB_DELIVERY_LOCAL);
  cb_test_book_tear_down (&test);
}

/* Kind of each operation in the order of sending. */
static char *
join_kinds (GPtrArray *sent)
{
  g_autoptr (GString) kinds = g_string_new (NULL);

  for (guint i = 0; i < sent->len; i++)
    {
      JsonObject *one = g_ptr_array_index (sent, i);

      g_string_append_printf (kinds, "%s%s/%s", i > 0 ? " " : "", cb_json_get_string (one, "kind"),
                              cb_json_get_string (one, "act"));
    }
  return g_strdup (kinds->str);
}

static void
test_yes_frees (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autofree char *kinds = NULL;
  g_autoptr (CbNote) note = NULL;
  g_autoptr (GPtrArray) sent = NULL;
  JsonObject *last;
  JsonObject *basis;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  note = cb_test_book_add_note (&test, customer, NULL, "navy, not wool");
  cb_test_book_answer (&test, customer, "shop", CB_CHANNEL_NONE, CB_ANSWER_YES, CB_METHOD_SPOKEN);
  assert_life (&test, customer, note, CB_LIFE_AGREED, CB_DELIVERY_WAITING);
  sent = cb_test_book_push (&test);
  kinds = join_kinds (sent);
  g_assert_cmpstr (kinds, ==, "consent/grant customer/put note/put");
  last = g_ptr_array_index (sent, 2);
  basis = cb_json_get_object (last, "basis");
  g_assert_cmpstr (cb_json_get_string (last, "scope"), ==, "store");
  g_assert_cmpstr (cb_json_get_string (basis, "purpose"), ==, "shop");
  g_assert_cmpstr (cb_json_get_string (basis, "grant"), ==,
                   cb_json_get_string (g_ptr_array_index (sent, 0), "op"));
  g_assert_cmpstr (cb_json_get_string (cb_json_get_object (last, "body"), "text"), ==,
                   "navy, not wool");
  assert_life (&test, customer, note, CB_LIFE_AGREED, CB_DELIVERY_ACCEPTED);
  cb_test_book_tear_down (&test);
}

static void
test_no_ends_tonight (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autoptr (CbNote) note = NULL;
  g_autoptr (CbNote) after = NULL;
  g_autoptr (GPtrArray) sent = NULL;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Priya", "Testperson", NULL, NULL);
  note = cb_test_book_add_note (&test, customer, NULL, "likes linen");
  cb_test_book_answer (&test, customer, "shop", CB_CHANNEL_NONE, CB_ANSWER_NO, CB_METHOD_TAPPED);
  assert_life (&test, customer, note, CB_LIFE_TONIGHT, CB_DELIVERY_HELD);
  after = find_note (&test, customer, cb_note_get_id (note));
  g_assert_cmpint (cb_note_get_ends_us (after), ==, cb_clock_day_end_us (CB_TEST_MORNING_US, 0));
  sent = cb_test_book_push (&test);
  g_assert_cmpuint (sent->len, ==, 0);
  cb_clock_advance (test.clock, cb_clock_day_end_us (CB_TEST_MORNING_US, 0) - CB_TEST_MORNING_US);
  g_assert_cmpint (cb_book_run_retention (test.book, NULL), ==, 1);
  cb_test_book_tear_down (&test);
}

static void
test_visit_never_leaves (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autoptr (CbNoteDraft) draft = cb_note_draft_new ();
  g_autoptr (CbNote) note = NULL;
  g_autoptr (GError) error = NULL;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  cb_test_book_answer (&test, customer, "shop", CB_CHANNEL_NONE, CB_ANSWER_YES, CB_METHOD_TAPPED);
  draft->text = g_strdup ("in a hurry today");
  draft->intent = CB_INTENT_VISIT;
  note = cb_book_add_note (test.book, test.associate, customer, draft, &error);
  g_assert_no_error (error);
  assert_life (&test, customer, note, CB_LIFE_TONIGHT, CB_DELIVERY_LOCAL);
  cb_test_book_tear_down (&test);
}

static void
test_request_leaves_by_itself (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autofree char *kinds = NULL;
  g_autoptr (CbNote) note = NULL;
  g_autoptr (CbNote) other = NULL;
  g_autoptr (GPtrArray) sent = NULL;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, "07700 900123");
  other = cb_test_book_add_note (&test, customer, NULL, "navy");
  note = cb_test_book_add_note (&test, customer, "asked", "ring when the boots are in");
  assert_life (&test, customer, note, CB_LIFE_ASKED, CB_DELIVERY_WAITING);
  assert_life (&test, customer, other, CB_LIFE_UNASKED, CB_DELIVERY_HELD);
  sent = cb_test_book_push (&test);
  kinds = join_kinds (sent);
  g_assert_cmpstr (kinds, ==, "consent/grant note/put");
  g_assert_cmpstr (cb_json_get_string (g_ptr_array_index (sent, 1), "scope"), ==, "request");
  g_assert_cmpint (cb_test_book_verdict (&test, customer, "asked", CB_CHANNEL_PHONE), ==,
                   CB_VERDICT_ALLOWED);
  cb_test_book_tear_down (&test);
}

static void
test_withdrawal_overtakes (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autofree char *kinds = NULL;
  g_autoptr (CbNote) note = NULL;
  g_autoptr (CbNote) later = NULL;
  g_autoptr (GPtrArray) first = NULL;
  g_autoptr (GPtrArray) second = NULL;
  g_autoptr (GError) error = NULL;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  cb_test_book_answer (&test, customer, "shop", CB_CHANNEL_NONE, CB_ANSWER_YES, CB_METHOD_TAPPED);
  note = cb_test_book_add_note (&test, customer, NULL, "navy");
  first = cb_test_book_push (&test);
  later = cb_test_book_add_note (&test, customer, NULL, "38 narrow");
  g_assert_true (
    cb_book_withdraw (test.book, test.associate, customer, NULL, CB_CHANNEL_NONE, &error));
  g_assert_no_error (error);
  assert_life (&test, customer, note, CB_LIFE_TONIGHT, CB_DELIVERY_HELD);
  assert_life (&test, customer, later, CB_LIFE_TONIGHT, CB_DELIVERY_HELD);
  second = cb_test_book_push (&test);
  kinds = join_kinds (second);
  g_assert_cmpstr (kinds, ==, "consent/withdraw");
  cb_test_book_tear_down (&test);
}

/* A grant that never reached the service goes with its withdrawal, and a new one names it. */
static void
test_grant_names_withdrawal (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autofree char *kinds = NULL;
  g_autoptr (GPtrArray) sent = NULL;
  g_autoptr (GError) error = NULL;
  JsonObject *withdrawal;
  JsonObject *grant;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  cb_test_book_answer (&test, customer, "shop", CB_CHANNEL_NONE, CB_ANSWER_YES, CB_METHOD_TAPPED);
  g_assert_true (
    cb_book_withdraw (test.book, test.associate, customer, "shop", CB_CHANNEL_NONE, &error));
  cb_test_book_answer (&test, customer, "shop", CB_CHANNEL_NONE, CB_ANSWER_YES, CB_METHOD_TAPPED);
  sent = cb_test_book_push (&test);
  kinds = join_kinds (sent);
  g_assert_cmpstr (kinds, ==, "consent/withdraw consent/grant customer/put");
  withdrawal = g_ptr_array_index (sent, 0);
  grant = g_ptr_array_index (sent, 1);
  g_assert_cmpstr (cb_json_get_string (cb_json_get_object (grant, "body"), "saw"), ==,
                   cb_json_get_string (withdrawal, "op"));
  cb_test_book_tear_down (&test);
}

/* Bytes that may have been sent are never encoded again: the record goes out under a new id. */
static void
test_sent_is_not_encoded_again (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autofree char *sent_id = NULL;
  g_autoptr (CbNote) note = NULL;
  g_autoptr (CbBatch) lost = NULL;
  g_autoptr (GPtrArray) sent = NULL;
  g_autoptr (GError) error = NULL;
  JsonObject *again;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  note = cb_test_book_add_note (&test, customer, NULL, "navy");
  cb_test_book_answer (&test, customer, "shop", CB_CHANNEL_NONE, CB_ANSWER_YES, CB_METHOD_TAPPED);
  lost = cb_book_take_batch (test.book, 500, 1 << 20, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (cb_batch_get_length (lost), ==, 3);
  sent_id = g_strdup (cb_batch_get_op (lost, 2)->op_id);
  g_assert_true (
    cb_book_withdraw (test.book, test.associate, customer, NULL, CB_CHANNEL_NONE, &error));
  cb_test_book_answer (&test, customer, "shop", CB_CHANNEL_NONE, CB_ANSWER_YES, CB_METHOD_TAPPED);
  sent = cb_test_book_push (&test);
  g_assert_cmpuint (sent->len, ==, 4);
  again = g_ptr_array_index (sent, 3);
  g_assert_cmpstr (cb_json_get_string (again, "kind"), ==, "note");
  g_assert_cmpstr (cb_json_get_string (again, "op"), !=, sent_id);
  g_assert_cmpstr (cb_json_get_string (again, "base"), ==, sent_id);
  cb_test_book_tear_down (&test);
}

/* Weeks after the service has it, when its bytes are long gone from the outbox. */
static void
test_withdrawn_long_after (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autofree char *wider = NULL;
  g_autofree char *again = NULL;
  g_autoptr (CbNote) note = NULL;
  g_autoptr (GPtrArray) first = NULL;
  g_autoptr (GPtrArray) second = NULL;
  g_autoptr (GPtrArray) third = NULL;
  g_autoptr (GError) error = NULL;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  note = cb_test_book_add_note (&test, customer, NULL, "navy");
  cb_test_book_answer (&test, customer, "shop", CB_CHANNEL_NONE, CB_ANSWER_YES, CB_METHOD_TAPPED);
  first = cb_test_book_push (&test);
  g_assert_cmpuint (first->len, ==, 3);
  cb_clock_advance (test.clock, 40 * DAY);
  g_assert_cmpint (cb_book_run_retention (test.book, &error), ==, 0);
  g_assert_no_error (error);
  assert_life (&test, customer, note, CB_LIFE_AGREED, CB_DELIVERY_ACCEPTED);

  cb_test_book_answer (&test, customer, "everywhere", CB_CHANNEL_NONE, CB_ANSWER_YES,
                       CB_METHOD_TAPPED);
  second = cb_test_book_push (&test);
  wider = join_kinds (second);
  g_assert_cmpstr (wider, ==, "consent/grant customer/put");

  g_assert_true (
    cb_book_withdraw (test.book, test.associate, customer, NULL, CB_CHANNEL_NONE, &error));
  assert_life (&test, customer, note, CB_LIFE_TONIGHT, CB_DELIVERY_HELD);
  cb_test_book_answer (&test, customer, "shop", CB_CHANNEL_NONE, CB_ANSWER_YES, CB_METHOD_TAPPED);
  third = cb_test_book_push (&test);
  again = join_kinds (third);
  g_assert_cmpstr (again, ==,
                   "consent/withdraw consent/withdraw consent/grant customer/put note/put");
  assert_life (&test, customer, note, CB_LIFE_AGREED, CB_DELIVERY_ACCEPTED);
  cb_test_book_tear_down (&test);
}

static void
test_lost_reply_sends_same_bytes (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autoptr (CbBatch) first = NULL;
  g_autoptr (CbBatch) second = NULL;
  g_autoptr (GError) error = NULL;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  cb_test_book_answer (&test, customer, "shop", CB_CHANNEL_NONE, CB_ANSWER_YES, CB_METHOD_TAPPED);
  first = cb_book_take_batch (test.book, 500, 1 << 20, &error);
  g_assert_no_error (error);
  cb_test_book_reopen (&test);
  second = cb_book_take_batch (test.book, 500, 1 << 20, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (cb_batch_get_length (first), ==, 2);
  g_assert_cmpuint (cb_batch_get_length (second), ==, 2);
  for (guint i = 0; i < 2; i++)
    {
      g_assert_cmpstr (cb_batch_get_op (first, i)->op_id, ==, cb_batch_get_op (second, i)->op_id);
      g_assert_true (
        g_bytes_equal (cb_batch_get_op (first, i)->line, cb_batch_get_op (second, i)->line));
    }
  cb_test_book_tear_down (&test);
}

static void
test_everywhere_widens_and_narrows (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autofree char *kinds = NULL;
  g_autoptr (CbNote) note = NULL;
  g_autoptr (GPtrArray) first = NULL;
  g_autoptr (GPtrArray) second = NULL;
  g_autoptr (GPtrArray) third = NULL;
  g_autoptr (GError) error = NULL;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  note = cb_test_book_add_note (&test, customer, NULL, "navy");
  cb_test_book_answer (&test, customer, "everywhere", CB_CHANNEL_NONE, CB_ANSWER_YES,
                       CB_METHOD_TAPPED);
  g_assert_cmpint (cb_test_book_verdict (&test, customer, "shop", CB_CHANNEL_NONE), ==,
                   CB_VERDICT_ALLOWED);
  first = cb_test_book_push (&test);
  g_assert_cmpuint (first->len, ==, 3);
  /* The card as wide as she agreed; the note, written for this shop, for this shop alone. */
  g_assert_cmpstr (cb_json_get_string (g_ptr_array_index (first, 1), "scope"), ==, "company");
  g_assert_cmpstr (cb_json_get_string (g_ptr_array_index (first, 2), "scope"), ==, "store");
  g_assert_true (
    cb_book_withdraw (test.book, test.associate, customer, "everywhere", CB_CHANNEL_NONE, &error));
  assert_life (&test, customer, note, CB_LIFE_TONIGHT, CB_DELIVERY_HELD);
  second = cb_test_book_push (&test);
  g_assert_cmpuint (second->len, ==, 1);
  cb_test_book_answer (&test, customer, "shop", CB_CHANNEL_NONE, CB_ANSWER_YES, CB_METHOD_TAPPED);
  third = cb_test_book_push (&test);
  kinds = join_kinds (third);
  g_assert_cmpstr (kinds, ==, "consent/grant customer/put note/put");
  g_assert_cmpstr (cb_json_get_string (g_ptr_array_index (third, 1), "scope"), ==, "store");
  cb_test_book_tear_down (&test);
}

/* A wider yes to a card that is there already: the card follows its grant, it does not overtake it.
 */
static void
test_wider_card_follows_its_grant (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autofree char *kinds = NULL;
  g_autoptr (GPtrArray) first = NULL;
  g_autoptr (GPtrArray) second = NULL;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  cb_test_book_answer (&test, customer, "shop", CB_CHANNEL_NONE, CB_ANSWER_YES, CB_METHOD_TAPPED);
  first = cb_test_book_push (&test);
  cb_test_book_answer (&test, customer, "everywhere", CB_CHANNEL_NONE, CB_ANSWER_YES,
                       CB_METHOD_TAPPED);
  second = cb_test_book_push (&test);
  kinds = join_kinds (second);
  g_assert_cmpstr (kinds, ==, "consent/grant customer/put");
  g_assert_cmpstr (cb_json_get_string (g_ptr_array_index (second, 1), "scope"), ==, "company");
  g_assert_cmpstr (cb_json_get_string (g_ptr_array_index (second, 1), "base"), ==,
                   cb_json_get_string (g_ptr_array_index (first, 1), "op"));
  cb_test_book_tear_down (&test);
}

static void
test_no_to_shop_ends_everywhere (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  cb_test_book_answer (&test, customer, "everywhere", CB_CHANNEL_NONE, CB_ANSWER_YES,
                       CB_METHOD_TAPPED);
  cb_test_book_answer (&test, customer, "shop", CB_CHANNEL_NONE, CB_ANSWER_NO, CB_METHOD_TAPPED);
  g_assert_cmpint (cb_test_book_verdict (&test, customer, "shop", CB_CHANNEL_NONE), ==,
                   CB_VERDICT_REFUSED);
  g_assert_cmpint (cb_test_book_verdict (&test, customer, "everywhere", CB_CHANNEL_NONE), ==,
                   CB_VERDICT_WITHDRAWN);
  cb_test_book_tear_down (&test);
}

static void
test_expiry_holds_back (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autoptr (GPtrArray) sent = NULL;
  CbOutboxCounts counts;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  cb_test_book_answer (&test, customer, "shop", CB_CHANNEL_NONE, CB_ANSWER_YES, CB_METHOD_TAPPED);
  cb_clock_advance (test.clock, 740 * DAY);
  g_assert_cmpint (cb_test_book_verdict (&test, customer, "shop", CB_CHANNEL_NONE), ==,
                   CB_VERDICT_EXPIRED);
  sent = cb_test_book_push (&test);
  g_assert_cmpuint (sent->len, ==, 0);
  g_assert_true (cb_book_count_outbox (test.book, &counts, NULL));
  g_assert_cmpuint (counts.waiting, ==, 0);
  g_assert_cmpuint (counts.held, ==, 2);
  cb_test_book_tear_down (&test);
}

static void
test_wrong_clock_undoes_no_withdrawal (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autoptr (GError) error = NULL;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  cb_test_book_answer (&test, customer, "shop", CB_CHANNEL_NONE, CB_ANSWER_YES, CB_METHOD_TAPPED);
  cb_clock_set_now_us (test.clock, CB_TEST_MORNING_US - 300 * DAY);
  g_assert_true (
    cb_book_withdraw (test.book, test.associate, customer, "shop", CB_CHANNEL_NONE, &error));
  cb_clock_set_now_us (test.clock, CB_TEST_MORNING_US);
  g_assert_cmpint (cb_test_book_verdict (&test, customer, "shop", CB_CHANNEL_NONE), ==,
                   CB_VERDICT_WITHDRAWN);
  cb_test_book_tear_down (&test);
}

/* A corrected preference leaves as one operation while it is held, as a second one afterwards. */
static void
test_preference_is_replaced (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autoptr (CbPreferenceDraft) draft = cb_preference_draft_new ();
  g_autoptr (CbPreference) first = NULL;
  g_autoptr (CbPreference) second = NULL;
  g_autoptr (CbPreference) third = NULL;
  g_autoptr (GPtrArray) sent = NULL;
  g_autoptr (GPtrArray) again = NULL;
  g_autoptr (GError) error = NULL;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  draft->value = g_strdup ("38 narrow");
  draft->garment = g_strdup ("boot");
  first = cb_book_set_preference (test.book, test.associate, customer, draft, &error);
  g_assert_no_error (error);
  g_free (draft->value);
  draft->value = g_strdup ("39");
  second = cb_book_set_preference (test.book, test.associate, customer, draft, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (cb_preference_get_id (first), ==, cb_preference_get_id (second));
  cb_test_book_answer (&test, customer, "shop", CB_CHANNEL_NONE, CB_ANSWER_YES, CB_METHOD_TAPPED);
  sent = cb_test_book_push (&test);
  g_assert_cmpuint (sent->len, ==, 3);
  g_assert_cmpstr (
    cb_json_get_string (cb_json_get_object (g_ptr_array_index (sent, 2), "body"), "value"), ==,
    "39");
  g_free (draft->value);
  draft->value = g_strdup ("39.5");
  third = cb_book_set_preference (test.book, test.associate, customer, draft, &error);
  g_assert_no_error (error);
  again = cb_test_book_push (&test);
  g_assert_cmpuint (again->len, ==, 1);
  g_assert_cmpstr (cb_json_get_string (g_ptr_array_index (again, 0), "base"), ==,
                   cb_json_get_string (g_ptr_array_index (sent, 2), "op"));
  cb_test_book_tear_down (&test);
}

static void
test_unasked_is_private_to_author (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autoptr (CbNote) note = NULL;
  g_autoptr (CbDossier) for_other = NULL;
  g_autoptr (CbDossier) for_manager = NULL;
  g_autoptr (GError) error = NULL;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  note = cb_test_book_add_note (&test, customer, NULL, "navy");
  for_other = cb_book_load_dossier (test.book, test.other, customer, &error);
  g_assert_no_error (error);
  for_manager = cb_book_load_dossier (test.book, test.manager, customer, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (cb_dossier_get_notes (for_other)->len, ==, 0);
  g_assert_cmpuint (cb_dossier_get_notes (for_manager)->len, ==, 1);
  cb_test_book_tear_down (&test);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/lives/unasked/stays-here-for-its-days", test_unasked_stays);
  g_test_add_func ("/lives/unasked/is-seen-by-author-and-manager",
                   test_unasked_is_private_to_author);
  g_test_add_func ("/lives/agreed/a-yes-frees-grant-card-note", test_yes_frees);
  g_test_add_func ("/lives/refused/a-no-ends-it-tonight", test_no_ends_tonight);
  g_test_add_func ("/lives/visit/never-leaves", test_visit_never_leaves);
  g_test_add_func ("/lives/asked/leaves-by-itself-and-alone", test_request_leaves_by_itself);
  g_test_add_func ("/lives/withdrawn/overtakes-what-waits", test_withdrawal_overtakes);
  g_test_add_func ("/lives/withdrawn/a-new-grant-names-it", test_grant_names_withdrawal);
  g_test_add_func ("/lives/withdrawn/long-after-it-arrived", test_withdrawn_long_after);
  g_test_add_func ("/lives/withdrawn/sent-bytes-are-not-encoded-again",
                   test_sent_is_not_encoded_again);
  g_test_add_func ("/lives/withdrawn/a-wrong-clock-does-not-undo-it",
                   test_wrong_clock_undoes_no_withdrawal);
  g_test_add_func ("/lives/sent/a-lost-reply-sends-the-same-bytes",
                   test_lost_reply_sends_same_bytes);
  g_test_add_func ("/lives/everywhere/widens-and-narrows", test_everywhere_widens_and_narrows);
  g_test_add_func ("/lives/everywhere/a-wider-card-follows-its-grant",
                   test_wider_card_follows_its_grant);
  g_test_add_func ("/lives/everywhere/a-no-to-shop-ends-it", test_no_to_shop_ends_everywhere);
  g_test_add_func ("/lives/expired/holds-back-what-waits", test_expiry_holds_back);
  g_test_add_func ("/lives/preference/is-replaced-by-one-operation", test_preference_is_replaced);
  return g_test_run ();
}
