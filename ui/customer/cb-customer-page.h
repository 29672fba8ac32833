/* SPDX-License-Identifier: Apache-2.0 */

/* One customer: what they allow, the timeline with the composer in reach, sizes and tastes. What is
 * half written goes onto the shelf as it is written. Signals:
 * "turn" (purpose) when the customer shall read and tap; "edit-preference" (CbPreference or NULL);
 * "add-errand", "add-day": a request or promise, a day that matters shall be written down.
 */

#pragma once

#include <gtk/gtk.h>

#include "models/cb-draft-shelf.h"
#include "store/cb-store.h"

G_BEGIN_DECLS

#define CB_TYPE_CUSTOMER_PAGE (cb_customer_page_get_type ())
G_DECLARE_FINAL_TYPE (CbCustomerPage, cb_customer_page, CB, CUSTOMER_PAGE, GtkWidget)

GtkWidget *cb_customer_page_new (CbStore *store, CbDraftShelf *shelf);

void cb_customer_page_open (CbCustomerPage *self, const char *customer_id);

/* Has the shelf written down and drops everything about the customer. */
void cb_customer_page_close (CbCustomerPage *self);

/* NULL while nobody is shown. Borrowed. */
const char *cb_customer_page_get_customer_id (CbCustomerPage *self);
CbDossier *cb_customer_page_get_dossier (CbCustomerPage *self);

/* The purpose the customer should be asked about first. */
const char *cb_customer_page_get_purpose (CbCustomerPage *self);

void cb_customer_page_write (CbCustomerPage *self);

/* TRUE when there was a step back within the page. */
gboolean cb_customer_page_step_back (CbCustomerPage *self);

G_END_DECLS
