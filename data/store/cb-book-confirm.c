/* SPDX-License-Identifier: Apache-2.0 */

/* "From the old book: still right?" Asked until somebody answers with the customer in front of
 * them: it is right, it is put right, or they do not want to be in the book. */

#define G_LOG_DOMAIN "Counterbook"

#include "store/cb-book-private.h"

#include "base/cb-error.h"
#include "consent/cb-purpose.h"

gboolean
cb_book_mark_unconfirmed (CbBook *self, const char *customer, GError **error)
{
  static const char SQL_MARK_UNCONFIRMED[] =
    "INSERT INTO unconfirmed (customer, since_us) VALUES (?1, ?2)"
    " ON CONFLICT (customer) DO NOTHING";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_MARK_UNCONFIRMED);

  cb_stmt_bind_text (stmt, 1, customer);
  cb_stmt_bind_int (stmt, 2, cb_clock_get_now_us (self->clock));
  return cb_stmt_run (stmt, error);
}

gboolean
cb_book_read_unconfirmed (CbBook *self, const char *customer, gint64 *since_us, GError **error)
{
  static const char SQL_GET_UNCONFIRMED[] = "SELECT since_us FROM unconfirmed WHERE customer = ?1";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_GET_UNCONFIRMED);
  g_autoptr (GError) local_error = NULL;

  cb_stmt_bind_text (stmt, 1, customer);
  *since_us = cb_stmt_next (stmt, &local_error) ? cb_stmt_int (stmt, 0) : 0;
  return !cb_error_hand_on (&local_error, error);
}

/* --- the card that a person in front of us said is right --- */

/* Whose record is frozen asked for it to be left as it is. */
static CbCustomer *
read_open_card (CbBook *self, const char *customer, GError **error)
{
  g_autoptr (CbCustomer) card = cb_book_read_customer (self, customer, error);

  if (card == NULL || !cb_customer_is_restricted (card))
    return g_steal_pointer (&card);
  g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_FORBIDDEN,
                       "this record is restricted");
  return NULL;
}

/* A card that is still held is encoded as it stands when it is freed; one that has left is followed
 * by an operation of its own, under the yes that its owner gave to it. */
static gboolean
queue_card (CbBook *self, CbStaff *actor, CbCustomer *card, GError **error)
{
  static const char SQL_HAS_HELD[] =
    "SELECT EXISTS (SELECT 1 FROM outbox WHERE customer = ?1 AND kind = 'customer'"
    " AND act = 'put' AND state = 'held')";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_HAS_HELD);
  const char *id = cb_customer_get_id (card);
  CbQueued queued = {
    .kind = "customer",
    .act = "put",
    .record = id,
    .customer = id,
    .purpose = CB_PURPOSE_SHOP,
    .base = cb_customer_get_version (card),
    .lane = 1,
  };

  cb_stmt_bind_text (stmt, 1, id);
  if (!cb_stmt_next (stmt, error))
    return FALSE;
  return cb_stmt_int (stmt, 0) != 0 || cb_book_hold (self, actor, &queued, error);
}

gboolean
cb_book_queue_card (CbBook *self, CbStaff *actor, const char *customer, GError **error)
{
  g_autoptr (CbCustomer) card = cb_book_read_customer (self, customer, error);

  return card != NULL && queue_card (self, actor, card, error) &&
         cb_book_reckon_customer (self, customer, error);
}

/* It is the person's own word from now on, and kept as long as a card that came in today. */
static gboolean
settle (CbBook *self, const char *customer, GError **error)
{
  static const char SQL_CONFIRM[] = "DELETE FROM unconfirmed WHERE customer = ?1";
  static const char SQL_KEEP_ON[] =
    "UPDATE imported SET keep_until_us = ?2 WHERE customer = ?1 AND keep_until_us < ?2";
  g_autoptr (CbStmt) confirm = cb_db_prepare (self->db, SQL_CONFIRM);
  g_autoptr (CbStmt) keep_on = cb_db_prepare (self->db, SQL_KEEP_ON);

  cb_stmt_bind_text (confirm, 1, customer);
  cb_stmt_bind_text (keep_on, 1, customer);
  cb_stmt_bind_int (keep_on, 2,
                    cb_clock_day_end_us (cb_clock_get_now_us (self->clock), CB_IMPORTED_KEEP_DAYS));
  return cb_stmt_run (confirm, error) && cb_stmt_run (keep_on, error);
}

static gboolean
settle_card (CbBook *self, CbStaff *actor, CbCustomer *card, const char *action, GError **error)
{
  const char *customer = cb_customer_get_id (card);

  return settle (self, customer, error) && queue_card (self, actor, card, error) &&
         cb_book_audit (self, actor, action, customer, customer, NULL, error) &&
         cb_book_reckon_customer (self, customer, error);
}

/* --- it is right --- */

gboolean
cb_book_confirm_customer (CbBook *self, CbStaff *actor, const char *customer, GError **error)
{
  g_autoptr (CbCustomer) card = NULL;
  gint64 since_us;
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_require (self, actor, CB_ACT_WRITE_CUSTOMERS, error) || !cb_book_begin (self, error))
    return FALSE;
  transaction = self->db;
  card = read_open_card (self, customer, error);
  if (card == NULL || !cb_book_read_unconfirmed (self, customer, &since_us, error))
    return FALSE;
  /* Somebody else has just answered. */
  if (since_us == 0)
    return TRUE;
  if (!settle_card (self, actor, card, "customer.confirm", error))
    return FALSE;
  transaction = NULL;
  return cb_book_commit (self, error);
}

/* --- it is put right --- */

gboolean
cb_book_change_customer (CbBook *self,
                         CbStaff *actor,
                         const char *customer,
                         const CbCustomerDraft *draft,
                         GError **error)
{
  g_autoptr (CbCustomer) card = NULL;
  g_auto (CbKey) key;
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_require (self, actor, CB_ACT_WRITE_CUSTOMERS, error) ||
      !cb_book_check_customer (draft, error) || !cb_book_begin (self, error))
    return FALSE;
  transaction = self->db;
  card = read_open_card (self, customer, error);
  if (card == NULL || !cb_book_get_customer_key (self, customer, &key, error) ||
      !cb_book_set_card (self, &key, customer, draft, error) ||
      !cb_book_set_contacts (self, &key, customer, "email", draft->emails, error) ||
      !cb_book_set_contacts (self, &key, customer, "phone", draft->phones, error) ||
      (draft->ends_draft && !cb_book_end_draft (self, actor, customer, "customer", error)) ||
      !settle_card (self, actor, card, "customer.change", error))
    return FALSE;
  transaction = NULL;
  return cb_book_commit (self, error);
}

/* --- they do not want to be in it --- */

/* What is known beyond the old book may be others' to answer for. */
static gboolean
require_nothing_else (CbBook *self, CbStaff *actor, const char *customer, GError **error)
{
  static const char SQL_HAS_MORE[] =
    "SELECT NOT EXISTS (SELECT 1 FROM imported WHERE customer = ?1)"
    " OR NOT EXISTS (SELECT 1 FROM unconfirmed WHERE customer = ?1)"
    " OR EXISTS (SELECT 1 FROM note WHERE customer = ?1)"
    " OR EXISTS (SELECT 1 FROM preference WHERE customer = ?1)"
    " OR EXISTS (SELECT 1 FROM request WHERE customer = ?1)"
    " OR EXISTS (SELECT 1 FROM occasion WHERE customer = ?1)"
    " OR EXISTS (SELECT 1 FROM purchase WHERE customer = ?1)"
    " OR EXISTS (SELECT 1 FROM wish WHERE customer = ?1)"
    " OR EXISTS (SELECT 1 FROM consent_condition WHERE customer = ?1)"
    " OR EXISTS (SELECT 1 FROM consent_event WHERE customer = ?1"
    "  AND state IN ('given', 'renewed'))";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_HAS_MORE);

  if (cb_book_require (self, actor, CB_ACT_ERASE, NULL))
    return TRUE;
  cb_stmt_bind_text (stmt, 1, customer);
  if (!cb_stmt_next (stmt, error))
    return FALSE;
  if (cb_stmt_int (stmt, 0) == 0)
    return TRUE;
  g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_FORBIDDEN,
                       "more is known than the old book said");
  return FALSE;
}

gboolean
cb_book_remove_imported (CbBook *self, CbStaff *actor, const char *customer, GError **error)
{
  g_autoptr (CbCustomer) card = NULL;
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_require (self, actor, CB_ACT_WRITE_CUSTOMERS, error) || !cb_book_begin (self, error))
    return FALSE;
  transaction = self->db;
  card = read_open_card (self, customer, error);
  if (card == NULL || !require_nothing_else (self, actor, customer, error) ||
      !cb_book_end_customer (self, actor, customer, CB_ERASE_OBJECTION, error))
    return FALSE;
  transaction = NULL;
  return cb_book_commit (self, error) && cb_book_rotate_if_due (self, error);
}
