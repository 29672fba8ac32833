/* SPDX-License-Identifier: Apache-2.0 */

/* What the index is made of: rows in the order in which they are shown, and words in alphabetical
 * order, each with the rows it occurs in. Both change one row at a time, at the same small cost
 * however many there are. What is taken out is overwritten at once. One thread at a time. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* --- rows: cb-rows.c --- */

/* A row has a slot for as long as it is there, and a rank: the smaller, the earlier it is shown.
 * What is left out is not there for whoever takes the first few of what matches. */
typedef struct
{
  gint64 *ranks;     /* by slot */
  gpointer *data;    /* by slot; NULL when free */
  guint8 *is_hidden; /* by slot */
  gboolean leaves_out_hidden;
  guint32 n; /* slots in use or free */
  guint32 capacity;
  GArray *free; /* of guint32 */
} CbRows;

void cb_rows_init (CbRows *rows);
void cb_rows_clear (CbRows *rows);
guint32 cb_rows_add (CbRows *rows, gint64 rank, gpointer data);
void cb_rows_remove (CbRows *rows, guint32 slot);

static inline gboolean
cb_rows_leave_out (const CbRows *rows, guint32 slot)
{
  return rows->leaves_out_hidden && rows->is_hidden[slot];
}

/* < 0 when a is shown before b. */
static inline int
cb_rows_compare (const CbRows *rows, guint32 a, guint32 b)
{
  if (rows->ranks[a] != rows->ranks[b])
    return rows->ranks[a] < rows->ranks[b] ? -1 : 1;
  return (a > b) - (a < b);
}

/* --- a word and its rows: cb-word.c --- */

/* Room on both sides: rows come at the end while the index is built, and at the beginning when
 * somebody is in the shop. */
typedef struct
{
  guint32 start;
  guint32 capacity;
  guint32 slots[];
} CbManySlots;

/* Most words occur once or twice. */
#define CB_WORD_FEW 2

typedef struct
{
  union
  {
    guint32 few[CB_WORD_FEW];
    CbManySlots *many;
  } in;
  guint32 n;
  char text[];
} CbWord;

CbWord *cb_word_new (const char *text, gsize length);
void cb_word_free (CbWord *word);

/* In the order of the rows. Valid until the word changes. */
static inline const guint32 *
cb_word_get_slots (const CbWord *word)
{
  return word->n > CB_WORD_FEW ? word->in.many->slots + word->in.many->start : word->in.few;
}

/* Nothing happens when it is there, or isn't there, already. */
void cb_word_add (CbWord *word, const CbRows *rows, guint32 slot);
void cb_word_remove (CbWord *word, const CbRows *rows, guint32 slot);

/* --- words in order: cb-dictionary.c --- */

typedef struct _CbDictionary CbDictionary;

/* The rows must outlive it. */
CbDictionary *cb_dictionary_new (const CbRows *rows);
void cb_dictionary_free (CbDictionary *self);

/* A row must be taken out under the rank it was put in with. */
void cb_dictionary_add (CbDictionary *self, const char *text, gsize length, guint32 slot);
void cb_dictionary_remove (CbDictionary *self, const char *text, gsize length, guint32 slot);

/* All of a text, with one space between words. */
void cb_dictionary_add_all (CbDictionary *self, const char *words, guint32 slot);
void cb_dictionary_remove_all (CbDictionary *self, const char *words, guint32 slot);

/* A word that was found, and the rank of the first of its rows. */
typedef struct
{
  const CbWord *word;
  gint64 first_rank;
} CbLookedUp;

/* Adds the word, or all that begin so, to an array of CbLookedUp. Valid until something changes. */
void cb_dictionary_look_up (CbDictionary *self, const char *text, gboolean is_whole, GArray *found);

/* Words that begin so are in neighbouring leaves, and each leaf knows the first rank of its rows:
 * whoever wants the first few need look into few of them. The first and the last may hold other
 * words too. */
typedef struct
{
  guint leaf;
  gint64 first_rank;
} CbLeafRank;

/* Adds those leaves to an array of CbLeafRank. */
void cb_dictionary_list_leaves (CbDictionary *self, const char *beginning, GArray *leaves);

/* Adds the words of one of them that begin so and have a row no later than `latest_rank`. */
void cb_dictionary_look_up_in_leaf (CbDictionary *self,
                                    const char *beginning,
                                    guint leaf,
                                    gint64 latest_rank,
                                    GArray *found);

/* --- with one typing error: cb-near.c --- */

/* Adds the words that are one error away from the text, or that begin with something that is: a
 * letter too many, too few, another one, or two in the wrong order. The text itself is not among
 * them. */
void cb_dictionary_look_up_near (CbDictionary *self,
                                 const char *text,
                                 gboolean is_whole,
                                 GArray *found);

/* The bytes of the beginning of `word` that are one error or none away from the text; 0 when there
 * is no such beginning. */
gsize cb_near_beginning (const char *word, gsize length, const char *text);

/* --- what holds all of several things: cb-rows-match.c --- */

/* Adds the first `most` rows (guint32 slots, in their order) that have some word of each of the
 * lists (of GArray of CbLookedUp). */
void cb_rows_match (const CbRows *rows, GPtrArray *lists, guint most, GArray *slots);

/* Puts the rows that have a word that begins so among others, of which there are `most` at most, in
 * their order and each once; the first `most` of all stay. However many begin so, it looks at no
 * more words than those of about as many leaves. */
void cb_rows_merge_begun (const CbRows *rows,
                          CbDictionary *dictionary,
                          const char *beginning,
                          guint most,
                          GArray *slots);

/* --- within the dictionary --- */

/* Follows every letter in the order of words. */
#define CB_BEHIND_ANY "\xff"

/* Where a text is or would be. */
typedef struct
{
  guint leaf;
  guint place;
} CbPlace;

CbPlace cb_dictionary_find (CbDictionary *self, const char *text, gsize length);

/* The word there; NULL behind the last. */
const CbWord *cb_dictionary_get (CbDictionary *self, CbPlace place, gint64 *first_rank);
CbPlace cb_dictionary_next (CbDictionary *self, CbPlace place);

G_END_DECLS
