/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "engine/cb-engine-private.h"

#include "base/cb-error.h"
#include "engine/cb-wiped-buffer.h"

/* What a service permits changes rarely; a refusal brings it to mind earlier. */
#define LIMITS_LAST_US (G_GINT64_CONSTANT (900) * G_USEC_PER_SEC)
/* A token is renewed so long before its end that a request under way outlives neither. */
#define TOKEN_MARGIN_US (G_GINT64_CONSTANT (30) * G_USEC_PER_SEC)
#define OUTBOX_PAUSE_US (G_GINT64_CONSTANT (10) * G_USEC_PER_SEC)

static gint64
monotonic_now (CbEngine *self)
{
  return cb_clock_get_monotonic_us (self->parts.clock);
}

static const CbEnrolmentFields *
fields (CbEngine *self)
{
  return cb_enrolment_peek (self->enrolment);
}

/* A reply that is not what the contract says counts as trouble of the service. */
static void
meet_trouble (CbEngine *self, GError *error, const CbReply *reply)
{
  cb_engine_meet_trouble (self, error, reply != NULL ? reply->retry_after_us : 0);
}

static void
on_limits (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CbEngine) self = cb_engine_end_step (user_data);
  g_autoptr (CbReply) reply = NULL;
  g_autoptr (GError) error = NULL;

  if (self == NULL)
    return;

  if (!cb_engine_send_finish (self, result, &reply, &error) ||
      !cb_calls_read_limits (reply->body, &self->limits, &error))
    {
      if (!cb_engine_renew_token (self, error))
        meet_trouble (self, g_steal_pointer (&error), reply);
      return;
    }

  self->limits_until_us = monotonic_now (self) + LIMITS_LAST_US;
  if (self->limits.time_us > 0 && self->parts.outbox_port->hear_time != NULL)
    self->parts.outbox_port->hear_time (self->parts.outbox, self->limits.time_us);
  cb_engine_enter_authenticating (self);
}

static void
on_token (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CbEngine) self = cb_engine_end_step (user_data);
  g_autoptr (CbReply) reply = NULL;
  g_autoptr (GError) error = NULL;
  gint64 lasts_us = 0;

  if (self == NULL)
    return;

  if (cb_engine_send_finish (self, result, &reply, &error))
    self->token = cb_calls_read_token (reply->body, &lasts_us, &error);

  if (self->token == NULL)
    {
      meet_trouble (self, g_steal_pointer (&error), reply);
      return;
    }

  self->token_until_us = monotonic_now (self) + lasts_us - MIN (TOKEN_MARGIN_US, lasts_us / 4);
  cb_engine_enter_authenticating (self);
}

static void
on_nonce (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CbEngine) self = cb_engine_end_step (user_data);
  g_autoptr (CbReply) reply = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *nonce = NULL;

  if (self == NULL)
    return;

  if (cb_engine_send_finish (self, result, &reply, &error))
    nonce = cb_calls_read_nonce (reply->body, &error);

  if (nonce == NULL)
    meet_trouble (self, g_steal_pointer (&error), reply);
  else
    cb_engine_send (self, cb_calls_ask_token (fields (self), self->trust, nonce), on_token);
}

static void
on_enrolment (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CbEngine) self = cb_engine_end_step (user_data);
  g_autoptr (GError) error = NULL;

  if (self == NULL)
    return;

  self->enrolment = self->parts.outbox_port->load_enrolment_finish (source, result, &error);

  if (error != NULL)
    {
      cb_engine_end_cycle (self, CB_WAIT_OUTBOX,
                           cb_backoff_pause (OUTBOX_PAUSE_US, self->parts.random),
                           g_steal_pointer (&error));
    }
  else if (self->enrolment == NULL)
    {
      /* Work may be ready, but there is nobody to send it to: the next wake looks again. */
      cb_engine_set_contact (self, CB_CONTACT_NOT_ENROLLED);
      cb_engine_end_cycle (self, CB_WAIT_NONE, 0,
                           g_error_new_literal (CB_STORE_ERROR, CB_STORE_ERROR_NOT_FOUND,
                                                "syncing: this terminal is not enrolled"));
    }
  else
    {
      if (cb_sync_state_get_contact (self->parts.state) == CB_CONTACT_NOT_ENROLLED)
        cb_engine_set_contact (self, CB_CONTACT_NEVER);
      self->trust = cb_trust_new (fields (self)->ca_pem, fields (self)->pins);
      cb_engine_enter_authenticating (self);
    }
}

static void
ask_limits (CbEngine *self)
{
  cb_engine_send (self, cb_calls_ask_limits (fields (self), self->trust, self->token), on_limits);
}

/* Gets the first thing that is missing; each answer comes back here. */
void
cb_engine_enter_authenticating (CbEngine *self)
{
  cb_engine_set_stage (self, CB_ENGINE_AUTHENTICATING);

  if (self->token != NULL && monotonic_now (self) >= self->token_until_us)
    g_clear_pointer (&self->token, cb_wiped_free);

  if (self->enrolment == NULL)
    self->parts.outbox_port->load_enrolment_async (self->parts.outbox, on_enrolment,
                                                   cb_engine_start_step (self));
  else if (self->token == NULL)
    cb_engine_send (self, cb_calls_ask_nonce (fields (self), self->trust), on_nonce);
  else if (monotonic_now (self) >= self->limits_until_us)
    ask_limits (self);
  else if (!self->limits.speaks_our_schema)
    meet_trouble (self,
                  g_error_new_literal (CB_TRANSPORT_ERROR, CB_TRANSPORT_ERROR_OUTDATED,
                                       "syncing: the service speaks another schema"),
                  NULL);
  else if (self->batch != NULL)
    cb_engine_enter_sending (self);
  else
    cb_engine_enter_pulling (self);
}
