/* SPDX-License-Identifier: Apache-2.0 */

/* Keeps lines readable: gives its children all the width there is up to a number of em, and stands
 * in the middle of the rest. That number of em is also the width it would like to have. */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define CB_TYPE_CLAMP_LAYOUT (cb_clamp_layout_get_type ())
G_DECLARE_FINAL_TYPE (CbClampLayout, cb_clamp_layout, CB, CLAMP_LAYOUT, GtkLayoutManager)

G_END_DECLS
