/* SPDX-License-Identifier: Apache-2.0 */

/* A terminal: the real book, the real engine, and between them the outbox's port without a thread.
 */

#define G_LOG_DOMAIN "Counterbook"

#include "support/cb-sim-private.h"

#include "base/cb-error.h"

#define MAX_OPS 500
#define MAX_BYTES (1 << 20)

/* --- the outbox: a book, and a machine that may be off --- */

#define SIM_TYPE_OUTBOX (sim_outbox_get_type ())
G_DECLARE_FINAL_TYPE (SimOutbox, sim_outbox, SIM, OUTBOX, GObject)

struct _SimOutbox
{
  GObject parent_instance;
  CbSimTill *till;
};

G_DEFINE_FINAL_TYPE (SimOutbox, sim_outbox, G_TYPE_OBJECT)

static void
sim_outbox_class_init (SimOutboxClass *klass)
{
}

static void
sim_outbox_init (SimOutbox *self)
{
}

static CbBook *
book_of (GObject *outbox)
{
  return SIM_OUTBOX (outbox)->till->book;
}

static GTask *
begin (GObject *outbox, GAsyncReadyCallback callback, gpointer user_data)
{
  return g_task_new (outbox, NULL, callback, user_data);
}

static void
end_boolean (GTask *task, gboolean is_good, GError *error)
{
  if (is_good)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
  g_object_unref (task);
}

static void
end_pointer (GTask *task, gpointer value, GDestroyNotify free_value, GError *error)
{
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, value, free_value);
  g_object_unref (task);
}

static gboolean
finish_boolean (GObject *outbox, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static gpointer
finish_pointer (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
load_enrolment_async (GObject *outbox, GAsyncReadyCallback callback, gpointer user_data)
{
  GError *error = NULL;
  CbEnrolment *enrolment = cb_book_load_enrolment (book_of (outbox), &error);

  end_pointer (begin (outbox, callback, user_data), enrolment, (GDestroyNotify) cb_enrolment_unref,
               error);
}

static CbEnrolment *
load_enrolment_finish (GObject *outbox, GAsyncResult *result, GError **error)
{
  return finish_pointer (result, error);
}

/* The mistake: what has no answer yet counts as accepted. */
static void
accept (CbSimTill *till, CbBatch *batch)
{
  g_autoptr (GPtrArray) settlements =
    g_ptr_array_new_with_free_func ((GDestroyNotify) cb_settlement_free);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; batch != NULL && i < cb_batch_get_length (batch); i++)
    g_ptr_array_add (settlements,
                     cb_settlement_new (cb_batch_get_op (batch, i)->op_id, CB_SETTLED_ACCEPTED));
  if (settlements->len > 0)
    cb_book_settle (till->book, settlements, &error);
  g_assert_no_error (error);
}

static void
accept_what_waits (CbSimTill *till)
{
  g_autoptr (CbBatch) batch = cb_book_take_batch (till->book, MAX_OPS, MAX_BYTES, NULL);

  accept (till, batch);
}

static void
take_batch_async (GObject *outbox,
                  guint max_ops,
                  gsize max_bytes,
                  GAsyncReadyCallback callback,
                  gpointer user_data)
{
  GError *error = NULL;
  CbBatch *batch = cb_book_take_batch (book_of (outbox), max_ops, max_bytes, &error);
  CbSimTill *till = SIM_OUTBOX (outbox)->till;

  if (till->sim->mutant == CB_SIM_ACCEPTS_UNHEARD)
    accept (till, batch);
  end_pointer (begin (outbox, callback, user_data), batch, (GDestroyNotify) cb_batch_unref, error);
}

static CbBatch *
take_batch_finish (GObject *outbox, GAsyncResult *result, GError **error)
{
  return finish_pointer (result, error);
}

static void
settle_async (GObject *outbox,
              GPtrArray *settlements,
              GAsyncReadyCallback callback,
              gpointer user_data)
{
  GError *error = NULL;
  const gboolean is_good = cb_book_settle (book_of (outbox), settlements, &error);

  for (guint i = 0; i < settlements->len; i++)
    {
      const CbSettlement *settlement = g_ptr_array_index (settlements, i);

      cb_sim_tally.n_parked += settlement->settled == CB_SETTLED_PARKED;
      cb_sim_tally.n_conflicts += settlement->settled == CB_SETTLED_CONFLICT;
    }
  if (SIM_OUTBOX (outbox)->till->sim->mutant == CB_SIM_CLEARS_ALL)
    accept_what_waits (SIM_OUTBOX (outbox)->till);
  end_boolean (begin (outbox, callback, user_data), is_good, error);
}

static void
load_cursor_async (GObject *outbox,
                   CbCursorSort sort,
                   GAsyncReadyCallback callback,
                   gpointer user_data)
{
  GError *error = NULL;
  char *cursor = cb_book_dup_cursor (book_of (outbox), sort, &error);

  end_pointer (begin (outbox, callback, user_data), cursor, g_free, error);
}

static char *
load_cursor_finish (GObject *outbox, GAsyncResult *result, GError **error)
{
  return finish_pointer (result, error);
}

static void
list_known_async (GObject *outbox, GAsyncReadyCallback callback, gpointer user_data)
{
  GError *error = NULL;
  GArray *numbers = cb_book_list_known_numbers (book_of (outbox), &error);

  end_pointer (begin (outbox, callback, user_data), numbers, (GDestroyNotify) g_array_unref, error);
}

static GArray *
list_known_finish (GObject *outbox, GAsyncResult *result, GError **error)
{
  return finish_pointer (result, error);
}

/* The mistake: half the time the process dies between the cursor and what stands before it. */
static GPtrArray *
keep_cursor_first (CbSimTill *till, GPtrArray *page)
{
  if (till->sim->mutant == CB_SIM_CURSOR_FIRST && cb_sim_chance (till->sim, 0.5))
    return g_ptr_array_new ();
  return g_ptr_array_ref (page);
}

/* The mistake: an end that is older by the clock than what was said here is none. */
static GPtrArray *
drop_older (CbSimTill *till, GPtrArray *page)
{
  GPtrArray *kept = g_ptr_array_new ();

  for (guint i = 0; i < page->len; i++)
    {
      const CbIncoming *incoming = page->pdata[i];
      g_autofree char *key = g_strdup_printf ("%s/%s", incoming->customer, incoming->purpose);

      if (till->sim->mutant != CB_SIM_CLIENT_CLOCK || !cb_sim_net_is_later (till, key))
        g_ptr_array_add (kept, page->pdata[i]);
    }
  return kept;
}

static void
take_changes_async (GObject *outbox,
                    GPtrArray *changes,
                    const char *cursor,
                    gboolean is_end,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  g_autoptr (GPtrArray) whole = keep_cursor_first (SIM_OUTBOX (outbox)->till, changes);
  g_autoptr (GPtrArray) page = drop_older (SIM_OUTBOX (outbox)->till, whole);
  GError *error = NULL;
  const gboolean is_good = cb_book_take_changes (book_of (outbox), page, cursor, is_end, &error);

  end_boolean (begin (outbox, callback, user_data), is_good, error);
}

static void
meet_history_async (GObject *outbox, GAsyncReadyCallback callback, gpointer user_data)
{
  GError *error = NULL;
  const gboolean is_good = cb_book_meet_history (book_of (outbox), &error);

  end_boolean (begin (outbox, callback, user_data), is_good, error);
}

static void
take_arrivals_async (GObject *outbox,
                     GPtrArray *arrivals,
                     const char *cursor,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  g_autoptr (GPtrArray) page = keep_cursor_first (SIM_OUTBOX (outbox)->till, arrivals);
  GError *error = NULL;
  const gboolean is_good = cb_book_take_arrivals (book_of (outbox), page, cursor, &error);

  end_boolean (begin (outbox, callback, user_data), is_good, error);
}

static void
end_sync_async (GObject *outbox, GAsyncReadyCallback callback, gpointer user_data)
{
  if (book_of (outbox) != NULL)
    cb_book_end_sync (book_of (outbox));
  end_boolean (begin (outbox, callback, user_data), TRUE, NULL);
}

static void
hear_time (GObject *outbox, gint64 service_us)
{
  g_autoptr (GError) error = NULL;

  cb_book_hear_time (book_of (outbox), service_us, &error);
  g_assert_no_error (error);
}

const CbOutboxPort cb_sim_outbox_port = {
  .load_enrolment_async = load_enrolment_async,
  .load_enrolment_finish = load_enrolment_finish,
  .take_batch_async = take_batch_async,
  .take_batch_finish = take_batch_finish,
  .settle_async = settle_async,
  .settle_finish = finish_boolean,
  .load_cursor_async = load_cursor_async,
  .load_cursor_finish = load_cursor_finish,
  .list_known_async = list_known_async,
  .list_known_finish = list_known_finish,
  .take_changes_async = take_changes_async,
  .take_changes_finish = finish_boolean,
  .meet_history_async = meet_history_async,
  .meet_history_finish = finish_boolean,
  .take_arrivals_async = take_arrivals_async,
  .take_arrivals_finish = finish_boolean,
  .end_sync_async = end_sync_async,
  .end_sync_finish = finish_boolean,
  .hear_time = hear_time,
};

/* --- the machine --- */

static gdouble
draw (gpointer data)
{
  CbSimTill *till = data;

  return g_rand_double (till->sim->random);
}

/* The mistake: a timer that nobody armed. */
static guint
forget_timer (gpointer data, gint64 delay_us, CbTimerFunc func, gpointer user_data)
{
  CbSimTill *till = data;
  const CbTimers timers = cb_virtual_time_get_timers (till->sim->time);
  const gboolean is_forgotten = till->sim->is_lying && cb_sim_chance (till->sim, 0.5);

  return timers.add (timers.data, is_forgotten ? G_GINT64_CONSTANT (1) << 50 : delay_us, func,
                     user_data);
}

static void
remove_timer (gpointer data, guint id)
{
  CbSimTill *till = data;
  const CbTimers timers = cb_virtual_time_get_timers (till->sim->time);

  timers.remove (timers.data, id);
}

static CbTimers
timers_of (CbSimTill *till)
{
  if (till->sim->mutant == CB_SIM_NO_RETRY)
    return (CbTimers){ .add = forget_timer, .remove = remove_timer, .data = till };
  return cb_virtual_time_get_timers (till->sim->time);
}

void
cb_sim_till_open (CbSimTill *till)
{
  g_autoptr (GError) error = NULL;

  till->book = cb_book_open (till->home, till->state, till->clock, &error);
  g_assert_no_error (error);
  if (till->outbox == NULL)
    {
      till->outbox = g_object_new (SIM_TYPE_OUTBOX, NULL);
      SIM_OUTBOX (till->outbox)->till = till;
      till->sender = cb_sim_sender_new (till);
    }
}

void
cb_sim_till_start (CbSimTill *till)
{
  const CbEngineParts parts = {
    .outbox_port = &cb_sim_outbox_port,
    .outbox = till->outbox,
    .send_port = &cb_sim_send_port,
    .sender = till->sender,
    .state = till->sync_state,
    .clock = till->clock,
    .timers = timers_of (till),
    .random = { .func = draw, .data = till },
  };

  till->engine = cb_engine_new (&parts);
  cb_engine_start (till->engine);
}

/* At once, as when the plug is pulled: what was under way comes to nobody. */
void
cb_sim_till_close (CbSimTill *till)
{
  if (till->engine != NULL)
    {
      cb_engine_stop (till->engine);
      cb_sim_net_give_up (till->sim, till);
      cb_virtual_time_settle (till->sim->time);
      g_assert_finalize_object (g_steal_pointer (&till->engine));
    }
  if (till->book != NULL)
    g_assert_finalize_object (g_steal_pointer (&till->book));
}
