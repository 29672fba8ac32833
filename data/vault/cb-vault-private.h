/* SPDX-License-Identifier: Apache-2.0 */

/* The vault's insides, for the files that make it up: cb-vault.c (creating, opening, wrapping) and
 * cb-vault-rotation.c (the files of two epochs). */

#pragma once

#include "vault/cb-store-key.h"
#include "vault/cb-vault.h"

G_BEGIN_DECLS

/* In memory from sodium_malloc(): locked where the system lets us, left out of core dumps, with
 * guard pages on both sides. */
typedef struct
{
  CbKey current;
  CbKey next;
} CbVaultKeys;

struct _CbVault
{
  GObject parent_instance;

  char *state_root;
  char *store_id;
  char *directory;
  char *key_path;
  char *next_path;
  char *lock_path;

  /* NULL while locked. */
  CbVaultKeys *keys;
  guint64 epoch;
  guint8 recovery_public[CB_RECOVERY_PUBLIC_BYTES];

  /* A key from the database has opened, so this epoch is or was the database's. Before that the
   * caller's word alone must not make us destroy the key of another epoch. */
  gboolean proven;

  /* A rotation under way: the descriptor that holds rotate.lock, or -1, and the next epoch, or 0.
   */
  int rotation_lock;
  guint64 next_epoch;
};

/* Takes over a copy of the key, in the place of what is held. */
void cb_vault_hold_keys (CbVault *self,
                         guint64 epoch,
                         const guint8 *recovery_public,
                         const CbKey *store_key);

/* A key from the database has opened, which shows that the epoch we were told is right, and so what
 * may be tidied: it is done now. */
void cb_vault_prove (CbVault *self);

/* Forgets a rotation without touching its files. */
void cb_vault_forget_rotation (CbVault *self);

G_END_DECLS
