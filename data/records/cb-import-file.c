/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "records/cb-import-file.h"

struct _CbImportFile
{
  GObject parent_instance;
  char *path;
  char *name;
  guint64 size;
  gint64 modified_us;
};

G_DEFINE_FINAL_TYPE (CbImportFile, cb_import_file, G_TYPE_OBJECT)

const char *
cb_import_file_get_path (CbImportFile *self)
{
  g_return_val_if_fail (CB_IS_IMPORT_FILE (self), NULL);

  return self->path;
}

const char *
cb_import_file_get_name (CbImportFile *self)
{
  g_return_val_if_fail (CB_IS_IMPORT_FILE (self), NULL);

  return self->name;
}

guint64
cb_import_file_get_size (CbImportFile *self)
{
  g_return_val_if_fail (CB_IS_IMPORT_FILE (self), 0);

  return self->size;
}

gint64
cb_import_file_get_modified_us (CbImportFile *self)
{
  g_return_val_if_fail (CB_IS_IMPORT_FILE (self), 0);

  return self->modified_us;
}

static void
cb_import_file_finalize (GObject *object)
{
  CbImportFile *self = CB_IMPORT_FILE (object);

  g_free (self->path);
  g_free (self->name);

  G_OBJECT_CLASS (cb_import_file_parent_class)->finalize (object);
}

static void
cb_import_file_class_init (CbImportFileClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cb_import_file_finalize;
}

static void
cb_import_file_init (CbImportFile *self)
{
}

CbImportFile *
cb_import_file_new (const char *path, guint64 size, gint64 modified_us)
{
  CbImportFile *self = g_object_new (CB_TYPE_IMPORT_FILE, NULL);

  self->path = g_strdup (path);
  self->name = g_filename_display_basename (path);
  self->size = size;
  self->modified_us = modified_us;
  return self;
}
