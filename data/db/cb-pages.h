/* SPDX-License-Identifier: Apache-2.0 */

/* The rows in a database file that SQLite itself may no longer open: read page by page, with what
 * its WAL has for each, below SQLite and without asking any page about another more than a row
 * needs. Believes nothing: a page that is none, a cell that reaches out of its page, a chain that
 * does not end, are passed over. What is read is what was there, not that it is right: whoever asks
 * has to open its seals.
 *
 * Reads and never writes. Nobody else may write meanwhile. The format is the one of
 * https://sqlite.org/fileformat2.html, for UTF-8 and without reserved bytes, as this store's are.
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _CbPages CbPages;

/* `path` of the database; a WAL beside it is taken along. CB_STORE_ERROR_NO_STORE when there is
 * neither. */
CbPages *cb_pages_open (const char *path, GError **error);
void cb_pages_free (CbPages *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbPages, cb_pages_free)

/* Pages are numbered from 1. */
guint cb_pages_get_count (CbPages *self);

/* Those that should follow by what the head of the file says, and don't. */
guint cb_pages_count_absent (CbPages *self);

/* What the head of the file says its schema is of; 0 when that can't be read. */
guint cb_pages_get_schema (CbPages *self);

typedef enum
{
  CB_PAGE_OTHER, /* free, an overflow, or damaged */
  CB_PAGE_EMPTY, /* zeros alone: freed, as a rule */
  CB_PAGE_ROWS,
  CB_PAGE_BRANCHES, /* of a table: leads to its rows */
  CB_PAGE_ENTRIES,  /* of an index, or of a table without row numbers */
} CbPageKind;

CbPageKind cb_pages_get_kind (CbPages *self, guint page);

/* Adds the page and those below it, each once. Answers how many of those it was led to are none any
 * more. */
guint cb_pages_walk (CbPages *self, guint root, GHashTable *pages);

/* --- what is on a page --- */

typedef enum
{
  CB_FIELD_NULL,
  CB_FIELD_NUMBER,
  CB_FIELD_TEXT,
  CB_FIELD_BYTES,
  CB_FIELD_REAL,
} CbFieldKind;

typedef struct
{
  CbFieldKind kind;
  gint64 number;
  const guint8 *bytes; /* texts are not ended by a zero */
  gsize length;
} CbField;

#define CB_FIELDS_MAX 40

typedef struct
{
  gint64 row; /* 0 for an entry */
  guint n_fields;
  CbField fields[CB_FIELDS_MAX];
} CbRow;

/* The row borrows from the page reader and is gone when it returns. */
typedef void (*CbRowFunc) (const CbRow *row, gpointer data);

/* Answers how many cells there were and could not be read. */
guint cb_pages_read (CbPages *self, guint page, CbRowFunc func, gpointer data);

G_END_DECLS
