/* SPDX-License-Identifier: Apache-2.0 */

/* Words that are taken out of a note, for good: here and on every way out. What lay in the file is
 * looked for by the cleaning, and the ledger tells a copy that is put back. */

#define G_LOG_DOMAIN "Counterbook"

#include "store/cb-review-private.h"

#include "base/cb-error.h"

static gboolean
add_redaction (CbBook *self, const char *note, const char *origin, GError **error)
{
  static const char SQL_ADD_REDACTION[] =
    "INSERT INTO redaction (note, redacted_us, origin) VALUES (?1, ?2, ?3)"
    " ON CONFLICT (note) DO UPDATE SET redacted_us = excluded.redacted_us,"
    " origin = excluded.origin, selfcheck = NULL, cleaned_us = NULL";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_ADD_REDACTION);

  cb_stmt_bind_text (stmt, 1, note);
  cb_stmt_bind_int (stmt, 2, cb_clock_get_now_us (self->clock));
  cb_stmt_bind_text (stmt, 3, origin);
  return cb_stmt_run (stmt, error);
}

/* What its author changed it to is gone too, and nothing tells of it any more. */
static gboolean
forget_correction (CbBook *self, const char *note, GError **error)
{
  static const char SQL_FORGET_CORRECTION[] = "DELETE FROM correction WHERE note = ?1";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_FORGET_CORRECTION);

  cb_stmt_bind_text (stmt, 1, note);
  return cb_stmt_run (stmt, error);
}

/* The ledger before the commit: dying in between takes the words out at the next opening. */
gboolean
cb_book_redact_note (CbBook *self,
                     CbStaff *actor,
                     const char *customer,
                     const char *note,
                     const char *kept,
                     const char *origin,
                     GError **error)
{
  cb_book_touch (self, customer);
  return cb_book_gather_note_canaries (self, customer, note, error) &&
         cb_book_append_to_ledger (self, note, CB_LEDGER_REDACT, error) &&
         cb_book_set_note_text (self, customer, note, kept != NULL ? kept : "", error) &&
         forget_correction (self, note, error) &&
         cb_book_rewrite_record (self, actor, customer, "note", note, error) &&
         add_redaction (self, note, origin, error);
}

/* --- a copy that was put back --- */

static gboolean
is_redacted (CbBook *self, const char *note, gboolean *is, GError **error)
{
  static const char SQL_IS_REDACTED[] = "SELECT EXISTS (SELECT 1 FROM redaction WHERE note = ?1)";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_IS_REDACTED);

  cb_stmt_bind_text (stmt, 1, note);
  if (!cb_stmt_next (stmt, error))
    return FALSE;
  *is = cb_stmt_int (stmt, 0) != 0;
  return TRUE;
}

/* NULL without an error: it is not in this book. */
static char *
find_owner (CbBook *self, const char *note, GError **error)
{
  static const char SQL_GET_OWNER[] = "SELECT customer FROM note WHERE id = ?1";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_GET_OWNER);

  cb_stmt_bind_text (stmt, 1, note);
  return cb_stmt_next (stmt, error) ? g_strdup (cb_stmt_text (stmt, 0)) : NULL;
}

/* Which of its words were allowed to stay is not known here: none are. */
static gboolean
redact_again (CbBook *self, const char *customer, const char *note, GError **error)
{
  static const char SQL_TELL_REDACTED[] =
    "INSERT INTO review (note, customer, cause, state, reason, reviewer, queued_us, decided_us)"
    " VALUES (?1, ?2, 'sample', 'redacted', 'other', 'system', ?3, ?3)"
    " ON CONFLICT (note) DO UPDATE SET state = 'redacted', reason = 'other', remark = NULL,"
    " reviewer = 'system', decided_us = excluded.decided_us";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_TELL_REDACTED);

  cb_stmt_bind_text (stmt, 1, note);
  cb_stmt_bind_text (stmt, 2, customer);
  cb_stmt_bind_int (stmt, 3, cb_clock_get_now_us (self->clock));
  return cb_book_redact_note (self, NULL, customer, note, NULL, "ledger", error) &&
         cb_stmt_run (stmt, error) &&
         cb_book_audit (self, NULL, "note.redact", customer, note, "ledger", error);
}

gboolean
cb_book_replay_redaction (CbBook *self, const char *note, GError **error)
{
  gboolean is = FALSE;
  g_autofree char *customer = NULL;
  g_autoptr (GError) local_error = NULL;
  g_auto (CbTransaction) transaction = NULL;

  if (!is_redacted (self, note, &is, error))
    return FALSE;
  if (is)
    return TRUE;
  if (!cb_book_begin (self, error))
    return FALSE;
  transaction = self->db;
  /* Asked again behind the lock: another process may be about it. */
  if (!is_redacted (self, note, &is, error))
    return FALSE;
  if (is)
    return TRUE;
  customer = find_owner (self, note, &local_error);
  if (cb_error_hand_on (&local_error, error))
    return FALSE;
  /* Nothing to look for where there is nothing. */
  if (customer == NULL)
    return TRUE;
  if (!redact_again (self, customer, note, error))
    return FALSE;
  transaction = NULL;
  return cb_book_commit (self, error);
}
