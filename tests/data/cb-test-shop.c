/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "cb-test-shop.h"

#include <glib/gstdio.h>
#include <string.h>

#include "base/cb-error.h"
#include "cb-test-everything.h"
#include "store/cb-book-private.h"
#include "store/cb-repair.h"

#define N_CUSTOMERS (g_getenv ("CB_TEST_LONG") != NULL ? 120 : 40)

/* A value that is sealed, and on which pages of the file it lies. */
typedef struct
{
  const char *select; /* finds it again by its id */
  char *id;
  GBytes *sealed;
  GHashTable *pages; /* those of its customer's key included */
} Value;

static void
value_free (gpointer data)
{
  Value *value = data;

  g_free (value->id);
  g_bytes_unref (value->sealed);
  g_hash_table_unref (value->pages);
  g_free (value);
}

/* --- as it was, and back to it --- */

void
cb_test_shop_keep_file (CbTestShop *shop, const char *path)
{
  char *bytes;
  gsize length;

  if (g_file_get_contents (path, &bytes, &length, NULL))
    g_hash_table_insert (shop->files, g_strdup (path), g_bytes_new_take (bytes, length));
}

void
cb_test_shop_keep_files (CbTestShop *shop)
{
  static const char *const names[] = { "store.key", "incarnation", "tombstones", NULL };
  g_autofree char *state =
    g_build_filename (shop->test.state_root, cb_book_get_store_id (shop->test.book), NULL);

  g_hash_table_remove_all (shop->files);
  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autofree char *path = g_build_filename (state, names[i], NULL);

      cb_test_shop_keep_file (shop, path);
    }
  g_assert_cmpuint (g_hash_table_size (shop->files), ==, 3);
  cb_test_shop_keep_file (shop, shop->database);
}

static void
remove_kept (CbTestShop *shop)
{
  static const char *const names[] = { "damaged", "counterbook.db-wal", "counterbook.db-shm" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (shop->test.home, names[i], NULL);

      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        cb_test_remove_tree (path);
      else
        g_unlink (path);
    }
}

void
cb_test_shop_put_back (CbTestShop *shop)
{
  GHashTableIter iter;
  gpointer path;
  gpointer bytes;

  g_clear_object (&shop->test.book);
  remove_kept (shop);
  g_hash_table_iter_init (&iter, shop->files);
  while (g_hash_table_iter_next (&iter, &path, &bytes))
    g_assert_true (g_file_set_contents (path, g_bytes_get_data (bytes, NULL),
                                        (gssize) g_bytes_get_size (bytes), NULL));
}

/* --- where what lies --- */

static void
note_pages (CbTestShop *shop, const guint8 *sealed, gsize length, GHashTable *pages)
{
  for (gsize at = 0; at + 12 <= length; at += 12)
    {
      const guint8 *found = memmem (shop->bytes, shop->length, sealed + at, 12);

      /* Where one page ends and the next begins it is in neither. */
      if (found != NULL)
        g_hash_table_add (pages,
                          GSIZE_TO_POINTER ((gsize) (found - shop->bytes) / CB_TEST_PAGE + 1));
    }
}

static void
list_values (CbTestShop *shop, const char *list, const char *select)
{
  g_autoptr (CbStmt) rows = cb_db_prepare (shop->test.book->db, list);

  while (cb_stmt_next (rows, NULL))
    {
      Value *value = g_new0 (Value, 1);
      gsize length;
      const void *key = cb_stmt_blob (rows, 2, &length);

      value->select = select;
      value->id = g_strdup (cb_stmt_text (rows, 0));
      value->pages = g_hash_table_new (NULL, NULL);
      note_pages (shop, key, length, value->pages);
      key = cb_stmt_blob (rows, 3, &length);
      note_pages (shop, key, length, value->pages);
      value->sealed = cb_stmt_dup_bytes (rows, 1);
      note_pages (shop, g_bytes_get_data (value->sealed, NULL), g_bytes_get_size (value->sealed),
                  value->pages);
      g_ptr_array_add (shop->values, value);
    }
}

static void
list_all_values (CbTestShop *shop)
{
  list_values (
    shop, "SELECT r.id, r.card, c.key, c.card FROM customer AS r JOIN customer AS c ON c.id = r.id",
    "SELECT card FROM customer WHERE id = ?1");
  list_values (
    shop,
    "SELECT r.id, r.body, c.key, c.card FROM note AS r JOIN customer AS c ON c.id = r.customer",
    "SELECT body FROM note WHERE id = ?1");
  list_values (
    shop,
    "SELECT r.id, r.value, c.key, c.card FROM contact AS r JOIN customer AS c ON c.id = r.customer",
    "SELECT value FROM contact WHERE id = ?1");
  list_values (
    shop,
    "SELECT r.id, r.body, c.key, c.card FROM request AS r JOIN customer AS c ON c.id = r.customer",
    "SELECT body FROM request WHERE id = ?1");
  list_values (
    shop,
    "SELECT r.place, r.body, c.key, c.card FROM draft AS r JOIN customer AS c ON c.id = r.customer",
    "SELECT body FROM draft WHERE place = ?1");
}

void
cb_test_shop_set_up (CbTestShop *shop)
{
  g_autoptr (GError) error = NULL;
  char *bytes;

  memset (shop, 0, sizeof *shop);
  cb_test_book_set_up (&shop->test);
  shop->customers = g_ptr_array_new_with_free_func (g_free);
  shop->refused = g_ptr_array_new ();
  shop->values = g_ptr_array_new_with_free_func (value_free);
  shop->files =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_bytes_unref);
  shop->database = g_build_filename (shop->test.home, "counterbook.db", NULL);
  cb_test_fill_everything (&shop->test, N_CUSTOMERS, shop->customers, shop->refused);
  g_assert_true (cb_book_back_up_managed (shop->test.book, &error));
  g_assert_true (cb_db_checkpoint (shop->test.book->db, TRUE, &error));
  g_assert_true (g_file_get_contents (shop->database, &bytes, &shop->length, &error));
  shop->bytes = (guint8 *) bytes;
  list_all_values (shop);
  cb_test_shop_keep_files (shop);
  g_clear_object (&shop->test.book);
}

void
cb_test_shop_tear_down (CbTestShop *shop)
{
  cb_test_shop_put_back (shop);
  shop->test.book = cb_book_open (shop->test.home, shop->test.state_root, shop->test.clock, NULL);
  g_ptr_array_unref (shop->customers);
  g_ptr_array_unref (shop->refused);
  g_ptr_array_unref (shop->values);
  g_hash_table_unref (shop->files);
  g_free (shop->database);
  g_free (shop->bytes);
  cb_test_book_tear_down (&shop->test);
}

/* --- damage and repair --- */

static guint
count_lost (CbRepaired *repaired)
{
  guint n_lost = repaired->n_absent + repaired->is_uncounted;

  for (guint i = 0; i < repaired->tables->len; i++)
    {
      const CbSalvaged *table = g_ptr_array_index (repaired->tables, i);

      if (table->n_lost > 0)
        g_test_message ("%u lost of %s", table->n_lost, table->name);
      n_lost += table->n_lost;
    }
  return n_lost;
}

/* Answers how many rows were said to be lost. */
guint
cb_test_shop_repair (CbTestShop *shop)
{
  CbTestBook *test = &shop->test;
  g_auto (CbRepaired) repaired = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) damaged = NULL;
  g_autofree char *cursor = NULL;
  g_autofree char *kept = NULL;
  char *bytes;
  gsize length;

  g_assert_true (g_file_get_contents (shop->database, &bytes, &length, &error));
  damaged = g_bytes_new_take (bytes, length);
  test->book =
    cb_repair (test->home, test->state_root, test->clock, "Test Admin", &repaired, &error);
  g_assert_no_error (error);
  /* The service is to tell everything again. */
  cursor = cb_book_dup_cursor (test->book, CB_CURSOR_DECISIONS, &error);
  g_assert_cmpstr (cursor, ==, "");
  kept = g_build_filename (repaired.kept, "counterbook.db", NULL);
  g_assert_true (g_file_get_contents (kept, &bytes, &length, &error));
  g_assert_cmpmem (bytes, length, g_bytes_get_data (damaged, NULL), g_bytes_get_size (damaged));
  g_free (bytes);
  return count_lost (&repaired);
}

static gboolean
is_touched (Value *value, GHashTable *damaged)
{
  GHashTableIter iter;
  gpointer page;

  g_hash_table_iter_init (&iter, value->pages);
  while (g_hash_table_iter_next (&iter, &page, NULL))
    {
      if (g_hash_table_contains (damaged, page))
        return TRUE;
    }
  return FALSE;
}

static gboolean
is_there (CbTestShop *shop, Value *value)
{
  g_autoptr (CbStmt) stmt = cb_db_prepare (shop->test.book->db, value->select);
  g_autoptr (GBytes) now = NULL;

  cb_stmt_bind_text (stmt, 1, value->id);
  now = cb_stmt_next (stmt, NULL) ? cb_stmt_dup_bytes (stmt, 0) : NULL;
  return now != NULL && g_bytes_equal (now, value->sealed);
}

static void
tell_pages (const char *what, GHashTable *pages)
{
  g_autoptr (GString) list = g_string_new (NULL);
  GHashTableIter iter;
  gpointer page;

  g_hash_table_iter_init (&iter, pages);
  while (g_hash_table_iter_next (&iter, &page, NULL))
    g_string_append_printf (list, " %u", GPOINTER_TO_UINT (page));
  g_test_message ("%s:%s", what, list->str);
}

guint
cb_test_shop_check_values (CbTestShop *shop, GHashTable *damaged)
{
  guint n_gone = 0;

  for (guint i = 0; i < shop->values->len; i++)
    {
      Value *value = g_ptr_array_index (shop->values, i);
      gboolean is_gone = !is_there (shop, value);

      n_gone += is_gone;
      if (!is_gone || is_touched (value, damaged))
        continue;
      tell_pages ("lost", value->pages);
      tell_pages ("though damaged are", damaged);
      g_test_fail ();
    }
  return n_gone;
}

void
cb_test_shop_check_refused (CbTestShop *shop)
{
  for (guint i = 0; i < shop->refused->len; i++)
    {
      const char *customer = g_ptr_array_index (shop->refused, i);

      if (cb_book_require_customer (shop->test.book, customer, NULL) &&
          cb_test_book_verdict (&shop->test, customer, "shop", CB_CHANNEL_NONE) ==
            CB_VERDICT_ALLOWED)
        {
          g_test_message ("a no has become a yes");
          g_test_fail ();
        }
    }
}

/* Writes the damage, repairs, looks, and goes back. */
guint
cb_test_shop_try_damage (CbTestShop *shop, const guint8 *bytes, gsize length, GHashTable *damaged)
{
  guint n_lost;
  guint n_gone;

  g_assert_true (g_file_set_contents (shop->database, (const char *) bytes, (gssize) length, NULL));
  n_lost = cb_test_shop_repair (shop);
  n_gone = cb_test_shop_check_values (shop, damaged);
  cb_test_shop_check_refused (shop);
  /* Where the schema is gone as well nobody can tell. */
  if (n_gone > 0 && !g_hash_table_contains (damaged, GUINT_TO_POINTER (1)))
    g_assert_cmpuint (n_lost, >, 0);
  cb_test_shop_put_back (shop);
  return n_gone;
}
