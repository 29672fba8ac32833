/* SPDX-License-Identifier: Apache-2.0 */

/* Children in a row. The first takes what the others leave, and where that is less than it needs it
 * is not shown at all: half a name is worse than none. Property `spacing`. */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define CB_TYPE_BAR_LAYOUT (cb_bar_layout_get_type ())
G_DECLARE_FINAL_TYPE (CbBarLayout, cb_bar_layout, CB, BAR_LAYOUT, GtkLayoutManager)

G_END_DECLS
