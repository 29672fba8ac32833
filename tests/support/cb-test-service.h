/* SPDX-License-Identifier: Apache-2.0 */

/* The service in this process, without its network, on a database of the test's own and a clock
 * that the test moves: SQLite, or PostgreSQL where the test runs under with-postgresql. */

#pragma once

#include "service/cb-place.h"
#include "service/cb-service.h"
#include "wire/cb-ack.h"

G_BEGIN_DECLS

#define CB_TEST_NOW_US G_GINT64_CONSTANT (1795284245000000)

typedef struct
{
  char *directory;
  char *path; /* of the database's file, where it has one */
  CbPlace place;
  CbClock *clock;
  CbService *service;
  CbTerminalRow terminal; /* of the store "Port Halden" */
  GString *reply;         /* of the last push */
} CbTestService;

CbTestService *cb_test_service_new (void);
void cb_test_service_free (CbTestService *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbTestService, cb_test_service_free)

/* A second service beside it, on the same database. */
CbService *cb_test_service_open_other (CbTestService *self);

/* Closes it and opens it again. */
void cb_test_service_reopen (CbTestService *self);

/* From now on the operations come from a terminal of that store. */
void cb_test_service_set_store (CbTestService *self, const char *store);

/* `text` holds any number of lines. */
CbAckList *cb_test_service_push (CbTestService *self, const char *text);

/* Pushes one operation and takes the line; the answer is "applied", "refused:stale_grant" … */
void cb_test_service_expect (CbTestService *self, char *line, const char *answer);

/* Everything that `dump` would print. */
char *cb_test_service_dump (CbTestService *self);

/* How many records and answers there are; of one customer when it is not NULL. */
guint cb_test_service_count (CbTestService *self, const char *customer);

/* How many faults `check` would find. */
guint cb_test_service_count_problems (CbTestService *self);

G_END_DECLS
