/* SPDX-License-Identifier: Apache-2.0 */

/* What this service orders a terminal that it shut out, signed by a key of its own: derived from a
 * secret that its database has had from the beginning, so that every service on that database
 * signs alike, and a copy that is put back still does. */

#pragma once

#include "base/cb-json.h"
#include "service/cb-storage.h"
#include "wire/cb-order.h"

G_BEGIN_DECLS

/* What a terminal is given when it is enrolled. */
void cb_orders_get_public_key (const CbIdentity *identity, guint8 key[CB_ORDER_PUBLIC_BYTES]);

/* {"at","signature"} when the terminal is to destroy what it holds, else NULL. */
JsonObject *cb_orders_make_wipe (const CbIdentity *identity, const CbTerminalRow *terminal);

G_END_DECLS
