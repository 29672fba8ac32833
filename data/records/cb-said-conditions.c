/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "records/cb-said-conditions.h"

#include <sodium.h>

CbSaidConditions *
cb_said_conditions_new (const char *purpose, const char *staff_id)
{
  CbSaidConditions *self = g_new0 (CbSaidConditions, 1);

  self->purpose = g_strdup (purpose);
  self->staff_id = g_strdup (staff_id);
  self->conditions = (CbConditions) CB_CONDITIONS_NONE;
  return self;
}

void
cb_said_conditions_free (CbSaidConditions *self)
{
  sodium_memzero (&self->conditions, sizeof self->conditions);
  g_free (self->purpose);
  g_free (self->staff_id);
  g_free (self);
}
