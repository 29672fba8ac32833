/* SPDX-License-Identifier: Apache-2.0 */

/* The toolkit's own ways out of a counter: choosers, menus, the inspector, the close button. Each
 * is refused before the widget with the focus hears of it, so that a new text field needs to know
 * nothing. */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* For every window: what puts a second one before a customer's words. */
void cb_kiosk_refuse_choosers (GtkWindow *window);

/* For the one that a shop's machine shows and nothing else: it fills the screen, it has no menu of
 * a text field and no close. Before it is presented. */
void cb_kiosk_hold (GtkWindow *window);

G_END_DECLS
