/* SPDX-License-Identifier: Apache-2.0 */

/* What the command line says about where to listen and where the data is. Pure. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* "127.0.0.1:8447", "[::1]:0", "localhost:8447": an address and a port, no other names. NULL when
 * it is none. */
GSocketAddress *cb_address_parse (const char *text);

/* May plain HTTP be spoken there? */
gboolean cb_address_is_loopback (GSocketAddress *address);

/* The path in "sqlite:PATH"; NULL for any other database. Borrowed. */
const char *cb_address_get_sqlite_path (const char *database);

G_END_DECLS
