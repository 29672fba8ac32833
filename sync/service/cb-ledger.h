/* SPDX-License-Identifier: Apache-2.0 */

/* Who is erased, once more outside the database: erasures.log beside it, a line an erasure of
 * random id and change number. An older copy of the database put back in place forgets an erasure;
 * the ledger does not, and is replayed at every start. Blocking. */

#pragma once

#include <glib.h>

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

G_END_DECLS
