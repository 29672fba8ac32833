/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "service/cb-sqlite-storage-private.h"

static const char SQL_ADD_CODE[] =
  "INSERT INTO enrolment_code (hash, store, expires_us) VALUES (?1, ?2, ?3)";
static const char SQL_TAKE_CODE[] =
  "DELETE FROM enrolment_code WHERE hash = ?1 AND expires_us > ?2 RETURNING store";
static const char SQL_PUT_TERMINAL[] =
  "INSERT INTO terminal (id, store, public_key, enrolled_us) VALUES (?1, ?2, ?3, ?4)"
  " ON CONFLICT (id) DO UPDATE SET store = excluded.store, enrolled_us = excluded.enrolled_us";
static const char SQL_PUT_TERMINAL_STORE[] =
  "INSERT INTO terminal_store (terminal, store) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
static const char SQL_FIND_TERMINAL[] =
  "SELECT id, store, public_key, revoked_us IS NOT NULL, coalesce (wipe_us, 0) FROM terminal WHERE id = ?1";
static const char SQL_FIND_TERMINAL_BY_KEY[] =
  "SELECT id, store, public_key, revoked_us IS NOT NULL, coalesce (wipe_us, 0) FROM terminal WHERE public_key = ?1";
static const char SQL_FIND_BY_TOKEN[] =
  "SELECT t.id, t.store, t.public_key, t.revoked_us IS NOT NULL,"
  " coalesce (t.wipe_us, 0)"
  " FROM token AS k JOIN terminal AS t ON t.id = k.terminal"
  " WHERE k.hash = ?1 AND k.expires_us > ?2";
static const char SQL_REVOKE_TERMINAL[] =
  "UPDATE terminal SET revoked_us = coalesce (revoked_us, ?2) WHERE id = ?1 RETURNING id";
static const char SQL_ORDER_WIPE[] =
  "UPDATE terminal SET wipe_us = coalesce (wipe_us, ?2) WHERE id = ?1 RETURNING id";
static const char SQL_USE_NONCE[] =
  "INSERT INTO used_nonce (hash, expires_us) VALUES (?1, ?2)"
  " ON CONFLICT (hash) DO NOTHING RETURNING 1";
static const char SQL_ADD_TOKEN[] =
  "INSERT INTO token (hash, terminal, expires_us) VALUES (?1, ?2, ?3)";
static const char SQL_SWEEP_CODES[] = "DELETE FROM enrolment_code WHERE expires_us <= ?1";
static const char SQL_SWEEP_TOKENS[] = "DELETE FROM token WHERE expires_us <= ?1";
static const char SQL_SWEEP_NONCES[] = "DELETE FROM used_nonce WHERE expires_us <= ?1";
static const char SQL_SWEEP_CONTACTS[] = "DELETE FROM contact WHERE at_us <= ?1";

static gboolean
terminal_from_row (CbQuery *query, CbTerminalRow *row, GError **error)
{
  if (!cb_query_next (query, error))
    return FALSE;
  cb_query_copy_id (query, 0, row->id);
  row->store = cb_query_dup_text (query, 1);
  row->is_revoked = cb_query_int (query, 3) != 0;
  row->wipe_us = cb_query_int (query, 4);
  return cb_query_copy_bytes (query, 2, row->public_key, sizeof row->public_key);
}

static gboolean
add_code (CbStorage *self, const guint8 *hash, const char *store, gint64 expires_us, GError **error)
{
  g_autoptr (CbQuery) query = cb_sqlite_query (cb_sqlite_of (self), SQL_ADD_CODE);

  cb_query_bind_blob (query, 1, hash, CB_HASH_BYTES);
  cb_query_bind_text (query, 2, store);
  cb_query_bind_int (query, 3, expires_us);
  return cb_query_run (query, error);
}

static gboolean
take_code (CbStorage *self, const guint8 *hash, gint64 now_us, char **store, GError **error)
{
  g_autoptr (CbQuery) query = cb_sqlite_query (cb_sqlite_of (self), SQL_TAKE_CODE);

  cb_query_bind_blob (query, 1, hash, CB_HASH_BYTES);
  cb_query_bind_int (query, 2, now_us);
  if (!cb_query_next (query, error))
    return FALSE;
  *store = cb_query_dup_text (query, 0);
  return TRUE;
}

static gboolean
put_terminal (CbStorage *self, const CbTerminalRow *row, gint64 now_us, GError **error)
{
  g_autoptr (CbQuery) query = cb_sqlite_query (cb_sqlite_of (self), SQL_PUT_TERMINAL);
  g_autoptr (CbQuery) shop = cb_sqlite_query (cb_sqlite_of (self), SQL_PUT_TERMINAL_STORE);

  cb_query_bind_text (query, 1, row->id);
  cb_query_bind_text (query, 2, row->store);
  cb_query_bind_blob (query, 3, row->public_key, sizeof row->public_key);
  cb_query_bind_int (query, 4, now_us);
  if (!cb_query_run (query, error))
    return FALSE;
  cb_query_bind_text (shop, 1, row->id);
  cb_query_bind_text (shop, 2, row->store);
  return cb_query_run (shop, error);
}

static gboolean
find_terminal (CbStorage *self, const char *id, CbTerminalRow *row, GError **error)
{
  g_autoptr (CbQuery) query = cb_sqlite_query (cb_sqlite_of (self), SQL_FIND_TERMINAL);

  cb_query_bind_text (query, 1, id);
  return terminal_from_row (query, row, error);
}

static gboolean
find_terminal_by_key (CbStorage *self, const guint8 *public_key, CbTerminalRow *row, GError **error)
{
  g_autoptr (CbQuery) query = cb_sqlite_query (cb_sqlite_of (self), SQL_FIND_TERMINAL_BY_KEY);

  cb_query_bind_blob (query, 1, public_key, CB_PUBLIC_KEY_BYTES);
  return terminal_from_row (query, row, error);
}

static gboolean
revoke_terminal (CbStorage *self, const char *id, gint64 now_us, GError **error)
{
  g_autoptr (CbQuery) query = cb_sqlite_query (cb_sqlite_of (self), SQL_REVOKE_TERMINAL);

  cb_query_bind_text (query, 1, id);
  cb_query_bind_int (query, 2, now_us);
  return cb_query_next (query, error);
}

static gboolean
order_wipe (CbStorage *self, const char *id, gint64 now_us, GError **error)
{
  g_autoptr (CbQuery) query = cb_sqlite_query (cb_sqlite_of (self), SQL_ORDER_WIPE);

  cb_query_bind_text (query, 1, id);
  cb_query_bind_int (query, 2, now_us);
  return cb_query_next (query, error);
}

static gboolean
use_nonce (CbStorage *self, const guint8 *hash, gsize length, gint64 expires_us, GError **error)
{
  g_autoptr (CbQuery) query = cb_sqlite_query (cb_sqlite_of (self), SQL_USE_NONCE);

  cb_query_bind_blob (query, 1, hash, length);
  cb_query_bind_int (query, 2, expires_us);
  return cb_query_next (query, error);
}

static gboolean
add_token (CbStorage *self,
           const guint8 *hash,
           const char *terminal,
           gint64 expires_us,
           GError **error)
{
  g_autoptr (CbQuery) query = cb_sqlite_query (cb_sqlite_of (self), SQL_ADD_TOKEN);

  cb_query_bind_blob (query, 1, hash, CB_HASH_BYTES);
  cb_query_bind_text (query, 2, terminal);
  cb_query_bind_int (query, 3, expires_us);
  return cb_query_run (query, error);
}

static gboolean
find_by_token (CbStorage *self,
               const guint8 *hash,
               gint64 now_us,
               CbTerminalRow *row,
               GError **error)
{
  g_autoptr (CbQuery) query = cb_sqlite_query (cb_sqlite_of (self), SQL_FIND_BY_TOKEN);

  cb_query_bind_blob (query, 1, hash, CB_HASH_BYTES);
  cb_query_bind_int (query, 2, now_us);
  return terminal_from_row (query, row, error);
}

static gboolean
sweep_one (CbStorage *self, const char *sql, gint64 now_us, GError **error)
{
  g_autoptr (CbQuery) query = cb_sqlite_query (cb_sqlite_of (self), sql);

  cb_query_bind_int (query, 1, now_us);
  return cb_query_run (query, error);
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
cb_sqlite_fill_terminals (CbStorageMethods *methods)
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
