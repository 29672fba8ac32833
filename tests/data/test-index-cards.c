/* SPDX-License-Identifier: Apache-2.0 */

/* The number on a customer's card, as a scanner or a hurried hand gives it. */

#define G_LOG_DOMAIN "Counterbook"

#include "search/cb-index-private.h"

#include <string.h>

#define LIMIT 20

static void
put (CbIndex *index, const char *id, const char *family, const char *phone, const char *card)
{
  const char *phones[] = { phone, NULL };
  const char *cards[] = { card, NULL };
  CbPersonText person = { .family = family, .phones = phones, .cards = cards };

  cb_index_put_customer (index, id, &person, 0);
}

static CbIndex *
make_index (void)
{
  CbIndex *index = cb_index_new ();

  put (index, "parted", "Quill", NULL, "GF-1742-QX 88");
  put (index, "digits", "Ferrant", NULL, "2900017850019");
  put (index, "pointed", "Osgood", NULL, "17850.0");
  put (index, "phoned", "Tansley", "+447700907850", NULL);
  put (index, "letters", "Varga", NULL, "STAMMGAST");
  return index;
}

static void
expect (CbIndex *index, const char *typed, const char *ids)
{
  g_autoptr (GPtrArray) hits = cb_index_find (index, typed, LIMIT);
  g_autoptr (GString) found = g_string_new (NULL);

  for (guint i = 0; i < hits->len; i++)
    g_string_append_printf (found, "%s%s", i > 0 ? " " : "",
                            cb_hit_get_customer_id (hits->pdata[i]));
  if (!g_str_equal (found->str, ids))
    g_test_message ("typed: %s", typed);
  g_assert_cmpstr (found->str, ==, ids);
}

static void
test_however_typed (void)
{
  g_autoptr (CbIndex) index = make_index ();

  expect (index, "GF-1742-QX 88", "parted");
  expect (index, "gf1742qx88", "parted");
  expect (index, "gf 1742 qx 88", "parted");
  expect (index, "GF–1742/QX.88", "parted");
  expect (index, "2900 0178 5001 9", "digits");
  expect (index, "17850.0", "pointed");
  expect (index, "178500", "pointed");
}

static void
test_parts (void)
{
  g_autoptr (CbIndex) index = make_index ();

  expect (index, "gf-17", "parted");
  expect (index, "gf1", "parted");
  expect (index, "qx88", "parted");
  expect (index, "QX 88", "parted");
  expect (index, "0019", "digits");
  expect (index, "7850", "phoned");
  expect (index, "1785", "pointed");
  /* From the middle it is nobody's, nor by fewer characters of its end. */
  expect (index, "1742qx", "");
  expect (index, "x88", "");
  expect (index, "019", "");
}

/* A card is nobody's telephone: its digits are no calling code, and not tried as one. */
static void
test_no_number_to_call (void)
{
  g_autoptr (CbIndex) index = cb_index_new ();

  put (index, "digits", "Ferrant", NULL, "2900017850019");
  expect (index, "+2900017850019", "digits");
  for (guint i = 0; i < G_N_ELEMENTS (index->calling_codes); i++)
    g_assert_false (index->calling_codes[i]);
}

static CbHit *
find_only (CbIndex *index, const char *typed)
{
  g_autoptr (GPtrArray) hits = cb_index_find (index, typed, LIMIT);

  g_assert_cmpuint (hits->len, ==, 1);
  return g_object_ref (hits->pdata[0]);
}

static void
expect_mark (CbIndex *index, const char *typed, const char *mark)
{
  g_autoptr (CbHit) hit = find_only (index, typed);
  g_autofree char *marked = NULL;
  const CbHitSpan *spans;
  const char *text;
  guint n_spans = 0;

  spans = cb_hit_get_spans (hit, &n_spans);
  g_assert_cmpuint (n_spans, ==, 1);
  g_assert_cmpint (spans->field, ==, CB_HIT_CARD);
  text = cb_hit_get_text (hit, CB_HIT_CARD, spans->item);
  marked = g_strndup (text + spans->start, spans->end - spans->start);
  g_assert_cmpstr (marked, ==, mark);
}

static void
test_ranks_and_marks (void)
{
  g_autoptr (CbIndex) index = make_index ();
  g_autoptr (CbHit) whole = find_only (index, "gf1742qx88");
  g_autoptr (CbHit) begun = find_only (index, "gf1742");

  g_assert_cmpint (cb_hit_get_rank (whole), ==, CB_HIT_EXACT);
  g_assert_cmpint (cb_hit_get_rank (begun), ==, CB_HIT_PREFIX);
  expect_mark (index, "gf1742qx88", "GF-1742-QX 88");
  expect_mark (index, "gf17", "GF-17");
  expect_mark (index, "2qx88", "2-QX 88");
  expect_mark (index, "0019", "0019");
}

/* Whom they were found by is not what they are found by afterwards. */
static void
test_changed_and_gone (void)
{
  g_autoptr (CbIndex) index = make_index ();
  const char *const none[] = { NULL };
  const char *const other[] = { "GF-1743", NULL };

  cb_index_put_contacts (index, "parted", none, none, other);
  expect (index, "gf1742", "");
  expect (index, "qx88", "");
  expect (index, "gf-1743", "parted");
  cb_index_remove_customer (index, "parted");
  expect (index, "gf-1743", "");
  /* The same texts, one of them on the card now and no number to call. */
  cb_index_put_contacts (index, "phoned", none, none, none);
  put (index, "moved", "Ashby", "+447700900333", NULL);
  cb_index_put_contacts (index, "moved", none, none,
                         (const char *const[]){ "+447700900333", NULL });
  expect (index, "07700900333", "");
  expect (index, "447700900333", "moved");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/index-cards/however-typed", test_however_typed);
  g_test_add_func ("/index-cards/beginning-and-end", test_parts);
  g_test_add_func ("/index-cards/no-number-to-call", test_no_number_to_call);
  g_test_add_func ("/index-cards/ranks-and-marks", test_ranks_and_marks);
  g_test_add_func ("/index-cards/changed-and-gone", test_changed_and_gone);

  return g_test_run ();
}
