/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "base/cb-error.h"
#include "base/cb-id.h"
#include "base/cb-json.h"
#include "support/cb-service-fixture.h"
#include "support/cb-test-ops.h"
#include "support/cb-test-pg.h"
#include "support/cb-test-service.h"
#include "support/cb-test-terminal.h"

#include <glib/gstdio.h>
#include <libpq-fe.h>
#include <string.h>
#include <sys/wait.h>

#define N_NOTES 50
#define TRIES 3000

/* --- a connection beside the service --- */

typedef PGconn Beside;

static Beside *
beside_new (const char *address)
{
  Beside *beside = PQconnectdb (address);

  g_assert_cmpint (PQstatus (beside), ==, CONNECTION_OK);
  return beside;
}

static void
beside_run (Beside *beside, const char *sql)
{
  PGresult *result = PQexec (beside, sql);

  g_assert_cmpint (PQresultStatus (result), <=, PGRES_TUPLES_OK);
  PQclear (result);
}

static void
until (const char *address, const char *sql, gint64 wanted)
{
  for (guint i = 0; i < TRIES; i++)
    {
      if (cb_test_pg_ask (address, sql) == wanted)
        return;
      g_usleep (10000);
    }
  g_assert_cmpint (cb_test_pg_ask (address, sql), ==, wanted);
}

static const char SQL_WAITING[] =
  "SELECT count (*) FROM pg_stat_activity WHERE datname = current_database ()"
  " AND application_name = 'counterbook-profiled' AND wait_event_type = 'Lock'";

/* --- a service, a terminal and what it says --- */

typedef struct
{
  CbServiceFixture *service;
  CbTestTerminal *terminal;
  char *customer;
  char *grant;
  GPtrArray *lines; /* to push */
  CbAckList *list;  /* the answer */
  GPtrArray *kept;  /* ids of notes that were acknowledged */
  int is_over;
} World;

static World
world_new (void)
{
  World world = { .service = cb_service_fixture_new (),
                  .customer = cb_id_new (),
                  .grant = cb_id_new (),
                  .kept = g_ptr_array_new_with_free_func (g_free) };
  g_autofree char *code = cb_service_fixture_enrol (world.service, "Port Halden");
  g_autofree char *yes = cb_test_grant (world.grant, world.customer, "shop", "*", "tapped", NULL);

  world.terminal = cb_test_terminal_new (cb_service_fixture_get_url (world.service));
  g_assert_cmpuint (cb_test_terminal_enrol (world.terminal, code), ==, 200);
  g_assert_cmpuint (cb_test_terminal_fetch_token (world.terminal), ==, 200);
  g_assert_cmpint (cb_test_terminal_push_one (world.terminal, yes), ==, CB_ACK_APPLIED);
  return world;
}

static void
world_clear (World *world)
{
  g_assert_cmpint (cb_service_fixture_run (world->service, NULL, "check", NULL), ==, 0);
  cb_test_terminal_free (world->terminal);
  cb_service_fixture_free (world->service);
  g_clear_pointer (&world->lines, g_ptr_array_unref);
  g_clear_pointer (&world->list, cb_ack_list_free);
  g_ptr_array_unref (world->kept);
  g_free (world->customer);
  g_free (world->grant);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (World, world_clear)

static void
prepare_notes (World *world, guint n_notes, GPtrArray *ids)
{
  g_clear_pointer (&world->lines, g_ptr_array_unref);
  world->lines = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < n_notes; i++)
    {
      char *id = cb_id_new ();
      const CbTestPut put = { .customer = world->customer,
                              .scope = "store",
                              .purpose = "shop",
                              .grant = world->grant,
                              .text = "said at the counter" };

      g_ptr_array_add (world->lines, cb_test_note (id, &put));
      g_ptr_array_add (ids, id);
    }
}

static void
push (World *world)
{
  g_clear_pointer (&world->list, cb_ack_list_free);
  world->list = cb_test_terminal_push (world->terminal, world->lines);
}

static gpointer
push_in_thread (gpointer data)
{
  push (data);
  return NULL;
}

static guint
count_answers (World *world, CbAckState state)
{
  guint count = 0;

  g_assert_nonnull (world->list);
  g_assert_true (world->list->is_complete);
  for (guint i = 0; i < world->list->acks->len; i++)
    count += ((CbAck *) world->list->acks->pdata[i])->state == state;
  return count;
}

static void
assert_is_put_off (World *world)
{
  g_assert_null (world->list);
  g_assert_nonnull (cb_test_terminal_get_reply_header (world->terminal, "Retry-After"));
  g_assert_nonnull (strstr (cb_test_terminal_get_reply (world->terminal), "busy"));
}

/* --- what goes wrong in the middle --- */

/* The connection ends while the batch waits for the counter: nothing of it stays, the terminal
 * hears that it may come again, and then it is applied once. */
static void
test_terminated_in_mid_batch (void)
{
  g_auto (World) world = world_new ();
  const char *address = cb_service_fixture_get_option (world.service);
  Beside *beside = beside_new (address);
  GThread *thread = NULL;

  prepare_notes (&world, N_NOTES, world.kept);
  beside_run (beside, "BEGIN; SELECT head FROM counterbook.counter FOR UPDATE");
  thread = g_thread_new ("push", push_in_thread, &world);
  until (address, SQL_WAITING, 1);
  cb_test_pg_end_connections (address);
  g_thread_join (thread);
  PQfinish (beside);

  assert_is_put_off (&world);
  g_assert_cmpint (cb_test_pg_ask (address, "SELECT count (*) FROM counterbook.record"), ==, 0);
  push (&world);
  g_assert_cmpuint (count_answers (&world, CB_ACK_APPLIED), ==, N_NOTES);
  push (&world);
  g_assert_cmpuint (count_answers (&world, CB_ACK_DUPLICATE), ==, N_NOTES);
  g_assert_cmpint (cb_test_pg_ask (address, "SELECT count (*) FROM counterbook.record"), ==,
                   N_NOTES);
}

/* Ended while nothing was asked: nobody notices. */
static void
test_idle_connection_is_made_anew (void)
{
  g_auto (World) world = world_new ();
  const char *address = cb_service_fixture_get_option (world.service);

  prepare_notes (&world, 1, world.kept);
  cb_test_pg_end_connections (address);
  push (&world);
  g_assert_cmpuint (count_answers (&world, CB_ACK_APPLIED), ==, 1);
}

/* Whoever holds the counter for long holds nobody up for longer than a few seconds. */
static void
test_lock_is_not_waited_for (void)
{
  g_auto (World) world = world_new ();
  Beside *beside = beside_new (cb_service_fixture_get_option (world.service));

  prepare_notes (&world, 1, world.kept);
  beside_run (beside, "BEGIN; SELECT head FROM counterbook.counter FOR UPDATE");
  push (&world);
  assert_is_put_off (&world);
  PQfinish (beside);
  push (&world);
  g_assert_cmpuint (count_answers (&world, CB_ACK_APPLIED), ==, 1);
}

/* --- when the server goes --- */

static gpointer
push_until_over (gpointer data)
{
  World *world = data;
  g_autoptr (GPtrArray) ids = NULL;

  while (!g_atomic_int_get (&world->is_over))
    {
      if (ids == NULL)
        {
          ids = g_ptr_array_new ();
          prepare_notes (world, 20, ids);
        }
      push (world);
      if (world->list == NULL)
        {
          g_usleep (20000);
          continue;
        }
      g_assert_true (world->list->is_complete);
      for (guint i = 0; i < ids->len; i++)
        g_ptr_array_add (world->kept, ids->pdata[i]);
      g_clear_pointer (&ids, g_ptr_array_unref);
    }
  for (guint i = 0; ids != NULL && i < ids->len; i++)
    g_free (ids->pdata[i]);
  return NULL;
}

static guint
count_kept (World *world)
{
  g_autoptr (GPtrArray) rows = cb_service_fixture_dump (world->service);
  g_autoptr (GHashTable) found = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint n_kept = 0;

  for (guint i = 0; i < rows->len; i++)
    {
      g_autoptr (JsonObject) row =
        cb_json_parse (rows->pdata[i], strlen (rows->pdata[i]), 1 << 20, NULL);

      g_assert_true (g_hash_table_add (found, g_strdup (cb_json_get_string (row, "id"))));
    }
  for (guint i = 0; i < world->kept->len; i++)
    n_kept += g_hash_table_contains (found, world->kept->pdata[i]);
  return n_kept;
}

/* As if the power went, in the middle of it all: what was acknowledged is there, once. */
static void
test_power_goes_under_load (void)
{
  g_auto (World) world = world_new ();
  const char *address = cb_service_fixture_get_option (world.service);
  GThread *thread = g_thread_new ("load", push_until_over, &world);

  for (guint i = 0; i < 2; i++)
    {
      gint64 before = 0;

      g_usleep (100000);
      cb_test_pg_control ("--stop");
      cb_test_pg_control ("--start");
      before = cb_test_pg_ask (address, "SELECT head FROM counterbook.counter");
      for (guint k = 0; k < TRIES; k++)
        {
          if (cb_test_pg_ask (address, "SELECT head FROM counterbook.counter") > before)
            break;
          g_usleep (10000);
        }
      g_assert_cmpint (cb_test_pg_ask (address, "SELECT head FROM counterbook.counter"), >, before);
    }
  g_atomic_int_set (&world.is_over, TRUE);
  g_thread_join (thread);
  g_assert_cmpuint (world.kept->len, >, 0);
  g_assert_cmpuint (count_kept (&world), ==, world.kept->len);
  g_test_message ("%u notes acknowledged, all there", world.kept->len);
}

static guint
ask_health (World *world)
{
  return cb_test_terminal_request (world->terminal, "GET", "/v1/health", NULL, NULL);
}

static void
test_health_knows_the_database (void)
{
  g_auto (World) world = world_new ();

  g_assert_cmpuint (ask_health (&world), ==, 200);
  cb_test_pg_control ("--stop");
  g_assert_cmpuint (ask_health (&world), ==, 503);
  g_assert_nonnull (cb_test_terminal_get_reply_header (world.terminal, "Retry-After"));
  cb_test_pg_control ("--start");
  for (guint i = 0; i < TRIES && ask_health (&world) != 200; i++)
    g_usleep (10000);
  g_assert_cmpuint (ask_health (&world), ==, 200);
}

static gboolean
metrics_have (World *world, const char *line)
{
  g_assert_cmpuint (cb_test_terminal_request (world->terminal, "GET", "/metrics", NULL, NULL), ==,
                    200);
  return strstr (cb_test_terminal_get_reply (world->terminal), line) != NULL;
}

/* Whoever watches the service hears that its database is away from the service itself. */
static void
test_metrics_know_the_database (void)
{
  g_auto (World) world = world_new ();

  g_assert_true (metrics_have (&world, "\ncounterbook_database_up 1\n"));
  cb_test_pg_control ("--stop");
  g_assert_true (metrics_have (&world, "\ncounterbook_database_up 0\n"));
  g_assert_false (metrics_have (&world, "counterbook_terminals"));
  cb_test_pg_control ("--start");
  for (guint i = 0; i < TRIES && !metrics_have (&world, "\ncounterbook_database_up 1\n"); i++)
    g_usleep (10000);
  g_assert_true (metrics_have (&world, "counterbook_terminals{state=\"in use\"} 1\n"));
}

/* --- fail-over --- */

static CbTestService *
open_at (const char *hosts, const char *address)
{
  CbTestService *book = cb_test_service_new ();
  const char *name = strstr (address, " dbname=");

  g_clear_pointer (&book->service, cb_service_free);
  cb_place_clear (&book->place);
  book->place.address = g_strdup_printf ("host=%s user=counterbook%s", hosts, name);
  book->place.path = g_build_filename (book->directory, "other", NULL);
  cb_test_service_reopen (book);
  return book;
}

/* Of several hosts the one that takes writes is found: past one that is not there, and past one
 * that only reads. */
static void
test_host_that_writes_is_found (void)
{
  g_autofree char *address = cb_test_pg_new_address ();
  const char *host = strchr (address, '=') + 1;
  const char *standby = strchr (g_getenv ("CB_TEST_PG_STANDBY"), '=') + 1;
  g_autofree char *hosts = NULL;
  g_autofree char *writable = NULL;
  g_autofree char *sql = NULL;
  g_autoptr (CbTestService) book = NULL;

  cb_test_pg_control ("--start-standby");
  writable = g_strconcat (g_getenv ("CB_TEST_PG_STANDBY"),
                          " dbname=postgres options='-c default_transaction_read_only=off'", NULL);
  sql = g_strconcat ("CREATE DATABASE ", strrchr (address, (int) '=') + 1, NULL);
  cb_test_pg_run (writable, sql);
  hosts = g_strdup_printf ("/nowhere,%.*s,%.*s", (int) strcspn (standby, " "), standby,
                           (int) strcspn (host, " "), host);
  book = open_at (hosts, address);
  cb_test_service_expect (
    book, cb_test_grant (NULL, book->terminal.id, "shop", "*", "tapped", NULL), "applied");
  cb_test_pg_control ("--stop-standby");
  g_assert_cmpint (cb_test_pg_ask (address, "SELECT head FROM counterbook.counter"), ==, 1);
}

/* One that stops taking writes is left, not asked again and again. */
static void
test_host_that_no_longer_writes_is_left (void)
{
  g_auto (World) world = world_new ();
  const char *address = cb_service_fixture_get_option (world.service);
  g_autofree char *writable =
    g_strconcat (address, " options='-c default_transaction_read_only=off'", NULL);

  prepare_notes (&world, 1, world.kept);
  cb_test_pg_run (address, "ALTER SYSTEM SET default_transaction_read_only = on");
  cb_test_pg_run (address, "SELECT pg_reload_conf ()");
  until (address,
         "SELECT count (*) FROM pg_settings"
         " WHERE name = 'default_transaction_read_only' AND setting = 'on'",
         1);
  push (&world);
  assert_is_put_off (&world);
  cb_test_pg_run (writable, "ALTER SYSTEM RESET default_transaction_read_only");
  cb_test_pg_run (address, "SELECT pg_reload_conf ()");
  for (guint i = 0; i < TRIES && world.list == NULL; i++)
    {
      push (&world);
      g_usleep (10000);
    }
  g_assert_cmpuint (count_answers (&world, CB_ACK_APPLIED), ==, 1);
}

/* --- opening --- */

static GPid
start_enrol (const char *address, const char *state)
{
  const char *argv[] = { g_getenv ("CB_TEST_PROFILED"),
                         "--database",
                         address,
                         "--state",
                         state,
                         "enrol",
                         "--store",
                         "Port Halden",
                         NULL };
  GPid pid = 0;

  g_assert_true (g_spawn_async (NULL, (char **) argv, NULL,
                                G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL,
                                &pid, NULL));
  return pid;
}

/* Of two that start at the same time on an empty database one makes the tables, and both have the
 * same history. */
static void
test_migrations_run_once (void)
{
  g_autoptr (CbTestService) book = cb_test_service_new ();
  g_autofree char *mine = g_build_filename (book->directory, "profiles.epoch", NULL);

  for (guint round = 0; round < 3; round++)
    {
      g_autofree char *address = cb_test_pg_new_address ();
      GPid pids[4];
      int status = 0;

      g_assert_cmpint (g_remove (mine), ==, 0);
      for (guint i = 0; i < G_N_ELEMENTS (pids); i++)
        pids[i] = start_enrol (address, book->directory);
      for (guint i = 0; i < G_N_ELEMENTS (pids); i++)
        {
          g_assert_cmpint (waitpid (pids[i], &status, 0), ==, pids[i]);
          g_assert_true (WIFEXITED (status) && WEXITSTATUS (status) == 0);
        }
      g_assert_cmpint (
        cb_test_pg_ask (address, "SELECT count (*) - max (number) FROM counterbook.migration"), ==,
        0);
      g_assert_cmpint (cb_test_pg_ask (address, "SELECT count (*) FROM counterbook.enrolment_code"),
                       ==, 4);
    }
}

static gboolean
opens (CbTestService *book, CbStoreError wanted)
{
  g_autoptr (GError) error = NULL;
  CbStorage *storage = cb_place_open (&book->place, TRUE, &error);

  if (storage != NULL)
    {
      storage->methods->close (storage);
      return TRUE;
    }
  g_assert_error (error, CB_STORE_ERROR, (int) wanted);
  return FALSE;
}

static void
test_two_histories_are_refused (void)
{
  g_autoptr (CbTestService) book = cb_test_service_new ();
  g_autofree char *path = g_strconcat (book->place.path, ".epoch", NULL);
  g_autofree char *other = cb_id_new ();

  g_assert_true (opens (book, 0));
  g_clear_pointer (&book->service, cb_service_free);
  g_assert_true (g_file_set_contents (path, other, -1, NULL));
  g_assert_false (opens (book, CB_STORE_ERROR_CORRUPT));

  /* Another machine, and an empty database where there was one. */
  g_remove (path);
  g_assert_true (opens (book, 0));
  cb_test_pg_run (book->place.address, "DROP SCHEMA counterbook CASCADE");
  g_assert_false (opens (book, CB_STORE_ERROR_CORRUPT));
}

static void
test_database_of_tomorrow_is_left_alone (void)
{
  g_autoptr (CbTestService) book = cb_test_service_new ();

  cb_test_pg_run (book->place.address, "INSERT INTO counterbook.migration (number) VALUES (99)");
  g_assert_false (opens (book, CB_STORE_ERROR_TOO_NEW));
}

/* An older copy of the database put back in place forgets an erasure; the ledger does not. */
static void
test_ledger_is_replayed (void)
{
  g_autoptr (CbTestService) book = cb_test_service_new ();
  g_autofree char *customer = cb_id_new ();

  cb_test_service_expect (book, cb_test_grant (NULL, customer, "shop", "*", "tapped", NULL),
                          "applied");
  cb_test_pg_run (book->place.address, "CREATE TABLE older AS SELECT * FROM counterbook.consent");
  cb_test_service_expect (book, cb_test_erase (NULL, customer), "applied");
  g_assert_cmpuint (cb_test_service_count (book, customer), ==, 0);
  cb_test_pg_run (book->place.address,
                  "INSERT INTO counterbook.consent SELECT * FROM older;"
                  "DELETE FROM counterbook.erased");
  g_assert_cmpuint (cb_test_service_count (book, customer), ==, 1);
  cb_test_service_reopen (book);
  g_assert_cmpuint (cb_test_service_count (book, customer), ==, 0);
  cb_test_service_expect (book, cb_test_grant (NULL, customer, "shop", "*", "tapped", NULL),
                          "gone");
}

/* --- when the database stumbles --- */

/* A trigger fails one note of a batch: its neighbours are kept, what builds on it waits. */
static void
test_stumble_costs_one_operation (void)
{
  g_autoptr (CbTestService) book = cb_test_service_new ();
  g_autofree char *customer = cb_id_new ();
  g_autofree char *grant = cb_id_new ();
  g_autofree char *bad = cb_id_new ();
  g_autofree char *op = cb_id_new ();
  g_autofree char *good = cb_id_new ();
  g_autofree char *yes = cb_test_grant (grant, customer, "shop", "*", "tapped", NULL);
  CbTestPut put = { .op = op,
                    .customer = customer,
                    .scope = "store",
                    .purpose = "shop",
                    .grant = grant,
                    .text = "a" };
  g_autofree char *first = cb_test_note (bad, &put);
  g_autofree char *second = NULL;
  g_autofree char *third = NULL;
  g_autofree char *text = NULL;
  g_autofree char *sql = g_strdup_printf (
    "CREATE FUNCTION boom () RETURNS trigger LANGUAGE plpgsql AS"
    " $$BEGIN IF NEW.key = 'note/%s' THEN RAISE 'boom'; END IF; RETURN NEW; END$$;"
    "CREATE TRIGGER boom BEFORE INSERT ON counterbook.record"
    " FOR EACH ROW EXECUTE FUNCTION boom ()",
    bad);
  const CbAckState wanted[] = { CB_ACK_APPLIED, CB_ACK_RETRY, CB_ACK_BLOCKED, CB_ACK_APPLIED };
  const CbAckState mended[] = { CB_ACK_DUPLICATE, CB_ACK_APPLIED, CB_ACK_APPLIED,
                                CB_ACK_DUPLICATE };
  g_autoptr (CbAckList) list = NULL;

  put.op = NULL;
  put.base = op;
  second = cb_test_note (bad, &put);
  put.base = NULL;
  third = cb_test_note (good, &put);
  text = g_strjoin ("\n", yes, first, second, third, NULL);
  cb_test_pg_run (book->place.address, sql);

  list = cb_test_service_push (book, text);
  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++)
    g_assert_cmpint (((CbAck *) list->acks->pdata[i])->state, ==, wanted[i]);
  g_assert_cmpint (((CbAck *) list->acks->pdata[0])->n, ==, 1);
  g_assert_cmpint (((CbAck *) list->acks->pdata[3])->n, ==, 2);
  g_assert_cmpint (list->head, ==, 2);
  g_assert_cmpuint (cb_test_service_count_problems (book), ==, 0);

  cb_test_pg_run (book->place.address, "DROP TRIGGER boom ON counterbook.record");
  g_clear_pointer (&list, cb_ack_list_free);
  list = cb_test_service_push (book, text);
  for (guint i = 0; i < G_N_ELEMENTS (mended); i++)
    g_assert_cmpint (((CbAck *) list->acks->pdata[i])->state, ==, mended[i]);
  g_assert_cmpint (list->head, ==, 4);
  g_assert_cmpuint (cb_test_service_count_problems (book), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) g_test_add_func ("/postgresql/" path, func)
  ADD ("lost/terminated-in-mid-batch", test_terminated_in_mid_batch);
  ADD ("lost/idle-connection-is-made-anew", test_idle_connection_is_made_anew);
  ADD ("lost/lock-is-not-waited-for", test_lock_is_not_waited_for);
  ADD ("lost/power-goes-under-load", test_power_goes_under_load);
  ADD ("lost/health-knows-the-database", test_health_knows_the_database);
  ADD ("lost/metrics-know-the-database", test_metrics_know_the_database);
  ADD ("fail-over/host-that-writes-is-found", test_host_that_writes_is_found);
  ADD ("fail-over/host-that-no-longer-writes-is-left", test_host_that_no_longer_writes_is_left);
  ADD ("opening/migrations-run-once", test_migrations_run_once);
  ADD ("opening/two-histories-are-refused", test_two_histories_are_refused);
  ADD ("opening/database-of-tomorrow-is-left-alone", test_database_of_tomorrow_is_left_alone);
  ADD ("opening/ledger-is-replayed", test_ledger_is_replayed);
  ADD ("stumble-costs-one-operation", test_stumble_costs_one_operation);
#undef ADD

  return g_test_run ();
}
