/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include <string.h>

#include "store/cb-consent-private.h"

#include "base/cb-error.h"
#include "base/cb-fold.h"
#include "base/cb-id.h"
#include "consent/cb-purpose.h"

#define PROOF_MAX 200

/* --- recording answers --- */

static gint64
get_offset_minutes (gint64 now_us)
{
  g_autoptr (GDateTime) local = g_date_time_new_from_unix_local (now_us / CB_US_PER_SECOND);

  return g_date_time_get_utc_offset (local) / (60 * CB_US_PER_SECOND);
}

static GBytes *
seal_proof (CbBook *self, const CbConsentEvent *event, const char *id, GError **error)
{
  g_auto (CbKey) key;

  if (!cb_book_get_customer_key (self, event->customer, &key, error))
    return NULL;
  return cb_seal_text (&key, "consent_event.proof", id, event->proof);
}

static gboolean
add_event (CbBook *self,
           CbStaff *actor,
           const char *id,
           const CbConsentEvent *event,
           GError **error)
{
  static const char SQL_ADD_EVENT[] =
    "INSERT INTO consent_event (id, request, customer, purpose, channel, state, entity, method,"
    " proof, notice, version, language, receipt, saw, staff, at_us, tz_minutes)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_ADD_EVENT);
  gint64 now_us = cb_clock_get_now_us (self->clock);
  g_autoptr (GBytes) proof = NULL;

  if (event->proof != NULL)
    {
      proof = seal_proof (self, event, id, error);
      if (proof == NULL)
        return FALSE;
    }
  cb_stmt_bind_text (stmt, 1, id);
  cb_stmt_bind_text (stmt, 2, event->request);
  cb_stmt_bind_text (stmt, 3, event->customer);
  cb_stmt_bind_text (stmt, 4, event->purpose);
  cb_stmt_bind_text (stmt, 5, event->channel);
  cb_stmt_bind_text (stmt, 6, event->state);
  cb_stmt_bind_text (stmt, 7, event->entity);
  cb_stmt_bind_text (stmt, 8, event->method);
  cb_stmt_bind_bytes (stmt, 9, proof);
  cb_stmt_bind_text (stmt, 10, event->notice != NULL ? cb_notice_get_id (event->notice) : NULL);
  cb_stmt_bind_int (stmt, 11, event->notice != NULL ? cb_notice_get_version (event->notice) : 0);
  cb_stmt_bind_text (stmt, 12, event->language);
  cb_stmt_bind_text (stmt, 13, event->receipt);
  cb_stmt_bind_text (stmt, 14, event->saw);
  cb_stmt_bind_text (stmt, 15, cb_book_actor_id (actor));
  cb_stmt_bind_int (stmt, 16, now_us);
  cb_stmt_bind_int (stmt, 17, get_offset_minutes (now_us));
  return cb_stmt_run (stmt, error);
}

/* A yes names the end that the service has as the newest when the yes comes: one that is still on
 * its way from here, else the one with the highest number, in whatever order they were heard. */
#define WITHDRAWAL_ORDER                                                                           \
  "CASE WHEN h.event IS NOT NULL THEN h.n WHEN o.state = 'accepted' THEN o.n"                      \
  " WHEN o.op_id IS NOT NULL THEN 9223372036854775807 ELSE 0 END"

gboolean
cb_book_read_history (CbBook *self,
                      const char *customer,
                      const char *purpose,
                      const char *channel,
                      char **state,
                      char **grant,
                      char **withdrawal,
                      GError **error)
{
  static const char SQL_GET_HISTORY[] =
    "SELECT (SELECT n.state FROM consent_now AS n"
    "  WHERE n.customer = ?1 AND n.purpose = ?2 AND n.channel = ?3),"
    " (SELECT n.id FROM consent_now AS n"
    "  WHERE n.customer = ?1 AND n.purpose = ?2 AND n.channel = ?3),"
    " (SELECT coalesce(h.withdrawal, w.id) FROM consent_event AS w"
    "  LEFT JOIN consent_heard AS h ON h.event = w.id LEFT JOIN outbox AS o ON o.op_id = w.id"
    "  WHERE w.customer = ?1 AND w.purpose = ?2 AND w.channel = ?3 AND w.state = 'withdrawn'"
    "  ORDER BY " WITHDRAWAL_ORDER " DESC, w.seq DESC LIMIT 1)";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_GET_HISTORY);

  cb_stmt_bind_text (stmt, 1, customer);
  cb_stmt_bind_text (stmt, 2, purpose);
  cb_stmt_bind_text (stmt, 3, channel);
  if (!cb_stmt_next (stmt, error))
    return FALSE;
  *state = g_strdup (cb_stmt_text (stmt, 0));
  *grant = g_strdup (cb_stmt_text (stmt, 1));
  *withdrawal = g_strdup (cb_stmt_text (stmt, 2));
  return TRUE;
}

static gboolean
is_standing_yes (const char *state)
{
  return g_strcmp0 (state, "given") == 0 || g_strcmp0 (state, "renewed") == 0;
}

/* Did they ever agree to anything? Then the service has heard of them, from here or elsewhere. */
static gboolean
has_ever_agreed (CbBook *self, const char *customer, gboolean *has, GError **error)
{
  static const char SQL_HAS_AGREED[] =
    "SELECT 1 FROM consent_event WHERE customer = ?1 AND state IN ('given', 'renewed') LIMIT 1";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_HAS_AGREED);
  g_autoptr (GError) local_error = NULL;

  cb_stmt_bind_text (stmt, 1, customer);
  *has = cb_stmt_next (stmt, &local_error);
  return !cb_error_hand_on (&local_error, error);
}

/* What everybody might know of, this shop may go on knowing of. */
static gboolean
rest_on_shop (CbBook *self, const CbConsentEvent *end, gint64 before, GError **error)
{
  return !g_str_equal (end->purpose, CB_PURPOSE_EVERYWHERE) ||
         !g_str_equal (end->channel, cb_channel_to_id (CB_CHANNEL_NONE)) ||
         cb_book_rest_on_shop (self, end->customer, before, error);
}

/* An end of what was agreed, and it overtakes everything; a no of any other kind is remembered here
 * and told to the service once the customer agrees to be known there. */
static gboolean
record_no (CbBook *self,
           CbStaff *actor,
           const char *id,
           CbConsentEvent *event,
           CbChannel channel,
           const char *standing,
           gboolean is_end,
           GError **error)
{
  CbQueued refusal;

  event->state = is_end ? "withdrawn" : "refused";
  if (!add_event (self, actor, id, event, error))
    return FALSE;
  if (is_end)
    return cb_book_send_withdrawal (self, actor, id, event, channel, standing, error) &&
           rest_on_shop (self, event, G_MAXINT64, error);
  refusal = cb_book_queue_consent (event, id, "refuse", channel);
  return cb_book_drop_grants (self, event->customer, event->purpose, event->channel, error) &&
         cb_book_hold (self, actor, &refusal, error);
}

/* `is_taken_back`: they did not answer a question, they ended something. What it was this terminal
 * need not know, for a yes may have been said at another one that it has not heard of; and a no to
 * what was taken back before may follow such a yes as well. */
static gboolean
record_event (CbBook *self,
              CbStaff *actor,
              CbConsentEvent *event,
              CbAnswer answer,
              gboolean is_taken_back,
              GError **error)
{
  g_autofree char *id = cb_id_new ();
  g_autofree char *state = NULL;
  g_autofree char *grant = NULL;
  g_autofree char *withdrawal = NULL;
  CbChannel channel = CB_CHANNEL_NONE;
  gboolean is_standing;

  event->at_us = cb_clock_get_now_us (self->clock);
  cb_channel_from_id (event->channel, &channel);
  if (!cb_book_read_history (self, event->customer, event->purpose, event->channel, &state, &grant,
                             &withdrawal, error))
    return FALSE;
  is_standing = is_standing_yes (state);
  switch (answer)
    {
    case CB_ANSWER_YES:
      event->state = is_standing ? "renewed" : "given";
      event->saw = withdrawal;
      return add_event (self, actor, id, event, error) &&
             cb_book_drop_refusals (self, event->customer, event->purpose, event->channel, error) &&
             cb_book_free_refused (self, event->customer, error) &&
             cb_book_send_grant (self, actor, id, event, channel, error);
    case CB_ANSWER_NO:
      return record_no (self, actor, id, event, channel, is_standing ? grant : NULL,
                        is_standing || is_taken_back || g_strcmp0 (state, "withdrawn") == 0, error);
    case CB_ANSWER_LATER:
      event->state = "deferred";
      return add_event (self, actor, id, event, error);
    default:
      g_return_val_if_reached (FALSE);
    }
}

/* The standing yeses that a withdrawal means, as pairs of purpose and channel: of one purpose and
 * channel, of a purpose with all its channels, or of everything: but whose boots are in the
 * workshop did not mean that nobody should know of them any more, unless they say so. */
static GPtrArray *
list_standing (CbBook *self,
               const char *customer,
               const char *purpose,
               CbChannel channel,
               GError **error)
{
  static const char SQL_LIST_STANDING[] =
    "SELECT purpose, channel FROM consent_now WHERE customer = ?1"
    " AND state IN ('given', 'renewed')"
    " AND (?2 IS NULL OR purpose = ?2) AND (?3 = '*' OR channel = ?3)"
    " AND (?2 IS NOT NULL OR purpose <> 'asked' OR NOT EXISTS ("
    "  SELECT 1 FROM request AS r WHERE r.customer = ?1 AND r.closed_us IS NULL"
    "  AND r.life = 'asked' AND r.ends_us > ?4))"
    " ORDER BY seq DESC";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_LIST_STANDING);
  g_autoptr (GPtrArray) standing = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) local_error = NULL;

  cb_stmt_bind_text (stmt, 1, customer);
  cb_stmt_bind_text (stmt, 2, purpose);
  cb_stmt_bind_text (stmt, 3, cb_channel_to_id (channel));
  cb_stmt_bind_int (stmt, 4, cb_clock_get_now_us (self->clock));
  while (cb_stmt_next (stmt, &local_error))
    {
      g_ptr_array_add (standing, g_strdup (cb_stmt_text (stmt, 0)));
      g_ptr_array_add (standing, g_strdup (cb_stmt_text (stmt, 1)));
    }
  return cb_error_hand_on (&local_error, error) ? NULL : g_steal_pointer (&standing);
}

static gboolean
end_standing (CbBook *self,
              CbStaff *actor,
              const CbConsentEvent *no,
              const char *purpose,
              CbChannel channel,
              GError **error)
{
  g_autoptr (GPtrArray) standing = list_standing (self, no->customer, purpose, channel, error);

  for (guint i = 0; standing != NULL && i < standing->len; i += 2)
    {
      CbConsentEvent event = *no;

      event.purpose = g_ptr_array_index (standing, i);
      event.channel = g_ptr_array_index (standing, i + 1);
      if (!record_event (self, actor, &event, CB_ANSWER_NO, FALSE, error))
        return FALSE;
    }
  return standing != NULL;
}

/* A no to a purpose is a no on all its channels. And `everywhere` includes `shop`: who doesn't want
 * to be remembered in this shop isn't known in every shop either. */
static gboolean
end_what_follows (CbBook *self, CbStaff *actor, const CbConsentEvent *no, GError **error)
{
  if (!g_str_equal (no->channel, cb_channel_to_id (CB_CHANNEL_NONE)))
    return TRUE;
  if (!end_standing (self, actor, no, no->purpose, CB_CHANNEL_NONE, error))
    return FALSE;
  return !g_str_equal (no->purpose, CB_PURPOSE_SHOP) ||
         end_standing (self, actor, no, CB_PURPOSE_EVERYWHERE, CB_CHANNEL_NONE, error);
}

static gboolean
is_blank (const char *text)
{
  return text == NULL || text[strspn (text, " \t\n")] == '\0';
}

/* Anybody can say that they speak for a child. A no needs none of this, whoever says it. */
static gboolean
check_guardian (const CbAnswerDraft *draft, GError **error)
{
  if (draft->answer != CB_ANSWER_YES || draft->entity != CB_ENTITY_GUARDIAN)
    return TRUE;
  if (draft->method == CB_METHOD_SPOKEN)
    g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_REFUSED,
                         "a spoken yes of a guardian is never enough; it needs their own act");
  else if (is_blank (draft->proof))
    g_set_error_literal (
      error, CB_STORE_ERROR, CB_STORE_ERROR_REFUSED,
      "a guardian's yes needs a reference to the paper or file that it rests on");
  else
    return TRUE;
  return FALSE;
}

static gboolean
check_answer (const CbAnswerDraft *draft, GError **error)
{
  const CbPurpose *purpose = cb_book_find_on_card (draft->purpose, error);

  if (purpose == NULL)
    return FALSE;
  if (draft->channel != CB_CHANNEL_NONE &&
      !cb_purpose_has_channel (purpose, cb_channel_to_id (draft->channel)))
    g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID,
                 "this purpose permits no such channel");
  else if (draft->proof != NULL &&
           (strlen (draft->proof) > PROOF_MAX || !cb_text_is_sound (draft->proof, -1)))
    g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID, "that is no reference to a proof");
  else if (draft->answer == CB_ANSWER_YES && draft->method == CB_METHOD_SPOKEN &&
           (!cb_purpose_is_spoken_enough (purpose) || draft->channel != CB_CHANNEL_NONE))
    g_set_error (
      error, CB_STORE_ERROR, CB_STORE_ERROR_REFUSED,
      "a spoken yes suffices for this shop alone; this one needs the customer's own act");
  else if (draft->has_conditions && draft->answer != CB_ANSWER_YES)
    g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID,
                 "only a yes has conditions that are said with it");
  else
    return check_guardian (draft, error);
  return FALSE;
}

/* What a yes is bound to is said with it, and stands before it is sent. */
static gboolean
write_conditions (CbBook *self,
                  CbStaff *actor,
                  const char *customer,
                  const CbAnswerDraft *draft,
                  GError **error)
{
  CbConditionsDraft conditions = {
    .purpose = draft->purpose,
    .channel = draft->channel,
    .conditions = draft->conditions,
    .method = draft->method,
  };

  return !draft->has_conditions ||
         cb_book_write_conditions (self, actor, customer, &conditions, error);
}

static gboolean
record_answer (CbBook *self,
               CbStaff *actor,
               const char *customer,
               const CbAnswerDraft *draft,
               const char *receipt,
               GError **error)
{
  const CbNotice *notice = cb_notice_get_current ();
  g_autofree char *own = cb_book_dup_language (self, customer);
  const char *language =
    cb_notice_pick_language (notice, draft->language != NULL ? draft->language : own);
  g_autofree char *request = cb_id_new ();
  const CbAsked shown = {
    .customer = customer,
    .notice = notice,
    .language = language,
    .method = draft->method,
    .outcome = draft->answer == CB_ANSWER_LATER ? "deferred" : "answered",
  };
  CbConsentEvent event = {
    .customer = customer,
    .purpose = draft->purpose,
    .channel = cb_channel_to_id (draft->channel),
    .entity = cb_entity_to_id (draft->entity),
    .method = cb_method_to_id (draft->method),
    .proof = draft->proof,
    .language = language,
    .request = request,
    .receipt = receipt,
    .notice = notice,
  };

  if (!cb_book_add_asked (self, actor, request, &shown, error) ||
      !write_conditions (self, actor, customer, draft, error) ||
      !record_event (self, actor, &event, draft->answer, FALSE, error))
    return FALSE;
  return draft->answer != CB_ANSWER_NO || end_what_follows (self, actor, &event, error);
}

static gboolean
record_all (CbBook *self,
            CbStaff *actor,
            const char *customer,
            GPtrArray *answers,
            const char *receipt,
            GError **error)
{
  for (guint i = 0; i < answers->len; i++)
    {
      const CbAnswerDraft *draft = g_ptr_array_index (answers, i);

      if (!record_answer (self, actor, customer, draft, receipt, error) ||
          !cb_book_audit (self, actor, "consent.answer", customer, draft->purpose,
                          cb_answer_to_id (draft->answer), error))
        return FALSE;
    }
  return cb_book_reckon_customer (self, customer, error);
}

char *
cb_book_record_answers (CbBook *self,
                        CbStaff *actor,
                        const char *customer,
                        GPtrArray *answers,
                        GError **error)
{
  g_autofree char *receipt = cb_id_new ();
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_require (self, actor, CB_ACT_CONSENT, error))
    return NULL;
  for (guint i = 0; i < answers->len; i++)
    {
      if (!check_answer (g_ptr_array_index (answers, i), error))
        return NULL;
    }
  if (!cb_book_begin (self, error))
    return NULL;
  transaction = self->db;
  if (!cb_book_require_customer (self, customer, error) ||
      !record_all (self, actor, customer, answers, receipt, error))
    return NULL;
  transaction = NULL;
  return cb_book_commit (self, error) ? g_steal_pointer (&receipt) : NULL;
}

/* --- withdrawing --- */

/* Who never agreed to anything can take it back as well: it is then a no. */
static gboolean
withdraw_all (CbBook *self,
              CbStaff *actor,
              const char *customer,
              CbEntity entity,
              const char *purpose,
              CbChannel channel,
              GError **error)
{
  CbConsentEvent event = {
    .customer = customer,
    .purpose = purpose,
    .channel = cb_channel_to_id (channel),
    .entity = cb_entity_to_id (entity),
    .method = "spoken",
  };
  gboolean is_known = FALSE;

  if (purpose == NULL)
    return end_standing (self, actor, &event, NULL, channel, error);
  return has_ever_agreed (self, customer, &is_known, error) &&
         record_event (self, actor, &event, CB_ANSWER_NO, is_known, error) &&
         end_what_follows (self, actor, &event, error);
}

gboolean
cb_book_withdraw (CbBook *self,
                  CbStaff *actor,
                  const char *customer,
                  const char *purpose,
                  CbChannel channel,
                  GError **error)
{
  return cb_book_withdraw_by (self, actor, customer, CB_ENTITY_CUSTOMER, purpose, channel, error);
}

gboolean
cb_book_withdraw_by (CbBook *self,
                     CbStaff *actor,
                     const char *customer,
                     CbEntity entity,
                     const char *purpose,
                     CbChannel channel,
                     GError **error)
{
  const CbPurpose *known = purpose != NULL ? cb_purpose_find (purpose) : NULL;
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_require (self, actor, CB_ACT_CONSENT, error))
    return FALSE;
  if (purpose != NULL && known == NULL)
    {
      g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID, "there is no such purpose");
      return FALSE;
    }
  /* Taken for done, it would leave the answer as it is. */
  if (known != NULL && channel != CB_CHANNEL_NONE &&
      !cb_purpose_has_channel (known, cb_channel_to_id (channel)))
    {
      g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID,
                   "this purpose permits no such channel");
      return FALSE;
    }
  if (!cb_book_begin (self, error))
    return FALSE;
  transaction = self->db;
  if (!cb_book_require_customer (self, customer, error) ||
      !withdraw_all (self, actor, customer, entity, purpose, channel, error) ||
      !cb_book_audit (self, actor, "consent.withdraw", customer, purpose, NULL, error) ||
      !cb_book_reckon_customer (self, customer, error))
    return FALSE;
  transaction = NULL;
  return cb_book_commit (self, error);
}

/* --- a no said elsewhere --- */

gboolean
cb_book_record_imported_no (CbBook *self,
                            CbStaff *actor,
                            const char *customer,
                            CbEntity entity,
                            const char *purpose,
                            CbChannel channel,
                            GError **error)
{
  g_autofree char *state = NULL;
  g_autofree char *grant = NULL;
  g_autofree char *withdrawal = NULL;
  CbConsentEvent event = {
    .customer = customer,
    .purpose = purpose,
    .channel = cb_channel_to_id (channel),
    .entity = cb_entity_to_id (entity),
    .method = "imported",
  };

  if (!cb_book_read_history (self, customer, purpose, event.channel, &state, &grant, &withdrawal,
                             error))
    return FALSE;
  if (g_strcmp0 (state, "refused") == 0 || g_strcmp0 (state, "withdrawn") == 0)
    return TRUE;
  return record_event (self, actor, &event, CB_ANSWER_NO, FALSE, error) &&
         cb_book_audit (self, actor, "consent.import", customer, purpose, event.channel, error);
}

/* --- a withdrawal made elsewhere --- */

/* Also where its own name was lost and a later yes still says that it saw it. */
static gboolean
knows_withdrawal (CbBook *self,
                  const CbConsentEvent *event,
                  const char *withdrawal,
                  gboolean *knows,
                  GError **error)
{
  static const char SQL_KNOWS[] =
    "SELECT EXISTS (SELECT 1 FROM consent_event AS w"
    " LEFT JOIN consent_heard AS h ON h.event = w.id WHERE w.customer = ?1 AND w.purpose = ?2"
    " AND w.channel = ?3"
    " AND (w.saw = ?4 OR (w.state = 'withdrawn' AND coalesce(h.withdrawal, w.id) = ?4)))";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_KNOWS);

  cb_stmt_bind_text (stmt, 1, event->customer);
  cb_stmt_bind_text (stmt, 2, event->purpose);
  cb_stmt_bind_text (stmt, 3, event->channel);
  cb_stmt_bind_text (stmt, 4, withdrawal);
  if (!cb_stmt_next (stmt, error))
    return FALSE;
  *knows = cb_stmt_int (stmt, 0) != 0;
  return TRUE;
}

static gboolean
name_heard (CbBook *self, const char *event, const CbIncoming *incoming, GError **error)
{
  static const char SQL_NAME_HEARD[] =
    "INSERT INTO consent_heard (event, withdrawal, n) VALUES (?1, ?2, ?3)";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_NAME_HEARD);

  cb_stmt_bind_text (stmt, 1, event);
  cb_stmt_bind_text (stmt, 2, incoming->withdrawal);
  cb_stmt_bind_int (stmt, 3, incoming->n);
  return cb_stmt_run (stmt, error);
}

static gboolean
number_heard (CbBook *self, const CbIncoming *incoming, GError **error)
{
  static const char SQL_NUMBER_HEARD[] =
    "UPDATE consent_heard SET n = ?5 WHERE withdrawal = ?4 AND event IN (SELECT id"
    " FROM consent_event WHERE customer = ?1 AND purpose = ?2 AND channel = ?3)";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_NUMBER_HEARD);

  cb_stmt_bind_text (stmt, 1, incoming->customer);
  cb_stmt_bind_text (stmt, 2, incoming->purpose);
  cb_stmt_bind_text (stmt, 3, incoming->channel);
  cb_stmt_bind_text (stmt, 4, incoming->withdrawal);
  cb_stmt_bind_int (stmt, 5, incoming->n);
  return cb_stmt_run (stmt, error);
}

/* A yes that waits here did not see it, and is no yes any more; the next one will name it. */
gboolean
cb_book_hear_withdrawal (CbBook *self, const CbIncoming *incoming, GError **error)
{
  g_autofree char *id = cb_id_new ();
  gboolean knows = FALSE;
  CbConsentEvent event = {
    .customer = incoming->customer,
    .purpose = incoming->purpose,
    .channel = incoming->channel,
    .state = "withdrawn",
    .entity = "customer",
    .method = "elsewhere",
    .at_us = cb_clock_get_now_us (self->clock),
  };

  if (!knows_withdrawal (self, &event, incoming->withdrawal, &knows, error))
    return FALSE;
  if (knows)
    return number_heard (self, incoming, error);
  return add_event (self, NULL, id, &event, error) && name_heard (self, id, incoming, error) &&
         cb_book_drop_grants (self, event.customer, event.purpose, event.channel, error) &&
         rest_on_shop (self, &event, incoming->n, error) &&
         cb_book_audit (self, NULL, "consent.hear", event.customer, event.purpose, event.channel,
                        error) &&
         cb_book_reckon_absent (self, event.customer, error);
}

/* --- the customer's own request --- */

gboolean
cb_book_record_request (CbBook *self, CbStaff *actor, const char *customer, GError **error)
{
  g_autoptr (CbPermission) permission =
    cb_book_read_permission (self, customer, CB_PURPOSE_ASKED, CB_CHANNEL_NONE, error);
  CbConsentEvent event = {
    .customer = customer,
    .purpose = CB_PURPOSE_ASKED,
    .channel = cb_channel_to_id (CB_CHANNEL_NONE),
    .entity = cb_entity_to_id (CB_ENTITY_CUSTOMER),
    .method = "request",
  };

  if (permission == NULL)
    return FALSE;
  return cb_permission_is_allowed (permission) ||
         record_event (self, actor, &event, CB_ANSWER_YES, FALSE, error);
}
