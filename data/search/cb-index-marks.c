/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "search/cb-index-private.h"

#include "base/cb-fold.h"

#include <string.h>

/* Where a byte of the folded letters comes from in the text. */
typedef struct
{
  gsize from;
  gsize to;
  gboolean is_start; /* of a word */
} Origin;

/* One piece between spaces, folded, with what is no letter left out. Folding is done character by
 * character here, for that is what tells where each letter came from; the index folds whole words,
 * with the same result. */
typedef struct
{
  GString *letters;
  GArray *origins; /* of Origin, one a byte of `letters` */
  gboolean is_start_next;
  gboolean is_spelled_out; /* see cb_index_spell_out() */
} Piece;

static void
piece_begin (Piece *piece)
{
  g_string_truncate (piece->letters, 0);
  g_array_set_size (piece->origins, 0);
  piece->is_start_next = TRUE;
}

static void
add_letter (Piece *piece, const char *letter, gsize length, gsize from, gsize to, gboolean is_start)
{
  g_string_append_len (piece->letters, letter, (gssize) length);
  for (gsize i = 0; i < length; i++)
    {
      Origin origin = { from, to, is_start && i == 0 };

      g_array_append_val (piece->origins, origin);
    }
}

static void
add_folded (Piece *piece, const char *folded, gsize from, gsize to)
{
  for (const char *next = folded; *next != '\0'; next = g_utf8_next_char (next))
    {
      gunichar c = g_utf8_get_char (next);
      gsize length = (gsize) (g_utf8_next_char (next) - next);
      gboolean is_wide = c >= 0x1100 && g_unichar_isalnum (c) && g_unichar_iswide (c);
      gboolean is_letter = g_unichar_isalnum (c);

      if (is_letter || (g_unichar_ismark (c) && piece->letters->len > 0))
        add_letter (piece, next, length, from, to, is_letter && (is_wide || piece->is_start_next));
      if (is_letter || !g_unichar_ismark (c))
        piece->is_start_next = is_wide || !is_letter;
    }
}

/* Signs that belong to the letter before them: marks, joiners, the rest of a Hangul syllable. */
static gboolean
continues (gunichar c)
{
  return c >= 0x300 && (g_unichar_ismark (c) || g_unichar_type (c) == G_UNICODE_FORMAT ||
                        (c >= 0x1160 && c <= 0x11ff));
}

static void
add_character (Piece *piece, const char *text, gsize from, gsize to)
{
  const char *spelled = NULL;

  if (piece->is_spelled_out)
    {
      g_autofree char *composed =
        g_utf8_normalize (text + from, (gssize) (to - from), G_NORMALIZE_DEFAULT_COMPOSE);

      spelled = cb_index_spell_letter (g_utf8_get_char (composed));
    }
  if (spelled != NULL)
    {
      add_folded (piece, spelled, from, to);
    }
  else if (to - from == 1)
    {
      char plain[] = { g_ascii_tolower (text[from]), '\0' };

      add_folded (piece, plain, from, to);
    }
  else
    {
      g_autofree char *character = g_strndup (text + from, to - from);
      g_autofree char *folded = cb_fold (character);

      add_folded (piece, folded, from, to);
    }
}

static gsize
end_of_character (const char *text, gsize from)
{
  const char *next = g_utf8_next_char (text + from);

  while (*next != '\0' && continues (g_utf8_get_char (next)))
    next = g_utf8_next_char (next);
  return (gsize) (next - text);
}

/* A beginning of a word, of all words of the piece as one, or two wide characters side by side. */
static gboolean
matches_at (const Piece *piece, gsize at, const char *word, gsize length)
{
  const Origin *origins = (const Origin *) (gpointer) piece->origins->data;
  gboolean may_cross = at == 0 || g_unichar_iswide (g_utf8_get_char (word));

  if (!origins[at].is_start || at + length > piece->letters->len ||
      memcmp (piece->letters->str + at, word, length) != 0)
    return FALSE;
  for (gsize i = at + 1; i < at + length && !may_cross; i++)
    if (origins[i].is_start)
      return FALSE;
  return TRUE;
}

static void
add_span (GArray *spans, CbHitField field, guint item, gsize start, gsize end)
{
  CbHitSpan span = { field, item, start, end };

  g_array_append_val (spans, span);
}

static void
mark_word (const char *word, const Piece *piece, CbHitField field, guint item, GArray *spans)
{
  const Origin *origins = (const Origin *) (gpointer) piece->origins->data;
  gsize length = strlen (word);

  for (gsize at = 0; at < piece->letters->len; at++)
    if (matches_at (piece, at, word, length))
      add_span (spans, field, item, origins[at].from, origins[at + length - 1].to);
}

static void
mark_piece (CbTyped *self, const Piece *piece, CbHitField field, guint item, GArray *spans)
{
  for (guint t = 0; t < self->terms->len; t++)
    {
      const CbTerm *term = g_ptr_array_index (self->terms, t);

      if (term->is_address && field != CB_HIT_TEXT)
        continue;
      for (guint w = 0; w < term->words->len; w++)
        mark_word (g_ptr_array_index (term->words, w), piece, field, item, spans);
      if (term->spelled != NULL)
        mark_word (term->spelled, piece, field, item, spans);
    }
}

static void
mark_words (CbTyped *self,
            CbHitField field,
            guint item,
            const char *text,
            Piece *piece,
            GArray *spans)
{
  gsize from = 0;

  piece_begin (piece);
  while (text[from] != '\0')
    {
      gsize to = end_of_character (text, from);

      if (g_unichar_isspace (g_utf8_get_char (text + from)))
        {
          mark_piece (self, piece, field, item, spans);
          piece_begin (piece);
        }
      else
        add_character (piece, text, from, to);
      from = to;
    }
  mark_piece (self, piece, field, item, spans);
}

void
cb_typed_mark_words (CbTyped *self, CbHitField field, guint item, const char *text, GArray *spans)
{
  g_autoptr (GString) letters = g_string_new (NULL);
  g_autoptr (GArray) origins = g_array_new (FALSE, FALSE, sizeof (Origin));
  g_autofree char *spelled = NULL;
  Piece piece = { letters, origins, TRUE, FALSE };

  if (text == NULL || !g_utf8_validate (text, -1, NULL))
    return;
  mark_words (self, field, item, text, &piece, spans);
  spelled = cb_index_spell_out (text);
  piece.is_spelled_out = TRUE;
  if (spelled != NULL)
    mark_words (self, field, item, text, &piece, spans);
}

/* The bytes of `text` whose lower case begins with `lower`; 0 when it doesn't. */
static gsize
match_lower (const char *text, const char *lower)
{
  const char *next = text;

  while (*lower != '\0' && *next != '\0')
    {
      if (g_unichar_tolower (g_utf8_get_char (next)) != g_utf8_get_char (lower))
        return 0;
      next = g_utf8_next_char (next);
      lower = g_utf8_next_char (lower);
    }
  return *lower == '\0' ? (gsize) (next - text) : 0;
}

void
cb_typed_mark_email (CbTyped *self, guint item, const char *text, GArray *spans)
{
  gsize blank = 0;

  if (!g_utf8_validate (text, -1, NULL))
    return;
  while (g_ascii_isspace (text[blank]))
    blank++;
  for (guint t = 0; t < self->terms->len; t++)
    {
      const CbTerm *term = g_ptr_array_index (self->terms, t);
      gsize length = term->email != NULL ? match_lower (text + blank, term->email) : 0;

      if (length > 0)
        add_span (spans, CB_HIT_EMAIL, item, blank, blank + length);
    }
}

static void
add_phone_span (GArray *spans, guint item, const char *phone, const char *start, gsize length)
{
  add_span (spans, CB_HIT_PHONE, item, (gsize) (start - phone), (gsize) (start - phone) + length);
}

/* A number that is being typed from its beginning. */
static void
mark_beginning_of_number (const CbTerm *term, const char *phone, guint item, GArray *spans)
{
  const char *home = cb_index_home_number (phone);
  const char *digits = phone + (phone[0] == '+');

  if (!term->is_abroad && g_str_has_prefix (home, term->bare))
    add_phone_span (spans, item, phone, home, strlen (term->bare));
  else if (g_str_has_prefix (digits, term->bare))
    add_phone_span (spans, item, phone, digits, strlen (term->bare));
}

/* The bytes of `text` that fold to so many bytes of what is squeezed, from its beginning. */
static gsize
end_of_squeezed (const char *text, gsize length)
{
  gsize end = 0;

  while (text[end] != '\0')
    {
      g_autofree char *before = g_strndup (text, end);
      g_autofree char *squeezed = cb_index_squeeze (before);

      if (strlen (squeezed) >= length)
        break;
      end = (gsize) (g_utf8_next_char (text + end) - text);
    }
  return end;
}

void
cb_typed_mark_card (CbTyped *self, guint item, const char *text, GArray *spans)
{
  g_autofree char *squeezed = NULL;
  gsize length;

  if (self->card == NULL || !g_utf8_validate (text, -1, NULL))
    return;
  squeezed = cb_index_squeeze (text);
  length = strlen (self->card);
  if (g_str_has_prefix (squeezed, self->card))
    add_span (spans, CB_HIT_CARD, item, 0, end_of_squeezed (text, length));
  else if (g_utf8_strlen (self->card, -1) >= CB_TERM_LAST_DIGITS &&
           g_str_has_suffix (squeezed, self->card))
    add_span (spans, CB_HIT_CARD, item, end_of_squeezed (text, strlen (squeezed) - length),
              strlen (text));
}

void
cb_typed_mark_phone (CbTyped *self, guint item, const char *text, GArray *spans)
{
  for (guint t = 0; t < self->terms->len; t++)
    {
      const CbTerm *term = g_ptr_array_index (self->terms, t);

      if (cb_term_is_end_of (term, text))
        {
          const char *end = g_str_has_suffix (text, term->digits) ? term->digits : term->bare;

          add_phone_span (spans, item, text, text + strlen (text) - strlen (end), strlen (end));
        }
      else if (self->terms->len == 1 && term->bare != NULL)
        mark_beginning_of_number (term, text, item, spans);
    }
}
