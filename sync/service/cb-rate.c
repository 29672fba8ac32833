/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "service/cb-rate.h"

#include "base/cb-clock.h"

typedef struct
{
  double left;
  gint64 filled_us;
} Bucket;

struct _CbRate
{
  guint per_second;
  guint burst;
  GHashTable *buckets;
};

CbRate *
cb_rate_new (guint per_second, guint burst)
{
  CbRate *self = g_new0 (CbRate, 1);

  self->per_second = per_second;
  self->burst = burst;
  self->buckets = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

void
cb_rate_free (CbRate *self)
{
  g_hash_table_unref (self->buckets);
  g_free (self);
}

static Bucket *
get_bucket (CbRate *self, const char *caller, gint64 now_us)
{
  Bucket *bucket = g_hash_table_lookup (self->buckets, caller);

  if (bucket != NULL)
    return bucket;
  bucket = g_new0 (Bucket, 1);
  *bucket = (Bucket){ self->burst, now_us };
  g_hash_table_insert (self->buckets, g_strdup (caller), bucket);
  return bucket;
}

gboolean
cb_rate_take (CbRate *self, const char *caller, gint64 now_us)
{
  Bucket *bucket = get_bucket (self, caller, now_us);
  const double seconds = (double) MAX (now_us - bucket->filled_us, 0) / (double) CB_US_PER_SECOND;

  bucket->left = MIN (bucket->left + seconds * self->per_second, self->burst);
  bucket->filled_us = now_us;
  if (bucket->left < 1)
    return FALSE;
  bucket->left -= 1;
  return TRUE;
}
