/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "base/cb-fold.h"

#include <string.h>

/* A letter that is its own letter to Unicode and has no decomposition, but that people leave out
 * their keyboard's way: the plain letters it is looked for by. Sorted by letter. Lower case only,
 * as the text is case folded before. */
typedef struct
{
  gunichar letter;
  char plain[8];
} Letter;

static const Letter letters[] = {
  { 0x00df, "ss" }, /* ß */
  { 0x00e6, "ae" }, /* æ */
  { 0x00f0, "d" },  /* ð */
  { 0x00f8, "o" },  /* ø */
  { 0x00fe, "th" }, /* þ */
  { 0x0111, "d" },  /* đ */
  { 0x0127, "h" },  /* ħ */
  { 0x0131, "i" },  /* ı */
  { 0x0138, "k" },  /* ĸ */
  { 0x0142, "l" },  /* ł */
  { 0x014b, "n" },  /* ŋ */
  { 0x0153, "oe" }, /* œ */
  { 0x0167, "t" },  /* ŧ */
  { 0x0180, "b" },  /* ƀ */
  { 0x0188, "c" },  /* ƈ */
  { 0x0192, "f" },  /* ƒ */
  { 0x0199, "k" },  /* ƙ */
  { 0x019a, "l" },  /* ƚ */
  { 0x01b4, "y" },  /* ƴ */
  { 0x01b6, "z" },  /* ƶ */
  { 0x01dd, "e" },  /* ǝ */
  { 0x01e5, "g" },  /* ǥ */
  { 0x0253, "b" },  /* ɓ */
  { 0x0254, "o" },  /* ɔ */
  { 0x0256, "d" },  /* ɖ */
  { 0x0257, "d" },  /* ɗ */
  { 0x0259, "e" },  /* ə */
  { 0x025b, "e" },  /* ɛ */
  { 0x0260, "g" },  /* ɠ */
  { 0x0268, "i" },  /* ɨ */
  { 0x0272, "n" },  /* ɲ */
  { 0x0289, "u" },  /* ʉ */
  { 0x0629, "ه" },  /* teh marbuta */
  { 0x0649, "ي" },  /* alef maksura */
  { 0x066e, "ب" },  /* dotless beh */
  { 0x0671, "ا" },  /* alef wasla */
  { 0x0672, "ا" },  /* alef with wavy hamza above */
  { 0x0673, "ا" },  /* alef with wavy hamza below */
  { 0x06a9, "ك" },  /* keheh */
  { 0x06be, "ه" },  /* heh doachashmee */
  { 0x06c1, "ه" },  /* heh goal */
  { 0x06cc, "ي" },  /* Farsi yeh */
  { 0x06d2, "ي" },  /* yeh barree */
};

typedef struct
{
  gunichar first;
  gunichar last;
} Range;

/* Marks that only help pronunciation. Not every mark of Unicode: in Thai and the scripts of India
 * marks are the vowels, and without them different words would be one. Sorted. */
static const Range dropped[] = {
  { 0x02b9, 0x02bf }, /* modifier primes, okina and ayin: people type an apostrophe or nothing */
  { 0x02c8, 0x02c8 }, { 0x0300, 0x036f }, /* combining diacritical marks */
  { 0x0483, 0x0489 },                     /* Cyrillic */
  { 0x0591, 0x05bd },                     /* Hebrew cantillation and niqqud */
  { 0x05bf, 0x05bf }, { 0x05c1, 0x05c2 },   { 0x05c4, 0x05c5 },
  { 0x05c7, 0x05c7 }, { 0x0610, 0x061a }, /* Arabic honorifics */
  { 0x0640, 0x0640 },                     /* tatweel */
  { 0x064b, 0x065f }, /* harakat, and the hamza and madda that NFKD parts from an alef */
  { 0x0670, 0x0670 }, { 0x06d6, 0x06dc },   { 0x06df, 0x06e4 },
  { 0x06e7, 0x06e8 }, { 0x06ea, 0x06ed },   { 0x0711, 0x0711 }, /* Syriac */
  { 0x0730, 0x074a }, { 0x08d3, 0x08ff },                       /* Arabic extended */
  { 0x1ab0, 0x1aff }, { 0x1dc0, 0x1dff },   { 0x20d0, 0x20ff },
  { 0xfe00, 0xfe0f }, /* variation selectors */
  { 0xfe20, 0xfe2f }, { 0xe0100, 0xe01ef },
};

static gboolean
is_dropped (gunichar c)
{
  gsize low = 0;
  gsize high = G_N_ELEMENTS (dropped);

  while (low < high)
    {
      gsize middle = (low + high) / 2;

      if (c > dropped[middle].last)
        low = middle + 1;
      else if (c < dropped[middle].first)
        high = middle;
      else
        return TRUE;
    }

  return g_unichar_type (c) == G_UNICODE_FORMAT;
}

static const char *
find_plain (gunichar c)
{
  gsize low = 0;
  gsize high = G_N_ELEMENTS (letters);

  while (low < high)
    {
      gsize middle = (low + high) / 2;

      if (c > letters[middle].letter)
        low = middle + 1;
      else if (c < letters[middle].letter)
        high = middle;
      else
        return letters[middle].plain;
    }

  return NULL;
}

/* Cherokee got its lower case late, so its case folds upwards; GLib exchanges the two instead. */
static gunichar
fold_cherokee (gunichar c)
{
  if (c >= 0xab70 && c <= 0xabbf)
    return c - 0xab70 + 0x13a0;
  if (c >= 0x13f8 && c <= 0x13fd)
    return c - 8;

  return c;
}

static void
append_folded (GString *folded, gunichar c)
{
  const char *plain = NULL;

  c = fold_cherokee (c);

  if (c < 0x80)
    g_string_append_c (folded, (char) c);
  else if (is_dropped (c))
    return;
  else if ((plain = find_plain (c)) != NULL)
    g_string_append (folded, plain);
  else if (g_unichar_type (c) == G_UNICODE_DECIMAL_NUMBER)
    g_string_append_c (folded, (char) ('0' + g_unichar_digit_value (c)));
  else
    g_string_append_unichar (folded, c);
}

static void
fold_slowly (GString *folded, const char *text, gsize length)
{
  g_autofree char *taken_apart = g_utf8_normalize (text, (gssize) length, G_NORMALIZE_ALL);
  g_autofree char *cased = g_utf8_casefold (taken_apart, -1);

  /* Folding case can put together what was apart: U+0345 becomes an iota, ŉ two letters. */
  g_autofree char *again = g_utf8_normalize (cased, -1, G_NORMALIZE_ALL);
  g_autofree char *together = NULL;
  g_autoptr (GString) plain = g_string_sized_new (strlen (again));

  for (const char *next = again; *next != '\0'; next = g_utf8_next_char (next))
    append_folded (plain, g_utf8_get_char (next));

  /* What is left apart without need is put together: Hangul syllables, voiced kana. */
  together = g_utf8_normalize (plain->str, -1, G_NORMALIZE_ALL_COMPOSE);
  g_string_append (folded, together);
}

/* The letters and quotation marks of the languages written in Latin, folded once: each folds by
 * itself to what composes with nothing. */
#define FIRST_KNOWN 0x80
#define AFTER_KNOWN 0x250
#define FIRST_MARK 0x2010
#define AFTER_MARK 0x2028
#define N_LETTERS (AFTER_KNOWN - FIRST_KNOWN)
#define N_KNOWN (N_LETTERS + AFTER_MARK - FIRST_MARK)

typedef char Known[8];

static const Known *
get_known (void)
{
  static gsize ready;
  static Known known[N_KNOWN];

  if (g_once_init_enter (&ready))
    {
      for (gunichar i = 0; i < N_KNOWN; i++)
        {
          gunichar c = i < N_LETTERS ? FIRST_KNOWN + i : FIRST_MARK + i - N_LETTERS;
          g_autoptr (GString) folded = g_string_new (NULL);
          char text[8] = { 0 };

          fold_slowly (folded, text, (gsize) g_unichar_to_utf8 (c, text));
          g_assert (folded->len < sizeof (Known));
          memcpy (known[i], folded->str, folded->len + 1);
        }
      g_once_init_leave (&ready, 1);
    }

  return (const Known *) known;
}

static const char *
find_known (gunichar c)
{
  if (c >= FIRST_KNOWN && c < AFTER_KNOWN)
    return get_known ()[c - FIRST_KNOWN];
  if (c >= FIRST_MARK && c < AFTER_MARK)
    return get_known ()[N_LETTERS + c - FIRST_MARK];

  return NULL;
}

static void
fold_beyond_ascii (GString *folded, const char *text, gsize length)
{
  const char *end = text + length;
  gsize before = folded->len;

  for (const char *next = text; next < end; next = g_utf8_next_char (next))
    {
      const char *known = find_known (g_utf8_get_char (next));

      if (known == NULL)
        {
          g_string_truncate (folded, before);
          fold_slowly (folded, text, length);
          return;
        }
      g_string_append (folded, known);
    }
}

static gsize
measure_run (const char *text, gboolean ascii)
{
  const char *next = text;

  while (*next != '\0' && ((guchar) *next < 0x80) == ascii)
    next++;

  return (gsize) (next - text);
}

/* Most text is ASCII with a few letters between, and normalising costs twenty times as much as
 * looking. The runs can be folded one by one: every mark that composes with an ASCII letter is one
 * that is dropped. */
char *
cb_fold (const char *text)
{
  g_autofree char *valid = NULL;
  GString *folded = NULL;
  const char *next = NULL;

  if (text == NULL)
    return g_strdup ("");
  if (g_str_is_ascii (text))
    return g_ascii_strdown (text, -1);

  valid = g_utf8_make_valid (text, -1);
  folded = g_string_sized_new (strlen (valid));
  for (next = valid; *next != '\0';)
    {
      gsize plain = measure_run (next, TRUE);
      gsize beyond = measure_run (next + plain, FALSE);

      for (gsize i = 0; i < plain; i++)
        g_string_append_c (folded, g_ascii_tolower (next[i]));
      if (beyond > 0)
        fold_beyond_ascii (folded, next + plain, beyond);
      next += plain + beyond;
    }

  return g_string_free (folded, FALSE);
}

/* Text of these scripts has no spaces between words, or is looked for by part of a word. */
static const GUnicodeScript scripts_of_single_characters[] = {
  G_UNICODE_SCRIPT_HAN,    G_UNICODE_SCRIPT_HIRAGANA, G_UNICODE_SCRIPT_KATAKANA,
  G_UNICODE_SCRIPT_HANGUL, G_UNICODE_SCRIPT_BOPOMOFO, G_UNICODE_SCRIPT_YI,
};

#define LONG_VOWEL_OF_KANA 0x30fc /* of both kana, and so of neither script */

static gboolean
stands_alone (gunichar c)
{
  GUnicodeScript script = G_UNICODE_SCRIPT_COMMON;

  /* Everything before the first of these scripts, Hangul, in one comparison. */
  if (c < 0x1100 || !g_unichar_isalnum (c))
    return FALSE;
  if (c == LONG_VOWEL_OF_KANA)
    return TRUE;

  script = g_unichar_get_script (c);
  for (guint i = 0; i < G_N_ELEMENTS (scripts_of_single_characters); i++)
    if (script == scripts_of_single_characters[i])
      return TRUE;

  return FALSE;
}

static void
end_word (GStrvBuilder *words, GString *word)
{
  if (word->len > 0)
    g_strv_builder_add (words, word->str);

  g_string_truncate (word, 0);
}

char **
cb_fold_words (const char *text)
{
  g_autofree char *folded = cb_fold (text);
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();
  g_autoptr (GString) word = g_string_new (NULL);
  gboolean alone = FALSE;

  for (const char *next = folded; *next != '\0'; next = g_utf8_next_char (next))
    {
      gunichar c = g_utf8_get_char (next);

      if (c < 0x80)
        {
          if (alone || !g_ascii_isalnum ((char) c))
            end_word (words, word);
          if (g_ascii_isalnum ((char) c))
            g_string_append_c (word, (char) c);
          alone = FALSE;
          continue;
        }
      if (g_unichar_ismark (c))
        {
          /* A mark belongs to the character before it, and means nothing without one. */
          if (word->len > 0)
            g_string_append_unichar (word, c);
          continue;
        }

      if (alone || stands_alone (c) || !g_unichar_isalnum (c))
        end_word (words, word);

      alone = stands_alone (c);
      if (alone || g_unichar_isalnum (c))
        g_string_append_unichar (word, c);
    }
  end_word (words, word);

  return g_strv_builder_end (words);
}

char *
cb_fold_email (const char *typed)
{
  g_autoptr (GString) folded = g_string_new (NULL);
  g_autofree char *composed = NULL;
  const char *at = NULL;

  if (typed == NULL || !g_utf8_validate (typed, -1, NULL))
    return NULL;

  composed = g_utf8_normalize (typed, -1, G_NORMALIZE_DEFAULT_COMPOSE);
  g_strstrip (composed);

  /* Character by character: g_utf8_strdown() would make another letter of I in a Turkish shop. */
  for (const char *next = composed; *next != '\0'; next = g_utf8_next_char (next))
    {
      gunichar c = g_utf8_get_char (next);

      if (g_unichar_isspace (c) || g_unichar_iscntrl (c))
        return NULL;
      g_string_append_unichar (folded, g_unichar_tolower (c));
    }

  at = strchr (folded->str, '@');
  if (at == NULL || at == folded->str || at[1] == '\0' || strchr (at + 1, '@') != NULL)
    return NULL;

  return g_strdup (folded->str);
}

gboolean
cb_text_is_valid (const char *text, gssize length)
{
  return text != NULL && g_utf8_validate (text, length, NULL);
}

gboolean
cb_text_is_sound (const char *text, gssize length)
{
  const char *end = NULL;

  if (text == NULL || !g_utf8_validate (text, length, NULL))
    return FALSE;

  end = length < 0 ? text + strlen (text) : text + length;
  for (const char *next = text; next < end; next = g_utf8_next_char (next))
    {
      gunichar c = g_utf8_get_char (next);

      if (c != '\t' && c != '\n' && g_unichar_iscntrl (c))
        return FALSE;
    }

  return TRUE;
}
