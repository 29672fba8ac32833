/* SPDX-License-Identifier: Apache-2.0 */

/* One note: fact, context and intent, with the day it ends. Immutable.
 * Any thread. Getters borrow. */

#pragma once

#include <gio/gio.h>

#include "records/cb-terms.h"

G_BEGIN_DECLS

#define CB_TYPE_NOTE (cb_note_get_type ())
G_DECLARE_FINAL_TYPE (CbNote, cb_note, CB, NOTE, GObject)

/* What a new record is made of: borrowed, copied by cb_note_new(). */
typedef struct
{
  const char *id;
  const char *customer_id;
  const char *text;
  const char *for_role; /* NULL is the customer */
  const char *purpose;
  CbVisit visit;
  CbIntent intent;
  CbDiscretion discretion;
  CbProvenance provenance;
  const char *author_id;
  const char *author_name; /* may be NULL: staff no longer known */
  gint64 created_us;
  gint64 ends_us; /* the moment it is gone */
  CbLife life;
  CbDelivery delivery;
  const char *code;    /* why it is parked or held; may be NULL */
  gint64 corrected_us; /* when its author last changed its words; 0: never */
  CbReviewState review;
  CbReviewReason review_reason; /* of what was not approved */
  const char *review_remark;    /* may be NULL */
  const char *reviewer_name;    /* may be NULL */
} CbNoteFields;

CbNote *cb_note_new (const CbNoteFields *fields);

const char *cb_note_get_id (CbNote *self);
const char *cb_note_get_customer_id (CbNote *self);
const char *cb_note_get_text (CbNote *self);
const char *cb_note_get_for_role (CbNote *self);
const char *cb_note_get_purpose (CbNote *self);
CbVisit cb_note_get_visit (CbNote *self);
CbIntent cb_note_get_intent (CbNote *self);
CbDiscretion cb_note_get_discretion (CbNote *self);
CbProvenance cb_note_get_provenance (CbNote *self);
const char *cb_note_get_author_id (CbNote *self);
const char *cb_note_get_author_name (CbNote *self);
gint64 cb_note_get_created_us (CbNote *self);
gint64 cb_note_get_ends_us (CbNote *self);
CbLife cb_note_get_life (CbNote *self);
CbDelivery cb_note_get_delivery (CbNote *self);
const char *cb_note_get_code (CbNote *self);
gint64 cb_note_get_corrected_us (CbNote *self);

/* What a manager made of it, as far as the reader is told: what is on its way stays with those who
 * decide, the reason and the remark are for the author and for managers. */
CbReviewState cb_note_get_review (CbNote *self);
CbReviewReason cb_note_get_review_reason (CbNote *self);
const char *cb_note_get_review_remark (CbNote *self);
const char *cb_note_get_reviewer_name (CbNote *self);

G_END_DECLS
