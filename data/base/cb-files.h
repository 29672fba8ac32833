/* SPDX-License-Identifier: Apache-2.0 */

/* Small files that must be whole or absent, even across a power cut: written beside, synced,
 * renamed, directory synced. Modes are 0700 and 0600. Blocking; never on the main thread of a
 * program with a window. Errors are CB_STORE_ERROR_{IO,FULL,NOT_FOUND,BUSY}; their messages name no
 * path, because people choose file names: the caller says which file it was about. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Makes the directory and its parents, mode 0700. One that is there and empty and ours is
 * tightened to 0700; one that holds something is left as it is. */
gboolean cb_files_ensure_directory (const char *path, GError **error);
gboolean cb_files_sync_directory (const char *path, GError **error);

/* Replaces the file whole. */
gboolean cb_files_write (const char *path, const void *bytes, gsize length, GError **error);

/* The same for what is too long to be held in memory. Written is a file beside it, the part, which
 * this process has for itself; begin answers its descriptor, or -1. Finishing syncs it and puts it
 * in the place of `path`; both finishing and abandoning close it. */
int cb_files_begin (const char *path, GError **error);
char *cb_files_dup_part_path (const char *path);
gboolean cb_files_add (int part, const void *bytes, gsize length, GError **error);
gboolean cb_files_finish (const char *path, int part, GError **error);
void cb_files_abandon (const char *path, int part);

/* Makes the file whole, unless there is one already: then it is left alone, *made is FALSE and the
 * answer TRUE. Of several processes that do this at once exactly one makes it. */
gboolean cb_files_create (const char *path,
                          const void *bytes,
                          gsize length,
                          gboolean *made,
                          GError **error);

/* Adds bytes at the end and syncs, all of them or none; makes the file when it is absent. */
gboolean cb_files_append (const char *path, const void *bytes, gsize length, GError **error);

/* Reads a file of at most `limit` bytes. The bytes may be key material: the caller wipes them
 * with sodium_memzero before freeing. The buffer ends in a NUL that `length` does not count. */
char *cb_files_read (const char *path, gsize limit, gsize *length, GError **error);

/* Moves a file over another one, or removes one, and then overwrites what was there with zeros,
 * which helps where the file system writes in place. Removing an absent file is no error. */
gboolean cb_files_move_over (const char *from, const char *to, GError **error);
gboolean cb_files_erase (const char *path, GError **error);

/* A lock file, taken with flock() for the life of the returned descriptor; closing releases it.
 * -1 with CB_STORE_ERROR_BUSY when `wait` is FALSE and another process holds it. Lock files stay
 * where they are: removing one would let two processes hold "the" lock. */
int cb_files_lock (const char *path, gboolean exclusive, gboolean wait, GError **error);

G_END_DECLS
