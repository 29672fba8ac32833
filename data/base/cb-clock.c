/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "base/cb-clock.h"

#include <time.h>

#include "base/cb-id.h"

#define BOOT_ID_PATH "/proc/sys/kernel/random/boot_id"

struct _CbClock
{
  GObject parent_instance;

  gboolean manual;

  /* Manual clocks only; guarded by mutex. */
  GMutex mutex;
  gint64 now_us;
  gint64 monotonic_us;
  char *boot_id;
};

G_DEFINE_FINAL_TYPE (CbClock, cb_clock, G_TYPE_OBJECT)

/* CLOCK_BOOTTIME and not CLOCK_MONOTONIC: a terminal that sleeps over night must find in the
 * morning that the night has passed. */
static gint64
read_boot_time_us (void)
{
  struct timespec now;

  if (clock_gettime (CLOCK_BOOTTIME, &now) != 0)
    return g_get_monotonic_time ();

  return (gint64) now.tv_sec * CB_US_PER_SECOND + now.tv_nsec / 1000;
}

gint64
cb_clock_get_now_us (CbClock *self)
{
  gint64 now_us = 0;

  g_return_val_if_fail (CB_IS_CLOCK (self), 0);

  if (!self->manual)
    return g_get_real_time ();

  g_mutex_lock (&self->mutex);
  now_us = self->now_us;
  g_mutex_unlock (&self->mutex);

  return now_us;
}

gint64
cb_clock_get_monotonic_us (CbClock *self)
{
  gint64 monotonic_us = 0;

  g_return_val_if_fail (CB_IS_CLOCK (self), 0);

  if (!self->manual)
    return read_boot_time_us ();

  g_mutex_lock (&self->mutex);
  monotonic_us = self->monotonic_us;
  g_mutex_unlock (&self->mutex);

  return monotonic_us;
}

static const char *
get_system_boot_id (void)
{
  static gsize once;
  static char *boot_id;

  if (g_once_init_enter (&once))
    {
      if (g_file_get_contents (BOOT_ID_PATH, &boot_id, NULL, NULL))
        g_strstrip (boot_id);
      else
        boot_id = g_strdup ("unknown");
      g_once_init_leave (&once, 1);
    }
  return boot_id;
}

const char *
cb_clock_get_boot_id (CbClock *self)
{
  g_return_val_if_fail (CB_IS_CLOCK (self), NULL);

  return self->manual ? self->boot_id : get_system_boot_id ();
}

void
cb_clock_advance (CbClock *self, gint64 by_us)
{
  g_return_if_fail (CB_IS_CLOCK (self));
  g_return_if_fail (self->manual);
  g_return_if_fail (by_us >= 0);

  g_mutex_lock (&self->mutex);
  self->now_us += by_us;
  self->monotonic_us += by_us;
  g_mutex_unlock (&self->mutex);
}

void
cb_clock_set_now_us (CbClock *self, gint64 now_us)
{
  g_return_if_fail (CB_IS_CLOCK (self));
  g_return_if_fail (self->manual);

  g_mutex_lock (&self->mutex);
  self->now_us = now_us;
  g_mutex_unlock (&self->mutex);
}

/* Not zero, so that a zero kept somewhere still reads as "never". */
static void
begin_run (CbClock *self)
{
  g_free (self->boot_id);
  self->boot_id = cb_id_new ();
  self->monotonic_us = CB_US_PER_SECOND;
}

void
cb_clock_reboot (CbClock *self)
{
  g_return_if_fail (CB_IS_CLOCK (self));
  g_return_if_fail (self->manual);

  g_mutex_lock (&self->mutex);
  begin_run (self);
  g_mutex_unlock (&self->mutex);
}

#define ZONE_US (60 * CB_US_PER_SECOND)

/* Each time that GLib is asked for it, it looks at the names of files; every note that is saved
 * asks twice. Whoever sets the terminal's zone sees it within a minute. */
static GTimeZone *
ref_local_zone (void)
{
  static GMutex mutex;
  static GTimeZone *zone;
  static char *zone_name;
  static gint64 until_us;
  const char *name = g_getenv ("TZ");
  gint64 now_us = g_get_monotonic_time ();
  GTimeZone *local;

  g_mutex_lock (&mutex);
  if (zone == NULL || now_us >= until_us || g_strcmp0 (name, zone_name) != 0)
    {
      g_clear_pointer (&zone, g_time_zone_unref);
      g_free (zone_name);
      zone = g_time_zone_new_local ();
      zone_name = g_strdup (name);
      until_us = now_us + ZONE_US;
    }
  local = g_time_zone_ref (zone);
  g_mutex_unlock (&mutex);
  return local;
}

gint64
cb_clock_day_end_us (gint64 now_us, guint days)
{
  g_autoptr (GTimeZone) zone = ref_local_zone ();
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (now_us / CB_US_PER_SECOND);
  g_autoptr (GDateTime) now = utc != NULL ? g_date_time_to_timezone (utc, zone) : NULL;
  g_autoptr (GDateTime) day = NULL;
  g_autoptr (GDateTime) midnight = NULL;

  /* Whole calendar days are added, not 24 hours: days on which the clocks change are shorter or
   * longer, and the end must stay a midnight. Noon is stepped from because every day has one. */
  if (now != NULL)
    {
      g_autoptr (GDateTime) noon =
        g_date_time_new (zone, g_date_time_get_year (now), g_date_time_get_month (now),
                         g_date_time_get_day_of_month (now), 12, 0, 0);

      day = noon != NULL ? g_date_time_add_days (noon, (gint) MIN (days, G_MAXINT16) + 1) : NULL;
    }

  if (day != NULL)
    midnight = g_date_time_new (zone, g_date_time_get_year (day), g_date_time_get_month (day),
                                g_date_time_get_day_of_month (day), 0, 0, 0);

  /* A time that no calendar holds: the plain sum is still later than now. */
  if (midnight == NULL)
    return now_us + (gint64) (days + 1) * CB_US_PER_DAY;

  return g_date_time_to_unix (midnight) * CB_US_PER_SECOND;
}

gint64
cb_clock_date_end_us (int year, int month, int day)
{
  g_autoptr (GDateTime) noon =
    g_date_valid_dmy (CLAMP (day, 0, 32), CLAMP (month, 0, 13), CLAMP (year, 0, 9999))
      ? g_date_time_new_local (year, month, day, 12, 0, 0)
      : NULL;

  return noon != NULL ? cb_clock_day_end_us (g_date_time_to_unix (noon) * CB_US_PER_SECOND, 0) : 0;
}

static void
cb_clock_finalize (GObject *object)
{
  CbClock *self = CB_CLOCK (object);

  g_mutex_clear (&self->mutex);
  g_free (self->boot_id);

  G_OBJECT_CLASS (cb_clock_parent_class)->finalize (object);
}

static void
cb_clock_class_init (CbClockClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cb_clock_finalize;
}

static void
cb_clock_init (CbClock *self)
{
  g_mutex_init (&self->mutex);
}

CbClock *
cb_clock_new_system (void)
{
  return g_object_new (CB_TYPE_CLOCK, NULL);
}

CbClock *
cb_clock_new_manual (gint64 now_us)
{
  CbClock *self = g_object_new (CB_TYPE_CLOCK, NULL);

  self->manual = TRUE;
  self->now_us = now_us;
  begin_run (self);

  return self;
}
