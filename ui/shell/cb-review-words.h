/* SPDX-License-Identifier: Apache-2.0 */

/* What is read for a note that a manager looked at: why that one, why it could not stay as it was,
 * and what its author is told. Static and translated unless the name says dup. */

#pragma once

#include "records/cb-review.h"

G_BEGIN_DECLS

const char *cb_review_words_cause (CbReviewCause cause);
const char *cb_review_words_reason (CbReviewReason reason);

/* In how many reasons there is a choice; they are numbered from 0. */
#define CB_REVIEW_N_REASONS 7

/* "waits since Thursday" */
char *cb_review_words_dup_age (const CbReviewFields *fields, gint64 now_us);

/* Beside a note, one or two sentences; NULL when there is nothing to be told. */
char *cb_review_words_dup_outcome (CbNote *note, gint64 now_us);

G_END_DECLS
