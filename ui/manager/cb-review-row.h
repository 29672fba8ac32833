/* SPDX-License-Identifier: Apache-2.0 */

/* One note that waits to be read, as it stands in the list: of whom, from whom, why and since when.
 * None of its words. */

#pragma once

#include <gtk/gtk.h>

#include "records/cb-review.h"

G_BEGIN_DECLS

#define CB_TYPE_REVIEW_ROW (cb_review_row_get_type ())
G_DECLARE_FINAL_TYPE (CbReviewRow, cb_review_row, CB, REVIEW_ROW, GtkWidget)

GtkWidget *cb_review_row_new (void);

/* NULL empties it. */
void cb_review_row_set_review (CbReviewRow *self, CbReview *review, gint64 now_us);

G_END_DECLS
