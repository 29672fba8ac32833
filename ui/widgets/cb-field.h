/* SPDX-License-Identifier: Apache-2.0 */

/* One line to fill in: its name above, a hint or what is wrong below. It learns nothing: no emoji
 * chooser, no input method's memory, and no undo reaches back past cb_field_reset(). Signals
 * "changed" and "activate". */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define CB_TYPE_FIELD (cb_field_get_type ())
G_DECLARE_FINAL_TYPE (CbField, cb_field, CB, FIELD, GtkWidget)

GtkWidget *cb_field_new (void);

/* Borrowed until the text changes. */
const char *cb_field_get_text (CbField *self);

/* The text without the white space around it; NULL when nothing is left. */
char *cb_field_dup_text (CbField *self);

/* What stood there before can't be undone back. */
void cb_field_set_text (CbField *self, const char *text);

/* NULL takes the error away. */
void cb_field_set_error (CbField *self, const char *error);

/* Empties it and forgets what could be undone. */
void cb_field_reset (CbField *self);

/* Empties any editable of its text and of its undo: GTK 4.8 brings the old text back otherwise. */
void cb_field_reset_editable (GtkEditable *editable);

G_END_DECLS
