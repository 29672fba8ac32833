/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "store/cb-switch.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cb-error.h"
#include "base/cb-files.h"
#include "base/cb-id.h"
#include "vault/cb-backup.h"

#define READY "ready"
#define READY_MAX 256
#define REPLACED "replaced"
#define KEPT "damaged"

/* What a database consists of; the index of the WAL is made anew. */
static const char *const files[] = { "counterbook.db-wal", "counterbook.db" };
#define WAL_INDEX "counterbook.db-shm"

char *
cb_switch_dup_folder (const char *home)
{
  return g_build_filename (home, "restore", NULL);
}

static char *
dup_ready_path (const char *home)
{
  return g_build_filename (home, "restore", READY, NULL);
}

gboolean
cb_switch_is_decided (const char *home)
{
  g_autofree char *path = dup_ready_path (home);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

/* A folder with files alone in it; one that is absent is no error. */
static gboolean
remove_folder (const char *path, GError **error)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const char *name;

  if (folder == NULL)
    return TRUE;
  while ((name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *file = g_build_filename (path, name, NULL);

      if (!cb_files_erase (file, error))
        return FALSE;
    }
  if (g_rmdir (path) == 0)
    return TRUE;
  g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_IO, "cannot remove a folder");
  return FALSE;
}

gboolean
cb_switch_clear (const char *home, GError **error)
{
  g_autofree char *folder = cb_switch_dup_folder (home);

  return cb_switch_is_decided (home) || remove_folder (folder, error);
}

char *
cb_switch_dup_kept (const char *home)
{
  g_autofree char *name = g_strdup (KEPT);

  for (guint i = 2;; i++)
    {
      g_autofree char *path = g_build_filename (home, name, NULL);

      if (!g_file_test (path, G_FILE_TEST_EXISTS))
        return g_steal_pointer (&name);
      g_free (name);
      name = g_strdup_printf (KEPT "-%u", i);
    }
}

int
cb_switch_lock (const char *state_root, const char *store_id, GError **error)
{
  g_autofree char *directory = g_build_filename (state_root, store_id, NULL);
  g_autofree char *path = g_build_filename (directory, "store.lock", NULL);
  g_autoptr (GError) local_error = NULL;
  int lock = -1;

  if (cb_files_ensure_directory (directory, &local_error))
    lock = cb_files_lock (path, TRUE, FALSE, &local_error);
  if (g_error_matches (local_error, CB_STORE_ERROR, CB_STORE_ERROR_BUSY))
    g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_BUSY,
                         "the terminal is running; close it first");
  else if (local_error != NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));
  return lock;
}

gboolean
cb_switch_decide (const char *home,
                  const char *store_id,
                  const char *incarnation,
                  const char *kept,
                  GError **error)
{
  g_autofree char *path = dup_ready_path (home);
  g_autofree char *text =
    g_strdup_printf ("%s %s %s\n", store_id, incarnation, kept != NULL ? kept : REPLACED);

  return cb_files_write (path, text, strlen (text), error);
}

/* --- names changing places --- */

static gboolean
move_between (const char *from, const char *to, const char *name, GError **error)
{
  g_autofree char *source = g_build_filename (from, name, NULL);
  g_autofree char *target = g_build_filename (to, name, NULL);

  return !g_file_test (source, G_FILE_TEST_EXISTS) || cb_files_move_over (source, target, error);
}

/* As long as the new database is not in its place, what is there is the old one. */
static gboolean
move_databases (const char *home, const char *folder, const char *name, GError **error)
{
  g_autofree char *fresh = g_build_filename (folder, "counterbook.db", NULL);
  g_autofree char *replaced = g_build_filename (home, name, NULL);
  g_autofree char *wal_index = g_build_filename (home, WAL_INDEX, NULL);

  if (!g_file_test (fresh, G_FILE_TEST_EXISTS))
    return TRUE;
  if (!cb_files_ensure_directory (replaced, error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      if (!move_between (home, replaced, files[i], error))
        return FALSE;
    }
  return cb_files_sync_directory (home, error) && cb_files_erase (wal_index, error) &&
         move_between (folder, home, "counterbook.db", error);
}

static gboolean
put_sentinel (const char *state_root, const char *store_id, const char *incarnation, GError **error)
{
  g_autofree char *path = g_build_filename (state_root, store_id, "incarnation", NULL);

  return cb_files_write (path, incarnation, strlen (incarnation), error);
}

static gboolean
carry_out (const char *home, const char *state_root, char **decided, GError **error)
{
  g_autofree char *folder = cb_switch_dup_folder (home);
  g_autofree char *ready = dup_ready_path (home);
  g_autoptr (CbVault) vault = cb_vault_new (state_root, decided[0]);

  return move_databases (home, folder, decided[2], error) && cb_vault_put_restored (vault, error) &&
         put_sentinel (state_root, decided[0], decided[1], error) &&
         cb_files_erase (ready, error) && remove_folder (folder, error);
}

static gboolean
is_decision (char **decided)
{
  return g_strv_length (decided) == 3 && cb_id_is_valid (decided[0]) &&
         cb_id_is_valid (decided[1]) &&
         (g_str_equal (decided[2], REPLACED) || g_str_has_prefix (decided[2], KEPT)) &&
         strchr (decided[2], G_DIR_SEPARATOR) == NULL;
}

gboolean
cb_switch_finish (const char *home, const char *state_root, gboolean is_lock_held, GError **error)
{
  g_autofree char *path = dup_ready_path (home);
  g_autofree char *text = NULL;
  g_autofree char *lock_path = NULL;
  g_auto (GStrv) decided = NULL;
  gboolean done = FALSE;
  int lock = -1;

  if (!cb_switch_is_decided (home))
    return TRUE;
  text = cb_files_read (path, READY_MAX, NULL, error);
  if (text == NULL)
    return FALSE;
  decided = g_strsplit (g_strchomp (text), " ", -1);
  if (!is_decision (decided))
    {
      g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_CORRUPT,
                           "cannot finish putting a store back: what was decided can't be read");
      return FALSE;
    }
  lock_path = g_build_filename (state_root, decided[0], "store.lock", NULL);
  if (!is_lock_held && (lock = cb_files_lock (lock_path, TRUE, FALSE, error)) < 0)
    return FALSE;
  /* Another process may have done it while this one waited for its turn. */
  done = !cb_switch_is_decided (home) || carry_out (home, state_root, decided, error);
  if (lock >= 0)
    close (lock);
  return done;
}

gboolean
cb_switch_drop_replaced (const char *home, CbVault *vault, GError **error)
{
  g_autofree char *replaced = g_build_filename (home, REPLACED, NULL);

  if (!g_file_test (replaced, G_FILE_TEST_EXISTS))
    return TRUE;
  return cb_vault_drop_replaced (vault, error) && remove_folder (replaced, error) &&
         cb_files_sync_directory (home, error);
}

gboolean
cb_switch_drop_kept (const char *home, CbVault *vault, GError **error)
{
  g_autoptr (GDir) folder = g_dir_open (home, 0, NULL);
  g_autoptr (GPtrArray) kept = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      if (g_str_has_prefix (name, KEPT))
        g_ptr_array_add (kept, g_build_filename (home, name, NULL));
    }
  if (kept->len == 0)
    return TRUE;
  if (!cb_vault_drop_replaced (vault, error))
    return FALSE;
  for (guint i = 0; i < kept->len; i++)
    {
      if (!remove_folder (g_ptr_array_index (kept, i), error))
        return FALSE;
    }
  return cb_files_sync_directory (home, error);
}
