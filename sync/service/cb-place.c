/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "service/cb-place.h"

#include "base/cb-error.h"
#include "service/cb-address.h"
#include "service/cb-pg-address.h"
#include "service/cb-pg-storage.h"
#include "service/cb-sqlite-storage.h"

#define FOLDER "counterbook-profiled"
#define NAME "profiles"

void
cb_place_clear (CbPlace *place)
{
  g_free (place->address);
  g_free (place->path);
  *place = (CbPlace){ 0 };
}

/* systemd names the folder of a unit that asks for one. */
static char *
dup_state (const char *state)
{
  const char *unit = g_getenv ("STATE_DIRECTORY");

  if (state != NULL)
    return g_strdup (state);
  if (unit != NULL && *unit != '\0')
    return g_strdup (unit);
  return g_build_filename (g_get_user_state_dir (), FOLDER, NULL);
}

const char *
cb_place_parse (CbPlace *place, const char *database, const char *state)
{
  const char *path = cb_address_get_sqlite_path (database);
  g_autofree char *folder = NULL;

  if (path != NULL)
    {
      place->path = g_strdup (path);
      return state == NULL ? NULL : "--state is for PostgreSQL; SQLite keeps all beside its file";
    }
  if (!cb_pg_address_is_one (database))
    return "--database takes sqlite:PATH, postgresql://HOST/NAME or libpq's keywords";

  folder = dup_state (state);
  place->address = g_strdup (database);
  place->path = g_build_filename (folder, NAME, NULL);
  return cb_pg_address_judge (database);
}

static gboolean
make_folder (const CbPlace *place, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (place->path);

  if (g_mkdir_with_parents (folder, 0700) == 0)
    return TRUE;
  g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_IO, "cannot make the --state folder");
  return FALSE;
}

CbStorage *
cb_place_open (const CbPlace *place, gboolean create, GError **error)
{
  if (place->address == NULL)
    return cb_sqlite_storage_open (place->path, create, error);
  return make_folder (place, error)
           ? cb_pg_storage_open (place->address, place->path, create, error)
           : NULL;
}

CbStorage *
cb_place_open_restored (const CbPlace *place, GError **error)
{
  if (place->address == NULL)
    return cb_sqlite_storage_open_restored (place->path, error);
  return make_folder (place, error)
           ? cb_pg_storage_open_restored (place->address, place->path, error)
           : NULL;
}
