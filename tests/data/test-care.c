/* SPDX-License-Identifier: Apache-2.0 */

/* What customers would like in return, what helped them, how they were contacted, where they
 * belong, and tastes that fade. */

#define G_LOG_DOMAIN "Counterbook"

#include "base/cb-error.h"
#include "base/cb-id.h"
#include "cb-test-book.h"

#define DAY CB_US_PER_DAY

static CbDossier *
load (CbTestBook *test, const char *customer)
{
  g_autoptr (GError) error = NULL;
  CbDossier *dossier = cb_book_load_dossier (test->book, test->associate, customer, &error);

  g_assert_no_error (error);
  return dossier;
}

static void
test_wish (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autoptr (CbWish) wish = NULL;
  g_autoptr (CbDossier) kept = NULL;
  g_autoptr (CbDossier) gone = NULL;
  g_autoptr (GError) error = NULL;
  const CbWishFields *fields;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  g_assert_null (cb_book_add_wish (test.book, test.associate, customer, " ", &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID);
  g_clear_error (&error);
  wish = cb_book_add_wish (test.book, test.associate, customer, "zqquiet hours", &error);
  g_assert_no_error (error);
  g_assert_cmpint (cb_wish_get_fields (wish)->life, ==, CB_LIFE_UNASKED);
  cb_test_book_answer (&test, customer, "shop", CB_CHANNEL_NONE, CB_ANSWER_YES, CB_METHOD_TAPPED);
  kept = load (&test, customer);
  fields = cb_wish_get_fields (g_ptr_array_index (cb_dossier_get_wishes (kept), 0));
  g_assert_cmpstr (fields->text, ==, "zqquiet hours");
  g_assert_cmpint (fields->life, ==, CB_LIFE_AGREED);
  g_assert_cmpuint (cb_test_count_files_with (test.root, "zqquiet"), ==, 0);
  g_assert_true (cb_book_remove_wish (test.book, test.associate, fields->id, &error));
  g_assert_no_error (error);
  gone = load (&test, customer);
  g_assert_cmpuint (cb_dossier_get_wishes (gone)->len, ==, 0);
  g_assert_false (cb_book_remove_wish (test.book, test.associate, fields->id, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_NOT_FOUND);
  cb_test_book_tear_down (&test);
}

static void
test_wish_ends (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autoptr (CbWish) wish = NULL;
  g_autoptr (GError) error = NULL;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  wish = cb_book_add_wish (test.book, test.associate, customer, "quiet hours", &error);
  g_assert_no_error (error);
  cb_test_book_answer (&test, customer, "shop", CB_CHANNEL_NONE, CB_ANSWER_NO, CB_METHOD_TAPPED);
  cb_clock_advance (test.clock, cb_clock_day_end_us (CB_TEST_MORNING_US, 0) - CB_TEST_MORNING_US);
  g_assert_cmpint (cb_book_run_retention (test.book, NULL), ==, 1);
  cb_test_book_tear_down (&test);
}

static void
test_used (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autofree char *nobody = cb_id_new ();
  g_autoptr (CbNote) helped = NULL;
  g_autoptr (CbNote) never = NULL;
  g_autoptr (CbDossier) dossier = NULL;
  g_autoptr (GPtrArray) unused = NULL;
  g_autoptr (GError) error = NULL;
  const CbUsed *used;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  cb_test_book_answer (&test, customer, "shop", CB_CHANNEL_NONE, CB_ANSWER_YES, CB_METHOD_TAPPED);
  helped = cb_test_book_add_note (&test, customer, NULL, "navy");
  never = cb_test_book_add_note (&test, customer, NULL, "loyal");
  for (guint i = 0; i < 2; i++)
    {
      g_assert_true (cb_book_mark_used (test.book, test.other, cb_note_get_id (helped), &error));
      g_assert_no_error (error);
    }
  g_assert_false (cb_book_mark_used (test.book, test.associate, nobody, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  dossier = load (&test, customer);
  g_assert_cmpuint (cb_dossier_get_used (dossier)->len, ==, 1);
  used = g_ptr_array_index (cb_dossier_get_used (dossier), 0);
  g_assert_cmpstr (used->record, ==, cb_note_get_id (helped));
  g_assert_cmpuint (used->n, ==, 2);
  unused = cb_book_list_unused (test.book, test.manager, 180, 10, &error);
  g_assert_cmpuint (unused->len, ==, 0);
  g_clear_pointer (&unused, g_ptr_array_unref);
  cb_clock_advance (test.clock, 181 * DAY);
  unused = cb_book_list_unused (test.book, test.manager, 180, 10, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (unused->len, ==, 1);
  used = g_ptr_array_index (unused, 0);
  g_assert_cmpstr (used->record, ==, cb_note_get_id (never));
  g_assert_null (cb_book_list_unused (test.book, test.associate, 1, 10, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_FORBIDDEN);
  cb_test_book_tear_down (&test);
}

static const CbReachFields *
newest (CbDossier *dossier)
{
  return cb_reach_get_fields (g_ptr_array_index (cb_dossier_get_reaches (dossier), 0));
}

/* What is logged as permitted was; what is not is logged as refused, and nothing else is. */
static void
test_contact_log (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autofree char *id = NULL;
  g_autoptr (CbMatterDraft) asked = cb_matter_draft_new ();
  g_autoptr (CbMatter) request = NULL;
  g_autoptr (CbMatter) told = NULL;
  g_autoptr (CbDossier) refused = NULL;
  g_autoptr (CbDossier) reached = NULL;
  g_autoptr (CbDossier) unlawful = NULL;
  g_autoptr (GError) error = NULL;
  CbReachDraft draft = { .purpose = "news",
                         .channel = CB_CHANNEL_PHONE,
                         .outcome = CB_OUTCOME_REACHED };

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, "07700 900123");
  g_assert_null (cb_book_log_reach (test.book, test.associate, customer, &draft, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_REFUSED);
  g_clear_error (&error);
  refused = load (&test, customer);
  g_assert_cmpuint (cb_dossier_get_reaches (refused)->len, ==, 1);
  g_assert_cmpint (newest (refused)->outcome, ==, CB_OUTCOME_REFUSED);
  g_assert_cmpstr (newest (refused)->reason, ==, "not-asked");
  g_assert_null (newest (refused)->permitted_by);

  asked->text = g_strdup ("ring when the boots are in");
  request = cb_book_add_request (test.book, test.associate, customer, asked, &error);
  g_assert_no_error (error);
  draft = (CbReachDraft){ .purpose = "asked",
                          .request = cb_matter_get_fields (request)->id,
                          .channel = CB_CHANNEL_PHONE,
                          .outcome = CB_OUTCOME_NO_ANSWER };
  id = cb_book_log_reach (test.book, test.associate, customer, &draft, &error);
  g_assert_no_error (error);
  told = cb_book_move_request (test.book, test.associate, cb_matter_get_fields (request)->id,
                               CB_MATTER_TOLD, CB_CHANNEL_PHONE, &error);
  g_assert_no_error (error);
  reached = load (&test, customer);
  g_assert_cmpuint (cb_dossier_get_reaches (reached)->len, ==, 3);
  g_assert_cmpint (newest (reached)->outcome, ==, CB_OUTCOME_REACHED);
  g_assert_nonnull (newest (reached)->permitted_by);
  g_assert_cmpstr (newest (reached)->request, ==, cb_matter_get_fields (request)->id);

  /* No address: nobody rang, and that somebody wanted to is kept. */
  g_assert_null (cb_book_move_request (test.book, test.associate,
                                       cb_matter_get_fields (request)->id, CB_MATTER_TOLD,
                                       CB_CHANNEL_EMAIL, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_REFUSED);
  unlawful = load (&test, customer);
  g_assert_cmpuint (cb_dossier_get_reaches (unlawful)->len, ==, 4);
  g_assert_cmpstr (newest (unlawful)->reason, ==, "no-address");
  cb_clock_advance (test.clock, 366 * DAY);
  g_assert_cmpint (cb_book_run_retention (test.book, NULL), >=, 4);
  cb_test_book_tear_down (&test);
}

/* Their number was given for the boots, and not for whatever comes up later. */
static void
test_contact_ends_with_the_matter (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autofree char *again = NULL;
  g_autoptr (CbMatterDraft) asked = cb_matter_draft_new ();
  g_autoptr (CbMatter) request = NULL;
  g_autoptr (CbMatter) done = NULL;
  g_autoptr (CbMatter) next = NULL;
  g_autoptr (CbNote) note = NULL;
  g_autoptr (GError) error = NULL;
  const CbReachDraft call = { .purpose = "asked",
                              .channel = CB_CHANNEL_PHONE,
                              .outcome = CB_OUTCOME_REACHED };

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, "07700 900123");
  asked->text = g_strdup ("put the boots aside");
  request = cb_book_add_request (test.book, test.associate, customer, asked, &error);
  g_assert_no_error (error);
  done = cb_book_move_request (test.book, test.associate, cb_matter_get_fields (request)->id,
                               CB_MATTER_DONE, CB_CHANNEL_NONE, &error);
  g_assert_no_error (error);
  g_assert_cmpint (cb_test_book_verdict (&test, customer, "asked", CB_CHANNEL_PHONE), ==,
                   CB_VERDICT_ALLOWED);
  cb_clock_advance (test.clock, 32 * DAY);
  g_assert_cmpint (cb_test_book_verdict (&test, customer, "asked", CB_CHANNEL_PHONE), ==,
                   CB_VERDICT_EXPIRED);
  g_assert_null (cb_book_log_reach (test.book, test.associate, customer, &call, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_REFUSED);
  g_clear_error (&error);

  /* Something else is asked for, as a request or as a note. */
  next = cb_book_add_request (test.book, test.associate, customer, asked, &error);
  g_assert_no_error (error);
  again = cb_book_log_reach (test.book, test.associate, customer, &call, &error);
  g_assert_no_error (error);
  cb_clock_advance (test.clock, 366 * DAY);
  g_assert_cmpint (cb_test_book_verdict (&test, customer, "asked", CB_CHANNEL_PHONE), ==,
                   CB_VERDICT_EXPIRED);
  note = cb_test_book_add_note (&test, customer, "asked", "ring when there are others");
  g_assert_cmpint (cb_test_book_verdict (&test, customer, "asked", CB_CHANNEL_PHONE), ==,
                   CB_VERDICT_ALLOWED);
  cb_test_book_tear_down (&test);
}

static void
test_belonging (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autofree char *nobody = cb_id_new ();
  g_autoptr (CbDossier) dossier = NULL;
  g_autoptr (CbDossier) after = NULL;
  g_autoptr (GError) error = NULL;
  const char *id;

  cb_test_book_set_up (&test);
  id = cb_staff_get_id (test.other);
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  g_assert_true (cb_book_set_belonging (
    test.book, test.associate, customer,
    &(CbBelongingDraft){ .home = "zqlower quay", .associate = id, .zone = "Europe/Lisbon" },
    &error));
  g_assert_no_error (error);
  dossier = load (&test, customer);
  g_assert_cmpstr (cb_dossier_get_home (dossier), ==, "zqlower quay");
  g_assert_cmpstr (cb_dossier_get_associate (dossier), ==, id);
  g_assert_cmpstr (cb_dossier_get_zone (dossier), ==, "Europe/Lisbon");
  g_assert_cmpuint (cb_test_count_files_with (test.root, "zqlower"), ==, 0);
  g_assert_cmpuint (cb_test_count_files_with (test.root, "Europe/Lisbon"), ==, 0);
  g_assert_false (cb_book_set_belonging (test.book, test.associate, customer,
                                         &(CbBelongingDraft){ .associate = nobody }, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_true (
    cb_book_set_belonging (test.book, test.associate, customer, &(CbBelongingDraft){ 0 }, &error));
  after = load (&test, customer);
  g_assert_null (cb_dossier_get_home (after));
  g_assert_null (cb_dossier_get_associate (after));
  g_assert_null (cb_dossier_get_zone (after));
  cb_test_book_tear_down (&test);
}

/* Said again, it is fresh, here and at the service. */
static void
test_preference_is_confirmed (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autoptr (CbPreferenceDraft) draft = cb_preference_draft_new ();
  g_autoptr (CbPreference) preference = NULL;
  g_autoptr (CbPreference) confirmed = NULL;
  g_autoptr (GPtrArray) sent = NULL;
  g_autoptr (GPtrArray) again = NULL;
  g_autoptr (GError) error = NULL;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  cb_test_book_answer (&test, customer, "shop", CB_CHANNEL_NONE, CB_ANSWER_YES, CB_METHOD_TAPPED);
  draft->value = g_strdup ("38 narrow");
  preference = cb_book_set_preference (test.book, test.associate, customer, draft, &error);
  g_assert_no_error (error);
  sent = cb_test_book_push (&test);
  cb_clock_advance (test.clock, 400 * DAY);
  confirmed = cb_book_confirm_preference (test.book, test.associate,
                                          cb_preference_get_id (preference), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (cb_preference_get_value (confirmed), ==, "38 narrow");
  g_assert_cmpint (cb_preference_get_fades_us (confirmed), ==,
                   cb_clock_day_end_us (cb_clock_get_now_us (test.clock), 365));
  again = cb_test_book_push (&test);
  g_assert_cmpuint (again->len, ==, 1);
  g_assert_null (cb_book_confirm_preference (test.book, test.associate, customer, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_NOT_FOUND);
  cb_test_book_tear_down (&test);
}

/* Fresh for three quarters of its time, then fading, then faded, and not gone. A clock that was set
 * back makes nothing younger than it is. */
static void
test_age (void)
{
  const gint64 said_us = CB_TEST_MORNING_US;
  const gint64 fades_us = said_us + 400 * DAY;
  static const struct
  {
    gint64 days;
    CbAge age;
  } rows[] = {
    { -3, CB_AGE_FRESH },   { 0, CB_AGE_FRESH },   { 299, CB_AGE_FRESH },  { 300, CB_AGE_FADING },
    { 399, CB_AGE_FADING }, { 400, CB_AGE_FADED }, { 4000, CB_AGE_FADED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      gint64 now_us = said_us + rows[i].days * DAY;

      g_assert_cmpint (cb_age_reckon (said_us, fades_us, now_us), ==, rows[i].age);
      g_assert_cmpuint (cb_age_get_days (said_us, now_us), ==, MAX (rows[i].days, 0));
    }
  g_assert_cmpint (cb_age_reckon (said_us, fades_us, fades_us - 1), ==, CB_AGE_FADING);
  g_assert_cmpstr (cb_age_to_id (CB_AGE_FADING), ==, "fading");
}

/* The record answers, whoever asks. */
static void
test_preference_ages (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autoptr (CbPreferenceDraft) draft = cb_preference_draft_new ();
  g_autoptr (CbPreference) preference = NULL;
  g_autoptr (CbPreference) confirmed = NULL;
  g_autoptr (GError) error = NULL;
  gint64 now_us;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  cb_test_book_answer (&test, customer, "shop", CB_CHANNEL_NONE, CB_ANSWER_YES, CB_METHOD_TAPPED);
  draft->value = g_strdup ("38 narrow");
  preference = cb_book_set_preference (test.book, test.associate, customer, draft, &error);
  g_assert_no_error (error);
  now_us = cb_clock_get_now_us (test.clock);
  g_assert_cmpint (cb_preference_get_age (preference, now_us), ==, CB_AGE_FRESH);
  g_assert_cmpint (cb_preference_get_age (preference, now_us + 300 * DAY), ==, CB_AGE_FADING);
  cb_clock_advance (test.clock, 366 * DAY);
  now_us = cb_clock_get_now_us (test.clock);
  g_assert_cmpint (cb_preference_get_age (preference, now_us), ==, CB_AGE_FADED);
  confirmed = cb_book_confirm_preference (test.book, test.associate,
                                          cb_preference_get_id (preference), &error);
  g_assert_no_error (error);
  g_assert_cmpint (cb_preference_get_age (confirmed, now_us), ==, CB_AGE_FRESH);
  cb_test_book_tear_down (&test);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/care/wish/is-kept-and-taken-away", test_wish);
  g_test_add_func ("/care/wish/ends-with-a-no", test_wish_ends);
  g_test_add_func ("/care/used/is-counted-and-never-is-listed", test_used);
  g_test_add_func ("/care/contact/is-logged-as-it-was-permitted", test_contact_log);
  g_test_add_func ("/care/contact/ends-with-what-they-asked", test_contact_ends_with_the_matter);
  g_test_add_func ("/care/belonging/is-sealed", test_belonging);
  g_test_add_func ("/care/preference/is-confirmed", test_preference_is_confirmed);
  g_test_add_func ("/care/age/fresh-fading-faded", test_age);
  g_test_add_func ("/care/preference/ages", test_preference_ages);
  return g_test_run ();
}
