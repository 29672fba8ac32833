/* SPDX-License-Identifier: Apache-2.0 */

/* Thousands of random changes and questions, each answered a second time in the plainest way. */

#define G_LOG_DOMAIN "Counterbook"

#include "search/cb-dictionary.h"

#include <string.h>

#define ROWS 400
#define WORDS_A_ROW 3
#define CHANGES 6000
#define QUESTIONS 3000
#define MANY_ROWS 30000

/* Few letters, of one to three bytes, so that words begin alike and lie near each other. */
static const char *const letters[] = { "a", "b", "c", "é", "д", "ก" };

typedef struct
{
  CbRows rows;
  CbDictionary *dictionary;
  GRand *rand;
  char *words[ROWS * 4]; /* by slot: its words with spaces between, or NULL */
} Model;

static char *
make_word (Model *model, guint most)
{
  GString *word = g_string_new (NULL);
  guint n = (guint) g_rand_int_range (model->rand, 1, (int) most + 1);

  for (guint i = 0; i < n; i++)
    g_string_append (word, letters[g_rand_int_range (model->rand, 0, G_N_ELEMENTS (letters))]);
  return g_string_free (word, FALSE);
}

static void
add_row (Model *model)
{
  guint32 slot = cb_rows_add (&model->rows, g_rand_int_range (model->rand, 0, 50), model);
  GString *words = g_string_new (NULL);

  for (guint i = 0; i < WORDS_A_ROW; i++)
    {
      g_autofree char *word = make_word (model, 12);

      g_string_append_printf (words, "%s%s", i > 0 ? " " : "", word);
    }
  g_assert_cmpuint (slot, <, G_N_ELEMENTS (model->words));
  model->words[slot] = g_string_free (words, FALSE);
  cb_dictionary_add_all (model->dictionary, model->words[slot], slot);
}

static void
remove_row (Model *model, guint32 slot)
{
  cb_dictionary_remove_all (model->dictionary, model->words[slot], slot);
  cb_rows_remove (&model->rows, slot);
  g_clear_pointer (&model->words[slot], g_free);
}

static void
change (Model *model)
{
  guint32 slot = (guint32) g_rand_int_range (model->rand, 0, ROWS);

  if (model->words[slot] != NULL)
    remove_row (model, slot);
  else
    add_row (model);
}

static void
set_up (Model *model, gconstpointer data)
{
  memset (model, 0, sizeof *model);
  cb_rows_init (&model->rows);
  model->dictionary = cb_dictionary_new (&model->rows);
  model->rand = g_rand_new_with_seed (g_test_rand_int () & 0x7fffffff);
  for (guint i = 0; i < ROWS; i++)
    add_row (model);
}

static void
tear_down (Model *model, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (model->words); i++)
    g_free (model->words[i]);
  cb_dictionary_free (model->dictionary);
  cb_rows_clear (&model->rows);
  g_rand_free (model->rand);
}

/* --- the plain way --- */

static guint
count_errors (const gunichar *a, guint n_a, const gunichar *b, guint n_b)
{
  guint table[32][32];

  g_assert_cmpuint (MAX (n_a, n_b), <, 32);
  for (guint i = 0; i <= n_a; i++)
    for (guint j = 0; j <= n_b; j++)
      {
        guint best = i == 0 ? j : j == 0 ? i : 99;

        if (i > 0 && j > 0)
          {
            best = table[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
            best = MIN (best, MIN (table[i - 1][j], table[i][j - 1]) + 1);
          }
        if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
          best = MIN (best, table[i - 2][j - 2] + 1);
        table[i][j] = best;
      }
  return table[n_a][n_b];
}

static gboolean
is_near (const char *word, const char *text, gboolean is_whole)
{
  glong n_word;
  glong n_text;
  g_autofree gunichar *w = g_utf8_to_ucs4_fast (word, -1, &n_word);
  g_autofree gunichar *t = g_utf8_to_ucs4_fast (text, -1, &n_text);

  for (guint n = is_whole ? (guint) n_word : 0; n <= (guint) n_word; n++)
    if (count_errors (w, n, t, (guint) n_text) <= 1)
      return TRUE;
  return FALSE;
}

typedef struct
{
  const char *text;
  gboolean is_whole;
  gboolean is_near;
} Question;

static gboolean
answers (const char *word, const Question *question)
{
  if (question->is_near)
    return is_near (word, question->text, question->is_whole);
  return question->is_whole ? g_str_equal (word, question->text)
                            : g_str_has_prefix (word, question->text);
}

static gboolean
row_answers (const char *words, const Question *question)
{
  g_auto (GStrv) list = g_strsplit (words, " ", -1);

  for (guint i = 0; list[i] != NULL; i++)
    if (answers (list[i], question))
      return TRUE;
  return FALSE;
}

static int
compare (gconstpointer a, gconstpointer b, gpointer rows)
{
  return cb_rows_compare (rows, *(const guint32 *) a, *(const guint32 *) b);
}

static GArray *
find_plainly (Model *model, const Question *questions, guint n, guint most)
{
  GArray *slots = g_array_new (FALSE, FALSE, sizeof (guint32));

  for (guint32 slot = 0; slot < model->rows.n; slot++)
    {
      gboolean all = model->words[slot] != NULL;

      for (guint i = 0; i < n && all; i++)
        all = row_answers (model->words[slot], &questions[i]);
      if (all)
        g_array_append_val (slots, slot);
    }
  g_array_sort_with_data (slots, compare, &model->rows);
  g_array_set_size (slots, MIN (slots->len, most));
  return slots;
}

/* --- */

static GArray *
find (Model *model, const Question *questions, guint n, guint most)
{
  g_autoptr (GPtrArray) lists = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  GArray *slots = g_array_new (FALSE, FALSE, sizeof (guint32));

  for (guint i = 0; i < n; i++)
    {
      GArray *found = g_array_new (FALSE, FALSE, sizeof (CbLookedUp));

      cb_dictionary_look_up (model->dictionary, questions[i].text, questions[i].is_whole, found);
      if (questions[i].is_near)
        cb_dictionary_look_up_near (model->dictionary, questions[i].text, questions[i].is_whole,
                                    found);
      g_ptr_array_add (lists, found);
    }
  cb_rows_match (&model->rows, lists, most, slots);
  return slots;
}

static void
ask (Model *model, gboolean may_be_near)
{
  Question questions[3];
  guint n = (guint) g_rand_int_range (model->rand, 1, G_N_ELEMENTS (questions) + 1);
  guint most = (guint) g_rand_int_range (model->rand, 1, 60);
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GArray) found = NULL;
  g_autoptr (GArray) expected = NULL;

  for (guint i = 0; i < n; i++)
    {
      questions[i].is_near = may_be_near && g_rand_boolean (model->rand);
      questions[i].is_whole = g_rand_boolean (model->rand);
      questions[i].text = make_word (model, questions[i].is_near || questions[i].is_whole ? 5 : 3);
      g_ptr_array_add (texts, (gpointer) questions[i].text);
    }
  found = find (model, questions, n, most);
  expected = find_plainly (model, questions, n, most);
  g_assert_cmpmem (found->data, found->len * sizeof (guint32), expected->data,
                   expected->len * sizeof (guint32));
}

/* One or two beginnings, whose rows come among each other. */
static void
ask_for_beginnings (Model *model)
{
  guint most = (guint) g_rand_int_range (model->rand, 1, 60);
  guint n = (guint) g_rand_int_range (model->rand, 1, 3);
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autoptr (GArray) expected = g_array_new (FALSE, FALSE, sizeof (guint32));

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *text = make_word (model, 3);
      Question question = { .text = text };
      g_autoptr (GArray) plain = find_plainly (model, &question, 1, ROWS);

      cb_rows_merge_begun (&model->rows, model->dictionary, text, most, found);
      g_array_append_vals (expected, plain->data, plain->len);
    }
  g_array_sort_with_data (expected, compare, &model->rows);
  for (guint i = 0; i + 1 < expected->len;)
    if (g_array_index (expected, guint32, i) == g_array_index (expected, guint32, i + 1))
      g_array_remove_index (expected, i);
    else
      i++;
  g_array_set_size (expected, MIN (expected->len, most));
  g_assert_cmpmem (found->data, found->len * sizeof (guint32), expected->data,
                   expected->len * sizeof (guint32));
}

/* A rank too late would hide somebody, one too early costs a look for nothing. */
static void
check_first_ranks (Model *model)
{
  g_autoptr (GArray) leaves = g_array_new (FALSE, FALSE, sizeof (CbLeafRank));
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (CbLookedUp));

  cb_dictionary_list_leaves (model->dictionary, "", leaves);
  for (guint i = 0; i < leaves->len; i++)
    {
      const CbLeafRank *leaf = &g_array_index (leaves, CbLeafRank, i);
      gint64 first = G_MAXINT64;

      g_array_set_size (found, 0);
      cb_dictionary_look_up_in_leaf (model->dictionary, "", leaf->leaf, G_MAXINT64, found);
      for (guint j = 0; j < found->len; j++)
        first = MIN (first, g_array_index (found, CbLookedUp, j).first_rank);
      g_assert_cmpint (leaf->first_rank, ==, first);
    }
}

static void
test_beginnings (Model *model, gconstpointer data)
{
  for (guint i = 0; i < QUESTIONS; i++)
    {
      ask_for_beginnings (model);
      check_first_ranks (model);
      for (guint j = 0; j < CHANGES / QUESTIONS; j++)
        change (model);
    }
  for (guint32 slot = 0; slot < model->rows.n; slot++)
    if (model->words[slot] != NULL)
      remove_row (model, slot);
  ask_for_beginnings (model);
}

/* So many that most leaves need no look, where those that do may be anywhere. */
static void
test_beginnings_of_many (Model *model, gconstpointer data)
{
  for (guint i = 0; i < MANY_ROWS; i++)
    {
      g_autofree char *word = make_word (model, 12);
      guint32 slot = cb_rows_add (&model->rows, g_rand_int (model->rand), model);

      cb_dictionary_add (model->dictionary, word, strlen (word), slot);
    }
  for (guint i = 0; i < QUESTIONS; i++)
    {
      g_autofree char *text = make_word (model, 2);
      guint most = (guint) g_rand_int_range (model->rand, 1, 60);
      g_autoptr (GPtrArray) lists = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
      g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (guint32));
      g_autoptr (GArray) expected = g_array_new (FALSE, FALSE, sizeof (guint32));

      g_ptr_array_add (lists, g_array_new (FALSE, FALSE, sizeof (CbLookedUp)));
      cb_dictionary_look_up (model->dictionary, text, FALSE, lists->pdata[0]);
      cb_rows_match (&model->rows, lists, most, expected);
      cb_rows_merge_begun (&model->rows, model->dictionary, text, most, found);
      g_assert_cmpmem (found->data, found->len * sizeof (guint32), expected->data,
                       expected->len * sizeof (guint32));
    }
}

static void
test_answers_as_the_plain_way (Model *model, gconstpointer near)
{
  for (guint i = 0; i < QUESTIONS; i++)
    {
      ask (model, near != NULL);
      for (guint j = 0; j < CHANGES / QUESTIONS; j++)
        change (model);
    }
  for (guint32 slot = 0; slot < model->rows.n; slot++)
    if (model->words[slot] != NULL)
      remove_row (model, slot);
  ask (model, TRUE);
}

/* Words long enough that what lies beside them in the dictionary doesn't tell them apart. */
static void
test_near_beginnings (Model *model, gconstpointer data)
{
  for (guint i = 0; i < QUESTIONS * 10; i++)
    {
      g_autofree char *word = make_word (model, 9);
      g_autofree char *text = make_word (model, 7);
      gsize bytes = cb_near_beginning (word, strlen (word), text);
      g_autofree char *beginning = g_strndup (word, bytes);

      /* Of one letter nothing is left without it. */
      if (g_utf8_strlen (text, -1) > 1)
        g_assert_cmpint (bytes > 0, ==, is_near (word, text, FALSE));
      if (bytes > 0)
        g_assert_true (is_near (beginning, text, TRUE));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/dictionary/words/answers-as-the-plain-way", Model, NULL, set_up,
              test_answers_as_the_plain_way, tear_down);
  g_test_add ("/dictionary/words/beginnings", Model, NULL, set_up, test_beginnings, tear_down);
  g_test_add ("/dictionary/words/beginnings-of-many", Model, NULL, set_up, test_beginnings_of_many,
              tear_down);
  g_test_add ("/dictionary/near/answers-as-the-plain-way", Model, "near", set_up,
              test_answers_as_the_plain_way, tear_down);
  g_test_add ("/dictionary/near/beginnings", Model, NULL, set_up, test_near_beginnings, tear_down);

  return g_test_run ();
}
