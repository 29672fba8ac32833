/* SPDX-License-Identifier: Apache-2.0 */

/* A table that others refer to is made anew (test-migrations has what every step must keep), and
 * nothing that refers to it goes with it: not when all goes well, not when it fails half-way, and
 * not when somebody calls the runner at the wrong moment. */

#define G_LOG_DOMAIN "Counterbook"

#include <string.h>

#include "base/cb-error.h"
#include "cb-test-book.h"
#include "cb-test-schema.h"
#include "db/cb-migration.h"
#include "store/cb-book-private.h"

/* What the last file of the schema has at its end; the linker sends cb-migration.c's question here.
 */
static const char *at_the_end;

GBytes *__real_g_resources_lookup_data (const char *path,
                                        GResourceLookupFlags flags,
                                        GError **error);
GBytes *__wrap_g_resources_lookup_data (const char *path,
                                        GResourceLookupFlags flags,
                                        GError **error);

GBytes *
__wrap_g_resources_lookup_data (const char *path, GResourceLookupFlags flags, GError **error)
{
  g_autoptr (GBytes) bytes = __real_g_resources_lookup_data (path, flags, error);
  char *longer;

  if (bytes == NULL || at_the_end == NULL || strstr (path, "0015-") == NULL)
    return g_steal_pointer (&bytes);
  longer = g_strconcat (g_bytes_get_data (bytes, NULL), at_the_end, NULL);
  return g_bytes_new_take (longer, strlen (longer) + 1);
}

/* --- a store of the version before --- */

#define BEFORE 14

/* As that version wrote them: three that were shown, three answers to two of them, one of before
 * there were cards. */
static const char old_answers[] =
  "INSERT INTO consent_request (id, customer, notice, version, language, medium, staff, shown_us,"
  " outcome) SELECT v.column1, c.id, 'counter', 1, 'en', 'screen', 'staff', v.column2, v.column3"
  " FROM customer AS c JOIN (VALUES ('r1', 11, 'answered'), ('r2', 22, 'deferred'),"
  " ('r3', 33, 'answered')) AS v;"
  "INSERT INTO consent_event (id, request, customer, purpose, channel, state, entity, method, proof,"
  " notice, version, language, receipt, saw, staff, at_us, tz_minutes)"
  " SELECT v.column1, v.column2, c.id, v.column3, '*', v.column4, 'customer', 'tapped', x'0102',"
  " 'counter', 1, 'en', 'receipt', NULL, 'staff', v.column5, 60"
  " FROM customer AS c JOIN (VALUES ('e1', 'r1', 'shop', 'given', 11),"
  " ('e2', 'r2', 'news', 'deferred', 22), ('e3', 'r2', 'shop', 'renewed', 23),"
  " ('e4', NULL, 'asked', 'given', 24)) AS v;";

typedef struct
{
  CbTestBook test;
  CbDb *db;
} World;

static void
set_up (World *world, gconstpointer data)
{
  g_autofree char *customer = NULL;
  g_autoptr (GError) error = NULL;

  cb_test_schema_set_newest (BEFORE);
  cb_test_book_set_up (&world->test);
  customer = cb_test_book_add_customer (&world->test, "Mara", "Testperson", NULL, NULL);
  world->db = cb_book_open_connection (world->test.home, FALSE, world->test.clock, &error);
  g_assert_no_error (error);
  g_assert_true (cb_db_run (world->db, old_answers, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (cb_migration_get_version (world->db), ==, BEFORE);
  cb_test_schema_set_newest (BEFORE + 1);
}

static void
tear_down (World *world, gconstpointer data)
{
  at_the_end = NULL;
  cb_test_schema_set_newest (0);
  if (world->db != NULL)
    cb_db_close (world->db);
  g_clear_object (&world->db);
  cb_test_book_tear_down (&world->test);
}

/* One row a line. */
static char *
read_all (CbDb *db, const char *sql, int n_columns)
{
  g_autoptr (CbStmt) stmt = cb_db_prepare (db, sql);
  g_autoptr (GError) error = NULL;
  GString *text = g_string_new (NULL);

  while (cb_stmt_next (stmt, &error))
    {
      for (int i = 0; i < n_columns; i++)
        g_string_append_printf (text, "%s ",
                                cb_stmt_is_null (stmt, i) ? "-" : cb_stmt_text (stmt, i));
      g_string_append_c (text, '\n');
    }
  g_assert_no_error (error);
  return g_string_free (text, FALSE);
}

static char *
read_answers (CbDb *db)
{
  static const char SQL_EVENTS[] =
    "SELECT seq, id, request, customer, purpose, channel, state, entity, method, hex(proof),"
    " notice, version, language, receipt, saw, staff, at_us, tz_minutes FROM consent_event"
    " ORDER BY seq";

  return read_all (db, SQL_EVENTS, 18);
}

static char *
read_shown (CbDb *db)
{
  static const char SQL_REQUESTS[] =
    "SELECT id, customer, notice, version, language, medium, staff, shown_us, outcome"
    " FROM consent_request ORDER BY id";

  return read_all (db, SQL_REQUESTS, 9);
}

static gint64
ask (CbDb *db, const char *sql)
{
  g_autoptr (CbStmt) stmt = cb_db_prepare (db, sql);

  g_assert_true (cb_stmt_next (stmt, NULL));
  return cb_stmt_int (stmt, 0);
}

static void
assert_references_are_on (CbDb *db)
{
  static const char SQL_KEYS[] = "PRAGMA foreign_keys";

  g_assert_cmpint (ask (db, SQL_KEYS), ==, 1);
}

/* --- what is as before, and what is new --- */

static void
test_answers_survive (World *world, gconstpointer data)
{
  static const char SQL_COUNT_INDEX[] =
    "SELECT count(*) FROM sqlite_schema WHERE tbl_name = 'consent_request' AND sql LIKE 'CREATE INDEX%'";
  static const char SQL_LEFT[] =
    "SELECT count(*) FROM sqlite_schema WHERE sql LIKE '%_anew%'"
    " AND name NOT LIKE 'outbox%'";
  g_autofree char *answers = read_answers (world->db);
  g_autofree char *shown = read_shown (world->db);
  g_autofree char *answers_after = NULL;
  g_autofree char *shown_after = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (cb_migration_run (world->db, &error));
  g_assert_no_error (error);
  answers_after = read_answers (world->db);
  shown_after = read_shown (world->db);
  g_assert_cmpstr (answers_after, ==, answers);
  g_assert_cmpstr (shown_after, ==, shown);
  g_assert_cmpuint (cb_migration_get_version (world->db), ==, BEFORE + 1);
  g_assert_cmpint (ask (world->db, SQL_COUNT_INDEX), ==, 1);
  g_assert_cmpint (ask (world->db, SQL_LEFT), ==, 0);
  assert_references_are_on (world->db);
  g_assert_true (cb_db_check_integrity (world->db, &error));
  g_assert_no_error (error);
}

/* They refer to the table under its name, as before: what was shown takes its answer along. */
static void
test_answers_still_refer (World *world, gconstpointer data)
{
  static const char SQL_PARENT[] =
    "SELECT count(*) FROM pragma_foreign_key_list ('consent_event') WHERE \"table\" ="
    " 'consent_request' AND on_delete = 'CASCADE'";
  static const char SQL_EVENTS[] = "SELECT count(*) FROM consent_event";

  g_assert_true (cb_migration_run (world->db, NULL));
  g_assert_cmpint (ask (world->db, SQL_PARENT), ==, 1);
  g_assert_false (
    cb_db_run (world->db,
               "INSERT INTO consent_event (id, request, customer, purpose, channel, state, entity,"
               " method, version, staff, at_us, tz_minutes) SELECT 'x', 'nothing', id, 'shop', '*',"
               " 'refused', 'customer', 'tapped', 1, 's', 1, 0 FROM customer",
               NULL));
  g_assert_true (cb_db_run (world->db, "DELETE FROM consent_request WHERE id = 'r2'", NULL));
  g_assert_cmpint (ask (world->db, SQL_EVENTS), ==, 2);
}

/* --- what goes wrong --- */

static void
assert_as_before (World *world, CbStoreError code)
{
  g_autofree char *answers = read_answers (world->db);
  g_autofree char *shown = read_shown (world->db);
  g_autofree char *answers_after = NULL;
  g_autofree char *shown_after = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (cb_migration_run (world->db, &error));
  g_assert_error (error, CB_STORE_ERROR, (int) code);
  g_clear_error (&error);
  g_assert_cmpuint (cb_migration_get_version (world->db), ==, BEFORE);
  answers_after = read_answers (world->db);
  shown_after = read_shown (world->db);
  g_assert_cmpstr (answers_after, ==, answers);
  g_assert_cmpstr (shown_after, ==, shown);
  assert_references_are_on (world->db);
  /* And once nothing is wrong any more it goes through. */
  at_the_end = NULL;
  if (cb_db_is_in_transaction (world->db))
    cb_db_rollback (world->db);
  g_assert_true (cb_migration_run (world->db, &error));
  g_assert_no_error (error);
}

static void
test_fails_at_its_end (World *world, gconstpointer data)
{
  at_the_end = "INSERT INTO no_such_table VALUES (1);";
  assert_as_before (world, CB_STORE_ERROR_FAILED);
}

static void
test_leaves_references_to_nothing (World *world, gconstpointer data)
{
  at_the_end = "DELETE FROM consent_request WHERE id = 'r1';";
  assert_as_before (world, CB_STORE_ERROR_CORRUPT);
}

/* There the pragma does nothing, and the table that is dropped would take the answers along. */
static void
test_inside_a_transaction (World *world, gconstpointer data)
{
  g_assert_true (cb_db_begin (world->db, NULL));
  assert_as_before (world, CB_STORE_ERROR_FAILED);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, test) g_test_add (path, World, NULL, set_up, test, tear_down)
  ADD ("/rebuilt/answers-survive-a-table-that-is-made-anew", test_answers_survive);
  ADD ("/rebuilt/answers-still-refer-to-what-was-shown", test_answers_still_refer);
  ADD ("/rebuilt/what-fails-at-its-end-is-as-before", test_fails_at_its_end);
  ADD ("/rebuilt/what-leaves-references-to-nothing-is-taken-back",
       test_leaves_references_to_nothing);
  ADD ("/rebuilt/not-where-references-stay-on", test_inside_a_transaction);
#undef ADD

  return g_test_run ();
}
