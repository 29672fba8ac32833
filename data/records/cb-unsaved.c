/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "records/cb-unsaved.h"

#include <string.h>

#include "base/cb-error.h"
#include "base/cb-json.h"
#include "vault/cb-seal.h"

CbUnsaved *
cb_unsaved_new_note (CbNoteDraft *draft)
{
  CbUnsaved *self = g_new0 (CbUnsaved, 1);

  self->note = draft;
  return self;
}

CbUnsaved *
cb_unsaved_new_preference (CbPreferenceDraft *draft)
{
  CbUnsaved *self = g_new0 (CbUnsaved, 1);

  self->preference = draft;
  return self;
}

CbUnsaved *
cb_unsaved_new_matter (CbMatterDraft *draft)
{
  CbUnsaved *self = g_new0 (CbUnsaved, 1);

  self->matter = draft;
  return self;
}

CbUnsaved *
cb_unsaved_new_occasion (CbOccasionDraft *draft)
{
  CbUnsaved *self = g_new0 (CbUnsaved, 1);

  self->occasion = draft;
  return self;
}

CbUnsaved *
cb_unsaved_new_customer (CbCustomerDraft *draft)
{
  CbUnsaved *self = g_new0 (CbUnsaved, 1);

  self->customer = draft;
  return self;
}

void
cb_unsaved_free (CbUnsaved *self)
{
  g_clear_pointer (&self->note, cb_note_draft_free);
  g_clear_pointer (&self->preference, cb_preference_draft_free);
  g_clear_pointer (&self->customer, cb_customer_draft_free);
  g_clear_pointer (&self->matter, cb_matter_draft_free);
  g_clear_pointer (&self->occasion, cb_occasion_draft_free);
  g_free (self);
}

/* --- what it is --- */

static gboolean
is_blank (const char *text)
{
  return text == NULL || *text == '\0';
}

static gboolean
are_blank (char *const *texts)
{
  return texts == NULL || texts[0] == NULL;
}

gboolean
cb_unsaved_is_empty (const CbUnsaved *self)
{
  const CbCustomerDraft *card = self->customer;

  if (self->note != NULL)
    return is_blank (self->note->text);
  if (self->preference != NULL)
    return is_blank (self->preference->value) && is_blank (self->preference->garment) &&
           is_blank (self->preference->maker);
  if (self->matter != NULL)
    return is_blank (self->matter->text) && is_blank (self->matter->for_role);
  if (self->occasion != NULL)
    return is_blank (self->occasion->text) && is_blank (self->occasion->for_role) &&
           is_blank (self->occasion->typed_date);
  return card == NULL ||
         (is_blank (card->given) && is_blank (card->family) && is_blank (card->preferred) &&
          are_blank (card->emails) && are_blank (card->phones));
}

char *
cb_unsaved_dup_about (const CbUnsaved *self)
{
  if (self->note != NULL)
    return g_strdup ("note");
  if (self->matter != NULL)
    return g_strdup (CB_UNSAVED_ERRAND);
  if (self->occasion != NULL)
    return g_strdup (CB_UNSAVED_DAY);
  if (self->preference == NULL)
    return g_strdup ("customer");
  return self->preference->id != NULL ? g_strdup_printf ("preference/%s", self->preference->id)
                                      : g_strdup ("preference");
}

/* --- to text --- */

static JsonObject *
note_to_json (const CbNoteDraft *draft)
{
  JsonObject *object = json_object_new_object ();

  cb_json_set_string (object, "text", draft->text);
  cb_json_set_string (object, "for", draft->for_role);
  cb_json_set_string (object, "purpose", draft->purpose);
  cb_json_set_string (object, "visit", cb_visit_to_id (draft->visit));
  cb_json_set_string (object, "intent", cb_intent_to_id (draft->intent));
  cb_json_set_string (object, "discretion", cb_discretion_to_id (draft->discretion));
  cb_json_set_string (object, "provenance", cb_provenance_to_id (draft->provenance));
  return object;
}

static JsonObject *
preference_to_json (const CbPreferenceDraft *draft)
{
  JsonObject *object = json_object_new_object ();

  cb_json_set_string (object, "id", draft->id);
  cb_json_set_string (object, "value", draft->value);
  cb_json_set_string (object, "garment", draft->garment);
  cb_json_set_string (object, "maker", draft->maker);
  cb_json_set_string (object, "purpose", draft->purpose);
  cb_json_set_string (object, "facet", cb_facet_to_id (draft->facet));
  cb_json_set_string (object, "polarity", cb_polarity_to_id (draft->polarity));
  cb_json_set_string (object, "provenance", cb_provenance_to_id (draft->provenance));
  return object;
}

static JsonObject *
matter_to_json (const CbMatterDraft *draft)
{
  JsonObject *object = json_object_new_object ();

  cb_json_set_string (object, "text", draft->text);
  cb_json_set_string (object, "for", draft->for_role);
  cb_json_set_string (object, "kind", cb_matter_kind_to_id (draft->kind));
  cb_json_set_int (object, "due_us", draft->due_us);
  return object;
}

static JsonObject *
occasion_to_json (const CbOccasionDraft *draft)
{
  JsonObject *object = json_object_new_object ();

  cb_json_set_string (object, "text", draft->text);
  cb_json_set_string (object, "for", draft->for_role);
  cb_json_set_string (object, "date", draft->typed_date);
  cb_json_set_string (object, "kind", cb_occasion_kind_to_id (draft->kind));
  cb_json_set_string (object, "provenance", cb_provenance_to_id (draft->provenance));
  return object;
}

static JsonObject *
texts_to_json (char *const *texts)
{
  JsonObject *array = json_object_new_array ();

  for (guint i = 0; texts != NULL && texts[i] != NULL; i++)
    json_object_array_add (array, json_object_new_string (texts[i]));
  return array;
}

static JsonObject *
customer_to_json (const CbCustomerDraft *draft)
{
  JsonObject *object = json_object_new_object ();

  cb_json_set_string (object, "given", draft->given);
  cb_json_set_string (object, "family", draft->family);
  cb_json_set_string (object, "preferred", draft->preferred);
  cb_json_set_string (object, "language", draft->language);
  json_object_object_add (object, "emails", texts_to_json (draft->emails));
  json_object_object_add (object, "phones", texts_to_json (draft->phones));
  return object;
}

char *
cb_unsaved_to_text (const CbUnsaved *self)
{
  g_autoptr (JsonObject) object = json_object_new_object ();

  if (self->note != NULL)
    json_object_object_add (object, "note", note_to_json (self->note));
  if (self->preference != NULL)
    json_object_object_add (object, "preference", preference_to_json (self->preference));
  if (self->customer != NULL)
    json_object_object_add (object, "customer", customer_to_json (self->customer));
  if (self->matter != NULL)
    json_object_object_add (object, "matter", matter_to_json (self->matter));
  if (self->occasion != NULL)
    json_object_object_add (object, "occasion", occasion_to_json (self->occasion));
  return cb_json_to_line (object);
}

/* --- from text --- */

static char *
dup_member (JsonObject *object, const char *member)
{
  return g_strdup (cb_json_get_string (object, member));
}

/* A word that this build does not know leaves the default. */
static CbNoteDraft *
note_from_json (JsonObject *object)
{
  CbNoteDraft *draft = cb_note_draft_new ();

  draft->text = dup_member (object, "text");
  draft->for_role = dup_member (object, "for");
  draft->purpose = dup_member (object, "purpose");
  cb_visit_from_id (cb_json_get_string (object, "visit"), &draft->visit);
  cb_intent_from_id (cb_json_get_string (object, "intent"), &draft->intent);
  cb_discretion_from_id (cb_json_get_string (object, "discretion"), &draft->discretion);
  cb_provenance_from_id (cb_json_get_string (object, "provenance"), &draft->provenance);
  return draft;
}

static CbPreferenceDraft *
preference_from_json (JsonObject *object)
{
  CbPreferenceDraft *draft = cb_preference_draft_new ();

  draft->id = dup_member (object, "id");
  draft->value = dup_member (object, "value");
  draft->garment = dup_member (object, "garment");
  draft->maker = dup_member (object, "maker");
  draft->purpose = dup_member (object, "purpose");
  cb_facet_from_id (cb_json_get_string (object, "facet"), &draft->facet);
  cb_polarity_from_id (cb_json_get_string (object, "polarity"), &draft->polarity);
  cb_provenance_from_id (cb_json_get_string (object, "provenance"), &draft->provenance);
  return draft;
}

static CbMatterDraft *
matter_from_json (JsonObject *object)
{
  CbMatterDraft *draft = cb_matter_draft_new ();

  draft->text = dup_member (object, "text");
  draft->for_role = dup_member (object, "for");
  draft->due_us = cb_json_get_int (object, "due_us", 0);
  cb_matter_kind_from_id (cb_json_get_string (object, "kind"), &draft->kind);
  return draft;
}

static CbOccasionDraft *
occasion_from_json (JsonObject *object)
{
  CbOccasionDraft *draft = cb_occasion_draft_new ();

  draft->text = dup_member (object, "text");
  draft->for_role = dup_member (object, "for");
  draft->typed_date = dup_member (object, "date");
  cb_occasion_kind_from_id (cb_json_get_string (object, "kind"), &draft->kind);
  cb_provenance_from_id (cb_json_get_string (object, "provenance"), &draft->provenance);
  return draft;
}

static char **
texts_from_json (JsonObject *array)
{
  gsize length = array != NULL ? json_object_array_length (array) : 0;
  char **texts = g_new0 (char *, length + 1);
  guint n_texts = 0;

  for (gsize i = 0; i < length; i++)
    {
      const char *text = json_object_get_string (json_object_array_get_idx (array, i));

      if (text != NULL)
        texts[n_texts++] = g_strdup (text);
    }
  return texts;
}

static CbCustomerDraft *
customer_from_json (JsonObject *object)
{
  CbCustomerDraft *draft = cb_customer_draft_new ();

  draft->given = dup_member (object, "given");
  draft->family = dup_member (object, "family");
  draft->preferred = dup_member (object, "preferred");
  draft->language = dup_member (object, "language");
  draft->emails = texts_from_json (cb_json_get_array (object, "emails"));
  draft->phones = texts_from_json (cb_json_get_array (object, "phones"));
  return draft;
}

CbUnsaved *
cb_unsaved_from_text (const char *text, GError **error)
{
  g_autoptr (JsonObject) object = cb_json_parse (text, strlen (text), CB_UNSAVED_MAX, error);
  JsonObject *note;
  JsonObject *preference;
  JsonObject *customer;
  JsonObject *matter;
  JsonObject *occasion;

  if (object == NULL)
    return NULL;
  note = cb_json_get_object (object, "note");
  preference = cb_json_get_object (object, "preference");
  customer = cb_json_get_object (object, "customer");
  matter = cb_json_get_object (object, "matter");
  occasion = cb_json_get_object (object, "occasion");
  if (note != NULL)
    return cb_unsaved_new_note (note_from_json (note));
  if (preference != NULL)
    return cb_unsaved_new_preference (preference_from_json (preference));
  if (customer != NULL)
    return cb_unsaved_new_customer (customer_from_json (customer));
  if (matter != NULL)
    return cb_unsaved_new_matter (matter_from_json (matter));
  if (occasion != NULL)
    return cb_unsaved_new_occasion (occasion_from_json (occasion));
  g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID, "not a draft");
  return NULL;
}
