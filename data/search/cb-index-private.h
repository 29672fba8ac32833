/* SPDX-License-Identifier: Apache-2.0 */

/* What the files of the index share. Included by data/search and its tests only. */

#pragma once

#include "search/cb-index.h"

#include <sqlite3.h>

G_BEGIN_DECLS

/* --- what is looked for: cb-index-words.c ---
 *
 * Names and notes are indexed as folded words with one space between them. Two neighbouring
 * characters of a script without spaces are a word too, and what was written with a hyphen or an
 * apostrophe also stands as one word. */

typedef struct
{
  const char *given;
  const char *family;
  const char *preferred;
  const char *const *emails;
  const char *const *phones;
} CbPersonText;

char *cb_index_person_words (const CbPersonText *person);
char *cb_index_note_words (const char *text);

/* All words of a text in one, for telling whether two say the same. */
char *cb_index_squeeze (const char *text);

/* A character of a script whose words stand without spaces: one of these is a word. */
gboolean cb_index_is_wide (const char *word);

/* An address, or the beginning of one, as it is compared. */
char *cb_index_lower (const char *text);

gsize cb_index_calling_code_length (const char *digits);

/* The digits of a number as they are dialled at home, without zeros before it. Points into it. */
const char *cb_index_home_number (const char *phone);

/* --- what was typed: cb-index-typed.c --- */

/* One piece between spaces, or neighbouring pieces that make a number. A person matches it by all
 * its words, or by an address, or by a number. */
typedef struct
{
  char *text;
  GPtrArray *words;    /* of char *: beginnings of words, or pairs of wide characters */
  char *email;         /* NULL when it can't begin an address */
  gboolean is_address; /* it can be nothing else */
  char *digits;        /* NULL when it isn't written like a number */
  char *bare;          /* digits without the zeros before a number; NULL when none are left */
  gboolean is_abroad;  /* it begins with its calling code, after + or 00 */
} CbTerm;

typedef struct
{
  GPtrArray *terms; /* of CbTerm */
  char *squeezed;   /* see cb_index_squeeze() */
} CbTyped;

/* Fewer digits say nothing about the end of a number. */
#define CB_TERM_LAST_DIGITS 4

/* NULL when nothing is in it that could be looked for. */
CbTyped *cb_typed_new (const char *text);
void cb_typed_free (CbTyped *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbTyped, cb_typed_free)

/* FTS5 expressions; every word is quoted. NULL when no words are looked for. */
char *cb_typed_person_expression (CbTyped *self, gboolean is_whole);
char *cb_typed_note_expression (CbTyped *self, gboolean is_whole);

/* Does every term match that person, where it isn't only on the way to something? */
gboolean cb_typed_matches (CbTyped *self, const CbPersonText *person);

/* Is it the whole of a name of that person, or of two together? */
gboolean cb_typed_is_name (CbTyped *self, const CbPersonText *person);

/* --- addresses and numbers: cb-index-contacts.c --- */

gboolean cb_index_change_contacts (CbIndex *self,
                                   gboolean is_added,
                                   gint64 rank,
                                   const CbPersonText *person,
                                   GError **error);

/* Adds the ranks (gint64, in no order, some twice) of those whose address or number may be the only
 * thing typed. */
gboolean cb_index_find_whole_contacts (CbIndex *self,
                                       CbTyped *typed,
                                       GArray *ranks,
                                       GError **error);

/* The same for beginnings and ends; of several terms only one is looked at. */
gboolean cb_index_find_contacts (CbIndex *self, CbTyped *typed, GArray *ranks, GError **error);

/* Is it the whole of an address or a number of that person? */
gboolean cb_typed_is_contact (CbTyped *self, const CbPersonText *person);

/* Does that number, as it is stored, end with the typed one? */
gboolean cb_term_is_end_of (const CbTerm *term, const char *phone);

/* --- what to mark: cb-index-marks.c --- */

/* The parts of a text that match, added to `spans` (of CbHitSpan). */
void cb_typed_mark_words (CbTyped *self,
                          CbHitField field,
                          guint item,
                          const char *text,
                          GArray *spans);
void cb_typed_mark_email (CbTyped *self, guint item, const char *text, GArray *spans);
void cb_typed_mark_phone (CbTyped *self, guint item, const char *text, GArray *spans);

/* --- a hit: cb-hit.c --- */

/* `spans` may be in any order and overlap. A text is kept when a span of its field was added. */
CbHit *cb_hit_new_person (const char *customer_id,
                          CbHitRank rank,
                          const CbPersonText *person,
                          GArray *spans);
CbHit *cb_hit_new_note (const char *customer_id,
                        const char *note_id,
                        CbHitRank rank,
                        const char *text,
                        GArray *spans);

/* --- the database: cb-index.c --- */

typedef enum
{
  CB_INDEX_COUNT_PERSONS,
  CB_INDEX_FIND_PERSON,
  CB_INDEX_LAST_RANK,
  CB_INDEX_ADD_PERSON,
  CB_INDEX_REMOVE_PERSON,
  CB_INDEX_MOVE_NOTES,
  CB_INDEX_ADD_NUMBER,
  CB_INDEX_REMOVE_NUMBER,
  CB_INDEX_ADD_NUMBER_END,
  CB_INDEX_REMOVE_NUMBER_END,
  CB_INDEX_ADD_EMAIL,
  CB_INDEX_REMOVE_EMAIL,
  CB_INDEX_FIND_NOTE,
  CB_INDEX_FIRST_NOTE_RANK,
  CB_INDEX_ADD_NOTE,
  CB_INDEX_REMOVE_NOTE,
  CB_INDEX_NOTES_OF_PERSON,
  CB_INDEX_ADD_PERSON_WORDS, /* the three of a kind stay together */
  CB_INDEX_REMOVE_PERSON_WORDS,
  CB_INDEX_MERGE_PERSON_WORDS,
  CB_INDEX_ADD_NOTE_WORDS,
  CB_INDEX_REMOVE_NOTE_WORDS,
  CB_INDEX_MERGE_NOTE_WORDS,
  CB_INDEX_MATCH_PERSONS,
  CB_INDEX_MATCH_NOTES,
  CB_INDEX_MATCH_NUMBERS,
  CB_INDEX_MATCH_NUMBER_ENDS,
  CB_INDEX_MATCH_EMAILS,
  CB_INDEX_GET_PERSON,
  CB_INDEX_GET_NOTE,
} CbIndexStatement;

#define CB_INDEX_N_STATEMENTS (CB_INDEX_GET_NOTE + 1)

/* What of one kind waits for the commit, by rank. FTS5 writes a segment each time a row id is not
 * larger than the one before, so rows are given to it sorted. */
typedef struct
{
  GTree *added;   /* of gint64 * → char * */
  GTree *removed; /* the same */
  CbIndexStatement add;
  CbIndexStatement remove;
  CbIndexStatement merge;
} CbIndexWords;

struct _CbIndex
{
  sqlite3 *handle;
  sqlite3_stmt *steps[CB_INDEX_N_STATEMENTS];
  guint n_customers;
  gboolean is_in_bulk;
  gboolean has_failed;          /* inside begin and commit */
  gboolean calling_codes[1000]; /* that occur, or did */

  /* Removed words may still lie in segments; merging has begun. */
  gboolean is_untidy;
  gboolean is_tidying;

  CbIndexWords persons;
  CbIndexWords notes;
};

/* Lent to a scope, which ends by resetting and unbinding it. */
typedef sqlite3_stmt CbIndexStep;
CbIndexStep *cb_index_statement (CbIndex *self, CbIndexStatement which);
void cb_index_step_end (CbIndexStep *step);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbIndexStep, cb_index_step_end)

/* The text must live until the statement has run. */
void cb_index_bind_text (CbIndexStep *step, int position, const char *text);

/* Runs it to its end. */
gboolean cb_index_finish (CbIndex *self, CbIndexStep *step, const char *attempt, GError **error);

/* Adds the ranks (gint64) that a bound statement answers with. */
gboolean cb_index_take_ranks (CbIndex *self, CbIndexStep *step, GArray *ranks, GError **error);

/* A failure of SQLite as ours; its message names the attempt, never a text. */
gboolean cb_index_fail (CbIndex *self, const char *attempt, GError **error);

gboolean cb_index_run (CbIndex *self, const char *sql, const char *attempt, GError **error);

/* Lists are kept in one column, with a sign between that no sound text holds. */
#define CB_INDEX_SEPARATOR "\x1f"
char *cb_index_join (const char *const *list);
char **cb_index_split (const char *lines);

/* The whole database as bytes, to prove what is not in it. */
GBytes *cb_index_dup_image (CbIndex *self);

/* --- pieces: cb-index-pieces.c --- */

void cb_index_words_init (CbIndexWords *words, CbIndexStatement add);
void cb_index_words_clear (CbIndexWords *words);

/* Words of a row, which are written with the commit; `text` is consumed. */
void cb_index_words_add (CbIndexWords *words, gint64 rank, char *text);
void cb_index_words_remove (CbIndexWords *words, gint64 rank, char *text);

/* One change outside of a bulk piece (`is_own`) is a piece of its own, and ends here. */
gboolean cb_index_end_change (CbIndex *self, gboolean is_own, gboolean is_done, GError **error);

/* --- the tokenizer: cb-index-tokenizer.c --- */

/* Makes the tokenizer "spaces" known to a connection: tokens are what stands between single spaces,
 * taken as they are. Folding was done before, by our own rules. */
gboolean cb_index_add_tokenizer (sqlite3 *handle);

G_END_DECLS
