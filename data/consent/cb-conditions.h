/* SPDX-License-Identifier: Apache-2.0 */

/* What a customer said of when and how often they may be contacted: how often at most, at which
 * hours not, not until a day is over, only when something has arrived or they are near. Days and
 * hours are those of the customer's own clock, whatever it does in spring and autumn. Values and
 * pure functions, any thread; whether a contact is permitted is asked elsewhere. */

#pragma once

#include "base/cb-json.h"

G_BEGIN_DECLS

#define CB_CONDITIONS_AT_MOST_MAX 100

/* As long as the log of contacts is kept. */
#define CB_CONDITIONS_PER_DAYS_MAX 365

/* What a contact is for a reason of, and what it may be bound to. */
typedef enum
{
  CB_CIRCUMSTANCE_NONE,
  CB_CIRCUMSTANCE_ARRIVED, /* what they wait for is here */
  CB_CIRCUMSTANCE_NEAR,    /* they are near */
} CbCircumstance;

/* "none", "arrived", "near". */
const char *cb_circumstance_to_id (CbCircumstance circumstance);
gboolean cb_circumstance_from_id (const char *id, CbCircumstance *circumstance);

typedef struct
{
  guint at_most;  /* so many times … ; 0: as often as need be */
  guint per_days; /* … in so many days; 0 with at_most 0 */
  int quiet_from; /* minutes after midnight, the first of the quiet; -1: no quiet hours */
  int quiet_to;   /* the first after the quiet: it lies over midnight when it is the smaller one */
  int paused_until; /* the last day of the pause: 20261201; 0: no pause */
  CbCircumstance only_when;
} CbConditions;

#define CB_CONDITIONS_NONE                                                                         \
  {                                                                                                \
    .quiet_from = -1, .quiet_to = -1                                                               \
  }

gboolean cb_conditions_are_none (const CbConditions *self);

/* CB_STORE_ERROR_INVALID. */
gboolean cb_conditions_check (const CbConditions *self, GError **error);

/* Does it permit nothing that `other` does not? Then nobody needs to agree to it anew. `today` is
 * the customer's day: a pause that is over binds nobody. */
gboolean cb_conditions_are_within (const CbConditions *self, const CbConditions *other, int today);

/* {"at_most","per_days","quiet_from","quiet_to","paused_until","only_when"}, null for what was not
 * said: hours as "20:30", a day as "2026-12-01". Reading it is CB_STORE_ERROR_INVALID when
 * something is no such thing; members it does not know are passed over. */
void cb_conditions_encode (const CbConditions *self, JsonObject *object);
gboolean cb_conditions_decode (JsonObject *object, CbConditions *self, GError **error);

/* "20:30-09:00" and "2026-12-01". */
gboolean cb_conditions_read_hours (const char *text, int *from, int *to);
gboolean cb_conditions_read_day (const char *text, int *day);

/* The moment the pause is over; 0 when there is none any more. */
gint64 cb_conditions_get_pause_end_us (const CbConditions *self, GTimeZone *zone, gint64 now_us);

/* The first moment after now at which it isn't quiet; 0 when it isn't quiet now. */
gint64 cb_conditions_get_quiet_end_us (const CbConditions *self, GTimeZone *zone, gint64 now_us);

/* The day it is there, as 20261201. */
int cb_conditions_get_day (GTimeZone *zone, gint64 now_us);

/* "Europe/Berlin"; NULL when this machine knows no such zone. */
GTimeZone *cb_conditions_new_zone (const char *name);

G_END_DECLS
