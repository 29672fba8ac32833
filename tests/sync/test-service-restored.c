/* SPDX-License-Identifier: Apache-2.0 */

/* A database that was put back from a back-up: what it says of its history, and what stays decided
 * although it does not know it any more. */

#define G_LOG_DOMAIN "Counterbook"

#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>

#include "base/cb-error.h"
#include "service/cb-admission.h"
#include "service/cb-cursor.h"
#include "service/cb-keys.h"
#include "service/cb-orders.h"
#include "support/cb-test-ops.h"
#include "support/cb-test-pg.h"
#include "support/cb-test-service.h"
#include "wire/cb-changes.h"

#define MARA "3f8590c97a07477c81905ed61e1ece7a"
#define NURIA "4a8590c97a07477c81905ed61e1ece7b"
#define NOTE "2468b95aa9294773959c97a301d5d81d"

/* --- a copy, and putting it back --- */

typedef struct
{
  CbTestService *book;
  char *copy; /* a file, or a database */
} Test;

static void
set_up (Test *test, gconstpointer data)
{
  test->book = cb_test_service_new ();
}

static void
tear_down (Test *test, gconstpointer data)
{
  cb_test_service_free (test->book);
  g_free (test->copy);
}

static void
copy_file (const char *from, const char *to)
{
  g_autofree char *bytes = NULL;
  g_autofree char *log = g_strconcat (to, "-wal", NULL);
  g_autofree char *index = g_strconcat (to, "-shm", NULL);
  gsize length = 0;

  g_remove (log);
  g_remove (index);
  g_assert_true (g_file_get_contents (from, &bytes, &length, NULL));
  g_assert_true (g_file_set_contents (to, bytes, (gssize) length, NULL));
}

static void
open_again (Test *test)
{
  test->book->service = cb_test_service_open_other (test->book);
}

static void
make_copy (Test *test)
{
  CbTestService *book = test->book;

  g_clear_pointer (&book->service, cb_service_free);
  g_clear_pointer (&test->copy, g_free);
  if (cb_test_pg_is_on ())
    test->copy = cb_test_pg_copy (book->place.address);
  else
    {
      test->copy = g_strconcat (book->path, ".copy", NULL);
      copy_file (book->path, test->copy);
    }
  open_again (test);
}

/* Leaves the service closed. */
static void
put_back (Test *test)
{
  CbTestService *book = test->book;

  g_clear_pointer (&book->service, cb_service_free);
  if (!cb_test_pg_is_on ())
    {
      copy_file (test->copy, book->path);
      return;
    }
  g_free (book->place.address);
  book->place.address = cb_test_pg_copy (test->copy);
}

static void
say_restored (Test *test)
{
  g_autoptr (GError) error = NULL;
  CbStorage *storage = cb_place_open_restored (&test->book->place, &error);

  g_assert_no_error (error);
  test->book->service = cb_service_new (storage, test->book->place.path, test->book->clock, &error);
  g_assert_no_error (error);
}

static const char *
get_epoch (Test *test)
{
  return cb_service_get_identity (test->book->service)->epoch;
}

static void
expect (Test *test, char *line, const char *answer)
{
  cb_test_service_expect (test->book, line, answer);
}

static char *
yes_to (const char *op, const char *customer)
{
  return cb_test_grant (op, customer, "shop", "*", "tapped", NULL);
}

static char *
note_on (const char *grant, const char *op)
{
  const CbTestPut put = { .op = op,
                          .customer = MARA,
                          .scope = "store",
                          .purpose = "shop",
                          .grant = grant,
                          .text = "navy, not wool" };

  return cb_test_note (NOTE, &put);
}

static CbTold
tell_terminal (Test *test, const CbTerminalRow *terminal, const char *cursor, CbChangesPage **page)
{
  g_autoptr (GString) reply = g_string_new (NULL);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  const CbTold told =
    cb_service_tell_changes (test->book->service, terminal, cursor, reply, &error);

  g_assert_no_error (error);
  if (told == CB_TOLD && page != NULL)
    {
      bytes = g_bytes_new (reply->str, reply->len);
      *page = cb_changes_page_parse (bytes, &error);
      g_assert_no_error (error);
    }
  return told;
}

static CbTold
tell (Test *test, const char *cursor, CbChangesPage **page)
{
  return tell_terminal (test, &test->book->terminal, cursor, page);
}

/* --- the history --- */

static void
test_new_history (Test *test, gconstpointer data)
{
  g_autofree char *before = g_strdup (get_epoch (test));
  g_autoptr (CbChangesPage) page = NULL;
  g_autoptr (CbChangesPage) after = NULL;

  expect (test, yes_to (NULL, MARA), "applied");
  make_copy (test);
  expect (test, cb_test_withdraw (NULL, MARA, "shop", "*"), "applied");
  g_assert_cmpint (tell (test, NULL, &page), ==, CB_TOLD);
  put_back (test);
  say_restored (test);
  g_assert_cmpstr (get_epoch (test), !=, before);
  g_assert_cmpint (tell (test, page->cursor, NULL), ==, CB_TOLD_OF_OTHERS);

  /* The numbers that were lost are not given again. */
  expect (test, yes_to (NULL, NURIA), "applied");
  g_assert_cmpint (tell (test, NULL, &after), ==, CB_TOLD);
  g_assert_cmpint (after->head, >, page->head + 1000000);

  /* And it is the history from now on. */
  g_free (before);
  before = g_strdup (get_epoch (test));
  cb_test_service_reopen (test->book);
  g_assert_cmpstr (get_epoch (test), ==, before);
  g_assert_cmpint (tell (test, after->cursor, NULL), ==, CB_TOLD);
}

/* The same copy once more: the file beside it is of the history between, and says so. */
static void
test_put_back_twice (Test *test, gconstpointer data)
{
  g_autofree char *second = NULL;
  g_autoptr (CbChangesPage) page = NULL;
  g_autoptr (GError) error = NULL;
  CbStorage *storage = NULL;

  expect (test, yes_to (NULL, MARA), "applied");
  make_copy (test);
  put_back (test);
  say_restored (test);
  second = g_strdup (get_epoch (test));
  g_assert_cmpint (tell (test, NULL, &page), ==, CB_TOLD);
  put_back (test);
  storage = cb_place_open (&test->book->place, TRUE, &error);
  g_assert_null (storage);
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_CORRUPT);
  say_restored (test);
  g_assert_cmpstr (get_epoch (test), !=, second);
  g_assert_cmpint (tell (test, page->cursor, NULL), ==, CB_TOLD_OF_OTHERS);
}

static void
test_nothing_to_restore (Test *test, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  CbPlace nowhere = { .path = (char *) "/nonexistent/profiles.db" };

  g_assert_null (cb_place_open_restored (&nowhere, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_NO_STORE);
}

/* --- what stays decided --- */

static void
test_nothing_comes_back (Test *test, gconstpointer data)
{
  static const char yes[] = "221fc6ecee194c669df48bcdd8e07aa2";
  g_autofree char *end = cb_test_withdraw (NULL, MARA, "shop", "*");

  expect (test, yes_to (yes, MARA), "applied");
  expect (test, note_on (yes, NULL), "applied");
  expect (test, yes_to (NULL, NURIA), "applied");
  make_copy (test);
  expect (test, g_strdup (end), "applied");
  expect (test, cb_test_erase (NULL, NURIA), "applied");
  g_assert_cmpuint (cb_test_service_count (test->book, NURIA), ==, 0);
  put_back (test);
  say_restored (test);

  /* Nobody has said anything yet. */
  g_assert_cmpuint (cb_test_service_count (test->book, NURIA), ==, 0);
  g_assert_cmpuint (cb_test_service_count (test->book, NOTE), ==, 0);
  expect (test, note_on (yes, NULL), "refused:consent_withdrawn");
  expect (test, yes_to (NULL, NURIA), "gone");
  expect (test, yes_to (NULL, MARA), "refused:stale_grant");

  /* The terminal that ended it offers its own bytes, and nothing is ended twice. */
  expect (test, g_strdup (end), "duplicate");
  g_assert_cmpuint (cb_test_service_count_problems (test->book), ==, 0);
}

/* A yes that saw the end stands, whichever of the two comes first. */
static void
test_yes_after_the_end_stands (Test *test, gconstpointer data)
{
  static const char no[] = "bfdac9662e88427f85671e821f858058";
  g_autofree char *again = cb_test_grant (NULL, MARA, "shop", "*", "tapped", no);
  g_autofree char *dump = NULL;

  expect (test, yes_to (NULL, MARA), "applied");
  make_copy (test);
  expect (test, cb_test_withdraw (no, MARA, "shop", "*"), "applied");
  expect (test, g_strdup (again), "applied");
  put_back (test);
  say_restored (test);
  expect (test, g_strdup (again), "applied");
  expect (test, cb_test_withdraw (no, MARA, "shop", "*"), "duplicate");
  dump = cb_test_service_dump (test->book);
  g_assert_nonnull (strstr (dump, "\"state\":\"given\""));
}

/* A no that ended what the terminal did not know is an end like any other; one at the centre too.
 */
static void
test_every_end_is_kept (Test *test, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  expect (test, yes_to (NULL, MARA), "applied");
  expect (test, yes_to (NULL, NURIA), "applied");
  make_copy (test);
  expect (test, cb_test_refuse (NULL, MARA, "shop", "*"), "applied");
  g_assert_true (cb_service_withdraw (test->book->service, NURIA, "shop", NULL, &error));
  g_assert_no_error (error);
  put_back (test);
  say_restored (test);
  expect (test, yes_to (NULL, MARA), "refused:stale_grant");
  expect (test, yes_to (NULL, NURIA), "refused:stale_grant");
}

/* Nothing says any more which shops were to hear of it. */
static void
test_every_shop_hears (Test *test, gconstpointer data)
{
  static const char no[] = "bfdac9662e88427f85671e821f858058";
  g_autoptr (CbChangesPage) before = NULL;
  g_autoptr (CbChangesPage) page = NULL;
  g_autoptr (GError) error = NULL;
  CbTerminalRow elsewhere = { 0 };

  make_copy (test);
  expect (test, yes_to (NULL, MARA), "applied");
  expect (test, yes_to (NULL, NURIA), "applied");
  expect (test, cb_test_withdraw (no, MARA, "shop", "*"), "applied");
  g_strlcpy (elsewhere.id, "00000000000000000000000000000001", sizeof elsewhere.id);
  g_assert_cmpint (tell_terminal (test, &elsewhere, NULL, &before), ==, CB_TOLD);
  g_assert_cmpuint (before->changes->len, ==, 0);
  put_back (test);
  say_restored (test);

  /* Of the one the ledger knows, of the other nobody here ever heard. */
  g_assert_true (cb_service_withdraw (test->book->service, NURIA, "shop", NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (tell_terminal (test, &elsewhere, NULL, &page), ==, CB_TOLD);
  g_assert_cmpuint (page->changes->len, ==, 2);

  /* What the ledger brought goes on being told, whoever answers since. */
  g_clear_pointer (&page, cb_changes_page_free);
  expect (test, cb_test_grant (NULL, MARA, "shop", "*", "tapped", no), "applied");
  g_assert_cmpint (tell_terminal (test, &elsewhere, NULL, &page), ==, CB_TOLD);
  g_assert_cmpuint (page->changes->len, ==, 2);
}

/* More of them than a batch holds. */
static void
test_many_ends (Test *test, gconstpointer data)
{
  enum
  {
    N_ENDS = 1100
  };
  g_autoptr (GString) lines = g_string_new (NULL);

  make_copy (test);
  for (guint i = 0; i < N_ENDS; i++)
    {
      g_autofree char *customer = g_strdup_printf ("%032x", i);
      g_autofree char *end = cb_test_withdraw (NULL, customer, "shop", "*");

      g_string_append_printf (lines, "%s\n", end);
      if (i % 500 == 499 || i + 1 == N_ENDS)
        {
          g_autoptr (CbAckList) acks = cb_test_service_push (test->book, lines->str);

          g_assert_true (acks->is_complete);
          g_string_truncate (lines, 0);
        }
    }
  g_assert_cmpuint (cb_test_service_count (test->book, NULL), ==, N_ENDS);
  put_back (test);
  say_restored (test);
  g_assert_cmpuint (cb_test_service_count (test->book, NULL), ==, N_ENDS);
}

static void
test_shut_out_stays_out (Test *test, gconstpointer data)
{
  guint8 public_key[crypto_sign_PUBLICKEYBYTES];
  guint8 secret_key[crypto_sign_SECRETKEYBYTES];
  g_auto (CbTerminalRow) terminal = { 0 };
  g_auto (CbTerminalRow) found = { 0 };
  g_autofree char *code = cb_admission_make_code (test->book->service, "Port Halden", NULL);
  g_auto (CbKeyRow) row = { 0 };
  g_autofree char *key =
    cb_keys_make (test->book->service, "Web shop", CB_SCOPE_PROFILE, &row, NULL);
  g_autoptr (GError) error = NULL;
  CbStorage *storage = NULL;

  crypto_sign_keypair (public_key, secret_key);
  g_assert_cmpint (cb_admission_enrol (test->book->service, code, public_key, &terminal, &error),
                   ==, CB_ADMISSION_GRANTED);
  make_copy (test);
  g_assert_true (cb_admission_revoke (test->book->service, terminal.id, &error));
  g_assert_true (cb_keys_revoke (test->book->service, row.id, &error));
  put_back (test);
  say_restored (test);
  storage = cb_service_get_storage (test->book->service);
  g_assert_true (storage->methods->find_terminal (storage, terminal.id, &found, &error));
  g_assert_true (found.is_revoked);
  cb_key_row_clear (&row);
  g_assert_false (cb_keys_check (test->book->service, key, &row, &error));
  g_assert_no_error (error);
}

static void
test_order_stands (Test *test, gconstpointer data)
{
  guint8 public_key[crypto_sign_PUBLICKEYBYTES];
  guint8 secret_key[crypto_sign_SECRETKEYBYTES];
  guint8 before[CB_ORDER_PUBLIC_BYTES];
  guint8 after[CB_ORDER_PUBLIC_BYTES];
  g_auto (CbTerminalRow) terminal = { 0 };
  g_auto (CbTerminalRow) found = { 0 };
  g_autofree char *code = cb_admission_make_code (test->book->service, "Port Halden", NULL);
  g_autoptr (GError) error = NULL;
  CbStorage *storage = NULL;

  crypto_sign_keypair (public_key, secret_key);
  g_assert_cmpint (cb_admission_enrol (test->book->service, code, public_key, &terminal, &error),
                   ==, CB_ADMISSION_GRANTED);
  cb_orders_get_public_key (cb_service_get_identity (test->book->service), before);
  make_copy (test);
  g_assert_true (cb_admission_order_wipe (test->book->service, terminal.id, &error));
  put_back (test);
  say_restored (test);
  storage = cb_service_get_storage (test->book->service);
  g_assert_true (storage->methods->find_terminal (storage, terminal.id, &found, &error));
  g_assert_no_error (error);
  g_assert_true (found.is_revoked);
  g_assert_cmpint (found.wipe_us, >, 0);
  /* The terminal knows the key by which it was enrolled. */
  cb_orders_get_public_key (cb_service_get_identity (test->book->service), after);
  g_assert_cmpmem (before, sizeof before, after, sizeof after);
}

/* --- cursors --- */

/* Whoever makes a cursor up is told everything, and proves nothing. */
static void
test_forged_cursors (Test *test, gconstpointer data)
{
  CbIdentity guessed = *cb_service_get_identity (test->book->service);
  g_autofree char *epoch = g_strdup (get_epoch (test));
  g_autofree char *forged = NULL;
  g_autofree char *bent = NULL;
  g_autoptr (CbChangesPage) page = NULL;

  guessed.nonce_key[0] ^= 1;
  forged = cb_cursor_make (&guessed, 1000000);
  g_assert_cmpint (tell (test, forged, NULL), ==, CB_TOLD_OF_OTHERS);
  g_assert_cmpint (tell (test, NULL, &page), ==, CB_TOLD);
  for (gsize i = 0; page->cursor[i] != '\0'; i++)
    {
      g_free (bent);
      bent = g_strdup (page->cursor);
      bent[i] = bent[i] == 'B' ? 'R' : 'B';
      g_assert_cmpint (tell (test, bent, NULL), ==, CB_TOLD_OF_OTHERS);
    }
  g_assert_cmpint (tell (test, page->cursor, NULL), ==, CB_TOLD);
  g_assert_cmpstr (get_epoch (test), ==, epoch);
}

/* One that the service made, and that is ahead, is proof; the history is for whoever runs it. */
static void
test_ahead (Test *test, gconstpointer data)
{
  g_autofree char *epoch = g_strdup (get_epoch (test));
  g_autoptr (CbChangesPage) page = NULL;

  make_copy (test);
  expect (test, yes_to (NULL, MARA), "applied");
  g_assert_cmpint (tell (test, NULL, &page), ==, CB_TOLD);
  put_back (test);
  open_again (test);
  g_test_expect_message ("Counterbook", G_LOG_LEVEL_CRITICAL, "*restored*");
  g_assert_cmpint (tell (test, page->cursor, NULL), ==, CB_TOLD_AHEAD);
  g_test_assert_expected_messages ();
  g_assert_cmpstr (get_epoch (test), ==, epoch);
}

#define ADD(path, func) g_test_add ("/service/restored/" path, Test, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("history/is-a-new-one", test_new_history);
  ADD ("history/put-back-twice", test_put_back_twice);
  ADD ("history/nothing-to-restore", test_nothing_to_restore);
  ADD ("decided/nothing-comes-back", test_nothing_comes_back);
  ADD ("decided/a-yes-after-the-end-stands", test_yes_after_the_end_stands);
  ADD ("decided/every-end-is-kept", test_every_end_is_kept);
  ADD ("decided/every-shop-hears", test_every_shop_hears);
  ADD ("decided/many-ends", test_many_ends);
  ADD ("decided/who-is-shut-out-stays-out", test_shut_out_stays_out);
  ADD ("decided/order-to-wipe-stands", test_order_stands);
  ADD ("cursors/made-up-ones-prove-nothing", test_forged_cursors);
  ADD ("cursors/ahead-is-said", test_ahead);
  return g_test_run ();
}
