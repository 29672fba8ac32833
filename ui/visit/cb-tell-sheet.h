/* SPDX-License-Identifier: Apache-2.0 */

/* Something arrived: how its customer was told. Each way that is permitted now is one tap, each
 * other says why it is not. Signal "told": it is on the disk, in the log of contacts too. */

#pragma once

#include <gtk/gtk.h>

#include "store/cb-store.h"

G_BEGIN_DECLS

#define CB_TYPE_TELL_SHEET (cb_tell_sheet_get_type ())
G_DECLARE_FINAL_TYPE (CbTellSheet, cb_tell_sheet, CB, TELL_SHEET, GtkWidget)

GtkWidget *cb_tell_sheet_new (CbStore *store, CbErrand *errand);

G_END_DECLS
