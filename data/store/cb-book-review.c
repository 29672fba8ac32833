/* SPDX-License-Identifier: Apache-2.0 */

/* Notes that a manager reads for what is in them: by lot, and for what they are. Nobody decides
 * about a note of their own. The row ends with its note. */

#define G_LOG_DOMAIN "Counterbook"

#include <string.h>

#include "store/cb-review-private.h"

#include "base/cb-error.h"
#include "base/cb-fold.h"

/* Of a hundred notes so many are read, unless the shop says otherwise. */
#define SAMPLE "review-sample"
#define SAMPLE_PERCENT 10

/* In characters. */
#define LONG_NOTE 400

/* --- which are read --- */

/* Ids are random, so that their first digits are a lot that nobody draws twice. */
static gboolean
is_drawn (CbBook *self, const char *note)
{
  g_autofree char *text = cb_book_dup_setting (self, SAMPLE, NULL);
  g_autofree char *digits = g_strndup (note, 6);
  gint64 percent = text != NULL ? g_ascii_strtoll (text, NULL, 10) : SAMPLE_PERCENT;

  return g_ascii_strtoll (digits, NULL, 16) % 100 < percent;
}

static gboolean
find_cause (CbBook *self, const char *note, const CbNoteDraft *draft, CbReviewCause *cause)
{
  if (draft->provenance == CB_PROVENANCE_OBSERVED)
    *cause = CB_REVIEW_CAUSE_OBSERVED;
  else if (draft->discretion == CB_DISCRETION_PRIVATE)
    *cause = CB_REVIEW_CAUSE_PRIVATE;
  else if (draft->for_role != NULL && *draft->for_role != '\0')
    *cause = CB_REVIEW_CAUSE_THIRD_PERSON;
  else if (g_utf8_strlen (draft->text, -1) > LONG_NOTE)
    *cause = CB_REVIEW_CAUSE_LONG;
  else if (is_drawn (self, note))
    *cause = CB_REVIEW_CAUSE_SAMPLE;
  else
    return FALSE;
  return TRUE;
}

gboolean
cb_book_sample_note (CbBook *self,
                     const char *customer,
                     const char *note,
                     const CbNoteDraft *draft,
                     GError **error)
{
  static const char SQL_ADD_REVIEW[] =
    "INSERT INTO review (note, customer, cause, state, queued_us)"
    " VALUES (?1, ?2, ?3, 'waiting', ?4)";
  g_autoptr (CbStmt) stmt = NULL;
  CbReviewCause cause;

  if (!find_cause (self, note, draft, &cause))
    return TRUE;
  stmt = cb_db_prepare (self->db, SQL_ADD_REVIEW);
  cb_stmt_bind_text (stmt, 1, note);
  cb_stmt_bind_text (stmt, 2, customer);
  cb_stmt_bind_text (stmt, 3, cb_review_cause_to_id (cause));
  cb_stmt_bind_int (stmt, 4, cb_clock_get_now_us (self->clock));
  return cb_stmt_run (stmt, error);
}

gboolean
cb_book_read_again (CbBook *self, const char *note, GError **error)
{
  static const char SQL_READ_AGAIN[] =
    "UPDATE review SET cause = 'corrected', state = 'waiting', reason = NULL, remark = NULL,"
    " reviewer = NULL, decided_us = NULL, queued_us = ?2 WHERE note = ?1 AND state <> 'waiting'";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_READ_AGAIN);

  cb_stmt_bind_text (stmt, 1, note);
  cb_stmt_bind_int (stmt, 2, cb_clock_get_now_us (self->clock));
  return cb_stmt_run (stmt, error);
}

gboolean
cb_book_set_review_sample (CbBook *self, CbStaff *actor, guint percent, GError **error)
{
  g_autofree char *text = g_strdup_printf ("%u", percent);
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_require (self, actor, CB_ACT_SAMPLE, error))
    return FALSE;
  if (percent > 100)
    {
      g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID,
                           "of a hundred notes at most a hundred are read");
      return FALSE;
    }
  if (!cb_book_begin (self, error))
    return FALSE;
  transaction = self->db;
  if (!cb_book_set_setting (self, SAMPLE, text, error) ||
      !cb_book_audit (self, actor, "review.sample", NULL, NULL, text, error))
    return FALSE;
  transaction = NULL;
  return cb_book_commit (self, error);
}

/* --- what waits for whom --- */

/* ?1 the time, ?2 who reads, ?3 whether they are a manager. Whose record is frozen wants it left as
 * it is. */
#define FROM_REVIEWS                                                                               \
  " FROM review AS v JOIN note AS n ON n.id = v.note JOIN customer AS c ON c.id = v.customer"      \
  " WHERE n.ends_us > ?1 AND n.author <> ?2 AND c.restricted = 0"                                  \
  " AND (v.state = 'escalated' OR (v.state = 'waiting' AND ?3))"
#define REVIEW_COLUMNS "v.note, v.customer, n.author, v.cause, v.state, v.queued_us"

static void
bind_reader (CbBook *self, CbStmt *stmt, CbStaff *actor)
{
  cb_stmt_bind_int (stmt, 1, cb_clock_get_now_us (self->clock));
  cb_stmt_bind_text (stmt, 2, cb_staff_get_id (actor));
  cb_stmt_bind_int (stmt, 3, cb_staff_get_role (actor) == CB_ROLE_MANAGER);
}

static CbReview *
review_from_row (CbBook *self, CbStmt *stmt, CbNote *note, GError **error)
{
  CbReviewFields fields = {
    .note_id = cb_stmt_text (stmt, 0),
    .customer_id = cb_stmt_text (stmt, 1),
    .queued_us = cb_stmt_int (stmt, 5),
    .note = note,
  };
  g_autoptr (CbCustomer) customer = cb_book_read_customer (self, fields.customer_id, error);
  g_autoptr (CbStaff) author = NULL;
  CbReview *review;
  char *name;

  if (customer == NULL)
    return NULL;
  author = cb_book_find_staff (self, cb_stmt_text (stmt, 2), NULL);
  name = cb_customer_dup_display_name (customer);
  fields.customer_name = name;
  fields.author_name = author != NULL ? cb_staff_get_name (author) : NULL;
  cb_review_cause_from_id (cb_stmt_text (stmt, 3), &fields.cause);
  cb_review_state_from_id (cb_stmt_text (stmt, 4), &fields.state);
  review = cb_review_new (&fields);
  cb_text_wipe (name);
  return review;
}

static GPtrArray *
read_queue (CbBook *self, CbStaff *actor, guint limit, GError **error)
{
  static const char SQL_LIST_REVIEWS[] =
    "SELECT " REVIEW_COLUMNS FROM_REVIEWS
    " ORDER BY v.state = 'escalated', v.queued_us, v.rowid LIMIT ?4";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_LIST_REVIEWS);
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GError) local_error = NULL;

  bind_reader (self, stmt, actor);
  cb_stmt_bind_int (stmt, 4, limit);
  while (local_error == NULL && cb_stmt_next (stmt, &local_error))
    {
      CbReview *review = review_from_row (self, stmt, NULL, &local_error);

      if (review != NULL)
        g_ptr_array_add (list, review);
    }
  return cb_error_hand_on (&local_error, error) ? NULL : g_steal_pointer (&list);
}

GPtrArray *
cb_book_list_reviews (CbBook *self, CbStaff *actor, guint limit, GError **error)
{
  g_autoptr (GPtrArray) list = NULL;
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_require (self, actor, CB_ACT_REVIEW, error) || !cb_book_begin (self, error))
    return NULL;
  transaction = self->db;
  list = read_queue (self, actor, limit, error);
  if (list == NULL || !cb_book_audit (self, actor, "review.list", NULL, NULL, NULL, error))
    return NULL;
  transaction = NULL;
  return cb_book_commit (self, error) ? g_steal_pointer (&list) : NULL;
}

gboolean
cb_book_count_reviews (CbBook *self, CbStaff *actor, guint *n_reviews, GError **error)
{
  static const char SQL_COUNT_REVIEWS[] = "SELECT count(*)" FROM_REVIEWS;
  g_autoptr (CbStmt) stmt = NULL;

  if (!cb_book_require (self, actor, CB_ACT_REVIEW, error))
    return FALSE;
  stmt = cb_db_prepare (self->db, SQL_COUNT_REVIEWS);
  bind_reader (self, stmt, actor);
  if (!cb_stmt_next (stmt, error))
    return FALSE;
  *n_reviews = (guint) cb_stmt_int (stmt, 0);
  return TRUE;
}

/* One that waits for this reader, at its row; NULL with an error. */
static CbStmt *
find_review (CbBook *self, CbStaff *actor, const char *note, GError **error)
{
  static const char SQL_GET_REVIEW[] = "SELECT " REVIEW_COLUMNS FROM_REVIEWS " AND v.note = ?4";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_GET_REVIEW);
  g_autoptr (GError) local_error = NULL;

  bind_reader (self, stmt, actor);
  cb_stmt_bind_text (stmt, 4, note);
  if (cb_stmt_next (stmt, &local_error))
    return g_steal_pointer (&stmt);
  if (!cb_error_hand_on (&local_error, error))
    g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_NOT_FOUND,
                         "no such note waits to be read by you");
  return NULL;
}

/* --- reading one --- */

/* Nobody decides about a note of their own, and that it is theirs is what they are told. */
static gboolean
check_author (CbBook *self, CbStaff *actor, const char *note, GError **error)
{
  static const char SQL_IS_OWN[] =
    "SELECT EXISTS (SELECT 1 FROM note WHERE id = ?1 AND author = ?2)";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_IS_OWN);

  cb_stmt_bind_text (stmt, 1, note);
  cb_stmt_bind_text (stmt, 2, cb_staff_get_id (actor));
  if (!cb_stmt_next (stmt, error))
    return FALSE;
  if (cb_stmt_int (stmt, 0) == 0)
    return TRUE;
  g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_FORBIDDEN,
                       "a note of one's own is for another manager");
  return FALSE;
}

CbReview *
cb_book_read_review (CbBook *self, CbStaff *actor, const char *note, GError **error)
{
  g_autoptr (CbNote) words = NULL;
  g_autoptr (CbReview) review = NULL;
  g_autoptr (CbStmt) row = NULL;
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_require (self, actor, CB_ACT_REVIEW, error) || !cb_book_begin (self, error))
    return NULL;
  transaction = self->db;
  if (!check_author (self, actor, note, error))
    return NULL;
  row = find_review (self, actor, note, error);
  if (row == NULL)
    return NULL;
  words = cb_book_read_note (self, actor, cb_stmt_text (row, 1), note, error);
  review = words != NULL ? review_from_row (self, row, words, error) : NULL;
  if (review == NULL ||
      !cb_book_audit (self, actor, CB_READ_NOTE, cb_stmt_text (row, 1), note, NULL, error))
    return NULL;
  g_clear_pointer (&row, cb_stmt_done);
  transaction = NULL;
  return cb_book_commit (self, error) ? g_steal_pointer (&review) : NULL;
}

/* --- deciding --- */

static gboolean
is_text (const char *text, gsize most)
{
  return text == NULL || (strlen (text) <= most && cb_text_is_valid (text, -1));
}

static gboolean
check_decision (const CbReviewDraft *draft, GError **error)
{
  const char *wrong = NULL;

  if (draft->state == CB_REVIEW_NONE || draft->state == CB_REVIEW_WAITING)
    wrong = "a note is approved, returned, redacted or escalated";
  else if (!is_text (draft->remark, CB_VALUE_MAX))
    wrong = "a remark is at most 1000 bytes of UTF-8 text";
  else if (!is_text (draft->kept, CB_NOTE_MAX) ||
           (draft->kept != NULL && draft->state != CB_REVIEW_REDACTED))
    wrong = "what stays of a note is text in UTF-8, and of one that is redacted";
  if (wrong == NULL)
    return TRUE;
  g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID, wrong);
  return FALSE;
}

static gboolean
is_blank (const char *text)
{
  return text == NULL || strspn (text, " \t\n") == strlen (text);
}

static gboolean
write_decision (CbBook *self,
                CbStaff *actor,
                const char *customer,
                const char *note,
                const CbReviewDraft *draft,
                GError **error)
{
  static const char SQL_SET_DECISION[] =
    "UPDATE review SET state = ?2, reason = ?3, remark = ?4, reviewer = ?5, decided_us = ?6"
    " WHERE note = ?1";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_SET_DECISION);
  gboolean has_reason = draft->state != CB_REVIEW_APPROVED;
  g_autoptr (GBytes) remark = NULL;
  g_auto (CbKey) key;

  if (!cb_book_get_customer_key (self, customer, &key, error))
    return FALSE;
  if (!is_blank (draft->remark))
    remark = cb_seal_text (&key, CB_COLUMN_REMARK, note, draft->remark);
  cb_stmt_bind_text (stmt, 1, note);
  cb_stmt_bind_text (stmt, 2, cb_review_state_to_id (draft->state));
  cb_stmt_bind_text (stmt, 3, has_reason ? cb_review_reason_to_id (draft->reason) : NULL);
  cb_stmt_bind_bytes (stmt, 4, remark);
  cb_stmt_bind_text (stmt, 5, cb_staff_get_id (actor));
  cb_stmt_bind_int (stmt, 6, cb_clock_get_now_us (self->clock));
  return cb_stmt_run (stmt, error);
}

/* One that waited for a manager lives as any other from here on. */
static gboolean
set_free (CbBook *self, const char *customer, const char *note, GError **error)
{
  static const char SQL_SET_FREE[] =
    "UPDATE note SET life = 'unasked' WHERE id = ?1 AND life = 'review'";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_SET_FREE);

  cb_stmt_bind_text (stmt, 1, note);
  if (!cb_stmt_run (stmt, error))
    return FALSE;
  return cb_db_get_changes (self->db) == 0 || cb_book_reckon_absent (self, customer, error);
}

/* Words can only be taken out: what stays is a part of what was there, in its order. */
static gboolean
is_part_of (const char *kept, const char *text)
{
  for (; *kept != '\0'; kept = g_utf8_next_char (kept))
    {
      gunichar wanted = g_utf8_get_char (kept);

      if (g_unichar_isspace (wanted) || g_unichar_ispunct (wanted))
        continue;
      while (*text != '\0' && g_utf8_get_char (text) != wanted)
        text = g_utf8_next_char (text);
      if (*text == '\0')
        return FALSE;
      text = g_utf8_next_char (text);
    }
  return TRUE;
}

static gboolean
redact (CbBook *self,
        CbStaff *actor,
        const char *customer,
        const char *note,
        const char *kept,
        GError **error)
{
  g_autoptr (CbNote) words = cb_book_read_note (self, actor, customer, note, error);
  const char *text = words != NULL ? cb_note_get_text (words) : NULL;

  if (words == NULL)
    return FALSE;
  if (is_blank (kept))
    kept = NULL;
  if (kept != NULL && (g_strcmp0 (kept, text) == 0 || !is_part_of (kept, text)))
    {
      g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID,
                           "to redact is to take words out, and to add none");
      return FALSE;
    }
  return cb_book_redact_note (self, actor, customer, note, kept, "here", error);
}

static gboolean
decide (CbBook *self,
        CbStaff *actor,
        const char *customer,
        const char *note,
        const CbReviewDraft *draft,
        GError **error)
{
  static const char *const actions[] = {
    [CB_REVIEW_APPROVED] = "note.approve",
    [CB_REVIEW_RETURNED] = "note.return",
    [CB_REVIEW_REDACTED] = "note.redact",
    [CB_REVIEW_ESCALATED] = "note.escalate",
  };
  const char *code =
    draft->state != CB_REVIEW_APPROVED ? cb_review_reason_to_id (draft->reason) : NULL;

  cb_book_touch (self, customer);
  if (draft->state == CB_REVIEW_REDACTED &&
      !redact (self, actor, customer, note, draft->kept, error))
    return FALSE;
  if ((draft->state == CB_REVIEW_REDACTED || draft->state == CB_REVIEW_APPROVED) &&
      !set_free (self, customer, note, error))
    return FALSE;
  return write_decision (self, actor, customer, note, draft, error) &&
         cb_book_audit (self, actor, actions[draft->state], customer, note, code, error);
}

gboolean
cb_book_review (CbBook *self,
                CbStaff *actor,
                const char *note,
                const CbReviewDraft *draft,
                GError **error)
{
  g_autofree char *customer = NULL;
  g_autoptr (CbStmt) row = NULL;
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_require (self, actor, CB_ACT_REVIEW, error) || !check_decision (draft, error) ||
      !cb_book_begin (self, error))
    return FALSE;
  transaction = self->db;
  if (!check_author (self, actor, note, error))
    return FALSE;
  row = find_review (self, actor, note, error);
  if (row == NULL)
    return FALSE;
  customer = g_strdup (cb_stmt_text (row, 1));
  g_clear_pointer (&row, cb_stmt_done);
  if (!decide (self, actor, customer, note, draft, error))
    return FALSE;
  transaction = NULL;
  return cb_book_commit (self, error);
}
