/* SPDX-License-Identifier: Apache-2.0 */

/* What lies below a folder: whether a disk that is taken away can be read. From what the kernel
 * says in /sys and /proc; nothing is asked of the disk itself. Any thread. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  CB_VOLUME_UNKNOWN, /* a network, or a file system that says nothing of its disk */
  CB_VOLUME_PLAIN,
  CB_VOLUME_ENCRYPTED, /* dm-crypt (LUKS) below every part of it */
  CB_VOLUME_MEMORY,    /* gone with the power */
} CbVolume;

CbVolume cb_volume_find (const char *path);

/* The block device of these numbers, by what stands below `sys`, which is /sys but in a test. */
CbVolume cb_volume_judge (const char *sys, guint major, guint minor);

/* Whether nothing can be written there, whoever asks: mounted so, or made so by the kernel when the
 * disk failed. */
gboolean cb_volume_is_read_only (const char *path);

/* The same of a folder, asked by making a file without a name in it: of a file system that says so
 * only when it is written to. */
gboolean cb_volume_takes_nothing (const char *folder);

/* Bytes that this user may still write there; -1 when nobody knows. */
gint64 cb_volume_get_free (const char *path);

/* How much may still be written, and whether anything may. */
typedef enum
{
  CB_ROOM_ENOUGH, /* or nobody knows */
  CB_ROOM_LITTLE,
  CB_ROOM_NONE,
  CB_ROOM_READ_ONLY,
} CbRoom;

/* A store that has less can hardly save a note. */
#define CB_ROOM_LEAST_BYTES (G_GINT64_CONSTANT (32) << 20)

CbRoom cb_volume_judge_room (const char *path);

/* Of so many bytes that are free; less than nothing: nobody knows. */
CbRoom cb_room_of (gint64 free_bytes);

G_END_DECLS
