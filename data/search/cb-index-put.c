/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "search/cb-index-private.h"

#include "base/cb-clock.h"

#include <string.h>

/* The smaller the rank, the earlier it is shown. It is the seconds from the last visit to a far
 * day, and a counter for those of the same second. */
#define FAR_SECONDS (G_GINT64_CONSTANT (1) << 35)
#define RANKS_A_SECOND (G_GINT64_CONSTANT (1) << 27)

/* --- ranks --- */

static gint64
first_rank (gint64 visit_us)
{
  gint64 seconds = CLAMP (visit_us / CB_US_PER_SECOND, 0, FAR_SECONDS - 1);

  return (FAR_SECONDS - seconds) * RANKS_A_SECOND;
}

/* --- texts one after the other --- */

static gsize
size_of (const char *text)
{
  return text != NULL ? strlen (text) + 1 : 1;
}

static char *
append (char *to, const char *text)
{
  return g_stpcpy (to, text != NULL ? text : "") + 1;
}

static gsize
size_of_list (const char *const *list, guint *n)
{
  gsize size = 0;

  for (*n = 0; list != NULL && list[*n] != NULL; (*n)++)
    size += size_of (list[*n]);
  return size;
}

static char *
append_list (char *to, const char *const *list, guint n)
{
  for (guint i = 0; i < n; i++)
    to = append (to, list[i]);
  return to;
}

static CbPersonRow *
person_row_new (const char *id, const CbPersonText *person)
{
  guint n_emails;
  guint n_phones;
  guint n_cards;
  gsize size = size_of (id) + size_of (person->given) + size_of (person->family) +
               size_of (person->preferred) + size_of_list (person->emails, &n_emails) +
               size_of_list (person->phones, &n_phones) + size_of_list (person->cards, &n_cards);
  CbPersonRow *row = g_malloc (sizeof (CbPersonRow) + size);
  char *end;

  row->newest_note = CB_INDEX_NO_SLOT;
  row->n_emails = (guint16) n_emails;
  row->n_phones = (guint16) n_phones;
  row->n_cards = (guint16) n_cards;
  row->size = (guint32) size;
  end = append (row->texts, id);
  end = append (end, person->given);
  end = append (end, person->family);
  end = append (end, person->preferred);
  end = append_list (end, person->emails, n_emails);
  end = append_list (end, person->phones, n_phones);
  append_list (end, person->cards, n_cards);
  return row;
}

static void
free_row (gpointer row, char *texts, gsize size)
{
  explicit_bzero (texts, size);
  g_free (row);
}

/* --- persons --- */

static guint32
add_person (CbIndex *self, CbPersonRow *row, gint64 rank)
{
  guint32 slot = cb_rows_add (&self->persons, rank, row);
  g_auto (CbPersonRead) read;
  g_autofree char *words = NULL;

  cb_slots_add (&self->person_slots, row->texts, slot);
  cb_index_read_person (self, slot, &read);
  words = cb_index_person_words (&read.text);
  cb_dictionary_add_all (self->person_words, words, slot);
  cb_index_change_contacts (self, TRUE, slot, &read.text);
  for (guint32 note = row->newest_note; note != CB_INDEX_NO_SLOT;)
    {
      CbNoteRow *one = self->notes.data[note];

      one->person = slot;
      note = one->older_note;
    }
  return slot;
}

static void
take_person_out (CbIndex *self, guint32 slot)
{
  CbPersonRow *row = self->persons.data[slot];
  g_auto (CbPersonRead) read;
  g_autofree char *words = NULL;

  cb_index_read_person (self, slot, &read);
  words = cb_index_person_words (&read.text);
  cb_dictionary_remove_all (self->person_words, words, slot);
  cb_index_change_contacts (self, FALSE, slot, &read.text);
  cb_slots_remove (&self->person_slots, row->texts);
  cb_rows_remove (&self->persons, slot);
  free_row (row, row->texts, row->size);
}

static gboolean
is_same_row (const CbPersonRow *a, const CbPersonRow *b)
{
  return a->size == b->size && a->n_emails == b->n_emails && a->n_phones == b->n_phones &&
         memcmp (a->texts, b->texts, a->size) == 0;
}

void
cb_index_put_customer (CbIndex *self,
                       const char *id,
                       const CbPersonText *person,
                       gint64 last_visit_us)
{
  gint64 rank = first_rank (last_visit_us);
  guint32 slot;
  guint8 is_hidden;
  CbPersonRow *row;

  g_return_if_fail (id != NULL && *id != '\0');

  slot = cb_index_find_person (self, id);
  row = person_row_new (id, person);
  if (slot == CB_INDEX_NO_SLOT)
    {
      add_person (self, row, rank + self->n_put++ % RANKS_A_SECOND);
      return;
    }

  /* Most acts leave the card as it is. */
  if (self->persons.ranks[slot] / RANKS_A_SECOND == rank / RANKS_A_SECOND)
    {
      rank = self->persons.ranks[slot];
      if (is_same_row (self->persons.data[slot], row))
        {
          free_row (row, row->texts, row->size);
          return;
        }
    }
  else
    rank += self->n_put++ % RANKS_A_SECOND;
  row->newest_note = ((CbPersonRow *) self->persons.data[slot])->newest_note;
  is_hidden = self->persons.is_hidden[slot];
  take_person_out (self, slot);
  slot = add_person (self, row, rank);
  self->persons.is_hidden[slot] = is_hidden;
}

void
cb_index_hide_customer (CbIndex *self, const char *id, gboolean is_hidden)
{
  guint32 slot = cb_index_find_person (self, id);
  guint32 note;

  if (slot == CB_INDEX_NO_SLOT)
    return;
  self->persons.is_hidden[slot] = is_hidden != FALSE;
  note = ((CbPersonRow *) self->persons.data[slot])->newest_note;
  while (note != CB_INDEX_NO_SLOT)
    {
      self->notes.is_hidden[note] = is_hidden != FALSE;
      note = ((CbNoteRow *) self->notes.data[note])->older_note;
    }
}

void
cb_index_put_contacts (CbIndex *self,
                       const char *id,
                       const char *const *emails,
                       const char *const *phones,
                       const char *const *cards)
{
  guint32 slot = cb_index_find_person (self, id);
  CbPersonRow *old;
  CbPersonRow *row;
  g_auto (CbPersonRead) read = { .many = NULL };
  CbPersonText person;

  if (slot == CB_INDEX_NO_SLOT)
    return;
  old = self->persons.data[slot];
  cb_index_read_person (self, slot, &read);
  person = read.text;
  person.emails = emails;
  person.phones = phones;
  person.cards = cards;
  row = person_row_new (read.id, &person);
  if (is_same_row (old, row))
    {
      free_row (row, row->texts, row->size);
      return;
    }
  row->newest_note = old->newest_note;
  cb_index_change_contacts (self, FALSE, slot, &read.text);
  cb_index_change_contacts (self, TRUE, slot, &person);
  cb_slots_remove (&self->person_slots, id);
  cb_slots_add (&self->person_slots, row->texts, slot);
  self->persons.data[slot] = row;
  free_row (old, old->texts, old->size);
}

/* --- notes --- */

/* Among those of their customer's last visit from behind, so that newer ones come first. */
static gint64
next_note_rank (CbIndex *self, guint32 person)
{
  gint64 rank = self->persons.ranks[person];

  return rank - rank % RANKS_A_SECOND + RANKS_A_SECOND - 1 - self->n_put++ % RANKS_A_SECOND;
}

static void
unchain (CbIndex *self, guint32 slot)
{
  CbNoteRow *note = self->notes.data[slot];
  guint32 *link = &((CbPersonRow *) self->persons.data[note->person])->newest_note;

  while (*link != slot)
    link = &((CbNoteRow *) self->notes.data[*link])->older_note;
  *link = note->older_note;
}

static void
take_note_out (CbIndex *self, guint32 slot)
{
  CbNoteRow *note = self->notes.data[slot];
  g_autofree char *words = cb_index_note_words (cb_note_row_get_text (note));

  cb_dictionary_remove_all (self->note_words, words, slot);
  unchain (self, slot);
  cb_slots_remove (&self->note_slots, note->texts);
  cb_rows_remove (&self->notes, slot);
  free_row (note, note->texts, note->size);
}

static void
add_note (CbIndex *self, const char *note_id, guint32 person, const char *text)
{
  gsize size = size_of (note_id) + size_of (text);
  CbNoteRow *note = g_malloc (sizeof (CbNoteRow) + size);
  CbPersonRow *owner = self->persons.data[person];
  guint32 slot = cb_rows_add (&self->notes, next_note_rank (self, person), note);
  g_autofree char *words = cb_index_note_words (text);

  self->notes.is_hidden[slot] = self->persons.is_hidden[person];
  note->person = person;
  note->size = (guint32) size;
  append (append (note->texts, note_id), text);
  note->older_note = owner->newest_note;
  owner->newest_note = slot;
  cb_slots_add (&self->note_slots, note->texts, slot);
  cb_dictionary_add_all (self->note_words, words, slot);
}

gboolean
cb_index_put_note (CbIndex *self, const char *note_id, const char *customer_id, const char *text)
{
  guint32 person;
  guint32 old;

  g_return_val_if_fail (note_id != NULL && customer_id != NULL && text != NULL, FALSE);

  person = cb_index_find_person (self, customer_id);
  if (person == CB_INDEX_NO_SLOT)
    return FALSE;
  old = cb_index_find_note (self, note_id);
  if (old != CB_INDEX_NO_SLOT)
    take_note_out (self, old);
  add_note (self, note_id, person, text);
  return TRUE;
}

/* --- removal --- */

void
cb_index_remove_note (CbIndex *self, const char *note_id)
{
  guint32 slot;

  g_return_if_fail (note_id != NULL);

  slot = cb_index_find_note (self, note_id);
  if (slot != CB_INDEX_NO_SLOT)
    take_note_out (self, slot);
}

void
cb_index_remove_customer (CbIndex *self, const char *id)
{
  guint32 slot;
  CbPersonRow *row;

  g_return_if_fail (id != NULL);

  slot = cb_index_find_person (self, id);
  if (slot == CB_INDEX_NO_SLOT)
    return;
  row = self->persons.data[slot];
  while (row->newest_note != CB_INDEX_NO_SLOT)
    take_note_out (self, row->newest_note);
  take_person_out (self, slot);
}
