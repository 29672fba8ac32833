/* SPDX-License-Identifier: Apache-2.0 */

/* Sealing a value for one column of one record: XChaCha20-Poly1305 with a random nonce, the column
 * ("note.body") and the record id bound in as associated data, so that sealed values can't be
 * swapped between rows or columns. Pure functions, any thread. */

#pragma once

#include "vault/cb-vault.h"

G_BEGIN_DECLS

#define CB_SEAL_OVERHEAD 40

GBytes *cb_seal (const CbKey *key,
                 const char *column,
                 const char *record_id,
                 const void *plain,
                 gsize length);

/* The plain bytes, with a NUL behind them that is not counted. CB_STORE_ERROR_CORRUPT. */
GBytes *cb_unseal (const CbKey *key,
                   const char *column,
                   const char *record_id,
                   const void *sealed,
                   gsize length,
                   GError **error);

/* The same for text. NULL plain seals to NULL. The text may be personal: cb_text_wipe() it. */
GBytes *cb_seal_text (const CbKey *key,
                      const char *column,
                      const char *record_id,
                      const char *plain);
char *cb_unseal_text (const CbKey *key,
                      const char *column,
                      const char *record_id,
                      const void *sealed,
                      gsize length,
                      GError **error);

void cb_text_wipe (char *text);

/* Keyed BLAKE2b-256 of `domain` || 0 || `value`, for exact look-up of what is itself sealed. */
GBytes *cb_keyed_hash (const CbKey *key, const char *domain, const char *value);

G_END_DECLS
