/* SPDX-License-Identifier: Apache-2.0 */

/* A record that its owner wants left alone for now: kept as it is and used for nothing, until it is
 * released. */

#define G_LOG_DOMAIN "Counterbook"

#include "store/cb-book-private.h"

/* What is frozen is not ended; its records only must not look as if they were. */
#define FROZEN_DAYS 3650

CbLifetime
cb_book_freeze_life (CbBook *self, const CbLifetime *before)
{
  gint64 ends_us = cb_clock_day_end_us (cb_clock_get_now_us (self->clock), FROZEN_DAYS);

  /* What was taken back stays so. */
  return (CbLifetime){
    before->life == CB_LIFE_TONIGHT ? CB_LIFE_TONIGHT : CB_LIFE_UNASKED,
    MAX (before->ends_us, ends_us),
    0,
  };
}

gboolean
cb_book_is_restricted (CbBook *self, const char *customer, gboolean *is_restricted, GError **error)
{
  static const char SQL_IS_RESTRICTED[] =
    "SELECT EXISTS (SELECT 1 FROM customer WHERE id = ?1 AND restricted = 1)";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_IS_RESTRICTED);

  cb_stmt_bind_text (stmt, 1, customer);
  if (!cb_stmt_next (stmt, error))
    return FALSE;
  *is_restricted = cb_stmt_int (stmt, 0) != 0;
  return TRUE;
}

gboolean
cb_book_write_restricted (CbBook *self,
                          CbStaff *actor,
                          const char *customer,
                          gboolean is_restricted,
                          GError **error)
{
  static const char SQL_RESTRICT[] =
    "UPDATE customer SET restricted = ?2 WHERE id = ?1 AND restricted <> ?2";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_RESTRICT);
  const char *action = is_restricted ? "customer.restrict" : "customer.release";

  cb_stmt_bind_text (stmt, 1, customer);
  cb_stmt_bind_int (stmt, 2, is_restricted);
  if (!cb_stmt_run (stmt, error))
    return FALSE;
  if (cb_db_get_changes (self->db) == 0)
    return TRUE;
  cb_book_touch (self, customer);
  return cb_book_audit (self, actor, action, customer, customer, NULL, error) &&
         cb_book_reckon_absent (self, customer, error);
}

gboolean
cb_book_restrict_customer (CbBook *self,
                           CbStaff *actor,
                           const char *customer,
                           gboolean is_restricted,
                           GError **error)
{
  CbAct act = is_restricted ? CB_ACT_RESTRICT : CB_ACT_RELEASE;
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_require (self, actor, act, error) || !cb_book_begin (self, error))
    return FALSE;
  transaction = self->db;
  if (!cb_book_require_customer (self, customer, error) ||
      !cb_book_write_restricted (self, actor, customer, is_restricted, error))
    return FALSE;
  transaction = NULL;
  return cb_book_commit (self, error);
}
