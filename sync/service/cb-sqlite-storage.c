/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "service/cb-sqlite-storage-private.h"

#include "base/cb-error.h"
#include "base/cb-files.h"
#include "service/cb-epoch.h"

#include <sodium.h>
#include <string.h>
#include <unistd.h>

/* A rewrite holds the whole database in memory for a moment, and everybody up. */
#define REWRITE_LIMIT (G_GINT64_CONSTANT (256) << 20)

static const char SQL_NOTE_PURGE[] =
  "INSERT INTO meta (name, value) VALUES ('purged', x'01')"
  " ON CONFLICT (name) DO NOTHING";
static const char SQL_FORGET_PURGE[] = "DELETE FROM meta WHERE name = 'purged'";
static const char SQL_IS_PURGE_NOTED[] = "SELECT EXISTS (SELECT 1 FROM meta WHERE name = 'purged')";
static const char SQL_GET_SIZE[] =
  "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size";
static const char SQL_FIND_META[] = "SELECT value FROM meta WHERE name = ?1";
static const char SQL_ADD_META[] = "INSERT INTO meta (name, value) VALUES (?1, ?2)";
static const char SQL_SET_META[] =
  "INSERT INTO meta (name, value) VALUES (?1, ?2)"
  " ON CONFLICT (name) DO UPDATE SET value = excluded.value";
static const char SQL_LEAP[] = "UPDATE counter SET head = head + ?1 WHERE id = 1";
static const char SQL_GET_HEAD[] = "SELECT head FROM counter WHERE id = 1";
static const char SQL_SET_HEAD[] = "UPDATE counter SET head = ?1 WHERE id = 1";

/* --- transactions --- */

static gboolean
storage_begin (CbStorage *self, GPtrArray *envelopes, GPtrArray *customers, GError **error)
{
  return cb_sqlite_run (cb_sqlite_of (self), "BEGIN IMMEDIATE", error);
}

static gboolean
storage_get_head (CbStorage *self, gint64 *head, GError **error)
{
  return cb_sqlite_ask (cb_sqlite_of (self), SQL_GET_HEAD, head, error);
}

static gboolean
set_head (CbSqlite *db, gint64 head, GError **error)
{
  g_autoptr (CbQuery) query = cb_sqlite_query (db, SQL_SET_HEAD);

  cb_query_bind_int (query, 1, head);
  return cb_query_run (query, error);
}

/* Nobody else writes meanwhile, so the numbers are what they were when they were given. */
static gboolean
storage_commit (CbStorage *self, gint64 *head, GError **error)
{
  CbSqlite *db = cb_sqlite_of (self);

  return (head == NULL || set_head (db, *head, error)) && cb_sqlite_run (db, "COMMIT", error);
}

/* SQLite may have rolled back by itself; that there is nothing left to roll back is no error. */
static void
storage_rollback (CbStorage *self)
{
  cb_sqlite_run (cb_sqlite_of (self), "ROLLBACK", NULL);
}

static gboolean
storage_mark (CbStorage *self, GError **error)
{
  return cb_sqlite_run (cb_sqlite_of (self), "SAVEPOINT op", error);
}

static gboolean
storage_keep_mark (CbStorage *self, GError **error)
{
  return cb_sqlite_run (cb_sqlite_of (self), "RELEASE op", error);
}

static gboolean
storage_back_to_mark (CbStorage *self, GError **error)
{
  return cb_sqlite_run (cb_sqlite_of (self), "ROLLBACK TO op; RELEASE op", error);
}

static gboolean
storage_ping (CbStorage *self, GError **error)
{
  gint64 head = 0;

  return cb_sqlite_ask (cb_sqlite_of (self), SQL_GET_HEAD, &head, error);
}

/* --- deleting for good --- */

static gboolean
storage_note_purge (CbStorage *self, GError **error)
{
  return cb_sqlite_run (cb_sqlite_of (self), SQL_NOTE_PURGE, error);
}

static gboolean
storage_is_purge_noted (CbStorage *self, GError **error)
{
  gint64 is_noted = 0;

  return cb_sqlite_ask (cb_sqlite_of (self), SQL_IS_PURGE_NOTED, &is_noted, error) && is_noted != 0;
}

static gboolean
storage_scrub (CbStorage *self, GError **error)
{
  return cb_sqlite_truncate_log (cb_sqlite_of (self), error);
}

/* secure_delete zeroes a deleted cell, but not the copies that the tree left in the gaps of its
 * pages when it was balanced earlier. Only writing the whole file anew leaves those behind. */
static gboolean
storage_rewrite (CbStorage *self, GError **error)
{
  CbSqlite *db = cb_sqlite_of (self);
  gint64 n_bytes = 0;

  if (!cb_sqlite_ask (db, SQL_GET_SIZE, &n_bytes, error))
    return FALSE;
  if (n_bytes > REWRITE_LIMIT)
    g_message ("the database is too large to be rewritten while it serves");
  else if (!cb_sqlite_run (db, "VACUUM", error))
    return FALSE;
  return cb_sqlite_truncate_log (db, error) && cb_sqlite_run (db, SQL_FORGET_PURGE, error);
}

/* --- identity --- */

static const CbIdentity *
storage_get_identity (CbStorage *self)
{
  return &((CbSqliteStorage *) self)->identity;
}

static gboolean
find_meta (CbSqlite *db, const char *name, void *value, gsize length, GError **error)
{
  g_autoptr (CbQuery) query = cb_sqlite_query (db, SQL_FIND_META);

  cb_query_bind_text (query, 1, name);
  return cb_query_next (query, error) && cb_query_copy_bytes (query, 0, value, length);
}

static gboolean
add_meta (CbSqlite *db, const char *name, const void *value, gsize length, GError **error)
{
  g_autoptr (CbQuery) query = cb_sqlite_query (db, SQL_ADD_META);

  cb_query_bind_text (query, 1, name);
  cb_query_bind_blob (query, 2, value, length);
  return cb_query_run (query, error);
}

static gboolean
write_identity (CbSqlite *db, const CbIdentity *identity, GError **error)
{
  return cb_sqlite_run (db, "BEGIN IMMEDIATE", error) &&
         add_meta (db, "epoch", identity->epoch, CB_ID_LENGTH, error) &&
         add_meta (db, "chain_key", identity->chain_key, sizeof identity->chain_key, error) &&
         add_meta (db, "nonce_key", identity->nonce_key, sizeof identity->nonce_key, error) &&
         cb_sqlite_run (db, "COMMIT", error);
}

static gboolean
make_identity (CbSqlite *db, const char *path, CbIdentity *identity, GError **error)
{
  g_autofree char *epoch = cb_id_new ();

  g_strlcpy (identity->epoch, epoch, sizeof identity->epoch);
  randombytes_buf (identity->chain_key, sizeof identity->chain_key);
  randombytes_buf (identity->nonce_key, sizeof identity->nonce_key);
  return cb_epoch_prepare (path, epoch, error) && write_identity (db, identity, error);
}

static gboolean
read_identity (CbSqlite *db, CbIdentity *identity, GError **error)
{
  return find_meta (db, "epoch", identity->epoch, CB_ID_LENGTH, error) &&
         find_meta (db, "chain_key", identity->chain_key, sizeof identity->chain_key, error) &&
         find_meta (db, "nonce_key", identity->nonce_key, sizeof identity->nonce_key, error);
}

static gboolean
set_meta (CbSqlite *db, const char *name, const void *value, gsize length, GError **error)
{
  g_autoptr (CbQuery) query = cb_sqlite_query (db, SQL_SET_META);

  cb_query_bind_text (query, 1, name);
  cb_query_bind_blob (query, 2, value, length);
  return cb_query_run (query, error);
}

static gboolean
leap (CbSqlite *db, GError **error)
{
  g_autoptr (CbQuery) query = cb_sqlite_query (db, SQL_LEAP);

  cb_query_bind_int (query, 1, CB_STORAGE_LEAP);
  return cb_query_run (query, error);
}

/* The file beside follows the database, as when both are made. */
static gboolean
begin_history (CbSqliteStorage *self, const char *path, GError **error)
{
  g_autofree char *epoch = cb_id_new ();

  if (!cb_epoch_prepare_next (path, epoch, error) ||
      !cb_sqlite_run (self->db, "BEGIN IMMEDIATE", error))
    return FALSE;
  if (!set_meta (self->db, "epoch", epoch, CB_ID_LENGTH, error) || !leap (self->db, error) ||
      !cb_sqlite_run (self->db, "COMMIT", error))
    {
      cb_sqlite_run (self->db, "ROLLBACK", NULL);
      return FALSE;
    }
  g_strlcpy (self->identity.epoch, epoch, sizeof self->identity.epoch);
  return cb_epoch_verify (path, epoch, error);
}

static gboolean
settle_restored (CbSqliteStorage *self, const char *path, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (read_identity (self->db, &self->identity, &local))
    return begin_history (self, path, error);
  if (local != NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  else
    g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_NO_STORE,
                         "this database holds no book");
  return FALSE;
}

static gboolean
settle_identity (CbSqliteStorage *self, const char *path, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (!read_identity (self->db, &self->identity, &local))
    {
      if (local != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      if (!make_identity (self->db, path, &self->identity, error))
        return FALSE;
    }
  return cb_epoch_verify (path, self->identity.epoch, error);
}

/* --- opening --- */

static void
storage_close (CbStorage *storage)
{
  CbSqliteStorage *self = (CbSqliteStorage *) storage;

  g_clear_pointer (&self->db, cb_sqlite_close);
  sodium_memzero (&self->identity, sizeof self->identity);
  g_free (self);
}

static CbSqliteStorage *
storage_new (void)
{
  CbSqliteStorage *self = g_new0 (CbSqliteStorage, 1);

  self->methods = (CbStorageMethods){
    .close = storage_close,
    .get_identity = storage_get_identity,
    .ping = storage_ping,
    .begin = storage_begin,
    .commit = storage_commit,
    .rollback = storage_rollback,
    .mark = storage_mark,
    .keep_mark = storage_keep_mark,
    .back_to_mark = storage_back_to_mark,
    .get_head = storage_get_head,
    .note_purge = storage_note_purge,
    .is_purge_noted = storage_is_purge_noted,
    .scrub = storage_scrub,
    .rewrite = storage_rewrite,
  };
  cb_sqlite_fill_book (&self->methods);
  cb_sqlite_fill_answers (&self->methods);
  cb_sqlite_fill_changes (&self->methods);
  cb_sqlite_fill_terminals (&self->methods);
  cb_sqlite_fill_told (&self->methods);
  cb_sqlite_fill_inspect (&self->methods);
  self->storage.methods = &self->methods;
  return self;
}

typedef gboolean (*SettleFunc) (CbSqliteStorage *self, const char *path, GError **error);

static gboolean
open_locked (CbSqliteStorage *self,
             const char *path,
             gboolean create,
             SettleFunc settle,
             GError **error)
{
  self->db = cb_sqlite_open (path, create, error);
  return self->db != NULL && cb_sqlite_migrate (self->db, error) && settle (self, path, error);
}

static CbStorage *
open_storage (const char *path, gboolean create, SettleFunc settle, GError **error)
{
  g_autofree char *lock_path = g_strconcat (path, ".lock", NULL);
  CbSqliteStorage *self = NULL;
  gboolean is_open = FALSE;
  int lock = -1;

  if (!create && !g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_NO_STORE,
                           "there is no such database");
      return NULL;
    }

  /* A service and a command beside it must not both make the first rows. */
  lock = cb_files_lock (lock_path, TRUE, TRUE, error);
  if (lock < 0)
    return NULL;

  self = storage_new ();
  is_open = open_locked (self, path, create, settle, error);
  close (lock);
  if (is_open)
    return &self->storage;

  if (self->db == NULL)
    g_free (self);
  else
    storage_close (&self->storage);
  return NULL;
}

CbStorage *
cb_sqlite_storage_open (const char *path, gboolean create, GError **error)
{
  return open_storage (path, create, settle_identity, error);
}

CbStorage *
cb_sqlite_storage_open_restored (const char *path, GError **error)
{
  return open_storage (path, FALSE, settle_restored, error);
}
