/* SPDX-License-Identifier: Apache-2.0 */

/* From what the service answered to what the outbox must keep. Pure but for the tally of how often
 * an operation had to wait, which decides how long it waits next. */

#pragma once

#include "engine/cb-backoff.h"
#include "store/cb-outbox.h"
#include "wire/cb-ack.h"

G_BEGIN_DECLS

#define CB_CODE_POISON "poison"
#define CB_CODE_CONFLICT "conflict"

/* The outbox parks what was put off with this code too often. */
#define CB_CODE_UNKNOWN_ANSWER "unknown_answer"

/* The operations `from` to `to` - 1 of a batch, as they were sent. */
typedef struct
{
  CbBatch *batch;
  guint from;
  guint to;
} CbWindow;

typedef struct
{
  GHashTable *waits; /* of op id to how often it had to wait so far; see cb_settling_new_waits() */
  gint64 now_us;
  CbRandom random;
} CbSettling;

GHashTable *cb_settling_new_waits (void);

/* Of CbSettlement. When the answer was cut, operations without an answer are not in it: they were
 * neither accepted nor refused, and are sent again. */
GPtrArray *cb_settling_from_acks (CbSettling *self, const CbWindow *window, const CbAckList *acks);

/* Of what is in the batch for the first time: none of it ever left. */
GPtrArray *cb_settling_unsent (CbBatch *batch);

/* The one that parks an operation the service cannot read. */
CbSettlement *cb_settling_park (const CbWindow *window, const char *code);

G_END_DECLS
