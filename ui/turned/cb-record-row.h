/* SPDX-License-Identifier: Apache-2.0 */

/* Shows one CbRecordItem in the customer's language. */

#pragma once

#include <gtk/gtk.h>

#include "turned/cb-record-item.h"

G_BEGIN_DECLS

#define CB_TYPE_RECORD_ROW (cb_record_row_get_type ())
G_DECLARE_FINAL_TYPE (CbRecordRow, cb_record_row, CB, RECORD_ROW, GtkWidget)

GtkWidget *cb_record_row_new (void);

/* NULL empties it, for a row that is used again. */
void cb_record_row_set_item (CbRecordRow *self, CbRecordItem *item, const char *language);

G_END_DECLS
