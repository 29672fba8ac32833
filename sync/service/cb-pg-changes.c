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
  "   WHERE e.n > $1 AND e.withdrawal IS NOT NULL AND EXISTS ("
  "    SELECT 1 FROM consent_grant AS g JOIN terminal_store AS s ON s.store = g.store"
  "    WHERE g.customer = e.customer AND s.terminal = $2)"
  "   ORDER BY e.n LIMIT $3)"
  "  ORDER BY 1 LIMIT $3) AS c ON true"
  " WHERE k.id = 1 ORDER BY c.n";
static const char SQL_NOTE_HEARD[] =
  "UPDATE terminal SET heard_n = $2, heard_us = $3 WHERE id = $1 AND heard_n <> $2";
static const char SQL_WALK_TERMINALS[] =
  "SELECT id, store, (revoked_us IS NOT NULL)::int::bigint, heard_n, coalesce (heard_us, 0)"
  " FROM terminal ORDER BY store COLLATE \"C\", enrolled_us, id";

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

static gboolean
note_heard (CbStorage *self, const char *terminal, gint64 n, gint64 now_us, GError **error)
{
  g_autoptr (CbPgQuery) query = cb_pg_query (cb_pg_of (self), SQL_NOTE_HEARD);

  cb_pg_bind_id (query, terminal);
  cb_pg_bind_int (query, n);
  cb_pg_bind_int (query, now_us);
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
  methods->note_heard = note_heard;
  methods->walk_terminals = walk_terminals;
}
