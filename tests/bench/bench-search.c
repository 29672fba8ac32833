/* SPDX-License-Identifier: Apache-2.0 */

/* Finding people in a shop of any size: how long after signing in its names are found, and the
 * whole of it; a keystroke of each kind of query; the memory resident then. A JSON line each.
 * Beside each the same people and words in bare FTS5 tables in memory, answering in the order of
 * rows.
 *
 *   bench-search CUSTOMERS NOTES SUFFIX
 *
 * Beside the time that passes, a line of a query has "cpu_p99", the time that this program worked:
 * on a machine that others use it alone says what a shop's would take. */

#define G_LOG_DOMAIN "Counterbook"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/cb-clock.h"
#include "cb-bench-shop.h"
#include "cb-bench.h"
#include "store/cb-book.h"

#define SHOWN 20
#define QUERIES 60

/* What architecture.md allows a piece of the index: no floor, but what it is measured against. */
#define PIECE_LIMIT_MS 5.0

static double
now_ms (clockid_t clock)
{
  struct timespec now;

  clock_gettime (clock, &now);
  return (double) now.tv_sec * 1e3 + (double) now.tv_nsec / 1e6;
}

static double
read_resident_mb (void)
{
  g_autofree char *text = NULL;
  long pages;

  g_assert_true (g_file_get_contents ("/proc/self/statm", &text, NULL, NULL));
  g_assert_cmpint (sscanf (text, "%*d %ld", &pages), ==, 1);
  return (double) pages * (double) sysconf (_SC_PAGESIZE) / 1e6;
}

/* --- the floor --- */

typedef struct
{
  sqlite3 *handle;
  sqlite3_stmt *persons;
  sqlite3_stmt *notes;
} Bare;

static void
run_bare (Bare *bare, const char *sql)
{
  g_assert_cmpint (sqlite3_exec (bare->handle, sql, NULL, NULL, NULL), ==, SQLITE_OK);
}

static void
bind (sqlite3_stmt *stmt, int number, const char *text)
{
  sqlite3_bind_text (stmt, number, text, -1, SQLITE_TRANSIENT);
}

static void
fill_bare_persons (Bare *bare, guint n)
{
  sqlite3_stmt *stmt = NULL;

  run_bare (bare,
            "CREATE VIRTUAL TABLE person USING fts5 (given, family, email, phone, card,"
            " detail = column, prefix = '1 2 3'); BEGIN");
  sqlite3_prepare_v2 (bare->handle, "INSERT INTO person VALUES (?1, ?2, ?3, ?4, ?5)", -1, &stmt,
                      NULL);
  for (guint i = 0; i < n; i++)
    {
      g_auto (CbBenchPerson) person = cb_bench_person_make (i);

      bind (stmt, 1, person.given);
      bind (stmt, 2, person.family);
      bind (stmt, 3, person.email);
      bind (stmt, 4, person.phone);
      bind (stmt, 5, person.card);
      sqlite3_step (stmt);
      sqlite3_reset (stmt);
    }
  sqlite3_finalize (stmt);
  run_bare (bare, "COMMIT");
  sqlite3_prepare_v2 (bare->handle, "SELECT * FROM person WHERE person MATCH ?1 LIMIT 20", -1,
                      &bare->persons, NULL);
}

static void
fill_bare_notes (Bare *bare, guint n)
{
  sqlite3_stmt *stmt = NULL;

  run_bare (bare,
            "CREATE VIRTUAL TABLE note USING fts5 (text, detail = none, prefix = '3'); BEGIN");
  sqlite3_prepare_v2 (bare->handle, "INSERT INTO note VALUES (?1)", -1, &stmt, NULL);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *text = cb_bench_note_make (i);

      bind (stmt, 1, text);
      sqlite3_step (stmt);
      sqlite3_reset (stmt);
    }
  sqlite3_finalize (stmt);
  run_bare (bare, "COMMIT");
  sqlite3_prepare_v2 (bare->handle, "SELECT * FROM note WHERE note MATCH ?1 LIMIT 20", -1,
                      &bare->notes, NULL);
}

/* "per" * AND "ex" *: each run of letters and digits by itself, for it is no phrase that is sought.
 */
static char *
make_expression (const char *typed)
{
  GString *expression = g_string_new (NULL);
  gboolean is_within = FALSE;

  for (const char *at = typed; *at != '\0'; at = g_utf8_next_char (at))
    {
      const gboolean is_word = g_unichar_isalnum (g_utf8_get_char (at));

      if (is_word && !is_within)
        g_string_append (expression, expression->len > 0 ? " AND \"" : "\"");
      if (is_word)
        g_string_append_len (expression, at, g_utf8_next_char (at) - at);
      if (!is_word && is_within)
        g_string_append (expression, "\" *");
      is_within = is_word;
    }
  if (is_within)
    g_string_append (expression, "\" *");
  return g_string_free (expression, FALSE);
}

static void
find_bare (sqlite3_stmt *stmt, const char *typed)
{
  g_autofree char *expression = make_expression (typed);
  int got;

  if (*expression == '\0')
    return;
  bind (stmt, 1, expression);
  while ((got = sqlite3_step (stmt)) == SQLITE_ROW)
    g_assert_nonnull (sqlite3_column_text (stmt, 0));
  g_assert_cmpint (got, ==, SQLITE_DONE);
  sqlite3_reset (stmt);
}

/* --- building --- */

typedef struct
{
  CbBook *book;
  CbStaff *manager;
  Bare bare;
  const CbBenchShop *shop;
  const char *suffix;
} Bench;

static void
print_one (const Bench *bench, const char *name, const char *unit, double ours, double floor)
{
  g_autofree char *whole = g_strconcat (name, bench->suffix, NULL);
  CbSamples our_samples;
  CbSamples floor_samples;

  cb_samples_init (&our_samples);
  cb_samples_init (&floor_samples);
  cb_samples_add (&our_samples, ours);
  cb_samples_add (&floor_samples, floor);
  cb_bench_print (whole, unit, &our_samples, &floor_samples);
  cb_samples_clear (&our_samples);
  cb_samples_clear (&floor_samples);
}

/* As cb-store grows it, piece by piece. */
static void
measure_building (Bench *bench)
{
  double start = now_ms (CLOCK_MONOTONIC);
  double cpu_start = now_ms (CLOCK_PROCESS_CPUTIME_ID);
  double before_mb = read_resident_mb ();
  double longest = 0;
  double names[2] = { 0 };
  double whole[2];
  double bare_names[2];
  double bare_whole[2];
  double with_bare_mb;
  double our_mb;
  guint done;
  guint total;
  gboolean more = TRUE;
  g_autoptr (GError) error = NULL;

  g_assert_true (cb_book_start_index (bench->book, &error));
  while (more)
    {
      double piece = now_ms (CLOCK_PROCESS_CPUTIME_ID);

      more = cb_book_grow_index (bench->book, &done, &total, &error);
      g_assert_no_error (error);
      longest = MAX (longest, now_ms (CLOCK_PROCESS_CPUTIME_ID) - piece);
      if (names[0] == 0 && done * 2 >= total)
        {
          names[0] = now_ms (CLOCK_MONOTONIC) - start;
          names[1] = now_ms (CLOCK_PROCESS_CPUTIME_ID) - cpu_start;
        }
    }
  whole[0] = now_ms (CLOCK_MONOTONIC) - start;
  whole[1] = now_ms (CLOCK_PROCESS_CPUTIME_ID) - cpu_start;
  our_mb = read_resident_mb ();
  start = now_ms (CLOCK_MONOTONIC);
  cpu_start = now_ms (CLOCK_PROCESS_CPUTIME_ID);
  sqlite3_open (":memory:", &bench->bare.handle);
  fill_bare_persons (&bench->bare, bench->shop->n_customers);
  bare_names[0] = now_ms (CLOCK_MONOTONIC) - start;
  bare_names[1] = now_ms (CLOCK_PROCESS_CPUTIME_ID) - cpu_start;
  fill_bare_notes (&bench->bare, bench->shop->n_notes);
  bare_whole[0] = now_ms (CLOCK_MONOTONIC) - start;
  bare_whole[1] = now_ms (CLOCK_PROCESS_CPUTIME_ID) - cpu_start;
  with_bare_mb = read_resident_mb ();
  print_one (bench, "index/names", "ms", names[0], bare_names[0]);
  print_one (bench, "index/names-cpu", "ms", names[1], bare_names[1]);
  print_one (bench, "index/whole", "ms", whole[0], bare_whole[0]);
  print_one (bench, "index/whole-cpu", "ms", whole[1], bare_whole[1]);
  print_one (bench, "index/longest-piece-cpu", "ms", longest, PIECE_LIMIT_MS);
  print_one (bench, "index/memory", "MB", our_mb - before_mb, with_bare_mb - our_mb);
}

/* --- queries --- */

/* Of the nth person or note, by hand: what is typed, whole. */
typedef char *(*MakeQuery) (guint number, const CbBenchPerson *person);

static char *
make_family (guint number, const CbBenchPerson *person)
{
  return g_strdup (person->family);
}

static char *
make_both (guint number, const CbBenchPerson *person)
{
  return number % 2 == 0 ? g_strdup_printf ("%s %s", person->given, person->family)
                         : g_strdup_printf ("%s %s", person->family, person->given);
}

static char *
make_email (guint number, const CbBenchPerson *person)
{
  return g_strdup (person->email);
}

static char *
make_phone (guint number, const CbBenchPerson *person)
{
  return number % 2 == 0 ? g_strdup (person->phone) : g_strdup_printf ("0%s", person->phone + 4);
}

static char *
make_last_four (guint number, const CbBenchPerson *person)
{
  return g_strdup (person->phone + strlen (person->phone) - 4);
}

/* Off the card as it is printed, or as a scanner gives it. */
static char *
make_card (guint number, const CbBenchPerson *person)
{
  g_auto (CbBenchPerson) holder = cb_bench_person_make (number & ~1u);
  g_auto (GStrv) parts = g_strsplit (holder.card, "-", -1);

  return number % 4 < 2 ? g_strdup (holder.card) : g_strjoinv (NULL, parts);
}

static char *
make_note_words (guint number, const CbBenchPerson *person)
{
  g_autofree char *note = cb_bench_note_make (number);
  g_auto (GStrv) words = g_strsplit (note, " ", -1);

  return number % 2 == 0 ? g_strdup (words[2]) : g_strdup_printf ("%s %s", words[1], words[2]);
}

/* One of the four errors in a word of five letters and more. */
static char *
make_error (guint number, const CbBenchPerson *person)
{
  const char *name = g_utf8_strlen (person->family, -1) >= 6 ? person->family : "Ellingsen";
  glong n = g_utf8_strlen (name, -1);
  glong at = 1 + number / 4 % (n - 3);
  g_autofree char *before = g_utf8_substring (name, 0, at);
  g_autofree char *first = g_utf8_substring (name, at, at + 1);
  g_autofree char *second = g_utf8_substring (name, at + 1, at + 2);
  g_autofree char *after = g_utf8_substring (name, at + 2, n);

  switch (number % 4)
    {
    case 0:
      return g_strconcat (before, second, after, NULL);
    case 1:
      return g_strconcat (before, first, first, second, after, NULL);
    case 2:
      return g_strconcat (before, "x", second, after, NULL);
    default:
      return g_strconcat (before, second, first, after, NULL);
    }
}

static const struct
{
  const char *name;
  MakeQuery make;
  guint from; /* characters that are there before the first keystroke that is measured */
  gboolean is_note;
} kinds[] = {
  { "search/name", make_family, 0, FALSE },         { "search/two-words", make_both, 0, FALSE },
  { "search/email", make_email, 0, FALSE },         { "search/phone", make_phone, 0, FALSE },
  { "search/last-four", make_last_four, 3, FALSE }, { "search/notes", make_note_words, 0, TRUE },
  { "search/card", make_card, 0, FALSE },           { "search/typo", make_error, 4, FALSE },
};

static void
type (Bench *bench, const char *typed, CbSamples *wall, CbSamples *cpu)
{
  double start = now_ms (CLOCK_MONOTONIC);
  double cpu_start = now_ms (CLOCK_PROCESS_CPUTIME_ID);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) found = cb_book_find (bench->book, bench->manager, typed, SHOWN, &error);

  g_assert_no_error (error);
  g_assert_nonnull (found);
  cb_samples_add (cpu, now_ms (CLOCK_PROCESS_CPUTIME_ID) - cpu_start);
  cb_samples_add (wall, now_ms (CLOCK_MONOTONIC) - start);
}

static void
measure_kind (Bench *bench, guint kind)
{
  sqlite3_stmt *bare = kinds[kind].is_note ? bench->bare.notes : bench->bare.persons;
  g_autofree char *name = g_strconcat (kinds[kind].name, bench->suffix, NULL);
  CbSamples wall;
  CbSamples cpu;
  CbSamples floor;

  cb_samples_init (&wall);
  cb_samples_init (&cpu);
  cb_samples_init (&floor);
  for (guint i = 0; i < QUERIES; i++)
    {
      guint number = i * 7919u % bench->shop->n_customers;
      g_auto (CbBenchPerson) person = cb_bench_person_make (number);
      g_autofree char *whole = kinds[kind].make (number, &person);
      const char *end = whole;

      for (guint n = 1; *end != '\0'; n++)
        {
          g_autofree char *typed = NULL;
          double start;

          end = g_utf8_next_char (end);
          if (n <= kinds[kind].from)
            continue;
          typed = g_strndup (whole, (gsize) (end - whole));
          type (bench, typed, &wall, &cpu);
          start = now_ms (CLOCK_MONOTONIC);
          find_bare (bare, typed);
          cb_samples_add (&floor, now_ms (CLOCK_MONOTONIC) - start);
        }
    }
  cb_bench_print_with_cpu (name, "ms", &wall, &floor, &cpu);
  cb_samples_clear (&wall);
  cb_samples_clear (&cpu);
  cb_samples_clear (&floor);
}

int
main (int argc, char **argv)
{
  CbBenchShop shop;
  Bench bench = { .shop = &shop, .suffix = argc > 3 ? argv[3] : "" };
  g_autoptr (CbClock) clock = cb_clock_new_system ();
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (argc, >=, 3);
  cb_bench_shop_set_up (&shop, (guint) atoi (argv[1]), (guint) atoi (argv[2]));
  bench.book = cb_book_open (shop.home, shop.state_root, clock, &error);
  g_assert_no_error (error);
  bench.manager = cb_book_find_staff (bench.book, CB_BENCH_MANAGER, &error);
  measure_building (&bench);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    measure_kind (&bench, i);
  sqlite3_finalize (bench.bare.persons);
  sqlite3_finalize (bench.bare.notes);
  sqlite3_close (bench.bare.handle);
  g_clear_object (&bench.manager);
  cb_book_close (bench.book);
  g_clear_object (&bench.book);
  cb_bench_shop_tear_down (&shop);
  return 0;
}
