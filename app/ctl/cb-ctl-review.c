/* SPDX-License-Identifier: Apache-2.0 */

/* review: notes that a manager reads, what becomes of them, and what their authors correct. */

#define G_LOG_DOMAIN "Counterbook"

#include "ctl/cb-ctl.h"

#include "base/cb-error.h"
#include "ctl/cb-ctl-arguments.h"
#include "ctl/cb-ctl-input.h"
#include "ctl/cb-ctl-output.h"
#include "ctl/cb-ctl-records.h"
#include "vault/cb-seal.h"

#define LIST_LIMIT 1000

static JsonObject *
encode_review (CbReview *review, CbCtl *ctl)
{
  const CbReviewFields *fields = cb_review_get_fields (review);
  JsonObject *object = json_object_new_object ();

  cb_json_set_string (object, "id", fields->note_id);
  cb_json_set_string (object, "customer", fields->customer_id);
  cb_json_set_string (object, "name", fields->customer_name);
  cb_json_set_string (object, "author", fields->author_name);
  cb_json_set_string (object, "cause", cb_review_cause_to_id (fields->cause));
  cb_json_set_string (object, "state", cb_review_state_to_id (fields->state));
  cb_ctl_set_time (object, "queued", fields->queued_us);
  return object;
}

static gboolean
run_list (CbCtl *ctl, JsonObject **answer, GError **error)
{
  g_autoptr (GPtrArray) list = cb_book_list_reviews (
    ctl->book, ctl->actor, (guint) cb_ctl_get_number (ctl, "limit", LIST_LIMIT), error);

  if (list == NULL)
    return FALSE;
  *answer = cb_ctl_encode_list (list, (CbCtlEncodeFunc) encode_review, ctl);
  return TRUE;
}

static gboolean
run_show (CbCtl *ctl, JsonObject **answer, GError **error)
{
  g_autoptr (CbReview) review = cb_book_read_review (ctl->book, ctl->actor, ctl->word, error);

  if (review == NULL)
    return FALSE;
  *answer = encode_review (review, ctl);
  json_object_object_add (*answer, "note",
                          cb_ctl_encode_note (cb_review_get_fields (review)->note, ctl));
  return TRUE;
}

static gboolean
decide (CbCtl *ctl, CbReviewState state, JsonObject **answer, GError **error)
{
  g_autoptr (CbReviewDraft) draft =
    cb_review_draft_new (state, cb_ctl_get_review_reason (ctl, "reason", CB_REVIEW_REASON_OTHER));

  if (cb_ctl_has_option (ctl, "remark-stdin") && (draft->remark = cb_ctl_read_text (error)) == NULL)
    return FALSE;
  if (cb_ctl_has_option (ctl, "kept-stdin") && (draft->kept = cb_ctl_read_text (error)) == NULL)
    return FALSE;
  if (!cb_book_review (ctl->book, ctl->actor, ctl->word, draft, error))
    return FALSE;
  *answer = json_object_new_object ();
  cb_json_set_string (*answer, "id", ctl->word);
  cb_json_set_string (*answer, "state", cb_review_state_to_id (state));
  return TRUE;
}

static gboolean
run_approve (CbCtl *ctl, JsonObject **answer, GError **error)
{
  return decide (ctl, CB_REVIEW_APPROVED, answer, error);
}

static gboolean
run_return (CbCtl *ctl, JsonObject **answer, GError **error)
{
  return decide (ctl, CB_REVIEW_RETURNED, answer, error);
}

static gboolean
run_escalate (CbCtl *ctl, JsonObject **answer, GError **error)
{
  return decide (ctl, CB_REVIEW_ESCALATED, answer, error);
}

/* The words are gone with the commit; that they are nowhere on the disk is waited for. */
static gboolean
run_redact (CbCtl *ctl, JsonObject **answer, GError **error)
{
  const char *result = NULL;

  if (!decide (ctl, CB_REVIEW_REDACTED, answer, error) || !cb_ctl_clean (ctl, &result, error))
    return FALSE;
  cb_json_set_string (*answer, "selfcheck", result);
  return TRUE;
}

static gboolean
run_sample (CbCtl *ctl, JsonObject **answer, GError **error)
{
  guint percent = (guint) cb_ctl_get_number (ctl, "percent", 0);

  if (!cb_book_set_review_sample (ctl->book, ctl->actor, percent, error))
    return FALSE;
  *answer = json_object_new_object ();
  cb_json_set_int (*answer, "percent", percent);
  return TRUE;
}

static gboolean
run_correct (CbCtl *ctl, JsonObject **answer, GError **error)
{
  char *text = cb_ctl_read_text (error);
  g_autoptr (CbNote) note = NULL;

  if (text == NULL)
    return FALSE;
  note = cb_book_correct_note (ctl->book, ctl->actor, ctl->word, text, error);
  cb_text_wipe (text);
  if (note == NULL)
    return FALSE;
  *answer = cb_ctl_encode_note (note, ctl);
  return TRUE;
}

/* --- the table --- */

#define REASON                                                                                     \
  {                                                                                                \
    "reason", "third-person|sensitive|opinion|not-needed|wrong-person|unclear|other", "why", TRUE  \
  }
#define REMARK                                                                                     \
  {                                                                                                \
    "remark-stdin", NULL, "a few words for its author, on standard input"                          \
  }

static const CbCtlOption list_options[] = {
  { "limit", "N", "at most so many; 1000" },
  { NULL },
};

static const CbCtlOption reason_options[] = {
  REASON,
  REMARK,
  { NULL },
};

static const CbCtlOption redact_options[] = {
  REASON,
  { "kept-stdin", NULL, "the words of it that may stay, on standard input; else none" },
  { NULL },
};

static const CbCtlOption sample_options[] = {
  { "percent", "N", "0 to 100", TRUE },
  { NULL },
};

static const CbCtlOption correct_options[] = {
  { "text-stdin", NULL, "what is right, on standard input", TRUE },
  { NULL },
};

#define WHO_REVIEWS (CB_CTL_BY (MANAGER) | CB_CTL_BY (PRIVACY))

const CbCtlCommand cb_ctl_review_commands[] = {
  {
    .family = "review",
    .verb = "list",
    .summary = "Notes that wait to be read, what has waited longest first; logged.",
    .options = list_options,
    .roles = WHO_REVIEWS,
    .run = run_list,
  },
  {
    .family = "review",
    .verb = "show",
    .words = "NOTE",
    .summary = "One of them with its words; logged as a reading.",
    .roles = WHO_REVIEWS,
    .run = run_show,
  },
  {
    .family = "review",
    .verb = "approve",
    .words = "NOTE",
    .summary = "It may stay as it is.",
    .roles = WHO_REVIEWS,
    .run = run_approve,
  },
  {
    .family = "review",
    .verb = "return",
    .words = "NOTE",
    .summary = "Back to its author, who is told why and can put it right.",
    .options = reason_options,
    .roles = WHO_REVIEWS,
    .run = run_return,
  },
  {
    .family = "review",
    .verb = "redact",
    .words = "NOTE",
    .summary = "Take words out of it for good: here, on the disk, and at head office.",
    .options = redact_options,
    .roles = WHO_REVIEWS,
    .run = run_redact,
  },
  {
    .family = "review",
    .verb = "escalate",
    .words = "NOTE",
    .summary = "Hand it on to another manager or to who answers for privacy.",
    .options = reason_options,
    .roles = WHO_REVIEWS,
    .run = run_escalate,
  },
  {
    .family = "review",
    .verb = "sample",
    .summary = "Of a hundred notes so many are read by lot; 10 until somebody says otherwise.",
    .options = sample_options,
    .roles = CB_CTL_BY (MANAGER),
    .run = run_sample,
  },
  {
    .family = "note",
    .verb = "correct",
    .words = "NOTE",
    .summary = "Put the words of a note of one's own right: on its day, or when it was returned.",
    .options = correct_options,
    .roles = CB_CTL_BY (ASSOCIATE) | CB_CTL_BY (MANAGER),
    .run = run_correct,
  },
  { NULL },
};
