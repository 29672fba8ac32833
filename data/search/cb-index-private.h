/* SPDX-License-Identifier: Apache-2.0 */

/* What the files of the index share. Included by data/search and its tests only. */

#pragma once

#include "search/cb-index.h"

#include <sqlite3.h>

G_BEGIN_DECLS

/* --- what is looked for: cb-index-words.c ------------------------------------------------------
 *
 * A person and a note are indexed as tokens with one space between them. A plain token is a folded
 * word. A pair of characters of a script without spaces is a token too, and a word that was written
 * with a hyphen or an apostrophe also stands as one. The others begin with a sign no word has: */
#define CB_TOKEN_EMAIL '@'  /* a whole address */
#define CB_TOKEN_NUMBER '#' /* the digits of a phone number, last one first */

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

/* The digits of a number as they are dialled at home, without zeros before it. Points into it. */
const char *cb_index_home_number (const char *phone);

/* --- what was typed: cb-index-typed.c --------------------------------------------------------- */

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
  char *beginning;     /* "+" and bare when it was dialled from abroad, else bare */
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

/* FTS5 expressions; every token is quoted. NULL when it can't match anything. */
char *cb_typed_person_expression (CbTyped *self, gboolean is_whole);
char *cb_typed_note_expression (CbTyped *self, gboolean is_whole);

/* The number, when a number is all that was typed; else NULL. */
const CbTerm *cb_typed_get_number (CbTyped *self);

/* Is it the whole of a name, an address or a number of that person? */
gboolean cb_typed_is_exact (CbTyped *self, const CbPersonText *person);

/* --- what to mark: cb-index-marks.c ------------------------------------------------------------
 */

/* The parts of a text that match, added to `spans` (of CbHitSpan). */
void cb_typed_mark_words (CbTyped *self,
                          CbHitField field,
                          guint item,
                          const char *text,
                          GArray *spans);
void cb_typed_mark_email (CbTyped *self, guint item, const char *text, GArray *spans);
void cb_typed_mark_phone (CbTyped *self, guint item, const char *text, GArray *spans);

/* --- a hit: cb-hit.c ---------------------------------------------------------------------------
 */

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

/* --- the database: cb-index.c ------------------------------------------------------------------
 */

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
  CB_INDEX_FIND_NOTE,
  CB_INDEX_LAST_NOTE_RANK,
  CB_INDEX_ADD_NOTE,
  CB_INDEX_REMOVE_NOTE,
  CB_INDEX_NOTES_OF_PERSON,
  CB_INDEX_ADD_PERSON_WORDS,
  CB_INDEX_REMOVE_PERSON_WORDS,
  CB_INDEX_ADD_NOTE_WORDS,
  CB_INDEX_REMOVE_NOTE_WORDS,
  CB_INDEX_MATCH_PERSONS,
  CB_INDEX_MATCH_NOTES,
  CB_INDEX_MATCH_NUMBERS,
  CB_INDEX_GET_PERSON,
  CB_INDEX_GET_NOTE,
} CbIndexStatement;

#define CB_INDEX_N_STATEMENTS (CB_INDEX_GET_NOTE + 1)

struct _CbIndex
{
  sqlite3 *handle;
  sqlite3_stmt *steps[CB_INDEX_N_STATEMENTS];
  guint n_customers;
  gboolean is_in_bulk;
  gboolean has_failed; /* inside begin and commit */

  /* Removed words may still lie in segments; merging has begun. */
  gboolean is_untidy;
  gboolean is_tidying;

  /* What waits for the commit, by rank: FTS5 writes a segment each time a row id is not larger than
   * the one before, so rows are given to it sorted. */
  GTree *person_words; /* of gint64 * → char * */
  GTree *note_words;
};

/* Lent to a scope, which ends by resetting and unbinding it. */
typedef sqlite3_stmt CbIndexStep;
CbIndexStep *cb_index_statement (CbIndex *self, CbIndexStatement which);
void cb_index_step_end (CbIndexStep *step);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbIndexStep, cb_index_step_end)

void cb_index_bind_text (CbIndexStep *step, int position, const char *text);

/* Runs it to its end. */
gboolean cb_index_finish (CbIndex *self, CbIndexStep *step, const char *attempt, GError **error);

/* A failure of SQLite as ours; its message names the attempt, never a text. */
gboolean cb_index_fail (CbIndex *self, const char *attempt, GError **error);

/* Words of a row, now or with the commit. */
void cb_index_add_words (GTree *waiting, gint64 rank, char *words);
gboolean cb_index_remove_words (CbIndex *self,
                                GTree *waiting,
                                CbIndexStatement which,
                                gint64 rank,
                                const char *words,
                                GError **error);

/* One change outside of a bulk piece (`is_own`) is a piece of its own, and ends here. */
gboolean cb_index_end_change (CbIndex *self, gboolean is_own, gboolean is_done, GError **error);

/* Lists are kept as lines. */
char *cb_index_join (const char *const *list);
char **cb_index_split (const char *lines);

/* The whole database as bytes, to prove what is not in it. */
GBytes *cb_index_dup_image (CbIndex *self);

/* --- the tokenizer: cb-index-tokenizer.c -------------------------------------------------------
 */

/* Makes the tokenizer "spaces" known to a connection: tokens are what stands between single spaces,
 * taken as they are. Folding was done before, by our own rules. */
gboolean cb_index_add_tokenizer (sqlite3 *handle);

G_END_DECLS
