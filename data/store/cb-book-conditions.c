/* SPDX-License-Identifier: Apache-2.0 */

/* When and how often customers may be contacted, as they said it: written down, read back, and
 * judged at the moment of a contact by their own clock and by the log of contacts. */

#define G_LOG_DOMAIN "Counterbook"

#include "store/cb-book-private.h"

#include "base/cb-error.h"
#include "base/cb-id.h"
#include "consent/cb-purpose.h"
#include "records/cb-operation.h"
#include "store/cb-sealed-json.h"

#define COLUMN_BODY "consent_condition.body"

/* --- reading --- */

static CbSaidConditions *
said_from_row (const CbKey *key, CbStmt *stmt, GError **error)
{
  g_autoptr (CbSaidConditions) said =
    cb_said_conditions_new (cb_stmt_text (stmt, 1), cb_stmt_text (stmt, 5));
  g_autoptr (JsonObject) body =
    cb_sealed_json_open (key, COLUMN_BODY, cb_stmt_text (stmt, 0), stmt, 3, error);

  if (body == NULL || !cb_conditions_decode (body, &said->conditions, error))
    return NULL;
  cb_channel_from_id (cb_stmt_text (stmt, 2), &said->channel);
  cb_method_from_id (cb_stmt_text (stmt, 4), &said->method);
  said->at_us = cb_stmt_int (stmt, 6);
  return g_steal_pointer (&said);
}

/* Most never said anything of the kind: the key is opened for those who did. */
static gboolean
add_said (CbBook *self, const char *customer, CbStmt *stmt, GPtrArray *list, GError **error)
{
  g_auto (CbKey) key = { 0 };
  CbSaidConditions *said;

  if (!cb_book_get_customer_key (self, customer, &key, error))
    return FALSE;
  said = said_from_row (&key, stmt, error);
  if (said == NULL)
    return FALSE;
  if (cb_conditions_are_none (&said->conditions))
    cb_said_conditions_free (said);
  else
    g_ptr_array_add (list, said);
  return TRUE;
}

GPtrArray *
cb_book_read_conditions (CbBook *self,
                         const char *customer,
                         const char *purpose,
                         CbChannel channel,
                         GError **error)
{
  static const char SQL_LIST_CONDITIONS[] =
    "SELECT id, purpose, channel, body, method, staff, at_us FROM consent_condition AS c"
    " WHERE customer = ?1 AND (?2 IS NULL OR purpose = ?2)"
    " AND (?3 = '*' OR channel = '*' OR channel = ?3)"
    " AND NOT EXISTS (SELECT 1 FROM consent_condition AS n WHERE n.customer = c.customer"
    "  AND n.purpose = c.purpose AND n.channel = c.channel AND n.seq > c.seq)"
    " ORDER BY purpose, channel";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_LIST_CONDITIONS);
  g_autoptr (GPtrArray) list =
    g_ptr_array_new_with_free_func ((GDestroyNotify) cb_said_conditions_free);
  g_autoptr (GError) local_error = NULL;

  cb_stmt_bind_text (stmt, 1, customer);
  cb_stmt_bind_text (stmt, 2, purpose);
  cb_stmt_bind_text (stmt, 3, cb_channel_to_id (channel));
  while (local_error == NULL && cb_stmt_next (stmt, &local_error))
    add_said (self, customer, stmt, list, &local_error);
  return cb_error_hand_on (&local_error, error) ? NULL : g_steal_pointer (&list);
}

GPtrArray *
cb_book_list_conditions (CbBook *self, CbStaff *actor, const char *customer, GError **error)
{
  g_autoptr (GPtrArray) list = NULL;
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_require (self, actor, CB_ACT_SEE_CUSTOMERS, error) || !cb_book_begin (self, error))
    return NULL;
  transaction = self->db;
  if (!cb_book_require_open (self, actor, customer, error) ||
      !cb_book_audit (self, actor, CB_READ_RECORD, customer, customer, NULL, error))
    return NULL;
  list = cb_book_read_conditions (self, customer, NULL, CB_CHANNEL_NONE, error);
  if (list == NULL)
    return NULL;
  transaction = NULL;
  return cb_book_commit (self, error) ? g_steal_pointer (&list) : NULL;
}

/* --- the customer's own clock --- */

/* `zone` is NULL where this machine does not know the one that they named. */
static gboolean
read_zone (CbBook *self, const char *customer, GTimeZone **zone, GError **error)
{
  g_auto (CbBelonging) belonging = { 0 };

  if (!cb_book_read_belonging (self, customer, &belonging, error))
    return FALSE;
  *zone =
    belonging.zone != NULL ? cb_conditions_new_zone (belonging.zone) : g_time_zone_new_local ();
  return TRUE;
}

/* --- the judgement --- */

/* The strongest reason is the one that is said, with the latest moment of its kind. */
static void
bar (CbPermissionFields *fields, CbVerdict verdict, gint64 next_us)
{
  if (fields->verdict == verdict)
    fields->next_us = MAX (fields->next_us, next_us);
  else if (fields->verdict == CB_VERDICT_ALLOWED || verdict < fields->verdict)
    {
      fields->verdict = verdict;
      fields->next_us = next_us;
    }
}

/* Whoever tried counts, whether or not they answered; what was refused was no contact. */
static gboolean
judge_frequency (CbBook *self,
                 const char *customer,
                 const CbSaidConditions *said,
                 gint64 now_us,
                 CbPermissionFields *fields,
                 GError **error)
{
  static const char SQL_GET_LAST_OF_SO_MANY[] =
    "SELECT at_us FROM reach WHERE customer = ?1 AND purpose = ?2 AND (?3 = '*' OR channel = ?3)"
    " AND outcome IN ('reached', 'message', 'no-answer') AND at_us > ?4"
    " ORDER BY at_us DESC LIMIT 1 OFFSET ?5";
  g_autoptr (CbStmt) stmt = NULL;
  g_autoptr (GError) local_error = NULL;
  gint64 window_us = said->conditions.per_days * CB_US_PER_DAY;

  if (said->conditions.at_most == 0)
    return TRUE;
  stmt = cb_db_prepare (self->db, SQL_GET_LAST_OF_SO_MANY);
  cb_stmt_bind_text (stmt, 1, customer);
  cb_stmt_bind_text (stmt, 2, said->purpose);
  cb_stmt_bind_text (stmt, 3, cb_channel_to_id (said->channel));
  cb_stmt_bind_int (stmt, 4, now_us - window_us);
  cb_stmt_bind_int (stmt, 5, said->conditions.at_most - 1);
  if (cb_stmt_next (stmt, &local_error))
    bar (fields, CB_VERDICT_TOO_OFTEN, cb_stmt_int (stmt, 0) + window_us);
  return !cb_error_hand_on (&local_error, error);
}

/* Whose clock can't be read is left alone: nobody knows whether it is night there. */
static void
judge_clock (const CbConditions *conditions,
             GTimeZone *zone,
             gint64 now_us,
             CbPermissionFields *fields)
{
  gint64 pause_us;
  gint64 quiet_us;

  if (zone == NULL)
    {
      if (conditions->paused_until > 0)
        bar (fields, CB_VERDICT_PAUSED, 0);
      if (conditions->quiet_from >= 0)
        bar (fields, CB_VERDICT_QUIET, 0);
      return;
    }
  pause_us = cb_conditions_get_pause_end_us (conditions, zone, now_us);
  quiet_us = cb_conditions_get_quiet_end_us (conditions, zone, now_us);
  if (pause_us > 0)
    bar (fields, CB_VERDICT_PAUSED, pause_us);
  if (quiet_us > 0)
    bar (fields, CB_VERDICT_QUIET, quiet_us);
}

gboolean
cb_book_judge_conditions (CbBook *self,
                          const char *customer,
                          CbCircumstance circumstance,
                          CbPermissionFields *fields,
                          GError **error)
{
  g_autoptr (GPtrArray) list =
    cb_book_read_conditions (self, customer, fields->purpose, fields->channel, error);
  g_autoptr (GTimeZone) zone = NULL;
  gint64 now_us = cb_clock_get_now_us (self->clock);

  if (list == NULL || (list->len > 0 && !read_zone (self, customer, &zone, error)))
    return FALSE;
  for (guint i = 0; i < list->len; i++)
    {
      const CbSaidConditions *said = g_ptr_array_index (list, i);
      CbCircumstance only_when = said->conditions.only_when;

      judge_clock (&said->conditions, zone, now_us, fields);
      if (only_when != CB_CIRCUMSTANCE_NONE && only_when != circumstance)
        bar (fields, CB_VERDICT_UNMET, 0);
      if (!judge_frequency (self, customer, said, now_us, fields, error))
        return FALSE;
    }
  return TRUE;
}

/* --- writing --- */

static gboolean
check_draft (const CbConditionsDraft *draft, GError **error)
{
  const CbPurpose *purpose = cb_purpose_find (draft->purpose);
  CbPurposeContact contact =
    purpose != NULL ? cb_purpose_get_contact (purpose) : CB_PURPOSE_CONTACT_NONE;

  if (purpose == NULL)
    g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID, "there is no such purpose");
  else if (contact == CB_PURPOSE_CONTACT_NONE)
    g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID,
                         "this purpose permits no contact, so there is nothing to limit");
  else if (contact == CB_PURPOSE_CONTACT_CHANNEL && draft->channel != CB_CHANNEL_NONE &&
           !cb_purpose_has_channel (purpose, cb_channel_to_id (draft->channel)))
    g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID,
                         "this purpose permits no such channel");
  else
    return cb_conditions_check (&draft->conditions, error);
  return FALSE;
}

/* What holds for exactly this way now. */
static gboolean
read_standing (CbBook *self,
               const char *customer,
               const CbConditionsDraft *draft,
               CbConditions *standing,
               GError **error)
{
  g_autoptr (GPtrArray) list =
    cb_book_read_conditions (self, customer, draft->purpose, draft->channel, error);

  *standing = (CbConditions) CB_CONDITIONS_NONE;
  for (guint i = 0; list != NULL && i < list->len; i++)
    {
      const CbSaidConditions *said = g_ptr_array_index (list, i);

      if (said->channel == draft->channel)
        *standing = said->conditions;
    }
  return list != NULL;
}

/* That it is no more than what holds here. */
static gboolean
is_less (CbBook *self,
         const char *customer,
         const CbConditionsDraft *draft,
         gboolean *less,
         GError **error)
{
  g_autoptr (GTimeZone) zone = NULL;
  CbConditions standing;
  int today = 0;

  if (!read_standing (self, customer, draft, &standing, error) ||
      !read_zone (self, customer, &zone, error))
    return FALSE;
  if (zone != NULL)
    today = cb_conditions_get_day (zone, cb_clock_get_now_us (self->clock));
  *less = cb_conditions_are_within (&draft->conditions, &standing, today);
  return TRUE;
}

/* To ask for less is as easy as a word. To be contacted more than was agreed is a yes, and takes
 * what a yes takes. */
static gboolean
check_is_agreed (CbBook *self, const char *customer, const CbConditionsDraft *draft, GError **error)
{
  gboolean less = FALSE;

  if (draft->method != CB_METHOD_SPOKEN ||
      !cb_purpose_is_marketing (cb_purpose_find (draft->purpose)))
    return TRUE;
  if (!is_less (self, customer, draft, &less, error))
    return FALSE;
  if (less)
    return TRUE;
  g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_REFUSED,
                       "a spoken word suffices to be contacted less; more than was agreed needs "
                       "the customer's own act");
  return FALSE;
}

/* What a guardian agreed to is theirs to widen: with a new yes, and what that takes. */
static gboolean
check_is_whose (CbBook *self, const char *customer, const CbConditionsDraft *draft, GError **error)
{
  static const char SQL_HAS_GUARDIAN[] =
    "SELECT 1 FROM consent_now AS n JOIN consent_event AS e ON e.seq = n.seq"
    " WHERE n.customer = ?1 AND n.purpose = ?2 AND (?3 = '*' OR n.channel = ?3)"
    " AND n.state IN ('given', 'renewed') AND e.entity = 'guardian'";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_HAS_GUARDIAN);
  g_autoptr (GError) local_error = NULL;
  gboolean less = FALSE;

  cb_stmt_bind_text (stmt, 1, customer);
  cb_stmt_bind_text (stmt, 2, draft->purpose);
  cb_stmt_bind_text (stmt, 3, cb_channel_to_id (draft->channel));
  if (!cb_stmt_next (stmt, &local_error))
    return !cb_error_hand_on (&local_error, error);
  if (!is_less (self, customer, draft, &less, error))
    return FALSE;
  if (less)
    return TRUE;
  g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_REFUSED,
                       "more than a guardian agreed to is said with a new yes of theirs");
  return FALSE;
}

static gboolean
insert_conditions (CbBook *self,
                   CbStaff *actor,
                   const char *customer,
                   const CbConditionsDraft *draft,
                   GError **error)
{
  static const char SQL_ADD_CONDITIONS[] =
    "INSERT INTO consent_condition (id, customer, purpose, channel, body, method, staff, at_us)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_ADD_CONDITIONS);
  g_autoptr (JsonObject) object = json_object_new_object ();
  g_autofree char *id = cb_id_new ();
  g_autoptr (GBytes) body = NULL;
  g_auto (CbKey) key = { 0 };

  if (!cb_book_get_customer_key (self, customer, &key, error))
    return FALSE;
  cb_conditions_encode (&draft->conditions, object);
  body = cb_sealed_json_new (&key, COLUMN_BODY, id, object);
  cb_stmt_bind_text (stmt, 1, id);
  cb_stmt_bind_text (stmt, 2, customer);
  cb_stmt_bind_text (stmt, 3, draft->purpose);
  cb_stmt_bind_text (stmt, 4, cb_channel_to_id (draft->channel));
  cb_stmt_bind_bytes (stmt, 5, body);
  cb_stmt_bind_text (stmt, 6, cb_method_to_id (draft->method));
  cb_stmt_bind_text (stmt, 7, cb_book_actor_id (actor));
  cb_stmt_bind_int (stmt, 8, cb_clock_get_now_us (self->clock));
  return cb_stmt_run (stmt, error);
}

gboolean
cb_book_write_conditions (CbBook *self,
                          CbStaff *actor,
                          const char *customer,
                          const CbConditionsDraft *draft,
                          GError **error)
{
  return check_draft (draft, error) && check_is_agreed (self, customer, draft, error) &&
         insert_conditions (self, actor, customer, draft, error) &&
         cb_book_audit (self, actor, "consent.limit", customer, draft->purpose,
                        cb_channel_to_id (draft->channel), error);
}

gboolean
cb_book_set_conditions (CbBook *self,
                        CbStaff *actor,
                        const char *customer,
                        const CbConditionsDraft *draft,
                        GError **error)
{
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_require (self, actor, CB_ACT_CONSENT, error) || !check_draft (draft, error) ||
      !cb_book_begin (self, error))
    return FALSE;
  transaction = self->db;
  if (!cb_book_require_customer (self, customer, error) ||
      !check_is_whose (self, customer, draft, error) ||
      !cb_book_write_conditions (self, actor, customer, draft, error) ||
      !cb_book_restate_grants (self, actor, customer, draft->purpose, draft->channel, error))
    return FALSE;
  cb_book_touch (self, customer);
  transaction = NULL;
  return cb_book_commit (self, error);
}

/* --- of a store that is replaced --- */

static gboolean
carry_condition (CbBook *self, CbStaff *actor, CbStmt *row, gboolean *is_whole, GError **error)
{
  static const char SQL_CARRY_CONDITION[] =
    "INSERT INTO main.consent_condition (id, customer, purpose, channel, body, method, staff, at_us)"
    " SELECT r.id, r.customer, r.purpose, r.channel, r.body, r.method, r.staff, r.at_us"
    " FROM replaced.consent_condition AS r WHERE r.id = ?1";
  g_autofree char *id = g_strdup (cb_stmt_text (row, 0));
  g_autofree char *customer = g_strdup (cb_stmt_text (row, 1));
  g_autofree char *purpose = g_strdup (cb_stmt_text (row, 3));
  CbConditionsDraft draft = { .purpose = purpose };
  g_autoptr (JsonObject) body = NULL;
  g_autoptr (CbStmt) stmt = NULL;
  g_auto (CbKey) key = { 0 };
  gboolean less = FALSE;

  if (!cb_book_get_customer_key (self, customer, &key, error))
    return FALSE;
  body = cb_sealed_json_open (&key, COLUMN_BODY, id, row, 2, NULL);
  if (body == NULL || !cb_conditions_decode (body, &draft.conditions, NULL) ||
      !cb_channel_from_id (cb_stmt_text (row, 4), &draft.channel))
    {
      *is_whole = FALSE;
      return TRUE;
    }
  if (!is_less (self, customer, &draft, &less, error))
    return FALSE;
  if (!less)
    return TRUE;
  stmt = cb_db_prepare (self->db, SQL_CARRY_CONDITION);
  cb_stmt_bind_text (stmt, 1, id);
  return cb_stmt_run (stmt, error) &&
         cb_book_restate_grants (self, actor, customer, purpose, draft.channel, error);
}

/* A store that an older build made has none. */
static gboolean
has_replaced_conditions (CbBook *self)
{
  static const char SQL_HAS_CONDITIONS[] =
    "SELECT EXISTS (SELECT 1 FROM replaced.sqlite_schema WHERE name = 'consent_condition')";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_HAS_CONDITIONS);

  return cb_stmt_next (stmt, NULL) && cb_stmt_int (stmt, 0) != 0;
}

gboolean
cb_book_carry_conditions (CbBook *self, CbStaff *actor, gboolean *is_whole, GError **error)
{
  static const char SQL_LIST_SAID_SINCE[] =
    "SELECT id, customer, body, purpose, channel FROM replaced.consent_condition"
    " WHERE customer IN (SELECT c.id FROM main.customer AS c)"
    " AND id NOT IN (SELECT o.id FROM main.consent_condition AS o) ORDER BY seq";
  g_autoptr (CbStmt) rows = NULL;
  g_autoptr (GError) why = NULL;

  if (!has_replaced_conditions (self))
    return TRUE;
  rows = cb_db_prepare (self->db, SQL_LIST_SAID_SINCE);
  while (cb_stmt_next (rows, &why))
    {
      if (!carry_condition (self, actor, rows, is_whole, error))
        return FALSE;
    }
  *is_whole = *is_whole && why == NULL;
  return TRUE;
}

/* --- what goes along with a yes --- */

JsonObject *
cb_book_encode_conditions (const CbSaidConditions *said)
{
  JsonObject *object = json_object_new_object ();

  cb_json_set_string (object, "channel",
                      said->channel != CB_CHANNEL_NONE ? cb_channel_to_id (said->channel) : NULL);
  cb_conditions_encode (&said->conditions, object);
  return object;
}

gboolean
cb_book_add_conditions (CbBook *self,
                        const char *customer,
                        const char *purpose,
                        CbChannel channel,
                        JsonObject *evidence,
                        GError **error)
{
  g_autoptr (GPtrArray) list = cb_book_read_conditions (self, customer, purpose, channel, error);
  g_auto (CbBelonging) belonging = { 0 };
  JsonObject *rows;

  if (list == NULL)
    return FALSE;
  if (list->len == 0)
    return TRUE;
  if (!cb_book_read_belonging (self, customer, &belonging, error))
    return FALSE;
  rows = json_object_new_array ();
  for (guint i = 0; i < list->len; i++)
    json_object_array_add (rows, cb_book_encode_conditions (g_ptr_array_index (list, i)));
  json_object_object_add (evidence, "conditions", rows);
  cb_json_set_string (evidence, "zone",
                      belonging.zone != NULL ? belonging.zone : cb_operation_get_time_zone ());
  return TRUE;
}
