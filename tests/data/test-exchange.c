/* SPDX-License-Identifier: Apache-2.0 */

/* Old books in every dialect, what is read of them, and files that mean harm. */

#define G_LOG_DOMAIN "Counterbook"

#include <string.h>

#include "base/cb-error.h"
#include "cb-test-entries.h"

#define LINES_MAX 8

static const struct
{
  const char *file;
  const char *entries[LINES_MAX]; /* line, then what was read there */
} dialects[] = {
  { "android-2.1.vcf",
    { "1 Zoë|Ångström||zoe@example.net|+46 70 555 01 01 0855501", "10 |||nameless@example.net|",
      "14 花子|能登|||090-5550-0101" } },
  { "apple-3.0.vcf",
    { "1 Aoife|O’Example||aoife@example.ie office,aoife@example.ie|+353 1 555 0101 +353 1 555 0102 555 0103",
      "21 |Example Tailoring Ltd|||+353 1 555 0199" } },
  { "becky.vcf", { "1 Bruno|Beispiel||bruno@example.com|" } },
  { "broken.vcf",
    { "2 Ivo|Unsound|||555 0120 555 0 121",
      "18 - the card has no name, organisation, email or phone", "21 case|lower|||" } },
  { "crm.csv", { "2 Mary Q.|Public||mq@example.com|(212) 555-0101" } },
  { "japanese.csv", { "2 太郎|山田||taro@example.jp|03-5555-0101" } },
  { "outlook-en.csv", { "2 Sue|Gale||sue@example.com|111 5550101 111 5550102 111 5550103" } },
  { "russian.csv", { "2 Иван|Пример||ivan@example.ru|+7 495 555-01-01" } },
  { "excel-sep.csv", { "3 Karl|Kunde||karl@example.de karl.zwei@example.de|0049 30 5550302" } },
  { "four-4.0.vcf",
    { "1 Maria|van der Muster|nl-NL|maria@example.nl maria.second@example.nl|+31-6-5550-0102 +31-20-555-0101 ext. 7" } },
  { "gmail.csv",
    { "2 Mina|Probe||mina@example.com mina.two@example.com|+44 20 7946 0101 +44 20 7946 0102" } },
  { "google-2024.csv", { "2 Otto|Trial||otto@example.com|+1 212-555-0101" } },
  { "nested.vcf",
    { "5 Hugo|Helper|||555 0111", "1 Carla|Chief|||555 0110", "12 Ines|Inner||ines@example.com|",
      "12 Nora|Outer||nora@example.com|", "20 Last|One|||555 0112", "18 Ulla|Unended|||" } },
  { "no-heading.csv",
    { "1 Nina|Example||nina@example.com|555-0142", "2 Ole|Example|||",
      "3 - there are no headings, and nothing in the row reads as a person" } },
  { "old-mac.vcf", { "1 Cleo|Classic|||555 0130", "6 Cleo|Classic|||555 0130" } },
  { "open-quote.csv",
    { "2 - a quotation mark is never closed", "3 Vera|After||vera@example.com|",
      "4 Will|After||will@example.com|" } },
  { "outlook-2.1.vcf",
    { "1 Jörg|Fährmann||joerg.faehrmann@example.org|(030) 5550 101 0171 5550 103 (030) 5550 102" } },
  { "outlook-de.csv",
    { "2 Änne|Müßig||aenne@example.de zweite@example.de|+49 30 5550202 +49 171 5550203 +49 30 5550201",
      "4 |Beispiel GmbH|||030 5550210", "5 - the row is empty" } },
  { "outlook-es.csv", { "2 Íñigo|Muestra Ruiz||inigo@example.es|912 555 0101 612 555 102" } },
  { "outlook-fr.csv", { "2 Élise|d’Essai||elise@example.fr|01 55 50 01 01 06 55 50 01 02" } },
  { "outlook-it.csv", { "2 Zaira|Prova||zaira@example.it|02 555 0101 333 555 0102" } },
  { "thunderbird-nl.csv",
    { "2 Puck|van Voorbeeld||puck@example.nl|020 555 0101 06 5550 0103 020 555 0102" } },
  { "utf-16be-without-mark.vcf", { "1 Žarko|Đorđević|||+381 11 555 0101" } },
  { "utf-16le.vcf", { "1 Žarko|Đorđević|||+381 11 555 0101" } },
  { "vorname-name.csv", { "2 Berta|Beispiel|||0171 5550301" } },
};

/* --- helpers --- */

static CbEntries *
open_text (const void *text, gsize length, CbExchangeFormat format)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, length);
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_bytes (bytes);

  return cb_entries_new (stream, format);
}

static CbEntries *
open_file (const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  g_autoptr (GFileInputStream) stream = g_file_read (file, NULL, &error);

  g_assert_no_error (error);
  return cb_entries_new (G_INPUT_STREAM (stream), CB_EXCHANGE_AUTO);
}

/* Each entry on a line of its own. */
static char *
read_all (CbEntries *entries)
{
  g_autoptr (GString) all = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  CbEntry entry;

  while (cb_entries_next (entries, &entry, &error))
    {
      g_autofree char *joined = cb_test_entry_join (&entry);

      g_string_append_printf (all, "%" G_GUINT64_FORMAT " %s\n", entry.line, joined);
      cb_entry_clear (&entry);
    }
  g_assert_no_error (error);
  return g_strdup (all->str);
}

static char *
read_text (const char *text, CbExchangeFormat format)
{
  g_autoptr (CbEntries) entries = open_text (text, strlen (text), format);

  return read_all (entries);
}

static guint
count (CbEntries *entries)
{
  CbEntry entry;
  guint n = 0;

  while (cb_entries_next (entries, &entry, NULL))
    {
      g_assert_true ((entry.draft == NULL) == (entry.reason != NULL));
      cb_entry_clear (&entry);
      n++;
    }
  return n;
}

/* --- dialects --- */

static void
test_dialects (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (dialects); i++)
    {
      g_autofree char *path = cb_test_get_fixture (dialects[i].file);
      g_autoptr (CbEntries) entries = open_file (path);
      g_autofree char *all = read_all (entries);
      g_autoptr (GString) expected = g_string_new (NULL);

      for (guint j = 0; dialects[i].entries[j] != NULL; j++)
        g_string_append_printf (expected, "%s\n", dialects[i].entries[j]);
      g_test_message ("%s", dialects[i].file);
      g_assert_cmpstr (all, ==, expected->str);
    }
}

static void
test_labels_that_lie (void)
{
  /* Latin-1 that calls itself UTF-8, and UTF-8 that calls itself Latin-1. */
  g_autofree char *first =
    read_text ("BEGIN:VCARD\nN;CHARSET=UTF-8:M\xfcster;J\xf6rg\nEND:VCARD\n", CB_EXCHANGE_AUTO);
  g_autofree char *second = read_text (
    "BEGIN:VCARD\nN;CHARSET=ISO-8859-1:M\xc3\xbcster;J\xc3\xb6rg\nEND:VCARD\n", CB_EXCHANGE_AUTO);
  g_autofree char *third = read_text (
    "BEGIN:VCARD\nN;CHARSET=../../evil:M\xfcster;J\xf6rg\nEND:VCARD\n", CB_EXCHANGE_AUTO);

  g_assert_cmpstr (first, ==, "1 Jörg|Müster|||\n");
  g_assert_cmpstr (second, ==, "1 Jörg|Müster|||\n");
  g_assert_cmpstr (third, ==, "1 Jörg|Müster|||\n");
}

static void
test_one_name (void)
{
  static const char *const names[][2] = {
    { "Frank Example", "Frank|Example" },
    { "Example, Frank", "Frank|Example" },
    { "Vincent van der Example", "Vincent|van der Example" },
    { "Mrs. Ida B. Example", "Ida B.|Example" },
    { "Frank Example Jr.", "Frank|Example Jr." },
    { "Madonna", "Madonna|" },
    { "山田太郎", "山田太郎|" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *card = g_strdup_printf ("BEGIN:VCARD\nFN:%s\nEND:VCARD\n", names[i][0]);
      g_autofree char *expected = g_strdup_printf ("1 %s|||\n", names[i][1]);
      g_autofree char *all = read_text (card, CB_EXCHANGE_VCARD);

      g_assert_cmpstr (all, ==, expected);
    }
}

static void
test_other_programs (void)
{
  const char *shared = cb_test_need_shared ();
  g_autofree char *list = cb_test_get_fixture ("expected.tsv");
  g_autofree char *text = NULL;
  g_auto (GStrv) rows = NULL;
  guint n_checked = 0;

  if (shared == NULL)
    return;
  g_assert_true (g_file_get_contents (list, &text, NULL, NULL));
  rows = g_strsplit (text, "\n", -1);
  for (guint i = 0; rows[i] != NULL;)
    {
      g_auto (GStrv) head = g_strsplit (rows[i], "\t", 3);
      g_autofree char *path = NULL;
      g_autoptr (CbEntries) entries = NULL;
      CbEntry entry;

      if (*rows[i] == '#' || g_strv_length (head) != 3)
        {
          i++;
          continue;
        }
      path = g_build_filename (shared, head[0], NULL);
      entries = open_file (path);
      while (cb_entries_next (entries, &entry, NULL))
        {
          g_autofree char *hash = cb_test_entry_hash (&entry, head[0]);
          g_autofree char *row =
            g_strdup_printf ("%s\t%" G_GUINT64_FORMAT "\t%s", head[0], entry.line, hash);

          g_assert_cmpstr (row, ==, rows[i]);
          cb_entry_clear (&entry);
          n_checked++;
          i++;
        }
    }
  g_test_message ("%u entries of other programs are as expected", n_checked);
  g_assert_cmpuint (n_checked, >=, 60);
}

/* --- what means harm --- */

static void
test_pictures_are_refused (void)
{
  static const char picture[] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\1\0\0\0\1\0";
  g_autoptr (CbEntries) entries = open_text (picture, sizeof picture, CB_EXCHANGE_AUTO);
  g_autoptr (GError) error = NULL;
  CbEntry entry;

  g_assert_false (cb_entries_next (entries, &entry, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID);
}

static void
test_empty (void)
{
  g_autofree char *nothing = read_text ("", CB_EXCHANGE_AUTO);
  g_autofree char *mark = read_text ("\xef\xbb\xbf", CB_EXCHANGE_AUTO);
  g_autofree char *blank = read_text ("\n\r\n  \n", CB_EXCHANGE_CSV);
  g_autofree char *headings = read_text ("Name,Email\n", CB_EXCHANGE_AUTO);

  g_assert_cmpstr (nothing, ==, "");
  g_assert_cmpstr (mark, ==, "");
  g_assert_cmpstr (blank, ==, "");
  g_assert_cmpstr (headings, ==, "");
}

/* Every BEGIN is an entry, however deep and whatever lacks its END. */
static void
test_every_begin_counts (void)
{
  g_autoptr (GString) deep = g_string_new (NULL);
  g_autoptr (CbEntries) entries = NULL;

  for (guint i = 0; i < 5000; i++)
    g_string_append_printf (deep, "BEGIN:VCARD\nFN:Nested %u\nAGENT:\n", i);
  for (guint i = 0; i < 10; i++)
    g_string_append (deep, "END:VCARD\n");
  entries = open_text (deep->str, deep->len, CB_EXCHANGE_AUTO);
  g_assert_cmpuint (count (entries), ==, 5000);
}

static void
test_long_values (void)
{
  g_autofree char *much = g_strnfill (1000 * 1000, 'x');
  g_autofree char *card = g_strdup_printf (
    "BEGIN:VCARD\nFN:Lena Long %s\nEMAIL:%s@example.org\nTEL:5550150\nEND:VCARD\n", much, much);
  g_autofree char *table =
    g_strdup_printf ("Name,Email\n%s,a@example.org\nBea After,b@example.org\n", much);
  g_autofree char *cards = read_text (card, CB_EXCHANGE_AUTO);
  g_autofree char *rows = read_text (table, CB_EXCHANGE_AUTO);
  g_auto (GStrv) parts = g_strsplit (cards, "|", -1);

  g_assert_cmpuint (strlen (parts[0]) + strlen (parts[1]), <=, 2 + CB_NAME_MAX);
  g_assert_cmpstr (parts[3], ==, "");
  g_assert_cmpstr (parts[4], ==, "5550150\n");
  g_assert_cmpstr (rows, ==, "2 - the line is too long\n3 Bea|After||b@example.org|\n");
}

static void
test_broken_bytes (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (20261121);

  for (guint i = 0; i < 3000; i++)
    {
      const char *file = dialects[i % G_N_ELEMENTS (dialects)].file;
      g_autofree char *path = cb_test_get_fixture (file);
      g_autofree char *bytes = NULL;
      g_autoptr (CbEntries) entries = NULL;
      gsize length;

      g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
      for (guint j = g_rand_int_range (rand, 0, 12); j > 0; j--)
        bytes[g_rand_int_range (rand, 0, (gint32) length)] =
          "\0\xff\n\r\";:=,\\ AB"[g_rand_int_range (rand, 0, 14)];
      if (i % 3 == 0)
        length = (gsize) g_rand_int_range (rand, 0, (gint32) length);
      entries = open_text (bytes, length, (CbExchangeFormat) (i % 7 == 0 ? i % 3 : 0));
      count (entries);
    }
}

/* --- memory --- */

#define TEST_TYPE_ENDLESS (test_endless_get_type ())
G_DECLARE_FINAL_TYPE (TestEndless, test_endless, TEST, ENDLESS, GInputStream)

/* Cards whose photos are one line of a megabyte, 100 MB of them. */
struct _TestEndless
{
  GInputStream parent_instance;

  char *card;
  gsize length;
  gsize at;
  guint n_left;
};

G_DEFINE_FINAL_TYPE (TestEndless, test_endless, G_TYPE_INPUT_STREAM)

static gssize
test_endless_read (GInputStream *stream,
                   void *buffer,
                   gsize most,
                   GCancellable *cancellable,
                   GError **error)
{
  TestEndless *self = TEST_ENDLESS (stream);
  gsize n;

  if (self->at == self->length)
    {
      self->at = 0;
      self->n_left--;
    }
  if (self->n_left == 0)
    return 0;
  n = MIN (most, self->length - self->at);
  memcpy (buffer, self->card + self->at, n);
  self->at += n;
  return (gssize) n;
}

static void
test_endless_finalize (GObject *object)
{
  g_free (TEST_ENDLESS (object)->card);
  G_OBJECT_CLASS (test_endless_parent_class)->finalize (object);
}

static void
test_endless_class_init (TestEndlessClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = test_endless_finalize;
  G_INPUT_STREAM_CLASS (klass)->read_fn = test_endless_read;
}

static void
test_endless_init (TestEndless *self)
{
  g_autofree char *photo = g_strnfill (1000 * 1000, 'Q');

  self->card = g_strdup_printf (
    "BEGIN:VCARD\nVERSION:2.1\nN:Endless;Eve\nPHOTO;ENCODING=BASE64:%s\n\nEND:VCARD\n", photo);
  self->length = strlen (self->card);
  self->n_left = 100;
}

static guint64
get_peak_kb (void)
{
  g_autofree char *status = NULL;
  const char *peak;

  g_assert_true (g_file_get_contents ("/proc/self/status", &status, NULL, NULL));
  peak = strstr (status, "VmHWM:");
  g_assert_nonnull (peak);
  return g_ascii_strtoull (peak + strlen ("VmHWM:"), NULL, 10);
}

static void
test_memory_is_bounded (void)
{
  g_autoptr (GInputStream) stream = g_object_new (TEST_TYPE_ENDLESS, NULL);
  g_autoptr (CbEntries) entries = cb_entries_new (stream, CB_EXCHANGE_AUTO);
  guint64 before = get_peak_kb ();

  g_assert_cmpuint (count (entries), ==, 100);
  g_assert_cmpuint (cb_entries_get_position (entries), >, 100 * 1000 * 1000);
  g_assert_cmpuint (get_peak_kb () - before, <, 16 * 1024);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/exchange/memory-is-bounded-for-100-megabytes", test_memory_is_bounded);
  g_test_add_func ("/exchange/every-dialect-is-read", test_dialects);
  g_test_add_func ("/exchange/labels-that-lie-are-not-believed", test_labels_that_lie);
  g_test_add_func ("/exchange/one-name-is-given-and-family", test_one_name);
  g_test_add_func ("/exchange/files-of-other-programs-are-as-expected", test_other_programs);
  g_test_add_func ("/exchange/pictures-are-refused", test_pictures_are_refused);
  g_test_add_func ("/exchange/an-empty-file-has-no-entry", test_empty);
  g_test_add_func ("/exchange/every-begin-counts", test_every_begin_counts);
  g_test_add_func ("/exchange/long-values-are-cut-or-left-out", test_long_values);
  g_test_add_func ("/exchange/broken-bytes-break-nothing", test_broken_bytes);
  return g_test_run ();
}
