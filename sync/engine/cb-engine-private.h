/* SPDX-License-Identifier: Apache-2.0 */

/* The engine's files among themselves: cb-engine.c begins and ends cycles, cb-engine-access.c gets
 * token and limits, cb-engine-pull.c hears what was decided elsewhere, cb-engine-push.c sends and
 * settles, cb-engine-fetch.c asks for what other terminals put, cb-engine-listen.c has the
 * service tell between two cycles, cb-engine-trouble.c decides what a failure means,
 * cb-engine-enrol.c is beside all that. A function named enter_* begins a stage and returns; what
 * it started comes back on the main loop.
 */

#pragma once

#include "engine/cb-calls.h"
#include "engine/cb-engine.h"
#include "engine/cb-narrowing.h"
#include "engine/cb-settling.h"
#include "engine/cb-transport-error.h"

G_BEGIN_DECLS

/* Why a timer runs. */
typedef enum
{
  CB_WAIT_NONE,
  CB_WAIT_WORK,    /* an operation becomes ready */
  CB_WAIT_POLL,    /* it is time to ask what was decided elsewhere */
  CB_WAIT_TROUBLE, /* after a failure; a person or the network may shorten it */
  CB_WAIT_ORDER,   /* the service asked for it */
  CB_WAIT_OUTBOX,  /* another process syncs, or the disk has trouble */
  CB_WAIT_FOREVER, /* this terminal is shut out; no timer */
} CbWait;

struct _CbEngine
{
  GObject parent_instance;

  CbEngineParts parts;
  CbEngineStage stage;
  gboolean is_started;
  guint cycle; /* what an older cycle started is dropped when it comes back */

  /* Waiting. */
  guint timer; /* 0: none */
  CbWait wait;
  gint64 last_end_us; /* monotonic; when a cycle last ended */
  gboolean was_woken; /* while at work */

  /* Listening, while it waits to ask. */
  GCancellable *listening; /* NULL: it does not listen */
  gint64 listening_since_us;

  gboolean is_to_wipe; /* the refusal that is being dealt with came with an order */

  /* How the cycle ends, while the outbox is released. */
  CbWait plan;
  gint64 plan_delay_us;
  GError *plan_error;

  /* Who we are. */
  CbEnrolment *enrolment;
  CbSpans own; /* what is known here of what was acknowledged, as far as it was not yet passed */
  CbTrust *trust;
  char *token;
  gint64 token_until_us; /* monotonic */
  CbServiceLimits limits;
  gint64 limits_until_us;       /* monotonic; 0: never asked */
  gboolean has_reauthenticated; /* since the last acknowledged batch */

  /* What was decided elsewhere. */
  char *cursor;      /* where the pages that are on the disk end; NULL: not loaded */
  char *page_cursor; /* where the page being written ends */
  gboolean page_goes_on;
  gint64 page_head;
  gint64 head;              /* the service's newest number, by its last page */
  gboolean has_pulled;      /* in this cycle */
  gboolean has_begun_again; /* in this cycle: the cursor was of another history */

  /* What other terminals put. */
  char *records_cursor;
  gint64 records_head;  /* everything up to this was told; -1: nothing yet */
  gboolean has_fetched; /* in this cycle */

  /* What is under way. */
  GCancellable *cancellable;
  CbBatch *batch;
  CbWindow window;   /* of the batch, which it borrows */
  gboolean has_left; /* of the batch: some of it may be on the way */
  GPtrArray *settlements;
  GError *trouble; /* what else to deal with once the settlements are written */
  gint64 trouble_floor_us;
  gboolean holds_lock;
  gboolean has_contacted; /* in this cycle */
  CbContact contact_before;

  /* What was learnt about the way. */
  CbBackoff backoff;
  gsize byte_budget;
  gsize byte_ceiling;           /* below what was once too large */
  gint64 byte_ceiling_until_us; /* monotonic */
  gboolean is_uncompressed;
  GHashTable *waits; /* see cb_settling_new_waits() */
  guint n_faults;    /* in a row */
  guint n_poisoned;  /* parked in a row without anything accepted between */

  /* The search for the operation that makes a batch fail. */
  CbNarrowing narrowing;
  CbTransportError narrowing_for;
  gboolean asks_witness; /* the rest is sent to learn whether it was the service after all */

  /* A single cycle. */
  GTask *once;
  guint deadline; /* timer */
  gulong once_cancelled;
  gboolean has_forgotten_waits;
  gboolean is_over_time;
};

/* --- cb-engine.c --- */

void cb_engine_set_stage (CbEngine *self, CbEngineStage stage);
void cb_engine_set_contact (CbEngine *self, CbContact contact);
void cb_engine_begin_cycle (CbEngine *self);

/* Ends the cycle and waits `delay_us`, or not at all when `wait` is CB_WAIT_NONE. A single cycle
 * ends with the error, which is taken; NULL: it is completed. */
void cb_engine_end_cycle (CbEngine *self, CbWait wait, gint64 delay_us, GError *error);

/* Arms the timer in the middle of a cycle. */
void cb_engine_arm (CbEngine *self, CbWait wait, gint64 delay_us, CbTimerFunc func);

/* Arms it, at rest, for the next cycle. */
void cb_engine_arm_cycle (CbEngine *self, CbWait wait, gint64 delay_us);

void cb_engine_forget_batch (CbEngine *self);

/* After an enrolment. */
void cb_engine_start_anew (CbEngine *self);
void cb_engine_forget_access (CbEngine *self);

/* Goes along with an asynchronous call of the cycle. Ending it gives the engine, or NULL when the
 * cycle it belongs to is over: then drop the result. */
gpointer cb_engine_start_step (CbEngine *self);
CbEngine *cb_engine_end_step (gpointer step);

/* Takes the request; `done` gets a step. */
void cb_engine_send (CbEngine *self, CbRequest *request, GAsyncReadyCallback done);

/* See CbSendPort. */
gboolean cb_engine_send_finish (CbEngine *self,
                                GAsyncResult *result,
                                CbReply **reply,
                                GError **error);

/* --- cb-engine-access.c --- */

void cb_engine_enter_authenticating (CbEngine *self);

/* --- cb-engine-pull.c --- */

/* Hears what was decided elsewhere, up to the newest, and goes on to collecting; once a cycle. */
void cb_engine_enter_pulling (CbEngine *self);

/* Whether there is somebody to tell, and the service tells. */
gboolean cb_engine_hears (CbEngine *self);

/* --- cb-engine-fetch.c --- */

/* Whether there is something to ask for, and somebody who asks; once a cycle. */
gboolean cb_engine_fetches (CbEngine *self);

/* Asks for what other terminals put, up to the newest, and goes back to collecting. */
void cb_engine_enter_fetching (CbEngine *self);

/* --- cb-engine-listen.c --- */

/* At rest with CB_WAIT_POLL: has the service answer when there is something to hear, and begins the
 * next cycle with that. Where it can't be the timer does; it is armed all the while. */
void cb_engine_listen (CbEngine *self);
void cb_engine_stop_listening (CbEngine *self);

/* --- cb-engine-push.c --- */

/* The outbox could not be read or written. Takes the error. `again` is called soon when it is only
 * another process that holds it and a single cycle is on. */
void cb_engine_meet_outbox_trouble (CbEngine *self, GError *error, CbTimerFunc again);

void cb_engine_enter_collecting (CbEngine *self);
void cb_engine_enter_sending (CbEngine *self);
void cb_engine_enter_acknowledging (CbEngine *self);

/* --- cb-engine-trouble.c --- */

/* A request failed for reasons that do not lie in the batch. Takes the error; `floor_us` is what
 * the service asked for. */
void cb_engine_meet_trouble (CbEngine *self, GError *error, gint64 floor_us);

/* TRUE when the token alone was the trouble and a new one is being got: the caller is done. */
gboolean cb_engine_renew_token (CbEngine *self, const GError *error);

/* A batch failed. Takes the error. */
void cb_engine_meet_push_trouble (CbEngine *self, GError *error, const CbReply *reply);

/* The window passed and is settled, and a search is on. */
void cb_engine_narrow_after_success (CbEngine *self);

G_END_DECLS
