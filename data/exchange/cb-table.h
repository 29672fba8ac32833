/* SPDX-License-Identifier: Apache-2.0 */

/* The rows of a table as spreadsheets and address books write them. What separates the cells is
 * seen from the first line. A quotation mark that is never closed costs its own line alone: the
 * lines behind it are read again. */

#pragma once

#include "exchange/cb-lines.h"

G_BEGIN_DECLS

typedef struct _CbTable CbTable;

typedef struct
{
  guint64 line;       /* where it begins in the file */
  GPtrArray *cells;   /* of char *, UTF-8; borrowed until the next row; NULL: it can't be read */
  const char *reason; /* why not; a constant that quotes nothing */
  gboolean is_empty;  /* no cell says anything */
} CbRow;

/* Borrows the lines. */
CbTable *cb_table_new (CbLines *lines);
void cb_table_free (CbTable *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbTable, cb_table_free)

/* FALSE at the end, or with `error` set. */
gboolean cb_table_next (CbTable *self, CbRow *row, GError **error);

G_END_DECLS
