/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "records/cb-used.h"

CbUsed *
cb_used_new (const char *record, const char *customer, guint n, gint64 last_us)
{
  CbUsed *self = g_new0 (CbUsed, 1);

  self->record = g_strdup (record);
  self->customer = g_strdup (customer);
  self->n = n;
  self->last_us = last_us;
  return self;
}

void
cb_used_free (CbUsed *self)
{
  g_free (self->record);
  g_free (self->customer);
  g_free (self);
}
