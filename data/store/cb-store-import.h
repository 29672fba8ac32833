/* SPDX-License-Identifier: Apache-2.0 */

/* Bringing in an old book, or a list of those who are not to be contacted, from a screen: calls of
 * the store on the main thread, in pieces on cb-store between which saves and searches have their
 * turn. Role manager. A screen has no file chooser: files lie in one folder that the operator
 * names. */

#pragma once

#include "records/cb-import-file.h"
#include "records/cb-import-line.h"
#include "store/cb-import.h"
#include "store/cb-store.h"

G_BEGIN_DECLS

/* Of CbImportFile, the newest first, at most 200; makes the folder when it is not there. Links and
 * what is hidden are no files here. */
void cb_store_list_import_files_async (CbStore *self,
                                       const char *folder,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
GPtrArray *cb_store_list_import_files_finish (CbStore *self, GAsyncResult *result, GError **error);

/* What is to be brought in and how; copied. */
typedef struct
{
  const char *path;
  gboolean is_optouts;
  CbImportOptions options;
} CbImportOrder;

/* How far it is, and at the end what became of it. */
typedef struct
{
  guint64 n_read;
  guint64 n_added;
  guint64 n_merged;
  guint64 n_rejected;
  guint64 n_not_asked;
  double fraction;     /* of the file, 0 to 1; -1 when its size is not known */
  gboolean is_whole;   /* the file was read to its end */
  GPtrArray *samples;  /* of CbImportLine: the first entries; NULL until the end */
  GPtrArray *rejected; /* of CbImportLine; NULL until the end */
} CbImportProgress;

void cb_import_progress_clear (CbImportProgress *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CbImportProgress, cb_import_progress_clear)

/* Called after each piece, on the main thread. */
typedef void (*CbImportTell) (const CbImportProgress *progress, gpointer user_data);

/* Cancelling stops it behind the piece that is under way: what is in is a whole number of entries,
 * and it finishes as at the end, with is_whole FALSE. After an error what was told last is what is
 * in. `tell` is not called any more once it was cancelled. */
void cb_store_import_async (CbStore *self,
                            const CbImportOrder *order,
                            CbImportTell tell,
                            gpointer tell_data,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
gboolean cb_store_import_finish (CbStore *self,
                                 GAsyncResult *result,
                                 CbImportProgress *progress,
                                 GError **error);

G_END_DECLS
