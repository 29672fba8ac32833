/* SPDX-License-Identifier: Apache-2.0 */

/* One named thread that runs jobs in the order they were given. It is the only place that makes
 * threads for blocking work (lint). Jobs of the idle lane run only when nothing else waits, so
 * that building an index never stands before a save. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define CB_TYPE_WORKER (cb_worker_get_type ())
G_DECLARE_FINAL_TYPE (CbWorker, cb_worker, CB, WORKER, GObject)

typedef void (*CbWorkerFunc) (gpointer data);

CbWorker *cb_worker_new (const char *name);

/* Queues a job. `free_data` runs on the worker after it. Any thread. After close: nothing runs,
 * FALSE, and the data stays the caller's. */
gboolean cb_worker_push (CbWorker *self,
                         CbWorkerFunc func,
                         gpointer data,
                         GDestroyNotify free_data);

/* The same, in the lane for work that may wait: one such job is run when the other lane is empty.
 * What still waits in it at close is freed without being run. */
gboolean cb_worker_push_idle (CbWorker *self,
                              CbWorkerFunc func,
                              gpointer data,
                              GDestroyNotify free_data);

/* Runs a job and waits for it. For programs without a window and for tests. */
void cb_worker_run (CbWorker *self, CbWorkerFunc func, gpointer data);

gboolean cb_worker_is_inside (CbWorker *self);

/* Stops intake, lets queued jobs finish, runs `last` as the last one, joins. Once, from the
 * thread that made the worker. */
void cb_worker_close (CbWorker *self, CbWorkerFunc last, gpointer data);

G_END_DECLS
