/* SPDX-License-Identifier: Apache-2.0 */

/* Children side by side, wrapped into as many lines as the width asks for; with `equal` in columns
 * of one width. Mirrors itself for right-to-left text. */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define CB_TYPE_WRAP_LAYOUT (cb_wrap_layout_get_type ())
G_DECLARE_FINAL_TYPE (CbWrapLayout, cb_wrap_layout, CB, WRAP_LAYOUT, GtkLayoutManager)

G_END_DECLS
