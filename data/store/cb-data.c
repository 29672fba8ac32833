/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "store/cb-data.h"

#include <gio/gio.h>
#include <sodium.h>
#include <sqlite3.h>

#include "cb-schema-resources.h"
#include "consent/cb-notice.h"
#include "db/cb-wal-vfs.h"

#define LOOKASIDE_BYTES 1200
#define LOOKASIDE_PIECES 200

/* Its statistics, which nobody asks for, take a lock around each of the hundreds of times that an
 * act asks for memory; and the forty pieces that a connection keeps at hand are soon lent out. For
 * the whole program, so before the first database: afterwards it changes nothing. */
static void
configure_sqlite (void)
{
  sqlite3_config (SQLITE_CONFIG_MEMSTATUS, 0);
  sqlite3_config (SQLITE_CONFIG_LOOKASIDE, LOOKASIDE_BYTES, LOOKASIDE_PIECES);
  cb_wal_vfs_register ();
}

void
cb_data_init (void)
{
  static gsize once;

  if (!g_once_init_enter (&once))
    return;
  g_assert (sodium_init () >= 0);
  configure_sqlite ();
  cb_schema_register_resource ();
  cb_consent_register_resources ();
  g_once_init_leave (&once, 1);
}

char *
cb_data_dup_default_home (void)
{
  const char *home = g_getenv ("COUNTERBOOK_HOME");

  if (home != NULL && *home != '\0')
    return g_strdup (home);
  return g_build_filename (g_get_user_data_dir (), "counterbook", NULL);
}

char *
cb_data_dup_state_root (void)
{
  return g_build_filename (g_get_user_state_dir (), "counterbook", NULL);
}
