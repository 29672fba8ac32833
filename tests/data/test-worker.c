/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "base/cb-worker.h"

#include <string.h>

/* What happened, in order. Written on the worker, read by the test after it has been closed. */
typedef struct
{
  CbWorker *worker;
  GString *log;

  /* Holds the worker back until the test has filled the lanes. */
  GMutex gate;
} Fixture;

typedef struct
{
  Fixture *fixture;
  char mark;
  char mark_freed;
} Job;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->worker = cb_worker_new ("cb-test");
  fixture->log = g_string_new (NULL);
  g_mutex_init (&fixture->gate);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_finalize_object (fixture->worker);
  g_string_free (fixture->log, TRUE);
  g_mutex_clear (&fixture->gate);
}

static void
write_mark (gpointer data)
{
  Job *job = data;

  g_assert_true (cb_worker_is_inside (job->fixture->worker));
  g_string_append_c (job->fixture->log, job->mark);
}

static void
free_job (gpointer data)
{
  Job *job = data;

  g_assert_true (cb_worker_is_inside (job->fixture->worker));
  if (job->mark_freed != '\0')
    g_string_append_c (job->fixture->log, job->mark_freed);
  g_free (job);
}

static void
wait_at_gate (gpointer data)
{
  Fixture *fixture = data;

  g_mutex_lock (&fixture->gate);
  g_mutex_unlock (&fixture->gate);
}

static Job *
job_new (Fixture *fixture, char mark, char mark_freed)
{
  Job *job = g_new (Job, 1);

  job->fixture = fixture;
  job->mark = mark;
  job->mark_freed = mark_freed;

  return job;
}

static void
push (Fixture *fixture, const char *marks, gboolean idle)
{
  for (const char *mark = marks; *mark != '\0'; mark++)
    {
      Job *job = job_new (fixture, *mark, '\0');

      if (idle)
        g_assert_true (cb_worker_push_idle (fixture->worker, write_mark, job, free_job));
      else
        g_assert_true (cb_worker_push (fixture->worker, write_mark, job, free_job));
    }
}

static void
close_gate (Fixture *fixture)
{
  g_mutex_lock (&fixture->gate);
  g_assert_true (cb_worker_push (fixture->worker, wait_at_gate, fixture, NULL));
}

static void
test_order (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) expected = g_string_new (NULL);

  for (guint i = 0; i < 500; i++)
    {
      char marks[2] = { (char) ('a' + i % 26), '\0' };

      g_string_append (expected, marks);
      push (fixture, marks, FALSE);
    }

  cb_worker_close (fixture->worker, NULL, NULL);
  g_assert_cmpstr (fixture->log->str, ==, expected->str);
}

static void
test_idle_yields (Fixture *fixture, gconstpointer data)
{
  close_gate (fixture);
  push (fixture, "xyz", TRUE);
  push (fixture, "abc", FALSE);
  g_mutex_unlock (&fixture->gate);

  /* Waits behind a, b and c, but not behind the idle lane. */
  cb_worker_run (fixture->worker, wait_at_gate, fixture);

  while (TRUE)
    {
      Job probe = { .fixture = fixture, .mark = '.' };

      cb_worker_run (fixture->worker, write_mark, &probe);
      if (strchr (fixture->log->str, 'z') != NULL)
        break;
      g_usleep (500);
    }

  cb_worker_close (fixture->worker, NULL, NULL);
  g_string_replace (fixture->log, ".", "", 0);
  g_assert_cmpstr (fixture->log->str, ==, "abcxyz");
}

/* A long piece of idle work is cut: what comes in between goes first. */
static void
index_piece (gpointer data)
{
  Job *job = data;
  Fixture *fixture = job->fixture;

  write_mark (job);
  if (job->mark == '1')
    {
      push (fixture, "a", FALSE);
      push (fixture, "2", TRUE);
      push (fixture, "b", FALSE);
    }
}

static void
test_idle_piece_by_piece (Fixture *fixture, gconstpointer data)
{
  g_assert_true (
    cb_worker_push_idle (fixture->worker, index_piece, job_new (fixture, '1', 'f'), free_job));

  while (TRUE)
    {
      Job probe = { .fixture = fixture, .mark = '.' };

      cb_worker_run (fixture->worker, write_mark, &probe);
      if (strchr (fixture->log->str, '2') != NULL)
        break;
      g_usleep (500);
    }

  cb_worker_close (fixture->worker, NULL, NULL);
  g_string_replace (fixture->log, ".", "", 0);
  g_assert_cmpstr (fixture->log->str, ==, "1fab2");
}

static void
write_end (gpointer data)
{
  Fixture *fixture = data;

  g_assert_true (cb_worker_is_inside (fixture->worker));
  g_string_append_c (fixture->log, '!');
}

/* Keeps the worker busy until intake has stopped, so that everything behind it waits at close. */
static void
push_until_refused (gpointer data)
{
  Fixture *fixture = data;
  Job *job = job_new (fixture, 'k', '\0');

  while (cb_worker_push (fixture->worker, write_mark, job, free_job))
    {
      job = job_new (fixture, 'k', '\0');
      g_usleep (200);
    }

  g_free (job);
}

static void
test_close_drains (Fixture *fixture, gconstpointer data)
{
  Job *idle = job_new (fixture, 'i', '-');
  Job *refused = job_new (fixture, 'r', 'r');

  g_assert_true (cb_worker_push (fixture->worker, push_until_refused, fixture, NULL));
  push (fixture, "abc", FALSE);
  g_assert_true (cb_worker_push_idle (fixture->worker, write_mark, idle, free_job));
  cb_worker_close (fixture->worker, write_end, fixture);

  /* What was accepted ran; what may wait was freed without being run; the last was last. */
  g_string_replace (fixture->log, "k", "", 0);
  g_assert_cmpstr (fixture->log->str, ==, "abc-!");

  /* After close nothing runs, and the data stays the caller's. */
  g_assert_false (cb_worker_push (fixture->worker, write_mark, refused, free_job));
  g_assert_false (cb_worker_push_idle (fixture->worker, write_mark, refused, free_job));
  g_assert_cmpstr (fixture->log->str, ==, "abc-!");
  g_free (refused);
}

static void
add_one (gpointer data)
{
  int *number = data;

  g_usleep (2000);
  *number += 1;
}

static void
test_run_waits (Fixture *fixture, gconstpointer data)
{
  int number = 0;

  g_assert_false (cb_worker_is_inside (fixture->worker));
  for (int i = 1; i <= 5; i++)
    {
      cb_worker_run (fixture->worker, add_one, &number);
      g_assert_cmpint (number, ==, i);
    }

  cb_worker_close (fixture->worker, add_one, &number);
  g_assert_cmpint (number, ==, 6);
}

static void
ask_the_other (gpointer data)
{
  g_assert_false (cb_worker_is_inside (data));
}

static void
test_inside_is_per_worker (Fixture *fixture, gconstpointer data)
{
  CbWorker *other = cb_worker_new ("cb-other");

  cb_worker_run (fixture->worker, ask_the_other, other);
  cb_worker_close (other, NULL, NULL);
  g_assert_finalize_object (other);
}

/* One that nobody closed, which tear_down finalises. */
static void
test_finalize_joins (Fixture *fixture, gconstpointer data)
{
  push (fixture, "abc", FALSE);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)
  ADD ("/worker/jobs/run-in-order", test_order);
  ADD ("/worker/jobs/run-and-wait", test_run_waits);
  ADD ("/worker/jobs/know-where-they-are", test_inside_is_per_worker);
  ADD ("/worker/idle/yields", test_idle_yields);
  ADD ("/worker/idle/yields-between-pieces", test_idle_piece_by_piece);
  ADD ("/worker/close/drains-and-runs-the-last", test_close_drains);
  ADD ("/worker/finalize/joins-an-open-one", test_finalize_joins);
#undef ADD

  return g_test_run ();
}
