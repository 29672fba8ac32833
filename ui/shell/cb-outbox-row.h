/* SPDX-License-Identifier: Apache-2.0 */

/* One operation on its way: what it carries, since when, and why it may or may not leave. */

#pragma once

#include <gtk/gtk.h>

#include "records/cb-outbox-item.h"

G_BEGIN_DECLS

#define CB_TYPE_OUTBOX_ROW (cb_outbox_row_get_type ())
G_DECLARE_FINAL_TYPE (CbOutboxRow, cb_outbox_row, CB, OUTBOX_ROW, GtkWidget)

GtkWidget *cb_outbox_row_new (void);

void cb_outbox_row_set_item (CbOutboxRow *self, CbOutboxItem *item, gint64 now_us);

G_END_DECLS
