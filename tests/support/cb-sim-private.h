/* SPDX-License-Identifier: Apache-2.0 */

/* The simulator's files among themselves, and for tests that say themselves what happens: cb-sim.c
 * has the world, cb-sim-acts.c what people do, cb-sim-machines.c what becomes of machines,
 * cb-sim-till.c a terminal, cb-sim-net.c the network and the service behind it, cb-sim-judge.c what
 * must hold at the end. */

#pragma once

#include "support/cb-sim.h"

G_BEGIN_DECLS

#define CB_SIM_N_ACTS 6
#define CB_SIM_N_EVENTS 11

#define CB_SIM_MACHINES (CB_SIM_TILLS + 1)
#define CB_SIM_TWIN CB_SIM_TILLS /* the machine that a copied disk goes on in; off until then */
#define CB_SIM_CENTRE CB_SIM_MACHINES

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
  CbStaff *staff;    /* borrowed from the mould */
  CbStaff *manager;  /* likewise */
  gboolean has_copy; /* of its disk, for a restore */
  GPtrArray *since;  /* what was written and ended since: goes with a restore */
} CbSimTill;

struct _CbSim
{
  const CbSimMould *mould;
  guint64 seed;
  CbSimMutant mutant;
  GRand *random;
  CbVirtualTime *time;
  char *folder;
  CbSimTill tills[CB_SIM_MACHINES];
  gboolean is_spare_used;
  gboolean was_put_back; /* the service */

  /* The service. */
  char *database;
  CbService *service;   /* NULL: it is down */
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
  gboolean is_cut_off[CB_SIM_MACHINES];
  GPtrArray *flights;

  /* What was done, by customer. */
  GPtrArray *people;     /* ids */
  GHashTable *erased;    /* ids: at which machines, a bit each */
  GHashTable *withdrawn; /* "customer/purpose", since no yes was said: likewise */
  GHashTable *words;     /* note id: what it says */
  GString *trouble;      /* the first thing that did not hold */
};

void cb_sim_complain (CbSim *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
/* With CB_SIM_TRACE set: what happens, as it happens. The people are the simulation's own. */
void cb_sim_trace (CbSim *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
gboolean cb_sim_chance (CbSim *self, gdouble of);
gint64 cb_sim_between (CbSim *self, gint64 from_us, gint64 to_us);

/* What a run is made of: everything starts; everything is mended, until it agrees or the time is
 * over. Says what does not hold; NULL: nothing. Free it. */
void cb_sim_begin (CbSim *self);
char *cb_sim_heal (CbSim *self);

/* Which of them, each as likely as its weight. */
guint cb_sim_pick (CbSim *self, const guint *weights, guint n_weights);

/* --- cb-sim-acts.c --- */

extern const guint cb_sim_act_weights[CB_SIM_N_ACTS];

/* Something, as likely as it is in this world. */
void cb_sim_act (CbSimTill *till);
void cb_sim_decide_at_centre (CbSim *self);
void cb_sim_erase_at_centre (CbSim *self, const char *customer);

/* One thing; the customer is known there. cb_sim_arrive() lends the new one's id. */
const char *cb_sim_arrive (CbSimTill *till);
void cb_sim_note (CbSimTill *till, const char *customer);
void cb_sim_say_yes (CbSimTill *till, const char *customer, const char *purpose);
void cb_sim_erase (CbSimTill *till, const char *customer);
gboolean cb_sim_knows (CbSimTill *till, const char *customer);

/* An end that went with the machine on which it was made, before anybody heard of it. */
void cb_sim_lose_end (GHashTable *ends, const char *what, guint who);

/* --- cb-sim-machines.c --- */

typedef enum
{
  CB_SIM_DATABASE, /* the file alone, with what lies beside it as it is now */
  CB_SIM_DISK,     /* everything, the key too */
} CbSimPart;

void cb_sim_copy_tree (const char *from, const char *to);
void cb_sim_crash_till (CbSimTill *till);
void cb_sim_copy_till (CbSimTill *till);
/* Nothing, where there is no copy, or none that opens. */
void cb_sim_put_till_back (CbSimTill *till, CbSimPart part);
void cb_sim_clone_till (CbSimTill *till);
void cb_sim_wipe_till (CbSimTill *till);
void cb_sim_crash_service (CbSim *self);
void cb_sim_copy_service (CbSim *self);
void cb_sim_put_service_back (CbSim *self);
/* Another machine goes on from what it has now, as its own new history; and the first one is there
 * again, as it was left. */
void cb_sim_move_service (CbSim *self);
void cb_sim_move_service_home (CbSim *self);
/* Nothing is left of it; every terminal is enrolled at the new one. */
void cb_sim_wipe_service (CbSim *self);

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

CbService *cb_sim_make_service (const char *database, CbClock *clock);
void cb_sim_enrol (CbService *service, CbBook *book);
void cb_sim_service_open (CbSim *self, gboolean is_restored);
void cb_sim_service_close (CbSim *self);

/* A mutant's hand in its database. */
void cb_sim_service_edit (CbSim *self, const char *sql);

/* --- cb-sim-judge.c --- */

gboolean cb_sim_is_quiet (gpointer sim);
void cb_sim_judge (CbSim *self);

G_END_DECLS
