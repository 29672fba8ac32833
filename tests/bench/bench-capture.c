/* SPDX-License-Identifier: Apache-2.0 */

/* One complete note (sealed note, outbox row, audit row, index) in a shop that has few, and in one
 * that has many, beside one bare row in a database of the same settings; and how often each waits
 * for the disk, moments of idleness included. A JSON line each.
 *
 *   bench-capture NOTES SUFFIX
 *
 * The floor of "capture/growth" is the note in the small shop: what NOTES in the other cost. */

#define G_LOG_DOMAIN "Counterbook"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cb-clock.h"
#include "cb-bench-shop.h"
#include "cb-bench.h"
#include "cb-syncs.h"
#include "db/cb-db.h"
#include "store/cb-book.h"
#include "store/cb-data.h"

#define NOTES_PER_CUSTOMER 10
#define NOTES_SMALL 4000
#define CUSTOMERS 200 /* who come in meanwhile, in turns */
#define SAMPLES 1000
#define WARM_UP 50
#define SENTENCES 3 /* of a note, each of about ten words */

typedef struct
{
  CbSamples wall;
  CbSamples cpu;
  guint n_syncs;
  guint n_acts;
} Figures;

typedef struct
{
  CbBenchShop shop;
  CbBook *book;
  CbStaff *manager;
  GPtrArray *customers; /* of CbCustomer; they said yes to this shop */
  Figures figures;
} Counter;

typedef struct
{
  char *root;
  CbDb *db;
  Figures figures;
} Bare;

static double
now_ms (clockid_t clock)
{
  struct timespec now;

  clock_gettime (clock, &now);
  return (double) now.tv_sec * 1e3 + (double) now.tv_nsec / 1e6;
}

typedef struct
{
  double wall_ms;
  double cpu_ms;
  guint n_syncs;
} Start;

static Start
begin (void)
{
  return (Start){ now_ms (CLOCK_MONOTONIC), now_ms (CLOCK_PROCESS_CPUTIME_ID), cb_syncs_count () };
}

static void
end (const Start *start, Figures *figures)
{
  cb_samples_add (&figures->wall, now_ms (CLOCK_MONOTONIC) - start->wall_ms);
  cb_samples_add (&figures->cpu, now_ms (CLOCK_PROCESS_CPUTIME_ID) - start->cpu_ms);
}

static void
figures_init (Figures *figures)
{
  cb_samples_init (&figures->wall);
  cb_samples_init (&figures->cpu);
  figures->n_syncs = 0;
  figures->n_acts = 0;
}

static void
figures_clear (Figures *figures)
{
  cb_samples_clear (&figures->wall);
  cb_samples_clear (&figures->cpu);
}

/* --- ours --- */

/* Between two acts, as on the counter: nobody waits for it. */
static void
rest (Counter *counter)
{
  gboolean outbox;
  g_autoptr (GPtrArray) touched = cb_book_take_touched (counter->book, &outbox);

  cb_book_do_idle (counter->book);
}

static void
agree (Counter *counter, const char *customer)
{
  g_autoptr (GPtrArray) answers =
    g_ptr_array_new_with_free_func ((GDestroyNotify) cb_answer_draft_free);
  CbAnswerDraft *draft = cb_answer_draft_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *receipt = NULL;

  draft->purpose = g_strdup ("shop");
  draft->answer = CB_ANSWER_YES;
  draft->method = CB_METHOD_TAPPED;
  g_ptr_array_add (answers, draft);
  receipt = cb_book_record_answers (counter->book, counter->manager, customer, answers, &error);
  g_assert_no_error (error);
}

static void
open_counter (Counter *counter, CbClock *clock, guint n_notes)
{
  g_autoptr (GError) error = NULL;
  guint done;
  guint total;

  cb_bench_shop_set_up (&counter->shop, n_notes / NOTES_PER_CUSTOMER, n_notes);
  counter->book = cb_book_open (counter->shop.home, counter->shop.state_root, clock, &error);
  g_assert_no_error (error);
  counter->manager = cb_book_find_staff (counter->book, CB_BENCH_MANAGER, &error);
  g_assert_no_error (error);
  counter->customers =
    cb_book_list_customers (counter->book, counter->manager, CUSTOMERS, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (counter->customers->len, ==, CUSTOMERS);
  for (guint i = 0; i < CUSTOMERS; i++)
    agree (counter, cb_customer_get_id (counter->customers->pdata[i]));
  g_assert_true (cb_book_start_index (counter->book, &error));
  while (cb_book_grow_index (counter->book, &done, &total, &error))
    ;
  g_assert_no_error (error);
  rest (counter);
  figures_init (&counter->figures);
}

static void
close_counter (Counter *counter)
{
  g_clear_pointer (&counter->customers, g_ptr_array_unref);
  g_clear_object (&counter->manager);
  cb_book_close (counter->book);
  g_clear_object (&counter->book);
  cb_bench_shop_tear_down (&counter->shop);
  figures_clear (&counter->figures);
}

static void
save_ours (Counter *counter, guint number, const char *text, gboolean is_measured)
{
  CbCustomer *customer = counter->customers->pdata[number % CUSTOMERS];
  g_autoptr (CbNoteDraft) draft = cb_note_draft_new ();
  g_autoptr (CbNote) note = NULL;
  g_autoptr (GError) error = NULL;
  Start start;

  draft->text = g_strdup (text);
  start = begin ();
  note = cb_book_add_note (counter->book, counter->manager, cb_customer_get_id (customer), draft,
                           &error);
  if (is_measured)
    end (&start, &counter->figures);
  g_assert_no_error (error);
  g_assert_nonnull (note);
  rest (counter);
  counter->figures.n_syncs += cb_syncs_count () - start.n_syncs;
  counter->figures.n_acts++;
}

/* --- the floor --- */

static void
open_bare (Bare *bare, CbClock *clock)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;

  bare->root = g_dir_make_tmp ("cb-bench-XXXXXX", &error);
  g_assert_no_error (error);
  path = g_build_filename (bare->root, "bare.db", NULL);
  bare->db = cb_db_open (path, TRUE, clock, &error);
  g_assert_no_error (error);
  g_assert_true (
    cb_db_run (bare->db, "CREATE TABLE row (id INTEGER PRIMARY KEY, body TEXT)", NULL));
  figures_init (&bare->figures);
}

static void
close_bare (Bare *bare)
{
  static const char *const names[] = { "bare.db", "bare.db-wal", "bare.db-shm" };

  g_clear_object (&bare->db);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (bare->root, names[i], NULL);

      g_unlink (path);
    }
  g_rmdir (bare->root);
  g_free (bare->root);
  figures_clear (&bare->figures);
}

static void
save_bare (Bare *bare, const char *text, gboolean is_measured)
{
  static const char SQL_ADD_ROW[] = "INSERT INTO row (body) VALUES (?1)";
  Start start = begin ();
  g_autoptr (GError) error = NULL;
  g_autoptr (CbStmt) stmt = cb_db_prepare (bare->db, SQL_ADD_ROW);

  cb_stmt_bind_text (stmt, 1, text);
  cb_stmt_run (stmt, &error);
  if (is_measured)
    end (&start, &bare->figures);
  g_assert_no_error (error);
  bare->figures.n_syncs += cb_syncs_count () - start.n_syncs;
  bare->figures.n_acts++;
}

/* --- together --- */

static char *
make_text (guint number)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < SENTENCES; i++)
    {
      g_autofree char *sentence = cb_bench_note_make (number * SENTENCES + i);

      g_string_append_printf (text, "%s. ", sentence);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
print_syncs (const Figures *ours, const Figures *floor)
{
  CbSamples our_mean;
  CbSamples floor_mean;

  cb_samples_init (&our_mean);
  cb_samples_init (&floor_mean);
  cb_samples_add (&our_mean, (double) ours->n_syncs / ours->n_acts);
  cb_samples_add (&floor_mean, (double) floor->n_syncs / floor->n_acts);
  cb_bench_print ("capture/syncs", "syncs", &our_mean, &floor_mean);
  cb_samples_clear (&our_mean);
  cb_samples_clear (&floor_mean);
}

int
main (int argc, char **argv)
{
  g_autoptr (CbClock) clock = cb_clock_new_system ();
  guint n_notes = argc == 3 ? (guint) atoi (argv[1]) : 0;
  const char *suffix = argc == 3 ? argv[2] : "";
  g_autofree char *large_name = g_strconcat ("capture/note", suffix, NULL);
  g_autofree char *growth_name = g_strconcat ("capture/growth", suffix, NULL);
  g_autofree char *growth_cpu_name = g_strconcat ("capture/growth-cpu", suffix, NULL);
  Counter small = { 0 };
  Counter large = { 0 };
  Bare bare = { 0 };

  if (n_notes < NOTES_PER_CUSTOMER * CUSTOMERS)
    {
      g_printerr ("usage: bench-capture NOTES SUFFIX; %u notes or more\n",
                  NOTES_PER_CUSTOMER * CUSTOMERS);
      return 2;
    }
  cb_data_init ();
  open_bare (&bare, clock);
  open_counter (&small, clock, NOTES_SMALL);
  open_counter (&large, clock, n_notes);
  for (guint i = 0; i < WARM_UP + SAMPLES; i++)
    {
      g_autofree char *text = make_text (i);

      save_bare (&bare, text, i >= WARM_UP);
      save_ours (&small, i, text, i >= WARM_UP);
      save_ours (&large, i, text, i >= WARM_UP);
    }
  cb_bench_print_with_cpu ("capture/note", "ms", &small.figures.wall, &bare.figures.wall,
                           &small.figures.cpu);
  cb_bench_print_with_cpu (large_name, "ms", &large.figures.wall, &bare.figures.wall,
                           &large.figures.cpu);
  cb_bench_print (growth_name, "ms", &large.figures.wall, &small.figures.wall);
  cb_bench_print (growth_cpu_name, "ms", &large.figures.cpu, &small.figures.cpu);
  print_syncs (&large.figures, &bare.figures);
  close_counter (&large);
  close_counter (&small);
  close_bare (&bare);
  return 0;
}
