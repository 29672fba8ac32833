/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "ctl/cb-ctl-records.h"

#include "ctl/cb-ctl-output.h"

const char *
cb_ctl_get_state (CbLife life)
{
  return cb_life_to_id (life == CB_LIFE_TONIGHT ? CB_LIFE_UNASKED : life);
}

const char *
cb_ctl_name_channel (CbChannel channel)
{
  return channel != CB_CHANNEL_NONE ? cb_channel_to_id (channel) : NULL;
}

JsonObject *
cb_ctl_encode_card (CbCustomer *customer)
{
  JsonObject *object = json_object_new_object ();

  cb_json_set_string (object, "id", cb_customer_get_id (customer));
  cb_json_set_string (object, "given", cb_customer_get_given (customer));
  cb_json_set_string (object, "family", cb_customer_get_family (customer));
  cb_json_set_string (object, "preferred", cb_customer_get_preferred (customer));
  cb_json_set_string (object, "language", cb_customer_get_language (customer));
  cb_ctl_set_strings (object, "emails", cb_customer_get_emails (customer));
  cb_ctl_set_strings (object, "phones", cb_customer_get_phones (customer));
  cb_ctl_set_strings (object, "numbers", cb_customer_get_numbers (customer));
  cb_json_set_boolean (object, "restricted", cb_customer_is_restricted (customer));
  cb_ctl_set_time (object, "created", cb_customer_get_created_us (customer));
  cb_ctl_set_time (object, "last_visit", cb_customer_get_last_visit_us (customer));
  return object;
}

JsonObject *
cb_ctl_encode_found (CbFound *found)
{
  CbCustomer *card = cb_found_get_card (found);
  JsonObject *object = json_object_new_object ();

  cb_json_set_string (object, "id", cb_found_get_customer_id (found));
  cb_json_set_string (object, "given", cb_customer_get_given (card));
  cb_json_set_string (object, "family", cb_customer_get_family (card));
  cb_json_set_string (object, "preferred", cb_customer_get_preferred (card));
  cb_json_set_string (object, "detail", cb_found_get_detail (found));
  cb_json_set_string (object, "matched", cb_found_get_matched (found));
  cb_ctl_set_time (object, "last_visit", cb_found_get_last_visit_us (found));
  return object;
}

JsonObject *
cb_ctl_encode_permission (CbPermission *permission, CbCtl *ctl)
{
  JsonObject *object = json_object_new_object ();

  cb_json_set_string (object, "purpose", cb_permission_get_purpose (permission));
  cb_json_set_string (object, "channel",
                      cb_ctl_name_channel (cb_permission_get_channel (permission)));
  cb_json_set_boolean (object, "allowed", cb_permission_is_allowed (permission));
  cb_json_set_string (object, "verdict", cb_verdict_to_id (cb_permission_get_verdict (permission)));
  cb_json_set_string (object, "reason", cb_permission_get_reason (permission));
  cb_json_set_string (object, "basis", cb_permission_get_basis (permission));
  cb_json_set_string (object, "by", cb_permission_get_by (permission));
  cb_ctl_set_time (object, "since", cb_permission_get_since_us (permission));
  cb_ctl_set_time (object, "until", cb_permission_get_until_us (permission));
  cb_ctl_set_time (object, "next", cb_permission_get_next_us (permission));
  return object;
}

static void
set_review (JsonObject *object, CbNote *note)
{
  CbReviewState state = cb_note_get_review (note);
  gboolean has_reason = state != CB_REVIEW_NONE && state != CB_REVIEW_WAITING &&
                        state != CB_REVIEW_APPROVED && cb_note_get_reviewer_name (note) != NULL;

  cb_ctl_set_time (object, "corrected", cb_note_get_corrected_us (note));
  cb_json_set_string (object, "review",
                      state != CB_REVIEW_NONE ? cb_review_state_to_id (state) : NULL);
  cb_json_set_string (object, "review_reason",
                      has_reason ? cb_review_reason_to_id (cb_note_get_review_reason (note))
                                 : NULL);
  cb_json_set_string (object, "review_remark", cb_note_get_review_remark (note));
  cb_json_set_string (object, "reviewer", cb_note_get_reviewer_name (note));
}

JsonObject *
cb_ctl_encode_note (CbNote *note, CbCtl *ctl)
{
  JsonObject *object = json_object_new_object ();
  const char *author = cb_note_get_author_name (note);

  cb_json_set_string (object, "id", cb_note_get_id (note));
  cb_json_set_string (object, "text", cb_note_get_text (note));
  cb_json_set_string (object, "kind", cb_visit_to_id (cb_note_get_visit (note)));
  cb_json_set_string (object, "intent", cb_intent_to_id (cb_note_get_intent (note)));
  cb_json_set_string (object, "discretion", cb_discretion_to_id (cb_note_get_discretion (note)));
  cb_json_set_string (object, "for", cb_note_get_for_role (note));
  cb_json_set_string (object, "provenance", cb_provenance_to_id (cb_note_get_provenance (note)));
  cb_json_set_string (object, "purpose", cb_note_get_purpose (note));
  cb_json_set_string (object, "state", cb_ctl_get_state (cb_note_get_life (note)));
  cb_json_set_string (object, "author", author != NULL ? author : cb_note_get_author_id (note));
  cb_ctl_set_time (object, "created", cb_note_get_created_us (note));
  cb_ctl_set_time (object, "ends", cb_note_get_ends_us (note));
  cb_json_set_string (object, "sync", cb_delivery_to_id (cb_note_get_delivery (note)));
  set_review (object, note);
  return object;
}

static void
set_age (JsonObject *object, CbAge age, gint64 confirmed_us, gint64 now_us)
{
  cb_json_set_string (object, "age", cb_age_to_id (age));
  cb_json_set_int (object, "age_days", cb_age_get_days (confirmed_us, now_us));
}

JsonObject *
cb_ctl_encode_preference (CbPreference *preference, CbCtl *ctl)
{
  gint64 now_us = cb_clock_get_now_us (ctl->clock);
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
  cb_json_set_string (object, "state", cb_ctl_get_state (cb_preference_get_life (preference)));
  cb_ctl_set_time (object, "confirmed", cb_preference_get_confirmed_us (preference));
  cb_ctl_set_time (object, "fades", cb_preference_get_fades_us (preference));
  set_age (object, cb_preference_get_age (preference, now_us),
           cb_preference_get_confirmed_us (preference), now_us);
  cb_ctl_set_time (object, "ends", cb_preference_get_ends_us (preference));
  cb_json_set_string (object, "sync", cb_delivery_to_id (cb_preference_get_delivery (preference)));
  return object;
}

JsonObject *
cb_ctl_encode_request (CbMatter *request, CbCtl *ctl)
{
  const CbMatterFields *fields = cb_matter_get_fields (request);
  CbKeeping keeping = cb_matter_get_keeping (request, cb_clock_get_now_us (ctl->clock));
  JsonObject *object = json_object_new_object ();

  cb_json_set_string (object, "id", fields->id);
  cb_json_set_string (object, "customer", fields->customer_id);
  cb_json_set_string (object, "kind", cb_matter_kind_to_id (fields->kind));
  cb_json_set_string (object, "state", cb_matter_state_to_id (fields->state));
  cb_json_set_string (object, "text", fields->text);
  cb_json_set_string (object, "for", fields->for_role);
  cb_ctl_set_day (object, "due", fields->due_us);
  cb_json_set_string (object, "keeping",
                      keeping != CB_KEEPING_NONE ? cb_keeping_to_id (keeping) : NULL);
  cb_ctl_set_staff (object, "promised_by", ctl, fields->promised_by);
  cb_json_set_string (object, "request", fields->answers);
  cb_ctl_set_staff (object, "author", ctl, fields->author_id);
  cb_ctl_set_time (object, "created", fields->created_us);
  cb_ctl_set_time (object, "moved", fields->moved_us);
  cb_ctl_set_time (object, "closed", fields->closed_us);
  cb_ctl_set_time (object, "ends", fields->ends_us);
  cb_json_set_string (object, "sync", cb_delivery_to_id (fields->delivery));
  return object;
}

static JsonObject *
encode_step (const CbOccasionStep *step, CbCtl *ctl)
{
  JsonObject *object = json_object_new_object ();

  cb_json_set_string (object, "id", step->id);
  cb_json_set_string (object, "text", step->text);
  cb_ctl_set_day (object, "due", step->due_us);
  cb_ctl_set_time (object, "done", step->done_us);
  return object;
}

JsonObject *
cb_ctl_encode_occasion (CbOccasion *occasion, CbCtl *ctl)
{
  const CbOccasionFields *fields = cb_occasion_get_fields (occasion);
  g_autofree char *date = cb_occasion_dup_date (occasion);
  gint64 now_us = cb_clock_get_now_us (ctl->clock);
  JsonObject *object = json_object_new_object ();

  cb_json_set_string (object, "id", fields->id);
  cb_json_set_string (object, "customer", fields->customer_id);
  cb_json_set_string (object, "kind", cb_occasion_kind_to_id (fields->kind));
  cb_json_set_string (object, "text", fields->text);
  cb_json_set_string (object, "for", fields->for_role);
  cb_json_set_string (object, "date", date);
  cb_ctl_set_day (object, "next", cb_occasion_get_next_us (occasion, now_us));
  json_object_object_add (object, "steps",
                          cb_ctl_encode_list (fields->steps, (CbCtlEncodeFunc) encode_step, ctl));
  cb_json_set_string (object, "provenance", cb_provenance_to_id (fields->provenance));
  cb_json_set_string (object, "state", cb_ctl_get_state (fields->life));
  cb_ctl_set_staff (object, "author", ctl, fields->author_id);
  cb_ctl_set_time (object, "created", fields->created_us);
  cb_ctl_set_time (object, "confirmed", fields->confirmed_us);
  cb_ctl_set_time (object, "fades", fields->fades_us);
  set_age (object, cb_occasion_get_age (occasion, now_us), fields->confirmed_us, now_us);
  cb_ctl_set_time (object, "ends", fields->ends_us);
  return object;
}

JsonObject *
cb_ctl_encode_wish (CbWish *wish, CbCtl *ctl)
{
  const CbWishFields *fields = cb_wish_get_fields (wish);
  JsonObject *object = json_object_new_object ();

  cb_json_set_string (object, "id", fields->id);
  cb_json_set_string (object, "text", fields->text);
  cb_json_set_string (object, "state", cb_ctl_get_state (fields->life));
  cb_ctl_set_staff (object, "author", ctl, fields->author_id);
  cb_ctl_set_time (object, "created", fields->created_us);
  cb_ctl_set_time (object, "ends", fields->ends_us);
  return object;
}

static JsonObject *
encode_reach (CbReach *reach, CbCtl *ctl)
{
  const CbReachFields *fields = cb_reach_get_fields (reach);
  JsonObject *object = json_object_new_object ();

  cb_json_set_string (object, "id", fields->id);
  cb_json_set_string (object, "purpose", fields->purpose);
  cb_json_set_string (object, "channel", cb_channel_to_id (fields->channel));
  cb_json_set_string (object, "outcome", cb_outcome_to_id (fields->outcome));
  cb_json_set_string (object, "reason", fields->reason);
  cb_json_set_string (object, "permitted_by", fields->permitted_by);
  cb_json_set_string (object, "request", fields->request);
  cb_ctl_set_staff (object, "staff", ctl, fields->staff_id);
  cb_ctl_set_time (object, "at", fields->at_us);
  cb_ctl_set_time (object, "ends", fields->ends_us);
  return object;
}

JsonObject *
cb_ctl_encode_used (const CbUsed *used, CbCtl *ctl)
{
  JsonObject *object = json_object_new_object ();

  cb_json_set_string (object, "id", used->record);
  cb_json_set_string (object, "customer", used->customer);
  cb_ctl_set_time (object, "created", used->last_us);
  return object;
}

/* How often each helped stands with it. */
static void
count_used (JsonObject *rows, GPtrArray *used)
{
  for (gsize i = 0; i < json_object_array_length (rows); i++)
    {
      JsonObject *row = json_object_array_get_idx (rows, i);
      guint n = 0;

      for (guint j = 0; j < used->len && n == 0; j++)
        {
          const CbUsed *one = g_ptr_array_index (used, j);

          n = g_strcmp0 (one->record, cb_json_get_string (row, "id")) == 0 ? one->n : 0;
        }
      cb_json_set_int (row, "used", n);
    }
}

static JsonObject *
encode_article (CbPurchase *purchase, int quantity)
{
  const CbPurchaseFields *fields = cb_purchase_get_fields (purchase);
  JsonObject *object = json_object_new_object ();

  cb_json_set_string (object, "sku", fields->sku);
  cb_json_set_string (object, "title", fields->title);
  cb_json_set_string (object, "colour", fields->colour);
  cb_json_set_string (object, "size", fields->size);
  cb_json_set_int (object, "quantity", quantity);
  cb_ctl_set_day (object, "day", fields->bought_us + 1 * CB_US_PER_SECOND);
  return object;
}

static JsonObject *
encode_purchase (CbPurchase *purchase, CbCtl *ctl)
{
  const CbPurchaseFields *fields = cb_purchase_get_fields (purchase);
  JsonObject *object = encode_article (purchase, fields->quantity);

  cb_json_set_string (object, "id", fields->id);
  cb_json_set_string (object, "receipt", fields->receipt);
  cb_json_set_string (object, "state", cb_ctl_get_state (fields->life));
  cb_ctl_set_time (object, "ends", fields->ends_us);
  return object;
}

static JsonObject *
encode_owned (const CbOwned *owned, CbCtl *ctl)
{
  return encode_article (owned->purchase, owned->quantity);
}

JsonObject *
cb_ctl_encode_product (CbProduct *product, CbCtl *ctl)
{
  const CbProductFields *fields = cb_product_get_fields (product);
  JsonObject *object = json_object_new_object ();

  cb_json_set_string (object, "sku", fields->sku);
  cb_json_set_string (object, "title", fields->title);
  cb_json_set_string (object, "brand", fields->brand);
  cb_json_set_string (object, "garment", fields->garment);
  cb_json_set_string (object, "colour", fields->colour);
  cb_json_set_string (object, "size", fields->size);
  return object;
}

void
cb_ctl_set_staff (JsonObject *object, const char *member, CbCtl *ctl, const char *id)
{
  g_autoptr (CbStaff) staff = id != NULL ? cb_book_find_staff (ctl->book, id, NULL) : NULL;

  cb_json_set_string (object, member, staff != NULL ? cb_staff_get_name (staff) : id);
}

JsonObject *
cb_ctl_encode_list (GPtrArray *records, CbCtlEncodeFunc encode, CbCtl *ctl)
{
  JsonObject *array = json_object_new_array ();

  for (guint i = 0; i < records->len; i++)
    json_object_array_add (array, encode (g_ptr_array_index (records, i), ctl));
  return array;
}

static void
add_list (JsonObject *object,
          const char *member,
          GPtrArray *records,
          CbCtlEncodeFunc encode,
          CbCtl *ctl)
{
  json_object_object_add (object, member, cb_ctl_encode_list (records, encode, ctl));
}

JsonObject *
cb_ctl_encode_dossier (CbDossier *dossier, CbCtl *ctl)
{
  JsonObject *object = cb_ctl_encode_card (cb_dossier_get_customer (dossier));
  g_autoptr (GPtrArray) owned = NULL;

  cb_ctl_set_strings (object, "confirmed", cb_dossier_get_confirmed (dossier));
  cb_json_set_string (object, "home", cb_dossier_get_home (dossier));
  cb_json_set_string (object, "zone", cb_dossier_get_zone (dossier));
  cb_ctl_set_staff (object, "associate", ctl, cb_dossier_get_associate (dossier));
  add_list (object, "notes", cb_dossier_get_notes (dossier), (CbCtlEncodeFunc) cb_ctl_encode_note,
            ctl);
  add_list (object, "preferences", cb_dossier_get_preferences (dossier),
            (CbCtlEncodeFunc) cb_ctl_encode_preference, ctl);
  count_used (cb_json_get_array (object, "notes"), cb_dossier_get_used (dossier));
  count_used (cb_json_get_array (object, "preferences"), cb_dossier_get_used (dossier));
  add_list (object, "requests", cb_dossier_get_requests (dossier),
            (CbCtlEncodeFunc) cb_ctl_encode_request, ctl);
  add_list (object, "occasions", cb_dossier_get_occasions (dossier),
            (CbCtlEncodeFunc) cb_ctl_encode_occasion, ctl);
  add_list (object, "wishes", cb_dossier_get_wishes (dossier), (CbCtlEncodeFunc) cb_ctl_encode_wish,
            ctl);
  add_list (object, "reached", cb_dossier_get_reaches (dossier), (CbCtlEncodeFunc) encode_reach,
            ctl);
  owned = cb_purchases_list_owned (cb_dossier_get_purchases (dossier));
  add_list (object, "purchases", cb_dossier_get_purchases (dossier),
            (CbCtlEncodeFunc) encode_purchase, ctl);
  add_list (object, "owned", owned, (CbCtlEncodeFunc) encode_owned, ctl);
  add_list (object, "permissions", cb_dossier_get_permissions (dossier),
            (CbCtlEncodeFunc) cb_ctl_encode_permission, ctl);
  if (cb_dossier_get_n_unread (dossier) > 0)
    cb_json_set_int (object, "damaged", cb_dossier_get_n_unread (dossier));
  return object;
}
