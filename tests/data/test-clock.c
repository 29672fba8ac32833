/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "base/cb-clock.h"

static gint64
local_us (const char *zone, int year, int month, int day, int hour, int minute)
{
  g_autoptr (GTimeZone) time_zone = g_time_zone_new_identifier (zone);
  g_autoptr (GDateTime) moment = NULL;

  g_assert_nonnull (time_zone);
  moment = g_date_time_new (time_zone, year, month, day, hour, minute, 0);

  return g_date_time_to_unix (moment) * CB_US_PER_SECOND;
}

static void
test_manual_stands_still (void)
{
  g_autoptr (CbClock) clock = cb_clock_new_manual (1000);
  gint64 monotonic_us = cb_clock_get_monotonic_us (clock);

  g_assert_cmpint (cb_clock_get_now_us (clock), ==, 1000);
  g_assert_cmpint (monotonic_us, >, 0);

  cb_clock_advance (clock, 5);
  g_assert_cmpint (cb_clock_get_now_us (clock), ==, 1005);
  g_assert_cmpint (cb_clock_get_monotonic_us (clock), ==, monotonic_us + 5);

  /* Somebody sets the clock: nothing has passed. */
  cb_clock_set_now_us (clock, 3);
  g_assert_cmpint (cb_clock_get_now_us (clock), ==, 3);
  g_assert_cmpint (cb_clock_get_monotonic_us (clock), ==, monotonic_us + 5);
}

static gpointer
advance_often (gpointer data)
{
  for (guint i = 0; i < 10000; i++)
    cb_clock_advance (data, 1);

  return NULL;
}

static void
test_manual_from_threads (void)
{
  g_autoptr (CbClock) clock = cb_clock_new_manual (0);
  GThread *one = g_thread_new ("one", advance_often, clock);
  GThread *other = g_thread_new ("other", advance_often, clock);

  g_thread_join (one);
  g_thread_join (other);
  g_assert_cmpint (cb_clock_get_now_us (clock), ==, 20000);
}

static void
test_system_runs (void)
{
  g_autoptr (CbClock) clock = cb_clock_new_system ();
  gint64 before_us = g_get_real_time ();
  gint64 now_us = cb_clock_get_now_us (clock);
  gint64 monotonic_us = cb_clock_get_monotonic_us (clock);

  g_assert_cmpint (now_us, >=, before_us);
  g_assert_cmpint (now_us, <, before_us + 60 * CB_US_PER_SECOND);

  g_usleep (2000);
  g_assert_cmpint (cb_clock_get_monotonic_us (clock), >=, monotonic_us + 1000);
}

typedef struct
{
  const char *zone;
  int now[5];
  guint days;
  int end[3];
} DayEnd;

/* Rules are written out in the zone, so that no time zone data has to be installed. */
#define BERLIN "CET-1CEST,M3.5.0,M10.5.0/3"
#define CHATHAM "<+1245>-12:45<+1345>,M9.5.0/2:45,M4.1.0/3:45"

static void
test_day_end (void)
{
  static const DayEnd cases[] = {
    { "UTC0", { 2026, 11, 21, 19, 4 }, 0, { 2026, 11, 22 } },
    { "UTC0", { 2026, 11, 21, 0, 0 }, 0, { 2026, 11, 22 } },
    { "UTC0", { 2026, 11, 21, 23, 59 }, 0, { 2026, 11, 22 } },
    { "UTC0", { 2026, 11, 21, 12, 0 }, 7, { 2026, 11, 29 } },
    { "UTC0", { 2026, 12, 31, 12, 0 }, 0, { 2027, 1, 1 } },
    { "UTC0", { 2028, 2, 28, 12, 0 }, 0, { 2028, 2, 29 } },
    { "UTC0", { 2026, 11, 21, 12, 0 }, 365, { 2027, 11, 22 } },
    { BERLIN, { 2026, 11, 21, 0, 30 }, 0, { 2026, 11, 22 } },
    { BERLIN, { 2026, 3, 28, 23, 30 }, 0, { 2026, 3, 29 } },
    { BERLIN, { 2026, 3, 29, 1, 0 }, 0, { 2026, 3, 30 } },
    { BERLIN, { 2026, 10, 24, 12, 0 }, 1, { 2026, 10, 26 } },
    { BERLIN, { 2026, 10, 25, 1, 0 }, 0, { 2026, 10, 26 } },
    { CHATHAM, { 2026, 11, 21, 0, 5 }, 0, { 2026, 11, 22 } },
    { CHATHAM, { 2026, 9, 26, 23, 0 }, 1, { 2026, 9, 28 } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const DayEnd *c = &cases[i];
      gint64 now_us = local_us (c->zone, c->now[0], c->now[1], c->now[2], c->now[3], c->now[4]);
      gint64 end_us = 0;

      g_setenv ("TZ", c->zone, TRUE);
      end_us = cb_clock_day_end_us (now_us + 123456, c->days);

      g_assert_cmpint (end_us, ==, local_us (c->zone, c->end[0], c->end[1], c->end[2], 0, 0));
      g_assert_cmpint (end_us % CB_US_PER_SECOND, ==, 0);
      g_assert_cmpint (end_us, >, now_us);
    }

  g_setenv ("TZ", "UTC", TRUE);
}

static void
test_day_end_of_anything (void)
{
  static const gint64 moments[] = { 0, 1, -1, G_MAXINT64 / 4, G_MININT64 / 4 };

  for (guint i = 0; i < G_N_ELEMENTS (moments); i++)
    g_assert_cmpint (cb_clock_day_end_us (moments[i], 0), >, moments[i]);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/clock/manual/stands-still-until-moved", test_manual_stands_still);
  g_test_add_func ("/clock/system/runs", test_system_runs);
  g_test_add_func ("/clock/day-end/is-a-local-midnight", test_day_end);
  g_test_add_func ("/clock/day-end/is-later-for-any-moment", test_day_end_of_anything);
  g_test_add_func ("/clock/threads/may-move-it-at-once", test_manual_from_threads);

  return g_test_run ();
}
