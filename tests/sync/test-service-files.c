/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "base/cb-error.h"
#include "base/cb-id.h"
#include "service/cb-sqlite-storage.h"
#include "support/cb-test-ops.h"
#include "support/cb-test-service.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>

static gboolean
opens (CbTestService *book, CbStoreError wanted)
{
  g_autoptr (GError) error = NULL;
  CbStorage *storage = cb_sqlite_storage_open (book->path, TRUE, &error);

  if (storage != NULL)
    {
      storage->methods->close (storage);
      return TRUE;
    }
  g_assert_error (error, CB_STORE_ERROR, (int) wanted);
  return FALSE;
}

static char *
beside (CbTestService *book, const char *suffix)
{
  return g_strconcat (book->path, suffix, NULL);
}

/* --- the epoch --- */

static void
test_epoch_stands_beside_the_database (void)
{
  g_autoptr (CbTestService) book = cb_test_service_new ();
  g_autofree char *path = beside (book, ".epoch");
  g_autofree char *next = beside (book, ".epoch.new");
  g_autofree char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (g_strstrip (text), ==, cb_service_get_identity (book->service)->epoch);
  g_assert_false (g_file_test (next, G_FILE_TEST_EXISTS));
  g_clear_pointer (&book->service, cb_service_free);
  g_assert_true (opens (book, 0));
}

static void
test_two_histories_are_refused (void)
{
  g_autoptr (CbTestService) book = cb_test_service_new ();
  g_autofree char *path = beside (book, ".epoch");
  g_autofree char *other = cb_id_new ();

  g_clear_pointer (&book->service, cb_service_free);
  g_assert_true (g_file_set_contents (path, other, -1, NULL));
  g_assert_false (opens (book, CB_STORE_ERROR_CORRUPT));
  g_remove (path);
  g_assert_false (opens (book, CB_STORE_ERROR_CORRUPT));
}

static void
test_fresh_database_in_an_old_place_is_refused (void)
{
  g_autoptr (CbTestService) book = cb_test_service_new ();

  g_clear_pointer (&book->service, cb_service_free);
  g_remove (book->path);
  g_assert_false (opens (book, CB_STORE_ERROR_CORRUPT));
}

/* Whatever moment of its making a crash chose. */
static void
test_half_made_epoch_is_finished (void)
{
  g_autoptr (CbTestService) book = cb_test_service_new ();
  g_autofree char *path = beside (book, ".epoch");
  g_autofree char *next = beside (book, ".epoch.new");
  g_autofree char *other = cb_id_new ();

  /* The database said so, the file had not been renamed. */
  g_clear_pointer (&book->service, cb_service_free);
  g_assert_cmpint (g_rename (path, next), ==, 0);
  g_assert_true (opens (book, 0));
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));

  /* The file had been prepared, the database not begun. */
  g_remove (path);
  g_remove (book->path);
  g_assert_true (g_file_set_contents (next, other, -1, NULL));
  g_assert_true (opens (book, 0));
}

/* --- the file --- */

static void
test_files_are_private (void)
{
  g_autoptr (CbTestService) book = cb_test_service_new ();
  g_autoptr (GDir) directory = g_dir_open (book->directory, 0, NULL);
  const char *name = NULL;

  while ((name = g_dir_read_name (directory)) != NULL)
    {
      g_autofree char *path = g_build_filename (book->directory, name, NULL);
      struct stat status;

      g_assert_cmpint (stat (path, &status), ==, 0);
      g_assert_cmpint (status.st_mode & 077, ==, 0);
    }
}

static void
run_sql (CbTestService *book, const char *sql)
{
  sqlite3 *handle = NULL;

  g_assert_cmpint (sqlite3_open (book->path, &handle), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (handle, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (handle);
}

static void
test_database_of_tomorrow_is_left_alone (void)
{
  g_autoptr (CbTestService) book = cb_test_service_new ();

  g_clear_pointer (&book->service, cb_service_free);
  run_sql (book, "PRAGMA user_version=99");
  g_assert_false (opens (book, CB_STORE_ERROR_TOO_NEW));
}

static void
test_what_is_no_database_is_left_alone (void)
{
  g_autoptr (CbTestService) book = cb_test_service_new ();
  g_autofree char *text = g_strnfill (5000, 'x');
  g_autofree char *after = NULL;

  g_clear_pointer (&book->service, cb_service_free);
  g_assert_true (g_file_set_contents (book->path, text, -1, NULL));
  g_assert_false (opens (book, CB_STORE_ERROR_CORRUPT));
  g_assert_true (g_file_get_contents (book->path, &after, NULL, NULL));
  g_assert_cmpstr (after, ==, text);
}

/* --- deleting for good --- */

static guint
count_files_with (CbTestService *book, const char *text)
{
  g_autoptr (GDir) directory = g_dir_open (book->directory, 0, NULL);
  const char *name = NULL;
  guint n_files = 0;

  while ((name = g_dir_read_name (directory)) != NULL)
    {
      g_autofree char *path = g_build_filename (book->directory, name, NULL);
      g_autofree char *bytes = NULL;
      gsize length = 0;

      g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
      n_files += memmem (bytes, length, text, strlen (text)) != NULL;
    }
  return n_files;
}

/* Fifty customers with a canary in each field; every second one goes. */
static void
fill (CbTestService *book, GPtrArray *customers)
{
  for (guint i = 0; i < 50; i++)
    {
      g_autofree char *grant = cb_id_new ();
      g_autofree char *word = g_strdup_printf ("CANARY-%02u", i);
      char *customer = cb_id_new ();

      cb_test_service_expect (book, cb_test_grant (grant, customer, "shop", "*", "tapped", NULL),
                              "applied");
      for (guint k = 0; k < 20; k++)
        {
          g_autofree char *id = cb_id_new ();
          const CbTestPut put = { .customer = customer,
                                  .scope = "store",
                                  .purpose = "shop",
                                  .grant = grant,
                                  .text = word };

          cb_test_service_expect (book,
                                  k == 0       ? cb_test_card (&put)
                                  : k % 2 == 0 ? cb_test_note (id, &put)
                                               : cb_test_preference (id, &put),
                                  "applied");
        }
      g_ptr_array_add (customers, customer);
    }
}

static void
check_gone (CbTestService *book)
{
  for (guint i = 0; i < 50; i++)
    {
      g_autofree char *word = g_strdup_printf ("CANARY-%02u", i);

      g_assert_cmpuint (count_files_with (book, word), ==, i % 2 == 0 ? 0 : 1);
    }
}

static void
scrub (CbTestService *book)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (cb_service_wants_scrub (book->service));
  cb_service_scrub (book->service, &error);
  g_assert_no_error (error);
  g_assert_false (cb_service_wants_scrub (book->service));
}

static void
rewrite (CbTestService *book)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (cb_service_wants_rewrite (book->service));
  cb_service_rewrite (book->service, &error);
  g_assert_no_error (error);
  g_assert_false (cb_service_wants_rewrite (book->service));
}

static void
test_withdrawn_bodies_leave_the_files (void)
{
  g_autoptr (CbTestService) book = cb_test_service_new ();
  g_autoptr (GPtrArray) customers = g_ptr_array_new_with_free_func (g_free);

  fill (book, customers);
  scrub (book);
  for (guint i = 0; i < customers->len; i += 2)
    cb_test_service_expect (book, cb_test_withdraw (NULL, customers->pdata[i], "shop", "*"),
                            "applied");
  scrub (book);
  rewrite (book);
  check_gone (book);
}

static void
test_erased_bodies_leave_the_files (void)
{
  g_autoptr (CbTestService) book = cb_test_service_new ();
  g_autoptr (GPtrArray) customers = g_ptr_array_new_with_free_func (g_free);

  fill (book, customers);
  scrub (book);
  for (guint i = 0; i < customers->len; i += 2)
    cb_test_service_expect (book, cb_test_erase (NULL, customers->pdata[i]), "applied");
  scrub (book);
  rewrite (book);
  check_gone (book);
}

/* Ended between the deletion and the rewrite: the next start knows. */
static void
test_rewriting_is_remembered (void)
{
  g_autoptr (CbTestService) book = cb_test_service_new ();
  g_autofree char *customer = cb_id_new ();

  g_assert_false (cb_service_wants_rewrite (book->service));
  cb_test_service_expect (book, cb_test_erase (NULL, customer), "applied");
  g_assert_true (cb_service_wants_rewrite (book->service));
  cb_test_service_reopen (book);
  rewrite (book);
  cb_test_service_reopen (book);
  g_assert_false (cb_service_wants_rewrite (book->service));
}

/* Somebody who reads holds the log; the service goes on and tries again. */
static void
test_reader_holds_up_the_scrubbing (void)
{
  g_autoptr (CbTestService) book = cb_test_service_new ();
  g_autofree char *customer = cb_id_new ();
  g_autofree char *grant = cb_id_new ();
  g_autoptr (GError) error = NULL;
  sqlite3 *reader = NULL;

  cb_test_service_expect (book, cb_test_grant (grant, customer, "shop", "*", "tapped", NULL),
                          "applied");
  g_assert_cmpint (sqlite3_open (book->path, &reader), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (reader, "BEGIN; SELECT count (*) FROM consent", NULL, NULL, NULL),
                   ==, SQLITE_OK);
  cb_test_service_expect (book, cb_test_withdraw (NULL, customer, "shop", "*"), "applied");

  g_assert_false (cb_service_scrub (book->service, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_BUSY);
  g_assert_true (cb_service_wants_scrub (book->service));
  sqlite3_close (reader);
  scrub (book);
  g_assert_cmpuint (count_files_with (book, "R-EVIDENCE"), ==, 0);
}

/* --- when the database stumbles --- */

/* A trigger fails one note of a batch: its neighbours are kept, what builds on it waits. */
static void
test_stumble_costs_one_operation (void)
{
  g_autoptr (CbTestService) book = cb_test_service_new ();
  g_autofree char *customer = cb_id_new ();
  g_autofree char *grant = cb_id_new ();
  g_autofree char *bad = cb_id_new ();
  g_autofree char *good = cb_id_new ();
  g_autofree char *op = cb_id_new ();
  g_autofree char *sql = g_strdup_printf (
    "CREATE TRIGGER boom BEFORE INSERT ON record WHEN NEW.key = 'note/%s'"
    " BEGIN SELECT RAISE (ABORT, 'boom'); END",
    bad);
  CbTestPut put = { .customer = customer,
                    .scope = "store",
                    .purpose = "shop",
                    .grant = grant,
                    .text = "a" };
  g_autofree char *yes = cb_test_grant (grant, customer, "shop", "*", "tapped", NULL);
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *third = NULL;
  g_autofree char *text = NULL;
  g_autoptr (CbAckList) list = NULL;

  run_sql (book, sql);
  put.op = op;
  first = cb_test_note (bad, &put);
  put.op = NULL;
  put.base = op;
  second = cb_test_note (bad, &put);
  put.base = NULL;
  third = cb_test_note (good, &put);
  text = g_strjoin ("\n", yes, first, second, "spoilt", third, NULL);

  list = cb_test_service_push (book, text);
  g_assert_true (list->is_complete);
  g_assert_cmpuint (list->acks->len, ==, 5);
  g_assert_cmpint (((CbAck *) list->acks->pdata[0])->state, ==, CB_ACK_APPLIED);
  g_assert_cmpint (((CbAck *) list->acks->pdata[1])->state, ==, CB_ACK_RETRY);
  g_assert_cmpstr (((CbAck *) list->acks->pdata[1])->code, ==, "internal");
  g_assert_cmpint (((CbAck *) list->acks->pdata[1])->after_ms, >, 0);
  g_assert_cmpint (((CbAck *) list->acks->pdata[2])->state, ==, CB_ACK_BLOCKED);
  g_assert_cmpstr (((CbAck *) list->acks->pdata[2])->by, ==, op);
  g_assert_cmpint (((CbAck *) list->acks->pdata[3])->state, ==, CB_ACK_REFUSED);
  g_assert_cmpint (((CbAck *) list->acks->pdata[4])->state, ==, CB_ACK_APPLIED);
  g_assert_cmpint (list->head, ==, 2);
  g_assert_cmpuint (cb_test_service_count_problems (book), ==, 0);

  /* Mended, the same bytes go through. */
  run_sql (book, "DROP TRIGGER boom");
  g_clear_pointer (&list, cb_ack_list_free);
  list = cb_test_service_push (book, text);
  g_assert_cmpint (((CbAck *) list->acks->pdata[0])->state, ==, CB_ACK_DUPLICATE);
  g_assert_cmpint (((CbAck *) list->acks->pdata[1])->state, ==, CB_ACK_APPLIED);
  g_assert_cmpint (((CbAck *) list->acks->pdata[2])->state, ==, CB_ACK_APPLIED);
  g_assert_cmpint (((CbAck *) list->acks->pdata[4])->state, ==, CB_ACK_DUPLICATE);
  g_assert_cmpuint (cb_test_service_count_problems (book), ==, 0);
}

/* The yes itself stumbles: what rests on it waits for it. */
static void
test_stumbling_yes_blocks_what_rests_on_it (void)
{
  g_autoptr (CbTestService) book = cb_test_service_new ();
  g_autofree char *customer = cb_id_new ();
  g_autofree char *grant = cb_id_new ();
  g_autofree char *id = cb_id_new ();
  const CbTestPut put = { .customer = customer,
                          .scope = "store",
                          .purpose = "shop",
                          .grant = grant,
                          .text = "a" };
  g_autofree char *yes = cb_test_grant (grant, customer, "shop", "*", "tapped", NULL);
  g_autofree char *note = cb_test_note (id, &put);
  g_autofree char *text = g_strjoin ("\n", yes, note, NULL);
  g_autoptr (CbAckList) list = NULL;

  run_sql (book,
           "CREATE TRIGGER boom BEFORE INSERT ON consent_grant"
           " BEGIN SELECT RAISE (ABORT, 'boom'); END");
  list = cb_test_service_push (book, text);
  g_assert_cmpint (((CbAck *) list->acks->pdata[0])->state, ==, CB_ACK_RETRY);
  g_assert_cmpint (((CbAck *) list->acks->pdata[1])->state, ==, CB_ACK_BLOCKED);
  g_assert_cmpstr (((CbAck *) list->acks->pdata[1])->by, ==, grant);
  g_assert_cmpuint (cb_test_service_count (book, NULL), ==, 0);
}

/* --- check --- */

static void
test_check_finds_what_must_not_be (void)
{
  static const char *const harms[] = {
    "INSERT INTO erased (customer, n) SELECT customer, 1 FROM record LIMIT 1",
    "DELETE FROM applied WHERE op IN (SELECT version FROM record)",
    "UPDATE consent_grant SET ended_by = op",
    "UPDATE record SET scope = 'company'",
    "UPDATE counter SET head = 0",
    "PRAGMA foreign_keys = OFF; DELETE FROM consent_grant",
  };

  for (guint i = 0; i < G_N_ELEMENTS (harms); i++)
    {
      g_autoptr (CbTestService) book = cb_test_service_new ();
      g_autofree char *customer = cb_id_new ();
      g_autofree char *grant = cb_id_new ();
      g_autofree char *id = cb_id_new ();
      const CbTestPut put = { .customer = customer,
                              .scope = "store",
                              .purpose = "shop",
                              .grant = grant,
                              .text = "a" };

      cb_test_service_expect (book, cb_test_grant (grant, customer, "shop", "*", "tapped", NULL),
                              "applied");
      cb_test_service_expect (book, cb_test_note (id, &put), "applied");
      g_assert_cmpuint (cb_test_service_count_problems (book), ==, 0);
      run_sql (book, harms[i]);
      g_assert_cmpuint (cb_test_service_count_problems (book), >, 0);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) g_test_add_func ("/service/files/" path, func)
  ADD ("epoch/stands-beside-the-database", test_epoch_stands_beside_the_database);
  ADD ("epoch/two-histories-are-refused", test_two_histories_are_refused);
  ADD ("epoch/fresh-database-in-an-old-place-is-refused",
       test_fresh_database_in_an_old_place_is_refused);
  ADD ("epoch/half-made-one-is-finished", test_half_made_epoch_is_finished);
  ADD ("files-are-private", test_files_are_private);
  ADD ("database-of-tomorrow-is-left-alone", test_database_of_tomorrow_is_left_alone);
  ADD ("what-is-no-database-is-left-alone", test_what_is_no_database_is_left_alone);
  ADD ("deleted/withdrawn-bodies-leave", test_withdrawn_bodies_leave_the_files);
  ADD ("deleted/erased-bodies-leave", test_erased_bodies_leave_the_files);
  ADD ("deleted/rewriting-is-remembered", test_rewriting_is_remembered);
  ADD ("deleted/reader-holds-it-up", test_reader_holds_up_the_scrubbing);
  ADD ("stumble/costs-one-operation", test_stumble_costs_one_operation);
  ADD ("stumble/of-a-yes-blocks-what-rests-on-it", test_stumbling_yes_blocks_what_rests_on_it);
  ADD ("check-finds-what-must-not-be", test_check_finds_what_must_not_be);
#undef ADD

  return g_test_run ();
}
