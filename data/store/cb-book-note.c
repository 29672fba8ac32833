/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include <string.h>

#include "store/cb-arrival-private.h"
#include "store/cb-review-private.h"

#include "base/cb-error.h"
#include "base/cb-fold.h"
#include "base/cb-id.h"
#include "consent/cb-purpose.h"
#include "records/cb-operation.h"
#include "store/cb-sealed-json.h"

#define COLUMN_BODY "note.body"

/* --- the sealed body: what was said, and for whom --- */

static JsonObject *
encode_sealed (const CbNoteDraft *draft)
{
  JsonObject *body = json_object_new_object ();

  cb_json_set_string (body, "text", draft->text);
  cb_json_set_string (body, "for", draft->for_role);
  return body;
}

/* What of it lies open beside it, as it leaves the shop. */
typedef struct
{
  const char *visit;
  const char *intent;
  const char *discretion;
  const char *provenance;
  gint64 created_us;
  gint64 ends_us;
} Description;

static void
describe (JsonObject *body, const Description *description)
{
  g_autofree char *created = cb_operation_format_time (description->created_us);
  g_autofree char *ends = cb_operation_format_time (description->ends_us);

  cb_json_set_string (body, "kind", description->visit);
  cb_json_set_string (body, "intent", description->intent);
  cb_json_set_string (body, "discretion", description->discretion);
  cb_json_set_string (body, "provenance", description->provenance);
  cb_json_set_string (body, "created", created);
  cb_json_set_string (body, "ends", ends);
}

/* --- writing --- */

static gboolean
check_note (const CbNoteDraft *draft, GError **error)
{
  const char *purpose = draft->purpose != NULL ? draft->purpose : CB_PURPOSE_SHOP;
  const CbPurpose *known = cb_purpose_find (purpose);
  const char *wrong = NULL;

  if (draft->text == NULL || !cb_text_is_valid (draft->text, -1))
    wrong = "a note is text in UTF-8";
  else if (strspn (draft->text, " \t\n") == strlen (draft->text))
    wrong = "a note needs words";
  else if (strlen (draft->text) > CB_NOTE_MAX)
    wrong = "a note is at most 8000 bytes long";
  else if (draft->for_role != NULL &&
           (strlen (draft->for_role) > CB_ROLE_MAX || !cb_text_is_valid (draft->for_role, -1)))
    wrong = "for whom is a short role, such as daughter";
  else if (known == NULL || cb_purpose_is_marketing (known))
    wrong = "a note serves a request, this shop or every shop";
  else if (g_str_equal (purpose, CB_PURPOSE_ASKED) && draft->provenance == CB_PROVENANCE_OBSERVED)
    wrong = "a request is said by the customer, not observed";
  if (wrong == NULL)
    return TRUE;
  g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID, wrong);
  return FALSE;
}

typedef struct
{
  const char *id;
  const char *customer;
  const char *purpose;
  const CbNoteDraft *draft;
  gint64 now_us;
  CbLifetime lifetime;
} NewNote;

static gboolean
insert_note (CbBook *self, CbStaff *actor, const NewNote *note, GError **error)
{
  static const char SQL_ADD_NOTE[] =
    "INSERT INTO note (id, customer, purpose, visit, intent, discretion, provenance, body,"
    " author, created_us, ends_us, life)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_ADD_NOTE);
  g_autoptr (JsonObject) plain = encode_sealed (note->draft);
  g_autoptr (GBytes) body = NULL;
  g_auto (CbKey) key;

  if (!cb_book_get_customer_key (self, note->customer, &key, error))
    return FALSE;
  body = cb_sealed_json_new (&key, COLUMN_BODY, note->id, plain);
  cb_stmt_bind_text (stmt, 1, note->id);
  cb_stmt_bind_text (stmt, 2, note->customer);
  cb_stmt_bind_text (stmt, 3, note->purpose);
  cb_stmt_bind_text (stmt, 4, cb_visit_to_id (note->draft->visit));
  cb_stmt_bind_text (stmt, 5, cb_intent_to_id (note->draft->intent));
  cb_stmt_bind_text (stmt, 6, cb_discretion_to_id (note->draft->discretion));
  cb_stmt_bind_text (stmt, 7, cb_provenance_to_id (note->draft->provenance));
  cb_stmt_bind_bytes (stmt, 8, body);
  cb_stmt_bind_text (stmt, 9, cb_staff_get_id (actor));
  cb_stmt_bind_int (stmt, 10, note->now_us);
  cb_stmt_bind_int (stmt, 11, note->lifetime.ends_us);
  cb_stmt_bind_text (stmt, 12, cb_life_to_id (note->lifetime.life));
  return cb_stmt_run (stmt, error);
}

/* What is for this visit only may never leave: it gets no operation. */
static gboolean
queue_note (CbBook *self,
            CbStaff *actor,
            const NewNote *note,
            CbPermission *permission,
            GError **error)
{
  CbQueued queued = {
    .kind = "note",
    .act = "put",
    .record = note->id,
    .customer = note->customer,
    .purpose = note->purpose,
    .lane = 1,
  };

  const Description description = {
    .visit = cb_visit_to_id (note->draft->visit),
    .intent = cb_intent_to_id (note->draft->intent),
    .discretion = cb_discretion_to_id (note->draft->discretion),
    .provenance = cb_provenance_to_id (note->draft->provenance),
    .created_us = note->now_us,
    .ends_us = note->lifetime.ends_us,
  };
  g_autoptr (JsonObject) body = encode_sealed (note->draft);

  describe (body, &description);
  return note->draft->intent == CB_INTENT_VISIT ||
         cb_book_put (self, actor, &queued, permission, body, error);
}

static gboolean
write_note (CbBook *self, CbStaff *actor, NewNote *note, GError **error)
{
  g_autoptr (CbPermission) permission = NULL;

  if (!cb_book_require_open (self, actor, note->customer, error))
    return FALSE;
  if (g_str_equal (note->purpose, CB_PURPOSE_ASKED) &&
      !cb_book_record_request (self, actor, note->customer, error))
    return FALSE;
  permission =
    cb_book_read_permission (self, note->customer, note->purpose, CB_CHANNEL_NONE, error);
  if (permission == NULL)
    return FALSE;
  note->lifetime = (CbLifetime){ CB_LIFE_UNASKED, 0 };
  cb_book_reckon_life (self, permission, note->draft->intent, note->now_us, &note->lifetime);
  return insert_note (self, actor, note, error) &&
         queue_note (self, actor, note, permission, error) &&
         cb_book_sample_note (self, note->customer, note->id, note->draft, error) &&
         cb_book_audit (self, actor, "note.add", note->customer, note->id, NULL, error) &&
         cb_book_reckon_capture (self, note->customer, NULL, NULL, error);
}

/* --- reading --- */

#define SELECT_NOTE                                                                                \
  "SELECT n.id, n.customer, n.purpose, n.visit, n.intent, n.discretion, n.provenance, n.body,"     \
  " n.author, n.created_us, n.ends_us, n.life, k.corrected_us, v.state, v.reason, v.remark,"       \
  " v.reviewer FROM note AS n LEFT JOIN review AS v ON v.note = n.id"                              \
  " LEFT JOIN correction AS k ON k.note = n.id"

gboolean
cb_book_may_see (CbStaff *actor, CbLife life, const char *author)
{
  if (actor == NULL || (life != CB_LIFE_UNASKED && life != CB_LIFE_REVIEW))
    return TRUE;
  return cb_staff_get_role (actor) != CB_ROLE_ASSOCIATE ||
         g_strcmp0 (author, cb_staff_get_id (actor)) == 0;
}

/* NULL without an error: staff no longer known. */
static CbStaff *
find_author (CbBook *self, CbStaff *reader, const char *id, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  CbStaff *author;

  if (reader != NULL && g_strcmp0 (cb_staff_get_id (reader), id) == 0)
    return g_object_ref (reader);
  author = cb_book_find_staff (self, id, &local_error);
  if (author == NULL && !g_error_matches (local_error, CB_STORE_ERROR, CB_STORE_ERROR_NOT_FOUND))
    g_propagate_error (error, g_steal_pointer (&local_error));
  return author;
}

/* What a manager made of a note: of words that were taken out everybody is told that much, the rest
 * is for its author and for those who decide. `remark` is to be wiped. */
static gboolean
read_outcome (CbBook *self,
              CbStaff *actor,
              const CbKey *key,
              CbStmt *stmt,
              CbNoteFields *fields,
              char **remark,
              CbStaff **reviewer,
              GError **error)
{
  gboolean is_told = cb_book_may_see (actor, CB_LIFE_REVIEW, fields->author_id);
  g_autoptr (GError) local_error = NULL;
  gsize length;
  const void *sealed;

  if (cb_stmt_is_null (stmt, 13))
    return TRUE;
  cb_review_state_from_id (cb_stmt_text (stmt, 13), &fields->review);
  if (!is_told)
    {
      fields->review = fields->review == CB_REVIEW_REDACTED ? CB_REVIEW_REDACTED : CB_REVIEW_NONE;
      return TRUE;
    }
  cb_review_reason_from_id (cb_stmt_text (stmt, 14), &fields->review_reason);
  if (!cb_stmt_is_null (stmt, 15))
    {
      sealed = cb_stmt_blob (stmt, 15, &length);
      *remark = cb_unseal_text (key, CB_COLUMN_REMARK, fields->id, sealed, length, error);
      if (*remark == NULL)
        return FALSE;
    }
  if (!cb_stmt_is_null (stmt, 16))
    *reviewer = find_author (self, actor, cb_stmt_text (stmt, 16), &local_error);
  fields->review_remark = *remark;
  fields->reviewer_name = *reviewer != NULL ? cb_staff_get_name (*reviewer) : NULL;
  return !cb_error_hand_on (&local_error, error);
}

static CbNote *
make_note (CbBook *self,
           CbStaff *actor,
           const CbKey *key,
           CbStmt *stmt,
           CbNoteFields *fields,
           GError **error)
{
  g_autoptr (CbStaff) reviewer = NULL;
  CbNote *note = NULL;
  char *remark = NULL;

  if (read_outcome (self, actor, key, stmt, fields, &remark, &reviewer, error))
    note = cb_note_new (fields);
  cb_text_wipe (remark);
  return note;
}

static CbNote *
note_from_row (CbBook *self, CbStaff *reader, const CbKey *key, CbStmt *stmt, GError **error)
{
  const char *id = cb_stmt_text (stmt, 0);
  static const char *const members[] = { "text", "for", NULL };
  const char *texts[G_N_ELEMENTS (members)] = { NULL };
  g_auto (CbSealedTexts) opened = { NULL, 0 };
  g_autoptr (CbStaff) author = NULL;
  g_autofree char *record_key = g_strdup_printf ("note/%s", id);
  g_autofree char *code = NULL;
  g_autoptr (GError) local_error = NULL;
  CbNoteFields fields = {
    .id = id,
    .customer_id = cb_stmt_text (stmt, 1),
    .purpose = cb_stmt_text (stmt, 2),
    .author_id = cb_stmt_text (stmt, 8),
    .created_us = cb_stmt_int (stmt, 9),
    .ends_us = cb_stmt_int (stmt, 10),
    .corrected_us = cb_stmt_int (stmt, 12),
  };

  if (!cb_sealed_json_open_texts (key, COLUMN_BODY, id, stmt, 7, members, texts, &opened, error))
    return NULL;
  author = find_author (self, reader, fields.author_id, &local_error);
  if (local_error == NULL)
    fields.delivery =
      cb_book_read_delivery (self, fields.customer_id, record_key, &code, &local_error);
  if (cb_error_hand_on (&local_error, error))
    return NULL;
  cb_visit_from_id (cb_stmt_text (stmt, 3), &fields.visit);
  cb_intent_from_id (cb_stmt_text (stmt, 4), &fields.intent);
  cb_discretion_from_id (cb_stmt_text (stmt, 5), &fields.discretion);
  cb_provenance_from_id (cb_stmt_text (stmt, 6), &fields.provenance);
  cb_life_from_id (cb_stmt_text (stmt, 11), &fields.life);
  fields.text = texts[0];
  fields.for_role = texts[1];
  fields.author_name = author != NULL ? cb_staff_get_name (author) : NULL;
  fields.code = code;
  return make_note (self, reader, key, stmt, &fields, error);
}

GPtrArray *
cb_book_list_notes (CbBook *self, CbStaff *actor, const char *customer, GError **error)
{
  static const char SQL_LIST_NOTES[] = SELECT_NOTE
    " WHERE n.customer = ?1 AND n.ends_us > ?2 ORDER BY n.created_us DESC, n.rowid DESC";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_LIST_NOTES);
  g_autoptr (GPtrArray) notes = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GError) local_error = NULL;
  g_auto (CbKey) key;

  if (!cb_book_get_customer_key (self, customer, &key, error))
    return NULL;
  cb_stmt_bind_text (stmt, 1, customer);
  cb_stmt_bind_int (stmt, 2, cb_clock_get_now_us (self->clock));
  while (local_error == NULL && cb_stmt_next (stmt, &local_error))
    {
      g_autoptr (CbNote) note = note_from_row (self, actor, &key, stmt, &local_error);

      if (note != NULL &&
          cb_book_may_see (actor, cb_note_get_life (note), cb_note_get_author_id (note)))
        g_ptr_array_add (notes, g_steal_pointer (&note));
      else if (note == NULL)
        cb_book_pass_over (self, &local_error);
    }
  return cb_error_hand_on (&local_error, error) ? NULL : g_steal_pointer (&notes);
}

CbNote *
cb_book_read_note (CbBook *self,
                   CbStaff *actor,
                   const char *customer,
                   const char *id,
                   GError **error)
{
  static const char SQL_GET_NOTE[] = SELECT_NOTE " WHERE n.id = ?1";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_GET_NOTE);
  g_auto (CbKey) key;

  if (!cb_book_get_customer_key (self, customer, &key, error))
    return NULL;
  cb_stmt_bind_text (stmt, 1, id);
  return cb_stmt_next (stmt, error) ? note_from_row (self, actor, &key, stmt, error) : NULL;
}

CbNote *
cb_book_add_note (CbBook *self,
                  CbStaff *actor,
                  const char *customer,
                  const CbNoteDraft *draft,
                  GError **error)
{
  g_autofree char *id = cb_id_new ();
  g_autoptr (CbNote) saved = NULL;
  g_auto (CbTransaction) transaction = NULL;
  NewNote note = {
    .id = id,
    .customer = customer,
    .purpose = draft->purpose != NULL ? draft->purpose : CB_PURPOSE_SHOP,
    .draft = draft,
  };

  if (!cb_book_require (self, actor, CB_ACT_WRITE_CUSTOMERS, error) || !check_note (draft, error) ||
      !cb_book_begin (self, error))
    return NULL;
  transaction = self->db;
  note.now_us = cb_clock_get_now_us (self->clock);
  if (!write_note (self, actor, &note, error) ||
      (draft->ends_draft && !cb_book_end_draft (self, actor, customer, "note", error)))
    return NULL;
  saved = cb_book_read_note (self, actor, customer, id, error);
  if (saved == NULL)
    return NULL;
  cb_book_touch_note (self, saved);
  transaction = NULL;
  return cb_book_commit (self, error) ? g_steal_pointer (&saved) : NULL;
}

/* --- its author changes its words --- */

gboolean
cb_book_set_note_text (CbBook *self,
                       const char *customer,
                       const char *note,
                       const char *text,
                       GError **error)
{
  static const char SQL_GET_BODY[] = "SELECT body FROM note WHERE id = ?1";
  static const char SQL_SET_BODY[] = "UPDATE note SET body = ?2 WHERE id = ?1";
  g_autoptr (CbStmt) read = cb_db_prepare (self->db, SQL_GET_BODY);
  g_autoptr (CbStmt) write = cb_db_prepare (self->db, SQL_SET_BODY);
  g_autoptr (JsonObject) body = NULL;
  g_autoptr (GBytes) sealed = NULL;
  g_auto (CbKey) key;

  if (!cb_book_get_customer_key (self, customer, &key, error))
    return FALSE;
  cb_stmt_bind_text (read, 1, note);
  if (!cb_stmt_next (read, error))
    return FALSE;
  body = cb_sealed_json_open (&key, COLUMN_BODY, note, read, 0, error);
  if (body == NULL)
    return FALSE;
  cb_stmt_again (read);
  cb_json_set_string (body, "text", text);
  sealed = cb_sealed_json_new (&key, COLUMN_BODY, note, body);
  cb_stmt_bind_text (write, 1, note);
  cb_stmt_bind_bytes (write, 2, sealed);
  return cb_stmt_run (write, error);
}

/* One that was returned is theirs to put right, whatever the day. */
static gboolean
check_correction (CbBook *self, CbStaff *actor, CbNote *note, const char *text, GError **error)
{
  gint64 day_end_us = cb_clock_day_end_us (cb_note_get_created_us (note), 0);
  CbReviewState review = cb_note_get_review (note);
  CbNoteDraft draft = { .text = (char *) text, .provenance = cb_note_get_provenance (note) };

  if (g_strcmp0 (cb_note_get_author_id (note), cb_staff_get_id (actor)) != 0)
    {
      g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_FORBIDDEN,
                           "a note is corrected by whoever wrote it");
      return FALSE;
    }
  if (review == CB_REVIEW_REDACTED ||
      (review != CB_REVIEW_RETURNED && cb_clock_get_now_us (self->clock) >= day_end_us))
    {
      g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID,
                           review == CB_REVIEW_REDACTED
                             ? "words were taken out of this note: it stays as it is"
                             : "a note is corrected on its day");
      return FALSE;
    }
  return check_note (&draft, error);
}

static char *
find_customer_of (CbBook *self, const char *note, GError **error)
{
  static const char SQL_GET_OWNER[] = "SELECT customer FROM note WHERE id = ?1 AND ends_us > ?2";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_GET_OWNER);
  g_autoptr (GError) local_error = NULL;

  cb_stmt_bind_text (stmt, 1, note);
  cb_stmt_bind_int (stmt, 2, cb_clock_get_now_us (self->clock));
  if (cb_stmt_next (stmt, &local_error))
    return g_strdup (cb_stmt_text (stmt, 0));
  if (!cb_error_hand_on (&local_error, error))
    g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_NOT_FOUND, "no such note");
  return NULL;
}

static gboolean
write_correction (CbBook *self,
                  CbStaff *actor,
                  const char *customer,
                  const char *id,
                  const char *text,
                  GError **error)
{
  static const char SQL_MARK_CORRECTED[] =
    "INSERT INTO correction (note, customer, corrected_us) VALUES (?1, ?3, ?2)"
    " ON CONFLICT (note) DO UPDATE SET corrected_us = excluded.corrected_us";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_MARK_CORRECTED);

  cb_stmt_bind_text (stmt, 1, id);
  cb_stmt_bind_int (stmt, 2, cb_clock_get_now_us (self->clock));
  cb_stmt_bind_text (stmt, 3, customer);
  cb_book_touch (self, customer);
  return cb_book_set_note_text (self, customer, id, text, error) && cb_stmt_run (stmt, error) &&
         cb_book_rewrite_record (self, actor, customer, "note", id, error) &&
         cb_book_read_again (self, id, error) &&
         cb_book_audit (self, actor, "note.correct", customer, id, NULL, error);
}

CbNote *
cb_book_correct_note (CbBook *self,
                      CbStaff *actor,
                      const char *id,
                      const char *text,
                      GError **error)
{
  g_autofree char *customer = NULL;
  g_autoptr (CbNote) note = NULL;
  g_autoptr (CbNote) saved = NULL;
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_require (self, actor, CB_ACT_WRITE_CUSTOMERS, error) || !cb_book_begin (self, error))
    return NULL;
  transaction = self->db;
  customer = find_customer_of (self, id, error);
  if (customer == NULL || !cb_book_require_open (self, actor, customer, error))
    return NULL;
  note = cb_book_read_note (self, actor, customer, id, error);
  if (note == NULL || !check_correction (self, actor, note, text, error))
    return NULL;
  /* The same words again are no correction. */
  if (g_strcmp0 (text, cb_note_get_text (note)) == 0)
    return g_steal_pointer (&note);
  if (!write_correction (self, actor, customer, id, text, error))
    return NULL;
  saved = cb_book_read_note (self, actor, customer, id, error);
  if (saved == NULL)
    return NULL;
  transaction = NULL;
  return cb_book_commit (self, error) ? g_steal_pointer (&saved) : NULL;
}

JsonObject *
cb_book_encode_note (CbBook *self, const CbKey *key, const char *note, GError **error)
{
  static const char SQL_GET_NOTE_BODY[] =
    "SELECT body, visit, intent, discretion, provenance, created_us, ends_us FROM note"
    " WHERE id = ?1";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_GET_NOTE_BODY);
  Description description = { 0 };
  JsonObject *body;

  cb_stmt_bind_text (stmt, 1, note);
  if (!cb_stmt_next (stmt, error))
    {
      if (error != NULL && *error == NULL)
        g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_NOT_FOUND, "no such note");
      return NULL;
    }
  body = cb_sealed_json_open (key, COLUMN_BODY, note, stmt, 0, error);
  if (body == NULL)
    return NULL;
  description = (Description){
    .visit = cb_stmt_text (stmt, 1),
    .intent = cb_stmt_text (stmt, 2),
    .discretion = cb_stmt_text (stmt, 3),
    .provenance = cb_stmt_text (stmt, 4),
    .created_us = cb_stmt_int (stmt, 5),
    .ends_us = cb_stmt_int (stmt, 6),
  };
  describe (body, &description);
  return body;
}

/* --- another terminal's --- */

static void
read_terms (JsonObject *said, CbNoteDraft *draft)
{
  draft->visit = CB_VISIT_ADVICE;
  draft->intent = CB_INTENT_PROFILE;
  draft->discretion = CB_DISCRETION_MENTION;
  draft->provenance = CB_PROVENANCE_SAID;
  cb_visit_from_id (cb_json_get_string (said, "kind"), &draft->visit);
  cb_intent_from_id (cb_json_get_string (said, "intent"), &draft->intent);
  cb_discretion_from_id (cb_json_get_string (said, "discretion"), &draft->discretion);
  cb_provenance_from_id (cb_json_get_string (said, "provenance"), &draft->provenance);
}

CB_TAKES (note)
{
  static const char SQL_TAKE_NOTE[] =
    "INSERT INTO note (id, customer, purpose, visit, intent, discretion, provenance, body,"
    " author, created_us, ends_us, life)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 0, 'unasked')"
    " ON CONFLICT (id) DO UPDATE SET purpose = excluded.purpose, visit = excluded.visit,"
    " intent = excluded.intent, discretion = excluded.discretion,"
    " provenance = excluded.provenance, body = excluded.body, author = excluded.author"
    " WHERE customer = excluded.customer";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_TAKE_NOTE);
  const gint64 created_us = cb_book_read_wire_time (record->body, "created");
  g_autoptr (CbNoteDraft) draft = cb_note_draft_new ();
  g_autoptr (JsonObject) plain = NULL;
  g_autoptr (GBytes) body = NULL;

  read_terms (record->body, draft);
  draft->text = g_strdup (cb_json_get_string (record->body, "text"));
  draft->for_role = g_strdup (cb_json_get_string (record->body, "for"));
  draft->purpose = g_strdup (purpose);
  *is_taken = check_note (draft, NULL);
  if (!*is_taken)
    return TRUE;
  plain = encode_sealed (draft);
  body = cb_sealed_json_new (key, COLUMN_BODY, record->id, plain);
  cb_stmt_bind_text (stmt, 1, record->id);
  cb_stmt_bind_text (stmt, 2, customer);
  cb_stmt_bind_text (stmt, 3, purpose);
  cb_stmt_bind_text (stmt, 4, cb_visit_to_id (draft->visit));
  cb_stmt_bind_text (stmt, 5, cb_intent_to_id (draft->intent));
  cb_stmt_bind_text (stmt, 6, cb_discretion_to_id (draft->discretion));
  cb_stmt_bind_text (stmt, 7, cb_provenance_to_id (draft->provenance));
  cb_stmt_bind_bytes (stmt, 8, body);
  cb_stmt_bind_text (stmt, 9, record->by);
  cb_stmt_bind_int (stmt, 10, created_us > 0 ? created_us : record->at_us);
  return cb_stmt_run (stmt, error);
}
