/* SPDX-License-Identifier: Apache-2.0 */

/* Watches for quiet: draws the veil, then locks. A terminal that
 * slept through its minutes is locked when it wakes. */

#pragma once

#include "cb-settings.h"
#include "shell/cb-window.h"

G_BEGIN_DECLS

#define CB_TYPE_IDLE (cb_idle_get_type ())
G_DECLARE_FINAL_TYPE (CbIdle, cb_idle, CB, IDLE, GObject)

CbIdle *cb_idle_new (CbWindow *window, const CbSettings *settings);

G_END_DECLS
