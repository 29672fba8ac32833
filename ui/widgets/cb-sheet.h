/* SPDX-License-Identifier: Apache-2.0 */

/* The only kind of modal there is: a sheet of paper over the page, within the one window. While it
 * lies there the page beneath takes no focus and no touch. Escape, the scrim and the close button
 * take it away, and the focus goes back to where it was. Signal "closed": it is gone, whatever the
 * reason. */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define CB_TYPE_SHEET (cb_sheet_get_type ())
G_DECLARE_FINAL_TYPE (CbSheet, cb_sheet, CB, SHEET, GtkWidget)

GtkWidget *cb_sheet_new (void);

/* What lies beneath; borrowed and watched weakly. */
void cb_sheet_set_beneath (CbSheet *self, GtkWidget *beneath);

/* Shows `content`, taking its floating reference; what was shown before is dropped. */
void cb_sheet_open (CbSheet *self, const char *title, GtkWidget *content);

/* Puts what is done with the content below it, where it stays in sight however far the content
 * scrolls; takes its floating reference, and drops it with the content. Ctrl+Enter activates it. */
void cb_sheet_set_action (CbSheet *self, GtkWidget *action);
void cb_sheet_close (CbSheet *self);
gboolean cb_sheet_is_open (CbSheet *self);

G_END_DECLS
