/* SPDX-License-Identifier: Apache-2.0 */

/* A shop on a disk that forgets (support/cb-disk.h): its acts one by one, each of which answers
 * whether it was done, and what may be seen of the book afterwards as one text. The tests of power
 * cuts, of I/O errors and of memory that runs out share it. */

#pragma once

#include "cb-disk.h"
#include "cb-test-book.h"

G_BEGIN_DECLS

/* Part of every word that somebody could be known by. */
#define CB_TEST_CANARY "qcanary"

typedef struct
{
  CbTestBook test; /* its root is on the disk; without `other` and `privacy` */
  char *recovery;
  char *anna; /* agreed to the shop */
  char *ben;  /* was not asked yet */
  char *cara; /* is erased by one act */
  char *dora; /* is erased by the service in another */
  CbBatch *batch;
  GBytes *old_key; /* what opened those who were erased */
  GPtrArray *erased;
} CbTestWorld;

typedef struct
{
  const char *name;
  gboolean (*run) (CbTestWorld *world, GError **error);
} CbTestAct;

/* Of a shop that is there; in this order. They need one another. */
extern const CbTestAct cb_test_counter_acts[];
extern const guint cb_test_n_counter_acts;
extern const CbTestAct cb_test_later_acts[];
extern const guint cb_test_n_later_acts;
extern const CbTestAct cb_test_erasure_acts[];
extern const guint cb_test_n_erasure_acts;

/* On an empty disk. */
extern const CbTestAct cb_test_first_acts[];
extern const guint cb_test_n_first_acts;

/* A disk with a shop of an older version of this program on it, and what it does. */
extern const CbTestAct cb_test_migration_acts[];
extern const guint cb_test_n_migration_acts;

/* The same of the version before this one's, with answers in it. */
extern const CbTestAct cb_test_answered_acts[];
extern const guint cb_test_n_answered_acts;

/* Nothing but where it would be; mount a disk first. */
CbTestWorld *cb_test_world_new (void);

/* Closes the book; the disk stays. */
void cb_test_world_free (CbTestWorld *world);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbTestWorld, cb_test_world_free)

/* The same shop and people, with no book open. */
CbTestWorld *cb_test_world_twin (CbTestWorld *world);

/* Fills the mounted, empty disk with a shop, opens and closes it. */
void cb_test_world_set_up (CbTestWorld *world);

/* The same of a version of the schema before this one's. */
void cb_test_world_set_up_old (CbTestWorld *world);

void cb_test_world_set_up_answered (CbTestWorld *world);

gboolean cb_test_world_open (CbTestWorld *world, GError **error);
void cb_test_world_close (CbTestWorld *world);

/* All that the book says, without the random ids of operations; NULL with an error. The audit is
 * verified on the way. */
char *cb_test_world_see (CbTestWorld *world, GError **error);

/* The same of a disk, which is opened for it and mounted. Without a store it is NULL, and no error.
 */
char *cb_test_world_look (CbTestWorld *world, CbDisk *disk, GError **error);

/* A note for one and the erasure of another, Ben: the book goes on. The note alone is the least
 * that shows it. */
gboolean cb_test_world_go_on (CbTestWorld *world, GError **error);
gboolean cb_test_world_add_next (CbTestWorld *world, GError **error);

G_END_DECLS
