/* SPDX-License-Identifier: Apache-2.0 */

/* A store is damaged in many ways and places. What lies on no damaged page is there again, byte for
 * byte; the damaged file is kept as it is; who was erased stays erased, and a no stays a no. */

#define G_LOG_DOMAIN "Counterbook"

#include <glib/gstdio.h>
#include <string.h>

#include "base/cb-error.h"
#include "base/cb-id.h"
#include "cb-test-shop.h"
#include "store/cb-book-private.h"
#include "store/cb-repair.h"
#include "store/cb-switch.h"

#define STRIDE (g_getenv ("CB_TEST_LONG") != NULL ? 1 : 4)

static guint
damage_pages (CbTestShop *shop, const guint *pages, guint n_pages, int with)
{
  g_autoptr (GHashTable) damaged = g_hash_table_new (NULL, NULL);
  g_autofree guint8 *bytes = g_memdup2 (shop->bytes, shop->length);

  for (guint i = 0; i < n_pages; i++)
    {
      guint8 *page = bytes + (gsize) (pages[i] - 1) * CB_TEST_PAGE;

      g_hash_table_add (damaged, GUINT_TO_POINTER (pages[i]));
      for (guint at = 0; at < CB_TEST_PAGE; at++)
        page[at] = (guint8) (with >= 0 ? with : g_test_rand_int_range (0, 256));
    }
  return cb_test_shop_try_damage (shop, bytes, shop->length, damaged);
}

/* --- tests --- */

/* Each table but those that a repair has to change, row by row. */
static char *
describe (CbTestShop *shop)
{
  static const char SQL_LIST_TABLES[] =
    "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'"
    " AND name NOT LIKE 'sqlite%' AND name NOT IN ('audit', 'vault_key', 'setting', 'counter')"
    " ORDER BY name";
  static const char SQL_LIST_COLUMNS[] =
    "SELECT group_concat('quote(\"' || name || '\")', ' || '','' || ') FROM pragma_table_info (?1)"
    " WHERE NOT (?1 = 'customer' AND name = 'key')";
  g_autoptr (GString) all = g_string_new (NULL);
  g_autoptr (CbStmt) tables = cb_db_prepare (shop->test.book->db, SQL_LIST_TABLES);

  while (cb_stmt_next (tables, NULL))
    {
      const char *table = cb_stmt_text (tables, 0);
      g_autoptr (CbStmt) columns = cb_db_prepare (shop->test.book->db, SQL_LIST_COLUMNS);
      g_autofree char *sql = NULL;
      sqlite3_stmt *rows = NULL;
      guint n_rows = 0;

      cb_stmt_bind_text (columns, 1, table);
      g_assert_true (cb_stmt_next (columns, NULL));
      sql = g_strdup_printf ("SELECT %s AS line FROM \"%s\" ORDER BY line",
                             cb_stmt_text (columns, 0), table);
      g_assert_cmpint (
        sqlite3_prepare_v2 (cb_db_get_handle (shop->test.book->db), sql, -1, &rows, NULL), ==,
        SQLITE_OK);
      for (; sqlite3_step (rows) == SQLITE_ROW; n_rows++)
        g_string_append_printf (all, "%s: %s\n", table, sqlite3_column_text (rows, 0));
      sqlite3_finalize (rows);
      if (n_rows == 0)
        {
          g_test_message ("there is nothing in %s: a repair of it is not tried", table);
          g_test_fail ();
        }
    }
  return g_string_free (g_steal_pointer (&all), FALSE);
}

static guint
count_known_numbers (CbTestShop *shop)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) numbers = cb_book_list_known_numbers (shop->test.book, &error);

  g_assert_no_error (error);
  return numbers->len;
}

static void
test_loses_nothing_of_a_sound_one (void)
{
  CbTestShop shop;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  guint n_before = 0;
  guint n_after = 0;

  cb_test_shop_set_up (&shop);
  shop.test.book = cb_book_open (shop.test.home, shop.test.state_root, shop.test.clock, NULL);
  g_ptr_array_unref (cb_test_book_push (&shop.test));
  before = describe (&shop);
  g_assert_cmpuint (count_known_numbers (&shop), >, 0);
  g_assert_true (cb_book_verify_audit (shop.test.book, &n_before, NULL));
  g_clear_object (&shop.test.book);
  g_assert_cmpuint (cb_test_shop_repair (&shop), ==, 0);
  after = describe (&shop);
  /* What others know of us, and we may have lost, has to be told again. */
  g_assert_cmpuint (count_known_numbers (&shop), ==, 0);
  if (!g_str_equal (before, after))
    {
      g_auto (GStrv) was = g_strsplit (before, "\n", -1);
      g_auto (GStrv) is = g_strsplit (after, "\n", -1);

      for (guint i = 0; was[i] != NULL; i++)
        {
          if (!g_strv_contains ((const char *const *) is, was[i]))
            g_test_message ("not there any more: %.100s", was[i]);
        }
      g_test_fail ();
    }
  g_assert_true (cb_book_verify_audit (shop.test.book, &n_after, NULL));
  g_assert_cmpuint (n_after, >, n_before);
  cb_test_shop_tear_down (&shop);
}

static void
test_page_by_page (void)
{
  static const int with[] = { 0, 0x5a, -1 };
  CbTestShop shop;
  guint n_pages;
  guint n_tried = 0;
  guint n_gone = 0;

  cb_test_shop_set_up (&shop);
  n_pages = (guint) (shop.length / CB_TEST_PAGE);
  for (guint page = 1 + (guint) g_test_rand_int_range (0, STRIDE); page <= n_pages; page += STRIDE)
    {
      n_gone += damage_pages (&shop, &page, 1, with[n_tried % G_N_ELEMENTS (with)]);
      n_tried++;
    }
  g_test_message (
    "%u of %u pages damaged, one at a time: %u of %u values gone each time, on average", n_tried,
    n_pages, n_gone / n_tried, shop.values->len);
  g_assert_cmpuint (n_gone, >, 0);
  cb_test_shop_tear_down (&shop);
}

static void
test_many_pages (void)
{
  CbTestShop shop;
  guint n_pages;

  cb_test_shop_set_up (&shop);
  n_pages = (guint) (shop.length / CB_TEST_PAGE);
  for (guint i = 0; i < 12; i++)
    {
      guint pages[8];

      for (guint k = 0; k < G_N_ELEMENTS (pages); k++)
        pages[k] = (guint) g_test_rand_int_range (1, (int) n_pages + 1);
      damage_pages (&shop, pages, G_N_ELEMENTS (pages), i % 2 == 0 ? 0 : -1);
    }
  cb_test_shop_tear_down (&shop);
}

/* Bytes that changed here and there, and whole sectors. */
static void
test_scattered (void)
{
  CbTestShop shop;

  cb_test_shop_set_up (&shop);
  for (guint i = 0; i < 10; i++)
    {
      g_autoptr (GHashTable) damaged = g_hash_table_new (NULL, NULL);
      g_autofree guint8 *bytes = g_memdup2 (shop.bytes, shop.length);
      gsize width = i % 2 == 0 ? 1 : 512;

      for (guint k = 0; k < 60; k++)
        {
          gsize at = (gsize) g_test_rand_int_range (0, (int) (shop.length / width)) * width;

          g_hash_table_add (damaged, GSIZE_TO_POINTER (at / CB_TEST_PAGE + 1));
          for (gsize n = 0; n < width; n++)
            bytes[at + n] ^= (guint8) g_test_rand_int_range (1, 256);
        }
      cb_test_shop_try_damage (&shop, bytes, shop.length, damaged);
    }
  cb_test_shop_tear_down (&shop);
}

static void
test_head (void)
{
  static const gsize lengths[] = { 16, 100, 512, CB_TEST_PAGE };
  CbTestShop shop;

  cb_test_shop_set_up (&shop);
  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      g_autoptr (GHashTable) damaged = g_hash_table_new (NULL, NULL);
      g_autofree guint8 *bytes = g_memdup2 (shop.bytes, shop.length);

      g_hash_table_add (damaged, GUINT_TO_POINTER (1));
      memset (bytes, 0, lengths[i]);
      g_assert_cmpuint (cb_test_shop_try_damage (&shop, bytes, shop.length, damaged), ==, 0);
    }
  cb_test_shop_tear_down (&shop);
}

static gboolean
holds (const guint8 *bytes, gsize at, const char *text)
{
  gsize length = strlen (text);

  for (gsize i = 0; i + length <= CB_TEST_PAGE; i++)
    {
      if (memcmp (bytes + at + i, text, length) == 0)
        return TRUE;
    }
  return FALSE;
}

/* Every page that only leads to others, and the schema: the rows tell what they are. */
static void
test_branches (void)
{
  CbTestShop shop;
  g_autoptr (GHashTable) damaged = g_hash_table_new (NULL, NULL);
  g_autofree guint8 *bytes = NULL;
  guint n_branches = 0;

  cb_test_shop_set_up (&shop);
  bytes = g_memdup2 (shop.bytes, shop.length);
  for (gsize at = 0; at < shop.length; at += CB_TEST_PAGE)
    {
      gboolean is_branch = bytes[at] == 5 || at == 0;
      gboolean is_schema = holds (bytes, at, "CREATE ");

      n_branches += is_branch;
      if (is_branch || is_schema)
        memset (bytes + at, 0x5a, CB_TEST_PAGE);
    }
  g_assert_cmpuint (n_branches, >, 4);
  g_assert_cmpuint (cb_test_shop_try_damage (&shop, bytes, shop.length, damaged), ==, 0);
  cb_test_shop_tear_down (&shop);
}

static guint8 *
find_root (CbTestShop *shop, guint8 *bytes, const char *table)
{
  static const char SQL_GET_ROOT[] = "SELECT rootpage FROM sqlite_schema WHERE name = ?1";
  g_autoptr (CbStmt) stmt = cb_db_prepare (shop->test.book->db, SQL_GET_ROOT);

  cb_stmt_bind_text (stmt, 1, table);
  g_assert_true (cb_stmt_next (stmt, NULL));
  return bytes + (gsize) (cb_stmt_int (stmt, 0) - 1) * CB_TEST_PAGE;
}

/* A page of one table is led to by another one's alone: a changed byte of a number there, and its
 * own way is gone. */
static void
test_led_astray (void)
{
  static const char *const misleading[] = { "audit", "outbox", "consent_event" };
  CbTestShop shop;

  cb_test_shop_set_up (&shop);
  for (guint i = 0; i < G_N_ELEMENTS (misleading); i++)
    {
      g_autoptr (GHashTable) damaged = g_hash_table_new (NULL, NULL);
      g_autofree guint8 *bytes = g_memdup2 (shop.bytes, shop.length);
      guint8 *own;
      guint8 *other;
      const guint8 *cells;

      shop.test.book = cb_book_open (shop.test.home, shop.test.state_root, shop.test.clock, NULL);
      own = find_root (&shop, bytes, "note");
      other = find_root (&shop, bytes, misleading[i]);
      cb_test_shop_put_back (&shop);
      g_assert_cmpuint (own[0], ==, 5);
      g_assert_cmpuint (other[0], ==, 5);
      cells = own + 12;
      memcpy (other + 8, own + ((gsize) cells[0] << 8 | cells[1]), 4);
      memset (own, 0, CB_TEST_PAGE);
      g_assert_cmpuint (cb_test_shop_try_damage (&shop, bytes, shop.length, damaged), ==, 0);
    }
  cb_test_shop_tear_down (&shop);
}

/* A byte of one customer's card: their notes and all else of them are there. */
static void
test_card (void)
{
  static const char SQL_GET_CARD[] = "SELECT card FROM customer WHERE id = ?1";
  CbTestShop shop;
  g_autoptr (GHashTable) damaged = g_hash_table_new (NULL, NULL);
  g_autofree guint8 *bytes = NULL;
  guint8 *found;

  cb_test_shop_set_up (&shop);
  bytes = g_memdup2 (shop.bytes, shop.length);
  shop.test.book = cb_book_open (shop.test.home, shop.test.state_root, shop.test.clock, NULL);
  {
    g_autoptr (CbStmt) stmt = cb_db_prepare (shop.test.book->db, SQL_GET_CARD);
    gsize length;
    const void *card;

    cb_stmt_bind_text (stmt, 1, g_ptr_array_index (shop.customers, 4));
    g_assert_true (cb_stmt_next (stmt, NULL));
    card = cb_stmt_blob (stmt, 0, &length);
    found = memmem (bytes, shop.length, card, length);
    g_assert_nonnull (found);
  }
  cb_test_shop_put_back (&shop);
  found[30] ^= 0x40;
  g_hash_table_add (damaged, GSIZE_TO_POINTER ((gsize) (found - bytes) / CB_TEST_PAGE + 1));
  g_assert_cmpuint (cb_test_shop_try_damage (&shop, bytes, shop.length, damaged), ==, 1);
  cb_test_shop_tear_down (&shop);
}

/* The list of tables has another name for one of them. */
static void
test_misnamed (void)
{
  static const char *const names[] = { "contact", "customer", "consent_event", "note" };
  CbTestShop shop;

  cb_test_shop_set_up (&shop);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GHashTable) damaged = g_hash_table_new (NULL, NULL);
      g_autofree guint8 *bytes = g_memdup2 (shop.bytes, shop.length);
      g_autofree char *row = g_strdup_printf ("table%s%s", names[i], names[i]);
      guint8 *found = memmem (bytes, shop.length, row, strlen (row));

      g_assert_nonnull (found);
      found[strlen ("table") + 2] ^= 1;
      g_assert_cmpuint (cb_test_shop_try_damage (&shop, bytes, shop.length, damaged), ==, 0);
    }
  cb_test_shop_tear_down (&shop);
}

/* Of a table's statement; where it did it. */
static gsize
damage_word (guint8 *bytes, gsize length)
{
  static const char words[] = "CREATE TABLE customer (";
  guint8 *at = memmem (bytes, length, words, strlen (words));

  g_assert_nonnull (at);
  at[strlen (words) + 40] ^= 0x04;
  return (gsize) (at - bytes);
}

/* The head says that a newer build wrote it: only tables that this one does not know show it. */
static void
test_version (void)
{
  CbTestShop shop;
  g_autoptr (GHashTable) damaged = g_hash_table_new (NULL, NULL);
  g_autofree guint8 *bytes = NULL;
  g_auto (CbRepaired) repaired = { 0 };
  g_autoptr (GError) error = NULL;

  cb_test_shop_set_up (&shop);
  bytes = g_memdup2 (shop.bytes, shop.length);
  bytes[62] ^= 0x10;
  g_assert_cmpuint (cb_test_shop_try_damage (&shop, bytes, shop.length, damaged), ==, 0);
  /* The number, and a word of a table's statement. */
  g_hash_table_add (damaged,
                    GSIZE_TO_POINTER (damage_word (bytes, shop.length) / CB_TEST_PAGE + 1));
  cb_test_shop_try_damage (&shop, bytes, shop.length, damaged);
  shop.test.book = cb_book_open (shop.test.home, shop.test.state_root, shop.test.clock, NULL);
  g_assert_true (cb_db_run (shop.test.book->db, "CREATE TABLE of_later (id TEXT)", &error));
  g_assert_true (cb_db_run (shop.test.book->db, "PRAGMA user_version=4096", &error));
  g_clear_object (&shop.test.book);
  g_assert_null (cb_repair (shop.test.home, shop.test.state_root, shop.test.clock, "Test Admin",
                            &repaired, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_TOO_NEW);
  cb_test_shop_tear_down (&shop);
}

static void
test_truncated (void)
{
  CbTestShop shop;

  cb_test_shop_set_up (&shop);
  for (guint i = 1; i < 8; i++)
    {
      g_autoptr (GHashTable) damaged = g_hash_table_new (NULL, NULL);
      gsize length = shop.length / 8 * i - (i % 2) * 1000;

      for (gsize page = length / CB_TEST_PAGE + 1; page <= shop.length / CB_TEST_PAGE; page++)
        g_hash_table_add (damaged, GSIZE_TO_POINTER (page));
      cb_test_shop_try_damage (&shop, shop.bytes, length, damaged);
    }
  cb_test_shop_tear_down (&shop);
}

/* What is in the WAL alone is there as well, in front of a damaged frame and behind it. */
static void
test_log (void)
{
  CbTestShop shop;
  g_autofree char *wal = NULL;
  g_autofree char *log = NULL;
  g_autofree char *file = NULL;
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  gsize log_length;
  gsize file_length;
  guint n_frames;

  cb_test_shop_set_up (&shop);
  wal = g_strconcat (shop.database, "-wal", NULL);
  shop.test.book = cb_book_open (shop.test.home, shop.test.state_root, shop.test.clock, NULL);
  g_assert_true (cb_db_checkpoint (shop.test.book->db, TRUE, NULL));
  for (guint i = 0; i < 6; i++)
    {
      g_autoptr (CbNote) note = cb_test_book_add_note (
        &shop.test, g_ptr_array_index (shop.customers, i), NULL, "in the log alone");

      g_ptr_array_add (ids, g_strdup (cb_note_get_id (note)));
    }
  g_assert_true (g_file_get_contents (wal, &log, &log_length, NULL));
  g_assert_true (g_file_get_contents (shop.database, &file, &file_length, NULL));
  cb_test_shop_put_back (&shop);
  n_frames = (guint) ((log_length - 32) / (24 + CB_TEST_PAGE));
  g_assert_cmpuint (n_frames, >, 12);
  for (guint i = 0; i <= 3; i++)
    {
      g_autofree char *damaged = g_memdup2 (log, log_length);
      guint n_there = 0;

      /* None, the head, an early frame. */
      if (i == 1)
        memset (damaged, 0, 32);
      else if (i > 1)
        memset (damaged + 32 + (i - 1) * (24 + CB_TEST_PAGE) + 24, 0x5a, 600);
      g_assert_true (g_file_set_contents (shop.database, file, (gssize) file_length, NULL));
      g_assert_true (g_file_set_contents (wal, damaged, (gssize) log_length, NULL));
      cb_test_shop_repair (&shop);
      for (guint k = 0; k < ids->len; k++)
        {
          static const char SQL_HAS_NOTE[] = "SELECT 1 FROM note WHERE id = ?1";
          g_autoptr (CbStmt) stmt = cb_db_prepare (shop.test.book->db, SQL_HAS_NOTE);

          cb_stmt_bind_text (stmt, 1, g_ptr_array_index (ids, k));
          n_there += cb_stmt_next (stmt, NULL);
        }
      if (i < 2)
        g_assert_cmpuint (n_there, ==, ids->len);
      else
        g_assert_cmpuint (n_there, >=, ids->len - 2);
      cb_test_shop_put_back (&shop);
    }
  cb_test_shop_tear_down (&shop);
}

/* Without a page of the store's own keys: the back-up has them; without that, new ones do. */
static void
test_own_keys (void)
{
  for (guint i = 0; i < 2; i++)
    {
      CbTestShop shop;
      g_autoptr (GHashTable) damaged = g_hash_table_new (NULL, NULL);
      g_autofree guint8 *bytes = NULL;
      guint8 *found;

      cb_test_shop_set_up (&shop);
      bytes = g_memdup2 (shop.bytes, shop.length);
      shop.test.book = cb_book_open (shop.test.home, shop.test.state_root, shop.test.clock, NULL);
      {
        static const char SQL_GET_KEY[] = "SELECT wrapped FROM vault_key WHERE name = 'book'";
        g_autoptr (CbStmt) stmt = cb_db_prepare (shop.test.book->db, SQL_GET_KEY);
        gsize length;
        const void *wrapped;

        g_assert_true (cb_stmt_next (stmt, NULL));
        wrapped = cb_stmt_blob (stmt, 0, &length);
        found = memmem (bytes, shop.length, wrapped, length);
        g_assert_nonnull (found);
      }
      if (i == 1)
        {
          g_autofree char *managed = cb_book_dup_managed_path (shop.test.book);

          g_assert_cmpint (g_unlink (managed), ==, 0);
        }
      cb_test_shop_put_back (&shop);
      g_hash_table_add (damaged, GSIZE_TO_POINTER ((gsize) (found - bytes) / CB_TEST_PAGE + 1));
      memset (bytes + (found - bytes) / CB_TEST_PAGE * CB_TEST_PAGE, 0, CB_TEST_PAGE);
      g_assert_cmpuint (cb_test_shop_try_damage (&shop, bytes, shop.length, damaged), ==, 0);
      cb_test_shop_tear_down (&shop);
    }
}

/* The ledger knows of somebody whom the damaged file still has. */
static void
test_ledger (void)
{
  CbTestShop shop;
  g_auto (CbRepaired) repaired = { 0 };
  const char *gone;
  g_autofree char *path = NULL;
  g_autofree char *line = NULL;
  g_autofree char *all = NULL;
  g_autofree char *old = NULL;
  g_autoptr (GError) error = NULL;

  cb_test_shop_set_up (&shop);
  gone = g_ptr_array_index (shop.customers, 7);
  shop.test.book = cb_book_open (shop.test.home, shop.test.state_root, shop.test.clock, NULL);
  path = g_build_filename (shop.test.state_root, cb_book_get_store_id (shop.test.book),
                           "tombstones", NULL);
  cb_test_shop_put_back (&shop);
  g_assert_true (g_file_get_contents (path, &old, NULL, NULL));
  line = g_strdup_printf ("%s\n%s request 1772445600000000\n", old, gone);
  g_assert_true (g_file_set_contents (path, line, -1, NULL));
  shop.test.book = cb_repair (shop.test.home, shop.test.state_root, shop.test.clock, "Test Admin",
                              &repaired, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (repaired.n_erased, ==, 1);
  g_assert_false (cb_book_require_customer (shop.test.book, gone, NULL));
  /* Once somebody is erased, nothing is kept of the damaged one. */
  g_assert_true (g_file_test (repaired.kept, G_FILE_TEST_IS_DIR));
  {
    gboolean passed;

    g_assert_true (cb_book_clean (shop.test.book, &passed, &error));
    g_assert_true (passed);
  }
  g_assert_false (g_file_test (repaired.kept, G_FILE_TEST_EXISTS));
  cb_test_shop_tear_down (&shop);
}

/* What is not to be repaired is left alone. */
static void
test_refuses (void)
{
  CbTestShop shop;
  g_autofree guint8 *bytes = NULL;
  g_autofree char *key = NULL;
  static const char *const nobodies[] = { NULL, "Test Associate", "Nobody" };

  cb_test_shop_set_up (&shop);
  for (guint i = 0; i < 4; i++)
    {
      g_auto (CbRepaired) repaired = { 0 };
      g_autoptr (GError) error = NULL;
      int expected = i < 3 ? CB_STORE_ERROR_FORBIDDEN : CB_STORE_ERROR_NO_KEY;

      if (i == 3)
        {
          key = g_build_filename (shop.test.state_root, "device.key", NULL);
          cb_test_shop_keep_file (&shop, key);
          g_assert_cmpint (g_unlink (key), ==, 0);
        }
      g_assert_null (cb_repair (shop.test.home, shop.test.state_root, shop.test.clock,
                                i < 3 ? nobodies[i] : "Test Admin", &repaired, &error));
      g_assert_error (error, CB_STORE_ERROR, expected);
      g_assert_false (cb_switch_is_decided (shop.test.home));
    }
  cb_test_shop_put_back (&shop);
  {
    g_auto (CbRepaired) repaired = { 0 };
    g_autoptr (GError) error = NULL;

    shop.test.book = cb_book_open (shop.test.home, shop.test.state_root, shop.test.clock, NULL);
    g_assert_nonnull (shop.test.book);
    g_assert_null (cb_repair (shop.test.home, shop.test.state_root, shop.test.clock, "Test Admin",
                              &repaired, &error));
    g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_BUSY);
  }
  cb_test_shop_tear_down (&shop);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/repair/sound/loses-nothing", test_loses_nothing_of_a_sound_one);
  g_test_add_func ("/repair/damage/page-by-page", test_page_by_page);
  g_test_add_func ("/repair/damage/many-pages", test_many_pages);
  g_test_add_func ("/repair/damage/scattered", test_scattered);
  g_test_add_func ("/repair/damage/head", test_head);
  g_test_add_func ("/repair/damage/branches", test_branches);
  g_test_add_func ("/repair/damage/led-astray", test_led_astray);
  g_test_add_func ("/repair/damage/card", test_card);
  g_test_add_func ("/repair/damage/misnamed", test_misnamed);
  g_test_add_func ("/repair/damage/version", test_version);
  g_test_add_func ("/repair/damage/truncated", test_truncated);
  g_test_add_func ("/repair/damage/log", test_log);
  g_test_add_func ("/repair/keys/its-own", test_own_keys);
  g_test_add_func ("/repair/ledger/is-replayed", test_ledger);
  g_test_add_func ("/repair/refused/leaves-it-alone", test_refuses);
  return g_test_run ();
}
