/* SPDX-License-Identifier: Apache-2.0 */

/* The PostgreSQL that tests/support/with-postgresql made for this test. Where a test runs under it,
 * the service's fixtures keep their book there instead of in a file. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Does this test run on PostgreSQL? */
gboolean cb_test_pg_is_on (void);

/* A database nobody has used yet, as --database takes it. It goes with the server. */
char *cb_test_pg_new_address (void);

/* The address of a copy of it as it is now. Nobody may be connected to it. */
char *cb_test_pg_copy (const char *address);

/* As somebody beside the service: SQL without rows, and SQL that answers one number. */
void cb_test_pg_run (const char *address, const char *sql);
gint64 cb_test_pg_ask (const char *address, const char *sql);

/* "--stop", "--start" and the rest of what with-postgresql takes. */
void cb_test_pg_control (const char *word);

/* Ends every other connection to that database, as an operator would. */
void cb_test_pg_end_connections (const char *address);

G_END_DECLS
