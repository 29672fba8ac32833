/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "search/cb-index-private.h"

#include "base/cb-error.h"

/* FTS5 writes a small segment at each commit and merges them by and by. Left to itself it does that
 * in leaps of many milliseconds; we have it merge so many pages a commit, and so many more for rows
 * than a small piece has. */
#define MERGE_PAGES 16
#define ROWS_A_MERGED_PAGE 8

/* --- words of a piece --- */

static int
compare_ranks (gconstpointer a, gconstpointer b, gpointer data)
{
  gint64 left = *(const gint64 *) a;
  gint64 right = *(const gint64 *) b;

  return (left > right) - (left < right);
}

void
cb_index_words_init (CbIndexWords *words, CbIndexStatement add)
{
  words->added = g_tree_new_full (compare_ranks, NULL, g_free, g_free);
  words->removed = g_tree_new_full (compare_ranks, NULL, g_free, g_free);
  words->add = add;
  words->remove = add + 1;
  words->merge = add + 2;
}

void
cb_index_words_clear (CbIndexWords *words)
{
  g_tree_unref (words->added);
  g_tree_unref (words->removed);
}

static void
forget (CbIndexWords *words)
{
  g_tree_remove_all (words->added);
  g_tree_remove_all (words->removed);
}

/* What is taken out and put back unchanged costs nothing. */
void
cb_index_words_add (CbIndexWords *words, gint64 rank, char *text)
{
  if (g_strcmp0 (g_tree_lookup (words->removed, &rank), text) == 0)
    {
      g_tree_remove (words->removed, &rank);
      g_free (text);
      return;
    }
  g_tree_replace (words->added, g_memdup2 (&rank, sizeof rank), text);
}

void
cb_index_words_remove (CbIndexWords *words, gint64 rank, char *text)
{
  if (g_tree_remove (words->added, &rank))
    g_free (text);
  else
    g_tree_replace (words->removed, g_memdup2 (&rank, sizeof rank), text);
}

static gboolean
write_row (CbIndex *self, CbIndexStatement which, GTreeNode *node, GError **error)
{
  g_autoptr (CbIndexStep) step = cb_index_statement (self, which);

  sqlite3_bind_int64 (step, 1, *(const gint64 *) g_tree_node_key (node));
  cb_index_bind_text (step, 2, g_tree_node_value (node));
  return cb_index_finish (self, step, "writing words", error);
}

static gboolean
merge (CbIndex *self, const CbIndexWords *words, int pages, GError **error)
{
  g_autoptr (CbIndexStep) step = cb_index_statement (self, words->merge);

  sqlite3_bind_int (step, 1, pages);
  return cb_index_finish (self, step, "merging", error);
}

static gboolean
write_removed (CbIndex *self, CbIndexWords *words, GError **error)
{
  g_autoptr (GHashTable) stay = g_hash_table_new (g_str_hash, g_str_equal);
  GTreeNode *node;

  if (g_tree_nnodes (words->removed) == 0)
    return TRUE;
  for (node = g_tree_node_first (words->added); node != NULL; node = g_tree_node_next (node))
    g_hash_table_add (stay, g_tree_node_value (node));
  for (node = g_tree_node_first (words->removed); node != NULL; node = g_tree_node_next (node))
    {
      if (!write_row (self, words->remove, node, error))
        return FALSE;

      /* Words that only moved to another rank are still somebody's. */
      if (g_hash_table_contains (stay, g_tree_node_value (node)))
        continue;
      self->is_untidy = TRUE;
      self->is_tidying = FALSE;
    }
  return TRUE;
}

static gboolean
write_words (CbIndex *self, CbIndexWords *words, GError **error)
{
  int n = g_tree_nnodes (words->added) + g_tree_nnodes (words->removed);

  if (n == 0)
    return TRUE;
  if (!write_removed (self, words, error))
    return FALSE;
  for (GTreeNode *node = g_tree_node_first (words->added); node != NULL;
       node = g_tree_node_next (node))
    if (!write_row (self, words->add, node, error))
      return FALSE;
  forget (words);
  return merge (self, words, MERGE_PAGES + n / ROWS_A_MERGED_PAGE, error);
}

/* --- pieces --- */

gboolean
cb_index_begin (CbIndex *self, GError **error)
{
  g_return_val_if_fail (!self->is_in_bulk, FALSE);

  self->has_failed = FALSE;
  self->is_in_bulk = cb_index_run (self, "BEGIN", "beginning", error);
  return self->is_in_bulk;
}

static guint
count_customers (CbIndex *self)
{
  g_autoptr (CbIndexStep) step = cb_index_statement (self, CB_INDEX_COUNT_PERSONS);

  return sqlite3_step (step) == SQLITE_ROW ? (guint) sqlite3_column_int64 (step, 0) : 0;
}

static void
roll_back (CbIndex *self)
{
  forget (&self->persons);
  forget (&self->notes);
  sqlite3_exec (self->handle, "ROLLBACK", NULL, NULL, NULL);
  self->n_customers = count_customers (self);
}

gboolean
cb_index_commit (CbIndex *self, GError **error)
{
  g_return_val_if_fail (self->is_in_bulk, FALSE);

  self->is_in_bulk = FALSE;
  if (self->has_failed)
    {
      roll_back (self);
      g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_FAILED,
                           "part of a piece of the index had failed");
      return FALSE;
    }
  if (write_words (self, &self->persons, error) && write_words (self, &self->notes, error) &&
      cb_index_run (self, "COMMIT", "committing", error))
    return TRUE;
  roll_back (self);
  return FALSE;
}

gboolean
cb_index_end_change (CbIndex *self, gboolean is_own, gboolean is_done, GError **error)
{
  if (!is_own)
    return is_done;
  if (is_done)
    return cb_index_commit (self, error);
  self->is_in_bulk = FALSE;
  roll_back (self);
  return FALSE;
}

gboolean
cb_index_tidy (CbIndex *self)
{
  /* A negative number first makes one level of all segments, so that the merging ends with a single
   * one, in which nothing removed is left. */
  int pages = self->is_tidying ? MERGE_PAGES : -MERGE_PAGES;
  int before = sqlite3_total_changes (self->handle);

  g_return_val_if_fail (!self->is_in_bulk, FALSE);

  if (!self->is_untidy)
    return FALSE;
  if (!merge (self, &self->persons, pages, NULL) || !merge (self, &self->notes, pages, NULL))
    return FALSE;
  self->is_tidying = TRUE;

  /* Each of the two commands counts as one change; what is more was work. */
  self->is_untidy = sqlite3_total_changes (self->handle) - before > 2;
  return self->is_untidy;
}
