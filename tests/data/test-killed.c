/* SPDX-License-Identifier: Apache-2.0 */

/* A process that writes notes, changes keys and erases is killed at random moments, again and
 * again, on a real file system: what it had reported is there, once, and of what it had not at most
 * the act it was at. Another is killed while it tries PINs: each try counts. What a kill can't
 * show, for the kernel keeps what was written, test-power-cut does; so the file system is one in
 * memory where there is one, and a kill meets what the process does rather than its waits for a
 * disk. Whole programs on a disk are killed by tests/app/test-kill.py. */

#define G_LOG_DOMAIN "Counterbook"

#include <errno.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cb-error.h"
#include "cb-test-book.h"
#include "store/cb-book-private.h"

#define ROUNDS 500
#define ROUNDS_LONG 10000
#define ROUNDS_SANITIZED 60 /* where everything takes many times as long */
#define ACTS_MAX 400
#define LOOK_EVERY 100
#define IN_MEMORY "/dev/shm"

/* A child is killed a while after so many reports, one of these. The erasure is the fifth. */
#define REPORTS_MAX 8
#define ERASE_AFTER 3

/* How long a child takes: measured as it goes, for a busy machine changes it. */
typedef struct
{
  gint64 start_us; /* to its first report */
  gint64 act_us;
} Pace;

typedef struct
{
  char *customer;    /* NULL: killed before it reported one */
  GHashTable *notes; /* id → text, as reported */
  gboolean may_be_gone;
  gboolean is_gone; /* its erasure was reported */
} Round;

static void
round_free (gpointer data)
{
  Round *round = data;

  g_free (round->customer);
  g_hash_table_unref (round->notes);
  g_free (round);
}

/* --- the one that is killed --- */

/* One line in one piece: a pipe gives it whole or not at all. */
static void
report (int fd, const char *kind, const char *id, const char *text)
{
  g_autofree char *line = g_strdup_printf ("%s %s %s\n", kind, id, text);

  if (write (fd, line, strlen (line)) != (gssize) strlen (line))
    _exit (2);
}

static void
write_note (CbTestBook *test, int fd, const char *customer, guint round, guint number)
{
  g_autofree char *text = g_strdup_printf ("%u-%u", round, number);
  g_autoptr (CbNote) note = cb_test_book_add_note (test, customer, NULL, text);

  report (fd, "note", cb_note_get_id (note), text);
}

static void
live (CbTestBook *test, int fd, guint number, const char *victim)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *customer = NULL;

  test->book = cb_book_open (test->home, test->state_root, test->clock, &error);
  g_assert_no_error (error);
  customer = cb_test_book_add_customer (test, "Mara", "Testperson", NULL, "07700 900123");
  report (fd, "customer", customer, "-");
  if (number % 3 == 0)
    cb_test_book_answer (test, customer, "shop", CB_CHANNEL_NONE, CB_ANSWER_YES, CB_METHOD_TAPPED);
  for (guint i = 0; i < ACTS_MAX; i++)
    {
      write_note (test, fd, customer, number, i);
      if (i == ERASE_AFTER - 1 && victim != NULL)
        {
          cb_book_erase (test->book, test->manager, victim, CB_ERASE_REQUEST, &error);
          g_assert_no_error (error);
          report (fd, "erased", victim, "-");
        }
      if (i % 16 == 9)
        cb_db_checkpoint (test->book->db, i % 32 == 9, NULL);
    }
}

/* --- the one that kills --- */

typedef struct
{
  int fd;
  GString *text;
  guint n_lines;
} Reports;

/* FALSE when there will be no more. */
static gboolean
read_some (Reports *reports)
{
  char piece[4096];
  gssize got = read (reports->fd, piece, sizeof piece);

  if (got < 0 && errno == EINTR)
    return TRUE;
  for (gssize i = 0; i < got; i++)
    reports->n_lines += piece[i] == '\n';
  g_string_append_len (reports->text, piece, MAX (got, 0));
  return got > 0;
}

static void
kill_sometime (pid_t child, Reports *reports, Pace *pace, GRand *dice)
{
  guint wanted = (guint) g_rand_int_range (dice, 0, REPORTS_MAX);
  gint64 begun_us = g_get_monotonic_time ();
  gint64 first_us = 0;
  gint64 us;

  while (reports->n_lines < wanted && read_some (reports))
    {
      if (first_us == 0)
        first_us = g_get_monotonic_time ();
    }
  if (first_us != 0)
    pace->start_us = first_us - begun_us;
  if (wanted > 1 && reports->n_lines > 1)
    pace->act_us = (g_get_monotonic_time () - first_us) / (reports->n_lines - 1);
  us = wanted == 0 ? pace->start_us : pace->act_us;
  g_usleep ((gulong) (g_rand_double (dice) * 1.5 * (double) us));
  g_assert_cmpint (kill (child, SIGKILL), ==, 0);
  while (read_some (reports))
    ;
}

static Round *
read_reports (const char *text, Round *victim)
{
  Round *round = g_new0 (Round, 1);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  round->notes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) fields = g_strsplit (lines[i], " ", 3);

      if (g_strv_length (fields) != 3)
        continue;
      if (g_str_equal (fields[0], "customer"))
        round->customer = g_strdup (fields[1]);
      else if (g_str_equal (fields[0], "erased"))
        victim->is_gone = TRUE;
      else
        g_assert_true (
          g_hash_table_insert (round->notes, g_strdup (fields[1]), g_strdup (fields[2])));
    }
  return round;
}

/* Gives what it had reported. */
static char *
await_end (pid_t child, Reports *reports, gboolean *struck)
{
  int status = 0;

  close (reports->fd);
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  *struck = WIFSIGNALED (status);
  g_assert_true ((WIFSIGNALED (status) && WTERMSIG (status) == SIGKILL) ||
                 (WIFEXITED (status) && WEXITSTATUS (status) == 0));
  return g_string_free (g_steal_pointer (&reports->text), FALSE);
}

/* The child goes on with `pipe_end`; its parent with `reports`. */
static pid_t
fork_reporting (Reports *reports, int *pipe_end)
{
  int fds[2];
  pid_t child;

  g_assert_cmpint (pipe (fds), ==, 0);
  child = fork ();
  g_assert_cmpint (child, >=, 0);
  close (fds[child == 0 ? 0 : 1]);
  *pipe_end = fds[1];
  if (child == 0)
    return child;
  *reports = (Reports){ .fd = fds[0], .text = g_string_new (NULL) };
  return child;
}

static Round *
live_and_die (CbTestBook *test,
              guint number,
              Round *victim,
              Pace *pace,
              GRand *dice,
              guint *n_struck)
{
  g_autofree char *text = NULL;
  gboolean struck;
  Reports reports;
  int pipe_end;
  pid_t child = fork_reporting (&reports, &pipe_end);

  if (child == 0)
    {
      live (test, pipe_end, number, victim != NULL ? victim->customer : NULL);
      _exit (0);
    }
  kill_sometime (child, &reports, pace, dice);
  text = await_end (child, &reports, &struck);
  *n_struck += struck;
  return read_reports (text, victim);
}

/* --- what is there --- */

/* Everything reported, once; at most `most_more` besides. */
static void
check_customer (CbTestBook *test, Round *round, guint most_more)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CbDossier) dossier =
    cb_book_load_dossier (test->book, test->manager, round->customer, &error);
  g_autoptr (GHashTable) texts = g_hash_table_new (g_str_hash, g_str_equal);
  GPtrArray *notes;
  guint n_reported = 0;

  if (dossier == NULL)
    {
      g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_NOT_FOUND);
      g_assert_true (round->may_be_gone);
      return;
    }
  g_assert_false (round->is_gone);
  notes = cb_dossier_get_notes (dossier);
  for (guint i = 0; i < notes->len; i++)
    {
      CbNote *note = notes->pdata[i];
      const char *text = g_hash_table_lookup (round->notes, cb_note_get_id (note));

      g_assert_true (g_hash_table_add (texts, (gpointer) cb_note_get_text (note)));
      if (text == NULL)
        continue;
      g_assert_cmpstr (cb_note_get_text (note), ==, text);
      n_reported++;
    }
  g_assert_cmpuint (n_reported, ==, g_hash_table_size (round->notes));
  g_assert_cmpuint (notes->len - n_reported, <=, most_more);
}

static void
check_whole (CbTestBook *test)
{
  static const char SQL_CHECK[] = "PRAGMA integrity_check";
  g_autoptr (CbStmt) stmt = cb_db_prepare (test->book->db, SQL_CHECK);
  g_autoptr (GError) error = NULL;
  guint n_rows = 0;

  g_assert_true (cb_stmt_next (stmt, &error));
  g_assert_cmpstr (cb_stmt_text (stmt, 0), ==, "ok");
  g_clear_pointer (&stmt, cb_stmt_done);
  g_assert_true (cb_book_verify_audit (test->book, &n_rows, &error));
  g_assert_no_error (error);
}

static void
open_book (CbTestBook *test)
{
  g_autoptr (GError) error = NULL;

  test->book = cb_book_open (test->home, test->state_root, test->clock, &error);
  g_assert_no_error (error);
}

static void
close_book (CbTestBook *test)
{
  g_assert_finalize_object (test->book);
  test->book = NULL;
}

static Round *
find_victim (GPtrArray *rounds, guint number)
{
  Round *victim = number % 4 == 3 ? rounds->pdata[number - 2] : NULL;

  return victim != NULL && victim->customer != NULL ? victim : NULL;
}

static guint
count_rounds (void)
{
  if (g_getenv ("CB_TEST_SANITIZED") != NULL)
    return ROUNDS_SANITIZED;
  return g_getenv ("CB_TEST_LONG") != NULL ? ROUNDS_LONG : ROUNDS;
}

static void
test_killed (void)
{
  guint n_rounds = count_rounds ();
  g_autoptr (GPtrArray) rounds = g_ptr_array_new_with_free_func (round_free);
  g_autoptr (GRand) dice = g_rand_new_with_seed (20260302);
  CbTestBook test = { 0 };
  Pace pace = { .start_us = G_USEC_PER_SEC / 100, .act_us = G_USEC_PER_SEC / 200 };
  guint n_struck = 0;
  guint n_reported = 0;
  guint n_erased = 0;

  cb_test_book_set_up (&test);
  close_book (&test);
  for (guint i = 0; i < n_rounds; i++)
    {
      Round *victim = find_victim (rounds, i);
      Round *round;

      if (victim != NULL)
        victim->may_be_gone = TRUE;
      round = live_and_die (&test, i, victim, &pace, dice, &n_struck);
      g_ptr_array_add (rounds, round);
      n_reported += g_hash_table_size (round->notes);
      n_erased += victim != NULL && victim->is_gone;
      open_book (&test);
      if (round->customer != NULL)
        check_customer (&test, round, 1);
      if (victim != NULL)
        check_customer (&test, victim, 1);
      if (i % LOOK_EVERY == LOOK_EVERY - 1)
        check_whole (&test);
      close_book (&test);
    }
  open_book (&test);
  for (guint i = 0; i < rounds->len; i++)
    {
      Round *round = rounds->pdata[i];

      if (round->customer != NULL)
        check_customer (&test, round, 1);
    }
  check_whole (&test);
  g_test_message ("%u rounds, %u killed; %u notes and %u erasures reported, 0 lost, 0 twice",
                  n_rounds, n_struck, n_reported, n_erased);
  g_assert_cmpuint (n_struck, >, n_rounds / 2);
  g_assert_cmpuint (n_reported, >, n_rounds);
  g_assert_cmpuint (n_erased, >, n_rounds / 40);
  cb_test_book_tear_down (&test);
}

/* --- PINs --- */

#define RIGHT "482915"
#define WRONG "739264"
#define TRIES 10
/* Longer than any wait, shorter than the lock that comes with the tenth. */
#define WAIT_US (20 * 60 * CB_US_PER_SECOND)

static gboolean
try_pin (CbTestBook *test, const char *pin, GError **error)
{
  g_autoptr (CbStaff) staff = NULL;
  guint left;
  gint64 until_us;

  staff =
    cb_book_sign_in (test->book, cb_staff_get_id (test->associate), pin, &left, &until_us, error);
  return staff != NULL;
}

static gint64
count (CbDb *db, const char *sql, const char *staff)
{
  g_autoptr (CbStmt) stmt = cb_db_prepare (db, sql);
  g_autoptr (GError) error = NULL;

  cb_stmt_bind_text (stmt, 1, staff);
  g_assert_true (cb_stmt_next (stmt, &error));
  return cb_stmt_int (stmt, 0);
}

static gint64
count_tries (CbDb *db, const char *staff)
{
  return count (db, "SELECT failed FROM staff WHERE id = ?1", staff);
}

/* Of guesses that were looked at. */
static gint64
count_outcomes (CbDb *db, const char *staff)
{
  return count (db, "SELECT count(*) FROM audit WHERE action = 'session.sign-in' AND staff = ?1",
                staff);
}

static void
guess (CbTestBook *test, int fd)
{
  g_autoptr (GError) error = NULL;

  open_book (test);
  if (try_pin (test, WRONG, &error) ||
      !g_error_matches (error, CB_STORE_ERROR, CB_STORE_ERROR_WRONG_PIN))
    _exit (3);
  report (fd, "wrong", "-", "-");
  pause ();
}

/* Killed as soon as the guess is being looked at, which somebody else sees by its being counted; or
 * when it was answered. TRUE when nobody had told right from wrong by then. */
static gboolean
guess_and_die (CbTestBook *test, CbDb *db, gboolean is_early)
{
  const char *staff = cb_staff_get_id (test->associate);
  gint64 before = count_tries (db, staff);
  gint64 outcomes = count_outcomes (db, staff);
  g_autofree char *text = NULL;
  gboolean struck;
  Reports reports;
  int pipe_end;
  pid_t child = fork_reporting (&reports, &pipe_end);
  struct pollfd answer = { .fd = reports.fd, .events = POLLIN };

  if (child == 0)
    guess (test, pipe_end);
  while (poll (&answer, 1, is_early ? 0 : -1) == 0 && count_tries (db, staff) == before)
    ;
  g_assert_cmpint (kill (child, SIGKILL), ==, 0);
  text = await_end (child, &reports, &struck);
  g_assert_true (struck);
  g_assert_cmpint (count_tries (db, staff), ==, before + 1);
  return count_outcomes (db, staff) == outcomes;
}

static void
test_pins (void)
{
  CbTestBook test = { 0 };
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;
  guint n_in_time = 0;

  cb_test_pins_are_dear = TRUE;
  cb_test_book_set_up (&test);
  close_book (&test);
  path = g_build_filename (test.home, "counterbook.db", NULL);
  for (guint i = 0; i < TRIES; i++)
    {
      g_autoptr (CbDb) db = cb_db_open (path, FALSE, test.clock, &error);

      g_assert_no_error (error);
      cb_clock_advance (test.clock, WAIT_US);
      n_in_time += guess_and_die (&test, db, i % 2 == 0);
    }
  /* It is counted before it is looked at. Of a busy machine each kill may come late, but not all.
   */
  g_test_message ("%u of %u killed while the guess was looked at", n_in_time, TRIES / 2);
  g_assert_cmpuint (n_in_time, >, 0);
  g_assert_cmpuint (n_in_time, <=, TRIES / 2);
  open_book (&test);
  cb_clock_advance (test.clock, WAIT_US);
  g_assert_false (try_pin (&test, RIGHT, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_THROTTLED);
  g_clear_error (&error);
  cb_clock_advance (test.clock, WAIT_US);
  g_assert_true (try_pin (&test, RIGHT, &error));
  g_assert_no_error (error);
  cb_test_book_tear_down (&test);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (g_access (IN_MEMORY, W_OK) == 0)
    g_setenv ("TMPDIR", IN_MEMORY, TRUE);
  g_test_add_func ("/killed/at-any-moment/nothing-is-lost-or-twice", test_killed);
  g_test_add_func ("/killed/pins/ten-tries-lock-the-account", test_pins);
  return g_test_run ();
}
