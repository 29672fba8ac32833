/* SPDX-License-Identifier: Apache-2.0 */

/* What the files of the index share. Included by data/search and its tests only. */

#pragma once

#include "search/cb-dictionary.h"
#include "search/cb-index.h"
#include "search/cb-slots.h"

G_BEGIN_DECLS

/* --- what is looked for: cb-index-words.c ---
 *
 * Names and notes are indexed as folded words with one space between them. Two neighbouring
 * characters of a script without spaces are a word too, and what was written with a hyphen or an
 * apostrophe also stands as one word. */

char *cb_index_person_words (const CbPersonText *person);
char *cb_index_note_words (const char *text);

/* All words of a text in one, for telling whether two say the same. */
char *cb_index_squeeze (const char *text);

/* The text with ä as ae, ö as oe, ü as ue, ø as oe and å as aa, as they are written where a
 * keyboard hasn't got them; NULL when none is in it. Folding makes a, o and u of them. */
char *cb_index_spell_out (const char *text);

/* What stands for that character then; NULL when it stands for itself. */
const char *cb_index_spell_letter (gunichar letter);

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
  char *spelled;       /* its only word spelled out; mostly NULL */
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
  char *card;       /* all of it so, when it may be of the number on a card; else NULL */
} CbTyped;

/* Fewer digits say nothing about the end of a number. */
#define CB_TERM_LAST_DIGITS 4

/* NULL when nothing is in it that could be looked for. */
CbTyped *cb_typed_new (const char *text);
void cb_typed_free (CbTyped *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbTyped, cb_typed_free)

/* A word to be looked up. */
typedef struct
{
  const char *text;  /* borrowed from the typed */
  const char *other; /* another way of writing it, or NULL */
  gboolean is_whole;
} CbSoughtWord;

/* (element-type CbSoughtWord); NULL when no words are looked for. */
GArray *cb_typed_list_person_words (CbTyped *self, gboolean is_whole);
GArray *cb_typed_list_note_words (CbTyped *self, gboolean is_whole);

/* The same with two neighbouring words as one, beginning with the nth; NULL when those are no words
 * or there are no more. */
CbTyped *cb_typed_join (CbTyped *self, guint nth);

/* Is it a word long enough for one typing error to be forgiven? */
gboolean cb_index_may_be_mistyped (const char *word);

/* The same with each word that isn't found as the beginning of one of those words, but with one
 * error is, put right; for marking. */
CbTyped *cb_typed_put_right (CbTyped *self, const char *words);

/* Does every term match that person, where it isn't only on the way to something? */
gboolean cb_typed_matches (CbTyped *self, const CbPersonText *person);

/* Is it the whole of a name of that person, or of two together? */
gboolean cb_typed_is_name (CbTyped *self, const CbPersonText *person);

/* --- addresses and numbers: cb-index-contacts.c --- */

void cb_index_change_contacts (CbIndex *self,
                               gboolean is_added,
                               guint32 slot,
                               const CbPersonText *person);

/* Adds the slots (guint32, in no order, some twice) of those whose address or number, or number on
 * a card, may be the only thing typed. */
void cb_index_find_whole_contacts (CbIndex *self, CbTyped *typed, GArray *slots);

/* The same for beginnings and ends, of which the caller shows no more than `most`; of several terms
 * only one is looked at. */
void cb_index_find_contacts (CbIndex *self, CbTyped *typed, guint most, GArray *slots);

/* Those whose card's number begins or ends so. */
void cb_index_find_cards (CbIndex *self, CbTyped *typed, guint most, GArray *slots);

/* Is it the whole of an address or a number of that person, or of the number on their card? */
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
void cb_typed_mark_card (CbTyped *self, guint item, const char *text, GArray *spans);

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

/* --- what is in it: cb-index.c --- */

#define CB_INDEX_NO_SLOT G_MAXUINT32

/* A person, with their texts one after the other: id, given, family, preferred, emails, phones,
 * cards. */
typedef struct
{
  guint32 newest_note;
  guint16 n_emails;
  guint16 n_phones;
  guint16 n_cards;
  guint32 size; /* of the texts */
  char texts[];
} CbPersonRow;

/* id and text. */
typedef struct
{
  guint32 person;
  guint32 older_note; /* of the same person */
  guint32 size;
  char texts[];
} CbNoteRow;

struct _CbIndex
{
  CbRows persons;
  CbRows notes;
  CbSlots person_slots; /* by ids borrowed from the rows */
  CbSlots note_slots;
  CbDictionary *person_words;
  CbDictionary *emails;
  CbDictionary *numbers;
  CbDictionary *number_ends; /* with the last digit first */
  CbDictionary *cards;
  CbDictionary *card_ends; /* likewise */
  CbDictionary *note_words;
  guint32 n_put;
  gboolean calling_codes[1000]; /* that occur, or did */
};

/* CB_INDEX_NO_SLOT when they aren't there. */
guint32 cb_index_find_person (CbIndex *self, const char *id);
guint32 cb_index_find_note (CbIndex *self, const char *id);

/* A person as they were put in; the lists of `read` borrow from the row. */
typedef struct
{
  const char *id;
  CbPersonText text;
  const char *lists[36]; /* emails, phones and cards, each ended by NULL */
  const char **many;     /* instead, when they don't fit */
} CbPersonRead;

void cb_index_read_person (CbIndex *self, guint32 slot, CbPersonRead *read);
void cb_person_read_clear (CbPersonRead *read);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CbPersonRead, cb_person_read_clear)

const char *cb_note_row_get_text (const CbNoteRow *note);

G_END_DECLS
