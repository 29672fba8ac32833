/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "vault/cb-store-key.h"

#include "base/cb-error.h"
#include "base/cb-files.h"

#include <sodium.h>
#include <stddef.h>
#include <string.h>

/* Room for what a newer format may hold, so that it is told apart from a damaged file. */
#define MOST_BYTES 4096
#define FORMAT 1
#define NONCE_BYTES crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG_BYTES crypto_aead_xchacha20poly1305_ietf_ABYTES
#define BINDING_BYTES 32

/* What the device's wrapping covers: everything before it. */
#define COVERED_BYTES offsetof (CbStoreKeyFile, device_wrapped)

static const guint8 magic[7] = { 'C', 'B', 'S', 'T', 'K', 'E', 'Y' };

static const char device_id_domain[] = "counterbook device id 1";
static const char wrapping_domain[] = "counterbook store key 1";
static const char recovery_domain[] = "counterbook store key recovery 1";

typedef struct
{
  CbKey store_key;
  guint8 binding[BINDING_BYTES];
} RecoveryPayload;

static void
recovery_payload_clear (RecoveryPayload *payload)
{
  sodium_memzero (payload, sizeof *payload);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (RecoveryPayload, recovery_payload_clear)

G_STATIC_ASSERT (sizeof ((CbStoreKeyFile *) NULL)->recovery_sealed ==
                 sizeof (RecoveryPayload) + crypto_box_SEALBYTES);
G_STATIC_ASSERT (sizeof ((CbStoreKeyFile *) NULL)->device_wrapped ==
                 NONCE_BYTES + CB_KEY_BYTES + TAG_BYTES);

static gboolean
refuse (GError **error, CbStoreError code, const char *why)
{
  g_set_error (error, CB_STORE_ERROR, code, "cannot open the store key: %s", why);

  return FALSE;
}

guint64
cb_store_key_file_get_epoch (const CbStoreKeyFile *file)
{
  guint64 epoch = 0;

  memcpy (&epoch, file->epoch, sizeof epoch);

  return GUINT64_FROM_BE (epoch);
}

static void
set_epoch (CbStoreKeyFile *file, guint64 epoch)
{
  guint64 big_endian = GUINT64_TO_BE (epoch);

  memcpy (file->epoch, &big_endian, sizeof big_endian);
}

/* A name for a device key that says nothing about it: a keyed hash of a constant. */
static void
name_device (const CbKey *device_key, guint8 *device_id)
{
  crypto_generichash (device_id, sizeof ((CbStoreKeyFile *) NULL)->device_id,
                      (const guint8 *) device_id_domain, sizeof device_id_domain, device_key->bytes,
                      sizeof device_key->bytes);
}

static GByteArray *
bind_wrapping (const CbStoreKeyFile *file, const char *store_id)
{
  GByteArray *bound = g_byte_array_new ();

  g_byte_array_append (bound, (const guint8 *) wrapping_domain, sizeof wrapping_domain);
  g_byte_array_append (bound, (const guint8 *) store_id, (guint) strlen (store_id) + 1);
  g_byte_array_append (bound, (const guint8 *) file, COVERED_BYTES);

  return bound;
}

/* What the recovery part belongs to: the store, the epoch and the code. Not the device, which
 * changes when a code is used. */
static void
bind_recovery (const CbStoreKeyFile *file,
               const char *store_id,
               const CbKey *store_key,
               guint8 *binding)
{
  crypto_generichash_state state;

  crypto_generichash_init (&state, store_key->bytes, sizeof store_key->bytes, BINDING_BYTES);
  crypto_generichash_update (&state, (const guint8 *) recovery_domain, sizeof recovery_domain);
  crypto_generichash_update (&state, (const guint8 *) store_id, strlen (store_id) + 1);
  crypto_generichash_update (&state, &file->format, sizeof file->format);
  crypto_generichash_update (&state, file->epoch, sizeof file->epoch);
  crypto_generichash_update (&state, file->recovery_public, sizeof file->recovery_public);
  crypto_generichash_final (&state, binding, BINDING_BYTES);
  sodium_memzero (&state, sizeof state);
}

void
cb_store_key_file_wrap (CbStoreKeyFile *file,
                        const char *store_id,
                        const CbKey *store_key,
                        const CbKey *device_key)
{
  g_autoptr (GByteArray) bound = NULL;

  name_device (device_key, file->device_id);
  bound = bind_wrapping (file, store_id);

  randombytes_buf (file->device_wrapped, NONCE_BYTES);
  crypto_aead_xchacha20poly1305_ietf_encrypt (
    file->device_wrapped + NONCE_BYTES, NULL, store_key->bytes, sizeof store_key->bytes,
    bound->data, bound->len, NULL, file->device_wrapped, device_key->bytes);
}

void
cb_store_key_file_make (CbStoreKeyFile *file,
                        const char *store_id,
                        guint64 epoch,
                        const guint8 *recovery_public,
                        const CbKey *store_key,
                        const CbKey *device_key)
{
  g_auto (RecoveryPayload) payload = { .store_key = *store_key };

  memset (file, 0, sizeof *file);
  memcpy (file->magic, magic, sizeof magic);
  file->format = FORMAT;
  set_epoch (file, epoch);
  memcpy (file->recovery_public, recovery_public, sizeof file->recovery_public);

  bind_recovery (file, store_id, store_key, payload.binding);
  crypto_box_seal (file->recovery_sealed, (const guint8 *) &payload, sizeof payload,
                   file->recovery_public);

  cb_store_key_file_wrap (file, store_id, store_key, device_key);
}

gboolean
cb_store_key_file_open (const CbStoreKeyFile *file,
                        const char *store_id,
                        const CbKey *device_key,
                        CbKey *store_key,
                        GError **error)
{
  g_autoptr (GByteArray) bound = bind_wrapping (file, store_id);
  guint8 device_id[sizeof file->device_id];

  name_device (device_key, device_id);
  if (sodium_memcmp (device_id, file->device_id, sizeof device_id) != 0)
    return refuse (error, CB_STORE_ERROR_NO_KEY, "another device key wrapped it");

  if (crypto_aead_xchacha20poly1305_ietf_decrypt (
        store_key->bytes, NULL, NULL, file->device_wrapped + NONCE_BYTES, CB_KEY_BYTES + TAG_BYTES,
        bound->data, bound->len, file->device_wrapped, device_key->bytes) != 0)
    return refuse (error, CB_STORE_ERROR_CORRUPT, "the seal does not fit");

  return TRUE;
}

gboolean
cb_store_key_file_open_with_recovery (const CbStoreKeyFile *file,
                                      const char *store_id,
                                      const CbRecoveryPair *pair,
                                      CbKey *store_key,
                                      GError **error)
{
  g_auto (RecoveryPayload) payload = { 0 };
  guint8 binding[BINDING_BYTES];

  if (sodium_memcmp (file->recovery_public, pair->public_key, sizeof pair->public_key) != 0)
    return refuse (error, CB_STORE_ERROR_NO_KEY, "the recovery code is not this store's");

  if (crypto_box_seal_open ((guint8 *) &payload, file->recovery_sealed,
                            sizeof file->recovery_sealed, pair->public_key,
                            pair->secret_key.bytes) != 0)
    return refuse (error, CB_STORE_ERROR_CORRUPT, "the recovery seal does not fit");

  bind_recovery (file, store_id, &payload.store_key, binding);
  if (sodium_memcmp (binding, payload.binding, sizeof binding) != 0)
    return refuse (error, CB_STORE_ERROR_CORRUPT, "the recovery seal is of another file");

  *store_key = payload.store_key;

  return TRUE;
}

gboolean
cb_store_key_file_read (const char *path, CbStoreKeyFile *file, GError **error)
{
  gsize length = 0;
  g_autofree char *bytes = cb_files_read (path, MOST_BYTES, &length, error);

  if (bytes == NULL)
    {
      g_prefix_error_literal (error, "cannot read the store key: ");
      return FALSE;
    }

  if (length <= sizeof magic || memcmp (bytes, magic, sizeof magic) != 0)
    return refuse (error, CB_STORE_ERROR_CORRUPT, "this is no such file");
  if ((guint8) bytes[offsetof (CbStoreKeyFile, format)] > FORMAT)
    return refuse (error, CB_STORE_ERROR_TOO_NEW, "a newer Counterbook wrote it");
  if (length != sizeof *file)
    return refuse (error, CB_STORE_ERROR_CORRUPT, "it is cut");

  memcpy (file, bytes, sizeof *file);

  return TRUE;
}

gboolean
cb_store_key_file_write (const char *path, const CbStoreKeyFile *file, GError **error)
{
  if (cb_files_write (path, file, sizeof *file, error))
    return TRUE;

  g_prefix_error_literal (error, "cannot write the store key: ");

  return FALSE;
}
