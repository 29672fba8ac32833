/* SPDX-License-Identifier: Apache-2.0 */

/* Hearing comes before sending: an erasure and a withdrawal made elsewhere stop what would leave
 * next. A page is written with its cursor before the next is asked for, so that a cut at any moment
 * costs a page that is asked for again and nothing else. */

#define G_LOG_DOMAIN "Counterbook"

#include "engine/cb-engine-private.h"

#include "base/cb-error.h"
#include "wire/cb-changes.h"

static void ask_for_page (CbEngine *self);

static void
go_on_to_collecting (CbEngine *self)
{
  self->has_pulled = TRUE;
  cb_engine_enter_collecting (self);
}

static void
on_lock_poll (gpointer user_data)
{
  CbEngine *self = user_data;

  self->timer = 0;
  cb_engine_enter_pulling (self);
}

/* --- writing a page --- */

static void
on_taken (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CbEngine) self = cb_engine_end_step (user_data);
  g_autoptr (GError) error = NULL;

  if (self == NULL)
    return;
  if (!self->parts.outbox_port->take_changes_finish (source, result, &error))
    {
      self->holds_lock = !g_error_matches (error, CB_STORE_ERROR, CB_STORE_ERROR_BUSY);
      cb_engine_meet_outbox_trouble (self, g_steal_pointer (&error), on_lock_poll);
      return;
    }

  g_free (self->cursor);
  self->cursor = g_steal_pointer (&self->page_cursor);
  if (self->page_goes_on)
    ask_for_page (self);
  else
    go_on_to_collecting (self);
}

static void
take_page (CbEngine *self, CbChangesPage *page)
{
  const gboolean has_moved = g_strcmp0 (page->cursor, self->cursor) != 0;

  self->has_reauthenticated = FALSE;
  self->head = page->head;
  if (!has_moved)
    {
      go_on_to_collecting (self);
      return;
    }

  g_free (self->page_cursor);
  self->page_cursor = g_strdup (page->cursor);
  self->page_goes_on = page->has_more;
  self->holds_lock = TRUE;
  self->parts.outbox_port->take_changes_async (self->parts.outbox, page->changes, page->cursor,
                                               !page->has_more, on_taken,
                                               cb_engine_start_step (self));
}

/* --- asking for it --- */

static void
on_met (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CbEngine) self = cb_engine_end_step (user_data);
  g_autoptr (GError) error = NULL;

  if (self == NULL)
    return;
  if (!self->parts.outbox_port->meet_history_finish (source, result, &error))
    {
      self->holds_lock = !g_error_matches (error, CB_STORE_ERROR, CB_STORE_ERROR_BUSY);
      cb_engine_meet_outbox_trouble (self, g_steal_pointer (&error), on_lock_poll);
      return;
    }

  /* And under a name of its own, which comes with the enrolment. */
  g_message ("the service's history is another one: it is heard and offered everything again");
  cb_engine_forget_access (self);
  self->has_begun_again = TRUE;
  cb_engine_enter_authenticating (self);
}

/* Another history than the cursor's: it may lack what the one before had, so everything is offered
 * again, and heard again, which changes nothing twice. What was written by then stays written. */
static gboolean
begins_again (CbEngine *self, const GError *error)
{
  if (!g_error_matches (error, CB_TRANSPORT_ERROR, CB_TRANSPORT_ERROR_CURSOR) ||
      self->has_begun_again || *self->cursor == '\0')
    return FALSE;

  self->holds_lock = TRUE;
  self->parts.outbox_port->meet_history_async (self->parts.outbox, on_met,
                                               cb_engine_start_step (self));

  return TRUE;
}

static void
on_page (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CbEngine) self = cb_engine_end_step (user_data);
  g_autoptr (CbReply) reply = NULL;
  g_autoptr (CbChangesPage) page = NULL;
  g_autoptr (GError) error = NULL;

  if (self == NULL)
    return;
  if (!cb_engine_send_finish (self, result, &reply, &error))
    {
      if (!begins_again (self, error) && !cb_engine_renew_token (self, error))
        cb_engine_meet_trouble (self, g_steal_pointer (&error),
                                reply != NULL ? reply->retry_after_us : 0);
      return;
    }

  page = cb_changes_page_parse (reply->body, &error);
  if (page != NULL)
    {
      take_page (self, page);
      return;
    }

  /* What is not understood is asked for again in the next cycle; withdrawals that wait here must
   * not wait for it. */
  g_message ("%s", error->message);
  go_on_to_collecting (self);
}

static void
ask_for_page (CbEngine *self)
{
  cb_engine_send (self,
                  cb_calls_ask_changes (cb_enrolment_peek (self->enrolment), self->trust,
                                        self->token, self->cursor),
                  on_page);
}

static void
on_cursor (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CbEngine) self = cb_engine_end_step (user_data);
  g_autoptr (GError) error = NULL;

  if (self == NULL)
    return;

  self->cursor = self->parts.outbox_port->load_cursor_finish (source, result, &error);
  if (self->cursor != NULL)
    ask_for_page (self);
  else
    cb_engine_meet_outbox_trouble (self, g_steal_pointer (&error), on_lock_poll);
}

gboolean
cb_engine_hears (CbEngine *self)
{
  return self->parts.outbox_port->take_changes_async != NULL && self->limits.poll_us > 0;
}

void
cb_engine_enter_pulling (CbEngine *self)
{
  if (self->has_pulled || !cb_engine_hears (self))
    {
      cb_engine_enter_collecting (self);
      return;
    }

  cb_engine_set_stage (self, CB_ENGINE_PULLING);
  if (self->cursor == NULL)
    self->parts.outbox_port->load_cursor_async (self->parts.outbox, CB_CURSOR_DECISIONS, on_cursor,
                                                cb_engine_start_step (self));
  else
    ask_for_page (self);
}
