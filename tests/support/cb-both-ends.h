/* SPDX-License-Identifier: Apache-2.0 */

/* A terminal with its real store, engine and transport, its real service, and the proxy between
 * them; what was saved at the one is compared with what stands at the other. Whatever fails here
 * fails the test. */

#pragma once

#include "engine/cb-engine.h"
#include "engine/cb-transport.h"
#include "store/cb-store.h"
#include "support/cb-chaos.h"
#include "support/cb-service-fixture.h"

#include "cb-test-book.h"

G_BEGIN_DECLS

typedef struct
{
  CbServiceFixture *service;
  CbChaos *chaos;
  CbTestBook shop; /* what the counter writes by, as another process would */
  CbStore *store;  /* what the engine sends from */
  CbTransport *transport;
  CbEngine *engine;
  char *customer;     /* who has said yes */
  GHashTable *saved;  /* of each note and preference, by id: its words as they were saved last */
  guint n_operations; /* saved, since the terminal was made */
  guint n_others;     /* records and answers at the service that are none of those */
  guint n_texts;
} CbBothEnds;

/* Enrolled, and everything was sent once. It gives up on a line after a second of silence. */
void cb_both_ends_set_up (CbBothEnds *self);
void cb_both_ends_tear_down (CbBothEnds *self);

/* Two notes and another value of one preference. */
void cb_both_ends_save_three (CbBothEnds *self);

/* Somebody new who said yes to the shop, sent. Free it. */
char *cb_both_ends_add_customer (CbBothEnds *self);

/* One cycle: the error's code, or -1 when it was completed. */
int cb_both_ends_sync (CbBothEnds *self);

/* The same, begun and waited for. */
typedef struct
{
  gboolean is_back;
  GError *error;
} CbBothEndsCycle;

void cb_both_ends_begin (CbBothEnds *self, CbBothEndsCycle *cycle);
int cb_both_ends_await (CbBothEndsCycle *cycle);

/* The engine and its connections anew, as when the program is started. */
void cb_both_ends_restart (CbBothEnds *self);

/* What the terminal believes to have arrived did, with those words, and nothing did that was not
 * saved. For the time between a fault and what heals it. */
void cb_both_ends_check (CbBothEnds *self);

/* Everything that was saved has arrived, had its effect once, and both ends say so. */
void cb_both_ends_judge (CbBothEnds *self);

G_END_DECLS
