/* SPDX-License-Identifier: Apache-2.0 */

/* Several programs write to one store: each gets its turn, and none is kept waiting without end. */

#define G_LOG_DOMAIN "Counterbook"

#include <glib/gstdio.h>
#include <sqlite3.h>

#include "base/cb-clock.h"
#include "base/cb-error.h"
#include "db/cb-db.h"

#define TURNS 10
#define HOLD_US 60000
#define PAUSE_US 3000

typedef struct
{
  char *folder;
  char *path;
  CbClock *clock;
  CbDb *db;
  GThread *writer;
  int hold_us;
  gint n_held; /* atomic: how often the other one has begun */
  gint is_over;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->folder = g_dir_make_tmp ("cb-turns-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->path = g_build_filename (fixture->folder, "turns.db", NULL);
  fixture->clock = cb_clock_new_system ();
  fixture->db = cb_db_open (fixture->path, TRUE, fixture->clock, &error);
  g_assert_no_error (error);
  g_assert_true (cb_db_run (fixture->db, "CREATE TABLE row (body)", &error));
}

static void
run (sqlite3 *handle, const char *sql)
{
  g_assert_cmpint (sqlite3_exec (handle, sql, NULL, NULL, NULL), ==, SQLITE_OK);
}

/* Like a program that has much to write to a slow disk. */
static gpointer
write_busily (gpointer data)
{
  Fixture *fixture = data;
  sqlite3 *handle = NULL;

  g_assert_cmpint (sqlite3_open (fixture->path, &handle), ==, SQLITE_OK);
  sqlite3_busy_timeout (handle, 60000);
  while (!g_atomic_int_get (&fixture->is_over))
    {
      run (handle, "BEGIN IMMEDIATE; INSERT INTO row VALUES (1)");
      g_atomic_int_inc (&fixture->n_held);
      g_usleep (fixture->hold_us);
      run (handle, "COMMIT");
      g_usleep (PAUSE_US);
    }
  sqlite3_close (handle);
  return NULL;
}

/* Until it has begun once more. */
static void
wait_until_held (Fixture *fixture)
{
  const gint n_before = g_atomic_int_get (&fixture->n_held);

  while (g_atomic_int_get (&fixture->n_held) == n_before)
    g_usleep (1000);
}

static void
start_writer (Fixture *fixture, int hold_us)
{
  fixture->hold_us = hold_us;
  fixture->writer = g_thread_new ("writer", write_busily, fixture);
  while (g_atomic_int_get (&fixture->n_held) == 0)
    g_usleep (1000);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  static const char *const endings[] = { "", "-wal", "-shm" };

  g_atomic_int_set (&fixture->is_over, TRUE);
  if (fixture->writer != NULL)
    g_thread_join (fixture->writer);
  cb_db_close (fixture->db);
  g_object_unref (fixture->db);
  g_object_unref (fixture->clock);
  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    {
      g_autofree char *path = g_strconcat (fixture->path, endings[i], NULL);

      g_remove (path);
    }
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_free (fixture->path);
  g_free (fixture->folder);
}

static void
take_turn (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (cb_db_begin (fixture->db, &error));
  g_assert_no_error (error);
  g_assert_true (cb_db_run (fixture->db, "INSERT INTO row VALUES (2)", &error));
  g_assert_true (cb_db_commit (fixture->db, &error));
}

/* Counted in the other's commits, not in seconds: looks that fall beside the pauses let thirty pass
 * for each turn. */
static void
test_between_commits (Fixture *fixture, gconstpointer data)
{
  start_writer (fixture, HOLD_US);
  for (guint i = 0; i < TURNS; i++)
    {
      wait_until_held (fixture);
      take_turn (fixture);
    }
  g_assert_cmpint (g_atomic_int_get (&fixture->n_held), <, 10 * TURNS);
}

static void
test_long_held (Fixture *fixture, gconstpointer data)
{
  start_writer (fixture, 7 * G_USEC_PER_SEC);
  g_atomic_int_set (&fixture->is_over, TRUE);
  take_turn (fixture);
}

static void
test_given_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) given_up = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  cb_db_give_up_with (fixture->db, given_up);
  start_writer (fixture, 3 * G_USEC_PER_SEC);
  g_atomic_int_set (&fixture->is_over, TRUE);
  g_cancellable_cancel (given_up);
  g_assert_false (cb_db_begin (fixture->db, &error));
  g_assert_nonnull (error);
  g_assert_cmpint (g_atomic_int_get (&fixture->n_held), ==, 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)
  ADD ("/turns/busy-writer/leaves-others-their-turn", test_between_commits);
  ADD ("/turns/long-held/is-waited-for", test_long_held);
  ADD ("/turns/given-up/is-waited-for-no-longer", test_given_up);
#undef ADD
  return g_test_run ();
}
