/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "cb-settings.h"

#define GROUP "quiet"
#define VEIL_S 45
#define LOCK_MINUTES 5

static guint
read_within (GKeyFile *file, const char *key, int fallback, int least, int most)
{
  g_autoptr (GError) error = NULL;
  int value = g_key_file_get_integer (file, GROUP, key, &error);

  if (error != NULL)
    {
      if (!g_error_matches (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_KEY_NOT_FOUND) &&
          !g_error_matches (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_GROUP_NOT_FOUND))
        g_message ("settings: %s is not a number; %d is used", key, fallback);
      return (guint) fallback;
    }
  return (guint) CLAMP (value, least, most);
}

CbSettings
cb_settings_read (const char *path)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) error = NULL;

  if (!g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, &error) &&
      !g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    g_message ("settings: the file cannot be read; defaults are used");
  return (CbSettings){
    .veil_after_s = read_within (file, "veil-seconds", VEIL_S, 15, 300),
    .lock_after_s = read_within (file, "lock-minutes", LOCK_MINUTES, 1, 15) * 60,
  };
}

char *
cb_settings_dup_import_folder (const char *path)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *folder = NULL;
  const char *documents;

  if (g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, NULL))
    folder = g_key_file_get_string (file, "import", "folder", NULL);
  if (folder != NULL && g_path_is_absolute (folder))
    return g_steal_pointer (&folder);
  documents = g_get_user_special_dir (G_USER_DIRECTORY_DOCUMENTS);
  return g_build_filename (documents != NULL ? documents : g_get_home_dir (), "Counterbook", NULL);
}

char *
cb_settings_dup_path (void)
{
  return g_build_filename (g_get_user_config_dir (), "counterbook", "counterbook.conf", NULL);
}
