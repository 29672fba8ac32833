/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "vault/cb-seal.h"

#include "base/cb-error.h"

#include <sodium.h>
#include <string.h>

#define NONCE_BYTES crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG_BYTES crypto_aead_xchacha20poly1305_ietf_ABYTES

G_STATIC_ASSERT (CB_SEAL_OVERHEAD == NONCE_BYTES + TAG_BYTES);
G_STATIC_ASSERT (CB_KEY_BYTES == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);
G_STATIC_ASSERT (CB_KEY_BYTES <= crypto_generichash_KEYBYTES_MAX);

/* Unsealed bytes that are wiped when the last holder lets go. */
typedef struct
{
  gsize length;
  char bytes[];
} Plain;

static void
plain_free (gpointer data)
{
  Plain *plain = data;

  sodium_memzero (plain->bytes, plain->length);
  g_free (plain);
}

/* What a seal is bound to. The column ends in its NUL, so no two pairs make the same bytes. Most
 * are short: a table, a column and an id. */
typedef struct
{
  guint8 *bytes;
  gsize length;
  guint8 few[96];
} Bound;

static void
bind (Bound *bound, const char *column, const char *record_id)
{
  gsize n_column = strlen (column) + 1;
  gsize n_id = strlen (record_id);

  bound->length = n_column + n_id;
  bound->bytes = bound->length <= sizeof bound->few ? bound->few : g_malloc (bound->length);
  memcpy (bound->bytes, column, n_column);
  memcpy (bound->bytes + n_column, record_id, n_id);
}

static void
bound_clear (Bound *bound)
{
  if (bound->bytes != bound->few)
    g_free (bound->bytes);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Bound, bound_clear)

/* Nonces are random: 192 bits are enough for that. */
GBytes *
cb_seal (const CbKey *key,
         const char *column,
         const char *record_id,
         const void *plain,
         gsize length)
{
  guint8 *sealed = NULL;
  g_auto (Bound) bound = { NULL };

  g_return_val_if_fail (key != NULL && column != NULL && record_id != NULL, NULL);
  g_return_val_if_fail (plain != NULL || length == 0, NULL);

  if (sodium_init () < 0)
    g_assert_not_reached ();

  bind (&bound, column, record_id);
  sealed = g_malloc (length + CB_SEAL_OVERHEAD);
  randombytes_buf (sealed, NONCE_BYTES);
  crypto_aead_xchacha20poly1305_ietf_encrypt (sealed + NONCE_BYTES, NULL, plain, length,
                                              bound.bytes, bound.length, NULL, sealed, key->bytes);

  return g_bytes_new_take (sealed, length + CB_SEAL_OVERHEAD);
}

/* Opens into `plain`, which has room for length - CB_SEAL_OVERHEAD bytes. */
static gboolean
open_seal (const CbKey *key,
           const char *column,
           const char *record_id,
           const guint8 *sealed,
           gsize length,
           void *plain)
{
  g_auto (Bound) bound = { NULL };

  bind (&bound, column, record_id);
  return crypto_aead_xchacha20poly1305_ietf_decrypt (plain, NULL, NULL, sealed + NONCE_BYTES,
                                                     length - NONCE_BYTES, bound.bytes,
                                                     bound.length, sealed, key->bytes) == 0;
}

GBytes *
cb_unseal (const CbKey *key,
           const char *column,
           const char *record_id,
           const void *sealed,
           gsize length,
           GError **error)
{
  Plain *plain = NULL;

  g_return_val_if_fail (key != NULL && column != NULL && record_id != NULL, NULL);

  if (sealed == NULL || length < CB_SEAL_OVERHEAD)
    {
      g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_CORRUPT, "cannot open %s: it is too short",
                   column);
      return NULL;
    }

  plain = g_malloc (sizeof (Plain) + length - CB_SEAL_OVERHEAD + 1);
  plain->length = length - CB_SEAL_OVERHEAD;
  plain->bytes[plain->length] = '\0';

  if (!open_seal (key, column, record_id, sealed, length, plain->bytes))
    {
      plain_free (plain);
      g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_CORRUPT,
                   "cannot open %s: the seal does not fit", column);
      return NULL;
    }

  return g_bytes_new_with_free_func (plain->bytes, plain->length, plain_free, plain);
}

GBytes *
cb_seal_text (const CbKey *key, const char *column, const char *record_id, const char *plain)
{
  return plain != NULL ? cb_seal (key, column, record_id, plain, strlen (plain)) : NULL;
}

/* Without a holder that counts who has it: this is what most of the store is read by. */
char *
cb_unseal_text (const CbKey *key,
                const char *column,
                const char *record_id,
                const void *sealed,
                gsize length,
                GError **error)
{
  const char *wrong = NULL;
  char *text = NULL;
  gsize text_length;

  g_return_val_if_fail (key != NULL && column != NULL && record_id != NULL, NULL);

  if (sealed == NULL || length < CB_SEAL_OVERHEAD)
    {
      g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_CORRUPT, "cannot open %s: it is too short",
                   column);
      return NULL;
    }
  text_length = length - CB_SEAL_OVERHEAD;
  text = g_malloc (text_length + 1);
  text[text_length] = '\0';
  if (!open_seal (key, column, record_id, sealed, length, text))
    wrong = "the seal does not fit";
  else if (memchr (text, '\0', text_length) != NULL)
    wrong = "it is no text";
  if (wrong == NULL)
    return text;
  sodium_memzero (text, text_length);
  g_free (text);
  g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_CORRUPT, "cannot open %s: %s", column, wrong);
  return NULL;
}

void
cb_text_wipe (char *text)
{
  if (text == NULL)
    return;

  sodium_memzero (text, strlen (text));
  g_free (text);
}

GBytes *
cb_keyed_hash (const CbKey *key, const char *domain, const char *value)
{
  crypto_generichash_state state;
  guint8 hash[crypto_generichash_BYTES];

  g_return_val_if_fail (key != NULL && domain != NULL && value != NULL, NULL);

  crypto_generichash_init (&state, key->bytes, sizeof key->bytes, sizeof hash);
  crypto_generichash_update (&state, (const guint8 *) domain, strlen (domain) + 1);
  crypto_generichash_update (&state, (const guint8 *) value, strlen (value));
  crypto_generichash_final (&state, hash, sizeof hash);

  /* The state holds the key and the value. */
  sodium_memzero (&state, sizeof state);

  return g_bytes_new (hash, sizeof hash);
}
