/* SPDX-License-Identifier: Apache-2.0 */

/* The keys of one store, and sealing with them.
 *
 *   device key   32 random bytes per user: $CREDENTIALS_DIRECTORY/counterbook.key, else device.key
 *                in the state root, 0600. Wraps the store key; keys the PIN hash.
 *   store key    random, one per epoch; in <state>/<store-id>/store.key, wrapped twice: by the
 *                device key (XChaCha20-Poly1305) and to the recovery code's public key
 *                (crypto_box_seal, so that a rotation needs no code). Wraps every other key.
 *   other keys   random, kept by the caller in the database, wrapped by the store key: one per
 *                customer, and the store's own ("book", "local", "chain", "terminal").
 *
 * Rotation is crash-safe: cb_vault_prepare_rotation() writes store.key.next and syncs it and its
 * directory; the caller re-wraps every key and sets the new epoch in one transaction; then
 * cb_vault_finish_rotation() renames. On unlock the epoch the database names chooses the file,
 * so a crash at any point leaves exactly one store key that opens. What the crash left is tidied
 * when the first key has been unwrapped, which proves that the epoch was the right one. From
 * prepare to finish or abandon the vault holds <state>/<store-id>/rotate.lock, and nobody else
 * tidies.
 *
 * A key in store.key.next that the database does not name yet is never thrown away: its transaction
 * may have committed unseen. The next rotation uses it instead of making another.
 *
 * Another process may rotate while this one is unlocked. Whatever wraps a key in a transaction
 * compares the epoch in the database with cb_vault_get_key_epoch() in that same transaction, and
 * unlocks anew with the database's when they differ; unlocking an unlocked vault is allowed.
 *
 * A vault belongs to one thread at a time (cb-store). Key bytes live in locked memory while it is
 * unlocked and are wiped by cb_vault_lock() and finalisation. It refuses to invent a key where one
 * should be found: CB_STORE_ERROR_NO_KEY. A seal that does not open is CB_STORE_ERROR_CORRUPT.
 * Standards: XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha), Argon2id (RFC 9106), BLAKE2b (RFC 7693).
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define CB_KEY_BYTES 32

/* By value, on the stack or in a struct; g_auto (CbKey) wipes it when the scope ends. */
typedef struct
{
  guint8 bytes[CB_KEY_BYTES];
} CbKey;

void cb_key_clear (CbKey *key);
void cb_key_random (CbKey *key);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CbKey, cb_key_clear)

#define CB_TYPE_VAULT (cb_vault_get_type ())
G_DECLARE_FINAL_TYPE (CbVault, cb_vault, CB, VAULT, GObject)

/* `state_root` is $XDG_STATE_HOME/counterbook: device.key lies there, and the folder <store_id>,
 * which must be a valid id. */
CbVault *cb_vault_new (const char *state_root, const char *store_id);

/* For a new store: makes the device key when this user has none, a store key of epoch 1 and a
 * recovery code, writes store.key, and leaves the vault unlocked. Returns the code, eight groups of
 * letters and digits that are hard to confuse, to be shown once; cb_text_wipe() it. Refuses with
 * CB_STORE_ERROR_FAILED when there is a store key. */
char *cb_vault_create (CbVault *self, GError **error);

/* Opens the store key of the epoch that the database names, from store.key or store.key.next.
 * CB_STORE_ERROR_NO_KEY when there is no device key, when
 * another device's key wrapped the file, or when no file is of that epoch: the last happens once in
 * a while when another process rotates, and reading the epoch again and retrying helps. */
gboolean cb_vault_unlock (CbVault *self, guint64 key_epoch, GError **error);

/* The same when the device key is lost: makes a new device key and wraps the store key by it. PIN
 * hashes that the old device key went into are worthless afterwards: PINs have to be set anew.
 * CB_STORE_ERROR_INVALID when the code is mistyped, NO_KEY when it is another store's. */
gboolean cb_vault_unlock_with_recovery (CbVault *self,
                                        guint64 key_epoch,
                                        const char *code,
                                        GError **error);

void cb_vault_lock (CbVault *self);
gboolean cb_vault_is_unlocked (CbVault *self);
guint64 cb_vault_get_key_epoch (CbVault *self);

/* Wrapping: 24-byte nonce, ciphertext, tag; "key" and `name` are bound in. */
GBytes *cb_vault_wrap (CbVault *self, const char *name, const CbKey *key);
gboolean cb_vault_unwrap (CbVault *self,
                          const char *name,
                          GBytes *wrapped,
                          CbKey *key,
                          GError **error);

/* Rotation; see above. While prepared, cb_vault_rewrap() opens with the current store key and wraps
 * with the next. finish() makes the next one current; abandon() goes on with the old one, and
 * leaves store.key.next for the next rotation to use: a transaction that reported a failure may yet
 * be found done after a power cut. CB_STORE_ERROR_BUSY when another process is rotating, or has
 * since this vault was unlocked, or nothing has been unwrapped yet that would allow to tidy first.
 * After finish() the next key is current even when it says FALSE: the database names it already,
 * and the next unlock finds it where it is. */
gboolean cb_vault_prepare_rotation (CbVault *self, guint64 *next_epoch, GError **error);
GBytes *cb_vault_rewrap (CbVault *self, const char *name, GBytes *wrapped, GError **error);
gboolean cb_vault_finish_rotation (CbVault *self, GError **error);

/* From the next rotation on the store key is sealed to another recovery code, which is the answer;
 * cb_text_wipe() it. A next key that a crash left is sealed to the old one still: rotate once
 * before.
 */
char *cb_vault_renew_recovery (CbVault *self);
void cb_vault_abandon_rotation (CbVault *self);

/* Argon2id (libsodium INTERACTIVE) over HMAC-SHA-256 (device key, staff id || 0 || PIN): a copied
 * database gives no PIN. Takes about 0.15 s. cb_vault_check_pin() answers FALSE without error for a
 * wrong PIN. Both work while the vault is locked; they need only the device key. */
char *cb_vault_hash_pin (CbVault *self, const char *staff_id, const char *pin, GError **error);
gboolean cb_vault_check_pin (CbVault *self,
                             const char *staff_id,
                             const char *pin,
                             const char *hash,
                             GError **error);

/* Six digits; not one digit repeated, a run up or down, a pattern, a year 19xx or 20xx at either
 * end, or one of the commonest PINs. CB_STORE_ERROR_INVALID; the message names the rule and nothing
 * of the PIN. */
gboolean cb_pin_is_acceptable (const char *pin, GError **error);

G_END_DECLS
