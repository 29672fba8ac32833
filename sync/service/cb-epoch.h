/* SPDX-License-Identifier: Apache-2.0 */

/* The service's history has a name, the epoch, kept in the database and in PATH.epoch beside it. A
 * database put back from an older copy, or a fresh one in the old one's place, no longer fits its
 * file, and the service refuses to start on it. Blocking. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Before the database says so for the first time: writes the epoch where a crash leaves it
 * harmless. CB_STORE_ERROR_CORRUPT when another history's file is there. */
gboolean cb_epoch_prepare (const char *database, const char *epoch, GError **error);

/* The same before a new history begins in a database that has one: whatever file is there stays
 * until the database says the same. */
gboolean cb_epoch_prepare_next (const char *database, const char *epoch, GError **error);

/* What the file says; NULL without an error when there is none. Free it. */
char *cb_epoch_read (const char *database, GError **error);

/* After it: puts the file in its place where that has not happened yet, and compares.
 * CB_STORE_ERROR_CORRUPT when they differ or the file is gone. */
gboolean cb_epoch_verify (const char *database, const char *epoch, GError **error);

/* The same where several machines share a database: one that has no such file yet takes it over.
 * CB_STORE_ERROR_CORRUPT when it has another history's. */
gboolean cb_epoch_adopt (const char *database, const char *epoch, GError **error);

G_END_DECLS
