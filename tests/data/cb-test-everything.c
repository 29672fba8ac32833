/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "cb-test-everything.h"

#include "base/cb-id.h"
#include "store/cb-book-private.h"

static void
take_in (CbTestBook *test,
         const char *text,
         CbImport *(*open) (const char *, const CbImportOptions *, GError **) )
{
  g_autofree char *path = g_build_filename (test->root, "in.csv", NULL);
  CbImportOptions options = { 0 };
  g_autoptr (CbImport) import = NULL;
  g_autoptr (GError) error = NULL;
  gboolean more = TRUE;

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  import = open (path, &options, &error);
  g_assert_no_error (error);
  while (more)
    {
      g_assert_true (cb_book_import_piece (test->book, test->manager, import, &more, &error));
      g_assert_no_error (error);
    }
}

static CbImport *
open_book_of_old (const char *path, const CbImportOptions *options, GError **error)
{
  return cb_import_open (path, CB_EXCHANGE_CSV, options, error);
}

static CbImport *
open_opt_outs (const char *path, const CbImportOptions *options, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInputStream) stream = g_file_read (file, NULL, error);

  return cb_import_new_suppressions (G_INPUT_STREAM (stream), options);
}

static void
add_matters (CbTestBook *test, const char *customer)
{
  g_autoptr (CbMatterDraft) matter = cb_matter_draft_new ();
  g_autoptr (CbMatter) asked = NULL;
  CbOccasionDraft *occasion = cb_occasion_draft_new ();
  g_autoptr (CbOccasion) added = NULL;
  CbNoteDraft *half = cb_note_draft_new ();
  g_autoptr (CbUnsaved) unsaved = cb_unsaved_new_note (half);
  g_autoptr (CbPreferenceDraft) preference = cb_preference_draft_new ();
  g_autoptr (CbPreference) set = NULL;
  g_autoptr (GError) error = NULL;

  matter->kind = CB_MATTER_HOLD;
  matter->text = g_strdup ("the green one");
  asked = cb_book_add_request (test->book, test->associate, customer, matter, &error);
  g_assert_no_error (error);
  occasion->text = g_strdup ("a wedding");
  occasion->kind = CB_OCCASION_EVENT;
  occasion->year = 2026;
  occasion->month = 6;
  occasion->day = 13;
  g_ptr_array_add (occasion->steps,
                   cb_occasion_step_new (NULL, "fitting", cb_clock_date_end_us (2026, 5, 2), 0));
  added = cb_book_add_occasion (test->book, test->associate, customer, occasion, &error);
  g_assert_no_error (error);
  cb_occasion_draft_free (occasion);
  half->text = g_strdup ("half a sen");
  g_assert_true (cb_book_keep_draft (test->book, test->associate, customer, unsaved, &error));
  preference->value = g_strdup ("41");
  preference->garment = g_strdup ("boot");
  set = cb_book_set_preference (test->book, test->associate, customer, preference, &error);
  g_assert_no_error (error);
}

/* How they may be contacted, and the code that waits for an address to be confirmed. */
static void
add_conditions (CbTestBook *test, const char *customer)
{
  const CbConditionsDraft draft = {
    .purpose = "news",
    .channel = CB_CHANNEL_EMAIL,
    .conditions = { .at_most = 1, .per_days = 30, .quiet_from = -1, .quiet_to = -1 },
    .method = CB_METHOD_TAPPED,
  };
  g_autoptr (GError) error = NULL;
  g_autofree char *code = NULL;
  gint64 ends_us;

  cb_test_book_answer (test, customer, "news", CB_CHANNEL_EMAIL, CB_ANSWER_YES, CB_METHOD_TAPPED);
  g_assert_true (cb_book_set_conditions (test->book, test->associate, customer, &draft, &error));
  g_assert_no_error (error);
  code = cb_book_make_address_code (test->book, test->associate, customer, CB_CHANNEL_EMAIL, 1,
                                    &ends_us, &error);
  g_assert_no_error (error);
}

static void
add_care (CbTestBook *test, const char *customer)
{
  const CbBelongingDraft belonging = { .home = "Lower Quay", .zone = "Europe/Lisbon" };
  const CbReachDraft reach = {
    .purpose = "asked",
    .channel = CB_CHANNEL_PHONE,
    .outcome = CB_OUTCOME_REACHED,
  };
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;
  g_autoptr (CbWish) wish =
    cb_book_add_wish (test->book, test->associate, customer, "a call before noon", &error);
  g_autoptr (CbNote) note = cb_test_book_add_note (test, customer, NULL, "it helped");

  g_assert_nonnull (wish);
  g_assert_true (cb_book_set_belonging (test->book, test->associate, customer, &belonging, &error));
  g_assert_no_error (error);
  g_assert_true (cb_book_mark_used (test->book, test->associate, cb_note_get_id (note), &error));
  g_assert_no_error (error);
  /* Nobody asked for anything: that it was wanted is what is logged. */
  id = cb_book_log_reach (test->book, test->associate, customer, &reach, &error);
  g_assert_null (id);
  g_clear_error (&error);
  add_conditions (test, customer);
}

/* A card that nobody answered. */
static void
add_unanswered (CbTestBook *test, const char *customer)
{
  const char *const purposes[] = { "invitations", NULL };
  g_autoptr (CbDismissal) dismissal = cb_dismissal_new (purposes);
  g_autoptr (GError) error = NULL;
  guint n_recorded;

  g_assert_true (cb_book_record_dismissed (test->book, test->associate, customer, dismissal,
                                           &n_recorded, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n_recorded, ==, 1);
}

/* Taken back where nobody of this shop was. */
static void
hear_withdrawal (CbTestBook *test, const char *customer)
{
  g_autoptr (GPtrArray) changes =
    g_ptr_array_new_with_free_func ((GDestroyNotify) cb_incoming_free);
  g_autofree char *id = cb_id_new ();
  g_autoptr (GError) error = NULL;

  cb_test_book_answer (test, customer, "invitations", CB_CHANNEL_POST, CB_ANSWER_YES,
                       CB_METHOD_TAPPED);
  g_ptr_array_add (changes, cb_incoming_new_withdrawn (7, customer, "invitations", "post", id));
  g_assert_true (cb_book_take_changes (test->book, changes, "seven", TRUE, &error));
  g_assert_no_error (error);
  cb_book_end_sync (test->book);
}

/* What has no short way to be made is put in as it would stand there. */
static void
add_by_hand (CbTestBook *test, const char *customer)
{
  static const char SQL_ADD_COPY[] =
    "INSERT INTO copy (id, customer, what, format, place, staff, made_us)"
    " VALUES (?1, ?2, 'export', 'json', ?3, ?4, ?5)";
  static const char SQL_ADD_SILENT[] =
    "INSERT INTO silent (customer, listed_us, ends_us) VALUES (?1, ?2, ?2 + 1)";
  char *numbers[] = { "1785 0017", NULL };
  g_auto (CbKey) key = { 0 };
  g_autofree char *id = cb_id_new ();
  g_autoptr (GBytes) place =
    cb_seal_text (&test->book->keys->book, "copy.place", id, "/nowhere/at-all");
  g_autoptr (CbStmt) copy = cb_db_prepare (test->book->db, SQL_ADD_COPY);
  g_autoptr (CbStmt) silent = cb_db_prepare (test->book->db, SQL_ADD_SILENT);

  cb_stmt_bind_text (copy, 1, id);
  cb_stmt_bind_text (copy, 2, customer);
  cb_stmt_bind_bytes (copy, 3, place);
  cb_stmt_bind_text (copy, 4, cb_staff_get_id (test->admin));
  cb_stmt_bind_int (copy, 5, CB_TEST_MORNING_US);
  g_assert_true (cb_stmt_run (copy, NULL));
  cb_stmt_bind_text (silent, 1, customer);
  cb_stmt_bind_int (silent, 2, CB_TEST_MORNING_US);
  g_assert_true (cb_stmt_run (silent, NULL));
  g_assert_true (cb_book_get_customer_key (test->book, customer, &key, NULL));
  g_assert_true (cb_book_add_card_numbers (test->book, &key, customer, numbers, NULL));
  add_care (test, customer);
}

/* One that a manager sent back and its author put right; and words that were taken out of one which
 * has ended since. */
static void
add_reviews (CbTestBook *test, const char *customer)
{
  static const char SQL_ADD_REDACTION[] =
    "INSERT INTO redaction (note, redacted_us, origin) VALUES (?1, ?2, 'here')";
  g_autoptr (CbStmt) redaction = cb_db_prepare (test->book->db, SQL_ADD_REDACTION);
  g_autoptr (CbNoteDraft) draft = cb_note_draft_new ();
  g_autoptr (CbReviewDraft) returned =
    cb_review_draft_new (CB_REVIEW_RETURNED, CB_REVIEW_REASON_OPINION);
  g_autoptr (CbNote) note = NULL;
  g_autoptr (CbNote) corrected = NULL;
  g_autofree char *gone = cb_id_new ();
  g_autoptr (GError) error = NULL;
  const char *id;

  draft->text = g_strdup ("quiet, seems tired");
  draft->provenance = CB_PROVENANCE_OBSERVED;
  note = cb_book_add_note (test->book, test->associate, customer, draft, &error);
  g_assert_no_error (error);
  id = cb_note_get_id (note);
  returned->remark = g_strdup ("what was said is enough");
  g_assert_true (cb_book_review (test->book, test->manager, id, returned, &error));
  g_assert_no_error (error);
  corrected = cb_book_correct_note (test->book, test->associate, id, "quick to choose", &error);
  g_assert_no_error (error);
  g_assert_true (cb_book_review (test->book, test->manager, id, returned, &error));
  g_assert_no_error (error);
  cb_stmt_bind_text (redaction, 1, gone);
  cb_stmt_bind_int (redaction, 2, CB_TEST_MORNING_US);
  g_assert_true (cb_stmt_run (redaction, NULL));
}

static void
add_customer (CbTestBook *test, int i, GPtrArray *customers, GPtrArray *refused)
{
  g_autofree char *email = g_strdup_printf ("zq%d@example.com", i);
  char *customer = cb_test_book_add_customer (test, "Zqgivenly", "Zqfamily", email, NULL);
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (customers, customer);
  for (int n = 0; n < 3; n++)
    {
      g_autofree char *text = g_strnfill (n == 2 && i % 8 == 0 ? 2700 : 40, 'q');
      g_autoptr (CbNote) note = cb_test_book_add_note (test, customer, NULL, text);
    }
  cb_test_book_answer (test, customer, "shop", CB_CHANNEL_NONE, CB_ANSWER_YES, CB_METHOD_TAPPED);
  cb_clock_advance (test->clock, CB_US_PER_SECOND);
  if (i % 3 == 0)
    {
      g_assert_true (
        cb_book_withdraw (test->book, test->associate, customer, "shop", CB_CHANNEL_NONE, &error));
      g_ptr_array_add (refused, customer);
    }
  if (i % 4 == 0)
    add_matters (test, customer);
  if (i % 5 == 1)
    add_unanswered (test, customer);
}

void
cb_test_fill_everything (CbTestBook *test, int n, GPtrArray *customers, GPtrArray *refused)
{
  g_autofree char *gone = cb_test_book_add_customer (test, "Zqgone", "Zqfamily", NULL, NULL);
  g_autofree char *sold = NULL;
  g_autoptr (GError) error = NULL;

  for (int i = 0; i < n; i++)
    add_customer (test, i, customers, refused);
  add_by_hand (test, g_ptr_array_index (customers, 1));
  hear_withdrawal (test, g_ptr_array_index (customers, 1));
  add_reviews (test, g_ptr_array_index (customers, 1));
  take_in (test,
           "First Name,Last Name,E-mail\nAda,Qold,ada@example.org\nBen,Qold,ben@example.org\n",
           open_book_of_old);
  take_in (test, "Email\nnobody@example.org\nzq2@example.com\n", open_opt_outs);
  take_in (test, "sku,name,colour,size\nA1,Alder boot,brown,41\nA2,Fell loafer,,\n",
           cb_import_open_catalogue);
  sold =
    g_strdup ("customer email,sku,quantity,date,receipt\nzq1@example.com,A1,1,2026-02-01,77\n");
  take_in (test, sold, cb_import_open_purchases);
  g_assert_true (cb_book_erase (test->book, test->manager, gone, CB_ERASE_REQUEST, &error));
  g_assert_no_error (error);
}
