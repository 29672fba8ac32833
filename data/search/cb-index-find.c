/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "search/cb-index-private.h"

#include <string.h>

/* Whole words are looked at more closely, to put the exact ones first: among so many of the newest,
 * never among all, for ranking a whole match set is what makes a search slow. */
#define MOST_RANKED 100

/* --- words --- */

typedef enum
{
  AS_TYPED,
  WITH_AN_ERROR,
} Forgiving;

static GArray *
new_slots (void)
{
  return g_array_new (FALSE, FALSE, sizeof (guint32));
}

/* One word that only begins may be the beginning of everybody's. */
static void
match_beginning (const CbRows *rows,
                 CbDictionary *dictionary,
                 const CbSoughtWord *sought,
                 guint most,
                 GArray *slots)
{
  g_autoptr (GArray) first = new_slots ();

  cb_rows_merge_begun (rows, dictionary, sought->text, most, first);
  if (sought->other != NULL)
    cb_rows_merge_begun (rows, dictionary, sought->other, most, first);
  if (first->len > 0)
    g_array_append_vals (slots, first->data, first->len);
}

/* Adds the first rows that have all of the words. */
static void
match_words (const CbRows *rows,
             CbDictionary *dictionary,
             GArray *sought,
             Forgiving forgiving,
             guint most,
             GArray *slots)
{
  g_autoptr (GPtrArray) lists = NULL;

  if (sought == NULL)
    return;
  if (sought->len == 1 && forgiving == AS_TYPED &&
      !g_array_index (sought, CbSoughtWord, 0).is_whole)
    {
      match_beginning (rows, dictionary, &g_array_index (sought, CbSoughtWord, 0), most, slots);
      return;
    }
  lists = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  for (guint i = 0; i < sought->len; i++)
    {
      const CbSoughtWord *one = &g_array_index (sought, CbSoughtWord, i);
      GArray *found = g_array_new (FALSE, FALSE, sizeof (CbLookedUp));

      g_ptr_array_add (lists, found);
      cb_dictionary_look_up (dictionary, one->text, one->is_whole, found);
      if (one->other != NULL)
        cb_dictionary_look_up (dictionary, one->other, one->is_whole, found);
      if (forgiving == WITH_AN_ERROR && cb_index_may_be_mistyped (one->text))
        cb_dictionary_look_up_near (dictionary, one->text, one->is_whole, found);
    }
  cb_rows_match (rows, lists, most, slots);
}

static gboolean
may_be_mistyped (GArray *sought)
{
  for (guint i = 0; sought != NULL && i < sought->len; i++)
    if (cb_index_may_be_mistyped (g_array_index (sought, CbSoughtWord, i).text))
      return TRUE;
  return FALSE;
}

static gboolean
holds (GArray *slots, guint32 slot)
{
  for (guint i = 0; i < slots->len; i++)
    if (g_array_index (slots, guint32, i) == slot)
      return TRUE;
  return FALSE;
}

static int
compare_slots (gconstpointer a, gconstpointer b, gpointer rows)
{
  return cb_rows_compare (rows, *(const guint32 *) a, *(const guint32 *) b);
}

/* In their order, and each once. */
static void
sort_slots (CbRows *rows, GArray *slots)
{
  guint kept = 0;

  g_array_sort_with_data (slots, compare_slots, rows);
  for (guint i = 0; i < slots->len; i++)
    if (i == 0 || g_array_index (slots, guint32, i) != g_array_index (slots, guint32, kept - 1))
      g_array_index (slots, guint32, kept++) = g_array_index (slots, guint32, i);
  g_array_set_size (slots, kept);
}

/* --- persons --- */

/* What has been found so far, and for whom. */
typedef struct
{
  CbIndex *index;
  CbTyped *typed;
  guint limit;
  GPtrArray *hits; /* of CbHit */
  GArray *shown;   /* of guint32: whose hits they are */
} Finding;

/* What begins with all that was typed as one, as "van Dijk" does with vandijk. */
static void
mark_whole (CbTyped *typed, CbHitField field, const char *text, GArray *spans)
{
  g_autofree char *squeezed = cb_index_squeeze (text);
  CbHitSpan span = { field, 0, 0, strlen (text) };

  if (g_str_has_prefix (squeezed, typed->squeezed))
    g_array_append_val (spans, span);
}

static CbHit *
make_person_hit (CbTyped *typed, const CbPersonRead *read, CbHitRank rank)
{
  g_autoptr (GArray) spans = g_array_new (FALSE, FALSE, sizeof (CbHitSpan));
  const CbPersonText *person = &read->text;

  cb_typed_mark_words (typed, CB_HIT_GIVEN, 0, person->given, spans);
  cb_typed_mark_words (typed, CB_HIT_FAMILY, 0, person->family, spans);
  cb_typed_mark_words (typed, CB_HIT_PREFERRED, 0, person->preferred, spans);
  for (guint i = 0; person->emails[i] != NULL; i++)
    cb_typed_mark_email (typed, i, person->emails[i], spans);
  for (guint i = 0; person->phones[i] != NULL; i++)
    cb_typed_mark_phone (typed, i, person->phones[i], spans);
  for (guint i = 0; person->cards[i] != NULL; i++)
    cb_typed_mark_card (typed, i, person->cards[i], spans);
  if (spans->len == 0)
    {
      mark_whole (typed, CB_HIT_GIVEN, person->given, spans);
      mark_whole (typed, CB_HIT_FAMILY, person->family, spans);
      mark_whole (typed, CB_HIT_PREFERRED, person->preferred, spans);
    }
  return cb_hit_new_person (read->id, rank, person, spans);
}

static void
show_person (Finding *finding, guint32 slot, CbHitRank rank)
{
  g_auto (CbPersonRead) read;

  cb_index_read_person (finding->index, slot, &read);
  if (rank == CB_HIT_NEAR)
    {
      g_autofree char *words = cb_index_person_words (&read.text);
      g_autoptr (CbTyped) right = cb_typed_put_right (finding->typed, words);

      g_ptr_array_add (finding->hits, make_person_hit (right, &read, rank));
    }
  else
    g_ptr_array_add (finding->hits, make_person_hit (finding->typed, &read, rank));
  g_array_append_val (finding->shown, slot);
}

static gboolean
is_enough (const Finding *finding)
{
  return finding->shown->len >= finding->limit;
}

static void
show_persons (Finding *finding, GArray *slots, CbHitRank rank)
{
  for (guint i = 0; i < slots->len && !is_enough (finding); i++)
    if (!holds (finding->shown, g_array_index (slots, guint32, i)))
      show_person (finding, g_array_index (slots, guint32, i), rank);
}

/* Parts those whom the typed text names exactly from those it names in whole words, each in order.
 * Who is neither came in by an address or a number, and waits for the others that begin so. */
static void
find_whole_persons (Finding *finding)
{
  CbIndex *index = finding->index;
  g_autoptr (GArray) sought = cb_typed_list_person_words (finding->typed, TRUE);
  g_autoptr (GArray) words = new_slots ();
  g_autoptr (GArray) all = new_slots ();
  g_autoptr (GArray) exact = new_slots ();

  match_words (&index->persons, index->person_words, sought, AS_TYPED, MOST_RANKED, words);
  cb_index_find_whole_contacts (index, finding->typed, all);
  if (words->len > 0)
    g_array_append_vals (all, words->data, words->len);
  sort_slots (&index->persons, all);
  for (guint i = 0; i < all->len && exact->len < finding->limit; i++)
    {
      guint32 slot = g_array_index (all, guint32, i);
      g_auto (CbPersonRead) read;

      cb_index_read_person (index, slot, &read);
      if (cb_typed_is_name (finding->typed, &read.text) ||
          cb_typed_is_contact (finding->typed, &read.text))
        g_array_append_val (exact, slot);
    }
  show_persons (finding, exact, CB_HIT_EXACT);
  show_persons (finding, words, CB_HIT_WORD);
}

/* Those found by an address or a number have all the rest too. */
static void
find_contacts (CbIndex *self, CbTyped *typed, guint most, GArray *slots)
{
  guint kept = 0;

  cb_index_find_contacts (self, typed, most, slots);
  if (typed->terms->len < 2)
    return;
  for (guint i = 0; i < slots->len; i++)
    {
      guint32 slot = g_array_index (slots, guint32, i);
      g_auto (CbPersonRead) read;

      cb_index_read_person (self, slot, &read);
      if (cb_typed_matches (typed, &read.text))
        g_array_index (slots, guint32, kept++) = slot;
    }
  g_array_set_size (slots, kept);
}

/* Those already shown may be among the first of these, so there must be room for them. */
static void
find_begun_persons (Finding *finding)
{
  CbIndex *index = finding->index;
  g_autoptr (GArray) sought = cb_typed_list_person_words (finding->typed, FALSE);
  g_autoptr (GArray) slots = new_slots ();
  guint most = finding->limit + finding->shown->len;

  find_contacts (index, finding->typed, most, slots);
  cb_index_find_cards (index, finding->typed, most, slots);
  match_words (&index->persons, index->person_words, sought, AS_TYPED, most, slots);
  sort_slots (&index->persons, slots);
  show_persons (finding, slots, CB_HIT_PREFIX);
}

/* "Mc Donald" for McDonald. */
static void
find_joined_persons (Finding *finding)
{
  CbTyped *typed = finding->typed;

  for (guint i = 0; i + 1 < typed->terms->len && !is_enough (finding); i++)
    {
      g_autoptr (CbTyped) joined = cb_typed_join (typed, i);

      if (joined == NULL)
        continue;
      finding->typed = joined;
      find_begun_persons (finding);
      finding->typed = typed;
    }
}

static void
find_near_persons (Finding *finding, gboolean is_whole)
{
  CbIndex *index = finding->index;
  g_autoptr (GArray) sought = cb_typed_list_person_words (finding->typed, is_whole);
  g_autoptr (GArray) slots = new_slots ();

  if (!may_be_mistyped (sought))
    return;
  match_words (&index->persons, index->person_words, sought, WITH_AN_ERROR,
               finding->limit + finding->shown->len, slots);
  show_persons (finding, slots, CB_HIT_NEAR);
}

static void
find_persons (Finding *finding)
{
  find_whole_persons (finding);
  if (!is_enough (finding))
    find_begun_persons (finding);
  if (finding->shown->len == 0)
    find_joined_persons (finding);
  if (!is_enough (finding))
    find_near_persons (finding, TRUE);
  if (!is_enough (finding))
    find_near_persons (finding, FALSE);
}

/* --- notes --- */

static void
show_note (Finding *finding, guint32 slot, CbHitRank rank)
{
  g_autoptr (GArray) spans = g_array_new (FALSE, FALSE, sizeof (CbHitSpan));
  const CbNoteRow *note = finding->index->notes.data[slot];
  const CbPersonRow *person = finding->index->persons.data[note->person];
  const char *text = cb_note_row_get_text (note);

  if (rank == CB_HIT_NEAR)
    {
      g_autofree char *words = cb_index_note_words (text);
      g_autoptr (CbTyped) right = cb_typed_put_right (finding->typed, words);

      cb_typed_mark_words (right, CB_HIT_TEXT, 0, text, spans);
    }
  else
    cb_typed_mark_words (finding->typed, CB_HIT_TEXT, 0, text, spans);
  g_ptr_array_add (finding->hits, cb_hit_new_note (person->texts, note->texts, rank, text, spans));
  g_array_append_val (finding->shown, slot);
}

static void
find_notes_so (Finding *finding, gboolean is_whole, Forgiving forgiving, CbHitRank rank)
{
  CbIndex *index = finding->index;
  g_autoptr (GArray) sought = cb_typed_list_note_words (finding->typed, is_whole);
  g_autoptr (GArray) slots = new_slots ();

  if (forgiving == WITH_AN_ERROR && !may_be_mistyped (sought))
    return;
  match_words (&index->notes, index->note_words, sought, forgiving,
               finding->limit + finding->shown->len, slots);
  for (guint i = 0; i < slots->len && !is_enough (finding); i++)
    if (!holds (finding->shown, g_array_index (slots, guint32, i)))
      show_note (finding, g_array_index (slots, guint32, i), rank);
}

/* Of what was said a great deal begins somehow, so that an error is forgiven only when it is the
 * last hope. */
static void
find_notes (Finding *finding)
{
  find_notes_so (finding, TRUE, AS_TYPED, CB_HIT_WORD);
  if (!is_enough (finding))
    find_notes_so (finding, FALSE, AS_TYPED, CB_HIT_PREFIX);
  if (finding->hits->len == 0)
    find_notes_so (finding, FALSE, WITH_AN_ERROR, CB_HIT_NEAR);
}

GPtrArray *
cb_index_find (CbIndex *self, const char *typed, guint limit)
{
  GPtrArray *hits = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (CbTyped) terms = cb_typed_new (typed);
  g_autoptr (GArray) persons = new_slots ();
  g_autoptr (GArray) notes = new_slots ();
  Finding finding = { self, terms, limit, hits, persons };

  if (terms == NULL || limit == 0)
    return hits;
  find_persons (&finding);
  finding.shown = notes;
  find_notes (&finding);
  return hits;
}

GPtrArray *
cb_index_find_open (CbIndex *self, const char *typed, guint limit)
{
  GPtrArray *hits;

  self->persons.leaves_out_hidden = self->notes.leaves_out_hidden = TRUE;
  hits = cb_index_find (self, typed, limit);
  self->persons.leaves_out_hidden = self->notes.leaves_out_hidden = FALSE;
  return hits;
}
