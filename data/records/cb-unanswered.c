/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "records/cb-unanswered.h"

CbUnanswered *
cb_unanswered_copy (const CbUnanswered *other)
{
  CbUnanswered *self = g_new0 (CbUnanswered, 1);

  self->id = g_strdup (other->id);
  self->purpose = g_strdup (other->purpose);
  self->notice = g_strdup (other->notice);
  self->version = other->version;
  self->language = g_strdup (other->language);
  self->medium = g_strdup (other->medium);
  self->staff_id = g_strdup (other->staff_id);
  self->shown_us = other->shown_us;
  return self;
}

void
cb_unanswered_free (CbUnanswered *self)
{
  g_free (self->id);
  g_free (self->purpose);
  g_free (self->notice);
  g_free (self->language);
  g_free (self->medium);
  g_free (self->staff_id);
  g_free (self);
}
