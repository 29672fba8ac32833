/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "service/cb-pg-storage-private.h"

#include <string.h>

/* As SQLite's, with the head in the same statement and so in the same snapshot; without a change it
 * is a row by itself. */
static const char SQL_LIST_CHANGES[] =
  "SELECT k.head, c.n, c.customer, c.purpose, c.channel, c.withdrawal FROM counter AS k"
  " LEFT JOIN LATERAL ("
  "  (SELECT n, customer, NULL::text AS purpose, NULL::text AS channel, NULL::uuid AS withdrawal"
  "   FROM erased WHERE n > $1 ORDER BY n LIMIT $3)"
  "  UNION ALL"
  "  (SELECT e.n, e.customer, e.purpose, e.channel, e.withdrawal FROM consent AS e"
  "   WHERE e.n > $1 AND e.withdrawal IS NOT NULL AND (e.store = '" CB_STORE_EVERY
  "'"
  "    OR EXISTS ("
  "    SELECT 1 FROM consent_grant AS g JOIN terminal_store AS s ON s.store = g.store"
  "    WHERE g.customer = e.customer AND s.terminal = $2)"
  "    OR NOT EXISTS (SELECT 1 FROM consent_grant AS k WHERE k.customer = e.customer))"
  "   ORDER BY e.n LIMIT $3)"
  "  ORDER BY 1 LIMIT $3) AS c ON true"
  " WHERE k.id = 1 ORDER BY c.n";
static const char SQL_IS_BEHIND[] =
  "SELECT 1 FROM terminal WHERE id = $1 AND heard_n > $2 AND heard_by = $3 AND heard_by <> ''";
static const char SQL_NOTE_HEARD[] =
  "UPDATE terminal SET heard_n = $2, heard_us = $3, heard_by = $4"
  " WHERE id = $1 AND (heard_n <> $2 OR heard_by <> $4)";
static const char SQL_WALK_TERMINALS[] =
  "SELECT id, store, (revoked_us IS NOT NULL)::int::bigint, heard_n, coalesce (heard_us, 0),"
  " coalesce (wipe_us, 0)"
  " FROM terminal ORDER BY store COLLATE \"C\", enrolled_us, id";

#define OF_OURS(alias)                                                                             \
  "EXISTS (SELECT 1 FROM consent_grant AS o WHERE o.customer = " alias                             \
  ".customer AND o.store = $2 AND o.ended_by IS NULL)"
#define FROM_ELSEWHERE                                                                             \
  "(source <> $3 OR NOT EXISTS (SELECT 1 FROM jsonb_array_elements ($5::jsonb) AS own"             \
  " WHERE n BETWEEN (own ->> 0)::bigint AND (own ->> 1)::bigint))"

/* As SQLite's; a branch is cut before all of them are put in order. */
static const char SQL_LIST_ARRIVED[] =
  "SELECT k.head, c.n, c.customer FROM counter AS k LEFT JOIN LATERAL ("
  "  (SELECT n, customer FROM record WHERE store = $2 AND n > $1 AND " FROM_ELSEWHERE
  "   ORDER BY n LIMIT $4)"
  "  UNION ALL (SELECT n, customer FROM record AS r WHERE scope = 'company' AND n > $1"
  "   AND store <> $2 AND " FROM_ELSEWHERE " AND " OF_OURS ("r") " ORDER BY n LIMIT $4)"
  "  UNION ALL (SELECT n, customer FROM consent_grant WHERE store = $2 AND n > $1"
  "   AND ended_by IS NULL AND purpose IN ('asked', 'shop', 'everywhere') AND " FROM_ELSEWHERE
  "   ORDER BY n LIMIT $4)"
  "  UNION ALL (SELECT n, customer FROM consent_grant AS g WHERE purpose = 'everywhere' AND n > $1"
  "   AND store <> $2 AND ended_by IS NULL AND " FROM_ELSEWHERE " AND " OF_OURS ("g")
  "   ORDER BY n LIMIT $4)"
  "  ORDER BY 1 LIMIT $4) AS c ON true"
  " WHERE k.id = 1 ORDER BY c.n";
/* As SQLite's; nothing is looked for where the counter has not moved. */
static const char SQL_LIST_MOVED[] =
  "SELECT k.head, m.store FROM counter AS k LEFT JOIN LATERAL ("
  "  SELECT s.store FROM jsonb_array_elements_text ($2::jsonb) AS s (store) WHERE EXISTS ("
  "   SELECT 1 FROM record AS r WHERE r.store = s.store AND r.n > $1)"
  "   OR EXISTS (SELECT 1 FROM consent_grant AS g WHERE g.store = s.store AND g.n > $1)"
  "  UNION SELECT o.store FROM consent_grant AS o WHERE o.customer IN ("
  "   SELECT customer FROM record WHERE scope = 'company' AND n > $1"
  "   UNION SELECT customer FROM consent_grant WHERE purpose = 'everywhere' AND n > $1"
  "   UNION SELECT customer FROM consent WHERE withdrawal IS NOT NULL AND n > $1)"
  "  UNION SELECT '" CB_STORE_EVERY
  "' WHERE EXISTS (SELECT 1 FROM erased WHERE n > $1)"
  "   OR EXISTS (SELECT 1 FROM consent AS c WHERE c.withdrawal IS NOT NULL AND c.n > $1"
  "    AND (c.store = '" CB_STORE_EVERY
  "'"
  "     OR NOT EXISTS (SELECT 1 FROM consent_grant AS g WHERE g.customer = c.customer)))"
  "  ) AS m ON k.head > $1 WHERE k.id = 1";
static const char SQL_LIST_STANDING[] =
  "SELECT op, purpose, saw, captured, evidence FROM consent_grant"
  " WHERE customer = $1 AND ended_by IS NULL AND channel = '*'"
  " AND captured IS NOT NULL AND evidence IS NOT NULL"
  " AND (purpose = 'everywhere' OR (store = $2 AND (purpose = 'asked' OR purpose = 'shop')))"
  " ORDER BY n";
static const char SQL_LIST_RECORDS[] =
  "SELECT key, kind, scope, version, n, author, captured, body FROM record AS r"
  " WHERE customer = $1 AND (store = $2 OR (scope = 'company' AND " OF_OURS ("r") "))"
  " ORDER BY kind <> 'customer', n";

/* NULL for the row that brings the head alone. */
static CbChangeRow *
change_from_row (CbPgQuery *query)
{
  CbIdText customer;
  CbChangeRow *row;

  cb_pg_copy_id (query, 2, customer);
  if (*customer == '\0')
    return NULL;
  row = g_new0 (CbChangeRow, 1);
  memcpy (row->customer, customer, sizeof customer);
  row->n = cb_pg_int (query, 1);
  row->purpose = cb_pg_dup_text (query, 3);
  row->channel = cb_pg_dup_text (query, 4);
  cb_pg_copy_id (query, 5, row->withdrawal);
  return row;
}

static GPtrArray *
list_changes (CbStorage *self,
              const char *terminal,
              gint64 after,
              guint limit,
              gint64 *head,
              GError **error)
{
  g_autoptr (CbPgQuery) query = cb_pg_query (cb_pg_of (self), SQL_LIST_CHANGES);
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_change_row_free);
  g_autoptr (GError) local = NULL;

  cb_pg_bind_int (query, after);
  cb_pg_bind_id (query, terminal);
  cb_pg_bind_int (query, limit);
  for (gboolean has = cb_pg_next_first (query, &local); has; has = cb_pg_next (query, &local))
    {
      CbChangeRow *row = change_from_row (query);

      *head = cb_pg_int (query, 0);
      if (row != NULL)
        g_ptr_array_add (rows, row);
    }
  if (local == NULL)
    return g_steal_pointer (&rows);
  g_propagate_error (error, g_steal_pointer (&local));
  return NULL;
}

/* --- what came from elsewhere --- */

static CbChangeRow *
arrived_from_row (CbPgQuery *query)
{
  CbIdText customer;
  CbChangeRow *row;

  cb_pg_copy_id (query, 2, customer);
  if (*customer == '\0')
    return NULL;
  row = g_new0 (CbChangeRow, 1);
  memcpy (row->customer, customer, sizeof customer);
  row->n = cb_pg_int (query, 1);
  return row;
}

static GPtrArray *
list_arrived (CbStorage *self,
              const CbTerminalRow *terminal,
              gint64 after,
              guint limit,
              gint64 *head,
              GError **error)
{
  g_autoptr (CbPgQuery) query = cb_pg_query (cb_pg_of (self), SQL_LIST_ARRIVED);
  g_autofree char *own = cb_spans_to_json (&terminal->own);
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_change_row_free);
  g_autoptr (GError) local = NULL;

  cb_pg_bind_int (query, after);
  cb_pg_bind_text (query, terminal->store);
  cb_pg_bind_text (query, terminal->incarnation);
  cb_pg_bind_int (query, limit);
  cb_pg_bind_text (query, own);
  for (gboolean has = cb_pg_next_first (query, &local); has; has = cb_pg_next (query, &local))
    {
      CbChangeRow *row = arrived_from_row (query);

      *head = cb_pg_int (query, 0);
      if (row != NULL)
        g_ptr_array_add (rows, row);
    }
  if (local == NULL)
    return g_steal_pointer (&rows);
  g_propagate_error (error, g_steal_pointer (&local));
  return NULL;
}

/* --- whom it may concern --- */

static GPtrArray *
list_moved (CbStorage *self, GPtrArray *stores, gint64 after, gint64 *head, GError **error)
{
  g_autoptr (CbPgQuery) query = cb_pg_query (cb_pg_of (self), SQL_LIST_MOVED);
  g_autoptr (GPtrArray) moved = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *list = cb_storage_write_stores (stores);
  g_autoptr (GError) local = NULL;

  cb_pg_bind_int (query, after);
  cb_pg_bind_text (query, list);
  for (gboolean has = cb_pg_next_first (query, &local); has; has = cb_pg_next (query, &local))
    {
      char *store = cb_pg_dup_text (query, 1);

      *head = cb_pg_int (query, 0);
      if (store != NULL)
        g_ptr_array_add (moved, store);
    }
  if (local == NULL)
    return g_steal_pointer (&moved);
  g_propagate_error (error, g_steal_pointer (&local));
  return NULL;
}

/* --- somebody's profile --- */

static CbPgQuery *
query_profile (CbStorage *self, const char *sql, const char *customer, const char *store)
{
  CbPgQuery *query = cb_pg_query (cb_pg_of (self), sql);

  cb_pg_bind_id (query, customer);
  cb_pg_bind_text (query, store);
  return query;
}

static CbStandingRow *
standing_from_row (CbPgQuery *query)
{
  CbStandingRow *row = g_new0 (CbStandingRow, 1);

  cb_pg_copy_id (query, 0, row->op);
  row->purpose = cb_pg_dup_text (query, 1);
  cb_pg_copy_id (query, 2, row->saw);
  row->captured = cb_pg_dup_text (query, 3);
  row->evidence = cb_pg_dup_text (query, 4);
  return row;
}

static CbRecordRow *
record_from_row (CbPgQuery *query)
{
  CbRecordRow *row = g_new0 (CbRecordRow, 1);

  row->key = cb_pg_dup_text (query, 0);
  row->kind = cb_pg_dup_text (query, 1);
  row->scope = cb_pg_dup_text (query, 2);
  cb_pg_copy_id (query, 3, row->version);
  row->n = cb_pg_int (query, 4);
  row->author = cb_pg_dup_text (query, 5);
  row->captured = cb_pg_dup_text (query, 6);
  row->body = cb_pg_dup_text (query, 7);
  return row;
}

/* The yeses first: what is told of a record without its yes is passed over, never the other way. */
static CbProfileRow *
read_profile (CbStorage *self, const char *customer, const char *store, GError **error)
{
  g_autoptr (CbPgQuery) answers = query_profile (self, SQL_LIST_STANDING, customer, store);
  g_autoptr (CbPgQuery) records = query_profile (self, SQL_LIST_RECORDS, customer, store);
  g_autoptr (CbProfileRow) profile = cb_profile_row_new ();
  g_autoptr (GError) local = NULL;

  for (gboolean has = cb_pg_next_first (answers, &local); has; has = cb_pg_next (answers, &local))
    g_ptr_array_add (profile->answers, standing_from_row (answers));
  for (gboolean has = local == NULL && cb_pg_next_first (records, &local); has;
       has = cb_pg_next (records, &local))
    g_ptr_array_add (profile->records, record_from_row (records));
  if (local == NULL)
    return g_steal_pointer (&profile);
  g_propagate_error (error, g_steal_pointer (&local));
  return NULL;
}

static gboolean
read_is_behind (CbPg *db,
                const CbTerminalRow *terminal,
                gint64 n,
                gboolean *is_behind,
                GError **error)
{
  g_autoptr (CbPgQuery) query = cb_pg_query (db, SQL_IS_BEHIND);
  g_autoptr (GError) local = NULL;

  cb_pg_bind_id (query, terminal->id);
  cb_pg_bind_int (query, n);
  cb_pg_bind_text (query, terminal->incarnation);
  *is_behind = cb_pg_next_first (query, &local);
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
  CbPg *db = cb_pg_of (self);
  g_autoptr (CbPgQuery) query = NULL;

  if (is_behind != NULL && !read_is_behind (db, terminal, n, is_behind, error))
    return FALSE;
  if (is_behind != NULL && *is_behind)
    return TRUE;
  query = cb_pg_query (db, SQL_NOTE_HEARD);
  cb_pg_bind_id (query, terminal->id);
  cb_pg_bind_int (query, n);
  cb_pg_bind_int (query, now_us);
  cb_pg_bind_text (query, terminal->incarnation);
  return cb_pg_query_run (query, error);
}

static gboolean
walk_terminals (CbStorage *self, CbTerminalFunc on_terminal, gpointer data, GError **error)
{
  g_autoptr (CbPgQuery) query = cb_pg_query (cb_pg_of (self), SQL_WALK_TERMINALS);
  g_autoptr (GError) local = NULL;

  for (gboolean has = cb_pg_next_first (query, &local); has; has = cb_pg_next (query, &local))
    {
      g_auto (CbTerminalRow) row = { 0 };

      cb_pg_copy_id (query, 0, row.id);
      row.store = cb_pg_dup_text (query, 1);
      row.is_revoked = cb_pg_int (query, 2) != 0;
      row.heard_n = cb_pg_int (query, 3);
      row.heard_us = cb_pg_int (query, 4);
      row.wipe_us = cb_pg_int (query, 5);
      if (!on_terminal (&row, data))
        return TRUE;
    }
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

void
cb_pg_fill_changes (CbStorageMethods *methods)
{
  methods->list_changes = list_changes;
  methods->list_arrived = list_arrived;
  methods->list_moved = list_moved;
  methods->read_profile = read_profile;
  methods->note_heard = note_heard;
  methods->walk_terminals = walk_terminals;
}
