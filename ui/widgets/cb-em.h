/* SPDX-License-Identifier: Apache-2.0 */

/* How large one em of a widget's text is, in pixels: what layouts reckon in, so that they follow
 * the text from 100 % to 200 %. */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

double cb_em (GtkWidget *widget);

G_END_DECLS
