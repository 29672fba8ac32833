/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "db/cb-snapshot.h"

#include "base/cb-error.h"

/* How often another process may commit between the cut of the WAL and our transaction. */
#define TRIES 50
#define NAP_US 5000

struct _CbSnapshot
{
  CbDb *db;
  guint64 length;
};

/* --- the files of a connection --- */

static sqlite3_file *
get_file (CbDb *db, CbDbPart part)
{
  sqlite3_file *file = NULL;
  int what = part == CB_DB_FILE ? SQLITE_FCNTL_FILE_POINTER : SQLITE_FCNTL_JOURNAL_POINTER;

  sqlite3_file_control (cb_db_get_handle (db), "main", what, &file);

  return file != NULL && file->pMethods != NULL ? file : NULL;
}

guint64
cb_db_get_part_length (CbDb *db, CbDbPart part)
{
  sqlite3_file *file = get_file (db, part);
  sqlite3_int64 length = 0;

  if (file == NULL || file->pMethods->xFileSize (file, &length) != SQLITE_OK)
    return 0;

  return (guint64) length;
}

gboolean
cb_db_read_part (CbDb *db,
                 CbDbPart part,
                 guint64 offset,
                 void *buffer,
                 gsize length,
                 GError **error)
{
  sqlite3_file *file = get_file (db, part);
  int code = SQLITE_IOERR_READ;

  if (file != NULL)
    code = file->pMethods->xRead (file, buffer, (int) length, (sqlite3_int64) offset);
  if (code != SQLITE_OK)
    cb_db_set_error (db, code, "read the database", error);

  return code == SQLITE_OK;
}

/* --- the snapshot --- */

/* A transaction begins with its first read. */
static gboolean
begin (CbDb *db, GError **error)
{
  static const char SQL_TOUCH[] = "SELECT count(*) FROM sqlite_schema";
  g_autoptr (CbStmt) stmt = NULL;

  if (!cb_db_begin_read (db, error))
    return FALSE;
  stmt = cb_db_prepare (db, SQL_TOUCH);
  if (cb_stmt_next (stmt, error))
    return TRUE;
  cb_stmt_done (g_steal_pointer (&stmt));
  cb_db_rollback (db);

  return FALSE;
}

/* With the WAL empty after the transaction began it was empty when it began: it can't have been cut
 * since, for a reader of its content keeps it from being cut. */
CbSnapshot *
cb_snapshot_new (CbDb *db, GError **error)
{
  for (guint i = 0; i < TRIES; i++)
    {
      g_autoptr (GError) local_error = NULL;

      if (cb_db_checkpoint (db, TRUE, &local_error) && begin (db, &local_error))
        {
          if (cb_db_get_part_length (db, CB_DB_WAL) == 0)
            {
              CbSnapshot *self = g_new0 (CbSnapshot, 1);

              self->db = db;
              self->length = cb_db_get_part_length (db, CB_DB_FILE);
              return self;
            }
          cb_db_rollback (db);
        }
      else if (!g_error_matches (local_error, CB_STORE_ERROR, CB_STORE_ERROR_BUSY))
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return NULL;
        }
      g_usleep (NAP_US);
    }
  g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_BUSY,
                       "could not read the database as it is: others are writing all the time");

  return NULL;
}

guint64
cb_snapshot_get_length (CbSnapshot *self)
{
  return self->length;
}

gboolean
cb_snapshot_read (CbSnapshot *self, guint64 offset, void *buffer, gsize length, GError **error)
{
  return cb_db_read_part (self->db, CB_DB_FILE, offset, buffer, length, error);
}

void
cb_snapshot_free (CbSnapshot *self)
{
  cb_db_rollback (self->db);
  g_free (self);
}
