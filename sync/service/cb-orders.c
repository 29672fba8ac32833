/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "service/cb-orders.h"

#include <sodium.h>

/* Of crypto_kdf: eight bytes say what a key derived from another is for. */
#define CONTEXT "cb-order"
#define KEY_NUMBER 1

G_STATIC_ASSERT (sizeof CONTEXT - 1 == crypto_kdf_CONTEXTBYTES);
G_STATIC_ASSERT (CB_HASH_BYTES == crypto_kdf_KEYBYTES);

typedef struct
{
  guint8 public[CB_ORDER_PUBLIC_BYTES];
  guint8 secret[CB_ORDER_SECRET_BYTES];
} KeyPair;

static void
key_pair_clear (KeyPair *pair)
{
  sodium_memzero (pair, sizeof *pair);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (KeyPair, key_pair_clear)

static void
derive (const CbIdentity *identity, KeyPair *pair)
{
  guint8 seed[crypto_sign_SEEDBYTES] = { 0 };

  crypto_kdf_derive_from_key (seed, sizeof seed, KEY_NUMBER, CONTEXT, identity->nonce_key);
  crypto_sign_seed_keypair (pair->public, pair->secret, seed);
  sodium_memzero (seed, sizeof seed);
}

void
cb_orders_get_public_key (const CbIdentity *identity, guint8 key[CB_ORDER_PUBLIC_BYTES])
{
  g_auto (KeyPair) pair = { 0 };

  derive (identity, &pair);
  memcpy (key, pair.public, sizeof pair.public);
}

JsonObject *
cb_orders_make_wipe (const CbIdentity *identity, const CbTerminalRow *terminal)
{
  g_auto (KeyPair) pair = { 0 };
  g_autoptr (GDateTime) time = NULL;
  g_autofree char *at = NULL;
  g_autofree char *signature = NULL;
  JsonObject *order = NULL;

  if (terminal->wipe_us == 0)
    return NULL;

  time = g_date_time_new_from_unix_utc (terminal->wipe_us / CB_US_PER_SECOND);
  at = g_date_time_format (time, "%Y-%m-%dT%H:%M:%SZ");
  derive (identity, &pair);
  signature = cb_order_sign_wipe (terminal->id, at, pair.secret);
  order = json_object_new_object ();
  cb_json_set_string (order, "at", at);
  cb_json_set_string (order, "signature", signature);
  return order;
}
