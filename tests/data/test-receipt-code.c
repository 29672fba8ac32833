/* SPDX-License-Identifier: Apache-2.0 */

/* The code on a receipt: what was made is read again, however it is typed; nothing else is one. */

#define G_LOG_DOMAIN "Counterbook"

#include <string.h>

#include "base/cb-error.h"
#include "base/cb-id.h"
#include "cb-test-book.h"
#include "exchange/cb-receipt-code.h"

#define NUMBER "0123456789abcdef0123456789abcdef"

static void
assert_read (const char *text, const char *expected)
{
  g_autofree char *read = cb_receipt_code_parse (text);

  g_assert_cmpstr (read, ==, expected);
}

static void
test_made (void)
{
  g_autofree char *made = cb_receipt_code_make (NUMBER);

  g_assert_cmpstr (made, ==, "COUNTERBOOK:0123456789ABCDEF0123456789ABCDEF");
  /* Of QR's alphanumeric characters alone. */
  g_assert_cmpuint (strspn (made, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"), ==,
                    strlen (made));
  for (int i = 0; i < 100; i++)
    {
      g_autofree char *id = cb_id_new ();
      g_autofree char *code = cb_receipt_code_make (id);

      assert_read (code, id);
    }
}

static void
test_read (void)
{
  assert_read (NUMBER, NUMBER);
  assert_read ("  counterbook:0123 4567 89AB cdef\t01234567-89abcdef\r\n", NUMBER);
  assert_read ("COUNTERBOOK: " NUMBER, NUMBER);
}

static void
test_not_read (void)
{
  g_autofree char *blanks = g_strnfill (4096, ' ');
  g_autofree char *long_one = g_strconcat (NUMBER, blanks, NULL);

  assert_read ("", NULL);
  assert_read ("COUNTERBOOK:", NULL);
  assert_read ("0123456789abcdef0123456789abcde", NULL);
  assert_read (NUMBER "0", NULL);
  assert_read ("g123456789abcdef0123456789abcdef", NULL);
  assert_read ("BOOK:" NUMBER, NULL);
  assert_read ("COUNTERBOOK:COUNTERBOOK:" NUMBER, NULL);
  assert_read ("0123456789abcdef0123456789abcd\xc3\xa9", NULL);
  assert_read (long_one, NULL);
}

/* --- at the counter --- */

static char *
find (CbTestBook *test, CbStaff *actor, const char *scanned)
{
  g_autoptr (GError) error = NULL;
  char *found = cb_book_find_card (test->book, actor, scanned, &error);

  if (found == NULL)
    g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_NOT_FOUND);
  return found;
}

static char *
answer (CbTestBook *test, const char *customer)
{
  g_autoptr (GPtrArray) answers =
    g_ptr_array_new_with_free_func ((GDestroyNotify) cb_answer_draft_free);
  g_autoptr (GError) error = NULL;
  CbAnswerDraft *draft = cb_answer_draft_new ();
  char *receipt;

  draft->purpose = g_strdup ("shop");
  draft->answer = CB_ANSWER_NO;
  draft->method = CB_METHOD_TAPPED;
  g_ptr_array_add (answers, draft);
  receipt = cb_book_record_answers (test->book, test->associate, customer, answers, &error);
  g_assert_no_error (error);
  return receipt;
}

/* Whoever shows their receipt is found by it, as by a card; who is restricted by no associate. */
static void
test_scanned (CbTestBook *test, gconstpointer data)
{
  g_autofree char *one = cb_test_book_add_customer (test, "One", NULL, NULL, NULL);
  g_autofree char *two = cb_test_book_add_customer (test, "Two", NULL, NULL, NULL);
  g_autofree char *first = answer (test, one);
  g_autofree char *second = answer (test, two);
  g_autofree char *code = cb_receipt_code_make (second);
  g_autofree char *found = find (test, test->associate, code);
  g_autofree char *typed = find (test, test->associate, first);
  g_autofree char *unknown = cb_id_new ();
  g_autofree char *of_nobody = cb_receipt_code_make (unknown);
  g_autofree char *by_manager = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (found, ==, two);
  g_assert_cmpstr (typed, ==, one);
  g_assert_null (find (test, test->associate, of_nobody));
  g_assert_true (cb_book_restrict_customer (test->book, test->associate, two, TRUE, &error));
  g_assert_null (find (test, test->associate, code));
  by_manager = find (test, test->manager, code);
  g_assert_cmpstr (by_manager, ==, two);
  g_assert_true (cb_book_erase (test->book, test->manager, one, CB_ERASE_REQUEST, &error));
  g_assert_null (find (test, test->manager, first));
}

static void
set_up (CbTestBook *test, gconstpointer data)
{
  cb_test_book_set_up (test);
}

static void
tear_down (CbTestBook *test, gconstpointer data)
{
  cb_test_book_tear_down (test);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/receipt-code/made", test_made);
  g_test_add_func ("/receipt-code/read", test_read);
  g_test_add_func ("/receipt-code/not-read", test_not_read);
  g_test_add ("/receipt-code/scanned", CbTestBook, NULL, set_up, test_scanned, tear_down);
  return g_test_run ();
}
