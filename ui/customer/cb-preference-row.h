/* SPDX-License-Identifier: Apache-2.0 */

/* One preference: what, of what, and how long ago it was heard. */

#pragma once

#include <gtk/gtk.h>

#include "records/cb-preference.h"

G_BEGIN_DECLS

#define CB_TYPE_PREFERENCE_ROW (cb_preference_row_get_type ())
G_DECLARE_FINAL_TYPE (CbPreferenceRow, cb_preference_row, CB, PREFERENCE_ROW, GtkWidget)

GtkWidget *cb_preference_row_new (void);

void cb_preference_row_set_preference (CbPreferenceRow *self,
                                       CbPreference *preference,
                                       gint64 now_us);

G_END_DECLS
