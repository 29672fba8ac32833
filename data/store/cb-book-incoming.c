/* SPDX-License-Identifier: Apache-2.0 */

/* What was decided elsewhere comes in here, a page and the cursor behind it in one transaction: a
 * cursor never stands behind something that was not applied, and a page that comes twice changes
 * nothing the second time. The cursor is the service's own word; nothing is read from it here. */

#define G_LOG_DOMAIN "Counterbook"

#include "store/cb-book-private.h"

#include "base/cb-error.h"

/* More would be read than a terminal can say of them: they are likely to lie close together. */
#define MAX_KNOWN_NUMBERS 10000

static gboolean
apply (CbBook *self, const CbIncoming *incoming, gboolean *gone, GError **error)
{
  g_autoptr (GError) local_error = NULL;

  /* Somebody else's customer: nobody here has to forget them, or stop anything. */
  if (!cb_book_require_customer (self, incoming->customer, &local_error))
    {
      if (g_error_matches (local_error, CB_STORE_ERROR, CB_STORE_ERROR_NOT_FOUND))
        return TRUE;
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  cb_book_touch (self, incoming->customer);
  if (incoming->sort == CB_INCOMING_WITHDRAWN)
    return cb_book_hear_withdrawal (self, incoming, error);
  *gone = TRUE;
  return cb_book_record_gone (self, incoming->customer, error);
}

/* What was decided elsewhere since a back-up is told whole, from the beginning. */
static gboolean
hear_to_the_end (CbBook *self, GError **error)
{
  gint64 since_us;

  return cb_book_get_unheard_since (self, &since_us, error) &&
         (since_us == 0 || cb_book_set_setting (self, CB_SETTING_UNHEARD, "", error));
}

gboolean
cb_book_take_changes (CbBook *self,
                      GPtrArray *changes,
                      const char *cursor,
                      gboolean is_end,
                      GError **error)
{
  gboolean gone = FALSE;
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_take_sync_lock (self, error) || !cb_book_begin (self, error))
    return FALSE;
  transaction = self->db;
  for (guint i = 0; i < changes->len; i++)
    {
      if (!apply (self, g_ptr_array_index (changes, i), &gone, error))
        return FALSE;
    }
  if (!cb_book_set_setting (self, CB_SETTING_CURSOR, cursor, error) ||
      (is_end && !hear_to_the_end (self, error)))
    return FALSE;
  transaction = NULL;
  if (!cb_book_commit (self, error))
    return FALSE;
  if (!gone)
    return TRUE;
  cb_book_try_to_reach_copies (self);
  return cb_book_rotate_if_due (self, error);
}

char *
cb_book_dup_cursor (CbBook *self, CbCursorSort sort, GError **error)
{
  const char *setting = sort == CB_CURSOR_RECORDS ? CB_SETTING_RECORDS_CURSOR : CB_SETTING_CURSOR;
  g_autoptr (GError) local_error = NULL;
  char *cursor = cb_book_dup_setting (self, setting, &local_error);

  if (cb_error_hand_on (&local_error, error))
    return NULL;
  return cursor != NULL ? cursor : g_strdup ("");
}

gboolean
cb_book_forget_told (CbBook *self, GError **error)
{
  static const char SQL_NEWEST[] = "SELECT coalesce (max (turn), 0) FROM outbox";
  g_autoptr (CbStmt) newest = cb_db_prepare (self->db, SQL_NEWEST);
  g_autofree char *turn = NULL;

  if (!cb_stmt_next (newest, error))
    return FALSE;
  turn = g_strdup_printf ("%" G_GINT64_FORMAT, cb_stmt_int (newest, 0));
  return cb_book_set_setting (self, CB_SETTING_DOUBTED_TURN, turn, error) &&
         cb_book_set_setting (self, CB_SETTING_CURSOR, "", error) &&
         cb_book_set_setting (self, CB_SETTING_RECORDS_CURSOR, "", error);
}

GArray *
cb_book_list_known_numbers (CbBook *self, GError **error)
{
  static const char SQL_LIST[] =
    "SELECT n FROM outbox WHERE state = 'accepted' AND n > 0 AND turn > ?1"
    " ORDER BY settled_us DESC LIMIT ?2";
  g_autoptr (CbStmt) rows = cb_db_prepare (self->db, SQL_LIST);
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GError) local_error = NULL;
  g_autofree char *doubted = cb_book_dup_setting (self, CB_SETTING_DOUBTED_TURN, &local_error);

  cb_stmt_bind_int (rows, 1, doubted != NULL ? g_ascii_strtoll (doubted, NULL, 10) : 0);
  cb_stmt_bind_int (rows, 2, MAX_KNOWN_NUMBERS);
  while (local_error == NULL && cb_stmt_next (rows, &local_error))
    {
      const gint64 n = cb_stmt_int (rows, 0);

      g_array_append_val (numbers, n);
    }
  return cb_error_hand_on (&local_error, error) ? NULL : g_steal_pointer (&numbers);
}

/* --- after a back-up was put back --- */

gboolean
cb_book_get_unheard_since (CbBook *self, gint64 *since_us, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autofree char *since = cb_book_dup_setting (self, CB_SETTING_UNHEARD, &local_error);

  *since_us = since != NULL ? g_ascii_strtoll (since, NULL, 10) : 0;
  return !cb_error_hand_on (&local_error, error);
}

gboolean
cb_book_begin_unheard (CbBook *self, gint64 since_us, GError **error)
{
  g_autofree char *since = g_strdup_printf ("%" G_GINT64_FORMAT, since_us);

  return cb_book_set_setting (self, CB_SETTING_UNHEARD, since, error) &&
         cb_book_forget_told (self, error);
}

gboolean
cb_book_confirm_erasures (CbBook *self, CbStaff *actor, GError **error)
{
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_require (self, actor, CB_ACT_CONFIRM_ERASURES, error) ||
      !cb_book_begin (self, error))
    return FALSE;
  transaction = self->db;
  if (!cb_book_set_setting (self, CB_SETTING_UNHEARD, "", error) ||
      !cb_book_audit (self, actor, "erasures.confirm", NULL, NULL, NULL, error))
    return FALSE;
  transaction = NULL;
  return cb_book_commit (self, error);
}
