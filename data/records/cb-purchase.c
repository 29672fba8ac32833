/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "records/cb-purchase.h"

#include "base/cb-fold.h"
#include "vault/cb-seal.h"

struct _CbPurchase
{
  GObject parent_instance;
  CbPurchaseFields fields; /* whose texts are its own */
};

G_DEFINE_FINAL_TYPE (CbPurchase, cb_purchase, G_TYPE_OBJECT)

const CbPurchaseFields *
cb_purchase_get_fields (CbPurchase *self)
{
  g_return_val_if_fail (CB_IS_PURCHASE (self), NULL);

  return &self->fields;
}

/* --- what is owned --- */

void
cb_owned_free (CbOwned *owned)
{
  g_object_unref (owned->purchase);
  g_free (owned);
}

/* The article by its number, else by what it is called, its colour and its size. */
static char *
make_article (CbPurchase *purchase)
{
  const CbPurchaseFields *fields = &purchase->fields;
  g_autofree char *words = NULL;

  if (fields->sku != NULL)
    return cb_fold (fields->sku);
  words = g_strjoin ("\n", "", fields->title != NULL ? fields->title : "",
                     fields->colour != NULL ? fields->colour : "",
                     fields->size != NULL ? fields->size : "", NULL);
  return cb_fold (words);
}

/* What was brought back without having been bought here is owned less than not at all. */
GPtrArray *
cb_purchases_list_owned (GPtrArray *purchases)
{
  g_autoptr (GHashTable) known = g_hash_table_new_full (
    g_str_hash, g_str_equal, (GDestroyNotify) cb_text_wipe, (GDestroyNotify) cb_owned_free);
  g_autoptr (GPtrArray) order = g_ptr_array_new ();
  GPtrArray *owned = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_owned_free);

  for (guint i = 0; i < purchases->len; i++)
    {
      CbPurchase *purchase = g_ptr_array_index (purchases, i);
      char *article = make_article (purchase);
      CbOwned *one = g_hash_table_lookup (known, article);

      if (one == NULL)
        {
          one = g_new0 (CbOwned, 1);
          one->purchase = g_object_ref (purchase);
          g_hash_table_insert (known, g_strdup (article), one);
          g_ptr_array_add (order, one);
        }
      one->quantity += purchase->fields.quantity;
      if (purchase->fields.quantity > 0 &&
          (one->purchase->fields.quantity < 0 ||
           purchase->fields.bought_us > one->purchase->fields.bought_us))
        g_set_object (&one->purchase, purchase);
      cb_text_wipe (article);
    }
  for (guint i = 0; i < order->len; i++)
    {
      const CbOwned *one = g_ptr_array_index (order, i);
      CbOwned *copy;

      if (one->quantity <= 0)
        continue;
      copy = g_memdup2 (one, sizeof *one);
      g_object_ref (copy->purchase);
      g_ptr_array_add (owned, copy);
    }
  return owned;
}

static void
cb_purchase_finalize (GObject *object)
{
  CbPurchaseFields *fields = &CB_PURCHASE (object)->fields;

  g_free ((char *) fields->id);
  g_free ((char *) fields->customer_id);
  cb_text_wipe ((char *) fields->sku);
  cb_text_wipe ((char *) fields->title);
  cb_text_wipe ((char *) fields->colour);
  cb_text_wipe ((char *) fields->size);
  cb_text_wipe ((char *) fields->receipt);

  G_OBJECT_CLASS (cb_purchase_parent_class)->finalize (object);
}

static void
cb_purchase_class_init (CbPurchaseClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cb_purchase_finalize;
}

static void
cb_purchase_init (CbPurchase *self)
{
}

CbPurchase *
cb_purchase_new (const CbPurchaseFields *fields)
{
  CbPurchase *self = g_object_new (CB_TYPE_PURCHASE, NULL);

  self->fields = *fields;
  self->fields.id = g_strdup (fields->id);
  self->fields.customer_id = g_strdup (fields->customer_id);
  self->fields.sku = g_strdup (fields->sku);
  self->fields.title = g_strdup (fields->title);
  self->fields.colour = g_strdup (fields->colour);
  self->fields.size = g_strdup (fields->size);
  self->fields.receipt = g_strdup (fields->receipt);
  return self;
}
