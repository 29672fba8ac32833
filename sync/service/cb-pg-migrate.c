/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "service/cb-pg-storage-private.h"

#include "base/cb-error.h"
#include "service/cb-service-resources.h"

#define SCHEMA_PATH "/counterbook/service/schema-postgresql"

static const char SQL_HAS_SCHEMA[] =
  "SELECT (to_regclass ('counterbook.migration') IS NOT NULL)::int::bigint";
static const char SQL_HAS_NAMESPACE[] =
  "SELECT (to_regnamespace ('counterbook') IS NOT NULL)::int::bigint";
static const char SQL_GET_VERSION[] = "SELECT coalesce (max (number), 0)::bigint FROM migration";
static const char SQL_MAKE_MIGRATION[] =
  "CREATE TABLE migration (number integer PRIMARY KEY,"
  " run_at timestamptz NOT NULL DEFAULT now ())";
static const char SQL_ADD_MIGRATION[] = "INSERT INTO migration (number) VALUES ($1)";

gboolean
cb_pg_has_schema (CbPg *db, gboolean *has_schema, GError **error)
{
  gint64 is_there = 0;

  if (!cb_pg_ask (db, SQL_HAS_SCHEMA, &is_there, error))
    return FALSE;
  *has_schema = is_there != 0;
  return TRUE;
}

/* The name of the file with that number, or NULL when there is none. */
static char *
find_schema_file (gint64 number)
{
  g_auto (GStrv) names = NULL;
  g_autofree char *prefix = g_strdup_printf ("%04" G_GINT64_FORMAT "-", number);

  names = g_resource_enumerate_children (cb_service_get_resource (), SCHEMA_PATH,
                                         G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    if (g_str_has_prefix (names[i], prefix))
      return g_strdup_printf ("%s/%s", SCHEMA_PATH, names[i]);
  return NULL;
}

static gboolean
note_migration (CbPg *db, gint64 number, GError **error)
{
  g_autoptr (CbPgQuery) query = cb_pg_query (db, SQL_ADD_MIGRATION);

  cb_pg_bind_int (query, number);
  return cb_pg_query_run (query, error);
}

/* A migration may take as long as the tables are large. */
static gboolean
run_schema_file (CbPg *db, const char *name, gint64 number, GError **error)
{
  g_autoptr (GBytes) sql = NULL;

  sql =
    g_resource_lookup_data (cb_service_get_resource (), name, G_RESOURCE_LOOKUP_FLAGS_NONE, error);
  if (sql == NULL)
    return FALSE;

  /* A resource ends in a NUL that its size does not count. */
  if (cb_pg_run (db, "BEGIN; SET LOCAL statement_timeout = 0", error) &&
      cb_pg_run (db, g_bytes_get_data (sql, NULL), error) && note_migration (db, number, error) &&
      cb_pg_run (db, "COMMIT", error))
    return TRUE;

  cb_pg_rollback (db);
  return FALSE;
}

/* The role may own the schema without being allowed to make one. */
static gboolean
make_namespace (CbPg *db, GError **error)
{
  gint64 is_there = 0;

  return cb_pg_ask (db, SQL_HAS_NAMESPACE, &is_there, error) &&
         (is_there != 0 || cb_pg_run (db, "CREATE SCHEMA counterbook", error)) &&
         cb_pg_run (db, SQL_MAKE_MIGRATION, error);
}

gboolean
cb_pg_migrate (CbPg *db, GError **error)
{
  gboolean has_schema = FALSE;
  gint64 version = 0;
  g_autofree char *latest = NULL;

  if (!cb_pg_has_schema (db, &has_schema, error) || (!has_schema && !make_namespace (db, error)) ||
      !cb_pg_ask (db, SQL_GET_VERSION, &version, error))
    return FALSE;

  for (;; version++)
    {
      g_autofree char *name = find_schema_file (version + 1);

      if (name == NULL)
        break;
      if (!run_schema_file (db, name, version + 1, error))
        return FALSE;
    }

  latest = find_schema_file (version);
  if (latest != NULL)
    return TRUE;
  g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_TOO_NEW,
                       "a newer service wrote this database");
  return FALSE;
}
