/* SPDX-License-Identifier: Apache-2.0 */

/* What a store that was put together from a damaged one still lacks, for cb-repair.c. Each works on
 * a book that nobody else has open. */

#pragma once

#include "store/cb-book.h"
#include "store/cb-salvage.h"
#include "vault/cb-vault.h"

G_BEGIN_DECLS

/* Inside a write, before the book is unlocked: of the store's own keys, those that were lost come
 * from the last back-up, or are made anew. */
gboolean cb_repair_complete_keys (CbBook *self, const char *home, guint *n_renewed, GError **error);

gboolean cb_repair_has_key (CbBook *self, const char *name);
gboolean cb_repair_add_key (CbBook *self, const char *name, const CbKey *key, GError **error);

/* From the last back-up in `home`, what is missing: the store's own keys; answers and conditions of
 * customers who are there, and who must not be contacted. Nothing from one that is not there, or
 * does not open. */
gboolean cb_repair_borrow_keys (CbBook *self, const char *home, GError **error);
gboolean cb_repair_borrow_answers (CbBook *self,
                                   const char *home,
                                   guint *n_borrowed,
                                   GError **error);

/* Inside a write, with a new key for them: the hashes of what customers can be reached by. */
gboolean cb_repair_hashes (CbBook *self, GError **error);

/* Inside a write: a row that refers to nothing goes, or what it refers with does. */
gboolean cb_repair_references (CbBook *self, GError **error);

/* Of every answer four things are kept: the answer, its entry in the index by customer, the
 * operation and the audit row. Where one of them tells of an answer that may be a no and the answer
 * itself is lost, the yes before it ends. Where an answer may be lost that none of them tells of,
 * every yes ends that leads out of the shop; what is kept in it stays, for it would be gone. */
gboolean cb_repair_answers (CbBook *self, CbSalvage *salvage, guint *n_ended, GError **error);

/* Lives, ends and operations of every customer's records. */
gboolean cb_repair_reckon (CbBook *self, GError **error);

G_END_DECLS
