/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "base/cb-error.h"
#include "base/cb-files.h"
#include "store/cb-book-private.h"
#include "store/cb-repair-private.h"
#include "vault/cb-backup.h"

#define PIECE_BYTES (256 * 1024)

/* `db` is the back-up's, and whatever schema the store had then; `vault` opens its keys. */
typedef gboolean (
  *BorrowFunc) (CbBook *self, CbDb *db, CbVault *vault, gpointer data, GError **error);

/* --- the last back-up --- */

/* The database in it, sealed as it is, to where a restore would put it. */
static gboolean
unpack (CbSealedReader *reader, const char *path, GError **error)
{
  g_autofree guint8 *piece = g_malloc (PIECE_BYTES);
  int part = cb_files_begin (path, error);
  gssize got = -1;

  if (part < 0)
    return FALSE;
  while ((got = cb_sealed_reader_read (reader, piece, PIECE_BYTES, error)) > 0)
    {
      if (!cb_files_add (part, piece, (gsize) got, error))
        break;
    }
  if (got == 0)
    return cb_files_finish (path, part, error);
  cb_files_abandon (path, part);
  return FALSE;
}

static void
erase_with_log (const char *path)
{
  static const char *const ends[] = { "", "-wal", "-shm" };

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      g_autofree char *file = g_strconcat (path, ends[i], NULL);

      cb_files_erase (file, NULL);
    }
}

/* A back-up that is not there, or does not open, has none. */
static gboolean
ask_one (CbBook *self,
         const char *home,
         const char *name,
         BorrowFunc borrow,
         gpointer data,
         GError **error)
{
  g_autofree char *backup = g_build_filename (home, "backups", name, NULL);
  g_autofree char *path = g_build_filename (self->home, "keys.db", NULL);
  g_auto (CbBackupHead) head = { 0 };
  g_autoptr (CbSealedReader) reader = cb_backup_open (self->state_root, backup, NULL, &head, NULL);
  g_autoptr (CbVault) vault = NULL;
  g_autoptr (CbDb) db = NULL;
  gboolean done = TRUE;

  if (reader == NULL || !g_str_equal (head.store_id, self->store_id) ||
      !unpack (reader, path, NULL))
    return TRUE;
  vault = cb_vault_new (self->state_root, self->store_id);
  cb_vault_adopt (vault, &head, cb_sealed_reader_get_recovery_public (reader));
  db = cb_db_open (path, FALSE, self->clock, NULL);
  if (db != NULL)
    {
      done = borrow (self, db, vault, data, error);
      cb_db_close (db);
    }
  erase_with_log (path);
  return done;
}

/* The newest has the most, and one from before the damage what that one lost. */
static gboolean
ask_backup (CbBook *self, const char *home, BorrowFunc borrow, gpointer data, GError **error)
{
  return ask_one (self, home, CB_BACKUP_SINCE, borrow, data, error) &&
         ask_one (self, home, CB_BACKUP_MANAGED, borrow, data, error);
}

/* --- the store's own keys --- */

/* They are the same in each back-up of a store: a rotation wraps them anew and changes none. */
static gboolean
borrow_keys (CbBook *self, CbDb *db, CbVault *vault, gpointer data G_GNUC_UNUSED, GError **error)
{
  static const char SQL_LIST_KEYS[] = "SELECT name, wrapped FROM vault_key";
  g_autoptr (CbStmt) rows = cb_db_prepare (db, SQL_LIST_KEYS);
  g_autoptr (GError) local_error = NULL;

  while (local_error == NULL && cb_stmt_next (rows, &local_error))
    {
      const char *name = cb_stmt_text (rows, 0);
      g_autoptr (GBytes) wrapped = cb_stmt_dup_bytes (rows, 1);
      g_auto (CbKey) key = { 0 };

      if (!cb_repair_has_key (self, name) && cb_vault_unwrap (vault, name, wrapped, &key, NULL))
        cb_repair_add_key (self, name, &key, &local_error);
    }
  return !cb_error_hand_on (&local_error, error);
}

gboolean
cb_repair_borrow_keys (CbBook *self, const char *home, GError **error)
{
  return ask_backup (self, home, borrow_keys, NULL, error);
}

/* --- answers --- */

/* Of one table, whose rows are sealed by keys that never change. */
typedef struct
{
  const char *list;
  const char *add;
  guint n_columns;
} Borrowed;

/* All that is in one and never changes. What was shown may be lost, and the answer counts. */
static const Borrowed borrowed[] = {
  { "SELECT seq, id, customer, purpose, channel, state, entity, method, proof, notice, version,"
    " language, receipt, saw, staff, at_us, tz_minutes, request FROM consent_event",
    "INSERT OR IGNORE INTO consent_event (seq, id, customer, purpose, channel, state, entity,"
    " method, proof, notice, version, language, receipt, saw, staff, at_us, tz_minutes, request)"
    " SELECT ?1, ?2, c.id, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17,"
    " (SELECT r.id FROM consent_request AS r WHERE r.id = ?18) FROM customer AS c WHERE c.id = ?3",
    18 },
  { "SELECT seq, id, customer, purpose, channel, body, method, staff, at_us FROM consent_condition",
    "INSERT OR IGNORE INTO consent_condition (seq, id, customer, purpose, channel, body, method,"
    " staff, at_us) SELECT ?1, ?2, c.id, ?4, ?5, ?6, ?7, ?8, ?9 FROM customer AS c WHERE c.id = ?3",
    9 },
  { "SELECT event, withdrawal, n FROM consent_heard",
    "INSERT OR IGNORE INTO consent_heard (event, withdrawal, n)"
    " SELECT e.id, ?2, ?3 FROM consent_event AS e WHERE e.id = ?1",
    3 },
  { "SELECT local_hash, channel, purpose, chain_hash, reason, since_us, added_us FROM suppression",
    "INSERT OR IGNORE INTO suppression (local_hash, channel, purpose, chain_hash, reason, since_us,"
    " added_us) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    7 },
};

static gboolean
copy_rows (CbBook *self, CbDb *db, const Borrowed *what, guint *n_borrowed, GError **error)
{
  sqlite3 *to = cb_db_get_handle (self->db);
  sqlite3_stmt *rows = NULL;
  sqlite3_stmt *add = NULL;
  int code = SQLITE_OK;

  /* An older store may have no such table yet. */
  if (sqlite3_prepare_v2 (cb_db_get_handle (db), what->list, -1, &rows, NULL) != SQLITE_OK)
    return TRUE;
  if (sqlite3_prepare_v2 (to, what->add, -1, &add, NULL) != SQLITE_OK)
    code = sqlite3_errcode (to);
  while (code == SQLITE_OK && sqlite3_step (rows) == SQLITE_ROW)
    {
      for (guint i = 0; i < what->n_columns; i++)
        sqlite3_bind_value (add, (int) i + 1, sqlite3_column_value (rows, (int) i));
      sqlite3_step (add);
      code = sqlite3_reset (add);
      *n_borrowed += code == SQLITE_OK ? (guint) sqlite3_changes (to) : 0;
    }
  sqlite3_finalize (rows);
  sqlite3_finalize (add);
  if (code == SQLITE_OK)
    return TRUE;
  cb_db_set_error (self->db, code, "take answers from the last back-up", error);
  return FALSE;
}

static gboolean
borrow_answers (CbBook *self, CbDb *db, CbVault *vault G_GNUC_UNUSED, gpointer data, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (borrowed); i++)
    {
      if (!copy_rows (self, db, &borrowed[i], data, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
cb_repair_borrow_answers (CbBook *self, const char *home, guint *n_borrowed, GError **error)
{
  return ask_backup (self, home, borrow_answers, n_borrowed, error);
}
