/* SPDX-License-Identifier: Apache-2.0 */

/* A disk in memory that forgets: everything below CB_DISK_ROOT, for a test executable alone.
 *
 * What was written and not synced is there as long as the machine runs; a power cut keeps of it
 * what the seed says: nothing, all, or some of its 512-byte sectors in any order, the last one
 * perhaps torn in the middle, a file perhaps longer than what was written into it. Names (made,
 * renamed, removed) are kept apart from contents: on CB_DISK_EXT4 they become durable in their
 * order, and with any sync; on CB_DISK_STRICT only when their directory is synced, and without
 * that in any order. A sync that fails loses what it should have kept: so Linux does it, and a
 * second try that succeeds brings nothing back.
 *
 * Two ways lead here: SQLite's, through a VFS of that name (cb-disk-vfs.c), which is the default
 * one of such a test; and that of our own files, whose calls of the C library the linker redirects
 * (cb-disk-files.c). Locks and the WAL's shared memory work between connections of one process.
 *
 * Everything is one thread's. Misuse aborts. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define CB_DISK_ROOT "/cb-disk"
#define CB_DISK_SECTOR 512

typedef enum
{
  CB_DISK_EXT4,
  CB_DISK_STRICT,
} CbDiskKind;

/* --- what was done to a disk, in its order --- */

/* In memory that a child process shares: what it did before it died is there afterwards. */
typedef struct _CbTrace CbTrace;

CbTrace *cb_trace_new (void);
void cb_trace_free (CbTrace *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbTrace, cb_trace_free)

void cb_trace_clear (CbTrace *self);
guint cb_trace_get_length (CbTrace *self);

/* Says between two operations that something was acknowledged. */
void cb_trace_mark (CbTrace *self, guint number);

/* Where one is in a trace; { 0 } is its beginning. */
typedef struct
{
  gsize position;
  guint index;      /* of the next operation */
  guint mark;       /* the last one that was passed; 0 is none */
  gboolean is_sync; /* the operation passed last made something durable */
} CbTracePlace;

/* --- disks --- */

typedef struct _CbDisk CbDisk;

CbDisk *cb_disk_new (CbDiskKind kind);

/* What is there now, durable, of any kind; nothing in it is open. */
CbDisk *cb_disk_copy (CbDisk *self, CbDiskKind kind);

/* Nothing of it may be open in a database; files of ours that a lock holds are closed. */
void cb_disk_free (CbDisk *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbDisk, cb_disk_free)

/* The one disk that is there; NULL is none. What is open stays on the disk it was opened on. */
void cb_disk_mount (CbDisk *self);
CbDisk *cb_disk_get_mounted (void);

/* From now on what is done to it goes into the trace as well; NULL ends that. */
void cb_disk_record (CbDisk *self, CbTrace *trace);

/* Does the next operation of the trace to this disk, which was like the other one when recording
 * began. FALSE at the end. */
gboolean cb_disk_replay (CbDisk *self, CbTrace *trace, CbTracePlace *place);

/* Does them up to the next mark, which it gives; all that are left, and 0, where none follows. */
guint cb_disk_replay_to_mark (CbDisk *self, CbTrace *trace, CbTracePlace *place);

/* A number for all names and contents, or for those whose path does not begin so. */
guint64 cb_disk_sum (CbDisk *self, const char *without);

/* Whether the bytes are anywhere, in a file or in its name. */
gboolean cb_disk_holds (CbDisk *self, const void *bytes, gsize length);
GBytes *cb_disk_read (CbDisk *self, const char *path); /* NULL: no such file */
void cb_disk_remove (CbDisk *self, const char *path);

/* --- the power goes --- */

/* Whether anything would be different after a cut. */
gboolean cb_disk_is_settled (CbDisk *self);

/* What a cut at this moment leaves. Seed 0 keeps nothing that was not synced, seed 1 all of it. */
CbDisk *cb_disk_cut (CbDisk *self, guint32 seed);

/* --- trouble --- */

typedef enum
{
  CB_DISK_EIO,    /* any call fails, a write after half of it */
  CB_DISK_ENOSPC, /* what needs room fails */
} CbDiskTrouble;

/* The call of that number fails, counted from 1 and from here; all from it on when `lasting`. 0:
 * none does. */
void cb_disk_fail_at (CbDisk *self, CbDiskTrouble trouble, guint number, gboolean lasting);

/* How many calls were counted since, and whether one was made to fail. */
guint cb_disk_get_n_calls (CbDisk *self);
gboolean cb_disk_has_failed (CbDisk *self);

/* --- what a test breaks on purpose, to see that it is noticed --- */

typedef enum
{
  CB_DISK_SYNCS_FILES = 1 << 0,       /* of our own files */
  CB_DISK_SYNCS_DIRECTORIES = 1 << 1, /* by our own calls */
  CB_DISK_SYNCS_DATABASE = 1 << 2,
} CbDiskSyncs;

/* Those kinds of syncs say they succeed and do nothing. */
void cb_disk_ignore (CbDiskSyncs syncs);

G_END_DECLS
