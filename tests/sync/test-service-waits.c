/* SPDX-License-Identifier: Apache-2.0 */

/* Other systems that wait for changes at the real program. */

#define G_LOG_DOMAIN "Counterbook"

#include <gio/gio.h>
#include <string.h>

#include "base/cb-clock.h"
#include "base/cb-id.h"
#include "base/cb-json.h"
#include "service/cb-waits.h"
#include "support/cb-service-fixture.h"
#include "support/cb-test-ops.h"
#include "support/cb-test-terminal.h"

#define NO_BY_PHONE                                                                                \
  "{\"op\":\"bfdac9662e88427f85671e821f858058\",\"purpose\":null,\"channel\":\"phone\","           \
  "\"at\":\"2026-11-21T19:04:05Z\"}"

/* Time enough for a request to have come; nothing fails where it was not. */
#define SETTLE_US (400 * G_TIME_SPAN_MILLISECOND)

/* A service that knows somebody, a key, and the cursor behind everything. */
typedef struct
{
  CbServiceFixture *service;
  CbTestTerminal *terminal;
  char *customer;
  char *key;
  char *cursor;
} World;

static void
world_clear (World *world)
{
  cb_test_terminal_free (world->terminal);
  cb_service_fixture_free (world->service);
  g_free (world->customer);
  g_free (world->key);
  g_free (world->cursor);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (World, world_clear)

static guint
ask (CbTestTerminal *terminal, const char *key, const char *path)
{
  g_autofree char *bearer = g_strconcat ("Bearer ", key, NULL);

  cb_test_terminal_set_header (terminal, "Authorization", bearer);
  return cb_test_terminal_request (terminal, "GET", path, NULL, NULL);
}

static char *
read_cursor (CbTestTerminal *terminal)
{
  const char *trailer = strstr (cb_test_terminal_get_reply (terminal), "{\"cursor\":");
  g_autoptr (JsonObject) object = json_tokener_parse (trailer);

  return g_strdup (cb_json_get_string (object, "cursor"));
}

static void
make_customer (World *world)
{
  g_autofree char *code = cb_service_fixture_enrol (world->service, "Port Halden");
  g_autofree char *everywhere =
    cb_test_grant (NULL, world->customer, "everywhere", "*", "tapped", NULL);
  g_autofree char *news = cb_test_grant (NULL, world->customer, "news", "phone", "tapped", NULL);

  g_assert_cmpuint (cb_test_terminal_enrol (world->terminal, code), ==, 200);
  g_assert_cmpuint (cb_test_terminal_fetch_token (world->terminal), ==, 200);
  g_assert_cmpint (cb_test_terminal_push_one (world->terminal, everywhere), ==, CB_ACK_APPLIED);
  g_assert_cmpint (cb_test_terminal_push_one (world->terminal, news), ==, CB_ACK_APPLIED);
}

static World
world_new (void)
{
  World world = { .service = cb_service_fixture_new (), .customer = cb_id_new () };

  world.terminal = cb_test_terminal_new (cb_service_fixture_get_url (world.service));
  make_customer (&world);
  g_assert_cmpint (cb_service_fixture_run (world.service, &world.key, "key", "add", "--name",
                                           "Web shop", "--scope", "changes,opt-outs", NULL),
                   ==, 0);
  g_strchomp (world.key);
  g_assert_cmpuint (ask (world.terminal, world.key, "/v1/changes"), ==, 200);
  world.cursor = read_cursor (world.terminal);
  return world;
}

static void
say_no (World *world)
{
  g_autofree char *bearer = g_strconcat ("Bearer ", world->key, NULL);
  g_autofree char *path = g_strconcat ("/v1/profiles/", world->customer, "/opt-outs", NULL);

  cb_test_terminal_set_header (world->terminal, "Authorization", bearer);
  g_assert_cmpuint (cb_test_terminal_request_json (world->terminal, path, NO_BY_PHONE), ==, 200);
}

/* --- somebody who waits --- */

typedef struct
{
  World *world;
  guint seconds;
  GThread *thread;
  guint status;
  char *reply;
  gint64 us;
} Waiter;

static gpointer
wait_for_news (gpointer data)
{
  Waiter *waiter = data;
  g_autoptr (CbTestTerminal) system =
    cb_test_terminal_new (cb_service_fixture_get_url (waiter->world->service));
  g_autofree char *path =
    g_strdup_printf ("/v1/changes?cursor=%s&wait=%u", waiter->world->cursor, waiter->seconds);
  const gint64 from_us = g_get_monotonic_time ();

  waiter->status = ask (system, waiter->world->key, path);
  waiter->us = g_get_monotonic_time () - from_us;
  waiter->reply = g_strdup (cb_test_terminal_get_reply (system));
  return NULL;
}

static void
begin (Waiter *waiter, World *world, guint seconds)
{
  *waiter = (Waiter){ .world = world, .seconds = seconds };
  waiter->thread = g_thread_new ("waiter", wait_for_news, waiter);
}

/* Joined; the reply is in `waiter` until it is cleared. */
static void
end (Waiter *waiter, guint status)
{
  g_thread_join (waiter->thread);
  g_assert_cmpuint (waiter->status, ==, status);
  g_assert_cmpint (waiter->us, <, 10 * G_USEC_PER_SEC);
}

static gboolean
is_told (const Waiter *waiter, const char *text)
{
  return waiter->reply != NULL && strstr (waiter->reply, text) != NULL;
}

/* --- the tests --- */

static void
test_told_when_it_is_said (void)
{
  g_auto (World) world = world_new ();
  Waiter waiter;

  begin (&waiter, &world, CB_WAIT_LIMIT_S);
  g_usleep (SETTLE_US);
  say_no (&world);
  end (&waiter, 200);
  g_assert_true (is_told (&waiter, "\"withdrawn\""));
  g_assert_cmpint (waiter.us, >=, SETTLE_US / 2);
  g_free (waiter.reply);
}

static void
test_by_another_process (void)
{
  g_auto (World) world = world_new ();
  Waiter waiter;

  begin (&waiter, &world, CB_WAIT_LIMIT_S);
  g_usleep (SETTLE_US);
  g_assert_cmpint (cb_service_fixture_run (world.service, NULL, "erase", world.customer, NULL), ==,
                   0);
  end (&waiter, 200);
  g_assert_true (is_told (&waiter, "\"t\":\"erased\""));
  g_free (waiter.reply);
}

static void
test_time_is_up (void)
{
  g_auto (World) world = world_new ();
  Waiter waiter;

  begin (&waiter, &world, 1);
  end (&waiter, 200);
  g_assert_true (g_str_has_prefix (waiter.reply, "{\"cursor\":"));
  g_assert_cmpint (waiter.us, >=, G_USEC_PER_SEC);
  g_free (waiter.reply);
}

/* What there is already is not waited for. */
static void
test_what_is_there (void)
{
  g_auto (World) world = world_new ();
  Waiter waiter;

  say_no (&world);
  begin (&waiter, &world, CB_WAIT_LIMIT_S);
  end (&waiter, 200);
  g_assert_true (is_told (&waiter, "\"withdrawn\""));
  g_free (waiter.reply);
}

/* As many as may, and nobody else is held up by them. */
static void
test_many (void)
{
  g_auto (World) world = world_new ();
  Waiter waiters[CB_WAIT_LIMIT];
  Waiter one_more;

  for (guint i = 0; i < CB_WAIT_LIMIT; i++)
    begin (&waiters[i], &world, CB_WAIT_LIMIT_S);
  g_usleep (3 * SETTLE_US);
  begin (&one_more, &world, CB_WAIT_LIMIT_S);
  end (&one_more, 200);
  g_assert_true (g_str_has_prefix (one_more.reply, "{\"cursor\":"));
  g_free (one_more.reply);
  say_no (&world);
  for (guint i = 0; i < CB_WAIT_LIMIT; i++)
    {
      end (&waiters[i], 200);
      g_assert_true (is_told (&waiters[i], "\"withdrawn\""));
      g_free (waiters[i].reply);
    }
}

/* Asks, and hangs up. */
static void
ask_and_go (World *world)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection = NULL;
  g_autofree char *text = g_strdup_printf (
    "GET /v1/changes?cursor=%s&wait=2 HTTP/1.1\r\nHost: localhost\r\n"
    "Authorization: Bearer %s\r\n\r\n",
    world->cursor, world->key);
  g_autoptr (GError) error = NULL;

  connection = g_socket_client_connect_to_host (
    client, "127.0.0.1", (guint16) cb_service_fixture_get_port (world->service), NULL, &error);
  g_assert_no_error (error);
  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), text,
                             strlen (text), NULL, NULL, &error);
  g_assert_no_error (error);
  g_usleep (5 * G_TIME_SPAN_MILLISECOND);
  g_io_stream_close (G_IO_STREAM (connection), NULL, NULL);
}

/* Whoever has gone keeps nobody's place, nor a connection. */
static void
test_gone (void)
{
  g_auto (World) world = world_new ();
  const guint n_open = cb_service_fixture_count_open (world.service);
  Waiter waiter;

  for (guint i = 0; i < CB_WAIT_LIMIT; i++)
    ask_and_go (&world);
  g_usleep (4 * G_USEC_PER_SEC);
  g_assert_cmpuint (cb_service_fixture_count_open (world.service), <=, n_open + 2);
  begin (&waiter, &world, CB_WAIT_LIMIT_S);
  g_usleep (SETTLE_US);
  say_no (&world);
  end (&waiter, 200);
  g_assert_true (is_told (&waiter, "\"withdrawn\""));
  g_free (waiter.reply);
}

static void
test_key_ends_meanwhile (void)
{
  g_auto (World) world = world_new ();
  g_autofree char *list = NULL;
  Waiter waiter;

  begin (&waiter, &world, CB_WAIT_LIMIT_S);
  g_usleep (SETTLE_US);
  g_assert_cmpint (cb_service_fixture_run (world.service, &list, "key", "list", NULL), ==, 0);
  list[CB_ID_LENGTH] = '\0';
  g_assert_cmpint (cb_service_fixture_run (world.service, NULL, "key", "revoke", list, NULL), ==,
                   0);
  end (&waiter, 401);
  g_free (waiter.reply);
}

/* The service stops, and nobody waits for those who wait. */
static void
test_stop (void)
{
  g_auto (World) world = world_new ();
  Waiter waiters[3];
  gint64 from_us = 0;

  for (guint i = 0; i < G_N_ELEMENTS (waiters); i++)
    begin (&waiters[i], &world, CB_WAIT_LIMIT_S);
  g_usleep (SETTLE_US);
  from_us = g_get_monotonic_time ();
  cb_service_fixture_terminate (world.service);
  g_assert_cmpint (g_get_monotonic_time () - from_us, <, 4 * G_USEC_PER_SEC);
  for (guint i = 0; i < G_N_ELEMENTS (waiters); i++)
    {
      end (&waiters[i], 200);
      g_assert_true (g_str_has_prefix (waiters[i].reply, "{\"cursor\":"));
      g_free (waiters[i].reply);
    }
  cb_service_fixture_start (world.service);
}

static void
test_malformed (void)
{
  static const char *const waits[] = { "26", "-1", "x", "" };
  g_auto (World) world = world_new ();

  for (guint i = 0; i < G_N_ELEMENTS (waits); i++)
    {
      g_autofree char *path = g_strconcat ("/v1/changes?wait=", waits[i], NULL);

      g_assert_cmpuint (ask (world.terminal, world.key, path), ==, 400);
    }
}

#define ADD(path, function) g_test_add_func ("/service/waiting/" path, function)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("is-told-when-it-is-said", test_told_when_it_is_said);
  ADD ("is-told-of-another-process", test_by_another_process);
  ADD ("ends-with-its-time", test_time_is_up);
  ADD ("is-not-for-what-is-there", test_what_is_there);
  ADD ("is-for-many", test_many);
  ADD ("leaves-nothing-of-who-has-gone", test_gone);
  ADD ("ends-with-the-key", test_key_ends_meanwhile);
  ADD ("does-not-hold-up-a-stop", test_stop);
  ADD ("is-a-number-of-seconds", test_malformed);
  return g_test_run ();
}
