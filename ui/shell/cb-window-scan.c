/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "shell/cb-window-private.h"

#include "base/cb-error.h"

/* Nothing is opened before the eyes of another customer, or of nobody. */
static CbScan
may_open (CbWindow *self)
{
  if (!cb_window_is_in_use (self))
    return CB_SCAN_LOCKED;
  return cb_window_is_on_screen (self, SCREEN_WORK) ? CB_SCAN_OPENED : CB_SCAN_TURNED;
}

static void
on_find_card_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *customer = cb_store_find_card_finish (CB_STORE (source), result, &error);
  CbWindow *self = g_task_get_source_object (task);
  CbScan scan;

  if (g_error_matches (error, CB_STORE_ERROR, CB_STORE_ERROR_NOT_FOUND))
    scan = CB_SCAN_UNKNOWN;
  else if (customer == NULL)
    scan = CB_SCAN_FAILED;
  else
    scan = self->store != NULL ? may_open (self) : CB_SCAN_FAILED;
  if (scan == CB_SCAN_OPENED)
    cb_window_show_customer (self, customer);
  g_task_return_int (task, scan);
}

void
cb_window_open_scanned_async (CbWindow *self,
                              const char *number,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  CbScan scan;

  g_return_if_fail (CB_IS_WINDOW (self));

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, cb_window_open_scanned_async);
  scan = may_open (self);
  if (scan != CB_SCAN_OPENED)
    g_task_return_int (task, scan);
  else
    cb_store_find_card_async (self->store, number, NULL, on_find_card_done,
                              g_steal_pointer (&task));
}

CbScan
cb_window_open_scanned_finish (CbWindow *self, GAsyncResult *result)
{
  g_return_val_if_fail (g_task_is_valid (result, self), CB_SCAN_FAILED);

  return (CbScan) g_task_propagate_int (G_TASK (result), NULL);
}
