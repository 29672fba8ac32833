/* SPDX-License-Identifier: Apache-2.0 */

/* What customers asked for and what we promised. The request itself is the grant it rests on, as
 * for a note under `asked`; while it is open it is kept, once it is closed it ends when its purpose
 * says. */

#define G_LOG_DOMAIN "Counterbook"

#include <string.h>

#include "store/cb-arrival-private.h"
#include "store/cb-errand-private.h"

#include "base/cb-error.h"
#include "base/cb-fold.h"
#include "base/cb-id.h"
#include "consent/cb-purpose.h"
#include "records/cb-operation.h"
#include "store/cb-sealed-json.h"

#define COLUMN_BODY "request.body"

/* --- the sealed body --- */

static GBytes *
seal_body (const CbKey *key, const char *id, const CbMatterDraft *draft)
{
  g_autoptr (JsonObject) body = json_object_new_object ();

  cb_json_set_string (body, "text", draft->text);
  cb_json_set_string (body, "for", draft->for_role);
  return cb_sealed_json_new (key, COLUMN_BODY, id, body);
}

/* --- reading --- */

#define SELECT_REQUEST                                                                             \
  "SELECT r.id, r.customer, r.kind, r.state, r.body, r.author, r.promised_by, r.answers,"          \
  " r.created_us, r.due_us, r.moved_us, r.closed_us, r.ends_us, r.life FROM request AS r"

#define BY_THEIR_DAY                                                                               \
  " ORDER BY r.closed_us IS NOT NULL, r.closed_us DESC, r.due_us IS NULL, r.due_us, r.rowid"

static CbMatter *
request_from_row (CbBook *self, const CbKey *key, CbStmt *stmt, GError **error)
{
  const char *id = cb_stmt_text (stmt, 0);
  g_autoptr (JsonObject) body = cb_sealed_json_open (key, COLUMN_BODY, id, stmt, 4, error);
  g_autofree char *record_key = g_strdup_printf ("request/%s", id);
  CbMatterFields fields = {
    .id = id,
    .customer_id = cb_stmt_text (stmt, 1),
    .author_id = cb_stmt_text (stmt, 5),
    .promised_by = cb_stmt_text (stmt, 6),
    .answers = cb_stmt_text (stmt, 7),
    .created_us = cb_stmt_int (stmt, 8),
    .due_us = cb_stmt_int (stmt, 9),
    .moved_us = cb_stmt_int (stmt, 10),
    .closed_us = cb_stmt_int (stmt, 11),
    .ends_us = cb_stmt_int (stmt, 12),
  };

  if (body == NULL)
    return NULL;
  cb_matter_kind_from_id (cb_stmt_text (stmt, 2), &fields.kind);
  cb_matter_state_from_id (cb_stmt_text (stmt, 3), &fields.state);
  cb_life_from_id (cb_stmt_text (stmt, 13), &fields.life);
  fields.text = cb_json_get_string (body, "text");
  fields.for_role = cb_json_get_string (body, "for");
  fields.delivery = cb_book_read_delivery (self, fields.customer_id, record_key, NULL, NULL);
  return cb_matter_new (&fields);
}

static GPtrArray *
read_rows (CbBook *self, CbStmt *stmt, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GError) local_error = NULL;

  while (local_error == NULL && cb_stmt_next (stmt, &local_error))
    {
      g_auto (CbKey) key = { 0 };
      CbMatter *request = NULL;

      if (cb_book_get_customer_key (self, cb_stmt_text (stmt, 1), &key, &local_error))
        request = request_from_row (self, &key, stmt, &local_error);
      if (request != NULL)
        g_ptr_array_add (list, request);
      else
        cb_book_pass_over (self, &local_error);
    }
  return cb_error_hand_on (&local_error, error) ? NULL : g_steal_pointer (&list);
}

GPtrArray *
cb_book_read_requests (CbBook *self, const char *customer, GError **error)
{
  static const char SQL_LIST_OF_CUSTOMER[] =
    SELECT_REQUEST " WHERE r.customer = ?1 AND r.ends_us > ?2" BY_THEIR_DAY;
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_LIST_OF_CUSTOMER);

  cb_stmt_bind_text (stmt, 1, customer);
  cb_stmt_bind_int (stmt, 2, cb_clock_get_now_us (self->clock));
  return read_rows (self, stmt, error);
}

/* Whose record is frozen is no business of the board that everybody looks at. */
GPtrArray *
cb_book_read_board (CbBook *self, CbStaff *actor, gboolean with_closed, guint limit, GError **error)
{
  static const char SQL_LIST_OPEN[] = SELECT_REQUEST
    " JOIN customer AS c ON c.id = r.customer"
    " WHERE r.closed_us IS NULL AND r.ends_us > ?1 AND c.restricted <= ?2" BY_THEIR_DAY " LIMIT ?3";
  static const char SQL_LIST_ALL[] = SELECT_REQUEST
    " JOIN customer AS c ON c.id = r.customer"
    " WHERE r.ends_us > ?1 AND c.restricted <= ?2" BY_THEIR_DAY " LIMIT ?3";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, with_closed ? SQL_LIST_ALL : SQL_LIST_OPEN);

  cb_stmt_bind_int (stmt, 1, cb_clock_get_now_us (self->clock));
  cb_stmt_bind_int (stmt, 2, cb_staff_get_role (actor) != CB_ROLE_ASSOCIATE);
  cb_stmt_bind_int (stmt, 3, limit);
  return read_rows (self, stmt, error);
}

GPtrArray *
cb_book_list_requests (CbBook *self,
                       CbStaff *actor,
                       gboolean with_closed,
                       guint limit,
                       GError **error)
{
  g_autoptr (GPtrArray) list = NULL;
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_require (self, actor, CB_ACT_REQUESTS, error) || !cb_book_begin (self, error))
    return NULL;
  transaction = self->db;
  list = cb_book_read_board (self, actor, with_closed, limit, error);
  if (list == NULL || !cb_book_audit (self, actor, "request.list", NULL, NULL, NULL, error))
    return NULL;
  transaction = NULL;
  return cb_book_commit (self, error) ? g_steal_pointer (&list) : NULL;
}

static CbMatter *
read_request (CbBook *self, const char *id, GError **error)
{
  static const char SQL_GET_REQUEST[] = SELECT_REQUEST " WHERE r.id = ?1 AND r.ends_us > ?2";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_GET_REQUEST);
  g_autoptr (GPtrArray) list = NULL;

  cb_stmt_bind_text (stmt, 1, id);
  cb_stmt_bind_int (stmt, 2, cb_clock_get_now_us (self->clock));
  list = read_rows (self, stmt, error);
  if (list == NULL)
    return NULL;
  if (list->len == 1)
    return g_object_ref (g_ptr_array_index (list, 0));
  g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_NOT_FOUND, "no such request");
  return NULL;
}

/* --- what is written --- */

static gboolean
fail_invalid (GError **error, const char *why)
{
  g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID, why);
  return FALSE;
}

static gboolean
check_request (const CbMatterDraft *draft, gint64 now_us, GError **error)
{
  const gboolean is_promise = draft->kind == CB_MATTER_PROMISE;

  if (draft->text == NULL || !cb_text_is_valid (draft->text, -1) ||
      strspn (draft->text, " \t\n") == strlen (draft->text))
    return fail_invalid (error, "a request needs words, in UTF-8");
  if (strlen (draft->text) > CB_NOTE_MAX)
    return fail_invalid (error, "a request is at most 8000 bytes long");
  if (draft->for_role != NULL &&
      (strlen (draft->for_role) > CB_ROLE_MAX || !cb_text_is_valid (draft->for_role, -1)))
    return fail_invalid (error, "for whom is a short role, such as daughter");
  if (is_promise && draft->due_us == 0)
    return fail_invalid (error, "a promise needs the day by which");
  if (draft->due_us != 0 &&
      (draft->due_us <= now_us || draft->due_us > cb_clock_day_end_us (now_us, CB_DUE_DAYS_MAX)))
    return fail_invalid (error, "the day by which is from today on, within three years");
  if (!is_promise && (draft->promised_by != NULL || draft->answers != NULL))
    return fail_invalid (error, "only a promise is somebody's word, and about a request");
  return TRUE;
}

/* Whose word it is must be one of us, and a promise is about what the same person asked for. */
static gboolean
check_references (CbBook *self, const char *customer, const CbMatterDraft *draft, GError **error)
{
  static const char SQL_CHECK_REFERENCES[] =
    "SELECT ?1 IS NULL OR EXISTS (SELECT 1 FROM staff WHERE id = ?1 AND disabled_us IS NULL),"
    " ?2 IS NULL OR EXISTS (SELECT 1 FROM request"
    "  WHERE id = ?2 AND customer = ?3 AND kind <> 'promise' AND ends_us > ?4)";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_CHECK_REFERENCES);

  cb_stmt_bind_text (stmt, 1, draft->promised_by);
  cb_stmt_bind_text (stmt, 2, draft->answers);
  cb_stmt_bind_text (stmt, 3, customer);
  cb_stmt_bind_int (stmt, 4, cb_clock_get_now_us (self->clock));
  if (!cb_stmt_next (stmt, error))
    return FALSE;
  if (cb_stmt_int (stmt, 0) == 0)
    return fail_invalid (error, "whoever promised is not of the staff");
  return cb_stmt_int (stmt, 1) != 0 || fail_invalid (error, "they asked for no such thing");
}

/* While it is open it is kept for a year after it was last touched or due, for a request nobody
 * closes is not kept for ever; then as long as its purpose says. */
static gint64
reckon_keep_until (gint64 now_us, gint64 due_us, gboolean is_closed)
{
  const CbPurpose *asked = cb_purpose_find (CB_PURPOSE_ASKED);

  if (is_closed)
    return cb_clock_day_end_us (cb_purpose_get_valid_until_us (asked, now_us), 0);
  return cb_clock_day_end_us (MAX (now_us, due_us), CB_ASKED_DAYS_MAX);
}

static gboolean
queue_request (CbBook *self,
               CbStaff *actor,
               const char *customer,
               const char *id,
               const char *base,
               GError **error)
{
  CbQueued queued = {
    .kind = "request",
    .act = "put",
    .record = id,
    .customer = customer,
    .purpose = CB_PURPOSE_ASKED,
    .base = base,
    .lane = 1,
  };

  return cb_book_queue (self, actor, &queued, error);
}

typedef struct
{
  const char *id;
  const char *customer;
  const char *promised_by;
  const CbMatterDraft *draft;
  gint64 now_us;
  gint64 keep_until_us;
  CbLifetime lifetime;
} NewRequest;

static gboolean
insert_request (CbBook *self, CbStaff *actor, const NewRequest *new, GError **error)
{
  static const char SQL_ADD_REQUEST[] =
    "INSERT INTO request (id, customer, kind, state, body, author, promised_by, answers,"
    " created_us, due_us, moved_us, keep_until_us, ends_us, life)"
    " VALUES (?1, ?2, ?3, 'open', ?4, ?5, ?6, ?7, ?8, nullif (?9, 0), ?8, ?10, ?11, ?12)";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_ADD_REQUEST);
  g_autoptr (GBytes) body = NULL;
  g_auto (CbKey) key;

  if (!cb_book_get_customer_key (self, new->customer, &key, error))
    return FALSE;
  body = seal_body (&key, new->id, new->draft);
  cb_stmt_bind_text (stmt, 1, new->id);
  cb_stmt_bind_text (stmt, 2, new->customer);
  cb_stmt_bind_text (stmt, 3, cb_matter_kind_to_id (new->draft->kind));
  cb_stmt_bind_bytes (stmt, 4, body);
  cb_stmt_bind_text (stmt, 5, cb_staff_get_id (actor));
  cb_stmt_bind_text (stmt, 6, new->promised_by);
  cb_stmt_bind_text (stmt, 7, new->draft->answers);
  cb_stmt_bind_int (stmt, 8, new->now_us);
  cb_stmt_bind_int (stmt, 9, new->draft->due_us);
  cb_stmt_bind_int (stmt, 10, new->keep_until_us);
  cb_stmt_bind_int (stmt, 11, new->lifetime.ends_us);
  cb_stmt_bind_text (stmt, 12, cb_life_to_id (new->lifetime.life));
  return cb_stmt_run (stmt, error);
}

static gboolean
write_request (CbBook *self, CbStaff *actor, NewRequest *new, GError **error)
{
  const char *kind = cb_matter_kind_to_id (new->draft->kind);
  g_autoptr (CbPermission) permission = NULL;

  if (!cb_book_require_open (self, actor, new->customer, error) ||
      !check_references (self, new->customer, new->draft, error) ||
      !cb_book_record_request (self, actor, new->customer, error))
    return FALSE;
  permission =
    cb_book_read_permission (self, new->customer, CB_PURPOSE_ASKED, CB_CHANNEL_NONE, error);
  if (permission == NULL)
    return FALSE;
  new->keep_until_us = reckon_keep_until (new->now_us, new->draft->due_us, FALSE);
  new->lifetime = (CbLifetime){ CB_LIFE_UNASKED, 0, new->keep_until_us };
  cb_book_reckon_life (self, permission, CB_INTENT_PROFILE, new->now_us, &new->lifetime);
  return insert_request (self, actor, new, error) &&
         queue_request (self, actor, new->customer, new->id, NULL, error) &&
         (!new->draft->ends_draft ||
          cb_book_end_draft (self, actor, new->customer, CB_UNSAVED_ERRAND, error)) &&
         cb_book_audit (self, actor, "request.add", new->customer, new->id, kind, error) &&
         cb_book_reckon_capture (self, new->customer, "request", new->id, error);
}

CbMatter *
cb_book_add_request (CbBook *self,
                     CbStaff *actor,
                     const char *customer,
                     const CbMatterDraft *draft,
                     GError **error)
{
  g_autofree char *id = cb_id_new ();
  g_autoptr (CbMatter) saved = NULL;
  g_auto (CbTransaction) transaction = NULL;
  NewRequest new = {
    .id = id,
    .customer = customer,
    .promised_by = draft->promised_by,
    .draft = draft,
    .now_us = cb_clock_get_now_us (self->clock),
  };

  if (!cb_book_require (self, actor, CB_ACT_WRITE_CUSTOMERS, error) ||
      !check_request (draft, new.now_us, error) || !cb_book_begin (self, error))
    return NULL;
  transaction = self->db;
  if (draft->kind == CB_MATTER_PROMISE && new.promised_by == NULL)
    new.promised_by = cb_staff_get_id (actor);
  if (!write_request (self, actor, &new, error))
    return NULL;
  saved = read_request (self, id, error);
  if (saved == NULL)
    return NULL;
  transaction = NULL;
  return cb_book_commit (self, error) ? g_steal_pointer (&saved) : NULL;
}

/* --- how far it is --- */

static gboolean
check_state (const CbMatterFields *fields, CbMatterState state, GError **error)
{
  const gboolean is_promise = fields->kind == CB_MATTER_PROMISE;

  if (is_promise && (state == CB_MATTER_READY || state == CB_MATTER_TOLD))
    return fail_invalid (error, "a promise is open, in hand, done, broken or cancelled");
  if (!is_promise && state == CB_MATTER_BROKEN)
    return fail_invalid (error, "only a promise can be broken");
  return TRUE;
}

/* The contact given may be used for this matter, unless they took that back. NULL without an error:
 * no channel is meant. */
static gboolean
ask_channel (CbBook *self,
             const char *customer,
             CbMatterState state,
             CbChannel channel,
             CbPermission **permission,
             GError **error)
{
  *permission = NULL;
  if (channel == CB_CHANNEL_NONE)
    return TRUE;
  if (state != CB_MATTER_TOLD)
    return fail_invalid (error, "a channel belongs to telling them");
  /* Telling them that it is there is the occasion that they may have waited for. */
  *permission = cb_book_read_permission_for (self, customer, CB_PURPOSE_ASKED, channel,
                                             CB_CIRCUMSTANCE_ARRIVED, error);
  return *permission != NULL;
}

/* That it was wanted and is not permitted stays in the log of contacts. */
static void
refuse_channel (CbBook *self,
                CbStaff *actor,
                const CbMatterFields *fields,
                CbPermission *permission,
                GError **error)
{
  if (cb_book_write_reach (self, actor, permission, fields->customer_id, CB_OUTCOME_REFUSED,
                           fields->id, NULL, error) &&
      cb_book_commit (self, error))
    g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_REFUSED,
                         cb_permission_get_reason (permission));
}

static gboolean
set_state (CbBook *self,
           const CbMatterFields *fields,
           CbMatterState state,
           char **base,
           GError **error)
{
  static const char SQL_MOVE_REQUEST[] =
    "UPDATE request SET state = ?2, moved_us = ?3, closed_us = CASE WHEN ?4 THEN ?3 END,"
    " keep_until_us = ?5, ends_us = CASE WHEN life = 'tonight' THEN ends_us ELSE ?5 END"
    " WHERE id = ?1 RETURNING version";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_MOVE_REQUEST);
  gint64 now_us = cb_clock_get_now_us (self->clock);
  gboolean is_closed = cb_matter_state_is_closed (state);

  cb_stmt_bind_text (stmt, 1, fields->id);
  cb_stmt_bind_text (stmt, 2, cb_matter_state_to_id (state));
  cb_stmt_bind_int (stmt, 3, now_us);
  cb_stmt_bind_int (stmt, 4, is_closed);
  cb_stmt_bind_int (stmt, 5, reckon_keep_until (now_us, fields->due_us, is_closed));
  if (!cb_stmt_next (stmt, error))
    return FALSE;
  *base = g_strdup (cb_stmt_text (stmt, 0));
  return cb_stmt_run (stmt, error);
}

static gboolean
write_state (CbBook *self,
             CbStaff *actor,
             const CbMatterFields *fields,
             CbMatterState state,
             GError **error)
{
  g_autofree char *base = NULL;

  /* What was taken back ends tonight and goes nowhere, whatever is said about it until then. */
  return set_state (self, fields, state, &base, error) &&
         (fields->life == CB_LIFE_TONIGHT ||
          queue_request (self, actor, fields->customer_id, fields->id, base, error)) &&
         cb_book_audit (self, actor, "request.move", fields->customer_id, fields->id,
                        cb_matter_state_to_id (state), error) &&
         cb_book_reckon_record (self, fields->customer_id, "request", fields->id, error);
}

CbMatter *
cb_book_move_request (CbBook *self,
                      CbStaff *actor,
                      const char *id,
                      CbMatterState state,
                      CbChannel channel,
                      GError **error)
{
  g_autoptr (CbMatter) request = NULL;
  g_autoptr (CbMatter) saved = NULL;
  g_autoptr (CbPermission) permission = NULL;
  const CbMatterFields *fields;
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_require (self, actor, CB_ACT_REQUESTS, error) || !cb_book_begin (self, error))
    return NULL;
  transaction = self->db;
  request = read_request (self, id, error);
  if (request == NULL)
    return NULL;
  fields = cb_matter_get_fields (request);
  if (!cb_book_require_open (self, actor, fields->customer_id, error) ||
      !check_state (fields, state, error) ||
      !ask_channel (self, fields->customer_id, state, channel, &permission, error))
    return NULL;
  if (permission != NULL && !cb_permission_is_allowed (permission))
    {
      transaction = NULL;
      refuse_channel (self, actor, fields, permission, error);
      return NULL;
    }
  /* Said again it is what it was: the day it was done does not move. */
  if (fields->state == state && permission == NULL)
    return g_steal_pointer (&request);
  cb_book_touch (self, fields->customer_id);
  if ((fields->state != state && !write_state (self, actor, fields, state, error)) ||
      (permission != NULL && !cb_book_write_reach (self, actor, permission, fields->customer_id,
                                                   CB_OUTCOME_REACHED, fields->id, NULL, error)))
    return NULL;
  saved = read_request (self, id, error);
  if (saved == NULL)
    return NULL;
  transaction = NULL;
  return cb_book_commit (self, error) ? g_steal_pointer (&saved) : NULL;
}

/* --- what leaves --- */

static void
set_time (JsonObject *body, const char *member, gint64 at_us)
{
  g_autofree char *text = at_us > 0 ? cb_operation_format_time (at_us) : NULL;

  cb_json_set_string (body, member, text);
}

JsonObject *
cb_book_encode_request (CbBook *self, const CbKey *key, const char *request, GError **error)
{
  static const char SQL_GET_REQUEST_BODY[] =
    "SELECT body, kind, state, promised_by, answers, created_us, due_us, closed_us, ends_us"
    " FROM request WHERE id = ?1";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_GET_REQUEST_BODY);
  JsonObject *body;

  cb_stmt_bind_text (stmt, 1, request);
  if (!cb_stmt_next (stmt, error))
    {
      if (error != NULL && *error == NULL)
        g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_NOT_FOUND, "no such request");
      return NULL;
    }
  body = cb_sealed_json_open (key, COLUMN_BODY, request, stmt, 0, error);
  if (body == NULL)
    return NULL;
  cb_json_set_string (body, "kind", cb_stmt_text (stmt, 1));
  cb_json_set_string (body, "state", cb_stmt_text (stmt, 2));
  cb_json_set_string (body, "promised_by", cb_stmt_text (stmt, 3));
  cb_json_set_string (body, "answers", cb_stmt_text (stmt, 4));
  set_time (body, "created", cb_stmt_int (stmt, 5));
  set_time (body, "due", cb_stmt_int (stmt, 6));
  set_time (body, "closed", cb_stmt_int (stmt, 7));
  set_time (body, "ends", cb_stmt_int (stmt, 8));
  return body;
}

/* --- another terminal's --- */

static gboolean
is_closed (CbMatterState state)
{
  return state == CB_MATTER_DONE || state == CB_MATTER_BROKEN || state == CB_MATTER_CANCELLED;
}

static gboolean
read_terms (JsonObject *said, CbMatterDraft *draft, CbMatterState *state)
{
  const char *promised_by = cb_json_get_string (said, "promised_by");

  draft->text = g_strdup (cb_json_get_string (said, "text"));
  draft->for_role = g_strdup (cb_json_get_string (said, "for"));
  draft->due_us = cb_book_read_wire_time (said, "due");
  draft->promised_by = g_strdup (promised_by);
  return draft->text != NULL && cb_text_is_valid (draft->text, -1) &&
         cb_matter_kind_from_id (cb_json_get_string (said, "kind"), &draft->kind) &&
         cb_matter_state_from_id (cb_json_get_string (said, "state"), state) &&
         (draft->kind != CB_MATTER_PROMISE || (draft->due_us > 0 && promised_by != NULL));
}

CB_TAKES (request)
{
  static const char SQL_TAKE_REQUEST[] =
    "INSERT INTO request (id, customer, kind, state, body, author, promised_by, answers,"
    " created_us, due_us, moved_us, closed_us, keep_until_us, ends_us, life)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7,"
    "  (SELECT a.id FROM request AS a WHERE a.id = ?8 AND a.customer = ?2),"
    "  ?9, nullif (?10, 0), ?11, nullif (?12, 0), ?13, 0, 'unasked')"
    " ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, state = excluded.state,"
    " body = excluded.body, author = excluded.author, promised_by = excluded.promised_by,"
    " answers = excluded.answers, due_us = excluded.due_us, moved_us = excluded.moved_us,"
    " closed_us = excluded.closed_us, keep_until_us = excluded.keep_until_us"
    " WHERE customer = excluded.customer";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_TAKE_REQUEST);
  const gint64 created_us = cb_book_read_wire_time (record->body, "created");
  const gint64 closed_us = cb_book_read_wire_time (record->body, "closed");
  g_autoptr (CbMatterDraft) draft = cb_matter_draft_new ();
  CbMatterState state = CB_MATTER_OPEN;
  g_autoptr (GBytes) body = NULL;

  *is_taken = read_terms (record->body, draft, &state);
  if (!*is_taken)
    return TRUE;
  body = seal_body (key, record->id, draft);
  cb_stmt_bind_text (stmt, 1, record->id);
  cb_stmt_bind_text (stmt, 2, customer);
  cb_stmt_bind_text (stmt, 3, cb_matter_kind_to_id (draft->kind));
  cb_stmt_bind_text (stmt, 4, cb_matter_state_to_id (state));
  cb_stmt_bind_bytes (stmt, 5, body);
  cb_stmt_bind_text (stmt, 6, record->by);
  cb_stmt_bind_text (stmt, 7, draft->promised_by);
  cb_stmt_bind_text (stmt, 8, cb_json_get_string (record->body, "answers"));
  cb_stmt_bind_int (stmt, 9, created_us > 0 ? created_us : record->at_us);
  cb_stmt_bind_int (stmt, 10, draft->due_us);
  cb_stmt_bind_int (stmt, 11, record->at_us);
  cb_stmt_bind_int (stmt, 12, !is_closed (state) ? 0 : closed_us > 0 ? closed_us : record->at_us);
  cb_stmt_bind_int (stmt, 13, reckon_keep_until (record->at_us, draft->due_us, is_closed (state)));
  return cb_stmt_run (stmt, error);
}
