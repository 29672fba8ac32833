/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "base/cb-fold.h"

#include <locale.h>
#include <string.h>

typedef struct
{
  const char *text;
  const char *folded;
} Pair;

static void
test_fold_scripts (void)
{
  static const Pair pairs[] = {
    { "", "" },
    { "Plain ASCII 42", "plain ascii 42" },
    { "Straßmüller", "strassmuller" },
    { "STRASSMULLER", "strassmuller" },
    { "STRAẞE", "strasse" },
    { "Solène Aubrac", "solene aubrac" },
    { "Sole\xcc\x80ne", "solene" },
    { "ŒUVRE cœur", "oeuvre coeur" },
    { "Ærø Ångström", "aero angstrom" },
    { "ØRE", "ore" },
    { "Łódź Żółć", "lodz zolc" },
    { "Đorđe Ðan Þór", "dorde dan thor" },
    { "İSTANBUL ılık", "istanbul ilik" },
    { "Ħal Għargħur", "hal gharghur" },
    { "ﬁnesse Ⅻ ①", "finesse xii 1" },
    { "ＦＵＬＬ　ｗｉｄｔｈ", "full width" },
    { "Nguyễn Thị Đào", "nguyen thi dao" },
    { "Hawaiʻi", "hawaii" },
    { "soft\xc2\xadhyphen zero\xe2\x80\x8bwidth", "softhyphen zerowidth" },
    { "Ελλάς ΟΔΥΣΣΕΎΣ", "ελλασ οδυσσευσ" },
    { "Алёна ЙОСИФ", "алена иосиф" },
    { "مُحَمَّد", "محمد" },
    { "محـــمد", "محمد" },
    { "أحمد إيمان آمنة ٱلله", "احمد ايمان امنه الله" },
    { "ليلى", "ليلي" },
    { "کریم", "كريم" },
    { "שָׁלוֹם", "שלום" },
    { "คำไทย ร้าน", "คําไทย ร้าน" },
    { "हिन्दी शर्मा", "हिन्दी शर्मा" },
    { "साइज़ ४२", "साइज़ 42" },
    { "مقاس ٤٢", "مقاس 42" },
    { "東京", "東京" },
    { "한국어", "한국어" },
    { "ガ ｶﾞ", "ガ ガ" },
    { "ᏣᎳᎩ", "ᏣᎳᎩ" },
    { "ꮳꮃꭹ", "ᏣᎳᎩ" },
    { "é¨½ŉ… «ok»", "e 1⁄2n... «ok»" },
    { "👟 ok", "👟 ok" },
  };

  g_assert_cmpint (G_N_ELEMENTS (pairs), >, 30);

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      g_autofree char *folded = cb_fold (pairs[i].text);
      g_autofree char *again = cb_fold (folded);

      g_assert_cmpstr (folded, ==, pairs[i].folded);
      g_assert_cmpstr (again, ==, folded);
    }
}

/* Vowels that are marks must stay: without them these are one word. */
static void
test_fold_keeps_vowels (void)
{
  static const Pair different[] = {
    { "किताब", "कतब" }, { "ปี", "ปา" }, { "が", "か" }, { "한", "하" }, { "а", "a" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (different); i++)
    {
      g_autofree char *one = cb_fold (different[i].text);
      g_autofree char *other = cb_fold (different[i].folded);

      g_assert_cmpstr (one, !=, other);
    }
}

static void
test_fold_hostile (void)
{
  g_autofree char *of_null = cb_fold (NULL);
  g_autofree char *of_invalid = cb_fold ("a\xff\xc3(b");
  g_autofree char *of_mark = cb_fold ("\xcc\x81");

  g_assert_cmpstr (of_null, ==, "");
  g_assert_true (g_utf8_validate (of_invalid, -1, NULL));
  g_assert_true (g_str_has_prefix (of_invalid, "a"));
  g_assert_cmpstr (of_mark, ==, "");
}

/* In a Turkish locale the C library's lower case of I has no dot. */
static void
test_fold_any_locale (void)
{
  g_autofree char *before = g_strdup (setlocale (LC_ALL, NULL));
  g_autofree char *folded = NULL;
  g_autofree char *email = NULL;

  if (setlocale (LC_ALL, "tr_TR.UTF-8") == NULL)
    {
      g_test_skip ("this machine has no Turkish locale");
      return;
    }

  folded = cb_fold ("ISTANBUL");
  email = cb_fold_email ("INFO@EXAMPLE.COM");
  setlocale (LC_ALL, before);

  g_assert_cmpstr (folded, ==, "istanbul");
  g_assert_cmpstr (email, ==, "info@example.com");
}

static void
test_words (void)
{
  static const Pair pairs[] = {
    { "", "" },
    { " ,. ", "" },
    { "Mara Ellingsen", "mara|ellingsen" },
    { "  two\n\twords ", "two|words" },
    { "O’Brien-Smith", "o|brien|smith" },
    { "size 46,5", "size|46|5" },
    { "東京Tower2ラーメン", "東|京|tower2|ラ|ー|メ|ン" },
    { "김민수 님", "김|민|수|님" },
    { "हिन्दी शर्मा", "हिन्दी|शर्मा" },
    { "ร้านค้า", "ร้านค้า" },
    { "か\xe3\x82\x9ax", "か\xe3\x82\x9a|x" },
    { "a👟b", "a|b" },
    { "\xe3\x82\x99 x", "x" },
    { "Straße·42", "strasse|42" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      g_auto (GStrv) words = cb_fold_words (pairs[i].text);
      g_autofree char *joined = g_strjoinv ("|", words);

      g_assert_cmpstr (joined, ==, pairs[i].folded);
    }
}

typedef struct
{
  const char *typed;
  const char *region;
  const char *folded;
} Phone;

static void
test_phones (void)
{
  static const Phone phones[] = {
    { "+44 20 7946 0018", NULL, "+442079460018" },
    { "+44 (0)20 7946 0018", NULL, "+442079460018" },
    { "+44 020 7946 0018", "DE", "+442079460018" },
    { "0044 (0)20 7946 0018", "FR", "+442079460018" },
    { "44 (0)20 7946 0018", "GB", "+442079460018" },
    { "(020) 7946-0018", "GB", "+442079460018" },
    { "020 7946 0018", "gb", "+442079460018" },
    { "030/123 456-78", "DE", "+493012345678" },
    { "0049.30.12345678", "DE", "+493012345678" },
    { "01 23 45 67 89", "FR", "+33123456789" },
    { "06 1234 5678", "IT", "+390612345678" },
    { "+39 (0)6 1234 5678", "DE", "+390612345678" },
    { "0039 06 1234 5678", "FR", "+390612345678" },
    { "612 345 678", "ES", "+34612345678" },
    { "912 345 678", "PT", "+351912345678" },
    { "044 668 18 00", "CH", "+41446681800" },
    { "01 5123456", "AT", "+4315123456" },
    { "0470 12 34 56", "BE", "+32470123456" },
    { "020-1234567", "NL", "+31201234567" },
    { "01 234 5678", "IE", "+35312345678" },
    { "08-123 456 78", "SE", "+46812345678" },
    { "22 12 34 56", "NO", "+4722123456" },
    { "32 12 34 56", "DK", "+4532123456" },
    { "09 1234 5678", "FI", "+358912345678" },
    { "22 123 45 67", "PL", "+48221234567" },
    { "06 1 234 5678", "HU", "+3612345678" },
    { "03-1234-5678", "JP", "+81312345678" },
    { "010 44 20 7946 0018", "JP", "+442079460018" },
    { "(02) 9374 4000", "AU", "+61293744000" },
    { "0011 44 20 7946 0018", "AU", "+442079460018" },
    { "(212) 555-0123", "US", "+12125550123" },
    { "1 (212) 555-0123", "CA", "+12125550123" },
    { "011 44 20 7946 0018", "US", "+442079460018" },
    { "8 (912) 345-67-89", "RU", "+79123456789" },
    { "812 345 67 89", "RU", "+78123456789" },
    { "8 029 491 19 11", "BY", "+375294911911" },
    { "8 29 491 19 11", "BY", "+375294911911" },
    { "29 491 19 11", "BY", "+375294911911" },
    { "8 612 34567", "LT", "+37061234567" },
    { "0 612 34567", "LT", "+37061234567" },
    { "+370 (0) 612 34567", "DE", "+37061234567" },
    { "01 55 1234 5678", "MX", "+525512345678" },
    { "010-1234-5678", "KR", "+821012345678" },
    { "0044 20 7946 0018", "US", "+442079460018" },
    { "+999 (0)12 345 678", NULL, "+99912345678" },
    { "٠٢٠ ٧٩٤٦ ٠٠١٨", "GB", "+442079460018" },
    { "＋４４ ２０ ７９４６ ００１８", NULL, "+442079460018" },
    { "०२० ७९४६ ००१८", "GB", "+442079460018" },
    { "+44\xc2\xa0"
      "20\xe2\x80\x93"
      "7946\xe2\x80\x91"
      "0018",
      NULL, "+442079460018" },
    { "\xe2\x80\xad+442079460018\xe2\x80\xac", NULL, "+442079460018" },
    { "  tel:+44-20-7946-0018  ", NULL, "+442079460018" },
    { "+44 20 7946 0018 ext. 12", NULL, "+442079460018" },
    { "020 7946 0018 x12", "GB", "+442079460018" },
    { "+44-20-7946-0018;ext=12", NULL, "+442079460018" },
    { "020 7946 0018", NULL, "02079460018" },
    { "020 7946 0018", "XX", "02079460018" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (phones); i++)
    {
      g_autofree char *folded = cb_fold_phone (phones[i].typed, phones[i].region);
      g_autofree char *again = cb_fold_phone (folded, phones[i].region);

      g_assert_cmpstr (folded, ==, phones[i].folded);
      g_assert_cmpstr (again, ==, folded);
    }
}

static void
test_no_phones (void)
{
  static const char *const typed[] = {
    NULL,
    "",
    "   ",
    "+",
    "++44 20 7946 0018",
    "44+2079460018",
    "112",
    "1234",
    "call me",
    "020 CALL NOW",
    "mara@example.com",
    "+1234567890123456",
    "12345678901234567890",
    "+0 123 456 789",
    "020\n7946\x01",
    "\xff\xfe",
  };

  for (guint i = 0; i < G_N_ELEMENTS (typed); i++)
    {
      g_autofree char *folded = cb_fold_phone (typed[i], "GB");

      g_assert_null (folded);
    }
}

static void
test_emails (void)
{
  static const Pair pairs[] = {
    { "mara@example.com", "mara@example.com" },
    { "  Mara.E@Example.COM\n", "mara.e@example.com" },
    { "JÜRGEN@BÜCHER.example", "jürgen@bücher.example" },
    { "ju\xcc\x88rgen@example.com", "jürgen@example.com" },
    { "a@b", "a@b" },
    { NULL, NULL },
    { "", NULL },
    { "@", NULL },
    { "a@", NULL },
    { "@b", NULL },
    { "a@b@c", NULL },
    { "no at sign", NULL },
    { "two words@example.com", NULL },
    { "a\x01@example.com", NULL },
    { "\xff@example.com", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      g_autofree char *folded = cb_fold_email (pairs[i].text);

      g_assert_cmpstr (folded, ==, pairs[i].folded);
    }
}

static void
test_sound (void)
{
  static const char *const sound[] = {
    "", "plain", "tab\tand\nnewline", "Straßmüller", "👟", "שלום", "\xef\xbf\xbd",
  };
  static const char *const unsound[] = {
    "bell\a",   "return\r", "escape\x1b[31m", "delete\x7f",   "\xc2\x85",
    "\xc0\x80", "\xff",     "\xed\xa0\x80",   "\xf5\x80\x80", "cut\xe2\x82",
  };

  for (guint i = 0; i < G_N_ELEMENTS (sound); i++)
    g_assert_true (cb_text_is_sound (sound[i], -1));
  for (guint i = 0; i < G_N_ELEMENTS (unsound); i++)
    g_assert_false (cb_text_is_sound (unsound[i], -1));

  g_assert_false (cb_text_is_sound (NULL, -1));
  g_assert_false (cb_text_is_sound ("a\0b", 3));
  g_assert_true (cb_text_is_sound ("ab\a", 2));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/fold/text/many-scripts", test_fold_scripts);
  g_test_add_func ("/fold/text/keeps-vowels-that-are-marks", test_fold_keeps_vowels);
  g_test_add_func ("/fold/text/survives-hostile-input", test_fold_hostile);
  g_test_add_func ("/fold/text/is-the-same-in-any-locale", test_fold_any_locale);
  g_test_add_func ("/fold/words/cut-as-they-are-looked-for", test_words);
  g_test_add_func ("/fold/phone/any-way-of-typing-is-one-number", test_phones);
  g_test_add_func ("/fold/phone/refuses-what-is-none", test_no_phones);
  g_test_add_func ("/fold/email/compares-as-people-do", test_emails);
  g_test_add_func ("/fold/sound/refuses-control-characters", test_sound);

  return g_test_run ();
}
