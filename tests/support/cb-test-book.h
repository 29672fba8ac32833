/* SPDX-License-Identifier: Apache-2.0 */

/* The service in this process, without its network, on a database of the test's own and a clock
 * that the test moves. */

#pragma once

#include "service/cb-service.h"
#include "wire/cb-ack.h"

G_BEGIN_DECLS

#define CB_TEST_NOW_US G_GINT64_CONSTANT (1795284245000000)

typedef struct
{
  char *directory;
  char *path;
  CbClock *clock;
  CbService *service;
  CbTerminalRow terminal; /* of the store "Port Halden" */
  GString *reply;         /* of the last push */
} CbTestBook;

CbTestBook *cb_test_book_new (void);
void cb_test_book_free (CbTestBook *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbTestBook, cb_test_book_free)

/* Closes it and opens it again. */
void cb_test_book_reopen (CbTestBook *self);

/* From now on the operations come from a terminal of that store. */
void cb_test_book_set_store (CbTestBook *self, const char *store);

/* `text` holds any number of lines. */
CbAckList *cb_test_book_push (CbTestBook *self, const char *text);

/* Pushes one operation and takes the line; the answer is "applied", "refused:stale_grant" … */
void cb_test_book_expect (CbTestBook *self, char *line, const char *answer);

/* Everything that `dump` would print. */
char *cb_test_book_dump (CbTestBook *self);

/* How many records and answers there are; of one customer when it is not NULL. */
guint cb_test_book_count (CbTestBook *self, const char *customer);

/* How many faults `check` would find. */
guint cb_test_book_count_problems (CbTestBook *self);

G_END_DECLS
