/* SPDX-License-Identifier: Apache-2.0 */

/* Used for you: one tap when something helped the customer. What never helped is proposed for
 * deletion; a mark ends with what helped. */

#define G_LOG_DOMAIN "Counterbook"

#include "store/cb-book-private.h"

#include "base/cb-error.h"
#include "base/cb-id.h"

/* The customer whose note or preference it is; NULL with an error when the actor sees none. */
static char *
find_owner (CbBook *self, CbStaff *actor, const char *id, gboolean *is_note, GError **error)
{
  static const char SQL_FIND_OWNER[] =
    "SELECT customer, life, author, 1 FROM note WHERE id = ?1 AND ends_us > ?2"
    " UNION ALL SELECT customer, life, author, 0 FROM preference WHERE id = ?1 AND ends_us > ?2";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_FIND_OWNER);
  g_autoptr (GError) local_error = NULL;
  CbLife life = CB_LIFE_UNASKED;

  cb_stmt_bind_text (stmt, 1, id);
  cb_stmt_bind_int (stmt, 2, cb_clock_get_now_us (self->clock));
  if (cb_stmt_next (stmt, &local_error))
    {
      cb_life_from_id (cb_stmt_text (stmt, 1), &life);
      *is_note = cb_stmt_int (stmt, 3) != 0;
      if (cb_book_may_see (actor, life, cb_stmt_text (stmt, 2)))
        return g_strdup (cb_stmt_text (stmt, 0));
    }
  if (!cb_error_hand_on (&local_error, error))
    g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_NOT_FOUND,
                         "no such note or preference");
  return NULL;
}

static gboolean
insert_mark (CbBook *self,
             CbStaff *actor,
             const char *customer,
             const char *record,
             gboolean is_note,
             GError **error)
{
  static const char SQL_ADD_USED[] =
    "INSERT INTO used (id, customer, note, preference, staff, at_us)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_ADD_USED);
  g_autofree char *id = cb_id_new ();

  cb_stmt_bind_text (stmt, 1, id);
  cb_stmt_bind_text (stmt, 2, customer);
  cb_stmt_bind_text (stmt, 3, is_note ? record : NULL);
  cb_stmt_bind_text (stmt, 4, is_note ? NULL : record);
  cb_stmt_bind_text (stmt, 5, cb_staff_get_id (actor));
  cb_stmt_bind_int (stmt, 6, cb_clock_get_now_us (self->clock));
  return cb_stmt_run (stmt, error) &&
         cb_book_audit (self, actor, "record.use", customer, record, NULL, error);
}

gboolean
cb_book_mark_used (CbBook *self, CbStaff *actor, const char *record, GError **error)
{
  g_autofree char *customer = NULL;
  gboolean is_note;
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_require (self, actor, CB_ACT_WRITE_CUSTOMERS, error) || !cb_book_begin (self, error))
    return FALSE;
  transaction = self->db;
  customer = find_owner (self, actor, record, &is_note, error);
  if (customer == NULL || !cb_book_require_open (self, actor, customer, error) ||
      !insert_mark (self, actor, customer, record, is_note, error))
    return FALSE;
  cb_book_touch (self, customer);
  transaction = NULL;
  return cb_book_commit (self, error);
}

GPtrArray *
cb_book_read_used (CbBook *self, const char *customer, GError **error)
{
  static const char SQL_LIST_USED[] =
    "SELECT coalesce (note, preference), count(*), max(at_us) FROM used WHERE customer = ?1"
    " GROUP BY coalesce (note, preference)";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_LIST_USED);
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_used_free);
  g_autoptr (GError) local_error = NULL;

  cb_stmt_bind_text (stmt, 1, customer);
  while (cb_stmt_next (stmt, &local_error))
    g_ptr_array_add (list, cb_used_new (cb_stmt_text (stmt, 0), customer,
                                        (guint) cb_stmt_int (stmt, 1), cb_stmt_int (stmt, 2)));
  return cb_error_hand_on (&local_error, error) ? NULL : g_steal_pointer (&list);
}

/* --- what never helped --- */

static GPtrArray *
read_unused (CbBook *self, gint64 before_us, guint limit, GError **error)
{
  static const char SQL_LIST_UNUSED[] =
    "SELECT n.id, n.customer, n.created_us FROM note AS n"
    " WHERE n.created_us < ?1 AND n.ends_us > ?2 AND (n.life = 'agreed' OR n.life = 'asked')"
    " AND NOT EXISTS (SELECT 1 FROM used AS u WHERE u.note = n.id)"
    " ORDER BY n.created_us LIMIT ?3";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_LIST_UNUSED);
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_used_free);
  g_autoptr (GError) local_error = NULL;

  cb_stmt_bind_int (stmt, 1, before_us);
  cb_stmt_bind_int (stmt, 2, cb_clock_get_now_us (self->clock));
  cb_stmt_bind_int (stmt, 3, limit);
  while (cb_stmt_next (stmt, &local_error))
    g_ptr_array_add (
      list, cb_used_new (cb_stmt_text (stmt, 0), cb_stmt_text (stmt, 1), 0, cb_stmt_int (stmt, 2)));
  return cb_error_hand_on (&local_error, error) ? NULL : g_steal_pointer (&list);
}

GPtrArray *
cb_book_list_unused (CbBook *self, CbStaff *actor, guint days, guint limit, GError **error)
{
  g_autoptr (GPtrArray) list = NULL;
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_require (self, actor, CB_ACT_LIST_CUSTOMERS, error) || !cb_book_begin (self, error))
    return NULL;
  transaction = self->db;
  list = read_unused (self, cb_clock_get_now_us (self->clock) - days * CB_US_PER_DAY, limit, error);
  if (list == NULL || !cb_book_audit (self, actor, "note.list", NULL, NULL, NULL, error))
    return NULL;
  transaction = NULL;
  return cb_book_commit (self, error) ? g_steal_pointer (&list) : NULL;
}
