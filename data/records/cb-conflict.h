/* SPDX-License-Identifier: Apache-2.0 */

/* What was changed here and elsewhere in the same place: two readings of one record, as they go
 * over the wire, for a person to choose. Both are of the customer and never logged. A plain struct
 * that whoever gets it owns; any thread. */

#pragma once

#include "base/cb-json.h"

G_BEGIN_DECLS

typedef struct
{
  char *op_id; /* of the operation that waits for the choice */
  char *customer;
  char *name; /* of the customer, as a screen shows it */
  char *kind;
  char *record;
  JsonObject *mine; /* NULL: it does not open */
  JsonObject *theirs;
  gint64 mine_us;   /* when it was written here */
  gint64 theirs_us; /* and there, by that terminal's clock; 0: not told */
} CbConflict;

typedef enum
{
  CB_KEEP_MINE,   /* goes over theirs */
  CB_KEEP_THEIRS, /* takes the place of ours */
  CB_KEEP_BOTH,   /* of a note: ours goes on as a note of its own */
} CbKeep;

void cb_conflict_free (CbConflict *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbConflict, cb_conflict_free)

G_END_DECLS
