/* SPDX-License-Identifier: Apache-2.0 */

/* Putting a back-up back. The store is made ready beside the one that is there: opened, brought to
 * this build's schema, given what was erased here since, the tombstones, audit rows, refusals,
 * withdrawals and known copies of the store it replaces, a new incarnation and a new store key for
 * this device; then its integrity, its audit and its keys are proved, and only then it takes the
 * place (store/cb-switch.h). */

#pragma once

#include "store/cb-book.h"

G_BEGIN_DECLS

typedef struct
{
  CbBackup backup;
  guint n_erased;      /* customers in the back-up who were erased since */
  guint n_carried;     /* audit rows of the replaced store */
  guint n_noes;        /* refusals and withdrawals of the replaced store */
  gboolean is_whole;   /* FALSE: there was a store that could not be read, or not to its end */
  gboolean is_heard;   /* what was erased and taken back since is known; else see
                          cb_book_get_unheard_since() */
  gboolean needs_pins; /* another device key: nobody's PIN fits */
} CbRestored;

/* `as` is the id or name of an admin in the back-up; `code` is the recovery code, and
 * whoever needed it needs no admin. Both may be NULL. Answers the open store. CB_STORE_ERROR_BUSY
 * while another process has the store open, NO_KEY, TOO_NEW, CORRUPT, FULL, FORBIDDEN: then
 * everything is as it was. */
CbBook *cb_restore (const char *home,
                    const char *state_root,
                    CbClock *clock,
                    const char *path,
                    const char *as,
                    const char *code,
                    CbRestored *restored,
                    GError **error);

G_END_DECLS
