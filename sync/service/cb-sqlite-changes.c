/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "service/cb-sqlite-storage-private.h"

/* Who is erased is told to everybody: no row says any more whose they were. An end is told to the
 * shops that the customer ever said yes in. */
static const char SQL_LIST_CHANGES[] =
  "SELECT n, customer, NULL, NULL, NULL FROM erased WHERE n > ?1"
  " UNION ALL SELECT c.n, c.customer, c.purpose, c.channel, c.withdrawal FROM consent AS c"
  " WHERE c.n > ?1 AND c.withdrawal IS NOT NULL AND EXISTS ("
  "  SELECT 1 FROM consent_grant AS g JOIN terminal_store AS s ON s.store = g.store"
  "  WHERE g.customer = c.customer AND s.terminal = ?2)"
  " ORDER BY 1 LIMIT ?3";
static const char SQL_NOTE_HEARD[] =
  "UPDATE terminal SET heard_n = ?2, heard_us = ?3 WHERE id = ?1 AND heard_n <> ?2";
static const char SQL_WALK_TERMINALS[] =
  "SELECT id, store, revoked_us IS NOT NULL, heard_n, heard_us FROM terminal"
  " ORDER BY store, enrolled_us, id";

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

static gboolean
note_heard (CbStorage *self, const char *terminal, gint64 n, gint64 now_us, GError **error)
{
  g_autoptr (CbQuery) query = cb_sqlite_query (cb_sqlite_of (self), SQL_NOTE_HEARD);

  cb_query_bind_text (query, 1, terminal);
  cb_query_bind_int (query, 2, n);
  cb_query_bind_int (query, 3, now_us);
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
  methods->note_heard = note_heard;
  methods->walk_terminals = walk_terminals;
}
