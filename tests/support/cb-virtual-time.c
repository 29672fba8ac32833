/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "support/cb-virtual-time.h"

struct _CbVirtualTime
{
  CbClock *clock;
  GPtrArray *others; /* of CbClock */
  GArray *timers;    /* of Timer */
  guint last_id;
  gint64 start_us;
  void (*watch) (gpointer data);
  gpointer watch_data;
};

typedef struct
{
  guint id;
  gint64 due_us;
  CbTimerFunc func;
  gpointer user_data;
} Timer;

static gint64
now (CbVirtualTime *self)
{
  return cb_clock_get_monotonic_us (self->clock);
}

static guint
add_timer (gpointer data, gint64 delay_us, CbTimerFunc func, gpointer user_data)
{
  CbVirtualTime *self = data;
  Timer timer = {
    .id = ++self->last_id,
    .due_us = now (self) + MAX (delay_us, 0),
    .func = func,
    .user_data = user_data,
  };

  g_array_append_val (self->timers, timer);

  return timer.id;
}

static void
remove_timer (gpointer data, guint id)
{
  CbVirtualTime *self = data;

  for (guint i = 0; i < self->timers->len; i++)
    if (g_array_index (self->timers, Timer, i).id == id)
      {
        g_array_remove_index (self->timers, i);
        return;
      }

  g_assert_not_reached ();
}

static void
advance (CbVirtualTime *self, gint64 by_us)
{
  cb_clock_advance (self->clock, by_us);
  for (guint i = 0; i < self->others->len; i++)
    cb_clock_advance (self->others->pdata[i], by_us);
}

/* The earliest, of equals the oldest; NULL when none is due by then. */
static Timer *
next_timer (CbVirtualTime *self, gint64 until_us)
{
  Timer *next = NULL;

  for (guint i = 0; i < self->timers->len; i++)
    {
      Timer *timer = &g_array_index (self->timers, Timer, i);

      if (timer->due_us <= until_us && (next == NULL || timer->due_us < next->due_us))
        next = timer;
    }

  return next;
}

static void
fire (CbVirtualTime *self, const Timer *timer)
{
  const Timer copy = *timer;

  if (copy.due_us > now (self))
    advance (self, copy.due_us - now (self));

  remove_timer (self, copy.id);
  copy.func (copy.user_data);
}

CbVirtualTime *
cb_virtual_time_new (gint64 now_us)
{
  CbVirtualTime *self = g_new0 (CbVirtualTime, 1);

  self->clock = cb_clock_new_manual (now_us);
  self->others = g_ptr_array_new_with_free_func (g_object_unref);
  self->timers = g_array_new (FALSE, FALSE, sizeof (Timer));
  self->start_us = now (self);

  return self;
}

void
cb_virtual_time_free (CbVirtualTime *self)
{
  g_assert_cmpuint (self->timers->len, ==, 0);

  g_array_unref (self->timers);
  g_ptr_array_unref (self->others);
  g_object_unref (self->clock);
  g_free (self);
}

CbClock *
cb_virtual_time_get_clock (CbVirtualTime *self)
{
  return self->clock;
}

CbClock *
cb_virtual_time_add_clock (CbVirtualTime *self, gint64 now_us)
{
  CbClock *clock = cb_clock_new_manual (now_us);

  g_ptr_array_add (self->others, clock);

  return clock;
}

CbTimers
cb_virtual_time_get_timers (CbVirtualTime *self)
{
  return (CbTimers){ .add = add_timer, .remove = remove_timer, .data = self };
}

guint
cb_virtual_time_count_timers (CbVirtualTime *self)
{
  return self->timers->len;
}

gint64
cb_virtual_time_get_elapsed_us (CbVirtualTime *self)
{
  return now (self) - self->start_us;
}

void
cb_virtual_time_set_watch (CbVirtualTime *self, void (*watch) (gpointer data), gpointer data)
{
  self->watch = watch;
  self->watch_data = data;
}

void
cb_virtual_time_settle (CbVirtualTime *self)
{
  while (g_main_context_iteration (NULL, FALSE))
    continue;

  if (self->watch != NULL)
    self->watch (self->watch_data);
}

void
cb_virtual_time_run (CbVirtualTime *self, gint64 for_us)
{
  const gint64 until_us = now (self) + for_us;
  Timer *timer = NULL;

  cb_virtual_time_settle (self);
  while ((timer = next_timer (self, until_us)) != NULL)
    {
      fire (self, timer);
      cb_virtual_time_settle (self);
    }

  if (until_us > now (self))
    advance (self, until_us - now (self));
}

gboolean
cb_virtual_time_run_until (CbVirtualTime *self,
                           gboolean (*condition) (gpointer data),
                           gpointer data,
                           gint64 within_us)
{
  const gint64 until_us = now (self) + within_us;
  Timer *timer = NULL;

  cb_virtual_time_settle (self);
  while (!condition (data))
    {
      timer = next_timer (self, until_us);
      if (timer == NULL)
        {
          advance (self, until_us - now (self));
          return FALSE;
        }

      fire (self, timer);
      cb_virtual_time_settle (self);
    }

  return TRUE;
}
