/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "base/cb-clock.h"
#include "base/cb-error.h"
#include "search/cb-index-private.h"

#include <string.h>

#define LIMIT 20

/* Plainly invented people; the visit is in days, a larger one is later. */
static const struct
{
  const char *id;
  const char *given;
  const char *family;
  const char *preferred;
  const char *email;
  const char *phone;
  int visit;
} people[] = {
  { "mara", "Mara", "Ellingsen", NULL, "mara@example.com", "+447700900101", 50 },
  { "maralyn", "Maralyn", "Pryce", NULL, "m.pryce@example.com", "+447700900102", 90 },
  { "ellison", "Mara", "Ellison", NULL, NULL, "+447700900257", 70 },
  { "annamara", "Anna Mara", "Brandt", NULL, NULL, NULL, 95 },
  { "juergen", "Jürgen", "Straßmüller", NULL, "j.s+shop@example.com", "+4915550100123", 10 },
  { "solene", "Solène", "Aubrac", "Sol", "solene.aubrac@example.com", "+33755501234", 20 },
  { "obrien", "Siobhán", "O’Brien", NULL, NULL, NULL, 5 },
  { "zandt", "Wilhelmina", "van der Zandt-Oosterhuis", NULL, NULL, NULL, 6 },
  { "layla", "ليلى", "الحريري", NULL, NULL, "+201005550123", 7 },
  { "oota", "健二", "太田", NULL, NULL, "+815050123456", 8 },
  { "minsu", "민수", "김", NULL, NULL, NULL, 9 },
  { "katakana", "ジョン", "スミス", NULL, NULL, NULL, 11 },
  { "shira", "שִׁירָה", "לוי", NULL, NULL, NULL, 12 },
  { "eleni", "Ελένη", "Παπαδοπούλου", NULL, NULL, NULL, 13 },
  { "fyodor", "Фёдор", "Щербаков", NULL, NULL, NULL, 14 },
  { "lukasz", "Łukasz", "Żółtowski", NULL, NULL, NULL, 15 },
  { "aerin", "Ærin", "Søndergård", NULL, NULL, NULL, 16 },
  { "devi", "देवी", "शर्मा", NULL, NULL, NULL, 17 },
  { "somchai", "สมชาย", "ใจดี", NULL, NULL, NULL, 18 },
  { "sicilian", NULL, NULL, "Nonna Pina", NULL, "+390915550123", 4 },
  { "nobody", NULL, NULL, NULL, NULL, "+393471234567", 19 },
};

static void
put (CbIndex *index, guint i)
{
  const char *emails[] = { people[i].email, NULL };
  const char *phones[] = { people[i].phone, NULL };
  g_autoptr (GError) error = NULL;

  cb_index_put_customer (index, people[i].id, people[i].given, people[i].family,
                         people[i].preferred, emails, phones, people[i].visit * CB_US_PER_DAY,
                         &error);
  g_assert_no_error (error);
}

static void
put_note (CbIndex *index, const char *note, const char *customer, const char *text)
{
  g_autoptr (GError) error = NULL;

  cb_index_put_note (index, note, customer, text, &error);
  g_assert_no_error (error);
}

static CbIndex *
make_index (void)
{
  CbIndex *index = cb_index_new ();

  for (guint i = 0; i < G_N_ELEMENTS (people); i++)
    put (index, i);
  g_assert_cmpuint (cb_index_get_n_customers (index), ==, G_N_ELEMENTS (people));
  return index;
}

static GPtrArray *
find (CbIndex *index, const char *typed)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *hits = cb_index_find (index, typed, LIMIT, &error);

  g_assert_no_error (error);
  g_assert_nonnull (hits);
  return hits;
}

/* Who is found, in order: "mara ellison". Notes by their own ids. */
static char *
who (CbIndex *index, const char *typed)
{
  g_autoptr (GPtrArray) hits = find (index, typed);
  g_autoptr (GString) ids = g_string_new (NULL);

  for (guint i = 0; i < hits->len; i++)
    {
      CbHit *hit = g_ptr_array_index (hits, i);
      gboolean is_note = cb_hit_get_group (hit) == CB_HIT_NOTE;

      g_string_append_printf (ids, "%s%s", i > 0 ? " " : "",
                              is_note ? cb_hit_get_note_id (hit) : cb_hit_get_customer_id (hit));
    }
  return g_string_free (g_steal_pointer (&ids), FALSE);
}

static void
expect (CbIndex *index, const char *typed, const char *ids)
{
  g_autofree char *found = who (index, typed);

  if (!g_str_equal (found, ids))
    g_test_message ("typed: %.40s", typed);
  g_assert_cmpstr (found, ==, ids);
}

static void
test_exact_then_whole_then_prefix (void)
{
  g_autoptr (CbIndex) index = make_index ();
  g_autoptr (GPtrArray) hits = find (index, "mara");

  /* Exact by latest visit, then the whole word inside a name, then the beginning of one. */
  expect (index, "mara", "ellison mara annamara maralyn");
  g_assert_cmpint (cb_hit_get_rank (hits->pdata[0]), ==, CB_HIT_EXACT);
  g_assert_cmpint (cb_hit_get_rank (hits->pdata[1]), ==, CB_HIT_EXACT);
  g_assert_cmpint (cb_hit_get_rank (hits->pdata[2]), ==, CB_HIT_WORD);
  g_assert_cmpint (cb_hit_get_rank (hits->pdata[3]), ==, CB_HIT_PREFIX);
  expect (index, "mar", "annamara maralyn ellison mara");
}

static void
test_from_the_first_letter (void)
{
  g_autoptr (CbIndex) index = make_index ();

  expect (index, "e", "ellison mara");
  expect (index, "E", "ellison mara");
  expect (index, " ell ", "ellison mara");
  expect (index, "elli", "ellison mara");
  expect (index, "ellin", "mara");
  expect (index, "lling", "");
}

static void
test_words_in_any_order (void)
{
  g_autoptr (CbIndex) index = make_index ();

  expect (index, "mara ellingsen", "mara");
  expect (index, "ellingsen mara", "mara");
  expect (index, "ell mar", "ellison mara");
  expect (index, "anna mara brandt", "annamara");
  expect (index, "brandt mara", "annamara");
  expect (index, "mara brandt ellison", "");
}

static void
test_folding (void)
{
  g_autoptr (CbIndex) index = make_index ();

  expect (index, "JURGEN", "juergen");
  expect (index, "jürgen", "juergen");
  expect (index, "strassm", "juergen");
  expect (index, "straßmüller", "juergen");
  expect (index, "STRASSMULLER", "juergen");
  expect (index, "solene", "solene");
  expect (index, "Sole\xcc\x80ne", "solene");
  expect (index, "sol", "solene");
  expect (index, "lukasz zoltowski", "lukasz");
  expect (index, "aerin", "aerin");
  expect (index, "æri", "aerin");
  expect (index, "sondergard", "aerin");
  expect (index, "siobhan", "obrien");
}

static void
test_hyphens_and_apostrophes (void)
{
  g_autoptr (CbIndex) index = make_index ();

  expect (index, "o'brien", "obrien");
  expect (index, "o’brien", "obrien");
  expect (index, "obrien", "obrien");
  expect (index, "obri", "obrien");
  expect (index, "brien", "obrien");
  expect (index, "o br", "obrien");
  expect (index, "zandt-oosterhuis", "zandt");
  expect (index, "zandtoost", "zandt");
  expect (index, "oosterhuis", "zandt");
  expect (index, "van der zandt oosterhuis wilhelmina", "zandt");
}

static void
test_scripts (void)
{
  g_autoptr (CbIndex) index = make_index ();

  expect (index, "ليل", "layla");
  expect (index, "الحريري ليلى", "layla");
  expect (index, "لَيْلَى", "layla");
  expect (index, "שירה", "shira");
  expect (index, "שִׁי", "shira");
  expect (index, "ελενη", "eleni");
  expect (index, "ΕΛΈΝΗ ΠΑΠ", "eleni");
  expect (index, "федор", "fyodor");
  expect (index, "ЩЕРБ", "fyodor");
  expect (index, "देव", "devi");
  expect (index, "สม", "somchai");
}

static void
test_scripts_without_spaces (void)
{
  g_autoptr (CbIndex) index = make_index ();

  expect (index, "太", "oota");
  expect (index, "田", "oota");
  expect (index, "太田", "oota");
  expect (index, "健二", "oota");
  expect (index, "太田健二", "oota");
  expect (index, "太田 健二", "oota");
  expect (index, "健二太田", "oota");
  expect (index, "田太", "");
  expect (index, "太二", "");
  expect (index, "김민수", "minsu");
  expect (index, "민수", "minsu");
  expect (index, "수", "minsu");
  expect (index, "ジョン", "katakana");
  expect (index, "ｼﾞｮﾝ", "katakana");
  expect (index, "ミス", "katakana");
}

static void
test_phones_however_typed (void)
{
  static const char *const ways[] = {
    "07700900101",
    "07700 900 101",
    "+44 7700 900101",
    "+447700900101",
    "0044 7700 900101",
    "+44 (0) 7700 900101",
    "+44(0)7700900101",
    "(07700) 900-101",
    "07700.900.101",
    "7700900101",
    "٠٧٧٠٠٩٠٠١٠١",
    "０７７００９００１０１",
    "07700\xe2\x80\x91"
    "900101",
  };
  g_autoptr (CbIndex) index = make_index ();

  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    expect (index, ways[i], "mara");
  expect (index, "347 123 4567", "nobody");
  expect (index, "07700900999", "");
}

static void
test_a_number_from_its_beginning (void)
{
  g_autoptr (CbIndex) index = make_index ();

  expect (index, "0", "");
  expect (index, "07700", "maralyn ellison mara");
  expect (index, "07700 9001", "maralyn mara");
  expect (index, "+44 77", "maralyn ellison mara");
  expect (index, "0033 7", "solene");
  expect (index, "+33", "solene");
  expect (index, "44770", "maralyn ellison mara");
  expect (index, "+39 34", "nobody");
  expect (index, "0915", "sicilian");
  expect (index, "915", "sicilian");
  expect (index, "+39 09", "sicilian");
}

static void
test_last_four_digits (void)
{
  g_autoptr (CbIndex) index = make_index ();
  g_autoptr (GPtrArray) hits = find (index, "0101");

  expect (index, "0101", "mara");
  expect (index, "0257", "ellison");

  /* Three of them end so; the one seen last comes first. */
  expect (index, "0123", "juergen layla sicilian");
  expect (index, "mara 0257", "ellison");
  expect (index, "0257 mara", "ellison");
  expect (index, "mara 02", "ellison mara annamara maralyn");
  expect (index, "mara 0258", "");
  g_assert_cmpint (cb_hit_get_rank (hits->pdata[0]), ==, CB_HIT_PREFIX);
}

static void
test_emails_from_their_beginning (void)
{
  g_autoptr (CbIndex) index = make_index ();
  g_autoptr (GPtrArray) hits = find (index, "Mara@Example.com");

  expect (index, "mara@", "mara");
  expect (index, "MARA@EX", "mara");
  expect (index, "j.s+s", "juergen");
  expect (index, "m.p", "maralyn");
  expect (index, "solene.au", "solene");
  expect (index, "example.com", "");
  g_assert_cmpuint (hits->len, ==, 1);
  g_assert_cmpint (cb_hit_get_rank (hits->pdata[0]), ==, CB_HIT_EXACT);
}

static void
test_notes_come_after_persons (void)
{
  g_autoptr (CbIndex) index = make_index ();
  g_autoptr (GPtrArray) hits = NULL;

  put_note (index, "n1", "solene", "Cuir souple, talon 4 cm au plus; like Mara.");
  put_note (index, "n2", "juergen", "Breiter Leisten, Gr. 46");
  put_note (index, "n3", "oota", "紺色の靴が好き");
  put_note (index, "n4", "solene", "Navy, in her cut");
  put_note (index, "n5", "mara", "Sister's wedding in June, navy, not wool, 38 narrow");

  expect (index, "mara", "ellison mara annamara maralyn n1");
  expect (index, "souple", "n1");
  expect (index, "cuir tal", "n1");
  expect (index, "navy", "n5 n4");
  expect (index, "nav", "n5 n4");
  expect (index, "na", "");
  expect (index, "46", "n2");
  expect (index, "4", "n1");
  expect (index, "navy 38", "n5");
  expect (index, "sisters wed", "n5");
  expect (index, "靴", "n3");
  expect (index, "紺色", "n3");
  expect (index, "色紺", "");

  hits = find (index, "souple");
  g_assert_cmpint (cb_hit_get_group (hits->pdata[0]), ==, CB_HIT_NOTE);
  g_assert_cmpint (cb_hit_get_rank (hits->pdata[0]), ==, CB_HIT_WORD);
  g_assert_cmpstr (cb_hit_get_customer_id (hits->pdata[0]), ==, "solene");
  g_assert_cmpstr (cb_hit_get_note_id (hits->pdata[0]), ==, "n1");
}

static void
test_a_note_needs_its_customer (void)
{
  g_autoptr (CbIndex) index = make_index ();
  g_autoptr (GError) error = NULL;

  g_assert_false (cb_index_put_note (index, "n1", "stranger", "navy", &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID);
  expect (index, "navy", "");
}

static void
test_replacing (void)
{
  g_autoptr (CbIndex) index = make_index ();
  const char *const phones[] = { "+447700900555", NULL };
  g_autoptr (GError) error = NULL;

  put_note (index, "n1", "mara", "navy");
  cb_index_put_customer (index, "mara", "Mara", "Quill", NULL, NULL, phones, 99 * CB_US_PER_DAY,
                         &error);
  g_assert_no_error (error);
  put_note (index, "n1", "mara", "olive");

  g_assert_cmpuint (cb_index_get_n_customers (index), ==, G_N_ELEMENTS (people));
  expect (index, "mara", "mara ellison annamara maralyn");
  expect (index, "ellingsen", "");
  expect (index, "quill", "mara");
  expect (index, "0101", "");
  expect (index, "07700 9005", "mara");
  expect (index, "07700 9001", "maralyn");
  expect (index, "mara@", "");
  expect (index, "navy", "");
  expect (index, "olive", "n1");
}

static gboolean
image_holds (CbIndex *index, const char *text)
{
  g_autoptr (GBytes) image = cb_index_dup_image (index);

  return memmem (g_bytes_get_data (image, NULL), g_bytes_get_size (image), text, strlen (text)) !=
         NULL;
}

static void
remove_customer (CbIndex *index, const char *id)
{
  g_autoptr (GError) error = NULL;

  cb_index_remove_customer (index, id, &error);
  g_assert_no_error (error);
}

static void
test_removal_leaves_nothing (void)
{
  g_autoptr (CbIndex) index = make_index ();

  put_note (index, "n1", "juergen", "Quittengelb, vielleicht");
  put_note (index, "n2", "mara", "navy");
  g_assert_true (image_holds (index, "assmuller"));
  g_assert_true (image_holds (index, "uittengelb"));

  remove_customer (index, "juergen");
  remove_customer (index, "stranger");
  expect (index, "jürgen", "");
  expect (index, "quittengelb", "");
  expect (index, "0123", "layla sicilian");
  expect (index, "+49 155", "");
  expect (index, "j.s+", "");
  expect (index, "navy", "n2");
  g_assert_cmpuint (cb_index_get_n_customers (index), ==, G_N_ELEMENTS (people) - 1);

  while (cb_index_tidy (index))
    ;
  g_assert_false (image_holds (index, "assmuller"));
  g_assert_false (image_holds (index, "Straßm"));
  g_assert_false (image_holds (index, "uittengelb"));
  g_assert_false (image_holds (index, "j.s+shop"));
  g_assert_false (image_holds (index, "3210010555194"));
  g_assert_false (image_holds (index, "15550100123"));
  g_assert_false (image_holds (index, "juergen"));
  expect (index, "mara", "ellison mara annamara maralyn");
}

/* The same among many, where the words have long been merged into larger segments. */
static void
test_tidying_reaches_old_segments (void)
{
  g_autoptr (CbIndex) index = cb_index_new ();
  guint pieces = 0;

  for (guint piece = 0; piece < 40; piece++)
    {
      g_assert_true (cb_index_begin (index, NULL));
      for (guint i = 0; i < 100; i++)
        {
          g_autofree char *id = g_strdup_printf ("c%u", piece * 100 + i);
          g_autofree char *given = g_strdup_printf ("Given%u", piece * 100 + i);

          cb_index_put_customer (index, id, given, "Xylophant", NULL, NULL, NULL, i, NULL);
        }
      g_assert_true (cb_index_commit (index, NULL));
    }
  g_assert_true (image_holds (index, "iven1234"));
  remove_customer (index, "c1234");
  while (cb_index_tidy (index))
    pieces++;
  g_assert_cmpuint (pieces, <, 10000);
  g_assert_false (image_holds (index, "1234"));
  expect (index, "given1234", "");
  expect (index, "given1235", "c1235");
}

/* What the store does after every act: out and in again, most of it as it was. */
static void
test_putting_back_the_same (void)
{
  g_autoptr (CbIndex) index = make_index ();

  put_note (index, "n1", "mara", "navy");
  put_note (index, "n2", "mara", "olive and navy");
  for (guint round = 0; round < 3; round++)
    {
      g_assert_true (cb_index_begin (index, NULL));
      remove_customer (index, "mara");
      put (index, 0);
      put_note (index, "n1", "mara", "navy");
      put_note (index, "n2", "mara", "olive and navy");
      g_assert_true (cb_index_commit (index, NULL));
      expect (index, "mara", "ellison mara annamara maralyn");
      expect (index, "navy", "n2 n1");
      g_assert_false (cb_index_tidy (index));
    }

  /* A later visit moves the words, and nobody's are left over. */
  cb_index_put_customer (index, "mara", "Mara", "Ellingsen", NULL, NULL, NULL, G_MAXINT64, NULL);
  expect (index, "mara", "mara ellison annamara maralyn");
  g_assert_false (cb_index_tidy (index));
  put_note (index, "n1", "mara", "beige");
  expect (index, "navy", "n2");
  g_assert_true (cb_index_tidy (index));
}

static void
test_bulk_pieces (void)
{
  g_autoptr (CbIndex) index = cb_index_new ();
  g_autoptr (GError) error = NULL;

  g_assert_true (cb_index_begin (index, &error));
  put (index, 0);
  put_note (index, "n1", "mara", "navy");
  put (index, 1);
  put (index, 2);
  put (index, 0);
  remove_customer (index, "maralyn");
  g_assert_true (cb_index_commit (index, &error));
  expect (index, "mara", "ellison mara");
  expect (index, "navy", "n1");
  g_assert_cmpuint (cb_index_get_n_customers (index), ==, 2);

  g_assert_true (cb_index_begin (index, &error));
  remove_customer (index, "mara");
  put_note (index, "n2", "ellison", "olive");
  g_assert_true (cb_index_commit (index, &error));
  expect (index, "mara", "ellison");
  expect (index, "navy", "");
  expect (index, "olive", "n2");
}

static void
test_many_of_one_moment (void)
{
  g_autoptr (CbIndex) index = cb_index_new ();
  g_autoptr (GPtrArray) hits = NULL;

  g_assert_true (cb_index_begin (index, NULL));
  for (guint i = 0; i < 70000; i++)
    {
      g_autofree char *id = g_strdup_printf ("c%u", i);

      g_assert_true (
        cb_index_put_customer (index, id, "Imported", NULL, NULL, NULL, NULL, 0, NULL));
    }
  g_assert_true (cb_index_commit (index, NULL));
  put (index, 0);
  g_assert_cmpuint (cb_index_get_n_customers (index), ==, 70001);
  hits = find (index, "i");
  g_assert_cmpuint (hits->len, ==, LIMIT);
  expect (index, "mara", "mara");
}

static void
test_hostile_text_is_only_words (void)
{
  static const char *const hostile[] = {
    "\"",
    "\"\"",
    "*",
    "a* OR b*",
    "NEAR(mara, 2)",
    "given : mara",
    "^mara",
    "mara AND",
    "NOT mara",
    "(mara",
    "mara)",
    "mara\" OR \"x",
    "-mara",
    "+mara",
    "words:x",
    "'; DROP TABLE",
    "%s%n",
    "\\",
    "{given}: x",
    "mara\n\"*",
    "#",
    "@",
    "#321",
    "\xff\xfe",
    "\xc3",
    "",
    "   ",
    "\u202e\u200b",
    "🙂",
    "a\tb",
  };
  g_autoptr (CbIndex) index = make_index ();

  for (guint i = 0; i < G_N_ELEMENTS (hostile); i++)
    {
      g_autofree char *found = who (index, hostile[i]);

      g_assert_nonnull (found);
    }
  expect (index, NULL, "");
  expect (index, "\"mara\"", "ellison mara annamara maralyn");
  expect (index, "^mara*", "ellison mara annamara maralyn");
  expect (index, "mara\" ellingsen", "mara");
  expect (index, "NEAR", "");
  expect (index, "mara OR ellison", "");
}

static void
test_long_text_ends (void)
{
  g_autoptr (CbIndex) index = make_index ();
  g_autofree char *word = g_strnfill (100000, 'a');
  g_autoptr (GString) words = g_string_new ("mara");

  for (guint i = 0; i < 10000; i++)
    g_string_append (words, " mara");
  expect (index, word, "");
  expect (index, words->str, "annamara ellison mara maralyn");
}

/* "given[0,4) family[0,4)": what is marked, as the bytes it names. */
static void
expect_marks (CbIndex *index, const char *typed, guint nth, const char *marks)
{
  static const char *const names[] = { "given", "family", "preferred", "email", "phone", "text" };
  g_autoptr (GPtrArray) hits = find (index, typed);
  g_autoptr (GString) found = g_string_new (NULL);
  const CbHitSpan *spans;
  guint n_spans = 0;

  g_assert_cmpuint (hits->len, >, nth);
  spans = cb_hit_get_spans (hits->pdata[nth], &n_spans);
  for (guint i = 0; i < n_spans; i++)
    {
      const char *text = cb_hit_get_text (hits->pdata[nth], spans[i].field, spans[i].item);
      g_autofree char *part = NULL;

      g_assert_nonnull (text);
      g_assert_cmpuint (spans[i].end, <=, strlen (text));
      g_assert_cmpuint (spans[i].start, <, spans[i].end);
      part = g_strndup (text + spans[i].start, spans[i].end - spans[i].start);
      g_assert_true (g_utf8_validate (part, -1, NULL));
      g_string_append_printf (found, "%s%s@%zu:%s", i > 0 ? " | " : "", names[spans[i].field],
                              spans[i].start, part);
    }
  g_assert_cmpstr (found->str, ==, marks);
}

static void
test_marks_point_at_the_right_bytes (void)
{
  g_autoptr (CbIndex) index = make_index ();

  put_note (index, "n1", "solene", "Cuir souple, très SOUPLE; O'Hara said 38–39.");
  put_note (index, "n2", "oota", "濃紺の靴、紺の靴");

  expect_marks (index, "mara", 1, "given@0:Mara | email@0:mara");
  expect_marks (index, "mara", 2, "given@5:Mara");
  expect_marks (index, "ellin ma", 0, "given@0:Ma | family@0:Ellin | email@0:ma");
  expect_marks (index, "strassm", 0, "family@0:Straßm");
  expect_marks (index, "stras", 0, "family@0:Straß");
  expect_marks (index, "jur", 0, "given@0:Jür");
  expect_marks (index, "sol", 0, "given@0:Sol | preferred@0:Sol | email@0:sol");
  expect_marks (index, "solen", 0, "given@0:Solèn | email@0:solen");
  expect_marks (index, "o'br", 0, "family@0:O | family@4:Br");
  expect_marks (index, "obri", 0, "family@0:O’Bri");
  expect_marks (index, "zandt-oost", 0, "family@8:Zandt | family@14:Oost");
  expect_marks (index, "aerin", 0, "given@0:Ærin");
  expect_marks (index, "שיר", 0, "given@0:שִׁירָ");
  expect_marks (index, "федо", 0, "given@0:Фёдо");
  expect_marks (index, "太田健", 0, "family@0:太田");
  expect_marks (index, "0101", 0, "phone@9:0101");
  expect_marks (index, "07700 900101", 0, "phone@3:7700900101");
  expect_marks (index, "+44 7700 900101", 0, "phone@1:447700900101");
  expect_marks (index, "07700 9001", 1, "phone@3:77009001");
  expect_marks (index, "MARA@EX", 0, "email@0:mara@ex");
  expect_marks (index, "souple", 0, "text@5:souple | text@19:SOUPLE");
  expect_marks (index, "ohara", 0, "text@27:O'Hara");
  expect_marks (index, "38", 0, "text@39:38");
  expect_marks (index, "紺の", 0, "text@3:紺の | text@15:紺の");
}

static void
test_the_limit_holds (void)
{
  g_autoptr (CbIndex) index = make_index ();
  g_autoptr (GPtrArray) none = cb_index_find (index, "mara", 0, NULL);
  g_autoptr (GPtrArray) two = NULL;

  put_note (index, "n1", "mara", "mara");
  put_note (index, "n2", "mara", "marabou");
  put_note (index, "n3", "mara", "maraschino");
  g_assert_cmpuint (none->len, ==, 0);

  /* Two persons and two notes. */
  two = cb_index_find (index, "mara", 2, NULL);
  g_assert_cmpuint (two->len, ==, 4);
  expect (index, "mara", "ellison mara annamara maralyn n1 n3 n2");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/index/ranks/exact-then-whole-then-prefix", test_exact_then_whole_then_prefix);
  g_test_add_func ("/index/names/from-the-first-letter", test_from_the_first_letter);
  g_test_add_func ("/index/names/words-in-any-order", test_words_in_any_order);
  g_test_add_func ("/index/names/folding", test_folding);
  g_test_add_func ("/index/names/hyphens-and-apostrophes", test_hyphens_and_apostrophes);
  g_test_add_func ("/index/names/scripts", test_scripts);
  g_test_add_func ("/index/names/scripts-without-spaces", test_scripts_without_spaces);
  g_test_add_func ("/index/phones/however-typed", test_phones_however_typed);
  g_test_add_func ("/index/phones/from-their-beginning", test_a_number_from_its_beginning);
  g_test_add_func ("/index/phones/last-four-digits", test_last_four_digits);
  g_test_add_func ("/index/emails/from-their-beginning", test_emails_from_their_beginning);
  g_test_add_func ("/index/notes/come-after-persons", test_notes_come_after_persons);
  g_test_add_func ("/index/notes/need-their-customer", test_a_note_needs_its_customer);
  g_test_add_func ("/index/put/replaces", test_replacing);
  g_test_add_func ("/index/put/the-same-again", test_putting_back_the_same);
  g_test_add_func ("/index/put/in-bulk-pieces", test_bulk_pieces);
  g_test_add_func ("/index/put/many-of-one-moment", test_many_of_one_moment);
  g_test_add_func ("/index/remove/leaves-nothing", test_removal_leaves_nothing);
  g_test_add_func ("/index/remove/tidying-reaches-old-segments", test_tidying_reaches_old_segments);
  g_test_add_func ("/index/find/hostile-text-is-only-words", test_hostile_text_is_only_words);
  g_test_add_func ("/index/find/long-text-ends", test_long_text_ends);
  g_test_add_func ("/index/find/marks-point-at-the-right-bytes",
                   test_marks_point_at_the_right_bytes);
  g_test_add_func ("/index/find/the-limit-holds", test_the_limit_holds);

  return g_test_run ();
}
