/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "records/cb-review.h"

#include "vault/cb-seal.h"

struct _CbReview
{
  GObject parent_instance;
  CbReviewFields fields; /* whose texts are its own */
};

G_DEFINE_FINAL_TYPE (CbReview, cb_review, G_TYPE_OBJECT)

const CbReviewFields *
cb_review_get_fields (CbReview *self)
{
  g_return_val_if_fail (CB_IS_REVIEW (self), NULL);

  return &self->fields;
}

static void
cb_review_finalize (GObject *object)
{
  CbReviewFields *fields = &CB_REVIEW (object)->fields;

  g_free ((char *) fields->note_id);
  g_free ((char *) fields->customer_id);
  cb_text_wipe ((char *) fields->customer_name);
  g_free ((char *) fields->author_name);
  g_clear_object (&fields->note);

  G_OBJECT_CLASS (cb_review_parent_class)->finalize (object);
}

static void
cb_review_class_init (CbReviewClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cb_review_finalize;
}

static void
cb_review_init (CbReview *self)
{
}

CbReview *
cb_review_new (const CbReviewFields *fields)
{
  CbReview *self = g_object_new (CB_TYPE_REVIEW, NULL);

  self->fields = *fields;
  self->fields.note_id = g_strdup (fields->note_id);
  self->fields.customer_id = g_strdup (fields->customer_id);
  self->fields.customer_name = g_strdup (fields->customer_name);
  self->fields.author_name = g_strdup (fields->author_name);
  if (fields->note != NULL)
    g_object_ref (fields->note);
  return self;
}
