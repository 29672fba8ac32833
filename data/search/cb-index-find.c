/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "search/cb-index-private.h"

#include <string.h>

/* Whole words are looked at more closely, to put the exact ones first: among so many of the newest,
 * never among all, for ranking a whole match set is what makes a search slow. */
#define MOST_RANKED 100

/* So many numbers with the same beginning are put in order. */
#define MOST_NUMBERS 256

static int
compare_ranks (gconstpointer a, gconstpointer b)
{
  gint64 left = *(const gint64 *) a;
  gint64 right = *(const gint64 *) b;

  return (left > right) - (left < right);
}

/* Adds the row ids that a statement answers with. */
static gboolean
add_ranks (CbIndex *self,
           CbIndexStatement which,
           const char *key,
           guint limit,
           GArray *ranks,
           GError **error)
{
  g_autoptr (CbIndexStep) step = NULL;
  int result;

  if (key == NULL)
    return TRUE;
  step = cb_index_statement (self, which);
  sqlite3_bind_text (step, 1, key, -1, SQLITE_TRANSIENT);
  sqlite3_bind_int64 (step, 2, limit);
  while ((result = sqlite3_step (step)) == SQLITE_ROW)
    {
      gint64 rank = sqlite3_column_int64 (step, 0);

      g_array_append_val (ranks, rank);
    }
  return result == SQLITE_DONE ? TRUE : cb_index_fail (self, "searching", error);
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

/* The ranks that were looked at already are passed over; both lists are in order. */
static void
add_persons (CbIndex *self,
             CbTyped *typed,
             CbHitRank rank,
             GArray *ranks,
             GArray *seen,
             guint limit,
             GPtrArray *hits)
{
  guint next_seen = 0;

  for (guint i = 0; i < ranks->len && hits->len < limit; i++)
    {
      gint64 place = g_array_index (ranks, gint64, i);
      g_autoptr (Person) person = NULL;

      while (next_seen < seen->len && g_array_index (seen, gint64, next_seen) < place)
        next_seen++;
      if (next_seen < seen->len && g_array_index (seen, gint64, next_seen) == place)
        continue;
      person = read_person (self, place);
      if (person != NULL)
        g_ptr_array_add (hits, make_person_hit (typed, person, rank));
    }
}

/* Parts those whom the typed text names exactly from those it names in part, each in order. */
static void
add_whole_persons (CbIndex *self, CbTyped *typed, GArray *ranks, guint limit, GPtrArray *hits)
{
  g_autoptr (GPtrArray) persons = g_ptr_array_new_with_free_func ((GDestroyNotify) person_free);
  g_autoptr (GArray) are_exact = g_array_new (FALSE, FALSE, sizeof (gboolean));

  for (guint i = 0; i < ranks->len; i++)
    {
      Person *person = read_person (self, g_array_index (ranks, gint64, i));
      CbPersonText text;
      gboolean is_exact;

      if (person == NULL)
        continue;
      text = get_text (person);
      is_exact = cb_typed_is_exact (typed, &text);
      g_ptr_array_add (persons, person);
      g_array_append_val (are_exact, is_exact);
    }
  for (int exact = 1; exact >= 0; exact--)
    for (guint i = 0; i < persons->len && hits->len < limit; i++)
      if (g_array_index (are_exact, gboolean, i) == exact)
        g_ptr_array_add (hits, make_person_hit (typed, g_ptr_array_index (persons, i),
                                                exact ? CB_HIT_EXACT : CB_HIT_WORD));
}

/* A number that is being typed from its beginning. */
static gboolean
add_numbers (CbIndex *self, CbTyped *typed, GArray *ranks, GError **error)
{
  const CbTerm *number = cb_typed_get_number (typed);

  if (number == NULL)
    return TRUE;
  if (!add_ranks (self, CB_INDEX_MATCH_NUMBERS, number->beginning, MOST_NUMBERS, ranks, error))
    return FALSE;
  g_array_sort (ranks, compare_ranks);
  return TRUE;
}

static void
drop_repeated (GArray *ranks)
{
  guint kept = 0;

  for (guint i = 0; i < ranks->len; i++)
    if (i == 0 || g_array_index (ranks, gint64, i) != g_array_index (ranks, gint64, kept - 1))
      g_array_index (ranks, gint64, kept++) = g_array_index (ranks, gint64, i);
  g_array_set_size (ranks, kept);
}

static gboolean
find_persons (CbIndex *self, CbTyped *typed, guint limit, GPtrArray *hits, GError **error)
{
  g_autoptr (GArray) whole = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GArray) begun = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autofree char *whole_words = cb_typed_person_expression (typed, TRUE);
  g_autofree char *beginnings = cb_typed_person_expression (typed, FALSE);

  if (!add_ranks (self, CB_INDEX_MATCH_PERSONS, whole_words, MAX (limit, MOST_RANKED), whole,
                  error))
    return FALSE;
  add_whole_persons (self, typed, whole, limit, hits);
  if (hits->len >= limit)
    return TRUE;

  /* Those found before are among these, so there must be room for them. */
  if (!add_ranks (self, CB_INDEX_MATCH_PERSONS, beginnings, limit + whole->len, begun, error) ||
      !add_numbers (self, typed, begun, error))
    return FALSE;
  drop_repeated (begun);
  add_persons (self, typed, CB_HIT_PREFIX, begun, whole, limit, hits);
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
holds (GArray *ranks, gint64 rank)
{
  return g_array_binary_search (ranks, &rank, compare_ranks, NULL);
}

static gboolean
find_notes (CbIndex *self, CbTyped *typed, guint limit, GPtrArray *hits, GError **error)
{
  g_autoptr (GArray) whole = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GArray) begun = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autofree char *whole_words = cb_typed_note_expression (typed, TRUE);
  g_autofree char *beginnings = cb_typed_note_expression (typed, FALSE);
  guint room;

  if (!add_ranks (self, CB_INDEX_MATCH_NOTES, whole_words, limit, whole, error))
    return FALSE;
  for (guint i = 0; i < whole->len; i++)
    add_note (self, typed, CB_HIT_WORD, g_array_index (whole, gint64, i), hits);

  room = limit - whole->len;
  if (room == 0)
    return TRUE;
  if (!add_ranks (self, CB_INDEX_MATCH_NOTES, beginnings, limit, begun, error))
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
