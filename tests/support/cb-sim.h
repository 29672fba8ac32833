/* SPDX-License-Identifier: Apache-2.0 */

/* The simulator: terminals with the real engine over the real store, a network that lies, and the
 * real service core behind it, all in one thread, in virtual time and from one seed. What a seed
 * does, it does again.
 *
 * A run has two phases. In the first everything goes wrong that the seed says; then all of it is
 * mended, and within a bounded time everything must have been sent and the two ends must agree.
 * cb_sim_judge() says what must hold then. */

#pragma once

#include "engine/cb-engine.h"
#include "service/cb-service.h"
#include "store/cb-book.h"
#include "support/cb-virtual-time.h"

G_BEGIN_DECLS

#define CB_SIM_TILLS 2
#define CB_SIM_SPARE CB_SIM_TILLS /* a store for a machine that gets a new disk */
#define CB_SIM_STORES (CB_SIM_TILLS + 1)
#define CB_SIM_START_US (G_GINT64_CONSTANT (1795287845) * 1000000)

/* What every run begins with: a shop of its own for each terminal, enrolled at one service. Made
 * once; a run works on a copy. */
typedef struct
{
  char *folder;
  CbStaff *staff[CB_SIM_STORES];
  CbStaff *managers[CB_SIM_STORES];
} CbSimMould;

CbSimMould *cb_sim_mould_new (void);
void cb_sim_mould_free (CbSimMould *self);

/* Mistakes that a build can be made with here and nowhere else, to see that they are noticed. Each
 * is made in the seams that the test owns: the outbox, the network, the files. */
typedef enum
{
  CB_SIM_SOUND,
  CB_SIM_NO_RETRY,         /* half the timers after trouble are never armed */
  CB_SIM_ACCEPTS_UNHEARD,  /* what was sent counts as accepted before there is an answer */
  CB_SIM_CURSOR_FIRST,     /* the cursor is kept, and the page with it is not */
  CB_SIM_NO_LEDGER,        /* a service that is put back has lost its ledger */
  CB_SIM_NO_NEW_HISTORY,   /* a service that is put back is not told so */
  CB_SIM_NO_DEDUPLICATION, /* every operation comes in under a new id */
  CB_SIM_BATCH_FAILS,      /* one bad operation spoils its batch */
  CB_SIM_CLEARS_ALL,       /* an acknowledgement clears everything that waits */
  CB_SIM_WATERMARK,        /* known is what is not newer than the newest of that terminal */
  CB_SIM_CLIENT_CLOCK,     /* of a yes and an end the one with the later time holds */
  CB_SIM_PRUNES,           /* who is erased is forgotten with time */
  CB_SIM_OLD_NAME,         /* a terminal that was put back goes on as if it had not been */
  CB_SIM_N_MUTANTS,
} CbSimMutant;

const char *cb_sim_mutant_name (CbSimMutant mutant);

typedef struct _CbSim CbSim;

CbSim *cb_sim_new (const CbSimMould *mould, guint64 seed, CbSimMutant mutant);
void cb_sim_free (CbSim *self);

/* NULL when everything held; else what did not. Free it. */
char *cb_sim_run (CbSim *self);

/* How often each thing happened, over all runs of this process: so that a run is seen to do what it
 * says. */
typedef struct
{
  guint n_acts;
  guint n_requests;
  guint n_lost;
  guint n_doubled;
  guint n_crashes;
  guint n_till_restores;
  guint n_clones;
  guint n_wipes;
  guint n_service_restores;
  guint n_service_crashes;
  guint n_erasures;
  guint n_withdrawals;
  guint n_poisoned;
  guint n_parked;
  guint n_conflicts;
} CbSimTally;

extern CbSimTally cb_sim_tally;

G_END_DECLS
