/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "search/cb-index-private.h"

#include <string.h>

/* --- reading rows --- */

static guint32
find_slot (const CbSlots *slots, const char *id)
{
  guint32 slot;

  return cb_slots_find (slots, id, &slot) ? slot : CB_INDEX_NO_SLOT;
}

guint32
cb_index_find_person (CbIndex *self, const char *id)
{
  return find_slot (&self->person_slots, id);
}

guint32
cb_index_find_note (CbIndex *self, const char *id)
{
  return find_slot (&self->note_slots, id);
}

static const char *
next_text (const char *text)
{
  return text + strlen (text) + 1;
}

static const char *
read_list (const char *text, guint n, const char **list)
{
  for (guint i = 0; i < n; i++, text = next_text (text))
    list[i] = text;
  list[n] = NULL;
  return text;
}

void
cb_index_read_person (CbIndex *self, guint32 slot, CbPersonRead *read)
{
  const CbPersonRow *row = self->persons.data[slot];
  guint n = row->n_emails + row->n_phones + row->n_cards + 3u;
  const char **lists = read->lists;
  const char *text;

  read->many = NULL;
  if (n > G_N_ELEMENTS (read->lists))
    lists = read->many = g_new (const char *, n);
  read->id = row->texts;
  read->text.given = next_text (read->id);
  read->text.family = next_text (read->text.given);
  read->text.preferred = next_text (read->text.family);
  read->text.emails = lists;
  read->text.phones = lists + row->n_emails + 1;
  read->text.cards = read->text.phones + row->n_phones + 1;
  text = read_list (next_text (read->text.preferred), row->n_emails, lists);
  lists += row->n_emails + 1;
  text = read_list (text, row->n_phones, lists);
  lists += row->n_phones + 1;
  read_list (text, row->n_cards, lists);
}

void
cb_person_read_clear (CbPersonRead *read)
{
  g_clear_pointer (&read->many, g_free);
}

const char *
cb_note_row_get_text (const CbNoteRow *note)
{
  return next_text (note->texts);
}

gboolean
cb_index_has_customer (CbIndex *self, const char *id)
{
  return cb_index_find_person (self, id) != CB_INDEX_NO_SLOT;
}

GHashTable *
cb_index_list_notes (CbIndex *self, const char *customer_id)
{
  guint32 person = cb_index_find_person (self, customer_id);
  GHashTable *list = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint32 slot = CB_INDEX_NO_SLOT;

  if (person != CB_INDEX_NO_SLOT)
    slot = ((CbPersonRow *) self->persons.data[person])->newest_note;
  while (slot != CB_INDEX_NO_SLOT)
    {
      CbNoteRow *note = self->notes.data[slot];

      g_hash_table_add (list, g_strdup (note->texts));
      slot = note->older_note;
    }
  return list;
}

guint
cb_index_get_n_customers (CbIndex *self)
{
  return self->person_slots.count;
}

guint
cb_index_get_n_notes (CbIndex *self)
{
  return self->note_slots.count;
}

/* --- */

CbIndex *
cb_index_new (void)
{
  CbIndex *self = g_new0 (CbIndex, 1);

  cb_rows_init (&self->persons);
  cb_rows_init (&self->notes);
  cb_slots_init (&self->person_slots);
  cb_slots_init (&self->note_slots);
  self->person_words = cb_dictionary_new (&self->persons);
  self->emails = cb_dictionary_new (&self->persons);
  self->numbers = cb_dictionary_new (&self->persons);
  self->number_ends = cb_dictionary_new (&self->persons);
  self->cards = cb_dictionary_new (&self->persons);
  self->card_ends = cb_dictionary_new (&self->persons);
  self->note_words = cb_dictionary_new (&self->notes);
  return self;
}

static void
free_rows (CbRows *rows)
{
  for (guint32 i = 0; i < rows->n; i++)
    g_free (rows->data[i]);
  cb_rows_clear (rows);
}

void
cb_index_free (CbIndex *self)
{
  if (self == NULL)
    return;
  cb_slots_clear (&self->person_slots);
  cb_slots_clear (&self->note_slots);
  cb_dictionary_free (self->person_words);
  cb_dictionary_free (self->emails);
  cb_dictionary_free (self->numbers);
  cb_dictionary_free (self->number_ends);
  cb_dictionary_free (self->cards);
  cb_dictionary_free (self->card_ends);
  cb_dictionary_free (self->note_words);
  free_rows (&self->persons);
  free_rows (&self->notes);
  g_free (self);
}
