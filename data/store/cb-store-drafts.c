/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "store/cb-store-private.h"

typedef struct
{
  CbStaff *author;
  char *customer;
  char *about;
  CbUnsaved *unsaved;
} Input;

static void
input_free (gpointer data)
{
  Input *input = data;

  g_clear_object (&input->author);
  g_free (input->customer);
  g_free (input->about);
  g_clear_pointer (&input->unsaved, cb_unsaved_free);
  g_free (input);
}

static Input *
input_new (CbStaff *author, const char *customer)
{
  Input *input = g_new0 (Input, 1);

  input->author = author != NULL ? g_object_ref (author) : NULL;
  input->customer = g_strdup (customer);
  return input;
}

static gpointer
keep_draft_in_worker (CbStore *self, CbStaff *actor, gpointer data, GError **error)
{
  Input *input = data;

  return cb_book_keep_draft (self->book, input->author, input->customer, input->unsaved, error)
           ? CB_STORE_DONE
           : NULL;
}

void
cb_store_keep_draft_async (CbStore *self,
                           CbStaff *author,
                           const char *customer_id,
                           CbUnsaved *unsaved,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  Input *input = input_new (author, customer_id);

  input->unsaved = unsaved;
  cb_store_run_async (self, keep_draft_in_worker, input, input_free, NULL,
                      cb_store_keep_draft_async, cancellable, callback, user_data);
}

gboolean
cb_store_keep_draft_finish (CbStore *self, GAsyncResult *result, GError **error)
{
  return cb_store_run_finish (self, result, cb_store_keep_draft_async, error) != NULL;
}

static gpointer
drop_draft_in_worker (CbStore *self, CbStaff *actor, gpointer data, GError **error)
{
  Input *input = data;

  return cb_book_drop_draft (self->book, input->author, input->customer, input->about, error)
           ? CB_STORE_DONE
           : NULL;
}

void
cb_store_drop_draft_async (CbStore *self,
                           CbStaff *author,
                           const char *customer_id,
                           const char *about,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  Input *input = input_new (author, customer_id);

  input->about = g_strdup (about);
  cb_store_run_async (self, drop_draft_in_worker, input, input_free, NULL,
                      cb_store_drop_draft_async, cancellable, callback, user_data);
}

gboolean
cb_store_drop_draft_finish (CbStore *self, GAsyncResult *result, GError **error)
{
  return cb_store_run_finish (self, result, cb_store_drop_draft_async, error) != NULL;
}

static gpointer
list_drafts_in_worker (CbStore *self, CbStaff *actor, gpointer data, GError **error)
{
  Input *input = data;
  gboolean is_theirs =
    actor != NULL && g_str_equal (cb_staff_get_id (actor), cb_staff_get_id (input->author));

  /* Writing may end after the lock began; reading is for who is signed in. */
  return cb_book_list_drafts (self->book, is_theirs ? actor : NULL, input->customer, error);
}

void
cb_store_list_drafts_async (CbStore *self,
                            CbStaff *author,
                            const char *customer_id,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  cb_store_run_async (self, list_drafts_in_worker, input_new (author, customer_id), input_free,
                      (GDestroyNotify) g_ptr_array_unref, cb_store_list_drafts_async, cancellable,
                      callback, user_data);
}

GPtrArray *
cb_store_list_drafts_finish (CbStore *self, GAsyncResult *result, GError **error)
{
  return cb_store_run_finish (self, result, cb_store_list_drafts_async, error);
}
