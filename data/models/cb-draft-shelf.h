/* SPDX-License-Identifier: Apache-2.0 */

/* Between what is being typed and the store. Screens put a draft here at every change; a moment
 * after the typing stops it is written to the store, sealed, and found again there after another
 * customer, the lock or a power cut. Until that is reported it lies here, sealed with a key of this
 * process that is unreadable between uses; so it does when the store can't take it. A draft is
 * given only to the associate who wrote it. `customer_id` NULL is somebody who is not in the book
 * yet. Main thread only.
 *
 * Signals: "kept" (customer_id, about), it is on the disk; "not-kept" (the same), it is in memory
 * alone. `about` is what cb_unsaved_dup_about() says. */

#pragma once

#include <gio/gio.h>

#include "records/cb-unsaved.h"
#include "store/cb-store.h"

G_BEGIN_DECLS

#define CB_TYPE_DRAFT_SHELF (cb_draft_shelf_get_type ())
G_DECLARE_FINAL_TYPE (CbDraftShelf, cb_draft_shelf, CB, DRAFT_SHELF, GObject)

CbDraftShelf *cb_draft_shelf_new (CbStore *store);

/* Takes `unsaved`; it replaces what lies in its place, and an empty one takes that away. */
void cb_draft_shelf_put (CbDraftShelf *self,
                         CbStaff *author,
                         const char *customer_id,
                         CbUnsaved *unsaved);

/* Hands everything that waits to the store now: before another customer, before the lock. */
void cb_draft_shelf_flush (CbDraftShelf *self);

/* It is being saved, and saving ends the draft in the store: nothing of it is written any more. Put
 * it again when saving fails. */
void cb_draft_shelf_hand_over (CbDraftShelf *self,
                               CbStaff *author,
                               const char *customer_id,
                               const char *about);

/* Everybody's drafts about a customer, when they are erased. */
void cb_draft_shelf_forget (CbDraftShelf *self, const char *customer_id);

/* Of CbUnsaved, as last put. Fails only when it was cancelled. */
void cb_draft_shelf_find_async (CbDraftShelf *self,
                                CbStaff *author,
                                const char *customer_id,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
GPtrArray *cb_draft_shelf_find_finish (CbDraftShelf *self, GAsyncResult *result, GError **error);

/* How many lie in memory alone. */
guint cb_draft_shelf_get_length (CbDraftShelf *self);

G_END_DECLS
