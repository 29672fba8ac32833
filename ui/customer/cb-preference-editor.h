/* SPDX-License-Identifier: Apache-2.0 */

/* One size or taste to write down or to put right. To be put into a CbSheet. */

#pragma once

#include "customer/cb-form.h"

G_BEGIN_DECLS

#define CB_TYPE_PREFERENCE_EDITOR (cb_preference_editor_get_type ())
G_DECLARE_FINAL_TYPE (CbPreferenceEditor, cb_preference_editor, CB, PREFERENCE_EDITOR, CbForm)

/* `preference` is the one to put right; NULL for a new one. `draft` is what was typed into it
 * before and not saved, or NULL. Somebody is signed in. */
GtkWidget *cb_preference_editor_new (CbStore *store,
                                     CbDraftShelf *shelf,
                                     const char *customer_id,
                                     CbPreference *preference,
                                     const CbPreferenceDraft *draft);

G_END_DECLS
