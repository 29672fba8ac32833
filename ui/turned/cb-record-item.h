/* SPDX-License-Identifier: Apache-2.0 */

/* One row of everything that is kept about a customer: a heading, an entry with all that stands in
 * it, or lines that belong to none. Main thread. */

#pragma once

#include <gio/gio.h>

#include "exchange/cb-page-part.h"

G_BEGIN_DECLS

#define CB_TYPE_RECORD_ITEM (cb_record_item_get_type ())
G_DECLARE_FINAL_TYPE (CbRecordItem, cb_record_item, CB, RECORD_ITEM, GObject)

/* Of CbPagePart; the items keep the array alive. A list of CbRecordItem. */
GListModel *cb_record_items_new (GPtrArray *parts);

/* Borrowed. */
const CbPagePart *const *cb_record_item_get_parts (CbRecordItem *self, guint *n_parts);

/* An entry that is not for every eye stays covered until it was asked for. */
gboolean cb_record_item_is_covered (CbRecordItem *self);
void cb_record_item_uncover (CbRecordItem *self);

G_END_DECLS
