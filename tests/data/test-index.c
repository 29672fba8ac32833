/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "base/cb-clock.h"
#include "base/cb-error.h"
#include "search/cb-index-private.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

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
  CbPersonText person = { people[i].given, people[i].family, people[i].preferred, emails, phones };

  cb_index_put_customer (index, people[i].id, &person, people[i].visit * CB_US_PER_DAY);
}

static void
put_note (CbIndex *index, const char *note, const char *customer, const char *text)
{
  g_assert_true (cb_index_put_note (index, note, customer, text));
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
  GPtrArray *hits = cb_index_find (index, typed, LIMIT);

  g_assert_nonnull (hits);
  return hits;
}

/* Who is found, in order: "mara ellison". Notes by their own ids. */
static char *
name_hits (GPtrArray *hits)
{
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

static char *
who (CbIndex *index, const char *typed)
{
  g_autoptr (GPtrArray) hits = find (index, typed);

  return name_hits (hits);
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
  expect (index, "ellin", "mara ellison");
  expect (index, "llin", "");
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

  g_assert_false (cb_index_put_note (index, "n1", "stranger", "navy"));
  expect (index, "navy", "");
}

static void
test_replacing (void)
{
  g_autoptr (CbIndex) index = make_index ();
  const char *const phones[] = { "+447700900555", NULL };
  CbPersonText person = { "Mara", "Quill", NULL, NULL, phones };

  put_note (index, "n1", "mara", "navy");
  cb_index_put_customer (index, "mara", &person, 99 * CB_US_PER_DAY);
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

#ifndef __SANITIZE_ADDRESS__
/* How often a text stands in the memory that this process has written to. */
static guint
count_in_memory (const char *start, const char *end)
{
  g_autofree char *sought = g_strconcat (start, end, NULL);
  g_autofree char *maps = NULL;
  g_auto (GStrv) lines = NULL;
  gsize length = strlen (sought);
  guint n = 0;

  g_assert_true (g_file_get_contents ("/proc/self/maps", &maps, NULL, NULL));
  lines = g_strsplit (maps, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      unsigned long first;
      unsigned long last;

      if (sscanf (lines[i], "%lx-%lx rw-p", &first, &last) != 2 ||
          strstr (lines[i], "rw-p") == NULL || strstr (lines[i], "[stack]") != NULL)
        continue;
      for (const char *at = (const char *) first; at != NULL; at++)
        {
          at = memmem (at, (gsize) ((const char *) last - at), sought, length);
          if (at == NULL)
            break;
          n += at != sought;
        }
    }
  return n;
}

/* Its own copy is one. */
#define expect_gone(start, end) g_assert_cmpuint (count_in_memory (start, end), ==, 0)
#define expect_there(start, end) g_assert_cmpuint (count_in_memory (start, end), >, 0)
#else
/* What the sanitizer keeps of freed memory, to find who uses it, is not overwritten. */
#define expect_gone(start, end)
#define expect_there(start, end)
#endif

static void
test_removal_leaves_nothing (void)
{
  g_autoptr (CbIndex) index = make_index ();

  put_note (index, "n1", "juergen", "Quittengelb, vielleicht");
  put_note (index, "n2", "mara", "navy");
  expect_there ("strass", "muller");
  expect_there ("Quitten", "gelb");
  expect_there ("quitten", "gelb");
  expect_there ("j.s+", "shop");

  cb_index_remove_customer (index, "juergen");
  cb_index_remove_customer (index, "stranger");
  expect (index, "jürgen", "");
  expect (index, "quittengelb", "");
  expect (index, "0123", "layla sicilian");
  expect (index, "+49 155", "");
  expect (index, "j.s+", "");
  expect (index, "navy", "n2");
  g_assert_cmpuint (cb_index_get_n_customers (index), ==, G_N_ELEMENTS (people) - 1);
  g_assert_cmpuint (cb_index_get_n_notes (index), ==, 1);
  expect_gone ("strass", "muller");
  expect_gone ("Quitten", "gelb");
  expect_gone ("quitten", "gelb");
  expect_gone ("j.s+", "shop");
  expect_gone ("49155501", "00123");
  expect_gone ("32100105", "55194");
  expect (index, "mara", "ellison mara annamara maralyn");
}

/* Among so many that every part of the index has been divided and put together again. */
static void
test_removal_among_many (void)
{
  g_autoptr (CbIndex) index = cb_index_new ();

  for (guint i = 0; i < 4000; i++)
    {
      g_autofree char *id = g_strdup_printf ("c%u", i);
      g_autofree char *given = g_strdup_printf ("Given%u", i);
      CbPersonText person = { given, "Xylophant", NULL, NULL, NULL };

      cb_index_put_customer (index, id, &person, i);
    }
  expect_there ("given", "1234");
  expect (index, "given1234", "c1234");
  cb_index_remove_customer (index, "c1234");
  expect_gone ("given", "1234");
  expect_gone ("Given", "1234");
  for (guint i = 0; i < 4000; i += 2)
    {
      g_autofree char *id = g_strdup_printf ("c%u", i);

      cb_index_remove_customer (index, id);
    }
  expect (index, "given1236", "");
  expect (index, "given1235", "c1235");
  expect (index, "given399", "c399 c3991 c3993 c3995 c3997 c3999");
  g_assert_cmpuint (cb_index_get_n_customers (index), ==, 2000);
}

/* What the store does after every act: put again, most of it as it was. */
static void
test_putting_the_same_again (void)
{
  g_autoptr (CbIndex) index = make_index ();
  CbPersonText mara = { "Mara", "Ellingsen", NULL, NULL, NULL };

  put_note (index, "n1", "mara", "navy");
  put_note (index, "n2", "mara", "olive and navy");
  for (guint round = 0; round < 3; round++)
    {
      put (index, 0);
      expect (index, "mara", "ellison mara annamara maralyn");
      expect (index, "navy", "n2 n1");
    }

  cb_index_put_customer (index, "mara", &mara, G_MAXINT64);
  expect (index, "mara", "mara ellison annamara maralyn");
  expect (index, "0101", "");
  put_note (index, "n1", "mara", "beige");
  expect (index, "navy", "n2");
  cb_index_remove_customer (index, "mara");
  expect (index, "navy", "");
  g_assert_cmpuint (cb_index_get_n_notes (index), ==, 0);
}

static void
test_contacts_after_names (void)
{
  g_autoptr (CbIndex) index = cb_index_new ();
  const char *const emails[] = { "mara@example.com", NULL };
  const char *const phones[] = { "+447700900101", NULL };
  const char *const none[] = { NULL };
  CbPersonText mara = { "Mara", "Ellingsen", NULL, NULL, NULL };

  cb_index_put_customer (index, "mara", &mara, 0);
  put_note (index, "n1", "mara", "navy");
  expect (index, "mara@", "");
  cb_index_put_contacts (index, "mara", emails, phones, NULL);
  cb_index_put_contacts (index, "mara", emails, phones, NULL);
  cb_index_put_contacts (index, "stranger", emails, phones, NULL);
  expect (index, "mara@", "mara");
  expect (index, "0101", "mara");
  expect (index, "ellin", "mara");
  cb_index_put_contacts (index, "mara", none, phones, NULL);
  expect (index, "mara@", "");
  expect (index, "0101", "mara");
  expect (index, "navy", "n1");
  cb_index_remove_customer (index, "mara");
  expect (index, "0101", "");
}

static void
test_many_of_one_moment (void)
{
  g_autoptr (CbIndex) index = cb_index_new ();
  g_autoptr (GPtrArray) hits = NULL;
  CbPersonText imported = { "Imported", NULL, NULL, NULL, NULL };

  for (guint i = 0; i < 70000; i++)
    {
      g_autofree char *id = g_strdup_printf ("c%u", i);

      cb_index_put_customer (index, id, &imported, 0);
    }
  put (index, 0);
  g_assert_cmpuint (cb_index_get_n_customers (index), ==, 70001);
  hits = find (index, "i");
  g_assert_cmpuint (hits->len, ==, LIMIT);
  expect (index, "mara", "mara");
}

/* --- typing errors --- */

static void
test_one_typing_error (void)
{
  g_autoptr (CbIndex) index = make_index ();

  expect (index, "ellinsen", "mara");   /* one too few */
  expect (index, "elllingsen", "mara"); /* one too many */
  expect (index, "ellimgsen", "mara");  /* another */
  expect (index, "elilngsen", "mara");  /* two in the wrong order */
  expect (index, "wllingsen", "mara");  /* the first */
  expect (index, "lelingsen", "mara");
  expect (index, "llingsen", "mara");
  expect (index, "ellingse", "mara");
  expect (index, "ellingsenn", "mara");
  expect (index, "ellimgs", "mara"); /* not yet whole */
  expect (index, "ellimgsem", "");   /* two of them */
  expect (index, "mara elilngsen", "mara");
  expect (index, "elilngsen maar", "");
  expect (index, "marra", "annamara ellison mara maralyn"); /* five letters typed */
  expect (index, "maar", "");                               /* four */
  expect (index, "strassmueller", "juergen");
  expect (index, "щербакво", "fyodor");
  expect (index, "παπαδοπυολου", "eleni");
  expect (index, "الحرييري", "layla");
  expect (index, "太日健二", "");
  expect (index, "07700900201", "");
}

static void
test_errors_come_last (void)
{
  g_autoptr (CbIndex) index = make_index ();
  CbPersonText marla = { "Marla", "Quist", NULL, NULL, NULL };
  g_autoptr (GPtrArray) hits = NULL;

  cb_index_put_customer (index, "marla", &marla, 0);
  expect (index, "marla", "marla annamara ellison mara maralyn");
  hits = find (index, "marla");
  g_assert_cmpint (cb_hit_get_rank (hits->pdata[0]), ==, CB_HIT_EXACT);
  g_assert_cmpint (cb_hit_get_rank (hits->pdata[1]), ==, CB_HIT_NEAR);

  /* Notes only when nothing else is left. */
  put_note (index, "n1", "solene", "sandals in marle");
  expect (index, "sandasl", "n1");
  expect (index, "marla", "marla annamara ellison mara maralyn");
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
  static const char *const names[] = { "given", "family", "preferred", "email",
                                       "phone", "card",   "text" };
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
  expect_marks (index, "elilngsen", 0, "family@0:Ellingsen");
  expect_marks (index, "elings ma", 0, "given@0:Ma | family@0:Ellings | email@0:ma");
  expect_marks (index, "strassmueller", 0, "family@0:Straßmüller");
  expect_marks (index, "suople", 0, "text@5:souple | text@19:SOUPLE");
  expect_marks (index, "紺の", 0, "text@3:紺の | text@15:紺の");
}

static void
test_the_limit_holds (void)
{
  g_autoptr (CbIndex) index = make_index ();
  g_autoptr (GPtrArray) none = cb_index_find (index, "mara", 0);
  g_autoptr (GPtrArray) two = NULL;

  put_note (index, "n1", "mara", "mara");
  put_note (index, "n2", "mara", "marabou");
  put_note (index, "n3", "mara", "maraschino");
  g_assert_cmpuint (none->len, ==, 0);

  /* Two persons and two notes. */
  two = cb_index_find (index, "mara", 2);
  g_assert_cmpuint (two->len, ==, 4);
  expect (index, "mara", "ellison mara annamara maralyn n1 n3 n2");
}

/* --- whom not everybody may find --- */

static void
hide (CbIndex *index, gboolean is_hidden)
{
  static const char *const hidden[] = { "ellison", "obrien", "juergen", "layla", "nobody" };

  for (guint i = 0; i < G_N_ELEMENTS (hidden); i++)
    cb_index_hide_customer (index, hidden[i], is_hidden);
}

/* For each way of looking, one that would be taken if they were in it: a name in whole words, its
 * beginning, two words that are one, an error, an address, ends and beginnings of numbers; notes,
 * and notes that are looked for with an error only when nobody was found. */
static void
assert_nobody_tells (CbIndex *index, CbIndex *without)
{
  static const char *const typed[] = {
    "mara",    "mara ellison",
    "m",       "e",
    "ell",     "elli son",
    "ellisan", "obrien",
    "o'brien", "jürgen",
    "jurgan",  "juergen",
    "j.s",     "j.s+shop@example.com",
    "0123",    "+49155",
    "+20",     "7 1234567",
    "ليلى",    "souple",
    "suople",  "brique",
    "briqeu",  "ellison souple",
  };

  for (guint i = 0; i < G_N_ELEMENTS (typed); i++)
    {
      g_autoptr (GPtrArray) hits = cb_index_find_open (index, typed[i], 3);
      g_autoptr (GPtrArray) others = cb_index_find (without, typed[i], 3);
      g_autofree char *found = name_hits (hits);
      g_autofree char *expected = name_hits (others);

      if (!g_str_equal (found, expected))
        g_test_message ("typed: %.40s", typed[i]);
      g_assert_cmpstr (found, ==, expected);
    }
}

static void
put_notes_of (CbIndex *index, const char *customer)
{
  g_autofree char *first = g_strconcat (customer, "-1", NULL);
  g_autofree char *second = g_strconcat (customer, "-2", NULL);

  if (!cb_index_has_customer (index, customer))
    return;
  put_note (index, first, customer, "une toile souple");
  put_note (index, second, customer, "rouge brique");
}

static void
test_hidden (void)
{
  g_autoptr (CbIndex) index = make_index ();
  g_autoptr (CbIndex) without = make_index ();
  static const char *const gone[] = { "ellison", "obrien", "juergen", "layla", "nobody" };
  const char *emails[] = { "j.s+shop@example.com", NULL };
  const char *phones[] = { "+4915550100123", NULL };

  for (guint i = 0; i < G_N_ELEMENTS (gone); i++)
    cb_index_remove_customer (without, gone[i]);
  put_notes_of (index, "ellison");
  hide (index, TRUE);
  put_notes_of (index, "juergen");
  assert_nobody_tells (index, without);
  expect (index, "ellison", "ellison");

  /* They stay so when they change, and come back when they are released. */
  for (guint i = 0; i < G_N_ELEMENTS (people); i++)
    put (index, i);
  cb_index_put_contacts (index, "juergen", emails, phones, NULL);
  cb_index_put_contacts (index, "somebody who is not there", emails, phones, NULL);
  assert_nobody_tells (index, without);
  hide (index, FALSE);
  {
    g_autoptr (GPtrArray) hits = cb_index_find_open (index, "ellison", 3);
    g_autofree char *found = name_hits (hits);

    g_assert_cmpstr (found, ==, "ellison");
  }
}

int
main (int argc, char *argv[])
{
  /* Freed memory is overwritten, but for what the thread's cache keeps: it is done without. */
  if (g_setenv ("GLIBC_TUNABLES", "glibc.malloc.tcache_count=0:glibc.malloc.perturb=165", FALSE) &&
      g_getenv ("CB_TEST_AGAIN") == NULL)
    {
      g_setenv ("CB_TEST_AGAIN", "1", TRUE);
      execv ("/proc/self/exe", argv);
    }
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/index/hidden/as-if-they-were-not-there", test_hidden);
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
  g_test_add_func ("/index/put/the-same-again", test_putting_the_same_again);
  g_test_add_func ("/index/put/contacts-after-names", test_contacts_after_names);
  g_test_add_func ("/index/put/many-of-one-moment", test_many_of_one_moment);
  g_test_add_func ("/index/remove/leaves-nothing", test_removal_leaves_nothing);
  g_test_add_func ("/index/remove/among-many", test_removal_among_many);
  g_test_add_func ("/index/errors/one-is-forgiven", test_one_typing_error);
  g_test_add_func ("/index/errors/come-last", test_errors_come_last);
  g_test_add_func ("/index/find/hostile-text-is-only-words", test_hostile_text_is_only_words);
  g_test_add_func ("/index/find/long-text-ends", test_long_text_ends);
  g_test_add_func ("/index/find/marks-point-at-the-right-bytes",
                   test_marks_point_at_the_right_bytes);
  g_test_add_func ("/index/find/the-limit-holds", test_the_limit_holds);

  return g_test_run ();
}
