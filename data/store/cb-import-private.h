/* SPDX-License-Identifier: Apache-2.0 */

/* What the book and the import share. Included by data/store only. */

#pragma once

#include "exchange/cb-goods.h"
#include "exchange/cb-optouts.h"
#include "records/cb-import-line.h"
#include "store/cb-book.h"
#include "store/cb-import.h"

G_BEGIN_DECLS

struct _CbImport
{
  /* One of them is there. */
  CbEntries *entries; /* of an old book */
  CbOptouts *optouts; /* of a list of opt-outs */
  CbGoods *goods;     /* of a catalogue, or of what a till sold */
  gboolean is_catalogue;
  char *basis;
  gint64 keep_until_us;
  gboolean is_dry_run;
  guint piece_entries;
  gboolean is_at_end;
  GError *failure; /* of reading; told when what was read before it is kept */
  guint64 size;

  guint64 n_read;
  guint64 n_added;
  guint64 n_merged;
  guint64 n_not_asked;
  GArray *rejected;
  guint n_samples;    /* wanted */
  GPtrArray *samples; /* of CbImportLine */

  /* A dry run remembers whom it would have added: hash of a contact value or mark (GBytes) to the
   * names that go with it (GPtrArray of CbCustomerDraft, names only). */
  GHashTable *seen;

  /* How often the same line of goods came, by a hash of it (GBytes). */
  GHashTable *again;
};

/* --- one piece: cb-book-import.c --- */

/* What became of the entries of one piece; counted only when they are kept. */
typedef struct
{
  guint64 n_read;
  guint64 n_added;
  guint64 n_merged;
  guint64 n_not_asked;
  GArray *rejected; /* of CbRejected */
} CbTally;

void cb_import_sample (CbImport *import,
                       guint64 line,
                       CbFate fate,
                       const CbCustomerDraft *draft,
                       const char *reason);
void cb_tally_reject (CbTally *tally, guint64 line, const char *reason);

/* --- opt-outs: cb-book-suppress.c, inside a write or, for a dry run, a read --- */

/* Of CbOptout, as many as make one piece. */
GArray *cb_import_read_optouts (CbImport *import);
gboolean cb_book_take_optout (CbBook *self,
                              CbStaff *actor,
                              CbImport *import,
                              const CbOptout *optout,
                              CbTally *tally,
                              GError **error);

/* --- goods: cb-book-product.c, cb-book-purchase.c, inside a write or, for a dry run, a read --- */

/* How often it came before in this file; takes note of it. */
guint cb_import_count_again (CbImport *import, GBytes *line);

gboolean cb_book_take_product (CbBook *self,
                               CbImport *import,
                               const CbGoodsRow *row,
                               CbTally *tally,
                               GError **error);
gboolean cb_book_take_purchase (CbBook *self,
                                CbStaff *actor,
                                CbImport *import,
                                const CbGoodsRow *row,
                                CbTally *tally,
                                GError **error);

/* --- who it is: cb-book-match.c --- */

typedef enum
{
  CB_AGREEMENT_NONE,
  CB_AGREEMENT_SILENT, /* one of them has no name */
  CB_AGREEMENT_PARTLY, /* what both have is the same */
  CB_AGREEMENT_WHOLLY,
} CbAgreement;

typedef struct
{
  char *customer;      /* NULL: nobody yet; free it */
  int agreement;       /* CbAgreement */
  gboolean is_damaged; /* it may be somebody of whom not everything can be read */
} CbMatch;

/* "Doe John" is "John Doe". */
gboolean cb_import_are_same_words (const char *given_a,
                                   const char *family_a,
                                   const char *given_b,
                                   const char *family_b);

/* Over the name and every way to reach them, so that the same entry is known again whatever else
 * shares its number, and also when it has a name alone. */
GBytes *cb_book_mark_entry (CbBook *self, const CbCustomerDraft *draft);

/* By the mark, else by a shared phone or email and names that do not disagree. */
gboolean cb_book_find_match (CbBook *self,
                             const CbCustomerDraft *draft,
                             GBytes *mark,
                             CbMatch *match,
                             GError **error);

/* Whether the names do not disagree: who has none says nothing against it, nor does whose record is
 * damaged. */
gboolean cb_book_agrees_with (CbBook *self,
                              const CbCustomerDraft *draft,
                              const char *customer,
                              gboolean *agrees,
                              GError **error);

/* Whether an earlier entry of the same file would have been this person; remembers this one. */
gboolean cb_book_was_seen (CbBook *self,
                           CbImport *import,
                           const CbCustomerDraft *draft,
                           GBytes *mark);

/* --- filling what is missing: cb-book-merge.c, inside a write --- */

gboolean cb_book_merge_entry (CbBook *self,
                              CbStaff *actor,
                              const char *customer,
                              const CbCustomerDraft *draft,
                              GError **error);

G_END_DECLS
