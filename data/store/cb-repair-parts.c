/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "store/cb-repair-private.h"

#include "base/cb-error.h"
#include "store/cb-book-private.h"

#define RECKONED_AT_ONCE 200

/* --- the store's own keys --- */

static const char *const own_keys[] = { "book", "local", "audit" };

gboolean
cb_repair_has_key (CbBook *self, const char *name)
{
  static const char SQL_HAS_KEY[] = "SELECT EXISTS (SELECT 1 FROM vault_key WHERE name = ?1)";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_HAS_KEY);

  cb_stmt_bind_text (stmt, 1, name);
  return cb_stmt_next (stmt, NULL) && cb_stmt_int (stmt, 0) != 0;
}

/* The chain's key comes with enrolment. */
static gboolean
is_any_missing (CbBook *self)
{
  g_autofree char *service = cb_book_dup_setting (self, "service", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (own_keys); i++)
    {
      if (!cb_repair_has_key (self, own_keys[i]))
        return TRUE;
    }
  return service != NULL && !cb_repair_has_key (self, "chain");
}

gboolean
cb_repair_add_key (CbBook *self, const char *name, const CbKey *key, GError **error)
{
  static const char SQL_ADD_KEY[] = "INSERT INTO vault_key (name, wrapped) VALUES (?1, ?2)";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_ADD_KEY);
  g_autoptr (GBytes) wrapped = cb_vault_wrap (self->vault, name, key);

  cb_stmt_bind_text (stmt, 1, name);
  cb_stmt_bind_bytes (stmt, 2, wrapped);
  return cb_stmt_run (stmt, error);
}

gboolean
cb_repair_complete_keys (CbBook *self, const char *home, guint *n_renewed, GError **error)
{
  if (is_any_missing (self) && !cb_repair_borrow_keys (self, home, error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (own_keys); i++)
    {
      g_auto (CbKey) key = { 0 };

      if (cb_repair_has_key (self, own_keys[i]))
        continue;
      cb_key_random (&key);
      if (!cb_repair_add_key (self, own_keys[i], &key, error))
        return FALSE;
      (*n_renewed)++;
    }
  return TRUE;
}

/* --- the hashes by which somebody is found exactly --- */

static gboolean
hash_one (CbBook *self, const char *id, const char *kind, const char *value, GError **error)
{
  static const char SQL_SET_CONTACT[] = "UPDATE contact SET local_hash = ?2 WHERE id = ?1";
  static const char SQL_SET_NUMBER[] = "UPDATE card_number SET local_hash = ?2 WHERE id = ?1";
  g_autoptr (CbStmt) stmt =
    cb_db_prepare (self->db, kind != NULL ? SQL_SET_CONTACT : SQL_SET_NUMBER);
  char *normal = kind != NULL ? cb_book_normalise_contact (self, kind, value) : NULL;
  g_autoptr (GBytes) hash = kind != NULL ? cb_book_hash_contact (&self->keys->local, kind, normal)
                                         : cb_book_hash_card_number (self, value);

  cb_text_wipe (normal);
  cb_stmt_bind_text (stmt, 1, id);
  cb_stmt_bind_bytes (stmt, 2, hash);
  return cb_stmt_run (stmt, error);
}

gboolean
cb_repair_hashes (CbBook *self, GError **error)
{
  static const char SQL_LIST_VALUES[] =
    "SELECT id, customer, kind, value, 'contact.value' FROM contact"
    " UNION ALL SELECT id, customer, NULL, value, 'card_number.value' FROM card_number";
  g_autoptr (CbStmt) rows = cb_db_prepare (self->db, SQL_LIST_VALUES);
  g_autoptr (GError) local_error = NULL;

  while (local_error == NULL && cb_stmt_next (rows, &local_error))
    {
      gsize length;
      const void *sealed = cb_stmt_blob (rows, 3, &length);
      g_auto (CbKey) key = { 0 };
      char *value = NULL;

      if (cb_book_get_customer_key (self, cb_stmt_text (rows, 1), &key, &local_error))
        value = cb_unseal_text (&key, cb_stmt_text (rows, 4), cb_stmt_text (rows, 0), sealed,
                                length, &local_error);
      if (value != NULL)
        hash_one (self, cb_stmt_text (rows, 0), cb_stmt_text (rows, 2), value, &local_error);
      cb_text_wipe (value);
    }
  return !cb_error_hand_on (&local_error, error);
}

/* --- what rows refer to --- */

/* As one statement each: names come from this build's schema, and row numbers are numbers. */
static GPtrArray *
list_dangling (CbBook *self, GError **error)
{
  static const char SQL_LIST_DANGLING[] =
    "SELECT CASE f.on_delete WHEN 'SET NULL'"
    "  THEN format ('UPDATE \"%w\" SET \"%w\" = NULL WHERE rowid = %d', c.\"table\", f.\"from\", c.rowid)"
    "  ELSE format ('DELETE FROM \"%w\" WHERE rowid = %d', c.\"table\", c.rowid) END"
    " FROM pragma_foreign_key_check AS c JOIN pragma_foreign_key_list (c.\"table\") AS f"
    "  ON f.id = c.fkid WHERE c.rowid IS NOT NULL";
  g_autoptr (CbStmt) rows = cb_db_prepare (self->db, SQL_LIST_DANGLING);
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) local_error = NULL;

  while (cb_stmt_next (rows, &local_error))
    g_ptr_array_add (list, g_strdup (cb_stmt_text (rows, 0)));
  return cb_error_hand_on (&local_error, error) ? NULL : g_steal_pointer (&list);
}

gboolean
cb_repair_references (CbBook *self, GError **error)
{
  static const char SQL_COUNT_ON[] =
    "UPDATE counter SET value = max(value, (SELECT coalesce(max(turn), 0) FROM outbox))"
    " WHERE name = 'turn'";
  g_autoptr (GPtrArray) dangling = NULL;

  if (!cb_db_run (self->db, SQL_COUNT_ON, error))
    return FALSE;
  dangling = list_dangling (self, error);
  for (guint i = 0; dangling != NULL && i < dangling->len; i++)
    {
      if (!cb_db_run (self->db, g_ptr_array_index (dangling, i), error))
        return FALSE;
    }
  return dangling != NULL;
}

/* --- what follows from it all --- */

static GPtrArray *
list_customers (CbBook *self, GError **error)
{
  static const char SQL_LIST_CUSTOMERS[] = "SELECT id FROM customer";
  g_autoptr (CbStmt) rows = cb_db_prepare (self->db, SQL_LIST_CUSTOMERS);
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) local_error = NULL;

  while (cb_stmt_next (rows, &local_error))
    g_ptr_array_add (list, g_strdup (cb_stmt_text (rows, 0)));
  return cb_error_hand_on (&local_error, error) ? NULL : g_steal_pointer (&list);
}

static gboolean
reckon_some (CbBook *self, GPtrArray *customers, guint from, guint n, GError **error)
{
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_begin (self, error))
    return FALSE;
  transaction = self->db;
  for (guint i = from; i < from + n; i++)
    {
      if (!cb_book_reckon_customer (self, g_ptr_array_index (customers, i), error))
        return FALSE;
    }
  transaction = NULL;
  return cb_book_commit (self, error);
}

/* Somebody of whom something does not fit together stays as they are: what may leave is asked at
 * the moment of sending, and one must not keep the others from being saved. */
static gboolean
reckon_each (CbBook *self, GPtrArray *customers, guint from, guint n, GError **error)
{
  for (guint i = from; i < from + n; i++)
    {
      g_autoptr (GError) why = NULL;

      if (reckon_some (self, customers, i, 1, &why))
        continue;
      if (!g_error_matches (why, CB_STORE_ERROR, CB_STORE_ERROR_INVALID) &&
          !g_error_matches (why, CB_STORE_ERROR, CB_STORE_ERROR_CORRUPT))
        {
          g_propagate_error (error, g_steal_pointer (&why));
          return FALSE;
        }
      g_message ("a customer's records could not be reckoned: %s", why->message);
    }
  return TRUE;
}

gboolean
cb_repair_reckon (CbBook *self, GError **error)
{
  g_autoptr (GPtrArray) customers = list_customers (self, error);

  for (guint i = 0; customers != NULL && i < customers->len; i += RECKONED_AT_ONCE)
    {
      guint n = MIN (RECKONED_AT_ONCE, customers->len - i);

      if (!reckon_some (self, customers, i, n, NULL) && !reckon_each (self, customers, i, n, error))
        return FALSE;
    }
  return customers != NULL;
}
