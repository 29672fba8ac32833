/* SPDX-License-Identifier: Apache-2.0 */

/* One operation on its way: what it carries, since when, and why it may or may not leave. What was
 * refused says what can be done, and lets it be done. Signals, without arguments: "retry";
 * "compare"; "asked", the row is to ask whether it is kept here alone; "taken-back", it is not to
 * ask any more; "discard", it was said. */

#pragma once

#include <gtk/gtk.h>

#include "records/cb-outbox-item.h"
#include "records/cb-terms.h"

G_BEGIN_DECLS

#define CB_TYPE_OUTBOX_ROW (cb_outbox_row_get_type ())
G_DECLARE_FINAL_TYPE (CbOutboxRow, cb_outbox_row, CB, OUTBOX_ROW, GtkWidget)

GtkWidget *cb_outbox_row_new (void);

/* `role` is that of who looks; the store asks again. */
void cb_outbox_row_set_item (CbOutboxRow *self, CbOutboxItem *item, CbRole role, gint64 now_us);

/* NULL before it has one. */
CbOutboxItem *cb_outbox_row_get_item (CbOutboxRow *self);

void cb_outbox_row_set_asking (CbOutboxRow *self, gboolean is_asking);

G_END_DECLS
