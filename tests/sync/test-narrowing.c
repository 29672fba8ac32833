/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "engine/cb-narrowing.h"

/* Searches n operations of which one is bad (or none); how many requests it took. */
static guint
search (guint n, guint bad, CbNarrowingStep *end, guint *found)
{
  CbNarrowing narrowing = { 0 };
  guint requests = 0;
  guint from = 0;
  guint to = 0;

  cb_narrowing_begin (&narrowing, n);
  do
    {
      cb_narrowing_next (&narrowing, &from, &to);
      g_assert_cmpuint (from, <, to);
      g_assert_cmpuint (to, <=, n);
      *end = cb_narrowing_report (&narrowing, bad < from || bad >= to);
      requests++;
    }
  while (*end == CB_NARROWING_ON);

  *found = from;

  return requests;
}

static guint
log2_up (guint n)
{
  return g_bit_storage (n - 1);
}

static void
test_finds_it_anywhere (void)
{
  for (guint n = 1; n <= 500; n += n < 70 ? 1 : 43)
    for (guint bad = 0; bad < n; bad++)
      {
        CbNarrowingStep end = CB_NARROWING_ON;
        guint found = 0;
        const guint requests = search (n, bad, &end, &found);

        g_assert_cmpint (end, ==, CB_NARROWING_FOUND);
        g_assert_cmpuint (found, ==, bad);
        g_assert_cmpuint (requests, <=, log2_up (n) + 2);
      }
}

static void
test_clears_what_passes (void)
{
  for (guint n = 1; n <= 500; n++)
    {
      CbNarrowingStep end = CB_NARROWING_ON;
      guint found = 0;

      g_assert_cmpuint (search (n, G_MAXUINT, &end, &found), <=, log2_up (n) + 2);
      g_assert_cmpint (end, ==, CB_NARROWING_CLEARED);
    }
}

static void
test_remembers_whether_anything_passed (void)
{
  CbNarrowing narrowing = { 0 };

  cb_narrowing_begin (&narrowing, 4);
  g_assert_cmpint (cb_narrowing_report (&narrowing, FALSE), ==, CB_NARROWING_ON);
  g_assert_false (narrowing.has_passed);
  g_assert_cmpint (cb_narrowing_report (&narrowing, TRUE), ==, CB_NARROWING_ON);
  g_assert_true (narrowing.has_passed);
  g_assert_cmpint (cb_narrowing_report (&narrowing, FALSE), ==, CB_NARROWING_FOUND);
  g_assert_cmpuint (narrowing.low, ==, 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/narrowing/finds-it-anywhere", test_finds_it_anywhere);
  g_test_add_func ("/narrowing/clears-what-passes", test_clears_what_passes);
  g_test_add_func ("/narrowing/remembers-whether-anything-passed",
                   test_remembers_whether_anything_passed);

  return g_test_run ();
}
