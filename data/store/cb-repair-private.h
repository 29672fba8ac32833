/* SPDX-License-Identifier: Apache-2.0 */

/* What a store that was put together from a damaged one still lacks, for cb-repair.c. Each works on
 * a book that nobody else has open. */

#pragma once

#include "store/cb-book.h"

G_BEGIN_DECLS

/* Inside a write, before the book is unlocked: of the store's own keys, those that were lost come
 * from the last back-up, or are made anew. */
gboolean cb_repair_complete_keys (CbBook *self, const char *home, guint *n_renewed, GError **error);

/* Inside a write, with a new key for them: the hashes of what customers can be reached by. */
gboolean cb_repair_hashes (CbBook *self, GError **error);

/* Inside a write: a row that refers to nothing goes, or what it refers with does. */
gboolean cb_repair_references (CbBook *self, GError **error);

/* Of every answer three things are kept: the answer, the operation and the audit row. Where one of
 * them tells of a no and the answer itself is lost, the yes before it ends. */
gboolean cb_repair_answers (CbBook *self, guint *n_ended, GError **error);

/* Lives, ends and operations of every customer's records. */
gboolean cb_repair_reckon (CbBook *self, GError **error);

G_END_DECLS
