/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "search/cb-index-private.h"

#include "base/cb-clock.h"
#include "base/cb-error.h"

/* A row id is a rank: the smaller, the earlier it is shown, so that FTS5, which answers in the
 * order of row ids, answers in the order we want and may stop at the first few. It is the seconds
 * from the last visit to a far day, times 65536, plus a counter for those of the same second. */
#define FAR_SECONDS (G_GINT64_CONSTANT (1) << 35)
#define RANKS_A_SECOND (G_GINT64_CONSTANT (1) << 16)

static const char *
column_text (CbIndexStep *step, int column)
{
  return (const char *) sqlite3_column_text (step, column);
}

/* --- ranks --- */

static gint64
first_rank (gint64 visit_us)
{
  gint64 seconds = CLAMP (visit_us / CB_US_PER_SECOND, 0, FAR_SECONDS - 1);

  return (FAR_SECONDS - seconds) * RANKS_A_SECOND;
}

/* The last of those of that second. Behind those who were never seen nobody follows, so there is
 * room for any number of them. */
static gint64
last_rank (gint64 first)
{
  return first >= FAR_SECONDS * RANKS_A_SECOND ? G_MAXINT64 : first + RANKS_A_SECOND - 1;
}

static gint64
next_rank (CbIndex *self, gint64 first)
{
  g_autoptr (CbIndexStep) step = cb_index_statement (self, CB_INDEX_LAST_RANK);

  sqlite3_bind_int64 (step, 1, first);
  sqlite3_bind_int64 (step, 2, last_rank (first));
  if (sqlite3_step (step) == SQLITE_ROW && sqlite3_column_type (step, 0) != SQLITE_NULL)
    return sqlite3_column_int64 (step, 0) + 1;
  return first;
}

/* Notes fill those of their customer's last visit from behind, so that newer ones come first. */
static gint64
next_note_rank (CbIndex *self, gint64 person)
{
  g_autoptr (CbIndexStep) step = cb_index_statement (self, CB_INDEX_FIRST_NOTE_RANK);
  gint64 first = MIN (person - person % RANKS_A_SECOND, FAR_SECONDS * RANKS_A_SECOND);

  sqlite3_bind_int64 (step, 1, first);
  sqlite3_bind_int64 (step, 2, last_rank (first));
  if (sqlite3_step (step) == SQLITE_ROW && sqlite3_column_type (step, 0) != SQLITE_NULL)
    return sqlite3_column_int64 (step, 0) - 1;
  return last_rank (first);
}

/* --- persons --- */

static gboolean
add_person (CbIndex *self, gint64 rank, const char *id, const CbPersonText *person, GError **error)
{
  g_autoptr (CbIndexStep) step = cb_index_statement (self, CB_INDEX_ADD_PERSON);
  g_autofree char *emails = cb_index_join (person->emails);
  g_autofree char *phones = cb_index_join (person->phones);

  sqlite3_bind_int64 (step, 1, rank);
  cb_index_bind_text (step, 2, id);
  cb_index_bind_text (step, 3, person->given);
  cb_index_bind_text (step, 4, person->family);
  cb_index_bind_text (step, 5, person->preferred);
  cb_index_bind_text (step, 6, emails);
  cb_index_bind_text (step, 7, phones);
  if (!cb_index_finish (self, step, "adding a person", error) ||
      !cb_index_change_contacts (self, TRUE, rank, person, error))
    return FALSE;
  cb_index_words_add (&self->persons, rank, cb_index_person_words (person));
  self->n_customers++;
  return TRUE;
}

/* Answers with the rank they had, 0 when they weren't there, -1 on error. */
static gint64
take_person_out (CbIndex *self, const char *id, GError **error)
{
  g_autoptr (CbIndexStep) step = cb_index_statement (self, CB_INDEX_FIND_PERSON);
  g_autoptr (CbIndexStep) removal = NULL;
  g_auto (GStrv) emails = NULL;
  g_auto (GStrv) phones = NULL;
  CbPersonText person;
  gint64 rank;

  cb_index_bind_text (step, 1, id);
  if (sqlite3_step (step) != SQLITE_ROW)
    return 0;
  rank = sqlite3_column_int64 (step, 0);
  emails = cb_index_split (column_text (step, 4));
  phones = cb_index_split (column_text (step, 5));
  person = (CbPersonText){ column_text (step, 1), column_text (step, 2), column_text (step, 3),
                           (const char *const *) emails, (const char *const *) phones };

  removal = cb_index_statement (self, CB_INDEX_REMOVE_PERSON);
  sqlite3_bind_int64 (removal, 1, rank);
  cb_index_words_remove (&self->persons, rank, cb_index_person_words (&person));
  if (!cb_index_change_contacts (self, FALSE, rank, &person, error) ||
      !cb_index_finish (self, removal, "removing a person", error))
    return -1;
  self->n_customers--;
  return rank;
}

static gboolean
move_notes (CbIndex *self, gint64 from, gint64 to, GError **error)
{
  g_autoptr (CbIndexStep) step = NULL;

  if (from == 0 || from == to)
    return TRUE;
  step = cb_index_statement (self, CB_INDEX_MOVE_NOTES);
  sqlite3_bind_int64 (step, 1, from);
  sqlite3_bind_int64 (step, 2, to);
  return cb_index_finish (self, step, "moving notes", error);
}

static gboolean
put_person (CbIndex *self,
            const char *id,
            const CbPersonText *person,
            gint64 visit_us,
            GError **error)
{
  gint64 first = first_rank (visit_us);
  gint64 old = take_person_out (self, id, error);
  gint64 rank;

  if (old < 0)
    return FALSE;
  rank = old / RANKS_A_SECOND == first / RANKS_A_SECOND ? old : next_rank (self, first);
  return add_person (self, rank, id, person, error) && move_notes (self, old, rank, error);
}

gboolean
cb_index_put_customer (CbIndex *self,
                       const char *id,
                       const char *given,
                       const char *family,
                       const char *preferred,
                       const char *const *emails,
                       const char *const *phones,
                       gint64 last_visit_us,
                       GError **error)
{
  CbPersonText person = { given, family, preferred, emails, phones };
  gboolean is_own = !self->is_in_bulk;

  g_return_val_if_fail (id != NULL && *id != '\0', FALSE);

  if (is_own && !cb_index_begin (self, error))
    return FALSE;
  return cb_index_end_change (self, is_own, put_person (self, id, &person, last_visit_us, error),
                              error);
}

/* --- notes --- */

static gint64
find_person (CbIndex *self, const char *id)
{
  g_autoptr (CbIndexStep) step = cb_index_statement (self, CB_INDEX_FIND_PERSON);

  cb_index_bind_text (step, 1, id);
  return sqlite3_step (step) == SQLITE_ROW ? sqlite3_column_int64 (step, 0) : 0;
}

static gboolean
take_note_out (CbIndex *self, const char *note_id, GError **error)
{
  g_autoptr (CbIndexStep) step = cb_index_statement (self, CB_INDEX_FIND_NOTE);
  g_autoptr (CbIndexStep) removal = NULL;
  gint64 rank;

  cb_index_bind_text (step, 1, note_id);
  if (sqlite3_step (step) != SQLITE_ROW)
    return TRUE;
  rank = sqlite3_column_int64 (step, 0);
  removal = cb_index_statement (self, CB_INDEX_REMOVE_NOTE);
  sqlite3_bind_int64 (removal, 1, rank);
  cb_index_words_remove (&self->notes, rank, cb_index_note_words (column_text (step, 1)));
  return cb_index_finish (self, removal, "removing a note", error);
}

static gboolean
put_note (CbIndex *self,
          const char *note_id,
          const char *customer_id,
          const char *text,
          GError **error)
{
  gint64 person = find_person (self, customer_id);
  g_autoptr (CbIndexStep) step = NULL;
  gint64 rank;

  if (person == 0)
    {
      g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID,
                           "the customer of a note isn't in the index");
      return FALSE;
    }
  if (!take_note_out (self, note_id, error))
    return FALSE;

  rank = next_note_rank (self, person);
  step = cb_index_statement (self, CB_INDEX_ADD_NOTE);
  sqlite3_bind_int64 (step, 1, rank);
  cb_index_bind_text (step, 2, note_id);
  sqlite3_bind_int64 (step, 3, person);
  cb_index_bind_text (step, 4, text);
  if (!cb_index_finish (self, step, "adding a note", error))
    return FALSE;
  cb_index_words_add (&self->notes, rank, cb_index_note_words (text));
  return TRUE;
}

gboolean
cb_index_put_note (CbIndex *self,
                   const char *note_id,
                   const char *customer_id,
                   const char *text,
                   GError **error)
{
  gboolean is_own = !self->is_in_bulk;

  g_return_val_if_fail (note_id != NULL && customer_id != NULL && text != NULL, FALSE);

  if (is_own && !cb_index_begin (self, error))
    return FALSE;
  return cb_index_end_change (self, is_own, put_note (self, note_id, customer_id, text, error),
                              error);
}

/* --- removal --- */

static GPtrArray *
list_notes (CbIndex *self, gint64 person)
{
  g_autoptr (CbIndexStep) step = cb_index_statement (self, CB_INDEX_NOTES_OF_PERSON);
  GPtrArray *notes = g_ptr_array_new_with_free_func (g_free);

  sqlite3_bind_int64 (step, 1, person);
  while (sqlite3_step (step) == SQLITE_ROW)
    g_ptr_array_add (notes, g_strdup (column_text (step, 0)));
  return notes;
}

static gboolean
remove_person (CbIndex *self, const char *id, GError **error)
{
  gint64 person = find_person (self, id);
  g_autoptr (GPtrArray) notes = NULL;

  if (person == 0)
    return TRUE;
  notes = list_notes (self, person);
  for (guint i = 0; i < notes->len; i++)
    if (!take_note_out (self, g_ptr_array_index (notes, i), error))
      return FALSE;
  return take_person_out (self, id, error) >= 0;
}

gboolean
cb_index_remove_customer (CbIndex *self, const char *id, GError **error)
{
  gboolean is_own = !self->is_in_bulk;

  g_return_val_if_fail (id != NULL, FALSE);

  if (is_own && !cb_index_begin (self, error))
    return FALSE;
  return cb_index_end_change (self, is_own, remove_person (self, id, error), error);
}

gboolean
cb_index_remove_note (CbIndex *self, const char *note_id, GError **error)
{
  gboolean is_own = !self->is_in_bulk;

  g_return_val_if_fail (note_id != NULL, FALSE);

  if (is_own && !cb_index_begin (self, error))
    return FALSE;
  return cb_index_end_change (self, is_own, take_note_out (self, note_id, error), error);
}
