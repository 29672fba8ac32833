/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "records/cb-drafts.h"

#include "vault/cb-seal.h"

static void
wipe_all (char **texts)
{
  for (guint i = 0; texts != NULL && texts[i] != NULL; i++)
    cb_text_wipe (texts[i]);
  g_free (texts);
}

CbCustomerDraft *
cb_customer_draft_new (void)
{
  return g_new0 (CbCustomerDraft, 1);
}

void
cb_customer_draft_free (CbCustomerDraft *draft)
{
  cb_text_wipe (draft->given);
  cb_text_wipe (draft->family);
  cb_text_wipe (draft->preferred);
  g_free (draft->language);
  wipe_all (draft->emails);
  wipe_all (draft->phones);
  wipe_all (draft->numbers);
  g_free (draft);
}

CbNoteDraft *
cb_note_draft_new (void)
{
  CbNoteDraft *draft = g_new0 (CbNoteDraft, 1);

  draft->intent = CB_INTENT_PROFILE;
  return draft;
}

void
cb_note_draft_free (CbNoteDraft *draft)
{
  cb_text_wipe (draft->text);
  cb_text_wipe (draft->for_role);
  g_free (draft->purpose);
  g_free (draft);
}

CbReviewDraft *
cb_review_draft_new (CbReviewState state, CbReviewReason reason)
{
  CbReviewDraft *draft = g_new0 (CbReviewDraft, 1);

  draft->state = state;
  draft->reason = reason;
  return draft;
}

void
cb_review_draft_free (CbReviewDraft *draft)
{
  cb_text_wipe (draft->remark);
  cb_text_wipe (draft->kept);
  g_free (draft);
}

CbPreferenceDraft *
cb_preference_draft_new (void)
{
  return g_new0 (CbPreferenceDraft, 1);
}

void
cb_preference_draft_free (CbPreferenceDraft *draft)
{
  g_free (draft->id);
  cb_text_wipe (draft->value);
  cb_text_wipe (draft->garment);
  cb_text_wipe (draft->maker);
  g_free (draft->purpose);
  g_free (draft);
}

CbMatterDraft *
cb_matter_draft_new (void)
{
  CbMatterDraft *draft = g_new0 (CbMatterDraft, 1);

  draft->kind = CB_MATTER_OTHER;
  return draft;
}

void
cb_matter_draft_free (CbMatterDraft *draft)
{
  cb_text_wipe (draft->text);
  cb_text_wipe (draft->for_role);
  g_free (draft->promised_by);
  g_free (draft->answers);
  g_free (draft);
}

CbOccasionDraft *
cb_occasion_draft_new (void)
{
  CbOccasionDraft *draft = g_new0 (CbOccasionDraft, 1);

  draft->steps = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_occasion_step_free);
  return draft;
}

void
cb_occasion_draft_free (CbOccasionDraft *draft)
{
  cb_text_wipe (draft->text);
  cb_text_wipe (draft->for_role);
  cb_text_wipe (draft->typed_date);
  g_ptr_array_unref (draft->steps);
  g_free (draft);
}

CbAnswerDraft *
cb_answer_draft_new (void)
{
  CbAnswerDraft *draft = g_new0 (CbAnswerDraft, 1);

  draft->conditions = (CbConditions) CB_CONDITIONS_NONE;
  return draft;
}

void
cb_answer_draft_free (CbAnswerDraft *draft)
{
  g_free (draft->purpose);
  g_free (draft->language);
  cb_text_wipe (draft->proof);
  g_free (draft);
}

CbDismissal *
cb_dismissal_new (const char *const *purposes)
{
  CbDismissal *self = g_new0 (CbDismissal, 1);

  self->purposes = g_strdupv ((char **) purposes);
  return self;
}

void
cb_dismissal_free (CbDismissal *self)
{
  g_strfreev (self->purposes);
  g_free (self->language);
  g_free (self);
}
