/* SPDX-License-Identifier: Apache-2.0 */

/* The closed vocabularies of a record, and their ids: the words that stand in the database, on the
 * command line and on the wire. What a person reads for them is chosen in ui/. Ids never change. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  CB_ROLE_ASSOCIATE,
  CB_ROLE_MANAGER,
  CB_ROLE_PRIVACY,
  CB_ROLE_ADMIN,
} CbRole;

/* During what kind of visit it was said. */
typedef enum
{
  CB_VISIT_ADVICE,
  CB_VISIT_TRY_ON,
  CB_VISIT_PURCHASE,
  CB_VISIT_COLLECTION,
  CB_VISIT_RETURN,
  CB_VISIT_REPAIR,
} CbVisit;

/* What the customer wants done with it. */
typedef enum
{
  CB_INTENT_VISIT,
  CB_INTENT_PROFILE,
  CB_INTENT_TELL_ME,
  CB_INTENT_GIFT,
} CbIntent;

/* How discreet to be with it. */
typedef enum
{
  CB_DISCRETION_MENTION,
  CB_DISCRETION_SILENT,
  CB_DISCRETION_PRIVATE,
} CbDiscretion;

/* How we know. There is no "inferred", on purpose. */
typedef enum
{
  CB_PROVENANCE_SAID,
  CB_PROVENANCE_ASKED,
  CB_PROVENANCE_OBSERVED,
} CbProvenance;

typedef enum
{
  CB_ANSWER_YES,
  CB_ANSWER_NO,
  CB_ANSWER_LATER,
} CbAnswer;

/* Who gave an answer: the customer, or whoever answers for a child. */
typedef enum
{
  CB_ENTITY_CUSTOMER,
  CB_ENTITY_GUARDIAN,
} CbEntity;

/* By which act of theirs an answer was given. */
typedef enum
{
  CB_METHOD_TAPPED,
  CB_METHOD_SIGNED,
  CB_METHOD_SPOKEN,
  CB_METHOD_OWN_PHONE,
} CbMethod;

/* CB_CHANNEL_NONE: about keeping and sharing, permits no contact. */
typedef enum
{
  CB_CHANNEL_NONE,
  CB_CHANNEL_EMAIL,
  CB_CHANNEL_SMS,
  CB_CHANNEL_PHONE,
  CB_CHANNEL_POST,
  CB_CHANNEL_MESSENGER,
} CbChannel;

typedef enum
{
  CB_POLARITY_LIKE,
  CB_POLARITY_DISLIKE,
  CB_POLARITY_NEVER,
} CbPolarity;

/* What a preference is about. */
typedef enum
{
  CB_FACET_SIZE,
  CB_FACET_FIT,
  CB_FACET_COLOUR,
  CB_FACET_MATERIAL,
  CB_FACET_BRAND,
  CB_FACET_STYLE,
  CB_FACET_BUDGET,
  CB_FACET_OCCASION,
  CB_FACET_OTHER,
} CbFacet;

/* The life of a note or preference (architecture.md, "The lives of a note"). */
typedef enum
{
  CB_LIFE_ASKED,   /* the customer's own request */
  CB_LIFE_AGREED,  /* its purpose has a yes */
  CB_LIFE_UNASKED, /* not yet asked: here only, for keep-unasked days */
  CB_LIFE_TONIGHT, /* a no, a withdrawal or "this visit only": ends with the day */
  CB_LIFE_REVIEW,  /* waits for a manager */
} CbLife;

/* Where a record is on its way to the service, as acknowledgements tell it. */
typedef enum
{
  CB_DELIVERY_LOCAL,    /* may never leave */
  CB_DELIVERY_HELD,     /* may not leave now */
  CB_DELIVERY_WAITING,  /* may leave, not yet sent */
  CB_DELIVERY_SENT,     /* sent, not yet acknowledged */
  CB_DELIVERY_ACCEPTED, /* acknowledged by the service */
  CB_DELIVERY_PARKED,   /* refused: needs a person */
} CbDelivery;

/* What the customer asked for; a promise is what we said we would do. */
typedef enum
{
  CB_MATTER_HOLD,
  CB_MATTER_ORDER,
  CB_MATTER_REPAIR,
  CB_MATTER_ALTERATION,
  CB_MATTER_TELL_ME, /* when something is there */
  CB_MATTER_PROMISE,
  CB_MATTER_OTHER,
} CbMatterKind;

/* The last three are closed. */
typedef enum
{
  CB_MATTER_OPEN,
  CB_MATTER_IN_HAND, /* somebody is at it */
  CB_MATTER_READY,   /* it is there; a request alone */
  CB_MATTER_TOLD,    /* the customer knows; a request alone */
  CB_MATTER_DONE,    /* of a promise: it was kept */
  CB_MATTER_BROKEN,  /* a promise alone */
  CB_MATTER_CANCELLED,
} CbMatterState;

/* Whether what was said by when holds, at some moment. */
typedef enum
{
  CB_KEEPING_NONE, /* no day was named, or it was cancelled */
  CB_KEEPING_PENDING,
  CB_KEEPING_DUE, /* today */
  CB_KEEPING_OVERDUE,
  CB_KEEPING_KEPT,
  CB_KEEPING_LATE, /* done, and after its day */
  CB_KEEPING_BROKEN,
} CbKeeping;

/* What came of wanting to reach somebody. */
typedef enum
{
  CB_OUTCOME_REACHED,
  CB_OUTCOME_MESSAGE, /* left for them, or written to them */
  CB_OUTCOME_NO_ANSWER,
  CB_OUTCOME_REFUSED, /* it is not permitted: nothing was sent and nobody rang */
  CB_OUTCOME_CODE,    /* a code went there, for its owner to confirm the address */
} CbOutcome;

typedef enum
{
  CB_OCCASION_YEARLY, /* a birthday, an anniversary */
  CB_OCCASION_EVENT,  /* a wedding in June: over when it is over */
} CbOccasionKind;

typedef enum
{
  CB_ERASE_REQUEST,
  CB_ERASE_WITHDRAWAL,
  CB_ERASE_OBJECTION,
  CB_ERASE_MINOR,
  CB_ERASE_MISTAKE,
  CB_ERASE_RETENTION,
} CbEraseReason;

/* In what a customer takes their record home. */
typedef enum
{
  CB_EXPORT_JSON,
  CB_EXPORT_VCARD,
  CB_EXPORT_JSCONTACT,
  CB_EXPORT_HTML,
} CbExportFormat;

/* Why a manager reads a note. */
typedef enum
{
  CB_REVIEW_CAUSE_SAMPLE,      /* by lot */
  CB_REVIEW_CAUSE_GUARD,       /* what the guard asked about stayed as it was */
  CB_REVIEW_CAUSE_LISTEN_ONLY, /* about somebody who is to be listened to */
  CB_REVIEW_CAUSE_LONG,
  CB_REVIEW_CAUSE_OBSERVED, /* nobody said it */
  CB_REVIEW_CAUSE_PRIVATE,  /* not to be mentioned */
  CB_REVIEW_CAUSE_THIRD_PERSON,
  CB_REVIEW_CAUSE_CORRECTED, /* after it had been read */
} CbReviewCause;

/* What became of it. */
typedef enum
{
  CB_REVIEW_NONE, /* nobody reads it */
  CB_REVIEW_WAITING,
  CB_REVIEW_APPROVED,
  CB_REVIEW_RETURNED, /* to its author, who can put it right */
  CB_REVIEW_REDACTED, /* words were taken out, for good */
  CB_REVIEW_ESCALATED,
} CbReviewState;

/* The short list: why it was not approved. */
typedef enum
{
  CB_REVIEW_REASON_THIRD_PERSON, /* it is about somebody else */
  CB_REVIEW_REASON_SENSITIVE,    /* health, belief, origin, … */
  CB_REVIEW_REASON_OPINION,      /* a judgement, not a fact */
  CB_REVIEW_REASON_NOT_NEEDED,
  CB_REVIEW_REASON_WRONG_PERSON, /* it belongs to another record */
  CB_REVIEW_REASON_UNCLEAR,
  CB_REVIEW_REASON_OTHER,
} CbReviewReason;

#define CB_TERM_DECLARE(Type, name)                                                                \
  const char *cb_##name##_to_id (Type value);                                                      \
  gboolean cb_##name##_from_id (const char *id, Type *value);

CB_TERM_DECLARE (CbRole, role)
CB_TERM_DECLARE (CbVisit, visit)
CB_TERM_DECLARE (CbIntent, intent)
CB_TERM_DECLARE (CbDiscretion, discretion)
CB_TERM_DECLARE (CbProvenance, provenance)
CB_TERM_DECLARE (CbAnswer, answer)
CB_TERM_DECLARE (CbEntity, entity)
CB_TERM_DECLARE (CbMethod, method)
CB_TERM_DECLARE (CbChannel, channel)
CB_TERM_DECLARE (CbPolarity, polarity)
CB_TERM_DECLARE (CbFacet, facet)
CB_TERM_DECLARE (CbLife, life)
CB_TERM_DECLARE (CbDelivery, delivery)
CB_TERM_DECLARE (CbMatterKind, matter_kind)
CB_TERM_DECLARE (CbMatterState, matter_state)
CB_TERM_DECLARE (CbKeeping, keeping)
CB_TERM_DECLARE (CbOccasionKind, occasion_kind)
CB_TERM_DECLARE (CbOutcome, outcome)
CB_TERM_DECLARE (CbEraseReason, erase_reason)
CB_TERM_DECLARE (CbExportFormat, export_format)
CB_TERM_DECLARE (CbReviewCause, review_cause)
CB_TERM_DECLARE (CbReviewState, review_state)
CB_TERM_DECLARE (CbReviewReason, review_reason)

G_END_DECLS
