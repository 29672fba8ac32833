/* SPDX-License-Identifier: Apache-2.0 */

/* What stands where a list would: why there is nothing, and the one thing to do next. Signal
 * "acted": the button was pressed. */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define CB_TYPE_EMPTY_STATE (cb_empty_state_get_type ())
G_DECLARE_FINAL_TYPE (CbEmptyState, cb_empty_state, CB, EMPTY_STATE, GtkWidget)

GtkWidget *cb_empty_state_new (void);

/* `body` and `action` may be NULL. */
void cb_empty_state_set (CbEmptyState *self,
                         const char *icon_name,
                         const char *title,
                         const char *body,
                         const char *action);

G_END_DECLS
