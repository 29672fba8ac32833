/* SPDX-License-Identifier: Apache-2.0 */

/* The invented shop Fennick & Vale: app/demo/shop.json, replayed through the book's own acts under
 * a clock that moves from the past to today, so that every record, answer and end is a real one. */

#pragma once

#include "store/cb-book.h"

G_BEGIN_DECLS

/* Makes the demo shop, or opens it when it is there already. `recovery_code` is set for a new store
 * only; wipe it. Refuses with CB_STORE_ERROR_FAILED where another shop's store is. */
CbBook *cb_ctl_make_demo (const char *home,
                          const char *state_root,
                          CbClock *clock,
                          char **recovery_code,
                          GError **error);

G_END_DECLS
