/* SPDX-License-Identifier: Apache-2.0 */

/* Saving a note into a book that holds many, beside one bare row in a database of the same
 * settings: both end with one sync of the disk. */

#define G_LOG_DOMAIN "Counterbook"

#include <string.h>

#include "base/cb-clock.h"
#include "cb-bench.h"
#include "cb-test-book.h"
#include "db/cb-db.h"

#define CUSTOMERS 200
#define NOTES_BEFORE 4000
#define SAMPLES 1000
#define NOTE_BYTES 600

static double
since_ms (gint64 start_us)
{
  return (g_get_monotonic_time () - start_us) / 1000.0;
}

static void
save_ours (CbTestBook *test, const char *customer, const char *text, CbSamples *samples)
{
  gint64 start_us = g_get_monotonic_time ();
  g_autoptr (CbNote) note = cb_test_book_add_note (test, customer, NULL, text);

  if (samples != NULL)
    cb_samples_add (samples, since_ms (start_us));
}

static void
save_bare (CbDb *db, const char *text, CbSamples *samples)
{
  static const char SQL_ADD_ROW[] = "INSERT INTO row (body) VALUES (?1)";
  gint64 start_us = g_get_monotonic_time ();
  g_autoptr (GError) error = NULL;
  g_autoptr (CbStmt) stmt = cb_db_prepare (db, SQL_ADD_ROW);

  cb_stmt_bind_text (stmt, 1, text);
  cb_stmt_run (stmt, &error);
  g_assert_no_error (error);
  cb_samples_add (samples, since_ms (start_us));
}

int
main (void)
{
  CbTestBook test = { 0 };
  g_autofree char *path = NULL;
  g_autofree char *text = g_strnfill (NOTE_BYTES, 'n');
  g_autoptr (GPtrArray) customers = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (CbDb) bare = NULL;
  g_autoptr (GError) error = NULL;
  CbSamples ours;
  CbSamples floor;

  cb_test_book_set_up (&test);
  path = g_build_filename (test.root, "bare.db", NULL);
  bare = cb_db_open (path, TRUE, test.clock, &error);
  g_assert_no_error (error);
  g_assert_true (cb_db_run (bare, "CREATE TABLE row (id INTEGER PRIMARY KEY, body TEXT)", NULL));
  for (guint i = 0; i < CUSTOMERS; i++)
    {
      char *customer = cb_test_book_add_customer (&test, "Test", "Person", NULL, NULL);

      g_ptr_array_add (customers, customer);
      if (i % 2 == 0)
        cb_test_book_answer (&test, customer, "shop", CB_CHANNEL_NONE, CB_ANSWER_YES,
                             CB_METHOD_TAPPED);
    }
  for (guint i = 0; i < NOTES_BEFORE; i++)
    save_ours (&test, g_ptr_array_index (customers, i % CUSTOMERS), text, NULL);
  cb_samples_init (&ours);
  cb_samples_init (&floor);
  for (guint i = 0; i < SAMPLES; i++)
    {
      save_bare (bare, text, &floor);
      save_ours (&test, g_ptr_array_index (customers, i % CUSTOMERS), text, &ours);
      /* Between two acts, as on the counter: nothing waits for it. */
      cb_book_do_idle (test.book);
      cb_db_checkpoint (bare, FALSE, NULL);
    }
  cb_bench_print ("save-note", "ms", &ours, &floor);
  cb_samples_clear (&ours);
  cb_samples_clear (&floor);
  g_clear_object (&bare);
  cb_test_book_tear_down (&test);
  return 0;
}
