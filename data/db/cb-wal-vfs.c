/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "db/cb-wal-vfs.h"

#include <sqlite3.h>
#include <string.h>

/* More than an act of the counter; an import is cut into pieces of it. SQLite's own file system
 * writes 128 KB less a byte at once, and takes a multiple of 128 KB for nothing at all. */
#define ROOM (120 * 1024)

/* The file of the VFS below lies behind it. */
typedef struct
{
  sqlite3_file base;
  char *room; /* NULL until it is first written to */
  int length; /* of what waits in it */
  sqlite3_int64 offset;
} WalFile;

static sqlite3_vfs *below;

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

static int
wal_write (sqlite3_file *file, const void *data, int length, sqlite3_int64 offset)
{
  WalFile *self = (WalFile *) file;

  if (self->room == NULL)
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

/* Every other file is opened in place: nothing stands between it and SQLite. */
static int
open_file (sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
  WalFile *self = (WalFile *) file;
  int code;

  if ((flags & SQLITE_OPEN_WAL) == 0)
    return below->xOpen (below, name, file, flags, out_flags);
  memset (self, 0, sizeof *self);
  code = below->xOpen (below, name, get_file (file), flags, out_flags);
  if (code == SQLITE_OK)
    self->base.pMethods = &wal_methods;
  else if (get_file (file)->pMethods != NULL)
    get_file (file)->pMethods->xClose (get_file (file));
  return code;
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
