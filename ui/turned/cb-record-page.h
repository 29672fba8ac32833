/* SPDX-License-Identifier: Apache-2.0 */

/* The whole of the record, on the customer's own screen: they show that it is theirs, read every
 * word of it, have it gone. Signals "answers": they want to see what they are asked; "handed-back":
 * the record is gone, and they are through. */

#pragma once

#include <gtk/gtk.h>

#include "store/cb-store.h"

G_BEGIN_DECLS

#define CB_TYPE_RECORD_PAGE (cb_record_page_get_type ())
G_DECLARE_FINAL_TYPE (CbRecordPage, cb_record_page, CB, RECORD_PAGE, GtkWidget)

GtkWidget *cb_record_page_new (void);

/* Once, before anything else. */
void cb_record_page_set_store (CbRecordPage *self, CbStore *store);

/* `is_shown`: an associate saw a document just now, and the store knows. Else they are asked for
 * what shows it, unless they gave it since the screen was turned. */
void cb_record_page_start (CbRecordPage *self, const char *customer_id, gboolean is_shown);

/* What a notice calls it; what is on the screen changes with it. */
void cb_record_page_set_language (CbRecordPage *self, const char *language);

/* Nothing of it stays on the screen; it begins with who it is. What is erased stays told. */
void cb_record_page_cover (CbRecordPage *self);

gboolean cb_record_page_is_erased (CbRecordPage *self);

/* Drops every word, and the next one has to show it anew. */
void cb_record_page_clear (CbRecordPage *self);

G_END_DECLS
