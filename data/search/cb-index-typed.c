/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "search/cb-index-private.h"

#include "base/cb-fold.h"

#include <string.h>

/* Nobody types more to find a person; what a scanner or a paste brings beyond it is not read. */
#define MOST_TERMS 8
#define MOST_CHARACTERS 200

/* Below it, a beginning of a word says too little to show notes for; whole words do. */
#define NOTE_PREFIX_CHARACTERS 3

/* Fewer say nothing about which card it is. */
#define CARD_CHARACTERS 3

/* In a shorter word one error makes too many others of it. */
#define MISTYPED_CHARACTERS 5

static void
term_free (CbTerm *term)
{
  g_free (term->text);
  g_ptr_array_unref (term->words);
  g_free (term->spelled);
  g_free (term->email);
  g_free (term->digits);
  g_free (term->bare);
  g_free (term);
}

/* --- words --- */

static void
end_wide_run (CbTerm *term, GPtrArray *run)
{
  if (run->len == 1)
    g_ptr_array_add (term->words, g_strdup (g_ptr_array_index (run, 0)));
  for (guint i = 1; i < run->len; i++)
    g_ptr_array_add (term->words, g_strconcat (run->pdata[i - 1], run->pdata[i], NULL));
  g_ptr_array_set_size (run, 0);
}

static void
add_words (CbTerm *term, const char *piece)
{
  g_auto (GStrv) words = cb_fold_words (piece);
  g_autoptr (GPtrArray) run = g_ptr_array_new ();

  for (guint i = 0; words[i] != NULL; i++)
    {
      if (cb_index_is_wide (words[i]))
        {
          g_ptr_array_add (run, words[i]);
          continue;
        }
      end_wide_run (term, run);
      g_ptr_array_add (term->words, g_strdup (words[i]));
    }
  end_wide_run (term, run);
}

static gboolean
is_wide_term (const char *word)
{
  return (guchar) word[0] >= 0xe1 && g_unichar_iswide (g_utf8_get_char (word));
}

static char *
spell_only_word (const CbTerm *term)
{
  g_autofree char *spelled = term->words->len == 1 ? cb_index_spell_out (term->text) : NULL;
  g_auto (GStrv) words = NULL;

  if (spelled == NULL)
    return NULL;
  words = cb_fold_words (spelled);
  return words[0] != NULL && words[1] == NULL ? g_strdup (words[0]) : NULL;
}

static CbTerm *
term_new (const char *text)
{
  CbTerm *term = g_new0 (CbTerm, 1);

  term->text = g_strdup (text);
  term->words = g_ptr_array_new_with_free_func (g_free);
  add_words (term, text);
  term->spelled = spell_only_word (term);
  if (strchr (text, ' ') == NULL)
    term->email = cb_index_lower (text);
  return term;
}

static void
take_term (CbTyped *self, CbTerm *term)
{
  if (term->words->len == 0 || self->terms->len >= MOST_TERMS)
    term_free (term);
  else
    g_ptr_array_add (self->terms, term);
}

/* --- numbers --- */

static gboolean
is_like_a_number (const char *piece)
{
  gboolean has_digit = FALSE;

  for (const char *next = piece; *next != '\0'; next = g_utf8_next_char (next))
    {
      gunichar c = g_utf8_get_char (next);

      if (g_unichar_isdigit (c))
        has_digit = TRUE;
      else if (c >= 0x80 ? g_unichar_type (c) != G_UNICODE_DASH_PUNCTUATION
                         : strchr ("+-()./", (int) c) == NULL)
        return FALSE;
    }
  return has_digit;
}

static char *
read_digits (const char *text)
{
  g_autoptr (GString) digits = g_string_new (NULL);

  for (const char *next = text; *next != '\0'; next = g_utf8_next_char (next))
    if (g_unichar_isdigit (g_utf8_get_char (next)))
      g_string_append_c (digits, (char) ('0' + g_unichar_digit_value (g_utf8_get_char (next))));
  return g_string_free (g_steal_pointer (&digits), FALSE);
}

static void
read_number (CbTerm *term)
{
  g_auto (GStrv) around_trunk = g_strsplit (term->text, "(0)", 2);
  g_autofree char *text = g_strjoinv (NULL, around_trunk);
  const char *bare;

  term->digits = read_digits (text);
  term->is_abroad = strchr (text, '+') != NULL || g_str_has_prefix (term->digits, "00");
  bare = term->digits + strspn (term->digits, "0");
  if (*bare == '\0')
    return;
  term->bare = g_strdup (bare);
}

/* Neighbouring pieces of digits were one number: "07700 900 123". */
static void
end_number (CbTyped *self, GString *run)
{
  CbTerm *term = NULL;

  if (run->len == 0)
    return;
  term = term_new (run->str);
  read_number (term);
  take_term (self, term);
  g_string_truncate (run, 0);
}

/* --- */

/* What is read of it, with one kind of space. Text that isn't UTF-8 says nothing. */
static char *
dup_beginning (const char *text)
{
  g_autoptr (GString) beginning = g_string_new (NULL);
  guint n = 0;

  if (text == NULL || !g_utf8_validate (text, -1, NULL))
    return g_strdup ("");
  for (const char *next = text; *next != '\0' && n < MOST_CHARACTERS; n++)
    {
      gunichar c = g_utf8_get_char (next);

      g_string_append_unichar (beginning, g_unichar_isspace (c) ? ' ' : c);
      next = g_utf8_next_char (next);
    }
  return g_string_free (g_steal_pointer (&beginning), FALSE);
}

static void
add_piece (CbTyped *self, const char *piece, GString *run)
{
  CbTerm *term;

  if (is_like_a_number (piece))
    {
      g_string_append_printf (run, "%s%s", run->len > 0 ? " " : "", piece);
      return;
    }
  end_number (self, run);
  term = term_new (piece);
  term->is_address = strchr (piece + 1, '@') != NULL;
  take_term (self, term);
}

/* "mara 01" on the way to "mara 0123": digits too few to say anything take nobody away. */
static gboolean
is_on_the_way (CbTyped *self, const CbTerm *term)
{
  return self->terms->len > 1 && term->digits != NULL &&
         strlen (term->digits) < CB_TERM_LAST_DIGITS;
}

static char *
squeeze_terms (CbTyped *self)
{
  g_autoptr (GString) squeezed = g_string_new (NULL);

  for (guint i = 0; i < self->terms->len; i++)
    {
      const CbTerm *term = g_ptr_array_index (self->terms, i);
      g_autofree char *words = cb_index_squeeze (term->text);

      if (!is_on_the_way (self, term))
        g_string_append (squeezed, words);
    }
  return g_string_free (g_steal_pointer (&squeezed), FALSE);
}

/* The number on a card is all that is typed, however it is parted, and has a digit in it. */
static char *
dup_card (const char *text)
{
  g_autofree char *squeezed = strchr (text, '@') == NULL ? cb_index_squeeze (text) : NULL;

  if (squeezed == NULL || strpbrk (squeezed, "0123456789") == NULL ||
      g_utf8_strlen (squeezed, -1) < CARD_CHARACTERS)
    return NULL;
  return g_steal_pointer (&squeezed);
}

CbTyped *
cb_typed_new (const char *text)
{
  g_autoptr (CbTyped) self = g_new0 (CbTyped, 1);
  g_autoptr (GString) run = g_string_new (NULL);
  g_autofree char *beginning = NULL;
  g_auto (GStrv) pieces = NULL;

  self->terms = g_ptr_array_new_with_free_func ((GDestroyNotify) term_free);
  beginning = dup_beginning (text);
  pieces = g_strsplit (beginning, " ", -1);
  for (guint i = 0; pieces[i] != NULL; i++)
    if (pieces[i][0] != '\0')
      add_piece (self, pieces[i], run);
  end_number (self, run);
  self->squeezed = squeeze_terms (self);
  self->card = dup_card (beginning);
  return self->terms->len > 0 ? g_steal_pointer (&self) : NULL;
}

void
cb_typed_free (CbTyped *self)
{
  g_ptr_array_unref (self->terms);
  g_free (self->squeezed);
  g_free (self->card);
  g_free (self);
}

/* --- words to look up --- */

static void
seek (GArray *sought, const CbTerm *term, const char *word, gboolean is_whole)
{
  CbSoughtWord one = { word, term->spelled, is_whole };

  g_array_append_val (sought, one);
}

static GArray *
end_seeking (GArray *sought)
{
  if (sought->len > 0)
    return sought;
  g_array_unref (sought);
  return NULL;
}

GArray *
cb_typed_list_person_words (CbTyped *self, gboolean is_whole)
{
  g_autoptr (GArray) sought = g_array_new (FALSE, FALSE, sizeof (CbSoughtWord));

  for (guint i = 0; i < self->terms->len; i++)
    {
      const CbTerm *term = g_ptr_array_index (self->terms, i);

      if (term->is_address)
        return NULL;
      for (guint j = 0; j < term->words->len && !is_on_the_way (self, term); j++)
        {
          const char *word = g_ptr_array_index (term->words, j);

          seek (sought, term, word, is_whole || is_wide_term (word));
        }
    }
  return end_seeking (g_steal_pointer (&sought));
}

GArray *
cb_typed_list_note_words (CbTyped *self, gboolean is_whole)
{
  g_autoptr (GArray) sought = g_array_new (FALSE, FALSE, sizeof (CbSoughtWord));

  for (guint i = 0; i < self->terms->len; i++)
    {
      const CbTerm *term = g_ptr_array_index (self->terms, i);

      for (guint j = 0; j < term->words->len; j++)
        {
          const char *word = g_ptr_array_index (term->words, j);
          gboolean is_short = g_utf8_strlen (word, -1) < NOTE_PREFIX_CHARACTERS;

          seek (sought, term, word, is_whole || is_short || is_wide_term (word));
        }
    }
  return end_seeking (g_steal_pointer (&sought));
}

static gboolean
is_plain_word (const CbTerm *term)
{
  return !term->is_address && term->digits == NULL;
}

CbTyped *
cb_typed_join (CbTyped *self, guint nth)
{
  g_autoptr (GString) text = g_string_new (NULL);

  if (nth + 1 >= self->terms->len || !is_plain_word (self->terms->pdata[nth]) ||
      !is_plain_word (self->terms->pdata[nth + 1]))
    return NULL;
  for (guint i = 0; i < self->terms->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 && i != nth + 1 ? " " : "",
                            ((CbTerm *) self->terms->pdata[i])->text);
  return cb_typed_new (text->str);
}

/* --- typing errors --- */

gboolean
cb_index_may_be_mistyped (const char *word)
{
  return !is_wide_term (word) && strpbrk (word, "0123456789") == NULL &&
         g_utf8_strlen (word, -1) >= MISTYPED_CHARACTERS;
}

/* --- whom it names --- */

static gboolean
begins_a_word (const char *words, const char *beginning)
{
  gsize length = strlen (beginning);

  for (const char *word = words; word != NULL; word = strchr (word, ' '))
    {
      word += *word == ' ';
      if (strncmp (word, beginning, length) == 0)
        return TRUE;
    }
  return FALSE;
}

static gboolean
has_words (const CbTerm *term, const char *words)
{
  if (term->spelled != NULL && begins_a_word (words, term->spelled))
    return TRUE;
  for (guint i = 0; i < term->words->len; i++)
    if (!begins_a_word (words, g_ptr_array_index (term->words, i)))
      return FALSE;
  return TRUE;
}

static gboolean
has_contact (const CbTerm *term, const CbPersonText *person)
{
  for (guint i = 0; term->is_address && person->emails[i] != NULL; i++)
    {
      g_autofree char *email = cb_index_lower (person->emails[i]);

      if (g_str_has_prefix (g_strstrip (email), term->email))
        return TRUE;
    }
  for (guint i = 0; person->phones[i] != NULL; i++)
    if (cb_term_is_end_of (term, person->phones[i]))
      return TRUE;
  return FALSE;
}

/* What the typed word would be without its error; NULL when it has none or more than one. */
static char *
put_right (const char *typed, const char *words)
{
  gsize length;

  if (!cb_index_may_be_mistyped (typed) || begins_a_word (words, typed))
    return NULL;
  for (const char *word = words; *word != '\0'; word += length + (word[length] == ' '))
    {
      gsize right;

      length = strcspn (word, " ");
      right = cb_near_beginning (word, length, typed);
      if (right > 0)
        return g_strndup (word, right);
    }
  return NULL;
}

CbTyped *
cb_typed_put_right (CbTyped *self, const char *words)
{
  CbTyped *right = g_new0 (CbTyped, 1);

  right->terms = g_ptr_array_new_with_free_func ((GDestroyNotify) term_free);
  right->squeezed = g_strdup (self->squeezed);
  for (guint i = 0; i < self->terms->len; i++)
    {
      const CbTerm *term = g_ptr_array_index (self->terms, i);
      CbTerm *copy = term_new (term->text);

      copy->is_address = term->is_address;
      if (term->digits != NULL)
        read_number (copy);
      for (guint j = 0; j < copy->words->len; j++)
        {
          char *better = put_right (g_ptr_array_index (copy->words, j), words);

          if (better == NULL)
            continue;
          g_free (copy->words->pdata[j]);
          copy->words->pdata[j] = better;
        }
      g_ptr_array_add (right->terms, copy);
    }
  return right;
}

gboolean
cb_typed_matches (CbTyped *self, const CbPersonText *person)
{
  g_autofree char *words = cb_index_person_words (person);

  for (guint i = 0; i < self->terms->len; i++)
    {
      const CbTerm *term = g_ptr_array_index (self->terms, i);

      if (!is_on_the_way (self, term) && !has_contact (term, person) &&
          (term->is_address || !has_words (term, words)))
        return FALSE;
    }
  return TRUE;
}

static gboolean
is_both (const char *typed, const char *first, const char *second)
{
  return g_str_has_prefix (typed, first) && g_str_equal (typed + strlen (first), second);
}

gboolean
cb_typed_is_name (CbTyped *self, const CbPersonText *person)
{
  const char *typed = self->squeezed;
  g_autofree char *given = cb_index_squeeze (person->given);
  g_autofree char *family = cb_index_squeeze (person->family);
  g_autofree char *preferred = cb_index_squeeze (person->preferred);

  return g_str_equal (typed, given) || g_str_equal (typed, family) ||
         g_str_equal (typed, preferred) || is_both (typed, given, family) ||
         is_both (typed, family, given) || is_both (typed, preferred, family);
}
