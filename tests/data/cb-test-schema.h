/* SPDX-License-Identifier: Apache-2.0 */

/* Databases of older versions of the schema, made by the runner that makes every other; the rows of
 * fixtures/schema; and what stands in a database as a text that can be compared. For executables
 * with schema_dep. Everything aborts the test on failure. */

#pragma once

#include "db/cb-db.h"

G_BEGIN_DECLS

/* The runner knows no version after this one; 0: it knows all of this build. */
void cb_test_schema_set_newest (guint version);

/* The text of fixtures/schema/NNNN-KIND.sql; NULL when there is none. */
char *cb_test_schema_read (guint version, const char *kind);

/* Runs the statements; FALSE when there were none of that version and kind. */
gboolean cb_test_schema_load (CbDb *db, guint version, const char *kind);

/* Each table and view to what stands in it: its columns, and its rows in an order of their own,
 * with their numbers where `with_numbers`. */
GHashTable *cb_test_schema_dump (CbDb *db, gboolean with_numbers);

/* The same of the tables that a text of INSERTs fills; `db` says which there are. One that it
 * empties (DELETE FROM table;) is there too. */
GHashTable *cb_test_schema_dump_text (CbDb *db, const char *sql);

/* Every statement that made the schema. */
char *cb_test_schema_dup_statements (CbDb *db);

/* Version, statements and all that stands in it. */
char *cb_test_schema_dup_all (CbDb *db);

G_END_DECLS
