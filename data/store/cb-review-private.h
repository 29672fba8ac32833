/* SPDX-License-Identifier: Apache-2.0 */

/* Notes, what a manager makes of them, and words that are taken out: what the files of the book
 * about it share. */

#pragma once

#include "store/cb-book-private.h"

G_BEGIN_DECLS

/* --- notes that a manager reads, inside a write --- */

#define CB_COLUMN_REMARK "review.remark"

CbNote *cb_book_read_note (CbBook *self,
                           CbStaff *actor,
                           const char *customer,
                           const char *id,
                           GError **error);

/* The words alone: without outbox and audit. */
gboolean cb_book_set_note_text (CbBook *self,
                                const char *customer,
                                const char *note,
                                const char *text,
                                GError **error);

/* Whether a new one is among those that are read, by lot or for what it is. */
gboolean cb_book_sample_note (CbBook *self,
                              const char *customer,
                              const char *note,
                              const CbNoteDraft *draft,
                              GError **error);

/* One that was read, or is to be, has other words now. */
gboolean cb_book_read_again (CbBook *self, const char *note, GError **error);

/* Takes the words out of a note, all but `kept` (NULL: all). They are looked for afterwards, as
 * those of the erased; the ledger remembers it for a copy that is put back. */
gboolean cb_book_redact_note (CbBook *self,
                              CbStaff *actor,
                              const char *customer,
                              const char *note,
                              const char *kept,
                              const char *origin,
                              GError **error);

/* What the ledger says of a note. Not inside a transaction. */
#define CB_LEDGER_REDACT "redact"
gboolean cb_book_replay_redaction (CbBook *self, const char *note, GError **error);

/* --- words that are to be nowhere --- */

/* The words of a record were changed, and those of before are to be nowhere: what is on its way is
 * taken back, what arrived keeps its id and no bytes and is followed, and what may leave now is
 * freed as it is now. */
gboolean cb_book_rewrite_record (CbBook *self,
                                 CbStaff *actor,
                                 const char *customer,
                                 const char *kind,
                                 const char *record,
                                 GError **error);

gboolean cb_book_gather_note_canaries (CbBook *self,
                                       const char *customer,
                                       const char *note,
                                       GError **error);

/* One line more, on the disk when it answers. */
gboolean cb_book_append_to_ledger (CbBook *self,
                                   const char *id,
                                   const char *reason,
                                   GError **error);

G_END_DECLS
