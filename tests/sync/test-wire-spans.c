/* SPDX-License-Identifier: Apache-2.0 */

#include "wire/cb-spans.h"

static void
assert_spans (const CbSpans *spans, const char *expected)
{
  g_autofree char *text = cb_spans_format (spans);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_add (void)
{
  CbSpans spans = { .n_spans = 0 };

  assert_spans (&spans, "");
  cb_spans_add (&spans, 6);
  cb_spans_add (&spans, 7);
  cb_spans_add (&spans, 12);
  assert_spans (&spans, "6-7,12-12");
  cb_spans_add (&spans, 3);
  cb_spans_add (&spans, 11);
  cb_spans_add (&spans, 7);
  assert_spans (&spans, "3-3,6-7,11-12");
  cb_spans_add (&spans, 9);
  cb_spans_add (&spans, 8);
  cb_spans_add (&spans, 10);
  assert_spans (&spans, "3-3,6-12");
}

/* Against the plainest set there is: never more than was put in, and all of it while there is room.
 */
static void
test_says_no_more (void)
{
  for (guint round = 0; round < 200; round++)
    {
      const gint32 width = g_test_rand_int_range (20, 400);
      g_autofree gboolean *is_in = g_new0 (gboolean, width + 1);
      CbSpans spans = { .n_spans = 0 };
      gint64 forgotten = 0;
      gboolean was_full = FALSE;

      for (guint i = 0; i < 150; i++)
        {
          const gint32 n = g_test_rand_int_range (1, width);

          if (i % 40 == 39)
            {
              forgotten = MAX (forgotten, n / 3);
              cb_spans_forget (&spans, forgotten);
            }
          else if (n > forgotten)
            {
              cb_spans_add (&spans, n);
              is_in[n] = TRUE;
              g_assert_true (cb_spans_contain (&spans, n));
            }
          was_full = was_full || spans.n_spans == CB_SPANS_MAX;
        }
      for (gint64 n = 1; n <= width; n++)
        {
          const gboolean is_known = cb_spans_contain (&spans, n);

          g_assert_true (!is_known || (is_in[n] && n > forgotten));
          g_assert_true (is_known || was_full || !is_in[n] || n <= forgotten);
        }
    }
}

static void
test_forget (void)
{
  CbSpans spans = { .n_spans = 0 };

  for (gint64 n = 1; n <= 9; n++)
    if (n != 4)
      cb_spans_add (&spans, n);
  cb_spans_forget (&spans, 2);
  assert_spans (&spans, "3-3,5-9");
  cb_spans_forget (&spans, 6);
  assert_spans (&spans, "7-9");
  cb_spans_forget (&spans, 5);
  assert_spans (&spans, "7-9");
  cb_spans_forget (&spans, 9);
  assert_spans (&spans, "");
}

/* The shortest goes, for it is the cheapest to be told again. */
static void
test_full (void)
{
  CbSpans spans = { .n_spans = 0 };

  for (gint64 i = 0; i < CB_SPANS_MAX; i++)
    {
      cb_spans_add (&spans, 10 * i + 1);
      if (i != 7)
        cb_spans_add (&spans, 10 * i + 2);
    }
  cb_spans_add (&spans, 5);
  g_assert_cmpuint (spans.n_spans, ==, CB_SPANS_MAX);
  g_assert_true (cb_spans_contain (&spans, 5));
  g_assert_false (cb_spans_contain (&spans, 71));
  g_assert_true (cb_spans_contain (&spans, 61));
}

static void
test_text (void)
{
  static const char *const wrong[] = {
    "6",
    "6-",
    "-8",
    "8-6",
    "0-3",
    "6-8,",
    ",6-8",
    "6-8,9-10",
    "12-20,6-8",
    "6-8;12-20",
    "+6-8",
    " 6-8",
    "0x6-8",
    "6-8-9",
    "a-b",
    "6-8,6-8",
    "1-9223372036854775807",
  };
  CbSpans spans = { .n_spans = 0 };
  g_autofree char *json = NULL;
  g_autoptr (GString) many = g_string_new ("1-1");

  g_assert_true (cb_spans_parse (&spans, "6-8,12-20"));
  assert_spans (&spans, "6-8,12-20");
  json = cb_spans_to_json (&spans);
  g_assert_cmpstr (json, ==, "[[6,8],[12,20]]");

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_assert_false (cb_spans_parse (&spans, wrong[i]));
      assert_spans (&spans, "6-8,12-20");
    }

  for (guint i = 1; i < CB_SPANS_MAX; i++)
    g_string_append_printf (many, ",%u-%u", 3 * i, 3 * i + 1);
  g_assert_true (cb_spans_parse (&spans, many->str));
  assert_spans (&spans, many->str);
  g_string_append (many, ",1000-1001");
  g_assert_false (cb_spans_parse (&spans, many->str));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/spans/numbers-that-touch-are-one", test_add);
  g_test_add_func ("/wire/spans/says-no-more-than-was-put-in", test_says_no_more);
  g_test_add_func ("/wire/spans/what-lies-before-is-forgotten", test_forget);
  g_test_add_func ("/wire/spans/the-shortest-makes-room", test_full);
  g_test_add_func ("/wire/spans/written-and-read", test_text);
  return g_test_run ();
}
