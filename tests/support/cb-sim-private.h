/* SPDX-License-Identifier: Apache-2.0 */

/* The simulator's files among themselves: cb-sim.c has the world and what happens in it,
 * cb-sim-till.c a terminal, cb-sim-net.c the network and the service behind it, cb-sim-judge.c what
 * must hold at the end. */

#pragma once

#include "support/cb-sim.h"

G_BEGIN_DECLS

#define CB_SIM_N_ACTS 6
#define CB_SIM_N_EVENTS 9

typedef struct
{
  CbSim *sim;
  guint index;
  char *folder;
  char *home;
  char *state;
  CbClock *clock; /* borrowed from the time */
  CbBook *book;   /* NULL: the machine is off */
  CbEngine *engine;
  CbSyncState *sync_state;
  GObject *outbox;
  GObject *sender;
  CbStaff *staff;   /* borrowed from the mould */
  CbStaff *manager; /* likewise */
  GBytes *copy;     /* of the database, for a restore; NULL: none */
  GBytes *copy_key; /* the store key that opens it */
  GPtrArray *since; /* what was written and ended since: goes with a restore */
} CbSimTill;

struct _CbSim
{
  const CbSimMould *mould;
  guint64 seed;
  CbSimMutant mutant;
  GRand *random;
  CbVirtualTime *time;
  char *folder;
  CbSimTill tills[CB_SIM_TILLS];

  /* The service. */
  char *database;
  CbService *service; /* NULL: it is down */
  GBytes *copy;
  GHashTable *poisoned; /* ids of operations that the network spoils */
  GHashTable *newest;   /* a mutant's: terminal: its highest number so far */
  GHashTable *ends;     /* a mutant's: "customer/purpose": the newest end of it, "time id" */
  GHashTable *yeses;    /* a mutant's: "till/customer/purpose": the time of the newest yes */

  /* How likely each thing is here. */
  guint acts[CB_SIM_N_ACTS];
  guint events[CB_SIM_N_EVENTS];

  /* The network, as long as it lies. */
  gboolean is_lying;
  gdouble drop;
  gdouble doubling;
  gdouble poison;
  gboolean is_cut_off[CB_SIM_TILLS];
  GPtrArray *flights;

  /* What was done, by customer. */
  GPtrArray *people;     /* ids */
  GHashTable *erased;    /* ids */
  GHashTable *withdrawn; /* "customer/purpose": no yes was said since */
  GHashTable *words;     /* note id: what it says */
  GString *trouble;      /* the first thing that did not hold */
};

void cb_sim_complain (CbSim *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
/* With CB_SIM_TRACE set: what happens, as it happens. The people are the simulation's own. */
void cb_sim_trace (CbSim *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
gboolean cb_sim_chance (CbSim *self, gdouble of);
gint64 cb_sim_between (CbSim *self, gint64 from_us, gint64 to_us);

/* --- cb-sim-till.c --- */

void cb_sim_till_open (CbSimTill *till);
void cb_sim_till_close (CbSimTill *till);
void cb_sim_till_start (CbSimTill *till);
extern const CbOutboxPort cb_sim_outbox_port;

/* --- cb-sim-net.c --- */

GObject *cb_sim_sender_new (CbSimTill *till);
extern const CbSendPort cb_sim_send_port;

/* Whoever waits for an answer there is told that nobody does any more. */
void cb_sim_net_give_up (CbSim *self, CbSimTill *till);
void cb_sim_net_clear (CbSim *self);

/* For the mutant that goes by the clock: when somebody said yes, and whether that is later than the
 * end of it that comes now. */
void cb_sim_net_note_yes (CbSimTill *till, const char *key);
gboolean cb_sim_net_is_later (CbSimTill *till, const char *key);

void cb_sim_service_open (CbSim *self, gboolean is_restored);
void cb_sim_service_close (CbSim *self);

/* A mutant's hand in its database. */
void cb_sim_service_edit (CbSim *self, const char *sql);

/* --- cb-sim-judge.c --- */

gboolean cb_sim_is_quiet (gpointer sim);
void cb_sim_judge (CbSim *self);

G_END_DECLS
