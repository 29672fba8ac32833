/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "base/cb-timekeeper.h"

#include <stdio.h>

CbTimeReading
cb_time_reading_of (CbClock *clock)
{
  return (CbTimeReading){
    .boot_id = cb_clock_get_boot_id (clock),
    .wall_us = cb_clock_get_now_us (clock),
    .monotonic_us = cb_clock_get_monotonic_us (clock),
  };
}

static gboolean
is_same_run (const CbTimekeeper *self, const CbTimeReading *now)
{
  return g_str_equal (self->boot_id, now->boot_id);
}

/* In the same run what it must be by now; else the earliest that it can be. */
static gint64
expect (const CbTimekeeper *self, const CbTimeReading *now)
{
  if (!is_same_run (self, now))
    return self->latest_us;
  return self->wall_us + MAX (0, now->monotonic_us - self->monotonic_us);
}

CbTimeDoubt
cb_timekeeper_judge (const CbTimekeeper *self,
                     const CbTimeReading *now,
                     gint64 *time_us,
                     gint64 *jump_us)
{
  gint64 expected_us = expect (self, now);
  gint64 off_us = now->wall_us - expected_us;

  if (time_us != NULL)
    *time_us = is_same_run (self, now) ? MIN (now->wall_us, expected_us) : now->wall_us;
  if (jump_us != NULL)
    *jump_us = off_us;
  if (off_us > CB_TIMEKEEPER_JUMP_US)
    return CB_TIME_AHEAD;
  return off_us < -CB_TIMEKEEPER_JUMP_US ? CB_TIME_BEHIND : CB_TIME_BELIEVED;
}

void
cb_timekeeper_begin (CbTimekeeper *self, const CbTimeReading *now, gboolean is_confirmed)
{
  g_strlcpy (self->boot_id, now->boot_id, sizeof self->boot_id);
  self->wall_us = now->wall_us;
  self->monotonic_us = now->monotonic_us;
  self->latest_us = now->wall_us;
  self->is_confirmed = is_confirmed;
}

void
cb_timekeeper_go_on (CbTimekeeper *self, const CbTimeReading *now)
{
  gint64 latest_us = self->latest_us;
  gint64 time_us;

  if (!is_same_run (self, now))
    cb_timekeeper_begin (self, now, FALSE);
  cb_timekeeper_judge (self, now, &time_us, NULL);
  self->latest_us = MAX (latest_us, time_us);
}

gboolean
cb_timekeeper_confirm (CbTimekeeper *self, const CbTimeReading *now, gint64 service_us)
{
  CbTimeReading at_service = *now;
  gint64 latest_us = self->latest_us;

  if (self->is_confirmed && is_same_run (self, now) &&
      ABS (service_us - expect (self, now)) > CB_TIMEKEEPER_JUMP_US)
    return FALSE;
  at_service.wall_us = service_us;
  cb_timekeeper_begin (self, &at_service, TRUE);
  /* What was believed too late deletes nothing early again; a service that is years behind what was
   * believed is still the better witness. */
  if (latest_us - service_us <= CB_TIMEKEEPER_JUMP_US)
    self->latest_us = MAX (latest_us, service_us);
  return TRUE;
}

/* --- kept as text --- */

char *
cb_timekeeper_to_text (const CbTimekeeper *self)
{
  return g_strdup_printf ("1 %s %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %d",
                          self->boot_id, self->wall_us, self->monotonic_us, self->latest_us,
                          self->is_confirmed);
}

static gboolean
read_int (const char *text, gint64 *value)
{
  return g_ascii_string_to_signed (text, 10, 0, G_MAXINT64, value, NULL);
}

gboolean
cb_timekeeper_from_text (CbTimekeeper *self, const char *text)
{
  g_auto (GStrv) fields = g_strsplit (text != NULL ? text : "", " ", 7);
  CbTimekeeper read = { 0 };
  gint64 is_confirmed;

  if (g_strv_length (fields) != 6 || !g_str_equal (fields[0], "1") || *fields[1] == '\0' ||
      g_strlcpy (read.boot_id, fields[1], sizeof read.boot_id) >= sizeof read.boot_id ||
      !read_int (fields[2], &read.wall_us) || !read_int (fields[3], &read.monotonic_us) ||
      !read_int (fields[4], &read.latest_us) || !read_int (fields[5], &is_confirmed))
    return FALSE;
  read.is_confirmed = is_confirmed != 0;
  *self = read;
  return TRUE;
}

const char *
cb_time_doubt_to_id (CbTimeDoubt doubt)
{
  switch (doubt)
    {
    case CB_TIME_AHEAD:
      return "ahead";
    case CB_TIME_BEHIND:
      return "behind";
    case CB_TIME_BELIEVED:
      break;
    }
  return "believed";
}
