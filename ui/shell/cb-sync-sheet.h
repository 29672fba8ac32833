/* SPDX-License-Identifier: Apache-2.0 */

/* What is on its way to head office: what waits and why each may leave, what stays here, what was
 * refused. It names no customer. To be put into a CbSheet. */

#pragma once

#include <gtk/gtk.h>

#include "store/cb-store.h"

G_BEGIN_DECLS

#define CB_TYPE_SYNC_SHEET (cb_sync_sheet_get_type ())
G_DECLARE_FINAL_TYPE (CbSyncSheet, cb_sync_sheet, CB, SYNC_SHEET, GtkWidget)

GtkWidget *cb_sync_sheet_new (CbStore *store);

G_END_DECLS
