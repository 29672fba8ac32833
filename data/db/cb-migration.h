/* SPDX-License-Identifier: Apache-2.0 */

/* Brings a database to the schema of this build by running the numbered files of data/schema that
 * it has not seen, each in one transaction with its PRAGMA user_version. */

#pragma once

#include "db/cb-db.h"

G_BEGIN_DECLS

/* The version this build writes. */
guint cb_migration_get_latest (void);

guint cb_migration_get_version (CbDb *db);

/* CB_STORE_ERROR_NO_STORE for a database that holds something else. An empty one is ours. */
gboolean cb_migration_check_ours (CbDb *db, GError **error);

/* CB_STORE_ERROR_TOO_NEW for a database of a newer build, NO_STORE for one of another program: both
 * are left alone. A step that fails leaves the version before it. The caller holds the
 * store's lock exclusively when the version is not yet the latest. */
gboolean cb_migration_run (CbDb *db, GError **error);

G_END_DECLS
