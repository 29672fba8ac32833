/* SPDX-License-Identifier: Apache-2.0 */

/* How far the wall clock is believed when something is about to be deleted because its day has
 * come.
 *
 * A moment in which the time was believed is kept with the run of the machine and the count of that
 * run. Within the run, time has gone on by as much as that count; from one run to the next nothing
 * tells, except that it does not go back. A wall clock that is more than two days from that is
 * doubted, and nothing may be deleted until the service says what time it is or a person does. The
 * service's word counts more than the wall and less than the count: a service whose own clock jumps
 * within a run is not followed.
 *
 * A value without a thread or a clock of its own. */

#pragma once

#include <glib.h>

#include "base/cb-clock.h"

G_BEGIN_DECLS

/* Winter and summer time, a clock set to another zone, a battery that is a day off: none is a jump.
 */
#define CB_TIMEKEEPER_JUMP_US (2 * CB_US_PER_DAY)

typedef enum
{
  CB_TIME_BELIEVED,
  CB_TIME_AHEAD,  /* the wall clock is later than time can have gone on */
  CB_TIME_BEHIND, /* it is earlier */
} CbTimeDoubt;

typedef struct
{
  char boot_id[64];
  gint64 wall_us; /* the moment, and the count of the run then */
  gint64 monotonic_us;
  gint64 latest_us;      /* the latest time that was ever believed */
  gboolean is_confirmed; /* in this run, by the service or by a person */
} CbTimekeeper;

/* What a clock says at one moment. */
typedef struct
{
  const char *boot_id;
  gint64 wall_us;
  gint64 monotonic_us;
} CbTimeReading;

CbTimeReading cb_time_reading_of (CbClock *clock);

/* `time_us` is what may be taken for the time when deleting: never later than the wall clock, and
 * never later than what was confirmed has gone on to be. `jump_us` is by how much the wall clock is
 * off what was expected; negative is behind. Either may be NULL. */
CbTimeDoubt cb_timekeeper_judge (const CbTimekeeper *self,
                                 const CbTimeReading *now,
                                 gint64 *time_us,
                                 gint64 *jump_us);

/* After it was believed: remembers the moment. A new run begins here. */
void cb_timekeeper_go_on (CbTimekeeper *self, const CbTimeReading *now);

/* The service said what time it is. FALSE when that is not followed. */
gboolean cb_timekeeper_confirm (CbTimekeeper *self, const CbTimeReading *now, gint64 service_us);

/* A person said that the wall clock is right. */
void cb_timekeeper_begin (CbTimekeeper *self, const CbTimeReading *now, gboolean is_confirmed);

/* One line; NULL or anything else reads as FALSE, and the value is left alone. */
char *cb_timekeeper_to_text (const CbTimekeeper *self);
gboolean cb_timekeeper_from_text (CbTimekeeper *self, const char *text);

/* "ahead" */
const char *cb_time_doubt_to_id (CbTimeDoubt doubt);

G_END_DECLS
