/* SPDX-License-Identifier: Apache-2.0 */

/* Between two cycles the engine has a request lie at the service, which is answered when somebody
 * is erased, takes back a yes, or another terminal puts something that this one may have: so a no
 * is heard when it is said. The answer brings nothing but the news that there is some: the next
 * cycle asks for it, and keeps what came with its cursor in one transaction, as ever.
 *
 * Nothing rests on it. The poll's timer runs on, longer by as much as a request takes to end by
 * itself, so that its connection is kept. A service that does not hold back, has no room, or can't
 * be reached is asked again when a poll is due and not before, and no trouble is shown for it. */

#define G_LOG_DOMAIN "Counterbook"

#include "engine/cb-engine-private.h"

#include "wire/cb-changes.h"

/* Answered sooner, and with nothing: it does not hold back. */
#define HELD_BACK_US ((gint64) G_USEC_PER_SEC)

static void listen_once (CbEngine *self);

static gint64
monotonic_now (CbEngine *self)
{
  return cb_clock_get_monotonic_us (self->parts.clock);
}

void
cb_engine_stop_listening (CbEngine *self)
{
  g_autoptr (GCancellable) listening = g_steal_pointer (&self->listening);

  if (listening != NULL)
    g_cancellable_cancel (listening);
}

static gboolean
has_news (const CbChangesPage *page)
{
  return page->changes->len > 0 || page->has_more || page->has_arrived;
}

static gint64
until_poll_us (CbEngine *self)
{
  return self->last_end_us + self->plan_delay_us - monotonic_now (self);
}

/* A poll that is due is made while the connection is there. */
static void
go_on (CbEngine *self, const CbChangesPage *page, const GError *error)
{
  const gboolean was_held_back =
    page != NULL && monotonic_now (self) - self->listening_since_us >= HELD_BACK_US;
  const gboolean is_shut_out =
    g_error_matches (error, CB_TRANSPORT_ERROR, CB_TRANSPORT_ERROR_REVOKED);

  /* Who is shut out learns by asking whether there is more to it. */
  if (is_shut_out || (page != NULL && (has_news (page) || until_poll_us (self) <= 0)))
    cb_engine_begin_cycle (self);
  else if (was_held_back)
    listen_once (self);
  else
    cb_engine_arm_cycle (self, CB_WAIT_POLL, until_poll_us (self));
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CbEngine) self = cb_engine_end_step (user_data);
  g_autoptr (CbReply) reply = NULL;
  g_autoptr (CbChangesPage) page = NULL;
  g_autoptr (GError) error = NULL;

  if (self == NULL || self->listening == NULL)
    return;

  g_clear_object (&self->listening);
  if (self->parts.send_port->send_finish (self->parts.sender, result, &reply, &error))
    page = cb_changes_page_parse (reply->body, NULL);
  go_on (self, page, error);
}

static void
listen_once (CbEngine *self)
{
  g_autoptr (CbRequest) request =
    cb_calls_await_changes (cb_enrolment_peek (self->enrolment), self->trust, self->token,
                            self->cursor, &self->own, self->limits.wait_s);

  self->listening = g_cancellable_new ();
  self->listening_since_us = monotonic_now (self);
  self->parts.send_port->send_async (self->parts.sender, request, self->listening, on_answered,
                                     cb_engine_start_step (self));
}

void
cb_engine_listen (CbEngine *self)
{
  const gint64 wait_us = self->limits.wait_s * (gint64) G_USEC_PER_SEC;

  if (self->wait != CB_WAIT_POLL || wait_us == 0 || self->cursor == NULL || self->token == NULL ||
      monotonic_now (self) >= self->token_until_us)
    return;
  cb_engine_arm_cycle (self, CB_WAIT_POLL, self->plan_delay_us + 2 * wait_us);
  listen_once (self);
}
