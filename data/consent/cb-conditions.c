/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "consent/cb-conditions.h"

#include <stdio.h>
#include <string.h>

#include "base/cb-clock.h"
#include "base/cb-error.h"

#define MINUTES_PER_DAY 1440
#define ZONE_MAX 64

/* --- words --- */

static const char *const circumstances[] = {
  [CB_CIRCUMSTANCE_NONE] = "none",
  [CB_CIRCUMSTANCE_ARRIVED] = "arrived",
  [CB_CIRCUMSTANCE_NEAR] = "near",
};

const char *
cb_circumstance_to_id (CbCircumstance circumstance)
{
  g_return_val_if_fail ((guint) circumstance < G_N_ELEMENTS (circumstances), NULL);

  return circumstances[circumstance];
}

gboolean
cb_circumstance_from_id (const char *id, CbCircumstance *circumstance)
{
  for (guint i = 0; i < G_N_ELEMENTS (circumstances); i++)
    {
      if (g_strcmp0 (circumstances[i], id) == 0)
        {
          *circumstance = (CbCircumstance) i;
          return TRUE;
        }
    }
  return FALSE;
}

/* --- what is said --- */

static gboolean
fail_invalid (GError **error, const char *why)
{
  g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID, why);
  return FALSE;
}

static gboolean
has_quiet (const CbConditions *self)
{
  return self->quiet_from >= 0;
}

gboolean
cb_conditions_are_none (const CbConditions *self)
{
  return self->at_most == 0 && !has_quiet (self) && self->paused_until == 0 &&
         self->only_when == CB_CIRCUMSTANCE_NONE;
}

static gboolean
is_day (int day)
{
  return day == 0 || g_date_valid_dmy ((GDateDay) (day % 100), (GDateMonth) (day / 100 % 100),
                                       (GDateYear) (day / 10000));
}

static gboolean
is_minute (int minute)
{
  return minute >= 0 && minute < MINUTES_PER_DAY;
}

gboolean
cb_conditions_check (const CbConditions *self, GError **error)
{
  if ((self->at_most == 0) != (self->per_days == 0) || self->at_most > CB_CONDITIONS_AT_MOST_MAX ||
      self->per_days > CB_CONDITIONS_PER_DAYS_MAX)
    return fail_invalid (error, "how often is at most 1 to 100 times in 1 to 365 days");
  if (has_quiet (self) ? !is_minute (self->quiet_from) || !is_minute (self->quiet_to) ||
                           self->quiet_from == self->quiet_to
                       : self->quiet_to >= 0)
    return fail_invalid (error, "quiet hours are two different times of the day");
  if (self->paused_until < 0 || !is_day (self->paused_until))
    return fail_invalid (error, "a pause lasts until the end of a day");
  if ((guint) self->only_when >= G_N_ELEMENTS (circumstances))
    return fail_invalid (error, "there is no such circumstance");
  return TRUE;
}

static gboolean
is_quiet_at (const CbConditions *self, int minute)
{
  if (!has_quiet (self))
    return FALSE;
  if (self->quiet_from < self->quiet_to)
    return minute >= self->quiet_from && minute < self->quiet_to;
  return minute >= self->quiet_from || minute < self->quiet_to;
}

static gboolean
is_as_quiet (const CbConditions *self, const CbConditions *other)
{
  for (int minute = 0; minute < MINUTES_PER_DAY; minute++)
    {
      if (is_quiet_at (other, minute) && !is_quiet_at (self, minute))
        return FALSE;
    }
  return TRUE;
}

/* As few, in a time that is as long. */
static gboolean
is_as_rare (const CbConditions *self, const CbConditions *other)
{
  return other->at_most == 0 || (self->at_most > 0 && self->at_most <= other->at_most &&
                                 self->per_days >= other->per_days);
}

gboolean
cb_conditions_are_within (const CbConditions *self, const CbConditions *other, int today)
{
  return is_as_rare (self, other) && is_as_quiet (self, other) &&
         (other->paused_until < today || self->paused_until >= other->paused_until) &&
         (other->only_when == CB_CIRCUMSTANCE_NONE || self->only_when == other->only_when);
}

/* --- as JSON --- */

static void
set_minute (JsonObject *object, const char *member, int minute)
{
  char text[32];

  g_snprintf (text, sizeof text, "%02d:%02d", minute / 60, minute % 60);
  cb_json_set_string (object, member, minute >= 0 ? text : NULL);
}

static void
set_count (JsonObject *object, const char *member, guint count)
{
  if (count > 0)
    cb_json_set_int (object, member, count);
  else
    json_object_object_add (object, member, NULL);
}

void
cb_conditions_encode (const CbConditions *self, JsonObject *object)
{
  char day[32];

  g_snprintf (day, sizeof day, "%04d-%02d-%02d", self->paused_until / 10000,
              self->paused_until / 100 % 100, self->paused_until % 100);
  set_count (object, "at_most", self->at_most);
  set_count (object, "per_days", self->per_days);
  set_minute (object, "quiet_from", self->quiet_from);
  set_minute (object, "quiet_to", self->quiet_to);
  cb_json_set_string (object, "paused_until", self->paused_until > 0 ? day : NULL);
  cb_json_set_string (
    object, "only_when",
    self->only_when != CB_CIRCUMSTANCE_NONE ? cb_circumstance_to_id (self->only_when) : NULL);
}

/* `pattern` has a 0 for each digit. */
static gboolean
has_shape (const char *text, const char *pattern)
{
  gsize i = 0;

  for (; text[i] != '\0' && pattern[i] != '\0'; i++)
    {
      if (pattern[i] == '0' ? !g_ascii_isdigit (text[i]) : text[i] != pattern[i])
        return FALSE;
    }
  return text[i] == pattern[i];
}

static gboolean
read_minute (const char *text, int *minute)
{
  int hours = 0;
  int minutes = 0;

  if (!has_shape (text, "00:00") || sscanf (text, "%2d:%2d", &hours, &minutes) != 2 || hours > 23 ||
      minutes > 59)
    return FALSE;
  *minute = hours * 60 + minutes;
  return TRUE;
}

gboolean
cb_conditions_read_hours (const char *text, int *from, int *to)
{
  g_auto (GStrv) times = g_strsplit (text, "-", 3);

  return g_strv_length (times) == 2 && read_minute (times[0], from) && read_minute (times[1], to) &&
         *from != *to;
}

gboolean
cb_conditions_read_day (const char *text, int *day)
{
  int year = 0;
  int month = 0;
  int number = 0;

  if (!has_shape (text, "0000-00-00") ||
      sscanf (text, "%4d-%2d-%2d", &year, &month, &number) != 3 ||
      !g_date_valid_dmy ((GDateDay) number, (GDateMonth) month, (GDateYear) year))
    return FALSE;
  *day = year * 10000 + month * 100 + number;
  return TRUE;
}

gboolean
cb_conditions_decode (JsonObject *object, CbConditions *self, GError **error)
{
  const char *from = cb_json_get_string (object, "quiet_from");
  const char *to = cb_json_get_string (object, "quiet_to");
  const char *day = cb_json_get_string (object, "paused_until");
  const char *when = cb_json_get_string (object, "only_when");

  *self = (CbConditions) CB_CONDITIONS_NONE;
  self->at_most =
    (guint) CLAMP (cb_json_get_int (object, "at_most", 0), 0, CB_CONDITIONS_AT_MOST_MAX + 1);
  self->per_days =
    (guint) CLAMP (cb_json_get_int (object, "per_days", 0), 0, CB_CONDITIONS_PER_DAYS_MAX + 1);
  if ((from != NULL && !read_minute (from, &self->quiet_from)) ||
      (to != NULL && !read_minute (to, &self->quiet_to)))
    return fail_invalid (error, "a time of the day is 20:30");
  if (day != NULL && !cb_conditions_read_day (day, &self->paused_until))
    return fail_invalid (error, "a day is 2026-12-01");
  if (when != NULL && !cb_circumstance_from_id (when, &self->only_when))
    return fail_invalid (error, "there is no such circumstance");
  return cb_conditions_check (self, error);
}

/* --- on the customer's clock --- */

static GDateTime *
new_local (GTimeZone *zone, gint64 at_us)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (at_us / CB_US_PER_SECOND);

  return utc != NULL ? g_date_time_to_timezone (utc, zone) : NULL;
}

static int
get_minute (GTimeZone *zone, gint64 at_us)
{
  g_autoptr (GDateTime) local = new_local (zone, at_us);

  return g_date_time_get_hour (local) * 60 + g_date_time_get_minute (local);
}

int
cb_conditions_get_day (GTimeZone *zone, gint64 now_us)
{
  g_autoptr (GDateTime) local = new_local (zone, now_us);

  return g_date_time_get_year (local) * 10000 + g_date_time_get_month (local) * 100 +
         g_date_time_get_day_of_month (local);
}

static gint64
to_us (GDateTime *at)
{
  return g_date_time_to_unix (at) * CB_US_PER_SECOND;
}

/* A day need not begin at midnight, nor have 24 hours. */
gint64
cb_conditions_get_pause_end_us (const CbConditions *self, GTimeZone *zone, gint64 now_us)
{
  g_autoptr (GDateTime) noon = NULL;
  g_autoptr (GDateTime) next = NULL;
  g_autoptr (GDateTime) midnight = NULL;
  int year;
  int month;
  int day;

  if (self->paused_until == 0 || cb_conditions_get_day (zone, now_us) > self->paused_until)
    return 0;
  noon = g_date_time_new (zone, self->paused_until / 10000, self->paused_until / 100 % 100,
                          self->paused_until % 100, 12, 0, 0);
  next = g_date_time_add_days (noon, 1);
  g_date_time_get_ymd (next, &year, &month, &day);
  midnight = g_date_time_new (zone, year, month, day, 0, 0, 0);
  return to_us (midnight);
}

#define US_PER_MINUTE (60 * CB_US_PER_SECOND)

/* An hour that is left out in spring takes its quiet along, and one that comes twice in autumn is
 * quiet twice, as the clock on their wall says: so the minutes are looked at one by one. */
gint64
cb_conditions_get_quiet_end_us (const CbConditions *self, GTimeZone *zone, gint64 now_us)
{
  gint64 at_us = now_us;

  if (!is_quiet_at (self, get_minute (zone, now_us)))
    return 0;
  at_us -= at_us % US_PER_MINUTE;
  for (int i = 0; i < 3 * MINUTES_PER_DAY && is_quiet_at (self, get_minute (zone, at_us)); i++)
    at_us += US_PER_MINUTE;
  return at_us;
}

/* A name goes into the path of a file: letters, digits, signs and single slashes. */
static gboolean
is_zone_name (const char *name)
{
  gsize length = strlen (name);

  if (length == 0 || length > ZONE_MAX || !g_ascii_isalpha (name[0]) || name[length - 1] == '/' ||
      strstr (name, "//") != NULL)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    {
      if (!g_ascii_isalnum (name[i]) && strchr ("/_+-", name[i]) == NULL)
        return FALSE;
    }
  return TRUE;
}

GTimeZone *
cb_conditions_new_zone (const char *name)
{
  return is_zone_name (name) ? g_time_zone_new_identifier (name) : NULL;
}
