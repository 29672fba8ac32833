/* SPDX-License-Identifier: Apache-2.0 */

/* preference: what a customer likes, in a form a machine can compare. */

#define G_LOG_DOMAIN "Counterbook"

#include "ctl/cb-ctl.h"

#include "base/cb-error.h"
#include "ctl/cb-ctl-input.h"
#include "ctl/cb-ctl-records.h"

static gboolean
fail_term (GError **error, const char *why)
{
  g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID, why);
  return FALSE;
}

static gboolean
fill_terms (JsonObject *record, CbPreferenceDraft *draft, GError **error)
{
  g_autofree char *facet = NULL;
  g_autofree char *polarity = NULL;
  g_autofree char *provenance = NULL;

  if (!cb_ctl_take_string (record, "facet", &facet, error) ||
      !cb_ctl_take_string (record, "polarity", &polarity, error) ||
      !cb_ctl_take_string (record, "provenance", &provenance, error))
    return FALSE;
  if (!cb_facet_from_id (facet, &draft->facet))
    return fail_term (error,
                      "the record's facet is size, fit, colour, material, brand, style, "
                      "budget, occasion or other");
  if (polarity != NULL && !cb_polarity_from_id (polarity, &draft->polarity))
    return fail_term (error, "the record's polarity is like, dislike or never");
  if (provenance != NULL && !cb_provenance_from_id (provenance, &draft->provenance))
    return fail_term (error, "the record's provenance is said, asked or observed");
  return TRUE;
}

static gboolean
fill_draft (JsonObject *record, CbPreferenceDraft *draft, GError **error)
{
  return fill_terms (record, draft, error) &&
         cb_ctl_take_string (record, "id", &draft->id, error) &&
         cb_ctl_take_string (record, "value", &draft->value, error) &&
         cb_ctl_take_string (record, "garment", &draft->garment, error) &&
         cb_ctl_take_string (record, "maker", &draft->maker, error) &&
         cb_ctl_take_string (record, "purpose", &draft->purpose, error);
}

static gboolean
run_set (CbCtl *ctl, JsonObject **answer, GError **error)
{
  static const char *const known[] = {
    "facet", "value", "polarity", "garment", "maker", "provenance", "purpose", "id", NULL,
  };
  g_autoptr (JsonObject) record = cb_ctl_read_record (known, error);
  g_autoptr (CbPreferenceDraft) draft = cb_preference_draft_new ();
  g_autoptr (CbPreference) preference = NULL;

  if (record == NULL || !fill_draft (record, draft, error))
    return FALSE;
  preference = cb_book_set_preference (ctl->book, ctl->actor, ctl->word, draft, error);
  if (preference == NULL)
    return FALSE;
  *answer = json_object_new_object ();
  cb_json_set_string (*answer, "id", cb_preference_get_id (preference));
  cb_json_set_string (*answer, "state", cb_ctl_get_state (cb_preference_get_life (preference)));
  return TRUE;
}

static const CbCtlOption set_options[] = {
  { "record-stdin", NULL,
    "{\"facet\",\"value\",\"polarity\",\"garment\",\"maker\",\"provenance\",\"purpose\",\"id\"}; "
    "facet and value are needed, id names the one it replaces",
    TRUE },
  { NULL },
};

const CbCtlCommand cb_ctl_preference_commands[] = {
  {
    .family = "preference",
    .verb = "set",
    .words = "CUSTOMER",
    .summary =
      "Keep a size, colour, material or the like from a record on standard input; what says "
      "the same of the same thing is replaced.",
    .options = set_options,
    .roles = CB_CTL_BY (ASSOCIATE) | CB_CTL_BY (MANAGER),
    .run = run_set,
  },
  { NULL },
};
