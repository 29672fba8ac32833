/* SPDX-License-Identifier: Apache-2.0 */

/* What becomes of the note that is being read: four buttons, each with its key, and for all but
 * approving a reason, and a few words for the author. Signal "decided" with a CbReviewDraft, which
 * is the handler's: there is one. */

#pragma once

#include <gtk/gtk.h>

#include "records/cb-drafts.h"
#include "records/cb-note.h"

G_BEGIN_DECLS

#define CB_TYPE_REVIEW_VERDICT (cb_review_verdict_get_type ())
G_DECLARE_FINAL_TYPE (CbReviewVerdict, cb_review_verdict, CB, REVIEW_VERDICT, GtkWidget)

/* Begins anew with another note, or with none. */
void cb_review_verdict_set_note (CbReviewVerdict *self, CbNote *note);

/* A key of this page, by its letter; FALSE when it is none. */
gboolean cb_review_verdict_take_key (CbReviewVerdict *self, guint keyval);

/* Closes the form; FALSE when it was closed. */
gboolean cb_review_verdict_step_back (CbReviewVerdict *self);

/* What happened; NULL: nothing to be said. */
void cb_review_verdict_say (CbReviewVerdict *self, const char *text, gboolean is_problem);

/* While a decision is on its way to the disk. */
void cb_review_verdict_set_busy (CbReviewVerdict *self, gboolean is_busy);

G_END_DECLS
