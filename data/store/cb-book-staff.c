/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include <string.h>

#include "store/cb-book-private.h"

#include "base/cb-error.h"
#include "base/cb-fold.h"
#include "base/cb-id.h"

#define COLUMN_NAME "staff.name"

/* Five tries are free; then each costs a wait that doubles from 30 s; ten lock for half an hour
 * (PCI DSS 4.0, 8.3.4). */
#define TRIES_FREE 5
#define TRIES_MAX 10
#define FIRST_WAIT_US (30 * CB_US_PER_SECOND)
#define LOCK_OUT_US (30 * 60 * CB_US_PER_SECOND)

/* --- reading --- */

static CbStaff *
staff_from_row (CbBook *self, CbStmt *stmt, GError **error)
{
  gsize length;
  const void *sealed = cb_stmt_blob (stmt, 1, &length);
  char *name =
    cb_unseal_text (&self->keys->book, COLUMN_NAME, cb_stmt_text (stmt, 0), sealed, length, error);
  CbStaffFields fields = {
    .id = cb_stmt_text (stmt, 0),
    .name = name,
    .locked_until_us = cb_stmt_int (stmt, 3),
    .is_disabled = !cb_stmt_is_null (stmt, 4),
  };
  CbStaff *staff;

  if (name == NULL)
    return NULL;
  cb_role_from_id (cb_stmt_text (stmt, 2), &fields.role);
  staff = cb_staff_new (&fields);
  cb_text_wipe (name);
  return staff;
}

static int
compare_by_name (gconstpointer a, gconstpointer b)
{
  CbStaff *left = *(CbStaff *const *) a;
  CbStaff *right = *(CbStaff *const *) b;

  return g_utf8_collate (cb_staff_get_name (left), cb_staff_get_name (right));
}

static GPtrArray *
read_staff (CbBook *self, GError **error)
{
  static const char SQL_LIST_STAFF[] =
    "SELECT id, name, role, locked_until_us, disabled_us FROM staff";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_LIST_STAFF);
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GError) local_error = NULL;

  /* One whose name is damaged does not keep the others from signing in. */
  cb_book_begin_in_part (self);
  while (local_error == NULL && cb_stmt_next (stmt, &local_error))
    {
      CbStaff *staff = staff_from_row (self, stmt, &local_error);

      if (staff != NULL)
        g_ptr_array_add (list, staff);
      else
        cb_book_pass_over (self, &local_error);
    }
  cb_book_end_in_part (self);
  if (local_error == NULL)
    {
      g_ptr_array_sort (list, compare_by_name);
      return g_steal_pointer (&list);
    }
  g_propagate_error (error, g_steal_pointer (&local_error));
  return NULL;
}

GPtrArray *
cb_book_list_staff (CbBook *self, GError **error)
{
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_begin_read (self, error))
    return NULL;
  transaction = self->db;
  return read_staff (self, error);
}

static CbStaff *
find_by_id (CbBook *self, const char *id, GError **error)
{
  static const char SQL_GET_STAFF[] =
    "SELECT id, name, role, locked_until_us, disabled_us FROM staff WHERE id = ?1";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_GET_STAFF);

  cb_stmt_bind_text (stmt, 1, id);
  return cb_stmt_next (stmt, error) ? staff_from_row (self, stmt, error) : NULL;
}

static CbStaff *
find_by_name (GPtrArray *all, const char *name, GError **error)
{
  g_autofree char *folded = cb_fold (name);
  CbStaff *found = NULL;

  for (guint i = 0; i < all->len; i++)
    {
      CbStaff *staff = g_ptr_array_index (all, i);
      g_autofree char *other = cb_fold (cb_staff_get_name (staff));

      if (!g_str_equal (folded, other))
        continue;
      if (found != NULL)
        {
          g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID,
                       "more than one of the staff is called that; use the id");
          return NULL;
        }
      found = staff;
    }
  return found != NULL ? g_object_ref (found) : NULL;
}

CbStaff *
cb_book_find_staff (CbBook *self, const char *id_or_name, GError **error)
{
  g_autoptr (GPtrArray) all = NULL;
  g_autoptr (GError) local_error = NULL;
  CbStaff *staff = NULL;

  if (!cb_book_unlock (self, error))
    return NULL;
  staff = find_by_id (self, id_or_name, &local_error);
  if (staff == NULL && local_error == NULL && !cb_id_is_valid (id_or_name))
    {
      all = read_staff (self, &local_error);
      if (all != NULL)
        staff = find_by_name (all, id_or_name, &local_error);
    }
  if (staff != NULL)
    return staff;
  if (local_error == NULL)
    g_set_error (&local_error, CB_STORE_ERROR, CB_STORE_ERROR_NOT_FOUND,
                 "nobody of the staff is called that");
  g_propagate_error (error, g_steal_pointer (&local_error));
  return NULL;
}

/* --- adding and disabling --- */

/* Whoever sets a store up is nobody yet; and where somebody else was taken on first, there would
 * never be an admin. Once there was one, they alone make others. */
static gboolean
needs_admin (CbBook *self, CbRole role, gboolean *needs, GError **error)
{
  static const char SQL_COUNT_STAFF[] = "SELECT count(*), sum(role = 'admin') FROM staff";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_COUNT_STAFF);

  if (!cb_stmt_next (stmt, error))
    return FALSE;
  *needs = cb_stmt_int (stmt, 0) > 0 && (role != CB_ROLE_ADMIN || cb_stmt_int (stmt, 1) > 0);
  return TRUE;
}

static gboolean
check_name (const char *name, GError **error)
{
  if (*name != '\0' && strlen (name) <= CB_NAME_MAX && cb_text_is_sound (name, -1) &&
      strspn (name, " \t\n") < strlen (name))
    return TRUE;
  g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID, "that is no name");
  return FALSE;
}

static gboolean
insert_staff (CbBook *self,
              const char *id,
              const char *name,
              CbRole role,
              const char *hash,
              GError **error)
{
  static const char SQL_ADD_STAFF[] =
    "INSERT INTO staff (id, name, role, pin_hash, created_us) VALUES (?1, ?2, ?3, ?4, ?5)";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_ADD_STAFF);
  g_autoptr (GBytes) sealed = cb_seal_text (&self->keys->book, COLUMN_NAME, id, name);

  cb_stmt_bind_text (stmt, 1, id);
  cb_stmt_bind_bytes (stmt, 2, sealed);
  cb_stmt_bind_text (stmt, 3, cb_role_to_id (role));
  cb_stmt_bind_text (stmt, 4, hash);
  cb_stmt_bind_int (stmt, 5, cb_clock_get_now_us (self->clock));
  return cb_stmt_run (stmt, error);
}

char *
cb_book_add_staff (CbBook *self,
                   CbStaff *actor,
                   const char *name,
                   CbRole role,
                   const char *pin,
                   GError **error)
{
  g_autofree char *id = cb_id_new ();
  g_autofree char *hash = NULL;
  gboolean needs;
  g_auto (CbTransaction) transaction = NULL;

  if (!check_name (name, error) || !cb_pin_is_acceptable (pin, error))
    return NULL;
  /* Hashing takes a sixth of a second: before the write lock, not under it. */
  hash = cb_vault_hash_pin (self->vault, id, pin, error);
  if (hash == NULL || !cb_book_begin (self, error))
    return NULL;
  transaction = self->db;
  if (!needs_admin (self, role, &needs, error) ||
      (needs && !cb_book_require (self, actor, CB_ACT_STAFF, error)) ||
      !insert_staff (self, id, name, role, hash, error) ||
      !cb_book_audit (self, actor, "staff.add", NULL, id, cb_role_to_id (role), error))
    return NULL;
  transaction = NULL;
  return cb_book_commit (self, error) ? g_steal_pointer (&id) : NULL;
}

static gboolean
set_disabled (CbBook *self, const char *id, GError **error)
{
  static const char SQL_DISABLE_STAFF[] =
    "UPDATE staff SET disabled_us = ?2 WHERE id = ?1 AND disabled_us IS NULL";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_DISABLE_STAFF);

  cb_stmt_bind_text (stmt, 1, id);
  cb_stmt_bind_int (stmt, 2, cb_clock_get_now_us (self->clock));
  return cb_stmt_run (stmt, error);
}

/* A shop whose last administrator is gone could never take on anybody again. */
static gboolean
is_last_admin (CbBook *self, const char *id, gboolean *last, GError **error)
{
  static const char SQL_OTHER_ADMINS[] =
    "SELECT role = 'admin' AND NOT EXISTS (SELECT 1 FROM staff AS o WHERE o.role = 'admin'"
    " AND o.disabled_us IS NULL AND o.id <> s.id) FROM staff AS s WHERE s.id = ?1";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_OTHER_ADMINS);

  cb_stmt_bind_text (stmt, 1, id);
  if (!cb_stmt_next (stmt, error))
    {
      if (error != NULL && *error == NULL)
        g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_NOT_FOUND, "no such member of staff");
      return FALSE;
    }
  *last = cb_stmt_int (stmt, 0) != 0;
  return TRUE;
}

gboolean
cb_book_disable_staff (CbBook *self, CbStaff *actor, const char *id, GError **error)
{
  gboolean last;
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_require (self, actor, CB_ACT_STAFF, error) || !cb_book_begin (self, error))
    return FALSE;
  transaction = self->db;
  if (!is_last_admin (self, id, &last, error))
    return FALSE;
  if (last)
    {
      g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID,
                   "the last administrator can't be disabled");
      return FALSE;
    }
  if (!set_disabled (self, id, error) ||
      !cb_book_audit (self, actor, "staff.disable", NULL, id, NULL, error))
    return FALSE;
  transaction = NULL;
  return cb_book_commit (self, error);
}

static gboolean
store_pin (CbBook *self, const char *id, const char *hash, GError **error)
{
  static const char SQL_SET_PIN[] =
    "UPDATE staff SET pin_hash = ?2, failed = 0, locked_until_us = 0 WHERE id = ?1";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_SET_PIN);

  cb_stmt_bind_text (stmt, 1, id);
  cb_stmt_bind_text (stmt, 2, hash);
  if (!cb_stmt_run (stmt, error))
    return FALSE;
  if (cb_db_get_changes (self->db) == 1)
    return TRUE;
  g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_NOT_FOUND, "no such member of staff");
  return FALSE;
}

gboolean
cb_book_set_pin (CbBook *self, CbStaff *actor, const char *id, const char *pin, GError **error)
{
  g_autofree char *hash = NULL;
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_require (self, actor, CB_ACT_STAFF, error) || !cb_pin_is_acceptable (pin, error))
    return FALSE;
  hash = cb_vault_hash_pin (self->vault, id, pin, error);
  if (hash == NULL || !cb_book_begin (self, error))
    return FALSE;
  transaction = self->db;
  if (!store_pin (self, id, hash, error) ||
      !cb_book_audit (self, actor, "staff.pin", NULL, id, NULL, error))
    return FALSE;
  transaction = NULL;
  return cb_book_commit (self, error);
}

/* --- signing in --- */

typedef struct
{
  char *hash;
  guint failed;
  gint64 locked_until_us;
  gboolean is_disabled;
} Credentials;

static void
credentials_clear (Credentials *credentials)
{
  g_free (credentials->hash);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Credentials, credentials_clear)

static gboolean
read_credentials (CbBook *self, const char *id, Credentials *credentials, GError **error)
{
  static const char SQL_GET_CREDENTIALS[] =
    "SELECT pin_hash, failed, locked_until_us, disabled_us FROM staff WHERE id = ?1";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_GET_CREDENTIALS);
  g_autoptr (GError) local_error = NULL;

  cb_stmt_bind_text (stmt, 1, id);
  if (!cb_stmt_next (stmt, &local_error))
    {
      if (local_error == NULL)
        g_set_error (&local_error, CB_STORE_ERROR, CB_STORE_ERROR_NOT_FOUND,
                     "no such member of staff");
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  credentials->hash = g_strdup (cb_stmt_text (stmt, 0));
  credentials->failed = (guint) cb_stmt_int (stmt, 1);
  credentials->locked_until_us = cb_stmt_int (stmt, 2);
  credentials->is_disabled = !cb_stmt_is_null (stmt, 3);
  return TRUE;
}

static gboolean
write_failed (CbBook *self, const char *id, guint failed, gint64 locked_until_us, GError **error)
{
  static const char SQL_SET_FAILED[] =
    "UPDATE staff SET failed = ?2, locked_until_us = ?3 WHERE id = ?1";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_SET_FAILED);

  cb_stmt_bind_text (stmt, 1, id);
  cb_stmt_bind_int (stmt, 2, failed);
  cb_stmt_bind_int (stmt, 3, locked_until_us);
  return cb_stmt_run (stmt, error);
}

static gint64
wait_after (guint failed)
{
  if (failed < TRIES_FREE)
    return 0;
  if (failed >= TRIES_MAX)
    return LOCK_OUT_US;
  return FIRST_WAIT_US << (failed - TRIES_FREE);
}

/* The try is counted as a wrong one and committed before the PIN is looked at: pulling the plug in
 * between gives no free guess. */
static gboolean
count_try (CbBook *self,
           const char *id,
           Credentials *credentials,
           gint64 *wait_until_us,
           GError **error)
{
  gint64 now_us = cb_clock_get_now_us (self->clock);
  gint64 wait_us;
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_begin (self, error))
    return FALSE;
  transaction = self->db;
  if (!read_credentials (self, id, credentials, error))
    return FALSE;
  if (credentials->is_disabled)
    {
      g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_FORBIDDEN, "this account is disabled");
      return FALSE;
    }
  if (credentials->locked_until_us > now_us)
    {
      *wait_until_us = credentials->locked_until_us;
      g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_THROTTLED, "too many wrong PINs");
      return FALSE;
    }
  /* Whoever waited out the long lock starts over with the free tries. */
  if (credentials->failed >= TRIES_MAX)
    credentials->failed = 0;
  credentials->failed++;
  wait_us = wait_after (credentials->failed);
  credentials->locked_until_us = wait_us > 0 ? now_us + wait_us : 0;
  if (!write_failed (self, id, credentials->failed, credentials->locked_until_us, error))
    return FALSE;
  transaction = NULL;
  return cb_book_commit (self, error);
}

static gboolean
write_outcome (CbBook *self, const char *id, gboolean is_right, GError **error)
{
  g_autoptr (CbStaff) staff = NULL;
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_begin (self, error))
    return FALSE;
  transaction = self->db;
  staff = cb_book_find_staff (self, id, error);
  if (staff == NULL || (is_right && !write_failed (self, id, 0, 0, error)) ||
      !cb_book_audit (self, staff, "session.sign-in", NULL, NULL, is_right ? "right" : "wrong",
                      error))
    return FALSE;
  transaction = NULL;
  return cb_book_commit (self, error);
}

CbStaff *
cb_book_sign_in (CbBook *self,
                 const char *staff_id,
                 const char *pin,
                 guint *tries_left,
                 gint64 *wait_until_us,
                 GError **error)
{
  g_auto (Credentials) credentials = { 0 };
  g_autoptr (GError) local_error = NULL;
  gboolean is_right;

  *tries_left = 0;
  *wait_until_us = 0;
  if (!count_try (self, staff_id, &credentials, wait_until_us, error))
    return NULL;
  is_right = cb_vault_check_pin (self->vault, staff_id, pin, credentials.hash, &local_error);
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }
  if (!write_outcome (self, staff_id, is_right, error))
    return NULL;
  if (is_right)
    return cb_book_find_staff (self, staff_id, error);
  *tries_left = credentials.failed < TRIES_MAX ? TRIES_MAX - credentials.failed : 0;
  *wait_until_us = credentials.locked_until_us;
  g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_WRONG_PIN, "the PIN is wrong");
  return NULL;
}
