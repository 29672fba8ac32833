/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "shell/cb-review-words.h"

#include <glib/gi18n-lib.h>

#include "shell/cb-when.h"
#include "shell/cb-words.h"

const char *
cb_review_words_cause (CbReviewCause cause)
{
  switch (cause)
    {
    case CB_REVIEW_CAUSE_SAMPLE:
      return _ ("Drawn by lot");
    case CB_REVIEW_CAUSE_GUARD:
      return _ ("Words in it were asked about");
    case CB_REVIEW_CAUSE_LISTEN_ONLY:
      return _ ("About somebody who is only to be listened to");
    case CB_REVIEW_CAUSE_LONG:
      return _ ("Long");
    case CB_REVIEW_CAUSE_OBSERVED:
      return _ ("Observed, not said by them");
    case CB_REVIEW_CAUSE_PRIVATE:
      return _ ("Not to be mentioned");
    case CB_REVIEW_CAUSE_THIRD_PERSON:
      return _ ("About somebody else too");
    case CB_REVIEW_CAUSE_CORRECTED:
      return _ ("Corrected after it was read");
    }
  g_return_val_if_reached (NULL);
}

const char *
cb_review_words_reason (CbReviewReason reason)
{
  switch (reason)
    {
    case CB_REVIEW_REASON_THIRD_PERSON:
      return _ ("about another person");
    case CB_REVIEW_REASON_SENSITIVE:
      return _ ("too private to keep");
    case CB_REVIEW_REASON_OPINION:
      return _ ("an opinion, not a fact");
    case CB_REVIEW_REASON_NOT_NEEDED:
      return _ ("not needed");
    case CB_REVIEW_REASON_WRONG_PERSON:
      return _ ("in the wrong record");
    case CB_REVIEW_REASON_UNCLEAR:
      return _ ("not clear");
    case CB_REVIEW_REASON_OTHER:
      return _ ("another reason");
    }
  g_return_val_if_reached (NULL);
}

char *
cb_review_words_dup_age (const CbReviewFields *fields, gint64 now_us)
{
  g_autofree char *since = cb_when_dup_day (fields->queued_us, now_us);

  /* Translators: a day: "today", "Thursday", "3 March". */
  return g_strdup_printf (fields->state == CB_REVIEW_ESCALATED ? _ ("Handed on · here since %s")
                                                               : _ ("Waiting since %s"),
                          since);
}

static char *
dup_verdict (CbNote *note)
{
  const char *name = cb_note_get_reviewer_name (note);
  const char *reason = cb_review_words_reason (cb_note_get_review_reason (note));
  g_autofree char *who = cb_words_dup_isolated (name != NULL ? name : _ ("A manager"));

  switch (cb_note_get_review (note))
    {
    case CB_REVIEW_APPROVED:
      /* Translators: the name of a manager. */
      return g_strdup_printf (_ ("Read by %s"), who);
    case CB_REVIEW_RETURNED:
      /* Translators: the name of a manager, and why: "an opinion, not a fact". */
      return g_strdup_printf (_ ("Returned by %s: %s."), who, reason);
    case CB_REVIEW_REDACTED:
      if (name == NULL)
        return g_strdup (_ ("A manager took words out of this note."));
      /* Translators: the name of a manager, and why: "an opinion, not a fact". */
      return g_strdup_printf (_ ("%s took words out: %s."), who, reason);
    case CB_REVIEW_ESCALATED:
      /* Translators: the name of a manager, and why: "an opinion, not a fact". */
      return g_strdup_printf (_ ("Handed on by %s: %s."), who, reason);
    case CB_REVIEW_NONE:
    case CB_REVIEW_WAITING:
      break;
    }
  return NULL;
}

static char *
dup_corrected (CbNote *note, gint64 now_us)
{
  g_autofree char *when = NULL;

  if (cb_note_get_corrected_us (note) == 0)
    return NULL;
  when = cb_when_dup_moment (cb_note_get_corrected_us (note), now_us);
  /* Translators: a moment: "today 10:42". */
  return g_strdup_printf (_ ("Corrected %s"), when);
}

char *
cb_review_words_dup_outcome (CbNote *note, gint64 now_us)
{
  g_autofree char *verdict = dup_verdict (note);
  g_autofree char *corrected = dup_corrected (note, now_us);
  g_autofree char *remark = cb_words_dup_isolated (
    cb_note_get_review_remark (note) != NULL ? cb_note_get_review_remark (note) : "");
  g_autoptr (GPtrArray) parts = g_ptr_array_new ();
  g_autofree char *quoted = NULL;

  if (corrected != NULL)
    g_ptr_array_add (parts, corrected);
  if (verdict != NULL)
    g_ptr_array_add (parts, verdict);
  if (cb_note_get_review_remark (note) != NULL)
    {
      /* Translators: a manager's remark, in quotation marks. */
      quoted = g_strdup_printf (_ ("“%s”"), remark);
      g_ptr_array_add (parts, quoted);
    }
  if (parts->len == 0)
    return NULL;
  g_ptr_array_add (parts, NULL);
  return g_strjoinv (" · ", (char **) parts->pdata);
}
