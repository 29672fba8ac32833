/* SPDX-License-Identifier: Apache-2.0 */

/* What is to be done, how far it is, and what of a record helped or still holds. */

#define G_LOG_DOMAIN "Counterbook"

#include "store/cb-store-private.h"

typedef struct
{
  char *id;
  CbMatterState state;
  CbChannel channel;
  gboolean today;
  guint limit;
  CbMatterDraft *matter;
  CbOccasionDraft *occasion;
} Input;

static void
input_free (gpointer data)
{
  Input *input = data;

  g_free (input->id);
  g_clear_pointer (&input->matter, cb_matter_draft_free);
  g_clear_pointer (&input->occasion, cb_occasion_draft_free);
  g_free (input);
}

static Input *
input_new (const char *id)
{
  Input *input = g_new0 (Input, 1);

  input->id = g_strdup (id);
  return input;
}

/* --- the board --- */

static gpointer
list_errands_in_worker (CbStore *self, CbStaff *actor, gpointer data, GError **error)
{
  Input *input = data;

  return cb_book_list_errands (self->book, actor, input->today, input->limit, error);
}

void
cb_store_list_errands_async (CbStore *self,
                             gboolean today,
                             guint limit,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  Input *input = input_new (NULL);

  input->today = today;
  input->limit = limit;
  cb_store_run_async (self, list_errands_in_worker, input, input_free,
                      (GDestroyNotify) g_ptr_array_unref, cb_store_list_errands_async, cancellable,
                      callback, user_data);
}

GPtrArray *
cb_store_list_errands_finish (CbStore *self, GAsyncResult *result, GError **error)
{
  return cb_store_run_finish (self, result, cb_store_list_errands_async, error);
}

static gpointer
add_request_in_worker (CbStore *self, CbStaff *actor, gpointer data, GError **error)
{
  Input *input = data;

  return cb_book_add_request (self->book, actor, input->id, input->matter, error);
}

void
cb_store_add_request_async (CbStore *self,
                            const char *customer_id,
                            CbMatterDraft *draft,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  Input *input = input_new (customer_id);

  input->matter = draft;
  cb_store_run_async (self, add_request_in_worker, input, input_free, g_object_unref,
                      cb_store_add_request_async, cancellable, callback, user_data);
}

CbMatter *
cb_store_add_request_finish (CbStore *self, GAsyncResult *result, GError **error)
{
  return cb_store_run_finish (self, result, cb_store_add_request_async, error);
}

static gpointer
add_occasion_in_worker (CbStore *self, CbStaff *actor, gpointer data, GError **error)
{
  Input *input = data;

  return cb_book_add_occasion (self->book, actor, input->id, input->occasion, error);
}

void
cb_store_add_occasion_async (CbStore *self,
                             const char *customer_id,
                             CbOccasionDraft *draft,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  Input *input = input_new (customer_id);

  input->occasion = draft;
  cb_store_run_async (self, add_occasion_in_worker, input, input_free, g_object_unref,
                      cb_store_add_occasion_async, cancellable, callback, user_data);
}

CbOccasion *
cb_store_add_occasion_finish (CbStore *self, GAsyncResult *result, GError **error)
{
  return cb_store_run_finish (self, result, cb_store_add_occasion_async, error);
}

static gpointer
list_ways_in_worker (CbStore *self, CbStaff *actor, gpointer data, GError **error)
{
  Input *input = data;

  return cb_book_list_ways (self->book, actor, input->id, error);
}

void
cb_store_list_ways_async (CbStore *self,
                          const char *customer_id,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  cb_store_run_async (self, list_ways_in_worker, input_new (customer_id), input_free,
                      (GDestroyNotify) g_ptr_array_unref, cb_store_list_ways_async, cancellable,
                      callback, user_data);
}

GPtrArray *
cb_store_list_ways_finish (CbStore *self, GAsyncResult *result, GError **error)
{
  return cb_store_run_finish (self, result, cb_store_list_ways_async, error);
}

static gpointer
move_request_in_worker (CbStore *self, CbStaff *actor, gpointer data, GError **error)
{
  Input *input = data;

  return cb_book_move_request (self->book, actor, input->id, input->state, input->channel, error);
}

void
cb_store_move_request_async (CbStore *self,
                             const char *id,
                             CbMatterState state,
                             CbChannel channel,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  Input *input = input_new (id);

  input->state = state;
  input->channel = channel;
  cb_store_run_async (self, move_request_in_worker, input, input_free, g_object_unref,
                      cb_store_move_request_async, cancellable, callback, user_data);
}

CbMatter *
cb_store_move_request_finish (CbStore *self, GAsyncResult *result, GError **error)
{
  return cb_store_run_finish (self, result, cb_store_move_request_async, error);
}

/* --- used for you; still right --- */

static gpointer
mark_used_in_worker (CbStore *self, CbStaff *actor, gpointer data, GError **error)
{
  Input *input = data;

  return cb_book_mark_used (self->book, actor, input->id, error) ? CB_STORE_DONE : NULL;
}

void
cb_store_mark_used_async (CbStore *self,
                          const char *record,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  cb_store_run_async (self, mark_used_in_worker, input_new (record), input_free, NULL,
                      cb_store_mark_used_async, cancellable, callback, user_data);
}

gboolean
cb_store_mark_used_finish (CbStore *self, GAsyncResult *result, GError **error)
{
  return cb_store_run_finish (self, result, cb_store_mark_used_async, error) != NULL;
}

static gpointer
confirm_preference_in_worker (CbStore *self, CbStaff *actor, gpointer data, GError **error)
{
  Input *input = data;

  return cb_book_confirm_preference (self->book, actor, input->id, error);
}

void
cb_store_confirm_preference_async (CbStore *self,
                                   const char *id,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  cb_store_run_async (self, confirm_preference_in_worker, input_new (id), input_free,
                      g_object_unref, cb_store_confirm_preference_async, cancellable, callback,
                      user_data);
}

CbPreference *
cb_store_confirm_preference_finish (CbStore *self, GAsyncResult *result, GError **error)
{
  return cb_store_run_finish (self, result, cb_store_confirm_preference_async, error);
}
