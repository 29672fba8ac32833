/* SPDX-License-Identifier: Apache-2.0 */

/* A file that may be brought in. Any thread. Getters borrow. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define CB_TYPE_IMPORT_FILE (cb_import_file_get_type ())
G_DECLARE_FINAL_TYPE (CbImportFile, cb_import_file, CB, IMPORT_FILE, GObject)

CbImportFile *cb_import_file_new (const char *path, guint64 size, gint64 modified_us);

const char *cb_import_file_get_path (CbImportFile *self);

/* Its name as it can be shown: UTF-8, whatever the disk says. */
const char *cb_import_file_get_name (CbImportFile *self);
guint64 cb_import_file_get_size (CbImportFile *self);
gint64 cb_import_file_get_modified_us (CbImportFile *self);

G_END_DECLS
