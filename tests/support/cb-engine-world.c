/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "support/cb-engine-world.h"

/* 2026-11-21T19:04:05Z */
#define START_US (G_GINT64_CONSTANT (1795287845) * CB_SECOND)
#define SEED 20261121

static gdouble
draw (gpointer data)
{
  CbEngineWorld *self = data;

  return self->random >= 0 ? self->random : g_rand_double (self->generator);
}

static gboolean
may_rest (CbEngineStage stage)
{
  return stage == CB_ENGINE_IDLE || stage == CB_ENGINE_REVOKED || stage == CB_ENGINE_OFF;
}

/* The invariant that whole classes of lost work come from: ready, and nobody will ever look. */
static void
watch (gpointer data)
{
  CbEngineWorld *self = data;
  const CbEngineStage stage = cb_engine_get_stage (self->engine);
  const gboolean is_enrolled = cb_model_outbox_get_enrolment (self->outbox) != NULL;

  if (stage == CB_ENGINE_IDLE && is_enrolled)
    g_assert_false (cb_model_outbox_has_ready (self->outbox));
  if (!may_rest (stage))
    g_assert_cmpuint (cb_virtual_time_count_timers (self->time), >, 0);
  if (stage == CB_ENGINE_WAITING || stage == CB_ENGINE_IDLE)
    g_assert_false (cb_model_outbox_is_held (self->outbox));
}

static void
make_engine (CbEngineWorld *self)
{
  const CbEngineParts parts = {
    .outbox_port = &cb_model_outbox_port,
    .outbox = G_OBJECT (self->outbox),
    .send_port = &cb_model_service_port,
    .sender = G_OBJECT (self->service),
    .state = self->state,
    .clock = cb_virtual_time_get_clock (self->time),
    .timers = cb_virtual_time_get_timers (self->time),
    .random = { .func = draw, .data = self },
  };

  self->engine = cb_engine_new (&parts);
}

static void
drop_engine (CbEngineWorld *self)
{
  cb_engine_stop (self->engine);
  cb_virtual_time_settle (self->time);
  g_assert_finalize_object (g_steal_pointer (&self->engine));
}

CbEngineWorld *
cb_engine_world_new (void)
{
  CbEngineWorld *self = g_new0 (CbEngineWorld, 1);
  g_autoptr (CbEnrolment) enrolment = NULL;

  self->time = cb_virtual_time_new (START_US);
  self->outbox = cb_model_outbox_new (cb_virtual_time_get_clock (self->time));
  self->service = cb_model_service_new (self->time);
  self->state = cb_sync_state_new ();
  self->generator = g_rand_new_with_seed (SEED);
  self->random = 0.5;
  enrolment = cb_model_service_make_enrolment (self->service);
  cb_model_outbox_set_enrolment (self->outbox, enrolment);
  make_engine (self);
  cb_virtual_time_set_watch (self->time, watch, self);

  return self;
}

void
cb_engine_world_free (CbEngineWorld *self)
{
  cb_virtual_time_set_watch (self->time, NULL, NULL);
  drop_engine (self);
  g_assert_finalize_object (self->outbox);
  g_assert_finalize_object (self->service);
  g_object_unref (self->state);
  g_rand_free (self->generator);
  g_clear_error (&self->once_error);
  cb_virtual_time_free (self->time);
  g_free (self);
}

void
cb_engine_world_crash (CbEngineWorld *self)
{
  cb_virtual_time_set_watch (self->time, NULL, NULL);
  drop_engine (self);
  make_engine (self);
  cb_virtual_time_set_watch (self->time, watch, self);
}

static gboolean
is_drained (gpointer data)
{
  CbEngineWorld *self = data;

  const CbEngineStage rest =
    cb_model_service_tells (self->service) ? CB_ENGINE_WAITING : CB_ENGINE_IDLE;

  return cb_model_outbox_count (self->outbox, CB_MODEL_WAITING) == 0 &&
         cb_engine_get_stage (self->engine) == rest;
}

gboolean
cb_engine_world_drain (CbEngineWorld *self, gint64 within_us)
{
  return cb_virtual_time_run_until (self->time, is_drained, self, within_us);
}

static void
on_once_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  CbEngineWorld *self = user_data;

  self->was_completed = cb_engine_run_once_finish (CB_ENGINE (source), result, &self->once_error);
  self->is_once_done = TRUE;
}

static gboolean
is_once_done (gpointer data)
{
  CbEngineWorld *self = data;

  return self->is_once_done;
}

gboolean
cb_engine_world_run_once (CbEngineWorld *self)
{
  self->is_once_done = FALSE;
  g_clear_error (&self->once_error);
  cb_engine_run_once_async (self->engine, NULL, on_once_done, self);

  g_assert_true (cb_virtual_time_run_until (self->time, is_once_done, self, 60 * CB_SECOND));

  return self->was_completed;
}

void
cb_engine_world_check_effects (CbEngineWorld *self)
{
  GPtrArray *order = cb_model_service_get_order (self->service);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < order->len; i++)
    g_assert_true (g_hash_table_add (seen, g_ptr_array_index (order, i)));

  for (guint i = 0; i < cb_model_outbox_get_length (self->outbox); i++)
    {
      const CbModelOp *op = cb_model_outbox_get (self->outbox, i);

      if (op->state == CB_MODEL_ACCEPTED)
        g_assert_true (g_hash_table_contains (seen, op->op_id));
    }
}

CbContact
cb_engine_world_get_contact (CbEngineWorld *self)
{
  return cb_sync_state_get_contact (self->state);
}
