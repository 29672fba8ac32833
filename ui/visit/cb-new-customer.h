/* SPDX-License-Identifier: Apache-2.0 */

/* The few fields of a new card, filled in as far as the search already told. To be put into a
 * CbSheet. Signal "added" (id): the card is on the disk. */

#pragma once

#include <gtk/gtk.h>

#include "store/cb-store.h"

G_BEGIN_DECLS

#define CB_TYPE_NEW_CUSTOMER (cb_new_customer_get_type ())
G_DECLARE_FINAL_TYPE (CbNewCustomer, cb_new_customer, CB, NEW_CUSTOMER, GtkWidget)

GtkWidget *cb_new_customer_new (CbStore *store, const char *typed);

/* TRUE when nothing in it would be lost. */
gboolean cb_new_customer_is_empty (CbNewCustomer *self);

G_END_DECLS
