/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "store/cb-import-private.h"

#include "base/cb-error.h"

/* A few hundredths of a second of work. */
#define PIECE_ENTRIES 100

static CbImport *
new_import (const CbImportOptions *options)
{
  CbImport *self = g_new0 (CbImport, 1);

  self->basis = g_strdup (options->basis);
  self->keep_until_us = options->keep_until_us;
  self->is_dry_run = options->is_dry_run;
  self->piece_entries = options->piece_entries != 0 ? options->piece_entries : PIECE_ENTRIES;
  self->rejected = g_array_new (FALSE, FALSE, sizeof (CbRejected));
  self->n_samples = options->n_samples;
  self->samples = g_ptr_array_new_with_free_func (g_object_unref);
  self->seen = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref,
                                      (GDestroyNotify) g_ptr_array_unref);
  self->again =
    g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, NULL);
  return self;
}

CbImport *
cb_import_new (GInputStream *stream, CbExchangeFormat format, const CbImportOptions *options)
{
  CbImport *self = new_import (options);

  self->entries = cb_entries_new (stream, format);
  return self;
}

CbImport *
cb_import_new_suppressions (GInputStream *stream, const CbImportOptions *options)
{
  CbImport *self = new_import (options);

  self->optouts = cb_optouts_new (stream);
  return self;
}

static GFileInputStream *
open_file (const char *path, guint64 *size, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GFileInputStream) stream = g_file_read (file, NULL, &local_error);
  g_autoptr (GFileInfo) info = NULL;

  if (stream == NULL)
    {
      gboolean is_absent = g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);

      g_set_error (error, CB_STORE_ERROR, is_absent ? CB_STORE_ERROR_NOT_FOUND : CB_STORE_ERROR_IO,
                   "the file %s", is_absent ? "is not there" : "can't be read");
      return NULL;
    }
  info = g_file_input_stream_query_info (stream, G_FILE_ATTRIBUTE_STANDARD_SIZE, NULL, NULL);
  *size = info != NULL ? (guint64) g_file_info_get_size (info) : 0;
  return g_steal_pointer (&stream);
}

CbImport *
cb_import_open (const char *path,
                CbExchangeFormat format,
                const CbImportOptions *options,
                GError **error)
{
  guint64 size;
  g_autoptr (GFileInputStream) stream = open_file (path, &size, error);
  CbImport *self = NULL;

  if (stream != NULL)
    {
      self = cb_import_new (G_INPUT_STREAM (stream), format, options);
      self->size = size;
    }
  return self;
}

CbImport *
cb_import_open_suppressions (const char *path, const CbImportOptions *options, GError **error)
{
  guint64 size;
  g_autoptr (GFileInputStream) stream = open_file (path, &size, error);
  CbImport *self = NULL;

  if (stream != NULL)
    {
      self = cb_import_new_suppressions (G_INPUT_STREAM (stream), options);
      self->size = size;
    }
  return self;
}

static CbImport *
open_goods (const char *path, gboolean is_catalogue, const CbImportOptions *options, GError **error)
{
  guint64 size;
  g_autoptr (GFileInputStream) stream = open_file (path, &size, error);
  CbImport *self = NULL;

  if (stream != NULL)
    {
      self = new_import (options);
      self->goods = cb_goods_new (G_INPUT_STREAM (stream));
      self->is_catalogue = is_catalogue;
      self->size = size;
    }
  return self;
}

CbImport *
cb_import_open_catalogue (const char *path, const CbImportOptions *options, GError **error)
{
  return open_goods (path, TRUE, options, error);
}

CbImport *
cb_import_open_purchases (const char *path, const CbImportOptions *options, GError **error)
{
  return open_goods (path, FALSE, options, error);
}

guint
cb_import_count_again (CbImport *import, GBytes *line)
{
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (import->again, line));

  g_hash_table_insert (import->again, g_bytes_ref (line), GUINT_TO_POINTER (n + 1));
  return n;
}

void
cb_import_free (CbImport *self)
{
  g_clear_pointer (&self->entries, cb_entries_free);
  g_clear_pointer (&self->optouts, cb_optouts_free);
  g_clear_pointer (&self->goods, cb_goods_free);
  g_free (self->basis);
  g_clear_error (&self->failure);
  g_array_unref (self->rejected);
  g_ptr_array_unref (self->samples);
  g_hash_table_unref (self->seen);
  g_hash_table_unref (self->again);
  g_free (self);
}

guint64
cb_import_get_n_read (CbImport *self)
{
  return self->n_read;
}

guint64
cb_import_get_n_added (CbImport *self)
{
  return self->n_added;
}

guint64
cb_import_get_n_merged (CbImport *self)
{
  return self->n_merged;
}

guint64
cb_import_get_n_not_asked (CbImport *self)
{
  return self->n_not_asked;
}

GArray *
cb_import_get_rejected (CbImport *self)
{
  return self->rejected;
}

guint64
cb_import_get_position (CbImport *self)
{
  if (self->goods != NULL)
    return cb_goods_get_position (self->goods);
  return self->optouts != NULL ? cb_optouts_get_position (self->optouts)
                               : cb_entries_get_position (self->entries);
}

guint64
cb_import_get_size (CbImport *self)
{
  return self->size;
}
