/* SPDX-License-Identifier: Apache-2.0 */

/* A text and what is pressed about it: side by side, and below each other where the text would have
 * less than `least` em for itself (property) and wants more. The second child keeps its natural
 * width and stands at the end. Property `spacing`. Mirrors itself for right-to-left text. */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define CB_TYPE_ASIDE_LAYOUT (cb_aside_layout_get_type ())
G_DECLARE_FINAL_TYPE (CbAsideLayout, cb_aside_layout, CB, ASIDE_LAYOUT, GtkLayoutManager)

G_END_DECLS
