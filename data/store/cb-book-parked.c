/* SPDX-License-Identifier: Apache-2.0 */

/* What the service refused and a person has looked at: sent once more, or kept here alone. */

#define G_LOG_DOMAIN "Counterbook"

#include "store/cb-book-private.h"

#include "base/cb-error.h"

/* Of one transaction when everything is tried again: a piece must not hold up a save. */
#define PIECE 50

/* The bytes went out and nobody knows what became of them: only the same bytes are safe. */
#define CODE_UNKNOWN "unknown_answer"

typedef struct
{
  char *op_id;
  char *customer;
  char *kind;
  char *act;
  char *record;
  char *base;
  char *code;
  gboolean is_newest; /* nothing later of the same record names it */
  gboolean is_choice; /* somebody has to choose between two readings */
} Parked;

static void
parked_free (gpointer data)
{
  Parked *parked = data;

  g_free (parked->op_id);
  g_free (parked->customer);
  g_free (parked->kind);
  g_free (parked->act);
  g_free (parked->record);
  g_free (parked->base);
  g_free (parked->code);
  g_free (parked);
}

static Parked *
parked_from_row (CbStmt *stmt)
{
  Parked *parked = g_new0 (Parked, 1);

  parked->op_id = g_strdup (cb_stmt_text (stmt, 0));
  parked->customer = g_strdup (cb_stmt_text (stmt, 1));
  parked->kind = g_strdup (cb_stmt_text (stmt, 2));
  parked->act = g_strdup (cb_stmt_text (stmt, 3));
  parked->record = g_strdup (cb_stmt_text (stmt, 4));
  parked->base = g_strdup (cb_stmt_text (stmt, 5));
  parked->code = g_strdup (cb_stmt_text (stmt, 6));
  parked->is_newest = cb_stmt_int (stmt, 7) != 0;
  parked->is_choice = cb_stmt_int (stmt, 8) != 0;
  return parked;
}

#define SELECT_PARKED                                                                              \
  "SELECT o.op_id, o.customer, o.kind, o.act, o.record, o.base, o.code, NOT EXISTS ("              \
  "   SELECT 1 FROM outbox AS l WHERE l.customer = o.customer AND l.key = o.key"                   \
  "   AND l.rowid > o.rowid), o.code = 'conflict' AND o.theirs IS NOT NULL"                        \
  " FROM outbox AS o WHERE o.state = 'parked'"                                                     \
  " AND o.state IN ('held', 'parked')"

/* CB_STORE_ERROR_NOT_FOUND unless it is there and refused. */
static Parked *
read_parked (CbBook *self, const char *op_id, GError **error)
{
  static const char SQL_GET_PARKED[] = SELECT_PARKED " AND o.op_id = ?1";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_GET_PARKED);
  g_autoptr (GError) local_error = NULL;
  Parked *parked = NULL;

  cb_stmt_bind_text (stmt, 1, op_id);
  if (cb_stmt_next (stmt, &local_error))
    parked = parked_from_row (stmt);
  else if (!cb_error_hand_on (&local_error, error))
    g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_NOT_FOUND,
                 "no operation of that id is refused here");
  return parked;
}

static GPtrArray *
read_piece (CbBook *self, const char *after, GError **error)
{
  static const char SQL_LIST_PARKED[] = SELECT_PARKED
    " AND o.op_id > ?1"
    " AND NOT (o.code = 'conflict' AND o.theirs IS NOT NULL) ORDER BY o.op_id LIMIT ?2";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_LIST_PARKED);
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (parked_free);
  g_autoptr (GError) local_error = NULL;

  cb_stmt_bind_text (stmt, 1, after);
  cb_stmt_bind_int (stmt, 2, PIECE);
  while (cb_stmt_next (stmt, &local_error))
    g_ptr_array_add (all, parked_from_row (stmt));
  return cb_error_hand_on (&local_error, error) ? NULL : g_steal_pointer (&all);
}

/* --- once more --- */

/* The service judges it again. A record is written anew, with what it rests on now and under a new
 * id; what others name by its id (an answer, an earlier text) goes in the bytes it had. */
static gboolean
free_again (CbBook *self, const Parked *parked, GError **error)
{
  static const char SQL_FREE_AGAIN[] =
    "UPDATE outbox SET state = ?2, code = NULL, theirs = NULL, tries = 0, not_before_us = 0"
    " WHERE op_id = ?1";
  const gboolean is_unknown = g_strcmp0 (parked->code, CODE_UNKNOWN) == 0;
  g_autoptr (CbStmt) stmt = NULL;

  if (parked->is_newest && !is_unknown && g_str_equal (parked->act, "put"))
    return cb_book_hold_anew (self, parked->customer, parked->op_id, error);
  stmt = cb_db_prepare (self->db, SQL_FREE_AGAIN);
  cb_stmt_bind_text (stmt, 1, parked->op_id);
  cb_stmt_bind_text (stmt, 2, is_unknown ? "sent" : "waiting");
  return cb_stmt_run (stmt, error);
}

static gboolean
retry_one (CbBook *self, CbStaff *actor, const Parked *parked, GError **error)
{
  if (!free_again (self, parked, error) ||
      !cb_book_audit (self, actor, "outbox.retry", parked->customer, parked->op_id, parked->code,
                      error))
    return FALSE;
  cb_book_touch (self, parked->customer);
  /* An erased customer's operation has nobody left to ask. */
  return g_str_equal (parked->kind, "erase") ||
         cb_book_reckon_outbox (self, parked->customer, error);
}

/* The same again would meet the same answer. */
static gboolean
may_be_retried (const Parked *parked, GError **error)
{
  if (!parked->is_choice)
    return TRUE;
  g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_REFUSED,
                       "it was changed elsewhere too: outbox resolve says which reading stays");
  return FALSE;
}

gboolean
cb_book_retry (CbBook *self, CbStaff *actor, const char *op_id, GError **error)
{
  Parked *parked = NULL;
  gboolean done;
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_require (self, actor, CB_ACT_RETRY, error) || !cb_book_begin (self, error))
    return FALSE;
  transaction = self->db;
  parked = read_parked (self, op_id, error);
  if (parked == NULL)
    return FALSE;
  done = may_be_retried (parked, error) && retry_one (self, actor, parked, error);
  parked_free (parked);
  if (!done)
    return FALSE;
  self->is_outbox_touched = TRUE;
  transaction = NULL;
  return cb_book_commit (self, error);
}

static gboolean
retry_piece (CbBook *self, CbStaff *actor, char **after, guint *n, GError **error)
{
  g_autoptr (GPtrArray) piece = NULL;
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_begin (self, error))
    return FALSE;
  transaction = self->db;
  piece = read_piece (self, *after, error);
  if (piece == NULL)
    return FALSE;
  for (guint i = 0; i < piece->len; i++)
    {
      const Parked *parked = g_ptr_array_index (piece, i);

      if (!retry_one (self, actor, parked, error))
        return FALSE;
      g_free (*after);
      *after = g_strdup (parked->op_id);
    }
  self->is_outbox_touched = TRUE;
  transaction = NULL;
  if (!cb_book_commit (self, error))
    return FALSE;
  *n += piece->len;
  if (piece->len < PIECE)
    g_clear_pointer (after, g_free);
  return TRUE;
}

gboolean
cb_book_retry_all (CbBook *self, CbStaff *actor, guint *n_retried, GError **error)
{
  char *after = g_strdup ("");

  *n_retried = 0;
  if (!cb_book_require (self, actor, CB_ACT_RETRY, error))
    {
      g_free (after);
      return FALSE;
    }
  /* What is freed gets another id or another state; a piece goes on behind the one before it, so
   * that whatever is refused meanwhile is not tried for ever. */
  while (after != NULL)
    {
      if (!retry_piece (self, actor, &after, n_retried, error))
        {
          g_free (after);
          return FALSE;
        }
    }
  return TRUE;
}

/* --- kept here alone --- */

/* What is edited later is an edit of what the service has. */
static gboolean
restore_version (CbBook *self, const Parked *parked, GError **error)
{
  const CbRecordKind *kind = cb_book_find_kind (parked->kind);
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, kind->restore_version);

  cb_stmt_bind_text (stmt, 1, parked->record);
  cb_stmt_bind_text (stmt, 2, parked->op_id);
  cb_stmt_bind_text (stmt, 3, parked->base);
  return cb_stmt_run (stmt, error);
}

static gboolean
remove_one (CbBook *self, CbStaff *actor, const Parked *parked, GError **error)
{
  static const char SQL_REMOVE[] = "DELETE FROM outbox WHERE op_id = ?1 AND state = 'parked'";
  g_autoptr (CbStmt) stmt = NULL;

  /* A no that never arrives would let somebody be asked again, a yes that never arrives would have
   * every record under it refused. */
  if (!g_str_equal (parked->act, "put"))
    {
      g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_REFUSED,
                   "an answer or an erasure has to arrive; it can only be tried again");
      return FALSE;
    }
  stmt = cb_db_prepare (self->db, SQL_REMOVE);
  cb_stmt_bind_text (stmt, 1, parked->op_id);
  return cb_stmt_run (stmt, error) && restore_version (self, parked, error) &&
         cb_book_audit (self, actor, "outbox.discard", parked->customer, parked->op_id,
                        parked->code, error);
}

gboolean
cb_book_discard (CbBook *self, CbStaff *actor, const char *op_id, GError **error)
{
  Parked *parked = NULL;
  gboolean done;
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_require (self, actor, CB_ACT_DISCARD, error) || !cb_book_begin (self, error))
    return FALSE;
  transaction = self->db;
  parked = read_parked (self, op_id, error);
  if (parked == NULL)
    return FALSE;
  done = remove_one (self, actor, parked, error);
  if (done)
    cb_book_touch (self, parked->customer);
  parked_free (parked);
  if (!done)
    return FALSE;
  self->is_outbox_touched = TRUE;
  transaction = NULL;
  return cb_book_commit (self, error);
}
