/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "service/cb-sqlite-storage-private.h"

/* Who is erased is told to everybody: no row says any more whose they were. An end is told to the
 * shops that the customer ever said yes in; and to everybody where an older copy of the database
 * was put back and may have forgotten that: what the ledger brought, and of whom no yes is known.
 */
static const char SQL_LIST_CHANGES[] =
  "SELECT n, customer, NULL, NULL, NULL FROM erased WHERE n > ?1"
  " UNION ALL SELECT c.n, c.customer, c.purpose, c.channel, c.withdrawal FROM consent AS c"
  " WHERE c.n > ?1 AND c.withdrawal IS NOT NULL AND (c.store = '" CB_STORE_EVERY
  "' OR EXISTS ("
  "  SELECT 1 FROM consent_grant AS g JOIN terminal_store AS s ON s.store = g.store"
  "  WHERE g.customer = c.customer AND s.terminal = ?2)"
  "  OR NOT EXISTS (SELECT 1 FROM consent_grant AS k WHERE k.customer = c.customer))"
  " ORDER BY 1 LIMIT ?3";
static const char SQL_IS_BEHIND[] =
  "SELECT 1 FROM terminal WHERE id = ?1 AND heard_n > ?2 AND heard_by = ?3 AND heard_by <> ''";
static const char SQL_NOTE_HEARD[] =
  "UPDATE terminal SET heard_n = ?2, heard_us = ?3, heard_by = ?4"
  " WHERE id = ?1 AND (heard_n <> ?2 OR heard_by <> ?4)";
static const char SQL_WALK_TERMINALS[] =
  "SELECT id, store, revoked_us IS NOT NULL, heard_n, heard_us, coalesce (wipe_us, 0) FROM terminal"
  " ORDER BY store, enrolled_us, id";

#define OF_OURS(alias)                                                                             \
  "EXISTS (SELECT 1 FROM consent_grant AS o WHERE o.customer = " alias                             \
  ".customer AND o.store = ?2 AND o.ended_by IS NULL)"
#define FROM_ELSEWHERE                                                                             \
  "(source <> ?3 OR NOT EXISTS (SELECT 1 FROM json_each (?5) AS own"                               \
  " WHERE n BETWEEN own.value ->> 0 AND own.value ->> 1))"

/* Each branch goes along an index of numbers. What is everybody's concerns a shop whose customer
 * they are. */
static const char SQL_LIST_ARRIVED[] =
  "SELECT n, customer FROM record WHERE store = ?2 AND n > ?1 AND " FROM_ELSEWHERE
  " UNION ALL SELECT n, customer FROM record AS r WHERE scope = 'company' AND n > ?1"
  " AND store <> ?2 AND " FROM_ELSEWHERE " AND " OF_OURS ("r")
  " UNION ALL SELECT n, customer FROM consent_grant WHERE store = ?2 AND n > ?1"
  " AND ended_by IS NULL AND purpose IN ('asked', 'shop', 'everywhere') AND " FROM_ELSEWHERE
  " UNION ALL SELECT n, customer FROM consent_grant AS g WHERE purpose = 'everywhere' AND n > ?1"
  " AND store <> ?2 AND ended_by IS NULL AND " FROM_ELSEWHERE " AND " OF_OURS ("g")
  " ORDER BY 1 LIMIT ?4";
/* Whom something new may concern: along the indexes of numbers, and not by each terminal's own
 * question, for many wait and little moves. */
static const char SQL_LIST_MOVED[] =
  "SELECT s.value FROM json_each (?2) AS s WHERE EXISTS ("
  "  SELECT 1 FROM record AS r WHERE r.store = s.value AND r.n > ?1)"
  " OR EXISTS (SELECT 1 FROM consent_grant AS g WHERE g.store = s.value AND g.n > ?1)"
  " UNION SELECT o.store FROM consent_grant AS o WHERE o.customer IN ("
  "  SELECT customer FROM record WHERE scope = 'company' AND n > ?1"
  "  UNION SELECT customer FROM consent_grant WHERE purpose = 'everywhere' AND n > ?1"
  "  UNION SELECT customer FROM consent WHERE withdrawal IS NOT NULL AND n > ?1)"
  " UNION SELECT '" CB_STORE_EVERY
  "' WHERE EXISTS (SELECT 1 FROM erased WHERE n > ?1)"
  " OR EXISTS (SELECT 1 FROM consent AS c WHERE c.withdrawal IS NOT NULL AND c.n > ?1"
  "  AND (c.store = '" CB_STORE_EVERY
  "'"
  "   OR NOT EXISTS (SELECT 1 FROM consent_grant AS k WHERE k.customer = c.customer)))";
static const char SQL_LIST_STANDING[] =
  "SELECT op, purpose, saw, captured, evidence FROM consent_grant"
  " WHERE customer = ?1 AND ended_by IS NULL AND channel = '*'"
  " AND captured IS NOT NULL AND evidence IS NOT NULL"
  " AND (purpose = 'everywhere' OR (store = ?2 AND (purpose = 'asked' OR purpose = 'shop')))"
  " ORDER BY n";
static const char SQL_LIST_RECORDS[] =
  "SELECT key, kind, scope, version, n, author, captured, body FROM record AS r"
  " WHERE customer = ?1 AND (store = ?2 OR (scope = 'company' AND " OF_OURS ("r") "))"
  " ORDER BY kind <> 'customer', n";

static gboolean
read_rows (CbSqlite *db,
           const char *terminal,
           gint64 after,
           guint limit,
           GPtrArray *rows,
           GError **error)
{
  g_autoptr (CbQuery) query = cb_sqlite_query (db, SQL_LIST_CHANGES);
  g_autoptr (GError) local = NULL;

  cb_query_bind_int (query, 1, after);
  cb_query_bind_text (query, 2, terminal);
  cb_query_bind_int (query, 3, limit);
  while (cb_query_next (query, &local))
    {
      CbChangeRow *row = g_new0 (CbChangeRow, 1);

      row->n = cb_query_int (query, 0);
      cb_query_copy_id (query, 1, row->customer);
      row->purpose = cb_query_dup_text (query, 2);
      row->channel = cb_query_dup_text (query, 3);
      cb_query_copy_id (query, 4, row->withdrawal);
      g_ptr_array_add (rows, row);
    }
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static GPtrArray *
list_changes (CbStorage *self,
              const char *terminal,
              gint64 after,
              guint limit,
              gint64 *head,
              GError **error)
{
  CbSqlite *db = cb_sqlite_of (self);
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_change_row_free);
  gboolean is_good;

  if (!cb_sqlite_run (db, "BEGIN", error))
    return NULL;
  is_good = self->methods->get_head (self, head, error) &&
            read_rows (db, terminal, after, limit, rows, error);
  cb_sqlite_run (db, "ROLLBACK", NULL);
  return is_good ? g_steal_pointer (&rows) : NULL;
}

/* --- what came from elsewhere --- */

static gboolean
read_arrived (CbSqlite *db,
              const CbTerminalRow *terminal,
              gint64 after,
              guint limit,
              GPtrArray *rows,
              GError **error)
{
  g_autoptr (CbQuery) query = cb_sqlite_query (db, SQL_LIST_ARRIVED);
  g_autofree char *own = cb_spans_to_json (&terminal->own);
  g_autoptr (GError) local = NULL;

  cb_query_bind_int (query, 1, after);
  cb_query_bind_text (query, 2, terminal->store);
  cb_query_bind_text (query, 3, terminal->incarnation);
  cb_query_bind_int (query, 4, limit);
  cb_query_bind_text (query, 5, own);
  while (cb_query_next (query, &local))
    {
      CbChangeRow *row = g_new0 (CbChangeRow, 1);

      row->n = cb_query_int (query, 0);
      cb_query_copy_id (query, 1, row->customer);
      g_ptr_array_add (rows, row);
    }
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static GPtrArray *
list_arrived (CbStorage *self,
              const CbTerminalRow *terminal,
              gint64 after,
              guint limit,
              gint64 *head,
              GError **error)
{
  CbSqlite *db = cb_sqlite_of (self);
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_change_row_free);
  gboolean is_good;

  if (!cb_sqlite_run (db, "BEGIN", error))
    return NULL;
  is_good = self->methods->get_head (self, head, error) &&
            read_arrived (db, terminal, after, limit, rows, error);
  cb_sqlite_run (db, "ROLLBACK", NULL);
  return is_good ? g_steal_pointer (&rows) : NULL;
}

/* --- whom it may concern --- */

static gboolean
read_moved (CbSqlite *db, const char *stores, gint64 after, GPtrArray *moved, GError **error)
{
  g_autoptr (CbQuery) query = cb_sqlite_query (db, SQL_LIST_MOVED);
  g_autoptr (GError) local = NULL;

  cb_query_bind_int (query, 1, after);
  cb_query_bind_text (query, 2, stores);
  while (cb_query_next (query, &local))
    g_ptr_array_add (moved, cb_query_dup_text (query, 0));
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static GPtrArray *
list_moved (CbStorage *self, GPtrArray *stores, gint64 after, gint64 *head, GError **error)
{
  CbSqlite *db = cb_sqlite_of (self);
  g_autoptr (GPtrArray) moved = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *list = cb_storage_write_stores (stores);
  gboolean is_good;

  if (!cb_sqlite_run (db, "BEGIN", error))
    return NULL;
  is_good = self->methods->get_head (self, head, error) &&
            (*head <= after || read_moved (db, list, after, moved, error));
  cb_sqlite_run (db, "ROLLBACK", NULL);
  return is_good ? g_steal_pointer (&moved) : NULL;
}

/* --- somebody's profile --- */

static CbQuery *
query_profile (CbSqlite *db, const char *sql, const char *customer, const char *store)
{
  CbQuery *query = cb_sqlite_query (db, sql);

  cb_query_bind_text (query, 1, customer);
  cb_query_bind_text (query, 2, store);
  return query;
}

static CbStandingRow *
standing_from_row (CbQuery *query)
{
  CbStandingRow *row = g_new0 (CbStandingRow, 1);

  cb_query_copy_id (query, 0, row->op);
  row->purpose = cb_query_dup_text (query, 1);
  cb_query_copy_id (query, 2, row->saw);
  row->captured = cb_query_dup_text (query, 3);
  row->evidence = cb_query_dup_text (query, 4);
  return row;
}

static CbRecordRow *
record_from_row (CbQuery *query)
{
  CbRecordRow *row = g_new0 (CbRecordRow, 1);

  row->key = cb_query_dup_text (query, 0);
  row->kind = cb_query_dup_text (query, 1);
  row->scope = cb_query_dup_text (query, 2);
  cb_query_copy_id (query, 3, row->version);
  row->n = cb_query_int (query, 4);
  row->author = cb_query_dup_text (query, 5);
  row->captured = cb_query_dup_text (query, 6);
  row->body = cb_query_dup_text (query, 7);
  return row;
}

/* The yeses first: what is told of a record without its yes is passed over, never the other way. */
static CbProfileRow *
read_profile (CbStorage *self, const char *customer, const char *store, GError **error)
{
  CbSqlite *db = cb_sqlite_of (self);
  g_autoptr (CbQuery) answers = query_profile (db, SQL_LIST_STANDING, customer, store);
  g_autoptr (CbQuery) records = query_profile (db, SQL_LIST_RECORDS, customer, store);
  g_autoptr (CbProfileRow) profile = cb_profile_row_new ();
  g_autoptr (GError) local = NULL;

  while (cb_query_next (answers, &local))
    g_ptr_array_add (profile->answers, standing_from_row (answers));
  while (local == NULL && cb_query_next (records, &local))
    g_ptr_array_add (profile->records, record_from_row (records));
  if (local == NULL)
    return g_steal_pointer (&profile);
  g_propagate_error (error, g_steal_pointer (&local));
  return NULL;
}

static gboolean
read_is_behind (CbSqlite *db,
                const CbTerminalRow *terminal,
                gint64 n,
                gboolean *is_behind,
                GError **error)
{
  g_autoptr (CbQuery) query = cb_sqlite_query (db, SQL_IS_BEHIND);
  g_autoptr (GError) local = NULL;

  cb_query_bind_text (query, 1, terminal->id);
  cb_query_bind_int (query, 2, n);
  cb_query_bind_text (query, 3, terminal->incarnation);
  *is_behind = cb_query_next (query, &local);
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static gboolean
note_heard (CbStorage *self,
            const CbTerminalRow *terminal,
            gint64 n,
            gint64 now_us,
            gboolean *is_behind,
            GError **error)
{
  CbSqlite *db = cb_sqlite_of (self);
  g_autoptr (CbQuery) query = NULL;

  if (is_behind != NULL && !read_is_behind (db, terminal, n, is_behind, error))
    return FALSE;
  if (is_behind != NULL && *is_behind)
    return TRUE;
  query = cb_sqlite_query (db, SQL_NOTE_HEARD);
  cb_query_bind_text (query, 1, terminal->id);
  cb_query_bind_int (query, 2, n);
  cb_query_bind_int (query, 3, now_us);
  cb_query_bind_text (query, 4, terminal->incarnation);
  return cb_query_run (query, error);
}

static gboolean
walk_terminals (CbStorage *self, CbTerminalFunc on_terminal, gpointer data, GError **error)
{
  g_autoptr (CbQuery) query = cb_sqlite_query (cb_sqlite_of (self), SQL_WALK_TERMINALS);
  g_autoptr (GError) local = NULL;

  while (cb_query_next (query, &local))
    {
      g_auto (CbTerminalRow) row = { 0 };

      cb_query_copy_id (query, 0, row.id);
      row.store = cb_query_dup_text (query, 1);
      row.is_revoked = cb_query_int (query, 2) != 0;
      row.heard_n = cb_query_int (query, 3);
      row.heard_us = cb_query_int (query, 4);
      row.wipe_us = cb_query_int (query, 5);
      if (!on_terminal (&row, data))
        return TRUE;
    }
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

void
cb_sqlite_fill_changes (CbStorageMethods *methods)
{
  methods->list_changes = list_changes;
  methods->list_arrived = list_arrived;
  methods->list_moved = list_moved;
  methods->read_profile = read_profile;
  methods->note_heard = note_heard;
  methods->walk_terminals = walk_terminals;
}
