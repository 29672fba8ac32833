/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "store/cb-book-private.h"

#include "base/cb-error.h"

/* Asked again after so many days, when more is known of somebody than the old book said. */
#define ASK_AGAIN_DAYS 30

/* The end of a card that nobody agreed to. */

static gboolean
put_off (CbBook *self, gint64 now_us, GError **error)
{
  static const char SQL_PUT_OFF[] =
    "UPDATE imported SET keep_until_us = ?2 WHERE keep_until_us <= ?1 AND ("
    " EXISTS (SELECT 1 FROM customer AS c WHERE c.id = imported.customer AND c.restricted = 1)"
    " OR EXISTS (SELECT 1 FROM note AS n WHERE n.customer = imported.customer)"
    " OR EXISTS (SELECT 1 FROM preference AS p WHERE p.customer = imported.customer)"
    " OR EXISTS (SELECT 1 FROM request AS r WHERE r.customer = imported.customer)"
    " OR EXISTS (SELECT 1 FROM occasion AS o WHERE o.customer = imported.customer)"
    " OR EXISTS (SELECT 1 FROM purchase AS b WHERE b.customer = imported.customer)"
    " OR EXISTS (SELECT 1 FROM wish AS w WHERE w.customer = imported.customer)"
    " OR EXISTS (SELECT 1 FROM permission_now AS v WHERE v.customer = imported.customer"
    "  AND v.verdict = 'allowed'))";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_PUT_OFF);

  cb_stmt_bind_int (stmt, 1, now_us);
  cb_stmt_bind_int (stmt, 2, cb_clock_day_end_us (now_us, ASK_AGAIN_DAYS));
  return cb_stmt_run (stmt, error);
}

static GPtrArray *
list_ended (CbBook *self, gint64 now_us, guint most, GError **error)
{
  static const char SQL_LIST_ENDED_CARDS[] =
    "SELECT customer FROM imported WHERE keep_until_us <= ?1 AND customer IS NOT ?3" CB_NOT_WRITTEN_ABOUT (
      "imported", "?4") " ORDER BY keep_until_us LIMIT ?2";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_LIST_ENDED_CARDS);
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) local_error = NULL;

  cb_stmt_bind_int (stmt, 1, now_us);
  cb_stmt_bind_int (stmt, 2, most);
  cb_stmt_bind_text (stmt, 3, self->visited);
  cb_stmt_bind_int (stmt, 4, now_us - CB_WRITING_US);
  while (cb_stmt_next (stmt, &local_error))
    g_ptr_array_add (list, g_strdup (cb_stmt_text (stmt, 0)));
  return cb_error_hand_on (&local_error, error) ? NULL : g_steal_pointer (&list);
}

gboolean
cb_book_end_imported (CbBook *self, gint64 now_us, guint most, guint *n_ended, GError **error)
{
  g_autoptr (GPtrArray) ended = NULL;

  if (!put_off (self, now_us, error))
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
