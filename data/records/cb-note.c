/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "records/cb-note.h"

#include "vault/cb-seal.h"

struct _CbNote
{
  GObject parent_instance;
  char *id;
  char *customer_id;
  char *text;
  char *for_role;
  char *purpose;
  CbVisit visit;
  CbIntent intent;
  CbDiscretion discretion;
  CbProvenance provenance;
  char *author_id;
  char *author_name;
  gint64 created_us;
  gint64 ends_us;
  CbLife life;
  CbDelivery delivery;
  char *code;
  gint64 corrected_us;
  CbReviewState review;
  CbReviewReason review_reason;
  char *review_remark;
  char *reviewer_name;
};

G_DEFINE_FINAL_TYPE (CbNote, cb_note, G_TYPE_OBJECT)

const char *
cb_note_get_id (CbNote *self)
{
  g_return_val_if_fail (CB_IS_NOTE (self), NULL);

  return self->id;
}

const char *
cb_note_get_customer_id (CbNote *self)
{
  g_return_val_if_fail (CB_IS_NOTE (self), NULL);

  return self->customer_id;
}

const char *
cb_note_get_text (CbNote *self)
{
  g_return_val_if_fail (CB_IS_NOTE (self), NULL);

  return self->text;
}

const char *
cb_note_get_for_role (CbNote *self)
{
  g_return_val_if_fail (CB_IS_NOTE (self), NULL);

  return self->for_role;
}

const char *
cb_note_get_purpose (CbNote *self)
{
  g_return_val_if_fail (CB_IS_NOTE (self), NULL);

  return self->purpose;
}

CbVisit
cb_note_get_visit (CbNote *self)
{
  g_return_val_if_fail (CB_IS_NOTE (self), (CbVisit) 0);

  return self->visit;
}

CbIntent
cb_note_get_intent (CbNote *self)
{
  g_return_val_if_fail (CB_IS_NOTE (self), (CbIntent) 0);

  return self->intent;
}

CbDiscretion
cb_note_get_discretion (CbNote *self)
{
  g_return_val_if_fail (CB_IS_NOTE (self), (CbDiscretion) 0);

  return self->discretion;
}

CbProvenance
cb_note_get_provenance (CbNote *self)
{
  g_return_val_if_fail (CB_IS_NOTE (self), (CbProvenance) 0);

  return self->provenance;
}

const char *
cb_note_get_author_id (CbNote *self)
{
  g_return_val_if_fail (CB_IS_NOTE (self), NULL);

  return self->author_id;
}

const char *
cb_note_get_author_name (CbNote *self)
{
  g_return_val_if_fail (CB_IS_NOTE (self), NULL);

  return self->author_name;
}

gint64
cb_note_get_created_us (CbNote *self)
{
  g_return_val_if_fail (CB_IS_NOTE (self), 0);

  return self->created_us;
}

gint64
cb_note_get_ends_us (CbNote *self)
{
  g_return_val_if_fail (CB_IS_NOTE (self), 0);

  return self->ends_us;
}

CbLife
cb_note_get_life (CbNote *self)
{
  g_return_val_if_fail (CB_IS_NOTE (self), (CbLife) 0);

  return self->life;
}

CbDelivery
cb_note_get_delivery (CbNote *self)
{
  g_return_val_if_fail (CB_IS_NOTE (self), (CbDelivery) 0);

  return self->delivery;
}

const char *
cb_note_get_code (CbNote *self)
{
  g_return_val_if_fail (CB_IS_NOTE (self), NULL);

  return self->code;
}

gint64
cb_note_get_corrected_us (CbNote *self)
{
  g_return_val_if_fail (CB_IS_NOTE (self), 0);

  return self->corrected_us;
}

CbReviewState
cb_note_get_review (CbNote *self)
{
  g_return_val_if_fail (CB_IS_NOTE (self), (CbReviewState) 0);

  return self->review;
}

CbReviewReason
cb_note_get_review_reason (CbNote *self)
{
  g_return_val_if_fail (CB_IS_NOTE (self), (CbReviewReason) 0);

  return self->review_reason;
}

const char *
cb_note_get_review_remark (CbNote *self)
{
  g_return_val_if_fail (CB_IS_NOTE (self), NULL);

  return self->review_remark;
}

const char *
cb_note_get_reviewer_name (CbNote *self)
{
  g_return_val_if_fail (CB_IS_NOTE (self), NULL);

  return self->reviewer_name;
}

static void
cb_note_finalize (GObject *object)
{
  CbNote *self = CB_NOTE (object);

  g_free (self->id);
  g_free (self->customer_id);
  cb_text_wipe (self->text);
  cb_text_wipe (self->for_role);
  g_free (self->purpose);
  g_free (self->author_id);
  g_free (self->author_name);
  g_free (self->code);
  cb_text_wipe (self->review_remark);
  g_free (self->reviewer_name);

  G_OBJECT_CLASS (cb_note_parent_class)->finalize (object);
}

static void
cb_note_class_init (CbNoteClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cb_note_finalize;
}

static void
cb_note_init (CbNote *self)
{
}

CbNote *
cb_note_new (const CbNoteFields *fields)
{
  CbNote *self = g_object_new (CB_TYPE_NOTE, NULL);

  self->id = g_strdup (fields->id);
  self->customer_id = g_strdup (fields->customer_id);
  self->text = g_strdup (fields->text);
  self->for_role = g_strdup (fields->for_role);
  self->purpose = g_strdup (fields->purpose);
  self->visit = fields->visit;
  self->intent = fields->intent;
  self->discretion = fields->discretion;
  self->provenance = fields->provenance;
  self->author_id = g_strdup (fields->author_id);
  self->author_name = g_strdup (fields->author_name);
  self->created_us = fields->created_us;
  self->ends_us = fields->ends_us;
  self->life = fields->life;
  self->delivery = fields->delivery;
  self->code = g_strdup (fields->code);
  self->corrected_us = fields->corrected_us;
  self->review = fields->review;
  self->review_reason = fields->review_reason;
  self->review_remark = g_strdup (fields->review_remark);
  self->reviewer_name = g_strdup (fields->reviewer_name);
  return self;
}
