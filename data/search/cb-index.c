/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "search/cb-index-private.h"

#include "base/cb-error.h"

#include <string.h>

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
  [CB_INDEX_FIRST_NOTE_RANK] = "SELECT min(rank) FROM note WHERE rank BETWEEN ?1 AND ?2",
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

gboolean
cb_index_run (CbIndex *self, const char *sql, const char *attempt, GError **error)
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
  return list != NULL ? g_strjoinv (CB_INDEX_SEPARATOR, (char **) list) : g_strdup ("");
}

char **
cb_index_split (const char *lines)
{
  return lines != NULL && *lines != '\0' ? g_strsplit (lines, CB_INDEX_SEPARATOR, -1)
                                         : g_new0 (char *, 1);
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
  cb_index_words_clear (&self->persons);
  cb_index_words_clear (&self->notes);
  g_free (self);
}

CbIndex *
cb_index_new (void)
{
  CbIndex *self = g_new0 (CbIndex, 1);
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY | SQLITE_OPEN_NOMUTEX;
  gboolean is_open;

  cb_index_words_init (&self->persons, CB_INDEX_ADD_PERSON_WORDS);
  cb_index_words_init (&self->notes, CB_INDEX_ADD_NOTE_WORDS);

  /* In memory nothing can fail but memory itself, and GLib doesn't survive that either. */
  is_open = sqlite3_open_v2 (":memory:", &self->handle, flags, NULL) == SQLITE_OK &&
            cb_index_add_tokenizer (self->handle) &&
            sqlite3_exec (self->handle, SQL_SCHEMA, NULL, NULL, NULL) == SQLITE_OK;
  g_assert (is_open);
  return self;
}
