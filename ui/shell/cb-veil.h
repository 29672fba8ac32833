/* SPDX-License-Identifier: Apache-2.0 */

/* A blank sheet drawn over everything after a quiet while. Any touch or key lifts it, and that
 * touch or key does nothing else. Signal "lifted". */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define CB_TYPE_VEIL (cb_veil_get_type ())
G_DECLARE_FINAL_TYPE (CbVeil, cb_veil, CB, VEIL, GtkWidget)

GtkWidget *cb_veil_new (void);

void cb_veil_set_words (CbVeil *self, const char *shop, const char *invitation);

G_END_DECLS
