/* SPDX-License-Identifier: Apache-2.0 */

/* What would become of a file: the counts, the first entries as they were understood, and on what
 * and until when the shop keeps them. Signals "accepted" and "another": bring it in, or choose
 * another file. */

#pragma once

#include <gtk/gtk.h>

#include "store/cb-store-import.h"

G_BEGIN_DECLS

#define CB_TYPE_IMPORT_PREVIEW (cb_import_preview_get_type ())
G_DECLARE_FINAL_TYPE (CbImportPreview, cb_import_preview, CB, IMPORT_PREVIEW, GtkWidget)

void cb_import_preview_show (CbImportPreview *self,
                             const CbImportProgress *progress,
                             const char *file_name,
                             gboolean is_optouts,
                             gint64 now_us);

/* The basis is static. */
void cb_import_preview_fill (CbImportPreview *self, CbImportOptions *options);

G_END_DECLS
