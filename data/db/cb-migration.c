/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "db/cb-migration.h"

#include <stdlib.h>

#include "base/cb-error.h"

#define SCHEMA_PATH "/counterbook/schema"

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (*(const char *const *) a, *(const char *const *) b);
}

/* NNNN-slug.sql, sorted. That they are contiguous from 1 is a fact of the build, so it is asserted.
 */
static GPtrArray *
list_files (void)
{
  g_auto (GStrv) names =
    g_resources_enumerate_children (SCHEMA_PATH, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    {
      if (g_str_has_suffix (names[i], ".sql"))
        g_ptr_array_add (files, g_strdup (names[i]));
    }
  g_ptr_array_sort (files, compare_names);
  g_assert (files->len > 0);
  for (guint i = 0; i < files->len; i++)
    g_assert (atoi (g_ptr_array_index (files, i)) == (int) i + 1);
  return g_steal_pointer (&files);
}

guint
cb_migration_get_latest (void)
{
  g_autoptr (GPtrArray) files = list_files ();

  return files->len;
}

guint
cb_migration_get_version (CbDb *db)
{
  static const char SQL_VERSION[] = "PRAGMA user_version";
  g_autoptr (CbStmt) stmt = cb_db_prepare (db, SQL_VERSION);

  return cb_stmt_next (stmt, NULL) ? (guint) cb_stmt_int (stmt, 0) : 0;
}

/* What the first version has, and a database of another program has not. One without any version is
 * empty: the first step gives it its tables and its version at once. */
gboolean
cb_migration_check_ours (CbDb *db, GError **error)
{
  static const char SQL_LOOK[] =
    "SELECT count(*), count(*) FILTER (WHERE type = 'table' AND name IN"
    " ('setting', 'counter', 'vault_key', 'customer', 'consent_event', 'tombstone', 'audit'))"
    " FROM sqlite_schema";
  guint version = cb_migration_get_version (db);
  g_autoptr (CbStmt) stmt = cb_db_prepare (db, SQL_LOOK);

  if (!cb_stmt_next (stmt, error))
    return FALSE;
  if (version == 0 ? cb_stmt_int (stmt, 0) == 0 : cb_stmt_int (stmt, 1) == 7)
    return TRUE;
  g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_NO_STORE,
                       "the database that is here is not a store of Counterbook");
  return FALSE;
}

/* A check that could not be made proves nothing. */
static gboolean
check_references (CbDb *db, guint version, GError **error)
{
  static const char SQL_CHECK[] = "PRAGMA foreign_key_check";
  g_autoptr (CbStmt) stmt = cb_db_prepare (db, SQL_CHECK);
  g_autoptr (GError) local_error = NULL;

  if (cb_stmt_next (stmt, &local_error))
    g_set_error (&local_error, CB_STORE_ERROR, CB_STORE_ERROR_CORRUPT,
                 "schema version %u leaves references to nothing", version);
  return !cb_error_hand_on (&local_error, error);
}

static gboolean
run_file (CbDb *db, const char *name, guint version, GError **error)
{
  g_autofree char *path = g_strconcat (SCHEMA_PATH "/", name, NULL);
  g_autofree char *mark = g_strdup_printf ("PRAGMA user_version=%u", version);
  g_autoptr (GBytes) sql = g_resources_lookup_data (path, G_RESOURCE_LOOKUP_FLAGS_NONE, error);
  g_auto (CbTransaction) transaction = NULL;

  if (sql == NULL || !cb_db_begin (db, error))
    return FALSE;
  transaction = db;
  if (!cb_db_run (db, g_bytes_get_data (sql, NULL), error))
    {
      g_prefix_error (error, "schema version %u: ", version);
      return FALSE;
    }
  return check_references (db, version, error) && cb_db_run (db, mark, error) &&
         cb_db_commit (db, error);
}

/* Rebuilding a table drops the old one, and with references on whatever refers to it would go
 * along, answers among it. SQLite passes the pragma over inside a transaction and says nothing. */
static gboolean
turn_references_off (CbDb *db, GError **error)
{
  static const char SQL_GET[] = "PRAGMA foreign_keys";
  g_autoptr (CbStmt) stmt = NULL;

  if (!cb_db_run (db, "PRAGMA foreign_keys=OFF", error))
    return FALSE;
  stmt = cb_db_prepare (db, SQL_GET);
  if (!cb_stmt_next (stmt, error))
    return FALSE;
  if (cb_stmt_int (stmt, 0) == 0)
    return TRUE;
  g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_FAILED,
                       "references stay on: the schema is not changed inside a transaction");
  return FALSE;
}

gboolean
cb_migration_run (CbDb *db, GError **error)
{
  g_autoptr (GPtrArray) files = list_files ();
  guint version = cb_migration_get_version (db);
  gboolean done = TRUE;

  if (version > files->len)
    {
      g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_TOO_NEW,
                   "the store has schema version %u, this build knows %u", version, files->len);
      return FALSE;
    }
  if (!cb_migration_check_ours (db, error))
    return FALSE;
  if (version == files->len)
    return TRUE;
  if (!turn_references_off (db, error))
    return FALSE;
  for (guint i = version; done && i < files->len; i++)
    done = run_file (db, g_ptr_array_index (files, i), i + 1, error);
  return cb_db_run (db, "PRAGMA foreign_keys=ON", done ? error : NULL) && done;
}
