/* SPDX-License-Identifier: Apache-2.0 */

/* How long to wait after a failure, so that a service that comes back is not trampled by every
 * terminal of a chain at once. Pure: randomness is a parameter, time does not appear.
 *
 *   delay = max (what the service asked for, U (0, min (300 s, 1 s * 2^k)))
 *
 * The jitter is full and comes after the cap. The first failure after a good spell adds U (0, 120
 * s), because then every terminal lost the service at the same moment. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define CB_BACKOFF_CAP_US (G_GINT64_CONSTANT (300) * G_USEC_PER_SEC)
#define CB_BACKOFF_HERD_US (G_GINT64_CONSTANT (120) * G_USEC_PER_SEC)

/* A number in [0, 1). */
typedef gdouble (*CbRandomFunc) (gpointer data);

typedef struct
{
  CbRandomFunc func;
  gpointer data;
} CbRandom;

/* The kernel's randomness. */
CbRandom cb_random_system (void);

/* Plain value; all zero is a terminal that has not reached its service yet. */
typedef struct
{
  guint failures;   /* k: failures since the last acknowledged batch */
  gboolean is_good; /* a batch was acknowledged and nothing has failed since */
} CbBackoff;

/* A batch was acknowledged. */
void cb_backoff_succeed (CbBackoff *self);

/* Counts one failure and gives the wait after it. `floor_us` is what the service asked for, or 0.
 */
gint64 cb_backoff_fail (CbBackoff *self, gint64 floor_us, CbRandom random);

/* A wait for trouble that haste cannot mend (trust, authorisation, a full disk): `floor_us` and up
 * to a quarter more. Does not count. */
gint64 cb_backoff_pause (gint64 floor_us, CbRandom random);

/* The wait of one operation that was answered `retry` or not at all for the `tries`th time. */
gint64 cb_backoff_operation (guint tries, CbRandom random);

G_END_DECLS
