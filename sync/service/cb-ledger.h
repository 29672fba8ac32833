/* SPDX-License-Identifier: Apache-2.0 */

/* What no older copy of the database may bring back, once more outside of it, in files beside it:
 * erasures.log, a line an erasure of random id and change number; ends.log, a line for each end of
 * a yes, with the id and the hash of the operation that ended it; revoked.log, a line a terminal
 * that was shut out. An older copy put back in place forgets them; the ledger does not, and is
 * replayed at the next start. Ids and codes alone. Blocking. */

#pragma once

#include "base/cb-id.h"
#include "wire/cb-envelope.h"

G_BEGIN_DECLS

typedef struct _CbLedger CbLedger;

CbLedger *cb_ledger_open (const char *database);
void cb_ledger_free (CbLedger *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbLedger, cb_ledger_free)

/* On disk when it returns. Comes before the database's commit: an erasure that only the ledger
 * knows is carried out at the next start, the other way round it would be lost. */
gboolean cb_ledger_add (CbLedger *self, const char *customer, gint64 n, GError **error);

/* The ids, as texts, each once. A line that a crash cut short is passed over. */
GPtrArray *cb_ledger_read (CbLedger *self, GError **error);

/* What ended a yes. */
typedef struct
{
  char op[CB_ID_LENGTH + 1];
  char customer[CB_ID_LENGTH + 1];
  char *purpose;
  char *channel;
  guint8 hash[CB_ENVELOPE_HASH_BYTES];
} CbLedgerEnd;

/* Ends are collected while a transaction is under way; all of them are on disk when the second
 * returns, before the database's commit. */
void cb_ledger_note_end (CbLedger *self, const CbEnvelope *envelope);
gboolean cb_ledger_write_ends (CbLedger *self, GError **error);
void cb_ledger_drop_ends (CbLedger *self);

/* As CbLedgerEnd, in the order in which they were written. */
GPtrArray *cb_ledger_read_ends (CbLedger *self, GError **error);

/* A terminal or a key is shut out for good; and the ids of all, as texts, each once. */
gboolean cb_ledger_add_revoked (CbLedger *self, const char *id, GError **error);
GPtrArray *cb_ledger_read_revoked (CbLedger *self, GError **error);

/* A terminal is to destroy what it holds; it is shut out by that, too. */
gboolean cb_ledger_add_wipe (CbLedger *self, const char *id, GError **error);
GPtrArray *cb_ledger_read_wipes (CbLedger *self, GError **error);

G_END_DECLS
