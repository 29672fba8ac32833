/* SPDX-License-Identifier: Apache-2.0 */

/* A value that does not open any more, in a file that SQLite finds sound: nobody else is kept from
 * being found, read, erased or signing in, what is left of that record is shown, and it is told. */

#define G_LOG_DOMAIN "Counterbook"

#include <string.h>

#include "base/cb-error.h"
#include "cb-test-everything.h"
#include "store/cb-book-private.h"
#include "store/cb-import.h"

#define LIMIT 20

typedef struct
{
  CbTestBook test;
  char *card; /* whose card is damaged, and so on */
  char *note;
  char *phone;
  char *key;
  char *whole;
} Shop;

static void
damage (Shop *shop, const char *sql, const char *customer)
{
  g_autoptr (CbStmt) stmt = cb_db_prepare (shop->test.book->db, sql);
  g_autoptr (GError) error = NULL;

  cb_stmt_bind_text (stmt, 1, customer);
  g_assert_true (cb_stmt_run (stmt, &error));
  g_assert_no_error (error);
}

static char *
add (Shop *shop, const char *given, const char *phone)
{
  char *id = cb_test_book_add_customer (&shop->test, given, "Testperson", NULL, phone);
  g_autoptr (CbNote) first = NULL;
  g_autoptr (CbNote) second = NULL;

  cb_test_book_answer (&shop->test, id, "shop", CB_CHANNEL_NONE, CB_ANSWER_YES, CB_METHOD_TAPPED);
  first = cb_test_book_add_note (&shop->test, id, NULL, "corduroy");
  second = cb_test_book_add_note (&shop->test, id, NULL, "gabardine");
  return id;
}

static void
set_up (Shop *shop)
{
  gboolean is_outbox_touched;

  cb_test_book_set_up (&shop->test);
  shop->card = add (shop, "Alba", "07700 900101");
  shop->note = add (shop, "Berta", "07700 900102");
  shop->phone = add (shop, "Cleo", "07700 900103");
  shop->key = add (shop, "Dora", "07700 900104");
  shop->whole = add (shop, "Edda", "07700 900105");
  damage (shop, "UPDATE customer SET card = randomblob(length(card)) WHERE id = ?1", shop->card);
  damage (shop,
          "UPDATE note SET body = randomblob(length(body)) WHERE rowid ="
          " (SELECT min(rowid) FROM note WHERE customer = ?1)",
          shop->note);
  damage (shop, "UPDATE contact SET value = zeroblob(length(value)) WHERE customer = ?1",
          shop->phone);
  damage (shop, "UPDATE customer SET key = randomblob(length(key)) WHERE id = ?1", shop->key);
  g_ptr_array_unref (cb_book_take_touched (shop->test.book, &is_outbox_touched));
}

static void
tear_down (Shop *shop)
{
  cb_test_book_tear_down (&shop->test);
  g_free (shop->card);
  g_free (shop->note);
  g_free (shop->phone);
  g_free (shop->key);
  g_free (shop->whole);
}

static gboolean
finds (Shop *shop, const char *typed, const char *customer)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) found =
    cb_book_find (shop->test.book, shop->test.associate, typed, LIMIT, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < found->len; i++)
    {
      if (g_str_equal (cb_found_get_customer_id (found->pdata[i]), customer))
        return TRUE;
    }
  return FALSE;
}

/* Who has no name in the row that is shown: because it cannot be read, or because they gave none.
 */
static void
assert_row (Shop *shop, const char *typed, gboolean is_damaged)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) found =
    cb_book_find (shop->test.book, shop->test.associate, typed, LIMIT, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (found->len, ==, 1);
  g_assert_cmpint (cb_found_is_damaged (found->pdata[0]), ==, is_damaged);
}

static void
test_finding (void)
{
  Shop shop = { 0 };
  g_autoptr (GError) error = NULL;
  guint done;
  guint total;

  set_up (&shop);
  g_assert_true (cb_book_start_index (shop.test.book, &error));
  while (cb_book_grow_index (shop.test.book, &done, &total, &error))
    continue;
  g_assert_no_error (error);
  g_assert_true (cb_book_is_index_ready (shop.test.book));
  g_assert_true (finds (&shop, "edda", shop.whole));
  g_assert_true (finds (&shop, "berta", shop.note));
  g_assert_true (finds (&shop, "cleo", shop.phone));
  /* Without a name there are a number and words of notes. */
  g_assert_true (finds (&shop, "0101", shop.card));
  assert_row (&shop, "0101", TRUE);
  assert_row (&shop, "0102", FALSE);
  g_assert_true (finds (&shop, "gabardine", shop.card));
  g_assert_true (finds (&shop, "gabardine", shop.note));
  g_assert_false (finds (&shop, "dora", shop.key));
  /* And so it stays when something is written. */
  g_clear_pointer (&shop.whole, g_free);
  shop.whole = add (&shop, "Fenja", "07700 900106");
  g_assert_true (finds (&shop, "fenja", shop.whole));
  g_assert_true (finds (&shop, "berta", shop.note));
  tear_down (&shop);
}

static CbDossier *
read_record (Shop *shop, const char *customer, guint n_unread, guint n_notes)
{
  g_autoptr (GError) error = NULL;
  CbDossier *dossier =
    cb_book_load_dossier (shop->test.book, shop->test.associate, customer, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (cb_dossier_get_n_unread (dossier), ==, n_unread);
  g_assert_cmpuint (cb_dossier_get_notes (dossier)->len, ==, n_notes);
  return dossier;
}

static void
test_reading (void)
{
  Shop shop = { 0 };
  g_autoptr (CbDossier) card = NULL;
  g_autoptr (CbDossier) note = NULL;
  g_autoptr (CbDossier) phone = NULL;
  g_autoptr (CbDossier) whole = NULL;
  g_autoptr (GPtrArray) list = NULL;
  g_autoptr (GError) error = NULL;

  set_up (&shop);
  card = read_record (&shop, shop.card, 1, 2);
  note = read_record (&shop, shop.note, 1, 1);
  phone = read_record (&shop, shop.phone, 1, 2);
  whole = read_record (&shop, shop.whole, 0, 2);
  g_assert_cmpstr (cb_customer_get_given (cb_dossier_get_customer (phone)), ==, "Cleo");
  g_assert_null (cb_book_load_dossier (shop.test.book, shop.test.associate, shop.key, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_CORRUPT);
  g_clear_error (&error);
  list = cb_book_list_customers (shop.test.book, shop.test.manager, 100, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (list->len, ==, 4);
  tear_down (&shop);
}

/* Who is given everything that is kept about them is not given less without a word. */
static void
test_taking_home (void)
{
  Shop shop = { 0 };
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;

  set_up (&shop);
  path = g_build_filename (shop.test.root, "pages.html", NULL);
  g_assert_null (
    cb_book_access (shop.test.book, shop.test.privacy, shop.note, CB_EXPORT_HTML, path, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_CORRUPT);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  tear_down (&shop);
}

/* The new store key of an erasure is everybody's. */
static void
test_erasing (void)
{
  Shop shop = { 0 };
  const char *gone[5];
  g_autoptr (GError) error = NULL;

  set_up (&shop);
  gone[0] = shop.whole;
  gone[1] = shop.key;
  gone[2] = shop.card;
  gone[3] = shop.note;
  gone[4] = shop.phone;
  for (guint i = 0; i < G_N_ELEMENTS (gone); i++)
    {
      gboolean passed = FALSE;

      g_assert_true (
        cb_book_erase (shop.test.book, shop.test.manager, gone[i], CB_ERASE_REQUEST, &error));
      g_assert_no_error (error);
      g_assert_true (cb_book_clean (shop.test.book, &passed, &error));
      g_assert_no_error (error);
      g_assert_true (passed);
    }
  tear_down (&shop);
}

/* A no is heard whatever else is damaged. */
static void
test_saying_no (void)
{
  Shop shop = { 0 };
  g_autoptr (GError) error = NULL;

  set_up (&shop);
  g_assert_true (cb_book_withdraw (shop.test.book, shop.test.associate, shop.card, "shop",
                                   CB_CHANNEL_NONE, &error));
  g_assert_no_error (error);
  g_assert_true (cb_book_withdraw (shop.test.book, shop.test.associate, shop.note, "shop",
                                   CB_CHANNEL_NONE, &error));
  g_assert_no_error (error);
  g_assert_true (cb_book_withdraw (shop.test.book, shop.test.associate, shop.phone, "shop",
                                   CB_CHANNEL_NONE, &error));
  g_assert_no_error (error);
  tear_down (&shop);
}

/* --- an old book that comes in --- */

typedef CbImport *(*NewImport) (GInputStream *stream, const CbImportOptions *options);

static CbImport *
new_entries (GInputStream *stream, const CbImportOptions *options)
{
  return cb_import_new (stream, CB_EXCHANGE_AUTO, options);
}

/* "read added merged rejected" */
static char *
import_text (Shop *shop, NewImport new_import, const char *text, gboolean is_dry_run)
{
  CbImportOptions options = { .is_dry_run = is_dry_run };
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_data (text, -1, NULL);
  g_autoptr (CbImport) import = new_import (stream, &options);
  const GArray *rejected = cb_import_get_rejected (import);
  g_autoptr (GError) error = NULL;
  gboolean more = TRUE;

  while (more)
    {
      gboolean outbox;

      cb_book_import_piece (shop->test.book, shop->test.manager, import, &more, &error);
      g_assert_no_error (error);
      g_ptr_array_unref (cb_book_take_touched (shop->test.book, &outbox));
    }
  for (guint i = 0; i < rejected->len; i++)
    g_assert_nonnull (strstr (g_array_index (rejected, CbRejected, i).reason, "damaged"));
  return g_strdup_printf ("%d %d %d %u", (int) cb_import_get_n_read (import),
                          (int) cb_import_get_n_added (import),
                          (int) cb_import_get_n_merged (import), rejected->len);
}

static void
assert_import (Shop *shop, NewImport new_import, const char *text, const char *expected)
{
  g_autofree char *before = import_text (shop, new_import, text, TRUE);
  g_autofree char *got = import_text (shop, new_import, text, FALSE);

  g_assert_cmpstr (before, ==, expected);
  g_assert_cmpstr (got, ==, expected);
}

static guint
count_rows (Shop *shop, const char *sql)
{
  g_autoptr (CbStmt) stmt = cb_db_prepare (shop->test.book->db, sql);
  g_autoptr (GError) error = NULL;

  g_assert_true (cb_stmt_next (stmt, &error));
  return (guint) cb_stmt_int (stmt, 0);
}

static char *
hash_of (Shop *shop, const char *customer)
{
  g_autoptr (CbStmt) stmt =
    cb_db_prepare (shop->test.book->db,
                   "SELECT hex(card) || hex(key) || (SELECT group_concat(hex(value)) FROM"
                   " contact WHERE customer = ?1) FROM customer WHERE id = ?1");
  g_autoptr (GError) error = NULL;

  cb_stmt_bind_text (stmt, 1, customer);
  g_assert_true (cb_stmt_next (stmt, &error));
  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, cb_stmt_text (stmt, 0), -1);
}

#define HEAD "First Name,Last Name,E-mail,Phone\n"

/* Who may be somebody whose card, number or key is damaged is left out and told so; whoever is
 * somebody else, or has nothing worse than a damaged note, comes in. */
static void
test_importing (void)
{
  static const char unclear[] = HEAD
    "Alba,Testperson,,07700 900101\n"
    "Somebody,Else,,07700 900101\n"
    "Cleo,Testperson,cleo@example.org,07700 900103\n"
    "Dora,Testperson,,07700 900104\n";
  static const char clear[] = HEAD
    "Berta,Testperson,berta@example.org,07700 900102\n"
    "Edda,Testperson,,07700 900105\n"
    "Kilian,Another,,07700 900103\n";
  Shop shop = { 0 };
  const char *damaged[3];
  char *before[3];

  set_up (&shop);
  damaged[0] = shop.card;
  damaged[1] = shop.phone;
  damaged[2] = shop.key;
  for (guint i = 0; i < G_N_ELEMENTS (damaged); i++)
    before[i] = hash_of (&shop, damaged[i]);
  assert_import (&shop, new_entries, unclear, "4 0 0 4");
  assert_import (&shop, new_entries, unclear, "4 0 0 4");
  g_assert_cmpuint (count_rows (&shop, "SELECT count(*) FROM customer"), ==, 5);
  assert_import (&shop, new_entries, clear, "3 1 2 0");
  g_assert_cmpuint (count_rows (&shop, "SELECT count(*) FROM customer"), ==, 6);
  for (guint i = 0; i < G_N_ELEMENTS (damaged); i++)
    {
      g_autofree char *after = hash_of (&shop, damaged[i]);

      g_assert_cmpstr (after, ==, before[i]);
      g_free (before[i]);
    }
  tear_down (&shop);
}

/* Brought in once, damaged since, and brought in again; the other of the same number is sure. */
static void
test_importing_again (void)
{
  static const char named[] = HEAD "Only,Named,,\n";
  static const char sharing[] = HEAD "Gina,Sharing,,07700 900101\n";
  Shop shop = { 0 };

  cb_test_book_set_up (&shop.test);
  assert_import (&shop, new_entries, named, "1 1 0 0");
  damage (&shop, "UPDATE customer SET card = randomblob(length(card)) WHERE ?1 IS NULL", NULL);
  assert_import (&shop, new_entries, named, "1 0 0 1");
  g_assert_cmpuint (count_rows (&shop, "SELECT count(*) FROM customer"), ==, 1);
  shop.card = add (&shop, "Alba", "07700 900101");
  shop.whole = add (&shop, "Gina", "07700 900101");
  damage (&shop, "UPDATE customer SET card = randomblob(length(card)) WHERE id = ?1", shop.card);
  assert_import (&shop, new_entries, HEAD "Gina,Testperson,,07700 900101\n", "1 0 1 0");
  assert_import (&shop, new_entries, sharing, "1 0 0 1");
  tear_down (&shop);
}

/* A no is heard of a list too. */
static void
test_importing_optouts (void)
{
  static const char list[] =
    "Email,Phone,Status\n"
    ",07700 900101,unsubscribed\n"
    ",07700 900102,unsubscribed\n"
    ",07700 900103,unsubscribed\n"
    ",07700 900104,unsubscribed\n";
  Shop shop = { 0 };
  const char *closed[3];

  set_up (&shop);
  closed[0] = shop.card;
  closed[1] = shop.note;
  closed[2] = shop.phone;
  assert_import (&shop, cb_import_new_suppressions, list, "4 4 0 0");
  for (guint i = 0; i < G_N_ELEMENTS (closed); i++)
    g_assert_cmpstr (
      cb_verdict_to_id (cb_test_book_verdict (&shop.test, closed[i], "news", CB_CHANNEL_SMS)), ==,
      "refused");
  tear_down (&shop);
}

static void
test_is_told (void)
{
  Shop shop = { 0 };
  g_autoptr (GError) error = NULL;

  set_up (&shop);
  g_assert_true (cb_db_check_integrity (shop.test.book->db, &error));
  g_assert_false (cb_book_is_sound (shop.test.book, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_CORRUPT);
  g_assert_nonnull (strstr (error->message, "4 of "));
  tear_down (&shop);
}

/* Each column is asked by the key and the name that its values were sealed with. */
static void
test_everything_opens (void)
{
  CbTestBook test = { 0 };
  g_autoptr (GPtrArray) customers = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) refused = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;

  cb_test_book_set_up (&test);
  cb_test_fill_everything (&test, 3, customers, refused);
  g_assert_true (cb_book_is_sound (test.book, &error));
  g_assert_no_error (error);
  cb_test_book_tear_down (&test);
}

static void
test_staff (void)
{
  Shop shop = { 0 };
  g_autoptr (GPtrArray) staff = NULL;
  g_autoptr (GError) error = NULL;
  guint n_before;

  set_up (&shop);
  staff = cb_book_list_staff (shop.test.book, &error);
  n_before = staff->len;
  g_clear_pointer (&staff, g_ptr_array_unref);
  damage (&shop, "UPDATE staff SET name = randomblob(length(name)) WHERE id = ?1",
          cb_staff_get_id (shop.test.manager));
  staff = cb_book_list_staff (shop.test.book, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (staff->len, ==, n_before - 1);
  tear_down (&shop);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/damage/finding/keeps-nobody-else-from-it", test_finding);
  g_test_add_func ("/damage/reading/shows-what-is-left", test_reading);
  g_test_add_func ("/damage/taking-home/is-all-or-nothing", test_taking_home);
  g_test_add_func ("/damage/erasing/goes-on", test_erasing);
  g_test_add_func ("/damage/saying-no/goes-on", test_saying_no);
  g_test_add_func ("/damage/importing/is-left-out-and-told", test_importing);
  g_test_add_func ("/damage/importing/again", test_importing_again);
  g_test_add_func ("/damage/importing/a-no-is-heard", test_importing_optouts);
  g_test_add_func ("/damage/doctor/is-told", test_is_told);
  g_test_add_func ("/damage/doctor/everything-opens", test_everything_opens);
  g_test_add_func ("/damage/staff/others-sign-in", test_staff);
  return g_test_run ();
}
