/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include <sodium.h>
#include <string.h>
#include <unistd.h>

#include "store/cb-book-private.h"

#include "base/cb-error.h"
#include "base/cb-files.h"
#include "base/cb-id.h"
#include "consent/cb-notice.h"
#include "consent/cb-purpose.h"
#include "db/cb-migration.h"
#include "store/cb-data.h"

/* Pages of 4 KiB in the WAL from which a checkpoint is worth an idle moment. */
#define WAL_PAGES_WORTH_MOVING 250

G_DEFINE_FINAL_TYPE (CbBook, cb_book, G_TYPE_OBJECT)

/* --- settings and counters --- */

char *
cb_book_dup_setting (CbBook *self, const char *key, GError **error)
{
  static const char SQL_GET_SETTING[] = "SELECT value FROM setting WHERE key = ?1";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_GET_SETTING);

  cb_stmt_bind_text (stmt, 1, key);
  return cb_stmt_next (stmt, error) ? g_strdup (cb_stmt_text (stmt, 0)) : NULL;
}

gboolean
cb_book_set_setting (CbBook *self, const char *key, const char *value, GError **error)
{
  static const char SQL_SET_SETTING[] =
    "INSERT INTO setting (key, value) VALUES (?1, ?2)"
    " ON CONFLICT (key) DO UPDATE SET value = excluded.value WHERE value <> excluded.value";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_SET_SETTING);

  cb_stmt_bind_text (stmt, 1, key);
  cb_stmt_bind_text (stmt, 2, value);
  return cb_stmt_run (stmt, error);
}

gint64
cb_book_next_turn (CbBook *self, GError **error)
{
  static const char SQL_NEXT_TURN[] =
    "UPDATE counter SET value = value + 1 WHERE name = 'turn' RETURNING value";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_NEXT_TURN);
  gint64 turn;

  if (!cb_stmt_next (stmt, error))
    return 0;
  turn = cb_stmt_int (stmt, 0);
  /* The row is handed out before the statement is complete: it has to be run to its end. */
  return cb_stmt_run (stmt, error) ? turn : 0;
}

static gboolean
load_settings (CbBook *self, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autofree char *name = cb_book_dup_setting (self, "name", &local_error);
  g_autofree char *region = cb_book_dup_setting (self, "region", &local_error);
  g_autofree char *days = cb_book_dup_setting (self, "keep-unasked", &local_error);

  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  g_free (self->name);
  g_free (self->region);
  self->name = g_strdup (name != NULL ? name : "");
  self->region = g_steal_pointer (&region);
  self->keep_unasked_days = days != NULL ? (guint) g_ascii_strtoull (days, NULL, 10) : 0;
  return TRUE;
}

/* --- keys --- */

static gboolean
unwrap_store_key (CbBook *self, const char *name, CbKey *key, gboolean *found, GError **error)
{
  static const char SQL_GET_KEY[] = "SELECT wrapped FROM vault_key WHERE name = ?1";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_GET_KEY);
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GBytes) wrapped = NULL;

  *found = FALSE;
  cb_stmt_bind_text (stmt, 1, name);
  if (!cb_stmt_next (stmt, &local_error))
    {
      if (local_error == NULL)
        return TRUE;
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  wrapped = cb_stmt_dup_bytes (stmt, 0);
  *found = TRUE;
  return cb_vault_unwrap (self->vault, name, wrapped, key, error);
}

static gboolean
unwrap_store_keys (CbBook *self, CbBookKeys *keys, GError **error)
{
  gboolean has_book;
  gboolean has_local;
  gboolean has_audit;

  if (!unwrap_store_key (self, "book", &keys->book, &has_book, error) ||
      !unwrap_store_key (self, "local", &keys->local, &has_local, error) ||
      !unwrap_store_key (self, "audit", &keys->audit, &has_audit, error) ||
      !unwrap_store_key (self, "chain", &keys->chain, &keys->has_chain, error))
    return FALSE;
  if (has_book && has_local && has_audit)
    return TRUE;
  g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_CORRUPT, "the store's own keys are missing");
  return FALSE;
}

static guint64
read_key_epoch (CbBook *self, GError **error)
{
  g_autofree char *epoch = cb_book_dup_setting (self, "key-epoch", error);

  return epoch != NULL ? g_ascii_strtoull (epoch, NULL, 10) : 0;
}

static void
wipe_keys (CbBook *self)
{
  if (self->keys != NULL)
    sodium_free (self->keys);
  self->keys = NULL;
}

gboolean
cb_book_unlock (CbBook *self, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  guint64 epoch = read_key_epoch (self, &local_error);

  if (local_error == NULL && self->keys != NULL && cb_vault_get_key_epoch (self->vault) == epoch)
    return TRUE;
  if (local_error == NULL)
    cb_vault_unlock (self->vault, epoch, &local_error);
  if (local_error == NULL && self->keys == NULL)
    {
      self->keys = sodium_malloc (sizeof (CbBookKeys));
      g_assert (self->keys != NULL);
      memset (self->keys, 0, sizeof (CbBookKeys));
      if (!unwrap_store_keys (self, self->keys, &local_error))
        wipe_keys (self);
    }
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

void
cb_book_lock (CbBook *self)
{
  cb_book_drop_index (self);
  wipe_keys (self);
  cb_vault_lock (self->vault);
}

gboolean
cb_book_get_customer_key (CbBook *self, const char *customer, CbKey *key, GError **error)
{
  static const char SQL_GET_CUSTOMER_KEY[] = "SELECT key FROM customer WHERE id = ?1";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_GET_CUSTOMER_KEY);
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GBytes) wrapped = NULL;

  cb_stmt_bind_text (stmt, 1, customer);
  if (cb_stmt_next (stmt, &local_error))
    {
      wrapped = cb_stmt_dup_bytes (stmt, 0);
      return cb_vault_unwrap (self->vault, customer, wrapped, key, error);
    }
  if (local_error == NULL)
    g_set_error (&local_error, CB_STORE_ERROR, CB_STORE_ERROR_NOT_FOUND,
                 "no such customer on this terminal");
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

GBytes *
cb_book_hash_contact (const CbKey *key, const char *kind, const char *normal)
{
  return cb_keyed_hash (key, kind, normal);
}

/* --- transactions --- */

void
cb_book_touch (CbBook *self, const char *customer)
{
  for (guint i = 0; i < self->touched->len; i++)
    {
      if (g_str_equal (g_ptr_array_index (self->touched, i), customer))
        return;
    }
  g_ptr_array_add (self->touched, g_strdup (customer));
}

/* --- several processes --- */

static gboolean
touch_since (CbBook *self, GError **error)
{
  static const char SQL_CHANGED_SINCE[] =
    "SELECT customer, max(seq) FROM audit WHERE seq > ?1 AND action <> 'customer.read'"
    " GROUP BY customer";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_CHANGED_SINCE);
  g_autoptr (GError) local_error = NULL;
  gint64 newest = self->audit_seq;

  cb_stmt_bind_int (stmt, 1, self->audit_seq);
  while (cb_stmt_next (stmt, &local_error))
    {
      if (!cb_stmt_is_null (stmt, 0))
        cb_book_touch (self, cb_stmt_text (stmt, 0));
      newest = MAX (newest, cb_stmt_int (stmt, 1));
    }
  self->audit_seq = newest;
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

/* Inside a transaction, so that what is noticed is what the act will see. */
static gboolean
catch_up (CbBook *self, GError **error)
{
  gint64 version = cb_db_get_data_version (self->db);

  if (version == self->data_version)
    return TRUE;
  if (!load_settings (self, error) || !touch_since (self, error))
    return FALSE;
  self->data_version = version;
  self->is_outbox_touched = TRUE;
  self->n_accepted = -1;
  return TRUE;
}

static gboolean
begun (CbBook *self, GError **error)
{
  if (cb_book_unlock (self, error) && catch_up (self, error))
    return TRUE;
  cb_db_rollback (self->db);
  return FALSE;
}

gboolean
cb_book_refresh (CbBook *self, GError **error)
{
  if (cb_db_get_data_version (self->db) == self->data_version)
    return TRUE;
  return cb_book_begin_read (self, error) && cb_book_commit (self, error);
}

gboolean
cb_book_begin (CbBook *self, GError **error)
{
  return cb_db_begin (self->db, error) && begun (self, error);
}

gboolean
cb_book_begin_read (CbBook *self, GError **error)
{
  return cb_db_begin_read (self->db, error) && begun (self, error);
}

gboolean
cb_book_commit (CbBook *self, GError **error)
{
  guint n_touched = self->touched->len;

  if (!cb_db_commit (self->db, error))
    {
      g_ptr_array_set_size (self->touched, 0);
      return FALSE;
    }
  for (guint i = 0; self->index != NULL && i < n_touched; i++)
    {
      g_autoptr (GError) local_error = NULL;

      /* What is saved is saved: an index that can't follow is dropped, not the act. */
      if (!cb_book_index_customer (self, g_ptr_array_index (self->touched, i), &local_error))
        {
          g_message ("the index is dropped: %s", local_error->message);
          cb_book_drop_index (self);
        }
    }
  return TRUE;
}

GPtrArray *
cb_book_take_touched (CbBook *self, gboolean *outbox)
{
  GPtrArray *touched = self->touched;

  *outbox = self->is_outbox_touched;
  self->touched = g_ptr_array_new_with_free_func (g_free);
  self->is_outbox_touched = FALSE;
  return touched;
}

gboolean
cb_book_do_idle (CbBook *self)
{
  g_autoptr (GError) error = NULL;

  if (cb_db_get_wal_pages (self->db) >= WAL_PAGES_WORTH_MOVING &&
      !cb_db_checkpoint (self->db, FALSE, &error))
    g_info ("checkpoint put off: %s", error->message);
  return self->index != NULL && cb_index_tidy (self->index);
}

/* --- roles --- */

const char *
cb_book_actor_id (CbStaff *actor)
{
  return actor != NULL ? cb_staff_get_id (actor) : "system";
}

gboolean
cb_book_require (CbBook *self, CbStaff *actor, CbAct act, GError **error)
{
  static const gboolean permitted[][4] = {
    /* associate, manager, privacy, admin */
    [CB_ACT_SEE_CUSTOMERS] = { TRUE, TRUE, TRUE, FALSE },
    [CB_ACT_WRITE_CUSTOMERS] = { TRUE, TRUE, FALSE, FALSE },
    [CB_ACT_LIST_CUSTOMERS] = { FALSE, TRUE, FALSE, FALSE },
    [CB_ACT_CONSENT] = { TRUE, TRUE, FALSE, FALSE },
    [CB_ACT_ERASE] = { FALSE, TRUE, TRUE, FALSE },
    [CB_ACT_STAFF] = { FALSE, FALSE, FALSE, TRUE },
  };

  if (actor != NULL && !cb_staff_is_disabled (actor) && permitted[act][cb_staff_get_role (actor)])
    return TRUE;
  g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_FORBIDDEN, "%s",
               actor == NULL ? "nobody is signed in" : "not permitted to this role");
  return FALSE;
}

/* --- rotation --- */

typedef struct
{
  char *name;
  GBytes *wrapped;
} WrappedKey;

static void
wrapped_key_free (gpointer data)
{
  WrappedKey *key = data;

  g_free (key->name);
  g_bytes_unref (key->wrapped);
  g_free (key);
}

/* All before the first is changed: a table that is changed under a cursor may show a row twice. */
static GPtrArray *
rewrap_each (CbBook *self, const char *select, GError **error)
{
  g_autoptr (CbStmt) rows = cb_db_prepare (self->db, select);
  g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func (wrapped_key_free);
  g_autoptr (GError) local_error = NULL;

  while (local_error == NULL && cb_stmt_next (rows, &local_error))
    {
      g_autoptr (GBytes) old = cb_stmt_dup_bytes (rows, 1);
      GBytes *wrapped = cb_vault_rewrap (self->vault, cb_stmt_text (rows, 0), old, &local_error);
      WrappedKey *key;

      if (wrapped == NULL)
        break;
      key = g_new0 (WrappedKey, 1);
      key->name = g_strdup (cb_stmt_text (rows, 0));
      key->wrapped = wrapped;
      g_ptr_array_add (keys, key);
    }
  if (local_error == NULL)
    return g_steal_pointer (&keys);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return NULL;
}

static gboolean
rewrap_rows (CbBook *self, const char *select, const char *update, GError **error)
{
  g_autoptr (GPtrArray) keys = rewrap_each (self, select, error);
  g_autoptr (CbStmt) change = cb_db_prepare (self->db, update);

  for (guint i = 0; keys != NULL && i < keys->len; i++)
    {
      WrappedKey *key = g_ptr_array_index (keys, i);

      cb_stmt_bind_text (change, 1, key->name);
      cb_stmt_bind_bytes (change, 2, key->wrapped);
      if (!cb_stmt_run (change, error))
        return FALSE;
      cb_stmt_again (change);
    }
  return keys != NULL;
}

static gboolean
rewrap_all (CbBook *self, guint64 epoch, GError **error)
{
  static const char SQL_LIST_STORE_KEYS[] = "SELECT name, wrapped FROM vault_key";
  static const char SQL_SET_STORE_KEY[] = "UPDATE vault_key SET wrapped = ?2 WHERE name = ?1";
  static const char SQL_LIST_CUSTOMER_KEYS[] = "SELECT id, key FROM customer";
  static const char SQL_SET_CUSTOMER_KEY[] = "UPDATE customer SET key = ?2 WHERE id = ?1";
  g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT, epoch);
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_db_begin (self->db, error))
    return FALSE;
  transaction = self->db;
  /* A next key that a crash left may have been the current one for a moment: then nothing here is
   * wrapped by what the vault believes to be current, and nothing is touched. */
  if (read_key_epoch (self, NULL) + 1 != epoch)
    {
      g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_BUSY, "another process has rotated");
      return FALSE;
    }
  if (!rewrap_rows (self, SQL_LIST_STORE_KEYS, SQL_SET_STORE_KEY, error) ||
      !rewrap_rows (self, SQL_LIST_CUSTOMER_KEYS, SQL_SET_CUSTOMER_KEY, error) ||
      !cb_book_set_setting (self, "key-epoch", text, error) ||
      !cb_book_audit (self, NULL, "keys.rotate", NULL, NULL, NULL, error))
    return FALSE;
  transaction = NULL;
  return cb_db_commit (self->db, error);
}

gboolean
cb_book_rotate (CbBook *self, GError **error)
{
  guint64 epoch;

  if (!cb_book_unlock (self, error) || !cb_vault_prepare_rotation (self->vault, &epoch, error))
    return FALSE;
  if (!rewrap_all (self, epoch, error))
    {
      cb_vault_abandon_rotation (self->vault);
      return FALSE;
    }
  return cb_vault_finish_rotation (self->vault, error);
}

/* --- opening and closing --- */

static void
sql_valid_until (sqlite3_context *context, int n_arguments, sqlite3_value **arguments)
{
  const CbPurpose *purpose = cb_purpose_find ((const char *) sqlite3_value_text (arguments[0]));
  gint64 last_visit_us = sqlite3_value_int64 (arguments[1]);
  gint64 at_us = sqlite3_value_int64 (arguments[2]);
  gint64 until_us = 0;

  if (purpose != NULL && cb_purpose_get_valid_from (purpose) != CB_PURPOSE_FROM_DONE)
    until_us = cb_purpose_get_valid_until_us (
      purpose,
      cb_purpose_get_valid_from (purpose) == CB_PURPOSE_FROM_LAST_VISIT ? last_visit_us : at_us);
  sqlite3_result_int64 (context, until_us);
}

/* A request is answered without a card, so it names no notice and none can outdate it. */
static void
sql_is_outdated (sqlite3_context *context, int n_arguments, sqlite3_value **arguments)
{
  const char *notice = (const char *) sqlite3_value_text (arguments[0]);
  guint version = (guint) sqlite3_value_int (arguments[1]);
  const char *purpose = (const char *) sqlite3_value_text (arguments[2]);

  sqlite3_result_int (context,
                      notice != NULL && cb_notice_is_outdated_for (notice, version, purpose));
}

static void
register_functions (CbDb *db)
{
  int flags = SQLITE_UTF8 | SQLITE_INNOCUOUS;
  sqlite3 *handle = cb_db_get_handle (db);

  sqlite3_create_function (handle, "cb_valid_until", 3, flags, NULL, sql_valid_until, NULL, NULL);
  sqlite3_create_function (handle, "cb_is_outdated", 3, flags, NULL, sql_is_outdated, NULL, NULL);
}

CbDb *
cb_book_open_connection (const char *home, gboolean create, CbClock *clock, GError **error)
{
  g_autofree char *path = g_build_filename (home, "counterbook.db", NULL);
  CbDb *db = cb_db_open (path, create, clock, error);

  if (db != NULL)
    register_functions (db);
  return db;
}

/* A store that is being migrated, restored or cleaned is nobody else's; otherwise all share it. */
static gboolean
lock_store (CbBook *self, GError **error)
{
  g_autofree char *path = g_build_filename (self->state_directory, "store.lock", NULL);
  gboolean must_migrate = cb_migration_get_version (self->db) < cb_migration_get_latest ();

  self->store_lock = cb_files_lock (path, must_migrate, FALSE, error);
  if (self->store_lock < 0)
    return FALSE;
  if (!must_migrate)
    return TRUE;
  if (!cb_migration_run (self->db, error))
    return FALSE;
  close (self->store_lock);
  self->store_lock = cb_files_lock (path, FALSE, TRUE, error);
  return self->store_lock >= 0;
}

static gboolean
find_state (CbBook *self, GError **error)
{
  g_autoptr (GError) local_error = NULL;

  if (cb_migration_get_version (self->db) > cb_migration_get_latest ())
    return cb_migration_run (self->db, error); /* says that it is too new */
  self->store_id = cb_book_dup_setting (self, "store-id", &local_error);
  if (self->store_id == NULL)
    {
      if (local_error != NULL)
        g_propagate_error (error, g_steal_pointer (&local_error));
      else
        g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_NO_STORE, "there is no store here");
      return FALSE;
    }
  self->state_directory = g_build_filename (self->state_root, self->store_id, NULL);
  self->vault = cb_vault_new (self->state_root, self->store_id);
  return TRUE;
}

/* A copied or restored database is older than its sentinel, or has none: it gets a new incarnation
 * so that the service can tell the two apart. What waits in the outbox stays; operation ids keep it
 * harmless. */
static gboolean
check_incarnation (CbBook *self, GError **error)
{
  g_autofree char *path = g_build_filename (self->state_directory, "incarnation", NULL);
  g_autofree char *known = cb_book_dup_setting (self, "incarnation", NULL);
  g_autofree char *sentinel = cb_files_read (path, 64, NULL, NULL);
  g_autofree char *fresh = NULL;
  g_auto (CbTransaction) transaction = NULL;

  if (known != NULL && g_strcmp0 (known, sentinel) == 0)
    return TRUE;
  fresh = cb_id_new ();
  if (!cb_book_begin (self, error))
    return FALSE;
  transaction = self->db;
  if (!cb_book_set_setting (self, "incarnation", fresh, error) ||
      !cb_book_audit (self, NULL, "store.incarnation", NULL, NULL, NULL, error) ||
      !cb_files_write (path, fresh, strlen (fresh), error))
    return FALSE;
  transaction = NULL;
  return cb_book_commit (self, error);
}

static gboolean
note_newest (CbBook *self, GError **error)
{
  static const char SQL_NEWEST_AUDIT[] = "SELECT coalesce(max(seq), 0) FROM audit";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_NEWEST_AUDIT);

  self->data_version = cb_db_get_data_version (self->db);
  if (!cb_stmt_next (stmt, error))
    return FALSE;
  self->audit_seq = cb_stmt_int (stmt, 0);
  return TRUE;
}

CbBook *
cb_book_open (const char *home, const char *state_root, CbClock *clock, GError **error)
{
  g_autoptr (CbBook) self = g_object_new (CB_TYPE_BOOK, NULL);

  cb_data_init ();
  self->home = g_strdup (home);
  self->state_root = g_strdup (state_root);
  self->clock = g_object_ref (clock);
  self->db = cb_book_open_connection (home, FALSE, clock, error);
  if (self->db == NULL || !find_state (self, error) || !lock_store (self, error) ||
      !load_settings (self, error) || !cb_book_unlock (self, error) ||
      !check_incarnation (self, error) || !cb_book_replay_ledger (self, error) ||
      !note_newest (self, error))
    return NULL;
  self->door = cb_door_open (home, clock, error);
  if (self->door == NULL)
    return NULL;
  cb_db_checkpoint (self->db, FALSE, NULL);
  return g_steal_pointer (&self);
}

void
cb_book_close (CbBook *self)
{
  cb_book_drop_index (self);
  cb_book_end_sync (self);
  wipe_keys (self);
  if (self->vault != NULL)
    cb_vault_lock (self->vault);
  g_clear_object (&self->door);
  if (self->db != NULL)
    cb_db_close (self->db);
  g_clear_object (&self->db);
  if (self->store_lock >= 0)
    close (self->store_lock);
  self->store_lock = -1;
}

const char *
cb_book_get_store_id (CbBook *self)
{
  return self->store_id;
}

const char *
cb_book_get_name (CbBook *self)
{
  return self->name;
}

guint
cb_book_get_keep_unasked_days (CbBook *self)
{
  return self->keep_unasked_days;
}

CbClock *
cb_book_get_clock (CbBook *self)
{
  return self->clock;
}

static void
cb_book_finalize (GObject *object)
{
  CbBook *self = CB_BOOK (object);

  cb_book_close (self);
  g_clear_object (&self->vault);
  g_clear_object (&self->clock);
  g_ptr_array_unref (self->touched);
  g_free (self->home);
  g_free (self->state_root);
  g_free (self->state_directory);
  g_free (self->store_id);
  g_free (self->name);
  g_free (self->region);
  g_free (self->index_last_id);

  G_OBJECT_CLASS (cb_book_parent_class)->finalize (object);
}

static void
cb_book_class_init (CbBookClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cb_book_finalize;
}

static void
cb_book_init (CbBook *self)
{
  self->store_lock = -1;
  self->sync_lock = -1;
  self->n_accepted = -1;
  self->touched = g_ptr_array_new_with_free_func (g_free);
}
