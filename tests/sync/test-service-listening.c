/* SPDX-License-Identifier: Apache-2.0 */

/* Terminals that wait for what concerns them at the real program. */

#define G_LOG_DOMAIN "Counterbook"

#include <gio/gio.h>
#include <string.h>

#include "base/cb-id.h"
#include "base/cb-json.h"
#include "service/cb-waits.h"
#include "support/cb-service-fixture.h"
#include "support/cb-test-ops.h"
#include "support/cb-test-terminal.h"

#define SHOP "Port Halden"
#define OTHER_SHOP "Mill Street"

/* Time enough for a request to have come, and for a service to have looked. */
#define SETTLE_US (700 * G_TIME_SPAN_MILLISECOND)

/* Two terminals of one shop and one of another, and a customer of the first. */
typedef struct
{
  CbServiceFixture *service;
  CbTestTerminal *here;
  CbTestTerminal *beside;
  CbTestTerminal *elsewhere;
  char *customer;
  char *yes;
} World;

static CbTestTerminal *
make_terminal (World *world, const char *shop)
{
  CbTestTerminal *terminal = cb_test_terminal_new (cb_service_fixture_get_url (world->service));
  g_autofree char *code = cb_service_fixture_enrol (world->service, shop);

  g_assert_cmpuint (cb_test_terminal_enrol (terminal, code), ==, 200);
  g_assert_cmpuint (cb_test_terminal_fetch_token (terminal), ==, 200);
  return terminal;
}

static void
put_note (World *world, CbTestTerminal *terminal)
{
  g_autofree char *id = cb_id_new ();
  const CbTestPut put = {
    .customer = world->customer,
    .scope = "store",
    .purpose = "shop",
    .grant = world->yes,
    .text = "of no importance",
  };
  g_autofree char *line = cb_test_note (id, &put);

  g_assert_cmpint (cb_test_terminal_push_one (terminal, line), ==, CB_ACK_APPLIED);
}

static World
world_new (void)
{
  World world = {
    .service = cb_service_fixture_new (),
    .customer = cb_id_new (),
    .yes = cb_id_new (),
  };
  g_autofree char *yes = cb_test_grant (world.yes, world.customer, "shop", "*", "tapped", NULL);

  world.here = make_terminal (&world, SHOP);
  world.beside = make_terminal (&world, SHOP);
  world.elsewhere = make_terminal (&world, OTHER_SHOP);
  g_assert_cmpint (cb_test_terminal_push_one (world.beside, yes), ==, CB_ACK_APPLIED);
  return world;
}

static void
world_clear (World *world)
{
  cb_test_terminal_free (world->here);
  cb_test_terminal_free (world->beside);
  cb_test_terminal_free (world->elsewhere);
  cb_service_fixture_free (world->service);
  g_free (world->customer);
  g_free (world->yes);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (World, world_clear)

/* --- one that waits --- */

typedef struct
{
  CbTestTerminal *terminal;
  char *path;
  GThread *thread;
  guint status;
  char *reply;
  gint64 us;
} Waiter;

static char *
read_cursor (CbTestTerminal *terminal)
{
  const char *trailer = NULL;
  g_autoptr (JsonObject) object = NULL;

  g_assert_cmpuint (cb_test_terminal_request (terminal, "GET", "/v1/sync/changes", NULL, NULL), ==,
                    200);
  trailer = strstr (cb_test_terminal_get_reply (terminal), "{\"cursor\":");
  object = json_tokener_parse (trailer);
  return g_strdup (cb_json_get_string (object, "cursor"));
}

static gpointer
wait_for_news (gpointer data)
{
  Waiter *waiter = data;
  const gint64 from_us = g_get_monotonic_time ();

  waiter->status = cb_test_terminal_request (waiter->terminal, "GET", waiter->path, NULL, NULL);
  waiter->us = g_get_monotonic_time () - from_us;
  waiter->reply = g_strdup (cb_test_terminal_get_reply (waiter->terminal));
  return NULL;
}

/* The terminal is the waiter's until it ends. */
static void
begin_behind (Waiter *waiter, CbTestTerminal *terminal, const char *cursor, guint seconds)
{
  *waiter = (Waiter){
    .terminal = terminal,
    .path = g_strdup_printf ("/v1/sync/changes?cursor=%s&wait=%u", cursor, seconds),
  };
  waiter->thread = g_thread_new ("waiter", wait_for_news, waiter);
}

static void
begin (Waiter *waiter, CbTestTerminal *terminal, guint seconds)
{
  g_autofree char *cursor = read_cursor (terminal);

  begin_behind (waiter, terminal, cursor, seconds);
}

static void
end (Waiter *waiter, guint status)
{
  g_thread_join (waiter->thread);
  g_assert_cmpuint (waiter->status, ==, status);
}

static void
waiter_clear (Waiter *waiter)
{
  g_free (waiter->path);
  g_free (waiter->reply);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Waiter, waiter_clear)

static gboolean
is_told (const Waiter *waiter, const char *text)
{
  return waiter->reply != NULL && strstr (waiter->reply, text) != NULL;
}

/* With nothing, and not before its time. */
static void
end_with_nothing (Waiter *waiter, guint seconds)
{
  end (waiter, 200);
  g_assert_true (g_str_has_prefix (waiter->reply, "{\"cursor\":"));
  g_assert_false (is_told (waiter, "arrived"));
  g_assert_cmpint (waiter->us, >=, seconds * G_USEC_PER_SEC - G_USEC_PER_SEC / 10);
}

static void
end_soon (Waiter *waiter, const char *text)
{
  end (waiter, 200);
  g_assert_true (is_told (waiter, text));
  g_assert_cmpint (waiter->us, <, 10 * G_USEC_PER_SEC);
}

/* --- the tests --- */

static void
test_note_from_beside (void)
{
  g_auto (World) world = world_new ();
  g_auto (Waiter) here = { 0 };
  g_auto (Waiter) elsewhere = { 0 };

  begin (&here, world.here, CB_WAIT_LIMIT_S);
  begin (&elsewhere, world.elsewhere, 3);
  g_usleep (SETTLE_US);
  put_note (&world, world.beside);
  end_soon (&here, "\"arrived\":true");
  g_assert_cmpint (here.us, >=, SETTLE_US / 2);
  end_with_nothing (&elsewhere, 3);
}

/* It waits for others, and not for itself. */
static void
test_own_note (void)
{
  g_auto (World) world = world_new ();
  g_autofree char *cursor = read_cursor (world.here);
  g_auto (Waiter) waiter = { 0 };

  cb_test_terminal_set_header (world.here, "Counterbook-Incarnation", world.yes);
  put_note (&world, world.here);
  waiter.terminal = world.here;
  waiter.path = g_strdup_printf ("/v1/sync/changes?cursor=%s&wait=2&own=2-2", cursor);
  cb_test_terminal_set_header (world.here, "Counterbook-Incarnation", world.yes);
  wait_for_news (&waiter);
  g_assert_cmpuint (waiter.status, ==, 200);
  g_assert_false (is_told (&waiter, "arrived"));
  g_assert_cmpint (waiter.us, >=, 19 * G_USEC_PER_SEC / 10);
}

static void
test_withdrawn_at_once (void)
{
  g_auto (World) world = world_new ();
  g_autofree char *no = cb_test_withdraw (NULL, world.customer, "shop", "*");
  g_auto (Waiter) here = { 0 };
  g_auto (Waiter) elsewhere = { 0 };

  begin (&here, world.here, CB_WAIT_LIMIT_S);
  begin (&elsewhere, world.elsewhere, 3);
  g_usleep (SETTLE_US);
  g_assert_cmpint (cb_test_terminal_push_one (world.beside, no), ==, CB_ACK_APPLIED);
  end_soon (&here, "\"withdrawn\"");
  end_with_nothing (&elsewhere, 3);
}

/* Another process of the same database decides: it concerns every shop. */
static void
test_erased_elsewhere (void)
{
  g_auto (World) world = world_new ();
  g_auto (Waiter) here = { 0 };
  g_auto (Waiter) elsewhere = { 0 };

  begin (&here, world.here, CB_WAIT_LIMIT_S);
  begin (&elsewhere, world.elsewhere, CB_WAIT_LIMIT_S);
  g_usleep (SETTLE_US);
  g_assert_cmpint (cb_service_fixture_run (world.service, NULL, "erase", world.customer, NULL), ==,
                   0);
  end_soon (&here, "\"t\":\"erased\"");
  end_soon (&elsewhere, "\"t\":\"erased\"");
}

/* A yes to everywhere given in one shop reaches the other shop of the same customer. */
static void
test_everywhere_reaches_their_other_shop (void)
{
  g_auto (World) world = world_new ();
  g_autofree char *yes = cb_test_grant (NULL, world.customer, "everywhere", "*", "tapped", NULL);
  g_auto (Waiter) here = { 0 };

  begin (&here, world.here, CB_WAIT_LIMIT_S);
  g_usleep (SETTLE_US);
  g_assert_cmpint (cb_test_terminal_push_one (world.elsewhere, yes), ==, CB_ACK_APPLIED);
  end_soon (&here, "\"arrived\":true");
}

static void
test_what_is_there (void)
{
  g_auto (World) world = world_new ();
  g_autofree char *cursor = read_cursor (world.here);
  g_auto (Waiter) waiter = { 0 };

  put_note (&world, world.beside);
  begin_behind (&waiter, world.here, cursor, CB_WAIT_LIMIT_S);
  end_soon (&waiter, "\"arrived\":true");
  g_assert_cmpint (waiter.us, <, 2 * G_USEC_PER_SEC);
}

static void
test_revoked_meanwhile (void)
{
  g_auto (World) world = world_new ();
  g_auto (Waiter) waiter = { 0 };

  begin (&waiter, world.here, 2);
  g_usleep (SETTLE_US);
  g_assert_cmpint (cb_service_fixture_run (world.service, NULL, "revoke",
                                           cb_test_terminal_get_id (world.here), NULL),
                   ==, 0);
  end (&waiter, 403);
  g_assert_true (is_told (&waiter, "terminal_revoked"));
}

static void
check_there_is_no_room (CbTestTerminal *terminal, const char *cursor)
{
  g_auto (Waiter) waiter = { 0 };

  begin_behind (&waiter, terminal, cursor, CB_WAIT_LIMIT_S);
  end (&waiter, 200);
  g_assert_cmpint (waiter.us, <, 5 * G_USEC_PER_SEC);
}

/* More than few: what concerns everybody is told within everybody's own time, what concerns a shop
 * at once; nobody else is held up. In the long suite as many as there is room for, and one more. */
static void
test_many (void)
{
  const gboolean is_full = g_getenv ("CB_TEST_LONG") != NULL;
  const guint n_waiters = is_full ? CB_WAIT_LIMIT_TERMINALS : 48;
  g_auto (World) world = world_new ();
  g_autofree char *cursor = read_cursor (world.here);
  g_autofree Waiter *waiters = g_new0 (Waiter, n_waiters);
  g_autoptr (GPtrArray) terminals =
    g_ptr_array_new_with_free_func ((GDestroyNotify) cb_test_terminal_free);
  gint64 least_us = G_MAXINT64;
  gint64 most_us = 0;

  for (guint i = 0; i < n_waiters; i++)
    g_ptr_array_add (terminals, make_terminal (&world, i % 4 == 0 ? SHOP : OTHER_SHOP));
  for (guint i = 0; i < n_waiters; i++)
    begin_behind (&waiters[i], terminals->pdata[i], cursor, (is_full ? 12 : 4) + i % 4);
  g_usleep (2 * SETTLE_US);
  if (is_full)
    check_there_is_no_room (world.here, cursor);
  put_note (&world, world.beside);
  g_assert_cmpint (cb_service_fixture_run (world.service, NULL, "erase", world.yes, NULL), ==, 0);
  for (guint i = 0; i < n_waiters; i++)
    {
      end (&waiters[i], 200);
      g_assert_true (is_told (&waiters[i], i % 4 == 0 ? "\"arrived\":true" : "\"erased\""));
      if (i % 4 != 0)
        {
          least_us = MIN (least_us, waiters[i].us);
          most_us = MAX (most_us, waiters[i].us);
        }
      waiter_clear (&waiters[i]);
    }
  g_assert_cmpint (most_us - least_us, >=, G_USEC_PER_SEC);
}

static void
test_stop (void)
{
  g_auto (World) world = world_new ();
  g_auto (Waiter) waiter = { 0 };

  begin (&waiter, world.here, CB_WAIT_LIMIT_S);
  g_usleep (SETTLE_US);
  cb_service_fixture_terminate (world.service);
  end (&waiter, 200);
  g_assert_true (g_str_has_prefix (waiter.reply, "{\"cursor\":"));
  g_assert_cmpint (waiter.us, <, 10 * G_USEC_PER_SEC);
  cb_service_fixture_start (world.service);
}

static void
test_malformed (void)
{
  static const char *const queries[] = { "wait=26", "wait=-1", "wait=x", "wait=1&own=x" };
  g_auto (World) world = world_new ();

  for (guint i = 0; i < G_N_ELEMENTS (queries); i++)
    {
      g_autofree char *path = g_strconcat ("/v1/sync/changes?", queries[i], NULL);

      g_assert_cmpuint (cb_test_terminal_request (world.here, "GET", path, NULL, NULL), ==, 400);
      g_assert_nonnull (strstr (cb_test_terminal_get_reply (world.here), "\"malformed\""));
    }
}

#define ADD(path, function) g_test_add_func ("/service/listening/" path, function)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("hears-of-a-note-of-its-shop", test_note_from_beside);
  ADD ("does-not-hear-its-own", test_own_note);
  ADD ("hears-of-a-withdrawal", test_withdrawn_at_once);
  ADD ("hears-of-an-erasure", test_erased_elsewhere);
  ADD ("hears-of-their-other-shop", test_everywhere_reaches_their_other_shop);
  ADD ("is-not-for-what-is-there", test_what_is_there);
  ADD ("ends-for-who-is-shut-out", test_revoked_meanwhile);
  ADD ("is-for-many", test_many);
  ADD ("does-not-hold-up-a-stop", test_stop);
  ADD ("is-a-number-of-seconds", test_malformed);
  return g_test_run ();
}
