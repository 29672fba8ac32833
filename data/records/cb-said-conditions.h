/* SPDX-License-Identifier: Apache-2.0 */

/* Conditions that a customer set for one purpose: for one way of contact, or for all. Any thread.
 */

#pragma once

#include "consent/cb-conditions.h"
#include "records/cb-terms.h"

G_BEGIN_DECLS

typedef struct
{
  char *purpose;
  CbChannel channel; /* CB_CHANNEL_NONE: by whatever way */
  CbConditions conditions;
  CbMethod method; /* by which act of theirs */
  char *staff_id;  /* who noted it down */
  gint64 at_us;
} CbSaidConditions;

CbSaidConditions *cb_said_conditions_new (const char *purpose, const char *staff_id);
void cb_said_conditions_free (CbSaidConditions *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbSaidConditions, cb_said_conditions_free)

G_END_DECLS
