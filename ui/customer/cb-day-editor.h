/* SPDX-License-Identifier: Apache-2.0 */

/* A day that matters to a customer, to write down: an event, or one that comes back every year, of
 * which no year is kept. To be put into a CbSheet. */

#pragma once

#include "customer/cb-form.h"

G_BEGIN_DECLS

#define CB_TYPE_DAY_EDITOR (cb_day_editor_get_type ())
G_DECLARE_FINAL_TYPE (CbDayEditor, cb_day_editor, CB, DAY_EDITOR, CbForm)

/* `unsaved` is what was typed into it before and not saved, or NULL. Somebody is signed in. */
GtkWidget *cb_day_editor_new (CbStore *store,
                              CbDraftShelf *shelf,
                              const char *customer_id,
                              const CbUnsaved *unsaved);

G_END_DECLS
