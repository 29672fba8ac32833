/* SPDX-License-Identifier: Apache-2.0 */

/* An engine with everything it needs, all of it the test's: virtual time, an outbox and a service
 * in memory, numbers that come out as the test says. It watches, at every moment at which nothing
 * more can happen, that work is never ready without a timer. */

#pragma once

#include "engine/cb-engine.h"
#include "support/cb-model-outbox.h"
#include "support/cb-model-service.h"
#include "support/cb-virtual-time.h"

G_BEGIN_DECLS

#define CB_SECOND G_GINT64_CONSTANT (1000000)

typedef struct
{
  CbVirtualTime *time;
  CbModelOutbox *outbox;
  CbModelService *service;
  CbSyncState *state;
  CbEngine *engine;
  gdouble random; /* what every draw gives; negative: drawn from the generator */
  GRand *generator;

  /* Of the newest single cycle. */
  gboolean is_once_done;
  gboolean was_completed;
  GError *once_error;
} CbEngineWorld;

/* Enrolled, nothing to send, engine not started, every draw 0.5. */
CbEngineWorld *cb_engine_world_new (void);

/* Stops the engine, and asserts that nothing keeps it alive. */
void cb_engine_world_free (CbEngineWorld *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbEngineWorld, cb_engine_world_free)

/* As if the process had died: the engine is gone and a new one comes, with the same outbox. */
void cb_engine_world_crash (CbEngineWorld *self);

/* TRUE when every operation came to an end within the time. */
gboolean cb_engine_world_drain (CbEngineWorld *self, gint64 within_us);

/* Runs a single cycle to its end. */
gboolean cb_engine_world_run_once (CbEngineWorld *self);

/* Every operation that the outbox holds for accepted took effect once, and nothing took effect
 * twice. */
void cb_engine_world_check_effects (CbEngineWorld *self);

CbContact cb_engine_world_get_contact (CbEngineWorld *self);

G_END_DECLS
