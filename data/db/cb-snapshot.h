/* SPDX-License-Identifier: Apache-2.0 */

/* The bytes of a whole database as they are at one moment, for a back-up that writes no copy of it.
 * The WAL is moved into the file and cut, then a read transaction begins: as long as it lasts
 * SQLite writes to the WAL alone, so the file stands still while others go on committing.
 *
 * It is read through SQLite's own descriptor. A descriptor of ours, closed, would take away the
 * locks that SQLite has on the file in this process. */

#pragma once

#include "db/cb-db.h"

G_BEGIN_DECLS

typedef struct _CbSnapshot CbSnapshot;

/* On a connection that does nothing else until it ends. CB_STORE_ERROR_BUSY when others don't let
 * go of the WAL. */
CbSnapshot *cb_snapshot_new (CbDb *db, GError **error);
guint64 cb_snapshot_get_length (CbSnapshot *self);
gboolean cb_snapshot_read (CbSnapshot *self,
                           guint64 offset,
                           void *buffer,
                           gsize length,
                           GError **error);
void cb_snapshot_free (CbSnapshot *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbSnapshot, cb_snapshot_free)

/* The file, or its WAL, of a connection as they are now, for whoever looks for what should be gone.
 */
typedef enum
{
  CB_DB_FILE,
  CB_DB_WAL,
} CbDbPart;

guint64 cb_db_get_part_length (CbDb *db, CbDbPart part);
gboolean cb_db_read_part (CbDb *db,
                          CbDbPart part,
                          guint64 offset,
                          void *buffer,
                          gsize length,
                          GError **error);

G_END_DECLS
