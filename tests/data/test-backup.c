/* SPDX-License-Identifier: Apache-2.0 */

/* A back-up holds what was committed when it was made, and shows nobody anything without a key. */

#define G_LOG_DOMAIN "Counterbook"

#include <glib/gstdio.h>

#include "base/cb-error.h"
#include "cb-test-book.h"
#include "db/cb-db.h"
#include "vault/cb-backup.h"

static char *
name_file (CbTestBook *test, const char *name)
{
  return g_build_filename (test->root, name, NULL);
}

/* The database inside, as a file. */
static void
unpack (CbTestBook *test, const char *path, const char *to)
{
  g_auto (CbBackupHead) head = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (CbSealedReader) reader = cb_backup_open (test->state_root, path, NULL, &head, &error);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  guint8 piece[1000];
  gssize got;

  g_assert_no_error (error);
  while ((got = cb_sealed_reader_read (reader, piece, sizeof piece, &error)) > 0)
    g_byte_array_append (bytes, piece, (guint) got);
  g_assert_no_error (error);
  g_assert_cmpuint (bytes->len, ==, head.length);
  g_assert_true (g_file_set_contents (to, (const char *) bytes->data, bytes->len, &error));
}

static gint64
ask (const char *path, const char *sql)
{
  g_autoptr (CbClock) clock = cb_clock_new_system ();
  g_autoptr (GError) error = NULL;
  g_autoptr (CbDb) db = cb_db_open (path, FALSE, clock, &error);
  g_autoptr (CbStmt) stmt = NULL;

  g_assert_no_error (error);
  stmt = cb_db_prepare (db, sql);
  g_assert_true (cb_stmt_next (stmt, &error));
  g_assert_no_error (error);
  return cb_stmt_int (stmt, 0);
}

static void
test_holds_what_was_committed (void)
{
  static const char SQL_COUNT[] = "SELECT count(*) FROM note";
  static const char SQL_SOUND[] =
    "SELECT count(*) FROM pragma_integrity_check"
    " WHERE integrity_check = 'ok'";
  CbTestBook test = { 0 };
  g_autofree char *path = NULL;
  g_autofree char *copy = NULL;
  g_autofree char *customer = NULL;
  g_autoptr (GError) error = NULL;
  CbBackup backup = { 0 };
  CbBackup checked = { 0 };

  cb_test_book_set_up (&test);
  path = name_file (&test, "FILE");
  copy = name_file (&test, "copy.db");
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  for (guint i = 0; i < 20; i++)
    {
      g_autoptr (CbNote) note = cb_test_book_add_note (&test, customer, NULL, "navy");

      g_assert_true (cb_book_back_up (test.book, test.admin, path, &backup, &error));
      g_assert_no_error (error);
      unpack (&test, path, copy);
      g_assert_cmpint (ask (copy, SQL_COUNT), ==, i + 1);
      g_assert_cmpint (ask (copy, SQL_SOUND), ==, 1);
      g_unlink (copy);
    }
  g_assert_cmpstr (backup.store_id, ==, cb_book_get_store_id (test.book));
  g_assert_true (cb_book_check_backup (test.book, path, &checked, &error));
  g_assert_cmpint (checked.made_us, ==, CB_TEST_MORNING_US);
  g_assert_cmpuint (checked.length, ==, backup.length);
  cb_test_book_tear_down (&test);
}

/* Another process is reading, another has uncommitted changes, and the book itself goes on. */
static void
test_others_go_on (void)
{
  static const char SQL_COUNT[] = "SELECT count(*) FROM note";
  CbTestBook test = { 0 };
  g_autofree char *path = NULL;
  g_autofree char *copy = NULL;
  g_autofree char *customer = NULL;
  g_autoptr (CbNote) before = NULL;
  g_autoptr (CbNote) after = NULL;
  g_autoptr (CbBook) other = NULL;
  g_autoptr (GError) error = NULL;

  cb_test_book_set_up (&test);
  path = name_file (&test, "FILE");
  copy = name_file (&test, "copy.db");
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  before = cb_test_book_add_note (&test, customer, NULL, "navy");
  other = cb_book_open (test.home, test.state_root, test.clock, &error);
  g_assert_no_error (error);
  g_assert_true (cb_book_back_up (other, test.admin, path, NULL, &error));
  g_assert_no_error (error);
  after = cb_test_book_add_note (&test, customer, NULL, "green");
  unpack (&test, path, copy);
  g_assert_cmpint (ask (copy, SQL_COUNT), ==, 1);
  /* A new store key is the back-up's too, whoever changed it. */
  g_assert_true (cb_book_rotate (test.book, &error));
  g_assert_true (cb_book_back_up (other, test.admin, path, NULL, &error));
  g_assert_no_error (error);
  unpack (&test, path, copy);
  g_assert_cmpint (ask (copy, SQL_COUNT), ==, 2);
  g_clear_object (&other);
  cb_test_book_tear_down (&test);
}

static void
test_roles (void)
{
  CbTestBook test = { 0 };
  g_autofree char *path = NULL;

  cb_test_book_set_up (&test);
  path = name_file (&test, "FILE");
  for (guint i = 0; i < 4; i++)
    {
      CbStaff *actors[] = { test.associate, test.manager, test.privacy, NULL };
      g_autoptr (GError) error = NULL;

      g_assert_false (cb_book_back_up (test.book, actors[i], path, NULL, &error));
      g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_FORBIDDEN);
    }
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  cb_test_book_tear_down (&test);
}

/* Random ids are in the clear in the database, and in the back-up not even they. */
static void
test_shows_nobody (void)
{
  CbTestBook test = { 0 };
  CbTestBook stranger = { 0 };
  g_autofree char *path = NULL;
  g_autofree char *folder = NULL;
  g_autofree char *customer = NULL;
  g_autofree char *managed = NULL;
  g_autoptr (CbNote) note = NULL;
  g_autoptr (GError) error = NULL;

  cb_test_book_set_up (&test);
  cb_test_book_set_up (&stranger);
  folder = name_file (&test, "elsewhere");
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  path = g_build_filename (folder, "FILE", NULL);
  customer = cb_test_book_add_customer (&test, "Zqgiven", "Zqfamily", "zqmail@example.com", NULL);
  note = cb_test_book_add_note (&test, customer, NULL, "zqnote");
  g_assert_true (cb_book_back_up (test.book, test.admin, path, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (cb_test_count_files_with (folder, "CBSEALED"), ==, 1);
  g_assert_cmpuint (cb_test_count_files_with (folder, "Zqgiven"), ==, 0);
  g_assert_cmpuint (cb_test_count_files_with (folder, "zqnote"), ==, 0);
  g_assert_cmpuint (cb_test_count_files_with (folder, customer), ==, 0);
  g_assert_cmpuint (cb_test_count_files_with (folder, "SQLite format"), ==, 0);
  g_assert_cmpuint (cb_test_count_files_with (folder, cb_book_get_store_id (test.book)), ==, 0);
  g_assert_false (cb_book_check_backup (stranger.book, path, NULL, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_NO_KEY);
  g_clear_error (&error);

  g_assert_true (cb_book_back_up_managed (test.book, &error));
  g_assert_no_error (error);
  managed = cb_book_dup_managed_path (test.book);
  g_assert_true (cb_book_check_backup (test.book, managed, NULL, &error));
  cb_test_book_tear_down (&stranger);
  cb_test_book_tear_down (&test);
}

/* The store itself, of all files, is not what a back-up is written over. */
static void
test_never_over_the_store (void)
{
  CbTestBook test = { 0 };
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;

  cb_test_book_set_up (&test);
  path = g_build_filename (test.home, "counterbook.db", NULL);
  g_assert_false (cb_book_back_up (test.book, test.admin, path, NULL, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_FAILED);
  cb_test_book_reopen (&test);
  cb_test_book_tear_down (&test);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/backup/content/is-what-was-committed", test_holds_what_was_committed);
  g_test_add_func ("/backup/others/go-on", test_others_go_on);
  g_test_add_func ("/backup/roles/admins-alone", test_roles);
  g_test_add_func ("/backup/without-a-key/shows-nobody", test_shows_nobody);
  g_test_add_func ("/backup/target/is-never-the-store", test_never_over_the_store);
  return g_test_run ();
}
