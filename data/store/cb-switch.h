/* SPDX-License-Identifier: Apache-2.0 */

/* How a store that was made ready beside the one that is there takes its place:
 *
 *   <home>/restore/counterbook.db   is made ready here, where nobody looks
 *   <home>/restore/ready            written last and at once: from here on the new one is the store
 *   <home>/replaced/                what was there, and in the state folder its keys, until the new
 *                                   one has been opened in its place
 *   <home>/damaged/                 the same of a store that was repaired; it stays until somebody
 *                                   is erased, and what opens it until then or until a restore
 *
 * Before "ready" is on the disk nothing that is in use has been touched. After it every step moves
 * a name, in an order in which it does not matter how often one is begun; whoever opens the store
 * goes on where a crash stopped. So there is always exactly one store: the old or the new. */

#pragma once

#include <gio/gio.h>

#include "vault/cb-vault.h"

G_BEGIN_DECLS

char *cb_switch_dup_folder (const char *home);

/* Takes away what never got ready. Does nothing once it did. */
gboolean cb_switch_clear (const char *home, GError **error);

gboolean cb_switch_is_decided (const char *home);

/* `kept` is where what is replaced stays, by cb_switch_dup_kept(); NULL when it goes. */
gboolean cb_switch_decide (const char *home,
                           const char *store_id,
                           const char *incarnation,
                           const char *kept,
                           GError **error);

/* A name in the store's folder that nothing has yet. */
char *cb_switch_dup_kept (const char *home);

/* To be alone with a store; -1 and CB_STORE_ERROR_BUSY while another process has it open. */
int cb_switch_lock (const char *state_root, const char *store_id, GError **error);

/* Goes on with what was decided, if anything was. The store's lock is taken unless it is held.
 * CB_STORE_ERROR_BUSY while another process does it. */
gboolean cb_switch_finish (const char *home,
                           const char *state_root,
                           gboolean is_lock_held,
                           GError **error);

/* The store has been opened: what it replaced goes. TRUE when there was nothing. */
gboolean cb_switch_drop_replaced (const char *home, CbVault *vault, GError **error);

/* What was kept of damaged stores goes, and what opens them. */
gboolean cb_switch_drop_kept (const char *home, CbVault *vault, GError **error);

G_END_DECLS
