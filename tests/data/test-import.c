/* SPDX-License-Identifier: Apache-2.0 */

/* The existing book comes in: added, merged, rejected; once; and what becomes of it. */

#define G_LOG_DOMAIN "Counterbook"

#include <string.h>

#include "base/cb-error.h"
#include "base/cb-json.h"
#include "cb-test-book.h"
#include "cb-test-entries.h"

#define DAY CB_US_PER_DAY

static CbImport *
new_import (const char *text, const CbImportOptions *options)
{
  static const CbImportOptions none = { 0 };
  g_autoptr (GInputStream) stream =
    g_memory_input_stream_new_from_data (g_strdup (text), -1, g_free);

  return cb_import_new (stream, CB_EXCHANGE_AUTO, options != NULL ? options : &none);
}

static void
run (CbTestBook *test, CbImport *import)
{
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
}

/* "read added merged rejected" */
static char *
import_text (CbTestBook *test, const char *text, const CbImportOptions *options)
{
  g_autoptr (CbImport) import = new_import (text, options);

  run (test, import);
  return g_strdup_printf (
    "%d %d %d %u", (int) cb_import_get_n_read (import), (int) cb_import_get_n_added (import),
    (int) cb_import_get_n_merged (import), cb_import_get_rejected (import)->len);
}

static void
assert_import (CbTestBook *test, const char *text, const char *expected)
{
  g_autofree char *got = import_text (test, text, NULL);

  g_assert_cmpstr (got, ==, expected);
}

static GPtrArray *
list_customers (CbTestBook *test)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *list = cb_book_list_customers (test->book, test->manager, 100000, NULL, &error);

  g_assert_no_error (error);
  return list;
}

static guint
count_customers (CbTestBook *test)
{
  g_autoptr (GPtrArray) list = list_customers (test);

  return list->len;
}

#define CSV "First Name,Last Name,E-mail,Phone\n"

static const char three[] = CSV
  "Ada,Sample,ada@example.org,020 7946 0101\n"
  "Ben,Sample,ben@example.org,\n"
  ",,,\n";

static void
test_added_once (void)
{
  CbTestBook test = { 0 };
  g_autoptr (GPtrArray) list = NULL;

  cb_test_book_set_up (&test);
  assert_import (&test, three, "3 2 0 1");
  assert_import (&test, three, "3 0 2 1");
  /* A name alone is known again as well. */
  assert_import (&test, CSV "Only,Named,,\n", "1 1 0 0");
  assert_import (&test, CSV "Only,Named,,\n", "1 0 1 0");
  cb_test_book_reopen (&test);
  assert_import (&test, three, "3 0 2 1");
  g_assert_cmpuint (count_customers (&test), ==, 3);
  cb_test_book_tear_down (&test);
}

static CbCustomer *
get_card (CbTestBook *test, const char *id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CbDossier) dossier = cb_book_load_dossier (test->book, test->manager, id, &error);

  g_assert_no_error (error);
  return g_object_ref (cb_dossier_get_customer (dossier));
}

static void
test_merge_fills_gaps (void)
{
  CbTestBook test = { 0 };
  g_autofree char *id = NULL;
  g_autoptr (CbCustomer) card = NULL;

  cb_test_book_set_up (&test);
  id = cb_test_book_add_customer (&test, "Ada", "", NULL, "+44 20 7946 0101");
  assert_import (&test, CSV "Ada,Sample,ada@example.org,(020) 7946-0101\n", "1 0 1 0");
  card = get_card (&test, id);
  g_assert_cmpstr (cb_customer_get_given (card), ==, "Ada");
  g_assert_cmpstr (cb_customer_get_family (card), ==, "Sample");
  g_assert_cmpstr (cb_customer_get_emails (card)[0], ==, "ada@example.org");
  g_assert_cmpstr (cb_customer_get_phones (card)[0], ==, "+44 20 7946 0101");
  g_assert_null (cb_customer_get_phones (card)[1]);
  g_assert_cmpuint (count_customers (&test), ==, 1);
  cb_test_book_tear_down (&test);
}

static void
test_names_decide (void)
{
  CbTestBook test = { 0 };
  g_autofree char *id = NULL;

  cb_test_book_set_up (&test);
  id = cb_test_book_add_customer (&test, "Zoë", "Ångström", "home@example.org", NULL);
  assert_import (&test, CSV "ZOE,ANGSTROM,Home@Example.org,\n", "1 0 1 0");
  assert_import (&test, CSV "Angstrom,Zoe,home@example.org,\n", "1 0 1 0");
  assert_import (&test, CSV "Nils,Ångström,home@example.org,\n", "1 1 0 0");
  assert_import (&test, CSV "Zoë,Other,home@example.org,\n", "1 1 0 0");
  g_assert_cmpuint (count_customers (&test), ==, 3);
  cb_test_book_tear_down (&test);
}

static void
test_nothing_leaves (void)
{
  CbTestBook test = { 0 };
  g_autoptr (GPtrArray) list = NULL;
  g_autoptr (GPtrArray) before = NULL;
  g_autoptr (GPtrArray) after = NULL;

  cb_test_book_set_up (&test);
  assert_import (&test, three, "3 2 0 1");
  before = cb_test_book_push (&test);
  g_assert_cmpuint (before->len, ==, 0);
  list = list_customers (&test);
  cb_test_book_answer (&test, cb_customer_get_id (g_ptr_array_index (list, 0)), "shop",
                       CB_CHANNEL_NONE, CB_ANSWER_YES, CB_METHOD_TAPPED);
  after = cb_test_book_push (&test);
  /* Their grant and their card; nobody else's. */
  g_assert_cmpuint (after->len, ==, 2);
  for (guint i = 0; i < after->len; i++)
    g_assert_cmpstr (cb_json_get_string (g_ptr_array_index (after, i), "customer"), ==,
                     cb_customer_get_id (g_ptr_array_index (list, 0)));
  cb_test_book_tear_down (&test);
}

static void
test_managers_only (void)
{
  CbTestBook test = { 0 };
  g_autoptr (CbImport) import = new_import (three, NULL);
  g_autoptr (GError) error = NULL;
  gboolean more;

  cb_test_book_set_up (&test);
  g_assert_false (cb_book_import_piece (test.book, test.associate, import, &more, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_FORBIDDEN);
  g_assert_cmpuint (cb_import_get_n_read (import), ==, 0);
  cb_test_book_tear_down (&test);
}

static void
test_dry_run (void)
{
  CbTestBook test = { 0 };
  CbImportOptions options = { .is_dry_run = TRUE };
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  const char *twice = CSV
    "Ada,Sample,ada@example.org,\nAda,Sample,ada@example.org,020 7946 0101\n"
    "Only,Named,,\n";

  cb_test_book_set_up (&test);
  first = import_text (&test, twice, &options);
  g_assert_cmpstr (first, ==, "3 2 1 0");
  g_assert_cmpuint (count_customers (&test), ==, 0);
  assert_import (&test, twice, "3 2 1 0");
  second = import_text (&test, twice, &options);
  g_assert_cmpstr (second, ==, "3 0 3 0");
  cb_test_book_tear_down (&test);
}

static char *
make_table (guint n)
{
  GString *table = g_string_new (CSV);

  for (guint i = 0; i < n; i++)
    g_string_append_printf (table, "Given%u,Family%u,person%u@example.org,020 7946 %04u\n", i, i, i,
                            i);
  return g_string_free (table, FALSE);
}

static void
test_cancel (void)
{
  CbTestBook test = { 0 };
  g_autofree char *table = make_table (1000);
  g_autoptr (CbImport) import = new_import (table, NULL);
  g_autoptr (GError) error = NULL;
  gboolean more;
  guint n_first;

  cb_test_book_set_up (&test);
  g_assert_true (cb_book_import_piece (test.book, test.manager, import, &more, &error));
  g_assert_true (more);
  n_first = (guint) cb_import_get_n_added (import);
  g_assert_cmpuint (n_first, >, 0);
  g_assert_cmpuint (n_first, <, 1000);
  cb_test_book_reopen (&test);
  g_assert_cmpuint (count_customers (&test), ==, n_first);
  cb_test_book_tear_down (&test);
}

static void
test_twelve_months (void)
{
  CbTestBook test = { 0 };
  CbImportOptions options = { .basis = "contract", .keep_until_us = CB_TEST_MORNING_US + 2 * DAY };
  g_autofree char *first = NULL;
  g_autoptr (GPtrArray) list = NULL;
  g_autoptr (GError) error = NULL;

  cb_test_book_set_up (&test);
  assert_import (&test, three, "3 2 0 1");
  first = import_text (&test, CSV "Soon,Gone,soon@example.org,\n", &options);
  list = list_customers (&test);
  g_assert_cmpuint (list->len, ==, 3);
  cb_clock_advance (test.clock, 3 * DAY);
  g_assert_cmpint (cb_book_run_retention (test.book, &error), ==, 1);
  g_assert_cmpuint (count_customers (&test), ==, 2);
  g_clear_pointer (&list, g_ptr_array_unref);
  list = list_customers (&test);
  cb_test_book_answer (&test, cb_customer_get_id (g_ptr_array_index (list, 0)), "shop",
                       CB_CHANNEL_NONE, CB_ANSWER_YES, CB_METHOD_TAPPED);
  cb_clock_advance (test.clock, 366 * DAY);
  g_assert_cmpint (cb_book_run_retention (test.book, &error), ==, 1);
  g_assert_no_error (error);
  g_clear_pointer (&list, g_ptr_array_unref);
  list = list_customers (&test);
  g_assert_cmpuint (list->len, ==, 1);
  cb_test_book_tear_down (&test);
}

/* Whatever anybody wrote: the sum holds, and a second time nothing is added. */
static void
test_every_file (void)
{
  const char *shared = cb_test_need_shared ();
  g_autoptr (GPtrArray) books = NULL;
  CbTestBook test = { 0 };
  CbImportOptions none = { 0 };

  if (shared == NULL)
    return;
  books = cb_test_list_books (shared);
  cb_test_book_set_up (&test);
  for (guint pass = 0; pass < 2; pass++)
    {
      guint64 n_read = 0;
      guint64 n_added = 0;

      for (guint i = 0; i < books->len; i++)
        {
          const char *path = g_ptr_array_index (books, i);
          g_autoptr (GError) error = NULL;
          g_autoptr (CbImport) import = cb_import_open (path, CB_EXCHANGE_AUTO, &none, &error);

          g_assert_no_error (error);
          run (&test, import);
          n_read += cb_import_get_n_read (import);
          n_added += cb_import_get_n_added (import);
        }
      g_test_message ("%d read, %d added", (int) n_read, (int) n_added);
      g_assert_cmpuint (n_read, >, 100);
      g_assert_true (pass == 0 ? n_added > 60 : n_added == 0);
    }
  cb_test_book_tear_down (&test);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/import/a-second-run-adds-nothing", test_added_once);
  g_test_add_func ("/import/a-merge-fills-what-is-missing", test_merge_fills_gaps);
  g_test_add_func ("/import/names-decide-who-it-is", test_names_decide);
  g_test_add_func ("/import/nothing-leaves-before-its-owner-agrees", test_nothing_leaves);
  g_test_add_func ("/import/managers-only", test_managers_only);
  g_test_add_func ("/import/a-dry-run-changes-nothing", test_dry_run);
  g_test_add_func ("/import/cancelling-leaves-a-whole-number-of-entries", test_cancel);
  g_test_add_func ("/import/a-card-nobody-agreed-to-ends", test_twelve_months);
  g_test_add_func ("/import/every-file-of-other-programs", test_every_file);
  return g_test_run ();
}
