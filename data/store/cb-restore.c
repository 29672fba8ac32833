/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "store/cb-restore.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cb-error.h"
#include "base/cb-files.h"
#include "base/cb-id.h"
#include "db/cb-migration.h"
#include "store/cb-data.h"
#include "store/cb-review-private.h"
#include "store/cb-switch.h"
#include "store/cb-wipe.h"
#include "vault/cb-backup.h"

#define PIECE_BYTES (256 * 1024)
#define DATABASE "counterbook.db"

/* What one run of it is. */
typedef struct
{
  const char *home;
  const char *state_root;
  CbClock *clock;
  char *folder; /* where it is made ready */
  CbBackupHead head;
  CbSealedReader *reader;
  int locks[2]; /* of the store that comes, and of the one that goes when that is another */
  CbBook *book;
  CbRestored *restored;
} Restore;

static void
restore_clear (Restore *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->locks); i++)
    {
      if (self->locks[i] >= 0)
        close (self->locks[i]);
    }
  g_clear_object (&self->book);
  g_clear_pointer (&self->reader, cb_sealed_reader_free);
  cb_backup_head_clear (&self->head);
  g_free (self->folder);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Restore, restore_clear)

/* --- alone with the store --- */

/* Which store is here now; NULL when none is, or none that can be read. */
static char *
find_present (Restore *self)
{
  static const char SQL_GET_ID[] = "SELECT value FROM setting WHERE key = 'store-id'";
  g_autoptr (CbDb) db = cb_book_open_connection (self->home, FALSE, self->clock, NULL);
  g_autoptr (CbStmt) stmt = db != NULL ? cb_db_prepare (db, SQL_GET_ID) : NULL;

  return stmt != NULL && cb_stmt_next (stmt, NULL) && cb_id_is_valid (cb_stmt_text (stmt, 0))
           ? g_strdup (cb_stmt_text (stmt, 0))
           : NULL;
}

static gboolean
lock_stores (Restore *self, GError **error)
{
  g_autofree char *present = find_present (self);

  self->locks[0] = cb_switch_lock (self->state_root, self->head.store_id, error);
  if (self->locks[0] < 0)
    return FALSE;
  if (present == NULL || g_str_equal (present, self->head.store_id))
    return TRUE;
  self->locks[1] = cb_switch_lock (self->state_root, present, error);
  return self->locks[1] >= 0;
}

/* --- made ready --- */

static gboolean
check_schema (Restore *self, GError **error)
{
  if (self->head.schema <= cb_migration_get_latest ())
    return TRUE;
  g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_TOO_NEW,
               "the back-up has schema version %u, this build knows %u", self->head.schema,
               cb_migration_get_latest ());
  return FALSE;
}

static gboolean
copy_out (Restore *self, int part, GError **error)
{
  g_autofree guint8 *piece = g_malloc (PIECE_BYTES);
  guint64 n_read = 0;
  gssize got;

  while ((got = cb_sealed_reader_read (self->reader, piece, PIECE_BYTES, error)) > 0)
    {
      n_read += (guint64) got;
      if (!cb_files_add (part, piece, (gsize) got, error))
        return FALSE;
    }
  if (got == 0 && n_read != self->head.length)
    g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_CORRUPT,
                         "cannot open the back-up: it is not as long as it says");
  return got == 0 && n_read == self->head.length;
}

static gboolean
unpack (Restore *self, GError **error)
{
  g_autofree char *path = g_build_filename (self->folder, DATABASE, NULL);
  int part;

  if (!cb_switch_clear (self->home, error) || !cb_files_ensure_directory (self->folder, error))
    return FALSE;
  part = cb_files_begin (path, error);
  if (part < 0)
    return FALSE;
  if (!copy_out (self, part, error))
    {
      cb_files_abandon (path, part);
      return FALSE;
    }
  return cb_files_finish (path, part, error);
}

/* A book like any other, but for where its database lies and where its store key comes from. */
static gboolean
open_unpacked (Restore *self, GError **error)
{
  CbBook *book = g_object_new (CB_TYPE_BOOK, NULL);

  self->book = book;
  book->home = g_strdup (self->folder);
  book->state_root = g_strdup (self->state_root);
  book->clock = g_object_ref (self->clock);
  book->store_id = g_strdup (self->head.store_id);
  book->state_directory = g_build_filename (self->state_root, book->store_id, NULL);
  book->vault = cb_vault_new (self->state_root, book->store_id);
  cb_vault_adopt (book->vault, &self->head, cb_sealed_reader_get_recovery_public (self->reader));
  book->db = cb_book_open_connection (self->folder, FALSE, self->clock, error);
  return book->db != NULL && cb_db_check_integrity (book->db, error) &&
         cb_migration_run (book->db, error) && cb_book_load_settings (book, error) &&
         cb_book_unlock (book, error);
}

/* Whoever holds the recovery code needs no other authority. */
static gboolean
find_actor (Restore *self, const char *as, CbStaff **actor, GError **error)
{
  g_autoptr (GError) local_error = NULL;

  *actor = as != NULL ? cb_book_find_staff (self->book, as, &local_error) : NULL;
  if (as == NULL && !cb_sealed_reader_is_of_device (self->reader))
    return TRUE;
  if (*actor != NULL)
    return cb_book_require (self->book, *actor, CB_ACT_BACK_UP, error);
  g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_FORBIDDEN, "%s",
               as == NULL ? "say by --as STAFF who does it; it is for admin"
                          : "whoever --as names is not of the back-up's staff");
  return FALSE;
}

/* --- what happened here since --- */

static gboolean
attach_replaced (Restore *self)
{
  static const char SQL_ATTACH[] = "ATTACH ?1 AS replaced";
  static const char SQL_LOOK[] = "SELECT count(*) FROM replaced.tombstone";
  g_autofree char *path = g_build_filename (self->home, DATABASE, NULL);
  g_autoptr (CbStmt) attach = cb_db_prepare (self->book->db, SQL_ATTACH);
  g_autoptr (CbStmt) look = NULL;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return FALSE;
  self->restored->is_whole = FALSE;
  cb_stmt_bind_text (attach, 1, path);
  if (!cb_stmt_run (attach, NULL))
    return FALSE;
  look = cb_db_prepare (self->book->db, SQL_LOOK);
  return cb_stmt_next (look, NULL);
}

/* Whether it is the same store, and has itself heard of all that was erased and taken back. */
static gboolean
has_heard (Restore *self)
{
  static const char SQL_HEARD[] =
    "SELECT EXISTS (SELECT 1 FROM replaced.setting WHERE key = 'store-id' AND value = ?1)"
    " AND NOT EXISTS (SELECT 1 FROM replaced.setting WHERE key = ?2 AND value <> '')";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->book->db, SQL_HEARD);

  cb_stmt_bind_text (stmt, 1, self->head.store_id);
  cb_stmt_bind_text (stmt, 2, CB_SETTING_UNHEARD);
  return cb_stmt_next (stmt, NULL) && cb_stmt_int (stmt, 0) != 0;
}

/* A store of an older version knows of nothing that was redacted. */
static gboolean
knows_redactions (Restore *self)
{
  static const char SQL_KNOWS[] =
    "SELECT EXISTS (SELECT 1 FROM replaced.sqlite_schema WHERE name = 'redaction')";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->book->db, SQL_KNOWS);

  return cb_stmt_next (stmt, NULL) && cb_stmt_int (stmt, 0) != 0;
}

/* What of the replaced store can't be read any more does not stand in the way of the new one. */
static void
carry_tombstones (Restore *self)
{
  static const char SQL_LIST_ERASED[] =
    "SELECT customer, reason, executed_us FROM replaced.tombstone";
  static const char SQL_LIST_REDACTED[] =
    "SELECT note, '" CB_LEDGER_REDACT "', redacted_us FROM replaced.redaction";
  const char *lists[] = { SQL_LIST_ERASED, SQL_LIST_REDACTED };
  guint n_lists = knows_redactions (self) ? 2 : 1;

  for (guint i = 0; i < n_lists; i++)
    {
      g_autoptr (GError) error = NULL;

      if (cb_book_complete_ledger (self->book, lists[i], &error))
        continue;
      self->restored->is_whole = FALSE;
      g_message ("not all tombstones could be read: %s", error->message);
    }
}

static gboolean
carry (Restore *self, CbStaff *actor, gboolean *is_whole, GError **error)
{
  gboolean is_all_there = TRUE;

  if (!cb_book_carry_audit (self->book, &self->restored->n_carried, is_whole, error) ||
      !cb_book_carry_noes (self->book, actor, &self->restored->n_noes, &is_all_there, error))
    return FALSE;
  *is_whole = *is_whole && is_all_there;
  return TRUE;
}

static gboolean
write_down (Restore *self,
            CbStaff *actor,
            gboolean has_replaced,
            char **incarnation,
            GError **error)
{
  CbBook *book = self->book;
  g_auto (CbTransaction) transaction = NULL;
  gboolean is_whole = TRUE;

  *incarnation = cb_id_new ();
  if (!cb_book_begin (book, error))
    return FALSE;
  transaction = book->db;
  if (has_replaced && !carry (self, actor, &is_whole, error))
    return FALSE;
  /* The ledger alone knows no withdrawals, and may be of another machine's day. */
  self->restored->is_heard =
    has_replaced && self->restored->is_whole && is_whole && has_heard (self);
  if ((!self->restored->is_heard && !cb_book_begin_unheard (book, self->head.made_us, error)) ||
      !cb_book_set_setting (book, "incarnation", *incarnation, error) ||
      !cb_book_audit (book, actor, "store.restore", NULL, NULL, is_whole ? NULL : "in-part", error))
    return FALSE;
  transaction = NULL;
  self->restored->is_whole = self->restored->is_whole && is_whole;
  return cb_book_commit (book, error);
}

/* The ledger first: what was erased since is gone before anybody can see it. */
static gboolean
bring_up_to_date (Restore *self, CbStaff *actor, char **incarnation, GError **error)
{
  gboolean has_replaced = attach_replaced (self);

  if (has_replaced)
    {
      self->restored->is_whole = TRUE;
      carry_tombstones (self);
    }
  return write_down (self, actor, has_replaced, incarnation, error) &&
         cb_book_settle_ledger (self->book, &self->restored->n_erased, error);
}

/* --- in its place --- */

/* The file must be the whole database when it is moved: the last to close takes the WAL away. */
static gboolean
close_unpacked (Restore *self, GError **error)
{
  g_autofree char *wal = g_build_filename (self->folder, DATABASE "-wal", NULL);

  cb_book_close (self->book);
  g_clear_object (&self->book);
  if (!g_file_test (wal, G_FILE_TEST_EXISTS))
    return cb_files_sync_directory (self->folder, error);
  g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_IO,
                       "cannot put the store back: its database could not be closed");
  return FALSE;
}

static gboolean
make_ready (Restore *self, const char *as, char **incarnation, GError **error)
{
  g_autoptr (CbStaff) actor = NULL;

  return unpack (self, error) && open_unpacked (self, error) &&
         find_actor (self, as, &actor, error) &&
         bring_up_to_date (self, actor, incarnation, error) &&
         cb_book_prove_restored (self->book, error) && close_unpacked (self, error);
}

/* --- the whole of it --- */

static void
give_up (Restore *self)
{
  g_autoptr (CbVault) vault = cb_vault_new (self->state_root, self->head.store_id);
  g_autoptr (GError) error = NULL;

  g_clear_object (&self->book);
  if (!cb_switch_clear (self->home, &error) || !cb_vault_drop_restored (vault, &error))
    g_message ("what was made ready could not be taken away: %s", error->message);
}

static gboolean
put_back (Restore *self, const char *as, GError **error)
{
  g_autofree char *incarnation = NULL;

  if (make_ready (self, as, &incarnation, error) &&
      cb_switch_decide (self->home, self->head.store_id, incarnation, NULL, error))
    return cb_switch_finish (self->home, self->state_root, TRUE, error);
  /* A decision that could not be synced may be on the disk all the same. */
  if (!cb_switch_is_decided (self->home))
    give_up (self);
  return FALSE;
}

static void
describe (Restore *self)
{
  CbBackup *backup = &self->restored->backup;

  g_strlcpy (backup->store_id, self->head.store_id, sizeof backup->store_id);
  backup->schema = self->head.schema;
  backup->made_us = self->head.made_us;
  backup->length = self->head.length;
  self->restored->is_whole = TRUE;
  self->restored->needs_pins = !cb_sealed_reader_is_of_device (self->reader);
}

CbBook *
cb_restore (const char *home,
            const char *state_root,
            CbClock *clock,
            const char *path,
            const char *as,
            const char *code,
            CbRestored *restored,
            GError **error)
{
  g_auto (Restore) self = {
    .home = home,
    .state_root = state_root,
    .clock = clock,
    .folder = cb_switch_dup_folder (home),
    .locks = { -1, -1 },
    .restored = restored,
  };

  memset (restored, 0, sizeof *restored);
  cb_data_init ();
  if (!cb_files_ensure_directory (home, error) || !cb_files_ensure_directory (state_root, error) ||
      !cb_wipe_finish (home, state_root, error) ||
      !cb_switch_finish (home, state_root, FALSE, error))
    return NULL;
  self.reader = cb_backup_open (state_root, path, code, &self.head, error);
  if (self.reader == NULL || !check_schema (&self, error) || !lock_stores (&self, error) ||
      !cb_wipe_make_room (home, state_root, error))
    return NULL;
  describe (&self);
  if (!put_back (&self, as, error))
    return NULL;
  restore_clear (&self);
  self = (Restore){ .locks = { -1, -1 } };
  return cb_book_open (home, state_root, clock, error);
}
