/* SPDX-License-Identifier: Apache-2.0 */

/* Between SQLite and the file system: what a transaction appends to the write-ahead log goes there
 * in one piece. SQLite hands each page over by itself, in two pieces that lie across the pages of
 * the system's cache; a saved note touches fifteen of them.
 *
 * What waits is of the one transaction that holds the lock for writing, and is gone with it if it
 * is taken back. Nothing is held back past a sync, which comes before anybody is told that there is
 * something new in the log, so this is for connections with synchronous=FULL or EXTRA alone: ours.
 * What cannot be written is told by that sync, and SQLite takes the transaction back as it does for
 * its own (https://www.sqlite.org/vfs.html, https://www.sqlite.org/walformat.html). */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Becomes the default, around the one that was. Once, before a database is opened. */
void cb_wal_vfs_register (void);

G_END_DECLS
