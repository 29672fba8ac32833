/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "store/cb-store-import.h"

#include <glib/gstdio.h>

#include "base/cb-error.h"
#include "store/cb-book-private.h"
#include "store/cb-import-private.h"
#include "store/cb-store-private.h"

#define FILES_MAX 200
#define MORE GINT_TO_POINTER (2)

/* --- which files there are --- */

static int
compare_files (gconstpointer a, gconstpointer b)
{
  gint64 one = cb_import_file_get_modified_us (*(CbImportFile *const *) a);
  gint64 other = cb_import_file_get_modified_us (*(CbImportFile *const *) b);

  return one > other ? -1 : one < other;
}

static CbImportFile *
look_at (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  GStatBuf about;

  if (*name == '.' || g_lstat (path, &about) != 0 || !S_ISREG (about.st_mode))
    return NULL;
  return cb_import_file_new (path, (guint64) about.st_size,
                             (gint64) about.st_mtime * CB_US_PER_SECOND);
}

static gpointer
list_files_in_worker (CbStore *self, CbStaff *actor, gpointer input, GError **error)
{
  const char *folder = input;
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GDir) listing = NULL;
  const char *name;

  if (!cb_book_require (self->book, actor, CB_ACT_IMPORT, error))
    return NULL;
  g_mkdir_with_parents (folder, 0700);
  listing = g_dir_open (folder, 0, NULL);
  if (listing == NULL)
    {
      g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_IO, "the folder can't be read");
      return NULL;
    }
  while ((name = g_dir_read_name (listing)) != NULL)
    {
      CbImportFile *file = look_at (folder, name);

      if (file != NULL)
        g_ptr_array_add (files, file);
    }
  g_ptr_array_sort (files, compare_files);
  if (files->len > FILES_MAX)
    g_ptr_array_set_size (files, FILES_MAX);
  return g_steal_pointer (&files);
}

void
cb_store_list_import_files_async (CbStore *self,
                                  const char *folder,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  cb_store_run_async (self, list_files_in_worker, g_strdup (folder), g_free,
                      (GDestroyNotify) g_ptr_array_unref, cb_store_list_import_files_async,
                      cancellable, callback, user_data);
}

GPtrArray *
cb_store_list_import_files_finish (CbStore *self, GAsyncResult *result, GError **error)
{
  return cb_store_run_finish (self, result, cb_store_list_import_files_async, error);
}

/* --- the import --- */

/* The import is touched on cb-store while a piece runs, and on the main thread between two. */
typedef struct
{
  char *path;
  char *basis;
  gboolean is_optouts;
  CbImportOptions options;
  CbImportTell tell;
  gpointer tell_data;
  CbImport *import;
} Work;

static void
work_free (gpointer data)
{
  Work *work = data;

  g_clear_pointer (&work->import, cb_import_free);
  g_free (work->path);
  g_free (work->basis);
  g_free (work);
}

static void on_piece_done (GObject *source, GAsyncResult *result, gpointer user_data);

static gpointer
take_piece_in_worker (CbStore *self, CbStaff *actor, gpointer input, GError **error)
{
  Work *work = g_task_get_task_data (input);
  gboolean more;

  if (!cb_book_require (self->book, actor, CB_ACT_IMPORT, error))
    return NULL;
  if (work->import == NULL && work->is_optouts)
    work->import = cb_import_open_suppressions (work->path, &work->options, error);
  else if (work->import == NULL)
    work->import = cb_import_open (work->path, CB_EXCHANGE_AUTO, &work->options, error);
  if (work->import == NULL || !cb_book_import_piece (self->book, actor, work->import, &more, error))
    return NULL;
  return more ? MORE : CB_STORE_DONE;
}

/* Takes the task. */
static void
take_next_piece (GTask *task)
{
  cb_store_run_async (g_task_get_source_object (task), take_piece_in_worker, g_object_ref (task),
                      g_object_unref, NULL, take_next_piece, NULL, on_piece_done, task);
}

static void
fill_progress (CbImport *import, CbImportProgress *progress)
{
  guint64 size = cb_import_get_size (import);

  *progress = (CbImportProgress){
    .n_read = cb_import_get_n_read (import),
    .n_added = cb_import_get_n_added (import),
    .n_merged = cb_import_get_n_merged (import),
    .n_rejected = cb_import_get_rejected (import)->len,
    .n_not_asked = cb_import_get_n_not_asked (import),
    .is_whole = import->is_at_end,
    .fraction = size > 0 ? MIN ((double) cb_import_get_position (import) / (double) size, 1.0) : -1,
  };
}

static void
on_piece_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  gpointer outcome = cb_store_run_finish (CB_STORE (source), result, take_next_piece, &error);
  gboolean is_cancelled = g_cancellable_is_cancelled (g_task_get_cancellable (task));
  Work *work = g_task_get_task_data (task);

  if (work->import != NULL && work->tell != NULL && !is_cancelled)
    {
      CbImportProgress progress;

      fill_progress (work->import, &progress);
      work->tell (&progress, work->tell_data);
      is_cancelled = g_cancellable_is_cancelled (g_task_get_cancellable (task));
    }
  if (error != NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else if (outcome == MORE && !is_cancelled)
    take_next_piece (g_steal_pointer (&task));
  else
    g_task_return_boolean (task, TRUE);
}

void
cb_store_import_async (CbStore *self,
                       const CbImportOrder *order,
                       CbImportTell tell,
                       gpointer tell_data,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Work *work = g_new0 (Work, 1);

  work->path = g_strdup (order->path);
  work->basis = g_strdup (order->options.basis);
  work->is_optouts = order->is_optouts;
  work->options = order->options;
  work->options.basis = work->basis;
  work->tell = tell;
  work->tell_data = tell_data;
  g_task_set_source_tag (task, cb_store_import_async);
  /* Whoever stops it is told what is in. */
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, work, work_free);
  take_next_piece (task);
}

static GPtrArray *
list_rejected (CbImport *import)
{
  GArray *rejected = cb_import_get_rejected (import);
  GPtrArray *list = g_ptr_array_new_full (rejected->len, g_object_unref);

  for (guint i = 0; i < rejected->len; i++)
    {
      const CbRejected *one = &g_array_index (rejected, CbRejected, i);

      g_ptr_array_add (list, cb_import_line_new (one->line, CB_FATE_REJECTED, NULL, one->reason));
    }
  return list;
}

gboolean
cb_store_import_finish (CbStore *self,
                        GAsyncResult *result,
                        CbImportProgress *progress,
                        GError **error)
{
  Work *work;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, cb_store_import_async), FALSE);

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return FALSE;
  work = g_task_get_task_data (G_TASK (result));
  fill_progress (work->import, progress);
  progress->samples = g_ptr_array_ref (work->import->samples);
  progress->rejected = list_rejected (work->import);
  return TRUE;
}

void
cb_import_progress_clear (CbImportProgress *self)
{
  g_clear_pointer (&self->samples, g_ptr_array_unref);
  g_clear_pointer (&self->rejected, g_ptr_array_unref);
}
