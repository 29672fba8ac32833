/* SPDX-License-Identifier: Apache-2.0 */

/* Days that matter: those that come back without a year, events that end by themselves with their
 * steps, and that neither goes anywhere. */

#define G_LOG_DOMAIN "Counterbook"

#include "base/cb-error.h"
#include "cb-test-book.h"

#define DAY CB_US_PER_DAY

/* The book's first day is 2026-03-02. */
static CbOccasionDraft *
new_draft (const char *text, int year, int month, int day)
{
  CbOccasionDraft *draft = cb_occasion_draft_new ();

  draft->kind = year == 0 ? CB_OCCASION_YEARLY : CB_OCCASION_EVENT;
  draft->text = g_strdup (text);
  draft->year = year;
  draft->month = month;
  draft->day = day;
  return draft;
}

static void
add_step (CbOccasionDraft *draft, const char *text, int year, int month, int day)
{
  g_ptr_array_add (draft->steps,
                   cb_occasion_step_new (NULL, text, cb_clock_date_end_us (year, month, day), 0));
}

/* Takes the draft. */
static CbOccasion *
add (CbTestBook *test, const char *customer, CbOccasionDraft *draft)
{
  g_autoptr (GError) error = NULL;
  CbOccasion *occasion =
    cb_book_add_occasion (test->book, test->associate, customer, draft, &error);

  g_assert_no_error (error);
  cb_occasion_draft_free (draft);
  return occasion;
}

static GPtrArray *
list (CbTestBook *test, guint days)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *found = cb_book_list_occasions (test->book, test->associate, days, 100, &error);

  g_assert_no_error (error);
  return found;
}

static CbOccasion *
show (CbTestBook *test, const char *customer, const char *id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CbDossier) dossier =
    cb_book_load_dossier (test->book, test->associate, customer, &error);
  GPtrArray *occasions;

  g_assert_no_error (error);
  occasions = cb_dossier_get_occasions (dossier);
  for (guint i = 0; i < occasions->len; i++)
    {
      CbOccasion *one = g_ptr_array_index (occasions, i);

      if (g_str_equal (cb_occasion_get_fields (one)->id, id))
        return g_object_ref (one);
    }
  return NULL;
}

static CbOccasionDraft *
wedding (void)
{
  CbOccasionDraft *draft = new_draft ("sister's wedding", 2026, 6, 13);

  add_step (draft, "fitting", 2026, 5, 2);
  add_step (draft, "collect", 2026, 6, 10);
  return draft;
}

static void
test_event_ends_by_itself (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autoptr (CbOccasion) event = NULL;
  g_autoptr (CbOccasion) agreed = NULL;
  g_autoptr (CbOccasion) gone = NULL;
  const char *id;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  event = add (&test, customer, wedding ());
  id = cb_occasion_get_fields (event)->id;
  g_assert_cmpint (cb_occasion_get_fields (event)->life, ==, CB_LIFE_UNASKED);
  g_assert_cmpint (cb_occasion_get_fields (event)->ends_us, ==,
                   cb_clock_day_end_us (CB_TEST_MORNING_US, 7));
  /* Agreed for two years, and yet over 30 days after its day. */
  cb_test_book_answer (&test, customer, "shop", CB_CHANNEL_NONE, CB_ANSWER_YES, CB_METHOD_TAPPED);
  agreed = show (&test, customer, id);
  g_assert_cmpint (cb_occasion_get_fields (agreed)->life, ==, CB_LIFE_AGREED);
  g_assert_cmpint (cb_occasion_get_fields (agreed)->ends_us, ==,
                   cb_clock_date_end_us (2026, 7, 13));
  g_assert_cmpuint (cb_occasion_get_fields (agreed)->steps->len, ==, 2);
  g_assert_cmpint (cb_test_book_state (&test, "occasion", id), ==, CB_DELIVERY_LOCAL);
  cb_clock_advance (test.clock,
                    cb_clock_date_end_us (2026, 7, 12) - cb_clock_get_now_us (test.clock));
  cb_test_book_answer (&test, customer, "shop", CB_CHANNEL_NONE, CB_ANSWER_YES, CB_METHOD_TAPPED);
  g_assert_cmpint (cb_book_run_retention (test.book, NULL), ==, 0);
  cb_clock_advance (test.clock,
                    cb_clock_date_end_us (2026, 7, 13) - cb_clock_get_now_us (test.clock));
  gone = show (&test, customer, id);
  g_assert_null (gone);
  g_assert_cmpint (cb_book_run_retention (test.book, NULL), ==, 1);
  cb_test_book_tear_down (&test);
}

static void
test_no_ends_it_tonight (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autoptr (CbOccasion) event = NULL;
  g_autoptr (CbOccasion) after = NULL;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  event = add (&test, customer, wedding ());
  cb_test_book_answer (&test, customer, "shop", CB_CHANNEL_NONE, CB_ANSWER_NO, CB_METHOD_TAPPED);
  after = show (&test, customer, cb_occasion_get_fields (event)->id);
  g_assert_cmpint (cb_occasion_get_fields (after)->life, ==, CB_LIFE_TONIGHT);
  g_assert_cmpint (cb_occasion_get_fields (after)->ends_us, ==,
                   cb_clock_day_end_us (CB_TEST_MORNING_US, 0));
  cb_test_book_tear_down (&test);
}

static void
test_yearly_has_no_year (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autofree char *date = NULL;
  g_autoptr (CbOccasion) birthday = NULL;
  g_autoptr (CbOccasion) leap = NULL;
  g_autoptr (CbOccasion) confirmed = NULL;
  g_autoptr (GError) error = NULL;
  gint64 now_us = CB_TEST_MORNING_US;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  cb_test_book_answer (&test, customer, "shop", CB_CHANNEL_NONE, CB_ANSWER_YES, CB_METHOD_TAPPED);
  birthday = add (&test, customer, new_draft ("birthday", 0, 3, 2));
  date = cb_occasion_dup_date (birthday);
  g_assert_cmpstr (date, ==, "03-02");
  /* Today counts, tomorrow it is next year's. */
  g_assert_cmpint (cb_occasion_get_next_us (birthday, now_us), ==,
                   cb_clock_date_end_us (2026, 3, 2));
  g_assert_cmpint (cb_occasion_get_next_us (birthday, now_us + DAY), ==,
                   cb_clock_date_end_us (2027, 3, 2));
  leap = add (&test, customer, new_draft ("birthday", 0, 2, 29));
  g_assert_cmpint (cb_occasion_get_next_us (leap, now_us), ==, cb_clock_date_end_us (2027, 2, 28));
  g_assert_cmpint (cb_occasion_get_next_us (leap, cb_clock_date_end_us (2027, 12, 31)), ==,
                   cb_clock_date_end_us (2028, 2, 29));
  g_assert_cmpint (cb_occasion_get_fields (birthday)->fades_us, ==,
                   cb_clock_day_end_us (now_us, 365));
  cb_clock_advance (test.clock, 300 * DAY);
  confirmed = cb_book_confirm_occasion (test.book, test.associate,
                                        cb_occasion_get_fields (birthday)->id, &error);
  g_assert_no_error (error);
  g_assert_cmpint (cb_occasion_get_fields (confirmed)->fades_us, ==,
                   cb_clock_day_end_us (now_us, 665));
  cb_test_book_tear_down (&test);
}

static void
test_steps_are_done_and_undone (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autoptr (CbOccasion) event = NULL;
  g_autoptr (CbOccasion) done = NULL;
  g_autoptr (CbOccasion) again = NULL;
  g_autoptr (CbOccasion) undone = NULL;
  g_autoptr (GError) error = NULL;
  const CbOccasionStep *step;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  event = add (&test, customer, wedding ());
  step = g_ptr_array_index (cb_occasion_get_fields (event)->steps, 0);
  g_assert_cmpstr (step->text, ==, "fitting");
  g_assert_cmpint (step->done_us, ==, 0);
  done = cb_book_do_step (test.book, test.associate, step->id, TRUE, &error);
  g_assert_no_error (error);
  cb_clock_advance (test.clock, DAY);
  again = cb_book_do_step (test.book, test.associate, step->id, TRUE, &error);
  g_assert_cmpint (
    ((CbOccasionStep *) g_ptr_array_index (cb_occasion_get_fields (again)->steps, 0))->done_us, ==,
    CB_TEST_MORNING_US);
  undone = cb_book_do_step (test.book, test.associate, step->id, FALSE, &error);
  g_assert_cmpint (
    ((CbOccasionStep *) g_ptr_array_index (cb_occasion_get_fields (undone)->steps, 0))->done_us, ==,
    0);
  g_assert_null (cb_book_do_step (test.book, test.associate, customer, TRUE, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_NOT_FOUND);
  cb_test_book_tear_down (&test);
}

static void
assert_listed (CbTestBook *test, guint days, const char *text)
{
  g_autoptr (GPtrArray) found = list (test, days);
  g_autoptr (GString) texts = g_string_new (NULL);

  for (guint i = 0; i < found->len; i++)
    g_string_append_printf (texts, "%s%s", i > 0 ? ", " : "",
                            cb_occasion_get_fields (g_ptr_array_index (found, i))->text);
  g_assert_cmpstr (texts->str, ==, text);
}

static void
test_what_is_coming (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autoptr (CbOccasion) event = NULL;
  g_autoptr (CbOccasion) birthday = NULL;
  g_autoptr (GError) error = NULL;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  cb_test_book_answer (&test, customer, "shop", CB_CHANNEL_NONE, CB_ANSWER_YES, CB_METHOD_TAPPED);
  event = add (&test, customer, wedding ());
  birthday = add (&test, customer, new_draft ("birthday", 0, 4, 1));
  assert_listed (&test, 7, "");
  assert_listed (&test, 30, "birthday");
  assert_listed (&test, 61, "birthday, sister's wedding");
  /* The fitting is overdue: it is looked at first. */
  cb_clock_advance (test.clock,
                    cb_clock_date_end_us (2026, 5, 10) - cb_clock_get_now_us (test.clock));
  assert_listed (&test, 1, "sister's wedding");
  /* Over is over, whatever was left undone. */
  cb_clock_advance (test.clock,
                    cb_clock_date_end_us (2026, 6, 13) - cb_clock_get_now_us (test.clock));
  assert_listed (&test, 365, "birthday");
  g_assert_null (cb_book_list_occasions (test.book, test.privacy, 10, 10, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_FORBIDDEN);
  cb_test_book_tear_down (&test);
}

/* Takes the draft. */
static void
refuse (CbTestBook *test, const char *customer, CbOccasionDraft *draft)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (cb_book_add_occasion (test->book, test->associate, customer, draft, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID);
  cb_occasion_draft_free (draft);
}

static void
test_wrong_ones_are_not_taken (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  CbOccasionDraft *draft;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  refuse (&test, customer, new_draft ("", 0, 5, 17));
  refuse (&test, customer, new_draft ("no such day", 0, 2, 30));
  refuse (&test, customer, new_draft ("no such month", 0, 13, 1));
  refuse (&test, customer, new_draft ("no such day", 2027, 2, 29));
  refuse (&test, customer, new_draft ("over", 2026, 3, 1));
  refuse (&test, customer, new_draft ("too far", 2033, 3, 1));
  draft = new_draft ("the year they were born", 1961, 5, 17);
  draft->kind = CB_OCCASION_YEARLY;
  refuse (&test, customer, draft);
  draft = new_draft ("birthday with a step", 0, 5, 17);
  add_step (draft, "cake", 2026, 5, 16);
  refuse (&test, customer, draft);
  draft = new_draft ("step behind it", 2026, 5, 17);
  add_step (draft, "too late", 2026, 5, 18);
  refuse (&test, customer, draft);
  cb_test_book_tear_down (&test);
}

static void
test_sealed_and_erased (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  CbOccasionDraft *draft = new_draft ("zqwedding", 2026, 6, 13);
  g_autoptr (CbOccasion) event = NULL;
  g_autoptr (CbOccasion) other = NULL;
  g_autoptr (GPtrArray) left = NULL;
  g_autoptr (GError) error = NULL;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  add_step (draft, "zqfitting", 2026, 5, 2);
  draft->for_role = g_strdup ("zqsister");
  event = add (&test, customer, draft);
  g_assert_cmpstr (cb_occasion_get_fields (event)->for_role, ==, "zqsister");
  g_assert_cmpuint (cb_test_count_files_with (test.root, "zqwedding"), ==, 0);
  g_assert_cmpuint (cb_test_count_files_with (test.root, "zqfitting"), ==, 0);
  g_assert_cmpuint (cb_test_count_files_with (test.root, "zqsister"), ==, 0);
  /* One may go alone, and with its steps. */
  other = add (&test, customer, wedding ());
  g_assert_true (cb_book_remove_occasion (test.book, test.associate,
                                          cb_occasion_get_fields (other)->id, &error));
  g_assert_no_error (error);
  g_assert_true (cb_book_erase (test.book, test.manager, customer, CB_ERASE_REQUEST, &error));
  left = list (&test, 3650);
  g_assert_cmpuint (left->len, ==, 0);
  cb_test_book_tear_down (&test);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/occasions/event/ends-by-itself", test_event_ends_by_itself);
  g_test_add_func ("/occasions/event/a-no-ends-it-tonight", test_no_ends_it_tonight);
  g_test_add_func ("/occasions/yearly/has-no-year", test_yearly_has_no_year);
  g_test_add_func ("/occasions/steps/are-done-and-undone", test_steps_are_done_and_undone);
  g_test_add_func ("/occasions/coming/by-the-day-to-look", test_what_is_coming);
  g_test_add_func ("/occasions/wrong/is-not-taken", test_wrong_ones_are_not_taken);
  g_test_add_func ("/occasions/sealed/and-erased", test_sealed_and_erased);
  return g_test_run ();
}
