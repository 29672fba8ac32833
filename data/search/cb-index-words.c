/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "search/cb-index-private.h"

#include "base/cb-fold.h"

#include <string.h>

/* The words of a text as they are gathered. The last wide character is remembered across spaces and
 * fields, because a family name and a given name are typed as one. */
typedef struct
{
  GString *words;
  char last_wide[8];
} Gathering;

static void
add_token (Gathering *gathering, const char *token)
{
  if (gathering->words->len > 0)
    g_string_append_c (gathering->words, ' ');
  g_string_append (gathering->words, token);
}

gboolean
cb_index_is_wide (const char *word)
{
  /* Nothing below is wide; most words end here. */
  return (guchar) word[0] >= 0xe1 && *g_utf8_next_char (word) == '\0' &&
         g_unichar_iswide (g_utf8_get_char (word));
}

static void
add_word (Gathering *gathering, const char *word)
{
  gboolean is_wide = cb_index_is_wide (word);

  add_token (gathering, word);
  if (is_wide && gathering->last_wide[0] != '\0')
    {
      add_token (gathering, gathering->last_wide);
      g_string_append (gathering->words, word);
    }
  g_strlcpy (gathering->last_wide, is_wide ? word : "", sizeof gathering->last_wide);
}

/* "O'Brien" is looked for as o'brien, brien and obrien. */
static void
add_joined (Gathering *gathering, char **words)
{
  for (guint i = 0; words[i] != NULL; i++)
    if (cb_index_is_wide (words[i]))
      return;

  if (words[0] == NULL || words[1] == NULL)
    return;
  add_token (gathering, "");
  for (guint i = 0; words[i] != NULL; i++)
    g_string_append (gathering->words, words[i]);
}

const char *
cb_index_spell_letter (gunichar letter)
{
  switch (letter)
    {
    case 0xc4: /* Ä */
    case 0xe4:
      return "ae";
    case 0xd6: /* Ö */
    case 0xf6:
    case 0xd8: /* Ø */
    case 0xf8:
      return "oe";
    case 0xdc: /* Ü */
    case 0xfc:
      return "ue";
    case 0xc5: /* Å */
    case 0xe5:
      return "aa";
    default:
      return NULL;
    }
}

char *
cb_index_spell_out (const char *text)
{
  g_autofree char *composed = NULL;
  g_autoptr (GString) spelled = NULL;
  gboolean has_any = FALSE;

  if (g_str_is_ascii (text))
    return NULL;
  composed = g_utf8_normalize (text, -1, G_NORMALIZE_DEFAULT_COMPOSE);
  spelled = g_string_new (NULL);
  for (const char *next = composed; *next != '\0'; next = g_utf8_next_char (next))
    {
      const char *letters = cb_index_spell_letter (g_utf8_get_char (next));

      if (letters != NULL)
        g_string_append (spelled, letters);
      else
        g_string_append_unichar (spelled, g_utf8_get_char (next));
      has_any = has_any || letters != NULL;
    }
  return has_any ? g_string_free (g_steal_pointer (&spelled), FALSE) : NULL;
}

/* TRUE when the piece was plain enough to be folded here: most are, and this is what keeps the
 * building of the index short. */
static gboolean
add_plain_piece (Gathering *gathering, const char *piece, gsize length)
{
  GString *words = gathering->words;

  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum (piece[i]))
      return FALSE;

  add_token (gathering, "");
  for (gsize i = 0; i < length; i++)
    g_string_append_c (words, g_ascii_tolower (piece[i]));
  gathering->last_wide[0] = '\0';
  return TRUE;
}

static void
add_spelled (Gathering *gathering, const char *piece)
{
  g_autofree char *spelled = cb_index_spell_out (piece);
  g_auto (GStrv) words = cb_fold_words (spelled);

  for (guint i = 0; words[i] != NULL; i++)
    add_word (gathering, words[i]);
}

static void
add_piece (Gathering *gathering, const char *start, gsize length)
{
  g_autofree char *piece = NULL;
  g_auto (GStrv) words = NULL;

  if (length == 0 || add_plain_piece (gathering, start, length))
    return;
  piece = g_strndup (start, length);
  words = cb_fold_words (piece);
  for (guint i = 0; words[i] != NULL; i++)
    add_word (gathering, words[i]);
  add_joined (gathering, words);
  if (gathering->last_wide[0] == '\0')
    add_spelled (gathering, piece);
}

static void
add_text (Gathering *gathering, const char *text)
{
  const char *start = text;

  if (text == NULL || !g_utf8_validate (text, -1, NULL))
    return;
  for (const char *next = text; *next != '\0'; next = g_utf8_next_char (next))
    if (g_unichar_isspace (g_utf8_get_char (next)))
      {
        add_piece (gathering, start, (gsize) (next - start));
        start = g_utf8_next_char (next);
      }
  add_piece (gathering, start, strlen (start));
}

/* "van Dijk" is looked for as vandijk too. */
static void
add_name (Gathering *gathering, const char *name)
{
  g_auto (GStrv) words = NULL;

  add_text (gathering, name);
  if (name == NULL || strchr (name, ' ') == NULL)
    return;
  words = cb_fold_words (name);
  add_joined (gathering, words);
}

char *
cb_index_lower (const char *text)
{
  g_autofree char *composed = NULL;
  g_autoptr (GString) lower = NULL;

  if (g_str_is_ascii (text))
    return g_ascii_strdown (text, -1);
  composed = g_utf8_normalize (text, -1, G_NORMALIZE_DEFAULT_COMPOSE);
  lower = g_string_new (NULL);

  /* Character by character, as cb_fold_email() does it: no language has a say in an address. */
  for (const char *next = composed; next != NULL && *next != '\0'; next = g_utf8_next_char (next))
    g_string_append_unichar (lower, g_unichar_tolower (g_utf8_get_char (next)));
  return g_string_free (g_steal_pointer (&lower), FALSE);
}

char *
cb_index_person_words (const CbPersonText *person)
{
  g_autoptr (GString) words = g_string_sized_new (128);
  Gathering gathering = { words, "" };

  /* Given once more after family: both orders of a name written without a space are found. */
  add_name (&gathering, person->given);
  add_name (&gathering, person->family);
  if (gathering.last_wide[0] != '\0')
    add_text (&gathering, person->given);
  gathering.last_wide[0] = '\0';
  add_name (&gathering, person->preferred);
  return g_string_free (g_steal_pointer (&words), FALSE);
}

char *
cb_index_note_words (const char *text)
{
  g_autoptr (GString) words = g_string_sized_new (strlen (text) + 16);
  Gathering gathering = { words, "" };

  add_text (&gathering, text);
  return g_string_free (g_steal_pointer (&words), FALSE);
}

char *
cb_index_squeeze (const char *text)
{
  g_auto (GStrv) words = cb_fold_words (text != NULL ? text : "");

  return g_strjoinv (NULL, words);
}

gsize
cb_index_calling_code_length (const char *digits)
{
  /* ITU-T E.164: no code begins another. The zones 1 and 7 are one digit, these two; all others
   * three. */
  static const char two[] =
    "20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 "
    "56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98 ";
  char code[] = { digits[0], digits[0] != '\0' ? digits[1] : '\0', ' ', '\0' };
  gsize length = 3;

  if (digits[0] == '1' || digits[0] == '7')
    length = 1;
  else if (strstr (two, code) != NULL)
    length = 2;
  return MIN (length, strlen (digits));
}

const char *
cb_index_home_number (const char *phone)
{
  const char *digits = phone + (phone[0] == '+');

  digits += cb_index_calling_code_length (digits);
  return digits + strspn (digits, "0");
}
