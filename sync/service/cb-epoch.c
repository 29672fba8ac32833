/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "service/cb-epoch.h"

#include "base/cb-error.h"
#include "base/cb-files.h"

#include <string.h>

#define FILE_LIMIT 256

/* The epoch in a file, or NULL when there is no such file. */
static char *
read_epoch (const char *path, GError **error)
{
  g_autoptr (GError) local = NULL;
  gsize length = 0;
  char *text = cb_files_read (path, FILE_LIMIT, &length, &local);

  if (text != NULL)
    return g_strstrip (text);
  if (!g_error_matches (local, CB_STORE_ERROR, CB_STORE_ERROR_NOT_FOUND))
    g_propagate_error (error, g_steal_pointer (&local));
  return NULL;
}

static gboolean
write_epoch (const char *path, const char *epoch, GError **error)
{
  g_autofree char *line = g_strconcat (epoch, "\n", NULL);

  return cb_files_write (path, line, strlen (line), error);
}

static gboolean
fail (GError **error, const char *why)
{
  g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_CORRUPT,
               "%s; put back what belongs together, or say by `restored` that this database "
               "was put back from a back-up",
               why);
  return FALSE;
}

gboolean
cb_epoch_prepare (const char *database, const char *epoch, GError **error)
{
  g_autofree char *path = g_strconcat (database, ".epoch", NULL);
  g_autofree char *next = g_strconcat (database, ".epoch.new", NULL);

  if (g_file_test (path, G_FILE_TEST_EXISTS))
    return fail (error, "the database is empty, but its epoch file is not");
  return write_epoch (next, epoch, error);
}

gboolean
cb_epoch_verify (const char *database, const char *epoch, GError **error)
{
  g_autofree char *path = g_strconcat (database, ".epoch", NULL);
  g_autofree char *next = g_strconcat (database, ".epoch.new", NULL);
  g_autoptr (GError) local = NULL;
  g_autofree char *written = read_epoch (path, &local);
  g_autofree char *prepared = NULL;

  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (g_strcmp0 (written, epoch) == 0)
    return TRUE;

  prepared = read_epoch (next, NULL);
  if (g_strcmp0 (prepared, epoch) == 0)
    return cb_files_move_over (next, path, error);
  return fail (error, written != NULL ? "the database and its epoch file are of two histories"
                                      : "the database's epoch file is missing");
}

gboolean
cb_epoch_prepare_next (const char *database, const char *epoch, GError **error)
{
  g_autofree char *next = g_strconcat (database, ".epoch.new", NULL);

  return write_epoch (next, epoch, error);
}

char *
cb_epoch_read (const char *database, GError **error)
{
  g_autofree char *path = g_strconcat (database, ".epoch", NULL);

  return read_epoch (path, error);
}

gboolean
cb_epoch_adopt (const char *database, const char *epoch, GError **error)
{
  g_autofree char *path = g_strconcat (database, ".epoch", NULL);

  if (g_file_test (path, G_FILE_TEST_EXISTS))
    return cb_epoch_verify (database, epoch, error);
  g_message ("this machine serves the database for the first time");
  return write_epoch (path, epoch, error);
}
