/* SPDX-License-Identifier: Apache-2.0 */

/* The layer's own beginnings: its resources, and its looks on a display. */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Makes templates, icons and style sheets known. Before the first widget, after gtk_init(). */
void cb_ui_init (void);

/* Dresses every window on the display and follows the desktop's wish for dark and for high contrast
 * from then on. Turns off what would keep a customer's words outside a widget: the primary
 * selection and the list of recent files. */
void cb_ui_dress (GdkDisplay *display);

/* 1.0 to 2.0 of the desktop's own size of text. */
void cb_ui_scale_text (GdkDisplay *display, double scale);

G_END_DECLS
