/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "vault/cb-vault.h"

#include "base/cb-error.h"
#include "base/cb-files.h"
#include "vault/cb-device-key.h"
#include "vault/cb-store-key.h"
#include "vault/cb-vault-private.h"

#include <sodium.h>
#include <string.h>
#include <unistd.h>

/* How long to wait for rotate.lock: another process has it for a moment when it tidies, and for one
 * transaction when it rotates. */
#define PATIENCE_US (G_USEC_PER_SEC)
#define NAP_US 10000

/* Says in the log what could not be tidied; the next unlock tries again. */
static void
note_failure (gboolean done, GError *error)
{
  if (!done)
    g_message ("cannot tidy the store keys: %s", error->message);

  g_clear_error (&error);
}

static void
erase_quietly (const char *path)
{
  GError *error = NULL;

  note_failure (cb_files_erase (path, &error), error);
}

/* What a crash leaves of a file that was being written. */
static char *
part_path (const char *path)
{
  return g_strconcat (path, ".part", NULL);
}

static void
erase_part (const char *path)
{
  g_autofree char *part = part_path (path);

  erase_quietly (part);
}

/* The epoch of this vault was the database's, and epochs only grow. So a next key of this
 * epoch is the current one, whose rename a crash prevented, and an earlier one is of no use to
 * anybody. A later one stays: by now the database may name it, though it did not a moment ago. */
static void
settle (CbVault *self)
{
  CbStoreKeyFile next;
  GError *error = NULL;

  erase_part (self->key_path);
  erase_part (self->next_path);

  if (!cb_store_key_file_read (self->next_path, &next, NULL))
    return;

  if (cb_store_key_file_get_epoch (&next) == self->epoch)
    note_failure (cb_files_move_over (self->next_path, self->key_path, &error), error);
  else if (cb_store_key_file_get_epoch (&next) < self->epoch)
    erase_quietly (self->next_path);
}

/* Whether anything lies beside the store key: as a rule nothing does, and no lock has to be taken.
 */
static gboolean
is_untidy (CbVault *self)
{
  g_autofree char *key_part = part_path (self->key_path);
  g_autofree char *next_part = part_path (self->next_path);

  return g_file_test (self->next_path, G_FILE_TEST_EXISTS) ||
         g_file_test (key_part, G_FILE_TEST_EXISTS) || g_file_test (next_part, G_FILE_TEST_EXISTS);
}

/* Whoever holds the lock is rotating and cleans up behind itself. */
void
cb_vault_prove (CbVault *self)
{
  int lock = -1;

  self->proven = TRUE;
  if (!is_untidy (self))
    return;

  lock = cb_files_lock (self->lock_path, TRUE, FALSE, NULL);
  if (lock < 0)
    return;

  settle (self);
  close (lock);
}

void
cb_vault_forget_rotation (CbVault *self)
{
  if (self->keys != NULL)
    cb_key_clear (&self->keys->next);

  self->next_epoch = 0;

  if (self->rotation_lock >= 0)
    close (self->rotation_lock);
  self->rotation_lock = -1;
}

/* With the lock held: is the key this vault holds still the one in store.key? */
static gboolean
is_still_current (CbVault *self, GError **error)
{
  CbStoreKeyFile file;

  if (!cb_store_key_file_read (self->key_path, &file, error))
    return FALSE;
  if (cb_store_key_file_get_epoch (&file) == self->epoch)
    return TRUE;

  g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_BUSY,
                       "cannot rotate the store key: another one is in its place");

  return FALSE;
}

/* A next key that a crash left is used, never replaced: if its transaction had committed after all,
 * replacing it would lose every key in the database. In that case the caller's transaction finds
 * that the epoch is no longer ours, and nothing has been lost. */
static gboolean
make_or_find_next (CbVault *self, const CbKey *device_key, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  CbStoreKeyFile file;

  if (cb_store_key_file_read (self->next_path, &file, &local_error))
    {
      if (cb_store_key_file_get_epoch (&file) != self->epoch + 1)
        {
          g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_CORRUPT,
                               "cannot rotate the store key: the next one is of a later epoch");
          return FALSE;
        }

      return cb_store_key_file_open (&file, self->store_id, device_key, &self->keys->next, error);
    }

  if (!g_error_matches (local_error, CB_STORE_ERROR, CB_STORE_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  cb_key_random (&self->keys->next);
  cb_store_key_file_make (&file, self->store_id, self->epoch + 1, self->recovery_public,
                          &self->keys->next, device_key);

  return cb_store_key_file_write (self->next_path, &file, error);
}

static gboolean
prepare_with_lock (CbVault *self, GError **error)
{
  g_auto (CbKey) device_key = { 0 };

  if (self->proven)
    settle (self);

  return is_still_current (self, error) &&
         cb_device_key_load (self->state_root, &device_key, error) &&
         make_or_find_next (self, &device_key, error);
}

static int
take_rotation_lock (CbVault *self, GError **error)
{
  gint64 deadline_us = g_get_monotonic_time () + PATIENCE_US;
  int lock = -1;

  while (lock < 0)
    {
      g_autoptr (GError) local_error = NULL;

      lock = cb_files_lock (self->lock_path, TRUE, FALSE, &local_error);
      if (lock < 0 && (g_get_monotonic_time () >= deadline_us ||
                       !g_error_matches (local_error, CB_STORE_ERROR, CB_STORE_ERROR_BUSY)))
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          break;
        }
      if (lock < 0)
        g_usleep (NAP_US);
    }

  return lock;
}

gboolean
cb_vault_prepare_rotation (CbVault *self, guint64 *next_epoch, GError **error)
{
  g_return_val_if_fail (CB_IS_VAULT (self), FALSE);
  g_return_val_if_fail (self->keys != NULL, FALSE);
  g_return_val_if_fail (self->next_epoch == 0, FALSE);

  self->rotation_lock = take_rotation_lock (self, error);
  if (self->rotation_lock < 0)
    return FALSE;

  if (!prepare_with_lock (self, error))
    {
      cb_vault_forget_rotation (self);
      return FALSE;
    }

  self->next_epoch = self->epoch + 1;
  if (next_epoch != NULL)
    *next_epoch = self->next_epoch;

  return TRUE;
}

gboolean
cb_vault_finish_rotation (CbVault *self, GError **error)
{
  gboolean moved = FALSE;

  g_return_val_if_fail (CB_IS_VAULT (self), FALSE);
  g_return_val_if_fail (self->next_epoch > 0, FALSE);

  moved = cb_files_move_over (self->next_path, self->key_path, error);
  if (!moved)
    g_prefix_error_literal (error, "cannot put the next store key in place: ");

  self->keys->current = self->keys->next;
  self->epoch = self->next_epoch;
  cb_vault_forget_rotation (self);

  return moved;
}

char *
cb_vault_renew_recovery (CbVault *self)
{
  g_auto (CbRecoveryCode) code = { 0 };
  g_auto (CbRecoveryPair) pair = { 0 };

  g_return_val_if_fail (self->keys != NULL, NULL);

  cb_recovery_code_random (&code);
  cb_recovery_pair_derive (&code, &pair);
  memcpy (self->recovery_public, pair.public_key, sizeof self->recovery_public);

  return cb_recovery_code_write (&code);
}

/* The file stays. A commit that reports a failure may still be found done after a power cut, and
 * then this key is the only one that opens; if not, the next rotation uses it. */
void
cb_vault_abandon_rotation (CbVault *self)
{
  g_return_if_fail (CB_IS_VAULT (self));
  g_return_if_fail (self->next_epoch > 0);

  cb_vault_forget_rotation (self);
}
