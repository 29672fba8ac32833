/* SPDX-License-Identifier: Apache-2.0 */

/* A structured preference: who said it, when it was last confirmed, when it fades. Immutable.
 * Any thread. Getters borrow. */

#pragma once

#include <gio/gio.h>

#include "records/cb-age.h"
#include "records/cb-terms.h"

G_BEGIN_DECLS

#define CB_TYPE_PREFERENCE (cb_preference_get_type ())
G_DECLARE_FINAL_TYPE (CbPreference, cb_preference, CB, PREFERENCE, GObject)

/* What a new record is made of: borrowed, copied by cb_preference_new(). */
typedef struct
{
  const char *id;
  const char *customer_id;
  CbFacet facet;
  const char *value;
  CbPolarity polarity;
  const char *garment; /* may be NULL */
  const char *maker;   /* may be NULL */
  CbProvenance provenance;
  const char *purpose;
  const char *author_id;
  gint64 confirmed_us;
  gint64 fades_us; /* from then on it is asked again */
  gint64 ends_us;  /* the moment it is gone */
  CbLife life;
  CbDelivery delivery;
} CbPreferenceFields;

CbPreference *cb_preference_new (const CbPreferenceFields *fields);

const char *cb_preference_get_id (CbPreference *self);
const char *cb_preference_get_customer_id (CbPreference *self);
CbFacet cb_preference_get_facet (CbPreference *self);
const char *cb_preference_get_value (CbPreference *self);
CbPolarity cb_preference_get_polarity (CbPreference *self);
const char *cb_preference_get_garment (CbPreference *self);
const char *cb_preference_get_maker (CbPreference *self);
CbProvenance cb_preference_get_provenance (CbPreference *self);
const char *cb_preference_get_purpose (CbPreference *self);
const char *cb_preference_get_author_id (CbPreference *self);
gint64 cb_preference_get_confirmed_us (CbPreference *self);
gint64 cb_preference_get_fades_us (CbPreference *self);

/* Whether it is still to be relied on; asked by whoever shows or uses it. */
CbAge cb_preference_get_age (CbPreference *self, gint64 now_us);

gint64 cb_preference_get_ends_us (CbPreference *self);
CbLife cb_preference_get_life (CbPreference *self);
CbDelivery cb_preference_get_delivery (CbPreference *self);

G_END_DECLS
