/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "store/cb-wipe.h"

#include <glib/gstdio.h>
#include <string.h>

#include "base/cb-error.h"
#include "base/cb-files.h"
#include "base/cb-id.h"

#define WIPED "wiped"
#define WIPED_MAX 128
#define DEVICE_KEY "device.key"
#define STORE_KEY "store.key"
#define LEDGER "tombstones"

/* Names, and beginnings of names that end in a number or a day, in the store's folder. Another
 * folder of files may have been given as that by mistake: nothing else in it is touched. */
static const char *const files[] = {
  "counterbook.db-wal",
  "counterbook.db-shm",
  "counterbook.db-journal",
  "counterbook.db",
};
static const char *const folders[] = { "backups", "restore", "replaced", "damaged" };

static char *
dup_decision_path (const char *home)
{
  return g_build_filename (home, WIPED, NULL);
}

gboolean
cb_wipe_is_decided (const char *home)
{
  g_autofree char *path = dup_decision_path (home);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

gboolean
cb_wipe_decide (const char *home, const char *store_id, GError **error)
{
  g_autofree char *path = dup_decision_path (home);

  return cb_files_write (path, store_id, strlen (store_id), error);
}

void
cb_wipe_tell (GError **error)
{
  g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_WIPED,
                       "the service had this terminal's store destroyed");
}

/* --- destroying --- */

/* The first error is kept, and the rest is gone on with. */
static void
erase (const char *folder, const char *name, GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  cb_files_erase (path, error != NULL && *error == NULL ? error : NULL);
}

typedef gboolean (*Stays) (const char *name);

static void
erase_files_in (const char *folder, Stays stays, GError **error)
{
  g_autoptr (GDir) entries = g_dir_open (folder, 0, NULL);
  const char *name;

  while (entries != NULL && (name = g_dir_read_name (entries)) != NULL)
    {
      if (stays == NULL || !stays (name))
        erase (folder, name, error);
    }
}

/* Those who wait for a lock would otherwise each hold one of their own. */
static gboolean
stays_of_state (const char *name)
{
  return g_str_equal (name, LEDGER) || g_str_has_suffix (name, ".lock");
}

static gboolean
is_store_with_key (const char *state_root, const char *name)
{
  g_autofree char *path = g_build_filename (state_root, name, STORE_KEY, NULL);

  return cb_id_is_valid (name) && g_file_test (path, G_FILE_TEST_EXISTS);
}

/* Another store of the same user is opened by the same one. */
static gboolean
is_device_key_needed (const char *state_root)
{
  g_autoptr (GDir) entries = g_dir_open (state_root, 0, NULL);
  const char *name;

  while (entries != NULL && (name = g_dir_read_name (entries)) != NULL)
    {
      if (is_store_with_key (state_root, name))
        return TRUE;
    }
  return FALSE;
}

static void
erase_keys (const char *state_root, const char *store_id, GError **error)
{
  if (store_id != NULL && cb_id_is_valid (store_id))
    {
      g_autofree char *directory = g_build_filename (state_root, store_id, NULL);

      erase (directory, STORE_KEY, error);
      erase_files_in (directory, stays_of_state, error);
      if (g_file_test (directory, G_FILE_TEST_IS_DIR))
        cb_files_sync_directory (directory, error != NULL && *error == NULL ? error : NULL);
    }
  if (!is_device_key_needed (state_root))
    erase (state_root, DEVICE_KEY, error);
}

static gboolean
is_ours (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (folders); i++)
    {
      gsize length = strlen (folders[i]);

      if (strncmp (name, folders[i], length) == 0 && (name[length] == '\0' || name[length] == '-'))
        return TRUE;
    }
  return FALSE;
}

static void
erase_folders (const char *home, GError **error)
{
  g_autoptr (GDir) entries = g_dir_open (home, 0, NULL);
  const char *name;

  while (entries != NULL && (name = g_dir_read_name (entries)) != NULL)
    {
      g_autofree char *path = is_ours (name) ? g_build_filename (home, name, NULL) : NULL;

      if (path == NULL || !g_file_test (path, G_FILE_TEST_IS_DIR))
        continue;
      erase_files_in (path, NULL, error);
      if (g_rmdir (path) != 0 && error != NULL && *error == NULL)
        g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_IO, "cannot remove a folder");
    }
}

gboolean
cb_wipe_carry_out (const char *home, const char *state_root, const char *store_id, GError **error)
{
  g_autoptr (GError) local_error = NULL;

  erase_keys (state_root, store_id, &local_error);
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    erase (home, files[i], &local_error);
  erase_folders (home, &local_error);
  cb_files_sync_directory (home, local_error == NULL ? &local_error : NULL);
  return !cb_error_hand_on (&local_error, error);
}

gboolean
cb_wipe_finish (const char *home, const char *state_root, GError **error)
{
  g_autofree char *path = dup_decision_path (home);
  g_autofree char *store_id = NULL;

  if (!cb_wipe_is_decided (home))
    return TRUE;
  store_id = cb_files_read (path, WIPED_MAX, NULL, NULL);
  return cb_wipe_carry_out (home, state_root, store_id, error);
}

gboolean
cb_wipe_make_room (const char *home, const char *state_root, GError **error)
{
  g_autofree char *path = dup_decision_path (home);

  /* Nothing is asked of a disk that may be one to be read only. */
  if (!cb_wipe_is_decided (home))
    return TRUE;
  return cb_wipe_finish (home, state_root, error) && cb_files_erase (path, error);
}
