/* SPDX-License-Identifier: Apache-2.0 */

/* A record that its owner wants left as it is: kept, used for nothing, and itself again when it is
 * released. */

#define G_LOG_DOMAIN "Counterbook"

#include "cb-test-book.h"

#include "base/cb-error.h"
#include "consent/cb-purpose.h"

#define DAY CB_US_PER_DAY

static void
restrict_as (CbTestBook *test, CbStaff *actor, const char *customer, gboolean is_restricted)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (cb_book_restrict_customer (test->book, actor, customer, is_restricted, &error));
  g_assert_no_error (error);
}

static guint
count_notes (CbTestBook *test, const char *customer)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CbDossier) dossier =
    cb_book_load_dossier (test->book, test->manager, customer, &error);

  g_assert_no_error (error);
  return cb_dossier_get_notes (dossier)->len;
}

static void
run_retention (CbTestBook *test, gint n_ended)
{
  g_autoptr (GError) error = NULL;
  gint n = cb_book_run_retention (test->book, &error);

  g_assert_no_error (error);
  g_assert_cmpint (n, ==, n_ended);
}

static void
test_roles (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autoptr (GError) error = NULL;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  g_assert_false (cb_book_restrict_customer (test.book, test.admin, customer, TRUE, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_FORBIDDEN);
  g_clear_error (&error);
  g_assert_false (cb_book_restrict_customer (test.book, test.manager, "nobody", TRUE, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  restrict_as (&test, test.associate, customer, TRUE);
  restrict_as (&test, test.privacy, customer, TRUE);
  g_assert_null (cb_book_load_dossier (test.book, test.associate, customer, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_FORBIDDEN);
  g_clear_error (&error);
  g_assert_false (cb_book_restrict_customer (test.book, test.associate, customer, FALSE, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_FORBIDDEN);
  restrict_as (&test, test.privacy, customer, FALSE);
  cb_test_book_tear_down (&test);
}

/* Nor is anything added by who may not see it. */
static void
test_nothing_is_added (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autoptr (CbNoteDraft) note = cb_note_draft_new ();
  g_autoptr (CbPreferenceDraft) preference = cb_preference_draft_new ();
  g_autoptr (GError) error = NULL;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  restrict_as (&test, test.manager, customer, TRUE);
  note->text = g_strdup ("navy");
  g_assert_null (cb_book_add_note (test.book, test.associate, customer, note, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_FORBIDDEN);
  g_clear_error (&error);
  preference->facet = CB_FACET_SIZE;
  preference->value = g_strdup ("38");
  g_assert_null (cb_book_set_preference (test.book, test.associate, customer, preference, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_FORBIDDEN);
  cb_test_book_tear_down (&test);
}

static void
test_used_for_nothing (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autoptr (CbNote) note = NULL;
  g_autoptr (GPtrArray) while_frozen = NULL;
  g_autoptr (GPtrArray) released = NULL;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, "07700 900123");
  cb_test_book_answer (&test, customer, CB_PURPOSE_EVERYWHERE, CB_CHANNEL_NONE, CB_ANSWER_YES,
                       CB_METHOD_TAPPED);
  note = cb_test_book_add_note (&test, customer, NULL, "navy");
  restrict_as (&test, test.privacy, customer, TRUE);
  /* What nobody was asked too, and what rests on a wider yes. */
  g_assert_cmpint (cb_test_book_verdict (&test, customer, CB_PURPOSE_NEWS, CB_CHANNEL_PHONE), ==,
                   CB_VERDICT_RESTRICTED);
  g_assert_cmpint (cb_test_book_verdict (&test, customer, CB_PURPOSE_SHOP, CB_CHANNEL_NONE), ==,
                   CB_VERDICT_RESTRICTED);
  g_assert_cmpint (cb_test_book_verdict (&test, customer, CB_PURPOSE_EVERYWHERE, CB_CHANNEL_NONE),
                   ==, CB_VERDICT_RESTRICTED);
  while_frozen = cb_test_book_push (&test);
  g_assert_cmpuint (while_frozen->len, ==, 0);

  restrict_as (&test, test.privacy, customer, FALSE);
  g_assert_cmpint (cb_test_book_verdict (&test, customer, CB_PURPOSE_SHOP, CB_CHANNEL_NONE), ==,
                   CB_VERDICT_ALLOWED);
  released = cb_test_book_push (&test);
  g_assert_cmpuint (released->len, ==, 3);
  g_assert_cmpint (cb_test_book_state (&test, "note", cb_note_get_id (note)), ==,
                   CB_DELIVERY_ACCEPTED);
  cb_test_book_tear_down (&test);
}

/* What nobody was asked about, and what they took back, stays for as long as they want it to; and
 * ends as it would have as soon as it is released. */
static void
test_nothing_ends (void)
{
  CbTestBook test = { 0 };
  g_autofree char *unasked = NULL;
  g_autofree char *withdrawn = NULL;
  g_autoptr (CbNote) one = NULL;
  g_autoptr (CbNote) other = NULL;
  g_autoptr (GPtrArray) ends = NULL;
  g_autoptr (GError) error = NULL;

  cb_test_book_set_up (&test);
  unasked = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  withdrawn = cb_test_book_add_customer (&test, "Yan", "Testperson", NULL, NULL);
  one = cb_test_book_add_note (&test, unasked, NULL, "navy");
  cb_test_book_answer (&test, withdrawn, CB_PURPOSE_SHOP, CB_CHANNEL_NONE, CB_ANSWER_YES,
                       CB_METHOD_TAPPED);
  other = cb_test_book_add_note (&test, withdrawn, NULL, "green");
  g_assert_true (cb_book_withdraw (test.book, test.associate, withdrawn, CB_PURPOSE_SHOP,
                                   CB_CHANNEL_NONE, &error));
  restrict_as (&test, test.associate, unasked, TRUE);
  restrict_as (&test, test.associate, withdrawn, TRUE);
  cb_clock_advance (test.clock, 40 * DAY);
  run_retention (&test, 0);
  g_assert_cmpuint (count_notes (&test, unasked), ==, 1);
  g_assert_cmpuint (count_notes (&test, withdrawn), ==, 1);
  ends = cb_book_list_ends (test.book, test.manager, 3650, 10, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (ends->len, ==, 0);

  restrict_as (&test, test.manager, unasked, FALSE);
  restrict_as (&test, test.manager, withdrawn, FALSE);
  g_assert_cmpuint (count_notes (&test, unasked), ==, 0);
  run_retention (&test, 1);
  cb_clock_advance (test.clock, DAY);
  run_retention (&test, 1);
  g_assert_cmpuint (count_notes (&test, withdrawn), ==, 0);
  cb_test_book_tear_down (&test);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/frozen/roles/easier-to-ask-for-than-to-undo", test_roles);
  g_test_add_func ("/frozen/capture/is-not-for-who-does-not-see-it", test_nothing_is_added);
  g_test_add_func ("/frozen/use/is-for-nothing", test_used_for_nothing);
  g_test_add_func ("/frozen/retention/nothing-ends", test_nothing_ends);
  return g_test_run ();
}
