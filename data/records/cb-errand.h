/* SPDX-License-Identifier: Apache-2.0 */

/* One thing that is to be done for somebody, as it stands on the board: a request, a promise, or a
 * day that matters, and whose it is. Immutable. Any thread. */

#pragma once

#include "records/cb-matter.h"
#include "records/cb-occasion.h"

G_BEGIN_DECLS

#define CB_TYPE_ERRAND (cb_errand_get_type ())
G_DECLARE_FINAL_TYPE (CbErrand, cb_errand, CB, ERRAND, GObject)

typedef struct
{
  const char *customer_id;
  const char *customer_name; /* as they are shown; "" when there is none */
  const char *promised_by;   /* name of the staff whose word it is; may be NULL */
  CbMatter *matter;          /* NULL of a day */
  CbOccasion *occasion;      /* NULL of a matter */
} CbErrandFields;

/* Copies the fields. */
CbErrand *cb_errand_new (const CbErrandFields *fields);

/* Borrowed. */
const CbErrandFields *cb_errand_get_fields (CbErrand *self);

G_END_DECLS
