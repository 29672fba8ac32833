/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "base/cb-fold.h"

#include <string.h>

/* E.164 allows 15 digits; the shortest whole numbers of small countries have 7. */
#define MOST_DIGITS 15
#define FEWEST_DIGITS 7
#define FEWEST_NATIONAL_DIGITS 5

typedef struct
{
  char region[3];
  char calling_code[4];

  /* What is dialled before a number inside the country and is no part of it, one or more of them
   * with the longest first; "" where there is nothing, as in Italy, whose leading 0 belongs to the
   * number. */
  char trunks[8];

  /* Where a number may begin with the same digit as a trunk prefix: how many digits a number has
   * without one. 0: a trunk prefix never begins a number. */
  guint8 digits;

  /* What is dialled to leave the country, where that is not 00. */
  char abroad[5];
} Region;

/* ITU-T E.164 assigned codes and the national numbering plans; one row per region. */
static const Region regions[] = {
  { "AD", "376", "" },
  { "AE", "971", "0" },
  { "AL", "355", "0" },
  { "AM", "374", "0" },
  { "AR", "54", "0" },
  { "AT", "43", "0" },
  { "AU", "61", "0", 0, "0011" },
  { "AZ", "994", "0" },
  { "BA", "387", "0" },
  { "BE", "32", "0" },
  { "BG", "359", "0" },
  { "BH", "973", "" },
  { "BR", "55", "0" },
  { "BY", "375", "80 8 0", 9, "810" },
  { "CA", "1", "1", 0, "011" },
  { "CH", "41", "0" },
  { "CL", "56", "" },
  { "CN", "86", "0" },
  { "CO", "57", "0" },
  { "CY", "357", "" },
  { "CZ", "420", "" },
  { "DE", "49", "0" },
  { "DK", "45", "" },
  { "EE", "372", "" },
  { "EG", "20", "0" },
  { "ES", "34", "" },
  { "FI", "358", "0" },
  { "FO", "298", "" },
  { "FR", "33", "0" },
  { "GB", "44", "0" },
  { "GE", "995", "0" },
  { "GG", "44", "0" },
  { "GI", "350", "" },
  { "GR", "30", "" },
  { "HK", "852", "", 0, "001" },
  { "HR", "385", "0" },
  { "HU", "36", "06" },
  { "ID", "62", "0", 0, "001" },
  { "IE", "353", "0" },
  { "IL", "972", "0" },
  { "IM", "44", "0" },
  { "IN", "91", "0" },
  { "IS", "354", "" },
  { "IT", "39", "" },
  { "JE", "44", "0" },
  { "JO", "962", "0" },
  { "JP", "81", "0", 0, "010" },
  { "KR", "82", "0", 0, "001" },
  { "KW", "965", "" },
  { "KZ", "7", "8", 10, "810" },
  { "LB", "961", "0" },
  { "LI", "423", "0" },
  { "LT", "370", "8 0", 8 },
  { "LU", "352", "" },
  { "LV", "371", "" },
  { "MA", "212", "0" },
  { "MC", "377", "0" },
  { "MD", "373", "0" },
  { "ME", "382", "0" },
  { "MK", "389", "0" },
  { "MT", "356", "" },
  { "MX", "52", "01" },
  { "MY", "60", "0" },
  { "NG", "234", "0", 0, "009" },
  { "NL", "31", "0" },
  { "NO", "47", "" },
  { "NZ", "64", "0" },
  { "OM", "968", "" },
  { "PE", "51", "0" },
  { "PH", "63", "0" },
  { "PL", "48", "" },
  { "PT", "351", "" },
  { "QA", "974", "" },
  { "RO", "40", "0" },
  { "RS", "381", "0" },
  { "RU", "7", "8", 10, "810" },
  { "SA", "966", "0" },
  { "SE", "46", "0" },
  { "SG", "65", "", 0, "001" },
  { "SI", "386", "0" },
  { "SK", "421", "0" },
  { "SM", "378", "" },
  { "TH", "66", "0", 0, "001" },
  { "TN", "216", "" },
  { "TR", "90", "0" },
  { "TW", "886", "0", 0, "002" },
  { "UA", "380", "0" },
  { "US", "1", "1", 0, "011" },
  { "VA", "39", "" },
  { "VN", "84", "0" },
  { "ZA", "27", "0" },
};

/* What a typed number consists of once everything that only helps the eye is gone. */
typedef struct
{
  GString *digits;
  gboolean international;

  /* Where among the digits a "(0)" was written, or 0. */
  gsize bracketed_zero_at;
} Typed;

static const Region *
find_region (const char *name)
{
  for (guint i = 0; name != NULL && i < G_N_ELEMENTS (regions); i++)
    if (g_ascii_strcasecmp (regions[i].region, name) == 0)
      return &regions[i];

  return NULL;
}

/* The region whose calling code begins an international number. Regions that share a code share
 * the trunk rule, so the first is as good as any. */
static const Region *
find_calling_code (const char *digits)
{
  for (guint i = 0; i < G_N_ELEMENTS (regions); i++)
    if (g_str_has_prefix (digits, regions[i].calling_code))
      return &regions[i];

  return NULL;
}

/* Characters that people, address books and web pages put between digits: spaces of every kind,
 * dashes of every kind, dots, slashes, brackets, and the invisible direction marks. */
static gboolean
is_separator (gunichar c)
{
  GUnicodeType type = g_unichar_type (c);

  if (c < 0x80)
    return c != 0 && strchr (" \t./-()[]", (int) c) != NULL;

  return type == G_UNICODE_SPACE_SEPARATOR || type == G_UNICODE_DASH_PUNCTUATION ||
         type == G_UNICODE_FORMAT || c == 0x2212 /* minus */ || c == 0xb7 /* middle dot */;
}

/* An extension is no part of the number that is compared. */
static gboolean
begins_extension (const char *text)
{
  return *text == ';' || *text == ',' || *text == '#' || *text == 'x' || *text == 'X' ||
         g_ascii_strncasecmp (text, "ext", 3) == 0;
}

/* Reads the plus, the digits and whether the number says "(0)". FALSE when it has anything that
 * no phone number has. */
static gboolean
read_typed (const char *text, Typed *typed)
{
  for (const char *next = text; *next != '\0'; next = g_utf8_next_char (next))
    {
      gunichar c = g_utf8_get_char (next);
      gint digit = g_unichar_digit_value (c);

      if (digit >= 0 && g_unichar_type (c) == G_UNICODE_DECIMAL_NUMBER)
        {
          if (typed->digits->len > 0 && *next == '0' && next[-1] == '(' && next[1] == ')')
            typed->bracketed_zero_at = typed->digits->len;
          g_string_append_c (typed->digits, (char) ('0' + digit));
        }
      else if (c == '+' || c == 0xff0b)
        {
          if (typed->digits->len > 0 || typed->international)
            return FALSE;
          typed->international = TRUE;
        }
      else if (typed->digits->len > 0 && begins_extension (next))
        break;
      else if (!is_separator (c))
        return FALSE;
    }

  return typed->digits->len > 0;
}

/* "011 44 …" typed in Boston and "0044 …" typed in Berlin say the same as "+44 …", and so does
 * "44 (0)20 …": a trunk 0 that is set apart follows nothing but a calling code. */
static void
read_exit_code (Typed *typed, const Region *region)
{
  const char *abroad = region != NULL && *region->abroad != '\0' ? region->abroad : "00";
  gsize zero_at = typed->bracketed_zero_at;

  if (!typed->international && zero_at > 0)
    {
      const Region *called = find_calling_code (typed->digits->str);

      typed->international = called != NULL && strlen (called->calling_code) == zero_at;
    }
  if (typed->international)
    return;
  if (!g_str_has_prefix (typed->digits->str, abroad))
    abroad = "00";
  if (!g_str_has_prefix (typed->digits->str, abroad))
    return;

  g_string_erase (typed->digits, 0, (gssize) strlen (abroad));
  if (zero_at > 0)
    typed->bracketed_zero_at = zero_at > strlen (abroad) ? zero_at - strlen (abroad) : 0;
  typed->international = TRUE;
}

static gboolean
has_trunk_zero (const Region *region)
{
  g_auto (GStrv) trunks = g_strsplit (region->trunks, " ", -1);

  return g_strv_contains ((const char *const *) trunks, "0");
}

/* "+44 (0)20 …": the 0 is dialled inside the country only, bracketed or not. Where the plan has no
 * trunk 0, as in Italy, a 0 there belongs to the number. Of a country that the table does not know
 * only the brackets can tell. */
static void
drop_trunk_after_code (Typed *typed)
{
  const Region *region = find_calling_code (typed->digits->str);
  gsize at = region != NULL ? strlen (region->calling_code) : typed->bracketed_zero_at;
  gboolean may_drop = region != NULL ? has_trunk_zero (region) : at > 0;

  if (may_drop && typed->digits->str[at] == '0')
    g_string_erase (typed->digits, (gssize) at, 1);
}

static void
make_international (GString *digits, const Region *region)
{
  g_auto (GStrv) trunks = g_strsplit (region->trunks, " ", -1);

  for (guint i = 0; trunks[i] != NULL; i++)
    {
      gsize length = strlen (trunks[i]);

      if (g_str_has_prefix (digits->str, trunks[i]) &&
          (region->digits == 0 || digits->len == region->digits + length))
        {
          g_string_erase (digits, 0, (gssize) length);
          break;
        }
    }

  g_string_prepend (digits, region->calling_code);
}

char *
cb_fold_phone (const char *typed_text, const char *region_name)
{
  const Region *region = find_region (region_name);
  g_autoptr (GString) digits = g_string_new (NULL);
  Typed typed = { .digits = digits };

  if (typed_text == NULL || !g_utf8_validate (typed_text, -1, NULL))
    return NULL;

  while (g_unichar_isspace (g_utf8_get_char (typed_text)))
    typed_text = g_utf8_next_char (typed_text);
  if (g_ascii_strncasecmp (typed_text, "tel:", 4) == 0)
    typed_text += 4;

  if (!read_typed (typed_text, &typed))
    return NULL;

  read_exit_code (&typed, region);
  if (typed.international)
    drop_trunk_after_code (&typed);
  else if (digits->len < FEWEST_NATIONAL_DIGITS)
    return NULL;
  else if (region != NULL)
    make_international (digits, region);
  else
    return digits->len <= MOST_DIGITS ? g_strdup (digits->str) : NULL;

  if (digits->len < FEWEST_DIGITS || digits->len > MOST_DIGITS || digits->str[0] == '0')
    return NULL;

  g_string_prepend_c (digits, '+');

  return g_strdup (digits->str);
}
