/* SPDX-License-Identifier: Apache-2.0 */

/* Every step from one version of the schema to the next, over the rows of fixtures/schema. What a
 * step does to rows of before stands in NNNN-KIND-after.sql; whatever is not named there is as it
 * was, row for row, and nobody's verdict is another. A step that fails leaves the version before it
 * whole. */

#define G_LOG_DOMAIN "Counterbook"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "base/cb-error.h"
#include "base/cb-files.h"
#include "cb-disk.h"
#include "cb-test-book.h"
#include "cb-test-schema.h"
#include "db/cb-migration.h"
#include "store/cb-book-private.h"
#include "store/cb-data.h"

#define HOME CB_DISK_ROOT "/home"

/* Of a short run one call to the disk in so many. */
#define STRIDE                                                                                     \
  (g_getenv ("CB_TEST_SANITIZED") != NULL ? 41 : g_getenv ("CB_TEST_LONG") != NULL ? 1 : 11)

static const char *const kinds[] = { "empty", "typical", "ugly" };

static CbClock *the_clock;
static guint latest;

/* --- a database on a disk of its own --- */

static CbDb *
open_database (void)
{
  g_autoptr (GError) error = NULL;
  CbDb *db;

  g_assert_true (cb_files_ensure_directory (HOME, &error));
  db = cb_book_open_connection (HOME, TRUE, the_clock, &error);
  g_assert_no_error (error);
  return db;
}

static CbDisk *
mount_new (void)
{
  CbDisk *disk = cb_disk_new (CB_DISK_EXT4);

  cb_disk_mount (disk);
  return disk;
}

static void
unmount (CbDisk *disk)
{
  cb_disk_mount (NULL);
  cb_disk_free (disk);
}

static void
migrate_to (CbDb *db, guint version)
{
  g_autoptr (GError) error = NULL;

  cb_test_schema_set_newest (version);
  cb_migration_run (db, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (cb_migration_get_version (db), ==, version);
  cb_test_schema_set_newest (0);
}

/* As a terminal of that version had it, with the rows of its own time and of all before it. */
static CbDb *
make_version (guint version, const char *kind)
{
  CbDb *db = open_database ();

  migrate_to (db, version);
  for (guint i = 1; i <= version; i++)
    cb_test_schema_load (db, i, kind);
  return db;
}

static char *
dup_fresh_statements (guint version)
{
  CbDisk *present = cb_disk_get_mounted ();
  CbDisk *disk = mount_new ();
  g_autoptr (CbDb) db = open_database ();
  char *statements;

  migrate_to (db, version);
  statements = cb_test_schema_dup_statements (db);
  cb_db_close (db);
  cb_disk_mount (present);
  cb_disk_free (disk);
  return statements;
}

static void
check_whole (CbDb *db, guint version)
{
  g_autofree char *fresh = dup_fresh_statements (version);
  g_autofree char *statements = cb_test_schema_dup_statements (db);
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (statements, ==, fresh);
  cb_db_check_integrity (db, &error); /* references are looked at as well */
  g_assert_no_error (error);
  g_assert_true (cb_db_run (db, "PRAGMA foreign_keys=ON", NULL));
}

/* --- what a step does --- */

static void
complain (guint version, const char *kind, const char *table, const char *what)
{
  g_test_message ("step %04u, %s, %s: %s", version, kind, table, what);
  g_test_fail ();
}

/* Without rows there is the line of columns alone. */
static gboolean
is_empty (const char *dump)
{
  const char *end = strchr (dump, '\n');

  return end == NULL || end[1] == '\0';
}

static GHashTable *
read_after (CbDb *db, guint version, const char *kind)
{
  g_autofree char *which = g_strconcat (kind, "-after", NULL);
  g_autofree char *text = cb_test_schema_read (version, which);

  return cb_test_schema_dump_text (db, text != NULL ? text : "");
}

static void
check_untouched (GHashTable *before,
                 GHashTable *now,
                 GHashTable *after,
                 guint version,
                 const char *kind)
{
  GHashTableIter iter;
  gpointer table;
  gpointer dump;

  g_hash_table_iter_init (&iter, now);
  while (g_hash_table_iter_next (&iter, &table, &dump))
    {
      const char *was = g_hash_table_lookup (before, table);

      if (g_hash_table_contains (after, table))
        continue;
      if (was == NULL && !is_empty (dump))
        complain (version, kind, table, "is new and not empty; after.sql says nothing of it");
      else if (was != NULL && !g_str_equal (was, dump) && !(is_empty (was) && is_empty (dump)))
        complain (version, kind, table, "is not as it was; after.sql says nothing of it");
    }
  g_hash_table_iter_init (&iter, before);
  while (g_hash_table_iter_next (&iter, &table, &dump))
    {
      if (!g_hash_table_contains (now, table))
        complain (version, kind, table, "is gone");
    }
}

static void
check_touched (CbDb *db, GHashTable *after, guint version, const char *kind)
{
  g_autoptr (GHashTable) now = cb_test_schema_dump (db, FALSE);
  GHashTableIter iter;
  gpointer table;
  gpointer expected;

  g_hash_table_iter_init (&iter, after);
  while (g_hash_table_iter_next (&iter, &table, &expected))
    {
      if (g_strcmp0 (g_hash_table_lookup (now, table), expected) != 0)
        complain (version, kind, table, "is not as after.sql says");
    }
}

static void
check_step (CbDb *db, guint version, const char *kind)
{
  g_autoptr (GHashTable) before = cb_test_schema_dump (db, TRUE);
  g_autoptr (GHashTable) now = NULL;
  g_autoptr (GHashTable) after = NULL;

  migrate_to (db, version);
  now = cb_test_schema_dump (db, TRUE);
  after = read_after (db, version, kind);
  check_untouched (before, now, after, version, kind);
  check_touched (db, after, version, kind);
  check_whole (db, version);
}

/* A store that lived through all versions, and got what each could keep. */
static void
test_chain (gconstpointer data)
{
  const char *kind = data;
  CbDisk *disk = mount_new ();
  g_autoptr (CbDb) db = open_database ();

  for (guint version = 1; version <= latest; version++)
    {
      if (version > 1)
        check_step (db, version, kind);
      else
        migrate_to (db, version);
      if (!cb_test_schema_load (db, version, kind) && !g_str_equal (kind, "empty"))
        complain (version, kind, "fixtures/schema", "has no rows of it");
    }
  check_whole (db, latest);
  cb_db_close (db);
  unmount (disk);
}

/* What no later step names is as it was at the end of all of them. */
static void
check_to_the_newest (CbDb *db, guint version, const char *kind)
{
  g_autoptr (GHashTable) before = cb_test_schema_dump (db, TRUE);
  g_autoptr (GHashTable) now = NULL;
  g_autoptr (GHashTable) named = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  migrate_to (db, latest);
  now = cb_test_schema_dump (db, TRUE);
  for (guint later = version + 1; later <= latest; later++)
    {
      g_autoptr (GHashTable) after = read_after (db, later, kind);
      GHashTableIter iter;
      gpointer table;

      g_hash_table_iter_init (&iter, after);
      while (g_hash_table_iter_next (&iter, &table, NULL))
        g_hash_table_add (named, g_strdup (table));
    }
  check_untouched (before, now, named, latest, kind);
  check_whole (db, latest);
}

/* A store that began with a version, and one that had it when the newest came. */
static void
test_each_version (gconstpointer data)
{
  const char *kind = data;

  for (guint version = 1; version < latest; version++)
    {
      CbDisk *disk = mount_new ();
      g_autoptr (CbDb) db = make_version (version, kind);

      check_step (db, version + 1, kind);
      check_to_the_newest (db, version + 1, kind);
      cb_db_close (db);
      unmount (disk);
    }
}

/* --- what the fixtures have --- */

static gint64 ask (CbDb *db, const char *format, ...) G_GNUC_PRINTF (2, 3);

static gint64
ask (CbDb *db, const char *format, ...)
{
  g_autofree char *sql = NULL;
  sqlite3_stmt *stmt = NULL;
  gint64 number;
  va_list arguments;

  va_start (arguments, format);
  sql = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_assert_cmpint (sqlite3_prepare_v2 (cb_db_get_handle (db), sql, -1, &stmt, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (stmt), ==, SQLITE_ROW);
  number = sqlite3_column_int64 (stmt, 0);
  sqlite3_finalize (stmt);
  return number;
}

/* Calls back with each table and column of the newest version. */
static void
walk_columns (CbDb *db,
              void (*look) (CbDb *db, const char *table, const char *column, gboolean may_be_null))
{
  static const char SQL_LIST_COLUMNS[] =
    "SELECT t.name, c.name, c.\"notnull\" = 0 AND c.pk = 0 FROM sqlite_schema AS t,"
    " pragma_table_info (t.name) AS c"
    " WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'";
  g_autoptr (CbStmt) rows = cb_db_prepare (db, SQL_LIST_COLUMNS);

  while (cb_stmt_next (rows, NULL))
    look (db, cb_stmt_text (rows, 0), cb_stmt_text (rows, 1), cb_stmt_int (rows, 2) != 0);
}

static void
look_for_rows (CbDb *db, const char *table, const char *column, gboolean may_be_null)
{
  if (ask (db, "SELECT count(*) FROM \"%s\" WHERE \"%s\" IS NOT NULL", table, column) == 0)
    complain (latest, column, table, "no fixture has a value for it");
}

static void
look_for_nulls (CbDb *db, const char *table, const char *column, gboolean may_be_null)
{
  look_for_rows (db, table, column, may_be_null);
  if (may_be_null &&
      ask (db, "SELECT count(*) FROM \"%s\" WHERE \"%s\" IS NULL", table, column) == 0)
    complain (latest, column, table, "no ugly fixture leaves it empty");
}

static void
test_fixtures (void)
{
  for (guint i = 1; i < G_N_ELEMENTS (kinds); i++)
    {
      CbDisk *disk = mount_new ();
      g_autoptr (CbDb) db = make_version (latest, kinds[i]);

      walk_columns (db, g_str_equal (kinds[i], "ugly") ? look_for_nulls : look_for_rows);
      cb_db_close (db);
      unmount (disk);
    }
}

/* --- a step that fails --- */

typedef struct
{
  CbDisk *base; /* at `version`, closed */
  guint version;
  char *before;
  char *after;
  guint n_trials;
  guint n_before; /* ended at the version before */
  guint n_after;
} Trial;

static char *
look_at (CbDisk *disk)
{
  g_autoptr (CbDb) db = NULL;
  char *all;

  cb_disk_mount (disk);
  db = open_database ();
  all = cb_test_schema_dup_all (db);
  cb_db_close (db);
  return all;
}

/* One or the other, whole; and the next time it is the other. */
static void
check_after_failing (Trial *trial, CbDisk *disk, gboolean done)
{
  g_autofree char *all = look_at (disk);
  gboolean is_before = g_str_equal (all, trial->before);
  g_autoptr (CbDb) db = NULL;
  g_autofree char *again = NULL;

  g_assert_true (is_before || g_str_equal (all, trial->after));
  g_assert_false (done && is_before);
  trial->n_before += is_before;
  trial->n_after += !is_before;
  db = open_database ();
  migrate_to (db, trial->version + 1);
  again = cb_test_schema_dup_all (db);
  g_assert_cmpstr (again, ==, trial->after);
  check_whole (db, trial->version + 1);
  cb_db_close (db);
}

static gboolean
is_clear (const GError *error)
{
  return error != NULL && error->domain == CB_STORE_ERROR &&
         (error->code == CB_STORE_ERROR_IO || error->code == CB_STORE_ERROR_FULL) &&
         strstr (error->message, "SELECT") == NULL;
}

/* FALSE: it has no call of that number. With `power_goes` the machine does not live on. */
static gboolean
fail_at (Trial *trial, CbDiskTrouble trouble, guint number, gboolean lasting, gboolean power_goes)
{
  CbDisk *disk = cb_disk_copy (trial->base, CB_DISK_EXT4);
  g_autoptr (CbDb) db = NULL;
  g_autoptr (GError) error = NULL;
  CbDisk *cut = NULL;
  gboolean has_failed;
  gboolean done;

  cb_disk_mount (disk);
  db = open_database ();
  cb_disk_fail_at (disk, trouble, number, lasting);
  cb_test_schema_set_newest (trial->version + 1);
  done = cb_migration_run (db, &error);
  cb_test_schema_set_newest (0);
  has_failed = cb_disk_has_failed (disk);
  g_assert_true (done || is_clear (error));
  g_assert_cmpint (ask (db, "PRAGMA foreign_keys"), ==, 1);
  g_assert_false (cb_db_is_in_transaction (db));
  if (power_goes)
    cut = cb_disk_cut (disk, number);
  cb_disk_fail_at (disk, trouble, 0, FALSE);
  cb_db_close (db);
  if (has_failed)
    {
      trial->n_trials++;
      check_after_failing (trial, cut != NULL ? cut : disk, done && cut == NULL);
    }
  cb_disk_mount (NULL);
  cb_disk_free (disk);
  g_clear_pointer (&cut, cb_disk_free);
  return has_failed;
}

static void
fail_everywhere (Trial *trial)
{
  static const CbDiskTrouble troubles[] = { CB_DISK_EIO, CB_DISK_ENOSPC };

  for (guint way = 0; way < 8; way++)
    {
      for (guint number = 1 + way % STRIDE;
           fail_at (trial, troubles[way & 1], number, (way & 2) != 0, (way & 4) != 0);)
        number += STRIDE;
    }
}

static void
test_failing (void)
{
  guint n_trials = 0;
  guint n_after = 0;

  for (guint version = 1; version < latest; version++)
    {
      Trial trial = { .version = version };
      CbDisk *disk = mount_new ();
      g_autoptr (CbDb) db = make_version (version, "typical");

      trial.before = cb_test_schema_dup_all (db);
      cb_db_checkpoint (db, TRUE, NULL);
      cb_db_close (db);
      trial.base = cb_disk_copy (disk, CB_DISK_EXT4);
      g_clear_object (&db);
      db = open_database ();
      migrate_to (db, version + 1);
      trial.after = cb_test_schema_dup_all (db);
      cb_db_close (db);
      unmount (disk);
      fail_everywhere (&trial);
      g_assert_cmpuint (trial.n_before, >, 0);
      n_trials += trial.n_trials;
      n_after += trial.n_after;
      cb_disk_free (trial.base);
      g_free (trial.before);
      g_free (trial.after);
    }
  g_test_message ("%u failures of a step, %u of them behind its end", n_trials, n_after);
  g_assert_cmpuint (n_trials, >, 100);
}

/* --- what is not for the runner --- */

static void
test_newer (void)
{
  CbDisk *disk = mount_new ();
  g_autoptr (CbDb) db = make_version (latest, "typical");
  g_autofree char *mark = g_strdup_printf ("PRAGMA user_version=%u", latest + 1);
  g_autoptr (GError) error = NULL;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  gint64 changes;

  g_assert_true (cb_db_run (db, mark, NULL));
  before = cb_test_schema_dup_all (db);
  changes = ask (db, "SELECT total_changes ()");
  g_assert_false (cb_migration_run (db, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_TOO_NEW);
  after = cb_test_schema_dup_all (db);
  g_assert_cmpstr (after, ==, before);
  g_assert_cmpint (ask (db, "SELECT total_changes ()"), ==, changes);
  cb_db_close (db);
  unmount (disk);
}

/* Of another program, whatever version it says it has. */
static void
test_stranger (void)
{
  const guint versions[] = { 0, 1, 3, latest - 1, latest };

  for (guint i = 0; i < G_N_ELEMENTS (versions); i++)
    {
      CbDisk *disk = mount_new ();
      g_autoptr (CbDb) db = open_database ();
      g_autofree char *mark = g_strdup_printf ("PRAGMA user_version=%u", versions[i]);
      g_autoptr (GError) error = NULL;
      g_autofree char *before = NULL;
      g_autofree char *after = NULL;

      g_assert_true (cb_db_run (db,
                                "CREATE TABLE setting (name TEXT, of INTEGER);"
                                "INSERT INTO setting VALUES ('colour', 7)",
                                NULL));
      g_assert_true (cb_db_run (db, mark, NULL));
      before = cb_test_schema_dup_all (db);
      g_assert_false (cb_migration_run (db, &error));
      g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_NO_STORE);
      after = cb_test_schema_dup_all (db);
      g_assert_cmpstr (after, ==, before);
      cb_db_close (db);
      unmount (disk);
    }
}

/* --- what holds whatever way a store came here --- */

static void
check_refused (CbDb *db, const char *sql)
{
  g_autoptr (GError) error = NULL;

  cb_db_run (db, sql, &error);
  if (error == NULL)
    g_test_message ("was done: %s", sql);
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID);
}

static void
test_append_only (void)
{
  CbDisk *disk = mount_new ();
  g_autoptr (CbDb) db = make_version (1, "typical");

  migrate_to (db, latest);
  cb_test_schema_load (db, 13, "typical");
  check_refused (db, "UPDATE consent_event SET state = 'given' WHERE seq = 4");
  check_refused (db, "UPDATE audit SET code = 'x' WHERE seq = 2");
  check_refused (db, "DELETE FROM audit WHERE seq = 2");
  check_refused (db, "UPDATE consent_condition SET body = x'00' WHERE seq = 1");
  cb_db_close (db);
  unmount (disk);
}

static guint n_forgotten;

static void
look_for_gone (CbDb *db, const char *table, const char *column, gboolean may_be_null)
{
  static const char *const outlive[] = { "outbox", "tombstone", "audit", "copy", NULL };

  if (!g_str_equal (column, "customer") || g_strv_contains (outlive, table))
    return;
  n_forgotten++;
  if (ask (db, "SELECT count(*) FROM \"%s\" WHERE customer IS NOT NULL", table) > 0)
    complain (latest, column, table, "is not erased with its customer");
}

/* References were off while the steps ran. */
static void
test_erased_with_their_customer (gconstpointer data)
{
  CbDisk *disk = mount_new ();
  g_autoptr (CbDb) db = open_database ();
  g_autoptr (GError) error = NULL;

  for (guint version = 1; version <= latest; version++)
    {
      migrate_to (db, version);
      cb_test_schema_load (db, version, data);
    }
  g_assert_true (cb_db_run (db, "DELETE FROM customer", &error));
  n_forgotten = 0;
  walk_columns (db, look_for_gone);
  g_assert_cmpuint (n_forgotten, >, 15);
  check_whole (db, latest);
  cb_db_close (db);
  unmount (disk);
}

int
main (int argc, char *argv[])
{
  int code;

  g_test_init (&argc, &argv, NULL);
  cb_data_init ();
  latest = cb_migration_get_latest ();
  the_clock = cb_clock_new_manual (CB_TEST_MORNING_US);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autofree char *chain = g_strdup_printf ("/migrations/%s/through-all-versions", kinds[i]);
      g_autofree char *each = g_strdup_printf ("/migrations/%s/from-each-version", kinds[i]);

      g_test_add_data_func (chain, kinds[i], test_chain);
      g_test_add_data_func (each, kinds[i], test_each_version);
    }
  g_test_add_func ("/migrations/fixtures/leave-nothing-out", test_fixtures);
  g_test_add_func ("/migrations/failing/leaves-a-whole-version", test_failing);
  g_test_add_func ("/migrations/newer/is-left-alone", test_newer);
  g_test_add_func ("/migrations/stranger/is-left-alone", test_stranger);
  g_test_add_func ("/migrations/append-only/holds", test_append_only);
  g_test_add_data_func ("/migrations/erased/with-their-customer", "typical",
                        test_erased_with_their_customer);
  g_test_add_data_func ("/migrations/erased/with-their-ugly-customer", "ugly",
                        test_erased_with_their_customer);
  code = g_test_run ();
  g_object_unref (the_clock);
  return code;
}
