/* SPDX-License-Identifier: Apache-2.0 */

/* One attempt to reach a customer, or one that was not made because it is not permitted: what for,
 * by which way, under which answer of theirs, and what came of it. Never what was said. Immutable.
 * Any thread. */

#pragma once

#include <gio/gio.h>

#include "consent/cb-verdict.h"
#include "records/cb-terms.h"

G_BEGIN_DECLS

#define CB_TYPE_REACH (cb_reach_get_type ())
G_DECLARE_FINAL_TYPE (CbReach, cb_reach, CB, REACH, GObject)

typedef struct
{
  const char *id;
  const char *customer_id;
  const char *purpose;
  CbChannel channel;
  CbOutcome outcome;
  const char *reason;       /* id of the verdict, where it was refused; else NULL */
  const char *permitted_by; /* id of the answer; NULL where it was refused */
  const char *request;      /* id of the request it was about; may be NULL */
  const char *staff_id;
  gint64 at_us;
  gint64 ends_us; /* the moment it is gone */
} CbReachFields;

/* Copies the fields. */
CbReach *cb_reach_new (const CbReachFields *fields);

/* Borrowed. */
const CbReachFields *cb_reach_get_fields (CbReach *self);

G_END_DECLS
