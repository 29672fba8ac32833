/* SPDX-License-Identifier: Apache-2.0 */

/* Finds a person as they are typed: an FTS5 database in memory, built when somebody signs in and
 * freed at lock. It has no file. It holds only what the caller puts in: whose words may be found,
 * and by whom, is decided before. One thread at a time (cb-store); errors are
 * CB_STORE_ERROR_{FAILED,INVALID} and name no text. */

#pragma once

#include "search/cb-hit.h"

#include <glib-object.h>

G_BEGIN_DECLS

typedef struct _CbIndex CbIndex;

CbIndex *cb_index_new (void);

/* Drops everything. That freed memory holds no words is M_PERTURB's doing (architecture.md). */
void cb_index_free (CbIndex *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbIndex, cb_index_free)

/* Adds a person, or replaces them and keeps their notes. Texts may be NULL, lists too; phones are
 * as cb_fold_phone() gives them. last_visit_us: 0 when unknown. */
gboolean cb_index_put_customer (CbIndex *self,
                                const char *id,
                                const char *given,
                                const char *family,
                                const char *preferred,
                                const char *const *emails,
                                const char *const *phones,
                                gint64 last_visit_us,
                                GError **error);

/* Adds a note, or replaces its text. The customer must be in the index
 * (else CB_STORE_ERROR_INVALID). Notes are found in the order of their customers' last visits as
 * they were then; of one customer, a note put later is shown earlier. */
gboolean cb_index_put_note (CbIndex *self,
                            const char *note_id,
                            const char *customer_id,
                            const char *text,
                            GError **error);

/* A person with all their notes. Nothing happens when they aren't there. */
gboolean cb_index_remove_customer (CbIndex *self, const char *id, GError **error);
gboolean cb_index_remove_note (CbIndex *self, const char *note_id, GError **error);

/* Bulk pieces: many puts and removals between the two cost a fraction. What is put is found from
 * the commit on; feed persons newest visit first, so that those are found first. A piece of which
 * something failed is undone by the commit, which then fails too. */
gboolean cb_index_begin (CbIndex *self, GError **error);
gboolean cb_index_commit (CbIndex *self, GError **error);

/* FTS5 keeps removed words in its segments until they are merged. After removals this does a piece
 * of a few milliseconds of that merging and returns TRUE while there is more to do; an idle job
 * calls it until FALSE. */
gboolean cb_index_tidy (CbIndex *self);

guint cb_index_get_n_customers (CbIndex *self);

/* What was typed, as it is: words and beginnings of words of names in any order, an email's
 * beginning, a phone number however written, its last four digits; words of notes. At most `limit`
 * persons, best first, then at most `limit` notes. (element-type CbHit); empty when nothing
 * matches or nothing was typed; NULL on error. */
GPtrArray *cb_index_find (CbIndex *self, const char *typed, guint limit, GError **error);

G_END_DECLS
