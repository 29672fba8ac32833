/* SPDX-License-Identifier: Apache-2.0 */

/* An article that the shop sells, as its catalogue has it. Nobody's. Immutable. Any thread. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define CB_TYPE_PRODUCT (cb_product_get_type ())
G_DECLARE_FINAL_TYPE (CbProduct, cb_product, CB, PRODUCT, GObject)

typedef struct
{
  const char *sku;
  const char *title;
  const char *brand;   /* this and what follows may be NULL */
  const char *garment; /* of what kind it is */
  const char *colour;
  const char *size;
} CbProductFields;

/* Copies the fields. */
CbProduct *cb_product_new (const CbProductFields *fields);

/* Borrowed. */
const CbProductFields *cb_product_get_fields (CbProduct *self);

G_END_DECLS
