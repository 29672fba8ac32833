/* SPDX-License-Identifier: Apache-2.0 */

/* One size or taste to write down or to put right. To be put into a CbSheet. Signal "saved": it is
 * on the disk. */

#pragma once

#include <gtk/gtk.h>

#include "store/cb-store.h"

G_BEGIN_DECLS

#define CB_TYPE_PREFERENCE_EDITOR (cb_preference_editor_get_type ())
G_DECLARE_FINAL_TYPE (CbPreferenceEditor, cb_preference_editor, CB, PREFERENCE_EDITOR, GtkWidget)

/* `preference` is the one to put right; NULL for a new one. */
GtkWidget *cb_preference_editor_new (CbStore *store,
                                     const char *customer_id,
                                     CbPreference *preference);

/* Is it about this very preference of this customer, and not empty? Then it may be shown again
 * after it was closed, with what was typed. */
gboolean cb_preference_editor_is_about (CbPreferenceEditor *self,
                                        const char *customer_id,
                                        CbPreference *preference);

G_END_DECLS
