/* SPDX-License-Identifier: Apache-2.0 */

/* An old address book as a stream of entries: vCard 2.1, 3.0, 4.0 or contact CSV, as real programs
 * write them, told apart by what the file holds. No store, no clock: the same file gives the same
 * entries. Memory is bounded whatever the file holds; what is broken is passed over or said to be
 * rejected, and the next entry is read. */

#pragma once

#include <gio/gio.h>

#include "records/cb-drafts.h"

G_BEGIN_DECLS

typedef enum
{
  CB_EXCHANGE_AUTO,
  CB_EXCHANGE_VCARD,
  CB_EXCHANGE_CSV,
} CbExchangeFormat;

gboolean cb_exchange_format_from_id (const char *id, CbExchangeFormat *format);

/* By the beginning of a file; CB_EXCHANGE_AUTO when it is neither. */
CbExchangeFormat cb_exchange_recognise (const char *bytes, gsize length);

typedef struct
{
  guint64 line;           /* where it begins in the file */
  CbCustomerDraft *draft; /* NULL: rejected */
  const char *reason;     /* why; a constant that quotes nothing */
} CbEntry;

void cb_entry_clear (CbEntry *entry);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CbEntry, cb_entry_clear)

typedef struct _CbEntries CbEntries;

CbEntries *cb_entries_new (GInputStream *stream, CbExchangeFormat format);
void cb_entries_free (CbEntries *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbEntries, cb_entries_free)

/* FALSE at the end, or with `error` set: the stream's own errors, and CB_STORE_ERROR_INVALID when
 * the file is no text. */
gboolean cb_entries_next (CbEntries *self, CbEntry *entry, GError **error);

/* Bytes of the file that were read so far. */
guint64 cb_entries_get_position (CbEntries *self);

G_END_DECLS
