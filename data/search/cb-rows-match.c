/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "search/cb-dictionary.h"

#include <string.h>

/* --- the first few of many --- */

/* In their order, so that the last is the one to beat. They are few: tens, at most hundreds. */
typedef struct
{
  const CbRows *rows;
  GArray *slots;
  guint from; /* what was in the array before isn't ours */
  guint most;
} First;

static gboolean
is_full (const First *first)
{
  return first->slots->len - first->from >= first->most;
}

static gint64
rank_to_beat (const First *first)
{
  guint32 last;

  if (!is_full (first))
    return G_MAXINT64;
  last = g_array_index (first->slots, guint32, first->slots->len - 1);
  return first->rows->ranks[last];
}

static void
take (First *first, guint32 slot)
{
  guint low = first->from;
  guint high = first->slots->len;

  if (cb_rows_leave_out (first->rows, slot))
    return;
  while (low < high)
    {
      guint middle = (low + high) / 2;

      if (cb_rows_compare (first->rows, g_array_index (first->slots, guint32, middle), slot) < 0)
        low = middle + 1;
      else
        high = middle;
    }
  if (low < first->slots->len && g_array_index (first->slots, guint32, low) == slot)
    return;
  if (low == first->slots->len && is_full (first))
    return;
  g_array_insert_val (first->slots, low, slot);
  if (first->slots->len - first->from > first->most)
    g_array_set_size (first->slots, first->from + first->most);
}

/* --- one list --- */

/* The rows of a word are in order, so each word is left at its first that comes too late. */
static void
take_first (First *first, GArray *list)
{
  for (guint i = 0; i < list->len; i++)
    {
      const CbLookedUp *one = &g_array_index (list, CbLookedUp, i);
      const guint32 *slots;

      if (one->first_rank > rank_to_beat (first))
        continue;
      slots = cb_word_get_slots (one->word);
      for (guint32 j = 0; j < one->word->n; j++)
        {
          if (first->rows->ranks[slots[j]] > rank_to_beat (first))
            break;
          take (first, slots[j]);
        }
    }
}

/* --- what begins somehow --- */

/* The leaf with the first rank is on top; below each are two with later ones. */
static void
sink (CbLeafRank *leaves, guint n, guint at)
{
  CbLeafRank one = leaves[at];

  for (guint below = 2 * at + 1; below < n; below = 2 * at + 1)
    {
      if (below + 1 < n && leaves[below + 1].first_rank < leaves[below].first_rank)
        below++;
      if (one.first_rank <= leaves[below].first_rank)
        break;
      leaves[at] = leaves[below];
      at = below;
    }
  leaves[at] = one;
}

void
cb_rows_merge_begun (const CbRows *rows,
                     CbDictionary *dictionary,
                     const char *beginning,
                     guint most,
                     GArray *slots)
{
  First first = { rows, slots, 0, most };
  g_autoptr (GArray) array = g_array_new (FALSE, FALSE, sizeof (CbLeafRank));
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (CbLookedUp));
  CbLeafRank *leaves;

  if (most == 0)
    return;
  cb_dictionary_list_leaves (dictionary, beginning, array);
  leaves = (CbLeafRank *) (gpointer) array->data;
  for (guint i = array->len / 2; i > 0; i--)
    sink (leaves, array->len, i - 1);

  /* Each leaf that is looked into has a row earlier than all of those that are not. */
  for (guint n = array->len; n > 0 && leaves[0].first_rank <= rank_to_beat (&first); n--)
    {
      g_array_set_size (found, 0);
      cb_dictionary_look_up_in_leaf (dictionary, beginning, leaves[0].leaf, rank_to_beat (&first),
                                     found);
      take_first (&first, found);
      leaves[0] = leaves[n - 1];
      sink (leaves, n - 1, 0);
    }
}

/* --- several --- */

static gboolean
has_bit (const guint64 *bits, guint32 slot)
{
  return (bits[slot / 64] >> (slot % 64) & 1) != 0;
}

/* Sets those of a list that are in `among`. */
static void
set_bits (guint64 *bits, const guint64 *among, GArray *list)
{
  for (guint i = 0; i < list->len; i++)
    {
      const CbWord *word = g_array_index (list, CbLookedUp, i).word;
      const guint32 *slots = cb_word_get_slots (word);

      for (guint32 j = 0; j < word->n; j++)
        if (among == NULL || has_bit (among, slots[j]))
          bits[slots[j] / 64] |= G_GUINT64_CONSTANT (1) << (slots[j] % 64);
    }
}

static void
take_those_in (First *first, const guint64 *among, GArray *list)
{
  for (guint i = 0; i < list->len; i++)
    {
      const CbLookedUp *one = &g_array_index (list, CbLookedUp, i);
      const guint32 *slots = cb_word_get_slots (one->word);

      if (one->first_rank > rank_to_beat (first))
        continue;
      for (guint32 j = 0; j < one->word->n; j++)
        if (has_bit (among, slots[j]))
          {
            if (first->rows->ranks[slots[j]] > rank_to_beat (first))
              break;
            take (first, slots[j]);
          }
    }
}

static guint64
count_slots (GArray *list)
{
  guint64 n = 0;

  for (guint i = 0; i < list->len; i++)
    n += g_array_index (list, CbLookedUp, i).word->n;
  return n;
}

static int
compare_counts (gconstpointer a, gconstpointer b)
{
  guint64 left = count_slots (*(GArray *const *) a);
  guint64 right = count_slots (*(GArray *const *) b);

  return (left > right) - (left < right);
}

static void
take_common (First *first, GPtrArray *lists)
{
  gsize n_words = first->rows->n / 64 + 1;
  g_autofree guint64 *among = NULL;

  g_ptr_array_sort (lists, compare_counts);
  for (guint i = 0; i + 1 < lists->len; i++)
    {
      guint64 *bits = g_new0 (guint64, n_words);

      set_bits (bits, among, g_ptr_array_index (lists, i));
      g_free (among);
      among = bits;
    }
  take_those_in (first, among, g_ptr_array_index (lists, lists->len - 1));
}

void
cb_rows_match (const CbRows *rows, GPtrArray *lists, guint most, GArray *slots)
{
  First first = { rows, slots, slots->len, most };

  if (lists->len == 0 || most == 0)
    return;
  for (guint i = 0; i < lists->len; i++)
    if (((GArray *) g_ptr_array_index (lists, i))->len == 0)
      return;
  if (lists->len == 1)
    take_first (&first, g_ptr_array_index (lists, 0));
  else
    take_common (&first, lists);
}
