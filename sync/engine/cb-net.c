/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "engine/cb-net.h"

#include "engine/cb-transfer.h"

/* How long the thread sleeps at most when nothing wakes it; any figure would do. */
#define IDLE_POLL_MS 60000
#define MAX_OPEN_CONNECTIONS 4L

struct _CbNet
{
  GThread *thread;
  CbNetLimits limits;

  /* Guarded by mutex. */
  GMutex mutex;
  GQueue queue; /* of Job, not yet seen by the thread */
  CURLM *multi; /* NULL once the thread has ended; only curl_multi_wakeup() from outside */
  gboolean closing;

  /* cb-net thread only. */
  GPtrArray *active; /* of Job */
  CURL *spare;       /* a handle between two requests */
};

typedef struct
{
  CbNet *net; /* a reference: the cancelled handler may come when the owner has let go */
  CbRequest *request;
  GMainContext *context;
  GCancellable *cancellable;
  gulong cancelled_handler;
  CbNetDone done;
  gpointer data;
  gint cancelled; /* atomic */

  /* cb-net thread only, until the outcome is handed over. */
  CURL *easy;
  CbTransfer *transfer;
  CbNetOutcome *outcome;
} Job;

static void
net_clear (CbNet *self)
{
  g_assert (self->thread == NULL);

  g_mutex_clear (&self->mutex);
}

static void
net_unref (CbNet *self)
{
  g_atomic_rc_box_release_full (self, (GDestroyNotify) net_clear);
}

void
cb_net_outcome_free (CbNetOutcome *self)
{
  g_bytes_unref (self->body);
  g_free (self->epoch);
  g_free (self->type);
  g_free (self);
}

/* --- giving back --- */

static gboolean
finish_in_context (gpointer data)
{
  Job *job = data;

  /* From here on the caller may drop its cancellable, and no handler of ours is running. */
  if (job->cancellable != NULL)
    g_cancellable_disconnect (job->cancellable, job->cancelled_handler);

  job->done (job->outcome, job->data);

  g_clear_object (&job->cancellable);
  g_main_context_unref (job->context);
  cb_request_unref (job->request);
  net_unref (job->net);
  g_free (job);

  return G_SOURCE_REMOVE;
}

/* The job changes hands whole: what the thread kept of it would make the thread the last owner of
 * things that must die in the caller's context. */
static void
give_back (Job *job, CbNetOutcome *outcome)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  job->outcome = outcome;
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, finish_in_context, job, NULL);
  g_source_attach (source, job->context);
}

static CbNetOutcome *
outcome_without_exchange (CURLcode result, gboolean was_cancelled)
{
  CbNetOutcome *outcome = g_new0 (CbNetOutcome, 1);

  outcome->result = (int) result;
  outcome->was_cancelled = was_cancelled;
  outcome->never_left = !was_cancelled;
  outcome->body = g_bytes_new_static ("", 0);

  return outcome;
}

/* --- in the thread --- */

/* Takes the handle out of the multi, which ends or drops its transfer, and keeps one for later. */
static void
release_handle (CbNet *self, Job *job)
{
  curl_multi_remove_handle (self->multi, job->easy);
  g_clear_pointer (&job->transfer, cb_transfer_free);

  if (self->spare == NULL)
    self->spare = g_steal_pointer (&job->easy);
  else
    g_clear_pointer (&job->easy, curl_easy_cleanup);
}

static void
start_job (CbNet *self, Job *job)
{
  job->easy = self->spare != NULL ? g_steal_pointer (&self->spare) : curl_easy_init ();
  if (job->easy != NULL)
    job->transfer = cb_transfer_new (job->easy, job->request, &self->limits, &job->cancelled);

  if (job->transfer == NULL)
    {
      g_clear_pointer (&job->easy, curl_easy_cleanup);
      give_back (job, outcome_without_exchange (CURLE_FAILED_INIT, FALSE));
      return;
    }

  curl_easy_setopt (job->easy, CURLOPT_PRIVATE, job);
  curl_multi_add_handle (self->multi, job->easy);
  g_ptr_array_add (self->active, job);
}

static void
abandon_job (CbNet *self, Job *job)
{
  release_handle (self, job);
  g_ptr_array_remove_fast (self->active, job);
  give_back (job, outcome_without_exchange (CURLE_ABORTED_BY_CALLBACK, TRUE));
}

static void
start_queued (CbNet *self)
{
  while (TRUE)
    {
      Job *job = NULL;

      g_mutex_lock (&self->mutex);
      job = g_queue_pop_head (&self->queue);
      g_mutex_unlock (&self->mutex);

      if (job == NULL)
        return;

      if (g_atomic_int_get (&job->cancelled))
        give_back (job, outcome_without_exchange (CURLE_ABORTED_BY_CALLBACK, TRUE));
      else
        start_job (self, job);
    }
}

static void
abandon_cancelled (CbNet *self)
{
  for (guint i = self->active->len; i > 0; i--)
    {
      Job *job = g_ptr_array_index (self->active, i - 1);

      if (g_atomic_int_get (&job->cancelled))
        abandon_job (self, job);
    }
}

static void
finish_done (CbNet *self)
{
  CURLMsg *message = NULL;
  int left = 0;

  while ((message = curl_multi_info_read (self->multi, &left)) != NULL)
    {
      const CURLcode result = message->data.result;
      CbNetOutcome *outcome = NULL;
      char *private = NULL;
      Job *job = NULL;

      if (message->msg != CURLMSG_DONE)
        continue;

      curl_easy_getinfo (message->easy_handle, CURLINFO_PRIVATE, &private);
      job = (Job *) private;

      outcome = cb_transfer_finish (job->transfer, result);
      outcome->was_cancelled = g_atomic_int_get (&job->cancelled);

      release_handle (self, job);
      g_ptr_array_remove_fast (self->active, job);
      give_back (job, outcome);
    }
}

static gboolean
is_closing (CbNet *self)
{
  gboolean closing = FALSE;

  g_mutex_lock (&self->mutex);
  closing = self->closing;
  g_mutex_unlock (&self->mutex);

  return closing;
}

static void
end_thread (CbNet *self)
{
  /* Intake has stopped: the queue only gets shorter. */
  for (Job *job = g_queue_pop_head (&self->queue); job != NULL;
       job = g_queue_pop_head (&self->queue))
    give_back (job, outcome_without_exchange (CURLE_ABORTED_BY_CALLBACK, TRUE));

  while (self->active->len > 0)
    abandon_job (self, g_ptr_array_index (self->active, 0));

  g_clear_pointer (&self->active, g_ptr_array_unref);
  g_clear_pointer (&self->spare, curl_easy_cleanup);

  g_mutex_lock (&self->mutex);
  g_clear_pointer (&self->multi, curl_multi_cleanup);
  g_mutex_unlock (&self->mutex);
}

static gpointer
run_transfers (gpointer data)
{
  CbNet *self = data;
  int running = 0;

  while (!is_closing (self))
    {
      start_queued (self);
      abandon_cancelled (self);
      curl_multi_perform (self->multi, &running);
      finish_done (self);
      curl_multi_poll (self->multi, NULL, 0, IDLE_POLL_MS, NULL);
    }

  end_thread (self);

  return NULL;
}

/* --- from outside --- */

static void
wake (CbNet *self)
{
  g_mutex_lock (&self->mutex);
  if (self->multi != NULL)
    curl_multi_wakeup (self->multi);
  g_mutex_unlock (&self->mutex);
}

static void
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  Job *job = user_data;

  g_atomic_int_set (&job->cancelled, TRUE);
  wake (job->net);
}

void
cb_net_send (CbNet *self,
             CbRequest *request,
             GCancellable *cancellable,
             CbNetDone done,
             gpointer data)
{
  Job *job = g_new0 (Job, 1);
  gboolean accepted = FALSE;

  job->net = g_atomic_rc_box_acquire (self);
  job->request = cb_request_ref (request);
  job->context = g_main_context_ref_thread_default ();
  job->done = done;
  job->data = data;

  /* Before the thread sees the job: afterwards it may be gone at any moment. */
  if (cancellable != NULL)
    {
      job->cancellable = g_object_ref (cancellable);
      job->cancelled_handler =
        g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), job, NULL);
    }

  g_mutex_lock (&self->mutex);
  accepted = !self->closing;
  if (accepted)
    {
      g_queue_push_tail (&self->queue, job);
      curl_multi_wakeup (self->multi);
    }
  g_mutex_unlock (&self->mutex);

  if (!accepted)
    give_back (job, outcome_without_exchange (CURLE_ABORTED_BY_CALLBACK, TRUE));
}

void
cb_net_close (CbNet *self)
{
  if (self->thread == NULL)
    return;

  g_mutex_lock (&self->mutex);
  self->closing = TRUE;
  curl_multi_wakeup (self->multi);
  g_mutex_unlock (&self->mutex);

  g_thread_join (g_steal_pointer (&self->thread));
}

void
cb_net_free (CbNet *self)
{
  cb_net_close (self);
  net_unref (self);
}

CbNet *
cb_net_new (const CbNetLimits *limits)
{
  CbNet *self = g_atomic_rc_box_new0 (CbNet);

  g_mutex_init (&self->mutex);
  g_queue_init (&self->queue);
  self->limits = *limits;
  self->active = g_ptr_array_new ();
  self->multi = curl_multi_init ();
  g_assert (self->multi != NULL);
  curl_multi_setopt (self->multi, CURLMOPT_MAXCONNECTS, MAX_OPEN_CONNECTIONS);

  self->thread = g_thread_new ("cb-net", run_transfers, self);

  return self;
}
