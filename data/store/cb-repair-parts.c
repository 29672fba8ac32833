/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "store/cb-repair-private.h"

#include "base/cb-error.h"
#include "base/cb-files.h"
#include "store/cb-book-private.h"
#include "vault/cb-backup.h"

#define PIECE_BYTES (256 * 1024)
#define RECKONED_AT_ONCE 200

/* --- the store's own keys --- */

static const char *const own_keys[] = { "book", "local", "audit" };

static gboolean
has_key (CbBook *self, const char *name)
{
  static const char SQL_HAS_KEY[] = "SELECT EXISTS (SELECT 1 FROM vault_key WHERE name = ?1)";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_HAS_KEY);

  cb_stmt_bind_text (stmt, 1, name);
  return cb_stmt_next (stmt, NULL) && cb_stmt_int (stmt, 0) != 0;
}

/* The chain's key comes with enrolment. */
static gboolean
is_any_missing (CbBook *self)
{
  g_autofree char *service = cb_book_dup_setting (self, "service", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (own_keys); i++)
    {
      if (!has_key (self, own_keys[i]))
        return TRUE;
    }
  return service != NULL && !has_key (self, "chain");
}

static gboolean
add_key (CbBook *self, const char *name, const CbKey *key, GError **error)
{
  static const char SQL_ADD_KEY[] = "INSERT INTO vault_key (name, wrapped) VALUES (?1, ?2)";
  g_autoptr (CbStmt) stmt = cb_db_prepare (self->db, SQL_ADD_KEY);
  g_autoptr (GBytes) wrapped = cb_vault_wrap (self->vault, name, key);

  cb_stmt_bind_text (stmt, 1, name);
  cb_stmt_bind_bytes (stmt, 2, wrapped);
  return cb_stmt_run (stmt, error);
}

/* They are the same in each back-up of a store: a rotation wraps them anew and changes none. */
static gboolean
borrow_keys (CbBook *self, CbDb *db, CbVault *vault, GError **error)
{
  static const char SQL_LIST_KEYS[] = "SELECT name, wrapped FROM vault_key";
  g_autoptr (CbStmt) rows = cb_db_prepare (db, SQL_LIST_KEYS);
  g_autoptr (GError) local_error = NULL;

  while (local_error == NULL && cb_stmt_next (rows, &local_error))
    {
      const char *name = cb_stmt_text (rows, 0);
      g_autoptr (GBytes) wrapped = cb_stmt_dup_bytes (rows, 1);
      g_auto (CbKey) key = { 0 };

      if (!has_key (self, name) && cb_vault_unwrap (vault, name, wrapped, &key, NULL))
        add_key (self, name, &key, &local_error);
    }
  return !cb_error_hand_on (&local_error, error);
}

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
ask_backup (CbBook *self, const char *home, GError **error)
{
  g_autofree char *backup = g_build_filename (home, "backups", "counterbook.backup", NULL);
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
      done = borrow_keys (self, db, vault, error);
      cb_db_close (db);
    }
  erase_with_log (path);
  return done;
}

gboolean
cb_repair_complete_keys (CbBook *self, const char *home, guint *n_renewed, GError **error)
{
  if (is_any_missing (self) && !ask_backup (self, home, error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (own_keys); i++)
    {
      g_auto (CbKey) key = { 0 };

      if (has_key (self, own_keys[i]))
        continue;
      cb_key_random (&key);
      if (!add_key (self, own_keys[i], &key, error))
        return FALSE;
      (*n_renewed)++;
    }
  return TRUE;
}

/* --- the hashes by which somebody is found exactly --- */

static gboolean
hash_one (CbBook *self, const char *id, const char *kind, const char *value, GError **error)
{
  static const char SQL_SET_CONTACT[] = "UPDATE contact SET local_hash = ?2 WHERE id = ?1";
  static const char SQL_SET_NUMBER[] = "UPDATE card_number SET local_hash = ?2 WHERE id = ?1";
  g_autoptr (CbStmt) stmt =
    cb_db_prepare (self->db, kind != NULL ? SQL_SET_CONTACT : SQL_SET_NUMBER);
  char *normal = kind != NULL ? cb_book_normalise_contact (self, kind, value) : NULL;
  g_autoptr (GBytes) hash = kind != NULL ? cb_book_hash_contact (&self->keys->local, kind, normal)
                                         : cb_book_hash_card_number (self, value);

  cb_text_wipe (normal);
  cb_stmt_bind_text (stmt, 1, id);
  cb_stmt_bind_bytes (stmt, 2, hash);
  return cb_stmt_run (stmt, error);
}

gboolean
cb_repair_hashes (CbBook *self, GError **error)
{
  static const char SQL_LIST_VALUES[] =
    "SELECT id, customer, kind, value, 'contact.value' FROM contact"
    " UNION ALL SELECT id, customer, NULL, value, 'card_number.value' FROM card_number";
  g_autoptr (CbStmt) rows = cb_db_prepare (self->db, SQL_LIST_VALUES);
  g_autoptr (GError) local_error = NULL;

  while (local_error == NULL && cb_stmt_next (rows, &local_error))
    {
      gsize length;
      const void *sealed = cb_stmt_blob (rows, 3, &length);
      g_auto (CbKey) key = { 0 };
      char *value = NULL;

      if (cb_book_get_customer_key (self, cb_stmt_text (rows, 1), &key, &local_error))
        value = cb_unseal_text (&key, cb_stmt_text (rows, 4), cb_stmt_text (rows, 0), sealed,
                                length, &local_error);
      if (value != NULL)
        hash_one (self, cb_stmt_text (rows, 0), cb_stmt_text (rows, 2), value, &local_error);
      cb_text_wipe (value);
    }
  return !cb_error_hand_on (&local_error, error);
}

/* --- what rows refer to --- */

/* As one statement each: names come from this build's schema, and row numbers are numbers. */
static GPtrArray *
list_dangling (CbBook *self, GError **error)
{
  static const char SQL_LIST_DANGLING[] =
    "SELECT CASE f.on_delete WHEN 'SET NULL'"
    "  THEN format ('UPDATE \"%w\" SET \"%w\" = NULL WHERE rowid = %d', c.\"table\", f.\"from\", c.rowid)"
    "  ELSE format ('DELETE FROM \"%w\" WHERE rowid = %d', c.\"table\", c.rowid) END"
    " FROM pragma_foreign_key_check AS c JOIN pragma_foreign_key_list (c.\"table\") AS f"
    "  ON f.id = c.fkid WHERE c.rowid IS NOT NULL";
  g_autoptr (CbStmt) rows = cb_db_prepare (self->db, SQL_LIST_DANGLING);
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) local_error = NULL;

  while (cb_stmt_next (rows, &local_error))
    g_ptr_array_add (list, g_strdup (cb_stmt_text (rows, 0)));
  return cb_error_hand_on (&local_error, error) ? NULL : g_steal_pointer (&list);
}

gboolean
cb_repair_references (CbBook *self, GError **error)
{
  static const char SQL_COUNT_ON[] =
    "UPDATE counter SET value = max(value, (SELECT coalesce(max(turn), 0) FROM outbox))"
    " WHERE name = 'turn'";
  g_autoptr (GPtrArray) dangling = NULL;

  if (!cb_db_run (self->db, SQL_COUNT_ON, error))
    return FALSE;
  dangling = list_dangling (self, error);
  for (guint i = 0; dangling != NULL && i < dangling->len; i++)
    {
      if (!cb_db_run (self->db, g_ptr_array_index (dangling, i), error))
        return FALSE;
    }
  return dangling != NULL;
}

/* --- a no of which only a trace is left --- */

typedef struct
{
  char *customer;
  char *purpose;
  CbChannel channel;
} Yes;

static void
yes_free (gpointer data)
{
  Yes *yes = data;

  g_free (yes->customer);
  g_free (yes->purpose);
  g_free (yes);
}

/* Standing yeses that are older than such a trace: an operation that takes something back and whose
 * answer is gone; an audit row that tells of a no, without the no; something that was shown and
 * answered, without the answer; conditions that it was bound to. The audit is written a moment
 * after the answer it is about. */
static GPtrArray *
list_doubtful (CbBook *self, GError **error)
{
  static const char SQL_LIST_DOUBTFUL[] =
    "WITH trace (customer, purpose, channel, at_us) AS ("
    " SELECT o.customer, o.purpose, o.channel, o.created_us FROM outbox AS o"
    "  WHERE o.kind = 'consent' AND o.act IN ('withdraw', 'refuse')"
    "  AND NOT EXISTS (SELECT 1 FROM consent_event AS e WHERE e.id = o.record)"
    " UNION ALL SELECT a.customer, a.object, NULL, a.at_us FROM audit AS a"
    "  WHERE (a.action IN ('consent.withdraw', 'consent.import')"
    "   OR (a.action = 'consent.answer' AND a.code = 'no'))"
    "  AND NOT EXISTS (SELECT 1 FROM consent_event AS e WHERE e.customer = a.customer"
    "   AND (a.object IS NULL OR e.purpose = a.object) AND e.state IN ('refused', 'withdrawn')"
    "   AND e.at_us BETWEEN a.at_us - 60000000 AND a.at_us)"
    " UNION ALL SELECT r.customer, NULL, NULL, r.shown_us FROM consent_request AS r"
    "  WHERE r.outcome = 'answered'"
    "  AND NOT EXISTS (SELECT 1 FROM consent_event AS e WHERE e.request = r.id)"
    " UNION ALL SELECT l.customer, l.object, l.code, l.at_us FROM audit AS l"
    "  WHERE l.action = 'consent.limit' AND l.object <> 'asked'"
    "  AND NOT EXISTS (SELECT 1 FROM consent_condition AS c WHERE c.customer = l.customer"
    "   AND c.purpose = l.object AND c.at_us BETWEEN l.at_us - 60000000 AND l.at_us))"
    " SELECT DISTINCT n.customer, n.purpose, n.channel FROM trace AS t"
    " JOIN consent_now AS n ON n.customer = t.customer"
    " WHERE n.state IN ('given', 'renewed') AND n.at_us <= t.at_us"
    "  AND (t.purpose IS NULL OR n.purpose = t.purpose"
    "   OR (t.purpose = 'shop' AND n.purpose = 'everywhere'))"
    "  AND (t.channel IS NULL OR t.channel = '*' OR n.channel = t.channel)";
  g_autoptr (CbStmt) rows = cb_db_prepare (self->db, SQL_LIST_DOUBTFUL);
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (yes_free);
  g_autoptr (GError) local_error = NULL;

  while (cb_stmt_next (rows, &local_error))
    {
      Yes *yes = g_new0 (Yes, 1);

      yes->customer = g_strdup (cb_stmt_text (rows, 0));
      yes->purpose = g_strdup (cb_stmt_text (rows, 1));
      cb_channel_from_id (cb_stmt_text (rows, 2), &yes->channel);
      g_ptr_array_add (list, yes);
    }
  return cb_error_hand_on (&local_error, error) ? NULL : g_steal_pointer (&list);
}

gboolean
cb_repair_answers (CbBook *self, guint *n_ended, GError **error)
{
  g_autoptr (GPtrArray) doubtful = NULL;
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_begin (self, error))
    return FALSE;
  transaction = self->db;
  doubtful = list_doubtful (self, error);
  if (doubtful == NULL)
    return FALSE;
  for (guint i = 0; i < doubtful->len; i++)
    {
      const Yes *yes = g_ptr_array_index (doubtful, i);

      if (!cb_book_record_imported_no (self, NULL, yes->customer, yes->purpose, yes->channel,
                                       error))
        return FALSE;
    }
  *n_ended = doubtful->len;
  transaction = NULL;
  return cb_book_commit (self, error);
}

/* --- what follows from it all --- */

static GPtrArray *
list_customers (CbBook *self, GError **error)
{
  static const char SQL_LIST_CUSTOMERS[] = "SELECT id FROM customer";
  g_autoptr (CbStmt) rows = cb_db_prepare (self->db, SQL_LIST_CUSTOMERS);
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) local_error = NULL;

  while (cb_stmt_next (rows, &local_error))
    g_ptr_array_add (list, g_strdup (cb_stmt_text (rows, 0)));
  return cb_error_hand_on (&local_error, error) ? NULL : g_steal_pointer (&list);
}

static gboolean
reckon_some (CbBook *self, GPtrArray *customers, guint from, guint n, GError **error)
{
  g_auto (CbTransaction) transaction = NULL;

  if (!cb_book_begin (self, error))
    return FALSE;
  transaction = self->db;
  for (guint i = from; i < from + n; i++)
    {
      if (!cb_book_reckon_customer (self, g_ptr_array_index (customers, i), error))
        return FALSE;
    }
  transaction = NULL;
  return cb_book_commit (self, error);
}

/* Somebody of whom something does not fit together stays as they are: what may leave is asked at
 * the moment of sending, and one must not keep the others from being saved. */
static gboolean
reckon_each (CbBook *self, GPtrArray *customers, guint from, guint n, GError **error)
{
  for (guint i = from; i < from + n; i++)
    {
      g_autoptr (GError) why = NULL;

      if (reckon_some (self, customers, i, 1, &why))
        continue;
      if (!g_error_matches (why, CB_STORE_ERROR, CB_STORE_ERROR_INVALID) &&
          !g_error_matches (why, CB_STORE_ERROR, CB_STORE_ERROR_CORRUPT))
        {
          g_propagate_error (error, g_steal_pointer (&why));
          return FALSE;
        }
      g_message ("a customer's records could not be reckoned: %s", why->message);
    }
  return TRUE;
}

gboolean
cb_repair_reckon (CbBook *self, GError **error)
{
  g_autoptr (GPtrArray) customers = list_customers (self, error);

  for (guint i = 0; customers != NULL && i < customers->len; i += RECKONED_AT_ONCE)
    {
      guint n = MIN (RECKONED_AT_ONCE, customers->len - i);

      if (!reckon_some (self, customers, i, n, NULL) && !reckon_each (self, customers, i, n, error))
        return FALSE;
    }
  return customers != NULL;
}
