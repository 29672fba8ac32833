/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include <sodium.h>
#include <string.h>

#include "store/cb-book-private.h"

#include "base/cb-error.h"
#include "vault/cb-backup.h"

/* The setting that says whether something was erased under the store key that is still in use. It
 * is committed with the erasure, so that no crash can make anybody forget it. */
#define ROTATION "rotation"
#define ROTATION_TRIES 3

/* A transaction sees the database as it was when it began; by then another process may have put its
 * new store key in place and removed the one that this sees the epoch of. The next try sees the
 * new epoch. */
#define UNLOCK_TRIES 3

/* --- keys --- */

static gboolean
unwrap_store_key (CbBook *self, const char *name, CbKey *key, gboolean *found, GError **error)
{
  static const char SQL_GET_KEY[] = "SELECT wrapped FROM vault_key WHERE name = ?1";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_GET_KEY);
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GBytes) wrapped = NULL;

  *found = FALSE;
  cb_stmt_bind_text (stmt, 1, name);
  if (!cb_stmt_next (stmt, &local_error))
    {
      if (local_error == NULL)
        return TRUE;
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  wrapped = cb_stmt_dup_bytes (stmt, 0);
  *found = TRUE;
  return cb_vault_unwrap (self->vault, name, wrapped, key, error);
}

static gboolean
unwrap_store_keys (CbBook *self, CbBookKeys *keys, GError **error)
{
  gboolean has_book;
  gboolean has_local;
  gboolean has_audit;

  if (!unwrap_store_key (self, "book", &keys->book, &has_book, error) ||
      !unwrap_store_key (self, "local", &keys->local, &has_local, error) ||
      !unwrap_store_key (self, "audit", &keys->audit, &has_audit, error) ||
      !unwrap_store_key (self, "chain", &keys->chain, &keys->has_chain, error))
    return FALSE;
  if (has_book && has_local && has_audit)
    return TRUE;
  g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_CORRUPT, "the store's own keys are missing");
  return FALSE;
}

static guint64
read_key_epoch (CbBook *self, GError **error)
{
  g_autofree char *epoch = cb_book_dup_setting (self, "key-epoch", error);

  return epoch != NULL ? g_ascii_strtoull (epoch, NULL, 10) : 0;
}

void
cb_book_wipe_keys (CbBook *self)
{
  if (self->keys != NULL)
    sodium_free (self->keys);
  self->keys = NULL;
}

/* By the epoch that the running transaction sees. */
static gboolean
unlock (CbBook *self, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  guint64 epoch = read_key_epoch (self, &local_error);

  if (local_error == NULL && self->keys != NULL && cb_vault_get_key_epoch (self->vault) == epoch)
    return TRUE;
  if (local_error == NULL &&
      !(cb_vault_is_unlocked (self->vault) && cb_vault_get_key_epoch (self->vault) == epoch))
    cb_vault_unlock (self->vault, epoch, &local_error);
  if (local_error == NULL && self->keys == NULL)
    {
      self->keys = sodium_malloc (sizeof (CbBookKeys));
      g_assert (self->keys != NULL);
      memset (self->keys, 0, sizeof (CbBookKeys));
      if (!unwrap_store_keys (self, self->keys, &local_error))
        cb_book_wipe_keys (self);
    }
  return !cb_error_hand_on (&local_error, error);
}

gboolean
cb_book_begin_unlocked (CbBook *self, gboolean (*begin) (CbDb *, GError **), GError **error)
{
  g_autoptr (GError) local_error = NULL;

  for (guint i = 0; i < UNLOCK_TRIES; i++)
    {
      g_clear_error (&local_error);
      if (!begin (self->db, error))
        return FALSE;
      if (unlock (self, &local_error))
        return TRUE;
      cb_db_rollback (self->db);
      if (!g_error_matches (local_error, CB_STORE_ERROR, CB_STORE_ERROR_NO_KEY))
        break;
    }
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

gboolean
cb_book_unlock (CbBook *self, GError **error)
{
  if (cb_db_is_in_transaction (self->db))
    return unlock (self, error);
  if (!cb_book_begin_unlocked (self, cb_db_begin_read, error))
    return FALSE;
  cb_db_rollback (self->db);
  return TRUE;
}

void
cb_book_lock (CbBook *self)
{
  cb_book_part (self);
  cb_book_drop_index (self);
  cb_book_wipe_keys (self);
  cb_vault_lock (self->vault);
}

static gboolean
unwrap_customer_key (CbBook *self, const char *customer, CbKey *key, GError **error)
{
  static const char SQL_GET_CUSTOMER_KEY[] = "SELECT key FROM customer WHERE id = ?1";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_GET_CUSTOMER_KEY);
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GBytes) wrapped = NULL;

  cb_stmt_bind_text (stmt, 1, customer);
  if (cb_stmt_next (stmt, &local_error))
    {
      wrapped = cb_stmt_dup_bytes (stmt, 0);
      return cb_vault_unwrap (self->vault, customer, wrapped, key, error);
    }
  if (local_error == NULL)
    g_set_error (&local_error, CB_STORE_ERROR, CB_STORE_ERROR_NOT_FOUND,
                 "no such customer on this terminal");
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

/* One act asks for one key many times. It is remembered for as long as nobody else can have taken
 * the customer away: in the transaction that read it, and in locked memory. */
gboolean
cb_book_get_customer_key (CbBook *self, const char *customer, CbKey *key, GError **error)
{
  guint64 transaction = cb_db_get_transaction (self->db);
  CbBookKeys *keys = self->keys;

  if (keys != NULL && transaction != 0 && keys->customer_transaction == transaction &&
      g_str_equal (keys->customer_id, customer))
    {
      *key = keys->customer;
      return TRUE;
    }
  if (!unwrap_customer_key (self, customer, key, error))
    return FALSE;
  if (keys != NULL && transaction != 0)
    {
      keys->customer = *key;
      keys->customer_transaction = transaction;
      g_strlcpy (keys->customer_id, customer, sizeof keys->customer_id);
    }
  return TRUE;
}

void
cb_book_forget_customer_key (CbBook *self)
{
  if (self->keys == NULL)
    return;
  cb_key_clear (&self->keys->customer);
  self->keys->customer_id[0] = '\0';
  self->keys->customer_transaction = 0;
}

GBytes *
cb_book_hash_contact (const CbKey *key, const char *kind, const char *normal)
{
  return cb_keyed_hash (key, kind, normal);
}

/* --- rotation --- */

typedef struct
{
  char *name;
  GBytes *wrapped;
} WrappedKey;

static void
wrapped_key_free (gpointer data)
{
  WrappedKey *key = data;

  g_free (key->name);
  g_bytes_unref (key->wrapped);
  g_free (key);
}

/* All before the first is changed: a table that is changed under a cursor may show a row twice. */
static GPtrArray *
rewrap_each (CbBook *self, const char *select, gboolean spares_damaged, GError **error)
{
  g_autoptr (CbStmt) rows = cb_db_prepare (self->db, select);
  g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func (wrapped_key_free);
  g_autoptr (GError) local_error = NULL;

  while (local_error == NULL && cb_stmt_next (rows, &local_error))
    {
      g_autoptr (GBytes) old = cb_stmt_dup_bytes (rows, 1);
      GBytes *wrapped = cb_vault_rewrap (self->vault, cb_stmt_text (rows, 0), old, &local_error);
      WrappedKey *key;

      if (wrapped == NULL && spares_damaged &&
          g_error_matches (local_error, CB_STORE_ERROR, CB_STORE_ERROR_CORRUPT))
        {
          g_clear_error (&local_error);
          continue;
        }
      if (wrapped == NULL)
        break;
      key = g_new0 (WrappedKey, 1);
      key->name = g_strdup (cb_stmt_text (rows, 0));
      key->wrapped = wrapped;
      g_ptr_array_add (keys, key);
    }
  return cb_error_hand_on (&local_error, error) ? NULL : g_steal_pointer (&keys);
}

static gboolean
rewrap_rows (CbBook *self,
             const char *select,
             const char *update,
             gboolean spares_damaged,
             GError **error)
{
  g_autoptr (GPtrArray) keys = rewrap_each (self, select, spares_damaged, error);
  g_autoptr (CbStmt) change = cb_db_prepare (self->db, update);

  for (guint i = 0; keys != NULL && i < keys->len; i++)
    {
      WrappedKey *key = g_ptr_array_index (keys, i);

      cb_stmt_bind_text (change, 1, key->name);
      cb_stmt_bind_bytes (change, 2, key->wrapped);
      if (!cb_stmt_run (change, error))
        return FALSE;
      cb_stmt_again (change);
    }
  return keys != NULL;
}

/* `before` is the epoch that the database names now. */
static gboolean
rewrap_all (CbBook *self, guint64 before, guint64 epoch, GError **error)
{
  static const char SQL_LIST_STORE_KEYS[] = "SELECT name, wrapped FROM vault_key";
  static const char SQL_SET_STORE_KEY[] = "UPDATE vault_key SET wrapped = ?2 WHERE name = ?1";
  static const char SQL_LIST_CUSTOMER_KEYS[] = "SELECT id, key FROM customer";
  static const char SQL_SET_CUSTOMER_KEY[] = "UPDATE customer SET key = ?2 WHERE id = ?1";
  g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT, epoch);
  g_autoptr (GError) local_error = NULL;
  guint64 current;
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_db_begin (self->db, error))
    return FALSE;
  transaction = self->db;
  current = read_key_epoch (self, &local_error);
  if (cb_error_hand_on (&local_error, error))
    return FALSE;
  /* A next key that a crash left may have been the current one for a moment: then nothing here is
   * wrapped by what the vault believes to be current, and nothing is touched. */
  if (current != before)
    {
      g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_BUSY, "another process has rotated");
      return FALSE;
    }
  /* The store's own keys prove that the vault's is the right one. A customer's that does not open
   * by it is damaged for good, and must not keep the others from being erased. */
  if (!rewrap_rows (self, SQL_LIST_STORE_KEYS, SQL_SET_STORE_KEY, FALSE, error) ||
      !rewrap_rows (self, SQL_LIST_CUSTOMER_KEYS, SQL_SET_CUSTOMER_KEY, TRUE, error) ||
      !cb_book_set_setting (self, "key-epoch", text, error) ||
      !cb_book_set_setting (self, ROTATION, "done", error) ||
      !cb_book_audit (self, NULL, "keys.rotate", NULL, NULL, NULL, error))
    return FALSE;
  transaction = NULL;
  return cb_db_commit (self->db, error);
}

gboolean
cb_book_want_rotation (CbBook *self, GError **error)
{
  return cb_book_set_setting (self, ROTATION, "due", error);
}

gboolean
cb_book_rotate_if_due (CbBook *self, GError **error)
{
  g_autoptr (GError) local_error = NULL;

  for (guint i = 0; i < ROTATION_TRIES; i++)
    {
      g_autofree char *state = NULL;

      g_clear_error (&local_error);
      state = cb_book_dup_setting (self, ROTATION, &local_error);
      if (local_error == NULL &&
          (g_strcmp0 (state, "due") != 0 || cb_book_rotate (self, &local_error)))
        return TRUE;
      /* Busy is another process that rotates, as a rule after the same erasure. */
      if (!g_error_matches (local_error, CB_STORE_ERROR, CB_STORE_ERROR_BUSY))
        break;
    }
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

gboolean
cb_book_rotate (CbBook *self, GError **error)
{
  guint64 epoch;

  if (!cb_book_unlock (self, error) || !cb_vault_prepare_rotation (self->vault, &epoch, error))
    return FALSE;
  if (!rewrap_all (self, epoch - 1, epoch, error))
    {
      cb_vault_abandon_rotation (self->vault);
      return FALSE;
    }
  return cb_vault_finish_rotation (self->vault, error);
}

static gboolean
note_reseal (CbBook *self, CbStaff *actor, gboolean is_code_new, GError **error)
{
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_begin (self, error))
    return FALSE;
  transaction = self->db;
  if (!cb_book_audit (self, actor, "store.reseal", NULL, NULL, is_code_new ? "code" : NULL, error))
    return FALSE;
  transaction = NULL;
  return cb_book_commit (self, error);
}

/* The first rotation uses up what a crash may have left; the new code goes into the second. */
gboolean
cb_book_reseal (CbBook *self, CbStaff *actor, char **recovery_code, GError **error)
{
  char *code = NULL;

  if (actor != NULL && !cb_book_require (self, actor, CB_ACT_BACK_UP, error))
    return FALSE;
  if (!note_reseal (self, actor, recovery_code != NULL, error) || !cb_book_rotate (self, error))
    return FALSE;
  if (recovery_code == NULL)
    return TRUE;
  code = cb_vault_renew_recovery (self->vault);
  if (cb_book_rotate (self, error))
    {
      *recovery_code = code;
      return TRUE;
    }
  cb_text_wipe (code);
  return FALSE;
}

/* Its next store key lies where nobody looks, and is opened from there. */
static gboolean
rotate_restored (CbBook *self, GError **error)
{
  guint64 epoch;

  if (!cb_vault_prepare_restored (self->vault, &epoch, error) ||
      !rewrap_all (self, cb_vault_get_key_epoch (self->vault), epoch, error))
    return FALSE;
  cb_book_wipe_keys (self);
  return cb_vault_unlock_restored (self->vault, error) && cb_book_unlock (self, error);
}

gboolean
cb_book_prove_restored (CbBook *self, GError **error)
{
  guint n_rows = 0;

  return rotate_restored (self, error) && cb_book_verify_audit (self, &n_rows, error) &&
         cb_db_check_integrity (self->db, error) && cb_db_checkpoint (self->db, TRUE, error);
}
