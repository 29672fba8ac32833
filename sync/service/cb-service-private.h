/* SPDX-License-Identifier: Apache-2.0 */

/* The service's files among themselves. */

#pragma once

#include "service/cb-ledger.h"
#include "service/cb-service.h"
#include "wire/cb-ack.h"

G_BEGIN_DECLS

struct _CbService
{
  CbStorage *storage;
  CbLedger *ledger;
  CbClock *clock;
  gboolean wants_scrub;
  gboolean wants_rewrite;
  guint64 n_answers[CB_ACK_RETRY + 1]; /* by state, of those without a code */
  GHashTable *coded;                   /* the others: "refused/schema_invalid" to their number */
};

/* cb-service.c: applies what the ledger knows, as many as fit in a batch; takes each envelope, and
 * not the array. */
gboolean cb_service_replay (CbService *self, GPtrArray *envelopes, GError **error);

/* cb-service-replay.c: carries out what the ledger knows and the database does not. */
gboolean cb_service_replay_ledger (CbService *self, GError **error);

G_END_DECLS
