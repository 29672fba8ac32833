/* SPDX-License-Identifier: Apache-2.0 */

/* What was begun and not saved: kept through a kill, sealed, its author's alone, and gone in time.
 */

#define G_LOG_DOMAIN "Counterbook"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cb-error.h"
#include "cb-test-book.h"
#include "db/cb-db.h"

#define CANARY "velours-cramoisi-4711"
#define OTHER_CANARY "Wilhelmsdottir-4712"
#define DAY CB_US_PER_DAY

/* --- short ways --- */

static CbUnsaved *
new_note (const char *text)
{
  CbNoteDraft *draft = cb_note_draft_new ();

  draft->text = g_strdup (text);
  return cb_unsaved_new_note (draft);
}

static void
keep_as (CbTestBook *test, CbStaff *author, const char *customer, CbUnsaved *taken)
{
  g_autoptr (CbUnsaved) unsaved = taken;
  g_autoptr (GError) error = NULL;

  g_assert_true (cb_book_keep_draft (test->book, author, customer, unsaved, &error));
  g_assert_no_error (error);
}

static void
keep (CbTestBook *test, const char *customer, CbUnsaved *taken)
{
  keep_as (test, test->associate, customer, taken);
}

static GPtrArray *
list (CbTestBook *test, CbStaff *author, const char *customer)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *drafts = cb_book_list_drafts (test->book, author, customer, &error);

  g_assert_no_error (error);
  return drafts;
}

static guint
count (CbTestBook *test, CbStaff *author, const char *customer)
{
  g_autoptr (GPtrArray) drafts = list (test, author, customer);

  return drafts->len;
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
count_rows (CbTestBook *test, const char *sql)
{
  g_autofree char *path = g_build_filename (test->home, "counterbook.db", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (CbDb) db = cb_db_open (path, FALSE, test->clock, &error);
  gint64 n_rows;

  g_assert_no_error (error);
  {
    g_autoptr (CbStmt) stmt = cb_db_prepare (db, sql);

    g_assert_true (cb_stmt_next (stmt, &error));
    n_rows = cb_stmt_int (stmt, 0);
  }
  return n_rows;
}

#define SQL_COUNT_DRAFTS "SELECT count(*) FROM draft"

/* --- kept --- */

static CbUnsaved *
new_full_note (void)
{
  CbNoteDraft *draft = cb_note_draft_new ();

  draft->text = g_strdup ("Für die Nachbarin 太田 \"zitiert\" \\ \t\n<b>&amp;</b>");
  draft->for_role = g_strdup ("neighbour");
  draft->purpose = g_strdup ("everywhere");
  draft->visit = CB_VISIT_REPAIR;
  draft->intent = CB_INTENT_TELL_ME;
  draft->discretion = CB_DISCRETION_PRIVATE;
  draft->provenance = CB_PROVENANCE_OBSERVED;
  return cb_unsaved_new_note (draft);
}

static void
assert_full_note (const CbUnsaved *unsaved)
{
  g_autoptr (CbUnsaved) expected = new_full_note ();

  g_assert_nonnull (unsaved->note);
  g_assert_cmpstr (unsaved->note->text, ==, expected->note->text);
  g_assert_cmpstr (unsaved->note->for_role, ==, expected->note->for_role);
  g_assert_cmpstr (unsaved->note->purpose, ==, expected->note->purpose);
  g_assert_cmpint (unsaved->note->visit, ==, expected->note->visit);
  g_assert_cmpint (unsaved->note->intent, ==, expected->note->intent);
  g_assert_cmpint (unsaved->note->discretion, ==, expected->note->discretion);
  g_assert_cmpint (unsaved->note->provenance, ==, expected->note->provenance);
}

static CbUnsaved *
new_preference (const char *id, const char *value)
{
  CbPreferenceDraft *draft = cb_preference_draft_new ();

  draft->id = g_strdup (id);
  draft->value = g_strdup (value);
  draft->maker = g_strdup ("Alder");
  draft->facet = CB_FACET_COLOUR;
  draft->polarity = CB_POLARITY_NEVER;
  return cb_unsaved_new_preference (draft);
}

static CbUnsaved *
new_form (const char *given)
{
  const char *phones[] = { "0770", "  ", NULL };
  CbCustomerDraft *draft = cb_customer_draft_new ();

  draft->given = g_strdup (given);
  draft->phones = g_strdupv ((char **) phones);
  return cb_unsaved_new_customer (draft);
}

static void
test_found_again (void)
{
  CbTestBook test = { 0 };
  g_autofree char *mara = NULL;
  g_autoptr (GPtrArray) of_mara = NULL;
  g_autoptr (GPtrArray) of_nobody = NULL;
  const CbUnsaved *second;
  const CbUnsaved *form;

  cb_test_book_set_up (&test);
  mara = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  keep (&test, mara, new_note ("a beginning"));
  keep (&test, mara, new_full_note ());
  cb_clock_advance (test.clock, CB_US_PER_SECOND);
  keep (&test, mara, new_preference (NULL, "na"));
  cb_clock_advance (test.clock, CB_US_PER_SECOND);
  keep (&test, mara, new_preference ("11111111-1111-4111-8111-111111111111", ""));
  keep (&test, NULL, new_form ("Nob"));
  cb_test_book_reopen (&test);

  of_mara = list (&test, test.associate, mara);
  g_assert_cmpuint (of_mara->len, ==, 3);
  assert_full_note (g_ptr_array_index (of_mara, 0));
  second = g_ptr_array_index (of_mara, 1);
  g_assert_null (second->preference->id);
  g_assert_cmpstr (second->preference->value, ==, "na");
  g_assert_cmpint (second->preference->polarity, ==, CB_POLARITY_NEVER);
  of_nobody = list (&test, test.associate, NULL);
  g_assert_cmpuint (of_nobody->len, ==, 1);
  form = g_ptr_array_index (of_nobody, 0);
  g_assert_cmpstr (form->customer->given, ==, "Nob");
  g_assert_cmpstr (form->customer->phones[1], ==, "  ");
  g_assert_null (form->customer->phones[2]);
  cb_test_book_tear_down (&test);
}

static void
test_theirs_alone (void)
{
  CbTestBook test = { 0 };
  g_autofree char *mara = NULL;
  g_autofree char *nuria = NULL;
  g_autofree char *sql = NULL;
  g_autofree char *swap = NULL;

  cb_test_book_set_up (&test);
  mara = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  nuria = cb_test_book_add_customer (&test, "Nuria", "Testperson", NULL, NULL);
  keep (&test, mara, new_note ("navy"));
  g_assert_cmpuint (count (&test, test.associate, mara), ==, 1);
  g_assert_cmpuint (count (&test, test.other, mara), ==, 0);
  g_assert_cmpuint (count (&test, test.manager, mara), ==, 0);
  g_assert_cmpuint (count (&test, test.associate, nuria), ==, 0);
  g_assert_cmpuint (count (&test, test.associate, NULL), ==, 0);

  /* Put under another's name in the file, it opens for neither. */
  sql = g_strdup_printf ("UPDATE draft SET author = '%s', place = replace (place, '%s', '%s')",
                         cb_staff_get_id (test.other), cb_staff_get_id (test.associate),
                         cb_staff_get_id (test.other));
  run_sql (&test, sql);
  g_assert_cmpuint (count (&test, test.other, mara), ==, 0);
  g_assert_cmpuint (count (&test, test.associate, mara), ==, 0);
  keep (&test, mara, new_note ("navy"));
  swap = g_strdup_printf ("UPDATE draft SET customer = '%s', place = replace (place, '%s', '%s')",
                          nuria, mara, nuria);
  run_sql (&test, swap);
  g_assert_cmpuint (count (&test, test.associate, nuria), ==, 0);
  cb_test_book_tear_down (&test);
}

static void
test_roles (void)
{
  CbTestBook test = { 0 };
  g_autofree char *mara = NULL;
  g_autoptr (CbUnsaved) unsaved = new_note ("navy");

  cb_test_book_set_up (&test);
  mara = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  {
    CbStaff *actors[] = { test.privacy, test.admin, NULL };

    for (guint i = 0; i < G_N_ELEMENTS (actors); i++)
      {
        g_autoptr (GError) kept = NULL;
        g_autoptr (GError) listed = NULL;

        g_assert_false (cb_book_keep_draft (test.book, actors[i], mara, unsaved, &kept));
        g_assert_error (kept, CB_STORE_ERROR, CB_STORE_ERROR_FORBIDDEN);
        g_assert_null (cb_book_list_drafts (test.book, actors[i], mara, &listed));
        g_assert_error (listed, CB_STORE_ERROR, CB_STORE_ERROR_FORBIDDEN);
      }
  }
  cb_test_book_tear_down (&test);
}

static void
test_wrong (void)
{
  CbTestBook test = { 0 };
  g_autofree char *mara = NULL;
  g_autofree char *long_text = g_strnfill (CB_UNSAVED_MAX, 'a');
  g_autoptr (CbUnsaved) unsaved = new_note ("navy");
  g_autoptr (CbUnsaved) endless = new_note (long_text);
  g_autoptr (GError) error = NULL;

  cb_test_book_set_up (&test);
  mara = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  g_assert_false (cb_book_keep_draft (test.book, test.associate, NULL, unsaved, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (cb_book_keep_draft (test.book, test.associate, "nobody", unsaved, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (cb_book_keep_draft (test.book, test.associate, mara, endless, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID);
  /* Too long for a note is not too long for a draft of one. */
  endless->note->text[CB_NOTE_MAX + 100] = '\0';
  keep (&test, mara, g_steal_pointer (&endless));
  cb_test_book_tear_down (&test);
}

/* --- gone --- */

static void
add_note (CbTestBook *test, const char *customer, gboolean ends_draft)
{
  g_autoptr (CbNoteDraft) draft = cb_note_draft_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (CbNote) note = NULL;

  draft->text = g_strdup ("navy");
  draft->ends_draft = ends_draft;
  note = cb_book_add_note (test->book, test->associate, customer, draft, &error);
  g_assert_no_error (error);
}

static void
add_customer (CbTestBook *test)
{
  g_autoptr (CbCustomerDraft) draft = cb_customer_draft_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;

  draft->given = g_strdup ("Nobody");
  draft->ends_draft = TRUE;
  id = cb_book_add_customer (test->book, test->associate, draft, &error);
  g_assert_no_error (error);
}

static char *
set_preference (CbTestBook *test, const char *customer, const char *id, const char *value)
{
  g_autoptr (CbPreferenceDraft) draft = cb_preference_draft_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (CbPreference) saved = NULL;

  draft->id = g_strdup (id);
  draft->value = g_strdup (value);
  draft->ends_draft = TRUE;
  saved = cb_book_set_preference (test->book, test->associate, customer, draft, &error);
  g_assert_no_error (error);
  return g_strdup (cb_preference_get_id (saved));
}

static void
test_saved (void)
{
  CbTestBook test = { 0 };
  g_autofree char *mara = NULL;
  g_autofree char *id = NULL;
  g_autofree char *same = NULL;

  cb_test_book_set_up (&test);
  mara = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  keep (&test, mara, new_note ("nav"));
  keep_as (&test, test.other, mara, new_note ("another's"));
  /* Another program's note in their name is not the one in their composer. */
  add_note (&test, mara, FALSE);
  g_assert_cmpuint (count (&test, test.associate, mara), ==, 1);
  add_note (&test, mara, TRUE);
  g_assert_cmpuint (count (&test, test.associate, mara), ==, 0);
  g_assert_cmpuint (count (&test, test.other, mara), ==, 1);

  keep (&test, mara, new_preference (NULL, "na"));
  id = set_preference (&test, mara, NULL, "navy");
  g_assert_cmpuint (count (&test, test.associate, mara), ==, 0);
  keep (&test, mara, new_preference (NULL, "gr"));
  keep (&test, mara, new_preference (id, "midnigh"));
  same = set_preference (&test, mara, id, "midnight");
  g_assert_cmpstr (same, ==, id);
  g_assert_cmpuint (count (&test, test.associate, mara), ==, 1);

  keep (&test, NULL, new_form ("Nob"));
  add_customer (&test);
  g_assert_cmpuint (count (&test, test.associate, NULL), ==, 0);
  cb_test_book_tear_down (&test);
}

/* A request or promise that was begun comes back as it stood, and saving it ends the draft. */
static void
test_matter (void)
{
  CbTestBook test = { 0 };
  g_autofree char *mara = NULL;
  g_autoptr (GPtrArray) drafts = NULL;
  g_autoptr (CbMatter) saved = NULL;
  g_autoptr (GError) error = NULL;
  CbMatterDraft *draft = cb_matter_draft_new ();
  const CbUnsaved *found;

  cb_test_book_set_up (&test);
  mara = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  draft->kind = CB_MATTER_PROMISE;
  draft->text = g_strdup ("ring about the boot");
  draft->for_role = g_strdup ("daughter");
  draft->due_us = cb_clock_day_end_us (cb_clock_get_now_us (test.clock), 1);
  keep (&test, mara, cb_unsaved_new_matter (draft));
  cb_test_book_reopen (&test);

  drafts = list (&test, test.associate, mara);
  g_assert_cmpuint (drafts->len, ==, 1);
  found = g_ptr_array_index (drafts, 0);
  g_assert_nonnull (found->matter);
  g_assert_cmpint (found->matter->kind, ==, CB_MATTER_PROMISE);
  g_assert_cmpstr (found->matter->text, ==, "ring about the boot");
  g_assert_cmpstr (found->matter->for_role, ==, "daughter");
  g_assert_cmpint (found->matter->due_us, ==,
                   cb_clock_day_end_us (cb_clock_get_now_us (test.clock), 1));
  found->matter->ends_draft = TRUE;
  saved = cb_book_add_request (test.book, test.associate, mara, found->matter, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (count (&test, test.associate, mara), ==, 0);
  cb_test_book_tear_down (&test);
}

/* A day that was begun comes back as it stood, its date as it was typed; saving it ends the draft.
 */
static void
test_occasion (void)
{
  CbTestBook test = { 0 };
  g_autofree char *mara = NULL;
  g_autoptr (GPtrArray) drafts = NULL;
  g_autoptr (CbOccasion) saved = NULL;
  g_autoptr (GError) error = NULL;
  CbOccasionDraft *draft = cb_occasion_draft_new ();
  const CbUnsaved *found;

  cb_test_book_set_up (&test);
  mara = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  draft->kind = CB_OCCASION_EVENT;
  draft->provenance = CB_PROVENANCE_ASKED;
  draft->typed_date = g_strdup ("2027-0");
  draft->for_role = g_strdup ("sister");
  keep (&test, mara, cb_unsaved_new_occasion (draft));
  cb_test_book_reopen (&test);

  drafts = list (&test, test.associate, mara);
  g_assert_cmpuint (drafts->len, ==, 1);
  found = g_ptr_array_index (drafts, 0);
  g_assert_nonnull (found->occasion);
  g_assert_cmpint (found->occasion->kind, ==, CB_OCCASION_EVENT);
  g_assert_cmpint (found->occasion->provenance, ==, CB_PROVENANCE_ASKED);
  g_assert_null (found->occasion->text);
  g_assert_cmpstr (found->occasion->typed_date, ==, "2027-0");
  g_assert_cmpstr (found->occasion->for_role, ==, "sister");
  found->occasion->text = g_strdup ("wedding");
  found->occasion->kind = CB_OCCASION_YEARLY;
  found->occasion->month = 6;
  found->occasion->day = 12;
  found->occasion->ends_draft = TRUE;
  saved = cb_book_add_occasion (test.book, test.associate, mara, found->occasion, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (count (&test, test.associate, mara), ==, 0);
  cb_test_book_tear_down (&test);
}

static void
test_discarded (void)
{
  CbTestBook test = { 0 };
  g_autofree char *mara = NULL;
  g_autoptr (GError) error = NULL;

  cb_test_book_set_up (&test);
  mara = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  keep (&test, mara, new_note ("navy"));
  keep (&test, mara, new_note (""));
  g_assert_cmpint (count_rows (&test, SQL_COUNT_DRAFTS), ==, 0);
  keep (&test, mara, new_note ("navy"));
  g_assert_true (cb_book_drop_draft (test.book, test.associate, mara, "note", &error));
  g_assert_no_error (error);
  g_assert_cmpint (count_rows (&test, SQL_COUNT_DRAFTS), ==, 0);
  cb_test_book_tear_down (&test);
}

static void
run_retention (CbTestBook *test)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (cb_book_run_retention (test->book, &error), >=, 0);
  g_assert_no_error (error);
}

static void
test_ends (void)
{
  CbTestBook test = { 0 };
  g_autofree char *mara = NULL;
  CbUnsaved *for_today = new_note ("only today");

  cb_test_book_set_up (&test);
  mara = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  for_today->note->intent = CB_INTENT_VISIT;
  keep (&test, mara, for_today);
  keep (&test, mara, new_preference (NULL, "navy"));
  g_assert_cmpuint (count (&test, test.associate, mara), ==, 2);
  /* It is not shown when its day is over, whether or not it has been cleared away. */
  cb_clock_advance (test.clock, DAY);
  g_assert_cmpuint (count (&test, test.associate, mara), ==, 1);
  run_retention (&test);
  g_assert_cmpint (count_rows (&test, SQL_COUNT_DRAFTS), ==, 1);
  /* Seven days, as a note nobody was asked about. */
  cb_clock_advance (test.clock, 6 * DAY);
  run_retention (&test);
  g_assert_cmpint (count_rows (&test, SQL_COUNT_DRAFTS), ==, 1);
  cb_clock_advance (test.clock, DAY);
  run_retention (&test);
  g_assert_cmpint (count_rows (&test, SQL_COUNT_DRAFTS), ==, 0);
  cb_test_book_tear_down (&test);
}

static void
test_erased (void)
{
  CbTestBook test = { 0 };
  g_autofree char *mara = NULL;
  g_autofree char *nuria = NULL;
  g_autoptr (GError) error = NULL;

  cb_test_book_set_up (&test);
  mara = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  nuria = cb_test_book_add_customer (&test, "Nuria", "Testperson", NULL, NULL);
  keep (&test, mara, new_note ("navy"));
  keep_as (&test, test.manager, mara, new_preference (NULL, "navy"));
  keep (&test, nuria, new_note ("stays"));
  keep (&test, NULL, new_form ("Nob"));
  g_assert_true (cb_book_erase (test.book, test.manager, mara, CB_ERASE_REQUEST, &error));
  g_assert_no_error (error);
  g_assert_cmpint (count_rows (&test, SQL_COUNT_DRAFTS), ==, 2);
  /* The erasure changed the store key; what stays still opens, also what is nobody's yet. */
  g_assert_cmpuint (count (&test, test.associate, nuria), ==, 1);
  g_assert_cmpuint (count (&test, test.associate, NULL), ==, 1);
  cb_test_book_tear_down (&test);
}

/* --- nowhere else --- */

static void
grow_index (CbTestBook *test)
{
  g_autoptr (GError) error = NULL;
  gboolean more = TRUE;

  g_assert_true (cb_book_start_index (test->book, &error));
  while (more)
    {
      guint done;
      guint total;

      more = cb_book_grow_index (test->book, &done, &total, &error);
    }
  g_assert_no_error (error);
}

static void
test_nowhere_else (void)
{
  CbTestBook test = { 0 };
  g_autofree char *mara = NULL;
  g_autoptr (GPtrArray) sent = NULL;
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (GPtrArray) touched = NULL;
  g_autoptr (GError) error = NULL;
  gint64 n_audit;
  gint64 n_outbox;
  gboolean outbox;

  cb_test_book_set_up (&test);
  mara = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  cb_test_book_answer (&test, mara, "everywhere", CB_CHANNEL_NONE, CB_ANSWER_YES, CB_METHOD_TAPPED);
  g_ptr_array_unref (cb_test_book_push (&test));
  g_ptr_array_unref (cb_book_take_touched (test.book, &outbox));
  n_audit = count_rows (&test, "SELECT count(*) FROM audit");
  n_outbox = count_rows (&test, "SELECT count(*) FROM outbox");
  keep (&test, mara, new_note (CANARY));
  keep (&test, mara, new_preference (NULL, CANARY));
  keep (&test, NULL, new_form (OTHER_CANARY));

  touched = cb_book_take_touched (test.book, &outbox);
  g_assert_cmpuint (touched->len, ==, 0);
  g_assert_false (outbox);
  g_assert_cmpint (count_rows (&test, "SELECT count(*) FROM audit"), ==, n_audit);
  g_assert_cmpint (count_rows (&test, "SELECT count(*) FROM outbox"), ==, n_outbox);
  sent = cb_test_book_push (&test);
  g_assert_cmpuint (sent->len, ==, 0);
  grow_index (&test);
  found = cb_book_find (test.book, test.manager, "velours", 20, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (found->len, ==, 0);

  g_assert_cmpuint (cb_test_count_files_with (test.root, CANARY), ==, 0);
  g_assert_cmpuint (cb_test_count_files_with (test.root, OTHER_CANARY), ==, 0);
  cb_book_lock (test.book);
  g_assert_cmpuint (cb_test_count_files_with (test.root, CANARY), ==, 0);
  g_assert_cmpuint (cb_test_count_files_with (test.root, OTHER_CANARY), ==, 0);
  cb_test_book_tear_down (&test);
}

/* --- killed --- */

/* Another process: opens the store, keeps a draft, says so and holds on. */
static int
hold (const char *home, const char *state_root, const char *customer)
{
  g_autoptr (CbClock) clock = cb_clock_new_manual (CB_TEST_MORNING_US);
  g_autoptr (GError) error = NULL;
  g_autoptr (CbBook) book = cb_book_open (home, state_root, clock, &error);
  g_autoptr (CbStaff) author = NULL;
  g_autoptr (CbUnsaved) unsaved = new_full_note ();

  g_assert_no_error (error);
  author = cb_book_find_staff (book, "Test Associate", &error);
  g_assert_no_error (error);
  g_assert_true (cb_book_keep_draft (book, author, customer, unsaved, &error));
  g_assert_no_error (error);
  puts ("kept");
  fflush (stdout);
  pause ();
  return 1;
}

static char *program;

static void
test_killed (void)
{
  CbTestBook test = { 0 };
  g_autofree char *mara = NULL;
  g_autoptr (GSubprocess) other = NULL;
  g_autoptr (GDataInputStream) out = NULL;
  g_autofree char *line = NULL;
  g_autoptr (GPtrArray) drafts = NULL;
  g_autoptr (GError) error = NULL;

  cb_test_book_set_up (&test);
  mara = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  g_assert_finalize_object (test.book);
  other = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, program, "--hold", test.home,
                            test.state_root, mara, NULL);
  g_assert_no_error (error);
  out = g_data_input_stream_new (g_subprocess_get_stdout_pipe (other));
  line = g_data_input_stream_read_line (out, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (line, ==, "kept");
  g_subprocess_force_exit (other);
  g_subprocess_wait (other, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_subprocess_get_term_sig (other), ==, SIGKILL);

  test.book = cb_book_open (test.home, test.state_root, test.clock, &error);
  g_assert_no_error (error);
  drafts = list (&test, test.associate, mara);
  g_assert_cmpuint (drafts->len, ==, 1);
  assert_full_note (g_ptr_array_index (drafts, 0));
  cb_test_book_tear_down (&test);
}

int
main (int argc, char **argv)
{
  if (argc == 5 && strcmp (argv[1], "--hold") == 0)
    return hold (argv[2], argv[3], argv[4]);

  program = argv[0];
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/drafts/are-found-again-as-they-were", test_found_again);
  g_test_add_func ("/drafts/belong-to-one-author-and-one-customer", test_theirs_alone);
  g_test_add_func ("/drafts/are-for-those-who-may-write", test_roles);
  g_test_add_func ("/drafts/of-nobody-and-without-end-are-refused", test_wrong);
  g_test_add_func ("/drafts/end-with-being-saved", test_saved);
  g_test_add_func ("/drafts/of-a-promise", test_matter);
  g_test_add_func ("/drafts/of-a-day-that-matters", test_occasion);
  g_test_add_func ("/drafts/end-with-being-emptied", test_discarded);
  g_test_add_func ("/drafts/end-as-a-note-nobody-was-asked-about", test_ends);
  g_test_add_func ("/drafts/go-with-their-customer", test_erased);
  g_test_add_func ("/drafts/are-sealed-and-nowhere-else", test_nowhere_else);
  g_test_add_func ("/drafts/outlive-a-kill", test_killed);
  return g_test_run ();
}
