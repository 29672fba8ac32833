/* SPDX-License-Identifier: Apache-2.0 */

/* What the files of the disk share. */

#pragma once

#include "cb-disk.h"

G_BEGIN_DECLS

#define CB_DISK_SHM_LOCKS 8

typedef struct
{
  guint64 offset; /* or the new length */
  GBytes *bytes;  /* NULL: the file was cut or made longer */
} CbDiskChange;

/* A file or a directory, with a name or without. */
typedef struct
{
  guint id;
  gboolean is_directory;
  GByteArray *now;
  GByteArray *safe;   /* what is durable */
  GPtrArray *changes; /* of CbDiskChange, since the last sync */

  /* SQLite's locks. The owners are its open files. */
  guint n_shared;
  gconstpointer reserved;
  gconstpointer pending;
  gconstpointer exclusive;
  GPtrArray *shm; /* of regions, zeroed; NULL: nobody has it */
  guint n_shm_users;
  guint shm_shared[CB_DISK_SHM_LOCKS];
  gconstpointer shm_exclusive[CB_DISK_SHM_LOCKS];

  /* flock(). The owners are open files of ours. */
  guint n_flock_shared;
  gconstpointer flock_exclusive;
} CbDiskFile;

typedef struct
{
  char *from; /* NULL: made or linked */
  char *to;   /* NULL: removed */
  guint id;
} CbDiskNaming;

struct _CbDisk
{
  CbDiskKind kind;
  GHashTable *files; /* id → CbDiskFile */
  guint last_id;
  GHashTable *names;     /* path → id */
  GHashTable *safe;      /* the same, durable */
  GPtrArray *namings;    /* of CbDiskNaming, not yet durable */
  CbTrace *trace;        /* borrowed; NULL: not recorded */
  GPtrArray *open_files; /* of ours, of CbDiskHandle */

  CbDiskTrouble trouble;
  guint fails_at;
  gboolean is_lasting;
  guint n_calls;
  gboolean has_failed;
};

typedef enum
{
  CB_DISK_READS,
  CB_DISK_NEEDS_ROOM,
  CB_DISK_CHANGES,
} CbDiskCall;

/* 0, or the errno the call has to fail with. */
int cb_disk_meet_trouble (CbDisk *self, CbDiskCall call);

gboolean cb_disk_ignores (CbDiskSyncs syncs);

CbDiskFile *cb_disk_find (CbDisk *self, const char *path); /* NULL: no such name */
gboolean cb_disk_has_parent (CbDisk *self, const char *path);

/* What can be done to a disk; recorded. */
CbDiskFile *cb_disk_make (CbDisk *self, gboolean is_directory); /* without a name */
void cb_disk_write (CbDisk *self,
                    CbDiskFile *file,
                    guint64 offset,
                    const void *bytes,
                    gsize length);
void cb_disk_truncate (CbDisk *self, CbDiskFile *file, guint64 length);
void cb_disk_sync (CbDisk *self, CbDiskFile *file);
void cb_disk_lose (CbDisk *self, CbDiskFile *file); /* a sync that failed */
void cb_disk_name (CbDisk *self, const char *path, CbDiskFile *file);
void cb_disk_unname (CbDisk *self, const char *path);
void cb_disk_rename (CbDisk *self, const char *from, const char *to);
void cb_disk_sync_directory (CbDisk *self, const char *path);

/* For making an image. */
CbDiskFile *cb_disk_add_file (CbDisk *self, guint id, gboolean is_directory);
void cb_disk_change_bytes (GByteArray *bytes, const CbDiskChange *change);

/* cb-disk-files.c */
void cb_disk_forget_handles (CbDisk *self);

/* cb-disk-vfs.c: the default VFS from the first mount on. */
void cb_disk_register_vfs (void);

G_END_DECLS
