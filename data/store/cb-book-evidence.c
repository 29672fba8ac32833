/* SPDX-License-Identifier: Apache-2.0 */

/* What the service is told of an answer: the yes with what proves it and what it is bound to, and
 * its end. When what a standing yes is bound to changes, the yes is said again with the same proof
 * and under an id of its own: a newer one ends no older one, and a withdrawal ends them all. */

#define G_LOG_DOMAIN "Counterbook"

#include "store/cb-consent-private.h"

#include "base/cb-error.h"
#include "base/cb-id.h"
#include "consent/cb-purpose.h"
#include "records/cb-operation.h"

static JsonObject *
encode_evidence (const CbConsentEvent *event, gint64 until_us)
{
  JsonObject *evidence = json_object_new_object ();
  g_autofree char *until = until_us > 0 ? cb_operation_format_time (until_us) : NULL;

  cb_json_set_string (evidence, "entity", event->entity);
  cb_json_set_string (evidence, "method", event->method);
  cb_json_set_string (evidence, "notice",
                      event->notice != NULL ? cb_notice_get_id (event->notice) : NULL);
  cb_json_set_int (evidence, "version",
                   event->notice != NULL ? cb_notice_get_version (event->notice) : 0);
  cb_json_set_string (evidence, "language", event->language);
  cb_json_set_string (evidence, "receipt", event->receipt);
  cb_json_set_string (evidence, "proof", event->proof);
  cb_json_set_string (evidence, "valid_until", until);
  return evidence;
}

CbQueued
cb_book_queue_consent (const CbConsentEvent *event,
                       const char *id,
                       const char *act,
                       CbChannel channel)
{
  return (CbQueued){
    .kind = "consent",
    .act = act,
    .record = id,
    .customer = event->customer,
    .purpose = event->purpose,
    .channel = channel,
    .lane = g_str_equal (act, "withdraw") ? 0 : 1,
  };
}

gboolean
cb_book_send_grant (CbBook *self,
                    CbStaff *actor,
                    const char *id,
                    const CbConsentEvent *event,
                    CbChannel channel,
                    GError **error)
{
  const CbPurpose *purpose = cb_purpose_find (event->purpose);
  CbQueued queued = cb_book_queue_consent (event, id, "grant", channel);
  g_autoptr (JsonObject) body = json_object_new_object ();
  JsonObject *evidence;
  gint64 until_us = 0;

  if (cb_purpose_get_valid_from (purpose) != CB_PURPOSE_FROM_DONE)
    until_us = cb_purpose_get_valid_until_us (purpose, event->at_us);
  evidence = encode_evidence (event, until_us);
  cb_json_set_string (body, "purpose", event->purpose);
  cb_json_set_string (body, "channel",
                      channel == CB_CHANNEL_NONE ? NULL : cb_channel_to_id (channel));
  cb_json_set_string (body, "saw", event->saw);
  json_object_object_add (body, "evidence", evidence);
  return cb_book_add_conditions (self, event->customer, event->purpose, channel, evidence, error) &&
         cb_book_send (self, actor, id, &queued, cb_purpose_get_scope (purpose), body, error);
}

gboolean
cb_book_send_withdrawal (CbBook *self,
                         CbStaff *actor,
                         const char *id,
                         const CbConsentEvent *event,
                         CbChannel channel,
                         const char *grant,
                         GError **error)
{
  CbQueued queued = cb_book_queue_consent (event, id, "withdraw", channel);
  g_autoptr (JsonObject) body = json_object_new_object ();

  cb_json_set_string (body, "purpose", event->purpose);
  cb_json_set_string (body, "channel",
                      channel == CB_CHANNEL_NONE ? NULL : cb_channel_to_id (channel));
  cb_json_set_string (body, "grant", grant);
  return cb_book_drop_grants (self, event->customer, event->purpose, event->channel, error) &&
         cb_book_send (self, actor, id, &queued, NULL, body, error);
}

/* --- said again --- */

static gboolean
restate (CbBook *self, CbStaff *actor, const char *customer, CbStmt *stmt, GError **error)
{
  const char *notice = cb_stmt_text (stmt, 5);
  g_autofree char *id = cb_id_new ();
  g_autofree char *state = NULL;
  g_autofree char *grant = NULL;
  g_autofree char *withdrawal = NULL;
  CbChannel channel = CB_CHANNEL_NONE;
  CbConsentEvent event = {
    .customer = customer,
    .purpose = cb_stmt_text (stmt, 1),
    .channel = cb_stmt_text (stmt, 2),
    .entity = cb_stmt_text (stmt, 10),
    .method = cb_stmt_text (stmt, 3),
    .language = cb_stmt_text (stmt, 7),
    .receipt = cb_stmt_text (stmt, 8),
    .notice = notice != NULL ? cb_notice_find (notice, (guint) cb_stmt_int (stmt, 6)) : NULL,
    .at_us = cb_stmt_int (stmt, 9),
  };
  char *proof = NULL;
  gboolean is_sent;

  /* Words that this build has lost prove nothing any more; they are asked for again anyway. */
  if (notice != NULL && event.notice == NULL)
    return TRUE;
  if (!cb_book_read_history (self, customer, event.purpose, event.channel, &state, &grant,
                             &withdrawal, error))
    return FALSE;
  if (!cb_stmt_is_null (stmt, 4))
    {
      g_auto (CbKey) key = { 0 };
      gsize length;
      const void *sealed = cb_stmt_blob (stmt, 4, &length);

      if (!cb_book_get_customer_key (self, customer, &key, error))
        return FALSE;
      proof =
        cb_unseal_text (&key, "consent_event.proof", cb_stmt_text (stmt, 0), sealed, length, error);
      if (proof == NULL)
        return FALSE;
    }
  event.saw = withdrawal;
  event.proof = proof;
  cb_channel_from_id (event.channel, &channel);
  is_sent = cb_book_send_grant (self, actor, id, &event, channel, error);
  cb_text_wipe (proof);
  return is_sent;
}

gboolean
cb_book_restate_grants (CbBook *self,
                        CbStaff *actor,
                        const char *customer,
                        const char *purpose,
                        CbChannel channel,
                        GError **error)
{
  static const char SQL_LIST_STANDING_GRANTS[] =
    "SELECT e.id, e.purpose, e.channel, e.method, e.proof, e.notice, e.version, e.language,"
    " e.receipt, e.at_us, e.entity FROM consent_event AS e JOIN consent_now AS n ON n.id = e.id"
    " WHERE n.customer = ?1 AND n.state IN ('given', 'renewed')"
    " AND (?2 IS NULL OR n.purpose = ?2)"
    " AND (n.purpose = 'asked' OR (n.channel <> '*' AND (?3 = '*' OR n.channel = ?3)))"
    " ORDER BY e.seq";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_LIST_STANDING_GRANTS);
  g_autoptr (GError) local_error = NULL;

  cb_stmt_bind_text (stmt, 1, customer);
  cb_stmt_bind_text (stmt, 2, purpose);
  cb_stmt_bind_text (stmt, 3, cb_channel_to_id (channel));
  while (local_error == NULL && cb_stmt_next (stmt, &local_error))
    restate (self, actor, customer, stmt, &local_error);
  return !cb_error_hand_on (&local_error, error);
}
