/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include <unistd.h>

#include "store/cb-book-private.h"

#include "base/cb-error.h"
#include "store/cb-wipe.h"

/* Pages of 4 KiB in the WAL from which a checkpoint is worth an idle moment: it costs two syncs,
 * and an act writes about a dozen pages. */
#define WAL_PAGES_WORTH_MOVING 1000

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
cb_book_put_setting (CbDb *db, const char *key, const char *value, GError **error)
{
  static const char SQL_SET_SETTING[] =
    "INSERT INTO setting (key, value) VALUES (?1, ?2)"
    " ON CONFLICT (key) DO UPDATE SET value = excluded.value WHERE value <> excluded.value";
  g_autoptr (CbStmt) stmt = cb_db_prepare (db, SQL_SET_SETTING);

  cb_stmt_bind_text (stmt, 1, key);
  cb_stmt_bind_text (stmt, 2, value);
  return cb_stmt_run (stmt, error);
}

gboolean
cb_book_set_setting (CbBook *self, const char *key, const char *value, GError **error)
{
  return cb_book_put_setting (self->db, key, value, error);
}

/* Not RETURNING, which gathers its one row in a table of its own and takes three times as long. */
gint64
cb_book_next_turn (CbBook *self, GError **error)
{
  static const char SQL_NEXT_TURN[] = "UPDATE counter SET value = value + 1 WHERE name = 'turn'";
  static const char SQL_GET_TURN[] = "SELECT value FROM counter WHERE name = 'turn'";
  g_autoptr (CbStmt) next = cb_db_prepare (self->db, SQL_NEXT_TURN);
  g_autoptr (CbStmt) get = cb_db_prepare (self->db, SQL_GET_TURN);

  return cb_stmt_run (next, error) && cb_stmt_next (get, error) ? cb_stmt_int (get, 0) : 0;
}

gboolean
cb_book_load_settings (CbBook *self, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autofree char *name = cb_book_dup_setting (self, "name", &local_error);
  g_autofree char *region = cb_book_dup_setting (self, "region", &local_error);
  g_autofree char *days = cb_book_dup_setting (self, "keep-unasked", &local_error);
  g_autofree char *silent = cb_book_dup_setting (self, "keep-silent", &local_error);

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
  self->keep_silent_days =
    silent != NULL ? (guint) g_ascii_strtoull (silent, NULL, 10) : CB_KEEP_SILENT_DAYS;
  return TRUE;
}

gboolean
cb_book_require_customer (CbBook *self, const char *customer, GError **error)
{
  static const char SQL_HAS_CUSTOMER[] = "SELECT EXISTS (SELECT 1 FROM customer WHERE id = ?1)";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_HAS_CUSTOMER);

  cb_stmt_bind_text (stmt, 1, customer);
  if (!cb_stmt_next (stmt, error))
    return FALSE;
  if (cb_stmt_int (stmt, 0) != 0)
    return TRUE;
  g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_NOT_FOUND,
                       "no such customer on this terminal");
  return FALSE;
}

/* --- transactions --- */

static void
tell_touched (CbBook *self, const char *customer)
{
  char *id;

  if (g_hash_table_contains (self->is_touched, customer))
    return;
  id = g_strdup (customer);
  g_ptr_array_add (self->touched, id);
  g_hash_table_add (self->is_touched, id);
}

void
cb_book_touch (CbBook *self, const char *customer)
{
  tell_touched (self, customer);
  if (!g_hash_table_contains (self->unindexed, customer))
    g_hash_table_add (self->unindexed, g_strdup (customer));
}

/* While the index grows, whoever is touched is read whole: a note that was put before older ones
 * would be shown behind them. */
void
cb_book_touch_record (CbBook *self, const char *customer)
{
  if (self->is_index_ready)
    tell_touched (self, customer);
  else
    cb_book_touch (self, customer);
}

void
cb_book_touch_note (CbBook *self, CbNote *note)
{
  if (self->is_index_ready)
    g_ptr_array_add (self->new_notes, g_object_ref (note));
}

static void
forget_unindexed (CbBook *self)
{
  g_hash_table_remove_all (self->unindexed);
  g_ptr_array_set_size (self->new_notes, 0);
}

/* --- several processes --- */

static gboolean
touch_since (CbBook *self, GError **error)
{
  /* By seq alone: grouped by the index of customers it would read the whole audit, each time. */
  static const char SQL_CHANGED_SINCE[] =
    "SELECT customer, max(seq) FROM audit NOT INDEXED WHERE seq > ?1"
    " AND action NOT IN ('customer.read', 'note.found', 'consent.read', 'note.review',"
    " 'customer.export',"
    " 'customer.access') GROUP BY customer";
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
  return !cb_error_hand_on (&local_error, error);
}

/* Inside a transaction, so that what is noticed is what the act will see. */
static gboolean
catch_up (CbBook *self, GError **error)
{
  gint64 version = cb_db_get_data_version (self->db);

  if (version == self->data_version)
    return TRUE;
  if (!cb_book_load_settings (self, error) || !touch_since (self, error))
    return FALSE;
  self->data_version = version;
  self->is_outbox_touched = TRUE;
  self->n_accepted = -1;
  return TRUE;
}

static gboolean
begin (CbBook *self, gboolean (*how) (CbDb *, GError **), GError **error)
{
  if (!cb_book_begin_unlocked (self, how, error))
    return FALSE;
  if (catch_up (self, error))
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
  if (!begin (self, cb_db_begin, error))
    return FALSE;
  self->is_writing = cb_book_pay_readings (self, error);
  if (self->is_writing)
    return TRUE;
  cb_db_rollback (self->db);
  return FALSE;
}

gboolean
cb_book_begin_read (CbBook *self, GError **error)
{
  self->n_paid = 0;
  self->is_writing = FALSE;
  return begin (self, cb_db_begin_read, error);
}

static gboolean
index_unindexed (CbBook *self, GError **error)
{
  GHashTableIter customers;
  gpointer customer;

  g_hash_table_iter_init (&customers, self->unindexed);
  while (g_hash_table_iter_next (&customers, &customer, NULL))
    {
      if (!cb_book_index_customer (self, customer, error))
        return FALSE;
    }
  return TRUE;
}

/* What is saved is saved: an index that can't follow is dropped, not the act. In a transaction, for
 * another process may change the keys at any moment. */
static void
update_index (CbBook *self)
{
  g_autoptr (GError) error = NULL;

  if (cb_book_begin_unlocked (self, cb_db_begin_read, &error))
    {
      index_unindexed (self, &error);
      cb_db_rollback (self->db);
    }
  if (error == NULL)
    return;
  g_message ("the index is dropped: %s", error->message);
  cb_book_drop_index (self);
}

gboolean
cb_book_commit (CbBook *self, GError **error)
{
  if (!cb_db_commit (self->db, error))
    {
      g_hash_table_remove_all (self->is_touched);
      g_ptr_array_set_size (self->touched, 0);
      forget_unindexed (self);
      return FALSE;
    }
  cb_book_forget_paid (self);
  self->n_written += self->is_writing;
  if (self->index != NULL && g_hash_table_size (self->unindexed) > 0)
    update_index (self);
  for (guint i = 0; self->index != NULL && i < self->new_notes->len; i++)
    cb_book_index_note (self, self->new_notes->pdata[i]);
  forget_unindexed (self);
  return TRUE;
}

GPtrArray *
cb_book_take_touched (CbBook *self, gboolean *outbox)
{
  GPtrArray *touched = self->touched;

  g_hash_table_remove_all (self->is_touched);
  *outbox = self->is_outbox_touched;
  self->touched = g_ptr_array_new_with_free_func (g_free);
  self->is_outbox_touched = FALSE;
  return touched;
}

void
cb_book_do_idle (CbBook *self)
{
  g_autoptr (GError) error = NULL;

  if (cb_db_get_wal_pages (self->db) >= WAL_PAGES_WORTH_MOVING &&
      !cb_db_checkpoint (self->db, FALSE, &error))
    g_info ("checkpoint put off: %s", error->message);
}

gboolean
cb_book_require_open (CbBook *self, CbStaff *actor, const char *customer, GError **error)
{
  gboolean is_restricted;

  if (!cb_book_require_customer (self, customer, error) ||
      !cb_book_is_restricted (self, customer, &is_restricted, error))
    return FALSE;
  if (!is_restricted || cb_staff_get_role (actor) != CB_ROLE_ASSOCIATE)
    return TRUE;
  g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_FORBIDDEN, "this record is restricted");
  return FALSE;
}

guint
cb_book_count_written (CbBook *self)
{
  return self->n_written;
}

/* --- what is damaged --- */

void
cb_book_begin_in_part (CbBook *self)
{
  self->reads_in_part = TRUE;
  self->n_unread = 0;
}

guint
cb_book_end_in_part (CbBook *self)
{
  self->reads_in_part = FALSE;
  return self->n_unread;
}

gboolean
cb_book_pass_over (CbBook *self, GError **error)
{
  if (!self->reads_in_part || !g_error_matches (*error, CB_STORE_ERROR, CB_STORE_ERROR_CORRUPT))
    return FALSE;
  g_clear_error (error);
  self->n_unread++;
  return TRUE;
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
    [CB_ACT_IMPORT] = { FALSE, TRUE, FALSE, FALSE },
    /* What is to be done today is for who does it. */
    [CB_ACT_REQUESTS] = { TRUE, TRUE, FALSE, FALSE },
    [CB_ACT_CONSENT] = { TRUE, TRUE, FALSE, FALSE },
    [CB_ACT_ERASE] = { FALSE, TRUE, TRUE, FALSE },
    [CB_ACT_EXPORT] = { FALSE, TRUE, TRUE, FALSE },
    [CB_ACT_AUDIT] = { FALSE, FALSE, TRUE, FALSE },
    /* To ask to be left alone is as easy as a word to whoever is there. */
    [CB_ACT_RESTRICT] = { TRUE, TRUE, TRUE, FALSE },
    [CB_ACT_RELEASE] = { FALSE, TRUE, TRUE, FALSE },
    [CB_ACT_STAFF] = { FALSE, FALSE, FALSE, TRUE },
    /* Shows nobody anything, and nothing leaves that may not. */
    [CB_ACT_RETRY] = { FALSE, TRUE, TRUE, TRUE },
    /* Two readings of a record are read for it. */
    [CB_ACT_RESOLVE] = { FALSE, TRUE, TRUE, FALSE },
    /* Decides about a record: who reads the notes answers for them. */
    [CB_ACT_DISCARD] = { FALSE, TRUE, FALSE, FALSE },
    [CB_ACT_BACK_UP] = { FALSE, FALSE, FALSE, TRUE },
    [CB_ACT_SEE_ENDS] = { FALSE, TRUE, TRUE, FALSE },
    [CB_ACT_CONFIRM_TIME] = { FALSE, TRUE, FALSE, TRUE },
    [CB_ACT_CONFIRM_ERASURES] = { FALSE, TRUE, TRUE, FALSE },
    /* Who answers for privacy sees what was handed on to them, and no other. */
    [CB_ACT_REVIEW] = { FALSE, TRUE, TRUE, FALSE },
    [CB_ACT_SAMPLE] = { FALSE, TRUE, FALSE, FALSE },
  };

  if (actor != NULL && !cb_staff_is_disabled (actor) && permitted[act][cb_staff_get_role (actor)])
    return TRUE;
  g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_FORBIDDEN, "%s",
               actor == NULL ? "nobody is signed in" : "not permitted to this role");
  return FALSE;
}

/* --- what takes long --- */

void
cb_book_give_up_with (CbBook *self, GCancellable *given_up)
{
  g_return_if_fail (self->given_up == NULL);

  self->given_up = g_object_ref (given_up);
  cb_db_give_up_with (self->db, given_up);
}

gboolean
cb_book_goes_on (CbBook *self, GError **error)
{
  return !g_cancellable_set_error_if_cancelled (self->given_up, error);
}

/* --- closing --- */

void
cb_book_close (CbBook *self)
{
  cb_book_drop_index (self);
  cb_book_end_sync (self);
  cb_book_drop_canaries (self);
  cb_book_wipe_keys (self);
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

/* The order stands on the disk first, so that no crash undoes it; on a full one it is carried out
 * all the same. */
gboolean
cb_book_wipe (CbBook *self, GError **error)
{
  g_autoptr (GError) local_error = NULL;

  if (!cb_wipe_decide (self->home, self->store_id, &local_error))
    g_message ("the order could not be written down: %s", local_error->message);
  cb_book_remove_all_copies (self);
  cb_book_close (self);
  return cb_wipe_carry_out (self->home, self->state_root, self->store_id, error);
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

static void
cb_book_finalize (GObject *object)
{
  CbBook *self = CB_BOOK (object);

  cb_book_close (self);
  g_clear_object (&self->given_up);
  g_clear_object (&self->vault);
  g_clear_object (&self->clock);
  g_clear_pointer (&self->owed, g_array_unref);
  g_ptr_array_unref (self->missing_copies);
  g_hash_table_unref (self->is_touched);
  g_ptr_array_unref (self->touched);
  g_hash_table_unref (self->unindexed);
  g_ptr_array_unref (self->new_notes);
  g_free (self->home);
  g_free (self->state_root);
  g_free (self->state_directory);
  g_free (self->store_id);
  g_free (self->name);
  g_free (self->visited);
  g_free (self->identified);
  g_free (self->board_read);
  g_free (self->region);

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
  self->missing_copies = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_missing_copy_free);
  self->touched = g_ptr_array_new_with_free_func (g_free);
  self->is_touched = g_hash_table_new (g_str_hash, g_str_equal);
  self->unindexed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->new_notes = g_ptr_array_new_with_free_func (g_object_unref);
}
