/* SPDX-License-Identifier: Apache-2.0 */

/* The index as the book keeps it: built in two rounds, following every act, seen by roles. What a
 * query matches is test-index and test-recall. */

#define G_LOG_DOMAIN "Counterbook"

#include "base/cb-error.h"
#include "cb-test-book.h"
#include "db/cb-db.h"

#include <string.h>

#define LIMIT 20

/* How many rows, and the id of the first. */
static guint
find_as (CbTestBook *test, CbStaff *actor, const char *typed, char **first)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) found = cb_book_find (test->book, actor, typed, LIMIT, &error);

  g_assert_no_error (error);
  if (first != NULL)
    *first = found->len > 0 ? g_strdup (cb_found_get_customer_id (found->pdata[0])) : NULL;
  return found->len;
}

static guint
count_found (CbTestBook *test, const char *typed)
{
  return find_as (test, test->associate, typed, NULL);
}

/* As the store does after each act; else each commit would look at them again. */
static void
forget_touched (CbTestBook *test)
{
  gboolean is_outbox_touched;

  g_ptr_array_unref (cb_book_take_touched (test->book, &is_outbox_touched));
}

static void
build_index (CbTestBook *test)
{
  guint done;
  guint total;
  g_autoptr (GError) error = NULL;

  forget_touched (test);
  g_assert_true (cb_book_start_index (test->book, &error));
  while (cb_book_grow_index (test->book, &done, &total, &error))
    continue;
  g_assert_no_error (error);
  g_assert_true (cb_book_is_index_ready (test->book));
  g_assert_cmpuint (done, ==, total);
}

static void
test_names_first (void)
{
  CbTestBook test = { 0 };
  g_autofree char *mara = NULL;
  g_autofree char *late = NULL;
  g_autoptr (CbNote) note = NULL;
  g_autoptr (CbNote) meanwhile = NULL;
  guint done;
  guint total;
  guint rounds = 1;
  g_autoptr (GError) error = NULL;

  cb_test_book_set_up (&test);
  mara = cb_test_book_add_customer (&test, "Mara", "Ellingsen", "mara@example.com", "07700 900101");
  cb_test_book_answer (&test, mara, "shop", CB_CHANNEL_NONE, CB_ANSWER_YES, CB_METHOD_TAPPED);
  note = cb_test_book_add_note (&test, mara, NULL, "likes \"navy\"\nnot wool");
  g_assert_cmpuint (count_found (&test, "mara"), ==, 0);
  forget_touched (&test);
  g_assert_true (cb_book_start_index (test.book, &error));
  g_assert_true (cb_book_grow_index (test.book, &done, &total, &error));
  g_assert_cmpuint (done, ==, 1);
  g_assert_cmpuint (total, ==, 2);
  g_assert_false (cb_book_is_index_ready (test.book));
  g_assert_cmpuint (count_found (&test, "ellingsen"), ==, 1);
  g_assert_cmpuint (count_found (&test, "mara@"), ==, 0);
  g_assert_cmpuint (count_found (&test, "navy"), ==, 0);

  /* What is saved while it grows is there at once, and the second round leaves it. */
  late = cb_test_book_add_customer (&test, "Late", "Comer", NULL, "07700 900999");
  cb_test_book_answer (&test, late, "shop", CB_CHANNEL_NONE, CB_ANSWER_YES, CB_METHOD_TAPPED);
  meanwhile = cb_test_book_add_note (&test, late, NULL, "asked for sandals");
  g_assert_cmpuint (count_found (&test, "comer"), ==, 1);
  g_assert_cmpuint (count_found (&test, "0999"), ==, 1);
  g_assert_cmpuint (count_found (&test, "sandals"), ==, 1);
  for (; cb_book_grow_index (test.book, &done, &total, &error); rounds++)
    g_assert_cmpuint (rounds, <, 10);
  g_assert_no_error (error);
  g_assert_cmpuint (count_found (&test, "mara@"), ==, 1);
  g_assert_cmpuint (count_found (&test, "0101"), ==, 1);
  g_assert_cmpuint (count_found (&test, "navy"), ==, 1);
  g_assert_cmpuint (count_found (&test, "wool"), ==, 1);
  g_assert_cmpuint (count_found (&test, "0999"), ==, 1);
  g_assert_cmpuint (count_found (&test, "sandals"), ==, 1);

  cb_book_lock (test.book);
  g_assert_cmpuint (count_found (&test, "mara"), ==, 0);
  cb_test_book_tear_down (&test);
}

static void
test_follows_every_act (void)
{
  CbTestBook test = { 0 };
  g_autofree char *mara = NULL;
  g_autofree char *theo = NULL;
  g_autofree char *first = NULL;
  g_autofree char *then = NULL;
  g_autoptr (CbNote) unasked = NULL;
  g_autoptr (CbNote) second = NULL;
  g_autoptr (GError) error = NULL;

  cb_test_book_set_up (&test);
  mara = cb_test_book_add_customer (&test, "Mara", "Quist", NULL, NULL);
  cb_clock_advance (test.clock, CB_US_PER_DAY);
  theo = cb_test_book_add_customer (&test, "Theo", "Quist", NULL, NULL);
  build_index (&test);
  g_assert_cmpuint (find_as (&test, test.associate, "quist", &first), ==, 2);
  g_assert_cmpstr (first, ==, theo);

  /* Words of what nobody was asked about are nobody's to find; who was just here comes first. */
  cb_clock_advance (test.clock, CB_US_PER_DAY);
  unasked = cb_test_book_add_note (&test, mara, NULL, "vermilion");
  g_assert_cmpuint (count_found (&test, "vermilion"), ==, 0);
  g_assert_cmpuint (find_as (&test, test.associate, "quist", &then), ==, 2);
  g_assert_cmpstr (then, ==, mara);
  cb_test_book_answer (&test, mara, "shop", CB_CHANNEL_NONE, CB_ANSWER_YES, CB_METHOD_TAPPED);
  g_assert_cmpuint (count_found (&test, "vermilion"), ==, 1);
  second = cb_test_book_add_note (&test, mara, NULL, "cerulean");
  g_assert_cmpuint (count_found (&test, "cerulean"), ==, 1);
  g_assert_cmpuint (count_found (&test, "vermilion"), ==, 1);
  g_assert_true (
    cb_book_withdraw (test.book, test.associate, mara, "shop", CB_CHANNEL_NONE, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (count_found (&test, "vermilion"), ==, 0);
  g_assert_cmpuint (count_found (&test, "cerulean"), ==, 0);
  g_assert_true (cb_book_erase (test.book, test.manager, theo, CB_ERASE_REQUEST, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (count_found (&test, "quist"), ==, 1);
  cb_test_book_tear_down (&test);
}

static void
test_frozen_people (void)
{
  CbTestBook test = { 0 };
  g_autofree char *mara = NULL;
  g_autofree char *path = NULL;
  g_autoptr (CbNote) note = NULL;
  g_autoptr (CbDb) db = NULL;
  g_autoptr (GError) error = NULL;

  cb_test_book_set_up (&test);
  mara = cb_test_book_add_customer (&test, "Mara", "Ellingsen", NULL, "07700 900101");
  cb_test_book_answer (&test, mara, "shop", CB_CHANNEL_NONE, CB_ANSWER_YES, CB_METHOD_TAPPED);
  note = cb_test_book_add_note (&test, mara, NULL, "navy");
  build_index (&test);
  g_assert_cmpuint (count_found (&test, "navy"), ==, 1);
  path = g_build_filename (test.home, "counterbook.db", NULL);
  db = cb_db_open (path, FALSE, test.clock, &error);
  g_assert_true (cb_db_run (db, "UPDATE customer SET restricted = 1", &error));
  g_assert_no_error (error);
  g_assert_cmpuint (count_found (&test, "mara"), ==, 0);
  g_assert_cmpuint (count_found (&test, "0101"), ==, 0);
  g_assert_cmpuint (count_found (&test, "navy"), ==, 0);
  g_assert_cmpuint (find_as (&test, test.manager, "mara", NULL), ==, 1);
  g_assert_cmpuint (find_as (&test, test.privacy, "navy", NULL), ==, 1);
  g_clear_object (&db);
  cb_test_book_tear_down (&test);
}

/* Whom an associate may not see would come first, and fill the screen. */

#define N_FROZEN 25

typedef struct
{
  CbTestBook test;
  char *frozen[N_FROZEN];
  char *shown[3];
} Crowd;

static char *
add_of_crowd (CbTestBook *test)
{
  char *id = cb_test_book_add_customer (test, "Mara", "Ellingsen", NULL, "07700 900101");
  g_autoptr (CbNote) note = NULL;

  cb_clock_advance (test->clock, CB_US_PER_SECOND);
  cb_test_book_answer (test, id, "shop", CB_CHANNEL_NONE, CB_ANSWER_YES, CB_METHOD_TAPPED);
  note = cb_test_book_add_note (test, id, NULL, "likes gabardine");
  return id;
}

static void
set_up_crowd (Crowd *crowd)
{
  cb_test_book_set_up (&crowd->test);
  for (guint i = 0; i < G_N_ELEMENTS (crowd->shown); i++)
    crowd->shown[i] = add_of_crowd (&crowd->test);
  for (guint i = 0; i < N_FROZEN; i++)
    crowd->frozen[i] = add_of_crowd (&crowd->test);
}

static void
tear_down_crowd (Crowd *crowd)
{
  for (guint i = 0; i < G_N_ELEMENTS (crowd->shown); i++)
    g_free (crowd->shown[i]);
  for (guint i = 0; i < N_FROZEN; i++)
    g_free (crowd->frozen[i]);
  cb_test_book_tear_down (&crowd->test);
}

static void
freeze_crowd (Crowd *crowd, gboolean is_frozen)
{
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < N_FROZEN; i++)
    {
      cb_book_restrict_customer (crowd->test.book, crowd->test.privacy, crowd->frozen[i], is_frozen,
                                 &error);
      g_assert_no_error (error);
    }
}

/* Three people, and three notes beside those that find by a name. */
static void
assert_crowd (Crowd *crowd, guint n_persons, guint n_notes)
{
  static const char *const by_person[] = { "mara",         "m",    "ell mara", "ellingsen", "0101",
                                           "07700 900101", "0770", "elingsen" };

  for (guint i = 0; i < G_N_ELEMENTS (by_person); i++)
    g_assert_cmpuint (count_found (&crowd->test, by_person[i]), ==, n_persons);
  g_assert_cmpuint (count_found (&crowd->test, "gabardine"), ==, n_notes);
  g_assert_cmpuint (count_found (&crowd->test, "gabar"), ==, n_notes);
  g_assert_cmpuint (count_found (&crowd->test, "gabarbine"), ==, n_notes);
}

static void
test_frozen_take_no_place (void)
{
  Crowd crowd = { 0 };

  set_up_crowd (&crowd);
  build_index (&crowd.test);
  assert_crowd (&crowd, 20, 20);
  freeze_crowd (&crowd, TRUE);
  assert_crowd (&crowd, 3, 3);
  g_assert_cmpuint (find_as (&crowd.test, crowd.test.manager, "mara", NULL), ==, 20);
  freeze_crowd (&crowd, FALSE);
  assert_crowd (&crowd, 20, 20);

  /* And so it is when they are frozen already as the index is built, by names and whole. */
  freeze_crowd (&crowd, TRUE);
  build_index (&crowd.test);
  assert_crowd (&crowd, 3, 3);
  tear_down_crowd (&crowd);
}

/* Another program does it, and nobody tells the index. */
static void
test_frozen_elsewhere (void)
{
  Crowd crowd = { 0 };
  g_autofree char *path = NULL;
  g_autoptr (CbDb) db = NULL;
  g_autoptr (GError) error = NULL;

  set_up_crowd (&crowd);
  build_index (&crowd.test);
  path = g_build_filename (crowd.test.home, "counterbook.db", NULL);
  db = cb_db_open (path, FALSE, crowd.test.clock, &error);
  for (guint i = 0; i < N_FROZEN; i++)
    {
      g_autofree char *sql =
        g_strdup_printf ("UPDATE customer SET restricted = 1 WHERE id = '%s'", crowd.frozen[i]);

      g_assert_true (cb_db_run (db, sql, &error));
    }
  g_assert_no_error (error);
  assert_crowd (&crowd, 3, 3);
  g_clear_object (&db);
  tear_down_crowd (&crowd);
}

/* More than a screenful is a list, and lists are a manager's. */
static void
test_no_lists (void)
{
  CbTestBook test = { 0 };
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (GPtrArray) listed = NULL;
  g_autoptr (GError) error = NULL;

  cb_test_book_set_up (&test);
  for (guint i = 0; i < 25; i++)
    g_free (cb_test_book_add_customer (&test, "Mara", "Ellingsen", NULL, NULL));
  build_index (&test);
  found = cb_book_find (test.book, test.associate, "mara", 1000, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (found->len, ==, 20);
  listed = cb_book_find (test.book, test.manager, "mara", 1000, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (listed->len, ==, 25);
  cb_test_book_tear_down (&test);
}

/* Two of one name are told apart by what else is known of them, and what matched is marked. */
static void
test_rows (void)
{
  CbTestBook test = { 0 };
  g_autofree char *one = NULL;
  g_autofree char *other = NULL;
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (GError) error = NULL;

  cb_test_book_set_up (&test);
  one = cb_test_book_add_customer (&test, "John", "Ashdown", "j@example.org", "07700 900101");
  other = cb_test_book_add_customer (&test, "John", "Ashdown", NULL, "07700 900202");
  build_index (&test);
  found = cb_book_find (test.book, test.associate, "ashd", LIMIT, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (found->len, ==, 2);
  g_assert_cmpstr (cb_found_get_detail (found->pdata[0]), !=,
                   cb_found_get_detail (found->pdata[1]));
  for (guint i = 0; i < found->len; i++)
    {
      CbFound *row = g_ptr_array_index (found, i);

      g_assert_nonnull (cb_found_get_detail (row));
      g_assert_null (cb_found_get_matched (row));
      g_assert_true (
        g_str_has_prefix (cb_found_get_name (row) + cb_found_get_mark_start (row), "Ashd"));
      g_assert_cmpuint (cb_found_get_mark_end (row) - cb_found_get_mark_start (row), ==, 4);
    }
  cb_test_book_tear_down (&test);
}

/* --- words of a note that somebody saw --- */

static guint
count_shown (CbTestBook *test, CbStaff *actor)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = cb_book_list_audit (test->book, test->privacy, 0, 1000, &error);
  guint n_shown = 0;

  g_assert_no_error (error);
  for (guint i = 0; i < rows->len; i++)
    {
      const CbAuditRow *row = rows->pdata[i];

      n_shown += g_str_equal (row->action, "note.found") &&
                 g_strcmp0 (row->staff, cb_staff_get_id (actor)) == 0 &&
                 g_strcmp0 (row->customer, row->object) == 0;
    }
  return n_shown;
}

static void
assert_logs (CbTestBook *test, CbStaff *actor, const char *first, const char *second)
{
  const char *const customers[] = { first, second, NULL };
  g_autoptr (GError) error = NULL;

  g_assert_true (cb_book_log_shown (test->book, actor, customers, &error));
  g_assert_no_error (error);
}

/* A search writes nothing. What was shown is written once a day for each who saw it and each who
 * was seen, wakes nobody's index, and says nothing of who is not here. */
static void
test_shown_words (void)
{
  CbTestBook test = { 0 };
  g_autofree char *mara = NULL;
  g_autofree char *jurgen = NULL;
  g_autoptr (CbNote) note = NULL;
  gboolean is_outbox_touched;
  guint n_rows;
  guint n_more;
  g_autoptr (GError) error = NULL;

  cb_test_book_set_up (&test);
  mara = cb_test_book_add_customer (&test, "Mara", "Ellingsen", "mara@example.com", NULL);
  jurgen = cb_test_book_add_customer (&test, "Jürgen", "Weiß", NULL, NULL);
  cb_test_book_answer (&test, mara, "shop", CB_CHANNEL_NONE, CB_ANSWER_YES, CB_METHOD_TAPPED);
  note = cb_test_book_add_note (&test, mara, NULL, "likes velvet");
  build_index (&test);
  g_assert_true (cb_book_verify_audit (test.book, &n_rows, &error));
  g_assert_cmpuint (count_found (&test, "velvet"), ==, 1);
  g_assert_true (cb_book_verify_audit (test.book, &n_more, &error));
  g_assert_cmpuint (n_more, ==, n_rows);

  forget_touched (&test);
  assert_logs (&test, test.associate, mara, NULL);
  assert_logs (&test, test.associate, mara, NULL);
  g_assert_cmpuint (count_shown (&test, test.associate), ==, 1);
  assert_logs (&test, test.other, mara, "0123456789abcdef0123456789abcdef");
  g_assert_cmpuint (count_shown (&test, test.other), ==, 1);
  assert_logs (&test, test.associate, mara, jurgen);
  g_assert_cmpuint (count_shown (&test, test.associate), ==, 2);
  cb_clock_advance (test.clock, CB_US_PER_DAY);
  assert_logs (&test, test.associate, mara, NULL);
  g_assert_cmpuint (count_shown (&test, test.associate), ==, 3);
  g_assert_true (cb_book_verify_audit (test.book, &n_rows, &error));
  g_ptr_array_unref (cb_book_take_touched (test.book, &is_outbox_touched));
  cb_test_book_reopen (&test);
  g_assert_true (
    cb_book_log_shown (test.book, test.associate, (const char *const[]){ mara, NULL }, &error));
  g_assert_cmpuint (count_shown (&test, test.associate), ==, 3);
  g_assert_false (
    cb_book_log_shown (test.book, test.admin, (const char *const[]){ mara, NULL }, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_FORBIDDEN);
  cb_test_book_tear_down (&test);
}

/* The verdict tells what somebody agreed to: who looks it up has looked. */
static void
test_looked_up (void)
{
  CbTestBook test = { 0 };
  g_autofree char *mara = NULL;
  g_autoptr (CbPermission) permission = NULL;
  guint n_rows;
  guint n_more;
  g_autoptr (GError) error = NULL;

  cb_test_book_set_up (&test);
  mara = cb_test_book_add_customer (&test, "Mara", "Ellingsen", "mara@example.com", NULL);
  g_assert_true (cb_book_verify_audit (test.book, &n_rows, &error));
  permission = cb_book_look_up_permission (test.book, test.associate, mara, "news",
                                           CB_CHANNEL_EMAIL, CB_CIRCUMSTANCE_NONE, &error);
  g_assert_no_error (error);
  g_assert_true (cb_permission_get_verdict (permission) == CB_VERDICT_NOT_ASKED);
  g_assert_true (cb_book_verify_audit (test.book, &n_more, &error));
  g_assert_cmpuint (n_more, ==, n_rows + 1);
  g_assert_null (cb_book_look_up_permission (test.book, test.admin, mara, "news", CB_CHANNEL_EMAIL,
                                             CB_CIRCUMSTANCE_NONE, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_FORBIDDEN);
  g_clear_error (&error);
  g_assert_null (cb_book_look_up_permission (test.book, test.associate, mara, "no such",
                                             CB_CHANNEL_EMAIL, CB_CIRCUMSTANCE_NONE, &error));
  g_clear_error (&error);
  g_assert_true (cb_book_verify_audit (test.book, &n_more, &error));
  g_assert_cmpuint (n_more, ==, n_rows + 1);
  cb_test_book_tear_down (&test);
}

/* --- by the number on their card --- */

static void
assert_nobody (CbTestBook *test, CbStaff *actor, const char *number, gint code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (cb_book_find_card (test->book, actor, number, &error));
  g_assert_error (error, CB_STORE_ERROR, code);
}

static void
assert_card (CbTestBook *test, CbStaff *actor, const char *number, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *found = cb_book_find_card (test->book, actor, number, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (found, ==, expected);
}

static char *
add_with_card (CbTestBook *test, const char *given, const char *number)
{
  g_autoptr (CbCustomerDraft) draft = cb_customer_draft_new ();
  g_autoptr (GError) error = NULL;
  char *id;

  draft->given = g_strdup (given);
  draft->numbers = g_strdupv ((char *[]){ (char *) number, NULL });
  id = cb_book_add_customer (test->book, test->associate, draft, &error);
  g_assert_no_error (error);
  return id;
}

/* No index has been built: a scanner may be quicker than it. */
static void
test_cards (void)
{
  CbTestBook test = { 0 };
  g_autofree char *mara = NULL;
  g_autofree char *one = NULL;
  g_autofree char *other = NULL;
  g_autofree char *path = NULL;
  g_autoptr (CbDb) db = NULL;
  g_autoptr (GError) error = NULL;

  cb_test_book_set_up (&test);
  mara = add_with_card (&test, "Mara", "1785 0017");
  one = add_with_card (&test, "Dafydd", "99-1");
  other = add_with_card (&test, "Rhian", "991");
  assert_card (&test, test.associate, "17850017", mara);
  assert_card (&test, test.associate, "1785-0017", mara);
  assert_card (&test, test.associate, mara, mara);
  assert_nobody (&test, test.associate, "1785001", CB_STORE_ERROR_NOT_FOUND);
  assert_nobody (&test, test.associate, "", CB_STORE_ERROR_NOT_FOUND);
  assert_nobody (&test, test.associate, "991", CB_STORE_ERROR_NOT_FOUND);
  assert_nobody (&test, test.associate, "17\xff", CB_STORE_ERROR_INVALID);
  assert_nobody (&test, test.admin, "17850017", CB_STORE_ERROR_FORBIDDEN);

  path = g_build_filename (test.home, "counterbook.db", NULL);
  db = cb_db_open (path, FALSE, test.clock, &error);
  g_assert_true (cb_db_run (db, "UPDATE customer SET restricted = 1", &error));
  g_assert_no_error (error);
  assert_nobody (&test, test.associate, "17850017", CB_STORE_ERROR_NOT_FOUND);
  assert_card (&test, test.manager, "17850017", mara);
  g_clear_object (&db);
  cb_test_book_tear_down (&test);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/finding/names-first-and-usable-meanwhile", test_names_first);
  g_test_add_func ("/finding/follows-every-act", test_follows_every_act);
  g_test_add_func ("/finding/frozen-people-are-not-for-everybody", test_frozen_people);
  g_test_add_func ("/finding/frozen-people-take-nobodys-place", test_frozen_take_no_place);
  g_test_add_func ("/finding/frozen-elsewhere-take-nobodys-place", test_frozen_elsewhere);
  g_test_add_func ("/finding/tells-namesakes-apart", test_rows);
  g_test_add_func ("/finding/cards/by-the-number-or-the-id", test_cards);
  g_test_add_func ("/finding/associates/are-given-no-list", test_no_lists);
  g_test_add_func ("/finding/words-of-notes/who-saw-them-is-told", test_shown_words);
  g_test_add_func ("/finding/verdict/who-looked-it-up-is-told", test_looked_up);
  return g_test_run ();
}
