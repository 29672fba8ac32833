/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "store/cb-store-private.h"

/* What the engine's acts take to cb-store. */
typedef struct
{
  guint max_ops;
  gsize max_bytes;
  GPtrArray *settlements;
  GPtrArray *changes;
  char *cursor;
  gboolean is_end;
  CbCursorSort sort;
  CbEnrolment *enrolment;
  char *op_id;
  CbKeep keep;
} Input;

static void
input_free (gpointer data)
{
  Input *input = data;

  g_clear_pointer (&input->settlements, g_ptr_array_unref);
  g_clear_pointer (&input->changes, g_ptr_array_unref);
  g_clear_pointer (&input->enrolment, cb_enrolment_unref);
  g_free (input->cursor);
  g_free (input->op_id);
  g_free (input);
}

static gpointer
list_outbox_in_worker (CbStore *self, CbStaff *actor, gpointer data, GError **error)
{
  return cb_book_list_open (self->book, CB_STORE_OUTBOX_SHOWN, error);
}

void
cb_store_list_outbox_async (CbStore *self,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  cb_store_run_async (self, list_outbox_in_worker, NULL, NULL, (GDestroyNotify) g_ptr_array_unref,
                      cb_store_list_outbox_async, cancellable, callback, user_data);
}

GPtrArray *
cb_store_list_outbox_finish (CbStore *self, GAsyncResult *result, GError **error)
{
  return cb_store_run_finish (self, result, cb_store_list_outbox_async, error);
}

static gpointer
retry_in_worker (CbStore *self, CbStaff *actor, gpointer data, GError **error)
{
  const char *op_id = data;
  guint n = 0;

  if (op_id != NULL)
    return cb_book_retry (self->book, actor, op_id, error) ? CB_STORE_DONE : NULL;
  return cb_book_retry_all (self->book, actor, &n, error) ? CB_STORE_DONE : NULL;
}

void
cb_store_retry_async (CbStore *self,
                      const char *op_id,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  cb_store_run_async (self, retry_in_worker, g_strdup (op_id), g_free, NULL, cb_store_retry_async,
                      cancellable, callback, user_data);
}

gboolean
cb_store_retry_finish (CbStore *self, GAsyncResult *result, GError **error)
{
  return cb_store_run_finish (self, result, cb_store_retry_async, error) != NULL;
}

static gpointer
discard_in_worker (CbStore *self, CbStaff *actor, gpointer data, GError **error)
{
  return cb_book_discard (self->book, actor, data, error) ? CB_STORE_DONE : NULL;
}

void
cb_store_discard_async (CbStore *self,
                        const char *op_id,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  cb_store_run_async (self, discard_in_worker, g_strdup (op_id), g_free, NULL,
                      cb_store_discard_async, cancellable, callback, user_data);
}

gboolean
cb_store_discard_finish (CbStore *self, GAsyncResult *result, GError **error)
{
  return cb_store_run_finish (self, result, cb_store_discard_async, error) != NULL;
}

static gpointer
load_conflict_in_worker (CbStore *self, CbStaff *actor, gpointer data, GError **error)
{
  return cb_book_load_conflict (self->book, actor, data, error);
}

void
cb_store_load_conflict_async (CbStore *self,
                              const char *op_id,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  cb_store_run_async (self, load_conflict_in_worker, g_strdup (op_id), g_free,
                      (GDestroyNotify) cb_conflict_free, cb_store_load_conflict_async, cancellable,
                      callback, user_data);
}

CbConflict *
cb_store_load_conflict_finish (CbStore *self, GAsyncResult *result, GError **error)
{
  return cb_store_run_finish (self, result, cb_store_load_conflict_async, error);
}

static gpointer
resolve_in_worker (CbStore *self, CbStaff *actor, gpointer data, GError **error)
{
  Input *input = data;

  return cb_book_resolve (self->book, actor, input->op_id, input->keep, error) ? CB_STORE_DONE
                                                                               : NULL;
}

void
cb_store_resolve_async (CbStore *self,
                        const char *op_id,
                        CbKeep keep,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  Input *input = g_new0 (Input, 1);

  input->op_id = g_strdup (op_id);
  input->keep = keep;
  cb_store_run_async (self, resolve_in_worker, input, input_free, NULL, cb_store_resolve_async,
                      cancellable, callback, user_data);
}

gboolean
cb_store_resolve_finish (CbStore *self, GAsyncResult *result, GError **error)
{
  return cb_store_run_finish (self, result, cb_store_resolve_async, error) != NULL;
}

static gpointer
take_batch_in_worker (CbStore *self, CbStaff *actor, gpointer data, GError **error)
{
  Input *input = data;

  return cb_book_take_batch (self->book, input->max_ops, input->max_bytes, error);
}

void
cb_store_take_batch_async (CbStore *self,
                           guint max_ops,
                           gsize max_bytes,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  Input *input = g_new0 (Input, 1);

  input->max_ops = max_ops;
  input->max_bytes = max_bytes;
  cb_store_run_async (self, take_batch_in_worker, input, input_free,
                      (GDestroyNotify) cb_batch_unref, cb_store_take_batch_async, cancellable,
                      callback, user_data);
}

CbBatch *
cb_store_take_batch_finish (CbStore *self, GAsyncResult *result, GError **error)
{
  return cb_store_run_finish (self, result, cb_store_take_batch_async, error);
}

static gpointer
forget_waits_in_worker (CbStore *self, CbStaff *actor, gpointer data, GError **error)
{
  return cb_book_forget_waits (self->book, error) ? CB_STORE_DONE : NULL;
}

void
cb_store_forget_waits_async (CbStore *self,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  cb_store_run_async (self, forget_waits_in_worker, NULL, NULL, NULL, cb_store_forget_waits_async,
                      cancellable, callback, user_data);
}

gboolean
cb_store_forget_waits_finish (CbStore *self, GAsyncResult *result, GError **error)
{
  return cb_store_run_finish (self, result, cb_store_forget_waits_async, error) != NULL;
}

static gpointer
settle_in_worker (CbStore *self, CbStaff *actor, gpointer data, GError **error)
{
  Input *input = data;

  return cb_book_settle (self->book, input->settlements, error) ? CB_STORE_DONE : NULL;
}

void
cb_store_settle_async (CbStore *self,
                       GPtrArray *settlements,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  Input *input = g_new0 (Input, 1);

  input->settlements = g_ptr_array_ref (settlements);
  cb_store_run_async (self, settle_in_worker, input, input_free, NULL, cb_store_settle_async,
                      cancellable, callback, user_data);
}

gboolean
cb_store_settle_finish (CbStore *self, GAsyncResult *result, GError **error)
{
  return cb_store_run_finish (self, result, cb_store_settle_async, error) != NULL;
}

static gpointer
load_cursor_in_worker (CbStore *self, CbStaff *actor, gpointer data, GError **error)
{
  Input *input = data;

  return cb_book_dup_cursor (self->book, input->sort, error);
}

void
cb_store_load_cursor_async (CbStore *self,
                            CbCursorSort sort,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  Input *input = g_new0 (Input, 1);

  input->sort = sort;
  cb_store_run_async (self, load_cursor_in_worker, input, input_free, g_free,
                      cb_store_load_cursor_async, cancellable, callback, user_data);
}

char *
cb_store_load_cursor_finish (CbStore *self, GAsyncResult *result, GError **error)
{
  return cb_store_run_finish (self, result, cb_store_load_cursor_async, error);
}

static gpointer
list_known_numbers_in_worker (CbStore *self, CbStaff *actor, gpointer data, GError **error)
{
  return cb_book_list_known_numbers (self->book, error);
}

void
cb_store_list_known_numbers_async (CbStore *self,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  cb_store_run_async (self, list_known_numbers_in_worker, NULL, NULL,
                      (GDestroyNotify) g_array_unref, cb_store_list_known_numbers_async,
                      cancellable, callback, user_data);
}

GArray *
cb_store_list_known_numbers_finish (CbStore *self, GAsyncResult *result, GError **error)
{
  return cb_store_run_finish (self, result, cb_store_list_known_numbers_async, error);
}

static gpointer
take_changes_in_worker (CbStore *self, CbStaff *actor, gpointer data, GError **error)
{
  Input *input = data;

  return cb_book_take_changes (self->book, input->changes, input->cursor, input->is_end, error)
           ? CB_STORE_DONE
           : NULL;
}

void
cb_store_take_changes_async (CbStore *self,
                             GPtrArray *changes,
                             const char *cursor,
                             gboolean is_end,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  Input *input = g_new0 (Input, 1);

  input->changes = g_ptr_array_ref (changes);
  input->cursor = g_strdup (cursor);
  input->is_end = is_end;
  cb_store_run_async (self, take_changes_in_worker, input, input_free, NULL,
                      cb_store_take_changes_async, cancellable, callback, user_data);
}

gboolean
cb_store_take_changes_finish (CbStore *self, GAsyncResult *result, GError **error)
{
  return cb_store_run_finish (self, result, cb_store_take_changes_async, error) != NULL;
}

static gpointer
meet_history_in_worker (CbStore *self, CbStaff *actor, gpointer data, GError **error)
{
  return cb_book_meet_history (self->book, error) ? CB_STORE_DONE : NULL;
}

void
cb_store_meet_history_async (CbStore *self,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  Input *input = g_new0 (Input, 1);

  cb_store_run_async (self, meet_history_in_worker, input, input_free, NULL,
                      cb_store_meet_history_async, cancellable, callback, user_data);
}

gboolean
cb_store_meet_history_finish (CbStore *self, GAsyncResult *result, GError **error)
{
  return cb_store_run_finish (self, result, cb_store_meet_history_async, error) != NULL;
}

static gpointer
take_arrivals_in_worker (CbStore *self, CbStaff *actor, gpointer data, GError **error)
{
  Input *input = data;

  return cb_book_take_arrivals (self->book, input->changes, input->cursor, error) ? CB_STORE_DONE
                                                                                  : NULL;
}

void
cb_store_take_arrivals_async (CbStore *self,
                              GPtrArray *arrivals,
                              const char *cursor,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  Input *input = g_new0 (Input, 1);

  input->changes = g_ptr_array_ref (arrivals);
  input->cursor = g_strdup (cursor);
  cb_store_run_async (self, take_arrivals_in_worker, input, input_free, NULL,
                      cb_store_take_arrivals_async, cancellable, callback, user_data);
}

gboolean
cb_store_take_arrivals_finish (CbStore *self, GAsyncResult *result, GError **error)
{
  return cb_store_run_finish (self, result, cb_store_take_arrivals_async, error) != NULL;
}

static gpointer
end_sync_in_worker (CbStore *self, CbStaff *actor, gpointer data, GError **error)
{
  cb_book_end_sync (self->book);
  return CB_STORE_DONE;
}

void
cb_store_end_sync_async (CbStore *self,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  Input *input = g_new0 (Input, 1);

  cb_store_run_async (self, end_sync_in_worker, input, input_free, NULL, cb_store_end_sync_async,
                      cancellable, callback, user_data);
}

gboolean
cb_store_end_sync_finish (CbStore *self, GAsyncResult *result, GError **error)
{
  return cb_store_run_finish (self, result, cb_store_end_sync_async, error) != NULL;
}

static gpointer
load_enrolment_in_worker (CbStore *self, CbStaff *actor, gpointer data, GError **error)
{
  return cb_book_load_enrolment (self->book, error);
}

void
cb_store_load_enrolment_async (CbStore *self,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  Input *input = g_new0 (Input, 1);

  cb_store_run_async (self, load_enrolment_in_worker, input, input_free,
                      (GDestroyNotify) cb_enrolment_unref, cb_store_load_enrolment_async,
                      cancellable, callback, user_data);
}

CbEnrolment *
cb_store_load_enrolment_finish (CbStore *self, GAsyncResult *result, GError **error)
{
  return cb_store_run_finish (self, result, cb_store_load_enrolment_async, error);
}

static gpointer
save_enrolment_in_worker (CbStore *self, CbStaff *actor, gpointer data, GError **error)
{
  Input *input = data;

  return cb_book_save_enrolment (self->book, input->enrolment, error) ? CB_STORE_DONE : NULL;
}

void
cb_store_save_enrolment_async (CbStore *self,
                               CbEnrolment *enrolment,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  Input *input = g_new0 (Input, 1);

  input->enrolment = cb_enrolment_ref (enrolment);
  cb_store_run_async (self, save_enrolment_in_worker, input, input_free, NULL,
                      cb_store_save_enrolment_async, cancellable, callback, user_data);
}

gboolean
cb_store_save_enrolment_finish (CbStore *self, GAsyncResult *result, GError **error)
{
  return cb_store_run_finish (self, result, cb_store_save_enrolment_async, error) != NULL;
}
