/* SPDX-License-Identifier: Apache-2.0 */

/* Whether the one at the counter is the customer: what shows it, what doesn't, how often it may be
 * tried, what it opens and for how long. */

#define G_LOG_DOMAIN "Counterbook"

#include <string.h>

#include "base/cb-error.h"
#include "cb-test-book.h"
#include "exchange/cb-page-part.h"

#define EMAIL "nobody.in.particular@example.org"
#define PHONE "+44 20 7946 0958"
#define CARD "7731-0042"

/* --- the machine's clock --- */

static gint64 later_us;

gint64 __real_g_get_monotonic_time (void);
gint64 __wrap_g_get_monotonic_time (void);

gint64
__wrap_g_get_monotonic_time (void)
{
  return __real_g_get_monotonic_time () + later_us;
}

/* --- the counter --- */

typedef struct
{
  CbTestBook test;
  char *customer;
} Counter;

static void
set_up (Counter *counter, gconstpointer data)
{
  const char *const emails[] = { EMAIL, NULL };
  const char *const phones[] = { PHONE, NULL };
  const char *const numbers[] = { CARD, NULL };
  g_autoptr (CbCustomerDraft) draft = cb_customer_draft_new ();
  g_autoptr (GError) error = NULL;

  cb_test_book_set_up (&counter->test);
  draft->given = g_strdup ("Nobody");
  draft->emails = g_strdupv ((char **) emails);
  draft->phones = g_strdupv ((char **) phones);
  draft->numbers = g_strdupv ((char **) numbers);
  counter->customer =
    cb_book_add_customer (counter->test.book, counter->test.associate, draft, &error);
  g_assert_no_error (error);
}

static void
tear_down (Counter *counter, gconstpointer data)
{
  g_free (counter->customer);
  cb_test_book_tear_down (&counter->test);
}

/* -1 without an error. */
static int
identify (Counter *counter, CbProof *proof, gint64 *wait_until_us)
{
  g_autoptr (CbProof) given = proof;
  g_autoptr (GError) error = NULL;
  gint64 until_us = 0;
  gboolean is_them = cb_book_identify (counter->test.book, counter->test.associate,
                                       counter->customer, given, &until_us, &error);

  g_assert_true (is_them == (error == NULL));
  g_assert_true (is_them == cb_book_is_identified (counter->test.book, counter->customer));
  if (wait_until_us != NULL)
    *wait_until_us = until_us;
  if (error == NULL)
    return -1;
  g_assert_true (error->domain == CB_STORE_ERROR);
  g_assert_null (strstr (error->message, EMAIL));
  return error->code;
}

static CbProof *
facts (const char *email, const char *phone, const char *card)
{
  CbProof *proof = cb_proof_new ();

  proof->email = g_strdup (email);
  proof->phone = g_strdup (phone);
  proof->card = g_strdup (card);
  return proof;
}

static CbProof *
receipt (const char *number)
{
  CbProof *proof = cb_proof_new ();

  proof->receipt = g_strdup (number);
  return proof;
}

static CbProof *
document (CbDocument kind)
{
  CbProof *proof = cb_proof_new ();

  proof->document = kind;
  return proof;
}

/* "customer.try", "customer.identify/receipt": of this customer, in order, joined. */
static char *
audited (Counter *counter)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows =
    cb_book_list_audit (counter->test.book, counter->test.privacy, 0, 1000, &error);
  g_autoptr (GString) all = g_string_new (NULL);

  g_assert_no_error (error);
  for (guint i = 0; i < rows->len; i++)
    {
      const CbAuditRow *row = g_ptr_array_index (rows, i);

      if (g_strcmp0 (row->customer, counter->customer) != 0 ||
          !(g_str_equal (row->action, "customer.try") ||
            g_str_equal (row->action, "customer.identify") ||
            g_str_equal (row->action, "customer.show")))
        continue;
      g_string_append_printf (all, "%s%s%s%s", all->len > 0 ? " " : "", row->action,
                              row->code != NULL ? "/" : "", row->code != NULL ? row->code : "");
    }
  return g_string_free (g_steal_pointer (&all), FALSE);
}

static void
assert_audited (Counter *counter, const char *expected)
{
  g_autofree char *found = audited (counter);

  g_assert_cmpstr (found, ==, expected);
}

/* --- what shows it --- */

static void
test_two_facts (Counter *counter, gconstpointer data)
{
  g_assert_cmpint (identify (counter, facts (EMAIL, PHONE, NULL), NULL), ==, -1);
  /* As they type it, not as somebody wrote it down. */
  g_assert_cmpint (
    identify (counter, facts (" NOBODY.in.particular@Example.org", "02079460958", NULL), NULL), ==,
    -1);
  /* Two that are right are two. */
  g_assert_cmpint (identify (counter, facts (EMAIL, PHONE, "123"), NULL), ==, -1);
  g_assert_cmpint (identify (counter, facts (EMAIL, "020 7946 0000", NULL), NULL), ==,
                   CB_STORE_ERROR_REFUSED);
  g_assert_cmpint (identify (counter, facts ("somebody@example.org", PHONE, NULL), NULL), ==,
                   CB_STORE_ERROR_REFUSED);
  g_assert_cmpint (identify (counter, facts (EMAIL, NULL, "123"), NULL), ==,
                   CB_STORE_ERROR_REFUSED);
  assert_audited (counter,
                  "customer.identify/two-facts customer.identify/two-facts"
                  " customer.identify/two-facts customer.try customer.try customer.try");
  g_assert_cmpint (identify (counter, facts (NULL, PHONE, "7731 0042"), NULL), ==, -1);
}

static void
test_of_another (Counter *counter, gconstpointer data)
{
  g_autofree char *other = cb_test_book_add_customer (&counter->test, "Other", "Person",
                                                      "other@example.org", "020 7946 0111");

  g_assert_nonnull (other);
  g_assert_cmpint (identify (counter, facts ("other@example.org", "020 7946 0111", NULL), NULL), ==,
                   CB_STORE_ERROR_REFUSED);
}

/* One fact is a name on an envelope. */
static void
test_too_little (Counter *counter, gconstpointer data)
{
  for (int i = 0; i < 8; i++)
    {
      g_assert_cmpint (identify (counter, facts (EMAIL, NULL, NULL), NULL), ==,
                       CB_STORE_ERROR_INVALID);
      g_assert_cmpint (identify (counter, cb_proof_new (), NULL), ==, CB_STORE_ERROR_INVALID);
    }
  assert_audited (counter, "");
}

static char *
answer (Counter *counter)
{
  g_autoptr (GPtrArray) answers =
    g_ptr_array_new_with_free_func ((GDestroyNotify) cb_answer_draft_free);
  g_autoptr (GError) error = NULL;
  CbAnswerDraft *draft = cb_answer_draft_new ();
  char *number;

  draft->purpose = g_strdup ("shop");
  draft->answer = CB_ANSWER_YES;
  draft->method = CB_METHOD_TAPPED;
  g_ptr_array_add (answers, draft);
  number = cb_book_record_answers (counter->test.book, counter->test.associate, counter->customer,
                                   answers, &error);
  g_assert_no_error (error);
  return number;
}

static void
test_receipt (Counter *counter, gconstpointer data)
{
  g_autofree char *number = answer (counter);
  g_autofree char *upper = g_ascii_strup (number, -1);
  g_autofree char *grouped = g_strdup_printf (" %.4s %.4s-%s", upper, upper + 4, upper + 8);
  g_autofree char *cut = g_strndup (number, 31);

  g_assert_cmpint (identify (counter, receipt (grouped), NULL), ==, -1);
  g_assert_cmpint (identify (counter, receipt (cut), NULL), ==, CB_STORE_ERROR_REFUSED);
  g_assert_cmpint (identify (counter, receipt ("%"), NULL), ==, CB_STORE_ERROR_REFUSED);
  assert_audited (counter, "customer.identify/receipt customer.try customer.try");
}

static void
take_in_purchase (Counter *counter)
{
  static const char text[] =
    "customer email,sku,quantity,date,receipt\n" EMAIL ",A1,1,2026-02-01,T-0077\n";
  g_autofree char *path = g_build_filename (counter->test.root, "in.csv", NULL);
  CbImportOptions options = { 0 };
  g_autoptr (CbImport) import = NULL;
  g_autoptr (GError) error = NULL;
  gboolean more = TRUE;

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  import = cb_import_open_purchases (path, &options, &error);
  g_assert_no_error (error);
  while (more)
    {
      cb_book_import_piece (counter->test.book, counter->test.manager, import, &more, &error);
      g_assert_no_error (error);
    }
}

static void
test_till_receipt (Counter *counter, gconstpointer data)
{
  g_autofree char *number = answer (counter);

  take_in_purchase (counter);
  g_assert_cmpint (identify (counter, receipt ("t-0077"), NULL), ==, -1);
  g_assert_cmpint (identify (counter, receipt ("T-0078"), NULL), ==, CB_STORE_ERROR_REFUSED);
}

static void
test_document (Counter *counter, gconstpointer data)
{
  g_assert_cmpint (identify (counter, document (CB_DOCUMENT_PASSPORT), NULL), ==, -1);
  g_assert_cmpint (identify (counter, document (CB_DOCUMENT_DRIVING_LICENCE), NULL), ==, -1);
  assert_audited (counter, "customer.identify/passport customer.identify/driving-licence");
}

/* --- how often --- */

static void
test_throttled (Counter *counter, gconstpointer data)
{
  gint64 until_us;

  for (int i = 0; i < 5; i++)
    {
      g_assert_cmpint (identify (counter, facts ("x@example.org", PHONE, NULL), NULL), ==,
                       CB_STORE_ERROR_REFUSED);
      cb_test_book_reopen (&counter->test);
      cb_clock_set_now_us (counter->test.clock,
                           cb_clock_get_now_us (counter->test.clock) + G_TIME_SPAN_MINUTE);
    }
  /* Even what is right, and it says until when. */
  g_assert_cmpint (identify (counter, facts (EMAIL, PHONE, NULL), &until_us), ==,
                   CB_STORE_ERROR_THROTTLED);
  g_assert_cmpint (until_us, ==, CB_TEST_MORNING_US + 30 * G_TIME_SPAN_MINUTE);
  /* What is not looked at is no try. */
  assert_audited (counter, "customer.try customer.try customer.try customer.try customer.try");
  cb_clock_set_now_us (counter->test.clock, until_us);
  g_assert_cmpint (identify (counter, facts (EMAIL, PHONE, NULL), NULL), ==, -1);
}

/* Whoever put the clock back would have their tries again. */
static void
test_clock_back (Counter *counter, gconstpointer data)
{
  for (int i = 0; i < 5; i++)
    identify (counter, facts ("x@example.org", PHONE, NULL), NULL);
  cb_clock_set_now_us (counter->test.clock, CB_TEST_MORNING_US - CB_US_PER_DAY);
  g_assert_cmpint (identify (counter, facts (EMAIL, PHONE, NULL), NULL), ==,
                   CB_STORE_ERROR_THROTTLED);
}

static void
test_document_after_tries (Counter *counter, gconstpointer data)
{
  for (int i = 0; i < 5; i++)
    identify (counter, facts ("x@example.org", PHONE, NULL), NULL);
  g_assert_cmpint (identify (counter, document (CB_DOCUMENT_OTHER), NULL), ==, -1);
  g_assert_cmpint (identify (counter, facts (EMAIL, PHONE, NULL), NULL), ==, -1);
}

/* --- what it opens --- */

/* CB_STORE_ERROR_FORBIDDEN, or how many parts are shown. */
static guint
show (Counter *counter, CbStaff *actor, gboolean *is_forbidden)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) parts =
    cb_book_show_everything (counter->test.book, actor, counter->customer, "de", &error);

  *is_forbidden = g_error_matches (error, CB_STORE_ERROR, CB_STORE_ERROR_FORBIDDEN);
  if (!*is_forbidden)
    g_assert_no_error (error);
  return parts != NULL ? parts->len : 0;
}

static gboolean
is_forbidden (Counter *counter, CbStaff *actor)
{
  gboolean forbidden;

  show (counter, actor, &forbidden);
  return forbidden;
}

static gboolean
is_erasing_forbidden (Counter *counter, CbStaff *actor)
{
  g_autoptr (GError) error = NULL;

  if (cb_book_erase (counter->test.book, actor, counter->customer, CB_ERASE_REQUEST, &error))
    return FALSE;
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_FORBIDDEN);
  return TRUE;
}

static void
test_opens (Counter *counter, gconstpointer data)
{
  CbTestBook *test = &counter->test;
  g_autofree char *other = cb_test_book_add_customer (test, "Other", "Person", NULL, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (is_forbidden (counter, test->associate));
  g_assert_true (is_erasing_forbidden (counter, test->associate));
  g_assert_cmpint (identify (counter, facts (EMAIL, PHONE, NULL), NULL), ==, -1);
  g_assert_false (is_forbidden (counter, test->associate));
  g_assert_true (is_forbidden (counter, test->admin));
  /* It is about one. */
  g_assert_false (cb_book_is_identified (test->book, other));
  g_assert_false (cb_book_erase (test->book, test->associate, other, CB_ERASE_REQUEST, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_FORBIDDEN);
  assert_audited (counter, "customer.identify/two-facts customer.show");
  g_assert_false (is_erasing_forbidden (counter, test->associate));
}

static void
end_by_lock (Counter *counter)
{
  cb_book_lock (counter->test.book);
}

static void
end_by_parting (Counter *counter)
{
  cb_book_part (counter->test.book);
}

static void
end_by_failing (Counter *counter)
{
  identify (counter, facts ("x@example.org", PHONE, NULL), NULL);
}

static void
end_by_reopening (Counter *counter)
{
  cb_test_book_reopen (&counter->test);
}

/* Whatever the wall's clock says. */
static void
end_by_time (Counter *counter)
{
  later_us += 14 * G_TIME_SPAN_MINUTE;
  cb_clock_set_now_us (counter->test.clock, CB_TEST_MORNING_US + CB_US_PER_DAY);
  g_assert_false (is_forbidden (counter, counter->test.associate));
  cb_clock_set_now_us (counter->test.clock, CB_TEST_MORNING_US);
  later_us += G_TIME_SPAN_MINUTE;
}

static void
test_ends (Counter *counter, gconstpointer data)
{
  static void (*const ends[]) (Counter *) = { end_by_lock, end_by_parting, end_by_failing,
                                              end_by_reopening, end_by_time };

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      g_assert_cmpint (identify (counter, document (CB_DOCUMENT_OTHER), NULL), ==, -1);
      g_assert_false (is_forbidden (counter, counter->test.associate));
      ends[i](counter);
      g_assert_true (is_forbidden (counter, counter->test.associate));
      g_assert_true (is_erasing_forbidden (counter, counter->test.associate));
    }
}

/* --- everything, on a screen --- */

static const CbPagePart *
find_said (GPtrArray *parts, const char *text, gboolean *is_veiled)
{
  *is_veiled = FALSE;
  for (guint i = 0; i < parts->len; i++)
    {
      const CbPagePart *part = g_ptr_array_index (parts, i);

      if (part->kind == CB_PAGE_ENTRY)
        *is_veiled = part->is_veiled;
      if (part->kind == CB_PAGE_SAID && g_str_equal (part->text, text))
        return part;
    }
  return NULL;
}

static void
add_note (Counter *counter,
          CbStaff *author,
          CbIntent intent,
          CbDiscretion discretion,
          const char *text)
{
  g_autoptr (CbNoteDraft) draft = cb_note_draft_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (CbNote) note = NULL;

  draft->text = g_strdup (text);
  draft->intent = intent;
  draft->discretion = discretion;
  note = cb_book_add_note (counter->test.book, author, counter->customer, draft, &error);
  g_assert_no_error (error);
}

/* Also what a colleague wrote and this associate may not read on their own. */
static void
test_everything (Counter *counter, gconstpointer data)
{
  CbTestBook *test = &counter->test;
  g_autoptr (GPtrArray) parts = NULL;
  g_autoptr (GError) error = NULL;
  gboolean is_veiled;
  guint n_open = 0;

  add_note (counter, test->other, CB_INTENT_VISIT, CB_DISCRETION_MENTION, "likes brass buttons");
  add_note (counter, test->other, CB_INTENT_GIFT, CB_DISCRETION_MENTION, "a scarf for the twin");
  add_note (counter, test->associate, CB_INTENT_VISIT, CB_DISCRETION_PRIVATE, "knee hurts");
  g_assert_cmpint (identify (counter, document (CB_DOCUMENT_OTHER), NULL), ==, -1);
  parts = cb_book_show_everything (test->book, test->associate, counter->customer, "de", &error);
  g_assert_no_error (error);
  g_assert_nonnull (find_said (parts, "likes brass buttons", &is_veiled));
  g_assert_false (is_veiled);
  g_assert_nonnull (find_said (parts, "a scarf for the twin", &is_veiled));
  g_assert_true (is_veiled);
  g_assert_nonnull (find_said (parts, "knee hurts", &is_veiled));
  g_assert_true (is_veiled);
  g_assert_cmpint (((CbPagePart *) g_ptr_array_index (parts, 0))->kind, ==, CB_PAGE_HEADING);
  g_assert_cmpstr (((CbPagePart *) g_ptr_array_index (parts, 0))->text, ==, "Wer wir sind");
  for (guint i = 0; i < parts->len; i++)
    {
      const CbPagePart *part = g_ptr_array_index (parts, i);

      n_open += part->kind == CB_PAGE_ENTRY;
      n_open -= part->kind == CB_PAGE_END;
      g_assert_cmpuint (n_open, <=, 2);
      g_assert_true ((part->kind == CB_PAGE_PAIR) == (part->label != NULL));
      if (part->text != NULL)
        g_assert_true (g_utf8_validate (part->text, -1, NULL));
    }
  g_assert_cmpuint (n_open, ==, 0);
}

/* A frozen record is for a manager. */
static void
test_frozen (Counter *counter, gconstpointer data)
{
  CbTestBook *test = &counter->test;
  g_autoptr (CbProof) proof = document (CB_DOCUMENT_OTHER);
  g_autoptr (GError) error = NULL;
  gint64 until_us;

  g_assert_true (
    cb_book_restrict_customer (test->book, test->associate, counter->customer, TRUE, &error));
  g_assert_no_error (error);
  g_assert_false (
    cb_book_identify (test->book, test->associate, counter->customer, proof, &until_us, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_FORBIDDEN);
  g_clear_error (&error);
  g_assert_true (
    cb_book_identify (test->book, test->manager, counter->customer, proof, &until_us, &error));
}

#define ADD(path, func) g_test_add (path, Counter, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/identify/two-facts", test_two_facts);
  ADD ("/identify/facts-of-another", test_of_another);
  ADD ("/identify/too-little-is-no-try", test_too_little);
  ADD ("/identify/receipt", test_receipt);
  ADD ("/identify/receipt-of-the-till", test_till_receipt);
  ADD ("/identify/document", test_document);
  ADD ("/identify/throttled", test_throttled);
  ADD ("/identify/throttled/clock-put-back", test_clock_back);
  ADD ("/identify/throttled/document", test_document_after_tries);
  ADD ("/identify/opens-one-record", test_opens);
  ADD ("/identify/ends", test_ends);
  ADD ("/identify/everything", test_everything);
  ADD ("/identify/frozen", test_frozen);
  return g_test_run ();
}
