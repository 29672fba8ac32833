/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "store/cb-store-private.h"

/* Whatever was in the queue before has been done; whatever comes behind is told that there is no
 * store any more. */
static gpointer
wipe_in_worker (CbStore *self, CbStaff *actor, gpointer input, GError **error)
{
  gboolean is_done = cb_book_wipe (self->book, error);

  cb_store_report_wiped (self);
  return is_done ? CB_STORE_DONE : NULL;
}

void
cb_store_wipe_async (CbStore *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (CB_IS_STORE (self));

  cb_store_set_actor (self, NULL);
  /* A back-up that is being made would come after the end of all of them. */
  cb_store_close_aside (self);
  cb_store_run_async (self, wipe_in_worker, NULL, NULL, NULL, cb_store_wipe_async, NULL, callback,
                      user_data);
}

gboolean
cb_store_wipe_finish (CbStore *self, GAsyncResult *result, GError **error)
{
  return cb_store_run_finish (self, result, cb_store_wipe_async, error) != NULL;
}
