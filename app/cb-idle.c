/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "cb-idle.h"

#include <time.h>

struct _CbIdle
{
  GObject parent_instance;

  CbWindow *window; /* weak */
  CbSettings settings;
  gint64 last_us;
  guint source;
};

G_DEFINE_FINAL_TYPE (CbIdle, cb_idle, G_TYPE_OBJECT)

/* CLOCK_BOOTTIME goes on while the machine sleeps. */
static gint64
now_us (void)
{
  struct timespec now;

  clock_gettime (CLOCK_BOOTTIME, &now);
  return (gint64) now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static gboolean
on_tick (gpointer user_data)
{
  CbIdle *self = user_data;
  gint64 quiet_us = now_us () - self->last_us;

  if (self->window == NULL || !cb_window_is_in_use (self->window))
    return G_SOURCE_CONTINUE;
  if (quiet_us >= self->settings.lock_after_s * G_USEC_PER_SEC)
    cb_window_lock (self->window);
  else if (quiet_us >= self->settings.veil_after_s * G_USEC_PER_SEC)
    cb_window_veil (self->window);
  return G_SOURCE_CONTINUE;
}

/* What comes after the time was over does not undo it: the machine may have slept. */
static void
on_activity (CbIdle *self)
{
  on_tick (self);
  self->last_us = now_us ();
}

static void
cb_idle_dispose (GObject *object)
{
  CbIdle *self = CB_IDLE (object);

  g_clear_handle_id (&self->source, g_source_remove);
  g_clear_weak_pointer (&self->window);

  G_OBJECT_CLASS (cb_idle_parent_class)->dispose (object);
}

static void
cb_idle_class_init (CbIdleClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cb_idle_dispose;
}

static void
cb_idle_init (CbIdle *self)
{
}

CbIdle *
cb_idle_new (CbWindow *window, const CbSettings *settings)
{
  CbIdle *self = g_object_new (CB_TYPE_IDLE, NULL);

  g_set_weak_pointer (&self->window, window);
  self->settings = *settings;
  self->last_us = now_us ();
  g_signal_connect_object (window, "activity", G_CALLBACK (on_activity), self, G_CONNECT_SWAPPED);
  self->source = g_timeout_add_seconds (1, on_tick, self);
  return self;
}
