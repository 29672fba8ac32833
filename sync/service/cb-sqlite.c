/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "service/cb-sqlite.h"

#include "base/cb-error.h"
#include "base/cb-files.h"
#include "base/cb-id.h"
#include "service/cb-service-resources.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define BUSY_TIMEOUT_MS 5000
#define CHECKPOINT_TIMEOUT_MS 20
#define SCHEMA_PATH "/counterbook/service/schema"

static const char SQL_TRUNCATE_LOG[] = "PRAGMA wal_checkpoint(TRUNCATE)";
static const char SQL_GET_VERSION[] = "PRAGMA user_version";

struct _CbSqlite
{
  sqlite3 *handle;
  GHashTable *queries; /* address of the SQL → CbQuery */
  char *path;
};

struct _CbQuery
{
  CbSqlite *db;
  sqlite3_stmt *stmt;
  int failed; /* the code that preparing gave; SQLITE_OK when it went well */
};

/* --- errors --- */

static CbStoreError
error_of (int code)
{
  switch (code & 0xff)
    {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return CB_STORE_ERROR_BUSY;
    case SQLITE_FULL:
      return CB_STORE_ERROR_FULL;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
      return CB_STORE_ERROR_IO;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return CB_STORE_ERROR_CORRUPT;
    default:
      return CB_STORE_ERROR_FAILED;
    }
}

/* SQLite's own message may quote a value, its name for the code does not. Always FALSE. */
static gboolean
fail (int code, const char *attempt, GError **error)
{
  g_set_error (error, CB_STORE_ERROR, error_of (code), "cannot %s: %s (%d)", attempt,
               sqlite3_errstr (code), code);
  return FALSE;
}

/* --- running --- */

gboolean
cb_sqlite_run (CbSqlite *self, const char *sql, GError **error)
{
  const int code = sqlite3_exec (self->handle, sql, NULL, NULL, NULL);

  return code == SQLITE_OK ||
         fail (sqlite3_extended_errcode (self->handle), "change the database", error);
}

static void
query_free (CbQuery *query)
{
  sqlite3_finalize (query->stmt);
  g_free (query);
}

CbQuery *
cb_sqlite_query (CbSqlite *self, const char *sql)
{
  CbQuery *query = g_hash_table_lookup (self->queries, sql);

  if (query != NULL)
    return query;

  query = g_new0 (CbQuery, 1);
  query->db = self;
  query->failed =
    sqlite3_prepare_v3 (self->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &query->stmt, NULL);
  g_hash_table_insert (self->queries, (gpointer) sql, query);
  return query;
}

void
cb_query_done (CbQuery *self)
{
  sqlite3_reset (self->stmt);
  sqlite3_clear_bindings (self->stmt);
}

void
cb_query_bind_text (CbQuery *self, int number, const char *text)
{
  cb_query_bind_slice (self, number, text, text != NULL ? strlen (text) : 0);
}

void
cb_query_bind_slice (CbQuery *self, int number, const char *text, gsize length)
{
  if (text == NULL)
    sqlite3_bind_null (self->stmt, number);
  else
    sqlite3_bind_text64 (self->stmt, number, text, length, SQLITE_STATIC, SQLITE_UTF8);
}

void
cb_query_bind_int (CbQuery *self, int number, gint64 value)
{
  sqlite3_bind_int64 (self->stmt, number, value);
}

void
cb_query_bind_blob (CbQuery *self, int number, const void *bytes, gsize length)
{
  sqlite3_bind_blob64 (self->stmt, number, bytes, length, SQLITE_STATIC);
}

gboolean
cb_query_next (CbQuery *self, GError **error)
{
  int code = self->failed;

  if (code == SQLITE_OK)
    code = sqlite3_step (self->stmt);
  if (code == SQLITE_ROW)
    return TRUE;
  if (code == SQLITE_DONE)
    return FALSE;
  return fail (sqlite3_extended_errcode (self->db->handle), "run a statement", error);
}

gboolean
cb_query_run (CbQuery *self, GError **error)
{
  int code = self->failed;

  if (code == SQLITE_OK)
    code = sqlite3_step (self->stmt);
  return code == SQLITE_DONE ||
         fail (sqlite3_extended_errcode (self->db->handle), "run a statement", error);
}

const char *
cb_query_text (CbQuery *self, int column)
{
  return (const char *) sqlite3_column_text (self->stmt, column);
}

char *
cb_query_dup_text (CbQuery *self, int column)
{
  return g_strdup (cb_query_text (self, column));
}

gint64
cb_query_int (CbQuery *self, int column)
{
  return sqlite3_column_int64 (self->stmt, column);
}

void
cb_query_copy_id (CbQuery *self, int column, char *id)
{
  const char *text = cb_query_text (self, column);

  g_strlcpy (id, text != NULL ? text : "", CB_ID_LENGTH + 1);
}

gboolean
cb_query_copy_bytes (CbQuery *self, int column, void *bytes, gsize length)
{
  const void *found = sqlite3_column_blob (self->stmt, column);

  if (found == NULL || (gsize) sqlite3_column_bytes (self->stmt, column) != length)
    return FALSE;
  memcpy (bytes, found, length);
  return TRUE;
}

gboolean
cb_sqlite_ask (CbSqlite *self, const char *sql, gint64 *answer, GError **error)
{
  g_autoptr (CbQuery) query = cb_sqlite_query (self, sql);

  if (!cb_query_next (query, error))
    return FALSE;
  *answer = cb_query_int (query, 0);
  return TRUE;
}

gboolean
cb_sqlite_truncate_log (CbSqlite *self, GError **error)
{
  g_autoptr (CbQuery) query = cb_sqlite_query (self, SQL_TRUNCATE_LOG);
  gboolean is_done = FALSE;

  /* Whoever reads may take long; the service has others to answer meanwhile. */
  sqlite3_busy_timeout (self->handle, CHECKPOINT_TIMEOUT_MS);
  is_done = cb_query_next (query, error);
  sqlite3_busy_timeout (self->handle, BUSY_TIMEOUT_MS);
  if (!is_done)
    return FALSE;

  /* The first column says that somebody held it up, which is no error to SQLite. */
  return cb_query_int (query, 0) == 0 || fail (SQLITE_BUSY, "empty the log", error);
}

/* --- opening --- */

static gboolean
set_up (CbSqlite *self, GError **error)
{
  sqlite3_extended_result_codes (self->handle, 1);
  sqlite3_busy_timeout (self->handle, BUSY_TIMEOUT_MS);
  sqlite3_db_config (self->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  sqlite3_db_config (self->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
  return cb_sqlite_run (self,
                        "PRAGMA synchronous=EXTRA;"
                        "PRAGMA secure_delete=ON;"
                        "PRAGMA journal_mode=WAL;"
                        "PRAGMA synchronous=FULL;"
                        "PRAGMA foreign_keys=ON;"
                        "PRAGMA temp_store=MEMORY;"
                        "PRAGMA wal_autocheckpoint=2000;"
                        "PRAGMA cache_size=-32768;",
                        error);
}

/* SQLite would give a new file the mode of the umask; its log takes over the mode of the file. */
static gboolean
make_private_file (const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  const int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

  if (fd < 0)
    return fail (SQLITE_CANTOPEN, "make the database", error);
  close (fd);
  return cb_files_sync_directory (folder, error);
}

CbSqlite *
cb_sqlite_open (const char *path, gboolean create, GError **error)
{
  CbSqlite *self = NULL;
  int code = SQLITE_OK;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    {
      if (!create)
        {
          g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_NO_STORE,
                               "there is no such database");
          return NULL;
        }
      if (!make_private_file (path, error))
        return NULL;
    }

  self = g_new0 (CbSqlite, 1);
  self->path = g_strdup (path);
  self->queries = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) query_free);
  code = sqlite3_open_v2 (
    path, &self->handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
  if (code != SQLITE_OK)
    fail (code, "open the database", error);
  if (code == SQLITE_OK && set_up (self, error))
    return self;

  cb_sqlite_close (self);
  return NULL;
}

void
cb_sqlite_close (CbSqlite *self)
{
  g_hash_table_unref (self->queries);
  sqlite3_close (self->handle);
  g_free (self->path);
  g_free (self);
}

/* --- the schema --- */

/* The name of the file with that number, or NULL when there is none. */
static char *
find_schema_file (int number)
{
  g_auto (GStrv) names = NULL;
  g_autofree char *prefix = g_strdup_printf ("%04d-", number);

  names = g_resource_enumerate_children (cb_service_get_resource (), SCHEMA_PATH,
                                         G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    if (g_str_has_prefix (names[i], prefix))
      return g_strdup_printf ("%s/%s", SCHEMA_PATH, names[i]);
  return NULL;
}

static gboolean
has_schema_file (int number)
{
  g_autofree char *name = find_schema_file (number);

  return name != NULL;
}

static gboolean
run_schema_file (CbSqlite *self, const char *name, int number, GError **error)
{
  g_autoptr (GBytes) sql = NULL;
  g_autofree char *stamp = g_strdup_printf ("PRAGMA user_version=%d", number);

  sql =
    g_resource_lookup_data (cb_service_get_resource (), name, G_RESOURCE_LOOKUP_FLAGS_NONE, error);
  if (sql == NULL)
    return FALSE;

  /* A resource ends in a NUL that its size does not count. */
  if (cb_sqlite_run (self, "BEGIN IMMEDIATE", error) &&
      cb_sqlite_run (self, g_bytes_get_data (sql, NULL), error) &&
      cb_sqlite_run (self, stamp, error) && cb_sqlite_run (self, "COMMIT", error))
    return TRUE;

  cb_sqlite_run (self, "ROLLBACK", NULL);
  return FALSE;
}

gboolean
cb_sqlite_migrate (CbSqlite *self, GError **error)
{
  gint64 version = 0;

  if (!cb_sqlite_ask (self, SQL_GET_VERSION, &version, error))
    return FALSE;

  for (int number = (int) version + 1;; number++)
    {
      g_autofree char *name = find_schema_file (number);

      if (name == NULL)
        break;
      if (!run_schema_file (self, name, number, error))
        return FALSE;
      version = number;
    }

  if (version > 0 && (version > G_MAXINT || !has_schema_file ((int) version)))
    {
      g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_TOO_NEW,
                           "a newer service wrote this database");
      return FALSE;
    }
  return TRUE;
}
