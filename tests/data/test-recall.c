/* SPDX-License-Identifier: Apache-2.0 */

/* Whom a person would expect to find, in many scripts, and whom not: fixtures/search/recall.txt. A
 * case is called by the line and the place of its query; no text is printed. */

#define G_LOG_DOMAIN "Counterbook"

#include "base/cb-clock.h"
#include "base/cb-fold.h"
#include "search/cb-index.h"

#include <string.h>

#define LIMIT 20
#define FEWEST_PAIRS 300

typedef struct
{
  CbIndex *index;
  char sign; /* 1, + or - */
  char *query;
  char *id;
} Pair;

static void
pair_free (gpointer data)
{
  Pair *pair = data;

  g_free (pair->query);
  g_free (pair->id);
  g_free (pair);
}

static gboolean
is_hit (CbHit *hit, const char *id)
{
  const char *note = cb_hit_get_note_id (hit);

  return g_str_equal (note != NULL ? note : cb_hit_get_customer_id (hit), id);
}

static void
test_pair (gconstpointer data)
{
  const Pair *pair = data;
  g_autoptr (GPtrArray) hits = cb_index_find (pair->index, pair->query, LIMIT);
  gboolean is_found = FALSE;

  for (guint i = 0; i < hits->len; i++)
    is_found = is_found || is_hit (hits->pdata[i], pair->id);
  g_assert_cmpint (is_found, ==, pair->sign != '-');
  if (pair->sign == '1')
    g_assert_true (is_hit (hits->pdata[0], pair->id));
}

/* Whoever is found is marked somewhere, and nothing outside of the text is. */
static void
test_marks (gconstpointer data)
{
  const GPtrArray *pairs = data;
  guint n_unmarked = 0;

  for (guint i = 0; i < pairs->len; i++)
    {
      const Pair *pair = g_ptr_array_index (pairs, i);
      g_autoptr (GPtrArray) hits = cb_index_find (pair->index, pair->query, LIMIT);

      for (guint j = 0; j < hits->len; j++)
        {
          guint n_spans;
          const CbHitSpan *spans = cb_hit_get_spans (hits->pdata[j], &n_spans);

          n_unmarked += n_spans == 0;
          for (guint k = 0; k < n_spans; k++)
            {
              const char *text = cb_hit_get_text (hits->pdata[j], spans[k].field, spans[k].item);

              g_assert_nonnull (text);
              g_assert_cmpuint (spans[k].start, <, spans[k].end);
              g_assert_cmpuint (spans[k].end, <=, strlen (text));
              g_assert_true (g_utf8_validate (text + spans[k].start,
                                              (gssize) (spans[k].end - spans[k].start), NULL));
            }
        }
    }
  g_assert_cmpuint (n_unmarked, ==, 0);
}

/* --- the fixture --- */

static char **
split (const char *text, const char *between)
{
  char **parts = g_strsplit (text, between, -1);
  guint kept = 0;

  for (guint i = 0; parts[i] != NULL; i++)
    if (*g_strstrip (parts[i]) != '\0' || *between == '|')
      parts[kept++] = parts[i];
    else
      g_free (parts[i]);
  parts[kept] = NULL;
  return parts;
}

/* Who comes first in the file was seen last. */
static void
put_person (CbIndex *index, char **columns, guint line)
{
  g_auto (GStrv) emails = split (columns[4], ",");
  g_auto (GStrv) typed = split (columns[5], ",");
  g_autoptr (GPtrArray) phones = g_ptr_array_new_with_free_func (g_free);
  CbPersonText person = { columns[1], columns[2], columns[3], (const char *const *) emails, NULL };

  for (guint i = 0; typed[i] != NULL; i++)
    {
      g_ptr_array_add (phones, cb_fold_phone (typed[i], "GB"));
      g_assert_nonnull (phones->pdata[i]);
    }
  g_ptr_array_add (phones, NULL);
  person.phones = (const char *const *) phones->pdata;
  cb_index_put_customer (index, columns[0], &person, (10000 - line) * CB_US_PER_DAY);
}

static void
add_pairs (GPtrArray *pairs, CbIndex *index, char sign, char **columns, guint line)
{
  for (guint i = 1; columns[i] != NULL; i++)
    {
      g_autofree char *path = g_strdup_printf ("/recall/line-%u/query-%u", line, i);
      Pair *pair = g_new0 (Pair, 1);

      pair->index = index;
      pair->sign = sign;
      pair->query = g_strdup (columns[i]);
      pair->id = g_strdup (columns[0]);
      g_ptr_array_add (pairs, pair);
      g_test_add_data_func (path, pair, test_pair);
    }
}

static void
read_line (GPtrArray *pairs, CbIndex *index, const char *text, guint line)
{
  g_auto (GStrv) columns = NULL;

  if (*text == '\0' || *text == '#')
    return;
  columns = split (text + 2, "|");
  if (*text == 'p')
    {
      g_assert_cmpuint (g_strv_length (columns), ==, 6);
      put_person (index, columns, line);
    }
  else if (*text == 'n')
    g_assert_true (cb_index_put_note (index, columns[0], columns[1], columns[2]));
  else
    {
      g_assert_nonnull (strchr ("1+-", *text));
      add_pairs (pairs, index, *text, columns, line);
    }
}

int
main (int argc, char *argv[])
{
  g_autofree char *path = NULL;
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (CbIndex) index = cb_index_new ();
  g_autoptr (GPtrArray) pairs = g_ptr_array_new_with_free_func (pair_free);

  g_test_init (&argc, &argv, NULL);

  path = g_test_build_filename (G_TEST_DIST, "fixtures", "search", "recall.txt", NULL);
  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    read_line (pairs, index, lines[i], i + 1);
  g_assert_cmpuint (pairs->len, >=, FEWEST_PAIRS);
  g_test_add_data_func ("/recall/marks-say-why", pairs, test_marks);

  return g_test_run ();
}
