/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "service/cb-pg-storage-private.h"

static const char SQL_ADD_CODE[] =
  "INSERT INTO enrolment_code (hash, store, expires_us) VALUES ($1, $2, $3)";
static const char SQL_TAKE_CODE[] =
  "DELETE FROM enrolment_code WHERE hash = $1 AND expires_us > $2 RETURNING store";
static const char SQL_PUT_TERMINAL[] =
  "WITH put AS ("
  " INSERT INTO terminal (id, store, public_key, enrolled_us) VALUES ($1, $2, $3, $4)"
  " ON CONFLICT (id) DO UPDATE SET store = excluded.store, enrolled_us = excluded.enrolled_us"
  " RETURNING id, store)"
  " INSERT INTO terminal_store (terminal, store) SELECT id, store FROM put ON CONFLICT DO NOTHING";
static const char SQL_FIND_TERMINAL[] =
  "SELECT id, store, public_key, (revoked_us IS NOT NULL)::int::bigint,"
  " coalesce (wipe_us, 0) FROM terminal WHERE id = $1";
static const char SQL_FIND_TERMINAL_BY_KEY[] =
  "SELECT id, store, public_key, (revoked_us IS NOT NULL)::int::bigint,"
  " coalesce (wipe_us, 0) FROM terminal WHERE public_key = $1";
static const char SQL_FIND_BY_TOKEN[] =
  "SELECT t.id, t.store, t.public_key, (t.revoked_us IS NOT NULL)::int::bigint,"
  " coalesce (t.wipe_us, 0)"
  " FROM token AS k JOIN terminal AS t ON t.id = k.terminal"
  " WHERE k.hash = $1 AND k.expires_us > $2";
static const char SQL_REVOKE_TERMINAL[] =
  "UPDATE terminal SET revoked_us = coalesce (revoked_us, $2) WHERE id = $1 RETURNING id";
static const char SQL_ORDER_WIPE[] =
  "UPDATE terminal SET wipe_us = coalesce (wipe_us, $2) WHERE id = $1 RETURNING id";
static const char SQL_USE_NONCE[] =
  "INSERT INTO used_nonce (hash, expires_us) VALUES ($1, $2)"
  " ON CONFLICT (hash) DO NOTHING RETURNING 1";
static const char SQL_ADD_TOKEN[] =
  "INSERT INTO token (hash, terminal, expires_us) VALUES ($1, $2, $3)";
static const char SQL_SWEEP_CODES[] = "DELETE FROM enrolment_code WHERE expires_us <= $1";
static const char SQL_SWEEP_TOKENS[] = "DELETE FROM token WHERE expires_us <= $1";
static const char SQL_SWEEP_NONCES[] = "DELETE FROM used_nonce WHERE expires_us <= $1";
static const char SQL_SWEEP_CONTACTS[] = "DELETE FROM contact WHERE at_us <= $1";

/* Looked up outside of transactions too, so a lost connection is made anew. */
static gboolean
terminal_from_row (CbPgQuery *query, CbTerminalRow *row, GError **error)
{
  if (!cb_pg_next_first (query, error))
    return FALSE;
  cb_pg_copy_id (query, 0, row->id);
  row->store = cb_pg_dup_text (query, 1);
  row->is_revoked = cb_pg_int (query, 3) != 0;
  row->wipe_us = cb_pg_int (query, 4);
  return cb_pg_copy_bytes (query, 2, row->public_key, sizeof row->public_key);
}

static gboolean
add_code (CbStorage *self, const guint8 *hash, const char *store, gint64 expires_us, GError **error)
{
  g_autoptr (CbPgQuery) query = cb_pg_query (cb_pg_of (self), SQL_ADD_CODE);

  cb_pg_bind_bytes (query, hash, CB_HASH_BYTES);
  cb_pg_bind_text (query, store);
  cb_pg_bind_int (query, expires_us);
  return cb_pg_query_run (query, error);
}

static gboolean
take_code (CbStorage *self, const guint8 *hash, gint64 now_us, char **store, GError **error)
{
  g_autoptr (CbPgQuery) query = cb_pg_query (cb_pg_of (self), SQL_TAKE_CODE);

  cb_pg_bind_bytes (query, hash, CB_HASH_BYTES);
  cb_pg_bind_int (query, now_us);
  if (!cb_pg_next (query, error))
    return FALSE;
  *store = cb_pg_dup_text (query, 0);
  return TRUE;
}

static gboolean
put_terminal (CbStorage *self, const CbTerminalRow *row, gint64 now_us, GError **error)
{
  g_autoptr (CbPgQuery) query = cb_pg_query (cb_pg_of (self), SQL_PUT_TERMINAL);

  cb_pg_bind_id (query, row->id);
  cb_pg_bind_text (query, row->store);
  cb_pg_bind_bytes (query, row->public_key, sizeof row->public_key);
  cb_pg_bind_int (query, now_us);
  return cb_pg_query_run (query, error);
}

static gboolean
find_terminal (CbStorage *self, const char *id, CbTerminalRow *row, GError **error)
{
  g_autoptr (CbPgQuery) query = cb_pg_query (cb_pg_of (self), SQL_FIND_TERMINAL);

  cb_pg_bind_id (query, id);
  return terminal_from_row (query, row, error);
}

static gboolean
find_terminal_by_key (CbStorage *self, const guint8 *public_key, CbTerminalRow *row, GError **error)
{
  g_autoptr (CbPgQuery) query = cb_pg_query (cb_pg_of (self), SQL_FIND_TERMINAL_BY_KEY);

  cb_pg_bind_bytes (query, public_key, CB_PUBLIC_KEY_BYTES);
  return terminal_from_row (query, row, error);
}

static gboolean
revoke_terminal (CbStorage *self, const char *id, gint64 now_us, GError **error)
{
  g_autoptr (CbPgQuery) query = cb_pg_query (cb_pg_of (self), SQL_REVOKE_TERMINAL);

  cb_pg_bind_id (query, id);
  cb_pg_bind_int (query, now_us);
  return cb_pg_next (query, error);
}

static gboolean
order_wipe (CbStorage *self, const char *id, gint64 now_us, GError **error)
{
  g_autoptr (CbPgQuery) query = cb_pg_query (cb_pg_of (self), SQL_ORDER_WIPE);

  cb_pg_bind_id (query, id);
  cb_pg_bind_int (query, now_us);
  return cb_pg_next (query, error);
}

static gboolean
use_nonce (CbStorage *self, const guint8 *hash, gsize length, gint64 expires_us, GError **error)
{
  g_autoptr (CbPgQuery) query = cb_pg_query (cb_pg_of (self), SQL_USE_NONCE);

  cb_pg_bind_bytes (query, hash, length);
  cb_pg_bind_int (query, expires_us);
  return cb_pg_next (query, error);
}

static gboolean
add_token (CbStorage *self,
           const guint8 *hash,
           const char *terminal,
           gint64 expires_us,
           GError **error)
{
  g_autoptr (CbPgQuery) query = cb_pg_query (cb_pg_of (self), SQL_ADD_TOKEN);

  cb_pg_bind_bytes (query, hash, CB_HASH_BYTES);
  cb_pg_bind_id (query, terminal);
  cb_pg_bind_int (query, expires_us);
  return cb_pg_query_run (query, error);
}

static gboolean
find_by_token (CbStorage *self,
               const guint8 *hash,
               gint64 now_us,
               CbTerminalRow *row,
               GError **error)
{
  g_autoptr (CbPgQuery) query = cb_pg_query (cb_pg_of (self), SQL_FIND_BY_TOKEN);

  cb_pg_bind_bytes (query, hash, CB_HASH_BYTES);
  cb_pg_bind_int (query, now_us);
  return terminal_from_row (query, row, error);
}

static gboolean
sweep_one (CbStorage *self, const char *sql, gint64 now_us, GError **error)
{
  g_autoptr (CbPgQuery) query = cb_pg_query (cb_pg_of (self), sql);

  cb_pg_bind_int (query, now_us);
  return cb_pg_query_run (query, error);
}

static gboolean
sweep (CbStorage *self, gint64 now_us, GError **error)
{
  return sweep_one (self, SQL_SWEEP_CODES, now_us, error) &&
         sweep_one (self, SQL_SWEEP_TOKENS, now_us, error) &&
         sweep_one (self, SQL_SWEEP_NONCES, now_us, error) &&
         sweep_one (self, SQL_SWEEP_CONTACTS, now_us - CB_CONTACTS_KEPT_US, error);
}

void
cb_pg_fill_terminals (CbStorageMethods *methods)
{
  methods->add_code = add_code;
  methods->take_code = take_code;
  methods->put_terminal = put_terminal;
  methods->find_terminal = find_terminal;
  methods->find_terminal_by_key = find_terminal_by_key;
  methods->revoke_terminal = revoke_terminal;
  methods->order_wipe = order_wipe;
  methods->use_nonce = use_nonce;
  methods->add_token = add_token;
  methods->find_by_token = find_by_token;
  methods->sweep = sweep;
}
