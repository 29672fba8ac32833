/* SPDX-License-Identifier: Apache-2.0 */

/* How old what a customer told us is: bodies and tastes change. It is fresh when it was said or
 * confirmed, fades in the last quarter of the time until it is to be asked again, and is faded from
 * then on: shown pale, asked again, and not gone. Pure functions, any thread. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  CB_AGE_FRESH,
  CB_AGE_FADING, /* worth asking when it comes up */
  CB_AGE_FADED,  /* to be asked before it is used */
} CbAge;

/* "fresh", "fading", "faded". */
const char *cb_age_to_id (CbAge age);

/* Of what was last confirmed and is asked again from `fades_us` on. */
CbAge cb_age_reckon (gint64 confirmed_us, gint64 fades_us, gint64 now_us);

/* Whole days since it was confirmed; 0 also where the clock was set back since. */
guint cb_age_get_days (gint64 confirmed_us, gint64 now_us);

G_END_DECLS
