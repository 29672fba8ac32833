/* SPDX-License-Identifier: Apache-2.0 */

/* Children one below the other. A scrolled window does not know how high its content is at a given
 * width and asks for too much or too little; this asks the content, so that things are as high as
 * what is in them, and scroll only where there is no more room. Property `spacing`. */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define CB_TYPE_COLUMN_LAYOUT (cb_column_layout_get_type ())
G_DECLARE_FINAL_TYPE (CbColumnLayout, cb_column_layout, CB, COLUMN_LAYOUT, GtkLayoutManager)

G_END_DECLS
