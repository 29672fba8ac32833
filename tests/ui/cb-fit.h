/* SPDX-License-Identifier: Apache-2.0 */

/* Whether what is on the screen fits it: nothing reaches out of what holds it, nothing lies on its
 * neighbour, no word of the program is cut short or broken in two, and whatever is touched is 56
 * pixels high and wide. What scrolls may reach out the way it scrolls. */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What is wrong below `root`, which is mapped and laid out, as one line each. Empty when it fits.
 * Free the array. */
GPtrArray *cb_fit_check (GtkWidget *root);

G_END_DECLS
