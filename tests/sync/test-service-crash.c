/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "base/cb-id.h"
#include "base/cb-json.h"
#include "support/cb-service-fixture.h"
#include "support/cb-test-ops.h"
#include "support/cb-test-pg.h"
#include "support/cb-test-terminal.h"
#include "wire/cb-limits.h"

#include <gio/gio.h>
#include <string.h>

#define N_KILLS (cb_test_pg_is_on () ? 10 : 40)
#define N_NOTES 200

typedef struct
{
  CbServiceFixture *service;
  CbTestTerminal *terminal;
  char *customer;
  char *grant;
} World;

static void
world_clear (World *world)
{
  cb_test_terminal_free (world->terminal);
  cb_service_fixture_free (world->service);
  g_free (world->customer);
  g_free (world->grant);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (World, world_clear)

static World
world_new (void)
{
  World world = { .service = cb_service_fixture_new (),
                  .customer = cb_id_new (),
                  .grant = cb_id_new () };
  g_autofree char *code = cb_service_fixture_enrol (world.service, "Port Halden");
  g_autofree char *yes = cb_test_grant (world.grant, world.customer, "shop", "*", "tapped", NULL);

  world.terminal = cb_test_terminal_new (cb_service_fixture_get_url (world.service));
  g_assert_cmpuint (cb_test_terminal_enrol (world.terminal, code), ==, 200);
  g_assert_cmpuint (cb_test_terminal_fetch_token (world.terminal), ==, 200);
  g_assert_cmpint (cb_test_terminal_push_one (world.terminal, yes), ==, CB_ACK_APPLIED);
  return world;
}

/* Notes with ids that are added to `ids`. */
static GPtrArray *
make_notes (World *world, guint n_notes, GPtrArray *ids)
{
  GPtrArray *lines = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < n_notes; i++)
    {
      char *id = cb_id_new ();
      const CbTestPut put = { .customer = world->customer,
                              .scope = "store",
                              .purpose = "shop",
                              .grant = world->grant,
                              .text = "said at the counter" };

      g_ptr_array_add (lines, cb_test_note (id, &put));
      g_ptr_array_add (ids, id);
    }
  return lines;
}

/* Sends a batch on a connection of its own and does not wait for the answer. */
static GSocketConnection *
send_blindly (World *world, GPtrArray *lines)
{
  g_autoptr (GBytes) body = cb_test_terminal_join (lines);
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autofree char *head = g_strdup_printf (
    "POST /v1/sync/push HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n"
    "Content-Type: " CB_MEDIA_NDJSON "\r\nContent-Length: %zu\r\n\r\n",
    cb_test_terminal_get_token (world->terminal), g_bytes_get_size (body));
  GSocketConnection *connection = g_socket_client_connect_to_host (
    client, "127.0.0.1", (guint16) cb_service_fixture_get_port (world->service), NULL, NULL);
  GOutputStream *output = NULL;

  g_assert_nonnull (connection);
  output = g_io_stream_get_output_stream (G_IO_STREAM (connection));
  g_output_stream_write_all (output, head, strlen (head), NULL, NULL, NULL);
  g_output_stream_write_all (output, g_bytes_get_data (body, NULL), g_bytes_get_size (body), NULL,
                             NULL, NULL);
  return connection;
}

/* Each of the ids stands in the dump once, and nothing else does beside the yes. */
static void
assert_each_once (World *world, GPtrArray *ids)
{
  g_autoptr (GPtrArray) rows = cb_service_fixture_dump (world->service);
  g_autoptr (GHashTable) found = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  g_assert_cmpuint (rows->len, ==, ids->len + 1);
  for (guint i = 0; i < rows->len; i++)
    {
      g_autoptr (JsonObject) row =
        cb_json_parse (rows->pdata[i], strlen (rows->pdata[i]), 1 << 20, NULL);

      g_assert_true (g_hash_table_add (found, g_strdup (cb_json_get_string (row, "id"))));
    }
  for (guint i = 0; i < ids->len; i++)
    g_assert_true (g_hash_table_contains (found, ids->pdata[i]));
}

/* --- killed in the middle of a batch --- */

static void
kill_within (World *world, guint within_us)
{
  g_usleep ((gulong) g_random_int_range (0, (gint32) within_us));
  cb_service_fixture_kill (world->service);
  cb_service_fixture_start (world->service);
}

static void
test_killed_in_mid_batch (void)
{
  g_auto (World) world = world_new ();
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  guint n_fresh = 0;
  guint n_known = 0;

  for (guint i = 0; i < N_KILLS; i++)
    {
      g_autoptr (GPtrArray) lines = make_notes (&world, N_NOTES, ids);
      g_autoptr (GSocketConnection) connection = send_blindly (&world, lines);
      g_autoptr (CbAckList) list = NULL;
      CbAckState first = CB_ACK_UNKNOWN;

      kill_within (&world, 12000);
      list = cb_test_terminal_push (world.terminal, lines);
      g_assert_nonnull (list);
      g_assert_true (list->is_complete);
      g_assert_cmpuint (list->acks->len, ==, N_NOTES);

      /* The whole batch was kept or none of it. */
      first = ((CbAck *) list->acks->pdata[0])->state;
      g_assert_true (first == CB_ACK_APPLIED || first == CB_ACK_DUPLICATE);
      for (guint k = 0; k < list->acks->len; k++)
        g_assert_cmpint (((CbAck *) list->acks->pdata[k])->state, ==, first);
      n_fresh += first == CB_ACK_APPLIED;
      n_known += first == CB_ACK_DUPLICATE;
    }
  assert_each_once (&world, ids);
  g_assert_cmpint (cb_service_fixture_run (world.service, NULL, "check", NULL), ==, 0);
  g_test_message ("%u kills: %u before the commit, %u after it", N_KILLS, n_fresh, n_known);
}

/* An acknowledged operation is there after a kill, whatever comes right behind the answer. */
static void
test_acknowledged_is_kept (void)
{
  g_auto (World) world = world_new ();
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < 10; i++)
    {
      g_autoptr (GPtrArray) lines = make_notes (&world, 1, ids);

      g_assert_cmpint (cb_test_terminal_push_one (world.terminal, lines->pdata[0]), ==,
                       CB_ACK_APPLIED);
      cb_service_fixture_kill (world.service);
      cb_service_fixture_start (world.service);
    }
  assert_each_once (&world, ids);
}

/* SIGTERM lets the request under way have its answer. */
static void
test_terminated_in_mid_batch (void)
{
  g_auto (World) world = world_new ();
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < 10; i++)
    {
      g_autoptr (GPtrArray) lines = make_notes (&world, N_NOTES, ids);
      g_autoptr (GSocketConnection) connection = send_blindly (&world, lines);
      g_autoptr (CbAckList) list = NULL;

      g_usleep ((gulong) g_random_int_range (0, 12000));
      cb_service_fixture_terminate (world.service);
      cb_service_fixture_start (world.service);
      list = cb_test_terminal_push (world.terminal, lines);
      g_assert_true (list->is_complete);
    }
  assert_each_once (&world, ids);
}

/* --- killed around a deletion --- */

/* Killed right behind the answer, before it could empty its log: the next start does it. */
static void
test_deleted_leaves_the_files_after_a_kill (void)
{
  g_auto (World) world = world_new ();
  g_autofree char *id = cb_id_new ();
  const CbTestPut put = { .customer = world.customer,
                          .scope = "store",
                          .purpose = "shop",
                          .grant = world.grant,
                          .text = "CANARY-OF-WORDS" };
  g_autofree char *line = cb_test_note (id, &put);
  g_autofree char *over = cb_test_withdraw (NULL, world.customer, "shop", "*");

  g_assert_cmpint (cb_test_terminal_push_one (world.terminal, line), ==, CB_ACK_APPLIED);
  g_assert_cmpuint (cb_service_fixture_count_files_with (world.service, "CANARY-OF-WORDS"), >, 0);
  g_assert_cmpint (cb_test_terminal_push_one (world.terminal, over), ==, CB_ACK_APPLIED);
  cb_service_fixture_kill (world.service);
  cb_service_fixture_start (world.service);
  for (guint i = 0; i < 500; i++)
    {
      if (cb_service_fixture_count_files_with (world.service, "CANARY-OF-WORDS") == 0)
        break;
      g_usleep (10000);
    }
  g_assert_cmpuint (cb_service_fixture_count_files_with (world.service, "CANARY-OF-WORDS"), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/service/crash/killed-in-mid-batch-each-record-is-there-once",
                   test_killed_in_mid_batch);
  g_test_add_func ("/service/crash/acknowledged-is-kept", test_acknowledged_is_kept);
  g_test_add_func ("/service/crash/terminated-in-mid-batch", test_terminated_in_mid_batch);
  /* PostgreSQL's files are the operator's. */
  if (!cb_test_pg_is_on ())
    g_test_add_func ("/service/crash/deleted-leaves-the-files-after-a-kill",
                     test_deleted_leaves_the_files_after_a_kill);

  return g_test_run ();
}
