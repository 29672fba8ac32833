/* SPDX-License-Identifier: Apache-2.0 */

/* Reading on a disk that takes nothing any more: who is signed in goes on, and who read what is
 * written down when anything can be. */

#define G_LOG_DOMAIN "Counterbook"

#include "base/cb-error.h"
#include "cb-seeded-ids.h"
#include "cb-test-world.h"
#include "store/cb-book-private.h"

#define SEED 20260302

static CbTestWorld *
set_up (CbDisk **disk)
{
  CbTestWorld *world;
  g_autoptr (GError) error = NULL;

  *disk = cb_disk_new (CB_DISK_EXT4);
  cb_disk_mount (*disk);
  cb_seed_ids (SEED);
  world = cb_test_world_new ();
  cb_test_world_set_up (world);
  cb_test_world_open (world, &error);
  g_assert_no_error (error);
  return world;
}

static void
tear_down (CbTestWorld *world, CbDisk *disk)
{
  cb_test_world_free (world);
  cb_disk_mount (NULL);
  cb_disk_free (disk);
}

/* How often somebody is in the log as having looked; and that the log is whole. */
static guint
count_readings (CbTestWorld *world)
{
  static const char SQL_COUNT[] =
    "SELECT count(*) FROM audit WHERE action = 'customer.read' AND at_us BETWEEN 1 AND cb_now ()";
  g_autoptr (CbStmt) stmt = cb_db_prepare (world->test.book->db, SQL_COUNT);
  g_autoptr (GError) error = NULL;
  guint n_rows = 0;

  g_assert_true (cb_book_verify_audit (world->test.book, &n_rows, &error));
  g_assert_no_error (error);
  g_assert_true (cb_stmt_next (stmt, NULL));
  return (guint) cb_stmt_int (stmt, 0);
}

static gboolean
can_read (CbTestWorld *world, const char *customer, GError **error)
{
  g_autoptr (CbDossier) dossier =
    cb_book_load_dossier (world->test.book, world->test.associate, customer, error);

  return dossier != NULL;
}

static void
assert_reads (CbTestWorld *world, const char *customer)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (can_read (world, customer, &error));
  g_assert_no_error (error);
}

static void
test_goes_on (void)
{
  CbDisk *disk;
  CbTestWorld *world = set_up (&disk);
  CbBook *book = world->test.book;
  guint n_before = count_readings (world);
  g_autoptr (GError) error = NULL;
  g_autoptr (CbNote) note = NULL;

  cb_book_let_readings_wait (book);
  assert_reads (world, world->anna);
  g_assert_cmpuint (cb_book_count_owed (book), ==, 0);
  cb_disk_fail_at (disk, CB_DISK_ENOSPC, 1, TRUE);
  assert_reads (world, world->anna);
  assert_reads (world, world->ben);
  g_assert_cmpuint (cb_book_count_owed (book), ==, 2);
  g_assert_false (cb_book_write_owed (book, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_FULL);
  g_clear_error (&error);
  /* What nobody may see is not seen on a full disk either. */
  g_assert_false (can_read (world, "0123456789abcdef0123456789abcdef", &error));
  g_clear_error (&error);
  g_assert_cmpuint (cb_book_count_owed (book), ==, 2);
  cb_disk_fail_at (disk, CB_DISK_ENOSPC, 0, FALSE);
  g_assert_cmpuint (count_readings (world), ==, n_before + 1);
  /* The next act brings them along, once. */
  note = cb_test_book_add_note (&world->test, world->anna, NULL, "room again");
  g_assert_cmpuint (cb_book_count_owed (book), ==, 0);
  g_assert_cmpuint (count_readings (world), ==, n_before + 3);
  g_assert_true (cb_book_write_owed (book, &error));
  g_assert_cmpuint (count_readings (world), ==, n_before + 3);
  tear_down (world, disk);
}

/* An act that is taken back takes them back with it, and they are owed still. */
static void
test_is_owed_until_written (void)
{
  CbDisk *disk;
  CbTestWorld *world = set_up (&disk);
  CbBook *book = world->test.book;
  guint n_before = count_readings (world);
  g_autoptr (GError) error = NULL;

  cb_book_let_readings_wait (book);
  cb_disk_fail_at (disk, CB_DISK_ENOSPC, 1, TRUE);
  assert_reads (world, world->ben);
  cb_disk_fail_at (disk, CB_DISK_ENOSPC, 0, FALSE);
  g_assert_true (cb_book_begin (book, &error));
  cb_db_rollback (book->db);
  g_assert_cmpuint (cb_book_count_owed (book), ==, 1);
  g_assert_true (cb_book_refresh (book, &error));
  g_assert_true (cb_book_begin_read (book, &error));
  g_assert_true (cb_book_commit (book, &error));
  g_assert_cmpuint (cb_book_count_owed (book), ==, 1);
  g_assert_true (cb_book_write_owed (book, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (cb_book_count_owed (book), ==, 0);
  g_assert_cmpuint (count_readings (world), ==, n_before + 1);
  tear_down (world, disk);
}

/* Words in an answer to a search wait like a record, once for a day, whoever asks how often. */
static void
test_words_wait (void)
{
  static const char SQL_COUNT[] = "SELECT count(*) FROM audit WHERE action = 'note.found'";
  CbDisk *disk;
  CbTestWorld *world = set_up (&disk);
  CbBook *book = world->test.book;
  const char *const both[] = { world->anna, world->ben, NULL };
  g_autoptr (CbStmt) stmt = NULL;
  g_autoptr (GError) error = NULL;

  cb_disk_fail_at (disk, CB_DISK_ENOSPC, 1, TRUE);
  g_assert_false (cb_book_log_shown (book, world->test.associate, both, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_FULL);
  g_clear_error (&error);
  cb_book_let_readings_wait (book);
  g_assert_true (cb_book_log_shown (book, world->test.associate, both, &error));
  g_assert_true (cb_book_log_shown (book, world->test.associate, both, &error));
  g_assert_cmpuint (cb_book_count_owed (book), ==, 2);
  cb_disk_fail_at (disk, CB_DISK_ENOSPC, 0, FALSE);
  g_assert_true (cb_book_write_owed (book, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (count_readings (world), ==, 0);
  stmt = cb_db_prepare (book->db, SQL_COUNT);
  g_assert_true (cb_stmt_next (stmt, NULL));
  g_assert_cmpint (cb_stmt_int (stmt, 0), ==, 2);
  g_clear_pointer (&stmt, cb_stmt_done);
  tear_down (world, disk);
}

/* A program that ends with its command would never write it down. */
static void
test_not_for_everybody (void)
{
  CbDisk *disk;
  CbTestWorld *world = set_up (&disk);
  g_autoptr (GError) error = NULL;

  cb_disk_fail_at (disk, CB_DISK_ENOSPC, 1, TRUE);
  g_assert_false (can_read (world, world->anna, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_FULL);
  cb_disk_fail_at (disk, CB_DISK_ENOSPC, 0, FALSE);
  tear_down (world, disk);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/reading/full-disk/goes-on-and-is-written-down-later", test_goes_on);
  g_test_add_func ("/reading/full-disk/is-owed-until-it-is-written", test_is_owed_until_written);
  g_test_add_func ("/reading/full-disk/words-that-were-found-wait-too", test_words_wait);
  g_test_add_func ("/reading/full-disk/not-where-nothing-waits", test_not_for_everybody);
  return g_test_run ();
}
