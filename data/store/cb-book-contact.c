/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "store/cb-book-private.h"

#include "base/cb-error.h"
#include "base/cb-fold.h"
#include "base/cb-id.h"

#define COLUMN_VALUE "contact.value"

/* What is typed is kept as typed; the hash is over what two ways of typing it have in common. */
char *
cb_book_normalise_contact (CbBook *self, const char *kind, const char *value)
{
  char *normal =
    g_str_equal (kind, "email") ? cb_fold_email (value) : cb_fold_phone (value, self->region);

  return normal != NULL ? normal : cb_fold (value);
}

/* --- adding --- */

gboolean
cb_book_add_contact (CbBook *self,
                     const CbKey *key,
                     const char *customer,
                     const char *kind,
                     guint position,
                     const char *value,
                     GError **error)
{
  static const char SQL_ADD_CONTACT[] =
    "INSERT INTO contact (id, customer, kind, position, value, local_hash, chain_hash)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_ADD_CONTACT);
  g_autofree char *id = cb_id_new ();
  char *normal = cb_book_normalise_contact (self, kind, value);
  g_autoptr (GBytes) sealed = cb_seal_text (key, COLUMN_VALUE, id, value);
  g_autoptr (GBytes) local = cb_book_hash_contact (&self->keys->local, kind, normal);
  g_autoptr (GBytes) chain =
    self->keys->has_chain ? cb_book_hash_contact (&self->keys->chain, kind, normal) : NULL;

  cb_text_wipe (normal);
  cb_stmt_bind_text (stmt, 1, id);
  cb_stmt_bind_text (stmt, 2, customer);
  cb_stmt_bind_text (stmt, 3, kind);
  cb_stmt_bind_int (stmt, 4, position);
  cb_stmt_bind_bytes (stmt, 5, sealed);
  cb_stmt_bind_bytes (stmt, 6, local);
  cb_stmt_bind_bytes (stmt, 7, chain);
  return cb_stmt_run (stmt, error);
}

gboolean
cb_book_add_contacts (CbBook *self,
                      const CbKey *key,
                      const char *customer,
                      const char *kind,
                      char *const *values,
                      GError **error)
{
  for (guint i = 0; values != NULL && values[i] != NULL; i++)
    {
      if (!cb_book_add_contact (self, key, customer, kind, i, values[i], error))
        return FALSE;
    }
  return TRUE;
}

/* --- reading --- */

gboolean
cb_book_read_values (CbBook *self,
                     CbStmt *stmt,
                     const CbKey *key,
                     const char *column,
                     char ***values,
                     GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_text_wipe);
  g_autoptr (GError) local_error = NULL;

  *values = NULL;
  while (local_error == NULL && cb_stmt_next (stmt, &local_error))
    {
      gsize length;
      const void *sealed = cb_stmt_blob (stmt, 1, &length);
      char *value =
        cb_unseal_text (key, column, cb_stmt_text (stmt, 0), sealed, length, &local_error);

      if (value != NULL)
        g_ptr_array_add (list, value);
      else
        cb_book_pass_over (self, &local_error);
    }
  if (cb_error_hand_on (&local_error, error))
    return FALSE;
  g_ptr_array_add (list, NULL);
  *values = (char **) g_ptr_array_free (g_steal_pointer (&list), FALSE);
  return TRUE;
}

gboolean
cb_book_read_contacts (CbBook *self,
                       const CbKey *key,
                       const char *customer,
                       const char *kind,
                       char ***values,
                       GError **error)
{
  static const char SQL_LIST_CONTACTS[] =
    "SELECT id, value FROM contact WHERE customer = ?1 AND kind = ?2 ORDER BY position";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_LIST_CONTACTS);

  cb_stmt_bind_text (stmt, 1, customer);
  cb_stmt_bind_text (stmt, 2, kind);
  return cb_book_read_values (self, stmt, key, COLUMN_VALUE, values, error);
}

gboolean
cb_book_read_confirmed (CbBook *self,
                        const CbKey *key,
                        const char *customer,
                        char ***values,
                        GError **error)
{
  static const char SQL_LIST_CONFIRMED[] =
    "SELECT id, value FROM contact WHERE customer = ?1 AND verified_us IS NOT NULL"
    " ORDER BY kind, position";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_LIST_CONFIRMED);

  cb_stmt_bind_text (stmt, 1, customer);
  return cb_book_read_values (self, stmt, key, COLUMN_VALUE, values, error);
}

/* --- confirming --- */

static gboolean
mark_of_kind (CbBook *self,
              const char *customer,
              const char *kind,
              const char *value,
              gint64 at_us,
              GError **error)
{
  static const char SQL_MARK_VERIFIED[] =
    "UPDATE contact SET verified_us = ?4"
    " WHERE customer = ?1 AND kind = ?2 AND local_hash = ?3 AND verified_us IS NULL";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_MARK_VERIFIED);
  char *normal = cb_book_normalise_contact (self, kind, value);
  g_autoptr (GBytes) hash = cb_book_hash_contact (&self->keys->local, kind, normal);

  cb_text_wipe (normal);
  cb_stmt_bind_text (stmt, 1, customer);
  cb_stmt_bind_text (stmt, 2, kind);
  cb_stmt_bind_bytes (stmt, 3, hash);
  cb_stmt_bind_int (stmt, 4, MIN (at_us, cb_clock_get_now_us (self->clock)));
  return cb_stmt_run (stmt, error);
}

gboolean
cb_book_mark_verified (CbBook *self,
                       const char *customer,
                       const char *value,
                       gint64 at_us,
                       GError **error)
{
  return mark_of_kind (self, customer, "email", value, at_us, error) &&
         mark_of_kind (self, customer, "phone", value, at_us, error);
}

/* --- putting right --- */

typedef struct
{
  char *id;
  char *normal;
  gboolean stays;
} KnownContact;

static void
known_contact_clear (gpointer data)
{
  KnownContact *known = data;

  g_free (known->id);
  cb_text_wipe (known->normal);
}

static GArray *
list_known (CbBook *self, const CbKey *key, const char *customer, const char *kind, GError **error)
{
  static const char SQL_LIST_KNOWN[] =
    "SELECT id, value FROM contact WHERE customer = ?1 AND kind = ?2 ORDER BY position";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_LIST_KNOWN);
  g_autoptr (GArray) list = g_array_new (FALSE, FALSE, sizeof (KnownContact));
  g_autoptr (GError) local_error = NULL;

  g_array_set_clear_func (list, known_contact_clear);
  cb_stmt_bind_text (stmt, 1, customer);
  cb_stmt_bind_text (stmt, 2, kind);
  while (local_error == NULL && cb_stmt_next (stmt, &local_error))
    {
      gsize length;
      const void *sealed = cb_stmt_blob (stmt, 1, &length);
      char *value =
        cb_unseal_text (key, COLUMN_VALUE, cb_stmt_text (stmt, 0), sealed, length, &local_error);
      KnownContact known = { g_strdup (cb_stmt_text (stmt, 0)), NULL, FALSE };

      if (value != NULL)
        known.normal = cb_book_normalise_contact (self, kind, value);
      cb_text_wipe (value);
      g_array_append_val (list, known);
    }
  return cb_error_hand_on (&local_error, error) ? NULL : g_steal_pointer (&list);
}

static KnownContact *
find_known (CbBook *self, GArray *list, const char *kind, const char *value)
{
  char *normal = cb_book_normalise_contact (self, kind, value);
  KnownContact *found = NULL;

  for (guint i = 0; i < list->len && found == NULL; i++)
    {
      KnownContact *known = &g_array_index (list, KnownContact, i);

      if (!known->stays && g_str_equal (known->normal, normal))
        found = known;
    }
  cb_text_wipe (normal);
  return found;
}

static gboolean
keep_contact (CbBook *self,
              const CbKey *key,
              const KnownContact *known,
              guint position,
              const char *value,
              GError **error)
{
  static const char SQL_KEEP_CONTACT[] =
    "UPDATE contact SET position = ?2, value = ?3 WHERE id = ?1";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_KEEP_CONTACT);
  g_autoptr (GBytes) sealed = cb_seal_text (key, COLUMN_VALUE, known->id, value);

  cb_stmt_bind_text (stmt, 1, known->id);
  cb_stmt_bind_int (stmt, 2, position);
  cb_stmt_bind_bytes (stmt, 3, sealed);
  return cb_stmt_run (stmt, error);
}

static gboolean
drop_contacts (CbBook *self, GArray *list, GError **error)
{
  static const char SQL_DROP_CONTACT[] = "DELETE FROM contact WHERE id = ?1";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_DROP_CONTACT);

  for (guint i = 0; i < list->len; i++)
    {
      KnownContact *known = &g_array_index (list, KnownContact, i);

      if (known->stays)
        continue;
      cb_stmt_bind_text (stmt, 1, known->id);
      if (!cb_stmt_run (stmt, error))
        return FALSE;
      cb_stmt_again (stmt);
    }
  return TRUE;
}

gboolean
cb_book_set_contacts (CbBook *self,
                      const CbKey *key,
                      const char *customer,
                      const char *kind,
                      char *const *values,
                      GError **error)
{
  g_autoptr (GArray) list = list_known (self, key, customer, kind, error);

  for (guint i = 0; list != NULL && values != NULL && values[i] != NULL; i++)
    {
      KnownContact *known = find_known (self, list, kind, values[i]);

      if (known != NULL)
        known->stays = TRUE;
      if (known != NULL ? !keep_contact (self, key, known, i, values[i], error)
                        : !cb_book_add_contact (self, key, customer, kind, i, values[i], error))
        return FALSE;
    }
  return list != NULL && drop_contacts (self, list, error);
}
