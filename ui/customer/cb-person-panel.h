/* SPDX-License-Identifier: Apache-2.0 */

/* Who they are to us, in words: how to reach them, what they allowed. Fit to be read over the
 * shoulder. */

#pragma once

#include <gtk/gtk.h>

#include "store/cb-store.h"

G_BEGIN_DECLS

#define CB_TYPE_PERSON_PANEL (cb_person_panel_get_type ())
G_DECLARE_FINAL_TYPE (CbPersonPanel, cb_person_panel, CB, PERSON_PANEL, GtkWidget)

GtkWidget *cb_person_panel_new (void);

/* Once: what is said right here is written there. */
void cb_person_panel_set_store (CbPersonPanel *self, CbStore *store);

/* NULL empties it. */
void cb_person_panel_set_dossier (CbPersonPanel *self, CbDossier *dossier, gint64 now_us);

G_END_DECLS
