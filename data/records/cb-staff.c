/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "records/cb-staff.h"

struct _CbStaff
{
  GObject parent_instance;
  char *id;
  char *name;
  CbRole role;
  gboolean is_disabled;
  gint64 locked_until_us;
};

G_DEFINE_FINAL_TYPE (CbStaff, cb_staff, G_TYPE_OBJECT)

const char *
cb_staff_get_id (CbStaff *self)
{
  g_return_val_if_fail (CB_IS_STAFF (self), NULL);

  return self->id;
}

const char *
cb_staff_get_name (CbStaff *self)
{
  g_return_val_if_fail (CB_IS_STAFF (self), NULL);

  return self->name;
}

CbRole
cb_staff_get_role (CbStaff *self)
{
  g_return_val_if_fail (CB_IS_STAFF (self), (CbRole) 0);

  return self->role;
}

gboolean
cb_staff_is_disabled (CbStaff *self)
{
  g_return_val_if_fail (CB_IS_STAFF (self), 0);

  return self->is_disabled;
}

gint64
cb_staff_get_locked_until_us (CbStaff *self)
{
  g_return_val_if_fail (CB_IS_STAFF (self), 0);

  return self->locked_until_us;
}

static void
cb_staff_finalize (GObject *object)
{
  CbStaff *self = CB_STAFF (object);

  g_free (self->id);
  g_free (self->name);

  G_OBJECT_CLASS (cb_staff_parent_class)->finalize (object);
}

static void
cb_staff_class_init (CbStaffClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cb_staff_finalize;
}

static void
cb_staff_init (CbStaff *self)
{
}

CbStaff *
cb_staff_new (const CbStaffFields *fields)
{
  CbStaff *self = g_object_new (CB_TYPE_STAFF, NULL);

  self->id = g_strdup (fields->id);
  self->name = g_strdup (fields->name);
  self->role = fields->role;
  self->is_disabled = fields->is_disabled;
  self->locked_until_us = fields->locked_until_us;
  return self;
}
