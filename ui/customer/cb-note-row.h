/* SPDX-License-Identifier: Apache-2.0 */

/* One note of the timeline: who, when, what kind of visit; the words; what was unusual about it;
 * the day it ends and where it is. Gifts and what must not be mentioned are veiled until tapped:
 * somebody may be standing by. */

#pragma once

#include <gtk/gtk.h>

#include "records/cb-note.h"

G_BEGIN_DECLS

#define CB_TYPE_NOTE_ROW (cb_note_row_get_type ())
G_DECLARE_FINAL_TYPE (CbNoteRow, cb_note_row, CB, NOTE_ROW, GtkWidget)

GtkWidget *cb_note_row_new (void);

/* NULL empties it, for a row that is used again. */
void cb_note_row_set_note (CbNoteRow *self, CbNote *note, gint64 now_us);

/* What can be said of it in one tap, and how often it helped. Signals "helped" and "correct". */
void cb_note_row_set_acts (CbNoteRow *self, guint n_used, gboolean may_correct);

/* For whoever opened this one note in order to read it. */
void cb_note_row_unveil (CbNoteRow *self);

G_END_DECLS
