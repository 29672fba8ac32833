/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "records/cb-outbox-item.h"

struct _CbOutboxItem
{
  GObject parent_instance;
  char *id;
  char *kind;
  char *act;
  char *record_id;
  char *customer_id;
  char *purpose;
  CbDelivery state;
  CbVerdict verdict;
  char *basis;
  char *grant;
  gint64 since_us;
  char *reason;
  char *code;
  gboolean is_choice;
  gint64 created_us;
  guint tries;
};

G_DEFINE_FINAL_TYPE (CbOutboxItem, cb_outbox_item, G_TYPE_OBJECT)

const char *
cb_outbox_item_get_id (CbOutboxItem *self)
{
  g_return_val_if_fail (CB_IS_OUTBOX_ITEM (self), NULL);

  return self->id;
}

const char *
cb_outbox_item_get_kind (CbOutboxItem *self)
{
  g_return_val_if_fail (CB_IS_OUTBOX_ITEM (self), NULL);

  return self->kind;
}

const char *
cb_outbox_item_get_act (CbOutboxItem *self)
{
  g_return_val_if_fail (CB_IS_OUTBOX_ITEM (self), NULL);

  return self->act;
}

const char *
cb_outbox_item_get_record_id (CbOutboxItem *self)
{
  g_return_val_if_fail (CB_IS_OUTBOX_ITEM (self), NULL);

  return self->record_id;
}

const char *
cb_outbox_item_get_customer_id (CbOutboxItem *self)
{
  g_return_val_if_fail (CB_IS_OUTBOX_ITEM (self), NULL);

  return self->customer_id;
}

const char *
cb_outbox_item_get_purpose (CbOutboxItem *self)
{
  g_return_val_if_fail (CB_IS_OUTBOX_ITEM (self), NULL);

  return self->purpose;
}

CbDelivery
cb_outbox_item_get_state (CbOutboxItem *self)
{
  g_return_val_if_fail (CB_IS_OUTBOX_ITEM (self), (CbDelivery) 0);

  return self->state;
}

CbVerdict
cb_outbox_item_get_verdict (CbOutboxItem *self)
{
  g_return_val_if_fail (CB_IS_OUTBOX_ITEM (self), (CbVerdict) 0);

  return self->verdict;
}

const char *
cb_outbox_item_get_basis (CbOutboxItem *self)
{
  g_return_val_if_fail (CB_IS_OUTBOX_ITEM (self), NULL);

  return self->basis;
}

const char *
cb_outbox_item_get_grant (CbOutboxItem *self)
{
  g_return_val_if_fail (CB_IS_OUTBOX_ITEM (self), NULL);

  return self->grant;
}

gint64
cb_outbox_item_get_since_us (CbOutboxItem *self)
{
  g_return_val_if_fail (CB_IS_OUTBOX_ITEM (self), 0);

  return self->since_us;
}

const char *
cb_outbox_item_get_reason (CbOutboxItem *self)
{
  g_return_val_if_fail (CB_IS_OUTBOX_ITEM (self), NULL);

  return self->reason;
}

const char *
cb_outbox_item_get_code (CbOutboxItem *self)
{
  g_return_val_if_fail (CB_IS_OUTBOX_ITEM (self), NULL);

  return self->code;
}

gboolean
cb_outbox_item_is_choice (CbOutboxItem *self)
{
  g_return_val_if_fail (CB_IS_OUTBOX_ITEM (self), FALSE);

  return self->is_choice;
}

gint64
cb_outbox_item_get_created_us (CbOutboxItem *self)
{
  g_return_val_if_fail (CB_IS_OUTBOX_ITEM (self), 0);

  return self->created_us;
}

guint
cb_outbox_item_get_tries (CbOutboxItem *self)
{
  g_return_val_if_fail (CB_IS_OUTBOX_ITEM (self), 0);

  return self->tries;
}

static void
cb_outbox_item_finalize (GObject *object)
{
  CbOutboxItem *self = CB_OUTBOX_ITEM (object);

  g_free (self->id);
  g_free (self->kind);
  g_free (self->act);
  g_free (self->basis);
  g_free (self->grant);
  g_free (self->record_id);
  g_free (self->customer_id);
  g_free (self->purpose);
  g_free (self->reason);
  g_free (self->code);

  G_OBJECT_CLASS (cb_outbox_item_parent_class)->finalize (object);
}

static void
cb_outbox_item_class_init (CbOutboxItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cb_outbox_item_finalize;
}

static void
cb_outbox_item_init (CbOutboxItem *self)
{
}

CbOutboxItem *
cb_outbox_item_new (const CbOutboxItemFields *fields)
{
  CbOutboxItem *self = g_object_new (CB_TYPE_OUTBOX_ITEM, NULL);

  self->id = g_strdup (fields->id);
  self->kind = g_strdup (fields->kind);
  self->act = g_strdup (fields->act);
  self->record_id = g_strdup (fields->record_id);
  self->customer_id = g_strdup (fields->customer_id);
  self->purpose = g_strdup (fields->purpose);
  self->state = fields->state;
  self->verdict = fields->verdict;
  self->basis = g_strdup (fields->basis);
  self->grant = g_strdup (fields->grant);
  self->since_us = fields->since_us;
  self->reason = g_strdup (fields->reason);
  self->code = g_strdup (fields->code);
  self->is_choice = fields->is_choice;
  self->created_us = fields->created_us;
  self->tries = fields->tries;
  return self;
}
