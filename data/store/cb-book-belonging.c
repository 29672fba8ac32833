/* SPDX-License-Identifier: Apache-2.0 */

/* Which shop a customer calls theirs, and who usually serves them. */

#define G_LOG_DOMAIN "Counterbook"

#include <string.h>

#include "store/cb-book-private.h"

#include "base/cb-error.h"
#include "base/cb-fold.h"

#define COLUMN_HOME "belonging.home"

gboolean
cb_book_read_belonging (CbBook *self,
                        const CbKey *key,
                        const char *customer,
                        char **home,
                        char **associate,
                        GError **error)
{
  static const char SQL_GET_BELONGING[] =
    "SELECT home, associate FROM belonging WHERE customer = ?1";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_GET_BELONGING);
  g_autoptr (GError) local_error = NULL;

  *home = NULL;
  *associate = NULL;
  cb_stmt_bind_text (stmt, 1, customer);
  if (cb_stmt_next (stmt, &local_error))
    {
      *associate = g_strdup (cb_stmt_text (stmt, 1));
      if (!cb_stmt_is_null (stmt, 0))
        {
          gsize length;
          const void *sealed = cb_stmt_blob (stmt, 0, &length);

          *home = cb_unseal_text (key, COLUMN_HOME, customer, sealed, length, &local_error);
        }
    }
  return !cb_error_hand_on (&local_error, error);
}

static gboolean
check_belonging (CbBook *self, const char *home, const char *associate, GError **error)
{
  static const char SQL_IS_STAFF[] =
    "SELECT ?1 IS NULL OR EXISTS (SELECT 1 FROM staff WHERE id = ?1 AND disabled_us IS NULL)";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_IS_STAFF);

  if (home != NULL && (strlen (home) > CB_VALUE_MAX || !cb_text_is_sound (home, -1)))
    {
      g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID,
                           "the name of a shop is at most 1000 bytes of UTF-8 text");
      return FALSE;
    }
  cb_stmt_bind_text (stmt, 1, associate);
  if (!cb_stmt_next (stmt, error))
    return FALSE;
  if (cb_stmt_int (stmt, 0) != 0)
    return TRUE;
  g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID,
                       "whoever serves them is not of the staff");
  return FALSE;
}

static gboolean
put_belonging (CbBook *self,
               const char *customer,
               const char *home,
               const char *associate,
               GError **error)
{
  static const char SQL_PUT_BELONGING[] =
    "INSERT INTO belonging (customer, home, associate) VALUES (?1, ?2, ?3)"
    " ON CONFLICT (customer) DO UPDATE SET home = excluded.home, associate = excluded.associate";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_PUT_BELONGING);
  g_autoptr (GBytes) sealed = NULL;
  g_auto (CbKey) key = { 0 };

  if (!cb_book_get_customer_key (self, customer, &key, error))
    return FALSE;
  sealed = home != NULL ? cb_seal_text (&key, COLUMN_HOME, customer, home) : NULL;
  cb_stmt_bind_text (stmt, 1, customer);
  cb_stmt_bind_bytes (stmt, 2, sealed);
  cb_stmt_bind_text (stmt, 3, associate);
  return cb_stmt_run (stmt, error);
}

gboolean
cb_book_set_belonging (CbBook *self,
                       CbStaff *actor,
                       const char *customer,
                       const char *home,
                       const char *associate,
                       GError **error)
{
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_require (self, actor, CB_ACT_WRITE_CUSTOMERS, error) || !cb_book_begin (self, error))
    return FALSE;
  transaction = self->db;
  if (!cb_book_require_open (self, actor, customer, error) ||
      !check_belonging (self, home, associate, error) ||
      !put_belonging (self, customer, home, associate, error) ||
      !cb_book_audit (self, actor, "customer.belong", customer, associate, NULL, error))
    return FALSE;
  cb_book_touch (self, customer);
  transaction = NULL;
  return cb_book_commit (self, error);
}
