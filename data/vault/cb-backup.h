/* SPDX-License-Identifier: Apache-2.0 */

/* The keys' side of back-ups: a sealed file that begins with what it is of and the store key that
 * opens it, and how the key of a store that was put back comes into its place.
 *
 * A store that is put back gets a new store key, of a later epoch than any that is known here. It
 * is written beside the others, under a name that nothing else looks at, until the database that it
 * opens is in its place; only then it takes theirs, and theirs are kept aside until the store has
 * been opened with it. */

#pragma once

#include "vault/cb-sealed-file.h"

G_BEGIN_DECLS

typedef struct
{
  char store_id[33];
  guint schema;
  guint64 epoch;
  gint64 made_us;
  guint64 length; /* bytes of the database, which follow */
  CbKey store_key;
} CbBackupHead;

void cb_backup_head_clear (CbBackupHead *head);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CbBackupHead, cb_backup_head_clear)

/* The vault is unlocked. Store id, epoch and key are its own; the caller fills in the rest. */
CbSealedWriter *cb_vault_begin_backup (CbVault *self,
                                       const char *path,
                                       CbBackupHead *head,
                                       GError **error);

/* By this device's key; when that is another, or lost, by the code, which may be NULL. Answers the
 * reader where the database begins. */
CbSealedReader *cb_backup_open (const char *state_root,
                                const char *path,
                                const char *code,
                                CbBackupHead *head,
                                GError **error);

/* The key in store.key, or in the next one's file, of whatever epoch it is: for a database that
 * can't be asked any more which it names. Nothing is tidied by it. */
gboolean cb_vault_unlock_unasked (CbVault *self, gboolean is_next, GError **error);

/* --- a store that is put back --- */

/* Leaves the vault unlocked with the back-up's key, which no file here holds. */
void cb_vault_adopt (CbVault *self, const CbBackupHead *head, const guint8 *recovery_public);

/* Makes the new key and its file for this device, making a device key when there is none; then
 * cb_vault_rewrap() wraps with it. `epoch` is what the database is to name. */
gboolean cb_vault_prepare_restored (CbVault *self, guint64 *epoch, GError **error);

/* After the transaction that re-wrapped: opens that file as a later opening would. */
gboolean cb_vault_unlock_restored (CbVault *self, GError **error);

/* The names change places; once, again after a crash, or when it was done already. */
gboolean cb_vault_put_restored (CbVault *self, GError **error);

/* It comes to nothing after all. Not once anything has been decided. */
gboolean cb_vault_drop_restored (CbVault *self, GError **error);

/* The store has been opened: what was kept aside goes. */
gboolean cb_vault_drop_replaced (CbVault *self, GError **error);

G_END_DECLS
