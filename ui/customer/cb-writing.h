/* SPDX-License-Identifier: Apache-2.0 */

/* A note on its way from the composer into the book: put onto the shelf as it is written, brought
 * back from there, saved, and told of under the text. The composer is the page's, and only
 * borrowed; a note that could not be saved goes back onto the shelf even when the page is gone.
 * Signal "saved" (CbNote): it is on the disk. */

#pragma once

#include "models/cb-draft-shelf.h"
#include "store/cb-store.h"
#include "visit/cb-composer.h"

G_BEGIN_DECLS

#define CB_TYPE_WRITING (cb_writing_get_type ())
G_DECLARE_FINAL_TYPE (CbWriting, cb_writing, CB, WRITING, GObject)

CbWriting *cb_writing_new (CbStore *store, CbDraftShelf *shelf, CbComposer *composer);

/* About whom is written until cb_writing_close(), with what lies on the shelf for them. Saving
 * waits for the dossier. */
void cb_writing_open (CbWriting *self, const char *customer_id);

/* Their record as it was just read: saving is possible, and what became of the last note is told
 * again. */
void cb_writing_set_dossier (CbWriting *self, CbDossier *dossier);

/* Has the shelf written down and drops everything about the customer. */
void cb_writing_close (CbWriting *self);

/* The line under the text; the second as a problem. */
void cb_writing_say (CbWriting *self, const char *status);
void cb_writing_complain (CbWriting *self, const char *status);

G_END_DECLS
