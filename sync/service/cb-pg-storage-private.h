/* SPDX-License-Identifier: Apache-2.0 */

/* The implementation's files among themselves. */

#pragma once

#include "service/cb-pg-set.h"
#include "service/cb-pg-storage.h"
#include "service/cb-pg.h"

G_BEGIN_DECLS

/* Numbers from here on stand for those that the commit will give. */
#define CB_PG_FIRST_NUMBER (G_GINT64_CONSTANT (1) << 62)

typedef struct
{
  CbStorage storage; /* first */
  CbStorageMethods methods;
  CbPg *db;
  CbIdentity identity;

  /* Of the transaction under way. */
  CbPgSet *set;
  GPtrArray *envelopes; /* borrowed, may be NULL */
  GPtrArray *customers; /* likewise */
  gint64 first;         /* what get_head answers */
  gint64 taken;         /* the number up to which they were taken from the counter */
  gint64 marked;        /* what that was at the mark */
} CbPgStorage;

/* cb-pg-book.c, cb-pg-answers.c, cb-pg-changes.c, cb-pg-terminals.c, cb-pg-told.c, cb-pg-inspect.c
 */
void cb_pg_fill_book (CbStorageMethods *methods);
void cb_pg_fill_answers (CbStorageMethods *methods);
void cb_pg_fill_changes (CbStorageMethods *methods);
void cb_pg_fill_terminals (CbStorageMethods *methods);
void cb_pg_fill_told (CbStorageMethods *methods);
void cb_pg_fill_inspect (CbStorageMethods *methods);

/* cb-pg-load.c: begins the transaction, locks the customers it is about, and fills the set; or
 * fills it anew within the transaction. */
gboolean cb_pg_load (CbPgStorage *self, gboolean is_anew, GError **error);
/* That same lock, within a transaction that began without it. */
gboolean cb_pg_lock_customer (CbPg *db, const char *customer, GError **error);

/* cb-pg-write.c: writes what was changed, with `last` the number given last, and commits where that
 * is asked for. `head` becomes what the last number is. */
gboolean cb_pg_write (CbPgStorage *self,
                      gint64 last,
                      gboolean is_end,
                      gint64 *head,
                      GError **error);

/* The highest number that is to be written. */
gint64 cb_pg_find_last (CbPgStorage *self);

/* cb-pg-migrate.c: runs the numbered files of the schema that the database has not had. To be
 * called by one process at a time. */
gboolean cb_pg_has_schema (CbPg *db, gboolean *has_schema, GError **error);
gboolean cb_pg_migrate (CbPg *db, GError **error);

/* The connection and the set of a storage. */
static inline CbPg *
cb_pg_of (CbStorage *storage)
{
  return ((CbPgStorage *) storage)->db;
}

static inline CbPgSet *
cb_pg_set_of (CbStorage *storage)
{
  return ((CbPgStorage *) storage)->set;
}

G_END_DECLS
