/* SPDX-License-Identifier: Apache-2.0 */

/* The service's own SQLite connection: opened for durability, statements cached, errors mapped, no
 * value in any message. The only file of the service that opens a database. One thread.
 *
 * A fresh file gets synchronous=EXTRA before its first journal_mode=WAL and FULL after it: below
 * EXTRA a power cut can undo the switch and take the log with it. */

#pragma once

#include <glib.h>
#include <sqlite3.h>

G_BEGIN_DECLS

typedef struct _CbSqlite CbSqlite;

/* Makes the file when it is absent and `create` is TRUE, else CB_STORE_ERROR_NO_STORE. */
CbSqlite *cb_sqlite_open (const char *path, gboolean create, GError **error);
void cb_sqlite_close (CbSqlite *self);

/* Runs the numbered files of the schema that the database has not had, each in a transaction.
 * CB_STORE_ERROR_TOO_NEW when a later version wrote it. */
gboolean cb_sqlite_migrate (CbSqlite *self, GError **error);

/* SQL without parameters or rows. */
gboolean cb_sqlite_run (CbSqlite *self, const char *sql, GError **error);

/* For a pragma that answers one number. */
gboolean cb_sqlite_ask (CbSqlite *self, const char *sql, gint64 *answer, GError **error);

/* Moves the log into the file and empties it. CB_STORE_ERROR_BUSY while another connection reads.
 */
gboolean cb_sqlite_truncate_log (CbSqlite *self, GError **error);

/* --- statements --- */

/* A cached statement lent to a scope; reset and unbound at its end. `sql` must be a constant, for
 * the cache goes by its address. What failed to prepare is told by the first step. */
typedef struct _CbQuery CbQuery;

CbQuery *cb_sqlite_query (CbSqlite *self, const char *sql);
void cb_query_done (CbQuery *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbQuery, cb_query_done)

/* Numbered from 1; what is bound must live until the scope ends. NULL binds NULL. */
void cb_query_bind_text (CbQuery *self, int number, const char *text);
void cb_query_bind_slice (CbQuery *self, int number, const char *text, gsize length);
void cb_query_bind_int (CbQuery *self, int number, gint64 value);
void cb_query_bind_blob (CbQuery *self, int number, const void *bytes, gsize length);

/* TRUE when there is a row; FALSE at the end, or with `error` set. */
gboolean cb_query_next (CbQuery *self, GError **error);

/* Runs a statement that gives no rows. */
gboolean cb_query_run (CbQuery *self, GError **error);

/* Columns from 0. */
const char *cb_query_text (CbQuery *self, int column); /* borrowed until the next step */
char *cb_query_dup_text (CbQuery *self, int column);
gint64 cb_query_int (CbQuery *self, int column);

/* Copies an id of 32 digits, or makes it empty for NULL; bytes only when there are just so many. */
void cb_query_copy_id (CbQuery *self, int column, char *id);
gboolean cb_query_copy_bytes (CbQuery *self, int column, void *bytes, gsize length);

G_END_DECLS
