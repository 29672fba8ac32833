/* SPDX-License-Identifier: Apache-2.0 */

/* What the service says was decided elsewhere, against a real store. */

#define G_LOG_DOMAIN "Counterbook"

#include <glib/gstdio.h>

#include "base/cb-error.h"
#include "base/cb-id.h"
#include "base/cb-json.h"
#include "cb-test-book.h"
#include "store/cb-book-private.h"

#define NO "bfdac9662e88427f85671e821f858058"

static void
take (CbTestBook *test, CbIncoming *first, CbIncoming *second, const char *cursor)
{
  g_autoptr (GPtrArray) changes =
    g_ptr_array_new_with_free_func ((GDestroyNotify) cb_incoming_free);
  g_autoptr (GError) error = NULL;

  if (first != NULL)
    g_ptr_array_add (changes, first);
  if (second != NULL)
    g_ptr_array_add (changes, second);
  g_assert_true (cb_book_take_changes (test->book, changes, cursor, TRUE, &error));
  g_assert_no_error (error);
  cb_book_end_sync (test->book);
}

static void
assert_cursor (CbTestBook *test, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *cursor = cb_book_dup_cursor (test->book, CB_CURSOR_DECISIONS, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (cursor, ==, expected);
}

static gboolean
is_gone (CbTestBook *test, const char *customer)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CbDossier) dossier =
    cb_book_load_dossier (test->book, test->associate, customer, &error);

  if (dossier == NULL)
    g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_NOT_FOUND);
  return dossier == NULL;
}

static void
assert_verdict (CbTestBook *test, const char *customer, const char *purpose, CbVerdict expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CbPermission) permission = cb_book_permit (
    test->book, test->associate, customer, purpose, CB_CHANNEL_NONE, CB_CIRCUMSTANCE_NONE, &error);

  g_assert_no_error (error);
  g_assert_cmpint (cb_permission_get_verdict (permission), ==, expected);
}

static void
test_erased_elsewhere (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autofree char *other = NULL;
  g_autofree char *stranger = cb_id_new ();
  g_autoptr (GPtrArray) sent = NULL;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  other = cb_test_book_add_customer (&test, "Nuria", "Testperson", NULL, NULL);
  cb_test_book_answer (&test, customer, "shop", CB_CHANNEL_NONE, CB_ANSWER_YES, CB_METHOD_TAPPED);
  assert_cursor (&test, "");
  take (&test, cb_incoming_new_erased (4, stranger), cb_incoming_new_erased (5, customer), "five");
  g_assert_true (is_gone (&test, customer));
  g_assert_false (is_gone (&test, other));
  assert_cursor (&test, "five");
  /* The service said it: it is not told again, nor is anything else of theirs. */
  sent = cb_test_book_push (&test);
  g_assert_cmpuint (sent->len, ==, 0);
  /* Twice is once, and after the next start too. */
  cb_test_book_reopen (&test);
  take (&test, cb_incoming_new_erased (5, customer), NULL, "five");
  g_assert_true (is_gone (&test, customer));
  assert_cursor (&test, "five");
  cb_test_book_tear_down (&test);
}

static void
test_withdrawn_elsewhere (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autofree char *saw = NULL;
  g_autoptr (GPtrArray) sent = NULL;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  cb_test_book_answer (&test, customer, "shop", CB_CHANNEL_NONE, CB_ANSWER_YES, CB_METHOD_TAPPED);
  g_clear_pointer (&sent, g_ptr_array_unref);
  sent = cb_test_book_push (&test);
  g_assert_cmpuint (sent->len, >=, 1);
  assert_verdict (&test, customer, "shop", CB_VERDICT_ALLOWED);
  take (&test, cb_incoming_new_withdrawn (7, customer, "shop", "*", NO), NULL, "seven");
  assert_verdict (&test, customer, "shop", CB_VERDICT_WITHDRAWN);
  g_clear_pointer (&sent, g_ptr_array_unref);
  sent = cb_test_book_push (&test);
  g_assert_cmpuint (sent->len, ==, 0);

  /* The next yes names it, and is not ended by the same page once more. */
  cb_test_book_answer (&test, customer, "shop", CB_CHANNEL_NONE, CB_ANSWER_YES, CB_METHOD_TAPPED);
  take (&test, cb_incoming_new_withdrawn (7, customer, "shop", "*", NO), NULL, "seven");
  assert_verdict (&test, customer, "shop", CB_VERDICT_ALLOWED);
  g_clear_pointer (&sent, g_ptr_array_unref);
  sent = cb_test_book_push (&test);
  g_assert_cmpuint (sent->len, >=, 1);
  for (guint i = 0; i < sent->len && saw == NULL; i++)
    {
      JsonObject *body = cb_json_get_object (sent->pdata[i], "body");

      if (g_strcmp0 (cb_json_get_string (sent->pdata[i], "act"), "grant") == 0)
        saw = g_strdup (cb_json_get_string (body, "saw"));
    }
  g_assert_cmpstr (saw, ==, NO);

  /* Nor where a repair lost what it is called here and everything is told again. */
  g_assert_true (cb_db_run (test.book->db, "DELETE FROM consent_heard", NULL));
  take (&test, cb_incoming_new_withdrawn (7, customer, "shop", "*", NO), NULL, "seven");
  assert_verdict (&test, customer, "shop", CB_VERDICT_ALLOWED);
  cb_test_book_tear_down (&test);
}

/* One withdrawal may end several answers: of a purpose, and of each of its channels. */
static void
test_one_withdrawal_of_several (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  cb_test_book_answer (&test, customer, "news", CB_CHANNEL_NONE, CB_ANSWER_YES, CB_METHOD_TAPPED);
  cb_test_book_answer (&test, customer, "news", CB_CHANNEL_EMAIL, CB_ANSWER_YES, CB_METHOD_TAPPED);
  take (&test, cb_incoming_new_withdrawn (7, customer, "news", "*", NO),
        cb_incoming_new_withdrawn (8, customer, "news", "email", NO), "eight");
  assert_verdict (&test, customer, "news", CB_VERDICT_WITHDRAWN);
  cb_test_book_tear_down (&test);
}

/* A yes that waits did not see the no: it does not leave, and counts for nothing here. */
static void
test_yes_that_waits_is_dropped (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autoptr (GPtrArray) sent = NULL;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  cb_test_book_answer (&test, customer, "shop", CB_CHANNEL_NONE, CB_ANSWER_YES, CB_METHOD_TAPPED);
  take (&test, cb_incoming_new_withdrawn (7, customer, "shop", "*", NO), NULL, "seven");
  assert_verdict (&test, customer, "shop", CB_VERDICT_WITHDRAWN);
  sent = cb_test_book_push (&test);
  g_assert_cmpuint (sent->len, ==, 0);
  cb_test_book_tear_down (&test);
}

/* A purpose of a later version, and one that was never asked: remembered, and nothing falls. */
static void
test_strange_purposes (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  take (&test, cb_incoming_new_withdrawn (7, customer, "of-a-later-version", "*", NO),
        cb_incoming_new_withdrawn (8, customer, "everywhere", "*", NO), "eight");
  assert_verdict (&test, customer, "everywhere", CB_VERDICT_WITHDRAWN);
  g_assert_false (is_gone (&test, customer));
  cb_test_book_tear_down (&test);
}

/* Who syncs holds the lock; another process's page would step on its own. */
static void
test_one_at_a_time (void)
{
  CbTestBook test = { 0 };
  g_autoptr (CbBook) other = NULL;
  g_autoptr (GPtrArray) changes = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;

  cb_test_book_set_up (&test);
  other = cb_book_open (test.home, test.state_root, test.clock, &error);
  g_assert_no_error (error);
  g_assert_true (cb_book_take_changes (other, changes, "one", TRUE, &error));
  g_assert_false (cb_book_take_changes (test.book, changes, "two", TRUE, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_BUSY);
  cb_book_end_sync (other);
  assert_cursor (&test, "one");
  g_clear_object (&other);
  cb_test_book_tear_down (&test);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/incoming/erased/goes-here-and-is-not-told-back", test_erased_elsewhere);
  g_test_add_func ("/incoming/withdrawn/ends-the-yes-and-the-next-names-it",
                   test_withdrawn_elsewhere);
  g_test_add_func ("/incoming/withdrawn/of-several-answers", test_one_withdrawal_of_several);
  g_test_add_func ("/incoming/withdrawn/drops-a-yes-that-waits", test_yes_that_waits_is_dropped);
  g_test_add_func ("/incoming/withdrawn/of-strange-purposes", test_strange_purposes);
  g_test_add_func ("/incoming/lock/one-at-a-time", test_one_at_a_time);
  return g_test_run ();
}
