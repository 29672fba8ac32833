/* SPDX-License-Identifier: Apache-2.0 */

/* The few fields of a new card, filled in as far as the search already told. To be put into a
 * CbSheet. Signal "added" (id): the card is on the disk. */

#pragma once

#include <gtk/gtk.h>

#include "models/cb-draft-shelf.h"

G_BEGIN_DECLS

#define CB_TYPE_NEW_CUSTOMER (cb_new_customer_get_type ())
G_DECLARE_FINAL_TYPE (CbNewCustomer, cb_new_customer, CB, NEW_CUSTOMER, GtkWidget)

/* `typed` is what was searched for. Somebody is signed in. */
GtkWidget *cb_new_customer_new (CbStore *store, CbDraftShelf *shelf, const char *typed);

/* The same to put a card right. Signal "added" then says that it is. */
GtkWidget *cb_new_customer_new_for (CbStore *store, CbDraftShelf *shelf, CbCustomer *card);

/* A card that was begun before and not saved; takes it. It is shown at once, or only offered: who
 * is standing there now must not read it. */
void cb_new_customer_offer (CbNewCustomer *self, CbUnsaved *unsaved, gboolean at_once);

G_END_DECLS
