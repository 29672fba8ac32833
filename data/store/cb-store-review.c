/* SPDX-License-Identifier: Apache-2.0 */

/* Notes that a manager reads, and what their authors put right. */

#define G_LOG_DOMAIN "Counterbook"

#include "store/cb-store-private.h"

#include "vault/cb-seal.h"

typedef struct
{
  char *note;
  char *text;
  CbReviewDraft *draft;
  guint number;
} Input;

static void
input_free (gpointer data)
{
  Input *input = data;

  g_free (input->note);
  cb_text_wipe (input->text);
  g_clear_pointer (&input->draft, cb_review_draft_free);
  g_free (input);
}

static Input *
input_new (const char *note)
{
  Input *input = g_new0 (Input, 1);

  input->note = g_strdup (note);
  return input;
}

/* --- what waits --- */

static gpointer
list_reviews_in_worker (CbStore *self, CbStaff *actor, gpointer data, GError **error)
{
  Input *input = data;

  return cb_book_list_reviews (self->book, actor, input->number, error);
}

void
cb_store_list_reviews_async (CbStore *self,
                             guint limit,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  Input *input = input_new (NULL);

  input->number = limit;
  cb_store_run_async (self, list_reviews_in_worker, input, input_free,
                      (GDestroyNotify) g_ptr_array_unref, cb_store_list_reviews_async, cancellable,
                      callback, user_data);
}

GPtrArray *
cb_store_list_reviews_finish (CbStore *self, GAsyncResult *result, GError **error)
{
  return cb_store_run_finish (self, result, cb_store_list_reviews_async, error);
}

/* One more than there are, so that none is an answer too. */
static gpointer
count_reviews_in_worker (CbStore *self, CbStaff *actor, gpointer data, GError **error)
{
  guint n_reviews = 0;

  return cb_book_count_reviews (self->book, actor, &n_reviews, error)
           ? GUINT_TO_POINTER (n_reviews + 1)
           : NULL;
}

void
cb_store_count_reviews_async (CbStore *self,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  cb_store_run_async (self, count_reviews_in_worker, NULL, NULL, NULL, cb_store_count_reviews_async,
                      cancellable, callback, user_data);
}

gboolean
cb_store_count_reviews_finish (CbStore *self,
                               GAsyncResult *result,
                               guint *n_reviews,
                               GError **error)
{
  guint one_more =
    GPOINTER_TO_UINT (cb_store_run_finish (self, result, cb_store_count_reviews_async, error));

  if (one_more == 0)
    return FALSE;
  *n_reviews = one_more - 1;
  return TRUE;
}

static gpointer
read_review_in_worker (CbStore *self, CbStaff *actor, gpointer data, GError **error)
{
  Input *input = data;

  return cb_book_read_review (self->book, actor, input->note, error);
}

void
cb_store_read_review_async (CbStore *self,
                            const char *note,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  cb_store_run_async (self, read_review_in_worker, input_new (note), input_free, g_object_unref,
                      cb_store_read_review_async, cancellable, callback, user_data);
}

CbReview *
cb_store_read_review_finish (CbStore *self, GAsyncResult *result, GError **error)
{
  return cb_store_run_finish (self, result, cb_store_read_review_async, error);
}

/* --- what becomes of it --- */

static gpointer
review_in_worker (CbStore *self, CbStaff *actor, gpointer data, GError **error)
{
  Input *input = data;

  return cb_book_review (self->book, actor, input->note, input->draft, error) ? CB_STORE_DONE
                                                                              : NULL;
}

void
cb_store_review_async (CbStore *self,
                       const char *note,
                       CbReviewDraft *draft,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  Input *input = input_new (note);

  input->draft = draft;
  cb_store_run_async (self, review_in_worker, input, input_free, NULL, cb_store_review_async,
                      cancellable, callback, user_data);
}

gboolean
cb_store_review_finish (CbStore *self, GAsyncResult *result, GError **error)
{
  return cb_store_run_finish (self, result, cb_store_review_async, error) != NULL;
}

static gpointer
correct_note_in_worker (CbStore *self, CbStaff *actor, gpointer data, GError **error)
{
  Input *input = data;

  return cb_book_correct_note (self->book, actor, input->note, input->text, error);
}

void
cb_store_correct_note_async (CbStore *self,
                             const char *note,
                             const char *text,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  Input *input = input_new (note);

  input->text = g_strdup (text);
  cb_store_run_async (self, correct_note_in_worker, input, input_free, g_object_unref,
                      cb_store_correct_note_async, cancellable, callback, user_data);
}

CbNote *
cb_store_correct_note_finish (CbStore *self, GAsyncResult *result, GError **error)
{
  return cb_store_run_finish (self, result, cb_store_correct_note_async, error);
}
