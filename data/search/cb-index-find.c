/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "search/cb-index-private.h"

#include <string.h>

/* Whole words are looked at more closely, to put the exact ones first: among so many of the newest,
 * never among all, for ranking a whole match set is what makes a search slow. */
#define MOST_RANKED 100

static int
compare_ranks (gconstpointer a, gconstpointer b)
{
  gint64 left = *(const gint64 *) a;
  gint64 right = *(const gint64 *) b;

  return (left > right) - (left < right);
}

/* The first rows that match an expression, in their order. */
static gboolean
match_words (CbIndex *self,
             CbIndexStatement which,
             const char *expression,
             guint limit,
             GArray *ranks,
             GError **error)
{
  g_autoptr (CbIndexStep) step = NULL;

  if (expression == NULL)
    return TRUE;
  step = cb_index_statement (self, which);
  cb_index_bind_text (step, 1, expression);
  sqlite3_bind_int64 (step, 2, limit);
  return cb_index_take_ranks (self, step, ranks, error);
}

static void
sort_ranks (GArray *ranks)
{
  guint kept = 0;

  g_array_sort (ranks, compare_ranks);
  for (guint i = 0; i < ranks->len; i++)
    if (i == 0 || g_array_index (ranks, gint64, i) != g_array_index (ranks, gint64, kept - 1))
      g_array_index (ranks, gint64, kept++) = g_array_index (ranks, gint64, i);
  g_array_set_size (ranks, kept);
}

static gboolean
holds (GArray *ranks, gint64 rank)
{
  return g_array_binary_search (ranks, &rank, compare_ranks, NULL);
}

/* --- persons --- */

typedef struct
{
  char *id;
  char *given;
  char *family;
  char *preferred;
  char **emails;
  char **phones;
} Person;

static void
person_free (Person *person)
{
  g_free (person->id);
  g_free (person->given);
  g_free (person->family);
  g_free (person->preferred);
  g_strfreev (person->emails);
  g_strfreev (person->phones);
  g_free (person);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Person, person_free)

static char *
dup_column (CbIndexStep *step, int column)
{
  return g_strdup ((const char *) sqlite3_column_text (step, column));
}

static Person *
read_person (CbIndex *self, gint64 rank)
{
  g_autoptr (CbIndexStep) step = cb_index_statement (self, CB_INDEX_GET_PERSON);
  Person *person;

  sqlite3_bind_int64 (step, 1, rank);
  if (sqlite3_step (step) != SQLITE_ROW)
    return NULL;
  person = g_new0 (Person, 1);
  person->id = dup_column (step, 0);
  person->given = dup_column (step, 1);
  person->family = dup_column (step, 2);
  person->preferred = dup_column (step, 3);
  person->emails = cb_index_split ((const char *) sqlite3_column_text (step, 4));
  person->phones = cb_index_split ((const char *) sqlite3_column_text (step, 5));
  return person;
}

static CbPersonText
get_text (const Person *person)
{
  return (CbPersonText){ person->given, person->family, person->preferred,
                         (const char *const *) person->emails,
                         (const char *const *) person->phones };
}

static CbHit *
make_person_hit (CbTyped *typed, const Person *person, CbHitRank rank)
{
  g_autoptr (GArray) spans = g_array_new (FALSE, FALSE, sizeof (CbHitSpan));
  CbPersonText text = get_text (person);

  cb_typed_mark_words (typed, CB_HIT_GIVEN, 0, person->given, spans);
  cb_typed_mark_words (typed, CB_HIT_FAMILY, 0, person->family, spans);
  cb_typed_mark_words (typed, CB_HIT_PREFERRED, 0, person->preferred, spans);
  for (guint i = 0; person->emails[i] != NULL; i++)
    cb_typed_mark_email (typed, i, person->emails[i], spans);
  for (guint i = 0; person->phones[i] != NULL; i++)
    cb_typed_mark_phone (typed, i, person->phones[i], spans);
  return cb_hit_new_person (person->id, rank, &text, spans);
}

/* Parts those whom the typed text names exactly from those it names in whole words, each in order.
 * Who is neither came in by an address or a number, and waits for the others that begin so. */
static void
add_whole_persons (CbIndex *self,
                   CbTyped *typed,
                   GArray *ranks,
                   GArray *words,
                   guint limit,
                   GPtrArray *hits)
{
  g_autoptr (GPtrArray) in_words = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < ranks->len && hits->len < limit; i++)
    {
      gint64 rank = g_array_index (ranks, gint64, i);
      g_autoptr (Person) person = read_person (self, rank);
      CbPersonText text;

      if (person == NULL)
        continue;
      text = get_text (person);
      if (cb_typed_is_name (typed, &text) || cb_typed_is_contact (typed, &text))
        g_ptr_array_add (hits, make_person_hit (typed, person, CB_HIT_EXACT));
      else if (holds (words, rank) && in_words->len < limit)
        g_ptr_array_add (in_words, make_person_hit (typed, person, CB_HIT_WORD));
    }
  for (guint i = 0; i < in_words->len && hits->len < limit; i++)
    g_ptr_array_add (hits, g_object_ref (g_ptr_array_index (in_words, i)));
}

static gboolean
is_among (GPtrArray *hits, const char *id)
{
  for (guint i = 0; i < hits->len; i++)
    if (g_str_equal (cb_hit_get_customer_id (g_ptr_array_index (hits, i)), id))
      return TRUE;
  return FALSE;
}

static void
add_begun_persons (CbIndex *self, CbTyped *typed, GArray *ranks, guint limit, GPtrArray *hits)
{
  for (guint i = 0; i < ranks->len && hits->len < limit; i++)
    {
      g_autoptr (Person) person = read_person (self, g_array_index (ranks, gint64, i));

      if (person != NULL && !is_among (hits, person->id))
        g_ptr_array_add (hits, make_person_hit (typed, person, CB_HIT_PREFIX));
    }
}

/* Those found by an address or a number have all the rest too. */
static gboolean
find_contacts (CbIndex *self, CbTyped *typed, GArray *ranks, GError **error)
{
  guint kept = 0;

  if (!cb_index_find_contacts (self, typed, ranks, error))
    return FALSE;
  sort_ranks (ranks);
  for (guint i = 0; i < ranks->len && typed->terms->len > 1; i++)
    {
      gint64 rank = g_array_index (ranks, gint64, i);
      g_autoptr (Person) person = read_person (self, rank);
      CbPersonText text;

      if (person == NULL)
        continue;
      text = get_text (person);
      if (cb_typed_matches (typed, &text))
        g_array_index (ranks, gint64, kept++) = rank;
    }
  if (typed->terms->len > 1)
    g_array_set_size (ranks, kept);
  return TRUE;
}

static gboolean
find_persons (CbIndex *self, CbTyped *typed, guint limit, GPtrArray *hits, GError **error)
{
  g_autoptr (GArray) begun = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GArray) words = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GArray) whole = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autofree char *whole_words = cb_typed_person_expression (typed, TRUE);
  g_autofree char *beginnings = cb_typed_person_expression (typed, FALSE);

  if (!match_words (self, CB_INDEX_MATCH_PERSONS, whole_words, MOST_RANKED, words, error) ||
      !cb_index_find_whole_contacts (self, typed, whole, error))
    return FALSE;
  g_array_append_vals (whole, words->data, words->len);
  sort_ranks (whole);
  add_whole_persons (self, typed, whole, words, limit, hits);
  if (hits->len >= limit)
    return TRUE;

  /* Those already shown may be among the first of these, so there must be room for them. */
  if (!find_contacts (self, typed, begun, error) ||
      !match_words (self, CB_INDEX_MATCH_PERSONS, beginnings, limit + hits->len, begun, error))
    return FALSE;
  sort_ranks (begun);
  add_begun_persons (self, typed, begun, limit, hits);
  return TRUE;
}

/* --- notes --- */

static void
add_note (CbIndex *self, CbTyped *typed, CbHitRank rank, gint64 place, GPtrArray *hits)
{
  g_autoptr (CbIndexStep) step = cb_index_statement (self, CB_INDEX_GET_NOTE);
  g_autoptr (GArray) spans = g_array_new (FALSE, FALSE, sizeof (CbHitSpan));
  const char *text;

  sqlite3_bind_int64 (step, 1, place);
  if (sqlite3_step (step) != SQLITE_ROW)
    return;
  text = (const char *) sqlite3_column_text (step, 1);
  cb_typed_mark_words (typed, CB_HIT_TEXT, 0, text, spans);
  g_ptr_array_add (hits, cb_hit_new_note ((const char *) sqlite3_column_text (step, 2),
                                          (const char *) sqlite3_column_text (step, 0), rank, text,
                                          spans));
}

static gboolean
find_notes (CbIndex *self, CbTyped *typed, guint limit, GPtrArray *hits, GError **error)
{
  g_autoptr (GArray) whole = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GArray) begun = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autofree char *whole_words = cb_typed_note_expression (typed, TRUE);
  g_autofree char *beginnings = cb_typed_note_expression (typed, FALSE);
  guint room;

  if (!match_words (self, CB_INDEX_MATCH_NOTES, whole_words, limit, whole, error))
    return FALSE;
  for (guint i = 0; i < whole->len; i++)
    add_note (self, typed, CB_HIT_WORD, g_array_index (whole, gint64, i), hits);

  room = limit - whole->len;
  if (room == 0)
    return TRUE;
  if (!match_words (self, CB_INDEX_MATCH_NOTES, beginnings, limit, begun, error))
    return FALSE;
  for (guint i = 0; i < begun->len && room > 0; i++)
    if (!holds (whole, g_array_index (begun, gint64, i)))
      {
        add_note (self, typed, CB_HIT_PREFIX, g_array_index (begun, gint64, i), hits);
        room--;
      }
  return TRUE;
}

GPtrArray *
cb_index_find (CbIndex *self, const char *typed, guint limit, GError **error)
{
  g_autoptr (GPtrArray) hits = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (CbTyped) terms = cb_typed_new (typed);

  if (terms == NULL || limit == 0)
    return g_steal_pointer (&hits);
  if (!find_persons (self, terms, limit, hits, error) ||
      !find_notes (self, terms, limit, hits, error))
    return NULL;
  return g_steal_pointer (&hits);
}
