/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "wire/cb-envelope-private.h"

#include "base/cb-id.h"
#include "wire/cb-codes.h"
#include "wire/cb-scan.h"

#include <string.h>

#define SHORT_TEXT 128
#define LIST_LENGTH 64

typedef enum
{
  SHAPE_TEXT,  /* any text; the line bounds it */
  SHAPE_SHORT, /* at most SHORT_TEXT bytes */
  SHAPE_CODE,  /* one of `codes` */
  SHAPE_TEXTS, /* a list of texts */
  SHAPE_TIME,
  SHAPE_COUNT, /* a whole number; from 1 where it is required */
  SHAPE_ID,
} Shape;

typedef struct
{
  const char *member;
  Shape shape;
  gboolean is_required; /* neither absent nor null, and no empty text */
  const char *const *codes;
} Rule;

static const char *const visits[] = {
  "advice", "try-on", "purchase", "collection", "return", "repair", NULL,
};
static const char *const intents[] = { "visit", "profile", "tell-me", "gift", NULL };
static const char *const discretions[] = { "mention", "silent", "private", NULL };
static const char *const provenances[] = { "said", "asked", "observed", NULL };
static const char *const polarities[] = { "like", "dislike", "never", NULL };
static const char *const facets[] = {
  "size", "fit", "colour", "material", "brand", "style", "budget", "occasion", "other", NULL,
};
static const char *const request_kinds[] = {
  "hold", "order", "repair", "alteration", "tell-me", "promise", "other", NULL,
};
static const char *const request_states[] = {
  "open", "in-hand", "ready", "told", "done", "broken", "cancelled", NULL,
};
static const char *const entities[] = { "customer", "guardian", NULL };

static const Rule customer_rules[] = {
  { "given", SHAPE_TEXT },     { "family", SHAPE_TEXT },  { "preferred", SHAPE_TEXT },
  { "language", SHAPE_SHORT }, { "emails", SHAPE_TEXTS }, { "phones", SHAPE_TEXTS },
  { "verified", SHAPE_TEXTS },
};

static const Rule note_rules[] = {
  { "text", SHAPE_TEXT, TRUE },
  { "kind", SHAPE_CODE, FALSE, visits },
  { "intent", SHAPE_CODE, FALSE, intents },
  { "discretion", SHAPE_CODE, FALSE, discretions },
  { "for", SHAPE_SHORT },
  { "provenance", SHAPE_CODE, FALSE, provenances },
  { "created", SHAPE_TIME },
  { "ends", SHAPE_TIME },
};

static const Rule preference_rules[] = {
  { "facet", SHAPE_CODE, TRUE, facets },
  { "value", SHAPE_TEXT, TRUE },
  { "polarity", SHAPE_CODE, TRUE, polarities },
  { "garment", SHAPE_TEXT },
  { "maker", SHAPE_TEXT },
  { "provenance", SHAPE_CODE, FALSE, provenances },
  { "confirmed", SHAPE_TIME },
  { "fades", SHAPE_TIME },
};

static const Rule request_rules[] = {
  { "text", SHAPE_TEXT, TRUE },
  { "for", SHAPE_SHORT },
  { "kind", SHAPE_CODE, TRUE, request_kinds },
  { "state", SHAPE_CODE, TRUE, request_states },
  { "promised_by", SHAPE_ID },
  { "answers", SHAPE_ID },
  { "created", SHAPE_TIME },
  { "due", SHAPE_TIME },
  { "closed", SHAPE_TIME },
  { "ends", SHAPE_TIME },
};

static const Rule evidence_rules[] = {
  { "entity", SHAPE_CODE, TRUE, entities },
  { "method", SHAPE_SHORT, TRUE },
  { "notice", SHAPE_SHORT },
  { "version", SHAPE_COUNT },
  { "language", SHAPE_SHORT },
  { "receipt", SHAPE_SHORT },
  { "proof", SHAPE_TEXT },
  { "valid_until", SHAPE_TIME },
  { "zone", SHAPE_SHORT },
};

static const char *const circumstances[] = { "arrived", "near", NULL };

/* When and how often they may be contacted. */
static const Rule condition_rules[] = {
  { "channel", SHAPE_SHORT },
  { "at_most", SHAPE_COUNT },
  { "per_days", SHAPE_COUNT },
  { "quiet_from", SHAPE_SHORT },
  { "quiet_to", SHAPE_SHORT },
  { "paused_until", SHAPE_SHORT },
  { "only_when", SHAPE_CODE, FALSE, circumstances },
};

/* Further rules where a card was shown. */
static const Rule notice_rules[] = {
  { "notice", SHAPE_SHORT, TRUE },
  { "version", SHAPE_COUNT, TRUE },
  { "language", SHAPE_SHORT, TRUE },
};

gboolean
cb_envelope_is_time (const char *text)
{
  static const char pattern[] = "0000-00-00T00:00:00";
  const gsize fixed = sizeof pattern - 1;
  gsize digits = 0;

  for (gsize i = 0; i < fixed; i++)
    if (pattern[i] == '0' ? !g_ascii_isdigit (text[i]) : text[i] != pattern[i])
      return FALSE;
  text += fixed;
  if (*text == '.')
    {
      digits = strspn (text + 1, "0123456789");
      if (digits == 0 || digits > 6)
        return FALSE;
      text += digits + 1;
    }
  return strcmp (text, "Z") == 0;
}

gboolean
cb_envelope_lacks (JsonObject *object, const char *member)
{
  JsonObject *value = NULL;

  return !json_object_object_get_ex (object, member, &value) || value == NULL;
}

static gboolean
is_list_of_texts (JsonObject *list)
{
  const gsize length = json_object_array_length (list);

  if (length > LIST_LENGTH)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if (!json_object_is_type (json_object_array_get_idx (list, i), json_type_string))
      return FALSE;
  return TRUE;
}

static gboolean
fits_text (const char *text, const Rule *rule)
{
  if (text == NULL || (rule->is_required && *text == '\0'))
    return FALSE;

  switch (rule->shape)
    {
    case SHAPE_TEXT:
      return TRUE;
    case SHAPE_SHORT:
      return strlen (text) <= SHORT_TEXT;
    case SHAPE_CODE:
      return g_strv_contains (rule->codes, text);
    case SHAPE_TIME:
      return cb_envelope_is_time (text);
    case SHAPE_ID:
      return cb_id_is_valid (text);
    case SHAPE_TEXTS:
    case SHAPE_COUNT:
      break;
    }
  return FALSE;
}

static gboolean
fits (JsonObject *object, const Rule *rule)
{
  JsonObject *list = NULL;

  if (cb_envelope_lacks (object, rule->member))
    return !rule->is_required;
  if (rule->shape == SHAPE_COUNT)
    return cb_json_get_int (object, rule->member, -1) >= (rule->is_required ? 1 : 0);
  if (rule->shape != SHAPE_TEXTS)
    return fits_text (cb_json_get_string (object, rule->member), rule);

  list = cb_json_get_array (object, rule->member);
  return list != NULL && is_list_of_texts (list);
}

static gboolean
check_rules (JsonObject *object, const Rule *rules, guint n_rules, GError **error)
{
  for (guint i = 0; i < n_rules; i++)
    if (!fits (object, &rules[i]))
      return cb_envelope_fail (error, rules[i].member);
  return TRUE;
}

gboolean
cb_envelope_check_record (CbKind kind, JsonObject *body, GError **error)
{
  switch (kind)
    {
    case CB_KIND_CUSTOMER:
      return check_rules (body, customer_rules, G_N_ELEMENTS (customer_rules), error);
    case CB_KIND_NOTE:
      return check_rules (body, note_rules, G_N_ELEMENTS (note_rules), error);
    case CB_KIND_PREFERENCE:
      return check_rules (body, preference_rules, G_N_ELEMENTS (preference_rules), error);
    case CB_KIND_REQUEST:
      return check_rules (body, request_rules, G_N_ELEMENTS (request_rules), error);
    case CB_KIND_CONSENT:
    case CB_KIND_ERASE:
      break;
    }
  return cb_envelope_fail (error, "kind");
}

/* --- consents --- */

static gboolean
check_conditions (JsonObject *evidence, GError **error)
{
  JsonObject *list = cb_json_get_array (evidence, "conditions");

  if (cb_envelope_lacks (evidence, "conditions"))
    return TRUE;
  if (list == NULL || json_object_array_length (list) > LIST_LENGTH)
    return cb_envelope_fail (error, "conditions");
  for (gsize i = 0; i < json_object_array_length (list); i++)
    {
      JsonObject *row = json_object_array_get_idx (list, i);

      if (!json_object_is_type (row, json_type_object))
        return cb_envelope_fail (error, "conditions");
      if (!check_rules (row, condition_rules, G_N_ELEMENTS (condition_rules), error))
        return FALSE;
    }
  return TRUE;
}

/* A yes for a child rests on what it names, and on an act of the guardian's own. */
static gboolean
check_guardian (JsonObject *evidence, const char *method, GError **error)
{
  const char *proof = cb_json_get_string (evidence, "proof");

  if (g_strcmp0 (cb_json_get_string (evidence, "entity"), "guardian") != 0)
    return TRUE;
  if (!cb_codes_guardian_takes_method (method))
    return cb_envelope_fail (error, "method");
  return (proof != NULL && proof[strspn (proof, " \t\n")] != '\0') ||
         cb_envelope_fail (error, "proof");
}

/* A no counts by whatever means it was said; a yes only by those that suffice for its purpose. */
static gboolean
check_evidence (const CbEnvelope *self, JsonObject *evidence, GError **error)
{
  const char *method = cb_json_get_string (evidence, "method");

  if (!check_rules (evidence, evidence_rules, G_N_ELEMENTS (evidence_rules), error) ||
      !check_conditions (evidence, error))
    return FALSE;
  if (self->act == CB_ACT_REFUSE)
    return cb_codes_is_method (method) || cb_envelope_fail (error, "method");

  if (!cb_codes_purpose_takes_method (self->purpose, method))
    return cb_envelope_fail (error, "method");
  if (!check_guardian (evidence, method, error))
    return FALSE;
  return !cb_codes_purpose_has_notice (self->purpose) ||
         check_rules (evidence, notice_rules, G_N_ELEMENTS (notice_rules), error);
}

/* A no needs no proof. */
static gboolean
read_evidence (CbEnvelope *self, JsonObject *body, GError **error)
{
  JsonObject *evidence = cb_json_get_object (body, "evidence");

  if (self->act == CB_ACT_REFUSE && cb_envelope_lacks (body, "evidence"))
    return TRUE;
  if (evidence == NULL || !cb_scan_find (self->body, self->body_length, "evidence", &self->evidence,
                                         &self->evidence_length))
    return cb_envelope_fail (error, "evidence");
  return check_evidence (self, evidence, error);
}

static gboolean
read_saw (CbEnvelope *self, JsonObject *body, GError **error)
{
  if (cb_envelope_lacks (body, "saw"))
    return TRUE;
  self->saw = cb_json_get_string (body, "saw");
  return (self->saw != NULL && cb_id_is_valid (self->saw)) || cb_envelope_fail (error, "saw");
}

gboolean
cb_envelope_read_answer (CbEnvelope *self, JsonObject *body, GError **error)
{
  self->purpose = cb_json_get_string (body, "purpose");
  self->channel = CB_CHANNEL_ANY;
  if (!cb_envelope_lacks (body, "channel"))
    self->channel = cb_json_get_string (body, "channel");

  if (!cb_codes_purpose_takes_channel (self->purpose, self->channel))
    return cb_envelope_fail (error, "purpose or channel");
  return read_saw (self, body, error) && read_evidence (self, body, error);
}
