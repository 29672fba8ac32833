/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "vault/cb-backup.h"

#include "base/cb-error.h"
#include "base/cb-files.h"
#include "base/cb-id.h"
#include "vault/cb-device-key.h"
#include "vault/cb-store-key.h"
#include "vault/cb-vault-private.h"

#include <sodium.h>
#include <string.h>

/* Byte arrays alone; numbers are big endian. */
typedef struct
{
  char store_id[CB_ID_LENGTH];
  guint8 schema[8];
  guint8 epoch[8];
  guint8 made_us[8];
  guint8 length[8];
  guint8 store_key[CB_KEY_BYTES];
} Head;

static void
put_number (guint8 *bytes, guint64 number)
{
  guint64 big_endian = GUINT64_TO_BE (number);

  memcpy (bytes, &big_endian, sizeof big_endian);
}

static guint64
get_number (const guint8 *bytes)
{
  guint64 big_endian = 0;

  memcpy (&big_endian, bytes, sizeof big_endian);

  return GUINT64_FROM_BE (big_endian);
}

void
cb_backup_head_clear (CbBackupHead *head)
{
  sodium_memzero (head, sizeof *head);
}

CbSealedWriter *
cb_vault_begin_backup (CbVault *self, const char *path, CbBackupHead *head, GError **error)
{
  g_auto (CbKey) device_key = { 0 };
  g_autoptr (CbSealedWriter) writer = NULL;
  Head bytes = { 0 };
  gboolean added = FALSE;

  g_return_val_if_fail (self->keys != NULL, NULL);

  if (!cb_device_key_load (self->state_root, &device_key, error))
    return NULL;
  writer = cb_sealed_writer_new (path, &device_key, self->recovery_public, error);
  if (writer == NULL)
    return NULL;

  g_strlcpy (head->store_id, self->store_id, sizeof head->store_id);
  head->epoch = self->epoch;
  head->store_key = self->keys->current;
  memcpy (bytes.store_id, self->store_id, CB_ID_LENGTH);
  put_number (bytes.schema, head->schema);
  put_number (bytes.epoch, head->epoch);
  put_number (bytes.made_us, (guint64) head->made_us);
  put_number (bytes.length, head->length);
  memcpy (bytes.store_key, head->store_key.bytes, sizeof bytes.store_key);
  added = cb_sealed_writer_add (writer, &bytes, sizeof bytes, error);
  sodium_memzero (&bytes, sizeof bytes);

  return added ? g_steal_pointer (&writer) : NULL;
}

static gboolean
read_head (CbSealedReader *reader, CbBackupHead *head, GError **error)
{
  Head bytes = { 0 };
  gssize got = cb_sealed_reader_read (reader, &bytes, sizeof bytes, error);

  if (got < 0)
    return FALSE;
  memcpy (head->store_id, bytes.store_id, CB_ID_LENGTH);
  head->store_id[CB_ID_LENGTH] = '\0';
  head->schema = (guint) get_number (bytes.schema);
  head->epoch = get_number (bytes.epoch);
  head->made_us = (gint64) get_number (bytes.made_us);
  head->length = get_number (bytes.length);
  memcpy (head->store_key.bytes, bytes.store_key, sizeof head->store_key.bytes);
  sodium_memzero (&bytes, sizeof bytes);
  if (got == sizeof bytes && cb_id_is_valid (head->store_id))
    return TRUE;
  g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_CORRUPT,
                       "cannot open the back-up: it does not say what it is of");

  return FALSE;
}

CbSealedReader *
cb_backup_open (const char *state_root,
                const char *path,
                const char *code,
                CbBackupHead *head,
                GError **error)
{
  g_auto (CbKey) device_key = { 0 };
  g_auto (CbRecoveryCode) read = { 0 };
  g_auto (CbRecoveryPair) pair = { 0 };
  g_autoptr (CbSealedReader) reader = NULL;
  g_autoptr (GError) why = NULL;
  gboolean has_device_key = cb_device_key_load (state_root, &device_key, &why);

  /* Without one there may still be the code; a bad one is told, for the store would be wrapped by
   * it. */
  if (!has_device_key && !g_error_matches (why, CB_STORE_ERROR, CB_STORE_ERROR_NO_KEY))
    {
      g_propagate_error (error, g_steal_pointer (&why));
      return NULL;
    }
  if (code != NULL && !cb_recovery_code_read (code, &read, error))
    return NULL;
  if (code != NULL)
    cb_recovery_pair_derive (&read, &pair);

  reader = cb_sealed_reader_new (path, has_device_key ? &device_key : NULL,
                                 code != NULL ? &pair : NULL, error);

  return reader != NULL && read_head (reader, head, error) ? g_steal_pointer (&reader) : NULL;
}

/* --- a store that is put back --- */

static char *
dup_restored_path (CbVault *self)
{
  return g_strconcat (self->key_path, ".restored", NULL);
}

static char *
dup_replaced_path (const char *path)
{
  return g_strconcat (path, ".replaced", NULL);
}

void
cb_vault_adopt (CbVault *self, const CbBackupHead *head, const guint8 *recovery_public)
{
  cb_vault_hold_keys (self, head->epoch, recovery_public, &head->store_key);
  /* Whose epoch that is, the files here don't know: nothing is to be tidied by it. */
  self->proven = TRUE;
}

/* The latest epoch that a file here knows of, and the vault's own. */
static guint64
find_latest_epoch (CbVault *self)
{
  const char *paths[] = { self->key_path, self->next_path };
  guint64 latest = self->epoch;

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      CbStoreKeyFile file;

      if (cb_store_key_file_read (paths[i], &file, NULL))
        latest = MAX (latest, cb_store_key_file_get_epoch (&file));
    }

  return latest;
}

gboolean
cb_vault_prepare_restored (CbVault *self, guint64 *epoch, GError **error)
{
  g_auto (CbKey) device_key = { 0 };
  g_autofree char *path = dup_restored_path (self);
  CbStoreKeyFile file;

  g_return_val_if_fail (self->keys != NULL && self->next_epoch == 0, FALSE);

  if (!cb_device_key_ensure (self->state_root, &device_key, error))
    return FALSE;
  *epoch = find_latest_epoch (self) + 1;
  cb_key_random (&self->keys->next);
  cb_store_key_file_make (&file, self->store_id, *epoch, self->recovery_public, &self->keys->next,
                          &device_key);
  if (!cb_store_key_file_write (path, &file, error))
    return FALSE;
  self->next_epoch = *epoch;

  return TRUE;
}

/* By this device's key, and as what it says to be. */
static gboolean
unlock_from (CbVault *self, const char *path, GError **error)
{
  g_auto (CbKey) device_key = { 0 };
  g_auto (CbKey) store_key = { 0 };
  CbStoreKeyFile file;

  if (!cb_device_key_load (self->state_root, &device_key, error) ||
      !cb_store_key_file_read (path, &file, error) ||
      !cb_store_key_file_open (&file, self->store_id, &device_key, &store_key, error))
    return FALSE;
  cb_vault_hold_keys (self, cb_store_key_file_get_epoch (&file), file.recovery_public, &store_key);
  self->proven = TRUE;

  return TRUE;
}

gboolean
cb_vault_unlock_restored (CbVault *self, GError **error)
{
  g_autofree char *path = dup_restored_path (self);

  return unlock_from (self, path, error);
}

gboolean
cb_vault_unlock_unasked (CbVault *self, gboolean is_next, GError **error)
{
  return unlock_from (self, is_next ? self->next_path : self->key_path, error);
}

static gboolean
set_aside (const char *path, GError **error)
{
  g_autofree char *replaced = dup_replaced_path (path);

  return !g_file_test (path, G_FILE_TEST_EXISTS) || cb_files_move_over (path, replaced, error);
}

gboolean
cb_vault_put_restored (CbVault *self, GError **error)
{
  g_autofree char *path = dup_restored_path (self);

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return TRUE;

  return set_aside (self->next_path, error) && set_aside (self->key_path, error) &&
         cb_files_move_over (path, self->key_path, error);
}

gboolean
cb_vault_drop_restored (CbVault *self, GError **error)
{
  g_autofree char *path = dup_restored_path (self);

  return cb_files_erase (path, error);
}

gboolean
cb_vault_drop_replaced (CbVault *self, GError **error)
{
  g_autofree char *key = dup_replaced_path (self->key_path);
  g_autofree char *next = dup_replaced_path (self->next_path);

  return cb_files_erase (key, error) && cb_files_erase (next, error);
}
