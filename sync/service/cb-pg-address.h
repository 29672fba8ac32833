/* SPDX-License-Identifier: Apache-2.0 */

/* Where a PostgreSQL is: a URI (postgresql://…) or libpq's keywords (host=a,b dbname=…). Several
 * hosts are for fail-over: the one that takes writes is found. No password stands in it, for others
 * can read a program's arguments: that comes from PGPASSFILE, ~/.pgpass or the environment. Beyond
 * this machine only over TLS, with the server's certificate verified. */

#pragma once

#include <glib.h>
#include <libpq-fe.h>

G_BEGIN_DECLS

/* Is it meant as one at all? */
gboolean cb_pg_address_is_one (const char *text);

/* Why it will not do, or NULL when it does. Quotes nothing of the text. */
const char *cb_pg_address_judge (const char *text);

/* Blocks until there is a connection or none is to be had, for a few seconds a host. Never NULL. */
PGconn *cb_pg_address_open (const char *text);

G_END_DECLS
