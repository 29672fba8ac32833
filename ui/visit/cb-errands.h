/* SPDX-License-Identifier: Apache-2.0 */

/* What is to be done, one under the other, and said to be done in one tap: today's on the counter,
 * all of it on the board. It reads anew whenever something changed and it is seen. Signals:
 * "customer-chosen" with an id; "tell" with a CbErrand; "listed" with how many there are. */

#pragma once

#include <gtk/gtk.h>

#include "store/cb-store.h"

G_BEGIN_DECLS

#define CB_TYPE_ERRANDS (cb_errands_get_type ())
G_DECLARE_FINAL_TYPE (CbErrands, cb_errands, CB, ERRANDS, GtkWidget)

/* Once. `today`: what is due, what arrived, and the days of this week. */
void cb_errands_set_store (CbErrands *self, CbStore *store, gboolean today);

void cb_errands_read (CbErrands *self);
void cb_errands_clear (CbErrands *self);

G_END_DECLS
