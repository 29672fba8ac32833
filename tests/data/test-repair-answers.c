/* SPDX-License-Identifier: Apache-2.0 */

/* What people answered, where the page with their newest answers is lost: no yes stands that may
 * have been taken back. */

#define G_LOG_DOMAIN "Counterbook"

#include <glib/gstdio.h>
#include <string.h>

#include "cb-test-shop.h"
#include "db/cb-pages.h"
#include "store/cb-book-private.h"

static void
add_pages_of (CbTestShop *shop, const char *name, GHashTable *pages)
{
  static const char SQL_FIND_ROOT[] = "SELECT rootpage FROM sqlite_schema WHERE name = ?1";
  g_autoptr (CbPages) reader = cb_pages_open (shop->database, NULL);
  g_autoptr (CbStmt) stmt = cb_db_prepare (shop->test.book->db, SQL_FIND_ROOT);

  cb_stmt_bind_text (stmt, 1, name);
  g_assert_true (cb_stmt_next (stmt, NULL));
  g_assert_cmpuint (cb_pages_walk (reader, (guint) cb_stmt_int (stmt, 0), pages), ==, 0);
}

static void
note_row (const CbRow *row, gpointer data)
{
  gint64 *last = data;

  *last = MAX (*last, row->row);
}

/* The one page with the newest answers. */
static guint
find_newest_answers (CbTestShop *shop)
{
  g_autoptr (CbPages) reader = cb_pages_open (shop->database, NULL);
  g_autoptr (GHashTable) pages = g_hash_table_new (NULL, NULL);
  gint64 newest = 0;
  guint found = 0;
  GHashTableIter iter;
  gpointer page;

  add_pages_of (shop, "consent_event", pages);
  g_hash_table_iter_init (&iter, pages);
  while (g_hash_table_iter_next (&iter, &page, NULL))
    {
      gint64 last = 0;

      if (cb_pages_get_kind (reader, GPOINTER_TO_UINT (page)) == CB_PAGE_ROWS)
        cb_pages_read (reader, GPOINTER_TO_UINT (page), note_row, &last);
      if (last <= newest)
        continue;
      newest = last;
      found = GPOINTER_TO_UINT (page);
    }
  return found;
}

static CbVerdict
get_verdict (CbTestShop *shop, guint i, const char *purpose)
{
  return cb_test_book_verdict (&shop->test, g_ptr_array_index (shop->customers, i), purpose,
                               CB_CHANNEL_NONE);
}

#define N_LATE 8

/* A no on another page than the yes it takes back: customers 1 to 8 said yes to being known in all
 * shops, and the last thing that happened is that four of them took it back. */
static void
set_up_answers (CbTestShop *shop)
{
  CbTestBook *test = &shop->test;
  g_autoptr (GError) error = NULL;
  char *bytes;

  cb_test_shop_set_up (shop);
  test->book = cb_book_open (test->home, test->state_root, test->clock, &error);
  g_assert_no_error (error);
  for (guint i = 1; i <= N_LATE; i++)
    cb_test_book_answer (test, g_ptr_array_index (shop->customers, i), "everywhere",
                         CB_CHANNEL_NONE, CB_ANSWER_YES, CB_METHOD_TAPPED);
  for (guint i = 10; i < 30; i++)
    cb_test_book_answer (test, g_ptr_array_index (shop->customers, i), "shop", CB_CHANNEL_NONE,
                         CB_ANSWER_YES, CB_METHOD_TAPPED);
  for (guint i = 1; i <= N_LATE; i += 2)
    {
      cb_clock_advance (test->clock, CB_US_PER_SECOND);
      g_assert_true (cb_book_withdraw (test->book, test->associate,
                                       g_ptr_array_index (shop->customers, i), "everywhere",
                                       CB_CHANNEL_NONE, &error));
    }
  g_assert_true (cb_db_checkpoint (test->book->db, TRUE, &error));
  g_free (shop->bytes);
  g_assert_true (g_file_get_contents (shop->database, &bytes, &shop->length, &error));
  shop->bytes = (guint8 *) bytes;
  cb_test_shop_keep_files (shop);
}

/* Takes the newest answers and every other trace of them; with the index it takes the last that
 * tells whose they were. */
static void
lose_newest_answers (CbTestShop *shop, gboolean with_index)
{
  static const char *const traces[] = { "audit", "outbox", "consent_request" };
  g_autoptr (GHashTable) damaged = g_hash_table_new (NULL, NULL);
  g_autofree guint8 *bytes = g_memdup2 (shop->bytes, shop->length);
  GHashTableIter iter;
  gpointer page;

  g_hash_table_add (damaged, GUINT_TO_POINTER (find_newest_answers (shop)));
  for (guint i = 0; i < G_N_ELEMENTS (traces); i++)
    add_pages_of (shop, traces[i], damaged);
  if (with_index)
    add_pages_of (shop, "consent_event_by_customer", damaged);
  g_clear_object (&shop->test.book);
  g_hash_table_iter_init (&iter, damaged);
  while (g_hash_table_iter_next (&iter, &page, NULL))
    memset (bytes + (gsize) (GPOINTER_TO_UINT (page) - 1) * CB_TEST_PAGE, 0x5a, CB_TEST_PAGE);
  g_assert_true (
    g_file_set_contents (shop->database, (const char *) bytes, (gssize) shop->length, NULL));
}

static void
remove_backup (CbTestShop *shop)
{
  g_autofree char *path = g_build_filename (shop->test.home, "backups", "counterbook.backup", NULL);

  g_assert_cmpint (g_unlink (path), ==, 0);
}

/* The index alone still tells that there was another answer. */
static void
test_named_answers (void)
{
  CbTestShop shop;

  set_up_answers (&shop);
  remove_backup (&shop);
  lose_newest_answers (&shop, FALSE);
  cb_test_shop_repair (&shop);
  for (guint i = 1; i <= N_LATE; i += 2)
    g_assert_cmpint (get_verdict (&shop, i, "everywhere"), !=, CB_VERDICT_ALLOWED);
  for (guint i = 2; i <= N_LATE; i += 2)
    g_assert_cmpint (get_verdict (&shop, i, "everywhere"), ==, CB_VERDICT_ALLOWED);
  cb_test_shop_tear_down (&shop);
}

/* Nothing tells whose answers are lost: nothing leaves the shop for anybody, and what is kept in it
 * is kept. */
static void
test_unnamed_answers (void)
{
  CbTestShop shop;

  set_up_answers (&shop);
  remove_backup (&shop);
  lose_newest_answers (&shop, TRUE);
  cb_test_shop_repair (&shop);
  for (guint i = 1; i <= N_LATE; i++)
    g_assert_cmpint (get_verdict (&shop, i, "everywhere"), !=, CB_VERDICT_ALLOWED);
  g_assert_cmpint (get_verdict (&shop, 2, "shop"), ==, CB_VERDICT_ALLOWED);
  cb_test_shop_tear_down (&shop);
}

/* What the last back-up has of them is there again, as it was said. */
static void
test_answers_of_backup (void)
{
  CbTestShop shop;
  g_autoptr (GError) error = NULL;

  set_up_answers (&shop);
  g_assert_true (cb_book_back_up_managed (shop.test.book, &error));
  cb_test_shop_keep_files (&shop);
  lose_newest_answers (&shop, FALSE);
  cb_test_shop_repair (&shop);
  for (guint i = 1; i <= N_LATE; i++)
    g_assert_cmpint (get_verdict (&shop, i, "everywhere"), ==,
                     i % 2 == 0 ? CB_VERDICT_ALLOWED : CB_VERDICT_WITHDRAWN);
  cb_test_shop_tear_down (&shop);
}

/* The number of a yes is damaged, so that it comes behind the no that took it back. */
static void
test_misplaced_answer (void)
{
  CbTestShop shop;
  const char *refused;
  g_autofree char *move = NULL;
  g_autoptr (GError) error = NULL;

  cb_test_shop_set_up (&shop);
  refused = g_ptr_array_index (shop.refused, 1);
  move = g_strdup_printf (
    "UPDATE consent_event SET seq = seq + 100000 WHERE customer = '%s'"
    " AND purpose = 'shop' AND state = 'given'",
    refused);
  shop.test.book = cb_book_open (shop.test.home, shop.test.state_root, shop.test.clock, &error);
  g_assert_true (
    cb_db_run (shop.test.book->db, "DROP TRIGGER consent_event_is_append_only", &error));
  g_assert_true (cb_db_run (shop.test.book->db, move, &error));
  g_assert_cmpint (cb_test_book_verdict (&shop.test, refused, "shop", CB_CHANNEL_NONE), ==,
                   CB_VERDICT_ALLOWED);
  g_assert_true (cb_db_checkpoint (shop.test.book->db, TRUE, &error));
  g_clear_object (&shop.test.book);
  cb_test_shop_repair (&shop);
  cb_test_shop_check_refused (&shop);
  cb_test_shop_tear_down (&shop);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/repair-answers/named", test_named_answers);
  g_test_add_func ("/repair-answers/unnamed", test_unnamed_answers);
  g_test_add_func ("/repair-answers/of-the-backup", test_answers_of_backup);
  g_test_add_func ("/repair-answers/misplaced", test_misplaced_answer);
  return g_test_run ();
}
