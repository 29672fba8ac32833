/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "vault/cb-vault.h"

#include "base/cb-error.h"
#include "base/cb-files.h"
#include "base/cb-id.h"
#include "vault/cb-device-key.h"
#include "vault/cb-recovery.h"
#include "vault/cb-seal.h"
#include "vault/cb-store-key.h"
#include "vault/cb-vault-private.h"

#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#define FIRST_EPOCH 1
#define COLUMN_OF_KEYS "key"

/* How often the two files are looked at when another process may be renaming one over the other
 * just now. A rename can come between the two looks once, never three times. */
#define LOOKS 3

G_DEFINE_FINAL_TYPE (CbVault, cb_vault, G_TYPE_OBJECT)

void
cb_vault_hold_keys (CbVault *self,
                    guint64 epoch,
                    const guint8 *recovery_public,
                    const CbKey *store_key)
{
  cb_vault_lock (self);

  /* NULL only when the address space is used up, where GLib would abort as well. */
  self->keys = sodium_malloc (sizeof *self->keys);
  g_assert (self->keys != NULL);

  memset (self->keys, 0, sizeof *self->keys);
  self->keys->current = *store_key;
  self->epoch = epoch;
  memcpy (self->recovery_public, recovery_public, sizeof self->recovery_public);
}

static void
hold_keys (CbVault *self, const CbStoreKeyFile *file, const CbKey *store_key)
{
  cb_vault_hold_keys (self, cb_store_key_file_get_epoch (file), file->recovery_public, store_key);
}

/* Reads the file of that epoch. An error that says more than "not there" is kept, because it is
 * the likely reason why no file of that epoch was found. */
static gboolean
look_at (const char *path, guint64 epoch, CbStoreKeyFile *file, GError **why)
{
  g_autoptr (GError) error = NULL;

  if (cb_store_key_file_read (path, file, &error))
    return cb_store_key_file_get_epoch (file) == epoch;

  if (*why == NULL && !g_error_matches (error, CB_STORE_ERROR, CB_STORE_ERROR_NOT_FOUND))
    *why = g_steal_pointer (&error);

  return FALSE;
}

/* The path of the file that holds the key of that epoch; borrowed. */
static const char *
find_key_file (CbVault *self, guint64 epoch, CbStoreKeyFile *file, GError **error)
{
  g_autoptr (GError) why = NULL;

  for (guint i = 0; i < LOOKS; i++)
    {
      g_clear_error (&why);

      if (look_at (self->key_path, epoch, file, &why))
        return self->key_path;
      if (look_at (self->next_path, epoch, file, &why))
        return self->next_path;
    }

  if (why != NULL)
    g_propagate_error (error, g_steal_pointer (&why));
  else
    g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_NO_KEY,
                 "cannot open the store: there is no store key of epoch %" G_GUINT64_FORMAT, epoch);

  return NULL;
}

static char *
write_first_key (CbVault *self, GError **error)
{
  g_auto (CbKey) device_key = { 0 };
  g_auto (CbKey) store_key = { 0 };
  g_auto (CbRecoveryCode) code = { 0 };
  g_auto (CbRecoveryPair) pair = { 0 };
  CbStoreKeyFile file;
  gboolean made = FALSE;

  if (!cb_device_key_ensure (self->state_root, &device_key, error))
    return NULL;

  cb_key_random (&store_key);
  cb_recovery_code_random (&code);
  cb_recovery_pair_derive (&code, &pair);
  cb_store_key_file_make (&file, self->store_id, FIRST_EPOCH, pair.public_key, &store_key,
                          &device_key);

  if (!cb_files_create (self->key_path, &file, sizeof file, &made, error))
    {
      g_prefix_error_literal (error, "cannot write the store key: ");
      return NULL;
    }
  if (!made)
    {
      g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_FAILED,
                           "cannot make a store key: there is one already");
      return NULL;
    }

  hold_keys (self, &file, &store_key);

  return cb_recovery_code_write (&code);
}

char *
cb_vault_create (CbVault *self, GError **error)
{
  char *code = NULL;
  int lock = -1;

  g_return_val_if_fail (CB_IS_VAULT (self), NULL);

  if (!cb_files_ensure_directory (self->directory, error))
    return NULL;

  lock = cb_files_lock (self->lock_path, TRUE, TRUE, error);
  if (lock < 0)
    return NULL;

  /* A next key without a first one is the last trace of a store whose key was lost. */
  if (g_file_test (self->next_path, G_FILE_TEST_EXISTS))
    g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_FAILED,
                         "cannot make a store key: the next one is there already");
  else
    code = write_first_key (self, error);

  close (lock);

  return code;
}

gboolean
cb_vault_unlock (CbVault *self, guint64 key_epoch, GError **error)
{
  g_auto (CbKey) device_key = { 0 };
  g_auto (CbKey) store_key = { 0 };
  CbStoreKeyFile file;

  g_return_val_if_fail (CB_IS_VAULT (self), FALSE);

  if (!cb_device_key_load (self->state_root, &device_key, error))
    return FALSE;
  if (find_key_file (self, key_epoch, &file, error) == NULL)
    return FALSE;
  if (!cb_store_key_file_open (&file, self->store_id, &device_key, &store_key, error))
    return FALSE;

  hold_keys (self, &file, &store_key);

  return TRUE;
}

/* Wraps the key in that file for this device, when the code opens it. */
static gboolean
rewrap_file (CbVault *self,
             const char *path,
             const CbRecoveryPair *pair,
             const CbKey *device_key,
             GError **error)
{
  g_auto (CbKey) store_key = { 0 };
  CbStoreKeyFile file;

  if (!cb_store_key_file_read (path, &file, error) ||
      !cb_store_key_file_open_with_recovery (&file, self->store_id, pair, &store_key, error))
    return FALSE;

  cb_store_key_file_wrap (&file, self->store_id, &store_key, device_key);

  return cb_store_key_file_write (path, &file, error);
}

static gboolean
recover (CbVault *self, guint64 key_epoch, const CbRecoveryPair *pair, GError **error)
{
  g_auto (CbKey) device_key = { 0 };
  g_auto (CbKey) store_key = { 0 };
  g_autoptr (GError) other_error = NULL;
  CbStoreKeyFile file;
  const char *path = find_key_file (self, key_epoch, &file, error);

  /* The code is tried before anything is made or changed. */
  if (path == NULL ||
      !cb_store_key_file_open_with_recovery (&file, self->store_id, pair, &store_key, error))
    return FALSE;
  if (!cb_device_key_ensure (self->state_root, &device_key, error) ||
      !rewrap_file (self, path, pair, &device_key, error))
    return FALSE;

  /* The key beside it may be the one that a crashed rotation has made and the next will use. */
  if (!rewrap_file (self, path == self->key_path ? self->next_path : self->key_path, pair,
                    &device_key, &other_error) &&
      !g_error_matches (other_error, CB_STORE_ERROR, CB_STORE_ERROR_NOT_FOUND))
    g_message ("%s", other_error->message);

  hold_keys (self, &file, &store_key);

  return TRUE;
}

gboolean
cb_vault_unlock_with_recovery (CbVault *self, guint64 key_epoch, const char *code, GError **error)
{
  g_auto (CbRecoveryCode) read = { 0 };
  g_auto (CbRecoveryPair) pair = { 0 };
  gboolean recovered = FALSE;
  int lock = -1;

  g_return_val_if_fail (CB_IS_VAULT (self), FALSE);

  /* Before the directory is looked for, so that a slip of the finger is named as one. */
  if (!cb_recovery_code_read (code, &read, error))
    return FALSE;
  if (!g_file_test (self->directory, G_FILE_TEST_IS_DIR))
    {
      g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_NO_KEY,
                           "cannot open the store: its state directory is not here");
      return FALSE;
    }

  cb_vault_forget_rotation (self);
  lock = cb_files_lock (self->lock_path, TRUE, TRUE, error);
  if (lock < 0)
    return FALSE;

  cb_recovery_pair_derive (&read, &pair);
  recovered = recover (self, key_epoch, &pair, error);
  close (lock);

  return recovered;
}

/* A rotation under way is forgotten, not undone: whether its transaction committed is for the next
 * unlock to learn from the database. */
void
cb_vault_lock (CbVault *self)
{
  g_return_if_fail (CB_IS_VAULT (self));

  cb_vault_forget_rotation (self);

  /* sodium_free() wipes. */
  g_clear_pointer (&self->keys, sodium_free);
  sodium_memzero (self->recovery_public, sizeof self->recovery_public);
  self->epoch = 0;
  self->proven = FALSE;
}

gboolean
cb_vault_is_unlocked (CbVault *self)
{
  g_return_val_if_fail (CB_IS_VAULT (self), FALSE);

  return self->keys != NULL;
}

guint64
cb_vault_get_key_epoch (CbVault *self)
{
  g_return_val_if_fail (CB_IS_VAULT (self), 0);

  return self->epoch;
}

GBytes *
cb_vault_wrap (CbVault *self, const char *name, const CbKey *key)
{
  g_return_val_if_fail (CB_IS_VAULT (self), NULL);
  g_return_val_if_fail (self->keys != NULL, NULL);

  return cb_seal (&self->keys->current, COLUMN_OF_KEYS, name, key->bytes, sizeof key->bytes);
}

gboolean
cb_vault_unwrap (CbVault *self, const char *name, GBytes *wrapped, CbKey *key, GError **error)
{
  g_autoptr (GBytes) plain = NULL;

  g_return_val_if_fail (CB_IS_VAULT (self), FALSE);
  g_return_val_if_fail (wrapped != NULL, FALSE);

  if (self->keys == NULL)
    {
      g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_NO_KEY,
                           "cannot open a key: the vault is locked");
      return FALSE;
    }

  plain = cb_unseal (&self->keys->current, COLUMN_OF_KEYS, name, g_bytes_get_data (wrapped, NULL),
                     g_bytes_get_size (wrapped), error);
  if (plain == NULL)
    return FALSE;

  if (g_bytes_get_size (plain) != sizeof key->bytes)
    {
      g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_CORRUPT,
                           "cannot open a key: it has a wrong length");
      return FALSE;
    }

  memcpy (key->bytes, g_bytes_get_data (plain, NULL), sizeof key->bytes);
  if (!self->proven)
    cb_vault_prove (self);

  return TRUE;
}

GBytes *
cb_vault_rewrap (CbVault *self, const char *name, GBytes *wrapped, GError **error)
{
  g_auto (CbKey) key = { 0 };

  g_return_val_if_fail (CB_IS_VAULT (self), NULL);
  g_return_val_if_fail (self->next_epoch > 0, NULL);

  if (!cb_vault_unwrap (self, name, wrapped, &key, error))
    return NULL;

  return cb_seal (&self->keys->next, COLUMN_OF_KEYS, name, key.bytes, sizeof key.bytes);
}

static void
cb_vault_finalize (GObject *object)
{
  CbVault *self = CB_VAULT (object);

  cb_vault_lock (self);

  g_free (self->state_root);
  g_free (self->store_id);
  g_free (self->directory);
  g_free (self->key_path);
  g_free (self->next_path);
  g_free (self->lock_path);

  G_OBJECT_CLASS (cb_vault_parent_class)->finalize (object);
}

static void
cb_vault_class_init (CbVaultClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cb_vault_finalize;
}

static void
cb_vault_init (CbVault *self)
{
  self->rotation_lock = -1;

  if (sodium_init () < 0)
    g_assert_not_reached ();
}

CbVault *
cb_vault_new (const char *state_root, const char *store_id)
{
  CbVault *self = NULL;

  g_return_val_if_fail (state_root != NULL, NULL);
  g_return_val_if_fail (cb_id_is_valid (store_id), NULL);

  self = g_object_new (CB_TYPE_VAULT, NULL);
  self->state_root = g_strdup (state_root);
  self->store_id = g_strdup (store_id);
  self->directory = g_build_filename (state_root, store_id, NULL);
  self->key_path = g_build_filename (self->directory, "store.key", NULL);
  self->next_path = g_build_filename (self->directory, "store.key.next", NULL);
  self->lock_path = g_build_filename (self->directory, "rotate.lock", NULL);

  return self;
}
