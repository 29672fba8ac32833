/* SPDX-License-Identifier: Apache-2.0 */

/* Which shop a customer calls theirs, who usually serves them, and whose clock is theirs. */

#define G_LOG_DOMAIN "Counterbook"

#include <string.h>

#include "store/cb-book-private.h"

#include "base/cb-error.h"
#include "base/cb-fold.h"
#include "consent/cb-conditions.h"

#define COLUMN_HOME "belonging.home"
#define COLUMN_ZONE "belonging.zone"

void
cb_belonging_clear (CbBelonging *self)
{
  g_clear_pointer (&self->home, cb_text_wipe);
  g_clear_pointer (&self->associate, g_free);
  g_clear_pointer (&self->zone, cb_text_wipe);
}

static gboolean
open_text (const CbKey *key,
           const char *column,
           const char *customer,
           CbStmt *stmt,
           int number,
           char **text,
           GError **error)
{
  gsize length;
  const void *sealed = cb_stmt_blob (stmt, number, &length);

  if (cb_stmt_is_null (stmt, number))
    return TRUE;
  *text = cb_unseal_text (key, column, customer, sealed, length, error);
  return *text != NULL;
}

gboolean
cb_book_read_belonging (CbBook *self, const char *customer, CbBelonging *belonging, GError **error)
{
  static const char SQL_GET_BELONGING[] =
    "SELECT associate, home, zone FROM belonging WHERE customer = ?1";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_GET_BELONGING);
  g_autoptr (GError) local_error = NULL;
  g_auto (CbKey) key = { 0 };

  cb_stmt_bind_text (stmt, 1, customer);
  if (!cb_stmt_next (stmt, &local_error))
    return !cb_error_hand_on (&local_error, error);
  belonging->associate = g_strdup (cb_stmt_text (stmt, 0));
  if (!cb_book_get_customer_key (self, customer, &key, error))
    return FALSE;
  if (!open_text (&key, COLUMN_HOME, customer, stmt, 1, &belonging->home, &local_error))
    cb_book_pass_over (self, &local_error);
  if (local_error == NULL &&
      !open_text (&key, COLUMN_ZONE, customer, stmt, 2, &belonging->zone, &local_error))
    cb_book_pass_over (self, &local_error);
  return !cb_error_hand_on (&local_error, error);
}

static gboolean
is_known_zone (const char *name)
{
  g_autoptr (GTimeZone) zone = name != NULL ? cb_conditions_new_zone (name) : NULL;

  return name == NULL || zone != NULL;
}

static gboolean
fail_invalid (GError **error, const char *why)
{
  g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID, why);
  return FALSE;
}

static gboolean
check_belonging (CbBook *self, const CbBelongingDraft *draft, GError **error)
{
  static const char SQL_IS_STAFF[] =
    "SELECT ?1 IS NULL OR EXISTS (SELECT 1 FROM staff WHERE id = ?1 AND disabled_us IS NULL)";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_IS_STAFF);

  if (draft->home != NULL &&
      (strlen (draft->home) > CB_VALUE_MAX || !cb_text_is_sound (draft->home, -1)))
    return fail_invalid (error, "the name of a shop is at most 1000 bytes of UTF-8 text");
  if (!is_known_zone (draft->zone))
    return fail_invalid (error, "this machine knows no such time zone");
  cb_stmt_bind_text (stmt, 1, draft->associate);
  if (!cb_stmt_next (stmt, error))
    return FALSE;
  return cb_stmt_int (stmt, 0) != 0 ||
         fail_invalid (error, "whoever serves them is not of the staff");
}

static gboolean
put_belonging (CbBook *self, const char *customer, const CbBelongingDraft *draft, GError **error)
{
  static const char SQL_PUT_BELONGING[] =
    "INSERT INTO belonging (customer, home, associate, zone) VALUES (?1, ?2, ?3, ?4)"
    " ON CONFLICT (customer) DO UPDATE SET home = excluded.home, associate = excluded.associate,"
    " zone = excluded.zone";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_PUT_BELONGING);
  g_autoptr (GBytes) home = NULL;
  g_autoptr (GBytes) zone = NULL;
  g_auto (CbKey) key = { 0 };

  if (!cb_book_get_customer_key (self, customer, &key, error))
    return FALSE;
  home = cb_seal_text (&key, COLUMN_HOME, customer, draft->home);
  zone = cb_seal_text (&key, COLUMN_ZONE, customer, draft->zone);
  cb_stmt_bind_text (stmt, 1, customer);
  cb_stmt_bind_bytes (stmt, 2, home);
  cb_stmt_bind_text (stmt, 3, draft->associate);
  cb_stmt_bind_bytes (stmt, 4, zone);
  return cb_stmt_run (stmt, error);
}

/* Who lives by another clock than was known has told the service other hours. */
static gboolean
restate_if_moved (CbBook *self,
                  CbStaff *actor,
                  const char *customer,
                  const CbBelonging *before,
                  const CbBelongingDraft *draft,
                  GError **error)
{
  g_autoptr (GPtrArray) conditions = NULL;

  if (g_strcmp0 (before->zone, draft->zone) == 0)
    return TRUE;
  conditions = cb_book_read_conditions (self, customer, NULL, CB_CHANNEL_NONE, error);
  return conditions != NULL &&
         (conditions->len == 0 ||
          cb_book_restate_grants (self, actor, customer, NULL, CB_CHANNEL_NONE, error));
}

gboolean
cb_book_set_belonging (CbBook *self,
                       CbStaff *actor,
                       const char *customer,
                       const CbBelongingDraft *draft,
                       GError **error)
{
  g_auto (CbBelonging) before = { 0 };
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_require (self, actor, CB_ACT_WRITE_CUSTOMERS, error) || !cb_book_begin (self, error))
    return FALSE;
  transaction = self->db;
  if (!cb_book_require_open (self, actor, customer, error) ||
      !check_belonging (self, draft, error) ||
      !cb_book_read_belonging (self, customer, &before, error) ||
      !put_belonging (self, customer, draft, error) ||
      !restate_if_moved (self, actor, customer, &before, draft, error) ||
      !cb_book_audit (self, actor, "customer.belong", customer, draft->associate, NULL, error))
    return FALSE;
  cb_book_touch (self, customer);
  transaction = NULL;
  return cb_book_commit (self, error);
}
