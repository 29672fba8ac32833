/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "db/cb-wal-vfs.h"

#include <sqlite3.h>
#include <string.h>

/* More than an act of the counter; an import is cut into pieces of it. SQLite's own file system
 * writes 128 KB less a byte at once, and takes a multiple of 128 KB for nothing at all. */
#define ROOM (120 * 1024)

/* The lock that a writer holds; https://www.sqlite.org/walformat.html, 2.3. */
#define WRITE_LOCK 0
#define FRAME_HEADER 24

/* The file of the VFS below lies behind it. */
typedef struct
{
  sqlite3_file base;
  char *room; /* NULL until it is first written to */
  int length; /* of what waits in it */
  gboolean ends_commit;
  sqlite3_int64 offset;
  sqlite3_file *db; /* whose log it is; NULL: of one whose locks are not seen, and nothing waits */
} WalFile;

/* Behind the database's own file, which is opened in place; NULL while its log is not open. */
typedef struct
{
  WalFile *log;
} DbTail;

static sqlite3_vfs *below;
static const sqlite3_io_methods *db_below; /* NULL until a database is opened */
static sqlite3_io_methods db_methods;

static DbTail *
get_tail (sqlite3_file *db)
{
  return (DbTail *) ((char *) db + below->szOsFile);
}

static sqlite3_file *
get_file (sqlite3_file *file)
{
  return (sqlite3_file *) ((char *) file + sizeof (WalFile));
}

static int
flush (sqlite3_file *file)
{
  WalFile *self = (WalFile *) file;
  int length = self->length;

  /* Whether it succeeds or not: SQLite writes it anew after an error. */
  self->length = 0;
  return length == 0
           ? SQLITE_OK
           : get_file (file)->pMethods->xWrite (get_file (file), self->room, length, self->offset);
}

static int
wal_close (sqlite3_file *file)
{
  WalFile *self = (WalFile *) file;
  int flushed = flush (file);
  int closed = get_file (file)->pMethods->xClose (get_file (file));

  g_clear_pointer (&self->room, g_free);
  if (self->db != NULL)
    get_tail (self->db)->log = NULL;
  return flushed != SQLITE_OK ? flushed : closed;
}

static int
wal_read (sqlite3_file *file, void *data, int length, sqlite3_int64 offset)
{
  int code = flush (file);

  return code != SQLITE_OK
           ? code
           : get_file (file)->pMethods->xRead (get_file (file), data, length, offset);
}

/* The header of a transaction's last page says how large the database is then, the others 0. */
static gboolean
is_commit (const guint8 *header)
{
  static const guint8 none[4] = { 0 };

  return memcmp (header + 4, none, sizeof none) != 0;
}

static int
wal_write (sqlite3_file *file, const void *data, int length, sqlite3_int64 offset)
{
  WalFile *self = (WalFile *) file;

  if (self->room == NULL && self->db != NULL)
    self->room = g_try_malloc (ROOM);
  if (self->length > 0 && (offset != self->offset + self->length || length > ROOM - self->length))
    {
      int code = flush (file);

      if (code != SQLITE_OK)
        return code;
    }
  if (self->room == NULL || length > ROOM)
    return get_file (file)->pMethods->xWrite (get_file (file), data, length, offset);
  if (self->length == 0)
    self->offset = offset;
  if (length == FRAME_HEADER)
    self->ends_commit = is_commit (data);
  memcpy (self->room + self->length, data, length);
  self->length += length;
  return SQLITE_OK;
}

static int
wal_truncate (sqlite3_file *file, sqlite3_int64 size)
{
  int code = flush (file);

  return code != SQLITE_OK ? code : get_file (file)->pMethods->xTruncate (get_file (file), size);
}

static int
wal_sync (sqlite3_file *file, int flags)
{
  int code = flush (file);

  return code != SQLITE_OK ? code : get_file (file)->pMethods->xSync (get_file (file), flags);
}

static int
wal_file_size (sqlite3_file *file, sqlite3_int64 *size)
{
  int code = flush (file);

  return code != SQLITE_OK ? code : get_file (file)->pMethods->xFileSize (get_file (file), size);
}

static int
wal_lock (sqlite3_file *file, int lock)
{
  return get_file (file)->pMethods->xLock (get_file (file), lock);
}

static int
wal_unlock (sqlite3_file *file, int lock)
{
  return get_file (file)->pMethods->xUnlock (get_file (file), lock);
}

static int
wal_check_lock (sqlite3_file *file, int *is_locked)
{
  return get_file (file)->pMethods->xCheckReservedLock (get_file (file), is_locked);
}

static int
wal_control (sqlite3_file *file, int what, void *argument)
{
  return get_file (file)->pMethods->xFileControl (get_file (file), what, argument);
}

static int
wal_sector_size (sqlite3_file *file)
{
  return get_file (file)->pMethods->xSectorSize (get_file (file));
}

static int
wal_characteristics (sqlite3_file *file)
{
  return get_file (file)->pMethods->xDeviceCharacteristics (get_file (file));
}

/* Version 1: SQLite maps and shares the database, never its log. */
static const sqlite3_io_methods wal_methods = {
  .iVersion = 1,
  .xClose = wal_close,
  .xRead = wal_read,
  .xWrite = wal_write,
  .xTruncate = wal_truncate,
  .xSync = wal_sync,
  .xFileSize = wal_file_size,
  .xLock = wal_lock,
  .xUnlock = wal_unlock,
  .xCheckReservedLock = wal_check_lock,
  .xFileControl = wal_control,
  .xSectorSize = wal_sector_size,
  .xDeviceCharacteristics = wal_characteristics,
};

/* A commit is synced, and so written, before its lock is given back; where nobody asked for a sync
 * it is written now. What else still waits is of a transaction that was taken back: written by the
 * next reading it would lie upon what another process has committed by then. */
static int
db_lock_shared (sqlite3_file *file, int first, int n, int flags)
{
  WalFile *log = get_tail (file)->log;
  int flushed = SQLITE_OK;
  int code;

  if (log != NULL && first == WRITE_LOCK && (flags & SQLITE_SHM_UNLOCK) != 0)
    {
      if (log->ends_commit)
        flushed = flush (&log->base);
      log->length = 0;
    }
  code = db_below->xShmLock (file, first, n, flags);
  return code != SQLITE_OK ? code : flushed;
}

static int
close_db (sqlite3_file *file)
{
  WalFile *log = get_tail (file)->log;

  if (log != NULL)
    log->db = NULL;
  return db_below->xClose (file);
}

/* In place: nothing else stands between it and SQLite. */
static int
open_db (const char *name, sqlite3_file *file, int flags, int *out_flags)
{
  int code = below->xOpen (below, name, file, flags, out_flags);

  if (code != SQLITE_OK)
    return code;
  get_tail (file)->log = NULL;
  if (db_below == NULL && file->pMethods->iVersion >= 2)
    {
      db_below = file->pMethods;
      db_methods = *db_below;
      db_methods.xShmLock = db_lock_shared;
      db_methods.xClose = close_db;
    }
  if (file->pMethods == db_below)
    file->pMethods = &db_methods;
  return code;
}

static int
open_log (const char *name, sqlite3_file *file, int flags, int *out_flags)
{
  WalFile *self = (WalFile *) file;
  int code;

  memset (self, 0, sizeof *self);
  code = below->xOpen (below, name, get_file (file), flags, out_flags);
  if (code == SQLITE_OK)
    {
      sqlite3_file *db = sqlite3_database_file_object (name);

      self->base.pMethods = &wal_methods;
      if (db->pMethods == &db_methods)
        {
          self->db = db;
          get_tail (db)->log = self;
        }
    }
  else if (get_file (file)->pMethods != NULL)
    get_file (file)->pMethods->xClose (get_file (file));
  return code;
}

static int
open_file (sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
  if ((flags & SQLITE_OPEN_WAL) != 0)
    return open_log (name, file, flags, out_flags);
  if ((flags & SQLITE_OPEN_MAIN_DB) != 0)
    return open_db (name, file, flags, out_flags);
  return below->xOpen (below, name, file, flags, out_flags);
}

void
cb_wal_vfs_register (void)
{
  static sqlite3_vfs vfs;

  below = sqlite3_vfs_find (NULL);
  g_assert (below != NULL && below != &vfs);
  /* All but the opening is that of the one below, and so is what it goes by. */
  vfs = *below;
  vfs.zName = "cb-wal";
  vfs.szOsFile = (int) sizeof (WalFile) + below->szOsFile;
  vfs.xOpen = open_file;
  g_assert (sqlite3_vfs_register (&vfs, TRUE) == SQLITE_OK);
}
