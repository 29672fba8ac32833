/* SPDX-License-Identifier: Apache-2.0 */

/* Finds a person as they are typed: words, addresses and numbers in order, in memory, built when
 * somebody signs in and freed at lock. It has no file. It holds only what the caller puts in: whose
 * words may be found, and whom not everybody may find, is decided before. Every change is found
 * from the next search on. One thread at a time (cb-store). */

#pragma once

#include "search/cb-hit.h"

#include <glib-object.h>

G_BEGIN_DECLS

typedef struct _CbIndex CbIndex;

CbIndex *cb_index_new (void);

/* Drops everything. That freed memory holds no words is M_PERTURB's doing (architecture.md). */
void cb_index_free (CbIndex *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbIndex, cb_index_free)

/* What of a person is looked for. Texts may be NULL, lists too; phones are as cb_fold_phone() gives
 * them, cards are the numbers on them, however written. */
typedef struct
{
  const char *given;
  const char *family;
  const char *preferred;
  const char *const *emails;
  const char *const *phones;
  const char *const *cards;
} CbPersonText;

/* Adds a person, or replaces them and keeps their notes. Who was seen later is shown earlier.
 * last_visit_us: 0 when unknown. */
void cb_index_put_customer (CbIndex *self,
                            const char *id,
                            const CbPersonText *person,
                            gint64 last_visit_us);

/* Whom not everybody may find, with all their notes, those put later too; FALSE for everybody who
 * is put in. Nothing happens when they aren't there. */
void cb_index_hide_customer (CbIndex *self, const char *id, gboolean is_hidden);

/* The addresses and numbers of somebody who is there, in place of those they had. Nothing happens
 * when they aren't. */
void cb_index_put_contacts (CbIndex *self,
                            const char *id,
                            const char *const *emails,
                            const char *const *phones,
                            const char *const *cards);

/* Adds a note, or replaces its text. FALSE, and nothing done, when the customer isn't there. Notes
 * are found in the order of their customers' last visits as they were then; of one customer, a note
 * put later is shown earlier. */
gboolean cb_index_put_note (CbIndex *self,
                            const char *note_id,
                            const char *customer_id,
                            const char *text);

/* A person with all their notes. Nothing happens when they aren't there. What is taken out is
 * overwritten before its memory is given back. */
void cb_index_remove_customer (CbIndex *self, const char *id);
void cb_index_remove_note (CbIndex *self, const char *note_id);

gboolean cb_index_has_customer (CbIndex *self, const char *id);

/* A set of ids, copies. */
GHashTable *cb_index_list_notes (CbIndex *self, const char *customer_id);

guint cb_index_get_n_customers (CbIndex *self);
guint cb_index_get_n_notes (CbIndex *self);

/* What was typed, as it is: words and beginnings of words of names in any order, an email's
 * beginning, a phone number however written, its last four digits; the number on a card, with or
 * without what parts it, or its last four characters; words of notes. At most `limit`
 * persons, best first, then at most `limit` notes. Words of five letters and more are found with
 * one typing error too: persons after those without, notes when nothing else is found.
 * (element-type CbHit); empty when nothing matches or nothing was typed. */
GPtrArray *cb_index_find (CbIndex *self, const char *typed, guint limit);

/* The same, as if those who are hidden were not in it: they take nobody's place, and nothing that
 * is found, or not looked for, tells that they are there. */
GPtrArray *cb_index_find_open (CbIndex *self, const char *typed, guint limit);

G_END_DECLS
