/* SPDX-License-Identifier: Apache-2.0 */

/* Lays out three columns: beside, middle, beside. Where three do not fit at this size of text, the
 * outer two stand one above the other beside the middle. */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define CB_TYPE_COLUMNS_LAYOUT (cb_columns_layout_get_type ())
G_DECLARE_FINAL_TYPE (CbColumnsLayout, cb_columns_layout, CB, COLUMNS_LAYOUT, GtkLayoutManager)

G_END_DECLS
