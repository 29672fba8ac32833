/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include <string.h>

#include "store/cb-book-private.h"

#include "base/cb-error.h"
#include "base/cb-files.h"
#include "db/cb-migration.h"
#include "db/cb-snapshot.h"
#include "vault/cb-backup.h"

#define MANAGED "counterbook.backup"
#define PIECE_BYTES (256 * 1024)

/* Another process may change the keys between their reading and the snapshot. */
#define KEY_TRIES 3

/* --- the database, sealed --- */

static gboolean
add_database (CbSnapshot *snapshot, CbSealedWriter *writer, GError **error)
{
  guint64 length = cb_snapshot_get_length (snapshot);
  g_autofree guint8 *piece = g_malloc (PIECE_BYTES);

  for (guint64 offset = 0; offset < length; offset += PIECE_BYTES)
    {
      gsize n = (gsize) MIN (PIECE_BYTES, length - offset);

      if (!cb_snapshot_read (snapshot, offset, piece, n, error) ||
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
  if (writer == NULL || !add_database (snapshot, writer, error))
    return NULL;
  g_strlcpy (backup->store_id, head.store_id, sizeof backup->store_id);
  backup->schema = head.schema;
  backup->made_us = head.made_us;
  backup->length = head.length;
  return g_steal_pointer (&writer);
}

/* --- opened again --- */

static gboolean
read_to_the_end (CbSealedReader *reader, guint64 length, GError **error)
{
  g_autofree guint8 *piece = g_malloc (PIECE_BYTES);
  guint64 n_read = 0;
  gssize got;

  while ((got = cb_sealed_reader_read (reader, piece, PIECE_BYTES, error)) > 0)
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

  if (reader == NULL || !read_to_the_end (reader, head.length, error))
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

char *
cb_book_dup_managed_path (CbBook *self)
{
  return g_build_filename (self->home, "backups", MANAGED, NULL);
}

gboolean
cb_book_back_up_managed (CbBook *self, GError **error)
{
  g_autofree char *path = cb_book_dup_managed_path (self);
  g_autofree char *folder = g_path_get_dirname (path);
  CbBackup backup;

  return cb_files_ensure_directory (folder, error) && note_backup (self, NULL, "managed", error) &&
         write_backup (self, path, &backup, error);
}
