/* SPDX-License-Identifier: Apache-2.0 */

/* What was written about a customer, newest first, or a line saying that nothing is. */

#pragma once

#include <gtk/gtk.h>

#include "base/cb-clock.h"
#include "records/cb-note.h"
#include "records/cb-used.h"

G_BEGIN_DECLS

#define CB_TYPE_TIMELINE (cb_timeline_get_type ())
G_DECLARE_FINAL_TYPE (CbTimeline, cb_timeline, CB, TIMELINE, GtkWidget)

GtkWidget *cb_timeline_new (void);

/* Once, before anything is shown: what a row says of time is reckoned from its now. */
void cb_timeline_set_clock (CbTimeline *self, CbClock *clock);

/* `notes`, of CbNote, are referenced. Replaces only what changed, so that the list keeps its place
 * and an unveiled note stays so. */
void cb_timeline_set_notes (CbTimeline *self, GPtrArray *notes);

/* Drops every note at once; what is shown in their stead waits for the next. */
void cb_timeline_clear (CbTimeline *self);

/* How often which note helped (of CbUsed), and who reads: their own can be corrected. Before the
 * notes are set. Signals "helped" and "correct" (CbNote): somebody said so. */
void cb_timeline_set_used (CbTimeline *self, GPtrArray *used, const char *reader);

G_END_DECLS
