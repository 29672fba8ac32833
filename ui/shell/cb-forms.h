/* SPDX-License-Identifier: Apache-2.0 */

/* The forms that open on the window's sheet: a new customer, a size or taste, a request or
 * promise, a day that matters. What was typed into one and not saved lies on the shelf and comes
 * back with it. Signal "added" (id): a new customer is on the disk. */

#pragma once

#include "models/cb-draft-shelf.h"
#include "widgets/cb-sheet.h"

G_BEGIN_DECLS

#define CB_TYPE_FORMS (cb_forms_get_type ())
G_DECLARE_FINAL_TYPE (CbForms, cb_forms, CB, FORMS, GObject)

CbForms *cb_forms_new (CbStore *store, CbDraftShelf *shelf, CbSheet *sheet);

/* `typed` is what was searched for. A card that was begun for the same search comes back at once;
 * any other is only offered, for somebody else may be standing there. */
void cb_forms_open_new_customer (CbForms *self, const char *typed);

/* To put a card right. */
void cb_forms_open_card (CbForms *self, CbCustomer *card);

/* `preference` NULL is a new one. */
void cb_forms_open_preference (CbForms *self, const char *customer_id, CbPreference *preference);

/* A new request or promise; a new day that matters. */
void cb_forms_open_errand (CbForms *self, const char *customer_id);
void cb_forms_open_day (CbForms *self, const char *customer_id);

/* Another customer, or the lock: what is being opened is not wanted, what was searched for is
 * forgotten. */
void cb_forms_leave (CbForms *self);

G_END_DECLS
