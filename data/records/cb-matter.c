/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "records/cb-matter.h"

#include "base/cb-clock.h"
#include "vault/cb-seal.h"

struct _CbMatter
{
  GObject parent_instance;
  CbMatterFields fields; /* whose texts are its own */
};

G_DEFINE_FINAL_TYPE (CbMatter, cb_matter, G_TYPE_OBJECT)

const CbMatterFields *
cb_matter_get_fields (CbMatter *self)
{
  g_return_val_if_fail (CB_IS_MATTER (self), NULL);

  return &self->fields;
}

gboolean
cb_matter_state_is_closed (CbMatterState state)
{
  return state >= CB_MATTER_DONE;
}

CbKeeping
cb_matter_get_keeping (CbMatter *self, gint64 now_us)
{
  const CbMatterFields *fields = &self->fields;

  g_return_val_if_fail (CB_IS_MATTER (self), CB_KEEPING_NONE);

  if (fields->state == CB_MATTER_BROKEN)
    return CB_KEEPING_BROKEN;
  if (fields->due_us == 0 || fields->state == CB_MATTER_CANCELLED)
    return CB_KEEPING_NONE;
  if (fields->state == CB_MATTER_DONE)
    return fields->closed_us < fields->due_us ? CB_KEEPING_KEPT : CB_KEEPING_LATE;
  if (fields->due_us <= now_us)
    return CB_KEEPING_OVERDUE;
  return fields->due_us <= cb_clock_day_end_us (now_us, 0) ? CB_KEEPING_DUE : CB_KEEPING_PENDING;
}

static void
cb_matter_finalize (GObject *object)
{
  CbMatterFields *fields = &CB_MATTER (object)->fields;

  g_free ((char *) fields->id);
  g_free ((char *) fields->customer_id);
  cb_text_wipe ((char *) fields->text);
  cb_text_wipe ((char *) fields->for_role);
  g_free ((char *) fields->author_id);
  g_free ((char *) fields->promised_by);
  g_free ((char *) fields->answers);

  G_OBJECT_CLASS (cb_matter_parent_class)->finalize (object);
}

static void
cb_matter_class_init (CbMatterClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cb_matter_finalize;
}

static void
cb_matter_init (CbMatter *self)
{
}

CbMatter *
cb_matter_new (const CbMatterFields *fields)
{
  CbMatter *self = g_object_new (CB_TYPE_MATTER, NULL);

  self->fields = *fields;
  self->fields.id = g_strdup (fields->id);
  self->fields.customer_id = g_strdup (fields->customer_id);
  self->fields.text = g_strdup (fields->text);
  self->fields.for_role = g_strdup (fields->for_role);
  self->fields.author_id = g_strdup (fields->author_id);
  self->fields.promised_by = g_strdup (fields->promised_by);
  self->fields.answers = g_strdup (fields->answers);
  return self;
}
