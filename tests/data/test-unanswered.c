/* SPDX-License-Identifier: Apache-2.0 */

/* What was shown and went away without an answer: it is known, it is no answer, and it does not
 * pile up. */

#define G_LOG_DOMAIN "Counterbook"

#include "base/cb-error.h"
#include "cb-test-book.h"
#include "consent/cb-notice.h"
#include "db/cb-db.h"

typedef struct
{
  CbTestBook test;
  char *mara;
} World;

static void
set_up (World *world, gconstpointer data)
{
  cb_test_book_set_up (&world->test);
  world->mara = cb_test_book_add_customer (&world->test, "Mara", "Testperson", NULL, NULL);
}

static void
tear_down (World *world, gconstpointer data)
{
  g_free (world->mara);
  cb_test_book_tear_down (&world->test);
}

/* `purposes` with blanks between; answers how many were recorded. */
static guint
dismiss_in (World *world, const char *purposes, const char *language)
{
  g_auto (GStrv) list = g_strsplit (purposes, " ", -1);
  g_autoptr (CbDismissal) dismissal = cb_dismissal_new ((const char *const *) list);
  g_autoptr (GError) error = NULL;
  guint n_recorded = 0;

  dismissal->language = g_strdup (language);
  g_assert_true (cb_book_record_dismissed (world->test.book, world->test.associate, world->mara,
                                           dismissal, &n_recorded, &error));
  g_assert_no_error (error);
  return n_recorded;
}

static guint
dismiss (World *world, const char *purposes)
{
  return dismiss_in (world, purposes, NULL);
}

static GPtrArray *
list (World *world)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *unanswered =
    cb_book_list_unanswered (world->test.book, world->test.privacy, world->mara, &error);

  g_assert_no_error (error);
  return unanswered;
}

static CbVerdict
verdict (World *world, const char *purpose)
{
  return cb_test_book_verdict (&world->test, world->mara, purpose, CB_CHANNEL_NONE);
}

static void
answer (World *world, const char *purpose, CbAnswer given)
{
  cb_test_book_answer (&world->test, world->mara, purpose, CB_CHANNEL_NONE, given,
                       CB_METHOD_TAPPED);
}

/* Another connection, past everything that the book would say. */
static gint64
count (World *world, const char *sql)
{
  g_autofree char *path = g_build_filename (world->test.home, "counterbook.db", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (CbDb) db = cb_db_open (path, FALSE, world->test.clock, &error);
  gint64 number;

  g_assert_no_error (error);
  {
    g_autoptr (CbStmt) stmt = cb_db_prepare (db, sql);

    g_assert_true (cb_stmt_next (stmt, &error));
    g_assert_no_error (error);
    number = cb_stmt_int (stmt, 0);
  }
  cb_db_close (db);
  return number;
}

static gint64
count_requests (World *world)
{
  static const char SQL_COUNT[] = "SELECT count(*) FROM consent_request";

  return count (world, SQL_COUNT);
}

static void
test_is_known (World *world, gconstpointer data)
{
  const CbNotice *notice = cb_notice_get_current ();
  g_autoptr (GPtrArray) unanswered = NULL;
  const CbUnanswered *first;

  g_assert_cmpuint (dismiss_in (world, "shop news", "de"), ==, 2);
  unanswered = list (world);
  g_assert_cmpuint (unanswered->len, ==, 2);
  first = g_ptr_array_index (unanswered, 0);
  g_assert_cmpstr (first->purpose, ==, "shop");
  g_assert_cmpstr (first->notice, ==, cb_notice_get_id (notice));
  g_assert_cmpuint (first->version, ==, cb_notice_get_version (notice));
  g_assert_cmpstr (first->language, ==, "de");
  g_assert_cmpstr (first->medium, ==, "screen");
  g_assert_cmpstr (first->staff_id, ==, cb_staff_get_id (world->test.associate));
  g_assert_cmpint (first->shown_us, ==, CB_TEST_MORNING_US);
}

/* No answer, no verdict, no life, no operation, no visit; one row of the audit each. */
static void
test_is_no_answer (World *world, gconstpointer data)
{
  static const char SQL_EVENTS[] = "SELECT count(*) FROM consent_event";
  static const char SQL_OUTBOX[] = "SELECT count(*) FROM outbox";
  static const char SQL_VISIT[] = "SELECT last_visit_us FROM customer";
  static const char SQL_AUDIT[] =
    "SELECT count(*) FROM audit WHERE action = 'consent.dismiss' AND customer IS NOT NULL"
    " AND staff IS NOT NULL AND object IN ('shop', 'everywhere') AND code IS NULL";
  g_autoptr (CbNote) note = cb_test_book_add_note (&world->test, world->mara, NULL, "navy");
  gint64 n_outbox = count (world, SQL_OUTBOX);
  gint64 visit_us = count (world, SQL_VISIT);
  g_autoptr (CbDossier) dossier = NULL;
  CbNote *after;

  cb_clock_advance (world->test.clock, CB_US_PER_SECOND);
  g_assert_cmpuint (dismiss (world, "shop everywhere"), ==, 2);
  g_assert_cmpint (verdict (world, "shop"), ==, CB_VERDICT_NOT_ASKED);
  g_assert_cmpint (verdict (world, "everywhere"), ==, CB_VERDICT_NOT_ASKED);
  g_assert_cmpint (count (world, SQL_EVENTS), ==, 0);
  g_assert_cmpint (count (world, SQL_OUTBOX), ==, n_outbox);
  g_assert_cmpint (count (world, SQL_VISIT), ==, visit_us);
  g_assert_cmpint (count (world, SQL_AUDIT), ==, 2);
  dossier = cb_book_load_dossier (world->test.book, world->test.associate, world->mara, NULL);
  after = g_ptr_array_index (cb_dossier_get_notes (dossier), 0);
  g_assert_cmpint (cb_note_get_life (after), ==, cb_note_get_life (note));
  g_assert_cmpint (cb_note_get_ends_us (after), ==, cb_note_get_ends_us (note));
}

/* However often the screen is turned in a visit. Other words are something else to have been shown.
 */
static void
test_once_a_day (World *world, gconstpointer data)
{
  for (guint i = 0; i < 20; i++)
    {
      g_assert_cmpuint (dismiss (world, "shop"), ==, i == 0);
      cb_clock_advance (world->test.clock, 60 * CB_US_PER_SECOND);
    }
  g_assert_cmpuint (dismiss_in (world, "shop", "fr"), ==, 1);
  g_assert_cmpuint (dismiss (world, "shop news"), ==, 1);
  g_assert_cmpint (count_requests (world), ==, 3);
  cb_clock_advance (world->test.clock, CB_US_PER_DAY);
  g_assert_cmpuint (dismiss (world, "shop"), ==, 1);
  g_assert_cmpint (count_requests (world), ==, 4);
}

/* Who looks at what they answered was not asked; who put it off, or whose yes ran out, was. */
static void
test_not_where_an_answer_stands (World *world, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  answer (world, "everywhere", CB_ANSWER_YES);
  answer (world, "news", CB_ANSWER_NO);
  answer (world, "invitations", CB_ANSWER_LATER);
  /* `everywhere` includes this shop. */
  g_assert_cmpuint (dismiss (world, "shop everywhere news"), ==, 0);
  g_assert_cmpuint (dismiss (world, "invitations"), ==, 1);
  g_assert_cmpint (verdict (world, "invitations"), ==, CB_VERDICT_LATER);
  g_assert_true (cb_book_withdraw (world->test.book, world->test.associate, world->mara,
                                   "everywhere", CB_CHANNEL_NONE, &error));
  g_assert_cmpuint (dismiss (world, "everywhere"), ==, 0);
  g_assert_cmpuint (dismiss (world, "shop"), ==, 1);
  g_assert_true (
    cb_book_restrict_customer (world->test.book, world->test.manager, world->mara, TRUE, &error));
  cb_clock_advance (world->test.clock, CB_US_PER_DAY);
  g_assert_cmpuint (dismiss (world, "shop"), ==, 0);
}

static void
test_who_and_what (World *world, gconstpointer data)
{
  static const struct
  {
    const char *purpose;
    CbStoreError code;
  } wrong[] = {
    { "asked", CB_STORE_ERROR_REFUSED },
    { "loyalty", CB_STORE_ERROR_INVALID },
  };
  CbStaff *others[] = { world->test.privacy, world->test.admin, NULL };
  const char *const shop[] = { "shop", NULL };
  g_autoptr (CbDismissal) right = cb_dismissal_new (shop);
  guint n_recorded;

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      const char *const purposes[] = { "shop", wrong[i].purpose, NULL };
      g_autoptr (CbDismissal) dismissal = cb_dismissal_new (purposes);
      g_autoptr (GError) error = NULL;

      g_assert_false (cb_book_record_dismissed (world->test.book, world->test.associate,
                                                world->mara, dismissal, &n_recorded, &error));
      g_assert_error (error, CB_STORE_ERROR, (int) wrong[i].code);
    }
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (cb_book_record_dismissed (world->test.book, others[i], world->mara, right,
                                                &n_recorded, &error));
      g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_FORBIDDEN);
    }
  g_assert_cmpint (count_requests (world), ==, 0);
}

/* The table itself knows what a card without an answer is. */
static void
test_table_refuses (World *world, gconstpointer data)
{
  static const char *const wrong[] = { "'dismissed', NULL", "'answered', 'shop'", "'ignored', NULL",
                                       "'deferred', 'shop'" };
  g_autofree char *path = g_build_filename (world->test.home, "counterbook.db", NULL);
  g_autoptr (CbDb) db = cb_db_open (path, FALSE, world->test.clock, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autofree char *sql = g_strdup_printf (
        "INSERT INTO consent_request (id, customer, notice, version, language, medium, staff,"
        " shown_us, outcome, purpose) SELECT 'a', id, 'counter', 1, 'en', 'screen', 's', 1, %s"
        " FROM customer",
        wrong[i]);

      g_assert_false (cb_db_run (db, sql, NULL));
    }
  cb_db_close (db);
}

/* It goes with its customer, comes back with a back-up's book and is gone with an erasure. */
static void
test_goes_with_its_customer (World *world, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (dismiss (world, "shop news"), ==, 2);
  cb_test_book_reopen (&world->test);
  g_assert_cmpint (count_requests (world), ==, 2);
  g_assert_true (
    cb_book_erase (world->test.book, world->test.manager, world->mara, CB_ERASE_REQUEST, &error));
  g_assert_no_error (error);
  g_assert_cmpint (count_requests (world), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, test) g_test_add (path, World, NULL, set_up, test, tear_down)
  ADD ("/unanswered/what-stayed-unanswered-is-known", test_is_known);
  ADD ("/unanswered/it-is-no-answer", test_is_no_answer);
  ADD ("/unanswered/it-is-written-once-a-day", test_once_a_day);
  ADD ("/unanswered/not-where-an-answer-stands", test_not_where_an_answer_stands);
  ADD ("/unanswered/by-whoever-may-ask-and-of-what-a-card-asks", test_who_and_what);
  ADD ("/unanswered/the-table-refuses-halves", test_table_refuses);
  ADD ("/unanswered/it-goes-with-its-customer", test_goes_with_its_customer);
#undef ADD

  return g_test_run ();
}
