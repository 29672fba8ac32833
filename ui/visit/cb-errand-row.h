/* SPDX-License-Identifier: Apache-2.0 */

/* One thing that is to be done: for whom, what, by when, and what can be said about it in one tap.
 * Signals: "opened", its customer is wanted; "moved" with a CbMatterState; "tell", somebody wants
 * to tell the customer. */

#pragma once

#include <gtk/gtk.h>

#include "records/cb-errand.h"

G_BEGIN_DECLS

#define CB_TYPE_ERRAND_ROW (cb_errand_row_get_type ())
G_DECLARE_FINAL_TYPE (CbErrandRow, cb_errand_row, CB, ERRAND_ROW, GtkWidget)

GtkWidget *cb_errand_row_new (CbErrand *errand, gint64 now_us);

/* Borrowed. */
CbErrand *cb_errand_row_get_errand (CbErrandRow *self);

G_END_DECLS
