/* SPDX-License-Identifier: Apache-2.0 */

/* What time it is when something is about to be deleted, and who says so. */

#define G_LOG_DOMAIN "Counterbook"

#include "store/cb-book-private.h"

#include "base/cb-error.h"

/* The moment last believed: no person's, no secret. */
#define TIMEKEEPER "timekeeper"

/* How much of a run's end may be forgotten when the power goes. Each time is a commit. */
#define REMEMBER_US (30 * 60 * CB_US_PER_SECOND)

gboolean
cb_book_read_timekeeper (CbBook *self, CbTimekeeper *keeper, GError **error)
{
  CbTimeReading now = cb_time_reading_of (self->clock);
  g_autoptr (GError) local_error = NULL;
  g_autofree char *text = cb_book_dup_setting (self, TIMEKEEPER, &local_error);

  if (cb_error_hand_on (&local_error, error))
    return FALSE;
  /* A store that never asked, or what can't be read, begins with what the wall clock says. */
  if (!cb_timekeeper_from_text (keeper, text))
    cb_timekeeper_begin (keeper, &now, FALSE);
  return TRUE;
}

static gboolean
write_timekeeper (CbBook *self, const CbTimekeeper *keeper, GError **error)
{
  g_autofree char *text = cb_timekeeper_to_text (keeper);

  return cb_book_set_setting (self, TIMEKEEPER, text, error);
}

gboolean
cb_book_judge_time (CbBook *self, CbTimeState *state, GError **error)
{
  CbTimeReading now = cb_time_reading_of (self->clock);
  CbTimekeeper keeper;

  if (!cb_book_read_timekeeper (self, &keeper, error))
    return FALSE;
  *state = (CbTimeState){ .latest_us = keeper.latest_us };
  state->doubt = cb_timekeeper_judge (&keeper, &now, &state->time_us, &state->jump_us);
  state->is_confirmed = keeper.is_confirmed && g_str_equal (keeper.boot_id, now.boot_id);
  /* How long the machine was off is no error of its clock. */
  if (state->doubt == CB_TIME_BELIEVED && !g_str_equal (keeper.boot_id, now.boot_id))
    state->jump_us = 0;
  return TRUE;
}

gboolean
cb_book_is_time_worth_keeping (CbBook *self,
                               const CbTimeState *state,
                               gboolean *worth,
                               GError **error)
{
  CbTimekeeper keeper;
  g_autoptr (GError) local_error = NULL;
  g_autofree char *text = cb_book_dup_setting (self, TIMEKEEPER, &local_error);

  if (cb_error_hand_on (&local_error, error))
    return FALSE;
  *worth = !cb_timekeeper_from_text (&keeper, text) ||
           !g_str_equal (keeper.boot_id, cb_clock_get_boot_id (self->clock)) ||
           state->time_us - keeper.latest_us >= REMEMBER_US;
  return TRUE;
}

gboolean
cb_book_keep_time (CbBook *self, GError **error)
{
  CbTimeReading now = cb_time_reading_of (self->clock);
  CbTimekeeper keeper;

  if (!cb_book_read_timekeeper (self, &keeper, error))
    return FALSE;
  cb_timekeeper_go_on (&keeper, &now);
  return write_timekeeper (self, &keeper, error);
}

gboolean
cb_book_confirm_time (CbBook *self, CbStaff *actor, GError **error)
{
  CbTimeReading now = cb_time_reading_of (self->clock);
  CbTimekeeper keeper = { 0 };
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_require (self, actor, CB_ACT_CONFIRM_TIME, error) || !cb_book_begin (self, error))
    return FALSE;
  transaction = self->db;
  cb_timekeeper_begin (&keeper, &now, TRUE);
  if (!write_timekeeper (self, &keeper, error) ||
      !cb_book_audit (self, actor, "time.confirm", NULL, NULL, NULL, error))
    return FALSE;
  transaction = NULL;
  return cb_book_commit (self, error);
}

gboolean
cb_book_hear_time (CbBook *self, gint64 service_us, GError **error)
{
  CbTimeReading now = cb_time_reading_of (self->clock);
  CbTimekeeper keeper;
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_begin (self, error))
    return FALSE;
  transaction = self->db;
  if (!cb_book_read_timekeeper (self, &keeper, error))
    return FALSE;
  if (!cb_timekeeper_confirm (&keeper, &now, service_us))
    g_message ("the service's clock has jumped and is not followed");
  if (!write_timekeeper (self, &keeper, error))
    return FALSE;
  transaction = NULL;
  return cb_book_commit (self, error);
}
