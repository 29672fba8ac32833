/* SPDX-License-Identifier: Apache-2.0 */

/* Call once before anything else of data/: libsodium, and the resources that the linker would drop
 * from a static library. Again is harmless. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

void cb_data_init (void);

/* Where things lie unless the caller says otherwise: $COUNTERBOOK_HOME, else
 * $XDG_DATA_HOME/counterbook; and $XDG_STATE_HOME/counterbook. Free them. */
char *cb_data_dup_default_home (void);
char *cb_data_dup_state_root (void);

G_END_DECLS
