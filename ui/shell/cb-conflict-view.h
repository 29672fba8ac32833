/* SPDX-License-Identifier: Apache-2.0 */

/* Two readings of one record side by side, and a person who says which one is right. Signals,
 * without arguments but the choice: "chosen" (guint, a CbKeep); "left", nothing was chosen. What it
 * shows is wiped from it when it is given another or none. */

#pragma once

#include <gtk/gtk.h>

#include "records/cb-conflict.h"

G_BEGIN_DECLS

#define CB_TYPE_CONFLICT_VIEW (cb_conflict_view_get_type ())
G_DECLARE_FINAL_TYPE (CbConflictView, cb_conflict_view, CB, CONFLICT_VIEW, GtkWidget)

/* `what` is the kind of record in words; the conflict is read and not kept. NULL empties it. */
void cb_conflict_view_set (CbConflictView *self,
                           const CbConflict *conflict,
                           const char *what,
                           gint64 now_us);

/* While a choice is carried out nothing else can be chosen. */
void cb_conflict_view_set_busy (CbConflictView *self, gboolean is_busy);

/* NULL hides it. */
void cb_conflict_view_show_problem (CbConflictView *self, const char *text);

G_END_DECLS
