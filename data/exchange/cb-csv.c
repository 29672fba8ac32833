/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "exchange/cb-csv.h"

#include "exchange/cb-headings.h"
#include "exchange/cb-table.h"

struct _CbCsv
{
  CbTable *table;
  GArray *columns; /* NULL: the table has no headings */
  gboolean is_begun;
};

CbCsv *
cb_csv_new (CbLines *lines)
{
  CbCsv *self = g_new0 (CbCsv, 1);

  self->table = cb_table_new (lines);
  return self;
}

void
cb_csv_free (CbCsv *self)
{
  cb_table_free (self->table);
  g_clear_pointer (&self->columns, g_array_unref);
  g_free (self);
}

/* FALSE when the row was the heading row. */
static gboolean
take_row (CbCsv *self, const CbRow *row, CbEntry *entry)
{
  g_autoptr (CbCard) card = cb_card_new (row->line);
  gboolean is_person = TRUE;

  *entry = (CbEntry){ .line = row->line, .reason = row->reason };
  if (row->cells == NULL)
    return TRUE;
  if (!self->is_begun)
    {
      self->is_begun = TRUE;
      self->columns = cb_headings_read (row->cells);
      if (self->columns != NULL)
        return FALSE;
    }
  if (self->columns != NULL)
    cb_headings_fill (self->columns, row->cells, card);
  else
    is_person = cb_headings_guess (row->cells, card);
  entry->draft = is_person ? cb_card_make_draft (card) : NULL;
  if (entry->draft == NULL && row->is_empty)
    entry->reason = "the row is empty";
  else if (entry->draft == NULL && self->columns == NULL)
    entry->reason = "there are no headings, and nothing in the row reads as a person";
  else if (entry->draft == NULL)
    entry->reason = "the row has no name, organisation, email or phone";
  return TRUE;
}

gboolean
cb_csv_next (CbCsv *self, CbEntry *entry, GError **error)
{
  CbRow row;

  while (cb_table_next (self->table, &row, error))
    {
      if (take_row (self, &row, entry))
        return TRUE;
    }
  return FALSE;
}
