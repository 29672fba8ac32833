/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "store/cb-repair.h"

#include <string.h>
#include <unistd.h>

#include "base/cb-error.h"
#include "base/cb-files.h"
#include "base/cb-id.h"
#include "db/cb-migration.h"
#include "store/cb-book-private.h"
#include "store/cb-data.h"
#include "store/cb-repair-private.h"
#include "store/cb-switch.h"
#include "vault/cb-backup.h"

#define DATABASE "counterbook.db"

/* The version of the schema that asks whether what came in from the old book is right. */
#define FIRST_WITH_UNCONFIRMED 5

void
cb_repaired_clear (CbRepaired *repaired)
{
  g_clear_pointer (&repaired->tables, g_ptr_array_unref);
  g_clear_pointer (&repaired->kept, g_free);
}

/* What one run of it is. */
typedef struct
{
  const char *home;
  const char *state_root;
  CbClock *clock;
  char *folder; /* where it is made ready */
  CbPages *pages;
  CbSalvage *salvage;
  CbVault *vault;
  char *store_id;
  char *incarnation;
  int lock;
  CbBook *book;
  CbRepaired *repaired;
} Repair;

static void
repair_clear (Repair *self)
{
  if (self->lock >= 0)
    close (self->lock);
  self->lock = -1;
  g_clear_object (&self->book);
  g_clear_object (&self->vault);
  g_clear_pointer (&self->salvage, cb_salvage_free);
  g_clear_pointer (&self->pages, cb_pages_free);
  g_clear_pointer (&self->folder, g_free);
  g_clear_pointer (&self->store_id, g_free);
  g_clear_pointer (&self->incarnation, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Repair, repair_clear)

/* --- which store it is --- */

/* The one whose key opens most: a crash may have left two of it, and the database does not say any
 * more which of them is its own. */
static void
try_store (Repair *self, const char *store_id, guint *most, GError **why)
{
  for (gboolean is_next = FALSE; is_next <= TRUE; is_next++)
    {
      g_autoptr (CbVault) vault = cb_vault_new (self->state_root, store_id);
      g_autoptr (GError) error = NULL;
      guint n_opened = 0;

      if (cb_vault_unlock_unasked (vault, is_next, &error))
        n_opened = cb_salvage_count_keys (self->salvage, vault);
      else if (*why == NULL && !is_next)
        *why = g_steal_pointer (&error);
      if (n_opened <= *most)
        continue;
      *most = n_opened;
      g_set_object (&self->vault, vault);
      g_free (self->store_id);
      self->store_id = g_strdup (store_id);
    }
}

static gboolean
find_store (Repair *self, GError **error)
{
  g_autofree char *said = cb_salvage_dup_setting (self->salvage, "store-id");
  g_autoptr (GDir) folder = g_dir_open (self->state_root, 0, NULL);
  g_autoptr (GError) why = NULL;
  const char *name;
  guint most = 0;

  if (said != NULL && cb_id_is_valid (said))
    try_store (self, said, &most, &why);
  while (most == 0 && folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      if (cb_id_is_valid (name))
        try_store (self, name, &most, &why);
    }
  if (most > 0)
    return TRUE;
  if (why != NULL)
    g_propagate_error (error, g_steal_pointer (&why));
  else
    g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_NO_KEY,
                         "nothing in the damaged file opens with a key of this machine");
  return FALSE;
}

static gboolean
read_damaged (Repair *self, GError **error)
{
  g_autofree char *path = g_build_filename (self->home, DATABASE, NULL);

  g_clear_pointer (&self->salvage, cb_salvage_free);
  g_clear_pointer (&self->pages, cb_pages_free);
  self->pages = cb_pages_open (path, error);
  if (self->pages == NULL)
    return FALSE;
  self->salvage = cb_salvage_new (self->pages);
  self->repaired->n_absent = cb_pages_count_absent (self->pages);
  self->repaired->is_uncounted = !cb_salvage_has_whole_list (self->salvage);
  return TRUE;
}

/* --- made ready --- */

static gboolean
make_empty (Repair *self, GError **error)
{
  CbBook *book = g_object_new (CB_TYPE_BOOK, NULL);

  self->book = book;
  book->home = g_strdup (self->folder);
  book->state_root = g_strdup (self->state_root);
  book->clock = g_object_ref (self->clock);
  book->store_id = g_strdup (self->store_id);
  book->state_directory = g_build_filename (self->state_root, book->store_id, NULL);
  book->vault = g_object_ref (self->vault);
  book->db = cb_book_open_connection (self->folder, TRUE, self->clock, error);
  return book->db != NULL && cb_migration_run (book->db, error);
}

/* A number that is too high may be the damage. */
static gboolean
check_schema (Repair *self, GError **error)
{
  guint schema = cb_pages_get_schema (self->pages);

  if (schema <= cb_migration_get_latest () ||
      cb_salvage_is_of_schema (self->salvage, self->book->db))
    return TRUE;
  g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_TOO_NEW,
               "the store has schema version %u, this build knows %u", schema,
               cb_migration_get_latest ());
  return FALSE;
}

static gboolean
put_identity (Repair *self, GError **error)
{
  g_autofree char *epoch =
    g_strdup_printf ("%" G_GUINT64_FORMAT, cb_vault_get_key_epoch (self->vault));

  return cb_book_set_setting (self->book, "store-id", self->store_id, error) &&
         cb_book_set_setting (self->book, "key-epoch", epoch, error);
}

static gboolean
borrow_answers (Repair *self, GError **error)
{
  return !cb_salvage_may_lack_answers (self->salvage) ||
         cb_repair_borrow_answers (self->book, self->home, &self->repaired->n_borrowed, error);
}

/* What the step to that version does to rows of before, and no other step does anything to them.
 * Where the number is damaged somebody is asked once more whether what is known of them is right.
 */
static gboolean
bring_up (Repair *self, GError **error)
{
  static const char SQL_ASK_WHOEVER_CAME_IN[] =
    "INSERT OR IGNORE INTO unconfirmed (customer, since_us)"
    " SELECT customer, imported_us FROM imported";

  return cb_pages_get_schema (self->pages) >= FIRST_WITH_UNCONFIRMED ||
         cb_db_run (self->book->db, SQL_ASK_WHOEVER_CAME_IN, error);
}

static gboolean
fill (Repair *self, GError **error)
{
  CbBook *book = self->book;
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_db_run (book->db, "PRAGMA foreign_keys=OFF", error) || !cb_db_begin (book->db, error))
    return FALSE;
  transaction = book->db;
  if (!cb_salvage_fill_keys (self->salvage, book, error) || !put_identity (self, error) ||
      !cb_repair_complete_keys (book, self->home, &self->repaired->n_keys_renewed, error) ||
      !cb_book_unlock (book, error) || !cb_salvage_fill (self->salvage, book, error) ||
      !bring_up (self, error) || !borrow_answers (self, error) ||
      /* What came from elsewhere may be among what is lost. */
      !cb_book_forget_told (book, error) || !cb_repair_references (book, error) ||
      (self->repaired->n_keys_renewed > 0 && !cb_repair_hashes (book, error)))
    return FALSE;
  self->repaired->tables = cb_salvage_list (self->salvage);
  transaction = NULL;
  return cb_db_commit (book->db, error) && cb_db_run (book->db, "PRAGMA foreign_keys=ON", error) &&
         cb_book_load_settings (book, error);
}

static gboolean
has_admin (CbBook *book)
{
  static const char SQL_HAS_ADMIN[] =
    "SELECT EXISTS (SELECT 1 FROM staff WHERE role = 'admin' AND disabled_us IS NULL)";
  g_autoptr (CbStmt) stmt = cb_db_prepare (book->db, SQL_HAS_ADMIN);

  return cb_stmt_next (stmt, NULL) && cb_stmt_int (stmt, 0) != 0;
}

static gboolean
find_actor (Repair *self, const char *as, CbStaff **actor, GError **error)
{
  *actor = as != NULL ? cb_book_find_staff (self->book, as, NULL) : NULL;
  if (*actor != NULL)
    return cb_book_require (self->book, *actor, CB_ACT_BACK_UP, error);
  if (!has_admin (self->book))
    return TRUE;
  g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_FORBIDDEN, "%s",
               as == NULL ? "say by --as STAFF who does it; it is for admin"
                          : "whoever --as names is not of the staff that could be saved");
  return FALSE;
}

static gboolean
write_down (Repair *self, CbStaff *actor, GError **error)
{
  g_auto (CbTransaction) transaction = NULL;

  self->incarnation = cb_id_new ();
  if (!cb_book_begin (self->book, error))
    return FALSE;
  transaction = self->book->db;
  if (!cb_book_set_setting (self->book, "incarnation", self->incarnation, error) ||
      !cb_book_audit (self->book, actor, "store.repair", NULL, NULL, NULL, error))
    return FALSE;
  transaction = NULL;
  return cb_book_commit (self->book, error);
}

/* The ledger first: nobody who was erased is reckoned with. */
static gboolean
bring_up_to_date (Repair *self, CbStaff *actor, GError **error)
{
  return write_down (self, actor, error) &&
         cb_book_settle_ledger (self->book, &self->repaired->n_erased, error) &&
         cb_repair_answers (self->book, self->salvage, &self->repaired->n_ended, error) &&
         cb_repair_reckon (self->book, error);
}

static gboolean
make_ready (Repair *self, const char *as, GError **error)
{
  g_autoptr (CbStaff) actor = NULL;

  if (!cb_switch_clear (self->home, error) || !cb_files_ensure_directory (self->folder, error) ||
      !make_empty (self, error) || !check_schema (self, error) || !fill (self, error) ||
      !find_actor (self, as, &actor, error) || !bring_up_to_date (self, actor, error) ||
      !cb_book_prove_restored (self->book, error))
    return FALSE;
  cb_book_close (self->book);
  g_clear_object (&self->book);
  return cb_files_sync_directory (self->folder, error);
}

/* --- the whole of it --- */

static void
give_up (Repair *self)
{
  g_autoptr (GError) error = NULL;

  g_clear_object (&self->book);
  if (!cb_switch_clear (self->home, &error) || !cb_vault_drop_restored (self->vault, &error))
    g_message ("what was made ready could not be taken away: %s", error->message);
}

static gboolean
put_in_place (Repair *self, const char *as, GError **error)
{
  g_autofree char *kept = cb_switch_dup_kept (self->home);

  self->repaired->kept = g_build_filename (self->home, kept, NULL);
  if (make_ready (self, as, error) &&
      cb_switch_decide (self->home, self->store_id, self->incarnation, kept, error))
    return cb_switch_finish (self->home, self->state_root, TRUE, error);
  /* A decision that could not be synced may be on the disk all the same. */
  if (!cb_switch_is_decided (self->home))
    give_up (self);
  return FALSE;
}

static gboolean
is_lossy (const CbRepaired *repaired)
{
  guint n_lost = 0;

  for (guint i = 0; i < repaired->tables->len; i++)
    n_lost += ((const CbSalvaged *) repaired->tables->pdata[i])->n_lost;
  return n_lost > 0 || repaired->n_absent > 0 || repaired->is_uncounted ||
         repaired->n_keys_renewed > 0;
}

/* Before anything else could take the place of what may still hold what was lost. The store is
 * repaired all the same. */
static CbBook *
open_repaired (const Repair *self, GError **error)
{
  CbBook *book = cb_book_open (self->home, self->state_root, self->clock, error);
  g_autoptr (GError) backup_error = NULL;

  if (book != NULL && is_lossy (self->repaired) && !cb_book_back_up_repaired (book, &backup_error))
    g_message ("the repaired store could not be backed up: %s", backup_error->message);
  return book;
}

CbBook *
cb_repair (const char *home,
           const char *state_root,
           CbClock *clock,
           const char *as,
           CbRepaired *repaired,
           GError **error)
{
  g_auto (Repair) self = {
    .home = home,
    .state_root = state_root,
    .clock = clock,
    .folder = cb_switch_dup_folder (home),
    .lock = -1,
    .repaired = repaired,
  };

  memset (repaired, 0, sizeof *repaired);
  cb_data_init ();
  if (!cb_switch_finish (home, state_root, FALSE, error))
    return NULL;
  if (!read_damaged (&self, error) || !find_store (&self, error))
    return NULL;
  /* From here on nobody writes; until here somebody may have. */
  self.lock = cb_switch_lock (state_root, self.store_id, error);
  if (self.lock < 0 || !read_damaged (&self, error) || !put_in_place (&self, as, error))
    return NULL;
  repair_clear (&self);
  return open_repaired (&self, error);
}
