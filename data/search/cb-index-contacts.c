/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "search/cb-index-private.h"

#include <string.h>

/* A number is kept as an integer of 15 digits, the most that E.164 allows, filled up with zeros at
 * its end, so that a beginning is a range; and once more with its last digit first, so that an end
 * is one too. */
#define MOST_DIGITS 15

/* Of so many that share a beginning, the newest are shown; more are never put in order. */
#define MOST_MATCHES 256

/* Fewer letters of an address say less than those of names. */
#define FEWEST_EMAIL_CHARACTERS 3

/* Fewer digits are rarely a number that was typed with its calling code but without a sign of it.
 */
#define FEWEST_DIGITS_WITH_CODE 5

/* "0123" may be the end of a number; only a longer one was typed with its leading zero. */
#define FEWEST_BARE_DIGITS 6

typedef struct
{
  gint64 first;
  gint64 last;
} Range;

static Range
range_of (const char *digits)
{
  gint64 key = 0;
  gint64 width = 1;

  for (guint i = 0; i < MOST_DIGITS; i++)
    {
      key *= 10;
      if (*digits != '\0')
        key += *digits++ - '0';
      else
        width *= 10;
    }
  return (Range){ key, key + width - 1 };
}

static Range
range_of_end (const char *digits)
{
  g_autofree char *reversed = g_strreverse (g_strdup (digits));

  return range_of (reversed);
}

/* --- putting --- */

static gboolean
change_number (CbIndex *self, CbIndexStatement which, gint64 key, gint64 rank, GError **error)
{
  g_autoptr (CbIndexStep) step = cb_index_statement (self, which);

  sqlite3_bind_int64 (step, 1, key);
  sqlite3_bind_int64 (step, 2, rank);
  return cb_index_finish (self, step, "changing a number", error);
}

static gboolean
change_phone (CbIndex *self, gboolean is_added, gint64 rank, const char *phone, GError **error)
{
  const char *digits = phone + (phone[0] == '+');
  Range forward = range_of (digits);
  Range backward = range_of_end (digits);
  guint code = 0;

  for (gsize i = cb_index_calling_code_length (digits); i > 0; i--)
    code = code * 10 + (guint) (*digits++ - '0');
  self->calling_codes[code] = TRUE;
  return change_number (self, is_added ? CB_INDEX_ADD_NUMBER : CB_INDEX_REMOVE_NUMBER,
                        forward.first, rank, error) &&
         change_number (self, is_added ? CB_INDEX_ADD_NUMBER_END : CB_INDEX_REMOVE_NUMBER_END,
                        backward.first, rank, error);
}

static gboolean
change_email (CbIndex *self, gboolean is_added, gint64 rank, const char *email, GError **error)
{
  g_autoptr (CbIndexStep) step =
    cb_index_statement (self, is_added ? CB_INDEX_ADD_EMAIL : CB_INDEX_REMOVE_EMAIL);
  g_autofree char *lower = cb_index_lower (email);

  cb_index_bind_text (step, 1, g_strstrip (lower));
  sqlite3_bind_int64 (step, 2, rank);
  return cb_index_finish (self, step, "changing an address", error);
}

static gboolean
is_phone (const char *phone)
{
  const char *digits = phone + (phone[0] == '+');

  return *digits != '\0' && digits[strspn (digits, "0123456789")] == '\0';
}

gboolean
cb_index_change_contacts (CbIndex *self,
                          gboolean is_added,
                          gint64 rank,
                          const CbPersonText *person,
                          GError **error)
{
  for (guint i = 0; person->emails != NULL && person->emails[i] != NULL; i++)
    if (!change_email (self, is_added, rank, person->emails[i], error))
      return FALSE;
  for (guint i = 0; person->phones != NULL && person->phones[i] != NULL; i++)
    if (is_phone (person->phones[i]) &&
        !change_phone (self, is_added, rank, person->phones[i], error))
      return FALSE;
  return TRUE;
}

/* --- finding --- */

static gboolean
add_range (CbIndex *self, CbIndexStatement which, Range range, GArray *ranks, GError **error)
{
  g_autoptr (CbIndexStep) step = cb_index_statement (self, which);

  sqlite3_bind_int64 (step, 1, range.first);
  sqlite3_bind_int64 (step, 2, range.last);
  sqlite3_bind_int64 (step, 3, MOST_MATCHES);
  return cb_index_take_ranks (self, step, ranks, error);
}

static gboolean
find_ends (CbIndex *self, const CbTerm *term, GArray *ranks, GError **error)
{
  if (!add_range (self, CB_INDEX_MATCH_NUMBER_ENDS, range_of_end (term->digits), ranks, error))
    return FALSE;
  if (term->bare == NULL || strlen (term->bare) < FEWEST_BARE_DIGITS)
    return TRUE;
  return add_range (self, CB_INDEX_MATCH_NUMBER_ENDS, range_of_end (term->bare), ranks, error);
}

/* Which country a number belongs to isn't said at home, so each that occurs here is tried; in some
 * a number begins with a zero. */
static gboolean
find_home_beginnings (CbIndex *self, const char *bare, GArray *ranks, GError **error)
{
  for (guint code = 1; code < G_N_ELEMENTS (self->calling_codes); code++)
    {
      g_autofree char *plain = NULL;
      g_autofree char *with_zero = NULL;

      if (!self->calling_codes[code])
        continue;
      plain = g_strdup_printf ("%u%s", code, bare);
      with_zero = g_strdup_printf ("%u0%s", code, bare);
      if (!add_range (self, CB_INDEX_MATCH_NUMBERS, range_of (plain), ranks, error) ||
          !add_range (self, CB_INDEX_MATCH_NUMBERS, range_of (with_zero), ranks, error))
        return FALSE;
    }
  return TRUE;
}

/* A number that is being typed from its beginning. */
static gboolean
find_beginnings (CbIndex *self, const CbTerm *term, GArray *ranks, GError **error)
{
  gboolean may_have_code;

  if (term->bare == NULL)
    return TRUE;
  may_have_code =
    strlen (term->bare) == strlen (term->digits) && strlen (term->bare) >= FEWEST_DIGITS_WITH_CODE;
  if ((term->is_abroad || may_have_code) &&
      !add_range (self, CB_INDEX_MATCH_NUMBERS, range_of (term->bare), ranks, error))
    return FALSE;
  return term->is_abroad || find_home_beginnings (self, term->bare, ranks, error);
}

static gboolean
find_addresses (CbIndex *self, const char *beginning, GArray *ranks, GError **error)
{
  g_autoptr (CbIndexStep) step = cb_index_statement (self, CB_INDEX_MATCH_EMAILS);

  cb_index_bind_text (step, 1, beginning);
  sqlite3_bind_int64 (step, 2, MOST_MATCHES);
  return cb_index_take_ranks (self, step, ranks, error);
}

static gboolean
is_end_of_number (const CbTerm *term)
{
  return term->digits != NULL && strlen (term->digits) >= CB_TERM_LAST_DIGITS;
}

/* Among several terms an address or a number says most: it finds the few, and the caller looks who
 * of them has the rest. */
static gboolean
find_by_one_of (CbIndex *self, CbTyped *typed, GArray *ranks, GError **error)
{
  for (guint i = 0; i < typed->terms->len; i++)
    {
      const CbTerm *term = g_ptr_array_index (typed->terms, i);

      if (term->is_address)
        return find_addresses (self, term->email, ranks, error);
    }
  for (guint i = 0; i < typed->terms->len; i++)
    {
      const CbTerm *term = g_ptr_array_index (typed->terms, i);

      if (is_end_of_number (term))
        return find_ends (self, term, ranks, error);
    }
  return TRUE;
}

gboolean
cb_index_find_contacts (CbIndex *self, CbTyped *typed, GArray *ranks, GError **error)
{
  const CbTerm *only = g_ptr_array_index (typed->terms, 0);

  if (typed->terms->len > 1)
    return find_by_one_of (self, typed, ranks, error);
  if (only->email != NULL && g_utf8_strlen (only->email, -1) >= FEWEST_EMAIL_CHARACTERS &&
      !find_addresses (self, only->email, ranks, error))
    return FALSE;
  if (is_end_of_number (only) && !find_ends (self, only, ranks, error))
    return FALSE;
  return only->digits == NULL || find_beginnings (self, only, ranks, error);
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

  return self->terms->len == 1 &&
         (is_address (only, person->emails) || is_number (only, person->phones));
}

gboolean
cb_index_find_whole_contacts (CbIndex *self, CbTyped *typed, GArray *ranks, GError **error)
{
  const CbTerm *only = g_ptr_array_index (typed->terms, 0);

  if (typed->terms->len > 1)
    return TRUE;
  if (only->is_address)
    return find_addresses (self, only->email, ranks, error);
  return only->bare == NULL || strlen (only->bare) < FEWEST_BARE_DIGITS ||
         find_ends (self, only, ranks, error);
}

gboolean
cb_term_is_end_of (const CbTerm *term, const char *phone)
{
  return is_end_of_number (term) &&
         (g_str_has_suffix (phone, term->digits) ||
          (term->bare != NULL && strlen (term->bare) >= FEWEST_BARE_DIGITS &&
           g_str_has_suffix (phone, term->bare)));
}
