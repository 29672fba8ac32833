/* SPDX-License-Identifier: Apache-2.0 */

/* What a customer takes home: the same person on the other side, nothing that a reader would obey,
 * a file that is whole or absent, a mark that traces it, and an erasure that reaches it. */

#define G_LOG_DOMAIN "Counterbook"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cb-error.h"
#include "cb-test-book.h"
#include "cb-test-entries.h"
#include "exchange/cb-export.h"

#define MARK "0123456789abcdef0123456789abcdef"
#define DAY CB_US_PER_DAY

/* Ends of line of every kind, what each format would obey, and what nobody sees. */
#define HOSTILE                                                                                    \
  "a\r\nX-EVIL:1\nEND:VCARD\rX-EVIL:2\x0bX-EVIL:3\x0cX-EVIL:4\xc2\x85X-EVIL:5\xe2\x80\xa8"         \
  "X-EVIL:6\xe2\x80\xa9X-EVIL:7;v,\\:\" <b>&amp;</b></script><!-- ]]> "                            \
  "\xe2\x80\xae\xe2\x81\xa6\x01\x7f\xc2\x9b"

/* --- helpers --- */

static JsonObject *
list_of (char *const *texts)
{
  JsonObject *list = json_object_new_array ();

  for (guint i = 0; texts != NULL && texts[i] != NULL; i++)
    json_object_array_add (list, json_object_new_string (texts[i]));
  return list;
}

/* The document that the book would make of such a card. */
static JsonObject *
make_document (const CbCustomerDraft *draft)
{
  JsonObject *document = json_object_new_object ();
  JsonObject *copy = json_object_new_object ();
  JsonObject *controller = json_object_new_object ();
  JsonObject *person = json_object_new_object ();

  cb_json_set_string (copy, "id", MARK);
  cb_json_set_string (copy, "made", "2026-03-02T10:00:00.000Z");
  cb_json_set_string (copy, "role", "privacy");
  cb_json_set_string (controller, "name", "Test Shop");
  cb_json_set_string (person, "id", "fedcba9876543210fedcba9876543210");
  cb_json_set_string (person, "given", draft->given);
  cb_json_set_string (person, "family", draft->family);
  cb_json_set_string (person, "preferred", draft->preferred);
  cb_json_set_string (person, "language", draft->language);
  json_object_object_add (person, "emails", list_of (draft->emails));
  json_object_object_add (person, "phones", list_of (draft->phones));
  json_object_object_add (person, "numbers", json_object_new_array ());
  cb_json_set_string (document, "format", CB_EXPORT_DOCUMENT);
  json_object_object_add (document, "copy", copy);
  json_object_object_add (document, "controller", controller);
  json_object_object_add (document, "person", person);
  json_object_object_add (document, "notes", json_object_new_array ());
  json_object_object_add (document, "preferences", json_object_new_array ());
  json_object_object_add (document, "requests", json_object_new_array ());
  json_object_object_add (document, "occasions", json_object_new_array ());
  json_object_object_add (document, "purchases", json_object_new_array ());
  json_object_object_add (document, "wishes", json_object_new_array ());
  json_object_object_add (document, "conditions", json_object_new_array ());
  json_object_object_add (document, "consents", json_object_new_array ());
  return document;
}

static char *
write_card (const CbCustomerDraft *draft)
{
  g_autoptr (JsonObject) document = make_document (draft);
  g_autoptr (GBytes) bytes = cb_export_encode (document, CB_EXPORT_VCARD);

  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static CbEntries *
open_text (const char *text)
{
  g_autoptr (GInputStream) stream =
    g_memory_input_stream_new_from_data (text, (gssize) strlen (text), NULL);

  return cb_entries_new (stream, CB_EXCHANGE_VCARD);
}

/* What our own import reads of a file, as one line a card. */
static char *
read_back (const char *text)
{
  g_autoptr (CbEntries) entries = open_text (text);
  g_autoptr (GString) all = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  while (TRUE)
    {
      g_auto (CbEntry) entry = { 0 };
      g_autofree char *line = NULL;

      if (!cb_entries_next (entries, &entry, &error))
        break;
      line = cb_test_entry_join (&entry);
      g_string_append (all, line);
      g_string_append_c (all, '\n');
    }
  g_assert_no_error (error);
  return g_string_free (g_steal_pointer (&all), FALSE);
}

static void
assert_same_person (const CbCustomerDraft *draft)
{
  CbEntry entry = { .draft = (CbCustomerDraft *) draft };
  g_autofree char *before = cb_test_entry_join (&entry);
  g_autofree char *expected = g_strconcat (before, "\n", NULL);
  g_autofree char *card = write_card (draft);
  g_autofree char *after = read_back (card);

  g_assert_cmpstr (after, ==, expected);
}

static CbCustomerDraft *
new_person (const char *given, const char *family, const char *language, const char *phone)
{
  CbCustomerDraft *draft = cb_customer_draft_new ();
  const char *emails[] = { "one@example.org", "two@example.org", NULL };
  const char *phones[] = { phone, NULL };

  draft->given = g_strdup (given);
  draft->family = g_strdup (family);
  draft->language = g_strdup (language);
  draft->emails = g_strdupv ((char **) emails);
  draft->phones = g_strdupv ((char **) phones);
  return draft;
}

/* --- vCard --- */

static void
test_same_person (void)
{
  static const struct
  {
    const char *given;
    const char *family;
    const char *language;
    const char *phone;
  } people[] = {
    { "Mara", "Ellingsen", "en", "07700 900417" },
    { "Jürgen", "Straßmüller", "de", "+49 (0)30 5550101" },
    { "ليلى", "الحريري", "ar", "٠٧٧٠٠ ٩٠٠٤١٧" },
    { "健二", "太田", "ja", "03-5555-0101" },
    { "Semi;colon", "Com,ma \\ back\\n slash", "fr-CH", "+44 20 7946 0018 ext. 12" },
    { NULL, "Only Family", NULL, "1" },
    { "Only Given", NULL, NULL, "1" },
    { "Wilhelmina Cornelia Adriana", "van der Zandt-Oosterhuis tot Groot Wijngaarden en Oldenhoven",
      "nl", "020 555 0101" },
    { "สมชาย", "ใจดีใจดีใจดีใจดีใจดีใจดีใจดีใจดีใจดีใจดีใจดี", "th", "1" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (people); i++)
    {
      g_autoptr (CbCustomerDraft) draft =
        new_person (people[i].given, people[i].family, people[i].language, people[i].phone);

      assert_same_person (draft);
    }
}

/* Who gave no name comes back without one. */
static void
test_nameless (void)
{
  g_autoptr (CbCustomerDraft) by_email = new_person (NULL, NULL, NULL, NULL);
  g_autoptr (CbCustomerDraft) by_phone = new_person (NULL, NULL, NULL, "07700 900417");

  assert_same_person (by_email);
  g_clear_pointer (&by_phone->emails, g_strfreev);
  by_phone->emails = g_new0 (char *, 1);
  assert_same_person (by_phone);
}

static void
test_folding (void)
{
  /* One to four bytes a character, at every offset from the fold. */
  static const char *const fillers[] = { "x", "é", "太", "𐍈" };

  for (guint i = 0; i < G_N_ELEMENTS (fillers); i++)
    {
      for (guint n = 0; n < 90; n++)
        {
          g_autoptr (CbCustomerDraft) draft = NULL;
          g_autoptr (GString) name = g_string_new (NULL);
          g_autofree char *card = NULL;
          g_auto (GStrv) lines = NULL;

          for (guint j = 0; j < n; j++)
            g_string_append_c (name, 'a');
          for (guint j = 0; j < 60; j++)
            g_string_append (name, fillers[i]);
          draft = new_person (name->str, "Z", NULL, "1");
          assert_same_person (draft);
          card = write_card (draft);
          lines = g_strsplit (card, "\r\n", -1);
          for (guint j = 0; lines[j] != NULL; j++)
            {
              g_assert_cmpuint (strlen (lines[j]), <=, 75);
              g_assert_true (g_utf8_validate (lines[j], -1, NULL));
              g_assert_null (strpbrk (lines[j], "\r\n"));
            }
        }
    }
}

/* Cut wherever any reader would cut, each line is a property of ours or goes on with one. */
static void
assert_own_properties (const char *card)
{
  g_autoptr (GRegex) ends = g_regex_new ("\\r\\n|[\\r\\n\\x0b\\x0c\\x{85}\\x{2028}\\x{2029}]",
                                         G_REGEX_DEFAULT, G_REGEX_MATCH_DEFAULT, NULL);
  g_auto (GStrv) lines = g_regex_split (ends, card, G_REGEX_MATCH_DEFAULT);
  static const char *const own[] = {
    "VERSION:4.0", "PRODID:", "UID;VALUE=text:",          "REV:2", "FN:", "N:", "EMAIL",
    "TEL",         "LANG:",   "X-COUNTERBOOK-COPY:" MARK, " ",     NULL,
  };
  guint n_lines = g_strv_length (lines);

  g_assert_cmpstr (lines[0], ==, "BEGIN:VCARD");
  g_assert_cmpstr (lines[n_lines - 2], ==, "END:VCARD");
  for (guint i = 1; i < n_lines - 2; i++)
    {
      gboolean is_own = FALSE;

      for (guint j = 0; own[j] != NULL; j++)
        is_own |= g_str_has_prefix (lines[i], own[j]);
      g_assert_true (is_own);
    }
}

static void
test_no_injection (void)
{
  g_autoptr (CbCustomerDraft) draft = new_person (HOSTILE, HOSTILE, NULL, HOSTILE);
  g_autofree char *card = NULL;
  g_autofree char *after = NULL;

  draft->preferred = NULL;
  card = write_card (draft);
  assert_own_properties (card);
  after = read_back (card);
  /* One card, with two addresses and none of those that the name brought along. */
  g_assert_true (strchr (after, '\n') == after + strlen (after) - 1);
  g_assert_nonnull (strstr (after, "|one@example.org two@example.org|"));
  for (const char *c = card; *c != '\0'; c = g_utf8_next_char (c))
    g_assert_true (!g_unichar_iscntrl (g_utf8_get_char (c)) || strchr ("\r\n\t", *c) != NULL);
}

/* Cards of every program, read, written and read again. */
static void
test_every_file (void)
{
  const char *shared = cb_test_need_shared ();
  g_autoptr (GPtrArray) books = shared != NULL ? cb_test_list_books (shared) : NULL;
  guint n_people = 0;

  for (guint i = 0; books != NULL && i < books->len; i++)
    {
      g_autoptr (GFile) file = g_file_new_for_path (g_ptr_array_index (books, i));
      g_autoptr (GFileInputStream) stream = g_file_read (file, NULL, NULL);
      g_autoptr (CbEntries) entries = cb_entries_new (G_INPUT_STREAM (stream), CB_EXCHANGE_AUTO);

      while (TRUE)
        {
          g_auto (CbEntry) entry = { 0 };

          if (!cb_entries_next (entries, &entry, NULL))
            break;
          if (entry.draft == NULL)
            continue;
          assert_same_person (entry.draft);
          n_people++;
        }
    }
  if (books != NULL)
    {
      g_test_message ("%u people came back as they went", n_people);
      g_assert_cmpuint (n_people, >, 100);
    }
}

/* --- JSContact --- */

static void
test_jscontact (void)
{
  g_autoptr (CbCustomerDraft) draft = new_person ("Mara", "Ellingsen", "fr_CH", "07700 900417");
  g_autoptr (JsonObject) document = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (JsonObject) card = NULL;
  g_autoptr (GError) error = NULL;
  const char *language;
  gsize length;
  const char *text;

  draft->preferred = g_strdup ("M.");
  document = make_document (draft);
  bytes = cb_export_encode (document, CB_EXPORT_JSCONTACT);
  text = g_bytes_get_data (bytes, &length);
  card = cb_json_parse (text, length, length, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (cb_json_get_string (card, "@type"), ==, "Card");
  g_assert_cmpstr (cb_json_get_string (card, "version"), ==, "1.0");
  g_assert_cmpstr (cb_json_get_string (card, "uid"), ==, "fedcba9876543210fedcba9876543210");
  g_assert_cmpstr (cb_json_get_string (card, "updated"), ==, "2026-03-02T10:00:00Z");
  g_assert_cmpstr (cb_json_get_string (cb_json_get_object (card, "name"), "full"), ==,
                   "Mara Ellingsen");
  language = cb_json_get_string (
    cb_json_get_object (cb_json_get_object (card, "preferredLanguages"), "l1"), "language");
  g_assert_cmpstr (language, ==, "fr-CH");
  g_assert_cmpint (json_object_object_length (cb_json_get_object (card, "emails")), ==, 2);
  g_assert_nonnull (g_strstr_len (text, (gssize) length, "\"x-counterbook-copy\""));
  g_assert_nonnull (g_strstr_len (text, (gssize) length, MARK));
}

/* --- JSON and pages --- */

static char *
encode (CbTestBook *test, const char *customer, CbExportFormat format, gboolean everything)
{
  g_autofree char *path = g_build_filename (test->root, "taken", NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *mark =
    everything ? cb_book_access (test->book, test->privacy, customer, format, path, &error)
               : cb_book_export (test->book, test->privacy, customer, format, path, &error);
  char *text = NULL;

  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, mark));
  g_assert_cmpint (g_unlink (path), ==, 0);
  return text;
}

static JsonObject *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  JsonObject *document = cb_json_parse (text, strlen (text), strlen (text), &error);

  g_assert_no_error (error);
  return document;
}

static JsonObject *
get_row (JsonObject *document, const char *member, guint number)
{
  return json_object_array_get_idx (cb_json_get_array (document, member), number);
}

static char *
add_solene (CbTestBook *test)
{
  g_autoptr (CbCustomerDraft) draft = new_person ("Solène", "Aubrac", "fr", "07700 900418");
  g_autoptr (GError) error = NULL;
  char *id = cb_book_add_customer (test->book, test->associate, draft, &error);

  g_assert_no_error (error);
  return id;
}

static void
add_observed (CbTestBook *test, const char *customer, const char *text)
{
  g_autoptr (CbNoteDraft) draft = cb_note_draft_new ();
  g_autoptr (CbNote) note = NULL;
  g_autoptr (GError) error = NULL;

  draft->text = g_strdup (text);
  draft->provenance = CB_PROVENANCE_OBSERVED;
  note = cb_book_add_note (test->book, test->associate, customer, draft, &error);
  g_assert_no_error (error);
}

static void
test_what_they_told (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autofree char *text = NULL;
  g_autofree char *everything = NULL;
  g_autoptr (CbNote) note = NULL;
  g_autoptr (JsonObject) document = NULL;
  JsonObject *answer;

  cb_test_book_set_up (&test);
  customer = add_solene (&test);
  note = cb_test_book_add_note (&test, customer, "shop", "cuir souple");
  add_observed (&test, customer, "seems in a hurry");
  cb_test_book_answer (&test, customer, "shop", CB_CHANNEL_NONE, CB_ANSWER_YES, CB_METHOD_TAPPED);
  cb_test_book_answer (&test, customer, "news", CB_CHANNEL_SMS, CB_ANSWER_NO, CB_METHOD_TAPPED);
  text = encode (&test, customer, CB_EXPORT_JSON, FALSE);
  document = parse (text);
  g_assert_cmpuint (json_object_array_length (cb_json_get_array (document, "notes")), ==, 1);
  g_assert_cmpstr (cb_json_get_string (get_row (document, "notes", 0), "text"), ==, "cuir souple");
  answer = get_row (document, "consents", 0);
  g_assert_cmpstr (cb_json_get_string (answer, "dpv_status"), ==,
                   "https://w3id.org/dpv#ConsentGiven");
  g_assert_cmpstr (cb_json_get_string (answer, "dpv_purpose"), ==,
                   "https://w3id.org/dpv#CustomerCare");
  g_assert_cmpstr (cb_json_get_string (get_row (document, "consents", 1), "dpv_status"), ==,
                   "https://w3id.org/dpv#ConsentRefused");
  g_assert_null (strstr (text, "hurry"));
  g_assert_null (strstr (text, cb_staff_get_id (test.associate)));
  everything = encode (&test, customer, CB_EXPORT_JSON, TRUE);
  g_assert_nonnull (strstr (everything, "seems in a hurry"));
  cb_test_book_tear_down (&test);
}

/* Markup of ours around it, none of theirs in it. */
static void
test_hostile_page (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autoptr (CbNote) note = NULL;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, HOSTILE, "Family", "a@example.org", "1");
  note = cb_test_book_add_note (&test, customer, "shop", HOSTILE);
  for (guint everything = 0; everything < 2; everything++)
    {
      g_autofree char *page = encode (&test, customer, CB_EXPORT_HTML, everything == 1);
      const char *inside = strstr (page, "<script type=\"application/json\"");

      g_assert_nonnull (strstr (page, "<html lang=\"en\" dir=\"ltr\">"));
      g_assert_nonnull (strstr (page, "default-src 'none'"));
      g_assert_null (strstr (page, "<b>"));
      g_assert_null (strstr (page, "<!--"));
      g_assert_null (strstr (page, "&amp;"));
      g_assert_null (strstr (page, "http-equiv=\"refresh"));
      g_assert_null (strstr (page, "src="));
      g_assert_true ((inside != NULL) == (everything == 1));
      g_assert_nonnull (strstr (page, "&#60;/script&#62;&#60;!-- ]]&#62;"));
      if (inside != NULL)
        g_assert_cmpstr (strstr (inside, "</script>"), ==, "</script>\n</body>\n</html>\n");
      for (const char *c = page; *c != '\0'; c = g_utf8_next_char (c))
        {
          gunichar one = g_utf8_get_char (c);

          g_assert_false (g_unichar_iscntrl (one) && one != '\n');
          g_assert_false (g_unichar_type (one) == G_UNICODE_FORMAT);
        }
    }
  cb_test_book_tear_down (&test);
}

/* What is escaped is the same text when it is read. */
static void
test_hostile_json (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autofree char *text = NULL;
  g_autofree char *page = NULL;
  g_autofree char *inside = NULL;
  g_autoptr (CbNote) note = NULL;
  g_autoptr (JsonObject) document = NULL;
  g_autoptr (JsonObject) embedded = NULL;
  const char *start;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Given", "Family", "a@example.org", "1");
  note = cb_test_book_add_note (&test, customer, "shop", HOSTILE);
  text = encode (&test, customer, CB_EXPORT_JSON, FALSE);
  document = parse (text);
  g_assert_cmpstr (cb_json_get_string (get_row (document, "notes", 0), "text"), ==, HOSTILE);
  g_assert_null (strstr (text, "\xe2\x80\xae"));
  page = encode (&test, customer, CB_EXPORT_HTML, TRUE);
  start = strchr (strstr (page, "<script type=\"application/json\""), '\n') + 1;
  inside = g_strndup (start, (gsize) (strstr (start, "</script>") - start));
  embedded = parse (inside);
  g_assert_cmpstr (cb_json_get_string (get_row (embedded, "notes", 0), "text"), ==, HOSTILE);
  cb_test_book_tear_down (&test);
}

/* --- everything --- */

static gboolean
has_look (JsonObject *document, const char *role, const char *action)
{
  JsonObject *looks = cb_json_get_array (document, "looked");

  for (gsize i = 0; i < json_object_array_length (looks); i++)
    {
      JsonObject *look = json_object_array_get_idx (looks, i);

      if (g_strcmp0 (cb_json_get_string (look, "role"), role) == 0 &&
          g_strcmp0 (cb_json_get_string (look, "action"), action) == 0)
        return TRUE;
    }
  return FALSE;
}

static void
look_at (CbTestBook *test, CbStaff *staff, const char *customer)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CbDossier) dossier = cb_book_load_dossier (test->book, staff, customer, &error);

  g_assert_no_error (error);
}

static void
test_everything (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autofree char *text = NULL;
  g_autofree char *page = NULL;
  g_autoptr (CbNote) note = NULL;
  g_autoptr (JsonObject) document = NULL;
  g_autoptr (GPtrArray) list = NULL;
  g_autoptr (GError) error = NULL;
  JsonObject *words;

  cb_test_book_set_up (&test);
  customer = add_solene (&test);
  note = cb_test_book_add_note (&test, customer, "shop", "talon 4 cm au plus");
  add_observed (&test, customer, "seems in a hurry");
  cb_test_book_answer (&test, customer, "news", CB_CHANNEL_EMAIL, CB_ANSWER_LATER,
                       CB_METHOD_SPOKEN);
  look_at (&test, test.other, customer);
  list = cb_book_list_customers (test.book, test.manager, 10, NULL, &error);
  g_assert_no_error (error);
  text = encode (&test, customer, CB_EXPORT_JSON, TRUE);
  document = parse (text);
  g_assert_cmpuint (json_object_array_length (cb_json_get_array (document, "notes")), ==, 2);
  for (guint i = 0; i < 2; i++)
    {
      JsonObject *one = get_row (document, "notes", i);

      g_assert_cmpstr (cb_json_get_string (one, "author_role"), ==, "associate");
      g_assert_cmpstr (cb_json_get_string (one, "life"), ==, "unasked");
      g_assert_null (cb_json_get_object (one, "rests_on"));
    }
  g_assert_true (has_look (document, "associate", "customer.read"));
  g_assert_true (has_look (document, "manager", "customer.list"));
  g_assert_true (has_look (document, "privacy", "customer.access"));
  words = get_row (get_row (document, "notices", 0), "purposes", 0);
  g_assert_cmpstr (cb_json_get_string (words, "purpose"), ==, "news");
  g_assert_nonnull (cb_json_get_string (words, "script"));
  g_assert_null (strstr (text, "Test Other"));
  g_assert_null (strstr (text, "Test Manager"));
  page = encode (&test, customer, CB_EXPORT_HTML, TRUE);
  g_assert_nonnull (strstr (page, "<html lang=\"fr\" dir=\"ltr\">"));
  g_assert_nonnull (strstr (page, "talon 4 cm au plus"));
  g_assert_nonnull (strstr (page, "seems in a hurry"));
  g_assert_nonnull (strstr (page, cb_json_get_string (words, "what_for")));
  g_assert_null (strstr (page, "Test Other"));
  cb_test_book_tear_down (&test);
}

static gsize
count_told (CbTestBook *test, const char *customer)
{
  g_autofree char *text = encode (test, customer, CB_EXPORT_JSON, TRUE);
  g_autoptr (JsonObject) document = parse (text);

  return json_object_array_length (cb_json_get_array (document, "told"));
}

/* What arrived is told with what it rests on, also when its operation has long been forgotten. */
static void
test_whom_we_told (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autoptr (CbNote) note = NULL;
  g_autoptr (GPtrArray) sent = NULL;
  g_autoptr (GError) error = NULL;

  cb_test_book_set_up (&test);
  customer = add_solene (&test);
  note = cb_test_book_add_note (&test, customer, "shop", "cuir souple");
  cb_test_book_answer (&test, customer, "everywhere", CB_CHANNEL_NONE, CB_ANSWER_YES,
                       CB_METHOD_TAPPED);
  g_assert_cmpuint (count_told (&test, customer), ==, 0);
  sent = cb_test_book_push (&test);
  g_assert_cmpuint (sent->len, ==, 3);
  for (guint later = 0; later < 2; later++)
    {
      g_autofree char *text = encode (&test, customer, CB_EXPORT_JSON, TRUE);
      g_autoptr (JsonObject) document = parse (text);
      JsonObject *told = cb_json_get_array (document, "told");
      JsonObject *one = get_row (document, "notes", 0);
      JsonObject *rests_on = cb_json_get_object (one, "rests_on");

      g_assert_cmpstr (cb_json_get_string (one, "delivery"), ==, "accepted");
      g_assert_cmpstr (cb_json_get_string (rests_on, "purpose"), ==, "everywhere");
      g_assert_cmpuint (json_object_array_length (told), ==, later == 0 ? 3 : 2);
      cb_clock_advance (test.clock, 40 * DAY);
      g_assert_cmpint (cb_book_run_retention (test.book, &error), >=, 0);
      g_assert_no_error (error);
    }
  cb_test_book_tear_down (&test);
}

/* --- the file --- */

static char *
take (CbTestBook *test, CbStaff *staff, const char *customer, const char *path, CbStoreError code)
{
  g_autoptr (GError) error = NULL;
  char *mark = cb_book_export (test->book, staff, customer, CB_EXPORT_VCARD, path, &error);

  if (code == (CbStoreError) -1)
    g_assert_no_error (error);
  else
    g_assert_error (error, CB_STORE_ERROR, (int) code);
  g_assert_true ((mark == NULL) == (error != NULL));
  return mark;
}

#define FINE ((CbStoreError) -1)

static guint
count_files (const char *folder)
{
  g_autoptr (GDir) directory = g_dir_open (folder, 0, NULL);
  guint n_files = 0;

  while (g_dir_read_name (directory) != NULL)
    n_files++;
  return n_files;
}

static void
test_file (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autofree char *folder = NULL;
  g_autofree char *path = NULL;
  g_autofree char *nowhere = NULL;
  g_autofree char *mark = NULL;
  g_autofree char *text = NULL;
  GStatBuf status;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Given", "Family", "a@example.org", "1");
  folder = g_build_filename (test.root, "taken", NULL);
  path = g_build_filename (folder, "secret-family-name.vcf", NULL);
  nowhere = g_build_filename (folder, "no", "such.vcf", NULL);
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  g_assert_null (take (&test, test.associate, customer, path, CB_STORE_ERROR_FORBIDDEN));
  g_assert_null (take (&test, test.admin, customer, path, CB_STORE_ERROR_FORBIDDEN));
  g_assert_null (take (&test, NULL, customer, path, CB_STORE_ERROR_FORBIDDEN));
  g_assert_null (take (&test, test.manager, MARK, path, CB_STORE_ERROR_NOT_FOUND));
  g_assert_null (take (&test, test.manager, customer, nowhere, CB_STORE_ERROR_NOT_FOUND));
  g_assert_cmpuint (count_files (folder), ==, 0);
  mark = take (&test, test.manager, customer, path, FINE);
  g_assert_cmpint (g_stat (path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);
  g_assert_null (take (&test, test.privacy, customer, path, CB_STORE_ERROR_INVALID));
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, mark));
  g_assert_cmpuint (count_files (folder), ==, 1);
  /* Where it was put stands nowhere in the clear. */
  g_assert_cmpuint (cb_test_count_files_with (test.root, "secret-family-name"), ==, 0);
  g_assert_cmpuint (cb_test_count_files_with (test.home, mark), >, 0);
  cb_test_book_tear_down (&test);
}

/* --- the erasure --- */

static void
erase (CbTestBook *test, const char *customer)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (cb_book_erase (test->book, test->privacy, customer, CB_ERASE_REQUEST, &error));
  g_assert_no_error (error);
}

static guint
count_left (CbTestBook *test)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) left = cb_book_reach_copies (test->book, NULL, &error);

  g_assert_no_error (error);
  return left->len;
}

static void
test_erasure_removes (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autofree char *other = NULL;
  char *paths[4] = { NULL };

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Given", "Family", "a@example.org", "1");
  other = cb_test_book_add_customer (&test, "Other", "Person", "b@example.org", "2");
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autofree char *name = g_strdup_printf ("taken-%u", i);

      paths[i] = g_build_filename (test.root, name, NULL);
      g_free (take (&test, test.privacy, i == 3 ? other : customer, paths[i], FINE));
    }
  /* One lies there, one was carried away, one was replaced, one is somebody else's. */
  g_assert_cmpint (g_unlink (paths[1]), ==, 0);
  g_assert_true (g_file_set_contents (paths[2], "another file", -1, NULL));
  erase (&test, customer);
  g_assert_false (g_file_test (paths[0], G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (paths[2], G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (paths[3], G_FILE_TEST_EXISTS));
  g_assert_cmpuint (count_left (&test), ==, 0);
  g_assert_cmpuint (cb_test_count_files_with (test.root, "Family"), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    g_free (paths[i]);
  cb_test_book_tear_down (&test);
}

/* Erased elsewhere, and told by the service's answer to what was sent. */
static void
test_erasure_elsewhere_removes (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autofree char *path = NULL;
  g_autoptr (CbBatch) batch = NULL;
  g_autoptr (GPtrArray) settlements =
    g_ptr_array_new_with_free_func ((GDestroyNotify) cb_settlement_free);
  g_autoptr (GError) error = NULL;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Given", "Family", "a@example.org", "1");
  path = g_build_filename (test.root, "taken", NULL);
  g_free (take (&test, test.privacy, customer, path, FINE));
  cb_test_book_answer (&test, customer, "shop", CB_CHANNEL_NONE, CB_ANSWER_YES, CB_METHOD_TAPPED);
  batch = cb_book_take_batch (test.book, 1, 1 << 20, &error);
  g_assert_no_error (error);
  g_ptr_array_add (settlements,
                   cb_settlement_new (cb_batch_get_op (batch, 0)->op_id, CB_SETTLED_GONE));
  g_assert_true (cb_book_settle (test.book, settlements, &error));
  g_assert_no_error (error);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_cmpuint (count_left (&test), ==, 0);
  cb_test_book_tear_down (&test);
}

/* What can't be removed now is named, and is removed later. */
static void
test_erasure_comes_back (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autofree char *path = NULL;
  g_autofree char *kept = NULL;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Given", "Family", "a@example.org", "1");
  path = g_build_filename (test.root, "taken", NULL);
  kept = g_build_filename (test.root, "kept", NULL);
  g_free (take (&test, test.privacy, customer, path, FINE));
  g_assert_cmpint (g_rename (path, kept), ==, 0);
  g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
  erase (&test, customer);
  g_assert_cmpuint (count_left (&test), ==, 1);
  g_assert_cmpint (g_rmdir (path), ==, 0);
  g_assert_cmpint (g_rename (kept, path), ==, 0);
  cb_test_book_reopen (&test);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_cmpuint (count_left (&test), ==, 0);
  cb_test_book_tear_down (&test);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/export/vcard/the-same-person-comes-back", test_same_person);
  g_test_add_func ("/export/vcard/no-name-stays-no-name", test_nameless);
  g_test_add_func ("/export/vcard/folds-between-characters", test_folding);
  g_test_add_func ("/export/vcard/no-text-begins-a-property", test_no_injection);
  g_test_add_func ("/export/vcard/people-of-every-program", test_every_file);
  g_test_add_func ("/export/jscontact/is-a-card", test_jscontact);
  g_test_add_func ("/export/json/what-they-told-and-nothing-else", test_what_they_told);
  g_test_add_func ("/export/json/hostile-texts-come-through", test_hostile_json);
  g_test_add_func ("/export/page/hostile-texts-are-shown", test_hostile_page);
  g_test_add_func ("/access/everything-and-who-looked", test_everything);
  g_test_add_func ("/access/whom-we-told", test_whom_we_told);
  g_test_add_func ("/copy/whole-or-absent-and-never-over-another", test_file);
  g_test_add_func ("/copy/an-erasure-removes-it", test_erasure_removes);
  g_test_add_func ("/copy/an-erasure-elsewhere-removes-it", test_erasure_elsewhere_removes);
  g_test_add_func ("/copy/an-erasure-comes-back-for-it", test_erasure_comes_back);
  return g_test_run ();
}
