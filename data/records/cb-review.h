/* SPDX-License-Identifier: Apache-2.0 */

/* A note that a manager is to read, why that one and since when; of a single one that was opened,
 * its words too. Immutable. Any thread. */

#pragma once

#include "records/cb-note.h"

G_BEGIN_DECLS

#define CB_TYPE_REVIEW (cb_review_get_type ())
G_DECLARE_FINAL_TYPE (CbReview, cb_review, CB, REVIEW, GObject)

typedef struct
{
  const char *note_id;
  const char *customer_id;
  const char *customer_name; /* as they are shown; "" when there is none */
  const char *author_name;   /* NULL: staff no longer known */
  CbReviewCause cause;
  CbReviewState state; /* waiting or escalated */
  gint64 queued_us;
  CbNote *note; /* NULL in a list */
} CbReviewFields;

/* Copies the fields. */
CbReview *cb_review_new (const CbReviewFields *fields);

/* Borrowed. */
const CbReviewFields *cb_review_get_fields (CbReview *self);

G_END_DECLS
