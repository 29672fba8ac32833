/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "store/cb-store-private.h"

#include <string.h>

#include "base/cb-error.h"
#include "store/cb-data.h"
#include "store/cb-wipe.h"
#include "vault/cb-seal.h"

/* How often another process's commits are looked for, and what has had its day is ended. */
#define REFRESH_SECONDS 2

/* Counting what is open reads all of it. With a long outbox it is put off, so that no more than
 * this part of the thread's time goes into what the chip says. */
#define COUNT_SHARE 20
#define COUNT_PAUSE_MAX_US (G_GINT64_CONSTANT (5) * G_USEC_PER_SEC)

/* When there is time for what takes long: after so long without a job, and for the day's back-up
 * after so long with the store open. */
#define QUIET_US (G_GINT64_CONSTANT (60) * G_USEC_PER_SEC)
#define SETTLED_US (G_GINT64_CONSTANT (600) * G_USEC_PER_SEC)
#define LOOK_AFTER_AGAIN_US (G_GINT64_CONSTANT (60) * G_USEC_PER_SEC)

G_DEFINE_FINAL_TYPE (CbStore, cb_store, G_TYPE_OBJECT)

typedef enum
{
  SIGNAL_CHANGED,
  SIGNAL_WORK_READY,
  SIGNAL_SESSION_CHANGED,
  SIGNAL_INDEX_PROGRESS,
  SIGNAL_TIME_DOUBTED,
  SIGNAL_ROOM_CHANGED,
  SIGNAL_WIPED,
} CbStoreSignal;

static guint signals[SIGNAL_WIPED + 1];

/* --- from cb-store to the main thread --- */

typedef struct
{
  CbStore *store;
  GPtrArray *touched;
  CbOutboxCounts counts;
  gboolean has_counts;
  gboolean has_work;
  guint done;
  guint total;
  gboolean is_ready;
  gboolean has_progress;
  CbTimeDoubt time_doubt;
  gboolean has_time_doubt;
  CbRoom room;
  gboolean has_room;
  gboolean is_wiped;
  guint count_after_ms; /* 0: not to be counted */
} News;

static void
news_free (gpointer data)
{
  News *news = data;

  g_clear_pointer (&news->touched, g_ptr_array_unref);
  g_object_unref (news->store);
  g_free (news);
}

static void count_in_worker (gpointer data);

static gboolean
on_count_due (gpointer data)
{
  CbStore *self = data;

  self->count_source = 0;
  cb_worker_push_idle (self->worker, count_in_worker, self, NULL);
  return G_SOURCE_REMOVE;
}

static void
deliver_end (CbStore *self)
{
  self->is_open = FALSE;
  g_clear_handle_id (&self->refresh_source, g_source_remove);
  g_clear_handle_id (&self->count_source, g_source_remove);
  cb_store_set_actor (self, NULL);
  g_signal_emit (self, signals[SIGNAL_WIPED], 0);
}

static gboolean
deliver (gpointer data)
{
  News *news = data;
  CbStore *self = news->store;

  if (!self->is_open)
    {
      if (news->count_after_ms > 0)
        g_atomic_int_set (&self->is_count_queued, 0);
      return G_SOURCE_REMOVE;
    }
  for (guint i = 0; news->touched != NULL && i < news->touched->len; i++)
    g_signal_emit (self, signals[SIGNAL_CHANGED], 0, g_ptr_array_index (news->touched, i));
  if (news->has_counts)
    cb_sync_state_set_counts (self->sync_state, &news->counts);
  if (news->count_after_ms > 0)
    self->count_source = g_timeout_add (news->count_after_ms, on_count_due, self);
  if (news->has_work)
    g_signal_emit (self, signals[SIGNAL_WORK_READY], 0);
  if (news->has_progress)
    {
      self->is_index_ready = news->is_ready && self->actor != NULL;
      g_signal_emit (self, signals[SIGNAL_INDEX_PROGRESS], 0, news->done, news->total);
    }
  if (news->has_time_doubt && self->time_doubt != news->time_doubt)
    {
      self->time_doubt = news->time_doubt;
      g_signal_emit (self, signals[SIGNAL_TIME_DOUBTED], 0);
    }
  if (news->has_room && self->room != news->room)
    {
      self->room = news->room;
      g_signal_emit (self, signals[SIGNAL_ROOM_CHANGED], 0);
    }
  if (news->is_wiped)
    deliver_end (self);
  return G_SOURCE_REMOVE;
}

static News *
news_new (CbStore *self)
{
  News *news = g_new0 (News, 1);

  news->store = g_object_ref (self);
  return news;
}

static void
post (News *news)
{
  g_idle_add_full (G_PRIORITY_DEFAULT, deliver, news, news_free);
}

/* --- idle work on cb-store --- */

static void
count_in_worker (gpointer data)
{
  CbStore *self = data;
  gint64 start_us = g_get_monotonic_time ();
  g_autoptr (GError) error = NULL;
  News *news;

  g_assert (cb_worker_is_inside (self->worker));
  g_atomic_int_set (&self->is_count_queued, 0);
  if (self->book == NULL)
    return;
  news = news_new (self);
  news->has_counts = cb_book_count_outbox (self->book, &news->counts, &error);
  if (error != NULL)
    g_message ("the outbox could not be counted: %s", error->message);
  self->count_due_us = g_get_monotonic_time () +
                       MIN ((g_get_monotonic_time () - start_us) * COUNT_SHARE, COUNT_PAUSE_MAX_US);
  news->has_work = news->has_counts && news->counts.waiting > 0;
  if (!self->is_session_open)
    cb_book_lock (self->book);
  post (news);
}

static void
idle_in_worker (gpointer data)
{
  CbStore *self = data;

  g_assert (cb_worker_is_inside (self->worker));
  g_atomic_int_set (&self->is_idle_queued, 0);
  if (self->book != NULL)
    cb_book_do_idle (self->book);
}

static void
plan_count (CbStore *self)
{
  gint64 wait_us = self->count_due_us - g_get_monotonic_time ();
  News *news;

  if (wait_us <= 0)
    {
      cb_worker_push_idle (self->worker, count_in_worker, self, NULL);
      return;
    }
  news = news_new (self);
  news->count_after_ms = (guint) (wait_us / 1000 + 1);
  post (news);
}

void
cb_store_report (CbStore *self)
{
  gboolean outbox;
  g_autoptr (GPtrArray) touched = cb_book_take_touched (self->book, &outbox);

  g_assert (cb_worker_is_inside (self->worker));
  if (touched->len > 0)
    {
      News *news = news_new (self);

      news->touched = g_steal_pointer (&touched);
      post (news);
    }
  if (outbox && g_atomic_int_compare_and_exchange (&self->is_count_queued, 0, 1))
    plan_count (self);
  if (g_atomic_int_compare_and_exchange (&self->is_idle_queued, 0, 1))
    cb_worker_push_idle (self->worker, idle_in_worker, self, NULL);
}

void
cb_store_report_time (CbStore *self)
{
  g_autoptr (GError) error = NULL;
  CbTimeState state;
  News *news;

  g_assert (cb_worker_is_inside (self->worker));
  if (!cb_book_judge_time (self->book, &state, &error))
    {
      g_message ("the time could not be judged: %s", error->message);
      return;
    }
  if (state.doubt == self->told_time_doubt)
    return;
  self->told_time_doubt = state.doubt;
  news = news_new (self);
  news->time_doubt = state.doubt;
  news->has_time_doubt = TRUE;
  post (news);
}

void
cb_store_report_wiped (CbStore *self)
{
  News *news = news_new (self);

  g_assert (cb_worker_is_inside (self->worker));
  self->is_session_open = FALSE;
  self->is_wiped = TRUE;
  g_clear_object (&self->book);
  news->is_wiped = TRUE;
  post (news);
}

/* A quota, or a file system that only says so when it is written to, shows by what an act met;
 * until one is through again. */
static void
note_trouble (CbStore *self, const GError *why)
{
  if (g_error_matches (why, CB_STORE_ERROR, CB_STORE_ERROR_FULL))
    self->trouble = CB_ROOM_NONE;
  else if (g_error_matches (why, CB_STORE_ERROR, CB_STORE_ERROR_READ_ONLY))
    self->trouble = CB_ROOM_READ_ONLY;
  else if (cb_book_count_written (self->book) != self->trouble_since)
    self->trouble = CB_ROOM_ENOUGH;
  self->trouble_since = cb_book_count_written (self->book);
}

/* `why` is what a job ended with, or NULL. */
static void
report_room (CbStore *self, const GError *why)
{
  CbRoom room;
  News *news;

  note_trouble (self, why);
  room = MAX (cb_volume_judge_room (self->home), cb_volume_judge_room (self->state_root));
  room = MAX (room, self->trouble);
  if (room == self->told_room)
    return;
  self->told_room = room;
  news = news_new (self);
  news->room = room;
  news->has_room = TRUE;
  post (news);
}

CbRoom
cb_store_get_room (CbStore *self)
{
  g_return_val_if_fail (CB_IS_STORE (self), CB_ROOM_ENOUGH);

  return self->room;
}

static void
grow_index_in_worker (gpointer data)
{
  CbStore *self = data;
  g_autoptr (GError) error = NULL;
  gboolean more;
  News *news;

  if (self->book == NULL || !self->is_session_open)
    return;
  news = news_new (self);
  more = cb_book_grow_index (self->book, &news->done, &news->total, &error);
  if (error != NULL)
    g_message ("the index could not grow: %s", error->message);
  news->is_ready = cb_book_is_index_ready (self->book);
  news->has_progress = TRUE;
  post (news);
  if (more)
    cb_worker_push_idle (self->worker, grow_index_in_worker, self, NULL);
}

static void
begin_index_in_worker (gpointer data)
{
  CbStore *self = data;
  g_autoptr (GError) error = NULL;

  g_assert (cb_worker_is_inside (self->worker));
  if (self->book == NULL || !self->is_session_open)
    return;
  if (!cb_book_start_index (self->book, &error))
    {
      g_message ("the index could not be begun: %s", error->message);
      return;
    }
  cb_worker_push_idle (self->worker, grow_index_in_worker, self, NULL);
}

/* Nobody is signed in, or nobody has done anything for a while. A store that has just been opened
 * is let alone; what could not be done is tried again later. */
static void
look_after (CbStore *self, gint64 now_us)
{
  g_autoptr (GError) error = NULL;

  if (now_us < self->look_after_us ||
      (self->is_session_open && now_us - self->last_job_us < QUIET_US))
    return;
  if (cb_book_look_after (self->book, &error))
    {
      if (!self->is_session_open && now_us - self->opened_us > SETTLED_US)
        cb_store_back_up_aside (self, now_us);
      return;
    }
  g_message ("the store could not be cleaned: %s", error->message);
  self->look_after_us = now_us + LOOK_AFTER_AGAIN_US;
}

/* Another process met the order. */
static gboolean
end_if_wiped (CbStore *self)
{
  g_autoptr (GError) error = NULL;

  if (!cb_wipe_is_decided (self->home))
    return FALSE;
  if (!cb_book_wipe (self->book, &error))
    g_message ("not all of the store could be destroyed: %s", error->message);
  cb_store_report_wiped (self);
  return TRUE;
}

static void
refresh_in_worker (gpointer data)
{
  CbStore *self = data;
  g_autoptr (GError) error = NULL;

  if (self->book == NULL || end_if_wiped (self))
    return;
  if (!cb_book_refresh (self->book, &error) || cb_book_run_retention (self->book, &error) < 0)
    g_message ("the store could not be looked after: %s", error->message);
  /* As long as there is no room it fails, and nobody need be told each time. */
  cb_book_write_owed (self->book, NULL);
  look_after (self, g_get_monotonic_time ());
  cb_store_report (self);
  cb_store_report_time (self);
  report_room (self, NULL);
  if (!self->is_session_open)
    cb_book_lock (self->book);
}

static gboolean
on_refresh_due (gpointer data)
{
  CbStore *self = data;

  cb_worker_push_idle (self->worker, refresh_in_worker, self, NULL);
  return G_SOURCE_CONTINUE;
}

/* --- jobs --- */

static gpointer open_in_worker (CbStore *self, CbStaff *actor, gpointer input, GError **error);

typedef struct
{
  CbStore *store;
  GTask *task;
  CbStaff *actor;
  CbStoreFunc func;
  gpointer input;
  GDestroyNotify free_input;
  GDestroyNotify free_result;
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  if (job->free_input != NULL)
    job->free_input (job->input);
  g_clear_object (&job->actor);
  g_clear_object (&job->task);
  g_free (job);
}

static void
free_nothing (gpointer data)
{
}

static void
run_job (gpointer data)
{
  Job *job = data;
  CbStore *self = job->store;
  g_autoptr (GError) error = NULL;
  gpointer result;

  g_assert (cb_worker_is_inside (self->worker));
  if (g_task_return_error_if_cancelled (job->task))
    return;
  if (self->is_wiped)
    {
      cb_wipe_tell (&error);
      g_task_return_error (job->task, g_steal_pointer (&error));
      return;
    }
  if (self->book == NULL && job->func != open_in_worker)
    {
      g_task_return_new_error (job->task, CB_STORE_ERROR, CB_STORE_ERROR_NO_STORE,
                               "the store is not open");
      return;
    }
  self->last_job_us = g_get_monotonic_time ();
  result = job->func (self, job->actor, job->input, &error);
  if (self->book != NULL)
    {
      cb_store_report (self);
      if (error != NULL)
        report_room (self, error);
      if (!self->is_session_open)
        cb_book_lock (self->book);
    }
  if (error != NULL)
    g_task_return_error (job->task, g_steal_pointer (&error));
  else
    g_task_return_pointer (job->task, result,
                           job->free_result != NULL ? job->free_result : free_nothing);
}

void
cb_store_run_async (CbStore *self,
                    CbStoreFunc func,
                    gpointer input,
                    GDestroyNotify free_input,
                    GDestroyNotify free_result,
                    gpointer source_tag,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  Job *job = g_new0 (Job, 1);

  job->store = self;
  job->task = g_task_new (self, cancellable, callback, user_data);
  job->actor = self->actor != NULL ? g_object_ref (self->actor) : NULL;
  job->func = func;
  job->input = input;
  job->free_input = free_input;
  job->free_result = free_result;
  g_task_set_source_tag (job->task, source_tag);
  /* A write that was accepted is carried out and reported, whatever became of its cancellable;
   * reads look at it before they run. */
  g_task_set_check_cancellable (job->task, cancellable != NULL);
  if (cb_worker_push (self->worker, run_job, job, job_free))
    return;
  g_task_return_new_error (job->task, CB_STORE_ERROR, CB_STORE_ERROR_FAILED, "the store is closed");
  job_free (job);
}

gpointer
cb_store_run_finish (CbStore *self, GAsyncResult *result, gpointer source_tag, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, source_tag), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- opening and closing --- */

static gpointer
open_in_worker (CbStore *self, CbStaff *actor, gpointer input, GError **error)
{
  char **name = input;

  self->book = cb_book_open (self->home, self->state_root, self->clock, error);
  if (self->book == NULL)
    return NULL;
  cb_book_let_readings_wait (self->book);
  self->opened_us = g_get_monotonic_time ();
  name[0] = g_strdup (cb_book_get_name (self->book));
  name[1] = g_strdup_printf ("%u", cb_book_get_keep_unasked_days (self->book));
  return g_strdupv (name);
}

void
cb_store_open_async (CbStore *self,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  cb_store_run_async (self, open_in_worker, g_new0 (char *, 3), (GDestroyNotify) g_strfreev,
                      (GDestroyNotify) g_strfreev, cb_store_open_async, cancellable, callback,
                      user_data);
}

gboolean
cb_store_open_finish (CbStore *self, GAsyncResult *result, GError **error)
{
  g_auto (GStrv) settings = cb_store_run_finish (self, result, cb_store_open_async, error);

  if (settings == NULL)
    return FALSE;
  g_free (self->name);
  self->name = g_strdup (settings[0]);
  self->keep_unasked_days = (guint) g_ascii_strtoull (settings[1], NULL, 10);
  self->is_open = TRUE;
  /* Not before: what is told of a store that is not open is not listened to. */
  if (g_atomic_int_compare_and_exchange (&self->is_count_queued, 0, 1))
    cb_worker_push_idle (self->worker, count_in_worker, self, NULL);
  if (self->refresh_source == 0)
    self->refresh_source = g_timeout_add_seconds (REFRESH_SECONDS, on_refresh_due, self);
  return TRUE;
}

static void
close_in_worker (gpointer data)
{
  CbStore *self = data;

  g_autoptr (GError) error = NULL;

  if (self->book != NULL && !cb_book_write_owed (self->book, NULL))
    g_message ("%u readings could not be written down", cb_book_count_owed (self->book));
  /* The close of the day at the latest. */
  if (self->book != NULL && !cb_book_look_after (self->book, &error))
    g_message ("the store could not be cleaned: %s", error->message);
  if (self->book != NULL)
    cb_book_close (self->book);
  g_clear_object (&self->book);
}

void
cb_store_close (CbStore *self)
{
  g_return_if_fail (CB_IS_STORE (self));

  if (self->worker == NULL)
    return;
  g_clear_handle_id (&self->refresh_source, g_source_remove);
  g_clear_handle_id (&self->count_source, g_source_remove);
  self->is_open = FALSE;
  cb_store_close_aside (self);
  cb_worker_close (self->worker, close_in_worker, self);
  g_clear_object (&self->aside);
  g_clear_object (&self->worker);
  g_clear_object (&self->actor);
}

CbClock *
cb_store_get_clock (CbStore *self)
{
  return self->clock;
}

CbSyncState *
cb_store_get_sync_state (CbStore *self)
{
  return self->sync_state;
}

const char *
cb_store_get_name (CbStore *self)
{
  return self->name;
}

guint
cb_store_get_keep_unasked_days (CbStore *self)
{
  return self->keep_unasked_days;
}

gboolean
cb_store_is_index_ready (CbStore *self)
{
  return self->is_index_ready;
}

CbStaff *
cb_store_get_actor (CbStore *self)
{
  return self->actor;
}

void
cb_store_set_actor (CbStore *self, CbStaff *actor)
{
  if (!g_set_object (&self->actor, actor))
    return;
  self->is_index_ready = FALSE;
  /* Begun from here rather than while signing in: its end, told before there is an actor, would be
   * taken for that of the session before. */
  if (actor != NULL)
    cb_worker_push (self->worker, begin_index_in_worker, self, NULL);
  g_signal_emit (self, signals[SIGNAL_SESSION_CHANGED], 0);
}

static void
cb_store_finalize (GObject *object)
{
  CbStore *self = CB_STORE (object);

  cb_store_close (self);
  g_clear_object (&self->sync_state);
  g_clear_object (&self->given_up);
  g_clear_object (&self->clock);
  g_free (self->name);
  g_free (self->home);
  g_free (self->state_root);

  G_OBJECT_CLASS (cb_store_parent_class)->finalize (object);
}

static void
cb_store_class_init (CbStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cb_store_finalize;

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", CB_TYPE_STORE, G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_WORK_READY] = g_signal_new ("work-ready", CB_TYPE_STORE, G_SIGNAL_RUN_LAST, 0,
                                             NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_SESSION_CHANGED] = g_signal_new (
    "session-changed", CB_TYPE_STORE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_INDEX_PROGRESS] =
    g_signal_new ("index-progress", CB_TYPE_STORE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_UINT);
  signals[SIGNAL_TIME_DOUBTED] = g_signal_new ("time-doubted", CB_TYPE_STORE, G_SIGNAL_RUN_LAST, 0,
                                               NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_ROOM_CHANGED] = g_signal_new ("room-changed", CB_TYPE_STORE, G_SIGNAL_RUN_LAST, 0,
                                               NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_WIPED] =
    g_signal_new ("wiped", CB_TYPE_STORE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
cb_store_init (CbStore *self)
{
  self->name = g_strdup ("");
  self->sync_state = cb_sync_state_new ();
  self->worker = cb_worker_new ("cb-store");
  self->aside = cb_worker_new ("cb-aside");
  self->given_up = g_cancellable_new ();
}

CbStore *
cb_store_new (const char *home, const char *state_root, CbClock *clock)
{
  CbStore *self = g_object_new (CB_TYPE_STORE, NULL);

  cb_data_init ();
  self->home = g_strdup (home);
  self->state_root = g_strdup (state_root);
  self->clock = g_object_ref (clock);
  return self;
}
