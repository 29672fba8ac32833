/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "store/cb-book-private.h"

#include "base/cb-error.h"
#include "base/cb-files.h"
#include "db/cb-migration.h"
#include "db/cb-snapshot.h"
#include "vault/cb-backup.h"

#define PIECE_BYTES (256 * 1024)

/* Another process may change the keys between their reading and the snapshot. */
#define KEY_TRIES 3

/* --- the database, sealed --- */

static gboolean
add_database (CbBook *self, CbSnapshot *snapshot, CbSealedWriter *writer, GError **error)
{
  guint64 length = cb_snapshot_get_length (snapshot);
  g_autofree guint8 *piece = g_malloc (PIECE_BYTES);

  for (guint64 offset = 0; offset < length; offset += PIECE_BYTES)
    {
      gsize n = (gsize) MIN (PIECE_BYTES, length - offset);

      if (!cb_book_goes_on (self, error) || !cb_snapshot_read (snapshot, offset, piece, n, error) ||
          !cb_sealed_writer_add (writer, piece, n, error))
        return FALSE;
    }
  return cb_sealed_writer_end (writer, error);
}

/* The epoch that the snapshot names, whose key has to be in the back-up. */
static gboolean
hold_key_of (CbBook *self, CbDb *db, GError **error)
{
  static const char SQL_GET_EPOCH[] = "SELECT value FROM setting WHERE key = 'key-epoch'";
  g_autoptr (CbStmt) stmt = cb_db_prepare (db, SQL_GET_EPOCH);
  guint64 epoch;

  if (!cb_stmt_next (stmt, error))
    return FALSE;
  epoch = g_ascii_strtoull (cb_stmt_text (stmt, 0), NULL, 10);
  if (cb_vault_is_unlocked (self->vault) && cb_vault_get_key_epoch (self->vault) == epoch)
    return TRUE;
  return cb_vault_unlock (self->vault, epoch, error);
}

static CbSealedWriter *
write_snapshot (CbBook *self, CbDb *db, const char *path, CbBackup *backup, GError **error)
{
  g_autoptr (CbSnapshot) snapshot = cb_snapshot_new (db, error);
  g_autoptr (CbSealedWriter) writer = NULL;
  g_auto (CbBackupHead) head = { 0 };

  if (snapshot == NULL || !hold_key_of (self, db, error))
    return NULL;
  head.schema = cb_migration_get_version (db);
  head.made_us = cb_clock_get_now_us (self->clock);
  head.length = cb_snapshot_get_length (snapshot);
  writer = cb_vault_begin_backup (self->vault, path, &head, error);
  if (writer == NULL || !add_database (self, snapshot, writer, error))
    return NULL;
  g_strlcpy (backup->store_id, head.store_id, sizeof backup->store_id);
  backup->schema = head.schema;
  backup->made_us = head.made_us;
  backup->length = head.length;
  return g_steal_pointer (&writer);
}

/* --- opened again --- */

static gboolean
read_to_the_end (CbBook *self, CbSealedReader *reader, guint64 length, GError **error)
{
  g_autofree guint8 *piece = g_malloc (PIECE_BYTES);
  guint64 n_read = 0;
  gssize got = -1;

  while (cb_book_goes_on (self, error) &&
         (got = cb_sealed_reader_read (reader, piece, PIECE_BYTES, error)) > 0)
    n_read += (guint64) got;
  if (got == 0 && n_read != length)
    g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_CORRUPT,
                         "cannot open the back-up: it is not as long as it says");
  return got == 0 && n_read == length;
}

gboolean
cb_book_check_backup (CbBook *self, const char *path, CbBackup *backup, GError **error)
{
  g_auto (CbBackupHead) head = { 0 };
  g_autoptr (CbSealedReader) reader = cb_backup_open (self->state_root, path, NULL, &head, error);

  if (reader == NULL || !read_to_the_end (self, reader, head.length, error))
    return FALSE;
  if (!g_str_equal (head.store_id, self->store_id))
    {
      g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID,
                           "the back-up is of another store");
      return FALSE;
    }
  if (backup != NULL)
    {
      g_strlcpy (backup->store_id, head.store_id, sizeof backup->store_id);
      backup->schema = head.schema;
      backup->made_us = head.made_us;
      backup->length = head.length;
    }
  return TRUE;
}

/* --- the act --- */

static gboolean
write_backup (CbBook *self, const char *path, CbBackup *backup, GError **error)
{
  g_autoptr (CbDb) db = cb_book_open_connection (self->home, FALSE, self->clock, error);
  g_autoptr (CbSealedWriter) writer = NULL;
  g_autoptr (GError) local_error = NULL;

  if (db == NULL)
    return FALSE;
  for (guint i = 0; writer == NULL && i < KEY_TRIES; i++)
    {
      g_clear_error (&local_error);
      writer = write_snapshot (self, db, path, backup, &local_error);
      if (writer == NULL && !g_error_matches (local_error, CB_STORE_ERROR, CB_STORE_ERROR_NO_KEY))
        break;
    }
  if (writer == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  return cb_book_check_backup (self, cb_sealed_writer_get_part_path (writer), NULL, error) &&
         cb_sealed_writer_publish (writer, error);
}

static gboolean
note_backup (CbBook *self, CbStaff *actor, const char *code, GError **error)
{
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_begin (self, error))
    return FALSE;
  transaction = self->db;
  if (!cb_book_audit (self, actor, "store.backup", NULL, NULL, code, error))
    return FALSE;
  transaction = NULL;
  return cb_book_commit (self, error);
}

/* It is written down first: the back-up knows of itself, and a file without a row in the audit,
 * which a crash could leave otherwise, would be a copy that nobody knows of. */
gboolean
cb_book_back_up (CbBook *self, CbStaff *actor, const char *path, CbBackup *backup, GError **error)
{
  CbBackup ignored;

  return cb_book_require (self, actor, CB_ACT_BACK_UP, error) &&
         note_backup (self, actor, "file", error) &&
         write_backup (self, path, backup != NULL ? backup : &ignored, error);
}

/* --- the one that the store looks after --- */

static char *
dup_path (CbBook *self, const char *name)
{
  return g_build_filename (self->home, "backups", name, NULL);
}

char *
cb_book_dup_managed_path (CbBook *self)
{
  return dup_path (self, CB_BACKUP_MANAGED);
}

char *
cb_book_dup_newest_path (CbBook *self)
{
  g_autofree char *since = dup_path (self, CB_BACKUP_SINCE);

  return g_file_test (since, G_FILE_TEST_EXISTS) ? g_steal_pointer (&since)
                                                 : cb_book_dup_managed_path (self);
}

/* Every page and every seal: a back-up holds the file as it is, and opens however damaged what it
 * holds may be. A store of an older schema has its pages looked at, for its tables are others. */
static gboolean
is_source_sound (CbBook *self, GError **error)
{
  return cb_migration_get_version (self->db) < cb_migration_get_latest ()
           ? cb_db_check_integrity (self->db, error)
           : cb_book_is_sound (self, error);
}

/* A disk that failed to read once is no damage, and looks like it to SQLite's check: what is
 * damaged is so a second time. */
static gboolean
look_for_damage (CbBook *self, gboolean *is_damaged, GError **error)
{
  g_autoptr (GError) local_error = NULL;

  *is_damaged = FALSE;
  for (guint i = 0; i < 2; i++)
    {
      g_clear_error (&local_error);
      if (is_source_sound (self, &local_error))
        return cb_book_goes_on (self, error);
      /* What was broken off says nothing of the store. */
      if (!cb_book_goes_on (self, error))
        return FALSE;
      if (!g_error_matches (local_error, CB_STORE_ERROR, CB_STORE_ERROR_CORRUPT))
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
    }
  *is_damaged = TRUE;
  return TRUE;
}

/* When the damage was found is when the one from before it was last sound: kept in its time. */
static void
mark_as_kept (CbBook *self, const char *path)
{
  time_t now_s = (time_t) (cb_clock_get_now_us (self->clock) / CB_US_PER_SECOND);
  const struct timespec times[] = { { .tv_sec = now_s }, { .tv_sec = now_s } };

  if (utimensat (AT_FDCWD, path, times, 0) != 0 && errno != ENOENT)
    g_message ("the last good back-up could not be marked as kept");
}

/* Whether there is one from before the damage that may still stay. By the time that deletes: a
 * clock that jumped takes nothing away. */
static gboolean
check_worth (CbBook *self, const char *managed, gboolean *is_worth, GError **error)
{
  struct stat status;
  CbTimeState state;

  if (!cb_book_judge_time (self, &state, error))
    return FALSE;
  *is_worth =
    stat (managed, &status) == 0 && (state.doubt != CB_TIME_BELIEVED ||
                                     state.time_us < cb_book_get_kept_until_us (status.st_mtime));
  return TRUE;
}

gint64
cb_book_get_kept_until_us (gint64 found_s)
{
  return found_s * CB_US_PER_SECOND + CB_BACKUP_KEPT_DAYS * CB_US_PER_DAY;
}

/* What the new one is called, and what goes once it is there. A crash between the two leaves both,
 * and the next time it goes. */
static gboolean
back_up_managed (CbBook *self, gboolean keeps_older, GError **error)
{
  g_autofree char *managed = cb_book_dup_managed_path (self);
  g_autofree char *since = dup_path (self, CB_BACKUP_SINCE);
  g_autofree char *folder = g_path_get_dirname (managed);
  gboolean was_damaged;
  gboolean is_damaged;
  gboolean keeps = FALSE;
  CbBackup backup;

  if (!cb_files_ensure_directory (folder, error) ||
      !cb_book_keep_foreign_backup (self, managed, error) ||
      !cb_book_keep_foreign_backup (self, since, error))
    return FALSE;
  was_damaged = g_file_test (since, G_FILE_TEST_EXISTS);
  if (!look_for_damage (self, &is_damaged, error))
    return FALSE;
  if (keeps_older && is_damaged && !was_damaged)
    mark_as_kept (self, managed);
  if (keeps_older && (is_damaged || was_damaged) && !check_worth (self, managed, &keeps, error))
    return FALSE;
  if (is_damaged)
    g_message ("the store is damaged: see counterbookctl doctor");
  if (!note_backup (self, NULL, "managed", error) ||
      !write_backup (self, is_damaged || keeps ? since : managed, &backup, error))
    return FALSE;
  return keeps || cb_files_erase (is_damaged ? managed : since, error);
}

/* What a repair lost may be in the last one. From here on there are two, as if the damage had been
 * found by a back-up. */
gboolean
cb_book_back_up_repaired (CbBook *self, GError **error)
{
  g_autofree char *managed = cb_book_dup_managed_path (self);
  g_autofree char *since = dup_path (self, CB_BACKUP_SINCE);
  CbBackup backup;

  if (g_file_test (since, G_FILE_TEST_EXISTS) || !g_file_test (managed, G_FILE_TEST_EXISTS))
    return TRUE;
  mark_as_kept (self, managed);
  return note_backup (self, NULL, "managed", error) && write_backup (self, since, &backup, error);
}

gboolean
cb_book_back_up_managed (CbBook *self, GError **error)
{
  return back_up_managed (self, TRUE, error);
}

gboolean
cb_book_back_up_anew (CbBook *self, GError **error)
{
  return back_up_managed (self, FALSE, error);
}

gboolean
cb_book_drop_managed (CbBook *self, GError **error)
{
  g_autofree char *managed = cb_book_dup_managed_path (self);
  g_autofree char *since = dup_path (self, CB_BACKUP_SINCE);

  return cb_files_erase (since, error) && cb_files_erase (managed, error);
}
