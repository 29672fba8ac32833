/* SPDX-License-Identifier: Apache-2.0 */

/* "From the old book: still right?": asked until answered; what each answer does, and what leaves.
 */

#define G_LOG_DOMAIN "Counterbook"

#include <string.h>

#include "base/cb-error.h"
#include "base/cb-json.h"
#include "cb-test-book.h"
#include "db/cb-db.h"

#define DAY CB_US_PER_DAY
#define CSV "First Name,Last Name,E-mail,Phone\n"

static void
import (CbTestBook *test, const char *text, gint64 keep_until_us)
{
  CbImportOptions options = { .keep_until_us = keep_until_us };
  g_autoptr (GInputStream) stream =
    g_memory_input_stream_new_from_data (g_strdup (text), -1, g_free);
  g_autoptr (CbImport) book = cb_import_new (stream, CB_EXCHANGE_AUTO, &options);
  g_autoptr (GError) error = NULL;
  gboolean more = TRUE;

  while (more)
    {
      cb_book_import_piece (test->book, test->manager, book, &more, &error);
      g_assert_no_error (error);
    }
  g_assert_cmpuint (cb_import_get_rejected (book)->len, ==, 0);
}

/* Brings one person in and answers their id. */
static char *
import_ada (CbTestBook *test, gint64 keep_until_us)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list = NULL;

  import (test, CSV "Ada,Sample,ada@example.org,020 7946 0101\n", keep_until_us);
  list = cb_book_list_customers (test->book, test->manager, 10, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (list->len, ==, 1);
  return g_strdup (cb_customer_get_id (g_ptr_array_index (list, 0)));
}

static CbDossier *
load (CbTestBook *test, const char *id)
{
  g_autoptr (GError) error = NULL;
  CbDossier *dossier = cb_book_load_dossier (test->book, test->associate, id, &error);

  g_assert_no_error (error);
  return dossier;
}

static gboolean
is_asked (CbTestBook *test, const char *id)
{
  g_autoptr (CbDossier) dossier = load (test, id);

  return cb_dossier_get_unconfirmed_us (dossier) > 0;
}

static void
confirm (CbTestBook *test, const char *id)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (cb_book_confirm_customer (test->book, test->associate, id, &error));
  g_assert_no_error (error);
}

static guint
count_sent (CbTestBook *test)
{
  g_autoptr (GPtrArray) sent = cb_test_book_push (test);

  return sent->len;
}

static void
say_yes (CbTestBook *test, const char *id)
{
  cb_test_book_answer (test, id, "shop", CB_CHANNEL_NONE, CB_ANSWER_YES, CB_METHOD_TAPPED);
}

static void
run_sql (CbTestBook *test, const char *sql)
{
  g_autofree char *path = g_build_filename (test->home, "counterbook.db", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (CbDb) db = cb_db_open (path, FALSE, test->clock, &error);

  g_assert_no_error (error);
  g_assert_true (cb_db_run (db, sql, &error));
  g_assert_no_error (error);
}

static gint64
count_rows (CbTestBook *test, const char *sql, const char *value)
{
  g_autofree char *path = g_build_filename (test->home, "counterbook.db", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (CbDb) db = cb_db_open (path, FALSE, test->clock, &error);
  gint64 n_rows;

  g_assert_no_error (error);
  {
    g_autoptr (CbStmt) stmt = cb_db_prepare (db, sql);

    cb_stmt_bind_text (stmt, 1, value);
    g_assert_true (cb_stmt_next (stmt, &error));
    n_rows = cb_stmt_int (stmt, 0);
  }
  return n_rows;
}

static gint64
count_audit (CbTestBook *test, const char *action)
{
  static const char sql[] =
    "SELECT count(*) FROM audit JOIN staff ON staff.id = audit.staff"
    " WHERE action = ?1 AND role = 'associate'";

  return count_rows (test, sql, action);
}

/* --- it is right --- */

static void
test_asked_until_answered (void)
{
  CbTestBook test = { 0 };
  g_autofree char *ada = NULL;
  g_autofree char *mara = NULL;

  cb_test_book_set_up (&test);
  ada = import_ada (&test, 0);
  mara = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  g_assert_true (is_asked (&test, ada));
  g_assert_true (is_asked (&test, ada));
  g_assert_false (is_asked (&test, mara));
  confirm (&test, ada);
  g_assert_false (is_asked (&test, ada));
  g_assert_cmpint (count_audit (&test, "customer.confirm"), ==, 1);
  /* Once more, as when two associates answer: nothing more happens. */
  confirm (&test, ada);
  confirm (&test, mara);
  g_assert_cmpint (count_audit (&test, "customer.confirm"), ==, 1);
  cb_test_book_reopen (&test);
  g_assert_false (is_asked (&test, ada));
  /* The same entry again brings nothing new; another number for them is another question. */
  import (&test, CSV "Ada,Sample,ada@example.org,020 7946 0101\n", 0);
  g_assert_false (is_asked (&test, ada));
  import (&test, CSV "Ada,Sample,ada@example.org,020 7946 0199\n", 0);
  g_assert_true (is_asked (&test, ada));
  cb_test_book_tear_down (&test);
}

static void
test_confirming_frees_nothing (void)
{
  CbTestBook test = { 0 };
  g_autofree char *ada = NULL;
  g_autoptr (GPtrArray) sent = NULL;

  cb_test_book_set_up (&test);
  ada = import_ada (&test, 0);
  g_assert_cmpuint (count_sent (&test), ==, 0);
  confirm (&test, ada);
  g_assert_cmpuint (count_sent (&test), ==, 0);
  cb_test_book_answer (&test, ada, "invitations", CB_CHANNEL_NONE, CB_ANSWER_YES, CB_METHOD_TAPPED);
  sent = cb_test_book_push (&test);
  for (guint i = 0; i < sent->len; i++)
    g_assert_cmpstr (cb_json_get_string (g_ptr_array_index (sent, i), "kind"), ==, "consent");
  cb_test_book_tear_down (&test);
}

/* Somebody agreed long ago; what the old book says of them is not what they agreed to send. */
static void
test_merged_waits (void)
{
  CbTestBook test = { 0 };
  g_autofree char *mara = NULL;
  g_autoptr (GPtrArray) sent = NULL;
  JsonObject *body;

  cb_test_book_set_up (&test);
  mara = cb_test_book_add_customer (&test, "Mara", "Sample", "mara@example.org", NULL);
  say_yes (&test, mara);
  g_assert_cmpuint (count_sent (&test), ==, 2);
  import (&test, CSV "Mara,Sample,mara@example.org,020 7946 0101\n", 0);
  g_assert_true (is_asked (&test, mara));
  g_assert_cmpuint (count_sent (&test), ==, 0);
  confirm (&test, mara);
  sent = cb_test_book_push (&test);
  g_assert_cmpuint (sent->len, ==, 1);
  body = cb_json_get_object (g_ptr_array_index (sent, 0), "body");
  g_assert_cmpuint (json_object_array_length (cb_json_get_array (body, "phones")), ==, 1);
  cb_test_book_tear_down (&test);
}

static guint
count_customers (CbTestBook *test)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list = cb_book_list_customers (test->book, test->manager, 10, NULL, &error);

  g_assert_no_error (error);
  return list->len;
}

/* A card that has had its day stays while its page is open or somebody writes about them: half a
 * thought would go with it. */
static void
test_not_under_the_hand (void)
{
  CbTestBook test = { 0 };
  CbNoteDraft *draft = cb_note_draft_new ();
  g_autoptr (CbUnsaved) unsaved = cb_unsaved_new_note (draft);
  g_autofree char *ada = NULL;
  g_autoptr (GError) error = NULL;

  cb_test_book_set_up (&test);
  ada = import_ada (&test, CB_TEST_MORNING_US + DAY);
  cb_clock_advance (test.clock, 2 * DAY);
  cb_book_set_visited (test.book, ada);
  g_assert_cmpint (cb_book_run_retention (test.book, &error), ==, 0);
  g_assert_no_error (error);
  cb_book_set_visited (test.book, NULL);
  draft->text = g_strdup ("half a thought");
  g_assert_true (cb_book_keep_draft (test.book, test.associate, ada, unsaved, &error));
  g_assert_cmpint (cb_book_run_retention (test.book, &error), ==, 0);
  g_assert_cmpuint (count_customers (&test), ==, 1);
  cb_clock_advance (test.clock, DAY / 4);
  g_assert_cmpint (cb_book_run_retention (test.book, &error), ==, 1);
  g_assert_no_error (error);
  g_assert_cmpuint (count_customers (&test), ==, 0);
  cb_test_book_tear_down (&test);
}

static void
test_kept_on (void)
{
  CbTestBook test = { 0 };
  g_autofree char *ada = NULL;
  g_autoptr (GError) error = NULL;

  cb_test_book_set_up (&test);
  ada = import_ada (&test, CB_TEST_MORNING_US + 2 * DAY);
  cb_clock_advance (test.clock, DAY);
  confirm (&test, ada);
  cb_clock_advance (test.clock, 364 * DAY);
  g_assert_cmpint (cb_book_run_retention (test.book, &error), ==, 0);
  g_assert_cmpuint (count_customers (&test), ==, 1);
  cb_clock_advance (test.clock, 3 * DAY);
  g_assert_cmpint (cb_book_run_retention (test.book, &error), ==, 1);
  g_assert_no_error (error);
  g_assert_cmpuint (count_customers (&test), ==, 0);
  cb_test_book_tear_down (&test);
}

/* --- it is put right --- */

static CbCustomerDraft *
new_card (const char *given, const char *emails, const char *phones)
{
  CbCustomerDraft *draft = cb_customer_draft_new ();

  draft->given = g_strdup (given);
  draft->family = g_strdup ("Sample");
  draft->emails = g_strsplit (emails, ",", -1);
  draft->phones = g_strsplit (phones, ",", -1);
  return draft;
}

static void
change (CbTestBook *test, const char *id, CbCustomerDraft *taken)
{
  g_autoptr (CbCustomerDraft) draft = taken;
  g_autoptr (GError) error = NULL;

  g_assert_true (cb_book_change_customer (test->book, test->associate, id, draft, &error));
  g_assert_no_error (error);
}

#define SQL_COUNT_VERIFIED "SELECT count(*) FROM contact WHERE verified_us = 7 AND kind = ?1"

static void
test_put_right (void)
{
  CbTestBook test = { 0 };
  g_autofree char *ada = NULL;
  g_autoptr (CbDossier) dossier = NULL;
  CbCustomer *card;

  cb_test_book_set_up (&test);
  ada = import_ada (&test, 0);
  run_sql (&test, "UPDATE contact SET verified_us = 7 WHERE kind = 'phone'");
  change (&test, ada, new_card ("Adele", "new@example.org", "+33 1 23 45 67 89,+44 20 79460101"));
  g_assert_false (is_asked (&test, ada));
  g_assert_cmpint (count_audit (&test, "customer.change"), ==, 1);
  dossier = load (&test, ada);
  card = cb_dossier_get_customer (dossier);
  g_assert_cmpstr (cb_customer_get_given (card), ==, "Adele");
  g_assert_cmpstr (cb_customer_get_emails (card)[0], ==, "new@example.org");
  g_assert_null (cb_customer_get_emails (card)[1]);
  g_assert_cmpstr (cb_customer_get_phones (card)[0], ==, "+33 1 23 45 67 89");
  /* The same number written in another way stays what it was. */
  g_assert_cmpstr (cb_customer_get_phones (card)[1], ==, "+44 20 79460101");
  g_assert_null (cb_customer_get_phones (card)[2]);
  g_assert_cmpint (count_rows (&test, SQL_COUNT_VERIFIED, "phone"), ==, 1);
  g_assert_cmpuint (cb_test_count_files_with (test.root, "new@example.org"), ==, 0);
  cb_test_book_tear_down (&test);
}

static void
test_put_right_follows (void)
{
  CbTestBook test = { 0 };
  g_autofree char *mara = NULL;
  g_autoptr (CbUnsaved) unsaved = cb_unsaved_new_customer (new_card ("Mar", "", ""));
  g_autoptr (GPtrArray) drafts = NULL;
  g_autoptr (GPtrArray) sent = NULL;
  g_autoptr (GError) error = NULL;
  CbCustomerDraft *draft;

  cb_test_book_set_up (&test);
  mara = cb_test_book_add_customer (&test, "Mara", "Sample", "mara@example.org", NULL);
  say_yes (&test, mara);
  g_assert_cmpuint (count_sent (&test), ==, 2);
  g_assert_true (cb_book_keep_draft (test.book, test.associate, mara, unsaved, &error));
  draft = new_card ("Marah", "mara@example.org", "020 7946 0101");
  draft->ends_draft = TRUE;
  change (&test, mara, draft);
  drafts = cb_book_list_drafts (test.book, test.associate, mara, &error);
  g_assert_cmpuint (drafts->len, ==, 0);
  sent = cb_test_book_push (&test);
  g_assert_cmpuint (sent->len, ==, 1);
  g_assert_cmpstr (
    cb_json_get_string (cb_json_get_object (g_ptr_array_index (sent, 0), "body"), "given"), ==,
    "Marah");
  cb_test_book_tear_down (&test);
}

/* --- they do not want to be in it --- */

static void
assert_not_removed (CbTestBook *test, CbStaff *actor, const char *id)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (cb_book_remove_imported (test->book, actor, id, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_FORBIDDEN);
}

static void
test_removed (void)
{
  CbTestBook test = { 0 };
  g_autofree char *ada = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (CbDossier) dossier = NULL;

  cb_test_book_set_up (&test);
  ada = import_ada (&test, 0);
  g_assert_true (cb_book_remove_imported (test.book, test.associate, ada, &error));
  g_assert_no_error (error);
  dossier = cb_book_load_dossier (test.book, test.associate, ada, &error);
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_NOT_FOUND);
  g_assert_cmpint (count_audit (&test, "customer.erase"), ==, 1);
  /* Nobody beyond this terminal has ever heard of them. */
  g_assert_cmpuint (count_sent (&test), ==, 0);
  cb_test_book_tear_down (&test);
}

static void
test_not_removed (void)
{
  CbTestBook test = { 0 };
  g_autofree char *ada = NULL;
  g_autofree char *mara = NULL;
  g_autoptr (CbNote) note = NULL;
  g_autoptr (GError) error = NULL;

  cb_test_book_set_up (&test);
  ada = import_ada (&test, 0);
  mara = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  assert_not_removed (&test, test.associate, mara);
  assert_not_removed (&test, test.admin, ada);
  assert_not_removed (&test, NULL, ada);
  note = cb_test_book_add_note (&test, ada, NULL, "navy");
  assert_not_removed (&test, test.associate, ada);
  g_assert_true (cb_book_remove_imported (test.book, test.manager, ada, &error));
  g_assert_no_error (error);
  cb_test_book_tear_down (&test);
}

static void
test_frozen (void)
{
  CbTestBook test = { 0 };
  g_autofree char *ada = NULL;
  g_autoptr (CbCustomerDraft) draft = new_card ("Adele", "", "");
  g_autoptr (GError) error = NULL;

  cb_test_book_set_up (&test);
  ada = import_ada (&test, 0);
  run_sql (&test, "UPDATE customer SET restricted = 1");
  g_assert_false (cb_book_confirm_customer (test.book, test.manager, ada, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_FORBIDDEN);
  g_clear_error (&error);
  g_assert_false (cb_book_change_customer (test.book, test.manager, ada, draft, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_FORBIDDEN);
  assert_not_removed (&test, test.associate, ada);
  cb_test_book_tear_down (&test);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/confirm/asked-until-answered", test_asked_until_answered);
  g_test_add_func ("/confirm/confirming-frees-nothing", test_confirming_frees_nothing);
  g_test_add_func ("/confirm/what-was-merged-waits-for-its-owner", test_merged_waits);
  g_test_add_func ("/confirm/a-confirmed-card-is-kept-as-one-of-today", test_kept_on);
  g_test_add_func ("/confirm/nothing-goes-from-under-the-hand", test_not_under_the_hand);
  g_test_add_func ("/confirm/put-right-it-is-theirs", test_put_right);
  g_test_add_func ("/confirm/put-right-it-follows-what-has-left", test_put_right_follows);
  g_test_add_func ("/confirm/whoever-does-not-want-to-be-in-it-is-gone", test_removed);
  g_test_add_func ("/confirm/more-than-the-old-book-is-not-an-associate's-to-remove",
                   test_not_removed);
  g_test_add_func ("/confirm/a-frozen-record-is-left-alone", test_frozen);
  return g_test_run ();
}
