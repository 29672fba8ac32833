/* SPDX-License-Identifier: Apache-2.0 */

/* Where in its rows each id is. A table that has to double itself moves all it holds at once, and a
 * million of them is ten times as long as a keystroke may wait: here only a part of it does at a
 * time. For one thread. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define CB_SLOTS_PARTS 256

typedef struct
{
  GHashTable *parts[CB_SLOTS_PARTS];
  guint count;
} CbSlots;

void cb_slots_init (CbSlots *self);
void cb_slots_clear (CbSlots *self);

/* `id` is borrowed until it is removed. */
void cb_slots_add (CbSlots *self, const char *id, guint32 slot);
void cb_slots_remove (CbSlots *self, const char *id);

/* FALSE when it is not there. */
gboolean cb_slots_find (const CbSlots *self, const char *id, guint32 *slot);

G_END_DECLS
