/* SPDX-License-Identifier: Apache-2.0 */

/* The pages in a WAL, below SQLite. Each frame carries a sum that goes on from the one before it as
 * that is written there, so that what stands behind a damaged frame can be told to be right; up to
 * the last that ended a transaction. For cb-pages.c. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _CbWal CbWal;

/* One that is absent, or of which nothing is right, has no pages. */
CbWal *cb_wal_open (const char *path, guint page_bytes);
void cb_wal_free (CbWal *self);

/* The newest, or NULL. */
const guint8 *cb_wal_find (CbWal *self, guint page);
guint cb_wal_get_last_page (CbWal *self);

G_END_DECLS
