/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "search/cb-slots.h"

/* The upper bits, well mixed: each part sorts its own by the lower ones. */
static GHashTable *
get_part (const CbSlots *self, const char *id)
{
  return self->parts[(g_str_hash (id) * 0x9e3779b1u) >> 24];
}

void
cb_slots_init (CbSlots *self)
{
  self->count = 0;
  for (guint i = 0; i < CB_SLOTS_PARTS; i++)
    self->parts[i] = g_hash_table_new (g_str_hash, g_str_equal);
}

void
cb_slots_clear (CbSlots *self)
{
  for (guint i = 0; i < CB_SLOTS_PARTS; i++)
    g_clear_pointer (&self->parts[i], g_hash_table_unref);
}

void
cb_slots_add (CbSlots *self, const char *id, guint32 slot)
{
  self->count += g_hash_table_insert (get_part (self, id), (gpointer) id, GUINT_TO_POINTER (slot));
}

void
cb_slots_remove (CbSlots *self, const char *id)
{
  self->count -= g_hash_table_remove (get_part (self, id), id);
}

gboolean
cb_slots_find (const CbSlots *self, const char *id, guint32 *slot)
{
  gpointer found;

  if (!g_hash_table_lookup_extended (get_part (self, id), id, NULL, &found))
    return FALSE;
  *slot = GPOINTER_TO_UINT (found);
  return TRUE;
}
