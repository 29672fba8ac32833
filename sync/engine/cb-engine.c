/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "engine/cb-engine-private.h"

#include "base/cb-error.h"
#include "engine/cb-wiped-buffer.h"
#include "wire/cb-limits.h"
#include "wire/cb-order.h"

#define START_BYTES (128 * 1024)
#define LONGEST_WAIT_US (G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC)
#define BETWEEN_TRIES_US ((gint64) G_USEC_PER_SEC)
/* A single cycle must be back within 60 s, its last settlement included. */
#define DEADLINE_US (G_GINT64_CONSTANT (55) * G_USEC_PER_SEC)

typedef struct
{
  CbEngine *engine;
  guint cycle;
} Step;

G_DEFINE_FINAL_TYPE (CbEngine, cb_engine, G_TYPE_OBJECT)

/* --- stages, timers, contact --- */

static gboolean
is_at_rest (CbEngine *self)
{
  return self->stage == CB_ENGINE_OFF || self->stage == CB_ENGINE_IDLE ||
         self->stage == CB_ENGINE_WAITING || self->stage == CB_ENGINE_REVOKED;
}

/* The invariant: an engine that waits has a timer, and an engine without one is at work, has
 * nothing to send, or may not send. */
void
cb_engine_set_stage (CbEngine *self, CbEngineStage stage)
{
  self->stage = stage;

  g_assert ((stage == CB_ENGINE_WAITING) == (self->timer != 0));
}

void
cb_engine_set_contact (CbEngine *self, CbContact contact)
{
  cb_sync_state_set_contact (self->parts.state, contact, cb_clock_get_now_us (self->parts.clock));
}

static void
disarm (CbEngine *self)
{
  cb_engine_stop_listening (self);
  if (self->timer != 0)
    self->parts.timers.remove (self->parts.timers.data, self->timer);

  self->timer = 0;
  self->wait = CB_WAIT_NONE;
  cb_sync_state_set_next_try_us (self->parts.state, 0);
}

/* Never longer than an hour: clocks are set, machines sleep, and looking once more is cheap. */
void
cb_engine_arm (CbEngine *self, CbWait wait, gint64 delay_us, CbTimerFunc func)
{
  const gint64 bounded_us = CLAMP (delay_us, 1000, LONGEST_WAIT_US);

  disarm (self);
  self->wait = wait;
  self->timer = self->parts.timers.add (self->parts.timers.data, bounded_us, func, self);
  /* A look at the service when all is sent is no try that anybody waits for. */
  if (wait != CB_WAIT_POLL)
    cb_sync_state_set_next_try_us (self->parts.state,
                                   cb_clock_get_now_us (self->parts.clock) + bounded_us);
  cb_engine_set_stage (self, CB_ENGINE_WAITING);
}

static void
on_timer (gpointer user_data)
{
  CbEngine *self = user_data;

  self->timer = 0;
  cb_engine_begin_cycle (self);
}

void
cb_engine_arm_cycle (CbEngine *self, CbWait wait, gint64 delay_us)
{
  cb_engine_arm (self, wait, delay_us, on_timer);
}

/* --- steps --- */

gpointer
cb_engine_start_step (CbEngine *self)
{
  Step *step = g_new (Step, 1);

  step->engine = g_object_ref (self);
  step->cycle = self->cycle;

  return step;
}

CbEngine *
cb_engine_end_step (gpointer data)
{
  g_autofree Step *step = data;
  g_autoptr (CbEngine) engine = step->engine;

  return step->cycle == engine->cycle ? g_steal_pointer (&engine) : NULL;
}

static gboolean
is_good (CbContact contact)
{
  return contact == CB_CONTACT_NEVER || contact == CB_CONTACT_REACHED;
}

void
cb_engine_send (CbEngine *self, CbRequest *request, GAsyncReadyCallback done)
{
  g_autoptr (CbRequest) owned = request;

  /* Trouble stays on the screen until the service has really answered. */
  if (is_good (cb_sync_state_get_contact (self->parts.state)))
    cb_engine_set_contact (self, CB_CONTACT_SYNCING);

  self->parts.send_port->send_async (self->parts.sender, owned, self->cancellable, done,
                                     cb_engine_start_step (self));
}

/* Only what is signed for this terminal is an order; anything else is passed over. */
static gboolean
is_order_to_wipe (CbEngine *self, const CbReply *reply)
{
  const CbEnrolmentFields *fields =
    self->enrolment != NULL ? cb_enrolment_peek (self->enrolment) : NULL;

  return reply != NULL && reply->wipe_at != NULL && reply->wipe_signature != NULL &&
         fields != NULL && fields->order_key != NULL &&
         g_bytes_get_size (fields->order_key) == CB_ORDER_PUBLIC_BYTES &&
         cb_order_is_wipe (fields->terminal_id, reply->wipe_at, reply->wipe_signature,
                           g_bytes_get_data (fields->order_key, NULL));
}

gboolean
cb_engine_send_finish (CbEngine *self, GAsyncResult *result, CbReply **reply, GError **error)
{
  if (!self->parts.send_port->send_finish (self->parts.sender, result, reply, error))
    {
      self->is_to_wipe =
        self->parts.outbox_port->wipe_async != NULL && is_order_to_wipe (self, *reply);
      return FALSE;
    }

  self->has_contacted = TRUE;
  cb_engine_set_contact (self, CB_CONTACT_SYNCING);

  return TRUE;
}

/* --- a cycle --- */

void
cb_engine_forget_batch (CbEngine *self)
{
  self->window = (CbWindow){ 0 };
  self->has_left = FALSE;
  self->asks_witness = FALSE;
  cb_narrowing_end (&self->narrowing);
  g_clear_pointer (&self->settlements, g_ptr_array_unref);
  g_clear_pointer (&self->batch, cb_batch_unref);
  g_clear_error (&self->trouble);
}

void
cb_engine_forget_access (CbEngine *self)
{
  g_clear_pointer (&self->token, cb_wiped_free);
  g_clear_pointer (&self->trust, cb_trust_unref);
  g_clear_pointer (&self->enrolment, cb_enrolment_unref);
  g_clear_pointer (&self->cursor, g_free);
  g_clear_pointer (&self->page_cursor, g_free);
  g_clear_pointer (&self->records_cursor, g_free);
  self->records_head = -1;
  self->own.n_spans = 0;
  self->limits_until_us = 0;
}

void
cb_engine_begin_cycle (CbEngine *self)
{
  g_assert (is_at_rest (self));

  disarm (self);
  self->cycle++;
  self->was_woken = FALSE;
  self->has_contacted = FALSE;
  self->has_pulled = FALSE;
  self->has_begun_again = FALSE;
  self->has_fetched = FALSE;
  self->contact_before = cb_sync_state_get_contact (self->parts.state);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();

  cb_engine_enter_authenticating (self);
}

static void
finish_once (CbEngine *self)
{
  g_autoptr (GTask) once = g_steal_pointer (&self->once);

  if (self->deadline != 0)
    self->parts.timers.remove (self->parts.timers.data, self->deadline);
  self->deadline = 0;
  self->is_over_time = FALSE;
  self->has_forgotten_waits = FALSE;

  /* Not g_cancellable_disconnect(): this may be running within the handler. */
  if (self->once_cancelled != 0)
    g_signal_handler_disconnect (g_task_get_cancellable (once), self->once_cancelled);
  self->once_cancelled = 0;

  cb_engine_set_stage (self, CB_ENGINE_OFF);

  if (self->plan_error != NULL)
    g_task_return_error (once, g_steal_pointer (&self->plan_error));
  else
    g_task_return_boolean (once, TRUE);
}

/* The outbox is free and the plan is carried out. */
static void
rest (CbEngine *self)
{
  self->last_end_us = cb_clock_get_monotonic_us (self->parts.clock);

  if (self->has_contacted && self->plan_error == NULL)
    cb_engine_set_contact (self, CB_CONTACT_REACHED);
  else if (cb_sync_state_get_contact (self->parts.state) == CB_CONTACT_SYNCING)
    cb_engine_set_contact (self, self->contact_before);

  if (self->once != NULL)
    {
      finish_once (self);
      return;
    }
  g_clear_error (&self->plan_error);

  if (self->plan == CB_WAIT_NONE)
    cb_engine_set_stage (self, CB_ENGINE_IDLE);
  else if (self->plan == CB_WAIT_FOREVER)
    cb_engine_set_stage (self, CB_ENGINE_REVOKED);
  else
    cb_engine_arm_cycle (self, self->plan, self->plan_delay_us);

  /* What became ready meanwhile may have missed the last look, but does not shorten a wait after
   * trouble. */
  if (self->was_woken &&
      (self->plan == CB_WAIT_NONE || self->plan == CB_WAIT_WORK || self->plan == CB_WAIT_POLL))
    cb_engine_begin_cycle (self);
  else
    cb_engine_listen (self);
}

static void
on_released (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CbEngine) self = cb_engine_end_step (user_data);
  g_autoptr (GError) error = NULL;

  if (self == NULL)
    return;

  if (!self->parts.outbox_port->end_sync_finish (source, result, &error))
    g_message ("releasing the outbox: %s", error->message);

  rest (self);
}

void
cb_engine_end_cycle (CbEngine *self, CbWait wait, gint64 delay_us, GError *error)
{
  cb_engine_forget_batch (self);

  self->plan = wait;
  self->plan_delay_us = delay_us;
  g_clear_error (&self->plan_error);
  self->plan_error = error;

  cb_engine_set_stage (self, CB_ENGINE_RELEASING);

  if (!self->holds_lock)
    {
      rest (self);
      return;
    }

  self->holds_lock = FALSE;
  self->parts.outbox_port->end_sync_async (self->parts.outbox, on_released,
                                           cb_engine_start_step (self));
}

/* --- public --- */

void
cb_engine_start (CbEngine *self)
{
  g_return_if_fail (CB_IS_ENGINE (self));
  g_return_if_fail (self->once == NULL);

  if (self->is_started)
    return;

  self->is_started = TRUE;
  cb_engine_begin_cycle (self);
}

void
cb_engine_stop (CbEngine *self)
{
  g_return_if_fail (CB_IS_ENGINE (self));

  if (!self->is_started)
    return;

  self->is_started = FALSE;
  self->cycle++;
  disarm (self);
  cb_engine_set_stage (self, CB_ENGINE_OFF);

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  cb_engine_forget_batch (self);

  if (cb_sync_state_get_contact (self->parts.state) == CB_CONTACT_SYNCING)
    cb_engine_set_contact (self, self->contact_before);

  /* The outbox works in order: what was asked of it before is done before. */
  if (self->holds_lock)
    self->parts.outbox_port->end_sync_async (self->parts.outbox, on_released,
                                             cb_engine_start_step (self));
  self->holds_lock = FALSE;
  self->cycle++;
}

void
cb_engine_wake (CbEngine *self)
{
  g_return_if_fail (CB_IS_ENGINE (self));

  if (!self->is_started)
    return;

  if (!is_at_rest (self))
    self->was_woken = TRUE;
  else if (self->stage == CB_ENGINE_IDLE || self->wait == CB_WAIT_WORK ||
           self->wait == CB_WAIT_POLL)
    cb_engine_begin_cycle (self);
}

void
cb_engine_try_now (CbEngine *self)
{
  gint64 since_us = 0;

  g_return_if_fail (CB_IS_ENGINE (self));

  /* A cycle under way is what was asked for. */
  if (!self->is_started || !is_at_rest (self))
    return;

  if (self->stage == CB_ENGINE_REVOKED || self->wait == CB_WAIT_ORDER)
    return;

  /* Also when nothing waits: who asks wants to know whether the service is there. */
  self->limits_until_us = 0;

  since_us = cb_clock_get_monotonic_us (self->parts.clock) - self->last_end_us;
  if (since_us >= BETWEEN_TRIES_US)
    cb_engine_begin_cycle (self);
  else
    cb_engine_arm_cycle (self, CB_WAIT_TROUBLE, BETWEEN_TRIES_US - since_us);
}

CbEngineStage
cb_engine_get_stage (CbEngine *self)
{
  g_return_val_if_fail (CB_IS_ENGINE (self), CB_ENGINE_OFF);

  return self->stage;
}

/* A new enrolment: whatever was known or waited for is of the past. */
void
cb_engine_start_anew (CbEngine *self)
{
  cb_engine_forget_access (self);
  self->has_reauthenticated = FALSE;
  self->backoff = (CbBackoff){ 0 };

  if (!self->is_started)
    {
      cb_engine_set_contact (self, CB_CONTACT_NEVER);
      return;
    }

  /* Whatever is under way belongs to the terminal that was. */
  cb_engine_stop (self);
  cb_engine_set_contact (self, CB_CONTACT_NEVER);
  cb_engine_start (self);
}

/* --- a single cycle --- */

static GError *
over_time_error (void)
{
  return g_error_new_literal (CB_TRANSPORT_ERROR, CB_TRANSPORT_ERROR_TIMED_OUT,
                              "syncing once: it took too long");
}

static void
on_deadline (gpointer user_data)
{
  CbEngine *self = user_data;

  self->deadline = 0;
  self->is_over_time = TRUE;

  /* What is with the outbox comes back by itself and sees that time is up. */
  if (self->stage == CB_ENGINE_WAITING)
    {
      disarm (self);
      cb_engine_end_cycle (self, CB_WAIT_NONE, 0, over_time_error ());
    }
  else
    g_cancellable_cancel (self->cancellable);
}

static void
on_once_cancelled (GCancellable *cancellable, gpointer user_data)
{
  CbEngine *self = user_data;

  g_cancellable_cancel (self->cancellable);
}

void
cb_engine_run_once_async (CbEngine *self,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (CB_IS_ENGINE (self));
  g_return_if_fail (!self->is_started && self->once == NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, cb_engine_run_once_async);
  if (g_task_return_error_if_cancelled (task))
    return;

  self->once = g_steal_pointer (&task);
  if (cancellable != NULL)
    self->once_cancelled =
      g_signal_connect (cancellable, "cancelled", G_CALLBACK (on_once_cancelled), self);
  self->deadline = self->parts.timers.add (self->parts.timers.data, DEADLINE_US, on_deadline, self);

  cb_engine_begin_cycle (self);
}

gboolean
cb_engine_run_once_finish (CbEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- the object --- */

static void
cb_engine_dispose (GObject *object)
{
  CbEngine *self = CB_ENGINE (object);

  cb_engine_stop (self);

  G_OBJECT_CLASS (cb_engine_parent_class)->dispose (object);
}

static void
cb_engine_finalize (GObject *object)
{
  CbEngine *self = CB_ENGINE (object);

  cb_engine_forget_batch (self);
  cb_engine_forget_access (self);
  g_clear_error (&self->plan_error);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->waits, g_hash_table_unref);
  g_clear_object (&self->parts.outbox);
  g_clear_object (&self->parts.sender);
  g_clear_object (&self->parts.state);
  g_clear_object (&self->parts.clock);

  G_OBJECT_CLASS (cb_engine_parent_class)->finalize (object);
}

static void
cb_engine_class_init (CbEngineClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = cb_engine_dispose;
  object_class->finalize = cb_engine_finalize;
}

static void
cb_engine_init (CbEngine *self)
{
  self->waits = cb_settling_new_waits ();
  self->byte_budget = START_BYTES;
  self->byte_ceiling = CB_LIMIT_BYTES;
}

CbEngine *
cb_engine_new (const CbEngineParts *parts)
{
  CbEngine *self = g_object_new (CB_TYPE_ENGINE, NULL);

  self->parts = *parts;
  g_object_ref (self->parts.outbox);
  g_object_ref (self->parts.sender);
  g_object_ref (self->parts.state);
  g_object_ref (self->parts.clock);

  return self;
}
