/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "support/cb-test-pg.h"

#include <libpq-fe.h>
#include <string.h>
#include <sys/wait.h>

static guint n_databases;

gboolean
cb_test_pg_is_on (void)
{
  return g_getenv ("CB_TEST_PG") != NULL;
}

static PGconn *
connect_to (const char *address)
{
  PGconn *handle = PQconnectdb (address);

  if (PQstatus (handle) != CONNECTION_OK)
    g_test_message ("%s", PQerrorMessage (handle));
  g_assert_cmpint (PQstatus (handle), ==, CONNECTION_OK);
  return handle;
}

static PGresult *
execute (const char *address, const char *sql)
{
  PGconn *handle = connect_to (address);
  PGresult *result = PQexec (handle, sql);

  g_assert_cmpstr (PQresultErrorMessage (result), ==, "");
  PQfinish (handle);
  return result;
}

void
cb_test_pg_run (const char *address, const char *sql)
{
  PQclear (execute (address, sql));
}

gint64
cb_test_pg_ask (const char *address, const char *sql)
{
  PGresult *result = execute (address, sql);
  const gint64 answer = g_ascii_strtoll (PQgetvalue (result, 0, 0), NULL, 10);

  PQclear (result);
  return answer;
}

char *
cb_test_pg_new_address (void)
{
  g_autofree char *first = g_strconcat (g_getenv ("CB_TEST_PG"), " dbname=postgres", NULL);
  g_autofree char *name = g_strdup_printf ("book%u", g_atomic_int_add (&n_databases, 1));
  g_autofree char *sql = g_strconcat ("CREATE DATABASE ", name, NULL);

  cb_test_pg_run (first, sql);
  return g_strdup_printf ("%s dbname=%s", g_getenv ("CB_TEST_PG"), name);
}

static char *
dup_name (const char *address)
{
  const char *name = g_strrstr (address, "dbname=");

  g_assert_nonnull (name);
  return g_strdup (name + strlen ("dbname="));
}

char *
cb_test_pg_copy (const char *address)
{
  g_autofree char *first = g_strconcat (g_getenv ("CB_TEST_PG"), " dbname=postgres", NULL);
  g_autofree char *from = dup_name (address);
  g_autofree char *name = g_strdup_printf ("book%u", g_atomic_int_add (&n_databases, 1));
  g_autofree char *sql = g_strconcat ("CREATE DATABASE ", name, " TEMPLATE ", from, NULL);

  cb_test_pg_run (first, sql);
  return g_strdup_printf ("%s dbname=%s", g_getenv ("CB_TEST_PG"), name);
}

void
cb_test_pg_control (const char *word)
{
  const char *argv[] = { g_getenv ("CB_TEST_PG_CONTROL"), word, NULL };
  g_autoptr (GError) error = NULL;
  int status = 0;

  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, NULL, &status,
                &error);
  g_assert_no_error (error);
  g_assert_true (WIFEXITED (status) && WEXITSTATUS (status) == 0);
}

void
cb_test_pg_end_connections (const char *address)
{
  cb_test_pg_run (address,
                  "SELECT pg_terminate_backend (pid) FROM pg_stat_activity"
                  " WHERE datname = current_database () AND pid <> pg_backend_pid ()");
}
