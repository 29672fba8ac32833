/* SPDX-License-Identifier: Apache-2.0 */

/* What a person typed, on its way into the store. A draft owns its texts and crosses to the store's
 * thread whole; the store checks it and answers CB_STORE_ERROR_INVALID with a reason that quotes
 * nothing. Freeing wipes the texts.
 *
 * `ends_draft`: what its author began there and had not saved is this; with saving it is no draft
 * any more, in the same transaction. */

#pragma once

#include "consent/cb-conditions.h"
#include "records/cb-occasion.h"

G_BEGIN_DECLS

/* Limits, in bytes of UTF-8. What fits here always fits into one operation. */
#define CB_NAME_MAX 1000
#define CB_CONTACT_MAX 320
#define CB_CONTACTS_MAX 16
#define CB_NOTE_MAX 8000
#define CB_VALUE_MAX 1000
#define CB_ROLE_MAX 128

/* Days. Nobody promises further ahead. */
#define CB_DUE_DAYS_MAX (3 * 365)

/* Days. Nobody declares an event further ahead; one that is over may be looked at a little longer.
 */
#define CB_EVENT_DAYS_MAX (5 * 366)
#define CB_EVENT_KEPT_DAYS 30

typedef struct
{
  char *given;
  char *family;
  char *preferred; /* how to address them; may be NULL */
  char *language;  /* BCP 47 tag; may be NULL */
  char **emails;   /* as typed; may be NULL */
  char **phones;   /* as typed; may be NULL */
  char **numbers;  /* on their card, by which the till knows them; of a new customer alone */
  gboolean ends_draft;
} CbCustomerDraft;

CbCustomerDraft *cb_customer_draft_new (void);
void cb_customer_draft_free (CbCustomerDraft *draft);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbCustomerDraft, cb_customer_draft_free)

typedef struct
{
  char *text;
  char *for_role; /* "daughter"; NULL is the customer */
  char *purpose;  /* NULL is "shop" */
  CbVisit visit;
  CbIntent intent;
  CbDiscretion discretion;
  CbProvenance provenance;
  gboolean ends_draft;
} CbNoteDraft;

/* With the defaults of the composer: advice, for my profile, may mention, said. */
CbNoteDraft *cb_note_draft_new (void);
void cb_note_draft_free (CbNoteDraft *draft);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbNoteDraft, cb_note_draft_free)

/* What a manager decides about a note: one of the last four states. */
typedef struct
{
  CbReviewState state;
  CbReviewReason reason; /* of all but approving */
  char *remark;          /* for its author, in the reviewer's words; may be NULL */
  char *kept;            /* of redacting: the words that may stay; NULL: none of them */
} CbReviewDraft;

CbReviewDraft *cb_review_draft_new (CbReviewState state, CbReviewReason reason);
void cb_review_draft_free (CbReviewDraft *draft);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbReviewDraft, cb_review_draft_free)

typedef struct
{
  char *id;    /* of the preference it replaces; NULL is a new one, or the one with the same facet,
                  garment and maker */
  char *value; /* "38 narrow", "navy" */
  char *garment; /* "boot"; may be NULL */
  char *maker;   /* may be NULL */
  char *purpose; /* NULL is "shop" */
  CbFacet facet;
  CbPolarity polarity;
  CbProvenance provenance;
  gboolean ends_draft;
} CbPreferenceDraft;

/* Size, like, said. */
CbPreferenceDraft *cb_preference_draft_new (void);
void cb_preference_draft_free (CbPreferenceDraft *draft);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbPreferenceDraft, cb_preference_draft_free)

typedef struct
{
  char *text;        /* what was asked for, or what we said we would do */
  char *for_role;    /* "daughter"; NULL is the customer */
  char *promised_by; /* id of the staff who said so; NULL is whoever writes a promise down, and
                        nobody for anything else */
  char *answers;     /* id of the request a promise is about; may be NULL */
  CbMatterKind kind;
  gint64 due_us; /* the end of the day by which; 0 is no day, which a promise needs */
  gboolean ends_draft;
} CbMatterDraft;

/* A request of no particular kind. */
CbMatterDraft *cb_matter_draft_new (void);
void cb_matter_draft_free (CbMatterDraft *draft);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbMatterDraft, cb_matter_draft_free)

/* Borrowed: nothing in it is a person's. */
typedef struct
{
  const char *purpose;
  const char *request; /* id of the request it was about; may be NULL */
  CbChannel channel;
  CbCircumstance circumstance; /* why now */
  CbOutcome outcome;
} CbReachDraft;

/* When and how often a customer wants to be contacted for one purpose. Borrowed. */
typedef struct
{
  const char *purpose;
  CbChannel channel; /* CB_CHANNEL_NONE: by whatever way */
  CbConditions conditions;
  CbMethod method; /* by which act of theirs it was said */
} CbConditionsDraft;

/* Where they belong. Borrowed; NULL is nothing in particular. */
typedef struct
{
  const char *home;      /* the shop they call theirs */
  const char *associate; /* id of who usually serves them */
  const char *zone;      /* whose clock is theirs, "Europe/Berlin"; NULL is the shop's */
} CbBelongingDraft;

typedef struct
{
  char *text;     /* "sister's wedding" */
  char *for_role; /* whose day it is; NULL is the customer's */
  CbOccasionKind kind;
  int year; /* 0 of a day that comes back: nobody needs to know how old anybody is */
  int month;
  int day;
  CbProvenance provenance;
  GPtrArray *steps; /* of CbOccasionStep without an id; of an event alone */
  char *typed_date; /* as it stands in a form, however wrong: kept with what is half written, and
                       not looked at when it is saved */
  gboolean ends_draft;
} CbOccasionDraft;

/* Said; a day that comes back, without steps. */
CbOccasionDraft *cb_occasion_draft_new (void);
void cb_occasion_draft_free (CbOccasionDraft *draft);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbOccasionDraft, cb_occasion_draft_free)

/* The answer to one purpose on one channel: the customer's, or of a guardian for a child. A yes of
 * a guardian rests on a proof that it names, and on an act of their own: a spoken one never
 * suffices.
 */
typedef struct
{
  char *purpose;
  char *language; /* of the notice that was shown or read; NULL is the customer's, else "en" */
  char *proof;    /* number of the paper or file, code on the slip; may be NULL */
  CbChannel channel;
  CbAnswer answer;
  CbEntity entity;
  CbMethod method;
  gboolean has_conditions; /* of a yes: when and how often, said with it */
  CbConditions conditions;
} CbAnswerDraft;

CbAnswerDraft *cb_answer_draft_new (void);
void cb_answer_draft_free (CbAnswerDraft *draft);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbAnswerDraft, cb_answer_draft_free)

/* Cards that were put to a customer and went away without an answer. */
typedef struct
{
  char **purposes;
  char *language;  /* that was shown; NULL: the customer's own */
  CbMethod method; /* how they would have answered: says on what they read it */
} CbDismissal;

CbDismissal *cb_dismissal_new (const char *const *purposes);
void cb_dismissal_free (CbDismissal *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbDismissal, cb_dismissal_free)

G_END_DECLS
