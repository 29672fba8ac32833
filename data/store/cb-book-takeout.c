/* SPDX-License-Identifier: Apache-2.0 */

/* The document a customer takes elsewhere: what they told us, and their answers. What staff saw and
 * wrote down of their own, and who looked, are not in it: those are in the document of everything.
 */

#define G_LOG_DOMAIN "Counterbook"

#include "store/cb-book-private.h"

#include "base/cb-error.h"
#include "consent/cb-notice.h"
#include "consent/cb-purpose.h"
#include "exchange/cb-export.h"
#include "records/cb-operation.h"

#define DPV "https://w3id.org/dpv#"

void
cb_book_set_time (JsonObject *object, const char *member, gint64 at_us)
{
  g_autofree char *text = at_us > 0 ? cb_operation_format_time (at_us) : NULL;

  cb_json_set_string (object, member, text);
}

/* --- what both documents begin with --- */

/* What is not known is null, also where the record has an empty text. */
static void
set_known (JsonObject *object, const char *member, const char *text)
{
  cb_json_set_string (object, member, text != NULL && *text != '\0' ? text : NULL);
}

static void
set_list (JsonObject *object, const char *member, const char *const *texts)
{
  JsonObject *list = json_object_new_array ();

  for (guint i = 0; texts[i] != NULL; i++)
    json_object_array_add (list, json_object_new_string (texts[i]));
  json_object_object_add (object, member, list);
}

static JsonObject *
encode_copy (CbBook *self, CbStaff *actor, const CbCopy *copy)
{
  JsonObject *object = json_object_new_object ();

  cb_json_set_string (object, "id", copy->id);
  cb_book_set_time (object, "made", cb_clock_get_now_us (self->clock));
  cb_json_set_string (object, "role", cb_role_to_id (cb_staff_get_role (actor)));
  return object;
}

static JsonObject *
encode_controller (CbBook *self)
{
  JsonObject *object = json_object_new_object ();

  cb_json_set_string (object, "name", self->name);
  cb_json_set_string (object, "store", self->store_id);
  return object;
}

static JsonObject *
encode_person (CbCustomer *card)
{
  JsonObject *object = json_object_new_object ();

  cb_json_set_string (object, "id", cb_customer_get_id (card));
  set_known (object, "given", cb_customer_get_given (card));
  set_known (object, "family", cb_customer_get_family (card));
  set_known (object, "preferred", cb_customer_get_preferred (card));
  set_known (object, "language", cb_customer_get_language (card));
  set_list (object, "emails", cb_customer_get_emails (card));
  set_list (object, "phones", cb_customer_get_phones (card));
  set_list (object, "numbers", cb_customer_get_numbers (card));
  cb_book_set_time (object, "since", cb_customer_get_created_us (card));
  cb_book_set_time (object, "last_visit", cb_customer_get_last_visit_us (card));
  return object;
}

JsonObject *
cb_book_begin_document (CbBook *self, CbStaff *actor, CbCustomer *card, const CbCopy *copy)
{
  JsonObject *document = json_object_new_object ();
  gboolean is_access = g_str_equal (copy->what, "access");

  cb_json_set_string (document, "format", is_access ? CB_ACCESS_DOCUMENT : CB_EXPORT_DOCUMENT);
  cb_json_set_int (document, "version", CB_EXPORT_VERSION);
  json_object_object_add (document, "copy", encode_copy (self, actor, copy));
  json_object_object_add (document, "controller", encode_controller (self));
  json_object_object_add (document, "person", encode_person (card));
  return document;
}

/* --- notes and preferences --- */

JsonObject *
cb_book_encode_told_note (CbNote *note)
{
  JsonObject *object = json_object_new_object ();

  cb_json_set_string (object, "id", cb_note_get_id (note));
  cb_json_set_string (object, "text", cb_note_get_text (note));
  cb_json_set_string (object, "for", cb_note_get_for_role (note));
  cb_json_set_string (object, "kind", cb_visit_to_id (cb_note_get_visit (note)));
  cb_json_set_string (object, "intent", cb_intent_to_id (cb_note_get_intent (note)));
  cb_json_set_string (object, "discretion", cb_discretion_to_id (cb_note_get_discretion (note)));
  cb_json_set_string (object, "provenance", cb_provenance_to_id (cb_note_get_provenance (note)));
  cb_json_set_string (object, "purpose", cb_note_get_purpose (note));
  cb_book_set_time (object, "created", cb_note_get_created_us (note));
  cb_book_set_time (object, "ends", cb_note_get_ends_us (note));
  return object;
}

JsonObject *
cb_book_encode_told_preference (CbPreference *preference)
{
  JsonObject *object = json_object_new_object ();

  cb_json_set_string (object, "id", cb_preference_get_id (preference));
  cb_json_set_string (object, "facet", cb_facet_to_id (cb_preference_get_facet (preference)));
  cb_json_set_string (object, "value", cb_preference_get_value (preference));
  cb_json_set_string (object, "polarity",
                      cb_polarity_to_id (cb_preference_get_polarity (preference)));
  cb_json_set_string (object, "garment", cb_preference_get_garment (preference));
  cb_json_set_string (object, "maker", cb_preference_get_maker (preference));
  cb_json_set_string (object, "provenance",
                      cb_provenance_to_id (cb_preference_get_provenance (preference)));
  cb_json_set_string (object, "purpose", cb_preference_get_purpose (preference));
  cb_book_set_time (object, "confirmed", cb_preference_get_confirmed_us (preference));
  cb_book_set_time (object, "fades", cb_preference_get_fades_us (preference));
  cb_book_set_time (object, "ends", cb_preference_get_ends_us (preference));
  return object;
}

/* The day by which, here where the shop is: what is kept is the midnight that ends it. */
static void
set_last_day (JsonObject *object, const char *member, gint64 ends_us)
{
  g_autoptr (GDateTime) last =
    ends_us > 0 ? g_date_time_new_from_unix_local (ends_us / CB_US_PER_SECOND - 1) : NULL;
  g_autofree char *text = last != NULL ? g_date_time_format (last, "%Y-%m-%d") : NULL;

  cb_json_set_string (object, member, text);
}

JsonObject *
cb_book_encode_told_request (CbMatter *request)
{
  const CbMatterFields *fields = cb_matter_get_fields (request);
  JsonObject *object = json_object_new_object ();

  cb_json_set_string (object, "id", fields->id);
  cb_json_set_string (object, "kind", cb_matter_kind_to_id (fields->kind));
  cb_json_set_string (object, "state", cb_matter_state_to_id (fields->state));
  cb_json_set_string (object, "text", fields->text);
  cb_json_set_string (object, "for", fields->for_role);
  cb_json_set_string (object, "answers", fields->answers);
  cb_book_set_time (object, "created", fields->created_us);
  set_last_day (object, "due", fields->due_us);
  cb_book_set_time (object, "closed", fields->closed_us);
  cb_book_set_time (object, "ends", fields->ends_us);
  return object;
}

static JsonObject *
encode_step (const CbOccasionStep *step)
{
  JsonObject *object = json_object_new_object ();

  cb_json_set_string (object, "id", step->id);
  cb_json_set_string (object, "text", step->text);
  set_last_day (object, "due", step->due_us);
  cb_book_set_time (object, "done", step->done_us);
  return object;
}

JsonObject *
cb_book_encode_told_occasion (CbOccasion *occasion)
{
  const CbOccasionFields *fields = cb_occasion_get_fields (occasion);
  g_autofree char *date = cb_occasion_dup_date (occasion);
  JsonObject *object = json_object_new_object ();
  JsonObject *steps = json_object_new_array ();

  cb_json_set_string (object, "id", fields->id);
  cb_json_set_string (object, "kind", cb_occasion_kind_to_id (fields->kind));
  cb_json_set_string (object, "text", fields->text);
  cb_json_set_string (object, "for", fields->for_role);
  cb_json_set_string (object, "date", date);
  for (guint i = 0; i < fields->steps->len; i++)
    json_object_array_add (steps, encode_step (g_ptr_array_index (fields->steps, i)));
  json_object_object_add (object, "steps", steps);
  cb_json_set_string (object, "provenance", cb_provenance_to_id (fields->provenance));
  cb_book_set_time (object, "created", fields->created_us);
  cb_book_set_time (object, "confirmed", fields->confirmed_us);
  cb_book_set_time (object, "fades", fields->fades_us);
  cb_book_set_time (object, "ends", fields->ends_us);
  return object;
}

JsonObject *
cb_book_encode_told_purchase (CbPurchase *purchase)
{
  const CbPurchaseFields *fields = cb_purchase_get_fields (purchase);
  JsonObject *object = json_object_new_object ();

  cb_json_set_string (object, "id", fields->id);
  cb_json_set_string (object, "sku", fields->sku);
  cb_json_set_string (object, "title", fields->title);
  cb_json_set_string (object, "colour", fields->colour);
  cb_json_set_string (object, "size", fields->size);
  cb_json_set_int (object, "quantity", fields->quantity);
  set_last_day (object, "day", fields->bought_us + CB_US_PER_SECOND);
  cb_json_set_string (object, "receipt", fields->receipt);
  cb_book_set_time (object, "ends", fields->ends_us);
  return object;
}

JsonObject *
cb_book_encode_told_wish (CbWish *wish)
{
  const CbWishFields *fields = cb_wish_get_fields (wish);
  JsonObject *object = json_object_new_object ();

  cb_json_set_string (object, "id", fields->id);
  cb_json_set_string (object, "text", fields->text);
  cb_book_set_time (object, "created", fields->created_us);
  cb_book_set_time (object, "ends", fields->ends_us);
  return object;
}

/* --- where they belong, and when they may be contacted --- */

gboolean
cb_book_add_belonging (CbBook *self, const char *customer, JsonObject *person, GError **error)
{
  g_auto (CbBelonging) belonging = { 0 };

  if (!cb_book_read_belonging (self, customer, &belonging, error))
    return FALSE;
  cb_json_set_string (person, "home", belonging.home);
  cb_json_set_string (person, "zone", belonging.zone);
  return TRUE;
}

JsonObject *
cb_book_encode_all_conditions (CbBook *self, const char *customer, GError **error)
{
  g_autoptr (GPtrArray) list =
    cb_book_read_conditions (self, customer, NULL, CB_CHANNEL_NONE, error);
  JsonObject *rows;

  if (list == NULL)
    return NULL;
  rows = json_object_new_array ();
  for (guint i = 0; i < list->len; i++)
    {
      const CbSaidConditions *said = g_ptr_array_index (list, i);
      JsonObject *row = cb_book_encode_conditions (said);

      json_object_array_add (rows, row);
      cb_json_set_string (row, "purpose", said->purpose);
      cb_json_set_string (row, "method", cb_method_to_id (said->method));
      cb_book_set_time (row, "at", said->at_us);
    }
  return rows;
}

/* --- answers --- */

/* A request is no consent: it rests on the contract it asks for. */
static const char *
get_status (const char *purpose, const char *state)
{
  static const struct
  {
    const char *state;
    const char *status;
  } terms[] = {
    { "given", DPV "ConsentGiven" },         { "renewed", DPV "RenewedConsentGiven" },
    { "refused", DPV "ConsentRefused" },     { "deferred", DPV "ConsentRequestDeferred" },
    { "withdrawn", DPV "ConsentWithdrawn" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (terms); i++)
    {
      if (g_str_equal (terms[i].state, state))
        return g_str_equal (purpose, CB_PURPOSE_ASKED) ? NULL : terms[i].status;
    }
  return NULL;
}

/* A tap, a signature or a phone says nothing but the answer; a word aloud says it among others. */
static const char *
get_type (const char *status, const char *method)
{
  if (status == NULL || !g_str_has_suffix (status, "ConsentGiven"))
    return NULL;
  return g_str_equal (method, cb_method_to_id (CB_METHOD_SPOKEN)) ? DPV "ExpressedConsent"
                                                                  : DPV
           "ExplicitlyExpressedConsent";
}

static const char *
get_basis (const CbPurpose *purpose)
{
  return g_str_equal (cb_purpose_get_lawful_basis (purpose), "contract") ? DPV "Contract"
                                                                         : DPV "Consent";
}

/* Borrowed. */
typedef struct
{
  const char *id;
  guint version;
  const char *language;
  const char *medium;
  gint64 shown_us;
} NoticeShown;

static JsonObject *
encode_notice (const NoticeShown *shown)
{
  const CbNotice *notice = cb_notice_find (shown->id, shown->version);
  JsonObject *object = json_object_new_object ();

  cb_json_set_string (object, "id", shown->id);
  cb_json_set_int (object, "version", shown->version);
  cb_json_set_string (object, "language", shown->language);
  cb_json_set_string (object, "sha256",
                      notice != NULL ? cb_notice_get_sha256 (notice, shown->language) : NULL);
  cb_json_set_string (object, "jurisdiction",
                      notice != NULL ? cb_notice_get_jurisdiction (notice) : NULL);
  cb_json_set_string (object, "medium", shown->medium);
  cb_book_set_time (object, "shown", shown->shown_us);
  return object;
}

static JsonObject *
encode_notice_of_event (CbStmt *stmt)
{
  const NoticeShown shown = {
    .id = cb_stmt_text (stmt, 7),
    .version = (guint) cb_stmt_int (stmt, 8),
    .language = cb_stmt_text (stmt, 9),
    .medium = cb_stmt_text (stmt, 12),
    .shown_us = cb_stmt_int (stmt, 13),
  };

  return shown.id != NULL ? encode_notice (&shown) : NULL;
}

static JsonObject *
encode_event (CbStmt *stmt, const CbKey *key, GError **error)
{
  const char *id = cb_stmt_text (stmt, 0);
  const CbPurpose *purpose = cb_purpose_find (cb_stmt_text (stmt, 1));
  const char *channel = cb_stmt_text (stmt, 2);
  const char *status = get_status (cb_stmt_text (stmt, 1), cb_stmt_text (stmt, 3));
  JsonObject *object;
  char *proof = NULL;

  if (!cb_stmt_is_null (stmt, 6))
    {
      gsize length;
      const void *sealed = cb_stmt_blob (stmt, 6, &length);

      proof = cb_unseal_text (key, "consent_event.proof", id, sealed, length, error);
      if (proof == NULL)
        return NULL;
    }
  object = json_object_new_object ();
  cb_json_set_string (object, "id", id);
  cb_json_set_string (object, "purpose", cb_stmt_text (stmt, 1));
  cb_json_set_string (object, "channel", g_str_equal (channel, "*") ? NULL : channel);
  cb_json_set_string (object, "answer", cb_stmt_text (stmt, 3));
  cb_json_set_string (object, "by", cb_stmt_text (stmt, 4));
  cb_json_set_string (object, "method", cb_stmt_text (stmt, 5));
  cb_json_set_string (object, "proof", proof);
  cb_book_set_time (object, "at", cb_stmt_int (stmt, 11));
  cb_json_set_int (object, "offset_minutes", cb_stmt_int (stmt, 14));
  cb_book_set_time (object, "valid_until", cb_stmt_int (stmt, 15));
  cb_json_set_string (object, "receipt", cb_stmt_text (stmt, 10));
  json_object_object_add (object, "notice", encode_notice_of_event (stmt));
  cb_json_set_string (object, "dpv_purpose",
                      purpose != NULL ? cb_purpose_get_dpv_iri (purpose) : NULL);
  cb_json_set_string (object, "dpv_basis", purpose != NULL ? get_basis (purpose) : NULL);
  cb_json_set_string (object, "dpv_status", status);
  cb_json_set_string (object, "dpv_type", get_type (status, cb_stmt_text (stmt, 5)));
  cb_text_wipe (proof);
  return object;
}

JsonObject *
cb_book_encode_consents (CbBook *self, const CbKey *key, const char *customer, GError **error)
{
  static const char SQL_LIST_EVENTS[] =
    "SELECT e.id, e.purpose, e.channel, e.state, e.entity, e.method, e.proof, e.notice, e.version,"
    " e.language, e.receipt, e.at_us, r.medium, r.shown_us, e.tz_minutes,"
    " CASE WHEN e.state IN ('given', 'renewed')"
    "  THEN cb_valid_until (e.purpose, c.last_visit_us, e.at_us) ELSE 0 END"
    " FROM consent_event AS e JOIN customer AS c ON c.id = e.customer"
    " LEFT JOIN consent_request AS r ON r.id = e.request WHERE e.customer = ?1 ORDER BY e.seq";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_LIST_EVENTS);
  g_autoptr (JsonObject) list = json_object_new_array ();
  g_autoptr (GError) local_error = NULL;

  cb_stmt_bind_text (stmt, 1, customer);
  while (local_error == NULL && cb_stmt_next (stmt, &local_error))
    {
      JsonObject *event = encode_event (stmt, key, &local_error);

      if (event != NULL)
        json_object_array_add (list, event);
    }
  return cb_error_hand_on (&local_error, error) ? NULL : g_steal_pointer (&list);
}

/* What DPV calls deferred is a notice that was closed without a decision, said or not. */
JsonObject *
cb_book_encode_told_unanswered (const CbUnanswered *unanswered)
{
  const CbPurpose *purpose = cb_purpose_find (unanswered->purpose);
  const NoticeShown shown = {
    .id = unanswered->notice,
    .version = unanswered->version,
    .language = unanswered->language,
    .medium = unanswered->medium,
    .shown_us = unanswered->shown_us,
  };
  JsonObject *object = json_object_new_object ();

  cb_json_set_string (object, "id", unanswered->id);
  cb_json_set_string (object, "purpose", unanswered->purpose);
  json_object_object_add (object, "notice", encode_notice (&shown));
  cb_json_set_string (object, "dpv_purpose",
                      purpose != NULL ? cb_purpose_get_dpv_iri (purpose) : NULL);
  cb_json_set_string (object, "dpv_status", DPV "ConsentRequestDeferred");
  return object;
}

static gboolean
add_unanswered (CbBook *self, const char *customer, JsonObject *document, GError **error)
{
  g_autoptr (GPtrArray) list = cb_book_read_unanswered (self, customer, error);
  JsonObject *rows;

  if (list == NULL)
    return FALSE;
  rows = json_object_new_array ();
  for (guint i = 0; i < list->len; i++)
    json_object_array_add (rows, cb_book_encode_told_unanswered (g_ptr_array_index (list, i)));
  json_object_object_add (document, "unanswered", rows);
  return TRUE;
}

/* --- the document --- */

/* What staff observed is theirs to answer for, and stays out of what the customer hands on. */
static JsonObject *
encode_told_notes (GPtrArray *notes)
{
  JsonObject *list = json_object_new_array ();

  for (guint i = 0; i < notes->len; i++)
    {
      CbNote *note = g_ptr_array_index (notes, i);

      if (cb_note_get_provenance (note) != CB_PROVENANCE_OBSERVED)
        json_object_array_add (list, cb_book_encode_told_note (note));
    }
  return list;
}

static JsonObject *
encode_told_preferences (GPtrArray *preferences)
{
  JsonObject *list = json_object_new_array ();

  for (guint i = 0; i < preferences->len; i++)
    {
      CbPreference *preference = g_ptr_array_index (preferences, i);

      if (cb_preference_get_provenance (preference) != CB_PROVENANCE_OBSERVED)
        json_object_array_add (list, cb_book_encode_told_preference (preference));
    }
  return list;
}

static JsonObject *
encode_told_requests (GPtrArray *requests)
{
  JsonObject *list = json_object_new_array ();

  for (guint i = 0; i < requests->len; i++)
    json_object_array_add (list, cb_book_encode_told_request (g_ptr_array_index (requests, i)));
  return list;
}

static JsonObject *
encode_told_occasions (GPtrArray *occasions)
{
  JsonObject *list = json_object_new_array ();

  for (guint i = 0; i < occasions->len; i++)
    {
      CbOccasion *occasion = g_ptr_array_index (occasions, i);

      if (cb_occasion_get_fields (occasion)->provenance != CB_PROVENANCE_OBSERVED)
        json_object_array_add (list, cb_book_encode_told_occasion (occasion));
    }
  return list;
}

static JsonObject *
encode_told_purchases (GPtrArray *purchases)
{
  JsonObject *list = json_object_new_array ();

  for (guint i = 0; i < purchases->len; i++)
    json_object_array_add (list, cb_book_encode_told_purchase (g_ptr_array_index (purchases, i)));
  return list;
}

static JsonObject *
encode_told_wishes (GPtrArray *wishes)
{
  JsonObject *list = json_object_new_array ();

  for (guint i = 0; i < wishes->len; i++)
    json_object_array_add (list, cb_book_encode_told_wish (g_ptr_array_index (wishes, i)));
  return list;
}

JsonObject *
cb_book_make_export (CbBook *self,
                     CbStaff *actor,
                     const char *customer,
                     const CbCopy *copy,
                     GError **error)
{
  g_autoptr (CbCustomer) card = cb_book_read_customer (self, customer, error);
  g_autoptr (GPtrArray) notes = NULL;
  g_autoptr (GPtrArray) preferences = NULL;
  g_autoptr (GPtrArray) requests = NULL;
  g_autoptr (GPtrArray) occasions = NULL;
  g_autoptr (GPtrArray) purchases = NULL;
  g_autoptr (GPtrArray) wishes = NULL;
  g_autoptr (JsonObject) conditions = NULL;
  JsonObject *consents = NULL;
  g_autoptr (JsonObject) document = NULL;
  g_auto (CbKey) key = { 0 };

  if (card == NULL || !cb_book_get_customer_key (self, customer, &key, error))
    return NULL;
  notes = cb_book_list_notes (self, actor, customer, error);
  preferences = notes != NULL ? cb_book_list_preferences (self, actor, customer, error) : NULL;
  requests = preferences != NULL ? cb_book_read_requests (self, customer, error) : NULL;
  occasions = requests != NULL ? cb_book_read_occasions (self, actor, customer, error) : NULL;
  purchases = occasions != NULL ? cb_book_read_purchases (self, customer, error) : NULL;
  wishes = purchases != NULL ? cb_book_read_wishes (self, actor, customer, error) : NULL;
  if (wishes != NULL)
    conditions = cb_book_encode_all_conditions (self, customer, error);
  if (conditions == NULL)
    return NULL;
  document = cb_book_begin_document (self, actor, card, copy);
  if (!cb_book_add_belonging (self, customer, cb_json_get_object (document, "person"), error))
    return NULL;
  json_object_object_add (document, "notes", encode_told_notes (notes));
  json_object_object_add (document, "preferences", encode_told_preferences (preferences));
  json_object_object_add (document, "requests", encode_told_requests (requests));
  json_object_object_add (document, "occasions", encode_told_occasions (occasions));
  json_object_object_add (document, "purchases", encode_told_purchases (purchases));
  json_object_object_add (document, "wishes", encode_told_wishes (wishes));
  json_object_object_add (document, "conditions", g_steal_pointer (&conditions));
  consents = cb_book_encode_consents (self, &key, customer, error);
  if (consents == NULL)
    return NULL;
  json_object_object_add (document, "consents", consents);
  return add_unanswered (self, customer, document, error) ? g_steal_pointer (&document) : NULL;
}
