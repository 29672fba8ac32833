/* SPDX-License-Identifier: Apache-2.0 */

/* Small files that must be whole or absent, even across a power cut: written beside, synced,
 * renamed, directory synced. Modes are 0700 and 0600. Blocking; never on the main thread of a
 * program with a window. Errors are CB_STORE_ERROR_{IO,FULL,NOT_FOUND}. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Makes the directory and its parents, mode 0700. */
gboolean cb_files_ensure_directory (const char *path, GError **error);
gboolean cb_files_sync_directory (const char *path, GError **error);

/* Replaces the file whole. */
gboolean cb_files_write (const char *path, const void *bytes, gsize length, GError **error);

/* Adds bytes at the end and syncs; makes the file when it is absent. */
gboolean cb_files_append (const char *path, const void *bytes, gsize length, GError **error);

/* Reads a file of at most `limit` bytes. The bytes may be key material: the caller wipes them
 * with sodium_memzero before freeing. The buffer ends in a NUL that `length` does not count. */
char *cb_files_read (const char *path, gsize limit, gsize *length, GError **error);

/* A lock file, taken with flock() for the life of the returned descriptor; closing releases it.
 * -1 with CB_STORE_ERROR_BUSY when `wait` is FALSE and another process holds it. */
int cb_files_lock (const char *path, gboolean exclusive, gboolean wait, GError **error);

G_END_DECLS
