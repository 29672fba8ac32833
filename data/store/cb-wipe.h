/* SPDX-License-Identifier: Apache-2.0 */

/* The end of a store by order: a terminal that was shut out, stolen perhaps, is to hold nothing
 * any more. What can be read without a key is least worth taking, so the keys go first: from then
 * on the rest is noise, whatever a disk keeps of deleted files.
 *
 *   <home>/wiped   written before anything else, at once: from here on there is no store
 *
 * Whoever opens the store goes on where a crash stopped; every step can be done twice. What stays
 * is that file, the locks, and the ledger of erasures, which holds random ids: those who were
 * erased here stay erased should a copy of the store ever be put back. Files elsewhere are others':
 * a back-up that was carried away opens by the recovery code as ever. Blocking. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean cb_wipe_is_decided (const char *home);
gboolean cb_wipe_decide (const char *home, const char *store_id, GError **error);

/* What can't be destroyed keeps nothing else from it: it fails at the end. The second does nothing
 * where it was not decided. */
gboolean cb_wipe_carry_out (const char *home,
                            const char *state_root,
                            const char *store_id,
                            GError **error);
gboolean cb_wipe_finish (const char *home, const char *state_root, GError **error);

/* CB_STORE_ERROR_WIPED. */
void cb_wipe_tell (GError **error);

/* A new store is to begin here: finishes, and takes the file away. */
gboolean cb_wipe_make_room (const char *home, const char *state_root, GError **error);

G_END_DECLS
