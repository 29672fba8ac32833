/* SPDX-License-Identifier: Apache-2.0 */

/* The search for the one operation that makes a whole batch fail: halve what is suspect, send one
 * half, believe the answer. Pure. For n operations it takes at most log2 (n) + 2 requests, and what
 * it finds was refused when sent alone: nothing is parked on a conclusion. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  CB_NARROWING_ON,      /* send the next window */
  CB_NARROWING_FOUND,   /* the window just refused was a single operation */
  CB_NARROWING_CLEARED, /* everything passed after all */
} CbNarrowingStep;

/* Operations `low` to `high` - 1 are suspect. All zero: no search is on. */
typedef struct
{
  gboolean is_on;
  gboolean has_passed; /* some window of this search was accepted */
  guint low;
  guint high;
} CbNarrowing;

/* The `n` operations were refused together. */
void cb_narrowing_begin (CbNarrowing *self, guint n);
void cb_narrowing_end (CbNarrowing *self);

/* What to send next: operations `from` to `to` - 1. */
void cb_narrowing_next (const CbNarrowing *self, guint *from, guint *to);

/* What became of the window. After FOUND or CLEARED the search is still on until it is ended. */
CbNarrowingStep cb_narrowing_report (CbNarrowing *self, gboolean was_accepted);

G_END_DECLS
