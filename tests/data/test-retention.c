/* SPDX-License-Identifier: Apache-2.0 */

/* What ends by itself ends on its day and not before: by a time that was confirmed or has gone on
 * by itself, never by a clock that jumped, never in the middle of a visit. */

#define G_LOG_DOMAIN "Counterbook"

#include "base/cb-error.h"
#include "base/cb-timekeeper.h"
#include "cb-test-book.h"

#define DAY CB_US_PER_DAY
#define HOUR (3600 * CB_US_PER_SECOND)
#define NOON (CB_TEST_MORNING_US + 2 * HOUR)

/* --- the timekeeper alone --- */

typedef struct
{
  const char *run;
  gint64 wall_us;
  gint64 count_us;
  CbTimeDoubt doubt;
  gint64 time_us; /* 0: not looked at */
} Case;

static void
test_judging (void)
{
  /* Begun in run "a" at noon, count 1 h. */
  static const Case cases[] = {
    { "a", NOON, HOUR, CB_TIME_BELIEVED, NOON },
    { "a", NOON + 30 * DAY, HOUR + 30 * DAY, CB_TIME_BELIEVED, NOON + 30 * DAY },
    /* Summer time, a zone: the earlier of the two counts. */
    { "a", NOON + 5 * HOUR, 4 * HOUR, CB_TIME_BELIEVED, NOON + 3 * HOUR },
    { "a", NOON - 2 * HOUR, 2 * HOUR, CB_TIME_BELIEVED, NOON - 2 * HOUR },
    { "a", NOON + 2 * DAY, HOUR, CB_TIME_BELIEVED, NOON },
    { "a", NOON + 2 * DAY + 1, HOUR, CB_TIME_AHEAD, 0 },
    { "a", NOON - 2 * DAY - 1, HOUR, CB_TIME_BEHIND, 0 },
    { "a", NOON, HOUR + 3 * DAY, CB_TIME_BEHIND, 0 },
    /* Another run: how long the machine was off nobody knows. */
    { "b", NOON + 47 * HOUR, 1, CB_TIME_BELIEVED, NOON + 47 * HOUR },
    { "b", NOON + 49 * HOUR, 1, CB_TIME_AHEAD, 0 },
    { "b", NOON - 47 * HOUR, 1, CB_TIME_BELIEVED, NOON - 47 * HOUR },
    { "b", 0, 1, CB_TIME_BEHIND, 0 },
  };
  CbTimekeeper keeper;
  CbTimeReading start = { "a", NOON, HOUR };

  cb_timekeeper_begin (&keeper, &start, FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      CbTimeReading now = { cases[i].run, cases[i].wall_us, cases[i].count_us };
      gint64 time_us;

      g_test_message ("case %u", i);
      g_assert_cmpint (cb_timekeeper_judge (&keeper, &now, &time_us, NULL), ==, cases[i].doubt);
      if (cases[i].time_us != 0)
        g_assert_cmpint (time_us, ==, cases[i].time_us);
    }
}

/* A clock that is moved on a day at a time is found out within a run of the machine. */
static void
test_creeping (void)
{
  CbTimekeeper keeper;
  CbTimeReading now = { "a", NOON, HOUR };
  guint days = 0;

  cb_timekeeper_begin (&keeper, &now, FALSE);
  while (cb_timekeeper_judge (&keeper, &now, NULL, NULL) == CB_TIME_BELIEVED && days < 10)
    {
      cb_timekeeper_go_on (&keeper, &now);
      now.wall_us += DAY;
      days++;
    }
  g_assert_cmpuint (days, ==, 3);
}

static void
test_service_time (void)
{
  CbTimekeeper keeper;
  CbTimeReading now = { "a", NOON + 400 * DAY, HOUR };
  gint64 time_us;

  /* The wall was a year and more ahead from the beginning: the service knows better. */
  cb_timekeeper_begin (&keeper, &now, FALSE);
  g_assert_true (cb_timekeeper_confirm (&keeper, &now, NOON));
  g_assert_cmpint (cb_timekeeper_judge (&keeper, &now, NULL, NULL), ==, CB_TIME_AHEAD);
  now.wall_us = NOON + HOUR;
  now.monotonic_us += HOUR;
  g_assert_cmpint (cb_timekeeper_judge (&keeper, &now, &time_us, NULL), ==, CB_TIME_BELIEVED);
  g_assert_cmpint (time_us, ==, NOON + HOUR);

  /* Its own clock jumps, and this one with it. */
  now.wall_us += 30 * DAY;
  g_assert_false (cb_timekeeper_confirm (&keeper, &now, now.wall_us));
  g_assert_cmpint (cb_timekeeper_judge (&keeper, &now, NULL, NULL), ==, CB_TIME_AHEAD);

  /* After three weeks of holidays its word is all that is needed. */
  now = (CbTimeReading){ "b", NOON + 21 * DAY, 5 };
  g_assert_cmpint (cb_timekeeper_judge (&keeper, &now, NULL, NULL), ==, CB_TIME_AHEAD);
  g_assert_true (cb_timekeeper_confirm (&keeper, &now, NOON + 21 * DAY - HOUR));
  g_assert_cmpint (cb_timekeeper_judge (&keeper, &now, &time_us, NULL), ==, CB_TIME_BELIEVED);
  g_assert_cmpint (time_us, ==, NOON + 21 * DAY - HOUR);
}

static void
test_text (void)
{
  static const char *const bad[] = {
    "",          "1", "2 a 1 2 3 0", "1 a 1 2 3", "1 a x 2 3 0", "1 a 1 2 3 0 0", "1 a -1 2 3 0",
    "1  1 2 3 0"
  };
  CbTimekeeper keeper = { "run", 11, 12, 13, TRUE };
  CbTimekeeper read = { "other", 1, 2, 3, FALSE };
  g_autofree char *text = cb_timekeeper_to_text (&keeper);

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (cb_timekeeper_from_text (&read, bad[i]));
  g_assert_false (cb_timekeeper_from_text (&read, NULL));
  g_assert_cmpstr (read.boot_id, ==, "other");
  g_assert_true (cb_timekeeper_from_text (&read, text));
  g_assert_cmpstr (read.boot_id, ==, "run");
  g_assert_cmpint (read.wall_us, ==, 11);
  g_assert_cmpint (read.monotonic_us, ==, 12);
  g_assert_cmpint (read.latest_us, ==, 13);
  g_assert_true (read.is_confirmed);
}

/* --- the book --- */

typedef struct
{
  CbTestBook test;
  char *mara;
  CbNote *note; /* nobody was asked: it ends after seven days */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  cb_test_book_set_up (&fixture->test);
  fixture->mara = cb_test_book_add_customer (&fixture->test, "Mara", "Testperson", NULL, NULL);
  fixture->note = cb_test_book_add_note (&fixture->test, fixture->mara, NULL, "navy, not wool");
  g_assert_cmpint (cb_book_run_retention (fixture->test.book, NULL), ==, 0);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_free (fixture->mara);
  g_clear_object (&fixture->note);
  cb_test_book_tear_down (&fixture->test);
}

static gint
run (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  gint n_ended = cb_book_run_retention (fixture->test.book, &error);

  g_assert_no_error (error);
  return n_ended;
}

static CbTimeDoubt
get_doubt (Fixture *fixture)
{
  CbTimeState state;

  g_assert_true (cb_book_judge_time (fixture->test.book, &state, NULL));
  return state.doubt;
}

static guint
count_ends (Fixture *fixture, const char *why)
{
  CbTestBook *test = &fixture->test;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) ends = cb_book_list_ends (test->book, test->manager, 60, 100, &error);
  guint n = 0;

  g_assert_no_error (error);
  for (guint i = 0; i < ends->len; i++)
    {
      CbEnding *ending = g_ptr_array_index (ends, i);

      n += g_str_equal (ending->why, why);
    }
  return n;
}

/* In the file: on the screen it has had its day. */
static gboolean
is_kept (Fixture *fixture)
{
  return count_ends (fixture, "unasked") == 1;
}

static void
test_jump_deletes_nothing (Fixture *fixture, gconstpointer data)
{
  CbTestBook *test = &fixture->test;
  g_autoptr (GError) error = NULL;

  cb_clock_set_now_us (test->clock, CB_TEST_MORNING_US + 400 * DAY);
  g_assert_cmpint (run (fixture), ==, 0);
  g_assert_cmpint (get_doubt (fixture), ==, CB_TIME_AHEAD);
  g_assert_true (is_kept (fixture));
  cb_test_book_reopen (test);
  cb_clock_reboot (test->clock);
  g_assert_cmpint (run (fixture), ==, 0);
  g_assert_true (is_kept (fixture));

  /* It is put right: all goes on by itself. */
  cb_clock_set_now_us (test->clock, CB_TEST_MORNING_US + HOUR);
  g_assert_cmpint (run (fixture), ==, 0);
  g_assert_cmpint (get_doubt (fixture), ==, CB_TIME_BELIEVED);
  cb_clock_advance (test->clock, 8 * DAY);
  g_assert_cmpint (run (fixture), ==, 1);
}

static void
test_somebody_is_asked (Fixture *fixture, gconstpointer data)
{
  CbTestBook *test = &fixture->test;
  g_autoptr (GError) error = NULL;
  guint n_rows;

  cb_clock_reboot (test->clock);
  cb_clock_set_now_us (test->clock, CB_TEST_MORNING_US + 20 * DAY);
  g_assert_cmpint (run (fixture), ==, 0);
  g_assert_false (cb_book_confirm_time (test->book, test->associate, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_FORBIDDEN);
  g_clear_error (&error);
  g_assert_cmpint (run (fixture), ==, 0);
  g_assert_true (cb_book_confirm_time (test->book, test->manager, &error));
  g_assert_no_error (error);
  g_assert_cmpint (run (fixture), ==, 1);
  g_assert_true (cb_book_verify_audit (test->book, &n_rows, &error));
}

static void
test_service_is_asked (Fixture *fixture, gconstpointer data)
{
  CbTestBook *test = &fixture->test;

  cb_clock_reboot (test->clock);
  cb_clock_set_now_us (test->clock, CB_TEST_MORNING_US + 20 * DAY);
  g_assert_cmpint (run (fixture), ==, 0);
  /* The terminal's clock is the one that is wrong. */
  g_assert_true (cb_book_hear_time (test->book, CB_TEST_MORNING_US + DAY, NULL));
  g_assert_cmpint (run (fixture), ==, 0);
  g_assert_cmpint (get_doubt (fixture), ==, CB_TIME_AHEAD);
  cb_clock_reboot (test->clock);
  g_assert_true (cb_book_hear_time (test->book, CB_TEST_MORNING_US + 20 * DAY, NULL));
  g_assert_cmpint (run (fixture), ==, 1);
}

/* The night between two runs is no jump, and what was remembered outlives them. */
static void
test_ordinary_nights (Fixture *fixture, gconstpointer data)
{
  CbTestBook *test = &fixture->test;

  for (guint day = 0; day < 7; day++)
    {
      g_assert_cmpint (run (fixture), ==, 0);
      cb_clock_advance (test->clock, 9 * HOUR);
      g_assert_cmpint (run (fixture), ==, 0);
      cb_test_book_reopen (test);
      cb_clock_reboot (test->clock);
      cb_clock_advance (test->clock, 15 * HOUR);
    }
  cb_clock_advance (test->clock, DAY);
  g_assert_cmpint (run (fixture), ==, 1);
}

static void
test_open_visit (Fixture *fixture, gconstpointer data)
{
  CbTestBook *test = &fixture->test;

  cb_book_set_visited (test->book, fixture->mara);
  cb_clock_advance (test->clock, 8 * DAY);
  g_assert_cmpint (run (fixture), ==, 0);
  g_assert_true (is_kept (fixture));
  cb_book_set_visited (test->book, NULL);
  g_assert_cmpint (run (fixture), ==, 1);
}

static void
test_open_draft (Fixture *fixture, gconstpointer data)
{
  CbTestBook *test = &fixture->test;
  g_autoptr (GError) error = NULL;
  CbNoteDraft *draft = cb_note_draft_new ();
  g_autoptr (CbUnsaved) unsaved = cb_unsaved_new_note (draft);

  draft->text = g_strdup ("half a thought");
  cb_clock_advance (test->clock, 8 * DAY);
  g_assert_true (cb_book_keep_draft (test->book, test->associate, fixture->mara, unsaved, &error));
  g_assert_no_error (error);
  g_assert_cmpint (run (fixture), ==, 0);
  cb_clock_advance (test->clock, 5 * HOUR);
  g_assert_cmpint (run (fixture), ==, 1);
}

/* --- who does not come any more --- */

static void
test_silent (Fixture *fixture, gconstpointer data)
{
  CbTestBook *test = &fixture->test;
  g_autofree char *other = cb_test_book_add_customer (test, "Tess", "Comesagain", NULL, NULL);
  g_autoptr (CbNote) note = NULL;
  g_autoptr (GPtrArray) left = NULL;

  cb_clock_advance (test->clock, (CB_KEEP_SILENT_DAYS - 31) * DAY);
  run (fixture);
  g_assert_cmpuint (count_ends (fixture, "silent"), ==, 0);
  cb_clock_advance (test->clock, DAY);
  run (fixture);
  g_assert_cmpuint (count_ends (fixture, "silent"), ==, 2);

  cb_clock_advance (test->clock, 20 * DAY);
  note = cb_test_book_add_note (test, other, NULL, "back again");
  cb_clock_advance (test->clock, 9 * DAY);
  run (fixture);
  g_assert_cmpuint (count_ends (fixture, "silent"), ==, 1);
  cb_clock_advance (test->clock, 2 * DAY);
  run (fixture);
  left = cb_book_list_customers (test->book, test->manager, 10, NULL, NULL);
  g_assert_cmpuint (left->len, ==, 1);
  g_assert_cmpstr (cb_customer_get_id (g_ptr_array_index (left, 0)), ==, other);
}

/* As the shop set it. */
static void
test_silent_days_are_set (Fixture *fixture, gconstpointer data)
{
  CbTestBook *test = &fixture->test;
  CbBookOptions options = { .keep_unasked_days = -1, .keep_silent_days = 89 };
  g_autoptr (GError) error = NULL;
  g_autofree char *recovery = NULL;
  g_autoptr (CbBook) book = NULL;

  g_assert_null (
    cb_book_create (test->home, test->state_root, test->clock, &options, &recovery, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID);
  g_clear_error (&error);
  options.keep_silent_days = 90;
  book = cb_book_create (test->home, test->state_root, test->clock, &options, &recovery, &error);
  g_assert_no_error (error);
  cb_clock_advance (test->clock, 61 * DAY);
  run (fixture);
  g_assert_cmpuint (count_ends (fixture, "silent"), ==, 1);
}

static void
test_ends_are_said (Fixture *fixture, gconstpointer data)
{
  CbTestBook *test = &fixture->test;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) tonight = NULL;
  g_autoptr (GPtrArray) week = NULL;
  g_autoptr (GPtrArray) others = NULL;

  tonight = cb_book_list_ends (test->book, test->privacy, 0, 10, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (tonight->len, ==, 0);
  week = cb_book_list_ends (test->book, test->manager, 7, 10, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (week->len, ==, 1);
  g_assert_cmpstr (((CbEnding *) g_ptr_array_index (week, 0))->id, ==,
                   cb_note_get_id (fixture->note));
  g_assert_cmpint (((CbEnding *) g_ptr_array_index (week, 0))->ends_us, ==,
                   cb_note_get_ends_us (fixture->note));
  others = cb_book_list_ends (test->book, test->associate, 7, 10, &error);
  g_assert_null (others);
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_FORBIDDEN);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/retention/time/judged", test_judging);
  g_test_add_func ("/retention/time/creeping-is-found-out", test_creeping);
  g_test_add_func ("/retention/time/the-service-says", test_service_time);
  g_test_add_func ("/retention/time/kept-as-text", test_text);

#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)
  ADD ("/retention/a-jump-deletes-nothing", test_jump_deletes_nothing);
  ADD ("/retention/somebody-is-asked", test_somebody_is_asked);
  ADD ("/retention/the-service-is-asked", test_service_is_asked);
  ADD ("/retention/ordinary-nights-are-no-jump", test_ordinary_nights);
  ADD ("/retention/never-in-the-middle-of-a-visit", test_open_visit);
  ADD ("/retention/never-while-somebody-writes", test_open_draft);
  ADD ("/retention/the-silent-are-listed-then-erased", test_silent);
  ADD ("/retention/the-shop-sets-its-days", test_silent_days_are_set);
  ADD ("/retention/what-ends-is-said-beforehand", test_ends_are_said);
#undef ADD

  return g_test_run ();
}
