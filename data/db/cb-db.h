/* SPDX-License-Identifier: Apache-2.0 */

/* One SQLite connection: opened as architecture.md asks, statements cached, errors mapped. The only
 * file that opens the store's database. A connection belongs to the thread that opened it.
 *
 * Durability: a fresh file gets synchronous=EXTRA before its first journal_mode=WAL and FULL after
 * it, and its directory is synced once; below EXTRA the switch to WAL can be undone by a power cut
 * and take the WAL with it. Autocheckpoint is off: cb_db_checkpoint() is called when idle. */

#pragma once

#include <gio/gio.h>
#include <sqlite3.h>

#include "base/cb-clock.h"

G_BEGIN_DECLS

#define CB_TYPE_DB (cb_db_get_type ())
G_DECLARE_FINAL_TYPE (CbDb, cb_db, CB, DB, GObject)

/* CB_STORE_ERROR_NO_STORE when the file is absent and `create` is FALSE, or is another program's.
 */
CbDb *cb_db_open (const char *path, gboolean create, CbClock *clock, GError **error);
void cb_db_close (CbDb *self);

CbClock *cb_db_get_clock (CbDb *self);

/* For the door's authorizer and for migrations. */
sqlite3 *cb_db_get_handle (CbDb *self);

typedef void (*CbDbFunction) (sqlite3_context *context, int n_arguments, sqlite3_value **arguments);

/* One that SQL may call, in views too; `data` is borrowed for as long as the connection is open. */
gboolean cb_db_add_function (CbDb *self,
                             const char *name,
                             int n_arguments,
                             CbDbFunction func,
                             gpointer data,
                             GError **error);

/* SQL without parameters or rows. */
gboolean cb_db_run (CbDb *self, const char *sql, GError **error);

/* --- transactions --- */

/* When SQLite takes a transaction back by itself, on an I/O error say, every statement fails with
 * that error until the transaction is ended. */

/* IMMEDIATE: for writing. Waits for its turn half a minute: CB_STORE_ERROR_BUSY. */
gboolean cb_db_begin (CbDb *self, GError **error);
gboolean cb_db_begin_read (CbDb *self, GError **error); /* one snapshot for several reads */
gboolean cb_db_commit (CbDb *self, GError **error);
void cb_db_rollback (CbDb *self);
gboolean cb_db_is_in_transaction (CbDb *self);

/* Another number for each; 0: there is none. */
guint64 cb_db_get_transaction (CbDb *self);

/* Rolls back what is still open when the scope ends; g_auto (CbTransaction) t = db; */
typedef CbDb *CbTransaction;
void cb_transaction_end (CbTransaction *transaction);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CbTransaction, cb_transaction_end)

/* Counts up when another connection committed. */
gint64 cb_db_get_data_version (CbDb *self);

/* Pages in the WAL that wait; a TRUNCATE checkpoint fails with BUSY while a reader holds it. */
int cb_db_get_wal_pages (CbDb *self);
gboolean cb_db_checkpoint (CbDb *self, gboolean truncate, GError **error);

/* Writes the file anew without its free pages, by way of memory and the WAL. Not inside a
 * transaction. */
gboolean cb_db_vacuum (CbDb *self, GError **error);

/* CB_STORE_ERROR_CORRUPT when the file is damaged, or a row refers to nothing. Reads all of it. */
gboolean cb_db_check_integrity (CbDb *self, GError **error);

/* What runs over this connection fails (CB_STORE_ERROR_FAILED) from when `given_up` is cancelled,
 * by any thread. It lives as long as the connection. */
void cb_db_give_up_with (CbDb *self, GCancellable *given_up);

/* Whether another file has taken this one's place since it was opened. */
gboolean cb_db_has_moved (CbDb *self);

/* How much of the file may be kept in memory: what no longer fits during a large transaction is
 * written and read again, many times over. 0 is SQLite's own measure. Not inside a transaction. */
gboolean cb_db_set_cache_mb (CbDb *self, guint megabytes, GError **error);

/* --- statements --- */

/* A cached statement, lent to a scope: reset and unbound when the scope ends, for an un-reset
 * cursor pins a snapshot. A statement that could not be prepared reports it at the first step, so
 * that callers check one place. */
typedef struct _CbStmt CbStmt;

/* `sql` must be a constant: the cache goes by its address. */
CbStmt *cb_db_prepare (CbDb *self, const char *sql);
void cb_stmt_done (CbStmt *stmt);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbStmt, cb_stmt_done)

/* Numbered from 1. Texts and bytes must live until the scope ends. NULL binds NULL. */
void cb_stmt_bind_text (CbStmt *stmt, int number, const char *text);
void cb_stmt_bind_int (CbStmt *stmt, int number, gint64 value);
void cb_stmt_bind_bytes (CbStmt *stmt, int number, GBytes *bytes);

/* TRUE when there is a row; FALSE at the end, or with `error` set. */
gboolean cb_stmt_next (CbStmt *stmt, GError **error);

/* Runs a statement that gives no rows. */
gboolean cb_stmt_run (CbStmt *stmt, GError **error);

/* Whether it could be prepared, for those who want to know before the first step. */
gboolean cb_stmt_check (CbStmt *stmt, GError **error);

/* Ready for another run in the same scope. */
void cb_stmt_again (CbStmt *stmt);

/* Columns from 0; borrowed until the next step. */
const char *cb_stmt_text (CbStmt *stmt, int column);
gint64 cb_stmt_int (CbStmt *stmt, int column);
gboolean cb_stmt_is_null (CbStmt *stmt, int column);
const void *cb_stmt_blob (CbStmt *stmt, int column, gsize *length);
GBytes *cb_stmt_dup_bytes (CbStmt *stmt, int column); /* NULL for NULL */

/* Rows that the last statement changed. */
int cb_db_get_changes (CbDb *self);

/* What SQLite said, as one of ours. The message names the result code, never a value. */
void cb_db_set_error (CbDb *self, int code, const char *attempt, GError **error);

G_END_DECLS
