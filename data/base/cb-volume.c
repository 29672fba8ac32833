/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "base/cb-volume.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define MOUNTS "/proc/self/mountinfo"

/* Disks lie on disks: a volume of volumes on partitions. More than this is a ring. */
#define DEPTH_MAX 16

/* SQLite's index of a WAL and the pages of one act; what is less than that is as good as nothing.
 */
#define ROOM_FOR_AN_ACT (G_GINT64_CONSTANT (256) << 10)

static CbVolume judge (const char *folder, guint depth);

/* What the device is made of, each of which has to be encrypted. */
static CbVolume
judge_parts (const char *folder, guint depth)
{
  g_autofree char *path = g_build_filename (folder, "slaves", NULL);
  g_autoptr (GDir) parts = g_dir_open (path, 0, NULL);
  const char *name = NULL;
  guint n_parts = 0;

  while (parts != NULL && (name = g_dir_read_name (parts)) != NULL)
    {
      g_autofree char *part = g_build_filename (path, name, NULL);

      n_parts++;
      if (judge (part, depth + 1) != CB_VOLUME_ENCRYPTED)
        return CB_VOLUME_PLAIN;
    }

  return n_parts > 0 ? CB_VOLUME_ENCRYPTED : CB_VOLUME_PLAIN;
}

static CbVolume
judge (const char *folder, guint depth)
{
  g_autofree char *path = g_build_filename (folder, "dm", "uuid", NULL);
  g_autofree char *uuid = NULL;

  if (depth > DEPTH_MAX)
    return CB_VOLUME_UNKNOWN;
  if (g_file_get_contents (path, &uuid, NULL, NULL) && g_str_has_prefix (uuid, "CRYPT-"))
    return CB_VOLUME_ENCRYPTED;

  return judge_parts (folder, depth);
}

CbVolume
cb_volume_judge (const char *sys, guint major_number, guint minor_number)
{
  g_autofree char *numbers = g_strdup_printf ("%u:%u", major_number, minor_number);
  g_autofree char *folder = g_build_filename (sys, "dev", "block", numbers, NULL);

  return g_file_test (folder, G_FILE_TEST_IS_DIR) ? judge (folder, 0) : CB_VOLUME_UNKNOWN;
}

/* A file system without a device of its own: the line of its mount names what it is on.
 * "36 35 98:0 /root /where options - type source options", with tags before the dash. */
static CbVolume
judge_mount (dev_t device)
{
  g_autofree char *text = NULL;
  g_autofree char *numbers = g_strdup_printf (" %u:%u ", major (device), minor (device));
  g_auto (GStrv) lines = NULL;

  if (!g_file_get_contents (MOUNTS, &text, NULL, NULL))
    return CB_VOLUME_UNKNOWN;
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      const char *dash = strstr (lines[i], " - ");
      g_auto (GStrv) fields = dash != NULL ? g_strsplit (dash + 3, " ", 3) : NULL;
      struct stat source;

      if (strstr (lines[i], numbers) == NULL || fields == NULL || g_strv_length (fields) < 2)
        continue;
      if (g_str_equal (fields[0], "tmpfs") || g_str_equal (fields[0], "ramfs"))
        return CB_VOLUME_MEMORY;
      if (g_str_has_prefix (fields[1], "/dev/") && stat (fields[1], &source) == 0 &&
          S_ISBLK (source.st_mode))
        return cb_volume_judge ("/sys", major (source.st_rdev), minor (source.st_rdev));
    }

  return CB_VOLUME_UNKNOWN;
}

CbVolume
cb_volume_find (const char *path)
{
  struct stat status;

  if (stat (path, &status) != 0)
    return CB_VOLUME_UNKNOWN;

  return major (status.st_dev) != 0
           ? cb_volume_judge ("/sys", major (status.st_dev), minor (status.st_dev))
           : judge_mount (status.st_dev);
}

gboolean
cb_volume_is_read_only (const char *path)
{
  return access (path, W_OK) != 0 && errno == EROFS;
}

gboolean
cb_volume_takes_nothing (const char *folder)
{
  int fd = open (folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
  gboolean is_refused = fd < 0 && errno == EROFS;

  if (fd >= 0)
    close (fd);
  return is_refused;
}

gint64
cb_volume_get_free (const char *path)
{
  struct statvfs status;

  return statvfs (path, &status) == 0 ? (gint64) status.f_bavail * (gint64) status.f_frsize : -1;
}

CbRoom
cb_room_of (gint64 free_bytes)
{
  if (free_bytes < 0)
    return CB_ROOM_ENOUGH;
  if (free_bytes < ROOM_FOR_AN_ACT)
    return CB_ROOM_NONE;

  return free_bytes < CB_ROOM_LEAST_BYTES ? CB_ROOM_LITTLE : CB_ROOM_ENOUGH;
}

CbRoom
cb_volume_judge_room (const char *path)
{
  return cb_volume_is_read_only (path) ? CB_ROOM_READ_ONLY : cb_room_of (cb_volume_get_free (path));
}
