/* SPDX-License-Identifier: Apache-2.0 */

/* Time as a parameter. Everything that asks what time it is asks a CbClock, so that tests, the
 * demo shop and the simulator own time. Times are microseconds; wall time is since 1970 UTC.
 * A clock may be read and moved from any thread. */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define CB_TYPE_CLOCK (cb_clock_get_type ())
G_DECLARE_FINAL_TYPE (CbClock, cb_clock, CB, CLOCK, GObject)

#define CB_US_PER_SECOND G_GINT64_CONSTANT (1000000)
#define CB_US_PER_DAY (G_GINT64_CONSTANT (86400) * CB_US_PER_SECOND)

CbClock *cb_clock_new_system (void);

/* Stands still until it is moved. */
CbClock *cb_clock_new_manual (gint64 now_us);

gint64 cb_clock_get_now_us (CbClock *self);
gint64 cb_clock_get_monotonic_us (CbClock *self);

/* Names the run of the machine in which monotonic time counts: from one to the next nothing but the
 * wall clock tells how long it was. Borrowed from the clock. */
const char *cb_clock_get_boot_id (CbClock *self);

/* Manual clocks only. Advancing moves both times; setting moves the wall alone; rebooting begins a
 * new run of the machine at this very moment. Not while another thread reads the run's name. */
void cb_clock_advance (CbClock *self, gint64 by_us);
void cb_clock_set_now_us (CbClock *self, gint64 now_us);
void cb_clock_reboot (CbClock *self);

/* The last microsecond-free midnight that ends the local day of now_us, plus `days` days. */
gint64 cb_clock_day_end_us (gint64 now_us, guint days);

/* The midnight that ends that day here; 0 when there is no such day. */
gint64 cb_clock_date_end_us (int year, int month, int day);

G_END_DECLS
