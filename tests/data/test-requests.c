/* SPDX-License-Identifier: Apache-2.0 */

/* What customers asked for and what we promised: states, days, whose word it is; how it rests on
 * itself, ends, and is taken back. */

#define G_LOG_DOMAIN "Counterbook"

#include "base/cb-error.h"
#include "base/cb-id.h"
#include "base/cb-json.h"
#include "cb-test-book.h"

#define DAY CB_US_PER_DAY

static CbMatterDraft *
new_draft (CbMatterKind kind, const char *text, guint days)
{
  CbMatterDraft *draft = cb_matter_draft_new ();

  draft->kind = kind;
  draft->text = g_strdup (text);
  if (days != G_MAXUINT)
    draft->due_us = cb_clock_day_end_us (CB_TEST_MORNING_US, days);
  return draft;
}

static CbMatter *
add (CbTestBook *test, const char *customer, CbMatterKind kind, const char *text, guint days)
{
  g_autoptr (CbMatterDraft) draft = new_draft (kind, text, days);
  g_autoptr (GError) error = NULL;
  CbMatter *request = cb_book_add_request (test->book, test->associate, customer, draft, &error);

  g_assert_no_error (error);
  return request;
}

static CbMatter *
move (CbTestBook *test, CbMatter *request, CbMatterState state)
{
  g_autoptr (GError) error = NULL;
  CbMatter *moved =
    cb_book_move_request (test->book, test->associate, cb_matter_get_fields (request)->id, state,
                          CB_CHANNEL_NONE, &error);

  g_assert_no_error (error);
  return moved;
}

static void
assert_keeping (CbTestBook *test, CbMatter *request, CbKeeping keeping)
{
  CbKeeping now = cb_matter_get_keeping (request, cb_clock_get_now_us (test->clock));

  g_assert_cmpstr (cb_keeping_to_id (now), ==, cb_keeping_to_id (keeping));
}

static CbDelivery
state_of (CbTestBook *test, CbMatter *request)
{
  return cb_test_book_state (test, "request", cb_matter_get_fields (request)->id);
}

static guint
count_shown (CbTestBook *test, const char *customer)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CbDossier) dossier =
    cb_book_load_dossier (test->book, test->associate, customer, &error);

  g_assert_no_error (error);
  return cb_dossier_get_requests (dossier)->len;
}

/* --- what leaves --- */

static void
test_rests_on_itself (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autoptr (CbMatter) request = NULL;
  g_autoptr (CbMatter) ready = NULL;
  g_autoptr (GPtrArray) sent = NULL;
  g_autoptr (GPtrArray) moved = NULL;
  JsonObject *put;
  JsonObject *body;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, "07700 900123");
  request = add (&test, customer, CB_MATTER_ORDER, "the Alder boot in 39", 3);
  g_assert_cmpint (cb_matter_get_fields (request)->life, ==, CB_LIFE_ASKED);
  sent = cb_test_book_push (&test);
  g_assert_cmpuint (sent->len, ==, 2);
  put = g_ptr_array_index (sent, 1);
  body = cb_json_get_object (put, "body");
  g_assert_cmpstr (cb_json_get_string (put, "kind"), ==, "request");
  g_assert_cmpstr (cb_json_get_string (put, "scope"), ==, "request");
  g_assert_cmpstr (cb_json_get_string (body, "text"), ==, "the Alder boot in 39");
  g_assert_cmpstr (cb_json_get_string (body, "state"), ==, "open");
  g_assert_cmpstr (cb_json_get_string (body, "due"), ==, "2026-03-06T00:00:00.000Z");
  g_assert_cmpint (state_of (&test, request), ==, CB_DELIVERY_ACCEPTED);

  /* Moved, it follows as the next version of the same. */
  ready = move (&test, request, CB_MATTER_READY);
  moved = cb_test_book_push (&test);
  g_assert_cmpuint (moved->len, ==, 1);
  g_assert_cmpstr (cb_json_get_string (g_ptr_array_index (moved, 0), "base"), ==,
                   cb_json_get_string (put, "op"));
  body = cb_json_get_object (g_ptr_array_index (moved, 0), "body");
  g_assert_cmpstr (cb_json_get_string (body, "state"), ==, "ready");
  cb_test_book_tear_down (&test);
}

/* Nothing of it may leave any more, and what is asked for anew the same day does not take it along.
 */
static void
test_taken_back (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autoptr (CbMatter) first = NULL;
  g_autoptr (CbMatter) moved = NULL;
  g_autoptr (CbMatter) second = NULL;
  g_autoptr (CbNote) note = NULL;
  g_autoptr (GPtrArray) sent = NULL;
  g_autoptr (GPtrArray) after = NULL;
  g_autoptr (GError) error = NULL;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  first = add (&test, customer, CB_MATTER_HOLD, "the first", G_MAXUINT);
  note = cb_test_book_add_note (&test, customer, "asked", "the note");
  sent = cb_test_book_push (&test);
  g_assert_cmpuint (sent->len, ==, 3);
  g_assert_true (
    cb_book_withdraw (test.book, test.associate, customer, "asked", CB_CHANNEL_NONE, &error));
  g_assert_no_error (error);
  moved = move (&test, first, CB_MATTER_CANCELLED);
  g_assert_cmpint (cb_matter_get_fields (moved)->life, ==, CB_LIFE_TONIGHT);
  g_assert_cmpint (cb_matter_get_fields (moved)->ends_us, ==,
                   cb_clock_day_end_us (CB_TEST_MORNING_US, 0));
  second = add (&test, customer, CB_MATTER_HOLD, "the second", G_MAXUINT);
  after = cb_test_book_push (&test);
  g_assert_cmpuint (after->len, ==, 3);
  g_assert_cmpstr (cb_json_get_string (g_ptr_array_index (after, 0), "act"), ==, "withdraw");
  g_assert_cmpstr (cb_json_get_string (g_ptr_array_index (after, 1), "act"), ==, "grant");
  g_assert_cmpstr (
    cb_json_get_string (cb_json_get_object (g_ptr_array_index (after, 2), "body"), "text"), ==,
    "the second");
  g_assert_cmpint (state_of (&test, first), ==, CB_DELIVERY_LOCAL);
  g_assert_cmpint (cb_test_book_state (&test, "note", cb_note_get_id (note)), ==,
                   CB_DELIVERY_LOCAL);
  cb_clock_advance (test.clock, cb_clock_day_end_us (CB_TEST_MORNING_US, 0) - CB_TEST_MORNING_US);
  g_assert_cmpint (cb_book_run_retention (test.book, NULL), ==, 2);
  g_assert_cmpuint (count_shown (&test, customer), ==, 1);
  cb_test_book_tear_down (&test);
}

static void
test_service_refused_it (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autoptr (CbMatter) request = NULL;
  g_autoptr (CbBatch) batch = NULL;
  g_autoptr (GPtrArray) settlements =
    g_ptr_array_new_with_free_func ((GDestroyNotify) cb_settlement_free);
  g_autoptr (GPtrArray) again = NULL;
  g_autofree char *op_id = NULL;
  g_autoptr (GError) error = NULL;
  CbSettlement *refused;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  request = add (&test, customer, CB_MATTER_REPAIR, "new soles", G_MAXUINT);
  batch = cb_book_take_batch (test.book, 500, 1 << 20, &error);
  g_assert_no_error (error);
  op_id = g_strdup (cb_batch_get_op (batch, 1)->op_id);
  refused = cb_settlement_new (op_id, CB_SETTLED_PARKED);
  refused->code = g_strdup ("forbidden");
  g_ptr_array_add (settlements,
                   cb_settlement_new (cb_batch_get_op (batch, 0)->op_id, CB_SETTLED_ACCEPTED));
  g_ptr_array_add (settlements, refused);
  g_assert_true (cb_book_settle (test.book, settlements, &error));
  g_assert_cmpint (state_of (&test, request), ==, CB_DELIVERY_PARKED);
  g_assert_true (cb_book_retry (test.book, test.manager, op_id, &error));
  g_assert_no_error (error);
  again = cb_test_book_push (&test);
  g_assert_cmpuint (again->len, ==, 1);
  g_assert_cmpint (state_of (&test, request), ==, CB_DELIVERY_ACCEPTED);
  cb_test_book_tear_down (&test);
}

/* --- states and days --- */

static void
test_promise_is_kept_or_not (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autoptr (CbMatter) kept = NULL;
  g_autoptr (CbMatter) late = NULL;
  g_autoptr (CbMatter) broken = NULL;
  g_autoptr (CbMatter) cancelled = NULL;
  g_autoptr (CbMatter) undone = NULL;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  kept = add (&test, customer, CB_MATTER_PROMISE, "kept", 1);
  late = add (&test, customer, CB_MATTER_PROMISE, "late", 1);
  broken = add (&test, customer, CB_MATTER_PROMISE, "broken", 1);
  cancelled = add (&test, customer, CB_MATTER_PROMISE, "cancelled", 1);
  g_assert_cmpstr (cb_matter_get_fields (kept)->promised_by, ==, cb_staff_get_id (test.associate));
  assert_keeping (&test, kept, CB_KEEPING_PENDING);
  cb_clock_advance (test.clock, DAY);
  assert_keeping (&test, kept, CB_KEEPING_DUE);
  g_set_object (&kept, move (&test, kept, CB_MATTER_DONE));
  g_object_unref (kept);
  assert_keeping (&test, kept, CB_KEEPING_KEPT);
  cb_clock_advance (test.clock, DAY);
  assert_keeping (&test, kept, CB_KEEPING_KEPT);
  assert_keeping (&test, late, CB_KEEPING_OVERDUE);
  g_set_object (&late, move (&test, late, CB_MATTER_DONE));
  g_object_unref (late);
  assert_keeping (&test, late, CB_KEEPING_LATE);
  g_set_object (&broken, move (&test, broken, CB_MATTER_BROKEN));
  g_object_unref (broken);
  assert_keeping (&test, broken, CB_KEEPING_BROKEN);
  g_set_object (&cancelled, move (&test, cancelled, CB_MATTER_CANCELLED));
  g_object_unref (cancelled);
  assert_keeping (&test, cancelled, CB_KEEPING_NONE);
  /* A wrong tap is no fate. */
  undone = move (&test, cancelled, CB_MATTER_OPEN);
  g_assert_cmpint (cb_matter_get_fields (undone)->closed_us, ==, 0);
  assert_keeping (&test, undone, CB_KEEPING_OVERDUE);
  cb_test_book_tear_down (&test);
}

static void
test_done_ends_after_its_days (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autoptr (CbMatter) request = NULL;
  g_autoptr (CbMatter) done = NULL;
  g_autoptr (CbMatter) again = NULL;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  request = add (&test, customer, CB_MATTER_ALTERATION, "shorten the sleeves", 40);
  g_assert_cmpint (cb_matter_get_fields (request)->ends_us, ==,
                   cb_clock_day_end_us (cb_matter_get_fields (request)->due_us, 365));
  cb_clock_advance (test.clock, 2 * DAY);
  done = move (&test, request, CB_MATTER_DONE);
  g_assert_cmpint (cb_matter_get_fields (done)->ends_us, ==,
                   cb_clock_day_end_us (CB_TEST_MORNING_US, 32));
  /* Said again a week later, and after another act of that customer, it is still that day. */
  cb_clock_advance (test.clock, 7 * DAY);
  again = move (&test, done, CB_MATTER_DONE);
  cb_test_book_answer (&test, customer, "shop", CB_CHANNEL_NONE, CB_ANSWER_YES, CB_METHOD_TAPPED);
  g_assert_cmpint (cb_matter_get_fields (again)->ends_us, ==, cb_matter_get_fields (done)->ends_us);
  g_assert_cmpuint (count_shown (&test, customer), ==, 1);
  cb_clock_advance (test.clock,
                    cb_matter_get_fields (done)->ends_us - cb_clock_get_now_us (test.clock));
  g_assert_cmpuint (count_shown (&test, customer), ==, 0);
  g_assert_cmpint (cb_book_run_retention (test.book, NULL), ==, 1);
  g_assert_cmpint (state_of (&test, done), ==, CB_DELIVERY_LOCAL);
  cb_test_book_tear_down (&test);
}

/* A channel is for telling them, and only by what they gave for the matter. */
static void
test_told_where_permitted (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autoptr (CbMatter) request = NULL;
  g_autoptr (CbMatter) told = NULL;
  g_autoptr (GError) error = NULL;
  const char *id;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, "07700 900123");
  request = add (&test, customer, CB_MATTER_TELL_ME, "when the boots are in", G_MAXUINT);
  id = cb_matter_get_fields (request)->id;
  g_assert_null (
    cb_book_move_request (test.book, test.associate, id, CB_MATTER_TOLD, CB_CHANNEL_EMAIL, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_REFUSED);
  g_clear_error (&error);
  g_assert_null (cb_book_move_request (test.book, test.associate, id, CB_MATTER_READY,
                                       CB_CHANNEL_PHONE, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID);
  g_clear_error (&error);
  told =
    cb_book_move_request (test.book, test.associate, id, CB_MATTER_TOLD, CB_CHANNEL_PHONE, &error);
  g_assert_no_error (error);
  g_assert_cmpint (cb_matter_get_fields (told)->state, ==, CB_MATTER_TOLD);
  cb_test_book_tear_down (&test);
}

static void
refuse_move (CbTestBook *test, CbMatter *request, CbMatterState state)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (cb_book_move_request (test->book, test->associate,
                                       cb_matter_get_fields (request)->id, state, CB_CHANNEL_NONE,
                                       &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID);
}

/* Takes the draft. */
static void
refuse (CbTestBook *test, const char *customer, CbMatterDraft *draft)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (cb_book_add_request (test->book, test->associate, customer, draft, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID);
  cb_matter_draft_free (draft);
}

static void
test_wrong_ones_are_not_taken (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autofree char *other = NULL;
  g_autoptr (CbMatter) theirs = NULL;
  g_autoptr (CbMatter) order = NULL;
  g_autoptr (CbMatter) promise = NULL;
  CbMatterDraft *draft;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  other = cb_test_book_add_customer (&test, "Nuria", "Testperson", NULL, NULL);
  theirs = add (&test, other, CB_MATTER_ORDER, "theirs", G_MAXUINT);
  order = add (&test, customer, CB_MATTER_ORDER, "an order", G_MAXUINT);
  promise = add (&test, customer, CB_MATTER_PROMISE, "a promise", 1);
  refuse_move (&test, order, CB_MATTER_BROKEN);
  refuse_move (&test, promise, CB_MATTER_TOLD);
  refuse_move (&test, promise, CB_MATTER_READY);
  refuse (&test, customer, new_draft (CB_MATTER_ORDER, NULL, 1));
  refuse (&test, customer, new_draft (CB_MATTER_ORDER, " \n", 1));
  refuse (&test, customer, new_draft (CB_MATTER_PROMISE, "by no day", G_MAXUINT));
  refuse (&test, customer, new_draft (CB_MATTER_ORDER, "far ahead", 2000));
  draft = new_draft (CB_MATTER_ORDER, "yesterday", G_MAXUINT);
  draft->due_us = CB_TEST_MORNING_US - DAY;
  refuse (&test, customer, draft);
  draft = new_draft (CB_MATTER_PROMISE, "nobody's word", 1);
  draft->promised_by = cb_id_new ();
  refuse (&test, customer, draft);
  draft = new_draft (CB_MATTER_PROMISE, "about somebody else's order", 1);
  draft->answers = g_strdup (cb_matter_get_fields (theirs)->id);
  refuse (&test, customer, draft);
  draft = new_draft (CB_MATTER_PROMISE, "about a promise", 1);
  draft->answers = g_strdup (cb_matter_get_fields (promise)->id);
  refuse (&test, customer, draft);
  draft = new_draft (CB_MATTER_ORDER, "an order is nobody's word", 1);
  draft->promised_by = g_strdup (cb_staff_get_id (test.associate));
  refuse (&test, customer, draft);
  g_assert_cmpuint (count_shown (&test, customer), ==, 2);
  cb_test_book_tear_down (&test);
}

/* --- who sees them --- */

static void
test_board (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autoptr (CbMatter) someday = NULL;
  g_autoptr (CbMatter) later = NULL;
  g_autoptr (CbMatter) soon = NULL;
  g_autoptr (CbMatter) over = NULL;
  g_autoptr (CbMatter) closed = NULL;
  g_autoptr (GPtrArray) open = NULL;
  g_autoptr (GPtrArray) all = NULL;
  g_autoptr (GError) error = NULL;
  CbMatter *wanted[3];

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  wanted[2] = someday = add (&test, customer, CB_MATTER_HOLD, "someday", G_MAXUINT);
  wanted[1] = later = add (&test, customer, CB_MATTER_ORDER, "later", 5);
  wanted[0] = soon = add (&test, customer, CB_MATTER_PROMISE, "soon", 1);
  over = add (&test, customer, CB_MATTER_ORDER, "over", 2);
  closed = move (&test, over, CB_MATTER_CANCELLED);
  open = cb_book_list_requests (test.book, test.other, FALSE, 100, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (open->len, ==, G_N_ELEMENTS (wanted));
  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++)
    g_assert_cmpstr (cb_matter_get_fields (g_ptr_array_index (open, i))->id, ==,
                     cb_matter_get_fields (wanted[i])->id);
  all = cb_book_list_requests (test.book, test.manager, TRUE, 100, &error);
  g_assert_cmpuint (all->len, ==, 4);
  g_assert_null (cb_book_list_requests (test.book, test.privacy, FALSE, 100, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_FORBIDDEN);
  g_clear_error (&error);
  g_assert_null (cb_book_move_request (test.book, test.admin, cb_matter_get_fields (soon)->id,
                                       CB_MATTER_DONE, CB_CHANNEL_NONE, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_FORBIDDEN);
  cb_test_book_tear_down (&test);
}

static void
test_erased_with_its_customer (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autoptr (CbMatter) order = NULL;
  g_autoptr (CbMatterDraft) draft = NULL;
  g_autoptr (CbMatter) promise = NULL;
  g_autoptr (GPtrArray) left = NULL;
  g_autoptr (GError) error = NULL;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  order = add (&test, customer, CB_MATTER_ORDER, "zqorder", 3);
  draft = new_draft (CB_MATTER_PROMISE, "zqpromise", 1);
  draft->for_role = g_strdup ("zqniece");
  draft->answers = g_strdup (cb_matter_get_fields (order)->id);
  promise = cb_book_add_request (test.book, test.associate, customer, draft, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (cb_matter_get_fields (promise)->for_role, ==, "zqniece");
  g_assert_cmpuint (cb_test_count_files_with (test.root, "zqorder"), ==, 0);
  g_assert_cmpuint (cb_test_count_files_with (test.root, "zqpromise"), ==, 0);
  g_assert_cmpuint (cb_test_count_files_with (test.root, "zqniece"), ==, 0);
  g_assert_true (cb_book_erase (test.book, test.manager, customer, CB_ERASE_REQUEST, &error));
  g_assert_no_error (error);
  left = cb_book_list_requests (test.book, test.manager, TRUE, 100, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (left->len, ==, 0);
  cb_test_book_tear_down (&test);
}

/* Who takes back all that they agreed to still wants their boots. */
static void
test_in_hand_stands (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autoptr (CbMatterDraft) asked = cb_matter_draft_new ();
  g_autoptr (CbMatter) request = NULL;
  g_autoptr (CbMatter) done = NULL;
  g_autoptr (GError) error = NULL;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, "07700 900123");
  cb_test_book_answer (&test, customer, "shop", CB_CHANNEL_NONE, CB_ANSWER_YES, CB_METHOD_TAPPED);
  asked->kind = CB_MATTER_REPAIR;
  asked->text = g_strdup ("the left heel");
  request = cb_book_add_request (test.book, test.associate, customer, asked, &error);
  g_assert_no_error (error);
  g_assert_true (
    cb_book_withdraw (test.book, test.associate, customer, NULL, CB_CHANNEL_NONE, &error));
  g_assert_no_error (error);
  g_assert_cmpint (cb_test_book_verdict (&test, customer, "shop", CB_CHANNEL_NONE), ==,
                   CB_VERDICT_WITHDRAWN);
  g_assert_cmpint (cb_test_book_verdict (&test, customer, "asked", CB_CHANNEL_PHONE), ==,
                   CB_VERDICT_ALLOWED);
  cb_clock_advance (test.clock, 2 * CB_US_PER_DAY);
  cb_book_run_retention (test.book, &error);
  g_assert_no_error (error);
  done = cb_book_move_request (test.book, test.associate, cb_matter_get_fields (request)->id,
                               CB_MATTER_DONE, CB_CHANNEL_NONE, &error);
  g_assert_no_error (error);

  /* Nothing is in hand any more. */
  g_assert_true (
    cb_book_withdraw (test.book, test.associate, customer, NULL, CB_CHANNEL_NONE, &error));
  g_assert_cmpint (cb_test_book_verdict (&test, customer, "asked", CB_CHANNEL_PHONE), ==,
                   CB_VERDICT_WITHDRAWN);
  cb_test_book_tear_down (&test);
}

/* --- the board, with names --- */

static guint
count_lists (CbTestBook *test)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = cb_book_list_audit (test->book, test->privacy, 0, 10000, &error);
  guint n = 0;

  g_assert_no_error (error);
  for (guint i = 0; i < rows->len; i++)
    n += g_str_equal (((CbAuditRow *) g_ptr_array_index (rows, i))->action, "request.list");
  return n;
}

static guint
count_errands (CbTestBook *test, gboolean today)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) errands =
    cb_book_list_errands (test->book, test->associate, today, 100, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < errands->len; i++)
    g_assert_cmpstr (cb_errand_get_fields (g_ptr_array_index (errands, i))->customer_name, ==,
                     "Mara Testperson");
  return errands->len;
}

static void
test_errands (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autoptr (CbMatter) due = NULL;
  g_autoptr (CbMatter) later = NULL;
  g_autoptr (CbMatter) order = NULL;
  g_autoptr (CbMatter) arrived = NULL;
  g_autoptr (CbMatter) kept = NULL;
  g_autoptr (GError) error = NULL;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, "07700 900123");
  due = add (&test, customer, CB_MATTER_PROMISE, "ring back", 0);
  later = add (&test, customer, CB_MATTER_PROMISE, "shorten it", 3);
  order = add (&test, customer, CB_MATTER_ORDER, "boot, 39", G_MAXUINT);
  g_assert_cmpuint (count_errands (&test, TRUE), ==, 1);
  g_assert_cmpuint (count_errands (&test, FALSE), ==, 3);
  /* Of the same reader once a day, however often the counter comes back. */
  g_assert_cmpuint (count_lists (&test), ==, 1);
  arrived = move (&test, order, CB_MATTER_READY);
  g_assert_cmpuint (count_errands (&test, TRUE), ==, 2);
  kept = move (&test, due, CB_MATTER_DONE);
  g_assert_cmpuint (count_errands (&test, TRUE), ==, 1);
  cb_clock_advance (test.clock, 4 * DAY);
  g_assert_cmpuint (count_errands (&test, TRUE), ==, 2);
  g_assert_cmpuint (count_lists (&test), ==, 2);
  g_assert_null (cb_book_list_errands (test.book, test.privacy, TRUE, 10, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_FORBIDDEN);
  cb_test_book_tear_down (&test);
}

/* What may be done now and why the rest may not, in one list, and it is a reading. */
static void
test_ways (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autoptr (CbMatter) order = NULL;
  g_autoptr (GPtrArray) ways = NULL;
  g_autoptr (GPtrArray) none = NULL;
  g_autoptr (GError) error = NULL;
  guint n_allowed = 0;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, "07700 900123");
  none = cb_book_list_ways (test.book, test.associate, customer, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < none->len; i++)
    g_assert_false (cb_permission_is_allowed (g_ptr_array_index (none, i)));
  order = add (&test, customer, CB_MATTER_ORDER, "boot, 39", G_MAXUINT);
  ways = cb_book_list_ways (test.book, test.associate, customer, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (ways->len, ==, 5);
  for (guint i = 0; i < ways->len; i++)
    {
      CbPermission *way = g_ptr_array_index (ways, i);

      n_allowed += cb_permission_is_allowed (way);
      if (cb_permission_get_channel (way) == CB_CHANNEL_EMAIL)
        g_assert_cmpint (cb_permission_get_verdict (way), ==, CB_VERDICT_NO_ADDRESS);
      if (cb_permission_get_channel (way) == CB_CHANNEL_PHONE)
        g_assert_true (cb_permission_is_allowed (way));
    }
  g_assert_cmpuint (n_allowed, <, ways->len);
  g_assert_null (cb_book_list_ways (test.book, test.privacy, customer, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_FORBIDDEN);
  cb_test_book_tear_down (&test);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/requests/leaving/rests-on-itself", test_rests_on_itself);
  g_test_add_func ("/requests/leaving/what-is-taken-back-stays", test_taken_back);
  g_test_add_func ("/requests/leaving/refused-and-tried-again", test_service_refused_it);
  g_test_add_func ("/requests/promise/is-kept-or-not", test_promise_is_kept_or_not);
  g_test_add_func ("/requests/done/ends-after-its-days", test_done_ends_after_its_days);
  g_test_add_func ("/requests/told/where-it-is-permitted", test_told_where_permitted);
  g_test_add_func ("/requests/wrong/is-not-taken", test_wrong_ones_are_not_taken);
  g_test_add_func ("/requests/board/by-day-and-for-who-serves", test_board);
  g_test_add_func ("/requests/erasure/goes-with-the-customer", test_erased_with_its_customer);
  g_test_add_func ("/requests/in-hand/outlives-what-they-agreed-to", test_in_hand_stands);
  g_test_add_func ("/requests/errands", test_errands);
  g_test_add_func ("/requests/ways", test_ways);
  return g_test_run ();
}
