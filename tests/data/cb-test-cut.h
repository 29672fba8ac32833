/* SPDX-License-Identifier: Apache-2.0 */

/* Runs acts on a disk that forgets and cuts the power at every operation, with several seeds of
 * what survived. What survived is looked at by SQLite (integrity, references, every row as one of
 * the commits that may be there left it) and by the book: everything acknowledged is there, nothing
 * half, the audit holds together, who was erased is not, and it goes on from there. */

#pragma once

#include "cb-test-world.h"

G_BEGIN_DECLS

typedef struct
{
  const char *name;
  void (*set_up) (CbTestWorld *world); /* on the empty disk; NULL leaves it so */
  const CbTestAct *acts;
  guint n_acts;
  void (*break_it) (CbTestWorld *world); /* before the first act; NULL: nothing is broken */
} CbTestPlan;

typedef struct
{
  guint n_operations;
  guint n_cuts;   /* one for each operation and seed that leaves something of its own to chance */
  guint n_images; /* of them differ; SQLite read each */
  guint n_books;  /* of them were opened as a book: one of each rows, keys and moment, and others */
  guint n_doubles; /* of them: cut again while the book was being opened */
  guint n_lost;    /* an acknowledged act is not there, or half of one is */
  guint n_damaged; /* SQLite finds fault, or the book does not open */
  double seconds;
} CbTestCuts;

/* One for each kind of disk. */
typedef CbTestCuts CbTestCutsOfKinds[CB_DISK_STRICT + 1];

/* At every `stride`-th operation images of the seeds below `n_seeds`, on disks of both kinds. The
 * first few complaints are printed when `tell`. */
void cb_test_cut_run (const CbTestPlan *plan,
                      guint stride,
                      guint n_seeds,
                      gboolean tell,
                      CbTestCutsOfKinds cuts);

G_END_DECLS
