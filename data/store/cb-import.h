/* SPDX-License-Identifier: Apache-2.0 */

/* One import of an old book, or of a list of those who do not want to be contacted: the stream of
 * its entries, how they are to be kept, and what became of them so far. cb_book_import_piece()
 * moves it on by a bounded number of entries, each piece in one transaction, so that it can be
 * shown, interleaved with other work, and stopped after any piece: read = added + merged + rejected
 * at every moment between two pieces. */

#pragma once

#include "exchange/cb-entries.h"

G_BEGIN_DECLS

typedef struct
{
  const char *basis;    /* "consent", "contract", "legitimate-interest"; NULL: not said */
  gint64 keep_until_us; /* 0: twelve months */
  gboolean is_dry_run;  /* says what would become of them, and changes nothing */
  guint n_samples;      /* of the first entries, kept as they were understood */
  guint piece_entries;  /* in one transaction; 0: so few that the counter does not notice */
} CbImportOptions;

typedef struct
{
  guint64 line;
  const char *reason; /* a constant that quotes nothing */
} CbRejected;

typedef struct _CbImport CbImport;

CbImport *cb_import_new (GInputStream *stream,
                         CbExchangeFormat format,
                         const CbImportOptions *options);

/* Opens the file for reading. Errors are CB_STORE_ERROR and name no path. */
CbImport *cb_import_open (const char *path,
                          CbExchangeFormat format,
                          const CbImportOptions *options,
                          GError **error);

/* A list of opt-outs: each row that says no is a suppression, and of it a keyed hash alone is kept;
 * where the value is a customer's, it is a no in their name as well. `merged` is what was there
 * already; a row that says yes, or neither, is rejected. Basis and end are not asked for. */
CbImport *cb_import_new_suppressions (GInputStream *stream, const CbImportOptions *options);
CbImport *cb_import_open_suppressions (const char *path,
                                       const CbImportOptions *options,
                                       GError **error);

/* A catalogue: each row an article, `merged` what was known and is brought up to date. And what a
 * till sold: each line a purchase of a customer who is known here by a number, an email or a phone,
 * or what they brought back; `merged` is what came before, and lines of nobody are rejected. Basis,
 * end and samples are not asked for. */
CbImport *cb_import_open_catalogue (const char *path,
                                    const CbImportOptions *options,
                                    GError **error);
CbImport *cb_import_open_purchases (const char *path,
                                    const CbImportOptions *options,
                                    GError **error);
void cb_import_free (CbImport *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbImport, cb_import_free)

guint64 cb_import_get_n_read (CbImport *self);
guint64 cb_import_get_n_added (CbImport *self);
guint64 cb_import_get_n_merged (CbImport *self);

/* Of a list: how many rows say yes to something. Nobody's yes comes from a list: they count as not
 * asked. */
guint64 cb_import_get_n_not_asked (CbImport *self);

/* Of CbRejected, in the order of the file. Borrowed. */
GArray *cb_import_get_rejected (CbImport *self);

/* Bytes read, and bytes in the file; 0 when that is not known. */
guint64 cb_import_get_position (CbImport *self);
guint64 cb_import_get_size (CbImport *self);

G_END_DECLS
