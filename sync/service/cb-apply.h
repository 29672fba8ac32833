/* SPDX-License-Identifier: Apache-2.0 */

/* The rules: what one operation does to the book, and what is answered. No database, no network, no
 * clock. Erasure beats everything; a withdrawal beats every yes that did not see it; a record is
 * taken in only while the yes it names stands and carries its scope. */

#pragma once

#include "service/cb-ledger.h"
#include "service/cb-storage.h"
#include "wire/cb-ack.h"

G_BEGIN_DECLS

/* One batch of one terminal. Stands on the caller's stack between begin and commit. */
typedef struct
{
  CbStorage *storage;
  CbLedger *ledger;
  CbOrigin origin; /* the terminal's */
  gint64 now_us;   /* for reports: it decides nothing */
  gint64 head;     /* the change number given last; the caller writes it back before commit */
  gboolean has_purged;
  gboolean is_replay; /* the ledger has it already */
} CbApply;

/* NULL with an error only when the database failed; then nothing may be committed. */
CbAck *cb_apply_operation (CbApply *self, const CbEnvelope *envelope, GError **error);

/* Removes a customer whom the ledger knows as erased and the database does not. */
gboolean cb_apply_erasure (CbApply *self, const char *customer, GError **error);

G_END_DECLS
