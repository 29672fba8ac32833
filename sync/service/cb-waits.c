/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "service/cb-waits.h"

#include "service/cb-request.h"

#include <string.h>

#define LOOK_INTERVAL_MS 1000
#define FEW_TERMINALS 32

typedef struct
{
  SoupServerMessage *message;
  CbRequestContext *request; /* the message's */
  GHashTable *query;         /* as the request had it */
  gint64 until_us;
} Wait;

struct _CbWaits
{
  GPtrArray *waits;  /* of Wait */
  guint n_terminals; /* of those */
  gint64 head;       /* up to which it is known whom of them it concerns */
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

static gboolean
is_terminal (const CbRequestContext *request)
{
  return request->route->caller == CB_CALLER_TERMINAL;
}

static void
remove_wait (CbWaits *self, Wait *wait)
{
  if (is_terminal (wait->request))
    self->n_terminals--;
  g_ptr_array_remove_fast (self->waits, wait);
}

/* --- whom it concerns --- */

/* The shops of the terminals that wait, each once; borrowed texts. */
static GPtrArray *
list_stores (CbWaits *self)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  GPtrArray *stores = g_ptr_array_new ();

  for (guint i = 0; i < self->waits->len; i++)
    {
      const CbRequestContext *request = ((const Wait *) self->waits->pdata[i])->request;

      if (is_terminal (request) && g_hash_table_add (seen, request->terminal.store))
        g_ptr_array_add (stores, request->terminal.store);
    }
  return stores;
}

/* A set of the shops that something new may concern. What concerns everybody would have everybody
 * ask at one moment: where many wait, each hears of it when its own time is up, which spreads them
 * over those seconds. A database that does not answer is asked again with the next look: nobody is
 * told in vain meanwhile. */
static GHashTable *
find_moved (CbWaits *self)
{
  const Wait *first = self->waits->pdata[0];
  CbStorage *storage = cb_service_get_storage (first->request->service);
  g_autoptr (GHashTable) found = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GPtrArray) stores = list_stores (self);
  g_autoptr (GPtrArray) moved = NULL;
  g_autoptr (GError) error = NULL;
  gint64 head = self->head;

  if (self->n_terminals > 0)
    moved = storage->methods->list_moved (storage, stores, self->head, &head, &error);
  for (guint i = 0; moved != NULL && i < moved->len; i++)
    if (strcmp (moved->pdata[i], CB_STORE_EVERY) != 0 || self->n_terminals <= FEW_TERMINALS)
      g_hash_table_add (found, g_strdup (moved->pdata[i]));
  if (moved != NULL)
    self->head = head;
  return g_steal_pointer (&found);
}

static gboolean
is_due (CbWaits *self, const Wait *wait, GHashTable *moved)
{
  return self->is_closed || !is_terminal (wait->request) ||
         g_get_monotonic_time () >= wait->until_us ||
         g_hash_table_contains (moved, CB_STORE_EVERY) ||
         g_hash_table_contains (moved, wait->request->terminal.store);
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
  g_autoptr (GHashTable) moved = NULL;

  if (self->waits->len == 0)
    return;
  moved = find_moved (self);
  for (guint i = self->waits->len; i > 0; i--)
    {
      Wait *wait = self->waits->pdata[i - 1];

      if (!is_due (self, wait, moved))
        continue;
      ask_again (wait);
      if (!wait->request->is_answered)
        continue;
      g_ptr_array_add (answered, g_object_ref (wait->message));
      remove_wait (self, wait);
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

/* What came behind the oldest `head` that one of them was read at may concern it. */
static void
count_in (CbWaits *self, const CbRequestContext *request, gint64 head)
{
  if (!is_terminal (request))
    return;
  self->head = self->n_terminals > 0 ? MIN (self->head, head) : head;
  self->n_terminals++;
}

static gboolean
has_room (CbWaits *self, const CbRequestContext *request)
{
  return is_terminal (request) ? self->n_terminals < CB_WAIT_LIMIT_TERMINALS
                               : self->waits->len - self->n_terminals < CB_WAIT_LIMIT;
}

gboolean
cb_waits_take (CbWaits *self, CbRequestContext *request, guint seconds, gint64 head)
{
  const Wait *wait = find_wait (self, request->message);

  if (self->is_closed)
    return FALSE;
  if (wait != NULL)
    return g_get_monotonic_time () < wait->until_us;
  if (seconds == 0 || request->query == NULL || !has_room (self, request))
    return FALSE;
  count_in (self, request, head);
  add_wait (self, request, MIN (seconds, CB_WAIT_LIMIT_S));
  return TRUE;
}

void
cb_waits_drop (CbWaits *self, SoupServerMessage *message)
{
  Wait *wait = find_wait (self, message);

  if (wait != NULL)
    remove_wait (self, wait);
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
