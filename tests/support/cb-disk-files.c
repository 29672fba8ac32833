/* SPDX-License-Identifier: Apache-2.0 */

/* The way of our own files to the disk. The linker sends the calls that the code under test makes
 * here (--wrap, see meson.build); whatever is not below CB_DISK_ROOT goes on to the C library.
 * There is no such folder on the machine, so a call that nobody thought of fails and is noticed. */

#define G_LOG_DOMAIN "Counterbook"

#include "cb-disk-private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define DESCRIPTOR_PATH "/proc/self/fd/"

/* What the linker makes of a call, and what it makes of the C library's own. */
#define WRAPPED(answer, name, ...)                                                                 \
  answer __real_##name (__VA_ARGS__);                                                              \
  answer __wrap_##name (__VA_ARGS__);                                                              \
  answer __wrap_##name (__VA_ARGS__)

/* An open file of ours; the descriptor itself is one of /dev/null. */
typedef struct
{
  CbDisk *disk;
  CbDiskFile *file;
  char *path; /* NULL: without a name */
  guint64 offset;
  int fd;
  gboolean appends;
  gboolean has_shared_lock;
} CbDiskHandle;

static GPtrArray *handles; /* by descriptor */

/* --- descriptors --- */

static CbDiskHandle *
get_handle (int fd)
{
  return handles != NULL && fd >= 0 && (guint) fd < handles->len ? handles->pdata[fd] : NULL;
}

static gboolean
is_ours (const char *path)
{
  return g_str_has_prefix (path, CB_DISK_ROOT) &&
         (path[strlen (CB_DISK_ROOT)] == '/' || path[strlen (CB_DISK_ROOT)] == '\0');
}

/* -1 with errno, as the calls answer. */
static int
fail (int number)
{
  errno = number;
  return -1;
}

static CbDisk *
need_disk (void)
{
  CbDisk *disk = cb_disk_get_mounted ();

  g_assert (disk != NULL);
  return disk;
}

int __real_open64 (const char *path, int flags, ...);
int __wrap_open64 (const char *path, int flags, ...);
int __real_close (int fd);
int __wrap_close (int fd);

static int
add_handle (CbDisk *disk, CbDiskFile *file, const char *path, int flags)
{
  CbDiskHandle *handle = g_new0 (CbDiskHandle, 1);

  handle->disk = disk;
  handle->file = file;
  handle->path = g_strdup (path);
  handle->appends = (flags & O_APPEND) != 0;
  handle->fd = __real_open64 ("/dev/null", O_RDONLY | O_CLOEXEC);
  g_assert (handle->fd >= 0);
  if (handles == NULL)
    handles = g_ptr_array_new ();
  if (handles->len <= (guint) handle->fd)
    g_ptr_array_set_size (handles, handle->fd + 1);
  handles->pdata[handle->fd] = handle;
  g_ptr_array_add (disk->open_files, handle);
  return handle->fd;
}

static void
unlock_file (CbDiskHandle *handle)
{
  if (handle->file->flock_exclusive == handle)
    handle->file->flock_exclusive = NULL;
  if (handle->has_shared_lock)
    handle->file->n_flock_shared--;
  handle->has_shared_lock = FALSE;
}

static void
close_handle (CbDiskHandle *handle)
{
  unlock_file (handle);
  handles->pdata[handle->fd] = NULL;
  g_ptr_array_remove_fast (handle->disk->open_files, handle);
  __real_close (handle->fd);
  g_free (handle->path);
  g_free (handle);
}

void
cb_disk_forget_handles (CbDisk *self)
{
  while (self->open_files->len > 0)
    close_handle (self->open_files->pdata[0]);
}

/* --- opening and closing --- */

static int
make_and_open (CbDisk *disk, const char *path, int flags)
{
  CbDiskFile *file;
  int trouble;

  if (!cb_disk_has_parent (disk, path))
    return fail (ENOENT);
  trouble = cb_disk_meet_trouble (disk, CB_DISK_NEEDS_ROOM);
  if (trouble != 0)
    return fail (trouble);
  file = cb_disk_make (disk, FALSE);
  cb_disk_name (disk, path, file);
  return add_handle (disk, file, path, flags);
}

static int
open_there (CbDisk *disk, CbDiskFile *file, const char *path, int flags)
{
  int trouble;

  if ((flags & O_EXCL) != 0 && (flags & O_CREAT) != 0)
    return fail (EEXIST);
  if ((flags & O_DIRECTORY) != 0 && !file->is_directory)
    return fail (ENOTDIR);
  if (file->is_directory && (flags & O_ACCMODE) != O_RDONLY)
    return fail (EISDIR);
  trouble = cb_disk_meet_trouble (disk, CB_DISK_READS);
  if (trouble != 0)
    return fail (trouble);
  if ((flags & O_TRUNC) != 0)
    cb_disk_truncate (disk, file, 0);
  return add_handle (disk, file, path, flags);
}

static int
open_on_disk (const char *path, int flags)
{
  CbDisk *disk = need_disk ();
  CbDiskFile *file = cb_disk_find (disk, path);
  int trouble;

  if ((flags & O_TMPFILE) == O_TMPFILE)
    {
      if (file == NULL || !file->is_directory)
        return fail (ENOENT);
      trouble = cb_disk_meet_trouble (disk, CB_DISK_NEEDS_ROOM);
      return trouble != 0 ? fail (trouble)
                          : add_handle (disk, cb_disk_make (disk, FALSE), NULL, flags);
    }
  if (file != NULL)
    return open_there (disk, file, path, flags);
  return (flags & O_CREAT) != 0 ? make_and_open (disk, path, flags) : fail (ENOENT);
}

int
__wrap_open64 (const char *path, int flags, ...)
{
  va_list arguments;
  mode_t mode = 0;

  if (is_ours (path))
    return open_on_disk (path, flags);
  if ((flags & O_CREAT) == 0)
    return __real_open64 (path, flags);
  va_start (arguments, flags);
  mode = va_arg (arguments, mode_t);
  va_end (arguments);
  return __real_open64 (path, flags, mode);
}

int
__wrap_close (int fd)
{
  CbDiskHandle *handle = get_handle (fd);

  if (handle == NULL)
    return __real_close (fd);
  close_handle (handle);
  return 0;
}

/* Made inside GLib, where the linker does not reach. */
WRAPPED (int, g_mkstemp_full, char *template, int flags, int mode)
{
  static guint n_made;
  g_autofree char *ending = NULL;

  if (!is_ours (template))
    return __real_g_mkstemp_full (template, flags, mode);
  ending = g_strdup_printf ("%06u", ++n_made % 1000000);
  memcpy (strstr (template, "XXXXXX"), ending, strlen (ending));
  return open_on_disk (template, flags | O_CREAT | O_EXCL);
}

/* --- what an open file can do --- */

WRAPPED (ssize_t, read, int fd, void *buffer, size_t count)
{
  CbDiskHandle *handle = get_handle (fd);
  GByteArray *now;
  gsize there;
  int trouble;

  if (handle == NULL)
    return __real_read (fd, buffer, count);
  trouble = cb_disk_meet_trouble (handle->disk, CB_DISK_READS);
  if (trouble != 0)
    return fail (trouble);
  now = handle->file->now;
  there = handle->offset < now->len ? MIN (count, now->len - handle->offset) : 0;
  if (there > 0)
    memcpy (buffer, now->data + handle->offset, there);
  handle->offset += there;
  return (ssize_t) there;
}

WRAPPED (ssize_t, write, int fd, const void *bytes, size_t count)
{
  CbDiskHandle *handle = get_handle (fd);
  int trouble;
  gsize length = count;

  if (handle == NULL)
    return __real_write (fd, bytes, count);
  if (handle->appends)
    handle->offset = handle->file->now->len;
  trouble = cb_disk_meet_trouble (handle->disk, CB_DISK_NEEDS_ROOM);
  if (trouble != 0)
    length /= 2;
  cb_disk_write (handle->disk, handle->file, handle->offset, bytes, length);
  handle->offset += length;
  return trouble != 0 ? fail (trouble) : (ssize_t) length;
}

WRAPPED (off_t, lseek64, int fd, off_t offset, int whence)
{
  CbDiskHandle *handle = get_handle (fd);

  if (handle == NULL)
    return __real_lseek64 (fd, offset, whence);
  if (whence == SEEK_SET)
    handle->offset = (guint64) offset;
  else if (whence == SEEK_END)
    handle->offset = handle->file->now->len + (guint64) offset;
  else
    handle->offset += (guint64) offset;
  return (off_t) handle->offset;
}

WRAPPED (int, ftruncate64, int fd, off_t length)
{
  CbDiskHandle *handle = get_handle (fd);
  int trouble;

  if (handle == NULL)
    return __real_ftruncate64 (fd, length);
  trouble = cb_disk_meet_trouble (handle->disk, CB_DISK_CHANGES);
  if (trouble != 0)
    return fail (trouble);
  cb_disk_truncate (handle->disk, handle->file, (guint64) length);
  return 0;
}

static int
sync_handle (CbDiskHandle *handle)
{
  gboolean is_directory = handle->file->is_directory;
  int trouble;

  if (cb_disk_ignores (is_directory ? CB_DISK_SYNCS_DIRECTORIES : CB_DISK_SYNCS_FILES))
    return 0;
  trouble = cb_disk_meet_trouble (handle->disk, CB_DISK_CHANGES);
  if (trouble != 0 && !is_directory)
    cb_disk_lose (handle->disk, handle->file);
  if (trouble != 0)
    return fail (trouble);
  if (is_directory)
    cb_disk_sync_directory (handle->disk, handle->path);
  else
    cb_disk_sync (handle->disk, handle->file);
  return 0;
}

WRAPPED (int, fsync, int fd)
{
  CbDiskHandle *handle = get_handle (fd);

  return handle != NULL ? sync_handle (handle) : __real_fsync (fd);
}

WRAPPED (int, fdatasync, int fd)
{
  CbDiskHandle *handle = get_handle (fd);

  return handle != NULL ? sync_handle (handle) : __real_fdatasync (fd);
}

static void
fill_status (CbDisk *disk, CbDiskFile *file, struct stat *status)
{
  memset (status, 0, sizeof *status);
  status->st_dev = (dev_t) (gsize) disk;
  status->st_ino = file->id;
  status->st_mode = file->is_directory ? S_IFDIR | 0700 : S_IFREG | 0600;
  status->st_nlink = 1;
  status->st_uid = geteuid ();
  status->st_size = file->now->len;
}

WRAPPED (int, fstat64, int fd, struct stat *status)
{
  CbDiskHandle *handle = get_handle (fd);

  if (handle == NULL)
    return __real_fstat64 (fd, status);
  fill_status (handle->disk, handle->file, status);
  return 0;
}

WRAPPED (int, fchmod, int fd, mode_t mode)
{
  return get_handle (fd) != NULL ? 0 : __real_fchmod (fd, mode);
}

WRAPPED (int, flock, int fd, int operation)
{
  CbDiskHandle *handle = get_handle (fd);
  CbDiskFile *file;
  gboolean shared = (operation & LOCK_SH) != 0;

  if (handle == NULL)
    return __real_flock (fd, operation);
  file = handle->file;
  unlock_file (handle);
  if ((operation & LOCK_UN) != 0)
    return 0;
  if (file->flock_exclusive != NULL || (!shared && file->n_flock_shared > 0))
    {
      /* Nobody would ever release it. */
      g_assert ((operation & LOCK_NB) != 0);
      return fail (EWOULDBLOCK);
    }
  handle->has_shared_lock = shared;
  file->n_flock_shared += shared;
  if (!shared)
    file->flock_exclusive = handle;
  return 0;
}

/* --- names --- */

static int
stat_name (const char *path, struct stat *status)
{
  CbDisk *disk = need_disk ();
  CbDiskFile *file = cb_disk_find (disk, path);

  if (file == NULL)
    return fail (ENOENT);
  fill_status (disk, file, status);
  return 0;
}

WRAPPED (int, stat64, const char *path, struct stat *status)
{
  return is_ours (path) ? stat_name (path, status) : __real_stat64 (path, status);
}

WRAPPED (int, lstat64, const char *path, struct stat *status)
{
  return is_ours (path) ? stat_name (path, status) : __real_lstat64 (path, status);
}

WRAPPED (int, chmod, const char *path, mode_t mode)
{
  if (!is_ours (path))
    return __real_chmod (path, mode);
  return cb_disk_find (need_disk (), path) != NULL ? 0 : fail (ENOENT);
}

WRAPPED (gboolean, g_file_test, const char *path, GFileTest test)
{
  CbDiskFile *file;

  if (!is_ours (path))
    return __real_g_file_test (path, test);
  file = cb_disk_find (need_disk (), path);
  if (file == NULL)
    return FALSE;
  if ((test & G_FILE_TEST_EXISTS) != 0)
    return TRUE;
  return (test & (file->is_directory ? G_FILE_TEST_IS_DIR : G_FILE_TEST_IS_REGULAR)) != 0;
}

WRAPPED (int, mkdir, const char *path, mode_t mode)
{
  CbDisk *disk;
  int trouble;

  if (!is_ours (path))
    return __real_mkdir (path, mode);
  disk = need_disk ();
  if (cb_disk_find (disk, path) != NULL)
    return fail (EEXIST);
  if (!cb_disk_has_parent (disk, path))
    return fail (ENOENT);
  trouble = cb_disk_meet_trouble (disk, CB_DISK_NEEDS_ROOM);
  if (trouble != 0)
    return fail (trouble);
  cb_disk_name (disk, path, cb_disk_make (disk, TRUE));
  return 0;
}

WRAPPED (int, rename, const char *from, const char *to)
{
  CbDisk *disk;
  int trouble;

  if (!is_ours (from))
    return __real_rename (from, to);
  disk = need_disk ();
  if (cb_disk_find (disk, from) == NULL || !cb_disk_has_parent (disk, to))
    return fail (ENOENT);
  trouble = cb_disk_meet_trouble (disk, CB_DISK_CHANGES);
  if (trouble != 0)
    return fail (trouble);
  cb_disk_rename (disk, from, to);
  return 0;
}

WRAPPED (int, renameat2, int from_fd, const char *from, int to_fd, const char *to, guint flags)
{
  if (!is_ours (from))
    return __real_renameat2 (from_fd, from, to_fd, to, flags);
  if ((flags & RENAME_NOREPLACE) != 0 && cb_disk_find (need_disk (), to) != NULL)
    return fail (EEXIST);
  return __wrap_rename (from, to);
}

WRAPPED (int, unlink, const char *path)
{
  CbDisk *disk;
  int trouble;

  if (!is_ours (path))
    return __real_unlink (path);
  disk = need_disk ();
  if (cb_disk_find (disk, path) == NULL)
    return fail (ENOENT);
  trouble = cb_disk_meet_trouble (disk, CB_DISK_CHANGES);
  if (trouble != 0)
    return fail (trouble);
  cb_disk_unname (disk, path);
  return 0;
}

/* A file without a name is given one by way of its descriptor. */
static CbDiskFile *
find_linked (CbDisk *disk, const char *from)
{
  CbDiskHandle *handle = NULL;

  if (!g_str_has_prefix (from, DESCRIPTOR_PATH))
    return cb_disk_find (disk, from);
  handle = get_handle (atoi (from + strlen (DESCRIPTOR_PATH)));
  return handle != NULL ? handle->file : NULL;
}

WRAPPED (int, linkat, int from_fd, const char *from, int to_fd, const char *to, int flags)
{
  CbDisk *disk;
  CbDiskFile *file;
  int trouble;

  if (!is_ours (to))
    return __real_linkat (from_fd, from, to_fd, to, flags);
  disk = need_disk ();
  file = find_linked (disk, from);
  if (file == NULL || !cb_disk_has_parent (disk, to))
    return fail (ENOENT);
  if (cb_disk_find (disk, to) != NULL)
    return fail (EEXIST);
  trouble = cb_disk_meet_trouble (disk, CB_DISK_NEEDS_ROOM);
  if (trouble != 0)
    return fail (trouble);
  cb_disk_name (disk, to, file);
  return 0;
}
