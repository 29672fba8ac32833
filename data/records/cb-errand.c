/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "records/cb-errand.h"

#include "vault/cb-seal.h"

struct _CbErrand
{
  GObject parent_instance;
  CbErrandFields fields; /* whose texts are its own */
};

G_DEFINE_FINAL_TYPE (CbErrand, cb_errand, G_TYPE_OBJECT)

const CbErrandFields *
cb_errand_get_fields (CbErrand *self)
{
  g_return_val_if_fail (CB_IS_ERRAND (self), NULL);

  return &self->fields;
}

static void
cb_errand_finalize (GObject *object)
{
  CbErrandFields *fields = &CB_ERRAND (object)->fields;

  g_free ((char *) fields->customer_id);
  cb_text_wipe ((char *) fields->customer_name);
  g_free ((char *) fields->promised_by);
  g_clear_object (&fields->matter);
  g_clear_object (&fields->occasion);

  G_OBJECT_CLASS (cb_errand_parent_class)->finalize (object);
}

static void
cb_errand_class_init (CbErrandClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cb_errand_finalize;
}

static void
cb_errand_init (CbErrand *self)
{
}

CbErrand *
cb_errand_new (const CbErrandFields *fields)
{
  CbErrand *self = g_object_new (CB_TYPE_ERRAND, NULL);

  self->fields = *fields;
  self->fields.customer_id = g_strdup (fields->customer_id);
  self->fields.customer_name = g_strdup (fields->customer_name);
  self->fields.promised_by = g_strdup (fields->promised_by);
  if (fields->matter != NULL)
    g_object_ref (fields->matter);
  if (fields->occasion != NULL)
    g_object_ref (fields->occasion);
  return self;
}
