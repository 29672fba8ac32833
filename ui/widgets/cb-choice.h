/* SPDX-License-Identifier: Apache-2.0 */

/* One of a few, all of them in view: a row of pills that wraps. "notify::selected" tells of a
 * choice; nothing is chosen until somebody chooses or the program says so. */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define CB_CHOICE_NONE G_MAXUINT

#define CB_TYPE_CHOICE (cb_choice_get_type ())
G_DECLARE_FINAL_TYPE (CbChoice, cb_choice, CB, CHOICE, GtkWidget)

GtkWidget *cb_choice_new (const char *label);

void cb_choice_append (CbChoice *self, const char *label);
guint cb_choice_get_selected (CbChoice *self);
void cb_choice_set_selected (CbChoice *self, guint selected);

G_END_DECLS
