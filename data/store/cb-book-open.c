/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

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
#include "store/cb-switch.h"
#include "store/cb-wipe.h"
#include "vault/cb-backup.h"

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

CbDb *
cb_book_open_connection (const char *home, gboolean create, CbClock *clock, GError **error)
{
  g_autofree char *path = g_build_filename (home, "counterbook.db", NULL);
  g_autoptr (CbDb) db = cb_db_open (path, create, clock, error);

  if (db == NULL || !cb_db_add_function (db, "cb_valid_until", 3, sql_valid_until, NULL, error) ||
      !cb_db_add_function (db, "cb_is_outdated", 3, sql_is_outdated, NULL, error))
    return NULL;
  return g_steal_pointer (&db);
}

/* A step into a new schema that turns out wrong can be taken back. */
static gboolean
migrate (CbBook *self, GError **error)
{
  if (!cb_book_load_settings (self, error) || !cb_book_unlock (self, error))
    return FALSE;
  if (cb_book_back_up_managed (self, error))
    return cb_migration_run (self->db, error);
  g_prefix_error_literal (error, "the back-up that goes before a migration: ");
  return FALSE;
}

/* A store that is being migrated, restored or repaired is nobody else's; otherwise all share it. */
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
  if (!migrate (self, error))
    return FALSE;
  close (self->store_lock);
  self->store_lock = cb_files_lock (path, FALSE, TRUE, error);
  return self->store_lock >= 0;
}

static gboolean
find_state (CbBook *self, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  guint version = cb_migration_get_version (self->db);

  if (version > cb_migration_get_latest ())
    return cb_migration_run (self->db, error); /* says that it is too new */
  if (!cb_migration_check_ours (self->db, error))
    return FALSE;
  /* Version 0 is what a power cut leaves of an init that had just begun. */
  if (version > 0)
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

gboolean
cb_book_begin_incarnation (CbBook *self, GError **error)
{
  g_autofree char *path = g_build_filename (self->state_directory, "incarnation", NULL);
  g_autofree char *fresh = cb_id_new ();

  return cb_book_set_setting (self, "incarnation", fresh, error) &&
         cb_book_audit (self, NULL, "store.incarnation", NULL, NULL, NULL, error) &&
         cb_files_write (path, fresh, strlen (fresh), error);
}

/* A copied or restored database has another name than its sentinel, or there is none: it gets a new
 * incarnation so that the service can tell the two apart. What waits in the outbox stays; operation
 * ids keep it harmless. Where both were put back together the service notices by the cursor. */
static gboolean
check_incarnation (CbBook *self, GError **error)
{
  g_autofree char *path = g_build_filename (self->state_directory, "incarnation", NULL);
  g_autofree char *known = cb_book_dup_setting (self, "incarnation", NULL);
  g_autofree char *sentinel = cb_files_read (path, 64, NULL, NULL);
  g_auto (CbTransaction) transaction = NULL;

  if (known != NULL && g_strcmp0 (known, sentinel) == 0)
    return TRUE;
  if (!cb_book_begin (self, error))
    return FALSE;
  transaction = self->db;
  if (!cb_book_begin_incarnation (self, error))
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

/* A crash came between an erasure and its new store key, or the copies that were made of it.
 * Opening does not fail for it: what can't be done now, on a full disk say, is still due the next
 * time. */
static void
finish_erasures (CbBook *self)
{
  g_autoptr (GError) error = NULL;

  cb_book_try_to_reach_copies (self);
  if (!cb_book_rotate_if_due (self, &error))
    g_message ("the new store key has to wait: %s", error->message);
}

/* With the store's lock: another store may have come into its place before that was held. */
static gboolean
check_place (CbBook *self, GError **error)
{
  g_autoptr (GError) tidy_error = NULL;

  if (cb_db_has_moved (self->db))
    {
      g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_BUSY,
                           "another store was put in this one's place just now; open it again");
      return FALSE;
    }
  /* Nobody else is putting one back, so what never got ready is nobody's. */
  if (!cb_switch_clear (self->home, &tidy_error) ||
      !cb_vault_drop_restored (self->vault, &tidy_error))
    g_message ("what was left by a restore can't be taken away: %s", tidy_error->message);
  return TRUE;
}

static void
drop_replaced (CbBook *self)
{
  g_autoptr (GError) error = NULL;

  if (!cb_switch_drop_replaced (self->home, self->vault, &error))
    g_message ("the store that was replaced can't be taken away: %s", error->message);
}

/* With the store to itself: whoever has it open holds keys that the old device key protects. */
static gboolean
recover (CbBook *self, const char *code, GError **error)
{
  g_autofree char *path = g_build_filename (self->state_directory, "store.lock", NULL);
  g_autofree char *epoch = cb_book_dup_setting (self, "key-epoch", NULL);
  g_autoptr (GError) local_error = NULL;
  int lock;

  if (!cb_files_ensure_directory (self->state_directory, error))
    return FALSE;
  lock = cb_files_lock (path, TRUE, FALSE, &local_error);
  if (lock >= 0)
    {
      cb_vault_unlock_with_recovery (
        self->vault, epoch != NULL ? g_ascii_strtoull (epoch, NULL, 10) : 0, code, &local_error);
      close (lock);
    }
  if (g_error_matches (local_error, CB_STORE_ERROR, CB_STORE_ERROR_BUSY))
    {
      g_clear_error (&local_error);
      g_set_error_literal (&local_error, CB_STORE_ERROR, CB_STORE_ERROR_BUSY,
                           "the terminal is running; close it first");
    }
  return !cb_error_hand_on (&local_error, error);
}

static CbBook *
open_book (const char *home,
           const char *state_root,
           CbClock *clock,
           const char *code,
           GError **error)
{
  g_autoptr (CbBook) self = g_object_new (CB_TYPE_BOOK, NULL);

  cb_data_init ();
  self->home = g_strdup (home);
  self->state_root = g_strdup (state_root);
  self->clock = g_object_ref (clock);
  if (!cb_switch_finish (home, state_root, FALSE, error))
    return NULL;
  self->db = cb_book_open_connection (home, FALSE, clock, error);
  if (self->db == NULL || !find_state (self, error) ||
      (code != NULL && !recover (self, code, error)) || !lock_store (self, error) ||
      !check_place (self, error) || !cb_book_load_settings (self, error) ||
      !cb_book_unlock (self, error) || !check_incarnation (self, error) ||
      !cb_book_replay_ledger (self, NULL, error) || !note_newest (self, error))
    return NULL;
  finish_erasures (self);
  self->door = cb_door_open (home, clock, error);
  if (self->door == NULL)
    return NULL;
  drop_replaced (self);
  cb_db_checkpoint (self->db, FALSE, NULL);
  return g_steal_pointer (&self);
}

/* A crash came between the order and its end. As long as the store opens it tells where copies lie.
 */
static void
go_on_wiping (CbBook *self, const char *home, const char *state_root)
{
  g_autoptr (GError) error = NULL;

  if (!(self != NULL ? cb_book_wipe (self, &error) : cb_wipe_finish (home, state_root, &error)))
    g_message ("not all of the store could be destroyed: %s", error->message);
}

CbBook *
cb_book_open (const char *home, const char *state_root, CbClock *clock, GError **error)
{
  return cb_book_open_with_code (home, state_root, clock, NULL, error);
}

CbBook *
cb_book_open_with_code (const char *home,
                        const char *state_root,
                        CbClock *clock,
                        const char *code,
                        GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (CbBook) self = open_book (home, state_root, clock, code, &local_error);

  if (cb_wipe_is_decided (home))
    {
      go_on_wiping (self, home, state_root);
      cb_wipe_tell (error);
      return NULL;
    }
  cb_book_tell_lost (home, &local_error);
  return cb_error_hand_on (&local_error, error) ? NULL : g_steal_pointer (&self);
}
