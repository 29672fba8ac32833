/* SPDX-License-Identifier: Apache-2.0 */

/* A store whose file is damaged: everything in it that can be told to be right (store/cb-salvage.h)
 * goes into a new one beside it, with its own keys where they are lost from the last back-up; then
 * the ledger is replayed, every no that any trace of is left holds, and the new one takes the place
 * by the same switch as a restore (store/cb-switch.h). The damaged file is read and kept: nothing
 * of it is changed. */

#pragma once

#include "store/cb-book.h"
#include "store/cb-salvage.h"

G_BEGIN_DECLS

typedef struct
{
  GPtrArray *tables; /* CbSalvaged */
  guint n_absent;    /* pages that the file should have and has not; what was on them is unknown */
  gboolean is_uncounted; /* part of the file's own list of tables is gone: more may be lost */
  guint n_borrowed;      /* answers that are there again from the last back-up */
  guint n_erased;        /* customers whom the ledger knows to be erased */
  guint n_ended;         /* yeses that ended because a later no may have been lost */
  guint n_keys_renewed;  /* of the store's own keys, lost here and in the back-up */
  char *kept;            /* the folder of the damaged file, in the store's */
} CbRepaired;

void cb_repaired_clear (CbRepaired *repaired);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CbRepaired, cb_repaired_clear)

/* `as` is the id or name of an admin of the store; it may be NULL when no admin could be saved.
 * Answers the open store. CB_STORE_ERROR_BUSY while another process has the store open, NO_STORE,
 * NO_KEY, TOO_NEW, FULL, FORBIDDEN: then everything is as it was. */
CbBook *cb_repair (const char *home,
                   const char *state_root,
                   CbClock *clock,
                   const char *as,
                   CbRepaired *repaired,
                   GError **error);

G_END_DECLS
