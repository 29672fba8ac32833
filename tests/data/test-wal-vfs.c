/* SPDX-License-Identifier: Apache-2.0 */

/* What stands between SQLite and the log: a commit reaches it in one piece, before anybody is told
 * of it, and what cannot be written is not saved. Power cuts are the matter of test-power-cut,
 * which goes through it too. */

#define G_LOG_DOMAIN "Counterbook"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>

#include "base/cb-clock.h"
#include "base/cb-error.h"
#include "db/cb-db.h"
#include "db/cb-wal-vfs.h"

#define ROWS 400
#define ROW_BYTES 3000 /* one a page: more than fits in one piece */

/* --- a file system that counts, and can be full --- */

static sqlite3_vfs *real;
static sqlite3_io_methods counting_methods;
static const sqlite3_io_methods *real_methods;
static guint n_writes;
static gboolean is_full;

static int
counting_write (sqlite3_file *file, const void *data, int length, sqlite3_int64 offset)
{
  if (is_full)
    return SQLITE_FULL;
  n_writes++;
  return real_methods->xWrite (file, data, length, offset);
}

static int
counting_open (sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
  int code = real->xOpen (real, name, file, flags, out_flags);

  if (code != SQLITE_OK || (flags & SQLITE_OPEN_WAL) == 0)
    return code;
  real_methods = file->pMethods;
  counting_methods = *real_methods;
  counting_methods.xWrite = counting_write;
  file->pMethods = &counting_methods;
  return code;
}

static void
register_counting (void)
{
  static sqlite3_vfs counting;

  real = sqlite3_vfs_find (NULL);
  counting = *real;
  counting.zName = "counting";
  counting.xOpen = counting_open;
  g_assert_cmpint (sqlite3_vfs_register (&counting, TRUE), ==, SQLITE_OK);
}

/* --- two connections to one database --- */

typedef struct
{
  CbClock *clock;
  char *root;
  CbDb *db;
  CbDb *other;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;

  self->clock = cb_clock_new_system ();
  self->root = g_dir_make_tmp ("cb-wal-XXXXXX", &error);
  g_assert_no_error (error);
  path = g_build_filename (self->root, "rows.db", NULL);
  self->db = cb_db_open (path, TRUE, self->clock, &error);
  g_assert_no_error (error);
  g_assert_true (cb_db_run (self->db, "CREATE TABLE row (body TEXT)", &error));
  self->other = cb_db_open (path, FALSE, self->clock, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  static const char *const names[] = { "rows.db", "rows.db-wal", "rows.db-shm" };

  g_clear_object (&self->other);
  g_clear_object (&self->db);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (self->root, names[i], NULL);

      g_unlink (path);
    }
  g_assert_cmpint (g_rmdir (self->root), ==, 0);
  g_clear_pointer (&self->root, g_free);
  g_clear_object (&self->clock);
}

static void
add_rows_of (CbDb *db, guint n_rows, char letter)
{
  static const char SQL_ADD_ROW[] = "INSERT INTO row (body) VALUES (?1)";
  g_autoptr (CbStmt) stmt = cb_db_prepare (db, SQL_ADD_ROW);
  g_autofree char *body = g_strnfill (ROW_BYTES, letter);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < n_rows; i++)
    {
      cb_stmt_bind_text (stmt, 1, body);
      g_assert_true (cb_stmt_run (stmt, &error));
      g_assert_no_error (error);
      cb_stmt_again (stmt);
    }
}

static void
add_rows (CbDb *db, guint n_rows)
{
  add_rows_of (db, n_rows, 'x');
}

static gboolean
add (CbDb *db, guint n_rows, GError **error)
{
  g_assert_true (cb_db_begin (db, NULL));
  add_rows (db, n_rows);
  return cb_db_commit (db, error);
}

static gint64
count (CbDb *db)
{
  static const char SQL_COUNT[] = "SELECT count(*) FROM row WHERE body GLOB 'x*'";
  g_autoptr (CbStmt) stmt = cb_db_prepare (db, SQL_COUNT);
  g_autoptr (GError) error = NULL;

  g_assert_true (cb_stmt_next (stmt, &error));
  g_assert_no_error (error);
  return cb_stmt_int (stmt, 0);
}

/* --- what holds --- */

static void
test_one_piece (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  n_writes = 0;
  g_assert_true (add (self->db, 10, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n_writes, ==, 1);
  g_assert_cmpint (count (self->db), ==, 10);
}

static void
test_others_see_it (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  for (guint i = 1; i <= 20; i++)
    {
      g_assert_true (add (i % 2 == 0 ? self->db : self->other, i, &error));
      g_assert_no_error (error);
      g_assert_cmpint (count (self->other), ==, i * (i + 1) / 2);
      g_assert_cmpint (count (self->db), ==, i * (i + 1) / 2);
    }
}

/* Longer than a piece, longer than what SQLite keeps in memory, read again on the way. */
static void
test_long_ones (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (cb_db_run (self->db, "PRAGMA cache_size=20", &error));
  g_assert_true (cb_db_begin (self->db, &error));
  add_rows (self->db, ROWS);
  g_assert_cmpint (count (self->db), ==, ROWS);
  g_assert_cmpint (count (self->other), ==, 0);
  add_rows (self->db, ROWS);
  g_assert_true (cb_db_commit (self->db, &error));
  g_assert_no_error (error);
  g_assert_cmpint (count (self->other), ==, 2 * ROWS);
  g_assert_true (cb_db_check_integrity (self->other, &error));
  g_assert_true (cb_db_checkpoint (self->other, TRUE, &error));
  g_assert_no_error (error);
  g_assert_cmpint (count (self->db), ==, 2 * ROWS);
}

static void
test_taken_back (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (cb_db_run (self->db, "PRAGMA cache_size=20", &error));
  g_assert_true (cb_db_begin (self->db, &error));
  add_rows (self->db, ROWS);
  cb_db_rollback (self->db);
  g_assert_true (add (self->db, 3, &error));
  g_assert_no_error (error);
  g_assert_cmpint (count (self->other), ==, 3);
  g_assert_true (cb_db_check_integrity (self->other, &error));
  g_assert_no_error (error);
}

/* What was written early, and taken back, lies where somebody else commits after it. Nothing is in
 * the log before, or taking back would read there, and so have it written. */
static void
test_taken_back_beside_others (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (cb_db_checkpoint (self->db, TRUE, &error));
  g_assert_true (cb_db_run (self->db, "PRAGMA cache_size=20", &error));
  g_assert_true (cb_db_begin (self->db, &error));
  add_rows_of (self->db, ROWS, 'z');
  cb_db_rollback (self->db);
  g_assert_true (add (self->other, 2 * ROWS, &error));
  g_assert_no_error (error);
  g_assert_cmpint (count (self->db), ==, 2 * ROWS);
  g_assert_true (cb_db_check_integrity (self->db, &error));
  g_assert_no_error (error);
  g_assert_cmpint (count (self->other), ==, 2 * ROWS);
}

static void
test_full (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (add (self->db, 2, &error));
  is_full = TRUE;
  g_assert_false (add (self->db, 5, &error));
  is_full = FALSE;
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_FULL);
  g_clear_error (&error);
  g_assert_cmpint (count (self->db), ==, 2);
  g_assert_cmpint (count (self->other), ==, 2);
  g_assert_true (add (self->db, 4, &error));
  g_assert_no_error (error);
  g_assert_cmpint (count (self->other), ==, 6);
  g_assert_true (cb_db_check_integrity (self->other, &error));
  g_assert_no_error (error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  register_counting ();
  cb_wal_vfs_register ();
#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)
  ADD ("/wal-vfs/commit/is-one-piece", test_one_piece);
  ADD ("/wal-vfs/commit/is-seen-by-others", test_others_see_it);
  ADD ("/wal-vfs/commit/longer-than-a-piece", test_long_ones);
  ADD ("/wal-vfs/rollback/leaves-nothing", test_taken_back);
  ADD ("/wal-vfs/rollback/leaves-alone-what-others-commit", test_taken_back_beside_others);
  ADD ("/wal-vfs/full/is-told-and-nothing-saved", test_full);
#undef ADD
  return g_test_run ();
}
