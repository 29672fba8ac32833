/* SPDX-License-Identifier: Apache-2.0 */

/* After the cleaning nothing of the erased is in any file of the store; what a look through them
 * would have found is found when it is there. */

#define G_LOG_DOMAIN "Counterbook"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>

#include "base/cb-error.h"
#include "cb-test-book.h"
#include "store/cb-book-private.h"
#include "vault/cb-backup.h"

#define OPERATIONS (g_getenv ("CB_TEST_LONG") != NULL ? 20000 : 400)

/* --- what is looked for --- */

static guint
scan (CbCanaries *canaries, const char *customer, const char *bytes, gsize length, gsize step)
{
  g_autoptr (GHashTable) erased = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GError) error = NULL;

  g_hash_table_add (erased, (gpointer) customer);
  g_assert_true (cb_canaries_begin_scan (canaries, erased, &error));
  g_assert_no_error (error);
  for (gsize at = 0; at < length; at += step)
    cb_canaries_scan (canaries, bytes + at, MIN (step, length - at));
  cb_canaries_end_piece (canaries);
  return cb_canaries_get_found (canaries);
}

/* Words and sealed values at every place of a piece and across its seams, and never where they are
 * not. */
static void
test_finds_what_is_there (void)
{
  static const char customer[] = "0123456789abcdef0123456789abcdef";
  static const char other[] = "ffffffffffffffffffffffffffffffff";
  g_autofree char *folder = g_dir_make_tmp ("cb-canaries-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "numbers", NULL);
  g_autoptr (CbCanaries) canaries = cb_canaries_new (path);
  g_autoptr (CbCanaries) later = NULL;
  g_autofree char *bytes = g_malloc (2000);
  g_autoptr (GError) error = NULL;
  g_autoptr (GRand) dice = g_rand_new_with_seed (7);
  char sealed[60];

  for (guint i = 0; i < sizeof sealed; i++)
    sealed[i] = (char) g_rand_int (dice);
  cb_canaries_add_words (canaries, "{\"given\":\"Zqwordly\"}", 20, NULL);
  cb_canaries_add_words (canaries, "CREATE TABLE", 12, "CREATE TABLE");
  cb_canaries_add_sealed (canaries, customer, sealed, sizeof sealed);
  g_assert_true (cb_canaries_save (canaries, &error));
  later = cb_canaries_new (path);
  for (guint at = 0; at < 1900; at += 13)
    {
      for (guint i = 0; i < 2000; i++)
        bytes[i] = (char) g_rand_int (dice);
      g_assert_cmpuint (scan (canaries, customer, bytes, 2000, 2000), ==, 0);
      memcpy (bytes + at, "Zqwordly", 8);
      g_assert_cmpuint (scan (canaries, customer, bytes, 2000, 2000), >, 0);
      g_assert_cmpuint (scan (canaries, customer, bytes, 2000, 11), >, 0);
      /* A process that comes later has the numbers alone. */
      g_assert_cmpuint (scan (later, customer, bytes, 2000, 2000), ==, 0);
      memcpy (bytes + at, sealed, 24);
      g_assert_cmpuint (scan (later, customer, bytes, 2000, 2000), >, 0);
      g_assert_cmpuint (scan (later, customer, bytes, 2000, 11), >, 0);
      g_assert_cmpuint (scan (later, other, bytes, 2000, 2000), ==, 0);
    }
  g_assert_true (cb_canaries_forget (canaries, &error));
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

/* A column that is sealed under a customer's key and is not looked for would be a gap. */
static void
test_every_sealed_column (void)
{
  static const char SQL_LIST_COLUMNS[] =
    "SELECT t.name, c.name FROM sqlite_schema AS t, pragma_table_info (t.name) AS c"
    " WHERE t.type = 'table' AND c.type = 'BLOB' AND (t.name = 'customer' OR EXISTS ("
    " SELECT 1 FROM pragma_table_info (t.name) AS k WHERE k.name = 'customer'))";
  /* Keyed hashes, and what is sealed under the book key. */
  static const char *const others[] = {
    "contact.local_hash",
    "contact.chain_hash",
    "address_code.local_hash",
    "card_number.local_hash",
    "purchase.mark",
    "imported.mark",
    "audit.mac",
    "copy.place",
    NULL,
  };
  CbTestBook test = { 0 };
  g_autoptr (GError) error = NULL;
  guint n_columns = 0;

  cb_test_book_set_up (&test);
  {
    g_autoptr (CbStmt) rows = cb_db_prepare (test.book->db, SQL_LIST_COLUMNS);

    while (cb_stmt_next (rows, &error))
      {
        g_autofree char *column =
          g_strdup_printf ("%s.%s", cb_stmt_text (rows, 0), cb_stmt_text (rows, 1));
        g_autofree char *quoted = g_strdup_printf ("'%s'", column);

        n_columns++;
        if (g_strv_contains (others, column) || strstr (cb_book_sql_list_sealed, quoted) != NULL)
          continue;
        g_test_message ("%s is not looked for after an erasure", column);
        g_test_fail ();
      }
    g_assert_no_error (error);
  }
  g_assert_cmpuint (n_columns, >, 12);
  cb_test_book_tear_down (&test);
}

/* --- the book --- */

static char *
ask (CbTestBook *test, const char *sql)
{
  g_autoptr (CbStmt) stmt = cb_db_prepare (test->book->db, sql);
  g_autoptr (GError) error = NULL;
  gboolean has_row = cb_stmt_next (stmt, &error);

  g_assert_no_error (error);
  return has_row ? g_strdup (cb_stmt_text (stmt, 0)) : NULL;
}

static void
run (CbTestBook *test, const char *sql)
{
  g_assert_cmpint (sqlite3_exec (cb_db_get_handle (test->book->db), sql, NULL, NULL, NULL), ==,
                   SQLITE_OK);
}

static void
erase (CbTestBook *test, const char *customer)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (cb_book_erase (test->book, test->manager, customer, CB_ERASE_REQUEST, &error));
  g_assert_no_error (error);
}

static gboolean
clean (CbTestBook *test)
{
  g_autoptr (GError) error = NULL;
  gboolean passed = FALSE;

  g_assert_true (cb_book_clean (test->book, &passed, &error));
  g_assert_no_error (error);
  return passed;
}

/* The nonces of all that is sealed for a customer. */
static void
collect (CbTestBook *test, const char *customer, GPtrArray *sealed)
{
  g_autoptr (CbStmt) rows = cb_db_prepare (test->book->db, cb_book_sql_list_sealed);

  cb_stmt_bind_text (rows, 1, customer);
  while (cb_stmt_next (rows, NULL))
    {
      gsize length;
      const void *bytes = cb_stmt_blob (rows, 2, &length);

      if (length >= 24)
        g_ptr_array_add (sealed, g_memdup2 (bytes, 24));
    }
}

static GBytes *
read_backup (CbTestBook *test)
{
  g_autofree char *path = cb_book_dup_managed_path (test->book);
  g_auto (CbBackupHead) head = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (CbSealedReader) reader = cb_backup_open (test->state_root, path, NULL, &head, &error);
  GByteArray *bytes = g_byte_array_new ();
  guint8 piece[4096];
  gssize got;

  g_assert_no_error (error);
  while ((got = cb_sealed_reader_read (reader, piece, sizeof piece, &error)) > 0)
    g_byte_array_append (bytes, piece, (guint) got);
  g_assert_no_error (error);
  return g_byte_array_free_to_bytes (bytes);
}

/* At every byte, by the first eight of each. */
static guint
count_in (const char *bytes, gsize length, GHashTable *beginnings)
{
  guint n = 0;

  for (gsize at = 0; at + 24 <= length; at++)
    {
      gint64 beginning;
      const char *whole;

      memcpy (&beginning, bytes + at, sizeof beginning);
      whole = g_hash_table_lookup (beginnings, &beginning);
      n += whole != NULL && memcmp (whole, bytes + at, 24) == 0;
    }
  return n;
}

/* Every file, however it is called. */
static guint
count_in_folder (const char *path, GHashTable *beginnings)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const char *name;
  guint n = 0;

  while ((name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);
      g_autofree char *bytes = NULL;
      gsize length;

      if (g_file_test (child, G_FILE_TEST_IS_DIR))
        n += count_in_folder (child, beginnings);
      else if (g_file_get_contents (child, &bytes, &length, NULL))
        n += count_in (bytes, length, beginnings);
    }
  return n;
}

/* With the book closed: its files are read past SQLite. */
static guint
count_traces (CbTestBook *test, GPtrArray *sealed)
{
  g_autoptr (GBytes) backup = read_backup (test);
  g_autoptr (GHashTable) beginnings = g_hash_table_new (g_int64_hash, g_int64_equal);

  for (guint i = 0; i < sealed->len; i++)
    g_hash_table_insert (beginnings, g_ptr_array_index (sealed, i), g_ptr_array_index (sealed, i));
  g_assert_finalize_object (test->book);
  test->book = NULL;
  return count_in (g_bytes_get_data (backup, NULL), g_bytes_get_size (backup), beginnings) +
         count_in_folder (test->root, beginnings);
}

static void
open_again (CbTestBook *test)
{
  g_autoptr (GError) error = NULL;

  test->book = cb_book_open (test->home, test->state_root, test->clock, &error);
  g_assert_no_error (error);
}

static void
test_result_is_written_down (void)
{
  static const char SQL_RESULT[] = "SELECT selfcheck FROM tombstone";
  static const char SQL_AUDIT[] = "SELECT code FROM audit WHERE action = 'erasure.check'";
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  g_autofree char *audited = NULL;
  g_autofree char *managed = NULL;
  g_autofree char *line = NULL;
  g_autoptr (CbNote) note = NULL;
  g_autoptr (GPtrArray) sealed = g_ptr_array_new_with_free_func (g_free);

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Zqgivenly", "Zqfamily", "zq@example.com", NULL);
  note = cb_test_book_add_note (&test, customer, NULL, "Zqnoteword");
  collect (&test, customer, sealed);
  g_assert_cmpuint (sealed->len, >=, 4);
  erase (&test, customer);
  g_assert_true (cb_book_is_cleaning_due (test.book));
  before = ask (&test, SQL_RESULT);
  g_assert_null (before);
  /* A crash in between: what was held in memory is gone, the numbers are not. */
  cb_test_book_reopen (&test);
  g_assert_true (cb_book_is_cleaning_due (test.book));
  g_assert_true (clean (&test));
  g_assert_false (cb_book_is_cleaning_due (test.book));
  after = ask (&test, SQL_RESULT);
  g_assert_cmpstr (after, ==, "pass");
  audited = ask (&test, SQL_AUDIT);
  g_assert_cmpstr (audited, ==, "pass");
  line = g_strdup_printf ("\n%s pass ", customer);
  g_assert_cmpuint (cb_test_count_files_with (test.state_root, line), ==, 1);
  managed = cb_book_dup_managed_path (test.book);
  g_assert_true (cb_book_check_backup (test.book, managed, NULL, NULL));
  g_assert_cmpuint (count_traces (&test, sealed), ==, 0);
  open_again (&test);
  g_assert_false (cb_book_is_cleaning_due (test.book));
  cb_test_book_tear_down (&test);
}

/* A copy of a sealed value, or a word in the clear, that somebody left in the store's folder. */
static void
test_trace_is_found (void)
{
  static const char SQL_RESULT[] = "SELECT selfcheck FROM tombstone WHERE customer IS NOT NULL";

  /* In the clear wherever it lies, were it called like the database; or sealed, in a back-up. */
  static const char *const names[] = { "left", "counterbook.db.old", "counterbook.db-before",
                                       "old/counterbook.db" };
  const guint n_clear = G_N_ELEMENTS (names);

  for (guint i = 0; i < n_clear + 2; i++)
    {
      CbTestBook test = { 0 };
      g_autofree char *customer = NULL;
      g_autofree char *folder = NULL;
      g_autofree char *path = NULL;
      g_autofree char *result = NULL;
      g_autoptr (GPtrArray) sealed = g_ptr_array_new_with_free_func (g_free);

      cb_test_book_set_up (&test);
      customer = cb_test_book_add_customer (&test, "Zqgivenly", "Zqfamily", NULL, NULL);
      collect (&test, customer, sealed);
      folder = g_build_filename (test.home, "old", NULL);
      g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
      path = i < n_clear ? g_build_filename (test.home, names[i], NULL)
                         : g_build_filename (test.home, "backups", "left", NULL);
      if (i < n_clear)
        g_assert_true (g_file_set_contents (path, "of Zqgivenly's", -1, NULL));
      else
        g_assert_true (
          g_file_set_contents (path, g_ptr_array_index (sealed, i - n_clear), 24, NULL));
      erase (&test, customer);
      g_assert_false (clean (&test));
      result = ask (&test, SQL_RESULT);
      g_assert_cmpstr (result, ==, "fail");
      cb_test_book_tear_down (&test);
    }
}

/* What the shop sells stands in the clear by right, also when somebody bought it or spoke of it,
 * and also when it came into the catalogue after they were erased. */
static void
test_goods_are_nobodys (void)
{
  static const char *const goods[] = {
    "INSERT INTO product (sku, title, added_us, changed_us) VALUES ('1', 'Zqgivenly loafer', 1, 1)",
    "INSERT INTO product (sku, title, added_us, changed_us) VALUES ('2', 'Zqfamily loafer', 1, 1)",
  };
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Zqgivenly", "Zqfamily", NULL, NULL);
  run (&test, goods[0]);
  erase (&test, customer);
  run (&test, goods[1]);
  g_assert_true (clean (&test));
  cb_test_book_tear_down (&test);
}

/* Whoever still reads the WAL keeps it from being cut: then nothing is said to be done. */
static void
test_reader_delays_it (void)
{
  CbTestBook test = { 0 };
  g_autofree char *customer = NULL;
  g_autoptr (CbBook) other = NULL;
  g_autoptr (GError) error = NULL;
  gboolean passed;

  cb_test_book_set_up (&test);
  customer = cb_test_book_add_customer (&test, "Zqgivenly", "Zqfamily", NULL, NULL);
  other = cb_book_open (test.home, test.state_root, test.clock, &error);
  g_assert_no_error (error);
  g_assert_true (cb_book_begin_read (other, &error));
  g_assert_true (cb_book_require_customer (other, customer, &error));
  erase (&test, customer);
  sqlite3_busy_timeout (cb_db_get_handle (test.book->db), 50);
  g_assert_false (cb_book_clean (test.book, &passed, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_BUSY);
  g_assert_true (cb_book_is_cleaning_due (test.book));
  cb_db_rollback (other->db);
  g_assert_true (clean (&test));
  g_clear_object (&other);
  cb_test_book_tear_down (&test);
}

/* --- at random --- */

typedef struct
{
  CbTestBook test;
  GPtrArray *customers;
  GPtrArray *gone; /* the beginnings of what was erased, or replaced */
  guint n_added;
  guint n_changed;
  guint n_erased;
} Random;

static gboolean
has (GPtrArray *sealed, const char *one)
{
  for (guint i = 0; i < sealed->len; i++)
    {
      if (memcmp (g_ptr_array_index (sealed, i), one, 24) == 0)
        return TRUE;
    }
  return FALSE;
}

static void
change_something (Random *self, const char *customer)
{
  CbTestBook *test = &self->test;
  g_autofree char *text = g_strnfill ((gsize) g_test_rand_int_range (1, 500), 'q');
  g_autoptr (GError) error = NULL;

  if (g_test_rand_bit ())
    {
      CbNoteDraft *half = cb_note_draft_new ();
      g_autoptr (CbUnsaved) unsaved = cb_unsaved_new_note (half);

      half->text = g_steal_pointer (&text);
      g_assert_true (cb_book_keep_draft (test->book, test->associate, customer, unsaved, &error));
    }
  else
    {
      g_autoptr (CbPreferenceDraft) draft = cb_preference_draft_new ();
      g_autoptr (CbPreference) set = NULL;

      draft->value = g_strndup (text, 30);
      draft->garment = g_strdup ("boot");
      set = cb_book_set_preference (test->book, test->associate, customer, draft, &error);
    }
  g_assert_no_error (error);
}

/* What stood there before, and does no more, is gone like what is erased. */
static void
change (Random *self, const char *customer)
{
  g_autoptr (GPtrArray) before = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) after = g_ptr_array_new_with_free_func (g_free);

  collect (&self->test, customer, before);
  change_something (self, customer);
  collect (&self->test, customer, after);
  for (guint i = 0; i < before->len; i++)
    {
      if (!has (after, g_ptr_array_index (before, i)))
        g_ptr_array_add (self->gone, g_memdup2 (g_ptr_array_index (before, i), 24));
    }
  self->n_changed++;
}

static void
erase_one (Random *self, guint which)
{
  collect (&self->test, g_ptr_array_index (self->customers, which), self->gone);
  erase (&self->test, g_ptr_array_index (self->customers, which));
  g_ptr_array_remove_index_fast (self->customers, which);
  self->n_erased++;
}

static void
do_something (Random *self)
{
  guint n_customers = self->customers->len;
  guint which = n_customers > 0 ? (guint) g_test_rand_int_range (0, (int) n_customers) : 0;
  int what = g_test_rand_int_range (0, 10);

  if (n_customers < 3 || what < 2)
    g_ptr_array_add (self->customers,
                     cb_test_book_add_customer (&self->test, "Zqgivenly", "Zqfamily", NULL, NULL));
  else if (what < 6)
    {
      g_autofree char *text = g_strnfill ((gsize) g_test_rand_int_range (1, 3000), 'q');
      g_autoptr (CbNote) note =
        cb_test_book_add_note (&self->test, g_ptr_array_index (self->customers, which), NULL, text);
    }
  else if (what < 8)
    change (self, g_ptr_array_index (self->customers, which));
  else
    erase_one (self, which);
  self->n_added += what < 6;
}

/* What was erased or replaced is gone to the last byte, from every file of the store and from the
 * back-up. */
static void
test_random (void)
{
  Random self = {
    .customers = g_ptr_array_new_with_free_func (g_free),
    .gone = g_ptr_array_new_with_free_func (g_free),
  };
  guint n_traces;

  cb_test_book_set_up (&self.test);
  for (int i = 1; i < OPERATIONS; i++)
    {
      do_something (&self);
      if (i % 1000 == 0)
        g_assert_true (clean (&self.test));
    }
  erase_one (&self, 0);
  g_assert_true (clean (&self.test));
  n_traces = count_traces (&self.test, self.gone);
  g_test_message ("%u added, %u changed, %u erased: of %u sealed values %u are left", self.n_added,
                  self.n_changed, self.n_erased, self.gone->len, n_traces);
  g_assert_cmpuint (self.n_changed, >, 0);
  g_assert_cmpuint (self.n_erased, >, 1);
  g_assert_cmpuint (n_traces, ==, 0);
  g_assert_cmpuint (cb_test_count_files_with (self.test.root, "Zqgivenly"), ==, 0);
  g_assert_cmpuint (cb_test_count_files_with (self.test.root, "qqqqqqqq"), ==, 0);
  open_again (&self.test);
  cb_test_book_tear_down (&self.test);
  g_ptr_array_unref (self.customers);
  g_ptr_array_unref (self.gone);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  /* What lies in its files is SQLite's doing, so each run says whose it saw. */
  g_print ("# SQLite %s\n", sqlite3_libversion ());
  g_test_add_func ("/canaries/scan/finds-what-is-there", test_finds_what_is_there);
  g_test_add_func ("/canaries/columns/every-sealed-one", test_every_sealed_column);
  g_test_add_func ("/cleaning/result/is-written-down", test_result_is_written_down);
  g_test_add_func ("/cleaning/trace/is-found", test_trace_is_found);
  g_test_add_func ("/cleaning/goods/are-nobodys", test_goods_are_nobodys);
  g_test_add_func ("/cleaning/reader/delays-it", test_reader_delays_it);
  g_test_add_func ("/cleaning/random/leaves-nothing", test_random);
  return g_test_run ();
}
