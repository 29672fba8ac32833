/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "service/cb-address.h"

#include <string.h>

#define SQLITE_PREFIX "sqlite:"

/* The name would have to be looked up, which may answer anything; these two are what it means. */
static char *
dup_host (const char *text, gsize length)
{
  if (length >= 2 && text[0] == '[' && text[length - 1] == ']')
    return g_strndup (text + 1, length - 2);
  if (length == strlen ("localhost") && strncmp (text, "localhost", length) == 0)
    return g_strdup ("127.0.0.1");
  return g_strndup (text, length);
}

GSocketAddress *
cb_address_parse (const char *text)
{
  const char *colon = strrchr (text, ':');
  g_autofree char *host = NULL;
  guint64 port = 0;

  if (colon == NULL || !g_ascii_string_to_unsigned (colon + 1, 10, 0, G_MAXUINT16, &port, NULL))
    return NULL;
  host = dup_host (text, (gsize) (colon - text));
  if (strchr (host, ':') != NULL && *text != '[')
    return NULL;
  return g_inet_socket_address_new_from_string (host, (guint) port);
}

gboolean
cb_address_is_loopback (GSocketAddress *address)
{
  return g_inet_address_get_is_loopback (
    g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address)));
}

const char *
cb_address_get_sqlite_path (const char *database)
{
  if (!g_str_has_prefix (database, SQLITE_PREFIX) || database[strlen (SQLITE_PREFIX)] == '\0')
    return NULL;
  return database + strlen (SQLITE_PREFIX);
}
