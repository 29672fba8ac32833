/* SPDX-License-Identifier: Apache-2.0 */

/* What the files of the store share. */

#pragma once

#include "base/cb-worker.h"
#include "store/cb-book.h"
#include "store/cb-store.h"

G_BEGIN_DECLS

struct _CbStore
{
  GObject parent_instance;

  /* main thread only */
  char *name;
  guint keep_unasked_days;
  CbClock *clock;
  CbSyncState *sync_state;
  CbStaff *actor;
  gboolean is_index_ready;
  gboolean is_open;
  CbTimeDoubt time_doubt;
  CbRoom room;
  guint refresh_source;
  guint count_source;

  /* set once */
  char *home;
  char *state_root;
  CbWorker *worker;
  CbWorker *aside;        /* what would keep the first one from its jobs */
  GCancellable *given_up; /* what is done aside, when the store is closed */

  /* cb-store thread only */
  CbBook *book;
  gboolean is_session_open;
  gint64 count_due_us; /* by the machine's monotonic clock */
  CbTimeDoubt told_time_doubt;
  CbRoom told_room;
  CbRoom trouble;      /* what the last write met; ENOUGH: none */
  guint trouble_since; /* so much had been written then */
  gint64 opened_us;
  gint64 last_job_us;
  gint64 look_after_us; /* not before */
  gint64 aside_us;      /* the same */
  gboolean is_wiped;

  /* any thread, atomic */
  gint is_count_queued;
  gint is_idle_queued;
  gint is_aside_busy;
};

/* A job: runs on cb-store with the open book. NULL with `error` set is a failure; a job that has
 * nothing to give answers CB_STORE_DONE. */
typedef gpointer (*CbStoreFunc) (CbStore *self, CbStaff *actor, gpointer input, GError **error);

#define CB_STORE_DONE GINT_TO_POINTER (1)

/* Takes `input`. The actor is whoever is signed in now. */
void cb_store_run_async (CbStore *self,
                         CbStoreFunc func,
                         gpointer input,
                         GDestroyNotify free_input,
                         GDestroyNotify free_result,
                         gpointer source_tag,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data);
gpointer cb_store_run_finish (CbStore *self,
                              GAsyncResult *result,
                              gpointer source_tag,
                              GError **error);

/* On cb-store: tells the main thread what the last act touched, and queues idle work. */
void cb_store_report (CbStore *self);

/* On cb-store: tells the main thread when the clock begins or ceases to be doubted. */
void cb_store_report_time (CbStore *self);

/* On cb-store: there is no book any more. */
void cb_store_report_wiped (CbStore *self);

/* On cb-store: the day's back-up is made on the other thread, where it is due. */
void cb_store_back_up_aside (CbStore *self, gint64 now_us);

/* On the main thread: what is being made there is given up, and nothing more begins. */
void cb_store_close_aside (CbStore *self);

/* On the main thread; the index of a session begins with its actor. */
void cb_store_set_actor (CbStore *self, CbStaff *actor);

G_END_DECLS
