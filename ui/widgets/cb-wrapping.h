/* SPDX-License-Identifier: Apache-2.0 */

/* Where lines of other people's text are broken. PANGO_WRAP_WORD_CHAR is what one wants, and Pango
 * (1.50 and later) ends the program in it when a piece of a grapheme cluster (Unicode Annex 29)
 * comes to stand in another item than its start: a combining mark after a space among Hebrew, a
 * skin tone after a mark. A name or a note may not be able to do that to a terminal, so that text
 * in which there may be such clusters is broken between words, or, where a word is too long for
 * that, between characters; neither way has the fault. The text itself is never touched.
 *
 * Every label and text view that would wrap at words and characters follows its text; the lint
 * "ui" sees to it. */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

PangoWrapMode cb_wrapping_for_text (const char *text);

/* What such a label wants whatever else is said of its text: a word that does not fit is broken
 * without a hyphen. For those that set attributes of their own. Transferred. */
PangoAttrList *cb_wrapping_new_attributes (void);

/* Wraps the label between words or characters from now on, as its text wants it. No reference is
 * held. */
void cb_wrapping_follow_label (GtkLabel *label);

/* The same for every label and text view at or below `root` that is told to wrap at words and
 * characters: to be called where a template has just been filled. */
void cb_wrapping_follow (GtkWidget *root);

G_END_DECLS
