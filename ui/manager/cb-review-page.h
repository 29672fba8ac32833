/* SPDX-License-Identifier: Apache-2.0 */

/* A manager reads notes for what is in them: what waits at the side, one note at a time in the
 * middle, whose and why beside it. A decision shows the next. Signal "done": back to the counter.
 */

#pragma once

#include <gtk/gtk.h>

#include "store/cb-store.h"

G_BEGIN_DECLS

#define CB_TYPE_REVIEW_PAGE (cb_review_page_get_type ())
G_DECLARE_FINAL_TYPE (CbReviewPage, cb_review_page, CB, REVIEW_PAGE, GtkWidget)

GtkWidget *cb_review_page_new (CbStore *store);

/* Reads what waits, and opens the first. */
void cb_review_page_start (CbReviewPage *self);

/* Nothing of anybody is left on it. */
void cb_review_page_clear (CbReviewPage *self);

/* FALSE: there is nothing to step back from. */
gboolean cb_review_page_step_back (CbReviewPage *self);

G_END_DECLS
