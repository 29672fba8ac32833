/* SPDX-License-Identifier: Apache-2.0 */

/* What other terminals put comes when nothing waits to be sent: it is in no hurry, and what waits
 * is. Each page is written with its cursor before the next is asked for. Where the service's newest
 * number is the one that the last page was read at there is nothing to ask for. */

#define G_LOG_DOMAIN "Counterbook"

#include "engine/cb-engine-private.h"

#include "base/cb-error.h"
#include "wire/cb-records.h"

static void ask_for_page (CbEngine *self);

/* What came may have made something ready. */
static void
go_back_to_collecting (CbEngine *self)
{
  self->has_fetched = TRUE;
  cb_engine_enter_collecting (self);
}

static void
on_lock_poll (gpointer user_data)
{
  CbEngine *self = user_data;

  self->timer = 0;
  cb_engine_enter_fetching (self);
}

static void
finish (CbEngine *self, gint64 head)
{
  self->records_head = head;
  cb_spans_forget (&self->own, head);
  go_back_to_collecting (self);
}

/* --- writing a page --- */

static void
on_taken (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CbEngine) self = cb_engine_end_step (user_data);
  g_autoptr (GError) error = NULL;

  if (self == NULL)
    return;
  if (!self->parts.outbox_port->take_arrivals_finish (source, result, &error))
    {
      self->holds_lock = !g_error_matches (error, CB_STORE_ERROR, CB_STORE_ERROR_BUSY);
      cb_engine_meet_outbox_trouble (self, g_steal_pointer (&error), on_lock_poll);
      return;
    }

  g_free (self->records_cursor);
  self->records_cursor = g_steal_pointer (&self->page_cursor);
  if (self->page_goes_on)
    {
      ask_for_page (self);
      return;
    }
  finish (self, self->page_head);
}

static void
take_page (CbEngine *self, CbRecordsPage *page)
{
  self->has_reauthenticated = FALSE;
  if (g_strcmp0 (page->cursor, self->records_cursor) == 0)
    {
      finish (self, page->head);
      return;
    }

  g_free (self->page_cursor);
  self->page_cursor = g_strdup (page->cursor);
  self->page_goes_on = page->has_more;
  self->page_head = page->head;
  self->holds_lock = TRUE;
  self->parts.outbox_port->take_arrivals_async (self->parts.outbox, page->arrivals, page->cursor,
                                                on_taken, cb_engine_start_step (self));
}

/* --- asking for it --- */

static gboolean
begins_again (CbEngine *self, const GError *error)
{
  if (!g_error_matches (error, CB_TRANSPORT_ERROR, CB_TRANSPORT_ERROR_CURSOR) ||
      *self->records_cursor == '\0')
    return FALSE;

  g_free (self->records_cursor);
  self->records_cursor = g_strdup ("");
  self->own.n_spans = 0;
  ask_for_page (self);

  return TRUE;
}

/* A service that has none to tell: everything else goes on. */
static gboolean
is_unknown_there (const GError *error)
{
  return g_error_matches (error, CB_TRANSPORT_ERROR, CB_TRANSPORT_ERROR_CONFIG);
}

static void
on_page (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CbEngine) self = cb_engine_end_step (user_data);
  g_autoptr (CbReply) reply = NULL;
  g_autoptr (CbRecordsPage) page = NULL;
  g_autoptr (GError) error = NULL;

  if (self == NULL)
    return;
  if (!cb_engine_send_finish (self, result, &reply, &error))
    {
      if (is_unknown_there (error))
        go_back_to_collecting (self);
      else if (!begins_again (self, error) && !cb_engine_renew_token (self, error))
        cb_engine_meet_trouble (self, g_steal_pointer (&error),
                                reply != NULL ? reply->retry_after_us : 0);
      return;
    }

  page = cb_records_page_parse (reply->body, &error);
  if (page != NULL)
    {
      take_page (self, page);
      return;
    }
  g_message ("%s", error->message);
  go_back_to_collecting (self);
}

static void
ask_for_page (CbEngine *self)
{
  cb_engine_send (self,
                  cb_calls_ask_records (cb_enrolment_peek (self->enrolment), self->trust,
                                        self->token, self->records_cursor, &self->own),
                  on_page);
}

/* --- where it was left --- */

/* The newest that fit: the older ones are more likely to lie before the cursor. */
static void
know (CbEngine *self, GArray *numbers)
{
  for (guint i = 0; i < numbers->len && self->own.n_spans < CB_SPANS_MAX; i++)
    cb_spans_add (&self->own, g_array_index (numbers, gint64, i));
}

static void
on_known (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CbEngine) self = cb_engine_end_step (user_data);
  g_autoptr (GArray) numbers = NULL;
  g_autoptr (GError) error = NULL;

  if (self == NULL)
    return;

  numbers = self->parts.outbox_port->list_known_finish (source, result, &error);
  if (numbers == NULL)
    {
      g_clear_pointer (&self->records_cursor, g_free);
      cb_engine_meet_outbox_trouble (self, g_steal_pointer (&error), on_lock_poll);
      return;
    }
  know (self, numbers);
  ask_for_page (self);
}

static void
on_cursor (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CbEngine) self = cb_engine_end_step (user_data);
  g_autoptr (GError) error = NULL;

  if (self == NULL)
    return;

  self->records_cursor = self->parts.outbox_port->load_cursor_finish (source, result, &error);
  if (self->records_cursor == NULL)
    cb_engine_meet_outbox_trouble (self, g_steal_pointer (&error), on_lock_poll);
  else if (self->parts.outbox_port->list_known_async != NULL)
    self->parts.outbox_port->list_known_async (self->parts.outbox, on_known,
                                               cb_engine_start_step (self));
  else
    ask_for_page (self);
}

gboolean
cb_engine_fetches (CbEngine *self)
{
  return !self->has_fetched && self->has_pulled && cb_engine_hears (self) &&
         self->parts.outbox_port->take_arrivals_async != NULL && self->head != self->records_head;
}

void
cb_engine_enter_fetching (CbEngine *self)
{
  cb_engine_set_stage (self, CB_ENGINE_PULLING);
  if (self->records_cursor == NULL)
    self->parts.outbox_port->load_cursor_async (self->parts.outbox, CB_CURSOR_RECORDS, on_cursor,
                                                cb_engine_start_step (self));
  else
    ask_for_page (self);
}
