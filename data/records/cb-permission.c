/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "records/cb-permission.h"

struct _CbPermission
{
  GObject parent_instance;
  char *purpose;
  CbChannel channel;
  gboolean is_allowed;
  CbVerdict verdict;
  char *reason;
  gint64 since_us;
  gint64 until_us;
  gint64 next_us;
  char *grant;
  char *basis;
  char *by;
};

G_DEFINE_FINAL_TYPE (CbPermission, cb_permission, G_TYPE_OBJECT)

const char *
cb_permission_get_purpose (CbPermission *self)
{
  g_return_val_if_fail (CB_IS_PERMISSION (self), NULL);

  return self->purpose;
}

CbChannel
cb_permission_get_channel (CbPermission *self)
{
  g_return_val_if_fail (CB_IS_PERMISSION (self), (CbChannel) 0);

  return self->channel;
}

gboolean
cb_permission_is_allowed (CbPermission *self)
{
  g_return_val_if_fail (CB_IS_PERMISSION (self), 0);

  return self->is_allowed;
}

CbVerdict
cb_permission_get_verdict (CbPermission *self)
{
  g_return_val_if_fail (CB_IS_PERMISSION (self), (CbVerdict) 0);

  return self->verdict;
}

const char *
cb_permission_get_reason (CbPermission *self)
{
  g_return_val_if_fail (CB_IS_PERMISSION (self), NULL);

  return self->reason;
}

gint64
cb_permission_get_since_us (CbPermission *self)
{
  g_return_val_if_fail (CB_IS_PERMISSION (self), 0);

  return self->since_us;
}

gint64
cb_permission_get_until_us (CbPermission *self)
{
  g_return_val_if_fail (CB_IS_PERMISSION (self), 0);

  return self->until_us;
}

gint64
cb_permission_get_next_us (CbPermission *self)
{
  g_return_val_if_fail (CB_IS_PERMISSION (self), 0);

  return self->next_us;
}

const char *
cb_permission_get_grant (CbPermission *self)
{
  g_return_val_if_fail (CB_IS_PERMISSION (self), NULL);

  return self->grant;
}

const char *
cb_permission_get_basis (CbPermission *self)
{
  g_return_val_if_fail (CB_IS_PERMISSION (self), NULL);

  return self->basis;
}

const char *
cb_permission_get_by (CbPermission *self)
{
  g_return_val_if_fail (CB_IS_PERMISSION (self), NULL);

  return self->by;
}

static void
cb_permission_finalize (GObject *object)
{
  CbPermission *self = CB_PERMISSION (object);

  g_free (self->purpose);
  g_free (self->reason);
  g_free (self->grant);
  g_free (self->basis);
  g_free (self->by);

  G_OBJECT_CLASS (cb_permission_parent_class)->finalize (object);
}

static void
cb_permission_class_init (CbPermissionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cb_permission_finalize;
}

static void
cb_permission_init (CbPermission *self)
{
}

CbPermission *
cb_permission_new (const CbPermissionFields *fields)
{
  CbPermission *self = g_object_new (CB_TYPE_PERMISSION, NULL);

  self->purpose = g_strdup (fields->purpose);
  self->channel = fields->channel;
  self->is_allowed = fields->is_allowed;
  self->verdict = fields->verdict;
  self->reason = g_strdup (fields->reason);
  self->since_us = fields->since_us;
  self->until_us = fields->until_us;
  self->next_us = fields->next_us;
  self->grant = g_strdup (fields->grant);
  self->basis = g_strdup (fields->basis);
  self->by = g_strdup (fields->by);
  return self;
}
