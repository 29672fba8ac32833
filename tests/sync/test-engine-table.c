/* SPDX-License-Identifier: Apache-2.0 */

/* Every row of the error table, one after the other, as bytes on a real connection: the engine with
 * its real transport over virtual time, against a service that gives nothing but that answer for a
 * day, and is well again for a while. */

#define G_LOG_DOMAIN "Counterbook"

#include "base/cb-id.h"
#include "engine/cb-engine.h"
#include "engine/cb-transport.h"
#include "support/cb-asking.h"
#include "support/cb-model-outbox.h"
#include "support/cb-peer.h"
#include "support/cb-virtual-time.h"

#include <sodium.h>
#include <string.h>

#define SECOND G_GINT64_CONSTANT (1000000)
#define HOUR (3600 * SECOND)
#define DAY (24 * HOUR)
#define START_US (G_GINT64_CONSTANT (1795287845) * SECOND)
#define NDJSON "Content-Type: application/x-ndjson\r\n"
#define HTML "Content-Type: text/html\r\n"
#define PACKED_LIMIT (1024 * 1024)
/* What is captured before each row. */
#define N_OPS 12

typedef struct
{
  const char *name;
  CbPeerReply reply;
  CbContact contact;
  guint most; /* requests of any kind in a day */
  guint least;
  gboolean commits;  /* the service has written it before the answer goes wrong */
  guint most_parked; /* of those that were sent; none is lost by it */
} Row;

/* Without waiting it would be tens of millions a day. */
#define OF_NOTHING "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:"

static const Row rows[] = {
  { "portal-page",
    { .status = "200 OK", .headers = HTML, .body = "<h1>Sign in</h1>" },
    CB_CONTACT_PORTAL,
    900,
    400 },
  { "portal-redirect",
    { .status = "302 Found", .headers = "Location: http://127.0.0.1:1/\r\n" },
    CB_CONTACT_PORTAL,
    900,
    400 },
  { "portal-511", { .status = "511 Sign in", .headers = HTML }, CB_CONTACT_PORTAL, 900, 400 },
  { "portal-says-401", { .status = "401 No", .headers = HTML }, CB_CONTACT_PORTAL, 900, 400 },
  { "portal-says-400", { .status = "400 No", .headers = HTML }, CB_CONTACT_PORTAL, 900, 400 },
  { "200-without-epoch",
    { .status = "200 OK", .headers = NDJSON, .body = "{\"end\":0}\n" },
    CB_CONTACT_PORTAL,
    900,
    400 },
  { "not-http", { .body = "SSH-2.0-OpenSSH_9.2\r\n" }, CB_CONTACT_PORTAL, 900, 400 },
  { "nothing-comes-back", { .body = "" }, CB_CONTACT_UNREACHABLE, 1800, 400, TRUE },
  { "reset-in-the-headers",
    { .status = "200 OK", .headers = CB_ASKING_EPOCH NDJSON, .cut_after = 20, .reset = TRUE },
    CB_CONTACT_UNREACHABLE,
    1800,
    400,
    TRUE },
  { "trailer-is-missing",
    { .status = "200 OK", .headers = CB_ASKING_EPOCH NDJSON, .body = "\n" },
    CB_CONTACT_UNREACHABLE,
    900,
    400,
    TRUE },
  { "garbled",
    { .status = "200 OK",
      .headers = CB_ASKING_EPOCH NDJSON,
      .body = "{\"op\":\"01\n\xff\xfe}{[\n{\"st\":7}\n" },
    CB_CONTACT_UNREACHABLE,
    900,
    400,
    TRUE },
  { "oversize",
    { .body = "HTTP/1.1 200 OK\r\n" CB_ASKING_EPOCH NDJSON "Content-Length: 99999999\r\n\r\n" },
    CB_CONTACT_UNREACHABLE,
    900,
    400,
    TRUE },
  /* Committed, acknowledged, and a bit of that flipped on the way. */
  { "200-altered",
    { .status = "200 OK",
      .headers = CB_ASKING_EPOCH NDJSON "Content-Digest: " OF_NOTHING "\r\n",
      .body = "{\"end\":1,\"head\":1}\n" },
    CB_CONTACT_UNREACHABLE,
    900,
    400,
    TRUE },
  { "400-altered",
    { .status = "400 Bad",
      .headers = CB_ASKING_EPOCH CB_ASKING_JSON,
      .body = "{\"code\":\"digest\"}" },
    CB_CONTACT_UNREACHABLE,
    900,
    400 },
  { "400",
    { .status = "400 Bad", .headers = CB_ASKING_EPOCH },
    CB_CONTACT_TROUBLE,
    2600,
    200,
    FALSE,
    3 },
  { "422",
    { .status = "422 Bad", .headers = CB_ASKING_EPOCH },
    CB_CONTACT_TROUBLE,
    2600,
    200,
    FALSE,
    3 },
  { "401",
    { .status = "401 No", .headers = CB_ASKING_EPOCH },
    CB_CONTACT_AUTH_REQUIRED,
    2600,
    400 },
  { "403", { .status = "403 No", .headers = CB_ASKING_EPOCH }, CB_CONTACT_TROUBLE, 600, 200 },
  { "404", { .status = "404 No", .headers = CB_ASKING_EPOCH }, CB_CONTACT_TROUBLE, 600, 200 },
  { "405", { .status = "405 No", .headers = CB_ASKING_EPOCH }, CB_CONTACT_TROUBLE, 600, 200 },
  { "408", { .status = "408 Slow" }, CB_CONTACT_UNREACHABLE, 900, 400 },
  { "409", { .status = "409 No", .headers = CB_ASKING_EPOCH }, CB_CONTACT_TROUBLE, 600, 200 },
  { "410", { .status = "410 Gone", .headers = CB_ASKING_EPOCH }, CB_CONTACT_TROUBLE, 600, 200 },
  { "413",
    { .status = "413 Large", .headers = CB_ASKING_EPOCH },
    CB_CONTACT_TROUBLE,
    2600,
    200,
    FALSE,
    3 },
  { "413-of-a-proxy", { .status = "413 Large" }, CB_CONTACT_TROUBLE, 2600, 200 },
  { "415", { .status = "415 No", .headers = CB_ASKING_EPOCH }, CB_CONTACT_TROUBLE, 600, 200 },
  { "426", { .status = "426 Old", .headers = CB_ASKING_EPOCH }, CB_CONTACT_UPDATE_NEEDED, 400, 70 },
  { "429",
    { .status = "429 Wait", .headers = CB_ASKING_EPOCH "Retry-After: 600\r\n" },
    CB_CONTACT_BUSY,
    400,
    120 },
  { "503",
    { .status = "503 Wait",
      .headers = "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
                 "Retry-After: Sun, 06 Nov 1994 09:19:37 GMT\r\n" },
    CB_CONTACT_BUSY,
    200,
    40 },
  { "500", { .status = "500 Oops", .headers = CB_ASKING_EPOCH }, CB_CONTACT_TROUBLE, 3500, 400 },
  { "502", { .status = "502 Gateway", .headers = HTML }, CB_CONTACT_UNREACHABLE, 900, 400 },
  { "504", { .status = "504 Gateway", .headers = HTML }, CB_CONTACT_UNREACHABLE, 900, 400 },
  { "507", { .status = "507 Full", .headers = CB_ASKING_EPOCH }, CB_CONTACT_TROUBLE, 400, 70 },
  { "418", { .status = "418 Tea", .headers = CB_ASKING_EPOCH }, CB_CONTACT_TROUBLE, 600, 200 },
};

static const Row revoked = {
  "403-revoked",
  { .status = "403 No",
    .headers = CB_ASKING_EPOCH CB_ASKING_JSON,
    .body = "{\"code\":\"terminal_revoked\"}" },
  CB_CONTACT_REVOKED,
  1,
  1,
};

typedef struct
{
  CbVirtualTime *time;
  CbPeer *peer;
  CbTransport *transport;
  CbModelOutbox *outbox;
  CbSyncState *state;
  CbEngine *engine;
  GRand *generator;

  /* The service: only in the peer's thread, and by the test while no request is under way. */
  const Row *row; /* NULL: it is well */
  GHashTable *effects;

  guint n_requests;
  char *said;
} World;

/* --- the service --- */

static GBytes *
unpack (const CbPeerRequest *request)
{
  g_autofree char *encoding = cb_peer_request_dup_header (request, "Content-Encoding");
  g_autoptr (GZlibDecompressor) unpacker = g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP);
  g_autoptr (GInputStream) input = g_memory_input_stream_new_from_bytes (request->body);
  g_autoptr (GInputStream) unpacked = g_converter_input_stream_new (input, G_CONVERTER (unpacker));

  return encoding == NULL ? g_bytes_ref (request->body)
                          : g_input_stream_read_bytes (unpacked, PACKED_LIMIT, NULL, NULL);
}

/* Once, however often it comes; answers as the contract says. */
static char *
apply (World *world, const CbPeerRequest *request)
{
  g_autoptr (GBytes) plain = unpack (request);
  g_autofree char *text = g_strndup (g_bytes_get_data (plain, NULL), g_bytes_get_size (plain));
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  GString *acks = g_string_new (NULL);
  guint n = 0;

  for (guint i = 0; lines[i] != NULL && *lines[i] != '\0'; i++)
    {
      g_autofree char *id = g_strndup (lines[i] + strlen ("{\"op\":\""), CB_ID_LENGTH);
      const gboolean is_new = g_hash_table_add (world->effects, g_strdup (id));

      g_string_append_printf (acks, "{\"op\":\"%s\",\"st\":\"%s\",\"n\":%u}\n", id,
                              is_new ? "applied" : "duplicate", g_hash_table_size (world->effects));
      n++;
    }
  g_string_append_printf (acks, "{\"end\":%u,\"head\":%u}\n", n,
                          g_hash_table_size (world->effects));
  return g_string_free (acks, FALSE);
}

static void
tell (const CbPeerRequest *request, CbPeerReply *reply, gpointer data)
{
  World *world = data;
  const gboolean is_push = g_str_has_suffix (request->path, "/push");
  g_autofree char *said = g_steal_pointer (&world->said);

  world->n_requests++;
  if (is_push && (world->row == NULL || world->row->commits))
    world->said = apply (world, request);
  if (is_push && world->row != NULL)
    {
      *reply = world->row->reply;
      return;
    }

  reply->status = "200 OK";
  reply->headers = is_push ? CB_ASKING_EPOCH NDJSON : CB_ASKING_EPOCH CB_ASKING_JSON;
  if (is_push)
    reply->body = world->said;
  else if (g_str_has_suffix (request->path, "/config"))
    reply->body =
      "{\"limits\":{\"max_ops\":500,\"max_bytes\":1048576,\"max_op_bytes\":65536},"
      "\"schema\":{\"min\":1,\"max\":1}}";
  else if (g_bytes_get_size (request->body) <= 2)
    reply->body = "{\"nonce\":\"bm9uY2U=\"}";
  else
    reply->body = "{\"token\":\"a-token\",\"expires_s\":86400}";
}

/* --- the world --- */

static gdouble
draw (gpointer data)
{
  World *world = data;

  return g_rand_double (world->generator);
}

static void
make_engine (World *world)
{
  const CbEngineParts parts = {
    .outbox_port = &cb_model_outbox_port,
    .outbox = G_OBJECT (world->outbox),
    .send_port = &cb_transport_send_port,
    .sender = G_OBJECT (world->transport),
    .state = world->state,
    .clock = cb_virtual_time_get_clock (world->time),
    .timers = cb_virtual_time_get_timers (world->time),
    .random = { .func = draw, .data = world },
  };

  world->engine = cb_engine_new (&parts);
}

static void
enrol (World *world)
{
  guint8 public_key[crypto_sign_PUBLICKEYBYTES];
  guint8 secret_key[crypto_sign_SECRETKEYBYTES];
  g_autoptr (GBytes) key = NULL;
  g_autoptr (CbEnrolment) enrolment = NULL;
  CbEnrolmentFields fields = {
    .service_url = cb_peer_get_url (world->peer),
    .terminal_id = "0123456789abcdef0123456789abcdef",
    .store_name = "Hanover Square",
    .incarnation = "00000000000000000000000000000001",
  };

  crypto_sign_keypair (public_key, secret_key);
  key = g_bytes_new (secret_key, sizeof secret_key);
  fields.secret_key = key;
  enrolment = cb_enrolment_new (&fields);
  cb_model_outbox_set_enrolment (world->outbox, enrolment);
}

static void
set_up (World *world, gconstpointer data)
{
  world->time = cb_virtual_time_new (START_US);
  world->peer = cb_peer_new (NULL);
  world->transport = cb_transport_new (&cb_asking_limits);
  world->outbox = cb_model_outbox_new (cb_virtual_time_get_clock (world->time));
  world->state = cb_sync_state_new ();
  world->generator = g_rand_new_with_seed (20261121);
  world->effects = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  cb_peer_set_teller (world->peer, tell, world);
  enrol (world);
  make_engine (world);
}

static void
drop_engine (World *world)
{
  cb_engine_stop (world->engine);
  cb_virtual_time_settle (world->time);
  g_assert_finalize_object (g_steal_pointer (&world->engine));
}

static void
tear_down (World *world, gconstpointer data)
{
  drop_engine (world);
  cb_transport_close (world->transport);
  g_assert_finalize_object (world->transport);
  cb_peer_free (world->peer);
  g_object_unref (world->outbox);
  g_object_unref (world->state);
  g_rand_free (world->generator);
  g_hash_table_unref (world->effects);
  g_free (world->said);
  cb_virtual_time_free (world->time);
}

/* --- time --- */

static gboolean
is_at_work (gpointer data)
{
  World *world = data;
  const CbEngineStage stage = cb_engine_get_stage (world->engine);

  return stage != CB_ENGINE_WAITING && stage != CB_ENGINE_IDLE && stage != CB_ENGINE_REVOKED;
}

/* A request takes real time; between two of them virtual time passes. */
static void
finish_work (World *world)
{
  while (is_at_work (world))
    g_main_context_iteration (NULL, TRUE);
}

static void
run_for (World *world, gint64 for_us)
{
  const gint64 until_us = cb_virtual_time_get_elapsed_us (world->time) + for_us;

  finish_work (world);
  while (cb_virtual_time_get_elapsed_us (world->time) < until_us)
    {
      cb_virtual_time_run_until (world->time, is_at_work, world,
                                 until_us - cb_virtual_time_get_elapsed_us (world->time));
      finish_work (world);
    }
}

/* --- rows --- */

static guint
count (World *world, CbModelState state)
{
  return cb_model_outbox_count (world->outbox, state);
}

/* Each of them is there, and says truly what became of it. */
static void
check_nothing_is_lost (World *world, guint n_captured)
{
  g_assert_cmpuint (cb_model_outbox_get_length (world->outbox), ==, n_captured);
  g_assert_cmpuint (count (world, CB_MODEL_ACCEPTED) + count (world, CB_MODEL_WAITING) +
                      count (world, CB_MODEL_PARKED),
                    ==, n_captured);
  for (guint i = 0; i < n_captured; i++)
    {
      const CbModelOp *op = cb_model_outbox_get (world->outbox, i);

      if (op->state == CB_MODEL_ACCEPTED)
        g_assert_true (g_hash_table_contains (world->effects, op->op_id));
      else
        g_assert_cmpint (op->was_sent, ==, op->n_taken > 0);
    }
}

static void
make_sick (World *world, const Row *row)
{
  world->row = row;
  world->n_requests = 0;
  cb_model_outbox_add_many (world->outbox, N_OPS, 300);
  cb_engine_wake (world->engine);
}

/* The service is well, a manager has tried again what was refused: all of it arrives. */
static void
heal (World *world, guint n_captured)
{
  finish_work (world);
  world->row = NULL;
  for (guint i = 0; i < n_captured; i++)
    {
      CbModelOp *op = cb_model_outbox_get (world->outbox, i);

      if (op->state == CB_MODEL_PARKED)
        op->state = CB_MODEL_WAITING;
    }
  cb_engine_wake (world->engine);
  run_for (world, HOUR + HOUR / 2);
  g_assert_cmpuint (count (world, CB_MODEL_ACCEPTED), ==, n_captured);
  g_assert_cmpuint (g_hash_table_size (world->effects), ==, n_captured);
  g_assert_cmpint (cb_sync_state_get_contact (world->state), ==, CB_CONTACT_REACHED);
}

static void
check_row (World *world, const Row *row, guint n_captured)
{
  const guint n_before = count (world, CB_MODEL_ACCEPTED);

  make_sick (world, row);
  run_for (world, DAY);
  g_test_message ("%s: %u requests in a day, %u parked", row->name, world->n_requests,
                  count (world, CB_MODEL_PARKED));
  g_assert_cmpint (cb_sync_state_get_contact (world->state), ==, row->contact);
  g_assert_cmpuint (world->n_requests, <=, row->most);
  g_assert_cmpuint (world->n_requests, >=, row->least);
  g_assert_cmpuint (count (world, CB_MODEL_ACCEPTED), ==, n_before);
  g_assert_cmpuint (count (world, CB_MODEL_PARKED), <=, row->most_parked);
  check_nothing_is_lost (world, n_captured);
}

static void
test_every_row_in_turn (World *world, gconstpointer data)
{
  guint n_captured = 0;

  cb_engine_start (world->engine);
  finish_work (world);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      n_captured += N_OPS;
      check_row (world, &rows[i], n_captured);
      heal (world, n_captured);
    }
}

static void
test_revoked (World *world, gconstpointer data)
{
  cb_engine_start (world->engine);
  finish_work (world);
  check_row (world, &revoked, N_OPS);
  g_assert_cmpint (cb_engine_get_stage (world->engine), ==, CB_ENGINE_REVOKED);

  /* Enrolled anew. */
  drop_engine (world);
  world->row = NULL;
  make_engine (world);
  cb_engine_start (world->engine);
  heal (world, N_OPS);
}

/* The service is not there at all: no byte leaves, and nothing is said to have been sent. */
static void
test_nobody_listens (World *world, gconstpointer data)
{
  cb_engine_start (world->engine);
  run_for (world, SECOND);

  /* The peer goes; token and limits still hold. */
  cb_peer_free (world->peer);
  cb_model_outbox_add_many (world->outbox, N_OPS, 300);
  cb_engine_wake (world->engine);
  run_for (world, 6 * HOUR);
  g_assert_cmpint (cb_sync_state_get_contact (world->state), ==, CB_CONTACT_UNREACHABLE);
  g_assert_cmpuint (count (world, CB_MODEL_WAITING), ==, N_OPS);
  g_assert_cmpuint (cb_model_outbox_get (world->outbox, 0)->n_taken, >=, 2);
  for (guint i = 0; i < N_OPS; i++)
    g_assert_false (cb_model_outbox_get (world->outbox, i)->was_sent);
  world->peer = cb_peer_new (NULL);
}

#define ADD(path, func) g_test_add ("/engine/table/" path, World, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  cb_transport_prepare_process ();

  ADD ("every-row-in-turn", test_every_row_in_turn);
  ADD ("revoked-asks-once", test_revoked);
  ADD ("nobody-listens", test_nobody_listens);

  return g_test_run ();
}
