/* SPDX-License-Identifier: Apache-2.0 */

/* The customer wants to see everything: how they show that it is about them. They type it on their
 * own screen, or the associate sees a document, of which the kind is kept. Signal "turn": the
 * screen may be turned; TRUE when it is shown already. */

#pragma once

#include <gtk/gtk.h>

#include "store/cb-store.h"

G_BEGIN_DECLS

#define CB_TYPE_SHOW_SHEET (cb_show_sheet_get_type ())
G_DECLARE_FINAL_TYPE (CbShowSheet, cb_show_sheet, CB, SHOW_SHEET, GtkWidget)

GtkWidget *cb_show_sheet_new (CbStore *store, const char *customer_id);

G_END_DECLS
