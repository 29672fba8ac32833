/* SPDX-License-Identifier: Apache-2.0 */

/* The service's own PostgreSQL connection: statements prepared once, values and rows in binary,
 * errors mapped, no value in any message. It is made anew when it was lost. One thread, blocking;
 * the server's own time limits end what takes too long.
 *
 * Errors are CB_STORAGE_ERROR_AWAY for a lost connection, CB_STORAGE_ERROR_AGAIN for what may go
 * well the next moment, CB_STORE_ERROR for the rest. */

#pragma once

#include <glib.h>
#include <libpq-fe.h>

G_BEGIN_DECLS

typedef struct _CbPg CbPg;
typedef struct _CbPgQuery CbPgQuery;

/* `address` as cb-pg-address.h admits it. */
CbPg *cb_pg_new (const char *address);
void cb_pg_free (CbPg *self);

/* Connects when there is no connection; after a vain try only when a second has passed. */
gboolean cb_pg_connect (CbPg *self, GError **error);

/* Any SQL without parameters or rows, several statements too. */
gboolean cb_pg_run (CbPg *self, const char *sql, GError **error);

/* Ends the transaction under way without a trace, as far as there is one. */
void cb_pg_rollback (CbPg *self);

/* While it is bound no lost connection is made anew: what follows belongs to what was lost. */
void cb_pg_set_bound (CbPg *self, gboolean is_bound);

/* Sends all of them, and then reads all answers: one journey. Ends at the first that fails. Those
 * with long answers come last, for nothing is read before everything is sent. */
gboolean cb_pg_run_all (CbPg *self, GPtrArray *queries, GError **error);

/* The same for the beginning of a transaction, and for lookups outside of one: asks again over a
 * new connection where the old one turns out to be lost. */
gboolean cb_pg_run_first (CbPg *self, GPtrArray *queries, GError **error);

/* For a statement that answers one number. */
gboolean cb_pg_ask (CbPg *self, const char *sql, gint64 *answer, GError **error);

/* --- queries --- */

/* A prepared statement with its values and, once it ran, its rows. `sql` must be a constant, for
 * the cache goes by its address. */
CbPgQuery *cb_pg_query (CbPg *self, const char *sql);
void cb_pg_query_free (CbPgQuery *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbPgQuery, cb_pg_query_free)

/* The values in their order; all are copied. NULL and an empty id are NULL. */
void cb_pg_bind_id (CbPgQuery *self, const char *id);
void cb_pg_bind_text (CbPgQuery *self, const char *text);
void cb_pg_bind_int (CbPgQuery *self, gint64 value);
void cb_pg_bind_bytes (CbPgQuery *self, const void *bytes, gsize length);

/* Arrays instead, one a letter: u of uuid, t of text, i of bigint, b of bytea. Each row is then put
 * column by column, from 0. */
void cb_pg_bind_columns (CbPgQuery *self, const char *types);
void cb_pg_put_id (CbPgQuery *self, guint column, const char *id);
void cb_pg_put_text (CbPgQuery *self, guint column, const char *text);
void cb_pg_put_slice (CbPgQuery *self, guint column, const char *text, gsize length);
void cb_pg_put_int (CbPgQuery *self, guint column, gint64 value);
void cb_pg_put_bytes (CbPgQuery *self, guint column, const void *bytes, gsize length);

/* Runs it where that has not happened. TRUE when there is a row; FALSE at the end, or with `error`
 * set. */
gboolean cb_pg_next (CbPgQuery *self, GError **error);

/* The same as cb_pg_run_first for a single query. */
gboolean cb_pg_next_first (CbPgQuery *self, GError **error);

/* Runs it, row by row from the server: for answers of any length. Ended early, the connection goes.
 */
gboolean cb_pg_stream (CbPgQuery *self, GError **error);

/* Runs a statement that gives no rows. */
gboolean cb_pg_query_run (CbPgQuery *self, GError **error);

/* Columns from 0, of the row at hand. */
const char *cb_pg_text (CbPgQuery *self, int column); /* NULL for NULL */
char *cb_pg_dup_text (CbPgQuery *self, int column);
char *cb_pg_dup_id (CbPgQuery *self, int column); /* of a uuid */
gint64 cb_pg_int (CbPgQuery *self, int column);
void cb_pg_copy_id (CbPgQuery *self, int column, char *id); /* "" for NULL */
gboolean cb_pg_copy_bytes (CbPgQuery *self, int column, void *bytes, gsize length);

G_END_DECLS
