/* SPDX-License-Identifier: Apache-2.0 */

/* Two children side by side: the door, with the shop's name, and the desk, where somebody signs in.
 * Each has half of a wide screen; where there is little room for the text, the desk has two thirds.
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define CB_TYPE_DOOR_LAYOUT (cb_door_layout_get_type ())
G_DECLARE_FINAL_TYPE (CbDoorLayout, cb_door_layout, CB, DOOR_LAYOUT, GtkLayoutManager)

G_END_DECLS
