/* SPDX-License-Identifier: Apache-2.0 */

/* What ends by itself is said beforehand. */

#define G_LOG_DOMAIN "Counterbook"

#include <string.h>

#include "store/cb-book-private.h"

#include "base/cb-error.h"

static gboolean
add_records (CbBook *self,
             const CbRecordKind *kind,
             gint64 until_us,
             GPtrArray *list,
             GError **error)
{
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, kind->list_ends);
  g_autoptr (GError) local_error = NULL;

  cb_stmt_bind_int (stmt, 1, until_us);
  while (cb_stmt_next (stmt, &local_error))
    g_ptr_array_add (list,
                     cb_ending_new (kind->kind, cb_stmt_text (stmt, 0), cb_stmt_text (stmt, 1),
                                    cb_stmt_text (stmt, 2), cb_stmt_int (stmt, 3)));
  return !cb_error_hand_on (&local_error, error);
}

static gboolean
add_customers (CbBook *self, gint64 until_us, GPtrArray *list, GError **error)
{
  static const char SQL_LIST_ENDS[] =
    "SELECT customer, 'imported', keep_until_us FROM imported WHERE keep_until_us <= ?1"
    " UNION ALL"
    " SELECT customer, 'silent', ends_us FROM silent WHERE ends_us <= ?1";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_LIST_ENDS);
  g_autoptr (GError) local_error = NULL;

  cb_stmt_bind_int (stmt, 1, until_us);
  while (cb_stmt_next (stmt, &local_error))
    g_ptr_array_add (list,
                     cb_ending_new ("customer", cb_stmt_text (stmt, 0), cb_stmt_text (stmt, 0),
                                    cb_stmt_text (stmt, 1), cb_stmt_int (stmt, 2)));
  return !cb_error_hand_on (&local_error, error);
}

static gint
compare (gconstpointer a, gconstpointer b)
{
  const CbEnding *first = *(const CbEnding *const *) a;
  const CbEnding *second = *(const CbEnding *const *) b;

  if (first->ends_us != second->ends_us)
    return first->ends_us < second->ends_us ? -1 : 1;
  return strcmp (first->id, second->id);
}

static GPtrArray *
list_ends (CbBook *self, gint64 until_us, guint most, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_ending_free);
  guint n_kinds;
  const CbRecordKind *kinds = cb_book_get_kinds (&n_kinds);

  for (guint i = 0; i < n_kinds; i++)
    {
      if (kinds[i].list_ends != NULL && !add_records (self, &kinds[i], until_us, list, error))
        return NULL;
    }
  if (!add_customers (self, until_us, list, error))
    return NULL;
  g_ptr_array_sort (list, compare);
  if (list->len > most)
    g_ptr_array_set_size (list, (gint) most);
  return g_steal_pointer (&list);
}

GPtrArray *
cb_book_list_ends (CbBook *self, CbStaff *actor, guint days, guint most, GError **error)
{
  gint64 until_us = cb_clock_day_end_us (cb_clock_get_now_us (self->clock), days);
  g_autoptr (GPtrArray) list = NULL;
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_require (self, actor, CB_ACT_SEE_ENDS, error) || !cb_book_begin_read (self, error))
    return NULL;
  transaction = self->db;
  list = list_ends (self, until_us, most, error);
  if (list == NULL)
    return NULL;
  transaction = NULL;
  return cb_book_commit (self, error) ? g_steal_pointer (&list) : NULL;
}
