/* SPDX-License-Identifier: Apache-2.0 */

/* A small switch: what it decides above, what it stands at below. Pressed, its options lie open
 * somewhere near. Its accessible name is "caption: value". */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define CB_TYPE_SWITCH (cb_switch_get_type ())
G_DECLARE_FINAL_TYPE (CbSwitch, cb_switch, CB, SWITCH, GtkToggleButton)

GtkWidget *cb_switch_new (const char *caption);

void cb_switch_set_value (CbSwitch *self, const char *value);

G_END_DECLS
