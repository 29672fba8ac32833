/* SPDX-License-Identifier: Apache-2.0 */

/* One entry of a file as it was understood, or why it was left out. */

#pragma once

#include <gtk/gtk.h>

#include "records/cb-import-line.h"

G_BEGIN_DECLS

#define CB_TYPE_IMPORT_ROW (cb_import_row_get_type ())
G_DECLARE_FINAL_TYPE (CbImportRow, cb_import_row, CB, IMPORT_ROW, GtkWidget)

/* `shows_fate`: says new, here already, left out. */
GtkWidget *cb_import_row_new (gboolean shows_fate);
void cb_import_row_set_line (CbImportRow *self, CbImportLine *line);

G_END_DECLS
