/* SPDX-License-Identifier: Apache-2.0 */

/* The file that holds one store key, wrapped twice. Nothing but byte arrays, so that the struct is
 * the file. The device's wrapping binds in the store id and every other byte of the file: none can
 * be changed without its being noticed, the recovery key that the next rotation seals to among
 * them. What is sealed to the recovery code carries a keyed hash of what it belongs to, because a
 * sealed box binds nothing in by itself. */

#pragma once

#include "vault/cb-recovery.h"
#include "vault/cb-vault.h"

G_BEGIN_DECLS

typedef struct
{
  guint8 magic[7];
  guint8 format;
  guint8 epoch[8];      /* big endian */
  guint8 device_id[16]; /* tells another device's key from a damaged file */
  guint8 recovery_public[CB_RECOVERY_PUBLIC_BYTES];
  guint8 recovery_sealed[48 + 32 + 32]; /* box overhead, store key, keyed hash */
  guint8 device_wrapped[24 + 32 + 16];  /* nonce, store key, tag */
} CbStoreKeyFile;

G_STATIC_ASSERT (sizeof (CbStoreKeyFile) == 248);

guint64 cb_store_key_file_get_epoch (const CbStoreKeyFile *file);

void cb_store_key_file_make (CbStoreKeyFile *file,
                             const char *store_id,
                             guint64 epoch,
                             const guint8 *recovery_public,
                             const CbKey *store_key,
                             const CbKey *device_key);

/* Wraps for another device key and leaves the rest as it is. */
void cb_store_key_file_wrap (CbStoreKeyFile *file,
                             const char *store_id,
                             const CbKey *store_key,
                             const CbKey *device_key);

/* CB_STORE_ERROR_NO_KEY when another device's key wrapped it, CORRUPT when it does not open. */
gboolean cb_store_key_file_open (const CbStoreKeyFile *file,
                                 const char *store_id,
                                 const CbKey *device_key,
                                 CbKey *store_key,
                                 GError **error);

/* CB_STORE_ERROR_NO_KEY when it was sealed to another code, CORRUPT when it does not open. */
gboolean cb_store_key_file_open_with_recovery (const CbStoreKeyFile *file,
                                               const char *store_id,
                                               const CbRecoveryPair *pair,
                                               CbKey *store_key,
                                               GError **error);

/* CB_STORE_ERROR_NOT_FOUND, CORRUPT when it is no such file, TOO_NEW, IO. */
gboolean cb_store_key_file_read (const char *path, CbStoreKeyFile *file, GError **error);
gboolean cb_store_key_file_write (const char *path, const CbStoreKeyFile *file, GError **error);

G_END_DECLS
