/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "shell/cb-when.h"

#include <glib/gi18n-lib.h>

#include "base/cb-clock.h"

static GDateTime *
local_time (gint64 at_us)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (at_us / CB_US_PER_SECOND);

  return utc != NULL ? g_date_time_to_local (utc) : g_date_time_new_now_local ();
}

static gint64
day_number (GDateTime *moment)
{
  GDate date;

  g_date_clear (&date, 1);
  g_date_set_dmy (&date, (GDateDay) g_date_time_get_day_of_month (moment),
                  (GDateMonth) g_date_time_get_month (moment),
                  (GDateYear) g_date_time_get_year (moment));
  return g_date_get_julian (&date);
}

char *
cb_when_dup_time (gint64 at_us)
{
  g_autoptr (GDateTime) at = local_time (at_us);

  /* Translators: a time of day. */
  return g_date_time_format (at, _ ("%H:%M"));
}

char *
cb_when_dup_day (gint64 at_us, gint64 now_us)
{
  g_autoptr (GDateTime) at = local_time (at_us);
  g_autoptr (GDateTime) now = local_time (now_us);
  gint64 away = day_number (at) - day_number (now);

  if (away == 0)
    return g_strdup (_ ("today"));
  if (away == -1)
    return g_strdup (_ ("yesterday"));
  if (away == 1)
    return g_strdup (_ ("tomorrow"));
  if (away > 1 && away < 7)
    /* Translators: a weekday of the days to come. xgettext:no-c-format */
    return g_date_time_format (at, _ ("%A"));
  if (g_date_time_get_year (at) == g_date_time_get_year (now))
    /* Translators: a day of this year. */
    return g_date_time_format (at, _ ("%-d\u00a0%B"));
  /* Translators: a day of another year. */
  return g_date_time_format (at, _ ("%-d\u00a0%B %Y"));
}

char *
cb_when_dup_moment (gint64 at_us, gint64 now_us)
{
  g_autofree char *day = cb_when_dup_day (at_us, now_us);
  g_autofree char *time = cb_when_dup_time (at_us);

  /* Translators: a day and a time of day, "today 10:42". */
  return g_strdup_printf (C_ ("moment", "%s %s"), day, time);
}

char *
cb_when_dup_short (gint64 at_us, gint64 now_us)
{
  g_autoptr (GDateTime) at = local_time (at_us);
  g_autoptr (GDateTime) now = local_time (now_us);

  if (day_number (at) == day_number (now))
    return cb_when_dup_time (at_us);
  return cb_when_dup_moment (at_us, now_us);
}

char *
cb_when_dup_last_day (gint64 ends_us, gint64 now_us)
{
  /* What ends at midnight is there for the whole of the day before. */
  return cb_when_dup_day (ends_us - 1, now_us);
}

char *
cb_when_dup_long_day (gint64 at_us)
{
  g_autoptr (GDateTime) at = local_time (at_us);

  /* Translators: a weekday, a day and a month. */
  return g_date_time_format (at, _ ("%A, %-d\u00a0%B"));
}
