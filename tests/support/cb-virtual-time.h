/* SPDX-License-Identifier: Apache-2.0 */

/* Time that a test owns: a manual clock and the timers that hang on it. Turning it runs whatever
 * the main context has to do at one moment, then moves the clock to the next timer. Nobody sleeps.
 */

#pragma once

#include "base/cb-clock.h"
#include "engine/cb-timers.h"

G_BEGIN_DECLS

typedef struct _CbVirtualTime CbVirtualTime;

CbVirtualTime *cb_virtual_time_new (gint64 now_us);

/* Asserts that no timer is left armed. */
void cb_virtual_time_free (CbVirtualTime *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbVirtualTime, cb_virtual_time_free)

CbClock *cb_virtual_time_get_clock (CbVirtualTime *self);

/* A machine's own clock, which shows something else and goes as fast. Owned by the time. */
CbClock *cb_virtual_time_add_clock (CbVirtualTime *self, gint64 now_us);

CbTimers cb_virtual_time_get_timers (CbVirtualTime *self);
guint cb_virtual_time_count_timers (CbVirtualTime *self);

/* Since the beginning, by the monotonic clock. */
gint64 cb_virtual_time_get_elapsed_us (CbVirtualTime *self);

/* Called whenever nothing more can happen without time passing: a place for invariants. */
void cb_virtual_time_set_watch (CbVirtualTime *self, void (*watch) (gpointer data), gpointer data);

/* Lets everything happen that can happen without time passing. */
void cb_virtual_time_settle (CbVirtualTime *self);

/* Lets time pass. */
void cb_virtual_time_run (CbVirtualTime *self, gint64 for_us);

/* Lets time pass from timer to timer until the condition holds; FALSE when it does not within the
 * time. */
gboolean cb_virtual_time_run_until (CbVirtualTime *self,
                                    gboolean (*condition) (gpointer data),
                                    gpointer data,
                                    gint64 within_us);

G_END_DECLS
