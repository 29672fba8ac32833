/* SPDX-License-Identifier: Apache-2.0 */

/* A day that matters to a customer: one that comes back every year, of which the year is never
 * kept, or an event they told us of, with its steps. Immutable. Any thread. */

#pragma once

#include <gio/gio.h>

#include "records/cb-age.h"
#include "records/cb-terms.h"

G_BEGIN_DECLS

#define CB_TYPE_OCCASION (cb_occasion_get_type ())
G_DECLARE_FINAL_TYPE (CbOccasion, cb_occasion, CB, OCCASION, GObject)

/* What is to be done for an event, and by when. */
typedef struct
{
  char *id;
  char *text;
  gint64 due_us;  /* the end of the day by which */
  gint64 done_us; /* 0: it is not */
} CbOccasionStep;

CbOccasionStep *cb_occasion_step_new (const char *id,
                                      const char *text,
                                      gint64 due_us,
                                      gint64 done_us);
void cb_occasion_step_free (CbOccasionStep *step);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbOccasionStep, cb_occasion_step_free)

typedef struct
{
  const char *id;
  const char *customer_id;
  CbOccasionKind kind;
  const char *text;
  const char *for_role; /* NULL is the customer */
  int year;             /* 0 of a day that comes back */
  int month;
  int day;
  CbProvenance provenance;
  const char *author_id;
  gint64 created_us;
  gint64 confirmed_us;
  gint64 fades_us; /* from then on it is asked again */
  gint64 ends_us;  /* the moment it is gone */
  CbLife life;
  GPtrArray *steps; /* of CbOccasionStep, by their day */
} CbOccasionFields;

/* Copies the fields; holds the steps. */
CbOccasion *cb_occasion_new (const CbOccasionFields *fields);

/* Borrowed. */
const CbOccasionFields *cb_occasion_get_fields (CbOccasion *self);

/* The end of the day when it is next, today included; of an event that is over, the end of its day.
 */
gint64 cb_occasion_get_next_us (CbOccasion *self, gint64 now_us);

/* Whether it is still to be relied on. */
CbAge cb_occasion_get_age (CbOccasion *self, gint64 now_us);

/* "2027-06-12" or "06-12". Free it. */
char *cb_occasion_dup_date (CbOccasion *self);

G_END_DECLS
