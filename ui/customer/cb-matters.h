/* SPDX-License-Identifier: Apache-2.0 */

/* What a customer asked for and what was promised to them, as long as it is open, and the days that
 * matter to them, each under its heading. Signals "add", "add-day": something new of the one or the
 * other shall be written down. */

#pragma once

#include <gtk/gtk.h>

#include "records/cb-dossier.h"

G_BEGIN_DECLS

#define CB_TYPE_MATTERS (cb_matters_get_type ())
G_DECLARE_FINAL_TYPE (CbMatters, cb_matters, CB, MATTERS, GtkWidget)

GtkWidget *cb_matters_new (void);

/* NULL shows nobody's. */
void cb_matters_set_dossier (CbMatters *self, CbDossier *dossier, gint64 now_us);

G_END_DECLS
