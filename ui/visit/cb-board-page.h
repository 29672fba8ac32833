/* SPDX-License-Identifier: Apache-2.0 */

/* Requests, promises and the days of this week, by their day. Signals as CbErrands:
 * "customer-chosen" (id), "tell" (CbErrand); and "done": back to the counter. */

#pragma once

#include <gtk/gtk.h>

#include "store/cb-store.h"

G_BEGIN_DECLS

#define CB_TYPE_BOARD_PAGE (cb_board_page_get_type ())
G_DECLARE_FINAL_TYPE (CbBoardPage, cb_board_page, CB, BOARD_PAGE, GtkWidget)

GtkWidget *cb_board_page_new (CbStore *store);

void cb_board_page_start (CbBoardPage *self);
void cb_board_page_clear (CbBoardPage *self);

G_END_DECLS
