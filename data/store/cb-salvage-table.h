/* SPDX-License-Identifier: Apache-2.0 */

/* The tables of this build's schema as cb-salvage.c asks about them: what a row of each looks like,
 * which of its columns are sealed, and how a row gets in. */

#pragma once

#include <sqlite3.h>

#include "db/cb-db.h"
#include "db/cb-pages.h"

G_BEGIN_DECLS

typedef struct
{
  char *name;
  CbFieldKind kind;
  gboolean may_be_null;
  gboolean is_row; /* the row's own number */
} CbSalvageColumn;

typedef struct
{
  char *name;
  CbPageKind kind;
  gboolean is_for_keys;   /* needed before the seals of the rest */
  gboolean is_unlike_any; /* its rows look like an index's: only the schema tells them apart */
  guint rank;
  guint n_columns;
  guint n_least; /* what the oldest rows have */
  guint id;      /* the place of what its seals are bound to */
  CbSalvageColumn columns[CB_FIELDS_MAX];
  sqlite3_stmt *adding[CB_FIELDS_MAX + 1];
  sqlite3_stmt *asking;
  guint n_saved;
  guint n_lost;
  int failure; /* SQLite's code, of what is no fault of a row: a full disk */
} CbSalvageTable;

/* Of CbSalvageTable, each behind those that it refers to. */
GPtrArray *cb_salvage_list_tables (CbDb *db, GError **error);

/* The place of a column; -1 for none. */
int cb_salvage_table_find (CbSalvageTable *self, const char *column);

/* Whether it could be a row of it. Of a page that nobody leads to, more is asked. */
gboolean cb_salvage_table_fits (CbSalvageTable *self, const CbRow *row, gboolean is_told);

/* --- seals --- */

typedef enum
{
  CB_SALVAGE_OPEN,    /* a hash: nothing to open */
  CB_SALVAGE_WRAPPED, /* a key under the store key */
  CB_SALVAGE_SEALED,
} CbSalvageSeal;

CbSalvageSeal cb_salvage_seal_of (const char *column);

/* Sealed under the book key and not under a customer's. */
gboolean cb_salvage_table_is_of_book (CbSalvageTable *self, const CbRow *row);

/* Stays when its customer goes. */
gboolean cb_salvage_table_outlives (CbSalvageTable *self, const CbRow *row);

/* --- rows --- */

typedef enum
{
  CB_SALVAGE_ADDED,
  CB_SALVAGE_KNOWN, /* there is one of that name */
  CB_SALVAGE_REFUSED,
} CbSalvageAnswer;

CbSalvageAnswer cb_salvage_table_add (CbSalvageTable *self, CbDb *db, const CbRow *row);
gboolean cb_salvage_table_has (CbSalvageTable *self, CbDb *db, const char *id);

/* No more rows: what it held of the database is let go. */
void cb_salvage_table_end (CbSalvageTable *self);

G_END_DECLS
