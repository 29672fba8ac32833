/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "engine/cb-narrowing.h"

void
cb_narrowing_begin (CbNarrowing *self, guint n)
{
  g_assert (n > 0);

  *self = (CbNarrowing){ .is_on = TRUE, .low = 0, .high = n };
}

void
cb_narrowing_end (CbNarrowing *self)
{
  *self = (CbNarrowing){ 0 };
}

void
cb_narrowing_next (const CbNarrowing *self, guint *from, guint *to)
{
  const guint length = self->high - self->low;

  g_assert (self->is_on && length > 0);

  *from = self->low;
  *to = length == 1 ? self->high : self->low + length / 2;
}

CbNarrowingStep
cb_narrowing_report (CbNarrowing *self, gboolean was_accepted)
{
  guint from = 0;
  guint to = 0;

  cb_narrowing_next (self, &from, &to);

  if (was_accepted)
    {
      /* What was refused together lies in what is left. */
      self->low = to;
      self->has_passed = TRUE;

      return self->low == self->high ? CB_NARROWING_CLEARED : CB_NARROWING_ON;
    }

  self->high = to;

  return to - from == 1 ? CB_NARROWING_FOUND : CB_NARROWING_ON;
}
