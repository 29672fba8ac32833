/* SPDX-License-Identifier: Apache-2.0 */

/* Notes that a manager reads: which, who decides, what their author sees, and that words which were
 * taken out are nowhere. And what authors correct themselves. */

#define G_LOG_DOMAIN "Counterbook"

#include <sqlite3.h>

#include "base/cb-error.h"
#include "base/cb-id.h"
#include "base/cb-json.h"
#include "cb-test-book.h"
#include "store/cb-review-private.h"

static void
set_up (CbTestBook *test, guint percent)
{
  g_autoptr (GError) error = NULL;

  cb_test_book_set_up (test);
  g_assert_true (cb_book_set_review_sample (test->book, test->manager, percent, &error));
  g_assert_no_error (error);
}

static char *
add_agreed (CbTestBook *test)
{
  char *customer = cb_test_book_add_customer (test, "Mara", "Testperson", "mara@example.com", NULL);

  cb_test_book_answer (test, customer, "shop", CB_CHANNEL_NONE, CB_ANSWER_YES, CB_METHOD_TAPPED);
  return customer;
}

static GPtrArray *
list (CbTestBook *test, CbStaff *reader)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *reviews = cb_book_list_reviews (test->book, reader, 100, &error);

  g_assert_no_error (error);
  return reviews;
}

static guint
count (CbTestBook *test, CbStaff *reader)
{
  g_autoptr (GPtrArray) reviews = list (test, reader);
  g_autoptr (GError) error = NULL;
  guint n = 0;

  g_assert_true (cb_book_count_reviews (test->book, reader, &n, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n, ==, reviews->len);
  return n;
}

static gboolean
decide (CbTestBook *test,
        CbStaff *reader,
        const char *note,
        CbReviewState state,
        const char *kept,
        GError **error)
{
  g_autoptr (CbReviewDraft) draft = cb_review_draft_new (state, CB_REVIEW_REASON_OPINION);

  draft->remark = g_strdup ("zqremark stay with what was said");
  draft->kept = g_strdup (kept);
  return cb_book_review (test->book, reader, note, draft, error);
}

static CbNote *
find_note (CbTestBook *test, CbStaff *reader, const char *customer, const char *id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CbDossier) dossier = cb_book_load_dossier (test->book, reader, customer, &error);
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

static guint
count_audit (CbTestBook *test, const char *action, const char *object)
{
  static const char SQL_COUNT[] = "SELECT count(*) FROM audit WHERE action = ?1 AND object IS ?2";
  g_autoptr (CbStmt) stmt = cb_db_prepare (test->book->db, SQL_COUNT);

  cb_stmt_bind_text (stmt, 1, action);
  cb_stmt_bind_text (stmt, 2, object);
  g_assert_true (cb_stmt_next (stmt, NULL));
  return (guint) cb_stmt_int (stmt, 0);
}

/* --- which are read --- */

static void
assert_cause (CbTestBook *test, const char *customer, CbNoteDraft *draft, const char *cause)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CbNote) note = cb_book_add_note (test->book, test->associate, customer, draft, &error);
  g_autoptr (CbReview) review = NULL;

  g_assert_no_error (error);
  review = cb_book_read_review (test->book, test->manager, cb_note_get_id (note), &error);
  if (cause == NULL)
    {
      g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_NOT_FOUND);
      return;
    }
  g_assert_no_error (error);
  g_assert_cmpstr (cb_review_cause_to_id (cb_review_get_fields (review)->cause), ==, cause);
  g_assert_cmpstr (cb_note_get_text (cb_review_get_fields (review)->note), ==, draft->text);
}

static void
test_what_is_read (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autoptr (CbNoteDraft) draft = cb_note_draft_new ();

  set_up (&test, 0);
  customer = add_agreed (&test);
  draft->text = g_strdup ("navy");
  assert_cause (&test, customer, draft, NULL);
  draft->for_role = g_strdup ("daughter");
  assert_cause (&test, customer, draft, "third-person");
  draft->discretion = CB_DISCRETION_PRIVATE;
  assert_cause (&test, customer, draft, "private");
  draft->provenance = CB_PROVENANCE_OBSERVED;
  assert_cause (&test, customer, draft, "observed");
  g_clear_pointer (&draft, cb_note_draft_free);
  draft = cb_note_draft_new ();
  draft->text = g_strnfill (401, 'q');
  assert_cause (&test, customer, draft, "long");
  g_assert_cmpuint (count (&test, test.manager), ==, 4);
  cb_test_book_tear_down (&test);
}

static void
test_by_lot (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autoptr (GError) error = NULL;
  guint n;

  set_up (&test, 30);
  customer = add_agreed (&test);
  for (guint i = 0; i < 200; i++)
    {
      g_autoptr (CbNote) note = cb_test_book_add_note (&test, customer, NULL, "navy");
    }
  n = count (&test, test.manager);
  g_assert_cmpuint (n, >, 25);
  g_assert_cmpuint (n, <, 100);
  g_assert_false (cb_book_set_review_sample (test.book, test.associate, 0, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_FORBIDDEN);
  g_clear_error (&error);
  g_assert_false (cb_book_set_review_sample (test.book, test.manager, 101, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID);
  cb_test_book_tear_down (&test);
}

/* --- who decides --- */

static void
test_who_decides (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autoptr (CbNote) theirs = NULL;
  g_autoptr (CbNote) own = NULL;
  g_autoptr (CbNoteDraft) draft = cb_note_draft_new ();
  g_autoptr (GPtrArray) handed_on = NULL;
  g_autoptr (GError) error = NULL;
  const char *id;

  set_up (&test, 100);
  customer = add_agreed (&test);
  theirs = cb_test_book_add_note (&test, customer, NULL, "loud");
  id = cb_note_get_id (theirs);
  draft->text = g_strdup ("her own");
  own = cb_book_add_note (test.book, test.manager, customer, draft, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (count (&test, test.manager), ==, 1);
  g_assert_cmpuint (count (&test, test.privacy), ==, 0);
  g_assert_false (decide (&test, test.associate, id, CB_REVIEW_APPROVED, NULL, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_FORBIDDEN);
  g_clear_error (&error);
  g_assert_null (cb_book_list_reviews (test.book, test.associate, 10, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_FORBIDDEN);
  g_clear_error (&error);
  g_assert_false (
    decide (&test, test.manager, cb_note_get_id (own), CB_REVIEW_APPROVED, NULL, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_FORBIDDEN);
  g_clear_error (&error);
  g_assert_null (cb_book_read_review (test.book, test.manager, cb_note_get_id (own), &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_FORBIDDEN);
  g_clear_error (&error);
  g_assert_false (decide (&test, test.privacy, id, CB_REVIEW_APPROVED, NULL, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_true (decide (&test, test.manager, id, CB_REVIEW_ESCALATED, NULL, &error));
  g_assert_no_error (error);
  handed_on = list (&test, test.privacy);
  g_assert_cmpuint (handed_on->len, ==, 1);
  g_assert_cmpstr (cb_review_get_fields (g_ptr_array_index (handed_on, 0))->customer_name, ==,
                   "Mara Testperson");
  g_assert_true (decide (&test, test.privacy, id, CB_REVIEW_APPROVED, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (count (&test, test.manager), ==, 0);
  g_assert_false (decide (&test, test.manager, id, CB_REVIEW_APPROVED, NULL, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_NOT_FOUND);
  cb_test_book_tear_down (&test);
}

/* Listing and reading leave their trace; whoever wants it left as it is is left alone. */
static void
test_logged_and_frozen (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autoptr (CbNote) note = NULL;
  g_autoptr (CbReview) review = NULL;
  g_autoptr (GError) error = NULL;

  set_up (&test, 100);
  customer = add_agreed (&test);
  note = cb_test_book_add_note (&test, customer, NULL, "navy");
  g_assert_cmpuint (count (&test, test.manager), ==, 1);
  g_assert_cmpuint (count_audit (&test, "review.list", NULL), ==, 1);
  review = cb_book_read_review (test.book, test.manager, cb_note_get_id (note), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (count_audit (&test, "note.review", cb_note_get_id (note)), ==, 1);
  g_assert_true (cb_book_restrict_customer (test.book, test.manager, customer, TRUE, &error));
  g_assert_cmpuint (count (&test, test.manager), ==, 0);
  g_assert_false (
    decide (&test, test.manager, cb_note_get_id (note), CB_REVIEW_REDACTED, NULL, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_NOT_FOUND);
  cb_test_book_tear_down (&test);
}

/* --- returned, corrected, approved --- */

static void
test_returned (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autoptr (CbNote) note = NULL;
  g_autoptr (CbNote) seen = NULL;
  g_autoptr (CbNote) of_another = NULL;
  g_autoptr (CbNote) corrected = NULL;
  g_autoptr (CbReview) again = NULL;
  g_autoptr (GError) error = NULL;
  const char *id;

  set_up (&test, 100);
  customer = add_agreed (&test);
  note = cb_test_book_add_note (&test, customer, NULL, "a difficult person");
  id = cb_note_get_id (note);
  g_assert_true (decide (&test, test.manager, id, CB_REVIEW_RETURNED, NULL, &error));
  seen = find_note (&test, test.associate, customer, id);
  g_assert_cmpint (cb_note_get_review (seen), ==, CB_REVIEW_RETURNED);
  g_assert_cmpint (cb_note_get_review_reason (seen), ==, CB_REVIEW_REASON_OPINION);
  g_assert_cmpstr (cb_note_get_review_remark (seen), ==, "zqremark stay with what was said");
  g_assert_cmpstr (cb_note_get_reviewer_name (seen), ==, cb_staff_get_name (test.manager));
  of_another = find_note (&test, test.other, customer, id);
  g_assert_cmpint (cb_note_get_review (of_another), ==, CB_REVIEW_NONE);
  g_assert_null (cb_note_get_review_remark (of_another));
  g_assert_cmpuint (cb_test_count_files_with (test.root, "zqremark"), ==, 0);
  /* Days later too, for it was returned. */
  cb_clock_advance (test.clock, 3 * CB_US_PER_DAY);
  corrected = cb_book_correct_note (test.book, test.associate, id, "asks twice", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (cb_note_get_text (corrected), ==, "asks twice");
  g_assert_cmpint (cb_note_get_corrected_us (corrected), >, 0);
  again = cb_book_read_review (test.book, test.manager, id, &error);
  g_assert_no_error (error);
  g_assert_cmpint (cb_review_get_fields (again)->cause, ==, CB_REVIEW_CAUSE_CORRECTED);
  g_assert_true (decide (&test, test.manager, id, CB_REVIEW_APPROVED, NULL, &error));
  cb_test_book_tear_down (&test);
}

static void
test_corrected (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autoptr (CbNote) note = NULL;
  g_autoptr (CbNote) corrected = NULL;
  g_autoptr (GPtrArray) first = NULL;
  g_autoptr (GPtrArray) second = NULL;
  g_autoptr (GError) error = NULL;
  JsonObject *sent;
  const char *id;

  set_up (&test, 0);
  customer = add_agreed (&test);
  note = cb_test_book_add_note (&test, customer, NULL, "37 narrow");
  id = cb_note_get_id (note);
  first = cb_test_book_push (&test);
  g_assert_null (cb_book_correct_note (test.book, test.other, id, "38 narrow", &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_FORBIDDEN);
  g_clear_error (&error);
  g_assert_null (cb_book_correct_note (test.book, test.associate, id, " ", &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID);
  g_clear_error (&error);
  corrected = cb_book_correct_note (test.book, test.associate, id, "38 narrow", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (cb_note_get_text (corrected), ==, "38 narrow");
  second = cb_test_book_push (&test);
  g_assert_cmpuint (second->len, ==, 1);
  sent = g_ptr_array_index (second, 0);
  g_assert_cmpstr (cb_json_get_string (cb_json_get_object (sent, "body"), "text"), ==, "38 narrow");
  g_assert_nonnull (cb_json_get_string (sent, "base"));
  g_assert_cmpint (cb_test_book_state (&test, "note", id), ==, CB_DELIVERY_ACCEPTED);
  cb_clock_advance (test.clock, CB_US_PER_DAY);
  g_assert_null (cb_book_correct_note (test.book, test.associate, id, "39 narrow", &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID);
  cb_test_book_tear_down (&test);
}

/* Before it was sent there is one operation, and it says what is right. */
static void
test_corrected_unsent (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autoptr (CbNote) note = NULL;
  g_autoptr (CbNote) corrected = NULL;
  g_autoptr (GPtrArray) sent = NULL;
  g_autoptr (GError) error = NULL;
  guint n_notes = 0;

  set_up (&test, 0);
  customer = add_agreed (&test);
  note = cb_test_book_add_note (&test, customer, NULL, "37 narrow");
  corrected =
    cb_book_correct_note (test.book, test.associate, cb_note_get_id (note), "38 narrow", &error);
  g_assert_no_error (error);
  sent = cb_test_book_push (&test);
  for (guint i = 0; i < sent->len; i++)
    {
      JsonObject *one = g_ptr_array_index (sent, i);

      if (g_strcmp0 (cb_json_get_string (one, "kind"), "note") != 0)
        continue;
      n_notes++;
      g_assert_cmpstr (cb_json_get_string (cb_json_get_object (one, "body"), "text"), ==,
                       "38 narrow");
    }
  g_assert_cmpuint (n_notes, ==, 1);
  cb_test_book_tear_down (&test);
}

/* --- redacted --- */

#define LOUD "zqloudmouth with a temper; wants navy"

static void
test_redacted (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autoptr (CbNote) note = NULL;
  g_autoptr (CbNote) seen = NULL;
  g_autoptr (GPtrArray) first = NULL;
  g_autoptr (GPtrArray) second = NULL;
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (GError) error = NULL;
  gboolean passed = FALSE;
  JsonObject *sent;
  const char *id;

  set_up (&test, 100);
  customer = add_agreed (&test);
  note = cb_test_book_add_note (&test, customer, NULL, LOUD);
  id = cb_note_get_id (note);
  first = cb_test_book_push (&test);
  g_assert_false (decide (&test, test.manager, id, CB_REVIEW_REDACTED, "wants green", &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_true (decide (&test, test.manager, id, CB_REVIEW_REDACTED, "wants navy", &error));
  g_assert_no_error (error);
  seen = find_note (&test, test.other, customer, id);
  g_assert_cmpstr (cb_note_get_text (seen), ==, "wants navy");
  g_assert_cmpint (cb_note_get_review (seen), ==, CB_REVIEW_REDACTED);
  g_assert_null (cb_note_get_review_remark (seen));
  second = cb_test_book_push (&test);
  g_assert_cmpuint (second->len, ==, 1);
  sent = g_ptr_array_index (second, 0);
  g_assert_cmpstr (cb_json_get_string (cb_json_get_object (sent, "body"), "text"), ==,
                   "wants navy");
  g_assert_true (cb_book_is_cleaning_due (test.book));
  g_assert_true (cb_book_clean (test.book, &passed, &error));
  g_assert_no_error (error);
  g_assert_true (passed);
  g_assert_false (cb_book_is_cleaning_due (test.book));
  g_assert_cmpuint (count_audit (&test, "erasure.check", id), ==, 1);
  g_assert_null (cb_book_correct_note (test.book, test.associate, id, "again", &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID);
  cb_test_book_tear_down (&test);
}

/* What it was before is in no operation and no page: a look for its seals would find it. */
static void
test_old_seals_are_gone (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autoptr (CbNote) note = NULL;
  g_autoptr (GPtrArray) sent = NULL;
  g_autoptr (GBytes) before = NULL;
  g_autoptr (GError) error = NULL;
  gboolean passed = TRUE;

  set_up (&test, 100);
  customer = add_agreed (&test);
  note = cb_test_book_add_note (&test, customer, NULL, LOUD);
  {
    g_autoptr (CbStmt) row = cb_db_prepare (test.book->db, "SELECT body FROM note");

    g_assert_true (cb_stmt_next (row, NULL));
    before = cb_stmt_dup_bytes (row, 0);
  }
  g_assert_true (
    decide (&test, test.manager, cb_note_get_id (note), CB_REVIEW_REDACTED, NULL, &error));
  g_assert_no_error (error);
  {
    /* Somebody kept it. */
    g_autofree char *path = g_build_filename (test.home, "kept", NULL);

    g_assert_true (g_file_set_contents (path, g_bytes_get_data (before, NULL),
                                        (gssize) g_bytes_get_size (before), NULL));
  }
  g_assert_true (cb_book_clean (test.book, &passed, &error));
  g_assert_no_error (error);
  g_assert_false (passed);
  cb_test_book_tear_down (&test);
}

/* An older copy in its place has the words again: the ledger takes them out before anybody sees
 * them. */
static void
test_older_copy (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autoptr (CbNote) note = NULL;
  g_autoptr (CbNote) seen = NULL;
  g_autoptr (GError) error = NULL;
  const char *id;

  set_up (&test, 100);
  customer = add_agreed (&test);
  note = cb_test_book_add_note (&test, customer, NULL, LOUD);
  id = cb_note_get_id (note);
  g_assert_true (decide (&test, test.manager, id, CB_REVIEW_REDACTED, "wants navy", &error));
  g_assert_no_error (error);
  g_assert_true (cb_book_begin (test.book, NULL));
  g_assert_true (cb_book_set_note_text (test.book, customer, id, LOUD, NULL));
  g_assert_cmpint (sqlite3_exec (cb_db_get_handle (test.book->db),
                                 "DELETE FROM redaction; DELETE FROM review", NULL, NULL, NULL),
                   ==, SQLITE_OK);
  g_assert_true (cb_book_commit (test.book, NULL));
  cb_test_book_reopen (&test);
  seen = find_note (&test, test.associate, customer, id);
  g_assert_cmpstr (cb_note_get_text (seen), ==, "");
  g_assert_cmpint (cb_note_get_review (seen), ==, CB_REVIEW_REDACTED);
  g_assert_true (cb_book_is_cleaning_due (test.book));
  cb_test_book_tear_down (&test);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/review/what-is-read", test_what_is_read);
  g_test_add_func ("/review/by-lot", test_by_lot);
  g_test_add_func ("/review/who-decides", test_who_decides);
  g_test_add_func ("/review/logged-and-frozen", test_logged_and_frozen);
  g_test_add_func ("/review/returned", test_returned);
  g_test_add_func ("/review/corrected", test_corrected);
  g_test_add_func ("/review/corrected-unsent", test_corrected_unsent);
  g_test_add_func ("/review/redacted", test_redacted);
  g_test_add_func ("/review/old-seals-are-gone", test_old_seals_are_gone);
  g_test_add_func ("/review/older-copy", test_older_copy);
  return g_test_run ();
}
