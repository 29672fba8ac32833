/* SPDX-License-Identifier: Apache-2.0 */

/* A manager brings in an old book, or a list of those who are not to be contacted: chooses a file,
 * sees what would become of it, brings it in, reads what was left out. Long files show how far they
 * are and can be stopped. Signal "done": back to the counter. */

#pragma once

#include <gtk/gtk.h>

#include "store/cb-store.h"

G_BEGIN_DECLS

#define CB_TYPE_IMPORT_PAGE (cb_import_page_get_type ())
G_DECLARE_FINAL_TYPE (CbImportPage, cb_import_page, CB, IMPORT_PAGE, GtkWidget)

/* `folder` is where files are put for it. */
GtkWidget *cb_import_page_new (CbStore *store, const char *folder);

/* Begins with the files. */
void cb_import_page_start (CbImportPage *self);

/* FALSE on its first step, from which one goes back to the counter. Stops what is under way. */
gboolean cb_import_page_step_back (CbImportPage *self);

G_END_DECLS
