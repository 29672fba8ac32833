/* SPDX-License-Identifier: Apache-2.0 */

/* People, and below them what asks for their PIN. Where that is too high for the screen, the rest
 * stands beside the people instead, as long as it is wide enough for both. The first child is a
 * scroller. */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define CB_TYPE_SIGN_IN_LAYOUT (cb_sign_in_layout_get_type ())
G_DECLARE_FINAL_TYPE (CbSignInLayout, cb_sign_in_layout, CB, SIGN_IN_LAYOUT, GtkLayoutManager)

G_END_DECLS
