/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "search/cb-index-private.h"

#include <string.h>

/* Of so many that share a beginning, the first are looked at, where not all will do. */
#define MOST_MATCHES 256

/* Fewer letters of an address say less than those of names. */
#define FEWEST_EMAIL_CHARACTERS 3

/* Fewer digits are rarely a number that was typed with its calling code but without a sign of it.
 */
#define FEWEST_DIGITS_WITH_CODE 5

/* "0123" may be the end of a number; only a longer one was typed with its leading zero. */
#define FEWEST_BARE_DIGITS 6

/* --- putting --- */

/* A number is kept as its digits, and once more with the last first, so that an end is a beginning
 * too. */
static void
change_phone (CbIndex *self, gboolean is_added, guint32 slot, const char *phone)
{
  void (*change) (CbDictionary *, const char *, gsize, guint32) =
    is_added ? cb_dictionary_add : cb_dictionary_remove;
  const char *digits = phone + (phone[0] == '+');
  gsize length = strlen (digits);
  g_autofree char *reversed = g_strreverse (g_strdup (digits));
  guint code = 0;

  change (self->numbers, digits, length, slot);
  change (self->number_ends, reversed, length, slot);
  for (gsize i = cb_index_calling_code_length (digits); i > 0; i--)
    code = code * 10 + (guint) (*digits++ - '0');
  self->calling_codes[code] = TRUE;
}

static void
change_email (CbIndex *self, gboolean is_added, guint32 slot, const char *email)
{
  g_autofree char *lower = g_strstrip (cb_index_lower (email));

  if (*lower == '\0')
    return;
  (is_added ? cb_dictionary_add : cb_dictionary_remove) (self->emails, lower, strlen (lower), slot);
}

/* As on a phone, both ends are beginnings. */
static void
change_card (CbIndex *self, gboolean is_added, guint32 slot, const char *card)
{
  void (*change) (CbDictionary *, const char *, gsize, guint32) =
    is_added ? cb_dictionary_add : cb_dictionary_remove;
  g_autofree char *squeezed = cb_index_squeeze (card);
  g_autofree char *reversed = g_utf8_strreverse (squeezed, -1);

  if (*squeezed == '\0')
    return;
  change (self->cards, squeezed, strlen (squeezed), slot);
  change (self->card_ends, reversed, strlen (reversed), slot);
}

static gboolean
is_phone (const char *phone)
{
  const char *digits = phone + (phone[0] == '+');

  return *digits != '\0' && digits[strspn (digits, "0123456789")] == '\0';
}

void
cb_index_change_contacts (CbIndex *self,
                          gboolean is_added,
                          guint32 slot,
                          const CbPersonText *person)
{
  for (guint i = 0; person->emails != NULL && person->emails[i] != NULL; i++)
    change_email (self, is_added, slot, person->emails[i]);
  for (guint i = 0; person->phones != NULL && person->phones[i] != NULL; i++)
    if (is_phone (person->phones[i]))
      change_phone (self, is_added, slot, person->phones[i]);
  for (guint i = 0; person->cards != NULL && person->cards[i] != NULL; i++)
    change_card (self, is_added, slot, person->cards[i]);
}

/* --- finding --- */

static void
add_begun (CbIndex *self,
           CbDictionary *dictionary,
           const char *beginning,
           guint most,
           GArray *slots)
{
  g_autoptr (GArray) first = g_array_new (FALSE, FALSE, sizeof (guint32));

  cb_rows_merge_begun (&self->persons, dictionary, beginning, most, first);
  if (first->len > 0)
    g_array_append_vals (slots, first->data, first->len);
}

static void
add_numbers_ending (CbIndex *self, const char *digits, guint most, GArray *slots)
{
  g_autofree char *reversed = g_strreverse (g_strdup (digits));

  add_begun (self, self->number_ends, reversed, most, slots);
}

static void
find_ends (CbIndex *self, const CbTerm *term, guint most, GArray *slots)
{
  add_numbers_ending (self, term->digits, most, slots);
  if (term->bare != NULL && strlen (term->bare) >= FEWEST_BARE_DIGITS)
    add_numbers_ending (self, term->bare, most, slots);
}

/* Which country a number belongs to isn't said at home, so each that occurs here is tried; in some
 * a number begins with a zero. */
static void
find_home_beginnings (CbIndex *self, const char *bare, guint most, GArray *slots)
{
  for (guint code = 1; code < G_N_ELEMENTS (self->calling_codes); code++)
    {
      g_autofree char *plain = NULL;
      g_autofree char *with_zero = NULL;

      if (!self->calling_codes[code])
        continue;
      plain = g_strdup_printf ("%u%s", code, bare);
      with_zero = g_strdup_printf ("%u0%s", code, bare);
      cb_rows_merge_begun (&self->persons, self->numbers, plain, most, slots);
      cb_rows_merge_begun (&self->persons, self->numbers, with_zero, most, slots);
    }
}

/* A number that is being typed from its beginning. There may be people of 200 countries: it isn't
 * the first of each that are wanted. */
static void
find_beginnings (CbIndex *self, const CbTerm *term, guint most, GArray *slots)
{
  g_autoptr (GArray) first = g_array_new (FALSE, FALSE, sizeof (guint32));
  gboolean may_have_code;

  if (term->bare == NULL)
    return;
  may_have_code =
    strlen (term->bare) == strlen (term->digits) && strlen (term->bare) >= FEWEST_DIGITS_WITH_CODE;
  if (term->is_abroad || may_have_code)
    cb_rows_merge_begun (&self->persons, self->numbers, term->bare, most, first);
  if (!term->is_abroad)
    find_home_beginnings (self, term->bare, most, first);
  if (first->len > 0)
    g_array_append_vals (slots, first->data, first->len);
}

static gboolean
is_end_of_number (const CbTerm *term)
{
  return term->digits != NULL && strlen (term->digits) >= CB_TERM_LAST_DIGITS;
}

/* Among several terms an address or a number says most: it finds the few, and the caller looks who
 * of them has the rest. */
static void
find_by_one_of (CbIndex *self, CbTyped *typed, GArray *slots)
{
  for (guint i = 0; i < typed->terms->len; i++)
    {
      const CbTerm *term = g_ptr_array_index (typed->terms, i);

      if (!term->is_address)
        continue;
      add_begun (self, self->emails, term->email, MOST_MATCHES, slots);
      return;
    }
  for (guint i = 0; i < typed->terms->len; i++)
    {
      const CbTerm *term = g_ptr_array_index (typed->terms, i);

      if (!is_end_of_number (term))
        continue;
      find_ends (self, term, MOST_MATCHES, slots);
      return;
    }
}

void
cb_index_find_contacts (CbIndex *self, CbTyped *typed, guint most, GArray *slots)
{
  const CbTerm *only = g_ptr_array_index (typed->terms, 0);

  if (typed->terms->len > 1)
    {
      find_by_one_of (self, typed, slots);
      return;
    }
  if (only->email != NULL && g_utf8_strlen (only->email, -1) >= FEWEST_EMAIL_CHARACTERS)
    add_begun (self, self->emails, only->email, most, slots);
  if (is_end_of_number (only))
    find_ends (self, only, most, slots);
  if (only->digits != NULL)
    find_beginnings (self, only, most, slots);
}

void
cb_index_find_cards (CbIndex *self, CbTyped *typed, guint most, GArray *slots)
{
  g_autofree char *reversed = NULL;

  if (typed->card == NULL)
    return;
  add_begun (self, self->cards, typed->card, most, slots);
  if (g_utf8_strlen (typed->card, -1) < CB_TERM_LAST_DIGITS)
    return;
  reversed = g_utf8_strreverse (typed->card, -1);
  add_begun (self, self->card_ends, reversed, most, slots);
}

static gboolean
is_card (const CbTyped *self, const char *const *cards)
{
  for (guint i = 0; self->card != NULL && cards != NULL && cards[i] != NULL; i++)
    {
      g_autofree char *squeezed = cb_index_squeeze (cards[i]);

      if (g_str_equal (self->card, squeezed))
        return TRUE;
    }
  return FALSE;
}

static gboolean
is_address (const CbTerm *term, const char *const *emails)
{
  for (guint i = 0; emails != NULL && emails[i] != NULL; i++)
    {
      g_autofree char *email = cb_index_lower (emails[i]);

      if (g_strcmp0 (term->email, g_strstrip (email)) == 0)
        return TRUE;
    }
  return FALSE;
}

static gboolean
is_number (const CbTerm *term, const char *const *phones)
{
  for (guint i = 0; term->bare != NULL && phones != NULL && phones[i] != NULL; i++)
    {
      const char *digits = phones[i] + (phones[i][0] == '+');
      const char *home = cb_index_home_number (phones[i]);

      if (g_str_equal (term->bare, digits) || (!term->is_abroad && g_str_equal (term->bare, home)))
        return TRUE;
    }
  return FALSE;
}

gboolean
cb_typed_is_contact (CbTyped *self, const CbPersonText *person)
{
  const CbTerm *only = g_ptr_array_index (self->terms, 0);

  if (is_card (self, person->cards))
    return TRUE;
  return self->terms->len == 1 &&
         (is_address (only, person->emails) || is_number (only, person->phones));
}

void
cb_index_find_whole_contacts (CbIndex *self, CbTyped *typed, GArray *slots)
{
  const CbTerm *only = g_ptr_array_index (typed->terms, 0);

  if (typed->card != NULL)
    add_begun (self, self->cards, typed->card, MOST_MATCHES, slots);
  if (typed->terms->len > 1)
    return;
  if (only->is_address)
    add_begun (self, self->emails, only->email, MOST_MATCHES, slots);
  else if (only->bare != NULL && strlen (only->bare) >= FEWEST_BARE_DIGITS)
    find_ends (self, only, MOST_MATCHES, slots);
}

gboolean
cb_term_is_end_of (const CbTerm *term, const char *phone)
{
  return is_end_of_number (term) &&
         (g_str_has_suffix (phone, term->digits) ||
          (term->bare != NULL && strlen (term->bare) >= FEWEST_BARE_DIGITS &&
           g_str_has_suffix (phone, term->bare)));
}
