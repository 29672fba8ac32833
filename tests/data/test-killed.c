/* SPDX-License-Identifier: Apache-2.0 */

/* A process that writes notes, changes keys and erases is killed at random moments, again and
 * again, on a real file system: what it had reported is there, once, and of what it had not at most
 * the act it was at. What a kill can't show, for the kernel keeps what was written, test-power-cut
 * does. */

#define G_LOG_DOMAIN "Counterbook"

#include <errno.h>
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
#define ACTS_MAX 400
#define LOOK_EVERY 100

/* How long a child lives: from its start, or from its first report. */
#define LIFE_US 25000
#define LIFE_AFTER_REPORT_US 8000

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
      if (i == 2 && victim != NULL)
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

static void
kill_sometime (pid_t child, int fd, GRand *dice)
{
  struct pollfd first = { .fd = fd, .events = POLLIN };

  if (g_rand_boolean (dice))
    {
      poll (&first, 1, 20000);
      g_usleep (g_rand_int_range (dice, 0, LIFE_AFTER_REPORT_US));
    }
  else
    g_usleep (g_rand_int_range (dice, 0, LIFE_US));
  g_assert_cmpint (kill (child, SIGKILL), ==, 0);
}

static char *
read_all (int fd)
{
  g_autoptr (GString) text = g_string_new (NULL);
  char piece[4096];
  gssize got;

  while ((got = read (fd, piece, sizeof piece)) > 0 || (got < 0 && errno == EINTR))
    g_string_append_len (text, piece, MAX (got, 0));
  return g_string_free (g_steal_pointer (&text), FALSE);
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

static Round *
live_and_die (CbTestBook *test, guint number, Round *victim, GRand *dice, guint *n_struck)
{
  g_autofree char *text = NULL;
  int pipe_fds[2];
  int status = 0;
  pid_t child;

  g_assert_cmpint (pipe (pipe_fds), ==, 0);
  child = fork ();
  g_assert_cmpint (child, >=, 0);
  if (child == 0)
    {
      close (pipe_fds[0]);
      live (test, pipe_fds[1], number, victim != NULL ? victim->customer : NULL);
      _exit (0);
    }
  close (pipe_fds[1]);
  kill_sometime (child, pipe_fds[0], dice);
  text = read_all (pipe_fds[0]);
  close (pipe_fds[0]);
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true ((WIFSIGNALED (status) && WTERMSIG (status) == SIGKILL) ||
                 (WIFEXITED (status) && WEXITSTATUS (status) == 0));
  *n_struck += WIFSIGNALED (status);
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

static void
test_killed (void)
{
  guint n_rounds = g_getenv ("CB_TEST_LONG") != NULL ? ROUNDS_LONG : ROUNDS;
  g_autoptr (GPtrArray) rounds = g_ptr_array_new_with_free_func (round_free);
  g_autoptr (GRand) dice = g_rand_new_with_seed (20260302);
  CbTestBook test = { 0 };
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
      round = live_and_die (&test, i, victim, dice, &n_struck);
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
  cb_test_book_tear_down (&test);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/killed/at-any-moment/nothing-is-lost-or-twice", test_killed);
  return g_test_run ();
}
