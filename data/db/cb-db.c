/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "db/cb-db.h"

#include <errno.h>
#include <glib/gstdio.h>

#include "base/cb-error.h"
#include "base/cb-files.h"
#include "base/cb-volume.h"

/* What others hold is waited for this long; the turn to write longer, for a disk may be slow, and
 * another program may be writing the whole file anew. */
#define BUSY_TIMEOUT_US (5 * G_USEC_PER_SEC)
#define TURN_TIMEOUT_US (30 * G_USEC_PER_SEC)

/* SQLite's own waiting looks every tenth of a second: where somebody writes without much of a pause
 * those looks fall beside the pauses. Steps of one length could do so too. */
#define BUSY_STEP_US_MIN 500
#define BUSY_STEP_US_MAX 3000

#define STEPS_BETWEEN_LOOKS 10000

struct _CbStmt
{
  CbDb *db;
  sqlite3_stmt *handle;
  int prepare_code;
  gboolean is_lent;
};

static const char SQL_ROLLBACK[] = "ROLLBACK";

struct _CbDb
{
  GObject parent_instance;
  char *path;
  sqlite3 *handle;
  CbClock *clock;
  GHashTable *statements; /* const char * (by address) → CbStmt */
  int wal_pages;
  gint64 patience_us;
  gint64 waits_since_us;
  gboolean is_begun;      /* by cb_db_begin(): somebody believes to be inside a transaction */
  GCancellable *given_up; /* or NULL */
  gulong given_up_handler;
  gboolean is_left_open; /* it could not be taken back */
  int broken_code;       /* why SQLite has taken it back by itself since; SQLITE_OK: it has not */
  guint64 n_begun;
};

G_DEFINE_FINAL_TYPE (CbDb, cb_db, G_TYPE_OBJECT)

static CbStoreError
error_from_sqlite (int code)
{
  switch (code & 0xff)
    {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return CB_STORE_ERROR_BUSY;
    case SQLITE_FULL:
      return CB_STORE_ERROR_FULL;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return CB_STORE_ERROR_CORRUPT;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
      return CB_STORE_ERROR_IO;
    case SQLITE_CONSTRAINT:
      return CB_STORE_ERROR_INVALID;
    default:
      return CB_STORE_ERROR_FAILED;
    }
}

/* A disk that the kernel lets nobody write to any more fails like a broken one. */
static gboolean
is_disk_read_only (CbDb *self)
{
  g_autofree char *folder = g_path_get_dirname (self->path);

  return cb_volume_takes_nothing (folder);
}

void
cb_db_set_error (CbDb *self, int code, const char *attempt, GError **error)
{
  CbStoreError kind;

  /* SQLite says SQLITE_FULL of the database and its log; of the index of the log it says that it
   * could not be made longer, which is the same to whoever has to make room. */
  if (code == SQLITE_IOERR_SHMSIZE)
    code = SQLITE_FULL;
  kind = error_from_sqlite (code);
  if (kind == CB_STORE_ERROR_IO && is_disk_read_only (self))
    kind = CB_STORE_ERROR_READ_ONLY;
  /* sqlite3_errmsg() may quote values ("UNIQUE constraint failed" does not, others might): the
   * name of the code says enough. */
  g_set_error (error, CB_STORE_ERROR, kind, "%scould not %s: %s (%d)",
               kind == CB_STORE_ERROR_READ_ONLY ? "the disk can only be read: " : "", attempt,
               sqlite3_errstr (code), code);
}

/* SQL never asks the clock: strftime('now') would answer by the machine's. */
static void
sql_now (sqlite3_context *context, int n_arguments, sqlite3_value **arguments)
{
  sqlite3_result_int64 (context, cb_clock_get_now_us (sqlite3_user_data (context)));
}

static int
on_wal_grew (void *data, sqlite3 *handle, const char *name, int pages)
{
  CbDb *self = data;

  self->wal_pages = pages;
  return SQLITE_OK;
}

/* Prepared at the opening, and yet SQLite prepares it anew where the schema has changed since. */
static int
take_back (CbDb *self)
{
  g_autoptr (CbStmt) stmt = cb_db_prepare (self, SQL_ROLLBACK);

  return sqlite3_step (stmt->handle);
}

/* A transaction that is nobody's any more, because taking it back failed at the end of memory: what
 * ran now would be part of it, and be lost with it. */
static gboolean
end_what_is_left_open (CbDb *self, const char *attempt, GError **error)
{
  int code = self->is_left_open ? take_back (self) : SQLITE_DONE;

  self->is_left_open = self->is_left_open && cb_db_is_in_transaction (self);
  if (self->is_left_open)
    cb_db_set_error (self, code, attempt, error);
  return !self->is_left_open;
}

/* After an I/O error, a full disk or the end of memory SQLite takes the whole transaction back by
 * itself, in the middle of the act: what the act would still write would be committed each by
 * itself. So nothing runs until the act knows, whether it looked at the error or not. */
static gboolean
is_intact (CbDb *self, const char *attempt, GError **error)
{
  if (!end_what_is_left_open (self, attempt, error))
    return FALSE;
  if (!self->is_begun || cb_db_is_in_transaction (self))
    return TRUE;
  cb_db_set_error (self, self->broken_code != SQLITE_OK ? self->broken_code : SQLITE_ABORT, attempt,
                   error);
  return FALSE;
}

static void
remember_why (CbDb *self, int code)
{
  if (self->is_begun && self->broken_code == SQLITE_OK &&
      sqlite3_get_autocommit (self->handle) != 0)
    self->broken_code = code;
}

static gboolean
fail (CbDb *self, int code, const char *attempt, GError **error)
{
  remember_why (self, code);
  cb_db_set_error (self, code, attempt, error);
  return FALSE;
}

static gboolean
run (CbDb *self, const char *sql, const char *attempt, GError **error)
{
  if (!is_intact (self, attempt, error))
    return FALSE;
  return sqlite3_exec (self->handle, sql, NULL, NULL, NULL) == SQLITE_OK ||
         fail (self, sqlite3_extended_errcode (self->handle), attempt, error);
}

/* What every act runs: prepared once. */
static gboolean
run_again (CbDb *self, const char *sql, const char *attempt, GError **error)
{
  g_autoptr (CbStmt) stmt = NULL;

  if (!is_intact (self, attempt, error))
    return FALSE;
  stmt = cb_db_prepare (self, sql);
  if (stmt->prepare_code != SQLITE_OK)
    return fail (self, stmt->prepare_code, attempt, error);
  return sqlite3_step (stmt->handle) == SQLITE_DONE ||
         fail (self, sqlite3_extended_errcode (self->handle), attempt, error);
}

gboolean
cb_db_run (CbDb *self, const char *sql, GError **error)
{
  return run (self, sql, "run a statement", error);
}

/* Every database of ours is turned to a WAL before there is anything in it, so one that has tables
 * and no WAL is another program's: not even its header is to be changed. */
static gboolean
check_not_strange (CbDb *self, GError **error)
{
  static const char SQL_GET_JOURNAL[] = "PRAGMA journal_mode";
  static const char SQL_HAS_ANYTHING[] = "SELECT EXISTS (SELECT 1 FROM sqlite_schema)";
  g_autoptr (CbStmt) journal = cb_db_prepare (self, SQL_GET_JOURNAL);
  g_autoptr (CbStmt) anything = NULL;

  if (!cb_stmt_next (journal, error))
    return FALSE;
  if (g_ascii_strcasecmp (cb_stmt_text (journal, 0), "wal") == 0)
    return TRUE;
  anything = cb_db_prepare (self, SQL_HAS_ANYTHING);
  if (!cb_stmt_next (anything, error))
    return FALSE;
  if (cb_stmt_int (anything, 0) == 0)
    return TRUE;
  g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_NO_STORE,
                       "the database that is here is not a store of Counterbook");
  return FALSE;
}

/* Prepared before it is needed: it is run where memory, too, may have come to its end, and what it
 * leaves open nothing can be begun after. */
static gboolean
prepare_rollback (CbDb *self, GError **error)
{
  g_autoptr (CbStmt) stmt = cb_db_prepare (self, SQL_ROLLBACK);

  return stmt->prepare_code == SQLITE_OK ||
         fail (self, stmt->prepare_code, "prepare for taking back", error);
}

gboolean
cb_db_add_function (CbDb *self,
                    const char *name,
                    int n_arguments,
                    CbDbFunction func,
                    gpointer data,
                    GError **error)
{
  int code = sqlite3_create_function (self->handle, name, n_arguments,
                                      SQLITE_UTF8 | SQLITE_INNOCUOUS, data, func, NULL, NULL);

  if (code == SQLITE_OK)
    return TRUE;
  cb_db_set_error (self, code, "add a function", error);
  return FALSE;
}

/* TRUE: look again. `n_looks` counts from 0 for each lock. */
static int
wait_a_little (void *data, int n_looks)
{
  CbDb *self = data;
  gint64 now_us = g_get_monotonic_time ();

  if (n_looks == 0)
    self->waits_since_us = now_us;
  if (now_us - self->waits_since_us >= self->patience_us ||
      (self->given_up != NULL && g_cancellable_is_cancelled (self->given_up)))
    return FALSE;
  g_usleep ((gulong) g_random_int_range (BUSY_STEP_US_MIN, BUSY_STEP_US_MAX));
  return TRUE;
}

static gboolean
configure (CbDb *self, gboolean is_new, GError **error)
{
  static const char SQL_COMMON[] =
    "PRAGMA foreign_keys=ON;"
    "PRAGMA trusted_schema=OFF;"
    "PRAGMA temp_store=MEMORY;"
    "PRAGMA secure_delete=ON;"
    "PRAGMA wal_autocheckpoint=0;";

  sqlite3_extended_result_codes (self->handle, 1);
  self->patience_us = BUSY_TIMEOUT_US;
  sqlite3_busy_handler (self->handle, wait_a_little, self);
  sqlite3_db_config (self->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  if (!cb_db_add_function (self, "cb_now", 0, sql_now, self->clock, error))
    return FALSE;
  if (!is_new && !check_not_strange (self, error))
    return FALSE;
  if (is_new && !run (self, "PRAGMA synchronous=EXTRA;", "set the durability of", error))
    return FALSE;
  if (!run (self, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;", "switch to a WAL", error))
    return FALSE;
  /* Setting the autocheckpoint replaces the WAL hook, so ours comes after it. */
  if (!run (self, SQL_COMMON, "configure the database", error))
    return FALSE;
  sqlite3_wal_hook (self->handle, on_wal_grew, self);
  return prepare_rollback (self, error);
}

CbDb *
cb_db_open (const char *path, gboolean create, CbClock *clock, GError **error)
{
  gboolean is_new = !g_file_test (path, G_FILE_TEST_EXISTS);
  g_autoptr (CbDb) self = NULL;
  g_autofree char *directory = g_path_get_dirname (path);
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (create ? SQLITE_OPEN_CREATE : 0);
  int code;

  if (is_new && !create)
    {
      g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_NO_STORE, "there is no store here");
      return NULL;
    }
  self = g_object_new (CB_TYPE_DB, NULL);
  self->path = g_strdup (path);
  self->clock = g_object_ref (clock);
  code = sqlite3_open_v2 (path, &self->handle, flags, NULL);
  if (code != SQLITE_OK)
    {
      cb_db_set_error (self, code, "open the database", error);
      return NULL;
    }
  g_chmod (path, 0600);
  if (!configure (self, is_new, error))
    return NULL;
  if (is_new && !cb_files_sync_directory (directory, error))
    return NULL;
  return g_steal_pointer (&self);
}

static void
on_given_up (GCancellable *given_up, CbDb *self)
{
  sqlite3_interrupt (self->handle);
}

static int
is_given_up (void *data)
{
  return g_cancellable_is_cancelled (data);
}

/* An interruption counts for what is running at that moment, and nothing else reaches the check of
 * a whole file, which SQLite makes in one step; what begins behind it asks. */
void
cb_db_give_up_with (CbDb *self, GCancellable *given_up)
{
  g_return_if_fail (self->given_up == NULL);

  self->given_up = g_object_ref (given_up);
  sqlite3_progress_handler (self->handle, STEPS_BETWEEN_LOOKS, is_given_up, given_up);
  self->given_up_handler = g_cancellable_connect (given_up, G_CALLBACK (on_given_up), self, NULL);
}

void
cb_db_close (CbDb *self)
{
  if (self->given_up != NULL)
    g_cancellable_disconnect (self->given_up, self->given_up_handler);
  g_clear_object (&self->given_up);
  g_hash_table_remove_all (self->statements);
  if (self->handle != NULL)
    {
      int code = sqlite3_close (self->handle);

      /* Anything but OK is a statement that outlived its scope. */
      g_assert (code == SQLITE_OK);
    }
  self->handle = NULL;
}

CbClock *
cb_db_get_clock (CbDb *self)
{
  return self->clock;
}

sqlite3 *
cb_db_get_handle (CbDb *self)
{
  return self->handle;
}

int
cb_db_get_changes (CbDb *self)
{
  return sqlite3_changes (self->handle);
}

/* --- transactions --- */

static gboolean
begin (CbDb *self, const char *sql, GError **error)
{
  self->n_begun++;
  self->is_begun = FALSE;
  self->broken_code = SQLITE_OK;
  self->is_begun = run_again (self, sql, "begin a transaction", error);
  return self->is_begun;
}

gboolean
cb_db_begin (CbDb *self, GError **error)
{
  static const char SQL_BEGIN_WRITE[] = "BEGIN IMMEDIATE";
  gboolean is_our_turn;

  self->patience_us = TURN_TIMEOUT_US;
  is_our_turn = begin (self, SQL_BEGIN_WRITE, error);
  self->patience_us = BUSY_TIMEOUT_US;
  return is_our_turn;
}

gboolean
cb_db_begin_read (CbDb *self, GError **error)
{
  static const char SQL_BEGIN_READ[] = "BEGIN";

  return begin (self, SQL_BEGIN_READ, error);
}

gboolean
cb_db_commit (CbDb *self, GError **error)
{
  static const char SQL_COMMIT[] = "COMMIT";
  gboolean done = run_again (self, SQL_COMMIT, "commit", error);

  if (done)
    self->is_begun = FALSE;
  else
    cb_db_rollback (self);
  return done;
}

void
cb_db_rollback (CbDb *self)
{
  if (cb_db_is_in_transaction (self))
    take_back (self);
  self->is_left_open = cb_db_is_in_transaction (self);
  self->is_begun = FALSE;
}

gboolean
cb_db_is_in_transaction (CbDb *self)
{
  return sqlite3_get_autocommit (self->handle) == 0;
}

guint64
cb_db_get_transaction (CbDb *self)
{
  return cb_db_is_in_transaction (self) ? self->n_begun : 0;
}

void
cb_transaction_end (CbTransaction *transaction)
{
  if (*transaction != NULL)
    cb_db_rollback (*transaction);
  *transaction = NULL;
}

gint64
cb_db_get_data_version (CbDb *self)
{
  static const char SQL_DATA_VERSION[] = "PRAGMA data_version";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self, SQL_DATA_VERSION);

  return cb_stmt_next (stmt, NULL) ? cb_stmt_int (stmt, 0) : -1;
}

gboolean
cb_db_set_cache_mb (CbDb *self, guint megabytes, GError **error)
{
  g_autofree char *sql =
    g_strdup_printf ("PRAGMA cache_size=-%u", megabytes > 0 ? megabytes * 1024 : 2000);

  return run (self, sql, "set the cache of", error);
}

int
cb_db_get_wal_pages (CbDb *self)
{
  return self->wal_pages;
}

gboolean
cb_db_checkpoint (CbDb *self, gboolean truncate, GError **error)
{
  int mode = truncate ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE;
  int in_wal = 0;
  int moved = 0;
  int code = sqlite3_wal_checkpoint_v2 (self->handle, "main", mode, &in_wal, &moved);

  if (code != SQLITE_OK)
    {
      cb_db_set_error (self, code, "checkpoint", error);
      return FALSE;
    }
  if (moved >= in_wal)
    self->wal_pages = 0;
  return TRUE;
}

/* SQLite's words about a damaged page may quote what is on it: they are not told. */
gboolean
cb_db_check_integrity (CbDb *self, GError **error)
{
  static const char SQL_CHECK[] = "PRAGMA main.integrity_check(1)";
  static const char SQL_CHECK_REFERENCES[] = "PRAGMA main.foreign_key_check";
  g_autoptr (CbStmt) check = cb_db_prepare (self, SQL_CHECK);
  g_autoptr (CbStmt) references = cb_db_prepare (self, SQL_CHECK_REFERENCES);
  g_autoptr (GError) local_error = NULL;
  gboolean is_sound =
    cb_stmt_next (check, &local_error) && g_strcmp0 (cb_stmt_text (check, 0), "ok") == 0;

  if (is_sound && !cb_stmt_next (references, &local_error) && local_error == NULL)
    return TRUE;
  if (local_error != NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));
  else
    g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_CORRUPT,
                 is_sound ? "a row of the database refers to nothing" : "the database is damaged");
  return FALSE;
}

gboolean
cb_db_vacuum (CbDb *self, GError **error)
{
  return run (self, "VACUUM main", "write the file anew", error);
}

gboolean
cb_db_has_moved (CbDb *self)
{
  int has_moved = 0;

  sqlite3_file_control (self->handle, "main", SQLITE_FCNTL_HAS_MOVED, &has_moved);
  return has_moved != 0;
}

/* --- statements --- */

static void
stmt_free (gpointer data)
{
  CbStmt *stmt = data;

  g_assert (!stmt->is_lent);
  sqlite3_finalize (stmt->handle);
  g_free (stmt);
}

CbStmt *
cb_db_prepare (CbDb *self, const char *sql)
{
  CbStmt *stmt = g_hash_table_lookup (self->statements, sql);

  if (stmt == NULL)
    {
      stmt = g_new0 (CbStmt, 1);
      stmt->db = self;
      stmt->prepare_code =
        sqlite3_prepare_v3 (self->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt->handle, NULL);
      g_hash_table_insert (self->statements, (gpointer) sql, stmt);
    }
  else if (stmt->handle == NULL)
    stmt->prepare_code =
      sqlite3_prepare_v3 (self->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt->handle, NULL);
  g_assert (!stmt->is_lent);
  stmt->is_lent = TRUE;
  return stmt;
}

void
cb_stmt_again (CbStmt *stmt)
{
  /* Clearing the bindings of a statement that could not be prepared is no harmless no-op. */
  if (stmt->handle == NULL)
    return;
  sqlite3_reset (stmt->handle);
  sqlite3_clear_bindings (stmt->handle);
}

void
cb_stmt_done (CbStmt *stmt)
{
  cb_stmt_again (stmt);
  stmt->is_lent = FALSE;
}

void
cb_stmt_bind_text (CbStmt *stmt, int number, const char *text)
{
  if (text == NULL)
    sqlite3_bind_null (stmt->handle, number);
  else
    sqlite3_bind_text (stmt->handle, number, text, -1, SQLITE_STATIC);
}

void
cb_stmt_bind_int (CbStmt *stmt, int number, gint64 value)
{
  sqlite3_bind_int64 (stmt->handle, number, value);
}

void
cb_stmt_bind_bytes (CbStmt *stmt, int number, GBytes *bytes)
{
  gsize length;
  const void *data;

  if (bytes == NULL)
    {
      sqlite3_bind_null (stmt->handle, number);
      return;
    }
  data = g_bytes_get_data (bytes, &length);
  sqlite3_bind_blob64 (stmt->handle, number, length > 0 ? data : "", length, SQLITE_STATIC);
}

gboolean
cb_stmt_check (CbStmt *stmt, GError **error)
{
  if (stmt->prepare_code == SQLITE_OK)
    return TRUE;
  cb_db_set_error (stmt->db, stmt->prepare_code, "prepare a statement", error);
  return FALSE;
}

gboolean
cb_stmt_next (CbStmt *stmt, GError **error)
{
  int code;

  if (!cb_stmt_check (stmt, error) || !is_intact (stmt->db, "run a statement", error))
    return FALSE;
  code = sqlite3_step (stmt->handle);
  if (code == SQLITE_ROW)
    return TRUE;
  if (code != SQLITE_DONE)
    {
      remember_why (stmt->db, code);
      cb_db_set_error (stmt->db, code, "run a statement", error);
    }
  return FALSE;
}

gboolean
cb_stmt_run (CbStmt *stmt, GError **error)
{
  g_autoptr (GError) local_error = NULL;

  cb_stmt_next (stmt, &local_error);
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

const char *
cb_stmt_text (CbStmt *stmt, int column)
{
  return (const char *) sqlite3_column_text (stmt->handle, column);
}

gint64
cb_stmt_int (CbStmt *stmt, int column)
{
  return sqlite3_column_int64 (stmt->handle, column);
}

gboolean
cb_stmt_is_null (CbStmt *stmt, int column)
{
  return sqlite3_column_type (stmt->handle, column) == SQLITE_NULL;
}

const void *
cb_stmt_blob (CbStmt *stmt, int column, gsize *length)
{
  const void *data = sqlite3_column_blob (stmt->handle, column);

  *length = sqlite3_column_bytes (stmt->handle, column);
  return data;
}

GBytes *
cb_stmt_dup_bytes (CbStmt *stmt, int column)
{
  gsize length;
  const void *data = cb_stmt_blob (stmt, column, &length);

  return data == NULL ? NULL : g_bytes_new (data, length);
}

static void
cb_db_finalize (GObject *object)
{
  CbDb *self = CB_DB (object);

  cb_db_close (self);
  g_hash_table_unref (self->statements);
  g_object_unref (self->clock);
  g_free (self->path);

  G_OBJECT_CLASS (cb_db_parent_class)->finalize (object);
}

static void
cb_db_class_init (CbDbClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cb_db_finalize;
}

static void
cb_db_init (CbDb *self)
{
  self->statements = g_hash_table_new_full (NULL, NULL, NULL, stmt_free);
}
