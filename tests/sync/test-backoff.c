/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "engine/cb-backoff.h"

#define SECOND G_GINT64_CONSTANT (1000000)

static gdouble
fixed (gpointer data)
{
  return *(gdouble *) data;
}

static CbRandom
always (gdouble *value)
{
  return (CbRandom){ .func = fixed, .data = value };
}

/* The longest wait of the k-th failure in a row, before any contact. */
static void
test_doubles_to_the_cap (void)
{
  static const gint64 ceilings_s[] = { 1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300 };
  gdouble nearly_one = 0.999999999;
  CbBackoff backoff = { 0 };

  for (guint k = 0; k < G_N_ELEMENTS (ceilings_s); k++)
    {
      const gint64 delay_us = cb_backoff_fail (&backoff, 0, always (&nearly_one));

      g_assert_cmpint (delay_us, <=, ceilings_s[k] * SECOND);
      g_assert_cmpint (delay_us, >, ceilings_s[k] * SECOND - SECOND / 1000);
    }
}

static void
test_jitter_is_full (void)
{
  gdouble value = 0;
  CbBackoff backoff = { .failures = 6 };

  g_assert_cmpint (cb_backoff_fail (&backoff, 0, always (&value)), ==, 0);

  backoff.failures = 6;
  value = 0.5;
  g_assert_cmpint (cb_backoff_fail (&backoff, 0, always (&value)), ==, 32 * SECOND);
}

static void
test_never_overflows (void)
{
  gdouble value = 0.5;
  CbBackoff backoff = { .failures = G_MAXUINT };

  g_assert_cmpint (cb_backoff_fail (&backoff, 0, always (&value)), ==, 150 * SECOND);

  backoff = (CbBackoff){ 0 };
  for (guint i = 0; i < 100000; i++)
    g_assert_cmpint (cb_backoff_fail (&backoff, 0, always (&value)), <=, 150 * SECOND);
}

static void
test_floor_is_kept (void)
{
  gdouble value = 0.5;
  CbBackoff backoff = { 0 };

  /* 40 s were asked for, and a tenth spreads those who were told the same. */
  g_assert_cmpint (cb_backoff_fail (&backoff, 40 * SECOND, always (&value)), ==, 42 * SECOND);

  value = 0;
  g_assert_cmpint (cb_backoff_fail (&backoff, 40 * SECOND, always (&value)), ==, 40 * SECOND);

  /* What is drawn is longer: it stands. */
  backoff.failures = 8;
  value = 0.5;
  g_assert_cmpint (cb_backoff_fail (&backoff, 40 * SECOND, always (&value)), ==, 128 * SECOND);
}

static void
test_herd_is_spread_once (void)
{
  gdouble value = 0.5;
  CbBackoff backoff = { 0 };

  cb_backoff_succeed (&backoff);
  g_assert_cmpint (cb_backoff_fail (&backoff, 0, always (&value)), ==, SECOND / 2 + 60 * SECOND);
  g_assert_cmpint (cb_backoff_fail (&backoff, 0, always (&value)), ==, SECOND);

  /* A terminal that has not reached its service yet has lost nothing. */
  backoff = (CbBackoff){ 0 };
  g_assert_cmpint (cb_backoff_fail (&backoff, 0, always (&value)), ==, SECOND / 2);
}

static void
test_success_starts_anew (void)
{
  gdouble value = 0.5;
  CbBackoff backoff = { .failures = 7 };

  cb_backoff_succeed (&backoff);
  g_assert_cmpuint (backoff.failures, ==, 0);
  cb_backoff_fail (&backoff, 0, always (&value));
  g_assert_cmpuint (backoff.failures, ==, 1);
}

static void
test_pause_is_never_shorter (void)
{
  gdouble value = 0;

  g_assert_cmpint (cb_backoff_pause (900 * SECOND, always (&value)), ==, 900 * SECOND);
  value = 0.999999999;
  g_assert_cmpint (cb_backoff_pause (900 * SECOND, always (&value)), <=, 1125 * SECOND);
}

static void
test_operation_waits_longer_each_time (void)
{
  gdouble value = 0;

  g_assert_cmpint (cb_backoff_operation (0, always (&value)), ==, SECOND / 2);
  g_assert_cmpint (cb_backoff_operation (3, always (&value)), ==, 4 * SECOND);
  g_assert_cmpint (cb_backoff_operation (19, always (&value)), ==, 150 * SECOND);
}

static void
test_system_randomness_is_in_range (void)
{
  const CbRandom random = cb_random_system ();
  gdouble sum = 0;

  for (guint i = 0; i < 10000; i++)
    {
      const gdouble value = random.func (random.data);

      g_assert_true (value >= 0 && value < 1);
      sum += value;
    }

  g_assert_cmpfloat (sum / 10000, >, 0.4);
  g_assert_cmpfloat (sum / 10000, <, 0.6);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/backoff/doubles/to-the-cap", test_doubles_to_the_cap);
  g_test_add_func ("/backoff/jitter/is-full-and-after-the-cap", test_jitter_is_full);
  g_test_add_func ("/backoff/doubles/never-overflows", test_never_overflows);
  g_test_add_func ("/backoff/floor/is-kept", test_floor_is_kept);
  g_test_add_func ("/backoff/herd/is-spread-once-after-a-good-spell", test_herd_is_spread_once);
  g_test_add_func ("/backoff/success/starts-anew", test_success_starts_anew);
  g_test_add_func ("/backoff/pause/is-never-shorter-than-its-floor", test_pause_is_never_shorter);
  g_test_add_func ("/backoff/operation/waits-longer-each-time",
                   test_operation_waits_longer_each_time);
  g_test_add_func ("/backoff/random/of-the-system-is-in-range", test_system_randomness_is_in_range);

  return g_test_run ();
}
