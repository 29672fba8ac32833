/* SPDX-License-Identifier: Apache-2.0 */

/* The service's history is another than the one this terminal was told of: it was put back from a
 * back-up, or is another service; or this terminal was put back. What the service acknowledged
 * before may be lost there, so all of it that is still here in its bytes is offered again, and
 * everything is heard from the beginning. What the service still has it answers as a duplicate. And
 * this is a new incarnation, so that it is told of what it sent itself and does not know any more.
 *
 * Offered is what still holds. A yes that has ended is not: the end alone goes, for no order in
 * which the two arrive must make the yes stand. */

#define G_LOG_DOMAIN "Counterbook"

#include "store/cb-book-private.h"

#include "base/cb-error.h"

/* Of the accepted, those with bytes; of answers, those that nothing followed. */
#define STILL_HOLDS                                                                                \
  "(o.act IN ('put', 'withdraw', 'erase')"                                                         \
  " OR (o.act = 'grant' AND NOT EXISTS (SELECT 1 FROM consent_event AS g JOIN consent_event AS w"  \
  "   ON w.customer = g.customer AND w.purpose = g.purpose AND w.seq > g.seq"                      \
  "   AND (w.channel = g.channel OR w.channel = '*') AND w.state IN ('withdrawn', 'refused')"      \
  "   WHERE g.id = o.op_id))"                                                                      \
  " OR (o.act = 'refuse' AND EXISTS (SELECT 1 FROM consent_now AS n WHERE n.customer = o.customer" \
  "   AND n.purpose = o.purpose AND n.channel = o.channel AND n.state = 'refused')))"

/* What another terminal put is kept by its body alone; an operation of ours names itself. */
static gboolean
is_operation (CbBook *self, CbStmt *row, GError **error)
{
  const char *op_id = cb_stmt_text (row, 0);
  g_autoptr (GBytes) sealed = cb_stmt_dup_bytes (row, 3);
  g_autoptr (GError) local_error = NULL;
  g_auto (CbKey) key = { 0 };
  char *line = NULL;
  gboolean is = FALSE;

  if (g_str_equal (cb_stmt_text (row, 1), "erase"))
    key = self->keys->book;
  else if (!cb_book_get_customer_key (self, cb_stmt_text (row, 2), &key, &local_error))
    return !g_error_matches (local_error, CB_STORE_ERROR, CB_STORE_ERROR_NOT_FOUND) &&
           cb_error_hand_on (&local_error, error);
  line = cb_unseal_text (&key, "outbox.bytes", op_id, g_bytes_get_data (sealed, NULL),
                         g_bytes_get_size (sealed), &local_error);
  if (line != NULL)
    is = g_str_has_prefix (line, "{\"op\":");
  g_clear_pointer (&line, cb_text_wipe);
  return is;
}

static GPtrArray *
list_to_offer (CbBook *self, GError **error)
{
  static const char SQL_LIST_TO_OFFER[] =
    "SELECT o.op_id, o.kind, o.customer, o.bytes FROM outbox AS o"
    " WHERE o.state = 'accepted' AND length (o.bytes) > 0 AND " STILL_HOLDS " ORDER BY o.customer";
  g_autoptr (CbStmt) rows = cb_db_prepare (self->db, SQL_LIST_TO_OFFER);
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) local_error = NULL;

  while (local_error == NULL && cb_stmt_next (rows, &local_error))
    {
      if (is_operation (self, rows, &local_error))
        g_ptr_array_add (ids, g_strdup (cb_stmt_text (rows, 0)));
    }
  return cb_error_hand_on (&local_error, error) ? NULL : g_steal_pointer (&ids);
}

/* The number it had stays: it tells what the service knew from what it never took. It counts as
 * tried, for the service may have it, and an edit of it must name it. */
static gboolean
offer (CbBook *self, const char *op_id, GError **error)
{
  static const char SQL_OFFER[] =
    "UPDATE outbox SET state = 'waiting', tries = 1, code = NULL, not_before_us = 0"
    " WHERE op_id = ?1";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_OFFER);

  cb_stmt_bind_text (stmt, 1, op_id);
  return cb_stmt_run (stmt, error);
}

gboolean
cb_book_offer_again (CbBook *self, GError **error)
{
  g_autoptr (GPtrArray) ids = list_to_offer (self, error);

  for (guint i = 0; ids != NULL && i < ids->len; i++)
    {
      if (!offer (self, g_ptr_array_index (ids, i), error))
        return FALSE;
    }
  self->is_outbox_touched = TRUE;
  self->n_accepted = -1;
  return ids != NULL && cb_book_forget_told (self, error);
}

/* Those of another history are no order in this one. */
static gboolean
forget_numbers (CbBook *self, GError **error)
{
  static const char SQL_FORGET_NUMBERS[] = "UPDATE consent_heard SET n = 0";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_FORGET_NUMBERS);

  return cb_stmt_run (stmt, error);
}

gboolean
cb_book_meet_history (CbBook *self, GError **error)
{
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_take_sync_lock (self, error) || !cb_book_begin (self, error))
    return FALSE;
  transaction = self->db;
  if (!cb_book_offer_again (self, error) || !forget_numbers (self, error) ||
      !cb_book_begin_incarnation (self, error))
    return FALSE;
  transaction = NULL;
  return cb_book_commit (self, error);
}
