/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "base/cb-worker.h"

typedef struct
{
  CbWorkerFunc func;
  gpointer data;
  GDestroyNotify free_data;
} Job;

struct _CbWorker
{
  GObject parent_instance;

  GThread *thread;

  /* Guarded by mutex. */
  GMutex mutex;
  GCond cond;
  GQueue jobs;
  GQueue idle_jobs;
  gboolean closing;

  /* Set before closing, read by the thread after it has seen closing. */
  CbWorkerFunc last;
  gpointer last_data;
};

typedef struct
{
  CbWorkerFunc func;
  gpointer data;
  GMutex mutex;
  GCond cond;
  gboolean done;
} WaitedJob;

G_DEFINE_FINAL_TYPE (CbWorker, cb_worker, G_TYPE_OBJECT)

/* The worker a thread belongs to. Not the thread pointer in the struct: the thread may run its
 * first job before g_thread_new() has returned and filled that. */
static GPrivate current_worker;

static void
job_free (Job *job)
{
  if (job->free_data != NULL)
    job->free_data (job->data);

  g_free (job);
}

/* Waits for the next job. NULL when the worker closes and everything promised is done. */
static Job *
next_job (CbWorker *self)
{
  Job *job = NULL;

  g_mutex_lock (&self->mutex);

  while (TRUE)
    {
      job = g_queue_pop_head (&self->jobs);
      if (job != NULL || self->closing)
        break;

      job = g_queue_pop_head (&self->idle_jobs);
      if (job != NULL)
        break;

      g_cond_wait (&self->cond, &self->mutex);
    }

  g_mutex_unlock (&self->mutex);

  return job;
}

static gpointer
run_jobs (gpointer data)
{
  CbWorker *self = data;
  Job *job = NULL;

  g_private_set (&current_worker, self);

  while ((job = next_job (self)) != NULL)
    {
      job->func (job->data);
      job_free (job);
    }

  /* Intake has stopped, so nobody else touches the lanes any more. */
  while ((job = g_queue_pop_head (&self->idle_jobs)) != NULL)
    job_free (job);

  if (self->last != NULL)
    self->last (self->last_data);

  return NULL;
}

static gboolean
push_to (CbWorker *self, GQueue *lane, CbWorkerFunc func, gpointer data, GDestroyNotify free_data)
{
  Job *job = g_new (Job, 1);
  gboolean accepted = FALSE;

  job->func = func;
  job->data = data;
  job->free_data = free_data;

  g_mutex_lock (&self->mutex);
  accepted = !self->closing;
  if (accepted)
    {
      g_queue_push_tail (lane, job);
      g_cond_signal (&self->cond);
    }
  g_mutex_unlock (&self->mutex);

  if (!accepted)
    g_free (job);

  return accepted;
}

static void
run_waited_job (gpointer data)
{
  WaitedJob *waited = data;

  waited->func (waited->data);

  g_mutex_lock (&waited->mutex);
  waited->done = TRUE;
  g_cond_signal (&waited->cond);
  g_mutex_unlock (&waited->mutex);
}

gboolean
cb_worker_push (CbWorker *self, CbWorkerFunc func, gpointer data, GDestroyNotify free_data)
{
  g_return_val_if_fail (CB_IS_WORKER (self), FALSE);
  g_return_val_if_fail (func != NULL, FALSE);

  return push_to (self, &self->jobs, func, data, free_data);
}

gboolean
cb_worker_push_idle (CbWorker *self, CbWorkerFunc func, gpointer data, GDestroyNotify free_data)
{
  g_return_val_if_fail (CB_IS_WORKER (self), FALSE);
  g_return_val_if_fail (func != NULL, FALSE);

  return push_to (self, &self->idle_jobs, func, data, free_data);
}

/* From inside it would wait for itself; after close nothing would ever run it. */
void
cb_worker_run (CbWorker *self, CbWorkerFunc func, gpointer data)
{
  WaitedJob waited = { .func = func, .data = data };
  gboolean accepted = FALSE;

  g_return_if_fail (CB_IS_WORKER (self));
  g_return_if_fail (func != NULL);
  g_assert (!cb_worker_is_inside (self));

  g_mutex_init (&waited.mutex);
  g_cond_init (&waited.cond);

  accepted = cb_worker_push (self, run_waited_job, &waited, NULL);
  g_assert (accepted);

  g_mutex_lock (&waited.mutex);
  while (!waited.done)
    g_cond_wait (&waited.cond, &waited.mutex);
  g_mutex_unlock (&waited.mutex);

  g_cond_clear (&waited.cond);
  g_mutex_clear (&waited.mutex);
}

gboolean
cb_worker_is_inside (CbWorker *self)
{
  return g_private_get (&current_worker) == self;
}

void
cb_worker_close (CbWorker *self, CbWorkerFunc last, gpointer data)
{
  g_return_if_fail (CB_IS_WORKER (self));
  g_return_if_fail (self->thread != NULL);
  g_assert (!cb_worker_is_inside (self));

  g_mutex_lock (&self->mutex);
  self->last = last;
  self->last_data = data;
  self->closing = TRUE;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->mutex);

  /* Join first, clear then: jobs that drain still ask where they are. */
  g_thread_join (self->thread);
  self->thread = NULL;
}

static void
cb_worker_finalize (GObject *object)
{
  CbWorker *self = CB_WORKER (object);

  /* A job that held the last reference would make the thread join itself. */
  g_assert (!cb_worker_is_inside (self));

  if (self->thread != NULL)
    cb_worker_close (self, NULL, NULL);

  g_cond_clear (&self->cond);
  g_mutex_clear (&self->mutex);

  G_OBJECT_CLASS (cb_worker_parent_class)->finalize (object);
}

static void
cb_worker_class_init (CbWorkerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cb_worker_finalize;
}

static void
cb_worker_init (CbWorker *self)
{
  g_mutex_init (&self->mutex);
  g_cond_init (&self->cond);
  g_queue_init (&self->jobs);
  g_queue_init (&self->idle_jobs);
}

/* Linux keeps the first 15 bytes of the name. The thread borrows the worker: close() joins it
 * before the owner lets go. */
CbWorker *
cb_worker_new (const char *name)
{
  CbWorker *self = g_object_new (CB_TYPE_WORKER, NULL);

  self->thread = g_thread_new (name, run_jobs, self);

  return self;
}
