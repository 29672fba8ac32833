/* SPDX-License-Identifier: Apache-2.0 */

/* The contact log: how customers were reached, and that somebody wanted to where it is not
 * permitted. The verdict is asked in the same act, so that what stands here as permitted was. */

#define G_LOG_DOMAIN "Counterbook"

#include "store/cb-book-private.h"

#include "base/cb-error.h"
#include "base/cb-id.h"

/* Longer than any limit of frequency looks back. */
#define REACH_DAYS 365

GPtrArray *
cb_book_read_reaches (CbBook *self, const char *customer, GError **error)
{
  static const char SQL_LIST_REACHES[] =
    "SELECT id, purpose, channel, outcome, reason, permitted_by, request, staff, at_us, ends_us"
    " FROM reach WHERE customer = ?1 AND ends_us > ?2 ORDER BY at_us DESC, rowid DESC";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_LIST_REACHES);
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GError) local_error = NULL;

  cb_stmt_bind_text (stmt, 1, customer);
  cb_stmt_bind_int (stmt, 2, cb_clock_get_now_us (self->clock));
  while (cb_stmt_next (stmt, &local_error))
    {
      CbReachFields fields = {
        .id = cb_stmt_text (stmt, 0),
        .customer_id = customer,
        .purpose = cb_stmt_text (stmt, 1),
        .reason = cb_stmt_text (stmt, 4),
        .permitted_by = cb_stmt_text (stmt, 5),
        .request = cb_stmt_text (stmt, 6),
        .staff_id = cb_stmt_text (stmt, 7),
        .at_us = cb_stmt_int (stmt, 8),
        .ends_us = cb_stmt_int (stmt, 9),
      };

      cb_channel_from_id (cb_stmt_text (stmt, 2), &fields.channel);
      cb_outcome_from_id (cb_stmt_text (stmt, 3), &fields.outcome);
      g_ptr_array_add (list, cb_reach_new (&fields));
    }
  return cb_error_hand_on (&local_error, error) ? NULL : g_steal_pointer (&list);
}

gboolean
cb_book_insert_reach (CbBook *self, CbStaff *actor, const CbReachFields *new, GError **error)
{
  static const char SQL_ADD_REACH[] =
    "INSERT INTO reach (id, customer, purpose, channel, outcome, reason, permitted_by, request,"
    " staff, at_us, ends_us) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_ADD_REACH);
  gint64 now_us = cb_clock_get_now_us (self->clock);

  cb_stmt_bind_text (stmt, 1, new->id);
  cb_stmt_bind_text (stmt, 2, new->customer_id);
  cb_stmt_bind_text (stmt, 3, new->purpose);
  cb_stmt_bind_text (stmt, 4, cb_channel_to_id (new->channel));
  cb_stmt_bind_text (stmt, 5, cb_outcome_to_id (new->outcome));
  cb_stmt_bind_text (stmt, 6, new->reason);
  cb_stmt_bind_text (stmt, 7, new->permitted_by);
  cb_stmt_bind_text (stmt, 8, new->request);
  cb_stmt_bind_text (stmt, 9, cb_staff_get_id (actor));
  cb_stmt_bind_int (stmt, 10, now_us);
  cb_stmt_bind_int (stmt, 11, cb_clock_day_end_us (now_us, REACH_DAYS));
  cb_book_touch (self, new->customer_id);
  return cb_stmt_run (stmt, error) &&
         cb_book_audit (self, actor, "customer.reach", new->customer_id, new->id,
                        cb_outcome_to_id (new->outcome), error);
}

gboolean
cb_book_write_reach (CbBook *self,
                     CbStaff *actor,
                     CbPermission *permission,
                     const char *customer,
                     CbOutcome outcome,
                     const char *request,
                     char **made,
                     GError **error)
{
  g_autofree char *id = cb_id_new ();
  gboolean is_allowed = cb_permission_is_allowed (permission);
  CbReachFields new = {
    .id = id,
    .customer_id = customer,
    .purpose = cb_permission_get_purpose (permission),
    .channel = cb_permission_get_channel (permission),
    .outcome = is_allowed ? outcome : CB_OUTCOME_REFUSED,
    .reason = is_allowed ? NULL : cb_verdict_to_id (cb_permission_get_verdict (permission)),
    .permitted_by = is_allowed ? cb_permission_get_grant (permission) : NULL,
    .request = request,
  };

  if (!cb_book_insert_reach (self, actor, &new, error))
    return FALSE;
  if (made != NULL)
    *made = g_steal_pointer (&id);
  return TRUE;
}

/* What it is about is one of theirs. */
static gboolean
check_request (CbBook *self, const char *customer, const char *request, GError **error)
{
  static const char SQL_HAS_REQUEST[] =
    "SELECT ?1 IS NULL OR EXISTS (SELECT 1 FROM request WHERE id = ?1 AND customer = ?2)";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_HAS_REQUEST);

  cb_stmt_bind_text (stmt, 1, request);
  cb_stmt_bind_text (stmt, 2, customer);
  if (!cb_stmt_next (stmt, error))
    return FALSE;
  if (cb_stmt_int (stmt, 0) != 0)
    return TRUE;
  g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_NOT_FOUND, "no such request");
  return FALSE;
}

char *
cb_book_log_reach (CbBook *self,
                   CbStaff *actor,
                   const char *customer,
                   const CbReachDraft *draft,
                   GError **error)
{
  g_autoptr (CbPermission) permission = NULL;
  g_autofree char *id = NULL;
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_require (self, actor, CB_ACT_WRITE_CUSTOMERS, error) || !cb_book_begin (self, error))
    return NULL;
  transaction = self->db;
  if (draft->channel == CB_CHANNEL_NONE || draft->outcome == CB_OUTCOME_REFUSED ||
      draft->outcome == CB_OUTCOME_CODE)
    {
      g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID,
                           "a contact goes by a way, and something came of it");
      return NULL;
    }
  if (!cb_book_require_customer (self, customer, error) ||
      !check_request (self, customer, draft->request, error))
    return NULL;
  permission = cb_book_read_permission_for (self, customer, draft->purpose, draft->channel,
                                            draft->circumstance, error);
  if (permission == NULL || !cb_book_write_reach (self, actor, permission, customer, draft->outcome,
                                                  draft->request, &id, error))
    return NULL;
  transaction = NULL;
  if (!cb_book_commit (self, error))
    return NULL;
  if (cb_permission_is_allowed (permission))
    return g_steal_pointer (&id);
  g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_REFUSED,
                       cb_permission_get_reason (permission));
  return NULL;
}
