/* SPDX-License-Identifier: Apache-2.0 */

/* Waiting as a parameter: nobody in the engine sleeps, it asks to be called back once. The system's
 * timers are GLib's, in the thread-default main context; tests and the simulator bring a queue that
 * a virtual clock drives. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef void (*CbTimerFunc) (gpointer user_data);

typedef struct
{
  /* Calls once, `delay_us` from now at the earliest. Never 0. The id is good until it has been
   * called or removed. */
  guint (*add) (gpointer data, gint64 delay_us, CbTimerFunc func, gpointer user_data);
  void (*remove) (gpointer data, guint id);
  gpointer data;
} CbTimers;

CbTimers cb_timers_system (void);

G_END_DECLS
