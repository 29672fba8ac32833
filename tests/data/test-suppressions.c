/* SPDX-License-Identifier: Apache-2.0 */

/* A list of opt-outs comes in: who is closed on which channel, for whom it is a no, and that
 * nothing but hashes is kept of it. */

#define G_LOG_DOMAIN "Counterbook"

#include <string.h>

#include "base/cb-error.h"
#include "base/cb-json.h"
#include "cb-test-book.h"
#include "db/cb-db.h"

static char *
suppress (CbTestBook *test, const char *text, gboolean is_dry_run)
{
  CbImportOptions options = { .is_dry_run = is_dry_run };
  g_autoptr (GInputStream) stream =
    g_memory_input_stream_new_from_data (g_strdup (text), -1, g_free);
  g_autoptr (CbImport) import = cb_import_new_suppressions (stream, &options);
  g_autoptr (GError) error = NULL;
  gboolean more = TRUE;

  while (more)
    {
      gboolean outbox;

      cb_book_import_piece (test->book, test->manager, import, &more, &error);
      g_assert_no_error (error);
      g_ptr_array_unref (cb_book_take_touched (test->book, &outbox));
    }
  g_assert_cmpuint (cb_import_get_n_read (import), ==,
                    cb_import_get_n_added (import) + cb_import_get_n_merged (import) +
                      cb_import_get_rejected (import)->len);
  return g_strdup_printf (
    "%d %d %d %u %d", (int) cb_import_get_n_read (import), (int) cb_import_get_n_added (import),
    (int) cb_import_get_n_merged (import), cb_import_get_rejected (import)->len,
    (int) cb_import_get_n_not_asked (import));
}

/* "read added merged rejected not-asked" */
static void
assert_suppressed (CbTestBook *test, const char *text, const char *expected)
{
  g_autofree char *got = suppress (test, text, FALSE);

  g_assert_cmpstr (got, ==, expected);
}

static const char *
verdict (CbTestBook *test, const char *customer, const char *purpose, CbChannel channel)
{
  return cb_verdict_to_id (cb_test_book_verdict (test, customer, purpose, channel));
}

static const char list[] =
  "Email,Phone,Status\n"
  "ghost@example.com,,unsubscribed\n"
  ",07700 900123,unsubscribed\n"
  "keen@example.com,,subscribed\n"
  ",,unsubscribed\n";

static void
test_once (void)
{
  CbTestBook test = { 0 };
  g_autofree char *tried = NULL;

  cb_test_book_set_up (&test);
  tried = suppress (&test, list, TRUE);
  g_assert_cmpstr (tried, ==, "4 2 0 2 1");
  assert_suppressed (&test, list, "4 2 0 2 1");
  assert_suppressed (&test, list, "4 0 2 2 1");
  assert_suppressed (&test, "GHOST@Example.com\n+447700900123\n", "2 0 2 0 0");
  /* Twice in one file is once. */
  assert_suppressed (&test, "a@example.com\na@example.com\n", "2 1 1 0 0");
  g_clear_pointer (&tried, g_free);
  tried = suppress (&test, "b@example.com\nb@example.com\na@example.com\n", TRUE);
  g_assert_cmpstr (tried, ==, "3 1 2 0 0");
  cb_test_book_reopen (&test);
  assert_suppressed (&test, list, "4 0 2 2 1");
  cb_test_book_tear_down (&test);
}

static void
test_nobody_in_the_book (void)
{
  CbTestBook test = { 0 };
  g_autofree char *later = NULL;
  g_autofree char *other = NULL;
  g_autofree char *got = NULL;
  g_autoptr (GError) error = NULL;

  cb_test_book_set_up (&test);
  assert_suppressed (&test, list, "4 2 0 2 1");
  cb_book_close (test.book);
  g_assert_cmpuint (cb_test_count_files_with (test.root, "ghost"), ==, 0);
  g_assert_cmpuint (cb_test_count_files_with (test.root, "900123"), ==, 0);
  g_assert_cmpuint (cb_test_count_files_with (test.root, "keen"), ==, 0);
  cb_test_book_reopen (&test);
  later = cb_test_book_add_customer (&test, "Gus", "Later", "Ghost@example.com", "07700 900123");
  g_assert_cmpstr (verdict (&test, later, "news", CB_CHANNEL_EMAIL), ==, "suppressed");
  g_assert_cmpstr (verdict (&test, later, "invitations", CB_CHANNEL_SMS), ==, "suppressed");
  g_assert_cmpstr (verdict (&test, later, "invitations", CB_CHANNEL_PHONE), ==, "suppressed");
  g_assert_cmpstr (verdict (&test, later, "news", CB_CHANNEL_POST), ==, "not-asked");
  g_assert_cmpstr (verdict (&test, later, "news", CB_CHANNEL_NONE), ==, "not-asked");
  /* Somebody's tap does not open what the owner of the address closed. */
  cb_test_book_answer (&test, later, "news", CB_CHANNEL_PHONE, CB_ANSWER_YES, CB_METHOD_TAPPED);
  g_assert_cmpstr (verdict (&test, later, "news", CB_CHANNEL_PHONE), ==, "suppressed");
  other = cb_test_book_add_customer (&test, "Una", "Other", "keen@example.com", NULL);
  g_assert_cmpstr (verdict (&test, other, "news", CB_CHANNEL_EMAIL), ==, "not-asked");
  g_assert_no_error (error);
  cb_test_book_tear_down (&test);
}

/* What the wire would carry. */
static guint
count_acts (GPtrArray *sent, const char *act)
{
  guint n = 0;

  for (guint i = 0; i < sent->len; i++)
    n += g_strcmp0 (cb_json_get_string (g_ptr_array_index (sent, i), "act"), act) == 0;
  return n;
}

static void
test_customers (void)
{
  CbTestBook test = { 0 };
  g_autofree char *mara = NULL;
  g_autofree char *fresh = NULL;
  g_autofree char *namesake = NULL;
  g_autoptr (GPtrArray) first = NULL;
  g_autoptr (GPtrArray) second = NULL;

  cb_test_book_set_up (&test);
  mara = cb_test_book_add_customer (&test, "Mara", "Vellum", "m@example.com", "07700 900555");
  fresh = cb_test_book_add_customer (&test, "Fred", "Fresh", "f@example.com", NULL);
  namesake = cb_test_book_add_customer (&test, "Hugo", "Vellum", NULL, "07700 900555");
  cb_test_book_answer (&test, mara, "shop", CB_CHANNEL_NONE, CB_ANSWER_YES, CB_METHOD_TAPPED);
  cb_test_book_answer (&test, mara, "news", CB_CHANNEL_SMS, CB_ANSWER_YES, CB_METHOD_TAPPED);
  cb_test_book_answer (&test, namesake, "news", CB_CHANNEL_SMS, CB_ANSWER_YES, CB_METHOD_TAPPED);
  first = cb_test_book_push (&test);
  g_assert_cmpuint (count_acts (first, "grant"), ==, 3);
  assert_suppressed (&test,
                     "Name,Email,Phone,Channel,Status\n"
                     "Mara Vellum,,07700 900555,sms,opted out\n"
                     ",f@example.com,,,no\n",
                     "2 2 0 0 0");
  g_assert_cmpstr (verdict (&test, mara, "news", CB_CHANNEL_SMS), ==, "withdrawn");
  g_assert_cmpstr (verdict (&test, mara, "invitations", CB_CHANNEL_SMS), ==, "refused");
  g_assert_cmpstr (verdict (&test, mara, "news", CB_CHANNEL_EMAIL), ==, "not-asked");
  g_assert_cmpstr (verdict (&test, mara, "news", CB_CHANNEL_PHONE), ==, "not-asked");
  g_assert_cmpstr (verdict (&test, mara, "shop", CB_CHANNEL_NONE), ==, "allowed");
  g_assert_cmpstr (verdict (&test, fresh, "news", CB_CHANNEL_EMAIL), ==, "refused");
  /* Another name on the same number said nothing; the number is closed all the same. */
  g_assert_cmpstr (verdict (&test, namesake, "news", CB_CHANNEL_SMS), ==, "suppressed");
  second = cb_test_book_push (&test);
  g_assert_cmpuint (count_acts (second, "withdraw"), ==, 1);
  /* Of who agreed to be known there alone does the service learn a no. */
  g_assert_cmpuint (count_acts (second, "refuse"), ==, 1);
  g_assert_cmpuint (second->len, ==, 2);
  cb_test_book_tear_down (&test);
}

static void
test_a_yes_that_waits (void)
{
  CbTestBook test = { 0 };
  g_autofree char *hugo = NULL;
  g_autoptr (GPtrArray) sent = NULL;
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (GError) error = NULL;
  CbOutboxCounts counts;

  cb_test_book_set_up (&test);
  hugo = cb_test_book_add_customer (&test, "Hugo", "Vellum", NULL, "07700 900555");
  cb_test_book_answer (&test, hugo, "news", CB_CHANNEL_SMS, CB_ANSWER_YES, CB_METHOD_TAPPED);
  assert_suppressed (&test, "Name,Phone\nSomebody Else,07700 900555\n", "1 1 0 0 0");
  sent = cb_test_book_push (&test);
  g_assert_cmpuint (sent->len, ==, 0);
  g_assert_true (cb_book_count_outbox (test.book, &counts, &error));
  g_assert_cmpuint (counts.waiting, ==, 0);
  items = cb_book_list_outbox (test.book, 100, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < items->len; i++)
    g_assert_cmpint (cb_outbox_item_get_state (g_ptr_array_index (items, i)), ==, CB_DELIVERY_HELD);
  cb_test_book_tear_down (&test);
}

static void
test_purposes_and_bounces (void)
{
  CbTestBook test = { 0 };
  g_autofree char *vera = NULL;

  cb_test_book_set_up (&test);
  vera = cb_test_book_add_customer (&test, "Vera", "Vellum", "v@example.com", NULL);
  assert_suppressed (&test, "Email,Purpose\nv@example.com,Invitations\n", "1 1 0 0 0");
  g_assert_cmpstr (verdict (&test, vera, "invitations", CB_CHANNEL_EMAIL), ==, "refused");
  g_assert_cmpstr (verdict (&test, vera, "news", CB_CHANNEL_EMAIL), ==, "not-asked");
  /* An address that bounces is closed, and nobody said no. */
  assert_suppressed (&test, "Email,Status\nv@example.com,bounced\n", "1 1 0 0 0");
  g_assert_cmpstr (verdict (&test, vera, "news", CB_CHANNEL_EMAIL), ==, "suppressed");
  assert_suppressed (&test, "Email,Status\nv@example.com,unsubscribed\n", "1 0 1 0 0");
  g_assert_cmpstr (verdict (&test, vera, "news", CB_CHANNEL_EMAIL), ==, "refused");
  cb_test_book_tear_down (&test);
}

static void
test_managers_only (void)
{
  CbTestBook test = { 0 };
  CbImportOptions options = { 0 };
  g_autoptr (GInputStream) stream =
    g_memory_input_stream_new_from_data (g_strdup (list), -1, g_free);
  g_autoptr (CbImport) import = cb_import_new_suppressions (stream, &options);
  g_autoptr (GError) error = NULL;
  gboolean more;

  cb_test_book_set_up (&test);
  g_assert_false (cb_book_import_piece (test.book, test.associate, import, &more, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_FORBIDDEN);
  cb_test_book_tear_down (&test);
}

static gint64
count_chained (CbTestBook *test)
{
  g_autofree char *path = g_build_filename (test->home, "counterbook.db", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (CbDb) db = cb_db_open (path, FALSE, test->clock, &error);
  gint64 n;

  g_assert_no_error (error);
  {
    g_autoptr (CbStmt) stmt =
      cb_db_prepare (db, "SELECT count(DISTINCT chain_hash) FROM suppression");

    g_assert_true (cb_stmt_next (stmt, &error));
    n = cb_stmt_int (stmt, 0);
  }
  cb_db_close (db);
  return n;
}

/* The chain's key comes with enrolment: who is in the book gets the hash from there, the others
 * when their list comes again. */
static void
test_chain (void)
{
  CbTestBook test = { 0 };
  g_autofree guint8 *zeros = g_malloc0 (64);
  g_autoptr (GBytes) secret = g_bytes_new (zeros, 64);
  g_autoptr (GBytes) chain = g_bytes_new (zeros, 32);
  CbEnrolmentFields fields = {
    .service_url = "https://profiles.example.com",
    .terminal_id = "t1",
    .store_name = "Port Halden",
    .secret_key = secret,
    .chain_key = chain,
  };
  g_autoptr (CbEnrolment) enrolment = cb_enrolment_new (&fields);
  g_autofree char *mara = NULL;
  g_autoptr (GError) error = NULL;

  cb_test_book_set_up (&test);
  mara = cb_test_book_add_customer (&test, "Mara", "Vellum", "m@example.com", NULL);
  assert_suppressed (&test, "m@example.com\nghost@example.com\n", "2 2 0 0 0");
  g_assert_cmpint (count_chained (&test), ==, 0);
  g_assert_true (cb_book_save_enrolment (test.book, enrolment, &error));
  g_assert_no_error (error);
  g_assert_cmpint (count_chained (&test), ==, 1);
  assert_suppressed (&test, "m@example.com\nghost@example.com\nnew@example.com\n", "3 1 2 0 0");
  g_assert_cmpint (count_chained (&test), ==, 3);
  cb_test_book_tear_down (&test);
}

/* Of who objects and is erased stays that they are not to be asked again, and of who asks to be
 * erased nothing does. */
static void
test_objection_stays (void)
{
  CbTestBook test = { 0 };
  g_autofree char *objects = NULL;
  g_autofree char *asks = NULL;
  g_autofree char *shares = NULL;
  g_autofree char *again = NULL;
  g_autofree char *back = NULL;
  g_autoptr (GError) error = NULL;
  gboolean passed = FALSE;

  cb_test_book_set_up (&test);
  objects = cb_test_book_add_customer (&test, "Otto", "Gone", "otto@example.com", "07700 900123");
  asks = cb_test_book_add_customer (&test, "Anna", "Gone", "anna@example.com", "07700 900124");
  shares = cb_test_book_add_customer (&test, "Olga", "Here", NULL, "07700 900123");
  g_assert_true (cb_book_erase (test.book, test.privacy, objects, CB_ERASE_OBJECTION, &error));
  g_assert_true (cb_book_erase (test.book, test.privacy, asks, CB_ERASE_REQUEST, &error));
  g_assert_no_error (error);
  g_assert_true (cb_book_clean (test.book, &passed, &error));
  g_assert_no_error (error);
  g_assert_true (passed);
  again = cb_test_book_add_customer (&test, "O.", "Gone", "Otto@example.com", NULL);
  back = cb_test_book_add_customer (&test, "Anna", "Gone", "anna@example.com", "07700 900124");
  g_assert_cmpstr (verdict (&test, again, "news", CB_CHANNEL_EMAIL), ==, "suppressed");
  g_assert_cmpstr (verdict (&test, again, "invitations", CB_CHANNEL_EMAIL), ==, "suppressed");
  g_assert_cmpstr (verdict (&test, back, "news", CB_CHANNEL_EMAIL), ==, "not-asked");
  g_assert_cmpstr (verdict (&test, back, "news", CB_CHANNEL_SMS), ==, "not-asked");
  /* Whose number it is too has said nothing. */
  g_assert_cmpstr (verdict (&test, shares, "news", CB_CHANNEL_SMS), ==, "not-asked");
  g_assert_cmpuint (cb_test_count_files_with (test.root, "otto@"), ==, 0);
  cb_test_book_tear_down (&test);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/suppressions/a-second-run-adds-nothing", test_once);
  g_test_add_func ("/suppressions/of-nobody-in-the-book-a-hash-alone", test_nobody_in_the_book);
  g_test_add_func ("/suppressions/a-no-in-the-customers-name", test_customers);
  g_test_add_func ("/suppressions/a-yes-that-waits-stays", test_a_yes_that_waits);
  g_test_add_func ("/suppressions/purposes-and-bounces", test_purposes_and_bounces);
  g_test_add_func ("/suppressions/managers-only", test_managers_only);
  g_test_add_func ("/suppressions/the-chains-hash", test_chain);
  g_test_add_func ("/suppressions/an-objection-outlives-the-record", test_objection_stays);
  return g_test_run ();
}
