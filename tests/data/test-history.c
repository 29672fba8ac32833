/* SPDX-License-Identifier: Apache-2.0 */

/* A service whose history is another one: what it acknowledged is offered again. */

#define G_LOG_DOMAIN "Counterbook"

#include <string.h>

#include "base/cb-error.h"
#include "base/cb-id.h"
#include "base/cb-json.h"
#include "cb-test-book.h"
#include "store/cb-book-private.h"

#define NO "bfdac9662e88427f85671e821f858058"

typedef struct
{
  CbTestBook book;
  char *customer;
} Test;

static void
set_up (Test *test, gconstpointer data)
{
  cb_test_book_set_up (&test->book);
  test->customer = cb_test_book_add_customer (&test->book, "Mara", "Testperson", NULL, NULL);
}

static void
tear_down (Test *test, gconstpointer data)
{
  g_free (test->customer);
  cb_test_book_tear_down (&test->book);
}

static void
answer (Test *test, const char *purpose, CbAnswer answer)
{
  cb_test_book_answer (&test->book, test->customer, purpose, CB_CHANNEL_NONE, answer,
                       CB_METHOD_TAPPED);
}

static void
meet (Test *test)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (cb_book_meet_history (test->book.book, &error));
  g_assert_no_error (error);
}

static char *
dup_cursor (Test *test, CbCursorSort sort)
{
  g_autoptr (GError) error = NULL;
  char *cursor = cb_book_dup_cursor (test->book.book, sort, &error);

  g_assert_no_error (error);
  return cursor;
}

static guint
count (GPtrArray *sent, const char *kind, const char *act)
{
  guint n = 0;

  for (guint i = 0; i < sent->len; i++)
    n += g_strcmp0 (cb_json_get_string (sent->pdata[i], "kind"), kind) == 0 &&
         g_strcmp0 (cb_json_get_string (sent->pdata[i], "act"), act) == 0;
  return n;
}

/* --- what is offered --- */

static void
test_same_bytes (Test *test, gconstpointer data)
{
  g_autoptr (GPtrArray) before = NULL;
  g_autoptr (GPtrArray) after = NULL;
  g_autoptr (CbNote) note = NULL;
  g_autofree char *decisions = NULL;
  g_autofree char *records = NULL;

  answer (test, "shop", CB_ANSWER_YES);
  note = cb_test_book_add_note (&test->book, test->customer, "shop", "navy, not wool");
  before = cb_test_book_push (&test->book);
  g_assert_cmpuint (before->len, ==, 3);
  meet (test);
  /* As after a crash between that and the next batch. */
  cb_test_book_reopen (&test->book);
  after = cb_test_book_push (&test->book);
  g_assert_cmpuint (after->len, ==, before->len);
  for (guint i = 0; i < before->len; i++)
    {
      g_autofree char *was = cb_json_to_line (before->pdata[i]);
      g_autofree char *is = cb_json_to_line (after->pdata[i]);

      g_assert_cmpstr (is, ==, was);
    }
  decisions = dup_cursor (test, CB_CURSOR_DECISIONS);
  records = dup_cursor (test, CB_CURSOR_RECORDS);
  g_assert_cmpstr (decisions, ==, "");
  g_assert_cmpstr (records, ==, "");
  g_clear_pointer (&after, g_ptr_array_unref);
  after = cb_test_book_push (&test->book);
  g_assert_cmpuint (after->len, ==, 0);
}

/* Of a yes that has ended its end alone: whatever order they arrived in, nothing would stand. */
static void
test_ended_yes_stays (Test *test, gconstpointer data)
{
  g_autoptr (GPtrArray) sent = NULL;

  answer (test, "shop", CB_ANSWER_YES);
  answer (test, "everywhere", CB_ANSWER_YES);
  sent = cb_test_book_push (&test->book);
  answer (test, "everywhere", CB_ANSWER_NO);
  g_clear_pointer (&sent, g_ptr_array_unref);
  sent = cb_test_book_push (&test->book);
  meet (test);
  g_clear_pointer (&sent, g_ptr_array_unref);
  sent = cb_test_book_push (&test->book);
  g_assert_cmpuint (count (sent, "consent", "withdraw"), ==, 1);
  g_assert_cmpuint (count (sent, "consent", "grant"), ==, 1);
  g_assert_cmpstr (cb_json_get_string (sent->pdata[0], "act"), ==, "withdraw");

  /* Renewed after it: that yes goes, which names the end. */
  answer (test, "everywhere", CB_ANSWER_YES);
  g_clear_pointer (&sent, g_ptr_array_unref);
  sent = cb_test_book_push (&test->book);
  meet (test);
  g_clear_pointer (&sent, g_ptr_array_unref);
  sent = cb_test_book_push (&test->book);
  g_assert_cmpuint (count (sent, "consent", "grant"), ==, 2);
}

/* A yes that another terminal heard the end of before this one was offered anything. */
static void
test_end_that_is_heard_first (Test *test, gconstpointer data)
{
  g_autoptr (GPtrArray) sent = NULL;
  g_autoptr (CbNote) note = NULL;
  g_autoptr (GPtrArray) changes =
    g_ptr_array_new_with_free_func ((GDestroyNotify) cb_incoming_free);
  g_autoptr (GError) error = NULL;

  answer (test, "shop", CB_ANSWER_YES);
  note = cb_test_book_add_note (&test->book, test->customer, "shop", "navy, not wool");
  sent = cb_test_book_push (&test->book);
  meet (test);
  g_ptr_array_add (changes, cb_incoming_new_withdrawn (7, test->customer, "shop", "*", NO));
  g_assert_true (cb_book_take_changes (test->book.book, changes, "seven", TRUE, &error));
  g_assert_no_error (error);
  g_clear_pointer (&sent, g_ptr_array_unref);
  sent = cb_test_book_push (&test->book);
  g_assert_cmpuint (sent->len, ==, 0);
}

/* Who was erased has nothing to offer but that. */
static void
test_erased (Test *test, gconstpointer data)
{
  g_autoptr (GPtrArray) sent = NULL;
  g_autoptr (GError) error = NULL;

  answer (test, "shop", CB_ANSWER_YES);
  sent = cb_test_book_push (&test->book);
  g_assert_true (
    cb_book_erase (test->book.book, test->book.manager, test->customer, CB_ERASE_REQUEST, &error));
  g_assert_no_error (error);
  g_clear_pointer (&sent, g_ptr_array_unref);
  sent = cb_test_book_push (&test->book);
  meet (test);
  g_clear_pointer (&sent, g_ptr_array_unref);
  sent = cb_test_book_push (&test->book);
  g_assert_cmpuint (sent->len, ==, 1);
  g_assert_cmpstr (cb_json_get_string (sent->pdata[0], "act"), ==, "erase");
}

/* What another terminal put is that one's to offer. */
static void
test_not_what_others_put (Test *test, gconstpointer data)
{
  g_autoptr (GPtrArray) sent = NULL;
  g_autoptr (GPtrArray) arrivals =
    g_ptr_array_new_with_free_func ((GDestroyNotify) cb_arrival_free);
  g_autoptr (GError) error = NULL;
  g_autofree char *id = cb_id_new ();
  static const char body[] = "{\"text\":\"grey after all\",\"kind\":\"advice\"}";
  CbArrivedRecord *record = NULL;
  CbArrival *arrival = cb_arrival_new (test->customer);

  g_ptr_array_add (arrivals, arrival);
  answer (test, "shop", CB_ANSWER_YES);
  sent = cb_test_book_push (&test->book);
  record =
    cb_arrival_add_record (arrival, "note", id, cb_json_parse (body, strlen (body), 999, NULL));
  g_strlcpy (record->version, NO, sizeof record->version);
  record->scope = g_strdup ("store");
  record->by = g_strdup (NO);
  record->n = 9;
  record->at_us = CB_TEST_MORNING_US;
  g_assert_true (cb_book_take_arrivals (test->book.book, arrivals, "nine", &error));
  g_assert_no_error (error);
  g_assert_cmpint (cb_test_book_state (&test->book, "note", id), ==, CB_DELIVERY_ACCEPTED);
  meet (test);
  g_clear_pointer (&sent, g_ptr_array_unref);
  sent = cb_test_book_push (&test->book);
  g_assert_cmpuint (count (sent, "note", "put"), ==, 0);
  g_assert_cmpuint (count (sent, "consent", "grant"), ==, 1);
}

/* --- what it is said to know --- */

static gint
compare_numbers (gconstpointer a, gconstpointer b)
{
  const gint64 first = *(const gint64 *) a;
  const gint64 second = *(const gint64 *) b;

  return (first > second) - (first < second);
}

static void
assert_known (Test *test, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) numbers = cb_book_list_known_numbers (test->book.book, &error);
  g_autoptr (GString) text = g_string_new (NULL);

  g_assert_no_error (error);
  g_array_sort (numbers, compare_numbers);
  for (guint i = 0; i < numbers->len; i++)
    g_string_append_printf (text, "%" G_GINT64_FORMAT " ", g_array_index (numbers, gint64, i));
  g_assert_cmpstr (text->str, ==, expected);
}

/* It is the store that knows, whatever process sent it, and no longer than its rows are there. */
static void
test_known_numbers (Test *test, gconstpointer data)
{
  g_autoptr (CbNote) note = NULL;
  g_autoptr (CbNote) unsent = NULL;

  assert_known (test, "");
  answer (test, "shop", CB_ANSWER_YES);
  assert_known (test, "");
  g_ptr_array_unref (cb_test_book_push (&test->book));
  assert_known (test, "1 2 ");
  note = cb_test_book_add_note (&test->book, test->customer, "shop", "navy, not wool");
  g_ptr_array_unref (cb_test_book_push (&test->book));
  unsent = cb_test_book_add_note (&test->book, test->customer, "shop", "a size up");
  cb_test_book_reopen (&test->book);
  assert_known (test, "1 2 3 ");
}

/* Numbers of before are no numbers of the history that begins. What was put before it and is
 * offered again is told of once more. */
static void
test_known_of_before (Test *test, gconstpointer data)
{
  g_autoptr (CbNote) note = NULL;

  answer (test, "shop", CB_ANSWER_YES);
  g_ptr_array_unref (cb_test_book_push (&test->book));
  answer (test, "shop", CB_ANSWER_NO);
  g_ptr_array_unref (cb_test_book_push (&test->book));
  meet (test);
  assert_known (test, "");
  answer (test, "shop", CB_ANSWER_YES);
  test->book.last_n = 70;
  g_ptr_array_unref (cb_test_book_push (&test->book));
  assert_known (test, "72 73 ");
}

/* --- what is answered to it --- */

static char *
offer_note (Test *test, CbNote **note)
{
  g_autoptr (GPtrArray) sent = NULL;

  answer (test, "shop", CB_ANSWER_YES);
  sent = cb_test_book_push (&test->book);
  *note = cb_test_book_add_note (&test->book, test->customer, "shop", "navy, not wool");
  g_clear_pointer (&sent, g_ptr_array_unref);
  sent = cb_test_book_push (&test->book);
  g_assert_cmpuint (sent->len, ==, 1);
  meet (test);
  return g_strdup (cb_json_get_string (sent->pdata[0], "op"));
}

static void
settle (Test *test, CbSettlement *settlement)
{
  g_autoptr (GPtrArray) settlements =
    g_ptr_array_new_with_free_func ((GDestroyNotify) cb_settlement_free);
  g_autoptr (CbBatch) batch = NULL;
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (settlements, settlement);
  batch = cb_book_take_batch (test->book.book, 500, 1 << 20, &error);
  g_assert_no_error (error);
  g_assert_true (cb_book_settle (test->book.book, settlements, &error));
  g_assert_no_error (error);
}

/* The yes under it may be another terminal's to offer again: it waits for that, and not for ever.
 */
static void
test_waits_for_its_yes (Test *test, gconstpointer data)
{
  g_autoptr (CbNote) note = NULL;
  g_autofree char *op = offer_note (test, &note);
  CbSettlement *settlement = cb_settlement_new (op, CB_SETTLED_PARKED);
  const char *id = cb_note_get_id (note);

  settlement->code = g_strdup ("consent_missing");
  settle (test, settlement);
  g_assert_cmpint (cb_test_book_state (&test->book, "note", id), ==, CB_DELIVERY_WAITING);
  cb_clock_advance (test->book.clock, 36 * CB_US_PER_DAY);
  settlement = cb_settlement_new (op, CB_SETTLED_PARKED);
  settlement->code = g_strdup ("consent_missing");
  settle (test, settlement);
  g_assert_cmpint (cb_test_book_state (&test->book, "note", id), ==, CB_DELIVERY_PARKED);
}

/* What the service never had is refused as ever. */
static void
test_new_ones_are_refused (Test *test, gconstpointer data)
{
  g_autoptr (CbNote) note = NULL;
  g_autoptr (CbBatch) batch = NULL;
  g_autoptr (GPtrArray) sent = NULL;
  g_autoptr (GError) error = NULL;
  CbSettlement *settlement = NULL;

  answer (test, "shop", CB_ANSWER_YES);
  sent = cb_test_book_push (&test->book);
  note = cb_test_book_add_note (&test->book, test->customer, "shop", "navy, not wool");
  batch = cb_book_take_batch (test->book.book, 500, 1 << 20, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (cb_batch_get_length (batch), ==, 1);
  settlement = cb_settlement_new (cb_batch_get_op (batch, 0)->op_id, CB_SETTLED_PARKED);
  settlement->code = g_strdup ("consent_missing");
  settle (test, settlement);
  g_assert_cmpint (cb_test_book_state (&test->book, "note", cb_note_get_id (note)), ==,
                   CB_DELIVERY_PARKED);
}

static CbSettlement *
conflict_at (const char *op, gint64 n)
{
  CbSettlement *settlement = cb_settlement_new (op, CB_SETTLED_CONFLICT);

  settlement->code = g_strdup ("conflict");
  settlement->n = n;
  settlement->version = g_strdup (NO);
  settlement->body = g_strdup ("{\"text\":\"an older reading\",\"kind\":\"advice\"}");
  return settlement;
}

/* A version older than the one that the service had of it is what ours came after. */
static void
test_older_than_ours (Test *test, gconstpointer data)
{
  g_autoptr (CbNote) note = NULL;
  g_autofree char *op = offer_note (test, &note);
  g_autoptr (GPtrArray) sent = NULL;

  settle (test, conflict_at (op, 0));
  sent = cb_test_book_push (&test->book);
  g_assert_cmpuint (count (sent, "note", "put"), ==, 1);
  for (guint i = 0; i < sent->len; i++)
    {
      JsonObject *body = cb_json_get_object (sent->pdata[i], "body");

      if (g_strcmp0 (cb_json_get_string (sent->pdata[i], "kind"), "note") != 0)
        continue;
      g_assert_cmpstr (cb_json_get_string (sent->pdata[i], "base"), ==, NO);
      g_assert_cmpstr (cb_json_get_string (body, "text"), ==, "navy, not wool");
    }
}

/* A newer one is somebody else's, and a person's to choose from. */
static void
test_newer_than_ours (Test *test, gconstpointer data)
{
  g_autoptr (CbNote) note = NULL;
  g_autofree char *op = offer_note (test, &note);

  settle (test, conflict_at (op, G_GINT64_CONSTANT (1) << 33));
  g_assert_cmpint (cb_test_book_state (&test->book, "note", cb_note_get_id (note)), ==,
                   CB_DELIVERY_PARKED);
}

#define ADD(path, func) g_test_add ("/history/" path, Test, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("offered/in-the-same-bytes", test_same_bytes);
  ADD ("offered/no-yes-that-has-ended", test_ended_yes_stays);
  ADD ("offered/nothing-whose-end-is-heard-first", test_end_that_is_heard_first);
  ADD ("offered/of-the-erased-their-erasure", test_erased);
  ADD ("offered/nothing-that-others-put", test_not_what_others_put);
  ADD ("known/what-was-acknowledged", test_known_numbers);
  ADD ("known/nothing-of-another-history", test_known_of_before);
  ADD ("answered/waits-for-the-yes-it-rests-on", test_waits_for_its_yes);
  ADD ("answered/what-is-new-is-refused-as-ever", test_new_ones_are_refused);
  ADD ("answered/an-older-version-is-what-ours-came-after", test_older_than_ours);
  ADD ("answered/a-newer-version-is-a-conflict", test_newer_than_ours);
  return g_test_run ();
}
