/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "records/cb-reach.h"

struct _CbReach
{
  GObject parent_instance;
  CbReachFields fields; /* whose texts are its own */
};

G_DEFINE_FINAL_TYPE (CbReach, cb_reach, G_TYPE_OBJECT)

const CbReachFields *
cb_reach_get_fields (CbReach *self)
{
  g_return_val_if_fail (CB_IS_REACH (self), NULL);

  return &self->fields;
}

static void
cb_reach_finalize (GObject *object)
{
  CbReachFields *fields = &CB_REACH (object)->fields;

  g_free ((char *) fields->id);
  g_free ((char *) fields->customer_id);
  g_free ((char *) fields->purpose);
  g_free ((char *) fields->reason);
  g_free ((char *) fields->permitted_by);
  g_free ((char *) fields->request);
  g_free ((char *) fields->staff_id);

  G_OBJECT_CLASS (cb_reach_parent_class)->finalize (object);
}

static void
cb_reach_class_init (CbReachClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cb_reach_finalize;
}

static void
cb_reach_init (CbReach *self)
{
}

CbReach *
cb_reach_new (const CbReachFields *fields)
{
  CbReach *self = g_object_new (CB_TYPE_REACH, NULL);

  self->fields = *fields;
  self->fields.id = g_strdup (fields->id);
  self->fields.customer_id = g_strdup (fields->customer_id);
  self->fields.purpose = g_strdup (fields->purpose);
  self->fields.reason = g_strdup (fields->reason);
  self->fields.permitted_by = g_strdup (fields->permitted_by);
  self->fields.request = g_strdup (fields->request);
  self->fields.staff_id = g_strdup (fields->staff_id);
  return self;
}
