/* SPDX-License-Identifier: Apache-2.0 */

/* A real store, sealed by the book itself, as each older version of the schema would hold it: it is
 * opened, its back-up is put back, here and on another machine, and everything in it can be read.
 * What is no store of ours is refused and left as it is. */

#define G_LOG_DOMAIN "Counterbook"

#include <glib/gstdio.h>
#include <string.h>

#include "base/cb-error.h"
#include "cb-test-everything.h"
#include "cb-test-schema.h"
#include "db/cb-migration.h"
#include "store/cb-book-private.h"
#include "store/cb-data.h"
#include "store/cb-repair.h"
#include "store/cb-restore.h"

#define N_CUSTOMERS 9

/* The version of consent_condition. */
#define FIRST_WITH_CONDITIONS 13

/* --- a store, and the same of an older version --- */

typedef struct
{
  CbTestBook test;
  GPtrArray *customers;
  GPtrArray *refused;
  char *recovery;
  char *database;
  char *full;  /* the database of this build's version, aside */
  char *state; /* of the store; kept aside in `kept` */
  char *kept;
} Shop;

static const char *const state_names[] = { "store.key", "incarnation", "tombstones" };

static void
copy_file (const char *from, const char *to)
{
  g_autofree char *bytes = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;

  g_file_get_contents (from, &bytes, &length, &error);
  g_assert_no_error (error);
  g_file_set_contents (to, bytes, (gssize) length, &error);
  g_assert_no_error (error);
}

static void
copy_state (const char *from, const char *to)
{
  for (guint i = 0; i < G_N_ELEMENTS (state_names); i++)
    {
      g_autofree char *source = g_build_filename (from, state_names[i], NULL);
      g_autofree char *target = g_build_filename (to, state_names[i], NULL);

      copy_file (source, target);
    }
}

static void
set_up (Shop *shop)
{
  CbTestBook *test = &shop->test;
  g_autoptr (GError) error = NULL;
  gboolean passed = FALSE;

  memset (shop, 0, sizeof *shop);
  cb_test_book_set_up (test);
  shop->customers = g_ptr_array_new_with_free_func (g_free);
  shop->refused = g_ptr_array_new ();
  cb_test_fill_everything (test, N_CUSTOMERS, shop->customers, shop->refused);
  g_assert_true (cb_book_clean (test->book, &passed, &error));
  g_assert_true (cb_book_reseal (test->book, test->admin, &shop->recovery, &error));
  g_assert_no_error (error);
  g_assert_true (cb_db_checkpoint (test->book->db, TRUE, &error));
  shop->database = g_build_filename (test->home, "counterbook.db", NULL);
  shop->full = g_build_filename (test->root, "full.db", NULL);
  shop->state = g_build_filename (test->state_root, cb_book_get_store_id (test->book), NULL);
  shop->kept = g_build_filename (test->root, "kept", NULL);
  g_clear_object (&test->book);
  copy_file (shop->database, shop->full);
  g_assert_cmpint (g_mkdir (shop->kept, 0700), ==, 0);
  copy_state (shop->state, shop->kept);
}

static void
tear_down (Shop *shop)
{
  CbTestBook *test = &shop->test;

  g_clear_object (&test->book);
  copy_state (shop->kept, shop->state);
  copy_file (shop->full, shop->database);
  test->book = cb_book_open (test->home, test->state_root, test->clock, NULL);
  g_ptr_array_unref (shop->customers);
  g_ptr_array_unref (shop->refused);
  cb_text_wipe (shop->recovery);
  g_free (shop->database);
  g_free (shop->full);
  g_free (shop->state);
  g_free (shop->kept);
  cb_test_book_tear_down (test);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Shop, tear_down)

static void
run (CbDb *db, const char *sql)
{
  g_autoptr (GError) error = NULL;

  cb_db_run (db, sql, &error);
  g_assert_no_error (error);
}

/* Rows that a version was the first to take: the ones before it had none like them. */
static const struct
{
  guint version;
  const char *table;
  const char *where;
} newer_rows[] = {
  { 6, "outbox", "kind <> 'request'" },
  { 15, "consent_request", "outcome <> 'dismissed'" },
};

static const char *
which_rows (guint version, const char *table)
{
  for (guint i = 0; i < G_N_ELEMENTS (newer_rows); i++)
    {
      if (version < newer_rows[i].version && g_str_equal (table, newer_rows[i].table))
        return newer_rows[i].where;
    }
  return "TRUE";
}

/* A table of the older version has the rows of the full one, in its own columns and their order. */
static char *
make_taking (CbDb *db, guint version)
{
  static const char SQL_LIST_TABLES[] =
    "SELECT t.name, (SELECT group_concat ('\"' || c.name || '\"', ', ')"
    "  FROM pragma_table_info (t.name, 'main') AS c), t.wr"
    " FROM pragma_table_list AS t WHERE t.schema = 'main' AND t.type = 'table'"
    " AND t.name NOT LIKE 'sqlite_%'";
  g_autoptr (CbStmt) rows = cb_db_prepare (db, SQL_LIST_TABLES);
  GString *sql = g_string_new ("DELETE FROM main.counter;");

  while (cb_stmt_next (rows, NULL))
    g_string_append_printf (sql, "INSERT INTO main.%s (%s) SELECT %s FROM \"full\".%s WHERE %s %s;",
                            cb_stmt_text (rows, 0), cb_stmt_text (rows, 1), cb_stmt_text (rows, 1),
                            cb_stmt_text (rows, 0), which_rows (version, cb_stmt_text (rows, 0)),
                            cb_stmt_int (rows, 2) == 0 ? "ORDER BY rowid" : "");
  return g_string_free (sql, FALSE);
}

static void
remove_store (Shop *shop)
{
  static const char *const names[] = { "counterbook.db", "counterbook.db-wal",
                                       "counterbook.db-shm" };
  g_autofree char *backups = g_build_filename (shop->test.home, "backups", NULL);

  g_clear_object (&shop->test.book);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (shop->test.home, names[i], NULL);

      g_unlink (path);
    }
  cb_test_remove_tree (backups);
}

/* What the runner of that version made, with every value as the book sealed it. */
static void
make_older (Shop *shop, guint version)
{
  g_autofree char *attach = g_strdup_printf ("ATTACH '%s' AS \"full\"", shop->full);
  g_autoptr (GError) error = NULL;
  g_autoptr (CbDb) db = NULL;
  g_autofree char *taking = NULL;

  remove_store (shop);
  copy_state (shop->kept, shop->state);
  db = cb_book_open_connection (shop->test.home, TRUE, shop->test.clock, &error);
  g_assert_no_error (error);
  cb_test_schema_set_newest (version);
  g_assert_true (cb_migration_run (db, &error));
  cb_test_schema_set_newest (0);
  run (db, attach);
  run (db, "PRAGMA foreign_keys=OFF");
  taking = make_taking (db, version);
  run (db, taking);
  run (db, "DETACH \"full\"");
  g_assert_true (cb_db_check_integrity (db, &error));
  g_assert_cmpuint (cb_migration_get_version (db), ==, version);
  g_assert_true (cb_db_checkpoint (db, TRUE, &error));
  cb_db_close (db);
}

/* --- whether it is all there --- */

/* What nobody looked after since is as it was in the older database. */
static void
check_rows (Shop *shop, GHashTable *before)
{
  /* Settings, counters and the audit go on; keys are wrapped anew; what got new columns is looked
   * at by test-migrations. */
  static const char *const go_on[] = { "setting",  "counter",       "audit",     "vault_key",
                                       "customer", "tombstone",     "belonging", "consent_request",
                                       "staff",    "consent_heard", NULL };
  g_autoptr (GHashTable) now = cb_test_schema_dump (shop->test.book->db, TRUE);
  GHashTableIter iter;
  gpointer table;
  gpointer dump;

  g_hash_table_iter_init (&iter, before);
  while (g_hash_table_iter_next (&iter, &table, &dump))
    {
      if (!g_strv_contains (go_on, table) &&
          g_strcmp0 (g_hash_table_lookup (now, table), dump) != 0)
        {
          g_test_message ("%s is not as it was", (const char *) table);
          g_test_fail ();
        }
    }
}

static gboolean
is_refused (Shop *shop, const char *customer)
{
  for (guint i = 0; i < shop->refused->len; i++)
    {
      if (g_str_equal (g_ptr_array_index (shop->refused, i), customer))
        return TRUE;
    }
  return FALSE;
}

static void
check_customer (Shop *shop, guint i)
{
  CbTestBook *test = &shop->test;
  const char *customer = g_ptr_array_index (shop->customers, i);
  g_autoptr (GError) error = NULL;
  g_autoptr (CbDossier) dossier =
    cb_book_load_dossier (test->book, test->manager, customer, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (cb_customer_get_family (cb_dossier_get_customer (dossier)), ==, "Zqfamily");
  g_assert_cmpuint (cb_dossier_get_n_unread (dossier), ==, 0);
  g_assert_cmpuint (cb_dossier_get_notes (dossier)->len, >=, 3);
  for (guint n = 0; n < 3; n++)
    {
      CbNote *note = g_ptr_array_index (cb_dossier_get_notes (dossier), n);
      const char *text = cb_note_get_text (note);

      g_assert_true (*text == 'q' || g_str_equal (text, "it helped"));
    }
  g_assert_cmpint (cb_test_book_verdict (test, customer, "shop", CB_CHANNEL_NONE), ==,
                   is_refused (shop, customer) ? CB_VERDICT_WITHDRAWN : CB_VERDICT_ALLOWED);
}

static void
check_whole (Shop *shop, guint n_gone)
{
  CbBook *book = shop->test.book;
  g_autoptr (GError) error = NULL;
  guint n_rows = 0;
  gint64 gap = -1;

  g_assert_cmpuint (cb_migration_get_version (book->db), ==, cb_migration_get_latest ());
  cb_book_is_sound (book, &error);
  g_assert_no_error (error);
  g_assert_true (cb_book_verify_audit (book, &n_rows, &error));
  g_assert_no_error (error);
  g_assert_true (cb_book_find_audit_gap (book, &gap, &error));
  g_assert_cmpint (gap, ==, 0);
  for (guint i = n_gone; i < shop->customers->len; i++)
    check_customer (shop, i);
}

/* Somebody new, somebody who goes, and what is left of both. */
static void
go_on (Shop *shop)
{
  CbTestBook *test = &shop->test;
  g_autoptr (GError) error = NULL;
  g_autofree char *customer = cb_test_book_add_customer (test, "New", "Testperson", NULL, NULL);
  g_autoptr (CbNote) note = cb_test_book_add_note (test, customer, NULL, "goes on");
  gboolean passed = FALSE;

  g_assert_true (cb_book_erase (test->book, test->manager, g_ptr_array_index (shop->customers, 0),
                                CB_ERASE_REQUEST, &error));
  g_assert_true (cb_book_clean (test->book, &passed, &error));
  g_assert_no_error (error);
  g_assert_true (passed);
  cb_test_book_reopen (test);
  check_whole (shop, 1);
}

/* --- opened --- */

static GHashTable *
dump_older (Shop *shop)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CbDb) db = cb_book_open_connection (shop->test.home, FALSE, shop->test.clock, &error);
  GHashTable *dump;

  g_assert_no_error (error);
  dump = cb_test_schema_dump (db, TRUE);
  cb_db_close (db);
  return dump;
}

static void
open_store (Shop *shop)
{
  CbTestBook *test = &shop->test;
  g_autoptr (GError) error = NULL;

  test->book = cb_book_open (test->home, test->state_root, test->clock, &error);
  g_assert_no_error (error);
}

static void
test_opened (void)
{
  g_auto (Shop) shop;

  set_up (&shop);
  for (guint version = 1; version <= cb_migration_get_latest (); version++)
    {
      g_autoptr (GHashTable) before = NULL;

      make_older (&shop, version);
      before = dump_older (&shop);
      open_store (&shop);
      check_rows (&shop, before);
      check_whole (&shop, 0);
      go_on (&shop);
    }
}

/* --- put back --- */

/* How the store was before it was brought up, which opening keeps; aside, for an erasure reaches
 * it. */
static char *
take_backup (Shop *shop, guint version)
{
  CbTestBook *test = &shop->test;
  g_autofree char *managed = cb_book_dup_managed_path (test->book);
  g_autofree char *name = g_strdup_printf ("backup-%u", version);
  char *path = g_build_filename (test->root, name, NULL);
  g_autoptr (GError) error = NULL;
  CbBackup backup = { 0 };

  copy_file (managed, path);
  g_assert_true (cb_book_check_backup (test->book, path, &backup, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (backup.schema, ==, version);
  return path;
}

static void
put_back (Shop *shop, const char *path, guint version, guint n_erased)
{
  CbTestBook *test = &shop->test;
  CbRestored restored;
  g_autoptr (GError) error = NULL;

  g_clear_object (&test->book);
  test->book = cb_restore (test->home, test->state_root, test->clock, path, "Test Admin", NULL,
                           &restored, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (restored.backup.schema, ==, version);
  g_assert_cmpuint (restored.n_erased, ==, n_erased);
  g_assert_true (restored.is_whole);
  g_assert_false (restored.needs_pins);
  check_whole (shop, n_erased);
}

/* A machine where nothing is of it, and its code. */
static void
put_back_elsewhere (Shop *shop, const char *path, guint version)
{
  CbTestBook *test = &shop->test;
  g_autofree char *home = g_steal_pointer (&test->home);
  g_autofree char *state_root = g_steal_pointer (&test->state_root);
  CbRestored restored;
  g_autoptr (GError) error = NULL;

  g_clear_object (&test->book);
  test->home = g_build_filename (test->root, "elsewhere", NULL);
  test->state_root = g_build_filename (test->root, "elsewhere-state", NULL);
  test->book = cb_restore (test->home, test->state_root, test->clock, path, NULL, shop->recovery,
                           &restored, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (restored.backup.schema, ==, version);
  g_assert_true (restored.is_whole);
  g_assert_true (restored.needs_pins);
  check_whole (shop, 0);
  g_clear_object (&test->book);
  cb_test_remove_tree (test->home);
  cb_test_remove_tree (test->state_root);
  g_free (test->home);
  g_free (test->state_root);
  test->home = g_steal_pointer (&home);
  test->state_root = g_steal_pointer (&state_root);
}

/* A back-up of an older version: what was erased since is gone from it. */
static void
test_put_back (void)
{
  g_auto (Shop) shop;

  set_up (&shop);
  for (guint version = 1; version < cb_migration_get_latest (); version++)
    {
      g_autofree char *path = NULL;

      make_older (&shop, version);
      open_store (&shop);
      path = take_backup (&shop, version);
      put_back (&shop, path, version, 0);
      g_assert_true (cb_book_erase (shop.test.book, shop.test.manager,
                                    g_ptr_array_index (shop.customers, 0), CB_ERASE_REQUEST, NULL));
      put_back (&shop, path, version, 1);
      put_back_elsewhere (&shop, path, version);
    }
}

/* A build that is newer than the store that is replaced: nobody has brought that one up, and
 * nothing that it could not have is missed in it. */
static void
test_put_back_over_an_older_one (void)
{
  g_auto (Shop) shop;
  guint latest = cb_migration_get_latest ();
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;

  set_up (&shop);
  open_store (&shop);
  path = g_build_filename (shop.test.root, "backup", NULL);
  g_assert_true (cb_book_back_up (shop.test.book, shop.test.admin, path, NULL, &error));
  copy_state (shop.state, shop.kept);
  for (guint version = 1; version <= latest; version++)
    {
      make_older (&shop, version);
      put_back (&shop, path, latest, 0);
    }
}

/* --- repaired --- */

/* Nothing of it is damaged, so nothing is lost. */
static void
check_nothing_lost (CbRepaired *repaired, guint version)
{
  for (guint i = 0; i < repaired->tables->len; i++)
    {
      const CbSalvaged *table = g_ptr_array_index (repaired->tables, i);

      if (table->n_lost > 0)
        g_test_message ("version %u: %u lost of %s", version, table->n_lost, table->name);
      g_assert_cmpuint (table->n_lost, ==, 0);
    }
  g_assert_cmpuint (repaired->n_absent, ==, 0);
  /* The audit is a chain, so ours still tells of a limit that was said; before there were limits it
   * looks lost, and what it bound ends. */
  g_assert_cmpuint (repaired->n_ended, ==, version < FIRST_WITH_CONDITIONS ? 1 : 0);
  g_assert_cmpuint (repaired->n_keys_renewed, ==, 0);
}

/* As if it had been brought up, whatever the steps do to rows of before. */
static void
check_as_opened (Shop *shop, GHashTable *opened, gboolean with_answers)
{
  static const char *const go_on[] = { "setting",  "counter",   "audit", "vault_key",
                                       "customer", "tombstone", NULL };
  static const char *const answers[] = { "outbox",         "consent_event", "consent_now",
                                         "permission_now", "leaving",       NULL };
  g_autoptr (GHashTable) now = cb_test_schema_dump (shop->test.book->db, FALSE);
  GHashTableIter iter;
  gpointer table;
  gpointer dump;

  g_hash_table_iter_init (&iter, now);
  while (g_hash_table_iter_next (&iter, &table, &dump))
    {
      if (!g_strv_contains (go_on, table) && (with_answers || !g_strv_contains (answers, table)) &&
          g_strcmp0 (g_hash_table_lookup (opened, table), dump) != 0)
        {
          g_test_message ("%s is not as if it had been opened", (const char *) table);
          g_test_fail ();
        }
    }
}

/* A terminal that broke before it was brought up is put together in the version of this build. */
static void
test_repaired (void)
{
  g_auto (Shop) shop;

  set_up (&shop);
  for (guint version = 1; version <= cb_migration_get_latest (); version++)
    {
      CbTestBook *test = &shop.test;
      g_auto (CbRepaired) repaired = { 0 };
      g_autoptr (GHashTable) opened = NULL;
      g_autoptr (GError) error = NULL;

      make_older (&shop, version);
      open_store (&shop);
      opened = cb_test_schema_dump (test->book->db, FALSE);
      make_older (&shop, version);
      test->book =
        cb_repair (test->home, test->state_root, test->clock, "Test Admin", &repaired, &error);
      g_assert_no_error (error);
      check_nothing_lost (&repaired, version);
      check_as_opened (&shop, opened, version >= FIRST_WITH_CONDITIONS);
      check_whole (&shop, 0);
      cb_test_book_reopen (test);
      check_whole (&shop, 0);
      cb_test_remove_tree (repaired.kept);
    }
}

/* --- the end of the audit --- */

/* Somebody with the file and without its keys does that to it; what is it worth? */
static void
do_to_database (Shop *shop, const char *sql)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CbDb) db = cb_book_open_connection (shop->test.home, FALSE, shop->test.clock, &error);

  g_assert_no_error (error);
  run (db, sql);
  cb_db_close (db);
}

static void
check_missed (Shop *shop)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *customer = NULL;
  gint64 gap = 0;

  open_store (shop);
  customer = cb_test_book_add_customer (&shop->test, "New", "Testperson", NULL, NULL);
  g_assert_true (cb_book_find_audit_gap (shop->test.book, &gap, &error));
  g_assert_cmpint (gap, >, 0);
}

/* To be of before there was a mark is easily feigned, for a step that only adds is easily undone:
 * no mark is a gap in any version. */
static void
test_mark_is_missed (void)
{
  g_auto (Shop) shop;

  set_up (&shop);
  for (guint version = cb_migration_get_latest (); version > 0; version -= MIN (version, 4))
    {
      make_older (&shop, version);
      do_to_database (&shop, "DELETE FROM counter WHERE name = 'audit'");
      check_missed (&shop);
    }
}

static void
test_whole_audit_is_missed (void)
{
  g_auto (Shop) shop;

  set_up (&shop);
  make_older (&shop, cb_migration_get_latest ());
  do_to_database (&shop,
                  "DROP TRIGGER audit_is_append_only_delete; DELETE FROM audit;"
                  "DELETE FROM counter WHERE name = 'audit'");
  check_missed (&shop);
}

/* What was owed to the audit is written before anything else. */
static void
test_owed_reading_covers_nothing (void)
{
  g_auto (Shop) shop;
  g_autoptr (GError) error = NULL;
  gint64 gap = 0;

  set_up (&shop);
  make_older (&shop, cb_migration_get_latest ());
  do_to_database (&shop,
                  "DROP TRIGGER audit_is_append_only_delete;"
                  "DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)");
  open_store (&shop);
  g_assert_true (cb_db_begin (shop.test.book->db, &error));
  g_assert_true (cb_book_audit_reading (shop.test.book, CB_TEST_MORNING_US, "staff",
                                        g_ptr_array_index (shop.customers, 1), "customer.read",
                                        &error));
  g_assert_true (cb_db_commit (shop.test.book->db, &error));
  g_assert_no_error (error);
  g_assert_true (cb_book_find_audit_gap (shop.test.book, &gap, &error));
  g_assert_cmpint (gap, >, 0);
}

/* --- not ours --- */

/* As a file of another program, or of nobody. */
static GBytes *
make_strange (const char *path, guint version, gboolean has_wal)
{
  g_autofree char *mark = g_strdup_printf (
    "PRAGMA journal_mode=%s; CREATE TABLE setting (colour TEXT);"
    "INSERT INTO setting VALUES ('blue'); PRAGMA user_version=%u",
    has_wal ? "WAL" : "DELETE", version);
  sqlite3 *handle = NULL;
  char *bytes;
  gsize length;

  g_assert_cmpint (sqlite3_open (path, &handle), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (handle, mark, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (handle);
  g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
  return g_bytes_new_take (bytes, length);
}

static void
check_untouched (const char *path, GBytes *before)
{
  g_autofree char *bytes = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
  g_assert_cmpmem (bytes, length, g_bytes_get_data (before, NULL), g_bytes_get_size (before));
}

static void
check_not_opened (CbTestBook *test, const char *path, GBytes *before, CbStoreError code)
{
  const CbBookOptions options = { .name = "Another", .keep_unasked_days = -1 };
  g_autoptr (GError) error = NULL;
  g_autoptr (CbBook) book = cb_book_open (test->home, test->state_root, test->clock, &error);
  char *recovery = NULL;

  g_assert_null (book);
  g_assert_error (error, CB_STORE_ERROR, (int) code);
  check_untouched (path, before);
  g_clear_error (&error);
  book = cb_book_create (test->home, test->state_root, test->clock, &options, &recovery, &error);
  g_assert_null (book);
  g_assert_null (recovery);
  g_assert_error (error, CB_STORE_ERROR, (int) code);
  check_untouched (path, before);
}

static void
test_strangers (void)
{
  const guint versions[] = { 0, 1, 7, cb_migration_get_latest () };
  CbTestBook test = { 0 };
  g_autofree char *path = NULL;
  g_autofree char *noise = g_strnfill (8192, 'z');
  g_autoptr (GBytes) text = g_bytes_new (noise, 8192);

  cb_test_book_set_up (&test);
  cb_test_remove_tree (test.home);
  g_assert_cmpint (g_mkdir (test.home, 0700), ==, 0);
  path = g_build_filename (test.home, "counterbook.db", NULL);
  for (guint i = 0; i < 2 * G_N_ELEMENTS (versions); i++)
    {
      g_autoptr (GBytes) before = make_strange (path, versions[i / 2], i % 2 == 1);

      check_not_opened (&test, path, before, CB_STORE_ERROR_NO_STORE);
      g_unlink (path);
    }
  g_assert_true (g_file_set_contents (path, noise, 8192, NULL));
  check_not_opened (&test, path, text, CB_STORE_ERROR_CORRUPT);
  cb_test_book_tear_down (&test);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  cb_data_init ();
  g_test_add_func ("/older-stores/opened/everything-is-there", test_opened);
  g_test_add_func ("/older-stores/put-back/everything-is-there", test_put_back);
  g_test_add_func ("/older-stores/put-back/over-an-older-one", test_put_back_over_an_older_one);
  g_test_add_func ("/older-stores/repaired/everything-is-there", test_repaired);
  g_test_add_func ("/older-stores/audit/no-mark-is-a-gap", test_mark_is_missed);
  g_test_add_func ("/older-stores/audit/no-audit-is-a-gap", test_whole_audit_is_missed);
  g_test_add_func ("/older-stores/audit/what-was-owed-covers-no-gap",
                   test_owed_reading_covers_nothing);
  g_test_add_func ("/older-stores/strangers/are-left-alone", test_strangers);
  return g_test_run ();
}
