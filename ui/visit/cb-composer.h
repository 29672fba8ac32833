/* SPDX-License-Identifier: Apache-2.0 */

/* Where a note is written: the text, and six small switches with sensible defaults, so that typing
 * and Ctrl+Enter is a complete capture. It stores nothing itself. Signal "submit": save what
 * cb_composer_dup_draft() gives; "begun": there is text; "changed": text or switches, by hand. */

#pragma once

#include <gtk/gtk.h>

#include "records/cb-drafts.h"

G_BEGIN_DECLS

#define CB_TYPE_COMPOSER (cb_composer_get_type ())
G_DECLARE_FINAL_TYPE (CbComposer, cb_composer, CB, COMPOSER, GtkWidget)

GtkWidget *cb_composer_new (void);

gboolean cb_composer_is_empty (CbComposer *self);
CbNoteDraft *cb_composer_dup_draft (CbComposer *self);

/* Shows a draft, or with NULL a blank sheet. Nothing that was there before can be undone back. */
void cb_composer_set_draft (CbComposer *self, const CbNoteDraft *draft);

/* While saving nothing can be changed. */
void cb_composer_set_busy (CbComposer *self, gboolean is_busy);

/* Only the text and the button, while something else needs the room. */
void cb_composer_set_compact (CbComposer *self, gboolean is_compact);

/* The line beside the button; NULL empties it. */
void cb_composer_set_status (CbComposer *self, const char *status, gboolean is_problem);
gboolean cb_composer_tells_problem (CbComposer *self);

/* What became of the draft, where nothing more important is said. */
void cb_composer_tell_draft (CbComposer *self, gboolean is_kept);

/* TRUE when options lay open and are closed now. */
gboolean cb_composer_close_options (CbComposer *self);

G_END_DECLS
