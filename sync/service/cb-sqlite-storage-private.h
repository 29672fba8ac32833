/* SPDX-License-Identifier: Apache-2.0 */

/* The implementation's files among themselves: each fills in its part of the methods. */

#pragma once

#include "service/cb-sqlite-storage.h"
#include "service/cb-sqlite.h"

G_BEGIN_DECLS

typedef struct
{
  CbStorage storage; /* first */
  CbStorageMethods methods;
  CbSqlite *db;
  CbIdentity identity;
} CbSqliteStorage;

/* cb-sqlite-book.c, cb-sqlite-answers.c, cb-sqlite-changes.c, cb-sqlite-terminals.c,
 * cb-sqlite-told.c, cb-sqlite-inspect.c */
void cb_sqlite_fill_book (CbStorageMethods *methods);
void cb_sqlite_fill_answers (CbStorageMethods *methods);
void cb_sqlite_fill_changes (CbStorageMethods *methods);
void cb_sqlite_fill_terminals (CbStorageMethods *methods);
void cb_sqlite_fill_told (CbStorageMethods *methods);
void cb_sqlite_fill_inspect (CbStorageMethods *methods);

/* The connection of a storage. */
static inline CbSqlite *
cb_sqlite_of (CbStorage *storage)
{
  return ((CbSqliteStorage *) storage)->db;
}

G_END_DECLS
