/* SPDX-License-Identifier: Apache-2.0 */

/* Where half-written notes lie while something else is on the screen: another customer, another
 * associate, the lock. Each is sealed with a key of this process that is unreadable between uses,
 * so that a locked terminal holds no readable words, and nothing is written to the disk. A draft is
 * given only to the associate who wrote it. Main thread only. */

#pragma once

#include <glib-object.h>

#include "records/cb-drafts.h"

G_BEGIN_DECLS

#define CB_TYPE_DRAFT_SHELF (cb_draft_shelf_get_type ())
G_DECLARE_FINAL_TYPE (CbDraftShelf, cb_draft_shelf, CB, DRAFT_SHELF, GObject)

CbDraftShelf *cb_draft_shelf_new (void);

/* Replaces what lies there for these two. A draft without text takes it away. */
void cb_draft_shelf_put (CbDraftShelf *self,
                         const char *staff_id,
                         const char *customer_id,
                         const CbNoteDraft *draft);

/* Takes it off the shelf; NULL when there is none. */
CbNoteDraft *cb_draft_shelf_take (CbDraftShelf *self,
                                  const char *staff_id,
                                  const char *customer_id);

/* Everybody's draft about a customer, when they are erased. */
void cb_draft_shelf_forget (CbDraftShelf *self, const char *customer_id);

guint cb_draft_shelf_get_length (CbDraftShelf *self);

G_END_DECLS
