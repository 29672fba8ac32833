/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "search/cb-dictionary.h"

#include <string.h>

/* What may stand in place of a letter ends here: scripts without an alphabet have thousands of
 * signs, and nobody mistypes a Latin letter for one of those. */
#define FIRST_OF_MANY 0x1100

typedef struct
{
  CbDictionary *dictionary;
  const char *text;
  gboolean is_whole;
  GString *attempt;
  GArray *found;
} Near;

static gsize
letter_bytes (const char *text)
{
  return *text != '\0' ? (gsize) (g_utf8_next_char (text) - text) : 0;
}

/* The beginning of the text, a letter, and the rest of the text. */
static void
look_up (Near *near, gsize beginning, const char *letter, gsize bytes, const char *rest)
{
  g_string_truncate (near->attempt, 0);
  g_string_append_len (near->attempt, near->text, (gssize) beginning);
  g_string_append_len (near->attempt, letter, (gssize) bytes);
  g_string_append (near->attempt, rest);
  cb_dictionary_look_up (near->dictionary, near->attempt->str, near->is_whole, near->found);
}

/* Only letters that follow this beginning in some word need be tried. */
static void
look_up_other_letters (Near *near, gsize at)
{
  const char *here = near->text + at;
  gsize own = letter_bytes (here);
  CbPlace place = cb_dictionary_find (near->dictionary, near->text, at);
  const CbWord *word;
  gint64 rank;

  while ((word = cb_dictionary_get (near->dictionary, place, &rank)) != NULL &&
         strncmp (word->text, near->text, at) == 0)
    {
      char letter[8] = { 0 };
      gsize bytes = letter_bytes (word->text + at);

      if (bytes == 0)
        {
          place = cb_dictionary_next (near->dictionary, place);
          continue;
        }
      if (g_utf8_get_char (word->text + at) >= FIRST_OF_MANY)
        return;
      memcpy (letter, word->text + at, bytes);
      if (bytes != own || memcmp (letter, here, bytes) != 0)
        {
          look_up (near, at, letter, bytes, here);
          if (own > 0)
            look_up (near, at, letter, bytes, here + own);
        }
      g_string_truncate (near->attempt, 0);
      g_string_append_len (near->attempt, near->text, (gssize) at);
      g_string_append_len (near->attempt, letter, (gssize) bytes);
      g_string_append (near->attempt, CB_BEHIND_ANY);
      place = cb_dictionary_find (near->dictionary, near->attempt->str, near->attempt->len);
    }
}

void
cb_dictionary_look_up_near (CbDictionary *self, const char *text, gboolean is_whole, GArray *found)
{
  g_autoptr (GString) attempt = g_string_new (NULL);
  Near near = { self, text, is_whole, attempt, found };

  for (const char *here = text; *here != '\0'; here = g_utf8_next_char (here))
    {
      gsize at = (gsize) (here - text);
      const char *next = g_utf8_next_char (here);

      look_up (&near, at, "", 0, next);
      if (*next != '\0')
        {
          const char *after = g_utf8_next_char (next);
          g_autofree char *rest = g_strdup_printf ("%.*s%s", (int) (next - here), here, after);

          look_up (&near, at, next, (gsize) (after - next), rest);
        }
      look_up_other_letters (&near, at);
    }
  if (is_whole)
    look_up_other_letters (&near, strlen (text));
}

/* The bytes that two texts begin with alike, in whole letters. */
static gsize
count_alike (const char *word, gsize length, const char *text)
{
  gsize n = 0;

  while (n < length && text[n] != '\0' && word[n] == text[n])
    n++;
  while (n > 0 && n < length && (word[n] & 0xc0) == 0x80)
    n--;
  while (n > 0 && (text[n] & 0xc0) == 0x80)
    n--;
  return n;
}

static gboolean
goes_on (const char *word, gsize length, gsize at, const char *rest)
{
  gsize bytes = strlen (rest);

  return at + bytes <= length && memcmp (word + at, rest, bytes) == 0;
}

/* Two letters at `at` in the wrong order. */
static gsize
match_swapped (const char *word, gsize length, gsize at, const char *text)
{
  gsize first = letter_bytes (text + at);
  gsize second = letter_bytes (text + at + first);

  if (second == 0 || at + first + second > length ||
      memcmp (word + at, text + at + first, second) != 0 ||
      memcmp (word + at + second, text + at, first) != 0 ||
      !goes_on (word, length, at + first + second, text + at + first + second))
    return 0;
  return at + strlen (text + at);
}

gsize
cb_near_beginning (const char *word, gsize length, const char *text)
{
  gsize at = count_alike (word, length, text);
  gsize in_word = at < length ? letter_bytes (word + at) : 0;
  gsize in_text = letter_bytes (text + at);
  gsize swapped;

  if (in_text == 0)
    return at;
  swapped = match_swapped (word, length, at, text);
  if (swapped > 0)
    return swapped;
  if (in_word > 0 && goes_on (word, length, at + in_word, text + at + in_text))
    return at + in_word + strlen (text + at + in_text);
  if (in_word > 0 && goes_on (word, length, at + in_word, text + at))
    return at + in_word + strlen (text + at);
  if (goes_on (word, length, at, text + at + in_text))
    return at + strlen (text + at + in_text);
  return 0;
}
