/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "base/cb-files.h"

#include "base/cb-error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MODE 0600
#define DIRECTORY_MODE 0700

/* A descriptor that its scope closes; -1 is none. */
typedef int Fd;

static void
fd_close (Fd *fd)
{
  int saved = errno;

  if (*fd >= 0)
    close (*fd);
  *fd = -1;
  errno = saved;
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Fd, fd_close)

/* Always FALSE, for `return fail (…)`. Reads errno. */
static gboolean
fail (GError **error, const char *what)
{
  int saved = errno;
  CbStoreError code = CB_STORE_ERROR_IO;

  if (saved == ENOSPC || saved == EDQUOT)
    code = CB_STORE_ERROR_FULL;
  else if (saved == EROFS)
    code = CB_STORE_ERROR_READ_ONLY;
  else if (saved == ENOENT)
    code = CB_STORE_ERROR_NOT_FOUND;
  else if (saved == EWOULDBLOCK)
    code = CB_STORE_ERROR_BUSY;

  g_set_error (error, CB_STORE_ERROR, code, "%s: %s", what, g_strerror (saved));

  return FALSE;
}

static gboolean
write_all (int fd, const void *bytes, gsize length)
{
  const char *next = bytes;

  while (length > 0)
    {
      gssize written = write (fd, next, length);

      if (written < 0 && errno == EINTR)
        continue;
      if (written < 0)
        return FALSE;

      next += written;
      length -= (gsize) written;
    }

  return TRUE;
}

static gboolean
write_and_sync (int fd, const void *bytes, gsize length)
{
  return write_all (fd, bytes, length) && fsync (fd) == 0;
}

static int
flock_patiently (int fd, int operation)
{
  int result = 0;

  do
    result = flock (fd, operation);
  while (result != 0 && errno == EINTR);

  return result;
}

static gboolean
sync_parent (const char *path, GError **error)
{
  g_autofree char *parent = g_path_get_dirname (path);

  return cb_files_sync_directory (parent, error);
}

/* Where a file is written before it is renamed. The name is fixed, so that what a crash leaves
 * behind is written over by the next attempt and never piles up. */
static char *
part_path (const char *path)
{
  return g_strconcat (path, ".part", NULL);
}

/* Opens the part file for this process alone. Another writer may have renamed away the file that
 * was opened while this one waited for its lock: then the name is opened again. */
static int
open_part (const char *part)
{
  while (TRUE)
    {
      g_auto (Fd) fd = open (part, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, FILE_MODE);
      struct stat opened;
      struct stat named;

      if (fd < 0 || flock_patiently (fd, LOCK_EX) != 0 || fstat (fd, &opened) != 0)
        return -1;

      if (lstat (part, &named) == 0 && named.st_ino == opened.st_ino &&
          named.st_dev == opened.st_dev)
        {
          int mine = fd;

          fd = -1;
          return mine;
        }
    }
}

/* Overwrites the first `length` bytes of an open file. Best effort: it is already unlinked. */
static void
overwrite (int fd)
{
  struct stat status;
  g_autofree char *zeros = NULL;

  if (fstat (fd, &status) != 0 || !S_ISREG (status.st_mode) || status.st_size > G_MAXINT16)
    return;

  zeros = g_malloc0 ((gsize) status.st_size + 1);
  if (lseek (fd, 0, SEEK_SET) == 0 && write_all (fd, zeros, (gsize) status.st_size))
    fsync (fd);
}

static gboolean
is_empty_directory (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);

  return dir != NULL && g_dir_read_name (dir) == NULL;
}

static void
tighten_directory (const char *path, const struct stat *status)
{
  gboolean loose = (status->st_mode & (S_IRWXG | S_IRWXO)) != 0;
  gboolean shared = (status->st_mode & S_ISVTX) != 0;

  if (loose && !shared && status->st_uid == geteuid () && is_empty_directory (path))
    if (chmod (path, DIRECTORY_MODE) != 0)
      g_info ("cannot tighten the mode of a directory: %s", g_strerror (errno));
}

gboolean
cb_files_ensure_directory (const char *path, GError **error)
{
  struct stat status;
  g_autofree char *parent = NULL;

  g_return_val_if_fail (path != NULL && *path != '\0', FALSE);

  if (stat (path, &status) == 0)
    {
      if (!S_ISDIR (status.st_mode))
        {
          errno = ENOTDIR;
          return fail (error, "cannot make a directory");
        }

      tighten_directory (path, &status);
      return TRUE;
    }

  parent = g_path_get_dirname (path);
  if (stat (parent, &status) != 0 && !cb_files_ensure_directory (parent, error))
    return FALSE;

  /* Another process may make it at the same moment, which is as good. */
  if (mkdir (path, DIRECTORY_MODE) != 0 && errno != EEXIST)
    return fail (error, "cannot make a directory");

  return cb_files_sync_directory (parent, error);
}

gboolean
cb_files_sync_directory (const char *path, GError **error)
{
  g_auto (Fd) fd = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  if (fd < 0 || fsync (fd) != 0)
    return fail (error, "cannot sync a directory");

  return TRUE;
}

char *
cb_files_dup_part_path (const char *path)
{
  return part_path (path);
}

int
cb_files_begin (const char *path, GError **error)
{
  g_autofree char *part = NULL;
  int fd = -1;

  g_return_val_if_fail (path != NULL, -1);

  part = part_path (path);
  fd = open_part (part);
  if (fd < 0)
    fail (error, "cannot open a file to write it");
  else if (ftruncate (fd, 0) != 0 || fchmod (fd, FILE_MODE) != 0)
    {
      fail (error, "cannot write a file");
      cb_files_abandon (path, fd);
      fd = -1;
    }

  return fd;
}

gboolean
cb_files_add (int part, const void *bytes, gsize length, GError **error)
{
  return write_all (part, bytes, length) || fail (error, "cannot write a file");
}

void
cb_files_abandon (const char *path, int part)
{
  g_autofree char *name = part_path (path);

  unlink (name);
  close (part);
}

gboolean
cb_files_finish (const char *path, int part, GError **error)
{
  g_autofree char *name = part_path (path);

  if (fsync (part) != 0 || rename (name, path) != 0)
    {
      fail (error, "cannot write a file");
      cb_files_abandon (path, part);
      return FALSE;
    }
  close (part);

  return sync_parent (path, error);
}

gboolean
cb_files_write (const char *path, const void *bytes, gsize length, GError **error)
{
  int part = cb_files_begin (path, error);

  if (part < 0)
    return FALSE;
  if (!cb_files_add (part, bytes, length, error))
    {
      cb_files_abandon (path, part);
      return FALSE;
    }

  return cb_files_finish (path, part, error);
}

/* A name that nobody else uses, for linking from. */
static int
open_temporary (const char *path, char **name)
{
  g_autofree char *template = g_strconcat (path, ".XXXXXX", NULL);
  int fd = g_mkstemp_full (template, O_WRONLY | O_CLOEXEC, FILE_MODE);

  if (fd >= 0)
    *name = g_steal_pointer (&template);

  return fd;
}

/* Gives the file its name unless something has it. A memory stick has no second names for a file,
 * but can move one to a name that is free. */
static gboolean
give_name (const char *from, const char *path)
{
  if (linkat (AT_FDCWD, from, AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0)
    return TRUE;
  return errno != EEXIST && errno != ENOSPC &&
         renameat2 (AT_FDCWD, from, AT_FDCWD, path, RENAME_NOREPLACE) == 0;
}

gboolean
cb_files_create (const char *path, const void *bytes, gsize length, gboolean *made, GError **error)
{
  g_autofree char *directory = g_path_get_dirname (path);
  g_autofree char *name = NULL;
  g_autofree char *linked = NULL;
  g_auto (Fd) fd = open (directory, O_TMPFILE | O_WRONLY | O_CLOEXEC, FILE_MODE);
  gboolean done = FALSE;

  *made = FALSE;

  /* A file without a name leaves nothing behind in a crash; not every file system has them. */
  if (fd >= 0)
    linked = g_strdup_printf ("/proc/self/fd/%d", fd);
  else if (errno != ENOENT)
    fd = open_temporary (path, &name);
  if (fd < 0)
    return fail (error, "cannot open a file to make it");

  done = write_and_sync (fd, bytes, length) &&
         (name != NULL ? give_name (name, path)
                       : linkat (AT_FDCWD, linked, AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0);
  *made = done;

  if (name != NULL)
    {
      int saved = errno;

      unlink (name);
      errno = saved;
    }

  if (!done && errno != EEXIST)
    return fail (error, "cannot make a file");

  return sync_parent (path, error);
}

gboolean
cb_files_append (const char *path, const void *bytes, gsize length, GError **error)
{
  g_auto (Fd) fd = -1;
  off_t end = 0;

  g_return_val_if_fail (path != NULL, FALSE);

  fd = open (path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, FILE_MODE);
  if (fd < 0 || flock_patiently (fd, LOCK_EX) != 0)
    return fail (error, "cannot open a file to add to it");

  end = lseek (fd, 0, SEEK_END);
  if (end < 0)
    return fail (error, "cannot find the end of a file");

  if (!write_and_sync (fd, bytes, length))
    {
      int saved = errno;

      /* Half an entry would spoil the next one. */
      if (ftruncate (fd, end) != 0)
        g_info ("cannot take back half an entry: %s", g_strerror (errno));
      errno = saved;
      return fail (error, "cannot add to a file");
    }

  return end > 0 || sync_parent (path, error);
}

/* Fills the buffer, which has room for limit + 1 bytes. The number of bytes, or -1. */
static gssize
read_up_to (int fd, char *buffer, gsize limit)
{
  gsize got = 0;

  while (got <= limit)
    {
      gssize count = read (fd, buffer + got, limit + 1 - got);

      if (count < 0 && errno == EINTR)
        continue;
      if (count < 0)
        return -1;
      if (count == 0)
        break;

      got += (gsize) count;
    }

  if (got > limit)
    errno = EFBIG;

  return got > limit ? -1 : (gssize) got;
}

char *
cb_files_read (const char *path, gsize limit, gsize *length, GError **error)
{
  /* Not blocking: a pipe in the place of a file must not stop the program. */
  g_auto (Fd) fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  struct stat status;
  char *buffer = NULL;
  gsize capacity = 0;
  gssize got = -1;

  if (fd < 0 || fstat (fd, &status) != 0)
    {
      fail (error, "cannot open a file");
      return NULL;
    }
  if (!S_ISREG (status.st_mode))
    {
      errno = EINVAL;
      fail (error, "cannot read what is no file");
      return NULL;
    }

  /* Sized by the file and never grown: growing would leave copies of a key behind. */
  capacity = MIN (limit, (gsize) MAX (status.st_size, 0));
  buffer = g_malloc0 (capacity + 2);
  got = (gsize) status.st_size > limit ? (errno = EFBIG, -1) : read_up_to (fd, buffer, capacity);
  if (got < 0)
    {
      fail (error, "cannot read a file");
      sodium_memzero (buffer, capacity + 2);
      g_free (buffer);
      return NULL;
    }

  buffer[got] = '\0';
  if (length != NULL)
    *length = (gsize) got;

  return buffer;
}

gboolean
cb_files_move_over (const char *from, const char *to, GError **error)
{
  g_auto (Fd) replaced = open (to, O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

  if (rename (from, to) != 0)
    return fail (error, "cannot move a file");
  if (!sync_parent (to, error))
    return FALSE;

  if (replaced >= 0)
    overwrite (replaced);

  return TRUE;
}

gboolean
cb_files_erase (const char *path, GError **error)
{
  g_auto (Fd) erased = open (path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

  if (unlink (path) != 0)
    return errno == ENOENT || fail (error, "cannot remove a file");
  if (!sync_parent (path, error))
    return FALSE;

  if (erased >= 0)
    overwrite (erased);

  return TRUE;
}

int
cb_files_lock (const char *path, gboolean exclusive, gboolean wait, GError **error)
{
  g_auto (Fd) fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC, FILE_MODE);
  int operation = (exclusive ? LOCK_EX : LOCK_SH) | (wait ? 0 : LOCK_NB);
  int held = -1;

  if (fd < 0)
    {
      fail (error, "cannot open a lock file");
      return -1;
    }
  if (flock_patiently (fd, operation) != 0)
    {
      fail (error, "cannot take a lock");
      return -1;
    }

  held = fd;
  fd = -1;

  return held;
}
