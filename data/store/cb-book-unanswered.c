/* SPDX-License-Identifier: Apache-2.0 */

/* What was put in front of whom, also where nobody answered: a card that went away without an
 * answer is no yes, no no and no "later". It changes no verdict and no life, and nothing of it
 * leaves. */

#define G_LOG_DOMAIN "Counterbook"

#include "store/cb-consent-private.h"

#include "base/cb-error.h"
#include "base/cb-id.h"

static const char *
medium_of (CbMethod method)
{
  static const char *const media[] = {
    [CB_METHOD_TAPPED] = "screen",
    [CB_METHOD_SIGNED] = "paper",
    [CB_METHOD_SPOKEN] = "read-aloud",
    [CB_METHOD_OWN_PHONE] = "own-phone",
  };

  return media[method];
}

const CbPurpose *
cb_book_find_on_card (const char *purpose, GError **error)
{
  const CbPurpose *found = cb_purpose_find (purpose);

  if (found == NULL)
    g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID, "there is no such purpose");
  else if (!cb_purpose_is_on_card (found))
    g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_REFUSED,
                         "this purpose is answered by the customer's own request, not by a card");
  else
    return found;
  return NULL;
}

gboolean
cb_book_add_asked (CbBook *self,
                   CbStaff *actor,
                   const char *id,
                   const CbAsked *shown,
                   GError **error)
{
  static const char SQL_ADD_ASKED[] =
    "INSERT INTO consent_request (id, customer, notice, version, language, medium, staff,"
    " shown_us, outcome, purpose) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_ADD_ASKED);

  cb_stmt_bind_text (stmt, 1, id);
  cb_stmt_bind_text (stmt, 2, shown->customer);
  cb_stmt_bind_text (stmt, 3, cb_notice_get_id (shown->notice));
  cb_stmt_bind_int (stmt, 4, cb_notice_get_version (shown->notice));
  cb_stmt_bind_text (stmt, 5, shown->language);
  cb_stmt_bind_text (stmt, 6, medium_of (shown->method));
  cb_stmt_bind_text (stmt, 7, cb_book_actor_id (actor));
  cb_stmt_bind_int (stmt, 8, cb_clock_get_now_us (self->clock));
  cb_stmt_bind_text (stmt, 9, shown->outcome);
  cb_stmt_bind_text (stmt, 10, shown->purpose);
  return cb_stmt_run (stmt, error);
}

/* --- without an answer --- */

/* Turned twice in one visit it was one question. Another language or another notice is other words,
 * and there are as many of them as there are. */
static gboolean
was_today (CbBook *self, const CbAsked *shown, gboolean *was, GError **error)
{
  static const char SQL_GET_LAST[] =
    "SELECT coalesce(max(shown_us), 0) FROM consent_request WHERE customer = ?1"
    " AND outcome = 'dismissed' AND purpose = ?2 AND notice = ?3 AND version = ?4"
    " AND language = ?5 AND medium = ?6";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_GET_LAST);
  gint64 today_us = cb_clock_day_end_us (cb_clock_get_now_us (self->clock), 0);

  cb_stmt_bind_text (stmt, 1, shown->customer);
  cb_stmt_bind_text (stmt, 2, shown->purpose);
  cb_stmt_bind_text (stmt, 3, cb_notice_get_id (shown->notice));
  cb_stmt_bind_int (stmt, 4, cb_notice_get_version (shown->notice));
  cb_stmt_bind_text (stmt, 5, shown->language);
  cb_stmt_bind_text (stmt, 6, medium_of (shown->method));
  if (!cb_stmt_next (stmt, error))
    return FALSE;
  *was = cb_clock_day_end_us (cb_stmt_int (stmt, 0), 0) == today_us;
  return TRUE;
}

/* Who has answered was shown their answer, to look at it or to take it back: that asked for
 * nothing. */
static gboolean
is_asked_for (CbBook *self, const CbAsked *shown, gboolean *is_asked, GError **error)
{
  g_autoptr (CbPermission) permission =
    cb_book_read_permission (self, shown->customer, shown->purpose, CB_CHANNEL_NONE, error);

  if (permission == NULL)
    return FALSE;
  *is_asked = cb_verdict_may_be_asked (cb_permission_get_verdict (permission));
  return TRUE;
}

static gboolean
record_one (CbBook *self, CbStaff *actor, const CbAsked *shown, guint *n_recorded, GError **error)
{
  g_autofree char *id = cb_id_new ();
  gboolean is_asked = FALSE;
  gboolean was = FALSE;

  if (!is_asked_for (self, shown, &is_asked, error) || !was_today (self, shown, &was, error))
    return FALSE;
  if (!is_asked || was)
    return TRUE;
  (*n_recorded)++;
  return cb_book_add_asked (self, actor, id, shown, error) &&
         cb_book_audit (self, actor, "consent.dismiss", shown->customer, shown->purpose, NULL,
                        error);
}

static gboolean
record_all (CbBook *self,
            CbStaff *actor,
            const char *customer,
            const CbDismissal *dismissal,
            guint *n_recorded,
            GError **error)
{
  const CbNotice *notice = cb_notice_get_current ();
  g_autofree char *own = cb_book_dup_language (self, customer);
  CbAsked shown = {
    .customer = customer,
    .notice = notice,
    .language =
      cb_notice_pick_language (notice, dismissal->language != NULL ? dismissal->language : own),
    .method = dismissal->method,
    .outcome = "dismissed",
  };

  for (guint i = 0; dismissal->purposes[i] != NULL; i++)
    {
      shown.purpose = dismissal->purposes[i];
      if (!record_one (self, actor, &shown, n_recorded, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
cb_book_record_dismissed (CbBook *self,
                          CbStaff *actor,
                          const char *customer,
                          const CbDismissal *dismissal,
                          guint *n_recorded,
                          GError **error)
{
  g_auto (CbTransaction) transaction = NULL;

  *n_recorded = 0;
  if (!cb_book_require (self, actor, CB_ACT_CONSENT, error))
    return FALSE;
  for (guint i = 0; dismissal->purposes[i] != NULL; i++)
    {
      if (cb_book_find_on_card (dismissal->purposes[i], error) == NULL)
        return FALSE;
    }
  if (!cb_book_begin (self, error))
    return FALSE;
  transaction = self->db;
  if (!cb_book_require_customer (self, customer, error) ||
      !record_all (self, actor, customer, dismissal, n_recorded, error))
    return FALSE;
  transaction = NULL;
  return cb_book_commit (self, error);
}

/* --- told --- */

GPtrArray *
cb_book_read_unanswered (CbBook *self, const char *customer, GError **error)
{
  static const char SQL_LIST_UNANSWERED[] =
    "SELECT id, purpose, notice, version, language, medium, staff, shown_us FROM consent_request"
    " WHERE customer = ?1 AND outcome = 'dismissed' ORDER BY shown_us, rowid";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_LIST_UNANSWERED);
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_unanswered_free);
  g_autoptr (GError) local_error = NULL;

  cb_stmt_bind_text (stmt, 1, customer);
  while (cb_stmt_next (stmt, &local_error))
    {
      const CbUnanswered row = {
        .id = (char *) cb_stmt_text (stmt, 0),
        .purpose = (char *) cb_stmt_text (stmt, 1),
        .notice = (char *) cb_stmt_text (stmt, 2),
        .version = (guint) cb_stmt_int (stmt, 3),
        .language = (char *) cb_stmt_text (stmt, 4),
        .medium = (char *) cb_stmt_text (stmt, 5),
        .staff_id = (char *) cb_stmt_text (stmt, 6),
        .shown_us = cb_stmt_int (stmt, 7),
      };

      g_ptr_array_add (list, cb_unanswered_copy (&row));
    }
  return cb_error_hand_on (&local_error, error) ? NULL : g_steal_pointer (&list);
}

GPtrArray *
cb_book_list_unanswered (CbBook *self, CbStaff *actor, const char *customer, GError **error)
{
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_require (self, actor, CB_ACT_SEE_CUSTOMERS, error) ||
      !cb_book_begin_read (self, error))
    return NULL;
  transaction = self->db;
  if (!cb_book_require_open (self, actor, customer, error))
    return NULL;
  return cb_book_read_unanswered (self, customer, error);
}
