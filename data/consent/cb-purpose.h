/* SPDX-License-Identifier: Apache-2.0 */

/* What a person can be asked for. The five purposes are fixed; their properties are read once from
 * data/consent/purposes.json, compiled in. A purpose never changes and is never freed, so it may be
 * kept and read from any thread. What a customer reads about one stands in a notice (cb-notice.h).
 * There is no verdict here: whether something is permitted is asked elsewhere. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define CB_PURPOSE_ASKED "asked"
#define CB_PURPOSE_SHOP "shop"
#define CB_PURPOSE_EVERYWHERE "everywhere"
#define CB_PURPOSE_NEWS "news"
#define CB_PURPOSE_INVITATIONS "invitations"

typedef struct _CbPurpose CbPurpose;

/* May a contact value be used under it? */
typedef enum
{
  CB_PURPOSE_CONTACT_NONE,    /* it is about keeping and sharing */
  CB_PURPOSE_CONTACT_MATTER,  /* the contact given, for this one matter */
  CB_PURPOSE_CONTACT_CHANNEL, /* each channel has a yes of its own */
} CbPurposeContact;

/* From when its time runs. */
typedef enum
{
  CB_PURPOSE_FROM_DONE,       /* from the day the request is done */
  CB_PURPOSE_FROM_LAST_VISIT, /* from the customer's last visit */
  CB_PURPOSE_FROM_ANSWER,     /* from the yes */
} CbPurposeFrom;

/* All of them in the order a card shows them, NULL-terminated. Never freed. */
const CbPurpose *const *cb_purposes_get_all (void);

/* NULL when there is no such purpose (also for a NULL id). */
const CbPurpose *cb_purpose_find (const char *id);

const char *cb_purpose_get_id (const CbPurpose *self);

/* "request", "store", "company" or "outreach". */
const char *cb_purpose_get_scope (const CbPurpose *self);

/* The channels that are answered one by one ("email" …), NULL-terminated; empty for the others. */
const char *const *cb_purpose_get_channels (const CbPurpose *self);
gboolean cb_purpose_has_channel (const CbPurpose *self, const char *channel);

CbPurposeContact cb_purpose_get_contact (const CbPurpose *self);

/* A W3C Data Privacy Vocabulary IRI. */
const char *cb_purpose_get_dpv_iri (const CbPurpose *self);

/* "consent" or "contract". */
const char *cb_purpose_get_lawful_basis (const CbPurpose *self);
gboolean cb_purpose_is_marketing (const CbPurpose *self);

/* FALSE: it needs the customer's own tap, signature or phone. */
gboolean cb_purpose_is_spoken_enough (const CbPurpose *self);

/* FALSE for `asked`: the request itself answers it, no card is shown. */
gboolean cb_purpose_is_on_card (const CbPurpose *self);

/* Does a yes to it hold for `other` too? TRUE for itself; `everywhere` includes `shop`. */
gboolean cb_purpose_includes (const CbPurpose *self, const char *other);

CbPurposeFrom cb_purpose_get_valid_from (const CbPurpose *self);

/* The moment its time is over when it runs from from_us: calendar years or days, in UTC. */
gint64 cb_purpose_get_valid_until_us (const CbPurpose *self, gint64 from_us);

/* Its title in the current notice: in `language` ("fr", "fr-CH" …), else in English. */
const char *cb_purpose_get_title (const CbPurpose *self, const char *language);

G_END_DECLS
