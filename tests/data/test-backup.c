/* SPDX-License-Identifier: Apache-2.0 */

/* A back-up holds what was committed when it was made, and shows nobody anything without a key. */

#define G_LOG_DOMAIN "Counterbook"

#include <glib/gstdio.h>

#include "base/cb-error.h"
#include "base/cb-json.h"
#include "cb-test-book.h"
#include "store/cb-book-private.h"
#include "store/cb-restore.h"
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

/* --- put back --- */

static CbBook *
put_back (CbTestBook *test, const char *path, CbRestored *restored, GError **error)
{
  g_assert_finalize_object (test->book);
  test->book = NULL;
  return cb_restore (test->home, test->state_root, test->clock, path, cb_staff_get_id (test->admin),
                     NULL, restored, error);
}

/* --- of a damaged store --- */

static gboolean
is_there (CbTestBook *test, const char *name)
{
  g_autofree char *path = g_build_filename (test->home, "backups", name, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static void
back_up_managed (CbTestBook *test)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (cb_book_back_up_managed (test->book, &error));
  g_assert_no_error (error);
}

static void
run_sql (CbTestBook *test, const char *sql)
{
  g_autofree char *path = g_build_filename (test->home, "counterbook.db", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (CbDb) db = cb_db_open (path, FALSE, test->clock, &error);

  g_assert_no_error (error);
  {
    g_autoptr (CbStmt) stmt = cb_db_prepare (db, sql);

    g_assert_true (cb_stmt_run (stmt, &error));
    g_assert_no_error (error);
  }
  cb_db_close (db);
}

#define DAMAGE "UPDATE note SET body = randomblob (length (body))"

/* What is not damaged is in the one from before, and stays there while others are made. */
static char *
damage_one (CbTestBook *test)
{
  char *customer = cb_test_book_add_customer (test, "Given", "Family", "a@example.org", NULL);
  g_autoptr (CbNote) note = cb_test_book_add_note (test, customer, NULL, "worth keeping");

  back_up_managed (test);
  g_assert_false (is_there (test, CB_BACKUP_SINCE));
  run_sql (test, DAMAGE);
  cb_clock_advance (test->clock, CB_US_PER_DAY);
  back_up_managed (test);
  g_assert_true (is_there (test, CB_BACKUP_MANAGED));
  g_assert_true (is_there (test, CB_BACKUP_SINCE));
  return customer;
}

static void
test_last_good_is_kept (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autofree char *good = NULL;
  g_autofree char *newest = NULL;
  g_autoptr (CbDossier) dossier = NULL;
  CbRestored restored;
  CbBackup first;
  CbBackup second;
  g_autoptr (GError) error = NULL;

  cb_test_book_set_up (&test);
  customer = damage_one (&test);
  good = cb_book_dup_managed_path (test.book);
  newest = cb_book_dup_newest_path (test.book);
  cb_clock_advance (test.clock, CB_US_PER_DAY);
  back_up_managed (&test);
  g_assert_true (cb_book_check_backup (test.book, good, &first, &error));
  g_assert_true (cb_book_check_backup (test.book, newest, &second, &error));
  g_assert_cmpint (first.made_us + 2 * CB_US_PER_DAY, ==, second.made_us);

  test.book = put_back (&test, good, &restored, &error);
  g_assert_no_error (error);
  dossier = cb_book_load_dossier (test.book, test.associate, customer, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (cb_dossier_get_n_unread (dossier), ==, 0);
  g_assert_cmpuint (cb_dossier_get_notes (dossier)->len, ==, 1);
  /* Also a sound store, of which something may have been lost, does not take its place at once. */
  back_up_managed (&test);
  g_assert_true (cb_book_check_backup (test.book, good, &second, &error));
  g_assert_cmpint (first.made_us, ==, second.made_us);
  cb_test_book_tear_down (&test);
}

/* Then it goes: what has ended in the book does not live on beside it. */
static void
test_last_good_ends (void)
{
  for (guint is_repaired = 0; is_repaired < 2; is_repaired++)
    {
      CbTestBook test = { 0 };
      g_autofree char *customer = NULL;

      cb_test_book_set_up (&test);
      customer = damage_one (&test);
      if (is_repaired)
        run_sql (&test, "DELETE FROM note");
      cb_clock_advance (test.clock, (CB_BACKUP_KEPT_DAYS - 1) * CB_US_PER_DAY);
      back_up_managed (&test);
      g_assert_true (is_there (&test, CB_BACKUP_MANAGED));
      g_assert_true (is_there (&test, CB_BACKUP_SINCE));
      cb_clock_advance (test.clock, 2 * CB_US_PER_DAY);
      back_up_managed (&test);
      g_assert_true (is_there (&test, CB_BACKUP_MANAGED) == (is_repaired != 0));
      g_assert_true (is_there (&test, CB_BACKUP_SINCE) == (is_repaired == 0));
      cb_test_book_tear_down (&test);
    }
}

/* A clock that jumped ends nothing. */
static void
test_last_good_and_the_clock (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;

  cb_test_book_set_up (&test);
  g_assert_cmpint (cb_book_run_retention (test.book, NULL), >=, 0);
  customer = damage_one (&test);
  cb_clock_set_now_us (test.clock, CB_TEST_MORNING_US + 400 * CB_US_PER_DAY);
  back_up_managed (&test);
  g_assert_true (is_there (&test, CB_BACKUP_MANAGED));
  cb_test_book_tear_down (&test);
}

/* Whoever is erased is in no back-up of the store's any more, and were it the last good one. */
static void
test_erased_from_last_good (void)
{
  for (guint is_repaired = 0; is_repaired < 2; is_repaired++)
    {
      CbTestBook test = { 0 };
      g_autofree char *customer = NULL;
      g_autofree char *other = NULL;
      gboolean passed;
      g_autoptr (GError) error = NULL;

      cb_test_book_set_up (&test);
      other = cb_test_book_add_customer (&test, "Other", "Family", NULL, NULL);
      customer = damage_one (&test);
      if (is_repaired)
        run_sql (&test, "DELETE FROM note");
      g_assert_true (cb_book_erase (test.book, test.manager, other, CB_ERASE_REQUEST, &error));
      g_assert_no_error (error);
      g_assert_true (cb_book_look_after (test.book, &error));
      g_assert_no_error (error);
      g_assert_false (cb_book_is_cleaning_due (test.book));
      g_assert_true (cb_book_clean (test.book, &passed, &error));
      g_assert_true (is_there (&test, CB_BACKUP_MANAGED) == (is_repaired != 0));
      g_assert_true (is_there (&test, CB_BACKUP_SINCE) == (is_repaired == 0));
      cb_test_book_tear_down (&test);
    }
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

/* What a newer build would write; all but the number is this build's. */
static void
write_newer (CbTestBook *test, const char *path)
{
  g_auto (CbBackupHead) head = { .schema = 1000, .length = 4 };
  g_autoptr (GError) error = NULL;
  g_autoptr (CbSealedWriter) writer = NULL;

  g_assert_true (cb_book_unlock (test->book, &error));
  writer = cb_vault_begin_backup (test->book->vault, path, &head, &error);
  g_assert_no_error (error);
  g_assert_true (cb_sealed_writer_add (writer, "new!", 4, &error));
  g_assert_true (cb_sealed_writer_end (writer, &error));
  g_assert_true (cb_sealed_writer_publish (writer, &error));
}

static void
test_newer_is_refused (void)
{
  CbTestBook test = { 0 };
  g_autofree char *path = NULL;
  g_autofree char *customer = NULL;
  g_autoptr (CbBook) book = NULL;
  g_autoptr (GError) error = NULL;
  CbRestored restored;

  cb_test_book_set_up (&test);
  path = name_file (&test, "FILE");
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  write_newer (&test, path);
  book = put_back (&test, path, &restored, &error);
  g_assert_null (book);
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_TOO_NEW);
  g_clear_error (&error);
  test.book = cb_book_open (test.home, test.state_root, test.clock, &error);
  g_assert_no_error (error);
  g_assert_true (cb_book_require_customer (test.book, customer, &error));
  cb_test_book_tear_down (&test);
}

/* A back-up of before another was put back: its history and the store's went two ways from there.
 */
static void
test_two_histories (void)
{
  CbTestBook test = { 0 };
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *customer = NULL;
  g_autoptr (CbNote) note = NULL;
  g_autoptr (GError) error = NULL;
  CbRestored restored;
  guint n_before;
  guint n_after;

  cb_test_book_set_up (&test);
  first = name_file (&test, "first");
  second = name_file (&test, "second");
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  g_assert_true (cb_book_back_up (test.book, test.admin, first, NULL, &error));
  note = cb_test_book_add_note (&test, customer, NULL, "navy");
  g_assert_true (cb_book_back_up (test.book, test.admin, second, NULL, &error));
  /* As after the loss of the whole store: nothing here knows of what followed on the first. */
  g_assert_finalize_object (test.book);
  cb_test_remove_tree (test.home);
  test.book = g_object_new (CB_TYPE_BOOK, NULL);
  test.book = put_back (&test, first, &restored, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (restored.n_carried, ==, 0);
  g_assert_true (cb_book_verify_audit (test.book, &n_before, &error));
  test.book = put_back (&test, second, &restored, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (restored.n_carried, >, 0);
  g_assert_true (restored.is_whole);
  g_assert_true (cb_book_verify_audit (test.book, &n_after, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n_after, >, n_before);
  cb_test_book_tear_down (&test);
}

/* Whoever changed the audit of the store that is replaced finds that it shows, and that the rows
 * before it are there. */
static void
test_broken_audit_is_told (void)
{
  CbTestBook test = { 0 };
  g_autofree char *path = NULL;
  g_autofree char *customer = NULL;
  g_autofree char *other = NULL;
  g_autoptr (GError) error = NULL;
  CbRestored restored;
  guint n_rows;

  cb_test_book_set_up (&test);
  path = name_file (&test, "FILE");
  g_assert_true (cb_book_back_up (test.book, test.admin, path, NULL, &error));
  customer = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  other = cb_test_book_add_customer (&test, "Nuria", "Testperson", NULL, NULL);
  g_assert_true (cb_db_run (test.book->db, "DROP TRIGGER audit_is_append_only_update", &error));
  g_assert_true (cb_db_run (
    test.book->db, "UPDATE audit SET code = 'x' WHERE seq = (SELECT max(seq) FROM audit)", &error));
  test.book = put_back (&test, path, &restored, &error);
  g_assert_no_error (error);
  g_assert_false (restored.is_whole);
  g_assert_cmpuint (restored.n_carried, ==, 1);
  g_assert_true (cb_book_verify_audit (test.book, &n_rows, &error));
  cb_test_book_tear_down (&test);
}

static gint64
count (CbTestBook *test, const char *sql)
{
  g_autoptr (CbStmt) stmt = cb_db_prepare (test->book->db, sql);

  g_assert_true (cb_stmt_next (stmt, NULL));
  return cb_stmt_int (stmt, 0);
}

/* The news were refused and then wanted, which is asked again; a card was opted out by a list. */
static void
say_no_since (CbTestBook *test, const char *mara, const char *nuria)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (cb_book_withdraw_by (test->book, test->associate, mara, CB_ENTITY_GUARDIAN, "shop",
                                      CB_CHANNEL_NONE, &error));
  cb_test_book_answer (test, nuria, "everywhere", CB_CHANNEL_NONE, CB_ANSWER_NO, CB_METHOD_TAPPED);
  cb_test_book_answer (test, nuria, "news", CB_CHANNEL_NONE, CB_ANSWER_NO, CB_METHOD_TAPPED);
  cb_test_book_answer (test, nuria, "news", CB_CHANNEL_NONE, CB_ANSWER_YES, CB_METHOD_TAPPED);
  g_assert_true (cb_db_run (test->book->db,
                            "INSERT INTO suppression VALUES"
                            " (x'01', 'email', 'news', NULL, 'objected', NULL, 1)",
                            &error));
  g_assert_true (
    cb_book_disable_staff (test->book, test->admin, cb_staff_get_id (test->associate), &error));
  g_assert_no_error (error);
}

static void
test_noes_hold (void)
{
  CbTestBook test = { 0 };
  g_autofree char *path = NULL;
  g_autofree char *mara = NULL;
  g_autofree char *nuria = NULL;
  g_autoptr (CbNote) note = NULL;
  g_autoptr (GPtrArray) before = NULL;
  g_autoptr (GPtrArray) after = NULL;
  g_autoptr (GError) error = NULL;
  CbRestored restored;

  cb_test_book_set_up (&test);
  path = name_file (&test, "FILE");
  mara = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  nuria = cb_test_book_add_customer (&test, "Nuria", "Testperson", NULL, NULL);
  note = cb_test_book_add_note (&test, mara, NULL, "navy");
  cb_test_book_answer (&test, mara, "shop", CB_CHANNEL_NONE, CB_ANSWER_YES, CB_METHOD_TAPPED);
  before = cb_test_book_push (&test);
  g_assert_cmpuint (before->len, ==, 3);
  g_assert_true (cb_book_back_up (test.book, test.admin, path, NULL, &error));
  say_no_since (&test, mara, nuria);

  test.book = put_back (&test, path, &restored, &error);
  g_assert_no_error (error);
  g_assert_true (restored.is_whole);
  g_assert_cmpuint (restored.n_noes, ==, 2);
  g_assert_cmpint (cb_test_book_verdict (&test, mara, "shop", CB_CHANNEL_NONE), ==,
                   CB_VERDICT_WITHDRAWN);
  g_assert_cmpint (cb_test_book_verdict (&test, nuria, "everywhere", CB_CHANNEL_NONE), ==,
                   CB_VERDICT_REFUSED);
  g_assert_cmpint (cb_test_book_verdict (&test, nuria, "news", CB_CHANNEL_NONE), ==,
                   CB_VERDICT_NOT_ASKED);
  g_assert_cmpint (count (&test,
                          "SELECT count(*) FROM consent_event WHERE entity = 'guardian'"
                          " AND state = 'withdrawn'"),
                   ==, 1);
  g_assert_cmpint (cb_test_book_state (&test, "note", cb_note_get_id (note)), ==, CB_DELIVERY_HELD);
  g_assert_cmpint (count (&test, "SELECT count(*) FROM suppression"), ==, 1);
  g_assert_cmpint (count (&test, "SELECT count(*) FROM staff WHERE disabled_us > 0"), ==, 1);
  after = cb_test_book_push (&test);
  g_assert_cmpuint (after->len, ==, 1);
  g_assert_cmpstr (cb_json_get_string (g_ptr_array_index (after, 0), "act"), ==, "withdraw");
  cb_test_book_tear_down (&test);
}

/* A pause, a limit, a record that is to be left as it is; to be contacted more is asked for again.
 */
static void
test_limits_hold (void)
{
  CbTestBook test = { 0 };
  g_autofree char *path = NULL;
  g_autofree char *mara = NULL;
  g_autofree char *nuria = NULL;
  g_autofree char *priya = NULL;
  g_autoptr (GError) error = NULL;
  CbRestored restored;
  CbConditionsDraft draft = {
    .purpose = "news",
    .channel = CB_CHANNEL_NONE,
    .method = CB_METHOD_TAPPED,
    .conditions = CB_CONDITIONS_NONE,
  };

  cb_test_book_set_up (&test);
  path = name_file (&test, "FILE");
  mara = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, "07700 900101");
  nuria = cb_test_book_add_customer (&test, "Nuria", "Testperson", NULL, "07700 900102");
  priya = cb_test_book_add_customer (&test, "Priya", "Testperson", NULL, "07700 900103");
  cb_test_book_answer (&test, mara, "news", CB_CHANNEL_PHONE, CB_ANSWER_YES, CB_METHOD_TAPPED);
  cb_test_book_answer (&test, nuria, "news", CB_CHANNEL_PHONE, CB_ANSWER_YES, CB_METHOD_TAPPED);
  cb_test_book_answer (&test, priya, "news", CB_CHANNEL_PHONE, CB_ANSWER_YES, CB_METHOD_TAPPED);
  g_assert_true (cb_conditions_read_day ("2026-03-20", &draft.conditions.paused_until));
  g_assert_true (cb_book_set_conditions (test.book, test.associate, nuria, &draft, &error));
  g_assert_true (cb_book_back_up (test.book, test.admin, path, NULL, &error));
  g_assert_true (cb_book_set_conditions (test.book, test.associate, mara, &draft, &error));
  draft.conditions.paused_until = 0;
  g_assert_true (cb_book_set_conditions (test.book, test.associate, nuria, &draft, &error));
  g_assert_true (cb_book_restrict_customer (test.book, test.associate, priya, TRUE, &error));
  g_assert_no_error (error);

  test.book = put_back (&test, path, &restored, &error);
  g_assert_no_error (error);
  g_assert_true (restored.is_whole);
  g_assert_cmpint (cb_test_book_verdict (&test, mara, "news", CB_CHANNEL_PHONE), ==,
                   CB_VERDICT_PAUSED);
  g_assert_cmpint (cb_test_book_verdict (&test, nuria, "news", CB_CHANNEL_PHONE), ==,
                   CB_VERDICT_PAUSED);
  g_assert_cmpint (cb_test_book_verdict (&test, priya, "news", CB_CHANNEL_PHONE), ==,
                   CB_VERDICT_RESTRICTED);
  g_assert_cmpint (count (&test, "SELECT count(*) FROM audit WHERE action = 'customer.restrict'"),
                   >=, 1);
  cb_test_book_tear_down (&test);
}

/* A copy that somebody took home since lies where it lay, and an erasure has to find it there. */
static void
test_copies_are_known (void)
{
  CbTestBook test = { 0 };
  g_autofree char *path = NULL;
  g_autofree char *copy = NULL;
  g_autofree char *mara = NULL;
  g_autofree char *mark = NULL;
  g_autoptr (GError) error = NULL;
  CbRestored restored;

  cb_test_book_set_up (&test);
  path = name_file (&test, "FILE");
  copy = name_file (&test, "taken.vcf");
  mara = cb_test_book_add_customer (&test, "Mara", "Testperson", NULL, NULL);
  g_assert_true (cb_book_back_up (test.book, test.admin, path, NULL, &error));
  mark = cb_book_export (test.book, test.privacy, mara, CB_EXPORT_VCARD, copy, &error);
  g_assert_no_error (error);
  test.book = put_back (&test, path, &restored, &error);
  g_assert_no_error (error);
  g_assert_true (restored.is_whole);
  g_assert_cmpint (count (&test, "SELECT count(*) FROM copy"), ==, 1);
  g_assert_true (cb_book_erase (test.book, test.privacy, mara, CB_ERASE_REQUEST, &error));
  g_assert_no_error (error);
  g_assert_false (g_file_test (copy, G_FILE_TEST_EXISTS));
  g_assert_cmpint (count (&test, "SELECT count(*) FROM copy"), ==, 0);
  cb_test_book_tear_down (&test);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/backup/damaged/last-good-is-kept", test_last_good_is_kept);
  g_test_add_func ("/backup/damaged/and-ends", test_last_good_ends);
  g_test_add_func ("/backup/damaged/not-by-a-clock-that-jumped", test_last_good_and_the_clock);
  g_test_add_func ("/backup/damaged/erased-are-in-none", test_erased_from_last_good);
  g_test_add_func ("/backup/content/is-what-was-committed", test_holds_what_was_committed);
  g_test_add_func ("/backup/others/go-on", test_others_go_on);
  g_test_add_func ("/backup/roles/admins-alone", test_roles);
  g_test_add_func ("/backup/without-a-key/shows-nobody", test_shows_nobody);
  g_test_add_func ("/backup/target/is-never-the-store", test_never_over_the_store);
  g_test_add_func ("/restore/newer-schema/is-refused", test_newer_is_refused);
  g_test_add_func ("/restore/answers/a-no-holds", test_noes_hold);
  g_test_add_func ("/restore/copies/are-known", test_copies_are_known);
  g_test_add_func ("/restore/audit/two-histories-are-one", test_two_histories);
  g_test_add_func ("/restore/audit/a-broken-one-is-told", test_broken_audit_is_told);
  g_test_add_func ("/restore/limits/said-since-hold", test_limits_hold);
  return g_test_run ();
}
