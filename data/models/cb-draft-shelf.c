/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "models/cb-draft-shelf.h"

#include <gio/gio.h>
#include <sodium.h>
#include <string.h>

#define NONCE_BYTES crypto_secretbox_NONCEBYTES
#define DRAFT_TYPE "(smsmsuuuu)"

struct _CbDraftShelf
{
  GObject parent_instance;

  unsigned char *key; /* sodium_malloc; no access between uses */
  GHashTable *drafts; /* "staff customer" -> sealed GBytes */
};

G_DEFINE_FINAL_TYPE (CbDraftShelf, cb_draft_shelf, G_TYPE_OBJECT)

static char *
dup_place (const char *staff_id, const char *customer_id)
{
  return g_strconcat (staff_id, " ", customer_id, NULL);
}

static GBytes *
seal (CbDraftShelf *self, GVariant *plain)
{
  gsize length = g_variant_get_size (plain);
  guint8 *text = g_malloc (length);
  guint8 *sealed = g_malloc (NONCE_BYTES + crypto_secretbox_MACBYTES + length);

  g_variant_store (plain, text);
  randombytes_buf (sealed, NONCE_BYTES);
  sodium_mprotect_readonly (self->key);
  crypto_secretbox_easy (sealed + NONCE_BYTES, text, length, sealed, self->key);
  sodium_mprotect_noaccess (self->key);
  sodium_memzero (text, length);
  g_free (text);
  return g_bytes_new_take (sealed, NONCE_BYTES + crypto_secretbox_MACBYTES + length);
}

static void
wipe_and_free (gpointer data)
{
  GByteArray *plain = data;

  sodium_memzero (plain->data, plain->len);
  g_byte_array_unref (plain);
}

/* The variant owns the plain bytes and wipes them with its last reference. */
static GVariant *
open_seal (CbDraftShelf *self, GBytes *bytes)
{
  gsize length;
  const guint8 *sealed = g_bytes_get_data (bytes, &length);
  gsize plain_length = length - NONCE_BYTES - crypto_secretbox_MACBYTES;
  GByteArray *plain = g_byte_array_set_size (g_byte_array_new (), (guint) plain_length);
  int failed;

  sodium_mprotect_readonly (self->key);
  failed = crypto_secretbox_open_easy (plain->data, sealed + NONCE_BYTES, length - NONCE_BYTES,
                                       sealed, self->key);
  sodium_mprotect_noaccess (self->key);
  g_assert (failed == 0);
  return g_variant_ref_sink (g_variant_new_from_data (G_VARIANT_TYPE (DRAFT_TYPE), plain->data,
                                                      plain_length, FALSE, wipe_and_free, plain));
}

/* GVariant keeps its own copy of the strings until it is serialised; that copy is wiped too. */
static void
wipe_variant (GVariant *variant)
{
  sodium_memzero ((gpointer) g_variant_get_data (variant), g_variant_get_size (variant));
}

void
cb_draft_shelf_put (CbDraftShelf *self,
                    const char *staff_id,
                    const char *customer_id,
                    const CbNoteDraft *draft)
{
  g_autofree char *place = NULL;
  g_autoptr (GVariant) plain = NULL;

  g_return_if_fail (CB_IS_DRAFT_SHELF (self));
  g_return_if_fail (staff_id != NULL && customer_id != NULL);

  place = dup_place (staff_id, customer_id);
  if (draft == NULL || draft->text == NULL || *draft->text == '\0')
    {
      g_hash_table_remove (self->drafts, place);
      return;
    }
  plain = g_variant_ref_sink (g_variant_new (
    DRAFT_TYPE, draft->text, draft->for_role, draft->purpose, (guint32) draft->visit,
    (guint32) draft->intent, (guint32) draft->discretion, (guint32) draft->provenance));
  g_hash_table_replace (self->drafts, g_steal_pointer (&place), seal (self, plain));
  wipe_variant (plain);
}

CbNoteDraft *
cb_draft_shelf_take (CbDraftShelf *self, const char *staff_id, const char *customer_id)
{
  g_autofree char *place = NULL;
  g_autoptr (GVariant) plain = NULL;
  CbNoteDraft *draft;
  GBytes *sealed;
  guint32 visit;
  guint32 intent;
  guint32 discretion;
  guint32 provenance;

  g_return_val_if_fail (CB_IS_DRAFT_SHELF (self), NULL);
  g_return_val_if_fail (staff_id != NULL && customer_id != NULL, NULL);

  place = dup_place (staff_id, customer_id);
  sealed = g_hash_table_lookup (self->drafts, place);
  if (sealed == NULL)
    return NULL;

  plain = open_seal (self, sealed);
  draft = cb_note_draft_new ();
  g_variant_get (plain, DRAFT_TYPE, &draft->text, &draft->for_role, &draft->purpose, &visit,
                 &intent, &discretion, &provenance);
  draft->visit = (CbVisit) visit;
  draft->intent = (CbIntent) intent;
  draft->discretion = (CbDiscretion) discretion;
  draft->provenance = (CbProvenance) provenance;
  g_hash_table_remove (self->drafts, place);
  return draft;
}

void
cb_draft_shelf_forget (CbDraftShelf *self, const char *customer_id)
{
  GHashTableIter iter;
  const char *place;

  g_return_if_fail (CB_IS_DRAFT_SHELF (self));

  g_hash_table_iter_init (&iter, self->drafts);
  while (g_hash_table_iter_next (&iter, (gpointer *) &place, NULL))
    {
      if (g_str_has_suffix (place, customer_id))
        g_hash_table_iter_remove (&iter);
    }
}

guint
cb_draft_shelf_get_length (CbDraftShelf *self)
{
  g_return_val_if_fail (CB_IS_DRAFT_SHELF (self), 0);

  return g_hash_table_size (self->drafts);
}

static void
cb_draft_shelf_finalize (GObject *object)
{
  CbDraftShelf *self = CB_DRAFT_SHELF (object);

  g_clear_pointer (&self->drafts, g_hash_table_unref);
  g_clear_pointer (&self->key, sodium_free);

  G_OBJECT_CLASS (cb_draft_shelf_parent_class)->finalize (object);
}

static void
cb_draft_shelf_class_init (CbDraftShelfClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cb_draft_shelf_finalize;
}

static void
cb_draft_shelf_init (CbDraftShelf *self)
{
  g_assert (sodium_init () >= 0);
  self->key = sodium_malloc (crypto_secretbox_KEYBYTES);
  g_assert (self->key != NULL);
  crypto_secretbox_keygen (self->key);
  sodium_mprotect_noaccess (self->key);
  self->drafts =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_bytes_unref);
}

CbDraftShelf *
cb_draft_shelf_new (void)
{
  return g_object_new (CB_TYPE_DRAFT_SHELF, NULL);
}
