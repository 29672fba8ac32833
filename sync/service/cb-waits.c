/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "service/cb-waits.h"

#include "service/cb-request.h"

#define LOOK_INTERVAL_MS 1000

typedef struct
{
  SoupServerMessage *message;
  CbRequestContext *request; /* the message's */
  GHashTable *query;         /* as the request had it */
  gint64 until_us;
} Wait;

struct _CbWaits
{
  GPtrArray *waits; /* of Wait */
  guint look_id;
  guint wake_id;
  gboolean is_closed;
};

static void
wait_free (gpointer data)
{
  Wait *wait = data;

  g_hash_table_unref (wait->query);
  g_object_unref (wait->message);
  g_free (wait);
}

CbWaits *
cb_waits_new (void)
{
  CbWaits *self = g_new0 (CbWaits, 1);

  self->waits = g_ptr_array_new_with_free_func (wait_free);
  return self;
}

void
cb_waits_free (CbWaits *self)
{
  g_clear_handle_id (&self->look_id, g_source_remove);
  g_clear_handle_id (&self->wake_id, g_source_remove);
  g_ptr_array_unref (self->waits);
  g_free (self);
}

guint
cb_waits_count (CbWaits *self)
{
  return self->waits->len;
}

/* --- asking again --- */

static Wait *
find_wait (CbWaits *self, SoupServerMessage *message)
{
  for (guint i = 0; i < self->waits->len; i++)
    {
      Wait *wait = self->waits->pdata[i];

      if (wait->message == message)
        return wait;
    }
  return NULL;
}

/* What it took until now was waiting, and no work. Whose key has ended meanwhile is told no more.
 */
static void
ask_again (Wait *wait)
{
  CbRequestContext *request = wait->request;

  request->started_us = g_get_monotonic_time ();
  if (!cb_request_admit_again (request))
    return;
  request->query = wait->query;
  request->route->endpoint (request);
  request->query = NULL;
}

/* Going on with an answer may end its message, and another's: so that comes last. */
static void
ask_all (CbWaits *self)
{
  g_autoptr (GPtrArray) answered = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = self->waits->len; i > 0; i--)
    {
      Wait *wait = self->waits->pdata[i - 1];

      ask_again (wait);
      if (!wait->request->is_answered)
        continue;
      g_ptr_array_add (answered, g_object_ref (wait->message));
      g_ptr_array_remove_index_fast (self->waits, i - 1);
    }
  if (self->waits->len == 0)
    g_clear_handle_id (&self->look_id, g_source_remove);
  for (guint i = 0; i < answered->len; i++)
    soup_server_message_unpause (answered->pdata[i]);
}

static gboolean
on_look_due (gpointer data)
{
  CbWaits *self = data;

  ask_all (self);
  return self->look_id != 0 ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static gboolean
on_wake_due (gpointer data)
{
  CbWaits *self = data;

  self->wake_id = 0;
  ask_all (self);
  return G_SOURCE_REMOVE;
}

/* --- waiting --- */

static void
add_wait (CbWaits *self, CbRequestContext *request, guint seconds)
{
  Wait *wait = g_new0 (Wait, 1);

  wait->message = g_object_ref (request->message);
  wait->request = request;
  wait->query = g_hash_table_ref (request->query);
  wait->until_us = g_get_monotonic_time () + seconds * G_USEC_PER_SEC;
  g_ptr_array_add (self->waits, wait);
  soup_server_message_pause (request->message);
  if (self->look_id == 0)
    self->look_id = g_timeout_add (LOOK_INTERVAL_MS, on_look_due, self);
}

gboolean
cb_waits_take (CbWaits *self, CbRequestContext *request, guint seconds)
{
  const Wait *wait = find_wait (self, request->message);

  if (self->is_closed)
    return FALSE;
  if (wait != NULL)
    return g_get_monotonic_time () < wait->until_us;
  if (seconds == 0 || request->query == NULL || self->waits->len >= CB_WAIT_LIMIT)
    return FALSE;
  add_wait (self, request, MIN (seconds, CB_WAIT_LIMIT_S));
  return TRUE;
}

void
cb_waits_drop (CbWaits *self, SoupServerMessage *message)
{
  Wait *wait = find_wait (self, message);

  if (wait != NULL)
    g_ptr_array_remove_fast (self->waits, wait);
}

void
cb_waits_wake (CbWaits *self)
{
  if (self->wake_id == 0 && self->waits->len > 0)
    self->wake_id = g_idle_add (on_wake_due, self);
}

void
cb_waits_close (CbWaits *self)
{
  self->is_closed = TRUE;
  ask_all (self);
}
