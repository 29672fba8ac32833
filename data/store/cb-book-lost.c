/* SPDX-License-Identifier: Apache-2.0 */

/* A database that is gone while its back-ups are there: what people told the shop is in them alone,
 * and nothing may take their place unasked. */

#define G_LOG_DOMAIN "Counterbook"

#include <glib/gstdio.h>

#include "store/cb-book-private.h"

#include "base/cb-error.h"
#include "base/cb-files.h"
#include "vault/cb-backup.h"

/* The newest; NULL where there is none. */
static char *
find_backup (const char *home)
{
  static const char *const names[] = { CB_BACKUP_SINCE, CB_BACKUP_MANAGED };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (home, "backups", names[i], NULL);

      if (g_file_test (path, G_FILE_TEST_EXISTS))
        return g_steal_pointer (&path);
    }
  return NULL;
}

gboolean
cb_book_check_not_lost (const char *home, GError **error)
{
  g_autofree char *backup = find_backup (home);

  if (backup == NULL)
    return TRUE;
  g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_LOST,
               "the store is gone, and a back-up of it is here: counterbookctl restore %s", backup);
  return FALSE;
}

void
cb_book_tell_lost (const char *home, GError **error)
{
  g_autoptr (GError) lost = NULL;

  if (error == NULL || !g_error_matches (*error, CB_STORE_ERROR, CB_STORE_ERROR_NO_STORE) ||
      cb_book_check_not_lost (home, &lost))
    return;
  g_clear_error (error);
  *error = g_steal_pointer (&lost);
}

static gboolean
move (const char *from, const char *to, GError **error)
{
  if (!g_file_test (to, G_FILE_TEST_EXISTS) && g_rename (from, to) == 0)
    return TRUE;
  g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_IO,
                       "the back-ups that are here can't be put aside");
  return FALSE;
}

gboolean
cb_book_put_backups_aside (const char *home, CbClock *clock, GError **error)
{
  g_autofree char *backup = find_backup (home);
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_utc (cb_clock_get_now_us (clock) / 1000000);
  g_autofree char *name = g_date_time_format (now, "backups-until-%Y%m%dT%H%M%SZ");
  g_autofree char *folder = g_build_filename (home, "backups", NULL);
  g_autofree char *aside = g_build_filename (home, name, NULL);

  return backup == NULL || (move (folder, aside, error) && cb_files_sync_directory (home, error));
}

/* One that this device key does not open may be this store's of before a new key: it is replaced
 * as ever, or it would stay and hold people who are erased. */
gboolean
cb_book_keep_foreign_backup (CbBook *self, const char *path, GError **error)
{
  g_auto (CbBackupHead) head = { 0 };
  g_autoptr (CbSealedReader) reader = cb_backup_open (self->state_root, path, NULL, &head, NULL);
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *name = NULL;
  g_autofree char *aside = NULL;

  if (reader == NULL || g_str_equal (head.store_id, self->store_id))
    return TRUE;
  name = g_strdup_printf ("of-store-%s-%" G_GINT64_FORMAT ".backup", head.store_id,
                          head.made_us / CB_US_PER_SECOND);
  aside = g_build_filename (folder, name, NULL);
  g_message ("a back-up of another store was kept aside");
  return move (path, aside, error) && cb_files_sync_directory (folder, error);
}
