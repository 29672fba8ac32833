/* SPDX-License-Identifier: Apache-2.0 */

/* Moments as a person says them, in local time: "today 10:42", "yesterday", "Thursday", "3 March".
 * Every function gives a new string. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* "10:42" */
char *cb_when_dup_time (gint64 at_us);

/* "today", "yesterday", "tomorrow", "Thursday" within a week ahead, "3 March", "3 March 2024". */
char *cb_when_dup_day (gint64 at_us, gint64 now_us);

/* "today 10:42", "3 March 10:42" */
char *cb_when_dup_moment (gint64 at_us, gint64 now_us);

/* "10:42" of today, else the day too. */
char *cb_when_dup_short (gint64 at_us, gint64 now_us);

/* The last day on which something that ends at ends_us is still there. */
char *cb_when_dup_last_day (gint64 ends_us, gint64 now_us);

/* "Friday, 21 November" */
char *cb_when_dup_long_day (gint64 at_us);

G_END_DECLS
