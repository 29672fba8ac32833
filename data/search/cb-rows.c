/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "search/cb-dictionary.h"

void
cb_rows_init (CbRows *rows)
{
  *rows = (CbRows){ .free = g_array_new (FALSE, FALSE, sizeof (guint32)) };
}

void
cb_rows_clear (CbRows *rows)
{
  g_free (rows->ranks);
  g_free (rows->data);
  g_free (rows->is_hidden);
  g_array_unref (rows->free);
}

static guint32
take_slot (CbRows *rows)
{
  guint32 slot;

  if (rows->free->len > 0)
    {
      slot = g_array_index (rows->free, guint32, rows->free->len - 1);
      g_array_set_size (rows->free, rows->free->len - 1);
      return slot;
    }
  if (rows->n == rows->capacity)
    {
      rows->capacity = rows->capacity == 0 ? 256 : rows->capacity + rows->capacity / 2;
      rows->ranks = g_renew (gint64, rows->ranks, rows->capacity);
      rows->data = g_renew (gpointer, rows->data, rows->capacity);
      rows->is_hidden = g_renew (guint8, rows->is_hidden, rows->capacity);
    }
  return rows->n++;
}

guint32
cb_rows_add (CbRows *rows, gint64 rank, gpointer data)
{
  guint32 slot = take_slot (rows);

  rows->ranks[slot] = rank;
  rows->data[slot] = data;
  rows->is_hidden[slot] = FALSE;
  return slot;
}

void
cb_rows_remove (CbRows *rows, guint32 slot)
{
  rows->data[slot] = NULL;
  g_array_append_val (rows->free, slot);
}
