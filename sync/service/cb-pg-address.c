/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "service/cb-pg-address.h"

#include <gio/gio.h>
#include <string.h>

gboolean
cb_pg_address_is_one (const char *text)
{
  return g_str_has_prefix (text, "postgresql://") || g_str_has_prefix (text, "postgres://") ||
         (strchr (text, '=') != NULL && !g_str_has_prefix (text, "sqlite:"));
}

/* The value of a keyword, or what the environment says in its place; NULL for nothing. */
static const char *
find_option (const PQconninfoOption *options, const char *keyword)
{
  for (; options->keyword != NULL; options++)
    if (strcmp (options->keyword, keyword) == 0)
      {
        const char *value = options->val != NULL || options->envvar == NULL
                              ? options->val
                              : g_getenv (options->envvar);

        return value != NULL && *value != '\0' ? value : NULL;
      }
  return NULL;
}

static gboolean
is_told (const PQconninfoOption *options, const char *keyword)
{
  for (; options->keyword != NULL; options++)
    if (strcmp (options->keyword, keyword) == 0)
      return options->val != NULL;
  return FALSE;
}

static gboolean
is_local_host (const char *host)
{
  g_autoptr (GInetAddress) address = NULL;

  if (*host == '\0' || *host == '/' || *host == '@' || strcmp (host, "localhost") == 0)
    return TRUE;
  address = g_inet_address_new_from_string (host);
  return address != NULL && g_inet_address_get_is_loopback (address);
}

/* Without a host it is the socket of this machine. */
static gboolean
is_local (const PQconninfoOption *options)
{
  const char *hosts = find_option (options, "hostaddr");
  g_auto (GStrv) parts = NULL;

  if (hosts == NULL)
    hosts = find_option (options, "host");
  parts = g_strsplit (hosts != NULL ? hosts : "", ",", -1);
  for (guint i = 0; parts[i] != NULL; i++)
    if (!is_local_host (parts[i]))
      return FALSE;
  return TRUE;
}

static gboolean
is_verified (const PQconninfoOption *options)
{
  const char *mode = find_option (options, "sslmode");

  return mode == NULL || strcmp (mode, "verify-full") == 0 || strcmp (mode, "verify-ca") == 0;
}

const char *
cb_pg_address_judge (const char *text)
{
  PQconninfoOption *options = PQconninfoParse (text, NULL);
  const char *why = NULL;

  if (options == NULL)
    return "--database is neither a postgresql:// URI nor a list of keywords";
  if (is_told (options, "password") || is_told (options, "sslpassword"))
    why = "no password in --database, where others can read it: use PGPASSFILE or ~/.pgpass";
  else if (!is_local (options) && !is_verified (options))
    why = "a database beyond this machine wants sslmode=verify-full";
  PQconninfoFree (options);
  return why;
}

PGconn *
cb_pg_address_open (const char *text)
{
  PQconninfoOption *options = PQconninfoParse (text, NULL);
  const char *mode = options != NULL ? find_option (options, "sslmode") : NULL;
  const gboolean is_near = options == NULL || is_local (options);
  /* What stands before the address gives way to it, what stands behind does not. A dead network is
   * noticed after a few seconds, not after the quarter of an hour that a kernel waits. */
  const char *const keywords[] = {
    "connect_timeout",      "tcp_user_timeout", "keepalives_idle", "keepalives_interval", "sslmode",
    "target_session_attrs", "dbname",           "client_encoding", "application_name",    NULL
  };
  const char *const values[] = { "3",
                                 "10000",
                                 "10",
                                 "3",
                                 mode != NULL ? mode
                                 : is_near    ? "prefer"
                                              : "verify-full",
                                 "read-write",
                                 text,
                                 "UTF8",
                                 "counterbook-profiled",
                                 NULL };
  PGconn *handle = PQconnectdbParams (keywords, values, 1);

  PQconninfoFree (options);
  return handle;
}
