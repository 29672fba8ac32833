/* SPDX-License-Identifier: Apache-2.0 */

/* What must be found nowhere once somebody was erased: words of theirs, held in locked memory and
 * nowhere else, and the beginnings of their sealed values, which are random. Of these a file keeps
 * a number each, from which nothing can be learnt, so that a check that a crash delayed can still
 * be made. Belongs to a book and its thread. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _CbCanaries CbCanaries;

/* `path` is the file of numbers. */
CbCanaries *cb_canaries_new (const char *path);
void cb_canaries_free (CbCanaries *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbCanaries, cb_canaries_free)

/* Words that could not stand in a file by chance, the longest first, as many as there is room for.
 * `clear` is text that stands in the store in the clear, or NULL. */
void cb_canaries_add_words (CbCanaries *self, const char *text, gsize length, const char *clear);
gboolean cb_canaries_has_room (CbCanaries *self);
void cb_canaries_add_sealed (CbCanaries *self,
                             const char *customer,
                             const void *sealed,
                             gsize length);

/* Writes down the numbers that were added since, before the erasure commits. */
gboolean cb_canaries_save (CbCanaries *self, GError **error);

/* --- looking for them --- */

/* Forgets the words that stand in the clear by now. */
void cb_canaries_spare (CbCanaries *self, const char *clear);

/* Of whom: an erasure that was not committed leaves numbers of values that are there by right. */
gboolean cb_canaries_begin_scan (CbCanaries *self, GHashTable *erased, GError **error);
guint cb_canaries_count (CbCanaries *self);

/* The next bytes of what is looked through; cb_canaries_end_piece() where it ends. */
void cb_canaries_scan (CbCanaries *self, const void *bytes, gsize length);
void cb_canaries_end_piece (CbCanaries *self);
guint64 cb_canaries_get_scanned (CbCanaries *self);

/* How many were found. All is forgotten, and the file goes. */
guint cb_canaries_get_found (CbCanaries *self);
gboolean cb_canaries_forget (CbCanaries *self, GError **error);

G_END_DECLS
