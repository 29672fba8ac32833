/* SPDX-License-Identifier: Apache-2.0 */

/* What brings the outbox to the service: a state machine on the main loop.
 *
 *   idle → authenticating → collecting → sending → acknowledging → … → idle or waiting
 *
 * It sends what the outbox gives it, in that order, and believes nothing but acknowledgements of
 * one operation each. Trouble never changes an operation's state: it is sent again in the same
 * bytes. A record the service refuses parks alone. Whenever work is ready and it is not at work
 * itself, a timer is armed; the engine asserts that.
 *
 * It never reads a record, keeps no SQL, sleeps in no thread. Clock, timers, randomness, outbox and
 * transport are given to it. Main thread only. */

#pragma once

#include <gio/gio.h>

#include "base/cb-clock.h"
#include "engine/cb-backoff.h"
#include "engine/cb-exchange.h"
#include "engine/cb-outbox-port.h"
#include "engine/cb-timers.h"
#include "store/cb-sync-state.h"

G_BEGIN_DECLS

#define CB_TYPE_ENGINE (cb_engine_get_type ())
G_DECLARE_FINAL_TYPE (CbEngine, cb_engine, CB, ENGINE, GObject)

/* What an engine is made of; the objects are referenced. */
typedef struct
{
  const CbOutboxPort *outbox_port;
  GObject *outbox;
  const CbSendPort *send_port;
  GObject *sender;
  CbSyncState *state;
  CbClock *clock;
  CbTimers timers;
  CbRandom random;
} CbEngineParts;

typedef enum
{
  CB_ENGINE_OFF,            /* not started, or stopped */
  CB_ENGINE_IDLE,           /* nothing is ready, or nobody to send it to */
  CB_ENGINE_AUTHENTICATING, /* enrolment, token, what may be sent */
  CB_ENGINE_PULLING,        /* what was decided elsewhere */
  CB_ENGINE_COLLECTING,     /* the outbox makes up a batch */
  CB_ENGINE_SENDING,        /* a request is under way */
  CB_ENGINE_ACKNOWLEDGING,  /* the outbox writes what became of it */
  CB_ENGINE_RELEASING,      /* the outbox lets other processes in */
  CB_ENGINE_WAITING,        /* a timer is armed */
  CB_ENGINE_REVOKED,        /* the service shut this terminal out */
} CbEngineStage;

CbEngine *cb_engine_new (const CbEngineParts *parts);

/* From now on it works by itself, starting with one contact. */
void cb_engine_start (CbEngine *self);

/* Cancels what is under way and disarms. A settlement handed to the outbox is still written. */
void cb_engine_stop (CbEngine *self);

/* Work became ready. Never shortens a wait after trouble: its timer is armed already. */
void cb_engine_wake (CbEngine *self);

/* A person asked, or the network came back: a wait for the network ends now, or a second after the
 * last try. One the service asked for does not. */
void cb_engine_try_now (CbEngine *self);

CbEngineStage cb_engine_get_stage (CbEngine *self);

/* One whole cycle of an engine that was not started: everything ready is sent, waits of earlier
 * cycles do not count, each request is tried once, and within 60 seconds it is over. TRUE:
 * completed, even if the service refused some of it. FALSE: not reached or cut, and nothing is
 * lost. CB_TRANSPORT_ERROR, CB_STORE_ERROR; CB_STORE_ERROR_NOT_FOUND when this terminal is not
 * enrolled. */
void cb_engine_run_once_async (CbEngine *self,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
gboolean cb_engine_run_once_finish (CbEngine *self, GAsyncResult *result, GError **error);

/* Makes this terminal known to a service: a new key pair, the one-time code, and what the service
 * answers kept in the store. `ca_pem` and `pins` may be NULL. A running engine starts to work with
 * it. CB_TRANSPORT_ERROR_BAD_URL before anything is sent; CB_TRANSPORT_ERROR_AUTH, _POISON or
 * _CONFIG when the service does not take the code. A reply lost after the service used the code
 * needs a new one. */
void cb_engine_enrol_async (CbEngine *self,
                            const char *service_url,
                            const char *code,
                            const char *ca_pem,
                            const char *pins,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
gboolean cb_engine_enrol_finish (CbEngine *self, GAsyncResult *result, GError **error);

G_END_DECLS
