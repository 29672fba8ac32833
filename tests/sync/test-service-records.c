/* SPDX-License-Identifier: Apache-2.0 */

/* What the service tells the other terminals of a shop, and to whom it says nothing. */

#define G_LOG_DOMAIN "Counterbook"

#include <string.h>

#include "support/cb-test-ops.h"
#include "support/cb-test-service.h"
#include "wire/cb-records.h"

#define MARA "3f8590c97a07477c81905ed61e1ece7a"
#define NURIA "4a8590c97a07477c81905ed61e1ece7b"
#define YES "221fc6ecee194c669df48bcdd8e07aa2"
#define WIDE "331fc6ecee194c669df48bcdd8e07aa3"
#define HERS "441fc6ecee194c669df48bcdd8e07aa4"
#define NO "bfdac9662e88427f85671e821f858058"
#define FIRST "9f14c882e6e04b9d8f1dcd67805c6aaa"
#define SECOND "8f14c882e6e04b9d8f1dcd67805c6aab"
#define THIRD "7f14c882e6e04b9d8f1dcd67805c6aac"
#define NOTE "2468b95aa9294773959c97a301d5d81d"
#define OTHER_NOTE "3468b95aa9294773959c97a301d5d81e"

#define HERE "0123456789abcdef0123456789abcdef"
#define THERE "1123456789abcdef0123456789abcdef"

/* As that terminal of that shop. */
static CbTerminalRow
stand (const char *store, const char *incarnation)
{
  CbTerminalRow terminal = { .store = g_strdup (store) };

  g_strlcpy (terminal.id, NO, sizeof terminal.id);
  g_strlcpy (terminal.incarnation, incarnation, sizeof terminal.incarnation);
  return terminal;
}

/* By somebody who knows its own numbers from the first to the second; 0: none. */
static CbRecordsPage *
ask_knowing (CbTestService *book,
             const char *store,
             const char *incarnation,
             const char *cursor,
             gint64 from,
             gint64 to)
{
  g_auto (CbTerminalRow) terminal = stand (store, incarnation);
  g_autoptr (GString) reply = g_string_new (NULL);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  CbRecordsPage *page;

  for (gint64 n = from; n > 0 && n <= to; n++)
    cb_spans_add (&terminal.own, n);
  g_assert_cmpint (cb_service_tell_records (book->service, &terminal, cursor, reply, &error), ==,
                   CB_TOLD);
  g_assert_no_error (error);
  bytes = g_bytes_new (reply->str, reply->len);
  page = cb_records_page_parse (bytes, &error);
  g_assert_no_error (error);
  return page;
}

static CbRecordsPage *
ask (CbTestService *book, const char *store, const char *incarnation, const char *cursor)
{
  return ask_knowing (book, store, incarnation, cursor, 0, 0);
}

static const CbArrival *
get (const CbRecordsPage *page, guint index)
{
  g_assert_cmpuint (index, <, page->arrivals->len);
  return page->arrivals->pdata[index];
}

static void
speak_from (CbTestService *book, const char *store, const char *incarnation)
{
  cb_test_service_set_store (book, store);
  g_strlcpy (book->terminal.incarnation, incarnation, sizeof book->terminal.incarnation);
}

/* A card and a note, sent by the terminal HERE of Port Halden. */
static void
put_mara (CbTestService *book)
{
  const CbTestPut card = { FIRST, MARA, "store", "shop", YES, NULL, "Mara" };
  const CbTestPut note = { SECOND, MARA, "store", "shop", YES, NULL, "navy" };

  speak_from (book, "Port Halden", HERE);
  cb_test_service_expect (book, cb_test_grant (YES, MARA, "shop", "*", "tapped", NULL), "applied");
  cb_test_service_expect (book, cb_test_card (&card), "applied");
  cb_test_service_expect (book, cb_test_note (NOTE, &note), "applied");
}

static void
test_whole (void)
{
  g_autoptr (CbTestService) book = cb_test_service_new ();
  g_autoptr (CbRecordsPage) page = NULL;
  g_autoptr (CbRecordsPage) after = NULL;
  const CbArrivedYes *yes;
  const CbArrivedRecord *card;
  const CbArrivedRecord *note;

  put_mara (book);
  page = ask (book, "Port Halden", THERE, NULL);
  g_assert_cmpuint (page->arrivals->len, ==, 1);
  g_assert_cmpstr (get (page, 0)->customer, ==, MARA);
  g_assert_cmpuint (get (page, 0)->yeses->len, ==, 1);
  yes = get (page, 0)->yeses->pdata[0];
  g_assert_cmpstr (yes->op, ==, YES);
  g_assert_cmpstr (yes->purpose, ==, "shop");
  g_assert_cmpstr (cb_json_get_string (yes->evidence, "receipt"), ==, "R-EVIDENCE");
  g_assert_cmpuint (get (page, 0)->records->len, ==, 2);
  card = get (page, 0)->records->pdata[0];
  note = get (page, 0)->records->pdata[1];
  g_assert_cmpstr (card->kind, ==, "customer");
  g_assert_cmpstr (note->kind, ==, "note");
  g_assert_cmpstr (note->id, ==, NOTE);
  g_assert_cmpstr (note->version, ==, SECOND);
  g_assert_cmpstr (note->scope, ==, "store");
  g_assert_cmpstr (cb_json_get_string (note->body, "text"), ==, "navy");
  g_assert_false (page->has_more);

  /* Told once. */
  after = ask (book, "Port Halden", THERE, page->cursor);
  g_assert_cmpuint (after->arrivals->len, ==, 0);
}

/* Whoever sent it and knows so has it; but not a store that was put back since, which is told the
 * person whole, or another life of it, or somebody else who says a number that was not theirs. */
static void
test_not_to_the_sender (void)
{
  g_autoptr (CbTestService) book = cb_test_service_new ();
  g_autoptr (CbRecordsPage) own = NULL;
  g_autoptr (CbRecordsPage) put_back = NULL;
  g_autoptr (CbRecordsPage) anew = NULL;
  g_autoptr (CbRecordsPage) other = NULL;
  g_autoptr (GError) error = NULL;
  gint64 head = 0;

  put_mara (book);
  g_assert_true (cb_service_read_head (book->service, &head, &error));
  own = ask_knowing (book, "Port Halden", HERE, NULL, 1, head);
  g_assert_cmpuint (own->arrivals->len, ==, 0);
  put_back = ask_knowing (book, "Port Halden", HERE, NULL, 1, head - 1);
  g_assert_cmpuint (get (put_back, 0)->records->len, ==, 2);
  anew = ask (book, "Port Halden", HERE, NULL);
  g_assert_cmpuint (get (anew, 0)->records->len, ==, 2);
  other = ask_knowing (book, "Port Halden", THERE, NULL, 1, head);
  g_assert_cmpuint (get (other, 0)->records->len, ==, 2);
}

static void
test_not_to_other_shops (void)
{
  g_autoptr (CbTestService) book = cb_test_service_new ();
  const CbTestPut wide = { THIRD, MARA, "company", "everywhere", WIDE, NULL, "for all" };
  g_autoptr (CbRecordsPage) nobody = NULL;
  g_autoptr (CbRecordsPage) still_nobody = NULL;
  g_autoptr (CbRecordsPage) known = NULL;
  const CbArrivedRecord *record;

  put_mara (book);
  nobody = ask (book, "Lower Quay", THERE, NULL);
  g_assert_cmpuint (nobody->arrivals->len, ==, 0);

  /* What is everybody's is told where they are known, and nowhere else. */
  cb_test_service_expect (book, cb_test_grant (WIDE, MARA, "everywhere", "*", "tapped", NULL),
                          "applied");
  cb_test_service_expect (book, cb_test_note (OTHER_NOTE, &wide), "applied");
  still_nobody = ask (book, "Lower Quay", THERE, NULL);
  g_assert_cmpuint (still_nobody->arrivals->len, ==, 0);
  speak_from (book, "Lower Quay", "2123456789abcdef0123456789abcdef");
  cb_test_service_expect (book, cb_test_grant (HERS, MARA, "shop", "*", "tapped", NULL), "applied");
  known = ask (book, "Lower Quay", THERE, NULL);
  g_assert_cmpuint (known->arrivals->len, ==, 1);
  g_assert_cmpuint (get (known, 0)->records->len, ==, 1);
  record = get (known, 0)->records->pdata[0];
  g_assert_cmpstr (record->id, ==, OTHER_NOTE);
  /* The yes to Port Halden is Port Halden's, though the newest answer is the other's. */
  g_assert_cmpuint (get (known, 0)->yeses->len, ==, 2);
}

/* What ended is told no more, nor what was said with it. */
static void
test_after_a_no (void)
{
  g_autoptr (CbTestService) book = cb_test_service_new ();
  g_autoptr (CbRecordsPage) page = NULL;

  put_mara (book);
  cb_test_service_expect (book, cb_test_withdraw (NO, MARA, "shop", "*"), "applied");
  page = ask (book, "Port Halden", THERE, NULL);
  g_assert_cmpuint (page->arrivals->len, ==, 0);
  g_assert_cmpuint (cb_test_service_count_problems (book), ==, 0);
}

static void
test_erased (void)
{
  g_autoptr (CbTestService) book = cb_test_service_new ();
  g_autoptr (CbRecordsPage) page = NULL;

  put_mara (book);
  cb_test_service_expect (book, cb_test_erase (NULL, MARA), "applied");
  page = ask (book, "Port Halden", THERE, NULL);
  g_assert_cmpuint (page->arrivals->len, ==, 0);
}

/* More than a page looks at: everybody comes, whoever is changed twice comes once a page. */
static void
test_pages (void)
{
  g_autoptr (CbTestService) book = cb_test_service_new ();
  g_autoptr (GHashTable) told = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *cursor = NULL;
  gboolean goes_on = TRUE;
  guint n_pages = 0;

  speak_from (book, "Port Halden", HERE);
  for (guint i = 1; i <= 450; i++)
    {
      g_autofree char *customer = g_strdup_printf ("%032x", i);
      g_autofree char *yes = g_strdup_printf ("%032x", 0x10000 + i);
      const CbTestPut card = { NULL, customer, "store", "shop", yes, NULL, "Somebody" };

      cb_test_service_expect (book, cb_test_grant (yes, customer, "shop", "*", "tapped", NULL),
                              "applied");
      cb_test_service_expect (book, cb_test_card (&card), "applied");
    }
  while (goes_on)
    {
      g_autoptr (CbRecordsPage) page = ask (book, "Port Halden", THERE, cursor);

      for (guint i = 0; i < page->arrivals->len; i++)
        {
          g_assert_cmpuint (get (page, i)->records->len, ==, 1);
          g_hash_table_add (told, g_strdup (get (page, i)->customer));
        }
      n_pages++;
      goes_on = page->has_more;
      g_free (cursor);
      cursor = g_strdup (page->cursor);
    }
  g_assert_cmpuint (g_hash_table_size (told), ==, 450);
  g_assert_cmpuint (n_pages, ==, 5);
}

static gboolean
is_told (CbTestService *book, const CbTerminalRow *terminal, const char *customer)
{
  g_autoptr (GString) reply = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (cb_service_tell_records (book->service, terminal, NULL, reply, &error), ==,
                   CB_TOLD);
  g_assert_no_error (error);
  return strstr (reply->str, customer) != NULL;
}

/* Of its own it is spared what it says it knows, and nothing else: it may have been put back to a
 * day before it sent the rest, or stand twice. */
static void
test_what_the_sender_lost (void)
{
  g_autoptr (CbTestService) book = cb_test_service_new ();
  g_auto (CbTerminalRow) terminal = stand ("Port Halden", HERE);
  g_autoptr (GError) error = NULL;
  gint64 head = 0;

  speak_from (book, "Port Halden", HERE);
  cb_test_service_expect (book, cb_test_grant (YES, NURIA, "shop", "*", "tapped", NULL), "applied");
  g_assert_true (cb_service_read_head (book->service, &head, &error));
  g_assert_no_error (error);

  g_assert_true (is_told (book, &terminal, NURIA));
  cb_spans_add (&terminal.own, head);
  g_assert_false (is_told (book, &terminal, NURIA));
  cb_spans_add (&terminal.own, head + 2);
  g_assert_false (is_told (book, &terminal, NURIA));
  cb_spans_forget (&terminal.own, head);
  g_assert_true (is_told (book, &terminal, NURIA));

  /* What others sent is told whatever it says. */
  cb_spans_add (&terminal.own, head);
  g_strlcpy (terminal.incarnation, THERE, sizeof terminal.incarnation);
  g_assert_true (is_told (book, &terminal, NURIA));
}

/* The one of a batch of its own that ends the yes in the same breath. */
static void
test_said_and_taken_back_at_once (void)
{
  g_autoptr (CbTestService) book = cb_test_service_new ();
  g_autofree char *yes = cb_test_grant (YES, NURIA, "shop", "*", "tapped", NULL);
  g_autofree char *no = cb_test_withdraw (NO, NURIA, "shop", "*");
  g_autofree char *both = g_strjoin ("\n", yes, no, "", NULL);
  g_autoptr (CbAckList) acks = NULL;
  g_autoptr (CbRecordsPage) page = NULL;

  speak_from (book, "Port Halden", HERE);
  acks = cb_test_service_push (book, both);
  g_assert_true (acks->is_complete);
  page = ask (book, "Port Halden", THERE, NULL);
  g_assert_cmpuint (page->arrivals->len, ==, 0);
  g_assert_cmpuint (cb_test_service_count_problems (book), ==, 0);
}

static void
test_cursors_of_others (void)
{
  g_autoptr (CbTestService) book = cb_test_service_new ();
  g_auto (CbTerminalRow) terminal = stand ("Port Halden", THERE);
  g_autoptr (GString) reply = g_string_new (NULL);

  g_assert_cmpint (cb_service_tell_records (book->service, &terminal, "AAAA", reply, NULL), ==,
                   CB_TOLD_OF_OTHERS);
  g_assert_cmpuint (reply->len, ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/service/records/come-whole", test_whole);
  g_test_add_func ("/service/records/not-to-the-sender", test_not_to_the_sender);
  g_test_add_func ("/service/records/what-the-sender-lost", test_what_the_sender_lost);
  g_test_add_func ("/service/records/not-to-other-shops", test_not_to_other_shops);
  g_test_add_func ("/service/records/not-after-a-no", test_after_a_no);
  g_test_add_func ("/service/records/not-of-the-erased", test_erased);
  g_test_add_func ("/service/records/pages", test_pages);
  g_test_add_func ("/service/records/said-and-taken-back", test_said_and_taken_back_at_once);
  g_test_add_func ("/service/records/cursors-of-others", test_cursors_of_others);
  return g_test_run ();
}
