/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "store/cb-store-private.h"

#include "vault/cb-seal.h"

/* What the acts on a customer take to cb-store. */
typedef struct
{
  char *customer;
  char *text; /* typed, or a purpose */
  gpointer draft;
  GDestroyNotify free_draft;
  guint number;
} Input;

static void
input_free (gpointer data)
{
  Input *input = data;

  g_free (input->customer);
  if (input->text != NULL)
    cb_text_wipe (input->text);
  if (input->draft != NULL)
    input->free_draft (input->draft);
  g_free (input);
}

static Input *
input_new (const char *customer, gpointer draft, GDestroyNotify free_draft)
{
  Input *input = g_new0 (Input, 1);

  input->customer = g_strdup (customer);
  input->draft = draft;
  input->free_draft = free_draft;
  return input;
}

/* --- finding --- */

static gpointer
find_in_worker (CbStore *self, CbStaff *actor, gpointer data, GError **error)
{
  Input *input = data;

  return cb_book_find (self->book, actor, input->text, input->number, error);
}

void
cb_store_find_async (CbStore *self,
                     const char *typed,
                     guint limit,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  Input *input = input_new (NULL, NULL, NULL);

  input->text = g_strdup (typed);
  input->number = limit;
  cb_store_run_async (self, find_in_worker, input, input_free, (GDestroyNotify) g_ptr_array_unref,
                      cb_store_find_async, cancellable, callback, user_data);
}

GPtrArray *
cb_store_find_finish (CbStore *self, GAsyncResult *result, GError **error)
{
  return cb_store_run_finish (self, result, cb_store_find_async, error);
}

static gpointer
find_card_in_worker (CbStore *self, CbStaff *actor, gpointer data, GError **error)
{
  Input *input = data;

  return cb_book_find_card (self->book, actor, input->text, error);
}

void
cb_store_find_card_async (CbStore *self,
                          const char *number,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  Input *input = input_new (NULL, NULL, NULL);

  input->text = g_strdup (number);
  cb_store_run_async (self, find_card_in_worker, input, input_free, g_free,
                      cb_store_find_card_async, cancellable, callback, user_data);
}

char *
cb_store_find_card_finish (CbStore *self, GAsyncResult *result, GError **error)
{
  return cb_store_run_finish (self, result, cb_store_find_card_async, error);
}

static gpointer
log_shown_in_worker (CbStore *self, CbStaff *actor, gpointer data, GError **error)
{
  return cb_book_log_shown (self->book, actor, data, error) ? CB_STORE_DONE : NULL;
}

void
cb_store_log_shown_async (CbStore *self,
                          const char *const *customers,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  cb_store_run_async (self, log_shown_in_worker, g_strdupv ((char **) customers),
                      (GDestroyNotify) g_strfreev, NULL, cb_store_log_shown_async, cancellable,
                      callback, user_data);
}

gboolean
cb_store_log_shown_finish (CbStore *self, GAsyncResult *result, GError **error)
{
  return cb_store_run_finish (self, result, cb_store_log_shown_async, error) != NULL;
}

/* --- customers --- */

static gpointer
add_customer_in_worker (CbStore *self, CbStaff *actor, gpointer data, GError **error)
{
  Input *input = data;

  return cb_book_add_customer (self->book, actor, input->draft, error);
}

void
cb_store_add_customer_async (CbStore *self,
                             CbCustomerDraft *draft,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  Input *input = input_new (NULL, draft, (GDestroyNotify) cb_customer_draft_free);

  cb_store_run_async (self, add_customer_in_worker, input, input_free, g_free,
                      cb_store_add_customer_async, cancellable, callback, user_data);
}

char *
cb_store_add_customer_finish (CbStore *self, GAsyncResult *result, GError **error)
{
  return cb_store_run_finish (self, result, cb_store_add_customer_async, error);
}

static gpointer
load_dossier_in_worker (CbStore *self, CbStaff *actor, gpointer data, GError **error)
{
  Input *input = data;

  return cb_book_load_dossier (self->book, actor, input->customer, error);
}

void
cb_store_load_dossier_async (CbStore *self,
                             const char *customer_id,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  Input *input = input_new (customer_id, NULL, NULL);

  cb_store_run_async (self, load_dossier_in_worker, input, input_free, g_object_unref,
                      cb_store_load_dossier_async, cancellable, callback, user_data);
}

CbDossier *
cb_store_load_dossier_finish (CbStore *self, GAsyncResult *result, GError **error)
{
  return cb_store_run_finish (self, result, cb_store_load_dossier_async, error);
}

/* --- from the old book --- */

static gpointer
confirm_customer_in_worker (CbStore *self, CbStaff *actor, gpointer data, GError **error)
{
  Input *input = data;

  return cb_book_confirm_customer (self->book, actor, input->customer, error) ? CB_STORE_DONE
                                                                              : NULL;
}

void
cb_store_confirm_customer_async (CbStore *self,
                                 const char *customer_id,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  Input *input = input_new (customer_id, NULL, NULL);

  cb_store_run_async (self, confirm_customer_in_worker, input, input_free, NULL,
                      cb_store_confirm_customer_async, cancellable, callback, user_data);
}

gboolean
cb_store_confirm_customer_finish (CbStore *self, GAsyncResult *result, GError **error)
{
  return cb_store_run_finish (self, result, cb_store_confirm_customer_async, error) != NULL;
}

static gpointer
change_customer_in_worker (CbStore *self, CbStaff *actor, gpointer data, GError **error)
{
  Input *input = data;

  return cb_book_change_customer (self->book, actor, input->customer, input->draft, error)
           ? CB_STORE_DONE
           : NULL;
}

void
cb_store_change_customer_async (CbStore *self,
                                const char *customer_id,
                                CbCustomerDraft *draft,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  Input *input = input_new (customer_id, draft, (GDestroyNotify) cb_customer_draft_free);

  cb_store_run_async (self, change_customer_in_worker, input, input_free, NULL,
                      cb_store_change_customer_async, cancellable, callback, user_data);
}

gboolean
cb_store_change_customer_finish (CbStore *self, GAsyncResult *result, GError **error)
{
  return cb_store_run_finish (self, result, cb_store_change_customer_async, error) != NULL;
}

static gpointer
remove_imported_in_worker (CbStore *self, CbStaff *actor, gpointer data, GError **error)
{
  Input *input = data;

  return cb_book_remove_imported (self->book, actor, input->customer, error) ? CB_STORE_DONE : NULL;
}

void
cb_store_remove_imported_async (CbStore *self,
                                const char *customer_id,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  Input *input = input_new (customer_id, NULL, NULL);

  cb_store_run_async (self, remove_imported_in_worker, input, input_free, NULL,
                      cb_store_remove_imported_async, cancellable, callback, user_data);
}

gboolean
cb_store_remove_imported_finish (CbStore *self, GAsyncResult *result, GError **error)
{
  return cb_store_run_finish (self, result, cb_store_remove_imported_async, error) != NULL;
}

/* --- capture --- */

static gpointer
add_note_in_worker (CbStore *self, CbStaff *actor, gpointer data, GError **error)
{
  Input *input = data;

  return cb_book_add_note (self->book, actor, input->customer, input->draft, error);
}

void
cb_store_add_note_async (CbStore *self,
                         const char *customer_id,
                         CbNoteDraft *draft,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  Input *input = input_new (customer_id, draft, (GDestroyNotify) cb_note_draft_free);

  cb_store_run_async (self, add_note_in_worker, input, input_free, g_object_unref,
                      cb_store_add_note_async, cancellable, callback, user_data);
}

CbNote *
cb_store_add_note_finish (CbStore *self, GAsyncResult *result, GError **error)
{
  return cb_store_run_finish (self, result, cb_store_add_note_async, error);
}

static gpointer
set_preference_in_worker (CbStore *self, CbStaff *actor, gpointer data, GError **error)
{
  Input *input = data;

  return cb_book_set_preference (self->book, actor, input->customer, input->draft, error);
}

void
cb_store_set_preference_async (CbStore *self,
                               const char *customer_id,
                               CbPreferenceDraft *draft,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  Input *input = input_new (customer_id, draft, (GDestroyNotify) cb_preference_draft_free);

  cb_store_run_async (self, set_preference_in_worker, input, input_free, g_object_unref,
                      cb_store_set_preference_async, cancellable, callback, user_data);
}

CbPreference *
cb_store_set_preference_finish (CbStore *self, GAsyncResult *result, GError **error)
{
  return cb_store_run_finish (self, result, cb_store_set_preference_async, error);
}

/* --- consent --- */

static gpointer
record_answers_in_worker (CbStore *self, CbStaff *actor, gpointer data, GError **error)
{
  Input *input = data;

  return cb_book_record_answers (self->book, actor, input->customer, input->draft, error);
}

void
cb_store_record_answers_async (CbStore *self,
                               const char *customer_id,
                               GPtrArray *answers,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  Input *input = input_new (customer_id, answers, (GDestroyNotify) g_ptr_array_unref);

  cb_store_run_async (self, record_answers_in_worker, input, input_free, g_free,
                      cb_store_record_answers_async, cancellable, callback, user_data);
}

char *
cb_store_record_answers_finish (CbStore *self, GAsyncResult *result, GError **error)
{
  return cb_store_run_finish (self, result, cb_store_record_answers_async, error);
}

typedef struct
{
  CbStaff *asker;
  char *customer;
  CbDismissal *dismissal;
} Dismissed;

static void
dismissed_free (gpointer data)
{
  Dismissed *input = data;

  g_object_unref (input->asker);
  g_free (input->customer);
  cb_dismissal_free (input->dismissal);
  g_free (input);
}

static gpointer
record_dismissed_in_worker (CbStore *self, CbStaff *actor, gpointer data, GError **error)
{
  Dismissed *input = data;
  guint n_recorded;

  return cb_book_record_dismissed (self->book, input->asker, input->customer, input->dismissal,
                                   &n_recorded, error)
           ? CB_STORE_DONE
           : NULL;
}

void
cb_store_record_dismissed_async (CbStore *self,
                                 CbStaff *asker,
                                 const char *customer_id,
                                 CbDismissal *dismissal,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  Dismissed *input = g_new0 (Dismissed, 1);

  input->asker = g_object_ref (asker);
  input->customer = g_strdup (customer_id);
  input->dismissal = dismissal;
  cb_store_run_async (self, record_dismissed_in_worker, input, dismissed_free, NULL,
                      cb_store_record_dismissed_async, cancellable, callback, user_data);
}

gboolean
cb_store_record_dismissed_finish (CbStore *self, GAsyncResult *result, GError **error)
{
  return cb_store_run_finish (self, result, cb_store_record_dismissed_async, error) != NULL;
}

static gpointer
withdraw_in_worker (CbStore *self, CbStaff *actor, gpointer data, GError **error)
{
  Input *input = data;

  return cb_book_withdraw (self->book, actor, input->customer, input->text, input->number, error)
           ? CB_STORE_DONE
           : NULL;
}

void
cb_store_withdraw_async (CbStore *self,
                         const char *customer_id,
                         const char *purpose,
                         CbChannel channel,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  Input *input = input_new (customer_id, NULL, NULL);

  input->text = g_strdup (purpose);
  input->number = channel;
  cb_store_run_async (self, withdraw_in_worker, input, input_free, NULL, cb_store_withdraw_async,
                      cancellable, callback, user_data);
}

gboolean
cb_store_withdraw_finish (CbStore *self, GAsyncResult *result, GError **error)
{
  return cb_store_run_finish (self, result, cb_store_withdraw_async, error) != NULL;
}
