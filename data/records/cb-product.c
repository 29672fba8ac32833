/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "records/cb-product.h"

struct _CbProduct
{
  GObject parent_instance;
  CbProductFields fields; /* whose texts are its own */
};

G_DEFINE_FINAL_TYPE (CbProduct, cb_product, G_TYPE_OBJECT)

const CbProductFields *
cb_product_get_fields (CbProduct *self)
{
  g_return_val_if_fail (CB_IS_PRODUCT (self), NULL);

  return &self->fields;
}

static void
cb_product_finalize (GObject *object)
{
  CbProductFields *fields = &CB_PRODUCT (object)->fields;

  g_free ((char *) fields->sku);
  g_free ((char *) fields->title);
  g_free ((char *) fields->brand);
  g_free ((char *) fields->garment);
  g_free ((char *) fields->colour);
  g_free ((char *) fields->size);

  G_OBJECT_CLASS (cb_product_parent_class)->finalize (object);
}

static void
cb_product_class_init (CbProductClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cb_product_finalize;
}

static void
cb_product_init (CbProduct *self)
{
}

CbProduct *
cb_product_new (const CbProductFields *fields)
{
  CbProduct *self = g_object_new (CB_TYPE_PRODUCT, NULL);

  self->fields.sku = g_strdup (fields->sku);
  self->fields.title = g_strdup (fields->title);
  self->fields.brand = g_strdup (fields->brand);
  self->fields.garment = g_strdup (fields->garment);
  self->fields.colour = g_strdup (fields->colour);
  self->fields.size = g_strdup (fields->size);
  return self;
}
