/* SPDX-License-Identifier: Apache-2.0 */

/* Who has not been here for a long time is not kept for ever: listed, then erased. */

#define G_LOG_DOMAIN "Counterbook"

#include "store/cb-book-private.h"

#include "base/cb-error.h"

/* Between being listed and being erased, so that somebody can still say that they are a customer.
 */
#define NOTICE_DAYS 30

/* From when on somebody who was not here since is one of them. */
static gint64
get_threshold (CbBook *self, gint64 now_us)
{
  return now_us - ((gint64) self->keep_silent_days - NOTICE_DAYS) * CB_US_PER_DAY;
}

/* Or who had come before, which was heard of later. */
static gboolean
unlist_who_came_again (CbBook *self, gint64 now_us, GError **error)
{
  static const char SQL_UNLIST[] =
    "DELETE FROM silent WHERE customer IN ("
    "SELECT s.customer FROM silent AS s JOIN customer AS c ON c.id = s.customer"
    " WHERE c.last_visit_us > ?1 OR c.restricted = 1)";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_UNLIST);

  cb_stmt_bind_int (stmt, 1, get_threshold (self, now_us));
  return cb_stmt_run (stmt, error);
}

/* Whoever is restricted is frozen: neither used nor erased. */
static gboolean
list_the_silent (CbBook *self, gint64 now_us, guint most, GError **error)
{
  static const char SQL_LIST_SILENT[] =
    "INSERT INTO silent (customer, listed_us, ends_us)"
    " SELECT id, ?2, ?3 FROM customer WHERE last_visit_us <= ?1 AND restricted = 0"
    " AND id NOT IN (SELECT customer FROM silent) ORDER BY last_visit_us LIMIT ?4";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_LIST_SILENT);

  cb_stmt_bind_int (stmt, 1, get_threshold (self, now_us));
  cb_stmt_bind_int (stmt, 2, now_us);
  cb_stmt_bind_int (stmt, 3, cb_clock_day_end_us (now_us, NOTICE_DAYS));
  cb_stmt_bind_int (stmt, 4, most);
  return cb_stmt_run (stmt, error);
}

static GPtrArray *
list_ended (CbBook *self, gint64 now_us, guint most, GError **error)
{
  static const char SQL_LIST_ENDED_SILENT[] =
    "SELECT customer FROM silent WHERE ends_us <= ?1 AND customer IS NOT ?2" CB_NOT_WRITTEN_ABOUT (
      "silent", "?4") " ORDER BY ends_us LIMIT ?3";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_LIST_ENDED_SILENT);
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) local_error = NULL;

  cb_stmt_bind_int (stmt, 1, now_us);
  cb_stmt_bind_text (stmt, 2, self->visited);
  cb_stmt_bind_int (stmt, 3, most);
  cb_stmt_bind_int (stmt, 4, now_us - CB_WRITING_US);
  while (cb_stmt_next (stmt, &local_error))
    g_ptr_array_add (list, g_strdup (cb_stmt_text (stmt, 0)));
  return cb_error_hand_on (&local_error, error) ? NULL : g_steal_pointer (&list);
}

gboolean
cb_book_is_anybody_silent (CbBook *self, gint64 now_us, gboolean *is_due, GError **error)
{
  static const char SQL_ANYBODY_SILENT[] =
    "SELECT EXISTS (SELECT 1 FROM silent WHERE ends_us <= ?1 AND customer IS NOT ?3)"
    " OR EXISTS (SELECT 1 FROM customer WHERE last_visit_us <= ?2 AND restricted = 0"
    "  AND id NOT IN (SELECT customer FROM silent))";
  g_autoptr (CbStmt) stmt = NULL;

  *is_due = FALSE;
  if (self->keep_silent_days == 0)
    return TRUE;
  stmt = cb_db_prepare (self->db, SQL_ANYBODY_SILENT);
  cb_stmt_bind_int (stmt, 1, now_us);
  cb_stmt_bind_int (stmt, 2, get_threshold (self, now_us));
  cb_stmt_bind_text (stmt, 3, self->visited);
  if (!cb_stmt_next (stmt, error))
    return FALSE;
  *is_due = cb_stmt_int (stmt, 0) != 0;
  return TRUE;
}

gboolean
cb_book_end_silent (CbBook *self, gint64 now_us, guint most, guint *n_ended, GError **error)
{
  g_autoptr (GPtrArray) ended = NULL;

  if (self->keep_silent_days == 0)
    return TRUE;
  if (!unlist_who_came_again (self, now_us, error) || !list_the_silent (self, now_us, most, error))
    return FALSE;
  ended = list_ended (self, now_us, most, error);
  for (guint i = 0; ended != NULL && i < ended->len; i++)
    {
      if (!cb_book_end_customer (self, NULL, g_ptr_array_index (ended, i), CB_ERASE_RETENTION,
                                 error))
        return FALSE;
    }
  *n_ended += ended != NULL ? ended->len : 0;
  return ended != NULL;
}
