/* SPDX-License-Identifier: Apache-2.0 */

/* The first step of bringing in: what it is, and which of the files that lie in the one folder. A
 * counter has no file chooser. Signal "chosen" (CbImportFile). */

#pragma once

#include <gtk/gtk.h>

#include "store/cb-store-import.h"

G_BEGIN_DECLS

#define CB_TYPE_IMPORT_FILES (cb_import_files_get_type ())
G_DECLARE_FINAL_TYPE (CbImportFiles, cb_import_files, CB, IMPORT_FILES, GtkWidget)

void cb_import_files_set_store (CbImportFiles *self, CbStore *store, const char *folder);

/* Reads the folder. */
void cb_import_files_look (CbImportFiles *self);
gboolean cb_import_files_is_optouts (CbImportFiles *self);

G_END_DECLS
