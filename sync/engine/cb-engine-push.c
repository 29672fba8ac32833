/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "engine/cb-engine-private.h"

#include "base/cb-error.h"
#include "wire/cb-limits.h"

#define QUICK_US ((gint64) G_USEC_PER_SEC)
#define LOCK_PAUSE_US (G_GINT64_CONSTANT (2) * G_USEC_PER_SEC)
#define OUTBOX_PAUSE_US (G_GINT64_CONSTANT (10) * G_USEC_PER_SEC)
/* A single cycle looks again soon: it has a minute. */
#define LOCK_POLL_US (G_GINT64_CONSTANT (300000))

/* --- collecting --- */

static void
on_lock_poll (gpointer user_data)
{
  CbEngine *self = user_data;

  self->timer = 0;
  cb_engine_enter_collecting (self);
}

void
cb_engine_meet_outbox_trouble (CbEngine *self, GError *error, CbTimerFunc again)
{
  const gboolean is_busy = g_error_matches (error, CB_STORE_ERROR, CB_STORE_ERROR_BUSY);
  const gint64 pause_us = is_busy ? LOCK_PAUSE_US : OUTBOX_PAUSE_US;

  if (is_busy && self->once != NULL && !self->is_over_time)
    {
      g_error_free (error);
      cb_engine_arm (self, CB_WAIT_OUTBOX, LOCK_POLL_US, again);
      return;
    }

  g_message ("%s", error->message);
  cb_engine_end_cycle (self, CB_WAIT_OUTBOX, cb_backoff_pause (pause_us, self->parts.random),
                       error);
}

static void
meet_outbox_trouble (CbEngine *self, GError *error)
{
  cb_engine_meet_outbox_trouble (self, error, on_lock_poll);
}

/* With nothing to send, the next cycle is to hear what was decided elsewhere. */
static void
end_and_listen (CbEngine *self)
{
  if (cb_engine_hears (self))
    cb_engine_end_cycle (self, CB_WAIT_POLL,
                         cb_backoff_pause (self->limits.poll_us, self->parts.random), NULL);
  else
    cb_engine_end_cycle (self, CB_WAIT_NONE, 0, NULL);
}

/* Nothing is ready now; perhaps something will be. */
static void
end_until (CbEngine *self, gint64 next_ready_us)
{
  const gint64 delay_us = next_ready_us - cb_clock_get_now_us (self->parts.clock);

  /* More is ready, but what was taken had to be laid aside: look again. */
  if (next_ready_us == 0 && self->once != NULL && !self->is_over_time)
    cb_engine_arm (self, CB_WAIT_OUTBOX, LOCK_POLL_US, on_lock_poll);
  else if (next_ready_us < 0 || (cb_engine_hears (self) && delay_us > self->limits.poll_us))
    end_and_listen (self);
  else
    cb_engine_end_cycle (self, CB_WAIT_WORK, MAX (delay_us, QUICK_US / 2), NULL);
}

static void
on_taken (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CbEngine) self = cb_engine_end_step (user_data);
  g_autoptr (CbBatch) batch = NULL;
  g_autoptr (GError) error = NULL;

  if (self == NULL)
    return;

  batch = self->parts.outbox_port->take_batch_finish (source, result, &error);

  if (batch == NULL)
    {
      self->holds_lock = !g_error_matches (error, CB_STORE_ERROR, CB_STORE_ERROR_BUSY);
      meet_outbox_trouble (self, g_steal_pointer (&error));
    }
  else if (cb_batch_get_length (batch) == 0 && cb_engine_fetches (self))
    {
      cb_engine_enter_fetching (self);
    }
  else if (cb_batch_get_length (batch) == 0)
    {
      end_until (self, cb_batch_get_next_ready_us (batch));
    }
  else
    {
      self->batch = g_steal_pointer (&batch);
      cb_engine_enter_sending (self);
    }
}

static void
take_batch (CbEngine *self)
{
  gsize bytes = 0;

  if (cb_clock_get_monotonic_us (self->parts.clock) >= self->byte_ceiling_until_us)
    self->byte_ceiling = CB_LIMIT_BYTES;
  bytes = MIN (MIN (self->byte_budget, self->byte_ceiling), self->limits.max_bytes);

  /* What wakes from here on may come too late for this batch; what woke before is in it. */
  self->was_woken = FALSE;
  self->holds_lock = TRUE;
  self->parts.outbox_port->take_batch_async (self->parts.outbox, self->limits.max_ops, bytes,
                                             on_taken, cb_engine_start_step (self));
}

static void
on_waits_forgotten (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CbEngine) self = cb_engine_end_step (user_data);
  g_autoptr (GError) error = NULL;

  if (self == NULL)
    return;

  if (self->parts.outbox_port->forget_waits_finish (source, result, &error))
    take_batch (self);
  else
    meet_outbox_trouble (self, g_steal_pointer (&error));
}

void
cb_engine_enter_collecting (CbEngine *self)
{
  const gboolean must_forget = self->once != NULL && !self->has_forgotten_waits &&
                               self->parts.outbox_port->forget_waits_async != NULL;

  cb_engine_forget_batch (self);
  cb_engine_set_stage (self, CB_ENGINE_COLLECTING);

  if (!must_forget)
    {
      take_batch (self);
      return;
    }

  /* Once: what has to wait from here on was tried in this cycle. */
  self->has_forgotten_waits = TRUE;
  self->parts.outbox_port->forget_waits_async (self->parts.outbox, on_waits_forgotten,
                                               cb_engine_start_step (self));
}

/* --- acknowledging --- */

static void
go_on (CbEngine *self)
{
  if (self->trouble != NULL)
    cb_engine_meet_trouble (self, g_steal_pointer (&self->trouble), self->trouble_floor_us);
  else if (self->narrowing.is_on)
    cb_engine_narrow_after_success (self);
  else
    cb_engine_enter_collecting (self);
}

/* What is written down here as acknowledged need not be told again. */
static void
note_own (CbEngine *self)
{
  for (guint i = 0; i < self->settlements->len; i++)
    {
      const CbSettlement *settlement = self->settlements->pdata[i];

      if (settlement->settled == CB_SETTLED_ACCEPTED && settlement->n > 0)
        cb_spans_add (&self->own, settlement->n);
    }
}

static void
on_settled (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CbEngine) self = cb_engine_end_step (user_data);
  g_autoptr (GError) error = NULL;

  if (self == NULL)
    return;

  /* What could not be written is sent again, and the service says again what it said. */
  if (self->parts.outbox_port->settle_finish (source, result, &error))
    note_own (self);
  g_clear_pointer (&self->settlements, g_ptr_array_unref);
  if (error == NULL)
    go_on (self);
  else
    meet_outbox_trouble (self, g_steal_pointer (&error));
}

void
cb_engine_enter_acknowledging (CbEngine *self)
{
  cb_engine_set_stage (self, CB_ENGINE_ACKNOWLEDGING);

  if (self->settlements->len == 0)
    go_on (self);
  else
    self->parts.outbox_port->settle_async (self->parts.outbox, self->settlements, on_settled,
                                           cb_engine_start_step (self));
}

/* --- sending --- */

/* A batch that filled its budget and was quick makes room for a larger one. */
static void
adapt_budget (CbEngine *self, gint64 elapsed_us)
{
  const gsize bytes = cb_calls_window_bytes (&self->window);

  if (elapsed_us < QUICK_US && bytes >= self->byte_budget / 2)
    self->byte_budget = MIN (self->byte_budget * 2, self->limits.max_bytes);
}

static void
note_success (CbEngine *self, const CbReply *reply)
{
  cb_backoff_succeed (&self->backoff);
  self->n_faults = 0;
  self->n_poisoned = 0;
  self->has_reauthenticated = FALSE;
  adapt_budget (self, reply->elapsed_us);
}

/* What was acknowledged counts, also when the rest was cut off. */
static void
settle_from (CbEngine *self, const CbAckList *acks)
{
  CbSettling settling = {
    .waits = self->waits,
    .now_us = cb_clock_get_now_us (self->parts.clock),
    .random = self->parts.random,
  };

  g_clear_pointer (&self->settlements, g_ptr_array_unref);
  self->settlements = cb_settling_from_acks (&settling, &self->window, acks);
}

static void
take_whole_reply (CbEngine *self, const CbReply *reply)
{
  g_autoptr (CbAckList) acks = cb_ack_list_parse (reply->body);

  settle_from (self, acks);

  if (acks->is_complete)
    note_success (self, reply);
  else
    self->trouble = g_error_new_literal (CB_TRANSPORT_ERROR, CB_TRANSPORT_ERROR_UNREACHED,
                                         "sending a batch: the reply was cut");
  self->trouble_floor_us = 0;

  cb_engine_enter_acknowledging (self);
}

/* TRUE when there was something to settle; the trouble is met afterwards. */
static gboolean
take_cut_reply (CbEngine *self, const CbReply *reply, const GError *error)
{
  g_autoptr (CbAckList) acks = NULL;

  if (reply == NULL || g_bytes_get_size (reply->body) == 0)
    return FALSE;

  acks = cb_ack_list_parse (reply->body);
  settle_from (self, acks);
  if (self->settlements->len == 0)
    return FALSE;

  self->trouble = g_error_copy (error);
  self->trouble_floor_us = reply->retry_after_us;
  cb_engine_enter_acknowledging (self);

  return TRUE;
}

/* The connection never came up. What was handed out for this batch alone is not "sent": the outbox
 * is told so, and the trouble is met afterwards. */
static void
take_back_unsent (CbEngine *self, GError *error)
{
  g_clear_pointer (&self->settlements, g_ptr_array_unref);
  self->settlements = cb_settling_unsent (self->batch);
  self->trouble = error;
  self->trouble_floor_us = 0;

  cb_engine_enter_acknowledging (self);
}

static void
on_pushed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CbEngine) self = cb_engine_end_step (user_data);
  g_autoptr (CbReply) reply = NULL;
  g_autoptr (GError) error = NULL;
  gboolean is_done = FALSE;
  gboolean never_left = FALSE;

  if (self == NULL)
    return;

  is_done = cb_engine_send_finish (self, result, &reply, &error);
  never_left = !is_done && reply != NULL && reply->never_left;
  self->has_left = self->has_left || !never_left;

  if (is_done)
    take_whole_reply (self, reply);
  else if (!self->has_left)
    take_back_unsent (self, g_steal_pointer (&error));
  else if (never_left)
    cb_engine_meet_trouble (self, g_steal_pointer (&error), 0);
  else if (!take_cut_reply (self, reply, error))
    cb_engine_meet_push_trouble (self, g_steal_pointer (&error), reply);
}

static void
choose_window (CbEngine *self)
{
  self->window.batch = self->batch;
  self->window.from = 0;
  self->window.to = cb_batch_get_length (self->batch);

  if (self->asks_witness)
    self->window.from = self->narrowing.high;
  else if (self->narrowing.is_on)
    cb_narrowing_next (&self->narrowing, &self->window.from, &self->window.to);
}

void
cb_engine_enter_sending (CbEngine *self)
{
  const CbEnrolmentFields *enrolment = cb_enrolment_peek (self->enrolment);

  choose_window (self);
  cb_engine_set_stage (self, CB_ENGINE_SENDING);

  cb_engine_send (
    self,
    cb_calls_push (enrolment, self->trust, self->token, &self->window, !self->is_uncompressed),
    on_pushed);
}
