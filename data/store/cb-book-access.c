/* SPDX-License-Identifier: Apache-2.0 */

/* The document of everything that is kept about a customer: each note word for word with the role
 * of who wrote it, on what it rests and until when it is kept, each answer with the words that were
 * shown, who looked, and whom we told. Staff are roles in it, never names. */

#define G_LOG_DOMAIN "Counterbook"

#include <string.h>

#include "store/cb-book-private.h"

#include "base/cb-error.h"
#include "consent/cb-notice.h"
#include "consent/cb-purpose.h"

#define SYSTEM "system"

/* Rows of one statement about one customer as a list of objects. */
typedef gboolean (*EncodeRowFunc) (CbBook *self, CbStmt *stmt, JsonObject *row, GError **error);

static JsonObject *
encode_rows (CbBook *self,
             const char *sql,
             const char *customer,
             EncodeRowFunc encode,
             GError **error)
{
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, sql);
  g_autoptr (JsonObject) list = json_object_new_array ();
  g_autoptr (GError) local_error = NULL;

  cb_stmt_bind_text (stmt, 1, customer);
  while (local_error == NULL && cb_stmt_next (stmt, &local_error))
    {
      JsonObject *row = json_object_new_object ();

      json_object_array_add (list, row);
      encode (self, stmt, row, &local_error);
    }
  return cb_error_hand_on (&local_error, error) ? NULL : g_steal_pointer (&list);
}

/* --- roles --- */

static void
set_role (JsonObject *object, const char *member, const char *role)
{
  cb_json_set_string (object, member, role != NULL ? role : SYSTEM);
}

static gboolean
set_role_of (CbBook *self,
             JsonObject *object,
             const char *member,
             const char *staff,
             GError **error)
{
  static const char SQL_GET_ROLE[] = "SELECT role FROM staff WHERE id = ?1";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_GET_ROLE);
  g_autoptr (GError) local_error = NULL;

  cb_stmt_bind_text (stmt, 1, staff);
  set_role (object, member, cb_stmt_next (stmt, &local_error) ? cb_stmt_text (stmt, 0) : NULL);
  return !cb_error_hand_on (&local_error, error);
}

static gboolean
set_author (CbBook *self, JsonObject *object, const char *staff, GError **error)
{
  return set_role_of (self, object, "author_role", staff, error);
}

/* --- on what a record rests, and where it is --- */

static JsonObject *
encode_basis (CbPermission *permission)
{
  JsonObject *object;

  if (!cb_permission_is_allowed (permission))
    return NULL;
  object = json_object_new_object ();
  cb_json_set_string (object, "purpose", cb_permission_get_basis (permission));
  cb_json_set_string (object, "grant", cb_permission_get_grant (permission));
  return object;
}

static gboolean
set_basis (CbBook *self,
           JsonObject *object,
           const char *customer,
           const char *purpose,
           GError **error)
{
  g_autoptr (CbPermission) permission = NULL;

  if (purpose == NULL)
    {
      json_object_object_add (object, "rests_on", NULL);
      return TRUE;
    }
  permission = cb_book_read_permission (self, customer, purpose, CB_CHANNEL_NONE, error);
  if (permission == NULL)
    return FALSE;
  json_object_object_add (object, "rests_on", encode_basis (permission));
  return TRUE;
}

static void
set_delivery (JsonObject *object, CbDelivery delivery)
{
  cb_json_set_string (object, "delivery", cb_delivery_to_id (delivery));
}

/* --- notes and preferences --- */

/* Why, and in whose words, belongs to them too. */
static void
set_review (JsonObject *object, CbNote *note)
{
  CbReviewState state = cb_note_get_review (note);
  gboolean has_reason =
    state == CB_REVIEW_RETURNED || state == CB_REVIEW_REDACTED || state == CB_REVIEW_ESCALATED;

  cb_book_set_time (object, "corrected", cb_note_get_corrected_us (note));
  cb_json_set_string (object, "review",
                      state != CB_REVIEW_NONE ? cb_review_state_to_id (state) : NULL);
  cb_json_set_string (object, "review_reason",
                      has_reason ? cb_review_reason_to_id (cb_note_get_review_reason (note))
                                 : NULL);
  cb_json_set_string (object, "review_remark", cb_note_get_review_remark (note));
}

static JsonObject *
encode_notes (CbBook *self, CbStaff *actor, const char *customer, GError **error)
{
  g_autoptr (GPtrArray) notes = cb_book_list_notes (self, actor, customer, error);
  g_autoptr (JsonObject) list = json_object_new_array ();

  for (guint i = 0; notes != NULL && i < notes->len; i++)
    {
      CbNote *note = g_ptr_array_index (notes, i);
      JsonObject *object = cb_book_encode_told_note (note);

      json_object_array_add (list, object);
      cb_json_set_string (object, "life", cb_life_to_id (cb_note_get_life (note)));
      set_delivery (object, cb_note_get_delivery (note));
      set_review (object, note);
      if (!set_author (self, object, cb_note_get_author_id (note), error) ||
          !set_basis (self, object, customer, cb_note_get_purpose (note), error))
        return NULL;
    }
  return notes != NULL ? g_steal_pointer (&list) : NULL;
}

static JsonObject *
encode_preferences (CbBook *self, CbStaff *actor, const char *customer, GError **error)
{
  g_autoptr (GPtrArray) preferences = cb_book_list_preferences (self, actor, customer, error);
  g_autoptr (JsonObject) list = json_object_new_array ();

  for (guint i = 0; preferences != NULL && i < preferences->len; i++)
    {
      CbPreference *preference = g_ptr_array_index (preferences, i);
      JsonObject *object = cb_book_encode_told_preference (preference);

      json_object_array_add (list, object);
      cb_json_set_string (object, "life", cb_life_to_id (cb_preference_get_life (preference)));
      set_delivery (object, cb_preference_get_delivery (preference));
      if (!set_author (self, object, cb_preference_get_author_id (preference), error) ||
          !set_basis (self, object, customer, cb_preference_get_purpose (preference), error))
        return NULL;
    }
  return preferences != NULL ? g_steal_pointer (&list) : NULL;
}

static gboolean
complete_request (CbBook *self, JsonObject *object, const CbMatterFields *fields, GError **error)
{
  cb_json_set_string (object, "life", cb_life_to_id (fields->life));
  set_delivery (object, fields->delivery);
  cb_json_set_string (object, "promised_by_role", NULL);
  return set_author (self, object, fields->author_id, error) &&
         (fields->promised_by == NULL ||
          set_role_of (self, object, "promised_by_role", fields->promised_by, error)) &&
         set_basis (self, object, fields->customer_id, CB_PURPOSE_ASKED, error);
}

static JsonObject *
encode_requests (CbBook *self, const char *customer, GError **error)
{
  g_autoptr (GPtrArray) requests = cb_book_read_requests (self, customer, error);
  g_autoptr (JsonObject) list = json_object_new_array ();

  for (guint i = 0; requests != NULL && i < requests->len; i++)
    {
      CbMatter *request = g_ptr_array_index (requests, i);
      JsonObject *object = cb_book_encode_told_request (request);

      json_object_array_add (list, object);
      if (!complete_request (self, object, cb_matter_get_fields (request), error))
        return NULL;
    }
  return requests != NULL ? g_steal_pointer (&list) : NULL;
}

/* Days are kept here alone, as agreed for this shop. */
static gboolean
complete_occasion (CbBook *self, JsonObject *object, const CbOccasionFields *fields, GError **error)
{
  cb_json_set_string (object, "life", cb_life_to_id (fields->life));
  set_delivery (object, CB_DELIVERY_LOCAL);
  return set_author (self, object, fields->author_id, error) &&
         set_basis (self, object, fields->customer_id, CB_PURPOSE_SHOP, error);
}

static JsonObject *
encode_occasions (CbBook *self, CbStaff *actor, const char *customer, GError **error)
{
  g_autoptr (GPtrArray) occasions = cb_book_read_occasions (self, actor, customer, error);
  g_autoptr (JsonObject) list = json_object_new_array ();

  for (guint i = 0; occasions != NULL && i < occasions->len; i++)
    {
      CbOccasion *occasion = g_ptr_array_index (occasions, i);
      JsonObject *object = cb_book_encode_told_occasion (occasion);

      json_object_array_add (list, object);
      if (!complete_occasion (self, object, cb_occasion_get_fields (occasion), error))
        return NULL;
    }
  return occasions != NULL ? g_steal_pointer (&list) : NULL;
}

/* A till said it, not one of the staff; it is kept here alone. */
static JsonObject *
encode_purchases (CbBook *self, const char *customer, GError **error)
{
  g_autoptr (GPtrArray) purchases = cb_book_read_purchases (self, customer, error);
  g_autoptr (JsonObject) list = json_object_new_array ();

  for (guint i = 0; purchases != NULL && i < purchases->len; i++)
    {
      CbPurchase *purchase = g_ptr_array_index (purchases, i);
      JsonObject *object = cb_book_encode_told_purchase (purchase);
      CbLife life = cb_purchase_get_fields (purchase)->life;

      json_object_array_add (list, object);
      cb_json_set_string (object, "life", cb_life_to_id (life));
      cb_json_set_string (object, "delivery", cb_delivery_to_id (CB_DELIVERY_LOCAL));
      if (!set_basis (self, object, customer, CB_PURPOSE_SHOP, error))
        return NULL;
    }
  return purchases != NULL ? g_steal_pointer (&list) : NULL;
}

static JsonObject *
encode_wishes (CbBook *self, CbStaff *actor, const char *customer, GError **error)
{
  g_autoptr (GPtrArray) wishes = cb_book_read_wishes (self, actor, customer, error);
  g_autoptr (JsonObject) list = json_object_new_array ();

  for (guint i = 0; wishes != NULL && i < wishes->len; i++)
    {
      CbWish *wish = g_ptr_array_index (wishes, i);
      const CbWishFields *fields = cb_wish_get_fields (wish);
      JsonObject *object = cb_book_encode_told_wish (wish);

      json_object_array_add (list, object);
      cb_json_set_string (object, "life", cb_life_to_id (fields->life));
      cb_json_set_string (object, "delivery", cb_delivery_to_id (CB_DELIVERY_LOCAL));
      if (!set_author (self, object, fields->author_id, error) ||
          !set_basis (self, object, customer, CB_PURPOSE_SHOP, error))
        return NULL;
    }
  return wishes != NULL ? g_steal_pointer (&list) : NULL;
}

/* How they were contacted, and that it was wanted where it is not permitted. */
static JsonObject *
encode_reaches (CbBook *self, const char *customer, GError **error)
{
  g_autoptr (GPtrArray) reaches = cb_book_read_reaches (self, customer, error);
  g_autoptr (JsonObject) list = json_object_new_array ();

  for (guint i = 0; reaches != NULL && i < reaches->len; i++)
    {
      const CbReachFields *fields = cb_reach_get_fields (g_ptr_array_index (reaches, i));
      JsonObject *object = json_object_new_object ();

      json_object_array_add (list, object);
      cb_json_set_string (object, "id", fields->id);
      cb_json_set_string (object, "purpose", fields->purpose);
      cb_json_set_string (object, "channel", cb_channel_to_id (fields->channel));
      cb_json_set_string (object, "outcome", cb_outcome_to_id (fields->outcome));
      cb_json_set_string (object, "verdict", fields->reason);
      cb_json_set_string (object, "permitted_by", fields->permitted_by);
      cb_json_set_string (object, "request", fields->request);
      cb_book_set_time (object, "at", fields->at_us);
      cb_book_set_time (object, "ends", fields->ends_us);
      if (!set_author (self, object, fields->staff_id, error))
        return NULL;
    }
  return reaches != NULL ? g_steal_pointer (&list) : NULL;
}

/* That somebody began to write, not what: a draft is its author's alone. */
static gboolean
encode_draft (CbBook *self, CbStmt *stmt, JsonObject *row, GError **error)
{
  cb_book_set_time (row, "written", cb_stmt_int (stmt, 0));
  cb_book_set_time (row, "ends", cb_stmt_int (stmt, 1));
  set_role (row, "author_role", cb_stmt_text (stmt, 2));
  return TRUE;
}

/* --- what may be done with it, and the answers --- */

static JsonObject *
encode_uses (CbBook *self, const char *customer, GError **error)
{
  g_autoptr (GPtrArray) permissions = cb_book_list_permissions (self, customer, error);
  JsonObject *list;

  if (permissions == NULL)
    return NULL;
  list = json_object_new_array ();
  for (guint i = 0; i < permissions->len; i++)
    {
      CbPermission *permission = g_ptr_array_index (permissions, i);
      CbChannel channel = cb_permission_get_channel (permission);
      JsonObject *use = json_object_new_object ();

      cb_json_set_string (use, "purpose", cb_permission_get_purpose (permission));
      cb_json_set_string (use, "channel",
                          channel != CB_CHANNEL_NONE ? cb_channel_to_id (channel) : NULL);
      cb_json_set_boolean (use, "allowed", cb_permission_is_allowed (permission));
      cb_json_set_string (use, "verdict",
                          cb_verdict_to_id (cb_permission_get_verdict (permission)));
      cb_json_set_string (use, "by", cb_permission_get_by (permission));
      cb_book_set_time (use, "since", cb_permission_get_since_us (permission));
      cb_book_set_time (use, "until", cb_permission_get_until_us (permission));
      cb_book_set_time (use, "next", cb_permission_get_next_us (permission));
      json_object_object_add (use, "rests_on", encode_basis (permission));
      json_object_array_add (list, use);
    }
  return list;
}

/* Who noted each answer down, in the order in which the answers stand. */
static gboolean
add_answer_authors (CbBook *self, JsonObject *consents, const char *customer, GError **error)
{
  static const char SQL_LIST_EVENT_STAFF[] =
    "SELECT staff FROM consent_event WHERE customer = ?1 ORDER BY seq";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_LIST_EVENT_STAFF);
  g_autoptr (GError) local_error = NULL;

  cb_stmt_bind_text (stmt, 1, customer);
  for (gsize i = 0; local_error == NULL && i < json_object_array_length (consents) &&
                    cb_stmt_next (stmt, &local_error);
       i++)
    set_author (self, json_object_array_get_idx (consents, i), cb_stmt_text (stmt, 0),
                &local_error);
  return !cb_error_hand_on (&local_error, error);
}

static JsonObject *
encode_unanswered (CbBook *self, const char *customer, GError **error)
{
  g_autoptr (GPtrArray) list = cb_book_read_unanswered (self, customer, error);
  g_autoptr (JsonObject) rows = list != NULL ? json_object_new_array () : NULL;

  for (guint i = 0; list != NULL && i < list->len; i++)
    {
      const CbUnanswered *unanswered = g_ptr_array_index (list, i);
      JsonObject *row = cb_book_encode_told_unanswered (unanswered);

      json_object_array_add (rows, row);
      if (!set_author (self, row, unanswered->staff_id, error))
        return NULL;
    }
  return g_steal_pointer (&rows);
}

static void
set_words (JsonObject *object,
           const char *member,
           const CbNotice *notice,
           const char *purpose,
           CbNoticePurposePart part,
           const char *language,
           const char *controller)
{
  g_autofree char *text = cb_notice_dup_purpose_text (notice, purpose, part, language, controller);

  cb_json_set_string (object, member, text);
}

static JsonObject *
encode_purpose_words (CbBook *self,
                      const CbNotice *notice,
                      const char *purpose,
                      const char *language)
{
  static const struct
  {
    const char *member;
    CbNoticePurposePart part;
  } parts[] = {
    { "title", CB_NOTICE_TITLE },     { "what_for", CB_NOTICE_WHAT_FOR },
    { "you_get", CB_NOTICE_YOU_GET }, { "how_long", CB_NOTICE_HOW_LONG },
    { "who", CB_NOTICE_WHO },         { "where", CB_NOTICE_WHERE },
    { "contact", CB_NOTICE_CONTACT }, { "script", CB_NOTICE_SCRIPT },
  };
  JsonObject *words = json_object_new_object ();

  cb_json_set_string (words, "purpose", purpose);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    set_words (words, parts[i].member, notice, purpose, parts[i].part, language, self->name);
  return words;
}

/* The words of one notice as it was shown: each purpose of it that was asked about. A version that
 * this build has lost is named by the answers alone. */
static gboolean
encode_notice (CbBook *self, CbStmt *stmt, JsonObject *row, GError **error)
{
  const char *language = cb_stmt_text (stmt, 2);
  const CbNotice *notice = cb_notice_find (cb_stmt_text (stmt, 0), (guint) cb_stmt_int (stmt, 1));
  g_auto (GStrv) purposes = g_strsplit (cb_stmt_text (stmt, 3), ",", -1);
  g_autofree char *head = NULL;
  g_autofree char *foot = NULL;
  JsonObject *list = json_object_new_array ();

  cb_json_set_string (row, "id", cb_stmt_text (stmt, 0));
  cb_json_set_int (row, "version", cb_stmt_int (stmt, 1));
  cb_json_set_string (row, "language", language);
  json_object_object_add (row, "purposes", list);
  if (notice == NULL)
    return TRUE;
  head = cb_notice_dup_text (notice, CB_NOTICE_HEAD, language, self->name);
  foot = cb_notice_dup_text (notice, CB_NOTICE_FOOT, language, self->name);
  cb_json_set_string (row, "sha256", cb_notice_get_sha256 (notice, language));
  cb_json_set_string (row, "effective_from", cb_notice_get_effective_from (notice));
  cb_json_set_string (row, "head", head);
  cb_json_set_string (row, "foot", foot);
  for (guint i = 0; purposes[i] != NULL; i++)
    {
      if (cb_purpose_find (purposes[i]) != NULL)
        json_object_array_add (list, encode_purpose_words (self, notice, purposes[i], language));
    }
  return TRUE;
}

static gboolean
encode_suppression (CbBook *self, CbStmt *stmt, JsonObject *row, GError **error)
{
  const char *purpose = cb_stmt_text (stmt, 1);

  cb_json_set_string (row, "channel", cb_stmt_text (stmt, 0));
  cb_json_set_string (row, "purpose", g_str_equal (purpose, "*") ? NULL : purpose);
  return TRUE;
}

/* --- who looked, whom we told --- */

static gboolean
encode_look (CbBook *self, CbStmt *stmt, JsonObject *row, GError **error)
{
  cb_book_set_time (row, "at", cb_stmt_int (stmt, 1));
  set_role (row, "role", cb_stmt_text (stmt, 2));
  cb_json_set_string (row, "action", cb_stmt_text (stmt, 3));
  cb_json_set_string (row, "object", cb_stmt_text (stmt, 4));
  cb_json_set_string (row, "code", cb_stmt_text (stmt, 5));
  return TRUE;
}

static gboolean
encode_told (CbBook *self, CbStmt *stmt, JsonObject *row, GError **error)
{
  const char *purpose = cb_stmt_text (stmt, 4);
  const char *channel = cb_stmt_text (stmt, 5);

  cb_json_set_string (row, "kind", cb_stmt_text (stmt, 1));
  cb_json_set_string (row, "act", cb_stmt_text (stmt, 2));
  cb_json_set_string (row, "record", cb_stmt_text (stmt, 3));
  cb_json_set_string (row, "purpose", purpose);
  cb_json_set_string (row, "channel", g_strcmp0 (channel, "*") == 0 ? NULL : channel);
  cb_json_set_string (row, "state", cb_stmt_text (stmt, 6));
  cb_book_set_time (row, "at", cb_stmt_int (stmt, 7));
  /* An answer rests on nothing but itself. */
  return set_basis (self, row, cb_stmt_text (stmt, 0),
                    g_strcmp0 (cb_stmt_text (stmt, 2), "put") == 0 ? purpose : NULL, error);
}

static gboolean
encode_copy (CbBook *self, CbStmt *stmt, JsonObject *row, GError **error)
{
  cb_json_set_string (row, "id", cb_stmt_text (stmt, 0));
  cb_json_set_string (row, "what", cb_stmt_text (stmt, 1));
  cb_json_set_string (row, "format", cb_stmt_text (stmt, 2));
  cb_book_set_time (row, "made", cb_stmt_int (stmt, 3));
  set_role (row, "role", cb_stmt_text (stmt, 4));
  return TRUE;
}

/* --- where it came from --- */

static gboolean
encode_imported (CbBook *self, CbStmt *stmt, JsonObject *row, GError **error)
{
  cb_book_set_time (row, "imported", cb_stmt_int (stmt, 0));
  cb_json_set_string (row, "basis", cb_stmt_text (stmt, 1));
  cb_book_set_time (row, "keep_until", cb_stmt_int (stmt, 2));
  return TRUE;
}

static JsonObject *
encode_origin (CbBook *self, const char *customer, GError **error)
{
  static const char SQL_GET_IMPORTED[] =
    "SELECT imported_us, basis, keep_until_us FROM imported WHERE customer = ?1";
  g_autoptr (JsonObject) rows =
    encode_rows (self, SQL_GET_IMPORTED, customer, encode_imported, error);
  gint64 unconfirmed_us = 0;
  JsonObject *origin;
  gboolean is_imported;

  if (rows == NULL || !cb_book_read_unconfirmed (self, customer, &unconfirmed_us, error))
    return NULL;
  is_imported = json_object_array_length (rows) > 0;
  origin =
    is_imported ? json_object_get (json_object_array_get_idx (rows, 0)) : json_object_new_object ();
  cb_json_set_string (origin, "from", is_imported ? "old-book" : "counter");
  cb_book_set_time (origin, "unconfirmed_since", unconfirmed_us);
  return origin;
}

static gboolean
add_service (CbBook *self, JsonObject *controller, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autofree char *url = cb_book_dup_setting (self, "service", &local_error);
  JsonObject *service = NULL;

  if (cb_error_hand_on (&local_error, error))
    return FALSE;
  if (url != NULL && *url != '\0')
    {
      service = json_object_new_object ();
      cb_json_set_string (service, "url", url);
    }
  json_object_object_add (controller, "service", service);
  return TRUE;
}

/* --- the document --- */

/* FALSE when there is nothing to add. Takes it. */
static gboolean
add (JsonObject *document, const char *member, JsonObject *list)
{
  if (list != NULL)
    json_object_object_add (document, member, list);
  return list != NULL;
}

/* Who usually serves them is a role here, as all staff are. */
static gboolean
add_associate (CbBook *self, const char *customer, JsonObject *person, GError **error)
{
  g_auto (CbBelonging) belonging = { 0 };

  if (!cb_book_read_belonging (self, customer, &belonging, error))
    return FALSE;
  cb_json_set_string (person, "associate_role", NULL);
  return belonging.associate == NULL ||
         set_role_of (self, person, "associate_role", belonging.associate, error);
}

/* Who noted each down, in the order in which they stand. */
static JsonObject *
encode_conditions (CbBook *self, const char *customer, GError **error)
{
  g_autoptr (GPtrArray) list =
    cb_book_read_conditions (self, customer, NULL, CB_CHANNEL_NONE, error);
  g_autoptr (JsonObject) rows =
    list != NULL ? cb_book_encode_all_conditions (self, customer, error) : NULL;

  for (guint i = 0; rows != NULL && i < list->len; i++)
    {
      const CbSaidConditions *said = g_ptr_array_index (list, i);

      if (!set_author (self, json_object_array_get_idx (rows, i), said->staff_id, error))
        return NULL;
    }
  return g_steal_pointer (&rows);
}

/* How often each helped them. */
static gboolean
count_used (CbBook *self, JsonObject *document, const char *customer, GError **error)
{
  static const char *const members[] = { "notes", "preferences" };
  g_autoptr (GPtrArray) used = cb_book_read_used (self, customer, error);

  if (used == NULL)
    return FALSE;
  for (guint m = 0; m < G_N_ELEMENTS (members); m++)
    {
      JsonObject *rows = cb_json_get_array (document, members[m]);

      for (gsize i = 0; i < json_object_array_length (rows); i++)
        {
          JsonObject *row = json_object_array_get_idx (rows, i);
          guint n = 0;

          for (guint j = 0; j < used->len; j++)
            {
              const CbUsed *one = g_ptr_array_index (used, j);

              if (g_strcmp0 (one->record, cb_json_get_string (row, "id")) == 0)
                n = one->n;
            }
          cb_json_set_int (row, "used", n);
        }
    }
  return TRUE;
}

static gboolean
add_confirmed (CbBook *self, const char *customer, JsonObject *person, GError **error)
{
  JsonObject *list = json_object_new_array ();
  g_auto (CbKey) key = { 0 };
  char **values = NULL;

  json_object_object_add (person, "confirmed", list);
  if (!cb_book_get_customer_key (self, customer, &key, error) ||
      !cb_book_read_confirmed (self, &key, customer, &values, error))
    return FALSE;
  for (guint i = 0; values[i] != NULL; i++)
    json_object_array_add (list, json_object_new_string (values[i]));
  cb_book_wipe_values (values);
  return TRUE;
}

static gboolean
add_person (CbBook *self,
            JsonObject *document,
            CbCustomer *card,
            const char *customer,
            GError **error)
{
  JsonObject *person = cb_json_get_object (document, "person");

  cb_json_set_boolean (person, "restricted", cb_customer_is_restricted (card));
  return add_service (self, cb_json_get_object (document, "controller"), error) &&
         cb_book_add_belonging (self, customer, person, error) &&
         add_confirmed (self, customer, person, error) &&
         add_associate (self, customer, person, error) &&
         add (person, "origin", encode_origin (self, customer, error));
}

static gboolean
add_answers (CbBook *self, JsonObject *document, const char *customer, GError **error)
{
  static const char SQL_LIST_NOTICES[] =
    "SELECT notice, version, language, group_concat(DISTINCT purpose) FROM"
    " (SELECT notice, version, language, purpose, at_us FROM consent_event"
    "   WHERE customer = ?1 AND notice IS NOT NULL"
    "  UNION ALL SELECT notice, version, language, purpose, shown_us FROM consent_request"
    "   WHERE customer = ?1 AND outcome = 'dismissed')"
    " GROUP BY notice, version, language ORDER BY min(at_us)";
  static const char SQL_LIST_SUPPRESSIONS[] =
    "SELECT DISTINCT channel, purpose FROM suppressed_now WHERE customer = ?1";
  g_auto (CbKey) key;
  JsonObject *consents;

  if (!cb_book_get_customer_key (self, customer, &key, error) ||
      !add (document, "uses", encode_uses (self, customer, error)))
    return FALSE;
  consents = cb_book_encode_consents (self, &key, customer, error);
  return add (document, "consents", consents) &&
         add_answer_authors (self, consents, customer, error) &&
         add (document, "unanswered", encode_unanswered (self, customer, error)) &&
         add (document, "notices",
              encode_rows (self, SQL_LIST_NOTICES, customer, encode_notice, error)) &&
         add (document, "suppressions",
              encode_rows (self, SQL_LIST_SUPPRESSIONS, customer, encode_suppression, error));
}

/* A list of everybody shows them too, from the day they were in it. */
static gboolean
add_history (CbBook *self, JsonObject *document, const char *customer, GError **error)
{
  static const char SQL_LIST_LOOKS[] =
    "SELECT a.seq, a.at_us, s.role, a.action, a.object, a.code FROM audit AS a"
    " LEFT JOIN staff AS s ON s.id = a.staff WHERE a.customer = ?1"
    " UNION ALL SELECT l.seq, l.at_us, t.role, l.action, l.object, l.code FROM audit AS l"
    " LEFT JOIN staff AS t ON t.id = l.staff WHERE l.customer IS NULL"
    " AND l.action IN ('customer.list', 'request.list', 'occasion.list', 'note.list',"
    " 'review.list')"
    " AND l.at_us >= (SELECT c.created_us FROM customer AS c WHERE c.id = ?1) ORDER BY 1";
  static const char SQL_LIST_TOLD[] =
    "SELECT o.customer, o.kind, o.act, o.record, o.purpose, o.channel, o.state,"
    " coalesce(o.settled_us, o.created_us) AS at_us FROM outbox AS o"
    " WHERE o.customer = ?1 AND o.state IN ('sent', 'accepted')"
    " ORDER BY at_us";
  static const char SQL_LIST_DRAFTS[] =
    "SELECT d.written_us, d.ends_us, s.role FROM draft AS d"
    " LEFT JOIN staff AS s ON s.id = d.author WHERE d.customer = ?1 ORDER BY d.written_us";
  static const char SQL_LIST_COPIES[] =
    "SELECT c.id, c.what, c.format, c.made_us, s.role FROM copy AS c"
    " LEFT JOIN staff AS s ON s.id = c.staff WHERE c.customer = ?1 ORDER BY c.made_us";

  return add (document, "drafts",
              encode_rows (self, SQL_LIST_DRAFTS, customer, encode_draft, error)) &&
         add (document, "looked",
              encode_rows (self, SQL_LIST_LOOKS, customer, encode_look, error)) &&
         add (document, "told", encode_rows (self, SQL_LIST_TOLD, customer, encode_told, error)) &&
         add (document, "copies",
              encode_rows (self, SQL_LIST_COPIES, customer, encode_copy, error));
}

JsonObject *
cb_book_make_access (CbBook *self,
                     CbStaff *actor,
                     const char *customer,
                     const CbCopy *copy,
                     GError **error)
{
  g_autoptr (CbCustomer) card = cb_book_read_customer (self, customer, error);
  /* To them nothing is hidden that somebody wrote about them. */
  CbStaff *reader = cb_book_is_identified (self, customer) ? NULL : actor;
  g_autoptr (JsonObject) document = NULL;

  if (card == NULL)
    return NULL;
  document = cb_book_begin_document (self, actor, card, copy);
  if (!add_person (self, document, card, customer, error) ||
      !add (document, "notes", encode_notes (self, reader, customer, error)) ||
      !add (document, "preferences", encode_preferences (self, reader, customer, error)) ||
      !add (document, "requests", encode_requests (self, customer, error)) ||
      !add (document, "occasions", encode_occasions (self, reader, customer, error)) ||
      !add (document, "purchases", encode_purchases (self, customer, error)) ||
      !add (document, "wishes", encode_wishes (self, reader, customer, error)) ||
      !add (document, "reached", encode_reaches (self, customer, error)) ||
      !count_used (self, document, customer, error) ||
      !add (document, "conditions", encode_conditions (self, customer, error)) ||
      !add_answers (self, document, customer, error) ||
      !add_history (self, document, customer, error))
    return NULL;
  return g_steal_pointer (&document);
}
