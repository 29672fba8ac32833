/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "records/cb-preference.h"

#include "vault/cb-seal.h"

struct _CbPreference
{
  GObject parent_instance;
  char *id;
  char *customer_id;
  CbFacet facet;
  char *value;
  CbPolarity polarity;
  char *garment;
  char *maker;
  CbProvenance provenance;
  char *purpose;
  char *author_id;
  gint64 confirmed_us;
  gint64 fades_us;
  gint64 ends_us;
  CbLife life;
  CbDelivery delivery;
};

G_DEFINE_FINAL_TYPE (CbPreference, cb_preference, G_TYPE_OBJECT)

const char *
cb_preference_get_id (CbPreference *self)
{
  g_return_val_if_fail (CB_IS_PREFERENCE (self), NULL);

  return self->id;
}

const char *
cb_preference_get_customer_id (CbPreference *self)
{
  g_return_val_if_fail (CB_IS_PREFERENCE (self), NULL);

  return self->customer_id;
}

CbFacet
cb_preference_get_facet (CbPreference *self)
{
  g_return_val_if_fail (CB_IS_PREFERENCE (self), (CbFacet) 0);

  return self->facet;
}

const char *
cb_preference_get_value (CbPreference *self)
{
  g_return_val_if_fail (CB_IS_PREFERENCE (self), NULL);

  return self->value;
}

CbPolarity
cb_preference_get_polarity (CbPreference *self)
{
  g_return_val_if_fail (CB_IS_PREFERENCE (self), (CbPolarity) 0);

  return self->polarity;
}

const char *
cb_preference_get_garment (CbPreference *self)
{
  g_return_val_if_fail (CB_IS_PREFERENCE (self), NULL);

  return self->garment;
}

const char *
cb_preference_get_maker (CbPreference *self)
{
  g_return_val_if_fail (CB_IS_PREFERENCE (self), NULL);

  return self->maker;
}

CbProvenance
cb_preference_get_provenance (CbPreference *self)
{
  g_return_val_if_fail (CB_IS_PREFERENCE (self), (CbProvenance) 0);

  return self->provenance;
}

const char *
cb_preference_get_purpose (CbPreference *self)
{
  g_return_val_if_fail (CB_IS_PREFERENCE (self), NULL);

  return self->purpose;
}

const char *
cb_preference_get_author_id (CbPreference *self)
{
  g_return_val_if_fail (CB_IS_PREFERENCE (self), NULL);

  return self->author_id;
}

gint64
cb_preference_get_confirmed_us (CbPreference *self)
{
  g_return_val_if_fail (CB_IS_PREFERENCE (self), 0);

  return self->confirmed_us;
}

gint64
cb_preference_get_fades_us (CbPreference *self)
{
  g_return_val_if_fail (CB_IS_PREFERENCE (self), 0);

  return self->fades_us;
}

CbAge
cb_preference_get_age (CbPreference *self, gint64 now_us)
{
  g_return_val_if_fail (CB_IS_PREFERENCE (self), CB_AGE_FADED);

  return cb_age_reckon (self->confirmed_us, self->fades_us, now_us);
}

gint64
cb_preference_get_ends_us (CbPreference *self)
{
  g_return_val_if_fail (CB_IS_PREFERENCE (self), 0);

  return self->ends_us;
}

CbLife
cb_preference_get_life (CbPreference *self)
{
  g_return_val_if_fail (CB_IS_PREFERENCE (self), (CbLife) 0);

  return self->life;
}

CbDelivery
cb_preference_get_delivery (CbPreference *self)
{
  g_return_val_if_fail (CB_IS_PREFERENCE (self), (CbDelivery) 0);

  return self->delivery;
}

static void
cb_preference_finalize (GObject *object)
{
  CbPreference *self = CB_PREFERENCE (object);

  g_free (self->id);
  g_free (self->customer_id);
  cb_text_wipe (self->value);
  cb_text_wipe (self->garment);
  cb_text_wipe (self->maker);
  g_free (self->purpose);
  g_free (self->author_id);

  G_OBJECT_CLASS (cb_preference_parent_class)->finalize (object);
}

static void
cb_preference_class_init (CbPreferenceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cb_preference_finalize;
}

static void
cb_preference_init (CbPreference *self)
{
}

CbPreference *
cb_preference_new (const CbPreferenceFields *fields)
{
  CbPreference *self = g_object_new (CB_TYPE_PREFERENCE, NULL);

  self->id = g_strdup (fields->id);
  self->customer_id = g_strdup (fields->customer_id);
  self->facet = fields->facet;
  self->value = g_strdup (fields->value);
  self->polarity = fields->polarity;
  self->garment = g_strdup (fields->garment);
  self->maker = g_strdup (fields->maker);
  self->provenance = fields->provenance;
  self->purpose = g_strdup (fields->purpose);
  self->author_id = g_strdup (fields->author_id);
  self->confirmed_us = fields->confirmed_us;
  self->fades_us = fields->fades_us;
  self->ends_us = fields->ends_us;
  self->life = fields->life;
  self->delivery = fields->delivery;
  return self;
}
