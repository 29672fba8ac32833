/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "records/cb-wish.h"

#include "vault/cb-seal.h"

struct _CbWish
{
  GObject parent_instance;
  CbWishFields fields; /* whose texts are its own */
};

G_DEFINE_FINAL_TYPE (CbWish, cb_wish, G_TYPE_OBJECT)

const CbWishFields *
cb_wish_get_fields (CbWish *self)
{
  g_return_val_if_fail (CB_IS_WISH (self), NULL);

  return &self->fields;
}

static void
cb_wish_finalize (GObject *object)
{
  CbWishFields *fields = &CB_WISH (object)->fields;

  g_free ((char *) fields->id);
  g_free ((char *) fields->customer_id);
  cb_text_wipe ((char *) fields->text);
  g_free ((char *) fields->author_id);

  G_OBJECT_CLASS (cb_wish_parent_class)->finalize (object);
}

static void
cb_wish_class_init (CbWishClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cb_wish_finalize;
}

static void
cb_wish_init (CbWish *self)
{
}

CbWish *
cb_wish_new (const CbWishFields *fields)
{
  CbWish *self = g_object_new (CB_TYPE_WISH, NULL);

  self->fields = *fields;
  self->fields.id = g_strdup (fields->id);
  self->fields.customer_id = g_strdup (fields->customer_id);
  self->fields.text = g_strdup (fields->text);
  self->fields.author_id = g_strdup (fields->author_id);
  return self;
}
