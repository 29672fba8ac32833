/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "store/cb-book-private.h"

#include "base/cb-error.h"
#include "consent/cb-purpose.h"

/* NULL for what this build doesn't know. */
static const char *
find_entity (const char *id)
{
  CbEntity entity;

  return cb_entity_from_id (id, &entity) ? cb_entity_to_id (entity) : NULL;
}

/* What the newest answer on (purpose, channel) says, from the view that the door reads too. */
static gboolean
read_answer (CbBook *self,
             const char *customer,
             const char *purpose,
             const char *channel,
             CbPermissionFields *fields,
             char **grant,
             GError **error)
{
  static const char SQL_GET_PERMISSION[] =
    "SELECT verdict, at_us, until_us, grant_id,"
    " (SELECT e.entity FROM consent_event AS e WHERE e.id = grant_id) FROM permission_now"
    " WHERE customer = ?1 AND purpose = ?2 AND channel = ?3";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_GET_PERMISSION);
  g_autoptr (GError) local_error = NULL;
  gboolean is_restricted = FALSE;

  fields->verdict = CB_VERDICT_NOT_ASKED;
  cb_stmt_bind_text (stmt, 1, customer);
  cb_stmt_bind_text (stmt, 2, purpose);
  cb_stmt_bind_text (stmt, 3, channel);
  if (cb_stmt_next (stmt, &local_error))
    {
      cb_verdict_from_id (cb_stmt_text (stmt, 0), &fields->verdict);
      fields->since_us = cb_stmt_int (stmt, 1);
      fields->until_us = cb_stmt_int (stmt, 2);
      *grant = g_strdup (cb_stmt_text (stmt, 3));
      fields->by = find_entity (cb_stmt_text (stmt, 4));
    }
  if (cb_error_hand_on (&local_error, error))
    return FALSE;
  /* Frozen is also what nobody answered. */
  if (fields->verdict == CB_VERDICT_NOT_ASKED &&
      !cb_book_is_restricted (self, customer, &is_restricted, error))
    return FALSE;
  if (is_restricted)
    fields->verdict = CB_VERDICT_RESTRICTED;
  return TRUE;
}

/* For what is kept and shared: the grant a record may rest on, its own first; `everywhere` includes
 * `shop`. */
static gboolean
read_basis (CbBook *self,
            const char *customer,
            const char *purpose,
            CbPermissionFields *fields,
            char **grant,
            GError **error)
{
  static const char SQL_GET_BASIS[] =
    "SELECT b.basis, b.grant_id, q.at_us, q.until_us,"
    " (SELECT e.entity FROM consent_event AS e WHERE e.id = b.grant_id) FROM basis_now AS b"
    " JOIN permission_now AS q ON q.customer = b.customer AND q.purpose = b.basis"
    " AND q.channel = '*'"
    " WHERE b.customer = ?1 AND b.purpose = ?2 ORDER BY b.basis = b.purpose DESC LIMIT 1";
  g_autoptr (CbStmt) stmt = NULL;
  g_autoptr (GError) local_error = NULL;

  /* The first half of the view says what the answer said. Every note asks this, and the join is a
   * third of what saving one takes. */
  if (fields->verdict == CB_VERDICT_ALLOWED)
    {
      fields->basis = fields->purpose;
      return TRUE;
    }
  stmt = cb_db_prepare (self->db, SQL_GET_BASIS);
  cb_stmt_bind_text (stmt, 1, customer);
  cb_stmt_bind_text (stmt, 2, purpose);
  if (cb_stmt_next (stmt, &local_error))
    {
      g_free (*grant);
      *grant = g_strdup (cb_stmt_text (stmt, 1));
      fields->verdict = CB_VERDICT_ALLOWED;
      fields->basis = cb_purpose_get_id (cb_purpose_find (cb_stmt_text (stmt, 0)));
      fields->since_us = cb_stmt_int (stmt, 2);
      fields->until_us = cb_stmt_int (stmt, 3);
      fields->by = find_entity (cb_stmt_text (stmt, 4));
    }
  return !cb_error_hand_on (&local_error, error);
}

const char *
cb_book_contact_kind (CbChannel channel)
{
  switch (channel)
    {
    case CB_CHANNEL_EMAIL:
      return "email";
    case CB_CHANNEL_SMS:
    case CB_CHANNEL_PHONE:
    case CB_CHANNEL_MESSENGER:
      return "phone";
    case CB_CHANNEL_POST:
    case CB_CHANNEL_NONE:
    default:
      return "";
    }
}

/* A yes permits contact only where there is something to contact, and marketing by email or text
 * only where its owner confirmed the address. */
static gboolean
check_address (CbBook *self,
               const char *customer,
               const CbPurpose *purpose,
               CbPermissionFields *fields,
               GError **error)
{
  static const char SQL_GET_ADDRESS[] =
    "SELECT count(*), count(verified_us) FROM contact WHERE customer = ?1 AND kind = ?2";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_GET_ADDRESS);
  gboolean must_be_confirmed =
    cb_purpose_is_marketing (purpose) &&
    (fields->channel == CB_CHANNEL_EMAIL || fields->channel == CB_CHANNEL_SMS ||
     fields->channel == CB_CHANNEL_MESSENGER);

  cb_stmt_bind_text (stmt, 1, customer);
  cb_stmt_bind_text (stmt, 2, cb_book_contact_kind (fields->channel));
  if (!cb_stmt_next (stmt, error))
    return FALSE;
  if (cb_stmt_int (stmt, 0) == 0)
    fields->verdict = CB_VERDICT_NO_ADDRESS;
  else if (must_be_confirmed && cb_stmt_int (stmt, 1) == 0)
    fields->verdict = CB_VERDICT_UNCONFIRMED;
  return TRUE;
}

/* The contact that was given for a matter is for that matter alone: it goes with the last of what
 * they asked for, however long the request itself would stand. */
static gboolean
check_matter (CbBook *self, const char *customer, CbPermissionFields *fields, GError **error)
{
  static const char SQL_HAS_MATTER[] =
    "SELECT EXISTS (SELECT 1 FROM request WHERE customer = ?1 AND life = 'asked' AND ends_us > ?2)"
    " OR EXISTS (SELECT 1 FROM note WHERE customer = ?1 AND life = 'asked' AND ends_us > ?2)"
    " OR EXISTS (SELECT 1 FROM preference WHERE customer = ?1 AND life = 'asked'"
    "  AND ends_us > ?2)";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_HAS_MATTER);

  cb_stmt_bind_text (stmt, 1, customer);
  cb_stmt_bind_int (stmt, 2, cb_clock_get_now_us (self->clock));
  if (!cb_stmt_next (stmt, error))
    return FALSE;
  if (cb_stmt_int (stmt, 0) == 0)
    fields->verdict = CB_VERDICT_EXPIRED;
  return TRUE;
}

/* Who was never asked has no answer that the view could stand on. */
static gboolean
check_suppressed (CbBook *self,
                  const char *customer,
                  const char *channel,
                  CbPermissionFields *fields,
                  GError **error)
{
  static const char SQL_IS_SUPPRESSED[] =
    "SELECT EXISTS (SELECT 1 FROM suppressed_now WHERE customer = ?1 AND channel = ?2"
    " AND (purpose = '*' OR purpose = ?3))";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_IS_SUPPRESSED);

  cb_stmt_bind_text (stmt, 1, customer);
  cb_stmt_bind_text (stmt, 2, channel);
  cb_stmt_bind_text (stmt, 3, fields->purpose);
  if (!cb_stmt_next (stmt, error))
    return FALSE;
  if (cb_stmt_int (stmt, 0) != 0)
    fields->verdict = CB_VERDICT_SUPPRESSED;
  return TRUE;
}

static gboolean
fill_permission (CbBook *self,
                 const char *customer,
                 const CbPurpose *purpose,
                 CbCircumstance circumstance,
                 CbPermissionFields *fields,
                 char **grant,
                 GError **error)
{
  CbPurposeContact contact = cb_purpose_get_contact (purpose);
  const char *channel = cb_channel_to_id (fields->channel);

  if (fields->channel == CB_CHANNEL_NONE)
    return read_answer (self, customer, fields->purpose, channel, fields, grant, error) &&
           read_basis (self, customer, fields->purpose, fields, grant, error);
  if (contact == CB_PURPOSE_CONTACT_NONE)
    {
      fields->verdict = CB_VERDICT_NO_CHANNEL;
      return TRUE;
    }
  /* The contact given for a matter may be used for that matter, and there is no further question.
   */
  if (contact == CB_PURPOSE_CONTACT_MATTER)
    channel = cb_channel_to_id (CB_CHANNEL_NONE);
  if (!read_answer (self, customer, fields->purpose, channel, fields, grant, error))
    return FALSE;
  if (fields->verdict == CB_VERDICT_NOT_ASKED &&
      !check_suppressed (self, customer, channel, fields, error))
    return FALSE;
  if (fields->verdict == CB_VERDICT_ALLOWED && contact == CB_PURPOSE_CONTACT_MATTER &&
      !check_matter (self, customer, fields, error))
    return FALSE;
  fields->basis = fields->purpose;
  if (fields->verdict == CB_VERDICT_ALLOWED &&
      !check_address (self, customer, purpose, fields, error))
    return FALSE;
  return fields->verdict != CB_VERDICT_ALLOWED ||
         cb_book_judge_conditions (self, customer, circumstance, fields, error);
}

CbPermission *
cb_book_read_permission (CbBook *self,
                         const char *customer,
                         const char *purpose,
                         CbChannel channel,
                         GError **error)
{
  return cb_book_read_permission_for (self, customer, purpose, channel, CB_CIRCUMSTANCE_NONE,
                                      error);
}

CbPermission *
cb_book_read_permission_for (CbBook *self,
                             const char *customer,
                             const char *purpose_id,
                             CbChannel channel,
                             CbCircumstance circumstance,
                             GError **error)
{
  const CbPurpose *purpose = cb_purpose_find (purpose_id);
  CbPermissionFields fields = { .purpose = purpose_id, .channel = channel };
  g_autofree char *grant = NULL;

  if (purpose == NULL)
    {
      g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID, "there is no such purpose");
      return NULL;
    }
  if (!fill_permission (self, customer, purpose, circumstance, &fields, &grant, error))
    return NULL;
  fields.is_allowed = fields.verdict == CB_VERDICT_ALLOWED;
  fields.reason = cb_verdict_get_reason (fields.verdict);
  if (fields.is_allowed)
    fields.grant = grant;
  else
    fields.basis = NULL;
  return cb_permission_new (&fields);
}

CbPermission *
cb_book_permit (CbBook *self,
                CbStaff *actor,
                const char *customer,
                const char *purpose,
                CbChannel channel,
                CbCircumstance circumstance,
                GError **error)
{
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_require (self, actor, CB_ACT_SEE_CUSTOMERS, error) ||
      !cb_book_begin_read (self, error))
    return NULL;
  transaction = self->db;
  if (!cb_book_require_customer (self, customer, error))
    return NULL;
  return cb_book_read_permission_for (self, customer, purpose, channel, circumstance, error);
}

CbPermission *
cb_book_look_up_permission (CbBook *self,
                            CbStaff *actor,
                            const char *customer,
                            const char *purpose,
                            CbChannel channel,
                            CbCircumstance circumstance,
                            GError **error)
{
  g_autoptr (CbPermission) permission = NULL;
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_require (self, actor, CB_ACT_SEE_CUSTOMERS, error) || !cb_book_begin (self, error))
    return NULL;
  transaction = self->db;
  if (!cb_book_require_customer (self, customer, error))
    return NULL;
  permission = cb_book_read_permission_for (self, customer, purpose, channel, circumstance, error);
  if (permission == NULL || !cb_book_audit (self, actor, CB_READ_CONSENT, customer, purpose,
                                            cb_channel_to_id (channel), error))
    return NULL;
  transaction = NULL;
  return cb_book_commit (self, error) ? g_steal_pointer (&permission) : NULL;
}
