/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "records/cb-ending.h"

CbEnding *
cb_ending_new (const char *kind,
               const char *id,
               const char *customer,
               const char *why,
               gint64 ends_us)
{
  CbEnding *self = g_new0 (CbEnding, 1);

  self->kind = g_strdup (kind);
  self->id = g_strdup (id);
  self->customer = g_strdup (customer);
  self->why = g_strdup (why);
  self->ends_us = ends_us;
  return self;
}

void
cb_ending_free (CbEnding *self)
{
  g_free (self->kind);
  g_free (self->id);
  g_free (self->customer);
  g_free (self->why);
  g_free (self);
}
