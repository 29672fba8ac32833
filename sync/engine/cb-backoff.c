/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "engine/cb-backoff.h"

#include <sodium.h>

/* 2^9 s is past the cap; the exponent is held there so that a week of failures cannot overflow. */
#define MAX_EXPONENT 9

static gdouble
random_of_kernel (gpointer data)
{
  return randombytes_random () / 4294967296.0;
}

CbRandom
cb_random_system (void)
{
  return (CbRandom){ .func = random_of_kernel, .data = NULL };
}

static gint64
draw (CbRandom random, gint64 below_us)
{
  return (gint64) (random.func (random.data) * (gdouble) below_us);
}

static gint64
ceiling_of (guint failures)
{
  return MIN (CB_BACKOFF_CAP_US, (gint64) G_USEC_PER_SEC << MIN (failures, MAX_EXPONENT));
}

void
cb_backoff_succeed (CbBackoff *self)
{
  self->failures = 0;
  self->is_good = TRUE;
}

gint64
cb_backoff_fail (CbBackoff *self, gint64 floor_us, CbRandom random)
{
  gint64 delay_us = draw (random, ceiling_of (self->failures));

  /* Where the service's wish decides, every terminal it told the same would come at one moment: up
   * to a tenth is added. */
  if (floor_us > delay_us)
    delay_us = floor_us + draw (random, floor_us / 10);

  if (self->is_good)
    delay_us += draw (random, CB_BACKOFF_HERD_US);

  self->is_good = FALSE;
  self->failures = MIN (self->failures + 1, MAX_EXPONENT);

  return delay_us;
}

gint64
cb_backoff_pause (gint64 floor_us, CbRandom random)
{
  return floor_us + draw (random, floor_us / 4);
}

gint64
cb_backoff_operation (guint tries, CbRandom random)
{
  const gint64 ceiling_us = ceiling_of (tries);

  return ceiling_us / 2 + draw (random, ceiling_us / 2);
}
