/* SPDX-License-Identifier: Apache-2.0 */

/* A book in a directory of its own, with a clock that is moved by hand, and the short ways of
 * filling it that the tests of the store share. Everything aborts the test on failure. */

#pragma once

#include "store/cb-book.h"

G_BEGIN_DECLS

/* 2026-03-02 10:00 UTC, a Monday. */
#define CB_TEST_MORNING_US (G_GINT64_CONSTANT (1772445600) * 1000000)

typedef struct
{
  char *root;
  char *home;
  char *state_root;
  CbClock *clock;
  CbBook *book;
  CbStaff *admin;
  CbStaff *manager;
  CbStaff *associate;
  CbStaff *other;
  CbStaff *privacy;
  gint64 last_n; /* the number that the service gave last, see cb_test_book_push() */
} CbTestBook;

/* Whether a PIN is hashed with the effort that the programs make, and not with the least: for what
 * depends on how long a guess takes. */
extern gboolean cb_test_pins_are_dear;

/* keep-unasked is 7 days. */
void cb_test_book_set_up (CbTestBook *test);
void cb_test_book_tear_down (CbTestBook *test);

/* Closes and opens again, as after a crash or the night. */
void cb_test_book_reopen (CbTestBook *test);

char *cb_test_book_add_customer (CbTestBook *test,
                                 const char *given,
                                 const char *family,
                                 const char *email,
                                 const char *phone);

CbNote *cb_test_book_add_note (CbTestBook *test,
                               const char *customer,
                               const char *purpose,
                               const char *text);

void cb_test_book_answer (CbTestBook *test,
                          const char *customer,
                          const char *purpose,
                          CbChannel channel,
                          CbAnswer answer,
                          CbMethod method);

CbVerdict cb_test_book_verdict (CbTestBook *test,
                                const char *customer,
                                const char *purpose,
                                CbChannel channel);

/* The state of the newest operation on a record; CB_DELIVERY_LOCAL when there is none. */
CbDelivery cb_test_book_state (CbTestBook *test, const char *kind, const char *record);

/* Takes everything that may leave and answers yes to it. Of JsonObject *. */
GPtrArray *cb_test_book_push (CbTestBook *test);

/* A folder with all that is in it. */
void cb_test_remove_tree (const char *path);

/* How many files below the directory hold the bytes. */
guint cb_test_count_files_with (const char *directory, const char *needle);

G_END_DECLS
