/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "cb-test-schema.h"

#include <string.h>

#include "db/cb-migration.h"

/* --- which versions there are --- */

static guint newest_known = G_MAXUINT;

/* Which files of the schema this build has; the linker sends cb-migration.c's question here. */
char **__real_g_resources_enumerate_children (const char *path,
                                              GResourceLookupFlags flags,
                                              GError **error);
char **__wrap_g_resources_enumerate_children (const char *path,
                                              GResourceLookupFlags flags,
                                              GError **error);

char **
__wrap_g_resources_enumerate_children (const char *path, GResourceLookupFlags flags, GError **error)
{
  char **names = __real_g_resources_enumerate_children (path, flags, error);
  guint kept = 0;

  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    {
      if (g_ascii_strtoull (names[i], NULL, 10) <= newest_known)
        names[kept++] = names[i];
      else
        g_free (names[i]);
    }
  if (names != NULL)
    names[kept] = NULL;
  return names;
}

void
cb_test_schema_set_newest (guint version)
{
  newest_known = version > 0 ? version : G_MAXUINT;
}

/* --- fixtures --- */

char *
cb_test_schema_read (guint version, const char *kind)
{
  g_autofree char *name = g_strdup_printf ("%04u-%s.sql", version, kind);
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "fixtures", "schema", name, NULL);
  char *text = NULL;

  return g_file_get_contents (path, &text, NULL, NULL) ? text : NULL;
}

static void
run (sqlite3 *handle, const char *sql)
{
  char *why = NULL;

  sqlite3_exec (handle, sql, NULL, NULL, &why);
  g_assert_cmpstr (why, ==, NULL);
}

gboolean
cb_test_schema_load (CbDb *db, guint version, const char *kind)
{
  g_autofree char *text = cb_test_schema_read (version, kind);
  g_autoptr (GError) error = NULL;

  if (text == NULL)
    return FALSE;
  g_assert_true (cb_db_begin (db, &error));
  run (cb_db_get_handle (db), text);
  g_assert_true (cb_db_commit (db, &error));
  return TRUE;
}

/* --- as a text --- */

/* The first column of every row, a line each. */
static char *
read_lines (sqlite3 *handle, const char *sql)
{
  g_autoptr (GString) lines = g_string_new (NULL);
  sqlite3_stmt *stmt = NULL;
  int code;

  sqlite3_prepare_v2 (handle, sql, -1, &stmt, NULL);
  while ((code = sqlite3_step (stmt)) == SQLITE_ROW)
    {
      g_string_append_len (lines, (const char *) sqlite3_column_text (stmt, 0),
                           sqlite3_column_bytes (stmt, 0));
      g_string_append_c (lines, '\n');
    }
  if (code != SQLITE_DONE)
    g_test_message ("%s: %s", sql, sqlite3_errmsg (handle));
  g_assert_cmpint (code, ==, SQLITE_DONE);
  sqlite3_finalize (stmt);
  return g_string_free (g_steal_pointer (&lines), FALSE);
}

static char **
list_names (sqlite3 *handle, const char *sql)
{
  g_autofree char *lines = read_lines (handle, sql);

  if (g_str_has_suffix (lines, "\n"))
    lines[strlen (lines) - 1] = '\0';
  return *lines != '\0' ? g_strsplit (lines, "\n", -1) : g_new0 (char *, 1);
}

static char **
list_tables (sqlite3 *handle)
{
  return list_names (handle,
                     "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')"
                     " AND name NOT LIKE 'sqlite_%' ORDER BY name");
}

static char **
list_columns (sqlite3 *handle, const char *table)
{
  g_autofree char *sql = g_strdup_printf (
    "SELECT '\"' || name || '\"' FROM pragma_table_info('%s') ORDER BY cid", table);

  return list_names (handle, sql);
}

static gboolean
has_numbers (sqlite3 *handle, const char *table)
{
  g_autofree char *sql = g_strdup_printf (
    "SELECT 'yes' FROM pragma_table_list('%s') WHERE type = 'table' AND wr = 0", table);
  g_autofree char *answer = read_lines (handle, sql);

  return *answer != '\0';
}

static char *
dump_table (sqlite3 *handle, const char *table, gboolean with_numbers)
{
  g_auto (GStrv) columns = list_columns (handle, table);
  g_autofree char *head = g_strjoinv (" ", columns);
  g_autofree char *values = g_strjoinv (") || ' ' || quote (", columns);
  g_autofree char *sql = g_strdup_printf (
    "SELECT %s quote (%s) FROM \"%s\" ORDER BY 1",
    with_numbers && has_numbers (handle, table) ? "rowid || ': ' ||" : "", values, table);
  g_autofree char *rows = read_lines (handle, sql);

  return g_strconcat (head, "\n", rows, NULL);
}

GHashTable *
cb_test_schema_dump (CbDb *db, gboolean with_numbers)
{
  sqlite3 *handle = cb_db_get_handle (db);
  g_auto (GStrv) tables = list_tables (handle);
  GHashTable *dump = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  for (guint i = 0; tables[i] != NULL; i++)
    g_hash_table_insert (dump, g_strdup (tables[i]), dump_table (handle, tables[i], with_numbers));
  return dump;
}

GHashTable *
cb_test_schema_dump_text (CbDb *db, const char *sql)
{
  g_auto (GStrv) tables = list_tables (cb_db_get_handle (db));
  GHashTable *dump = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  sqlite3 *expected = NULL;

  g_assert_cmpint (sqlite3_open (":memory:", &expected), ==, SQLITE_OK);
  for (guint i = 0; tables[i] != NULL; i++)
    {
      g_auto (GStrv) columns = list_columns (cb_db_get_handle (db), tables[i]);
      g_autofree char *list = g_strjoinv (", ", columns);
      g_autofree char *create = g_strdup_printf ("CREATE TABLE \"%s\" (%s)", tables[i], list);

      run (expected, create);
    }
  run (expected, sql);
  for (guint i = 0; tables[i] != NULL; i++)
    {
      g_autofree char *count = g_strdup_printf ("SELECT 'row' FROM \"%s\" LIMIT 1", tables[i]);
      g_autofree char *row = read_lines (expected, count);
      g_autofree char *emptied = g_strdup_printf ("DELETE FROM %s;", tables[i]);

      if (*row != '\0' || strstr (sql, emptied) != NULL)
        g_hash_table_insert (dump, g_strdup (tables[i]), dump_table (expected, tables[i], FALSE));
    }
  sqlite3_close (expected);
  return dump;
}

char *
cb_test_schema_dup_statements (CbDb *db)
{
  return read_lines (cb_db_get_handle (db),
                     "SELECT type || ' ' || name || ' ' || tbl_name || ' ' || coalesce (sql, '')"
                     " FROM sqlite_schema ORDER BY type, name");
}

char *
cb_test_schema_dup_all (CbDb *db)
{
  g_autoptr (GHashTable) dump = cb_test_schema_dump (db, TRUE);
  g_auto (GStrv) tables = list_tables (cb_db_get_handle (db));
  GString *all = g_string_new (NULL);
  g_autofree char *statements = cb_test_schema_dup_statements (db);

  g_string_append_printf (all, "version %u\n%s", cb_migration_get_version (db), statements);
  for (guint i = 0; tables[i] != NULL; i++)
    g_string_append_printf (all, "\n%s\n%s", tables[i],
                            (const char *) g_hash_table_lookup (dump, tables[i]));
  return g_string_free (all, FALSE);
}
