/* SPDX-License-Identifier: Apache-2.0 */

/* Stands between the customer's screen and the associate's when the terminal is handed back: no
 * word about anybody, the associate's name, the PIN pad. Signal "resumed": the PIN was right;
 * "back": the customer wants their screen again. */

#pragma once

#include <gtk/gtk.h>

#include "store/cb-store.h"

G_BEGIN_DECLS

#define CB_TYPE_COVER_PAGE (cb_cover_page_get_type ())
G_DECLARE_FINAL_TYPE (CbCoverPage, cb_cover_page, CB, COVER_PAGE, GtkWidget)

GtkWidget *cb_cover_page_new (CbStore *store);

/* `thanks` and `back` are in the customer's language. */
void cb_cover_page_show (CbCoverPage *self, const char *thanks, const char *back);

G_END_DECLS
