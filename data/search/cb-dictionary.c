/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "search/cb-dictionary.h"

#include <string.h>

/* A sorted array in leaves of a bounded size: a word is put in by moving no more than one of them.
 * Beside each word lies what most comparisons and rankings need, so that a range of thousands is
 * gone through without touching the words. */
#define LEAF_WORDS 128
#define KEY_BYTES 8

typedef struct
{
  guint n;
  guint64 keys[LEAF_WORDS]; /* its first bytes as a number, so that it compares as they do */
  gint64 first_ranks[LEAF_WORDS];
  CbWord *words[LEAF_WORDS];
} Leaf;

struct _CbDictionary
{
  const CbRows *rows;
  GPtrArray *leaves; /* of Leaf; there is always one, and only that one may be empty */
  GArray *ranks;     /* of gint64, a leaf: the first of its rows; beside each other, as keys are */
};

static void
leaf_free (gpointer data)
{
  Leaf *leaf = data;

  for (guint i = 0; i < leaf->n; i++)
    cb_word_free (leaf->words[i]);
  explicit_bzero (leaf, sizeof (Leaf));
  g_free (leaf);
}

CbDictionary *
cb_dictionary_new (const CbRows *rows)
{
  CbDictionary *self = g_new0 (CbDictionary, 1);
  gint64 rank = G_MAXINT64;

  self->rows = rows;
  self->leaves = g_ptr_array_new_with_free_func (leaf_free);
  self->ranks = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_ptr_array_add (self->leaves, g_new0 (Leaf, 1));
  g_array_append_val (self->ranks, rank);
  return self;
}

void
cb_dictionary_free (CbDictionary *self)
{
  g_ptr_array_unref (self->leaves);
  g_array_unref (self->ranks);
  g_free (self);
}

/* --- where a text is --- */

static guint64
make_key (const char *text, gsize length)
{
  guint64 key = 0;

  memcpy (&key, text, MIN (length, KEY_BYTES));
  return GUINT64_FROM_BE (key);
}

typedef struct
{
  const char *text;
  gsize length;
  guint64 key;
} Sought;

static int
compare (const Leaf *leaf, guint place, const Sought *sought)
{
  const char *rest;
  int order;

  if (leaf->keys[place] != sought->key)
    return leaf->keys[place] < sought->key ? -1 : 1;
  if ((sought->key & 0xff) == 0)
    return 0;
  rest = leaf->words[place]->text + KEY_BYTES;
  order = strncmp (rest, sought->text + KEY_BYTES, sought->length - KEY_BYTES);
  return order != 0 ? order : rest[sought->length - KEY_BYTES] != '\0';
}

/* The last leaf that begins with no more than the text: it is there or nowhere. */
static guint
find_leaf (CbDictionary *self, const Sought *sought)
{
  guint low = 0;
  guint high = self->leaves->len - 1;

  while (low < high)
    {
      guint middle = low + (high - low + 1) / 2;

      if (compare (g_ptr_array_index (self->leaves, middle), 0, sought) <= 0)
        low = middle;
      else
        high = middle - 1;
    }
  return low;
}

static guint
find_in_leaf (const Leaf *leaf, const Sought *sought)
{
  guint low = 0;
  guint high = leaf->n;

  while (low < high)
    {
      guint middle = (low + high) / 2;

      if (compare (leaf, middle, sought) < 0)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

static CbPlace
find (CbDictionary *self, const Sought *sought)
{
  guint index = find_leaf (self, sought);

  return (CbPlace){ index, find_in_leaf (g_ptr_array_index (self->leaves, index), sought) };
}

CbPlace
cb_dictionary_find (CbDictionary *self, const char *text, gsize length)
{
  Sought sought = { text, length, make_key (text, length) };
  CbPlace place = find (self, &sought);
  const Leaf *leaf = g_ptr_array_index (self->leaves, place.leaf);

  if (place.place == leaf->n)
    return (CbPlace){ place.leaf + 1, 0 };
  return place;
}

const CbWord *
cb_dictionary_get (CbDictionary *self, CbPlace place, gint64 *first_rank)
{
  const Leaf *leaf;

  if (place.leaf >= self->leaves->len)
    return NULL;
  leaf = g_ptr_array_index (self->leaves, place.leaf);
  if (place.place >= leaf->n)
    return NULL;
  *first_rank = leaf->first_ranks[place.place];
  return leaf->words[place.place];
}

CbPlace
cb_dictionary_next (CbDictionary *self, CbPlace place)
{
  const Leaf *leaf = g_ptr_array_index (self->leaves, place.leaf);

  if (place.place + 1 < leaf->n)
    return (CbPlace){ place.leaf, place.place + 1 };
  return (CbPlace){ place.leaf + 1, 0 };
}

/* --- the first rank of a leaf --- */

static void
reckon_leaf (CbDictionary *self, guint index)
{
  const Leaf *leaf = g_ptr_array_index (self->leaves, index);
  gint64 first = G_MAXINT64;

  for (guint i = 0; i < leaf->n; i++)
    first = MIN (first, leaf->first_ranks[i]);
  g_array_index (self->ranks, gint64, index) = first;
}

/* A word at that place had its first row at `old`. */
static void
change_rank (CbDictionary *self, guint index, gint64 old, gint64 rank)
{
  gint64 *first = &g_array_index (self->ranks, gint64, index);

  if (rank <= *first)
    *first = rank;
  else if (old == *first)
    reckon_leaf (self, index);
}

/* --- changing --- */

static void
copy_within (Leaf *to, guint to_place, const Leaf *from, guint from_place, guint n)
{
  memmove (to->keys + to_place, from->keys + from_place, n * sizeof to->keys[0]);
  memmove (to->first_ranks + to_place, from->first_ranks + from_place,
           n * sizeof to->first_ranks[0]);
  memmove (to->words + to_place, from->words + from_place, n * sizeof to->words[0]);
}

/* What comes in order, as the numbers of a shop may, fills the leaves; else they are halved. */
static CbPlace
split (CbDictionary *self, CbPlace place)
{
  Leaf *leaf = g_ptr_array_index (self->leaves, place.leaf);
  gboolean is_end = place.place == LEAF_WORDS && place.leaf + 1 == self->leaves->len;
  guint kept = is_end ? LEAF_WORDS : LEAF_WORDS / 2;
  Leaf *next = g_new0 (Leaf, 1);
  gint64 none = G_MAXINT64;

  next->n = LEAF_WORDS - kept;
  copy_within (next, 0, leaf, kept, next->n);
  leaf->n = kept;
  explicit_bzero (leaf->keys + kept, next->n * sizeof leaf->keys[0]);
  g_ptr_array_insert (self->leaves, (int) place.leaf + 1, next);
  g_array_insert_val (self->ranks, place.leaf + 1, none);
  reckon_leaf (self, place.leaf);
  reckon_leaf (self, place.leaf + 1);
  if (place.place > kept || is_end)
    return (CbPlace){ place.leaf + 1, place.place - kept };
  return place;
}

static CbPlace
insert (CbDictionary *self, CbPlace place, const Sought *sought)
{
  Leaf *leaf = g_ptr_array_index (self->leaves, place.leaf);

  if (leaf->n == LEAF_WORDS)
    {
      place = split (self, place);
      leaf = g_ptr_array_index (self->leaves, place.leaf);
    }
  copy_within (leaf, place.place + 1, leaf, place.place, leaf->n - place.place);
  leaf->keys[place.place] = sought->key;
  leaf->first_ranks[place.place] = G_MAXINT64;
  leaf->words[place.place] = cb_word_new (sought->text, sought->length);
  leaf->n++;
  return place;
}

static gboolean
is_there (CbDictionary *self, CbPlace place, const Sought *sought)
{
  const Leaf *leaf = g_ptr_array_index (self->leaves, place.leaf);

  return place.place < leaf->n && compare (leaf, place.place, sought) == 0;
}

static void
note_first_rank (CbDictionary *self, CbPlace place)
{
  Leaf *leaf = g_ptr_array_index (self->leaves, place.leaf);
  gint64 old = leaf->first_ranks[place.place];
  gint64 rank = self->rows->ranks[cb_word_get_slots (leaf->words[place.place])[0]];

  leaf->first_ranks[place.place] = rank;
  change_rank (self, place.leaf, old, rank);
}

void
cb_dictionary_add (CbDictionary *self, const char *text, gsize length, guint32 slot)
{
  Sought sought = { text, length, make_key (text, length) };
  CbPlace place = find (self, &sought);
  Leaf *leaf;

  if (!is_there (self, place, &sought))
    place = insert (self, place, &sought);
  leaf = g_ptr_array_index (self->leaves, place.leaf);
  cb_word_add (leaf->words[place.place], self->rows, slot);
  note_first_rank (self, place);
}

static void
drop_word (CbDictionary *self, CbPlace place)
{
  Leaf *leaf = g_ptr_array_index (self->leaves, place.leaf);
  gint64 old = leaf->first_ranks[place.place];

  cb_word_free (leaf->words[place.place]);
  copy_within (leaf, place.place, leaf, place.place + 1, leaf->n - place.place - 1);
  leaf->n--;
  leaf->keys[leaf->n] = 0;
  change_rank (self, place.leaf, old, G_MAXINT64);
  if (leaf->n == 0 && self->leaves->len > 1)
    {
      g_ptr_array_remove_index (self->leaves, place.leaf);
      g_array_remove_index (self->ranks, place.leaf);
    }
}

void
cb_dictionary_remove (CbDictionary *self, const char *text, gsize length, guint32 slot)
{
  Sought sought = { text, length, make_key (text, length) };
  CbPlace place = find (self, &sought);
  Leaf *leaf;

  if (!is_there (self, place, &sought))
    return;
  leaf = g_ptr_array_index (self->leaves, place.leaf);
  cb_word_remove (leaf->words[place.place], self->rows, slot);
  if (leaf->words[place.place]->n == 0)
    drop_word (self, place);
  else
    note_first_rank (self, place);
}

static void
change_all (CbDictionary *self,
            const char *words,
            guint32 slot,
            void (*change) (CbDictionary *, const char *, gsize, guint32))
{
  for (const char *word = words; *word != '\0';)
    {
      gsize length = strcspn (word, " ");

      if (length > 0)
        change (self, word, length, slot);
      word += length + (word[length] == ' ');
    }
}

void
cb_dictionary_add_all (CbDictionary *self, const char *words, guint32 slot)
{
  change_all (self, words, slot, cb_dictionary_add);
}

void
cb_dictionary_remove_all (CbDictionary *self, const char *words, guint32 slot)
{
  change_all (self, words, slot, cb_dictionary_remove);
}

/* --- looking up --- */

/* Adds what begins so from a place on; FALSE when something no longer does. */
static gboolean
add_begun (const Leaf *leaf, guint from, const Sought *sought, gint64 latest_rank, GArray *found)
{
  gsize in_key = MIN (sought->length, KEY_BYTES);
  guint64 mask = in_key == 0 ? 0 : G_MAXUINT64 << (8 * (KEY_BYTES - in_key));

  for (guint i = from; i < leaf->n; i++)
    {
      CbLookedUp one = { leaf->words[i], leaf->first_ranks[i] };

      if ((leaf->keys[i] & mask) != sought->key)
        return FALSE;
      if (sought->length > KEY_BYTES && strncmp (one.word->text, sought->text, sought->length) != 0)
        return FALSE;
      if (one.first_rank <= latest_rank)
        g_array_append_val (found, one);
    }
  return TRUE;
}

void
cb_dictionary_look_up (CbDictionary *self, const char *text, gboolean is_whole, GArray *found)
{
  gsize length = strlen (text);
  Sought sought = { text, length, make_key (text, length) };
  CbPlace place = cb_dictionary_find (self, text, length);

  if (is_whole)
    {
      CbLookedUp one = { 0 };

      one.word = cb_dictionary_get (self, place, &one.first_rank);
      if (one.word != NULL && is_there (self, place, &sought))
        g_array_append_val (found, one);
      return;
    }
  while (place.leaf < self->leaves->len && add_begun (g_ptr_array_index (self->leaves, place.leaf),
                                                      place.place, &sought, G_MAXINT64, found))
    place = (CbPlace){ place.leaf + 1, 0 };
}

void
cb_dictionary_list_leaves (CbDictionary *self, const char *beginning, GArray *leaves)
{
  g_autofree char *behind = g_strconcat (beginning, CB_BEHIND_ANY, NULL);
  CbPlace first = cb_dictionary_find (self, beginning, strlen (beginning));
  CbPlace end = cb_dictionary_find (self, behind, strlen (behind));

  for (guint i = first.leaf; i < end.leaf + (end.place > 0); i++)
    {
      CbLeafRank one = { i, g_array_index (self->ranks, gint64, i) };

      g_array_append_val (leaves, one);
    }
}

void
cb_dictionary_look_up_in_leaf (CbDictionary *self,
                               const char *beginning,
                               guint leaf,
                               gint64 latest_rank,
                               GArray *found)
{
  gsize length = strlen (beginning);
  Sought sought = { beginning, length, make_key (beginning, length) };

  add_begun (g_ptr_array_index (self->leaves, leaf),
             find_in_leaf (g_ptr_array_index (self->leaves, leaf), &sought), &sought, latest_rank,
             found);
}
