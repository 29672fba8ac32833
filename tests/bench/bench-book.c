/* SPDX-License-Identifier: Apache-2.0 */

/* A book of 100,000 customers, as the terminal has it after an import: the time from signing in to
 * a searchable index, a keystroke of a search, and the memory that is resident then. Beside each
 * its floor: the same people in a bare FTS5 database in memory. Which is printed is the argument:
 * index, keystroke or memory. */

#define G_LOG_DOMAIN "Counterbook"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cb-clock.h"
#include "cb-bench.h"
#include "store/cb-book.h"
#include "store/cb-store.h"

#define CUSTOMERS 100000
#define ROUNDS 5
#define PIN "482915"
#define SHOWN 20

typedef struct
{
  char *root;
  char *home;
  char *state_root;
} Place;

/* --- people nobody is --- */

typedef struct
{
  char *given;
  char *family;
  char *email;
  char *phone;
} Person;

/* Some names are everybody's, most are rare. */
static Person
make_person (guint i)
{
  guint skewed = (i * 7919u) % 1000u;

  return (Person){
    .given = cb_bench_make_name (skewed * skewed / 1000u),
    .family = cb_bench_make_name (i * 31u % 49152u),
    .email = g_strdup_printf ("person%u@example.org", i),
    .phone = g_strdup_printf ("+44 20 7%07u", i * 97u % 10000000u),
  };
}

static void
person_clear (Person *person)
{
  g_free (person->given);
  g_free (person->family);
  g_free (person->email);
  g_free (person->phone);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Person, person_clear)

/* --- the book, made by another process so that this one's memory is clean --- */

static void
fill_book (const Place *place)
{
  CbBookOptions options = { .name = "Bench", .region = "GB", .keep_unasked_days = -1 };
  CbImportOptions import_options = { .piece_entries = 2000 };
  g_autoptr (CbClock) clock = cb_clock_new_system ();
  g_autoptr (GString) table = g_string_new ("First Name,Last Name,Email,Phone\n");
  g_autoptr (GInputStream) stream = NULL;
  g_autoptr (CbImport) import = NULL;
  g_autoptr (CbStaff) admin = NULL;
  g_autoptr (CbStaff) manager = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *recovery = NULL;
  g_autoptr (CbBook) book =
    cb_book_create (place->home, place->state_root, clock, &options, &recovery, &error);
  gboolean more = TRUE;

  g_assert_no_error (error);
  g_free (cb_book_add_staff (book, NULL, "Bench Admin", CB_ROLE_ADMIN, PIN, &error));
  admin = cb_book_find_staff (book, "Bench Admin", &error);
  g_free (cb_book_add_staff (book, admin, "Bench Manager", CB_ROLE_MANAGER, PIN, &error));
  manager = cb_book_find_staff (book, "Bench Manager", &error);
  g_assert_no_error (error);
  for (guint i = 0; i < CUSTOMERS; i++)
    {
      g_auto (Person) person = make_person (i);

      g_string_append_printf (table, "%s,%s,%s,%s\n", person.given, person.family, person.email,
                              person.phone);
    }
  stream = g_memory_input_stream_new_from_data (table->str, (gssize) table->len, NULL);
  import = cb_import_new (stream, CB_EXCHANGE_CSV, &import_options);
  while (more && cb_book_import_piece (book, manager, import, &more, &error))
    {
      gboolean is_outbox_touched;

      g_ptr_array_unref (cb_book_take_touched (book, &is_outbox_touched));
      cb_book_do_idle (book);
    }
  g_assert_no_error (error);
  cb_book_close (book);
}

static void
set_up (Place *place)
{
  pid_t child;
  int status;

  place->root = g_dir_make_tmp ("cb-bench-XXXXXX", NULL);
  place->home = g_build_filename (place->root, "home", NULL);
  place->state_root = g_build_filename (place->root, "state", NULL);
  child = fork ();
  if (child == 0)
    {
      fill_book (place);
      _exit (0);
    }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_cmpint (status, ==, 0);
}

static void
tear_down (Place *place)
{
  const char *argv[] = { "rm", "-rf", "--", place->root, NULL };

  g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
                               NULL, NULL, NULL));
  g_free (place->root);
  g_free (place->home);
  g_free (place->state_root);
}

/* --- the floor --- */

static sqlite3 *
open_bare (void)
{
  sqlite3 *bare = NULL;

  g_assert_cmpint (sqlite3_open (":memory:", &bare), ==, SQLITE_OK);
  g_assert_cmpint (
    sqlite3_exec (bare,
                  "CREATE VIRTUAL TABLE person USING fts5 (given, family, email, phone,"
                  " detail = column, prefix = '1 2 3')",
                  NULL, NULL, NULL),
    ==, SQLITE_OK);
  return bare;
}

static void
fill_bare (sqlite3 *bare)
{
  sqlite3_stmt *stmt = NULL;

  sqlite3_exec (bare, "BEGIN", NULL, NULL, NULL);
  sqlite3_prepare_v2 (bare,
                      "INSERT INTO person (given, family, email, phone) VALUES (?1, ?2, ?3, ?4)",
                      -1, &stmt, NULL);
  for (guint i = 0; i < CUSTOMERS; i++)
    {
      g_auto (Person) person = make_person (i);

      sqlite3_bind_text (stmt, 1, person.given, -1, SQLITE_STATIC);
      sqlite3_bind_text (stmt, 2, person.family, -1, SQLITE_STATIC);
      sqlite3_bind_text (stmt, 3, person.email, -1, SQLITE_STATIC);
      sqlite3_bind_text (stmt, 4, person.phone, -1, SQLITE_STATIC);
      sqlite3_step (stmt);
      sqlite3_reset (stmt);
    }
  sqlite3_finalize (stmt);
  sqlite3_exec (bare, "COMMIT", NULL, NULL, NULL);
}

static void
find_bare (sqlite3_stmt *stmt, const char *typed)
{
  g_autofree char *expression = g_strdup_printf ("\"%s\" *", typed);

  sqlite3_bind_text (stmt, 1, expression, -1, SQLITE_STATIC);
  while (sqlite3_step (stmt) == SQLITE_ROW)
    g_assert_nonnull (sqlite3_column_text (stmt, 0));
  sqlite3_reset (stmt);
}

/* --- the terminal's store --- */

static void
keep_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static GAsyncResult *
await (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return g_steal_pointer (result);
}

static CbStore *
open_store (const Place *place)
{
  g_autoptr (CbClock) clock = cb_clock_new_system ();
  CbStore *store = cb_store_new (place->home, place->state_root, clock);
  GAsyncResult *waiting = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  cb_store_open_async (store, NULL, keep_result, &waiting);
  result = await (&waiting);
  cb_store_open_finish (store, result, &error);
  g_assert_no_error (error);
  return store;
}

static void
sign_in (CbStore *store)
{
  GAsyncResult *waiting = NULL;
  g_autoptr (GAsyncResult) listed = NULL;
  g_autoptr (GAsyncResult) signed_in = NULL;
  g_autoptr (GPtrArray) staff = NULL;
  g_autoptr (CbStaff) actor = NULL;
  g_autoptr (GError) error = NULL;
  const char *id = NULL;

  cb_store_list_staff_async (store, NULL, keep_result, &waiting);
  listed = await (&waiting);
  staff = cb_store_list_staff_finish (store, listed, &error);
  for (guint i = 0; i < staff->len; i++)
    {
      if (cb_staff_get_role (g_ptr_array_index (staff, i)) == CB_ROLE_MANAGER)
        id = cb_staff_get_id (g_ptr_array_index (staff, i));
    }
  cb_store_sign_in_async (store, id, g_strdup (PIN), NULL, keep_result, &waiting);
  signed_in = await (&waiting);
  actor = cb_store_sign_in_finish (store, signed_in, NULL, NULL, &error);
  g_assert_no_error (error);
}

static void
lock (CbStore *store)
{
  GAsyncResult *waiting = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  cb_store_lock_async (store, NULL, keep_result, &waiting);
  result = await (&waiting);
  g_assert_true (cb_store_lock_finish (store, result, NULL));
}

static void
wait_for_index (CbStore *store)
{
  while (!cb_store_is_index_ready (store))
    g_main_context_iteration (NULL, TRUE);
}

static guint
find (CbStore *store, const char *typed)
{
  GAsyncResult *waiting = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (GError) error = NULL;

  cb_store_find_async (store, typed, SHOWN, NULL, keep_result, &waiting);
  result = await (&waiting);
  found = cb_store_find_finish (store, result, &error);
  g_assert_no_error (error);
  return found->len;
}

static double
since_ms (gint64 start_us)
{
  return (double) (g_get_monotonic_time () - start_us) / 1000.0;
}

/* --- what is measured --- */

static void
measure_index (CbStore *store, CbSamples *ours, CbSamples *floor)
{
  for (guint i = 0; i < ROUNDS; i++)
    {
      gint64 start_us = g_get_monotonic_time ();
      sqlite3 *bare = open_bare ();

      fill_bare (bare);
      cb_samples_add (floor, since_ms (start_us));
      sqlite3_close (bare);
      sign_in (store);
      start_us = g_get_monotonic_time ();
      wait_for_index (store);
      cb_samples_add (ours, since_ms (start_us));
      lock (store);
    }
}

/* Each name letter by letter, as somebody types it; a number's end and an address now and then. */
static void
measure_keystroke (CbStore *store, CbSamples *ours, CbSamples *floor)
{
  sqlite3 *bare = open_bare ();
  sqlite3_stmt *stmt = NULL;

  fill_bare (bare);
  sqlite3_prepare_v2 (bare,
                      "SELECT given, family, email, phone FROM person WHERE person MATCH ?1"
                      " LIMIT 20",
                      -1, &stmt, NULL);
  sign_in (store);
  wait_for_index (store);
  for (guint i = 0; i < 400; i++)
    {
      g_auto (Person) person = make_person (i * 241u % CUSTOMERS);
      g_autofree char *both = g_strdup_printf ("%s %s", person.given, person.family);
      const char *whole = i % 8 == 0   ? person.phone + strlen (person.phone) - 4
                          : i % 8 == 1 ? person.email
                          : i % 2 == 0 ? person.family
                                       : both;

      for (gsize length = i % 8 == 0 ? 4 : 1; length <= MIN (strlen (whole), 12); length++)
        {
          g_autofree char *typed = g_strndup (whole, length);
          gint64 start_us = g_get_monotonic_time ();

          find_bare (stmt, typed);
          cb_samples_add (floor, since_ms (start_us));
          start_us = g_get_monotonic_time ();
          find (store, typed);
          cb_samples_add (ours, since_ms (start_us));
        }
    }
  sqlite3_finalize (stmt);
  sqlite3_close (bare);
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

static double
measure_bare_memory (void)
{
  int ends_of[2];
  double mb = 0;
  pid_t child;

  g_assert_cmpint (pipe (ends_of), ==, 0);
  child = fork ();
  if (child == 0)
    {
      sqlite3 *bare = open_bare ();

      fill_bare (bare);
      mb = read_resident_mb ();
      _exit (write (ends_of[1], &mb, sizeof mb) == sizeof mb ? 0 : 1);
    }
  g_assert_cmpint (read (ends_of[0], &mb, sizeof mb), ==, sizeof mb);
  waitpid (child, NULL, 0);
  close (ends_of[0]);
  close (ends_of[1]);
  return mb;
}

int
main (int argc, char **argv)
{
  const char *what = argc > 1 ? argv[1] : "index";
  g_autoptr (CbStore) store = NULL;
  Place place;
  CbSamples ours;
  CbSamples floor;

  cb_samples_init (&ours);
  cb_samples_init (&floor);
  if (g_str_equal (what, "memory"))
    cb_samples_add (&floor, measure_bare_memory ());
  set_up (&place);
  store = open_store (&place);
  if (g_str_equal (what, "index"))
    measure_index (store, &ours, &floor);
  else if (g_str_equal (what, "keystroke"))
    measure_keystroke (store, &ours, &floor);
  else
    {
      sign_in (store);
      wait_for_index (store);
      cb_samples_add (&ours, read_resident_mb ());
    }
  cb_bench_print (g_str_equal (what, "index")       ? "index-100000"
                  : g_str_equal (what, "keystroke") ? "keystroke-100000"
                                                    : "memory-100000",
                  g_str_equal (what, "memory") ? "MB" : "ms", &ours, &floor);
  cb_store_close (store);
  cb_samples_clear (&ours);
  cb_samples_clear (&floor);
  tear_down (&place);
  return 0;
}
