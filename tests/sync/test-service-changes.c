/* SPDX-License-Identifier: Apache-2.0 */

/* What the service tells of what was decided, and what is decided at the centre. */

#define G_LOG_DOMAIN "Counterbook"

#include <sodium.h>
#include <string.h>

#include "service/cb-admission.h"
#include "support/cb-test-ops.h"
#include "support/cb-test-service.h"
#include "wire/cb-changes.h"
#include "wire/cb-limits.h"
#include "wire/cb-protocol-error.h"

#define MARA "3f8590c97a07477c81905ed61e1ece7a"
#define NURIA "4a8590c97a07477c81905ed61e1ece7b"
#define YES "221fc6ecee194c669df48bcdd8e07aa2"
#define NO "bfdac9662e88427f85671e821f858058"

/* A terminal that is known to the database. */
static void
enrol (CbTestService *book, const char *store, guint8 seed, CbTerminalRow *terminal)
{
  guint8 public_key[crypto_sign_PUBLICKEYBYTES];
  guint8 secret_key[crypto_sign_SECRETKEYBYTES];
  guint8 seeds[crypto_sign_SEEDBYTES];
  g_autofree char *code = cb_admission_make_code (book->service, store, NULL);
  g_autoptr (GError) error = NULL;

  memset (seeds, seed, sizeof seeds);
  crypto_sign_seed_keypair (public_key, secret_key, seeds);
  cb_terminal_row_clear (terminal);
  g_assert_cmpint (cb_admission_enrol (book->service, code, public_key, terminal, &error), ==,
                   CB_ADMISSION_GRANTED);
  g_assert_no_error (error);
}

static CbChangesPage *
ask (CbTestService *book, const CbTerminalRow *terminal, const char *cursor)
{
  g_autoptr (GString) reply = g_string_new (NULL);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  CbChangesPage *page;

  g_assert_cmpint (cb_service_tell_changes (book->service, terminal, cursor, reply, &error), ==,
                   CB_TOLD);
  g_assert_no_error (error);
  bytes = g_bytes_new (reply->str, reply->len);
  page = cb_changes_page_parse (bytes, &error);
  g_assert_no_error (error);
  return page;
}

static const CbIncoming *
get (const CbChangesPage *page, guint index)
{
  g_assert_cmpuint (index, <, page->changes->len);
  return page->changes->pdata[index];
}

static void
test_erased_and_withdrawn (void)
{
  g_autoptr (CbTestService) book = cb_test_service_new ();
  g_auto (CbTerminalRow) terminal = { 0 };
  g_autoptr (CbChangesPage) page = NULL;
  g_autoptr (CbChangesPage) after = NULL;

  enrol (book, "Port Halden", 1, &terminal);
  cb_test_service_expect (book, cb_test_grant (YES, MARA, "shop", "*", "tapped", NULL), "applied");
  cb_test_service_expect (book, cb_test_withdraw (NO, MARA, "shop", "*"), "applied");
  cb_test_service_expect (book, cb_test_erase (NULL, NURIA), "applied");
  page = ask (book, &terminal, NULL);
  g_assert_cmpuint (page->changes->len, ==, 2);
  g_assert_cmpint (get (page, 0)->sort, ==, CB_INCOMING_WITHDRAWN);
  g_assert_cmpstr (get (page, 0)->customer, ==, MARA);
  g_assert_cmpstr (get (page, 0)->purpose, ==, "shop");
  g_assert_cmpstr (get (page, 0)->channel, ==, "*");
  g_assert_cmpstr (get (page, 0)->withdrawal, ==, NO);
  g_assert_cmpint (get (page, 1)->sort, ==, CB_INCOMING_ERASED);
  g_assert_cmpstr (get (page, 1)->customer, ==, NURIA);
  g_assert_false (page->has_more);
  g_assert_cmpint (page->head, ==, get (page, 1)->n);

  /* Told once. */
  after = ask (book, &terminal, page->cursor);
  g_assert_cmpuint (after->changes->len, ==, 0);
  g_assert_cmpstr (after->cursor, ==, page->cursor);
}

/* A yes alone is nobody's end, and a new yes does not hide the end before it. */
static void
test_yes_does_not_hide_a_no (void)
{
  g_autoptr (CbTestService) book = cb_test_service_new ();
  g_auto (CbTerminalRow) terminal = { 0 };
  g_autoptr (CbChangesPage) first = NULL;
  g_autoptr (CbChangesPage) page = NULL;

  enrol (book, "Port Halden", 1, &terminal);
  cb_test_service_expect (book, cb_test_grant (YES, MARA, "shop", "*", "tapped", NULL), "applied");
  first = ask (book, &terminal, NULL);
  g_assert_cmpuint (first->changes->len, ==, 0);
  cb_test_service_expect (book, cb_test_withdraw (NO, MARA, "shop", "*"), "applied");
  cb_test_service_expect (book, cb_test_grant (NULL, MARA, "shop", "*", "tapped", NO), "applied");
  page = ask (book, &terminal, first->cursor);
  g_assert_cmpuint (page->changes->len, ==, 1);
  g_assert_cmpstr (get (page, 0)->withdrawal, ==, NO);
}

static CbTold
try (CbTestService *book, CbTerminalRow *terminal, const char *incarnation, const char *cursor)
{
  g_autoptr (GString) reply = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  CbTold told = CB_TOLD_NOTHING;

  g_strlcpy (terminal->incarnation, incarnation, sizeof terminal->incarnation);
  told = cb_service_tell_changes (book->service, terminal, cursor, reply, &error);
  g_assert_no_error (error);
  return told;
}

/* Who said that they had kept more was put back, or stands twice; as another incarnation, or from
 * the beginning, they go on. */
static void
test_put_back (void)
{
  g_autoptr (CbTestService) book = cb_test_service_new ();
  g_auto (CbTerminalRow) terminal = { 0 };
  g_autoptr (CbChangesPage) first = NULL;
  g_autoptr (CbChangesPage) second = NULL;

  enrol (book, "Port Halden", 1, &terminal);
  cb_test_service_expect (book, cb_test_erase (NULL, MARA), "applied");
  first = ask (book, &terminal, NULL);
  g_assert_cmpint (try (book, &terminal, YES, first->cursor), ==, CB_TOLD);
  cb_test_service_expect (book, cb_test_erase (NULL, NURIA), "applied");
  second = ask (book, &terminal, first->cursor);
  g_assert_cmpint (try (book, &terminal, YES, second->cursor), ==, CB_TOLD);
  g_assert_cmpint (try (book, &terminal, YES, first->cursor), ==, CB_TOLD_BEHIND);

  g_assert_cmpint (try (book, &terminal, NO, first->cursor), ==, CB_TOLD);
  g_assert_cmpint (try (book, &terminal, YES, second->cursor), ==, CB_TOLD);
  g_assert_cmpint (try (book, &terminal, YES, NULL), ==, CB_TOLD);
  g_assert_cmpint (try (book, &terminal, YES, first->cursor), ==, CB_TOLD);

  /* One that says no name is not held to it. */
  g_assert_cmpint (try (book, &terminal, "", second->cursor), ==, CB_TOLD);
  g_assert_cmpint (try (book, &terminal, "", first->cursor), ==, CB_TOLD);
}

static void
test_ends_go_to_their_shops (void)
{
  g_autoptr (CbTestService) book = cb_test_service_new ();
  g_auto (CbTerminalRow) here = { 0 };
  g_auto (CbTerminalRow) elsewhere = { 0 };
  g_autoptr (CbChangesPage) theirs = NULL;
  g_autoptr (CbChangesPage) others = NULL;
  g_autoptr (CbChangesPage) moved = NULL;

  enrol (book, "Port Halden", 1, &here);
  enrol (book, "Lower Quay", 2, &elsewhere);
  cb_test_service_expect (book, cb_test_grant (YES, MARA, "shop", "*", "tapped", NULL), "applied");
  cb_test_service_expect (book, cb_test_withdraw (NO, MARA, "shop", "*"), "applied");
  theirs = ask (book, &here, NULL);
  g_assert_cmpuint (theirs->changes->len, ==, 1);
  others = ask (book, &elsewhere, NULL);
  g_assert_cmpuint (others->changes->len, ==, 0);
  g_assert_cmpstr (others->cursor, ==, theirs->cursor);

  /* A terminal that was carried to another shop still holds the first one's customers. */
  enrol (book, "Lower Quay", 1, &here);
  moved = ask (book, &here, NULL);
  g_assert_cmpuint (moved->changes->len, ==, 1);
}

static void
test_pages (void)
{
  g_autoptr (CbTestService) book = cb_test_service_new ();
  g_auto (CbTerminalRow) terminal = { 0 };
  g_autofree char *cursor = NULL;
  guint n_told = 0;
  guint n_pages = 0;
  gboolean goes_on = TRUE;

  enrol (book, "Port Halden", 1, &terminal);
  for (guint i = 0; i < 5; i++)
    {
      g_autoptr (GString) lines = g_string_new (NULL);
      g_autoptr (CbAckList) acks = NULL;

      for (guint k = 0; k < 500; k++)
        {
          g_autofree char *customer = g_strdup_printf ("%032x", i * 500 + k + 1);
          g_autofree char *line = cb_test_erase (NULL, customer);

          g_string_append_printf (lines, "%s\n", line);
        }
      acks = cb_test_service_push (book, lines->str);
      g_assert_true (acks->is_complete);
    }
  while (goes_on)
    {
      g_autoptr (CbChangesPage) page = ask (book, &terminal, cursor);

      for (guint i = 0; i < page->changes->len; i++)
        {
          g_autofree char *customer = g_strdup_printf ("%032x", ++n_told);

          g_assert_cmpstr (get (page, i)->customer, ==, customer);
        }
      n_pages++;
      goes_on = page->has_more;
      g_free (cursor);
      cursor = g_strdup (page->cursor);
    }
  g_assert_cmpuint (n_told, ==, 2500);
  g_assert_cmpuint (n_pages, ==, 3);
}

static void
assert_told (CbTestService *book, const CbTerminalRow *terminal, const char *cursor, CbTold told)
{
  g_autoptr (GString) reply = g_string_new (NULL);

  g_assert_cmpint (cb_service_tell_changes (book->service, terminal, cursor, reply, NULL), ==,
                   told);
  g_assert_cmpuint (reply->len, ==, 0);
}

static void
test_cursors_of_others (void)
{
  static const char *const wrong[] = {
    "",
    "x",
    "????",
    "AAAA",
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
  };
  g_autoptr (CbTestService) book = cb_test_service_new ();
  g_autoptr (CbTestService) other = cb_test_service_new ();
  g_auto (CbTerminalRow) terminal = { 0 };
  g_auto (CbTerminalRow) there = { 0 };
  g_autoptr (CbChangesPage) page = NULL;

  enrol (book, "Port Halden", 1, &terminal);
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    assert_told (book, &terminal, wrong[i], CB_TOLD_OF_OTHERS);
  enrol (other, "Port Halden", 1, &there);
  page = ask (other, &there, NULL);
  assert_told (book, &terminal, page->cursor, CB_TOLD_OF_OTHERS);
}

static gboolean
find_heard (const CbTerminalRow *row, gpointer data)
{
  CbTerminalRow *wanted = data;

  if (strcmp (row->id, wanted->id) == 0)
    {
      wanted->heard_n = row->heard_n;
      wanted->heard_us = row->heard_us;
    }
  return TRUE;
}

static gint64
get_heard (CbTestService *book, CbTerminalRow *terminal)
{
  CbStorage *storage = cb_service_get_storage (book->service);
  g_autoptr (GError) error = NULL;

  terminal->heard_n = -1;
  g_assert_true (storage->methods->walk_terminals (storage, find_heard, terminal, &error));
  g_assert_no_error (error);
  return terminal->heard_n;
}

/* Asking with a cursor says that what lies before it is kept; the first page says nothing yet. */
static void
test_who_has_heard (void)
{
  g_autoptr (CbTestService) book = cb_test_service_new ();
  g_auto (CbTerminalRow) terminal = { 0 };
  g_autoptr (CbChangesPage) page = NULL;
  g_autoptr (CbChangesPage) after = NULL;

  enrol (book, "Port Halden", 1, &terminal);
  cb_test_service_expect (book, cb_test_erase (NULL, NURIA), "applied");
  page = ask (book, &terminal, NULL);
  g_assert_cmpint (get_heard (book, &terminal), ==, 0);
  g_assert_cmpint (terminal.heard_us, ==, 0);
  after = ask (book, &terminal, page->cursor);
  g_assert_cmpint (get_heard (book, &terminal), ==, page->head);
  g_assert_cmpint (terminal.heard_us, ==, CB_TEST_NOW_US);
}

static void
test_decided_at_the_centre (void)
{
  g_autoptr (CbTestService) book = cb_test_service_new ();
  g_auto (CbTerminalRow) terminal = { 0 };
  g_autoptr (CbChangesPage) page = NULL;
  g_autoptr (GError) error = NULL;

  enrol (book, "Port Halden", 1, &terminal);
  cb_test_service_expect (book, cb_test_grant (NULL, MARA, "news", "*", "tapped", NULL), "applied");
  cb_test_service_expect (book, cb_test_grant (NULL, MARA, "news", "email", "tapped", NULL),
                          "applied");
  cb_test_service_expect (book, cb_test_grant (NULL, NURIA, "shop", "*", "tapped", NULL),
                          "applied");
  g_assert_true (cb_service_withdraw (book->service, MARA, "news", NULL, &error));
  g_assert_no_error (error);
  g_assert_true (cb_service_erase (book->service, NURIA, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (cb_test_service_count (book, NURIA), ==, 0);
  page = ask (book, &terminal, NULL);
  g_assert_cmpuint (page->changes->len, ==, 3);
  g_assert_cmpint (get (page, 0)->sort, ==, CB_INCOMING_WITHDRAWN);
  g_assert_cmpint (get (page, 1)->sort, ==, CB_INCOMING_WITHDRAWN);
  g_assert_cmpstr (get (page, 0)->withdrawal, ==, get (page, 1)->withdrawal);
  g_assert_cmpint (get (page, 2)->sort, ==, CB_INCOMING_ERASED);

  /* Once more is no harm; nobody's id is. */
  g_assert_true (cb_service_erase (book->service, NURIA, &error));
  g_assert_false (cb_service_erase (book->service, "nobody", &error));
  g_assert_error (error, CB_PROTOCOL_ERROR, CB_PROTOCOL_ERROR_INVALID);
  g_assert_cmpuint (cb_test_service_count_problems (book), ==, 0);
}

static void
measure (CbTestService *book, CbMeasures *measures)
{
  CbStorage *storage = cb_service_get_storage (book->service);
  g_autoptr (GError) error = NULL;

  g_assert_true (storage->methods->measure (storage, measures, &error));
  g_assert_no_error (error);
}

/* An operator sees for how long an erasure waits for the terminal that hears of it last; one that
 * is shut out is waited for by nobody. */
static void
test_unheard_erasures (void)
{
  g_autoptr (CbTestService) book = cb_test_service_new ();
  g_auto (CbTerminalRow) first = { 0 };
  g_auto (CbTerminalRow) second = { 0 };
  g_autoptr (CbChangesPage) page = NULL;
  g_autoptr (CbChangesPage) kept = NULL;
  CbMeasures measures = { 0 };

  measure (book, &measures);
  g_assert_cmpint (measures.n_terminals, ==, 0);
  g_assert_cmpint (measures.unheard_us, ==, 0);
  enrol (book, "Port Halden", 1, &first);
  enrol (book, "Lower Quay", 2, &second);
  measure (book, &measures);
  g_assert_cmpint (measures.n_terminals, ==, 2);
  g_assert_cmpint (measures.n_behind, ==, 0);

  cb_test_service_expect (book, cb_test_erase (NULL, MARA), "applied");
  cb_clock_advance (book->clock, 60 * CB_US_PER_SECOND);
  cb_test_service_expect (book, cb_test_erase (NULL, NURIA), "applied");
  measure (book, &measures);
  g_assert_cmpint (measures.head, ==, 2);
  g_assert_cmpint (measures.n_behind, ==, 2);
  g_assert_cmpint (measures.unheard_us, ==, CB_TEST_NOW_US);

  /* Heard is what was kept, and the next request says so. */
  page = ask (book, &first, NULL);
  kept = ask (book, &first, page->cursor);
  measure (book, &measures);
  g_assert_cmpint (measures.n_behind, ==, 1);
  g_assert_cmpint (measures.unheard_us, ==, CB_TEST_NOW_US);
  g_assert_true (cb_admission_revoke (book->service, second.id, NULL));
  measure (book, &measures);
  g_assert_cmpint (measures.n_terminals, ==, 1);
  g_assert_cmpint (measures.n_revoked, ==, 1);
  g_assert_cmpint (measures.n_behind, ==, 0);
  g_assert_cmpint (measures.unheard_us, ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/service/changes/erased-and-withdrawn", test_erased_and_withdrawn);
  g_test_add_func ("/service/changes/unheard-erasures-are-measured", test_unheard_erasures);
  g_test_add_func ("/service/changes/a-yes-does-not-hide-a-no", test_yes_does_not_hide_a_no);
  g_test_add_func ("/service/changes/ends-go-to-their-shops", test_ends_go_to_their_shops);
  g_test_add_func ("/service/changes/to-one-that-was-put-back", test_put_back);
  g_test_add_func ("/service/changes/pages", test_pages);
  g_test_add_func ("/service/changes/cursors-of-others", test_cursors_of_others);
  g_test_add_func ("/service/changes/who-has-heard", test_who_has_heard);
  g_test_add_func ("/service/changes/decided-at-the-centre", test_decided_at_the_centre);
  return g_test_run ();
}
