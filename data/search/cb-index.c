/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "search/cb-index-private.h"

#include "base/cb-error.h"

#include <string.h>

/* FTS5 writes a small segment at each commit and merges them by and by. Left to itself it does that
 * in leaps of many milliseconds; we have it merge so many pages a commit, and so many more for rows
 * than a small piece has. */
#define MERGE_PAGES 16
#define ROWS_A_MERGED_PAGE 8

/* Words are found by FTS5 without keeping them a second time (contentless), without positions and
 * sizes, which nobody asks for. Notes are looked for from the third letter on. */
static const char SQL_SCHEMA[] =
  "PRAGMA secure_delete = ON;"
  "PRAGMA temp_store = MEMORY;"
  "PRAGMA trusted_schema = OFF;"
  "CREATE TABLE person ("
  "  rank INTEGER PRIMARY KEY,"
  "  id TEXT NOT NULL UNIQUE,"
  "  given TEXT,"
  "  family TEXT,"
  "  preferred TEXT,"
  "  emails TEXT NOT NULL,"
  "  phones TEXT NOT NULL) STRICT;"
  "CREATE TABLE number ("
  "  digits INTEGER NOT NULL,"
  "  person INTEGER NOT NULL,"
  "  PRIMARY KEY (digits, person)) STRICT, WITHOUT ROWID;"
  "CREATE TABLE number_end ("
  "  digits INTEGER NOT NULL,"
  "  person INTEGER NOT NULL,"
  "  PRIMARY KEY (digits, person)) STRICT, WITHOUT ROWID;"
  "CREATE TABLE email ("
  "  address TEXT NOT NULL,"
  "  person INTEGER NOT NULL,"
  "  PRIMARY KEY (address, person)) STRICT, WITHOUT ROWID;"
  "CREATE TABLE note ("
  "  rank INTEGER PRIMARY KEY,"
  "  id TEXT NOT NULL UNIQUE,"
  "  person INTEGER NOT NULL,"
  "  text TEXT NOT NULL) STRICT;"
  "CREATE INDEX note_by_person ON note (person);"
  "CREATE VIRTUAL TABLE person_words USING fts5 ("
  "  words, content = '', columnsize = 0, detail = none, prefix = '1 2 3 4 5 6', tokenize = 'spaces');"
  "CREATE VIRTUAL TABLE note_words USING fts5 ("
  "  words, content = '', columnsize = 0, detail = none, prefix = '3 4 5 6', tokenize = 'spaces');"
  "INSERT INTO person_words (person_words, rank) VALUES ('automerge', 0);"
  "INSERT INTO person_words (person_words, rank) VALUES ('crisismerge', 64);"
  "INSERT INTO note_words (note_words, rank) VALUES ('automerge', 0);"
  "INSERT INTO note_words (note_words, rank) VALUES ('crisismerge', 64);";

static const char *const statements[CB_INDEX_N_STATEMENTS] = {
  [CB_INDEX_COUNT_PERSONS] = "SELECT count(*) FROM person",
  [CB_INDEX_FIND_PERSON] =
    "SELECT rank, given, family, preferred, emails, phones FROM person WHERE id = ?1",
  [CB_INDEX_LAST_RANK] = "SELECT max(rank) FROM person WHERE rank BETWEEN ?1 AND ?2",
  [CB_INDEX_ADD_PERSON] =
    "INSERT INTO person (rank, id, given, family, preferred, emails, phones)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
  [CB_INDEX_REMOVE_PERSON] = "DELETE FROM person WHERE rank = ?1",
  [CB_INDEX_MOVE_NOTES] = "UPDATE note SET person = ?2 WHERE person = ?1",
  [CB_INDEX_ADD_NUMBER] = "INSERT OR IGNORE INTO number (digits, person) VALUES (?1, ?2)",
  [CB_INDEX_REMOVE_NUMBER] = "DELETE FROM number WHERE digits = ?1 AND person = ?2",
  [CB_INDEX_ADD_NUMBER_END] = "INSERT OR IGNORE INTO number_end (digits, person) VALUES (?1, ?2)",
  [CB_INDEX_REMOVE_NUMBER_END] = "DELETE FROM number_end WHERE digits = ?1 AND person = ?2",
  [CB_INDEX_ADD_EMAIL] = "INSERT OR IGNORE INTO email (address, person) VALUES (?1, ?2)",
  [CB_INDEX_REMOVE_EMAIL] = "DELETE FROM email WHERE address = ?1 AND person = ?2",
  [CB_INDEX_FIND_NOTE] = "SELECT rank, text FROM note WHERE id = ?1",
  [CB_INDEX_LAST_NOTE_RANK] = "SELECT max(rank) FROM note WHERE rank BETWEEN ?1 AND ?2",
  [CB_INDEX_ADD_NOTE] = "INSERT INTO note (rank, id, person, text) VALUES (?1, ?2, ?3, ?4)",
  [CB_INDEX_REMOVE_NOTE] = "DELETE FROM note WHERE rank = ?1",
  [CB_INDEX_NOTES_OF_PERSON] = "SELECT id FROM note WHERE person = ?1",
  [CB_INDEX_ADD_PERSON_WORDS] = "INSERT INTO person_words (rowid, words) VALUES (?1, ?2)",
  [CB_INDEX_REMOVE_PERSON_WORDS] =
    "INSERT INTO person_words (person_words, rowid, words) VALUES ('delete', ?1, ?2)",
  [CB_INDEX_ADD_NOTE_WORDS] = "INSERT INTO note_words (rowid, words) VALUES (?1, ?2)",
  [CB_INDEX_REMOVE_NOTE_WORDS] =
    "INSERT INTO note_words (note_words, rowid, words) VALUES ('delete', ?1, ?2)",
  [CB_INDEX_MERGE_PERSON_WORDS] =
    "INSERT INTO person_words (person_words, rank) VALUES ('merge', ?1)",
  [CB_INDEX_MERGE_NOTE_WORDS] = "INSERT INTO note_words (note_words, rank) VALUES ('merge', ?1)",
  [CB_INDEX_MATCH_PERSONS] =
    "SELECT rowid FROM person_words WHERE person_words MATCH ?1 ORDER BY rowid LIMIT ?2",
  [CB_INDEX_MATCH_NOTES] =
    "SELECT rowid FROM note_words WHERE note_words MATCH ?1 ORDER BY rowid LIMIT ?2",
  [CB_INDEX_MATCH_NUMBERS] = "SELECT person FROM number WHERE digits BETWEEN ?1 AND ?2 LIMIT ?3",
  [CB_INDEX_MATCH_NUMBER_ENDS] =
    "SELECT person FROM number_end WHERE digits BETWEEN ?1 AND ?2 LIMIT ?3",
  [CB_INDEX_MATCH_EMAILS] =
    "SELECT person FROM email WHERE address >= ?1 AND address < ?1 || char (1114111) LIMIT ?2",
  [CB_INDEX_GET_PERSON] =
    "SELECT id, given, family, preferred, emails, phones FROM person WHERE rank = ?1",
  [CB_INDEX_GET_NOTE] =
    "SELECT note.id, note.text, person.id FROM note JOIN person ON person.rank = note.person"
    " WHERE note.rank = ?1",
};

/* --- statements --- */

CbIndexStep *
cb_index_statement (CbIndex *self, CbIndexStatement which)
{
  if (self->steps[which] == NULL)
    {
      int result = sqlite3_prepare_v3 (self->handle, statements[which], -1,
                                       SQLITE_PREPARE_PERSISTENT, &self->steps[which], NULL);

      g_assert (result == SQLITE_OK || result == SQLITE_NOMEM);
    }
  return self->steps[which];
}

void
cb_index_step_end (CbIndexStep *step)
{
  sqlite3_reset (step);
  sqlite3_clear_bindings (step);
}

gboolean
cb_index_fail (CbIndex *self, const char *attempt, GError **error)
{
  self->has_failed = TRUE;
  g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_FAILED, "%s in the index: code %d", attempt,
               sqlite3_extended_errcode (self->handle));
  return FALSE;
}

static gboolean
run (CbIndex *self, const char *sql, const char *attempt, GError **error)
{
  if (sqlite3_exec (self->handle, sql, NULL, NULL, NULL) == SQLITE_OK)
    return TRUE;
  return cb_index_fail (self, attempt, error);
}

gboolean
cb_index_finish (CbIndex *self, CbIndexStep *step, const char *attempt, GError **error)
{
  int result;

  do
    result = sqlite3_step (step);
  while (result == SQLITE_ROW);
  return result == SQLITE_DONE ? TRUE : cb_index_fail (self, attempt, error);
}

gboolean
cb_index_take_ranks (CbIndex *self, CbIndexStep *step, GArray *ranks, GError **error)
{
  int result;

  while ((result = sqlite3_step (step)) == SQLITE_ROW)
    {
      gint64 rank = sqlite3_column_int64 (step, 0);

      g_array_append_val (ranks, rank);
    }
  return result == SQLITE_DONE ? TRUE : cb_index_fail (self, "searching", error);
}

void
cb_index_bind_text (CbIndexStep *step, int position, const char *text)
{
  sqlite3_bind_text (step, position, text, -1, SQLITE_STATIC);
}

char *
cb_index_join (const char *const *list)
{
  return list != NULL ? g_strjoinv ("\n", (char **) list) : g_strdup ("");
}

char **
cb_index_split (const char *lines)
{
  return lines != NULL && *lines != '\0' ? g_strsplit (lines, "\n", -1) : g_new0 (char *, 1);
}

/* --- words --- */

static int
compare_ranks (gconstpointer a, gconstpointer b, gpointer data)
{
  gint64 left = *(const gint64 *) a;
  gint64 right = *(const gint64 *) b;

  return (left > right) - (left < right);
}

static GTree *
waiting_new (void)
{
  return g_tree_new_full (compare_ranks, NULL, g_free, g_free);
}

void
cb_index_add_words (GTree *waiting, gint64 rank, char *words)
{
  g_tree_replace (waiting, g_memdup2 (&rank, sizeof rank), words);
}

gboolean
cb_index_remove_words (CbIndex *self,
                       GTree *waiting,
                       CbIndexStatement which,
                       gint64 rank,
                       const char *words,
                       GError **error)
{
  g_autoptr (CbIndexStep) step = NULL;

  if (g_tree_remove (waiting, &rank))
    return TRUE;
  step = cb_index_statement (self, which);
  sqlite3_bind_int64 (step, 1, rank);
  cb_index_bind_text (step, 2, words);
  self->is_untidy = TRUE;
  self->is_tidying = FALSE;
  return cb_index_finish (self, step, "removing words", error);
}

static gboolean
merge (CbIndex *self, CbIndexStatement which, int pages, GError **error)
{
  g_autoptr (CbIndexStep) step = cb_index_statement (self, which);

  sqlite3_bind_int (step, 1, pages);
  return cb_index_finish (self, step, "merging", error);
}

static gboolean
write_words (CbIndex *self,
             GTree *waiting,
             CbIndexStatement add,
             CbIndexStatement merging,
             GError **error)
{
  int pages = MERGE_PAGES + g_tree_nnodes (waiting) / ROWS_A_MERGED_PAGE;

  if (g_tree_nnodes (waiting) == 0)
    return TRUE;
  for (GTreeNode *node = g_tree_node_first (waiting); node != NULL; node = g_tree_node_next (node))
    {
      g_autoptr (CbIndexStep) step = cb_index_statement (self, add);

      sqlite3_bind_int64 (step, 1, *(const gint64 *) g_tree_node_key (node));
      cb_index_bind_text (step, 2, g_tree_node_value (node));
      if (!cb_index_finish (self, step, "adding words", error))
        return FALSE;
    }
  g_tree_remove_all (waiting);
  return merge (self, merging, pages, error);
}

static gboolean
write_all_words (CbIndex *self, GError **error)
{
  return write_words (self, self->person_words, CB_INDEX_ADD_PERSON_WORDS,
                      CB_INDEX_MERGE_PERSON_WORDS, error) &&
         write_words (self, self->note_words, CB_INDEX_ADD_NOTE_WORDS, CB_INDEX_MERGE_NOTE_WORDS,
                      error);
}

/* --- pieces --- */

gboolean
cb_index_begin (CbIndex *self, GError **error)
{
  g_return_val_if_fail (!self->is_in_bulk, FALSE);

  self->has_failed = FALSE;
  self->is_in_bulk = run (self, "BEGIN", "beginning", error);
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
  g_tree_remove_all (self->person_words);
  g_tree_remove_all (self->note_words);
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
  if (write_all_words (self, error) && run (self, "COMMIT", "committing", error))
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
  if (!merge (self, CB_INDEX_MERGE_PERSON_WORDS, pages, NULL) ||
      !merge (self, CB_INDEX_MERGE_NOTE_WORDS, pages, NULL))
    return FALSE;
  self->is_tidying = TRUE;

  /* Each of the two commands counts as one change; what is more was work. */
  self->is_untidy = sqlite3_total_changes (self->handle) - before > 2;
  return self->is_untidy;
}

guint
cb_index_get_n_customers (CbIndex *self)
{
  return self->n_customers;
}

GBytes *
cb_index_dup_image (CbIndex *self)
{
  sqlite3_int64 size = 0;
  guchar *image = sqlite3_serialize (self->handle, "main", &size, 0);

  return g_bytes_new_with_free_func (image, (gsize) size, sqlite3_free, image);
}

void
cb_index_free (CbIndex *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < CB_INDEX_N_STATEMENTS; i++)
    sqlite3_finalize (self->steps[i]);
  sqlite3_close (self->handle);
  g_tree_unref (self->person_words);
  g_tree_unref (self->note_words);
  g_free (self);
}

CbIndex *
cb_index_new (void)
{
  CbIndex *self = g_new0 (CbIndex, 1);
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY | SQLITE_OPEN_NOMUTEX;
  gboolean is_open;

  self->person_words = waiting_new ();
  self->note_words = waiting_new ();

  /* In memory nothing can fail but memory itself, and GLib doesn't survive that either. */
  is_open = sqlite3_open_v2 (":memory:", &self->handle, flags, NULL) == SQLITE_OK &&
            cb_index_add_tokenizer (self->handle) &&
            sqlite3_exec (self->handle, SQL_SCHEMA, NULL, NULL, NULL) == SQLITE_OK;
  g_assert (is_open);
  return self;
}
