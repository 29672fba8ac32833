/* SPDX-License-Identifier: Apache-2.0 */

/* The day's back-up reads every page and every seal of the store, which takes seconds where much
 * has been written. It is made as another program would make it, by a book of its own on a thread
 * of its own, so that whoever signs in or saves meanwhile does not wait. Closing the store gives it
 * up: the one of the day before is there until the new one is proved. */

#define G_LOG_DOMAIN "Counterbook"

#include "store/cb-store-private.h"

#define AGAIN_US (G_GINT64_CONSTANT (60) * G_USEC_PER_SEC)

static gboolean
back_up (CbStore *self, GError **error)
{
  g_autoptr (CbBook) book = cb_book_open (self->home, self->state_root, self->clock, error);

  if (book == NULL)
    return FALSE;
  cb_book_give_up_with (book, self->given_up);
  return cb_book_back_up_if_due (book, error);
}

static void
back_up_in_aside (gpointer data)
{
  CbStore *self = data;
  g_autoptr (GError) error = NULL;

  g_assert (cb_worker_is_inside (self->aside));
  if (!g_cancellable_is_cancelled (self->given_up) && !back_up (self, &error) &&
      !g_cancellable_is_cancelled (self->given_up))
    g_message ("the day's back-up could not be made: %s", error->message);
  g_atomic_int_set (&self->is_aside_busy, 0);
}

void
cb_store_back_up_aside (CbStore *self, gint64 now_us)
{
  g_assert (cb_worker_is_inside (self->worker));
  if (now_us < self->aside_us || !cb_book_is_backup_due (self->book) ||
      !g_atomic_int_compare_and_exchange (&self->is_aside_busy, 0, 1))
    return;
  self->aside_us = now_us + AGAIN_US;
  /* Refused when the store is being closed. */
  cb_worker_push (self->aside, back_up_in_aside, self, NULL);
}

void
cb_store_close_aside (CbStore *self)
{
  if (g_cancellable_is_cancelled (self->given_up))
    return;
  g_cancellable_cancel (self->given_up);
  cb_worker_close (self->aside, NULL, NULL);
}
