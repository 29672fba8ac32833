/* SPDX-License-Identifier: Apache-2.0 */

/* The one thing every page says about syncing, from acknowledgements alone. A button that opens the
 * sync sheet; its accessible name is what it says. */

#pragma once

#include <gtk/gtk.h>

#include "base/cb-clock.h"
#include "store/cb-sync-state.h"

G_BEGIN_DECLS

#define CB_TYPE_SYNC_CHIP (cb_sync_chip_get_type ())
G_DECLARE_FINAL_TYPE (CbSyncChip, cb_sync_chip, CB, SYNC_CHIP, GtkButton)

GtkWidget *cb_sync_chip_new (void);

void cb_sync_chip_set_state (CbSyncChip *self, CbSyncState *state, CbClock *clock);

G_END_DECLS
