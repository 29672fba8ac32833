/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include <string.h>

#include "store/cb-book-private.h"

#include "base/cb-error.h"

#define COLUMN_BODY "draft.body"

/* Stands in a place for the customer who is not in the book yet. */
#define NOBODY "-"

/* The seal is bound to the place, so that a draft put under another author's or another customer's
 * name opens for neither. */
static char *
dup_place (CbStaff *author, const char *customer, const char *about)
{
  return g_strjoin ("/", cb_staff_get_id (author), customer != NULL ? customer : NOBODY, about,
                    NULL);
}

static gboolean
get_key (CbBook *self, const char *customer, CbKey *key, GError **error)
{
  if (customer != NULL)
    return cb_book_get_customer_key (self, customer, key, error);
  *key = self->keys->book;
  return TRUE;
}

/* As a note that nobody was asked about. */
static gint64
reckon_end (CbBook *self, const CbUnsaved *unsaved, gint64 now_us)
{
  gboolean is_for_today = unsaved->note != NULL && unsaved->note->intent == CB_INTENT_VISIT;

  return cb_clock_day_end_us (now_us, is_for_today ? 0 : self->keep_unasked_days);
}

static gboolean
check (const char *customer, const CbUnsaved *unsaved, const char *text, GError **error)
{
  const char *wrong = NULL;

  if (unsaved->customer == NULL && customer == NULL)
    wrong = "a draft of a note or a preference is about a customer";
  else if (strlen (text) > CB_UNSAVED_MAX)
    wrong = "this draft is too long to be kept";
  if (wrong == NULL)
    return TRUE;
  g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID, wrong);
  return FALSE;
}

/* --- keeping --- */

static gboolean
write_draft (CbBook *self,
             CbStaff *author,
             const char *customer,
             const CbUnsaved *unsaved,
             const char *text,
             GError **error)
{
  static const char SQL_KEEP_DRAFT[] =
    "INSERT INTO draft (place, author, customer, body, written_us, ends_us)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
    " ON CONFLICT (place) DO UPDATE SET body = excluded.body, written_us = excluded.written_us,"
    " ends_us = excluded.ends_us";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_KEEP_DRAFT);
  g_autofree char *about = cb_unsaved_dup_about (unsaved);
  g_autofree char *place = dup_place (author, customer, about);
  g_autoptr (GBytes) body = NULL;
  gint64 now_us = cb_clock_get_now_us (self->clock);
  g_auto (CbKey) key;

  if (!get_key (self, customer, &key, error))
    return FALSE;
  body = cb_seal_text (&key, COLUMN_BODY, place, text);
  cb_stmt_bind_text (stmt, 1, place);
  cb_stmt_bind_text (stmt, 2, cb_staff_get_id (author));
  cb_stmt_bind_text (stmt, 3, customer);
  cb_stmt_bind_bytes (stmt, 4, body);
  cb_stmt_bind_int (stmt, 5, now_us);
  cb_stmt_bind_int (stmt, 6, reckon_end (self, unsaved, now_us));
  return cb_stmt_run (stmt, error);
}

gboolean
cb_book_keep_draft (CbBook *self,
                    CbStaff *author,
                    const char *customer,
                    const CbUnsaved *unsaved,
                    GError **error)
{
  char *text;
  gboolean is_kept;
  g_auto (CbTransaction) transaction = NULL;

  if (cb_unsaved_is_empty (unsaved))
    {
      g_autofree char *about = cb_unsaved_dup_about (unsaved);

      return cb_book_drop_draft (self, author, customer, about, error);
    }
  if (!cb_book_require (self, author, CB_ACT_WRITE_CUSTOMERS, error) ||
      !cb_book_begin (self, error))
    return FALSE;
  transaction = self->db;
  text = cb_unsaved_to_text (unsaved);
  is_kept = check (customer, unsaved, text, error) &&
            write_draft (self, author, customer, unsaved, text, error);
  cb_text_wipe (text);
  if (!is_kept)
    return FALSE;
  transaction = NULL;
  return cb_book_commit (self, error);
}

gboolean
cb_book_end_draft (CbBook *self,
                   CbStaff *author,
                   const char *customer,
                   const char *about,
                   GError **error)
{
  static const char SQL_END_DRAFT[] = "DELETE FROM draft WHERE place = ?1";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_END_DRAFT);
  g_autofree char *place = dup_place (author, customer, about);

  cb_stmt_bind_text (stmt, 1, place);
  return cb_stmt_run (stmt, error);
}

gboolean
cb_book_drop_draft (CbBook *self,
                    CbStaff *author,
                    const char *customer,
                    const char *about,
                    GError **error)
{
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_require (self, author, CB_ACT_WRITE_CUSTOMERS, error) ||
      !cb_book_begin (self, error))
    return FALSE;
  transaction = self->db;
  if (!cb_book_end_draft (self, author, customer, about, error))
    return FALSE;
  transaction = NULL;
  return cb_book_commit (self, error);
}

/* --- finding it again --- */

static CbUnsaved *
unsaved_from_row (const CbKey *key, CbStmt *stmt, GError **error)
{
  gsize length;
  const void *sealed = cb_stmt_blob (stmt, 1, &length);
  char *text = cb_unseal_text (key, COLUMN_BODY, cb_stmt_text (stmt, 0), sealed, length, error);
  CbUnsaved *unsaved;

  if (text == NULL)
    return NULL;
  unsaved = cb_unsaved_from_text (text, error);
  cb_text_wipe (text);
  return unsaved;
}

/* A draft that does not open keeps nobody from the record itself. */
static GPtrArray *
read_drafts (CbBook *self, CbStaff *author, const char *customer, GError **error)
{
  static const char SQL_LIST_DRAFTS[] =
    "SELECT place, body FROM draft WHERE author = ?1 AND customer IS ?2 AND ends_us > ?3"
    " ORDER BY written_us";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_LIST_DRAFTS);
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_unsaved_free);
  g_autoptr (GError) local_error = NULL;
  g_auto (CbKey) key;

  if (!get_key (self, customer, &key, error))
    return NULL;
  cb_stmt_bind_text (stmt, 1, cb_staff_get_id (author));
  cb_stmt_bind_text (stmt, 2, customer);
  cb_stmt_bind_int (stmt, 3, cb_clock_get_now_us (self->clock));
  while (cb_stmt_next (stmt, &local_error))
    {
      g_autoptr (GError) unreadable = NULL;
      CbUnsaved *unsaved = unsaved_from_row (&key, stmt, &unreadable);

      if (unsaved != NULL)
        g_ptr_array_add (list, unsaved);
      else
        g_message ("a draft does not open: %s", unreadable->message);
    }
  return cb_error_hand_on (&local_error, error) ? NULL : g_steal_pointer (&list);
}

GPtrArray *
cb_book_list_drafts (CbBook *self, CbStaff *author, const char *customer, GError **error)
{
  g_autoptr (GPtrArray) list = NULL;
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_require (self, author, CB_ACT_WRITE_CUSTOMERS, error) ||
      !cb_book_begin_read (self, error))
    return NULL;
  transaction = self->db;
  list = read_drafts (self, author, customer, error);
  if (list == NULL)
    return NULL;
  transaction = NULL;
  return cb_book_commit (self, error) ? g_steal_pointer (&list) : NULL;
}

/* --- what has had its day --- */

gboolean
cb_book_end_drafts (CbBook *self, gint64 now_us, GError **error)
{
  static const char SQL_END_DRAFTS[] = "DELETE FROM draft WHERE ends_us <= ?1";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_END_DRAFTS);

  cb_stmt_bind_int (stmt, 1, now_us);
  return cb_stmt_run (stmt, error);
}
