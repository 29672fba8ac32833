/* SPDX-License-Identifier: Apache-2.0 */

/* SQLite's way to the disk: as its own VFS for Unix does it, as far as durability goes. Of a new
 * journal or WAL the directory is synced with the first sync of the file, and not before; of the
 * database never, which is why cb-db.c does it. */

#define G_LOG_DOMAIN "Counterbook"

#include "cb-disk-private.h"

#include <errno.h>
#include <sqlite3.h>
#include <string.h>

#define MAX_PATH 256
#define SECTOR_FOR_SQLITE 4096

typedef struct
{
  sqlite3_file base;
  CbDisk *disk;
  CbDiskFile *file;
  char *path;
  int lock;
  gboolean wants_directory_sync;
  gboolean is_temporary;
  gboolean has_shm;
  guint shm_shared;
  guint shm_exclusive;
} File;

static guint64 random_state = 1;

static int
meet_trouble (File *file, CbDiskCall call, int otherwise)
{
  switch (cb_disk_meet_trouble (file->disk, call))
    {
    case 0:
      return SQLITE_OK;
    case ENOSPC:
      return SQLITE_FULL;
    default:
      return otherwise;
    }
}

/* --- reading and writing --- */

static int
vfs_read (sqlite3_file *base, void *buffer, int amount, sqlite3_int64 offset)
{
  File *file = (File *) base;
  GByteArray *now = file->file->now;
  gsize wanted = (gsize) amount;
  gsize there = (gsize) offset < now->len ? MIN (wanted, now->len - (gsize) offset) : 0;
  int code = meet_trouble (file, CB_DISK_READS, SQLITE_IOERR_READ);

  if (code != SQLITE_OK)
    return code;
  if (there > 0)
    memcpy (buffer, now->data + offset, there);
  memset ((char *) buffer + there, 0, wanted - there);
  return there == wanted ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

static int
vfs_write (sqlite3_file *base, const void *bytes, int amount, sqlite3_int64 offset)
{
  File *file = (File *) base;
  int code = meet_trouble (file, CB_DISK_NEEDS_ROOM, SQLITE_IOERR_WRITE);

  /* The half of a write that failed is there all the same. */
  cb_disk_write (file->disk, file->file, (guint64) offset, bytes,
                 (gsize) (code == SQLITE_OK ? amount : amount / 2));
  return code;
}

static int
vfs_truncate (sqlite3_file *base, sqlite3_int64 size)
{
  File *file = (File *) base;
  int code = meet_trouble (file, CB_DISK_CHANGES, SQLITE_IOERR_TRUNCATE);

  if (code == SQLITE_OK)
    cb_disk_truncate (file->disk, file->file, (guint64) size);
  return code;
}

static void
sync_parent (CbDisk *disk, const char *path)
{
  g_autofree char *parent = g_path_get_dirname (path);

  cb_disk_sync_directory (disk, parent);
}

static int
vfs_sync (sqlite3_file *base, int flags)
{
  File *file = (File *) base;
  int code;

  if (cb_disk_ignores (CB_DISK_SYNCS_DATABASE))
    return SQLITE_OK;
  code = meet_trouble (file, CB_DISK_CHANGES, SQLITE_IOERR_FSYNC);
  if (code != SQLITE_OK)
    {
      cb_disk_lose (file->disk, file->file);
      return code;
    }
  cb_disk_sync (file->disk, file->file);
  if (file->wants_directory_sync)
    sync_parent (file->disk, file->path);
  file->wants_directory_sync = FALSE;
  return SQLITE_OK;
}

static int
vfs_file_size (sqlite3_file *base, sqlite3_int64 *size)
{
  *size = ((File *) base)->file->now->len;
  return SQLITE_OK;
}

/* --- locks of the database file --- */

static int
vfs_lock (sqlite3_file *base, int level)
{
  File *file = (File *) base;
  CbDiskFile *on = file->file;

  if (file->lock >= level)
    return SQLITE_OK;
  if (level == SQLITE_LOCK_SHARED)
    {
      if (on->pending != NULL || on->exclusive != NULL)
        return SQLITE_BUSY;
      on->n_shared++;
    }
  else
    {
      if (on->reserved != NULL && on->reserved != file)
        return SQLITE_BUSY;
      on->reserved = file;
      if (level == SQLITE_LOCK_EXCLUSIVE)
        {
          on->pending = file;
          if (on->n_shared > 1)
            return SQLITE_BUSY;
          on->exclusive = file;
        }
    }
  file->lock = level;
  return SQLITE_OK;
}

static int
vfs_unlock (sqlite3_file *base, int level)
{
  File *file = (File *) base;
  CbDiskFile *on = file->file;

  if (on->reserved == file)
    on->reserved = NULL;
  if (on->pending == file)
    on->pending = NULL;
  if (on->exclusive == file)
    on->exclusive = NULL;
  if (level == SQLITE_LOCK_NONE && file->lock >= SQLITE_LOCK_SHARED)
    on->n_shared--;
  file->lock = MIN (file->lock, level);
  return SQLITE_OK;
}

static int
vfs_check_reserved (sqlite3_file *base, int *is_reserved)
{
  *is_reserved = ((File *) base)->file->reserved != NULL;
  return SQLITE_OK;
}

/* --- the WAL's shared memory: never durable --- */

static int
vfs_shm_map (sqlite3_file *base, int region, int size, int extend, void volatile **memory)
{
  File *file = (File *) base;
  CbDiskFile *on = file->file;

  *memory = NULL;
  if (!file->has_shm)
    {
      file->has_shm = TRUE;
      if (on->n_shm_users++ == 0)
        on->shm = g_ptr_array_new_with_free_func (g_free);
    }
  while (on->shm->len <= (guint) region)
    {
      int code;

      if (!extend)
        return SQLITE_OK;
      code = meet_trouble (file, CB_DISK_NEEDS_ROOM, SQLITE_IOERR_SHMSIZE);
      if (code != SQLITE_OK)
        return code;
      g_ptr_array_add (on->shm, g_malloc0 ((gsize) size));
    }
  *memory = on->shm->pdata[region];
  return SQLITE_OK;
}

static void
shm_unlock (File *file, guint slot)
{
  guint bit = 1u << slot;

  if ((file->shm_exclusive & bit) != 0)
    file->file->shm_exclusive[slot] = NULL;
  if ((file->shm_shared & bit) != 0)
    file->file->shm_shared[slot]--;
  file->shm_exclusive &= ~bit;
  file->shm_shared &= ~bit;
}

static gboolean
shm_is_free (File *file, guint slot, gboolean shared)
{
  CbDiskFile *on = file->file;
  guint own = (file->shm_shared >> slot) & 1;

  if (on->shm_exclusive[slot] != NULL && on->shm_exclusive[slot] != file)
    return FALSE;
  return shared || on->shm_shared[slot] == own;
}

static int
vfs_shm_lock (sqlite3_file *base, int offset, int n_slots, int flags)
{
  File *file = (File *) base;
  gboolean shared = (flags & SQLITE_SHM_SHARED) != 0;

  for (guint slot = (guint) offset; slot < (guint) (offset + n_slots); slot++)
    {
      if ((flags & SQLITE_SHM_UNLOCK) != 0)
        shm_unlock (file, slot);
      else if (!shm_is_free (file, slot, shared))
        return SQLITE_BUSY;
    }
  if ((flags & SQLITE_SHM_UNLOCK) != 0)
    return SQLITE_OK;
  for (guint slot = (guint) offset; slot < (guint) (offset + n_slots); slot++)
    {
      guint bit = 1u << slot;

      if (shared && (file->shm_shared & bit) == 0)
        file->file->shm_shared[slot]++;
      if (!shared)
        file->file->shm_exclusive[slot] = file;
      *(shared ? &file->shm_shared : &file->shm_exclusive) |= bit;
    }
  return SQLITE_OK;
}

static void
vfs_shm_barrier (sqlite3_file *base)
{
}

static int
vfs_shm_unmap (sqlite3_file *base, int remove)
{
  File *file = (File *) base;

  if (!file->has_shm)
    return SQLITE_OK;
  for (guint slot = 0; slot < CB_DISK_SHM_LOCKS; slot++)
    shm_unlock (file, slot);
  file->has_shm = FALSE;
  if (--file->file->n_shm_users == 0)
    g_clear_pointer (&file->file->shm, g_ptr_array_unref);
  return SQLITE_OK;
}

/* --- the rest of a file --- */

static int
vfs_file_control (sqlite3_file *base, int operation, void *argument)
{
  return SQLITE_NOTFOUND;
}

static int
vfs_sector_size (sqlite3_file *base)
{
  return SECTOR_FOR_SQLITE;
}

/* As on Linux: what lies beside the bytes of a torn write is as it was. */
static int
vfs_characteristics (sqlite3_file *base)
{
  return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static int
vfs_close (sqlite3_file *base)
{
  File *file = (File *) base;

  vfs_shm_unmap (base, 0);
  vfs_unlock (base, SQLITE_LOCK_NONE);
  if (file->is_temporary && file->path != NULL)
    cb_disk_unname (file->disk, file->path);
  g_free (file->path);
  return SQLITE_OK;
}

static const sqlite3_io_methods file_methods = {
  .iVersion = 2,
  .xClose = vfs_close,
  .xRead = vfs_read,
  .xWrite = vfs_write,
  .xTruncate = vfs_truncate,
  .xSync = vfs_sync,
  .xFileSize = vfs_file_size,
  .xLock = vfs_lock,
  .xUnlock = vfs_unlock,
  .xCheckReservedLock = vfs_check_reserved,
  .xFileControl = vfs_file_control,
  .xSectorSize = vfs_sector_size,
  .xDeviceCharacteristics = vfs_characteristics,
  .xShmMap = vfs_shm_map,
  .xShmLock = vfs_shm_lock,
  .xShmBarrier = vfs_shm_barrier,
  .xShmUnmap = vfs_shm_unmap,
};

/* --- the VFS --- */

static int
open_named (File *file, const char *path, int flags)
{
  CbDiskFile *found = cb_disk_find (file->disk, path);
  gboolean makes = found == NULL;

  if (makes && ((flags & SQLITE_OPEN_CREATE) == 0 || !cb_disk_has_parent (file->disk, path)))
    return SQLITE_CANTOPEN;
  if (cb_disk_meet_trouble (file->disk, makes ? CB_DISK_NEEDS_ROOM : CB_DISK_READS) != 0)
    return SQLITE_CANTOPEN;
  if (makes)
    {
      found = cb_disk_make (file->disk, FALSE);
      cb_disk_name (file->disk, path, found);
    }
  file->file = found;
  file->path = g_strdup (path);
  return SQLITE_OK;
}

static int
vfs_open (sqlite3_vfs *vfs, const char *path, sqlite3_file *base, int flags, int *out_flags)
{
  File *file = (File *) base;
  int journals = SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_WAL;
  int code = SQLITE_OK;

  memset (file, 0, sizeof *file);
  file->disk = cb_disk_get_mounted ();
  if (file->disk == NULL)
    return SQLITE_CANTOPEN;
  if (path == NULL)
    file->file = cb_disk_make (file->disk, FALSE);
  else
    code = open_named (file, path, flags);
  if (code != SQLITE_OK)
    return code;
  file->is_temporary = (flags & SQLITE_OPEN_DELETEONCLOSE) != 0;
  file->wants_directory_sync = (flags & SQLITE_OPEN_CREATE) != 0 && (flags & journals) != 0;
  file->base.pMethods = &file_methods;
  if (out_flags != NULL)
    *out_flags = flags;
  return SQLITE_OK;
}

static int
vfs_delete (sqlite3_vfs *vfs, const char *path, int sync_directory)
{
  CbDisk *disk = cb_disk_get_mounted ();

  if (disk == NULL || cb_disk_find (disk, path) == NULL)
    return SQLITE_IOERR_DELETE_NOENT;
  if (cb_disk_meet_trouble (disk, CB_DISK_CHANGES) != 0)
    return SQLITE_IOERR_DELETE;
  cb_disk_unname (disk, path);
  if (sync_directory && !cb_disk_ignores (CB_DISK_SYNCS_DATABASE))
    sync_parent (disk, path);
  return SQLITE_OK;
}

static int
vfs_access (sqlite3_vfs *vfs, const char *path, int flags, int *answer)
{
  CbDisk *disk = cb_disk_get_mounted ();
  CbDiskFile *file = disk != NULL ? cb_disk_find (disk, path) : NULL;

  /* As for Unix: an empty journal is none. */
  *answer = file != NULL && (flags != SQLITE_ACCESS_EXISTS || file->now->len > 0);
  return SQLITE_OK;
}

static int
vfs_full_path (sqlite3_vfs *vfs, const char *path, int n_out, char *out)
{
  return g_strlcpy (out, path, (gsize) n_out) < (gsize) n_out ? SQLITE_OK : SQLITE_CANTOPEN;
}

/* From the same beginning each time: a run can be done again. */
static int
vfs_randomness (sqlite3_vfs *vfs, int n_bytes, char *bytes)
{
  for (int i = 0; i < n_bytes; i++)
    {
      random_state = random_state * G_GUINT64_CONSTANT (6364136223846793005) + 1442695040888963407;
      bytes[i] = (char) (random_state >> 56);
    }
  return n_bytes;
}

/* Nobody else is there to wait for. */
static int
vfs_sleep (sqlite3_vfs *vfs, int microseconds)
{
  return microseconds;
}

static int
vfs_current_time (sqlite3_vfs *vfs, double *julian_day)
{
  *julian_day = 2461101.5;
  return SQLITE_OK;
}

static int
vfs_last_error (sqlite3_vfs *vfs, int n_bytes, char *text)
{
  return 0;
}

void
cb_disk_register_vfs (void)
{
  static sqlite3_vfs vfs = {
    .iVersion = 1,
    .szOsFile = sizeof (File),
    .mxPathname = MAX_PATH,
    .zName = "cb-disk",
    .xOpen = vfs_open,
    .xDelete = vfs_delete,
    .xAccess = vfs_access,
    .xFullPathname = vfs_full_path,
    .xRandomness = vfs_randomness,
    .xSleep = vfs_sleep,
    .xCurrentTime = vfs_current_time,
    .xGetLastError = vfs_last_error,
  };

  static gboolean is_registered;

  if (is_registered)
    return;
  is_registered = TRUE;
  /* One thread, and no counting of bytes: a third of the time goes there otherwise. */
  sqlite3_config (SQLITE_CONFIG_SINGLETHREAD);
  sqlite3_config (SQLITE_CONFIG_MEMSTATUS, 0);
  g_assert_cmpint (sqlite3_vfs_register (&vfs, 1), ==, SQLITE_OK);
}
