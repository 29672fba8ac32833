/* SPDX-License-Identifier: Apache-2.0 */

/* Gives its children all the room there is, like GtkBinLayout, for a page in whose text lines are
 * broken. A page is asked how high it must be at a width, never how wide at a height: asked that,
 * which GTK 4.18 does where a window is as low as it can be, GtkBox may find a least width above
 * the one it would like to have. The answer is then the least width of all. */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define CB_TYPE_PAGE_LAYOUT (cb_page_layout_get_type ())
G_DECLARE_FINAL_TYPE (CbPageLayout, cb_page_layout, CB, PAGE_LAYOUT, GtkLayoutManager)

G_END_DECLS
