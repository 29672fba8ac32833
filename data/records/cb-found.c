/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "records/cb-found.h"

#include "vault/cb-seal.h"

struct _CbFound
{
  GObject parent_instance;
  char *customer_id;
  char *name;
  char *detail;
  char *matched;
  gboolean is_note;
  guint mark_start;
  guint mark_end;
  gint64 last_visit_us;
  gboolean is_damaged;
  CbCustomer *card;
};

G_DEFINE_FINAL_TYPE (CbFound, cb_found, G_TYPE_OBJECT)

const char *
cb_found_get_customer_id (CbFound *self)
{
  g_return_val_if_fail (CB_IS_FOUND (self), NULL);

  return self->customer_id;
}

const char *
cb_found_get_name (CbFound *self)
{
  g_return_val_if_fail (CB_IS_FOUND (self), NULL);

  return self->name;
}

const char *
cb_found_get_detail (CbFound *self)
{
  g_return_val_if_fail (CB_IS_FOUND (self), NULL);

  return self->detail;
}

const char *
cb_found_get_matched (CbFound *self)
{
  g_return_val_if_fail (CB_IS_FOUND (self), NULL);

  return self->matched;
}

gboolean
cb_found_is_note (CbFound *self)
{
  g_return_val_if_fail (CB_IS_FOUND (self), FALSE);

  return self->is_note;
}

guint
cb_found_get_mark_start (CbFound *self)
{
  g_return_val_if_fail (CB_IS_FOUND (self), 0);

  return self->mark_start;
}

guint
cb_found_get_mark_end (CbFound *self)
{
  g_return_val_if_fail (CB_IS_FOUND (self), 0);

  return self->mark_end;
}

gint64
cb_found_get_last_visit_us (CbFound *self)
{
  g_return_val_if_fail (CB_IS_FOUND (self), 0);

  return self->last_visit_us;
}

gboolean
cb_found_is_damaged (CbFound *self)
{
  g_return_val_if_fail (CB_IS_FOUND (self), FALSE);

  return self->is_damaged;
}

CbCustomer *
cb_found_get_card (CbFound *self)
{
  g_return_val_if_fail (CB_IS_FOUND (self), NULL);

  return self->card;
}

static void
cb_found_finalize (GObject *object)
{
  CbFound *self = CB_FOUND (object);

  g_free (self->customer_id);
  cb_text_wipe (self->name);
  cb_text_wipe (self->detail);
  cb_text_wipe (self->matched);
  g_clear_object (&self->card);

  G_OBJECT_CLASS (cb_found_parent_class)->finalize (object);
}

static void
cb_found_class_init (CbFoundClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cb_found_finalize;
}

static void
cb_found_init (CbFound *self)
{
}

CbFound *
cb_found_new (const CbFoundFields *fields)
{
  CbFound *self = g_object_new (CB_TYPE_FOUND, NULL);

  self->customer_id = g_strdup (fields->customer_id);
  self->name = g_strdup (fields->name);
  self->detail = g_strdup (fields->detail);
  self->matched = g_strdup (fields->matched);
  self->is_note = fields->is_note;
  self->mark_start = fields->mark_start;
  self->mark_end = fields->mark_end;
  self->last_visit_us = fields->last_visit_us;
  self->is_damaged = fields->is_damaged;
  self->card = fields->card != NULL ? g_object_ref (fields->card) : NULL;
  return self;
}
