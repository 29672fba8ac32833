/* SPDX-License-Identifier: Apache-2.0 */

/* Two readings of one record as rows of words: what a member is called, and what it says here and
 * at head office. Pure; any thread that has a locale. */

#pragma once

#include "records/cb-conflict.h"

G_BEGIN_DECLS

typedef struct
{
  char *label;
  char *mine; /* NULL: it says nothing of that */
  char *theirs;
  gboolean is_different;
} CbReading;

void cb_reading_free (CbReading *self);

/* Of CbReading, what differs first; what neither says is left out. Times of a copy are none of it.
 */
GPtrArray *cb_conflict_words_list (const CbConflict *conflict, gint64 now_us);

G_END_DECLS
