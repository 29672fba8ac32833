/* SPDX-License-Identifier: Apache-2.0 */

/* What became of a file: the closing counts, and each entry that was left out with its line and
 * why. Signals "done", "another" and "delete-file". */

#pragma once

#include <gtk/gtk.h>

#include "store/cb-store-import.h"

G_BEGIN_DECLS

#define CB_TYPE_IMPORT_RESULT (cb_import_result_get_type ())
G_DECLARE_FINAL_TYPE (CbImportResult, cb_import_result, CB, IMPORT_RESULT, GtkWidget)

/* `trouble`: the sentence of what ended it before its time, or NULL. */
void cb_import_result_show (CbImportResult *self,
                            const CbImportProgress *progress,
                            const char *file_name,
                            gboolean is_optouts,
                            const char *trouble);

/* Says whether the file is still there. */
void cb_import_result_set_file_deleted (CbImportResult *self, gboolean is_deleted);

G_END_DECLS
