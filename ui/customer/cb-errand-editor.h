/* SPDX-License-Identifier: Apache-2.0 */

/* Something a customer asks for, or that is promised to them, to write down. To be put into a
 * CbSheet. That they ask for it is their answer to `asked`, which the store records with it. */

#pragma once

#include "customer/cb-form.h"

G_BEGIN_DECLS

#define CB_TYPE_ERRAND_EDITOR (cb_errand_editor_get_type ())
G_DECLARE_FINAL_TYPE (CbErrandEditor, cb_errand_editor, CB, ERRAND_EDITOR, CbForm)

/* `unsaved` is what was typed into it before and not saved, or NULL. Somebody is signed in. */
GtkWidget *cb_errand_editor_new (CbStore *store,
                                 CbDraftShelf *shelf,
                                 const char *customer_id,
                                 const CbUnsaved *unsaved);

G_END_DECLS
