/* SPDX-License-Identifier: Apache-2.0 */

/* What an operator should know of a store and of what lies below it, and what each of it means for
 * the shop, in plain words. Looks and changes nothing; says nothing of anybody in it. */

#pragma once

#include "store/cb-book.h"

G_BEGIN_DECLS

typedef enum
{
  CB_FINDING_GOOD,
  CB_FINDING_WARNING,
  CB_FINDING_BAD,
} CbFindingState;

typedef struct
{
  const char *what; /* "device-key" */
  CbFindingState state;
  char *says;
  const char *means;
} CbFinding;

/* `book` is NULL for a store that does not open, and `why` says why not; the rest is looked at all
 * the same. Of CbFinding. Reads all of the store. */
GPtrArray *cb_doctor_examine (const char *home,
                              const char *state_root,
                              CbClock *clock,
                              CbBook *book,
                              const GError *why);

/* Of the room that is left beside a store of this size; -1 is room of which nobody knows. */
CbFindingState cb_doctor_judge_space (gint64 free_bytes, gint64 store_bytes);

const char *cb_finding_state_to_id (CbFindingState state);

G_END_DECLS
