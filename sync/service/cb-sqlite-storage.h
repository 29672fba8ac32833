/* SPDX-License-Identifier: Apache-2.0 */

/* The book in one SQLite file: the default for one shop, a trial, and the tests. */

#pragma once

#include "service/cb-storage.h"

G_BEGIN_DECLS

/* Opens, migrates and checks the epoch; makes the database when `create` is TRUE. */
CbStorage *cb_sqlite_storage_open (const char *path, gboolean create, GError **error);

/* The file was put back from a back-up: a new history begins in it, whatever its epoch file says.
 * No service may run on it. */
CbStorage *cb_sqlite_storage_open_restored (const char *path, GError **error);

G_END_DECLS
