/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "search/cb-dictionary.h"

#include <string.h>

#define FIRST_CAPACITY 6

CbWord *
cb_word_new (const char *text, gsize length)
{
  CbWord *word = g_malloc (sizeof (CbWord) + length + 1);

  word->n = 0;
  memcpy (word->text, text, length);
  word->text[length] = '\0';
  return word;
}

void
cb_word_free (CbWord *word)
{
  if (word->n > CB_WORD_FEW)
    g_free (word->in.many);
  explicit_bzero (word->text, strlen (word->text));
  g_free (word);
}

/* How many of its rows are shown before that one. */
static guint32
find_place (const CbWord *word, const CbRows *rows, guint32 slot)
{
  const guint32 *slots = cb_word_get_slots (word);
  guint32 low = 0;
  guint32 high = word->n;

  if (high > 0 && cb_rows_compare (rows, slots[high - 1], slot) < 0)
    return high;
  while (low < high)
    {
      guint32 middle = low + (high - low) / 2;

      if (cb_rows_compare (rows, slots[middle], slot) < 0)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

/* A larger block, with what it holds at the side away from where room is wanted. */
static CbManySlots *
grow (const guint32 *slots, guint32 n, gboolean at_start)
{
  guint32 capacity = MAX (FIRST_CAPACITY, n + n / 2 + 2);
  CbManySlots *many = g_malloc (sizeof (CbManySlots) + capacity * sizeof (guint32));

  many->capacity = capacity;
  many->start = at_start ? capacity - n : 0;
  memcpy (many->slots + many->start, slots, n * sizeof (guint32));
  return many;
}

static void
insert_among_many (CbWord *word, guint32 place, guint32 slot)
{
  CbManySlots *many = word->in.many;
  gboolean at_start = place < word->n / 2;
  guint32 *slots;

  if (at_start ? many->start == 0 : many->start + word->n == many->capacity)
    {
      CbManySlots *grown = grow (many->slots + many->start, word->n, at_start);

      g_free (many);
      many = word->in.many = grown;
    }
  if (at_start)
    many->start--;
  slots = many->slots + many->start;
  if (at_start)
    memmove (slots, slots + 1, place * sizeof (guint32));
  else
    memmove (slots + place + 1, slots + place, (word->n - place) * sizeof (guint32));
  slots[place] = slot;
  word->n++;
}

void
cb_word_add (CbWord *word, const CbRows *rows, guint32 slot)
{
  guint32 place = find_place (word, rows, slot);

  if (place < word->n && cb_word_get_slots (word)[place] == slot)
    return;
  if (word->n < CB_WORD_FEW)
    {
      memmove (word->in.few + place + 1, word->in.few + place,
               (word->n - place) * sizeof (guint32));
      word->in.few[place] = slot;
      word->n++;
      return;
    }
  if (word->n == CB_WORD_FEW)
    word->in.many = grow (word->in.few, CB_WORD_FEW, FALSE);
  insert_among_many (word, place, slot);
}

void
cb_word_remove (CbWord *word, const CbRows *rows, guint32 slot)
{
  guint32 place = find_place (word, rows, slot);
  guint32 *slots = (guint32 *) cb_word_get_slots (word);

  if (place >= word->n || slots[place] != slot)
    return;
  if (word->n > CB_WORD_FEW && place < word->n / 2)
    {
      memmove (slots + 1, slots, place * sizeof (guint32));
      word->in.many->start++;
    }
  else
    memmove (slots + place, slots + place + 1, (word->n - place - 1) * sizeof (guint32));
  word->n--;
  if (word->n == CB_WORD_FEW)
    {
      CbManySlots *many = word->in.many;

      memcpy (word->in.few, many->slots + many->start, sizeof word->in.few);
      g_free (many);
    }
}
