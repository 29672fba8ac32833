/* SPDX-License-Identifier: Apache-2.0 */

/* What the store is told of time, and whose visit is open. */

#define G_LOG_DOMAIN "Counterbook"

#include "store/cb-store-private.h"

CbTimeDoubt
cb_store_get_time_doubt (CbStore *self)
{
  g_return_val_if_fail (CB_IS_STORE (self), CB_TIME_BELIEVED);

  return self->time_doubt;
}

static gpointer
confirm_time_in_worker (CbStore *self, CbStaff *actor, gpointer data, GError **error)
{
  if (!cb_book_confirm_time (self->book, actor, error))
    return NULL;
  cb_store_report_time (self);
  return CB_STORE_DONE;
}

void
cb_store_confirm_time_async (CbStore *self,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  cb_store_run_async (self, confirm_time_in_worker, NULL, NULL, NULL, cb_store_confirm_time_async,
                      cancellable, callback, user_data);
}

gboolean
cb_store_confirm_time_finish (CbStore *self, GAsyncResult *result, GError **error)
{
  return cb_store_run_finish (self, result, cb_store_confirm_time_async, error) != NULL;
}

/* Nobody waits for it: what fails is tried with the service's next word. */
static gpointer
hear_time_in_worker (CbStore *self, CbStaff *actor, gpointer data, GError **error)
{
  const gint64 *service_us = data;
  g_autoptr (GError) local_error = NULL;

  if (!cb_book_hear_time (self->book, *service_us, &local_error))
    g_message ("the service's time could not be kept: %s", local_error->message);
  cb_store_report_time (self);
  return CB_STORE_DONE;
}

void
cb_store_hear_time (CbStore *self, gint64 service_us)
{
  g_return_if_fail (CB_IS_STORE (self));

  cb_store_run_async (self, hear_time_in_worker, g_memdup2 (&service_us, sizeof service_us), g_free,
                      NULL, cb_store_hear_time, NULL, NULL, NULL);
}

static gpointer
set_visited_in_worker (CbStore *self, CbStaff *actor, gpointer data, GError **error)
{
  cb_book_set_visited (self->book, data);
  return CB_STORE_DONE;
}

void
cb_store_set_visited (CbStore *self, const char *customer_id)
{
  g_return_if_fail (CB_IS_STORE (self));

  cb_store_run_async (self, set_visited_in_worker, g_strdup (customer_id), g_free, NULL,
                      cb_store_set_visited, NULL, NULL, NULL);
}
