/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "records/cb-terms.h"

static gboolean
find_term (const char *const *ids, guint n_ids, const char *id, guint *value)
{
  for (guint i = 0; i < n_ids; i++)
    {
      if (g_strcmp0 (ids[i], id) == 0)
        {
          *value = i;
          return TRUE;
        }
    }
  return FALSE;
}

#define CB_TERM_DEFINE(Type, name, ...)                                                            \
  static const char *const name##_ids[] = { __VA_ARGS__ };                                         \
                                                                                                   \
  const char *cb_##name##_to_id (Type value)                                                       \
  {                                                                                                \
    g_return_val_if_fail ((guint) value < G_N_ELEMENTS (name##_ids), NULL);                        \
    return name##_ids[value];                                                                      \
  }                                                                                                \
                                                                                                   \
  gboolean cb_##name##_from_id (const char *id, Type *value)                                       \
  {                                                                                                \
    guint found;                                                                                   \
                                                                                                   \
    if (!find_term (name##_ids, G_N_ELEMENTS (name##_ids), id, &found))                            \
      return FALSE;                                                                                \
    *value = (Type) found;                                                                         \
    return TRUE;                                                                                   \
  }

CB_TERM_DEFINE (CbRole, role, "associate", "manager", "privacy", "admin")
CB_TERM_DEFINE (CbVisit, visit, "advice", "try-on", "purchase", "collection", "return", "repair")
CB_TERM_DEFINE (CbIntent, intent, "visit", "profile", "tell-me", "gift")
CB_TERM_DEFINE (CbDiscretion, discretion, "mention", "silent", "private")
CB_TERM_DEFINE (CbProvenance, provenance, "said", "asked", "observed")
CB_TERM_DEFINE (CbAnswer, answer, "yes", "no", "later")
CB_TERM_DEFINE (CbEntity, entity, "customer", "guardian")
CB_TERM_DEFINE (CbMethod, method, "tapped", "signed", "spoken", "own-phone")
CB_TERM_DEFINE (CbChannel, channel, "*", "email", "sms", "phone", "post", "messenger")
CB_TERM_DEFINE (CbPolarity, polarity, "like", "dislike", "never")
CB_TERM_DEFINE (CbFacet,
                facet,
                "size",
                "fit",
                "colour",
                "material",
                "brand",
                "style",
                "budget",
                "occasion",
                "other")
CB_TERM_DEFINE (CbLife, life, "asked", "agreed", "unasked", "tonight", "review")
CB_TERM_DEFINE (CbDelivery, delivery, "local", "held", "waiting", "sent", "accepted", "parked")
CB_TERM_DEFINE (CbMatterKind,
                matter_kind,
                "hold",
                "order",
                "repair",
                "alteration",
                "tell-me",
                "promise",
                "other")
CB_TERM_DEFINE (CbMatterState,
                matter_state,
                "open",
                "in-hand",
                "ready",
                "told",
                "done",
                "broken",
                "cancelled")
CB_TERM_DEFINE (CbKeeping, keeping, "none", "pending", "due", "overdue", "kept", "late", "broken")
CB_TERM_DEFINE (CbOutcome, outcome, "reached", "message", "no-answer", "refused", "code")
CB_TERM_DEFINE (CbOccasionKind, occasion_kind, "yearly", "event")
CB_TERM_DEFINE (CbEraseReason,
                erase_reason,
                "request",
                "withdrawal",
                "objection",
                "minor",
                "mistake",
                "retention")
CB_TERM_DEFINE (CbReviewCause,
                review_cause,
                "sample",
                "guard",
                "listen-only",
                "long",
                "observed",
                "private",
                "third-person",
                "corrected")
CB_TERM_DEFINE (CbReviewState,
                review_state,
                "none",
                "waiting",
                "approved",
                "returned",
                "redacted",
                "escalated")
CB_TERM_DEFINE (CbReviewReason,
                review_reason,
                "third-person",
                "sensitive",
                "opinion",
                "not-needed",
                "wrong-person",
                "unclear",
                "other")
CB_TERM_DEFINE (CbExportFormat, export_format, "json", "vcard", "jscontact", "html")
