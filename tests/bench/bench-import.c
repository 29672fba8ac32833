/* SPDX-License-Identifier: Apache-2.0 */

/* 100,000 customers of an old book, brought in as counterbookctl does it, beside the same rows put
 * bare into a database of the same settings: both in transactions of as many. */

#define G_LOG_DOMAIN "Counterbook"

#include "base/cb-clock.h"
#include "cb-bench.h"
#include "cb-test-book.h"
#include "db/cb-db.h"

#define CUSTOMERS 100000
#define PIECE 2000

static char *
make_table (void)
{
  GString *table = g_string_new ("First Name,Last Name,Email,Phone\n");

  for (guint i = 0; i < CUSTOMERS; i++)
    g_string_append_printf (table, "Given%u,Family%u,person%u@example.org,+44 20 7%07u\n", i, i, i,
                            i);
  return g_string_free (table, FALSE);
}

static double
rows_a_second (gint64 start_us)
{
  return (double) PIECE * G_USEC_PER_SEC / (double) (g_get_monotonic_time () - start_us);
}

static gboolean
import_piece (CbTestBook *test, CbImport *import, CbSamples *samples)
{
  static guint n_pieces;
  gint64 start_us = g_get_monotonic_time ();
  g_autoptr (GError) error = NULL;
  gboolean is_outbox_touched;
  gboolean more;

  cb_book_import_piece (test->book, test->manager, import, &more, &error);
  g_assert_no_error (error);
  g_ptr_array_unref (cb_book_take_touched (test->book, &is_outbox_touched));
  if (++n_pieces % 4 == 0)
    cb_book_do_idle (test->book);
  cb_samples_add (samples, rows_a_second (start_us));
  return more;
}

static void
insert_bare (CbDb *db, guint from, CbSamples *samples)
{
  static const char SQL_ADD_ROW[] =
    "INSERT INTO row (given, family, email, phone) VALUES (?1, ?2, ?3, ?4)";
  gint64 start_us = g_get_monotonic_time ();
  g_autoptr (GError) error = NULL;

  cb_db_begin (db, &error);
  for (guint i = from; i < from + PIECE && error == NULL; i++)
    {
      g_autoptr (CbStmt) stmt = cb_db_prepare (db, SQL_ADD_ROW);
      g_autofree char *given = g_strdup_printf ("Given%u", i);
      g_autofree char *family = g_strdup_printf ("Family%u", i);
      g_autofree char *email = g_strdup_printf ("person%u@example.org", i);
      g_autofree char *phone = g_strdup_printf ("+44 20 7%07u", i);

      cb_stmt_bind_text (stmt, 1, given);
      cb_stmt_bind_text (stmt, 2, family);
      cb_stmt_bind_text (stmt, 3, email);
      cb_stmt_bind_text (stmt, 4, phone);
      cb_stmt_run (stmt, &error);
    }
  g_assert_no_error (error);
  g_assert_true (cb_db_commit (db, NULL));
  cb_samples_add (samples, rows_a_second (start_us));
}

int
main (void)
{
  CbTestBook test = { 0 };
  CbImportOptions options = { .piece_entries = PIECE };
  g_autofree char *path = NULL;
  g_autoptr (GInputStream) stream = NULL;
  g_autoptr (CbImport) import = NULL;
  g_autoptr (CbDb) bare = NULL;
  g_autoptr (GError) error = NULL;
  CbSamples ours;
  CbSamples floor;
  gboolean more = TRUE;

  cb_test_book_set_up (&test);
  path = g_build_filename (test.root, "bare.db", NULL);
  bare = cb_db_open (path, TRUE, test.clock, &error);
  g_assert_no_error (error);
  g_assert_true (cb_db_run (bare,
                            "CREATE TABLE row (id INTEGER PRIMARY KEY, given TEXT, family TEXT,"
                            " email TEXT, phone TEXT)",
                            NULL));
  stream = g_memory_input_stream_new_from_data (make_table (), -1, g_free);
  import = cb_import_new (stream, CB_EXCHANGE_CSV, &options);
  cb_samples_init (&ours);
  cb_samples_init (&floor);
  for (guint from = 0; from < CUSTOMERS && more; from += PIECE)
    {
      more = import_piece (&test, import, &ours);
      insert_bare (bare, from, &floor);
    }
  g_assert_cmpuint (cb_import_get_n_added (import), ==, CUSTOMERS);
  cb_bench_print_rates ("import-customers", "rows/s", &ours, &floor);
  cb_samples_clear (&ours);
  cb_samples_clear (&floor);
  g_clear_object (&bare);
  cb_test_book_tear_down (&test);
  return 0;
}
