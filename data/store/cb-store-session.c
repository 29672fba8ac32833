/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "store/cb-store-private.h"

#include "base/cb-error.h"
#include "vault/cb-seal.h"

static gpointer
list_staff_in_worker (CbStore *self, CbStaff *actor, gpointer input, GError **error)
{
  GPtrArray *all = cb_book_list_staff (self->book, error);

  /* The tiles are for those who may sign in. */
  for (guint i = all != NULL ? all->len : 0; i > 0; i--)
    {
      if (cb_staff_is_disabled (g_ptr_array_index (all, i - 1)))
        g_ptr_array_remove_index (all, i - 1);
    }
  return all;
}

void
cb_store_list_staff_async (CbStore *self,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  cb_store_run_async (self, list_staff_in_worker, NULL, NULL, (GDestroyNotify) g_ptr_array_unref,
                      cb_store_list_staff_async, cancellable, callback, user_data);
}

GPtrArray *
cb_store_list_staff_finish (CbStore *self, GAsyncResult *result, GError **error)
{
  return cb_store_run_finish (self, result, cb_store_list_staff_async, error);
}

/* --- signing in --- */

typedef struct
{
  char *staff_id;
  char *pin;
} SignIn;

static void
sign_in_free (gpointer data)
{
  SignIn *input = data;

  g_free (input->staff_id);
  cb_text_wipe (input->pin);
  g_free (input);
}

/* What the task gives besides its error: the tries and the wait belong to a failure. */
typedef struct
{
  CbStaff *staff;
  GError *error;
  guint tries_left;
  gint64 wait_until_us;
} SignedIn;

static void
signed_in_free (gpointer data)
{
  SignedIn *outcome = data;

  g_clear_object (&outcome->staff);
  g_clear_error (&outcome->error);
  g_free (outcome);
}

static gpointer
sign_in_in_worker (CbStore *self, CbStaff *actor, gpointer data, GError **error)
{
  SignIn *input = data;
  SignedIn *outcome = g_new0 (SignedIn, 1);

  outcome->staff = cb_book_sign_in (self->book, input->staff_id, input->pin, &outcome->tries_left,
                                    &outcome->wait_until_us, &outcome->error);
  if (outcome->staff != NULL)
    self->is_session_open = TRUE;
  return outcome;
}

void
cb_store_sign_in_async (CbStore *self,
                        const char *staff_id,
                        char *pin,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  SignIn *input = g_new0 (SignIn, 1);

  input->staff_id = g_strdup (staff_id);
  input->pin = pin;
  cb_store_run_async (self, sign_in_in_worker, input, sign_in_free, signed_in_free,
                      cb_store_sign_in_async, cancellable, callback, user_data);
}

CbStaff *
cb_store_sign_in_finish (CbStore *self,
                         GAsyncResult *result,
                         guint *tries_left,
                         gint64 *wait_until_us,
                         GError **error)
{
  SignedIn *outcome = cb_store_run_finish (self, result, cb_store_sign_in_async, error);
  CbStaff *staff;

  if (outcome == NULL)
    return NULL;
  if (tries_left != NULL)
    *tries_left = outcome->tries_left;
  if (wait_until_us != NULL)
    *wait_until_us = outcome->wait_until_us;
  staff = g_steal_pointer (&outcome->staff);
  if (staff != NULL)
    cb_store_set_actor (self, staff);
  else
    g_propagate_error (error, g_steal_pointer (&outcome->error));
  signed_in_free (outcome);
  return staff;
}

/* --- locking --- */

static gpointer
lock_in_worker (CbStore *self, CbStaff *actor, gpointer input, GError **error)
{
  g_autoptr (GError) local_error = NULL;

  self->is_session_open = FALSE;
  if (self->book != NULL)
    cb_book_set_visited (self->book, NULL);
  /* What is due ends now rather than when somebody comes back; failing at it must not keep the
   * terminal open. */
  if (self->book != NULL && cb_book_run_retention (self->book, &local_error) < 0)
    g_message ("retention at lock: %s", local_error->message);
  if (self->book != NULL)
    cb_book_lock (self->book);
  return CB_STORE_DONE;
}

void
cb_store_lock_async (CbStore *self,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  cb_store_set_actor (self, NULL);
  cb_store_run_async (self, lock_in_worker, NULL, NULL, NULL, cb_store_lock_async, cancellable,
                      callback, user_data);
}

gboolean
cb_store_lock_finish (CbStore *self, GAsyncResult *result, GError **error)
{
  return cb_store_run_finish (self, result, cb_store_lock_async, error) != NULL;
}
