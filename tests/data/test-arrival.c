/* SPDX-License-Identifier: Apache-2.0 */

/* What other terminals of the shop put, against a real store: what is taken, and what is not. */

#define G_LOG_DOMAIN "Counterbook"

#include "base/cb-error.h"
#include "base/cb-id.h"
#include "base/cb-json.h"
#include "cb-test-book.h"
#include "store/cb-book-private.h"

#define MARA "3f8590c97a07477c81905ed61e1ece7a"
#define YES "221fc6ecee194c669df48bcdd8e07aa2"
#define NO "bfdac9662e88427f85671e821f858058"
#define NOTE "2468b95aa9294773959c97a301d5d81d"

static const char CARD[] =
  "{\"given\":\"Mara\",\"family\":\"Testperson\",\"preferred\":null,"
  "\"language\":\"en\",\"emails\":[\"mara@example.com\"],\"phones\":[]}";

static CbArrival *
arrive (const char *saw, const char *evidence)
{
  CbArrival *arrival = cb_arrival_new (MARA);
  JsonObject *said = cb_json_parse (evidence, strlen (evidence), 4096, NULL);

  cb_arrival_add_yes (arrival, YES, "shop", saw, CB_TEST_MORNING_US, said);
  return arrival;
}

static CbArrival *
arrive_plain (void)
{
  return arrive (NULL,
                 "{\"entity\":\"customer\",\"method\":\"tapped\",\"notice\":\"counter\","
                 "\"version\":1,\"language\":\"en\",\"receipt\":\"R-1\",\"proof\":null}");
}

static void
add (CbArrival *arrival, const char *kind, const char *id, gint64 n, const char *body)
{
  CbArrivedRecord *record =
    cb_arrival_add_record (arrival, kind, id, cb_json_parse (body, strlen (body), 65536, NULL));
  g_autofree char *version = cb_id_new ();

  g_assert_nonnull (record->body);
  record->scope = g_strdup ("store");
  g_strlcpy (record->version, version, sizeof record->version);
  record->n = n;
  record->by = g_strdup ("system");
  record->at_us = CB_TEST_MORNING_US;
}

static void
add_note (CbArrival *arrival, gint64 n, const char *text)
{
  g_autofree char *body = g_strdup_printf (
    "{\"text\":\"%s\",\"kind\":\"advice\","
    "\"intent\":\"profile\",\"discretion\":\"mention\","
    "\"provenance\":\"said\",\"for\":null}",
    text);

  add (arrival, "note", NOTE, n, body);
}

static gboolean
try_take (CbTestBook *test, CbArrival *arrival, const char *cursor, GError **error)
{
  g_autoptr (GPtrArray) arrivals =
    g_ptr_array_new_with_free_func ((GDestroyNotify) cb_arrival_free);
  gboolean is_taken;

  g_ptr_array_add (arrivals, arrival);
  is_taken = cb_book_take_arrivals (test->book, arrivals, cursor, error);
  cb_book_end_sync (test->book);
  return is_taken;
}

static void
take (CbTestBook *test, CbArrival *arrival)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *cursor = NULL;

  g_assert_true (try_take (test, arrival, "seven", &error));
  g_assert_no_error (error);
  cursor = cb_book_dup_cursor (test->book, CB_CURSOR_RECORDS, &error);
  g_assert_cmpstr (cursor, ==, "seven");
}

static gboolean
is_here (CbTestBook *test)
{
  return cb_book_require_customer (test->book, MARA, NULL);
}

/* The texts of their notes, in the order of their words. */
static char *
read_notes (CbTestBook *test)
{
  g_autoptr (GPtrArray) notes = cb_book_list_notes (test->book, test->manager, MARA, NULL);
  g_autoptr (GString) all = g_string_new (NULL);

  for (guint i = 0; notes != NULL && i < notes->len; i++)
    g_string_append_printf (all, "%s%s", i > 0 ? ", " : "", cb_note_get_text (notes->pdata[i]));
  return g_string_free (g_steal_pointer (&all), FALSE);
}

static void
assert_notes (CbTestBook *test, const char *expected)
{
  g_autofree char *found = read_notes (test);

  g_assert_cmpstr (found, ==, expected);
}

static void
test_stranger (void)
{
  CbTestBook test = { 0 };
  CbArrival *arrival = arrive_plain ();
  g_autoptr (GPtrArray) sent = NULL;

  cb_test_book_set_up (&test);
  add (arrival, "customer", MARA, 3, CARD);
  add_note (arrival, 4, "navy");
  take (&test, arrival);
  g_assert_true (is_here (&test));
  assert_notes (&test, "navy");
  /* The service has it: nothing goes back. */
  sent = cb_test_book_push (&test);
  g_assert_cmpuint (sent->len, ==, 0);
  cb_test_book_tear_down (&test);
}

static char *
list_verified (CbTestBook *test)
{
  g_autoptr (CbDossier) dossier = cb_book_load_dossier (test->book, test->manager, MARA, NULL);

  return g_strjoinv (", ", (char **) cb_dossier_get_confirmed (dossier));
}

/* An address that its owner confirmed at another terminal is theirs here too, and goes on being so
 * when a card comes that does not say it; another one is not. */
static void
test_confirmed_elsewhere (void)
{
  static const char said[] =
    "{\"given\":\"Mara\",\"family\":\"Testperson\",\"preferred\":null,"
    "\"language\":\"en\",\"emails\":[\"new@example.com\",\"mara@example.com\"],"
    "\"phones\":[\"07700 900142\"],\"verified\":[\"mara@example.com\",7]}";
  CbTestBook test = { 0 };
  CbArrival *first = arrive_plain ();
  CbArrival *second = arrive_plain ();
  CbArrival *third = arrive_plain ();
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  g_autofree char *later = NULL;

  cb_test_book_set_up (&test);
  add (first, "customer", MARA, 3, CARD);
  take (&test, first);
  before = list_verified (&test);
  g_assert_cmpstr (before, ==, "");
  add (second, "customer", MARA, 4, said);
  take (&test, second);
  after = list_verified (&test);
  g_assert_cmpstr (after, ==, "mara@example.com");
  add (third, "customer", MARA, 5, CARD);
  take (&test, third);
  later = list_verified (&test);
  g_assert_cmpstr (later, ==, "mara@example.com");
  cb_test_book_tear_down (&test);
}

/* Without a yes that holds here nobody comes in. */
static void
test_without_a_yes (void)
{
  static const char *const wrong[] = {
    "{\"entity\":\"controller\",\"method\":\"tapped\"}",
    "{\"entity\":\"customer\",\"method\":\"of-a-later-version\"}",
    "{\"entity\":\"customer\",\"method\":\"tapped\",\"conditions\":[{\"channel\":null,\"at_most\":1}]}",
    "{}",
  };
  CbTestBook test = { 0 };

  cb_test_book_set_up (&test);
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      CbArrival *arrival = arrive (NULL, wrong[i]);

      add (arrival, "customer", MARA, 3, CARD);
      add_note (arrival, 4, "navy");
      take (&test, arrival);
      g_assert_false (is_here (&test));
    }
  cb_test_book_tear_down (&test);
}

static gint64
count_versions (CbTestBook *test)
{
  g_autoptr (CbStmt) stmt =
    cb_db_prepare (test->book->db, "SELECT count(*) FROM outbox WHERE key = 'note/" NOTE "'");

  g_assert_true (cb_stmt_next (stmt, NULL));
  return cb_stmt_int (stmt, 0);
}

static void
test_newer_and_older (void)
{
  CbTestBook test = { 0 };
  CbArrival *first = arrive_plain ();
  CbArrival *second = arrive_plain ();
  CbArrival *late = arrive_plain ();

  cb_test_book_set_up (&test);
  add (first, "customer", MARA, 3, CARD);
  add_note (first, 4, "navy");
  take (&test, first);
  add_note (second, 9, "grey");
  take (&test, second);
  assert_notes (&test, "grey");
  /* The words that were replaced are in no operation any more. */
  g_assert_cmpint (count_versions (&test), ==, 1);
  add_note (late, 7, "between them");
  take (&test, late);
  assert_notes (&test, "grey");
  cb_test_book_tear_down (&test);
}

/* One record that says nothing sensible does not stand in the way of the others. */
static void
test_senseless (void)
{
  static const char *const senseless[] = {
    "preference", "{}",
    "preference", "{\"facet\":\"mood\",\"value\":\"x\",\"polarity\":\"like\"}",
    "request",    "{\"text\":\"x\",\"kind\":\"hold\"}",
    "request",    "{\"text\":\"x\",\"kind\":\"promise\",\"state\":\"open\"}",
    "note",       "{\"text\":\"  \"}"
  };
  CbTestBook test = { 0 };
  CbArrival *arrival = arrive_plain ();

  cb_test_book_set_up (&test);
  add (arrival, "customer", MARA, 3, CARD);
  for (guint i = 0; i < G_N_ELEMENTS (senseless); i += 2)
    {
      g_autofree char *id = cb_id_new ();

      add (arrival, senseless[i], id, 10 + i, senseless[i + 1]);
    }
  add_note (arrival, 40, "navy");
  take (&test, arrival);
  assert_notes (&test, "navy");
  cb_test_book_tear_down (&test);
}

/* A no that was said here holds against a yes that did not see it. */
static void
test_no_of_here (void)
{
  CbTestBook test = { 0 };
  CbArrival *first = arrive_plain ();
  CbArrival *again = arrive_plain ();
  g_autoptr (GError) error = NULL;
  g_autoptr (CbPermission) permission = NULL;

  cb_test_book_set_up (&test);
  add (first, "customer", MARA, 3, CARD);
  take (&test, first);
  g_assert_true (
    cb_book_withdraw (test.book, test.associate, MARA, "shop", CB_CHANNEL_NONE, &error));
  g_assert_no_error (error);
  g_strlcpy (((CbArrivedYes *) again->yeses->pdata[0])->op, NO, CB_ID_LENGTH + 1);
  add_note (again, 9, "grey");
  take (&test, again);
  permission = cb_book_permit (test.book, test.associate, MARA, "shop", CB_CHANNEL_NONE,
                               CB_CIRCUMSTANCE_NONE, &error);
  g_assert_cmpint (cb_permission_get_verdict (permission), ==, CB_VERDICT_WITHDRAWN);
  assert_notes (&test, "");
  cb_test_book_tear_down (&test);
}

static void
test_erased_here (void)
{
  CbTestBook test = { 0 };
  CbArrival *first = arrive_plain ();
  CbArrival *again = arrive_plain ();
  g_autoptr (GError) error = NULL;

  cb_test_book_set_up (&test);
  add (first, "customer", MARA, 3, CARD);
  take (&test, first);
  g_assert_true (cb_book_erase (test.book, test.manager, MARA, CB_ERASE_REQUEST, &error));
  g_assert_no_error (error);
  add (again, "customer", MARA, 9, CARD);
  take (&test, again);
  g_assert_false (is_here (&test));
  cb_test_book_tear_down (&test);
}

/* What is changed here and not sent stays as it was typed. */
static void
test_changed_here (void)
{
  CbTestBook test = { 0 };
  CbArrival *first = arrive_plain ();
  CbArrival *second = arrive_plain ();
  g_autoptr (CbPreferenceDraft) draft = cb_preference_draft_new ();
  g_autoptr (CbPreference) set = NULL;
  g_autoptr (GPtrArray) preferences = NULL;
  g_autoptr (GError) error = NULL;

  cb_test_book_set_up (&test);
  add (first, "customer", MARA, 3, CARD);
  add (first, "preference", NOTE, 4,
       "{\"facet\":\"size\",\"value\":\"38\",\"polarity\":\"like\",\"provenance\":\"said\"}");
  take (&test, first);
  draft->id = g_strdup (NOTE);
  draft->facet = CB_FACET_SIZE;
  draft->value = g_strdup ("39");
  set = cb_book_set_preference (test.book, test.associate, MARA, draft, &error);
  g_assert_no_error (error);
  add (second, "preference", NOTE, 9,
       "{\"facet\":\"size\",\"value\":\"40\",\"polarity\":\"like\",\"provenance\":\"said\"}");
  take (&test, second);
  preferences = cb_book_list_preferences (test.book, test.manager, MARA, &error);
  g_assert_cmpuint (preferences->len, ==, 1);
  g_assert_cmpstr (cb_preference_get_value (preferences->pdata[0]), ==, "39");
  cb_test_book_tear_down (&test);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/arrival/stranger", test_stranger);
  g_test_add_func ("/arrival/confirmed-elsewhere-is-confirmed-here", test_confirmed_elsewhere);
  g_test_add_func ("/arrival/without-a-yes", test_without_a_yes);
  g_test_add_func ("/arrival/newer-and-older", test_newer_and_older);
  g_test_add_func ("/arrival/senseless", test_senseless);
  g_test_add_func ("/arrival/a-no-of-here-holds", test_no_of_here);
  g_test_add_func ("/arrival/erased-here-stays-erased", test_erased_here);
  g_test_add_func ("/arrival/changed-here-stays", test_changed_here);
  return g_test_run ();
}
