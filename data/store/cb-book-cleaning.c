/* SPDX-License-Identifier: Apache-2.0 */

/* What follows on an erasure, or on words that were taken out of a note, when there is time for it:
 * the WAL is moved into the file and cut, the file is written anew without its free pages, the
 * managed back-up is made again, and all that lies in the store's folders is looked through for
 * what was theirs. What is still to be done is what the tombstones say, so a crash delays it and
 * nothing more.
 *
 * It needs no other process to be gone: SQLite says when somebody still reads what should be cut,
 * and then it is tried again later. */

#define G_LOG_DOMAIN "Counterbook"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/cb-review-private.h"

#include "base/cb-error.h"
#include "base/cb-files.h"
#include "db/cb-snapshot.h"
#include "store/cb-canaries.h"
#include "store/cb-switch.h"
#include "vault/cb-backup.h"

#define NUMBERS "cleaning"
#define LOCK "cleaning.lock"
#define PIECE_BYTES (256 * 1024)
#define BACKUP_AGE_US CB_US_PER_DAY

/* Words that stand in the store whoever is in it: of closed lists, of audit rows, of operations.
 * What the schema and the settings say is added to them. */
static const char clear_words[] =
  " accepted advice alteration associate audit.carry audit.export audit.gap cancelled channel collection company confirm"
  " consent.answer consent.dismiss consent.hear consent.import consent.read consent.withdraw contact contract copy.end counterbook customer.add"
  " cursor-records customer.card customer.change customer.confirm customer.erase customer.hear customer.identify customer.key customer.list"
  " customer.merge customer.read customer.release customer.restrict customer.show customer.try discretion dislike"
  " document draft.body driving-licence elsewhere erasure.check everywhere garment identity-card in-hand incarnation invitations jscontact keys.rotate language last-visit legitimate-interest"
  " listen-only managed manager material mention messenger minutes mistake not-needed note.add note.approve note.body note.correct"
  " note.escalate note.found note.list note.redact note.return note.review objection observed opinion"
  " occasion.add occasion.body occasion.confirm occasion.list occasion.remove occasion.step"
  " occasion.unstep outbox.bytes outbox.discard outbox.resolve outbox.retry outbox.theirs outdated outreach overdue passport"
  " own-phone pending polarity preference.body preference.set preferred private profile promise"
  " provenance purchase request.add request.body request.list request.move restore retention"
  " review.list review.remark review.sample selfcheck sensitive settings signed staff.add staff.disable staff.name staff.pin store.backup store.enrol"
  " store.incarnation store.repair store.reseal store.restore store.settings suppression.add third-person tonight two-facts unasked unclear"
  " unknown waiting withdrawal wrong-person ";

/* --- what must be found nowhere --- */

static CbCanaries *
get_canaries (CbBook *self)
{
  g_autofree char *path = g_build_filename (self->state_directory, NUMBERS, NULL);

  if (self->canaries == NULL)
    self->canaries = cb_canaries_new (path);
  return self->canaries;
}

/* What anybody can read in the file is no sign of anybody. */
static char *
dup_clear_text (CbBook *self)
{
  static const char SQL_GET_CATALOGUE[] =
    "SELECT coalesce(group_concat(line, ' '), '') FROM (SELECT sku || ' ' || title"
    " || ' ' || coalesce(brand, '') || ' ' || coalesce(garment, '') || ' ' || coalesce(colour, '')"
    " || ' ' || coalesce(size, '') AS line FROM product)";
  static const char SQL_GET_CLEAR[] =
    "SELECT coalesce(group_concat(sql, ' '), '') FROM sqlite_schema";
  static const char SQL_GET_SETTINGS[] =
    "SELECT coalesce(group_concat(key || ' ' || value, ' '), '') FROM setting";
  g_autoptr (CbStmt) schema = cb_db_prepare (self->db, SQL_GET_CLEAR);
  g_autoptr (CbStmt) settings = cb_db_prepare (self->db, SQL_GET_SETTINGS);
  g_autoptr (CbStmt) catalogue = cb_db_prepare (self->db, SQL_GET_CATALOGUE);
  const char *sql = cb_stmt_next (schema, NULL) ? cb_stmt_text (schema, 0) : "";
  const char *values = cb_stmt_next (settings, NULL) ? cb_stmt_text (settings, 0) : "";
  const char *goods = cb_stmt_next (catalogue, NULL) ? cb_stmt_text (catalogue, 0) : "";

  return g_strconcat (sql, clear_words, values, " ", goods, NULL);
}

/* Every sealed value of a customer, under the name and the id that it is bound to; a test compares
 * it with the schema. */
const char cb_book_sql_list_sealed[] =
  "SELECT 'customer.key', id, key FROM customer WHERE id = ?1"
  " UNION ALL SELECT 'customer.card', id, card FROM customer WHERE id = ?1"
  " UNION ALL SELECT 'contact.value', id, value FROM contact WHERE customer = ?1"
  " UNION ALL SELECT 'card_number.value', id, value FROM card_number WHERE customer = ?1"
  " UNION ALL SELECT 'purchase.body', id, body FROM purchase WHERE customer = ?1"
  " UNION ALL SELECT 'note.body', id, body FROM note WHERE customer = ?1"
  " UNION ALL SELECT 'review.remark', note, remark FROM review WHERE customer = ?1"
  " UNION ALL SELECT 'preference.body', id, body FROM preference WHERE customer = ?1"
  " UNION ALL SELECT 'request.body', id, body FROM request WHERE customer = ?1"
  " UNION ALL SELECT 'occasion.body', id, body FROM occasion WHERE customer = ?1"
  " UNION ALL SELECT 'occasion_step.body', id, body FROM occasion_step WHERE customer = ?1"
  " UNION ALL SELECT 'wish.body', id, body FROM wish WHERE customer = ?1"
  " UNION ALL SELECT 'belonging.home', customer, home FROM belonging WHERE customer = ?1"
  " UNION ALL SELECT 'belonging.zone', customer, zone FROM belonging WHERE customer = ?1"
  " UNION ALL SELECT 'consent_condition.body', id, body FROM consent_condition WHERE customer = ?1"
  " UNION ALL SELECT 'draft.body', place, body FROM draft WHERE customer = ?1"
  " UNION ALL SELECT 'consent_event.proof', id, proof FROM consent_event WHERE customer = ?1"
  " UNION ALL SELECT 'outbox.bytes', op_id, bytes FROM outbox WHERE customer = ?1"
  " UNION ALL SELECT 'outbox.theirs', op_id, theirs FROM outbox WHERE customer = ?1";

/* The wrapped key has none, a purchase has the till's, and conditions and operations have words of
 * ours. */
static gboolean
has_words (const char *column)
{
  return !g_str_equal (column, "customer.key") && !g_str_equal (column, "purchase.body") &&
         !g_str_equal (column, "consent_condition.body") && !g_str_has_prefix (column, "outbox.");
}

/* `whom` is the one whose words they are in the file of numbers: a customer, or one note of
 * theirs. */
static gboolean
gather (CbBook *self, CbStmt *rows, const char *customer, const char *whom, GError **error)
{
  CbCanaries *canaries = get_canaries (self);
  gboolean has_room = cb_canaries_has_room (canaries);
  g_autofree char *clear = has_room ? dup_clear_text (self) : NULL;
  g_autoptr (GError) local_error = NULL;
  g_auto (CbKey) key = { 0 };
  gboolean has_key = has_room && cb_book_get_customer_key (self, customer, &key, NULL);

  while (cb_stmt_next (rows, &local_error))
    {
      gsize length;
      const void *sealed = cb_stmt_blob (rows, 2, &length);
      g_autoptr (GBytes) plain = NULL;

      cb_canaries_add_sealed (canaries, whom, sealed, length);
      if (has_key && sealed != NULL && has_words (cb_stmt_text (rows, 0)))
        plain =
          cb_unseal (&key, cb_stmt_text (rows, 0), cb_stmt_text (rows, 1), sealed, length, NULL);
      if (plain != NULL)
        cb_canaries_add_words (canaries, g_bytes_get_data (plain, NULL), g_bytes_get_size (plain),
                               clear);
    }
  return !cb_error_hand_on (&local_error, error) && cb_canaries_save (canaries, error);
}

gboolean
cb_book_gather_canaries (CbBook *self, const char *customer, GError **error)
{
  g_autoptr (CbStmt) rows = cb_db_prepare (self->db, cb_book_sql_list_sealed);

  cb_stmt_bind_text (rows, 1, customer);
  return gather (self, rows, customer, customer, error);
}

gboolean
cb_book_gather_note_canaries (CbBook *self, const char *customer, const char *note, GError **error)
{
  static const char SQL_LIST_SEALED_OF_NOTE[] =
    "SELECT 'note.body', id, body FROM note WHERE id = ?1"
    " UNION ALL SELECT 'outbox.bytes', op_id, bytes FROM outbox WHERE customer = ?2 AND key = ?3"
    " UNION ALL SELECT 'outbox.theirs', op_id, theirs FROM outbox WHERE customer = ?2 AND key = ?3";
  g_autoptr (CbStmt) rows = cb_db_prepare (self->db, SQL_LIST_SEALED_OF_NOTE);
  g_autofree char *key = g_strdup_printf ("note/%s", note);

  cb_stmt_bind_text (rows, 1, note);
  cb_stmt_bind_text (rows, 2, customer);
  cb_stmt_bind_text (rows, 3, key);
  return gather (self, rows, customer, note, error);
}

void
cb_book_drop_canaries (CbBook *self)
{
  g_clear_pointer (&self->canaries, cb_canaries_free);
}

/* --- looking for it --- */

static gboolean
scan_part (CbBook *self, CbDbPart part, GError **error)
{
  guint64 length = cb_db_get_part_length (self->db, part);
  g_autofree guint8 *piece = g_malloc (PIECE_BYTES);

  for (guint64 offset = 0; offset < length; offset += PIECE_BYTES)
    {
      gsize n = (gsize) MIN (PIECE_BYTES, length - offset);

      if (!cb_db_read_part (self->db, part, offset, piece, n, error))
        return FALSE;
      cb_canaries_scan (self->canaries, piece, n);
    }
  cb_canaries_end_piece (self->canaries);
  return TRUE;
}

/* A file that goes while the folder is read is no longer there to be looked through. */
static void
scan_file (CbBook *self, const char *path)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  g_autofree guint8 *piece = g_malloc (PIECE_BYTES);
  gssize got;

  while (fd >= 0 && (got = read (fd, piece, PIECE_BYTES)) > 0)
    cb_canaries_scan (self->canaries, piece, (gsize) got);
  cb_canaries_end_piece (self->canaries);
  if (fd >= 0)
    close (fd);
}

/* The database's own files are read through SQLite: closing a descriptor of ours would take its
 * locks away. The index of the WAL holds numbers alone, and so does the file of numbers. Whatever
 * else is called like the database, or lies in a folder below, is somebody's copy of it. */
static gboolean
is_passed_over (CbBook *self, const char *folder, const char *name)
{
  static const char *const own[] = { "counterbook.db", "counterbook.db-wal", "counterbook.db-shm",
                                     NULL };

  return (g_strv_contains (own, name) && g_str_equal (folder, self->home)) ||
         g_str_equal (name, NUMBERS) || g_str_has_suffix (name, ".lock");
}

static void
scan_folder (CbBook *self, const char *path)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);
      struct stat status;

      if (is_passed_over (self, path, name) || lstat (child, &status) != 0)
        continue;
      if (S_ISDIR (status.st_mode))
        scan_folder (self, child);
      else if (S_ISREG (status.st_mode))
        scan_file (self, child);
    }
}

/* What is in the back-up, and not only what its seal shows. */
static gboolean
scan_backup (CbBook *self, GError **error)
{
  g_autofree char *path = cb_book_dup_newest_path (self);
  g_auto (CbBackupHead) head = { 0 };
  g_autoptr (CbSealedReader) reader = cb_backup_open (self->state_root, path, NULL, &head, error);
  g_autofree guint8 *piece = g_malloc (PIECE_BYTES);
  gssize got = -1;

  while (reader != NULL && (got = cb_sealed_reader_read (reader, piece, PIECE_BYTES, error)) > 0)
    cb_canaries_scan (self->canaries, piece, (gsize) got);
  cb_canaries_end_piece (self->canaries);
  return got == 0;
}

static gboolean
check_all (CbBook *self, GHashTable *erased, gboolean *passed, GError **error)
{
  CbCanaries *canaries = get_canaries (self);
  g_autofree char *clear = dup_clear_text (self);

  /* What came into the catalogue since. */
  cb_canaries_spare (canaries, clear);
  if (!cb_canaries_begin_scan (canaries, erased, error) || !scan_part (self, CB_DB_FILE, error) ||
      !scan_part (self, CB_DB_WAL, error) || !scan_backup (self, error))
    return FALSE;
  scan_folder (self, self->home);
  scan_folder (self, self->state_directory);
  *passed = cb_canaries_get_found (canaries) == 0;
  g_info ("%u canaries looked for in %" G_GUINT64_FORMAT " bytes, found %u times",
          cb_canaries_count (canaries), cb_canaries_get_scanned (canaries),
          cb_canaries_get_found (canaries));
  return TRUE;
}

/* --- the cleaning --- */

static GHashTable *
list_due (CbBook *self, GError **error)
{
  static const char SQL_LIST_DUE[] =
    "SELECT customer FROM tombstone WHERE selfcheck IS NULL"
    " UNION ALL SELECT note FROM redaction WHERE selfcheck IS NULL";
  g_autoptr (CbStmt) rows = cb_db_prepare (self->db, SQL_LIST_DUE);
  g_autoptr (GHashTable) due = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GError) local_error = NULL;

  while (cb_stmt_next (rows, &local_error))
    g_hash_table_add (due, g_strdup (cb_stmt_text (rows, 0)));
  return cb_error_hand_on (&local_error, error) ? NULL : g_steal_pointer (&due);
}

/* A store that cannot answer says so: it is no store in which nothing is due. */
static gboolean
ask_whether_due (CbBook *self, gboolean *due, GError **error)
{
  static const char SQL_IS_DUE[] =
    "SELECT EXISTS (SELECT 1 FROM tombstone WHERE selfcheck IS NULL)"
    " OR EXISTS (SELECT 1 FROM redaction WHERE selfcheck IS NULL)";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_IS_DUE);

  *due = FALSE;
  if (!cb_stmt_next (stmt, error))
    return FALSE;
  *due = cb_stmt_int (stmt, 0) != 0;
  return TRUE;
}

gboolean
cb_book_is_cleaning_due (CbBook *self)
{
  gboolean due;

  return ask_whether_due (self, &due, NULL) && due;
}

static gboolean
write_anew (CbBook *self, GError **error)
{
  if (!cb_db_checkpoint (self->db, TRUE, error) || !cb_db_vacuum (self->db, error) ||
      !cb_db_checkpoint (self->db, TRUE, error))
    return FALSE;
  if (cb_db_get_part_length (self->db, CB_DB_WAL) == 0)
    return TRUE;
  g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_BUSY,
                       "the file can't be cleaned: others are writing");
  return FALSE;
}

/* With no room for another one, those that still hold whom they should not go first. Of a damaged
 * store the last good one goes too: to be forgotten is worth more than to be put back. */
static gboolean
make_backup_anew (CbBook *self, GError **error)
{
  g_autoptr (GError) local_error = NULL;

  if (cb_book_back_up_anew (self, &local_error))
    return TRUE;
  if (g_error_matches (local_error, CB_STORE_ERROR, CB_STORE_ERROR_FULL) &&
      cb_book_drop_managed (self, NULL))
    return cb_book_back_up_anew (self, error);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

static gboolean
set_result (CbBook *self, const char *sql, const char *id, const char *result, GError **error)
{
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, sql);

  cb_stmt_bind_text (stmt, 1, id);
  cb_stmt_bind_text (stmt, 2, result);
  cb_stmt_bind_int (stmt, 3, cb_clock_get_now_us (self->clock));
  return cb_stmt_run (stmt, error);
}

static gboolean
settle_one (CbBook *self, const char *id, const char *result, GError **error)
{
  static const char SQL_SET_RESULT[] =
    "UPDATE tombstone SET selfcheck = ?2, cleaned_us = ?3 WHERE customer = ?1";
  static const char SQL_SET_RESULT_OF_NOTE[] =
    "UPDATE redaction SET selfcheck = ?2, cleaned_us = ?3 WHERE note = ?1";
  const char *customer = id;

  if (!set_result (self, SQL_SET_RESULT, id, result, error))
    return FALSE;
  if (cb_db_get_changes (self->db) == 0)
    {
      customer = NULL;
      if (!set_result (self, SQL_SET_RESULT_OF_NOTE, id, result, error))
        return FALSE;
    }
  return cb_book_audit (self, NULL, "erasure.check", customer, id, result, error);
}

static gboolean
settle (CbBook *self, GHashTable *erased, gboolean passed, GError **error)
{
  const char *result = passed ? CB_LEDGER_PASS : CB_LEDGER_FAIL;
  GHashTableIter iter;
  gpointer customer;
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_begin (self, error))
    return FALSE;
  transaction = self->db;
  g_hash_table_iter_init (&iter, erased);
  while (g_hash_table_iter_next (&iter, &customer, NULL))
    {
      if (!settle_one (self, customer, result, error))
        return FALSE;
    }
  if (!cb_book_note_in_ledger (self, erased, result, error))
    return FALSE;
  transaction = NULL;
  return cb_book_commit (self, error);
}

static gboolean
clean (CbBook *self, gboolean *passed, GError **error)
{
  g_autoptr (GHashTable) erased = NULL;

  if (!cb_book_rotate_if_due (self, error) || (erased = list_due (self, error)) == NULL)
    return FALSE;
  if (g_hash_table_size (erased) == 0)
    return TRUE;
  /* What was kept of a damaged store holds them too. */
  return cb_switch_drop_kept (self->home, self->vault, error) && write_anew (self, error) &&
         make_backup_anew (self, error) && check_all (self, erased, passed, error) &&
         settle (self, erased, *passed, error) && cb_canaries_forget (self->canaries, error);
}

/* Whoever cleans, or makes the day's back-up: one that was begun before an erasure must not take
 * the place of the one that was made after it. */
static int
lock_out_others (CbBook *self, GError **error)
{
  g_autofree char *path = g_build_filename (self->state_directory, LOCK, NULL);

  return cb_files_lock (path, TRUE, FALSE, error);
}

gboolean
cb_book_clean (CbBook *self, gboolean *passed, GError **error)
{
  gboolean done;
  gboolean due;
  int lock;

  *passed = TRUE;
  if (!ask_whether_due (self, &due, error))
    return FALSE;
  if (!due)
    return TRUE;
  lock = lock_out_others (self, error);
  if (lock < 0)
    return FALSE;
  done = clean (self, passed, error);
  close (lock);
  return done;
}

/* --- when there is time --- */

gboolean
cb_book_is_backup_due (CbBook *self)
{
  g_autofree char *path = cb_book_dup_newest_path (self);
  struct stat status;

  return stat (path, &status) != 0 ||
         cb_clock_get_now_us (self->clock) - (gint64) status.st_mtime * CB_US_PER_SECOND >
           BACKUP_AGE_US;
}

gboolean
cb_book_back_up_if_due (CbBook *self, GError **error)
{
  int lock = lock_out_others (self, error);
  gboolean done;

  if (lock < 0)
    return FALSE;
  done = !cb_book_is_backup_due (self) || cb_book_back_up_managed (self, error);
  close (lock);
  return done;
}

gboolean
cb_book_look_after (CbBook *self, GError **error)
{
  gboolean passed;

  if (cb_book_is_cleaning_due (self))
    return cb_book_clean (self, &passed, error);
  /* Another process may have made the look for which this one kept their words. */
  cb_book_drop_canaries (self);
  return TRUE;
}
