/* SPDX-License-Identifier: Apache-2.0 */

/* Who reads a record is written down. On a disk that is full, or can only be read, a session that
 * is open may go on reading: what it read is remembered here, as random ids, and is the first thing
 * that is written when anything can be. A program of one command has no later, so there it stays
 * refused. */

#define G_LOG_DOMAIN "Counterbook"

#include "store/cb-book-private.h"

#include "base/cb-error.h"

/* A shift's worth; nobody reads more without room being made. */
#define OWED_MAX 2000

typedef struct
{
  gint64 at_us;
  const char *action;
  char staff[CB_ID_LENGTH + 1];
  char customer[CB_ID_LENGTH + 1];
} Reading;

void
cb_book_let_readings_wait (CbBook *self)
{
  if (self->owed == NULL)
    self->owed = g_array_new (FALSE, FALSE, sizeof (Reading));
}

guint
cb_book_count_owed (CbBook *self)
{
  return self->owed != NULL ? self->owed->len : 0;
}

gboolean
cb_book_owe_reading (CbBook *self, CbStaff *actor, const char *customer, const char *action)
{
  Reading reading = {
    .at_us = cb_clock_get_now_us (self->clock),
    .action = g_intern_string (action),
  };

  if (self->owed == NULL || self->owed->len >= OWED_MAX)
    return FALSE;
  g_strlcpy (reading.staff, cb_staff_get_id (actor), sizeof reading.staff);
  g_strlcpy (reading.customer, customer, sizeof reading.customer);
  g_array_append_val (self->owed, reading);
  return TRUE;
}

gboolean
cb_book_is_owed (CbBook *self,
                 CbStaff *actor,
                 const char *customer,
                 const char *action,
                 gint64 day_end_us)
{
  for (guint i = 0; i < cb_book_count_owed (self); i++)
    {
      const Reading *reading = &g_array_index (self->owed, Reading, i);

      if (g_str_equal (reading->customer, customer) && g_str_equal (reading->action, action) &&
          g_str_equal (reading->staff, cb_staff_get_id (actor)) &&
          cb_clock_day_end_us (reading->at_us, 0) == day_end_us)
        return TRUE;
    }
  return FALSE;
}

gboolean
cb_book_is_of_the_disk (const GError *error)
{
  return g_error_matches (error, CB_STORE_ERROR, CB_STORE_ERROR_FULL) ||
         g_error_matches (error, CB_STORE_ERROR, CB_STORE_ERROR_READ_ONLY) ||
         g_error_matches (error, CB_STORE_ERROR, CB_STORE_ERROR_IO);
}

gboolean
cb_book_pay_readings (CbBook *self, GError **error)
{
  self->n_paid = 0;
  for (guint i = 0; i < cb_book_count_owed (self); i++)
    {
      const Reading *reading = &g_array_index (self->owed, Reading, i);

      if (!cb_book_audit_reading (self, reading->at_us, reading->staff, reading->customer,
                                  reading->action, error))
        return FALSE;
    }
  self->n_paid = cb_book_count_owed (self);
  return TRUE;
}

void
cb_book_forget_paid (CbBook *self)
{
  if (self->n_paid > 0)
    g_array_remove_range (self->owed, 0, self->n_paid);
  self->n_paid = 0;
}

gboolean
cb_book_write_owed (CbBook *self, GError **error)
{
  return cb_book_count_owed (self) == 0 ||
         (cb_book_begin (self, error) && cb_book_commit (self, error));
}
