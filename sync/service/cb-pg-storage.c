/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "service/cb-pg-storage-private.h"

#include "base/cb-error.h"
#include "service/cb-epoch.h"

#include <sodium.h>
#include <string.h>

/* Larger tables are left to the server's own vacuum: ours would hold everybody up. */
#define VACUUM_LIMIT (G_GINT64_CONSTANT (256) << 20)

static const char SQL_FORGET_PURGE[] = "DELETE FROM meta WHERE name = 'purged'";
static const char SQL_IS_PURGE_NOTED[] = "SELECT count (*) FROM meta WHERE name = 'purged'";
static const char SQL_GET_SIZE[] =
  "SELECT pg_total_relation_size ('record') + pg_total_relation_size ('consent')";
static const char SQL_FIND_META[] = "SELECT value FROM meta WHERE name = $1";
static const char SQL_ADD_META[] = "INSERT INTO meta (name, value) VALUES ($1, $2)";
static const char SQL_SET_META[] =
  "INSERT INTO meta (name, value) VALUES ($1, $2)"
  " ON CONFLICT (name) DO UPDATE SET value = excluded.value";
static const char SQL_LEAP[] = "UPDATE counter SET head = head + $1 WHERE id = 1";
static const char SQL_GET_HEAD[] = "SELECT head FROM counter WHERE id = 1";

/* Held by the session, while it makes or changes the tables. */
static const char SQL_LOCK_OPENING[] = "SET lock_timeout = 0; SELECT pg_advisory_lock (1668639350)";
static const char SQL_UNLOCK_OPENING[] =
  "SELECT pg_advisory_unlock (1668639350); SET lock_timeout = '3s'";

/* --- transactions --- */

static gboolean
storage_begin (CbStorage *storage, GPtrArray *envelopes, GPtrArray *customers, GError **error)
{
  CbPgStorage *self = (CbPgStorage *) storage;

  self->envelopes = envelopes;
  self->customers = customers;
  if (!cb_pg_load (self, FALSE, error))
    return FALSE;
  cb_pg_set_bound (self->db, TRUE);
  return TRUE;
}

static gboolean
storage_get_head (CbStorage *storage, gint64 *head, GError **error)
{
  *head = ((CbPgStorage *) storage)->first;
  return TRUE;
}

static void
end (CbPgStorage *self)
{
  cb_pg_set_bound (self->db, FALSE);
  g_clear_pointer (&self->set, cb_pg_set_free);
  self->envelopes = self->customers = NULL;
}

static gboolean
storage_commit (CbStorage *storage, gint64 *head, GError **error)
{
  CbPgStorage *self = (CbPgStorage *) storage;
  const gboolean is_good = head != NULL ? cb_pg_write (self, *head, TRUE, head, error)
                                        : cb_pg_run (self->db, "COMMIT", error);

  if (is_good)
    end (self);
  return is_good;
}

/* A connection that was lost took the transaction with it. */
static void
storage_rollback (CbStorage *storage)
{
  CbPgStorage *self = (CbPgStorage *) storage;

  cb_pg_rollback (self->db);
  end (self);
}

static gboolean
storage_mark (CbStorage *storage, GError **error)
{
  CbPgStorage *self = (CbPgStorage *) storage;

  self->marked = self->taken;
  return cb_pg_run (self->db, "SAVEPOINT op", error);
}

static gboolean
storage_keep_mark (CbStorage *storage, GError **error)
{
  CbPgStorage *self = (CbPgStorage *) storage;
  gint64 head = 0;

  return cb_pg_write (self, cb_pg_find_last (self), FALSE, &head, error) &&
         cb_pg_run (self->db, "RELEASE op", error);
}

/* What is in memory has gone on; the database has not. */
static gboolean
storage_back_to_mark (CbStorage *storage, GError **error)
{
  CbPgStorage *self = (CbPgStorage *) storage;

  self->taken = self->marked;
  return cb_pg_run (self->db, "ROLLBACK TO op; RELEASE op", error) &&
         cb_pg_load (self, TRUE, error);
}

/* --- deleting for good --- */

static gboolean
storage_note_purge (CbStorage *storage, GError **error)
{
  ((CbPgStorage *) storage)->set->is_purge_noted = TRUE;
  return TRUE;
}

static gboolean
storage_is_purge_noted (CbStorage *storage, GError **error)
{
  gint64 n_notes = 0;

  return cb_pg_ask (cb_pg_of (storage), SQL_IS_PURGE_NOTED, &n_notes, error) && n_notes > 0;
}

/* The server's log is the operator's: it is recycled, or archived, as they set it up. */
static gboolean
storage_scrub (CbStorage *storage, GError **error)
{
  return TRUE;
}

/* Deleted rows leave the tables. */
static gboolean
storage_rewrite (CbStorage *storage, GError **error)
{
  CbPg *db = cb_pg_of (storage);
  gint64 n_bytes = 0;

  if (!cb_pg_ask (db, SQL_GET_SIZE, &n_bytes, error))
    return FALSE;
  if (n_bytes > VACUUM_LIMIT)
    g_message ("the tables are too large to be vacuumed while they serve; the server's own will");
  else if (!cb_pg_run (db, "VACUUM record", error) || !cb_pg_run (db, "VACUUM consent", error) ||
           !cb_pg_run (db, "VACUUM consent_grant", error))
    return FALSE;
  return cb_pg_run (db, SQL_FORGET_PURGE, error);
}

/* --- identity --- */

static const CbIdentity *
storage_get_identity (CbStorage *storage)
{
  return &((CbPgStorage *) storage)->identity;
}

static gboolean
storage_ping (CbStorage *storage, GError **error)
{
  g_autoptr (CbPgQuery) query = cb_pg_query (cb_pg_of (storage), SQL_GET_HEAD);

  return cb_pg_next_first (query, error);
}

static gboolean
find_meta (CbPg *db, const char *name, void *value, gsize length, GError **error)
{
  g_autoptr (CbPgQuery) query = cb_pg_query (db, SQL_FIND_META);

  cb_pg_bind_text (query, name);
  return cb_pg_next (query, error) && cb_pg_copy_bytes (query, 0, value, length);
}

static gboolean
add_meta (CbPg *db, const char *name, const void *value, gsize length, GError **error)
{
  g_autoptr (CbPgQuery) query = cb_pg_query (db, SQL_ADD_META);

  cb_pg_bind_text (query, name);
  cb_pg_bind_bytes (query, value, length);
  return cb_pg_query_run (query, error);
}

static gboolean
write_identity (CbPg *db, const CbIdentity *identity, GError **error)
{
  return cb_pg_run (db, "BEGIN", error) &&
         add_meta (db, "epoch", identity->epoch, CB_ID_LENGTH, error) &&
         add_meta (db, "chain_key", identity->chain_key, sizeof identity->chain_key, error) &&
         add_meta (db, "nonce_key", identity->nonce_key, sizeof identity->nonce_key, error) &&
         cb_pg_run (db, "COMMIT", error);
}

static gboolean
make_identity (CbPg *db, const char *place, CbIdentity *identity, GError **error)
{
  g_autofree char *epoch = cb_id_new ();

  g_strlcpy (identity->epoch, epoch, sizeof identity->epoch);
  randombytes_buf (identity->chain_key, sizeof identity->chain_key);
  randombytes_buf (identity->nonce_key, sizeof identity->nonce_key);
  return cb_epoch_prepare (place, epoch, error) && write_identity (db, identity, error);
}

static gboolean
read_identity (CbPg *db, CbIdentity *identity, GError **error)
{
  return find_meta (db, "epoch", identity->epoch, CB_ID_LENGTH, error) &&
         find_meta (db, "chain_key", identity->chain_key, sizeof identity->chain_key, error) &&
         find_meta (db, "nonce_key", identity->nonce_key, sizeof identity->nonce_key, error);
}

static gboolean
set_meta (CbPg *db, const char *name, const void *value, gsize length, GError **error)
{
  g_autoptr (CbPgQuery) query = cb_pg_query (db, SQL_SET_META);

  cb_pg_bind_text (query, name);
  cb_pg_bind_bytes (query, value, length);
  return cb_pg_query_run (query, error);
}

static gboolean
leap (CbPg *db, GError **error)
{
  g_autoptr (CbPgQuery) query = cb_pg_query (db, SQL_LEAP);

  cb_pg_bind_int (query, CB_STORAGE_LEAP);
  return cb_pg_query_run (query, error);
}

static gboolean
write_history (CbPgStorage *self, const char *epoch, GError **error)
{
  return cb_pg_run (self->db, "BEGIN", error) &&
         set_meta (self->db, "epoch_before", self->identity.epoch, CB_ID_LENGTH, error) &&
         set_meta (self->db, "epoch", epoch, CB_ID_LENGTH, error) && leap (self->db, error) &&
         cb_pg_run (self->db, "COMMIT", error);
}

static gboolean
begin_history (CbPgStorage *self, const char *place, GError **error)
{
  g_autofree char *epoch = cb_id_new ();

  if (!cb_epoch_prepare_next (place, epoch, error))
    return FALSE;
  if (!write_history (self, epoch, error))
    {
      cb_pg_rollback (self->db);
      return FALSE;
    }
  g_strlcpy (self->identity.epoch, epoch, sizeof self->identity.epoch);
  return cb_epoch_verify (place, epoch, error);
}

/* Another machine may have begun it: then the database names the history that this one knows as the
 * one before. */
static gboolean
is_begun (CbPgStorage *self, const char *place, gboolean *is, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autofree char *here = cb_epoch_read (place, &local);
  CbIdText before = "";

  if (local == NULL)
    *is = find_meta (self->db, "epoch_before", before, CB_ID_LENGTH, &local) &&
          g_strcmp0 (here, before) == 0;
  return !cb_error_hand_on (&local, error);
}

static gboolean
settle_restored (CbPgStorage *self, const char *place, GError **error)
{
  gboolean is = FALSE;

  if (!read_identity (self->db, &self->identity, error) || !is_begun (self, place, &is, error))
    return FALSE;
  if (!is)
    return begin_history (self, place, error);
  return cb_epoch_prepare_next (place, self->identity.epoch, error) &&
         cb_epoch_verify (place, self->identity.epoch, error);
}

static gboolean
settle_identity (CbPgStorage *self, const char *place, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (read_identity (self->db, &self->identity, &local))
    return cb_epoch_adopt (place, self->identity.epoch, error);
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  return make_identity (self->db, place, &self->identity, error) &&
         cb_epoch_verify (place, self->identity.epoch, error);
}

/* --- opening --- */

static void
storage_close (CbStorage *storage)
{
  CbPgStorage *self = (CbPgStorage *) storage;

  end (self);
  cb_pg_free (self->db);
  sodium_memzero (&self->identity, sizeof self->identity);
  g_free (self);
}

static CbPgStorage *
storage_new (const char *address)
{
  CbPgStorage *self = g_new0 (CbPgStorage, 1);

  self->db = cb_pg_new (address);
  self->methods = (CbStorageMethods){
    .close = storage_close,
    .get_identity = storage_get_identity,
    .ping = storage_ping,
    .begin = storage_begin,
    .get_head = storage_get_head,
    .commit = storage_commit,
    .rollback = storage_rollback,
    .mark = storage_mark,
    .keep_mark = storage_keep_mark,
    .back_to_mark = storage_back_to_mark,
    .note_purge = storage_note_purge,
    .is_purge_noted = storage_is_purge_noted,
    .scrub = storage_scrub,
    .rewrite = storage_rewrite,
  };
  cb_pg_fill_book (&self->methods);
  cb_pg_fill_answers (&self->methods);
  cb_pg_fill_changes (&self->methods);
  cb_pg_fill_terminals (&self->methods);
  cb_pg_fill_told (&self->methods);
  cb_pg_fill_inspect (&self->methods);
  self->storage.methods = &self->methods;
  return self;
}

typedef gboolean (*SettleFunc) (CbPgStorage *self, const char *place, GError **error);

static gboolean
open_locked (CbPgStorage *self,
             const char *place,
             gboolean create,
             SettleFunc settle,
             GError **error)
{
  gboolean has_schema = FALSE;

  if (!cb_pg_has_schema (self->db, &has_schema, error))
    return FALSE;
  if (!has_schema && !create)
    {
      g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_NO_STORE,
                           "this database holds no book yet");
      return FALSE;
    }
  return cb_pg_migrate (self->db, error) && settle (self, place, error);
}

static CbStorage *
open_storage (const char *address,
              const char *place,
              gboolean create,
              SettleFunc settle,
              GError **error)
{
  CbPgStorage *self = storage_new (address);

  /* Of several services that start together one makes the tables, and the others wait. */
  if (cb_pg_run (self->db, SQL_LOCK_OPENING, error) &&
      open_locked (self, place, create, settle, error) &&
      cb_pg_run (self->db, SQL_UNLOCK_OPENING, error))
    return &self->storage;

  storage_close (&self->storage);
  return NULL;
}

CbStorage *
cb_pg_storage_open (const char *address, const char *place, gboolean create, GError **error)
{
  return open_storage (address, place, create, settle_identity, error);
}

CbStorage *
cb_pg_storage_open_restored (const char *address, const char *place, GError **error)
{
  return open_storage (address, place, FALSE, settle_restored, error);
}
