/* SPDX-License-Identifier: Apache-2.0 */

/* An answer to a search can show words of a note to whoever types. That is a reading like any
 * other, and whose note it is can be told of it; but the answers to every keystroke are none, and
 * one a day says as much as a hundred. So it is whoever shows them who says which have stood there
 * long enough to be read. */

#define G_LOG_DOMAIN "Counterbook"

#include "store/cb-book-private.h"

#include "base/cb-error.h"

/* Whether this one is still to be written down today. */
static gboolean
check_new (CbBook *self, CbStaff *actor, const char *customer, gboolean *is_new, GError **error)
{
  static const char SQL_GET_LAST[] =
    "SELECT (SELECT max(a.at_us) FROM audit AS a WHERE a.customer = c.id AND a.staff = ?2"
    " AND a.action = ?3) FROM customer AS c WHERE c.id = ?1";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_GET_LAST);
  g_autoptr (GError) local_error = NULL;
  gint64 today_us = cb_clock_day_end_us (cb_clock_get_now_us (self->clock), 0);

  cb_stmt_bind_text (stmt, 1, customer);
  cb_stmt_bind_text (stmt, 2, cb_staff_get_id (actor));
  cb_stmt_bind_text (stmt, 3, CB_READ_WORDS);
  *is_new =
    cb_stmt_next (stmt, &local_error) &&
    (cb_stmt_is_null (stmt, 0) || cb_clock_day_end_us (cb_stmt_int (stmt, 0), 0) != today_us) &&
    !cb_book_is_owed (self, actor, customer, CB_READ_WORDS, today_us);
  return !cb_error_hand_on (&local_error, error);
}

/* Borrowed from `customers`. */
static GPtrArray *
list_new (CbBook *self, CbStaff *actor, const char *const *customers, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new ();
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_begin_read (self, error))
    return NULL;
  transaction = self->db;
  for (guint i = 0; customers[i] != NULL; i++)
    {
      gboolean wanted = FALSE;

      if (!check_new (self, actor, customers[i], &wanted, error))
        return NULL;
      if (wanted)
        g_ptr_array_add (list, (gpointer) customers[i]);
    }
  return g_steal_pointer (&list);
}

static gboolean
write_down (CbBook *self, CbStaff *actor, GPtrArray *customers, GError **error)
{
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_begin (self, error))
    return FALSE;
  transaction = self->db;
  for (guint i = 0; i < customers->len; i++)
    {
      const char *customer = g_ptr_array_index (customers, i);

      if (!cb_book_audit (self, actor, CB_READ_WORDS, customer, customer, NULL, error))
        return FALSE;
    }
  transaction = NULL;
  return cb_book_commit (self, error);
}

static gboolean
owe (CbBook *self, CbStaff *actor, GPtrArray *customers)
{
  gboolean owes = TRUE;

  for (guint i = 0; i < customers->len && owes; i++)
    owes = cb_book_owe_reading (self, actor, g_ptr_array_index (customers, i), CB_READ_WORDS);
  return owes;
}

gboolean
cb_book_log_shown (CbBook *self, CbStaff *actor, const char *const *customers, GError **error)
{
  g_autoptr (GPtrArray) list = NULL;
  g_autoptr (GError) local_error = NULL;

  if (!cb_book_require (self, actor, CB_ACT_SEE_CUSTOMERS, error))
    return FALSE;
  if (customers[0] == NULL)
    return TRUE;
  list = list_new (self, actor, customers, error);
  if (list == NULL)
    return FALSE;
  if (list->len == 0 || write_down (self, actor, list, &local_error) ||
      (cb_book_is_of_the_disk (local_error) && owe (self, actor, list)))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}
