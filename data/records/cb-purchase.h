/* SPDX-License-Identifier: Apache-2.0 */

/* What a customer bought, or brought back, by article and day; never for how much. Immutable. Any
 * thread. */

#pragma once

#include <gio/gio.h>

#include "records/cb-terms.h"

G_BEGIN_DECLS

#define CB_TYPE_PURCHASE (cb_purchase_get_type ())
G_DECLARE_FINAL_TYPE (CbPurchase, cb_purchase, CB, PURCHASE, GObject)

typedef struct
{
  const char *id;
  const char *customer_id;
  const char *sku;   /* the article's number; may be NULL */
  const char *title; /* what it is called; may be NULL when the number is known */
  const char *colour;
  const char *size;
  const char *receipt; /* number of the receipt; may be NULL */
  int quantity;        /* less than nothing: brought back */
  gint64 bought_us;    /* a moment of that day */
  gint64 ends_us;      /* the moment it is gone */
  CbLife life;
} CbPurchaseFields;

/* Copies the fields. */
CbPurchase *cb_purchase_new (const CbPurchaseFields *fields);

/* Borrowed. */
const CbPurchaseFields *cb_purchase_get_fields (CbPurchase *self);

/* What they own: of each article what was bought and not brought back. */
typedef struct
{
  CbPurchase *purchase; /* the last time they bought it */
  int quantity;         /* from 1 */
} CbOwned;

void cb_owned_free (CbOwned *owned);

/* Of CbOwned, in the order of `purchases` (of CbPurchase). */
GPtrArray *cb_purchases_list_owned (GPtrArray *purchases);

G_END_DECLS
