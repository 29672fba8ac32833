/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include <sodium.h>
#include <string.h>
#include <unistd.h>

#include "store/cb-book-private.h"

#include "base/cb-error.h"
#include "base/cb-files.h"
#include "base/cb-fold.h"
#include "base/cb-id.h"
#include "db/cb-migration.h"
#include "store/cb-data.h"
#include "store/cb-switch.h"
#include "store/cb-wipe.h"

#define KEEP_UNASKED_MAX 30
#define KEEP_SILENT_MIN 90
#define KEEP_SILENT_MAX 3650

static gboolean
check_options (const CbBookOptions *options, GError **error)
{
  if (options->name != NULL && (*options->name == '\0' || strlen (options->name) > CB_NAME_MAX ||
                                !cb_text_is_sound (options->name, -1)))
    {
      g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID, "that is no name for a shop");
      return FALSE;
    }
  if (options->region != NULL &&
      (strlen (options->region) != 2 || !g_ascii_isupper (options->region[0]) ||
       !g_ascii_isupper (options->region[1])))
    {
      g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID,
                   "a region is two capital letters, such as GB");
      return FALSE;
    }
  if (options->keep_unasked_days > KEEP_UNASKED_MAX)
    {
      g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID,
                   "notes nobody was asked about are kept for 0 to 30 days");
      return FALSE;
    }
  if (options->keep_unasked_days > 0 && options->keep_basis == NULL)
    {
      g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID,
                   "keeping notes before asking needs a recorded basis");
      return FALSE;
    }
  if (options->keep_silent_days != 0 &&
      (options->keep_silent_days < KEEP_SILENT_MIN || options->keep_silent_days > KEEP_SILENT_MAX))
    {
      g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID,
                   "who does not come is kept for 90 to 3650 days");
      return FALSE;
    }
  return TRUE;
}

static gboolean
apply_options (CbDb *db, const CbBookOptions *options, GError **error)
{
  g_autofree char *days = g_strdup_printf ("%d", options->keep_unasked_days);
  g_autofree char *silent = g_strdup_printf ("%d", options->keep_silent_days);

  if (options->name != NULL && !cb_book_put_setting (db, "name", options->name, error))
    return FALSE;
  if (options->region != NULL && !cb_book_put_setting (db, "region", options->region, error))
    return FALSE;
  if (options->keep_silent_days > 0 && !cb_book_put_setting (db, "keep-silent", silent, error))
    return FALSE;
  if (options->keep_unasked_days < 0)
    return TRUE;
  return cb_book_put_setting (db, "keep-unasked", days, error) &&
         cb_book_put_setting (db, "keep-unasked-basis",
                              options->keep_basis != NULL ? options->keep_basis : "none", error);
}

static gboolean
add_store_key (CbDb *db, CbVault *vault, const char *name, GError **error)
{
  static const char SQL_ADD_KEY[] = "INSERT INTO vault_key (name, wrapped) VALUES (?1, ?2)";
  g_autoptr (CbStmt) stmt = cb_db_prepare (db, SQL_ADD_KEY);
  g_auto (CbKey) key;
  g_autoptr (GBytes) wrapped = NULL;

  cb_key_random (&key);
  wrapped = cb_vault_wrap (vault, name, &key);
  cb_stmt_bind_text (stmt, 1, name);
  cb_stmt_bind_bytes (stmt, 2, wrapped);
  return cb_stmt_run (stmt, error);
}

/* The database says which store it is only in the transaction that also holds its keys and what it
 * is called: a crash before that leaves a file without a store in it, and the next init starts
 * over.
 */
static gboolean
write_identity (CbDb *db,
                CbVault *vault,
                const char *store_id,
                const CbTimekeeper *keeper,
                const CbBookOptions *options,
                GError **error)
{
  static const char SQL_SET_IDENTITY[] =
    "INSERT INTO setting (key, value) VALUES ('store-id', ?1), ('key-epoch', ?2),"
    " ('name', ''), ('keep-unasked', '0'), ('timekeeper', ?3)";
  g_autoptr (CbStmt) stmt = NULL;
  g_autofree char *epoch = g_strdup_printf ("%" G_GUINT64_FORMAT, cb_vault_get_key_epoch (vault));
  g_autofree char *time = cb_timekeeper_to_text (keeper);
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_db_begin (db, error))
    return FALSE;
  transaction = db;
  stmt = cb_db_prepare (db, SQL_SET_IDENTITY);
  cb_stmt_bind_text (stmt, 1, store_id);
  cb_stmt_bind_text (stmt, 2, epoch);
  cb_stmt_bind_text (stmt, 3, time);
  if (!cb_stmt_run (stmt, error) || !add_store_key (db, vault, "book", error) ||
      !add_store_key (db, vault, "local", error) || !add_store_key (db, vault, "audit", error) ||
      !apply_options (db, options, error))
    return FALSE;
  transaction = NULL;
  return cb_db_commit (db, error);
}

static gboolean
make_store (const char *home,
            const char *state_root,
            CbClock *clock,
            const CbBookOptions *options,
            char **recovery_code,
            GError **error)
{
  g_autofree char *store_id = cb_id_new ();
  g_autofree char *state_directory = g_build_filename (state_root, store_id, NULL);
  g_autofree char *backups = g_build_filename (home, "backups", NULL);
  g_autoptr (CbVault) vault = cb_vault_new (state_root, store_id);
  g_autoptr (CbDb) db = NULL;
  CbTimeReading now = cb_time_reading_of (clock);
  CbTimekeeper keeper;

  if (!cb_files_ensure_directory (backups, error) ||
      !cb_files_ensure_directory (state_directory, error))
    return FALSE;
  db = cb_book_open_connection (home, TRUE, clock, error);
  if (db == NULL || !cb_migration_run (db, error))
    return FALSE;
  *recovery_code = cb_vault_create (vault, error);
  if (*recovery_code == NULL)
    return FALSE;
  cb_timekeeper_begin (&keeper, &now, FALSE);
  if (write_identity (db, vault, store_id, &keeper, options, error))
    return TRUE;
  cb_text_wipe (g_steal_pointer (recovery_code));
  return FALSE;
}

static gboolean
is_there_a_store (const char *home, CbClock *clock)
{
  static const char SQL_HAS_IDENTITY[] = "SELECT 1 FROM setting WHERE key = 'store-id'";
  g_autoptr (CbDb) db = cb_book_open_connection (home, FALSE, clock, NULL);
  g_autoptr (CbStmt) stmt = NULL;

  if (db == NULL)
    return FALSE;
  if (cb_migration_get_version (db) == 0)
    return FALSE;
  stmt = cb_db_prepare (db, SQL_HAS_IDENTITY);
  return cb_stmt_next (stmt, NULL);
}

static gboolean
change_options (CbBook *self, const CbBookOptions *options, GError **error)
{
  g_auto (CbTransaction) transaction = NULL;

  if (options->name == NULL && options->region == NULL && options->keep_unasked_days < 0 &&
      options->keep_silent_days == 0)
    return TRUE;
  if (!cb_book_begin (self, error))
    return FALSE;
  transaction = self->db;
  if (!apply_options (self->db, options, error) ||
      !cb_book_audit (self, NULL, "store.settings", NULL, NULL, NULL, error))
    return FALSE;
  transaction = NULL;
  self->data_version = -1; /* so that the refresh reads the settings again */
  return cb_book_commit (self, error) && cb_book_refresh (self, error);
}

static gboolean
make_room (const char *home, CbClock *clock, const CbBookOptions *options, GError **error)
{
  return options->begins_anew ? cb_book_put_backups_aside (home, clock, error)
                              : cb_book_check_not_lost (home, error);
}

CbBook *
cb_book_create (const char *home,
                const char *state_root,
                CbClock *clock,
                const CbBookOptions *options,
                char **recovery_code,
                GError **error)
{
  g_autoptr (CbBook) self = NULL;
  g_autofree char *lock_path = g_build_filename (state_root, "init.lock", NULL);
  gboolean is_there = FALSE;
  int lock;

  *recovery_code = NULL;
  cb_data_init ();
  if (!check_options (options, error) || !cb_files_ensure_directory (state_root, error) ||
      !cb_files_ensure_directory (home, error))
    return NULL;
  lock = cb_files_lock (lock_path, TRUE, TRUE, error);
  if (lock < 0)
    return NULL;
  if (cb_wipe_make_room (home, state_root, error) &&
      cb_switch_finish (home, state_root, FALSE, error))
    {
      is_there = is_there_a_store (home, clock);
      if (is_there || (make_room (home, clock, options, error) &&
                       make_store (home, state_root, clock, options, recovery_code, error)))
        self = cb_book_open (home, state_root, clock, error);
    }
  close (lock);
  if (self != NULL && (!is_there || change_options (self, options, error)))
    return g_steal_pointer (&self);
  g_clear_pointer (recovery_code, cb_text_wipe);
  return NULL;
}
