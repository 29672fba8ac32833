/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "records/cb-age.h"

#include "base/cb-clock.h"

const char *
cb_age_to_id (CbAge age)
{
  static const char *const ids[] = {
    [CB_AGE_FRESH] = "fresh",
    [CB_AGE_FADING] = "fading",
    [CB_AGE_FADED] = "faded",
  };

  g_return_val_if_fail ((guint) age < G_N_ELEMENTS (ids), NULL);

  return ids[age];
}

CbAge
cb_age_reckon (gint64 confirmed_us, gint64 fades_us, gint64 now_us)
{
  if (now_us >= fades_us)
    return CB_AGE_FADED;
  return now_us >= fades_us - (fades_us - confirmed_us) / 4 ? CB_AGE_FADING : CB_AGE_FRESH;
}

guint
cb_age_get_days (gint64 confirmed_us, gint64 now_us)
{
  return now_us > confirmed_us ? (guint) ((now_us - confirmed_us) / CB_US_PER_DAY) : 0;
}
