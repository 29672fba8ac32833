/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "base/cb-id.h"
#include "base/cb-json.h"
#include "support/cb-service-fixture.h"
#include "support/cb-test-ops.h"
#include "support/cb-test-terminal.h"
#include "wire/cb-limits.h"
#include "wire/cb-order.h"

#include <gio/gio.h>
#include <string.h>
#include <zlib.h>

#define PUSH "/v1/sync/push"

/* A service and an enrolled terminal with a token. */
typedef struct
{
  CbServiceFixture *service;
  CbTestTerminal *terminal;
  char *customer;
} World;

static void
world_clear (World *world)
{
  cb_test_terminal_free (world->terminal);
  cb_service_fixture_free (world->service);
  g_free (world->customer);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (World, world_clear)

static World
world_new (void)
{
  World world = { .service = cb_service_fixture_new (), .customer = cb_id_new () };
  g_autofree char *code = cb_service_fixture_enrol (world.service, "Port Halden");

  world.terminal = cb_test_terminal_new (cb_service_fixture_get_url (world.service));
  g_assert_cmpuint (cb_test_terminal_enrol (world.terminal, code), ==, 200);
  g_assert_cmpuint (cb_test_terminal_fetch_token (world.terminal), ==, 200);
  return world;
}

static guint
push_bytes (World *world, const char *type, const void *bytes, gsize length)
{
  g_autoptr (GBytes) body = g_bytes_new (bytes, length);

  return cb_test_terminal_request (world->terminal, "POST", PUSH, type, body);
}

static guint
push_text (World *world, const char *text)
{
  return push_bytes (world, CB_MEDIA_NDJSON, text, strlen (text));
}

static void
assert_code (World *world, const char *code)
{
  g_autofree char *found = cb_test_terminal_dup_reply_text (world->terminal, "code");
  g_autofree char *message = cb_test_terminal_dup_reply_text (world->terminal, "message");

  g_assert_cmpstr (found, ==, code);
  g_assert_nonnull (message);
}

static GBytes *
pack (const void *bytes, gsize length)
{
  z_stream stream = { 0 };
  gsize room = length + 1024;
  guint8 *packed = g_malloc (room);

  g_assert_cmpint (deflateInit2 (&stream, 1, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), ==,
                   Z_OK);
  stream.next_in = (Bytef *) bytes;
  stream.avail_in = (uInt) length;
  stream.next_out = packed;
  stream.avail_out = (uInt) room;
  g_assert_cmpint (deflate (&stream, Z_FINISH), ==, Z_STREAM_END);
  room -= stream.avail_out;
  deflateEnd (&stream);
  return g_bytes_new_take (packed, room);
}

static guint
push_with_digest (World *world, const char *digest, const char *text)
{
  cb_test_terminal_set_header (world->terminal, "Content-Digest", digest);
  return push_text (world, text);
}

/* --- the ordinary way --- */

static void
test_what_is_agreed_arrives (void)
{
  g_auto (World) world = world_new ();
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *grant = cb_id_new ();
  g_autofree char *note = cb_id_new ();
  g_autoptr (CbAckList) list = NULL;
  g_autoptr (CbAckList) again = NULL;
  const CbTestPut put = { .customer = world.customer,
                          .scope = "store",
                          .purpose = "shop",
                          .grant = grant,
                          .text = "38 narrow, “navy” 👢" };

  g_ptr_array_add (lines, cb_test_grant (grant, world.customer, "shop", "*", "spoken", NULL));
  g_ptr_array_add (lines, cb_test_note (note, &put));
  list = cb_test_terminal_push (world.terminal, lines);
  g_assert_true (list->is_complete);
  g_assert_cmpuint (list->acks->len, ==, 2);
  g_assert_cmpint (list->head, ==, 2);
  for (guint i = 0; i < 2; i++)
    g_assert_cmpint (((CbAck *) list->acks->pdata[i])->state, ==, CB_ACK_APPLIED);
  g_assert_cmpstr (cb_test_terminal_get_reply_header (world.terminal, "Content-Type"), ==,
                   CB_MEDIA_NDJSON);

  again = cb_test_terminal_push (world.terminal, lines);
  for (guint i = 0; i < 2; i++)
    g_assert_cmpint (((CbAck *) again->acks->pdata[i])->state, ==, CB_ACK_DUPLICATE);
  g_assert_true (cb_service_fixture_dump_has (world.service, "38 narrow, “navy” 👢"));
  g_assert_true (cb_service_fixture_dump_has (world.service, "\"store\":\"Port Halden\""));
}

static char *
digest_of (gconstpointer bytes, gsize length)
{
  g_autofree guint8 *raw = g_malloc (32);
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree char *text = NULL;
  gsize size = 32;

  g_checksum_update (sum, bytes, (gssize) length);
  g_checksum_get_digest (sum, raw, &size);
  text = g_base64_encode (raw, size);
  return g_strdup_printf ("sha-256=:%s:", text);
}

/* What is another body than was sent is kept from having any effect; what tells no digest, or
 * none that is known here, is taken as ever. */
static void
test_altered_body_has_no_effect (void)
{
  g_auto (World) world = world_new ();
  g_autofree char *grant = cb_id_new ();
  g_autofree char *yes = cb_test_grant (grant, world.customer, "shop", "*", "spoken", NULL);
  g_autofree char *line = g_strconcat (yes, "\n", NULL);
  g_autofree char *sum = digest_of (line, strlen (line));
  g_autofree char *both = g_strconcat ("sha-512=:AAAA:, ", sum, NULL);
  g_autoptr (GBytes) packed = pack (line, strlen (line));
  g_autofree char *packed_sum =
    digest_of (g_bytes_get_data (packed, NULL), g_bytes_get_size (packed));
  g_autofree char *other = g_strdup (line);

  *strstr (other, "spoken") = 'r';
  g_assert_cmpuint (push_with_digest (&world, sum, other), ==, 400);
  assert_code (&world, "digest");
  g_assert_cmpuint (push_with_digest (&world, "sha-256=:AAAA:", line), ==, 400);
  assert_code (&world, "digest");

  /* Of what is packed the digest is over the packed bytes. */
  cb_test_terminal_set_header (world.terminal, "Content-Encoding", "gzip");
  cb_test_terminal_set_header (world.terminal, "Content-Digest", sum);
  g_assert_cmpuint (
    cb_test_terminal_request (world.terminal, "POST", PUSH, CB_MEDIA_NDJSON, packed), ==, 400);
  g_assert_false (cb_service_fixture_dump_has (world.service, grant));

  cb_test_terminal_set_header (world.terminal, "Content-Encoding", "gzip");
  cb_test_terminal_set_header (world.terminal, "Content-Digest", packed_sum);
  g_assert_cmpuint (
    cb_test_terminal_request (world.terminal, "POST", PUSH, CB_MEDIA_NDJSON, packed), ==, 200);
  g_assert_cmpuint (push_with_digest (&world, sum, line), ==, 200);
  g_assert_cmpuint (push_with_digest (&world, both, line), ==, 200);
  g_assert_cmpuint (push_with_digest (&world, "sha-512=:AAAA:", line), ==, 200);
  g_assert_cmpuint (push_text (&world, line), ==, 200);
  g_assert_true (cb_service_fixture_dump_has (world.service, grant));
}

/* A code that came as another one, or with another key, is not used up. */
static void
test_altered_enrolment_leaves_its_code (void)
{
  g_auto (World) world = world_new ();
  g_autofree char *code = cb_service_fixture_enrol (world.service, "Port Halden");
  g_autoptr (CbTestTerminal) terminal =
    cb_test_terminal_new (cb_service_fixture_get_url (world.service));

  cb_test_terminal_set_header (terminal, "Content-Digest", "sha-256=:AAAA:");
  g_assert_cmpuint (cb_test_terminal_enrol (terminal, code), ==, 400);
  g_assert_cmpuint (cb_test_terminal_enrol (terminal, code), ==, 200);
}

static void
assert_digest (CbTestTerminal *terminal)
{
  const char *reply = cb_test_terminal_get_reply (terminal);
  g_autofree char *sum = digest_of (reply, strlen (reply));

  g_assert_cmpstr (cb_test_terminal_get_reply_header (terminal, "Content-Digest"), ==, sum);
}

/* Of every answer, so that the terminal sees what is none. */
static void
test_answers_tell_their_digest (void)
{
  g_auto (World) world = world_new ();

  for (guint i = 0; i < 4; i++)
    {
      static const char *const paths[] = { "/v1/health", "/v1/sync/config", "/v1/sync/changes",
                                           "/v1/nothing" };

      cb_test_terminal_request (world.terminal, "GET", paths[i], NULL, NULL);
      assert_digest (world.terminal);
    }
  g_assert_cmpuint (push_text (&world, "{}\n"), ==, 200);
  assert_digest (world.terminal);
}

static void
test_config_says_what_holds (void)
{
  g_auto (World) world = world_new ();
  g_autofree char *epoch = NULL;
  g_autofree char *time = NULL;
  const char *reply = NULL;

  g_assert_cmpuint (cb_test_terminal_request (world.terminal, "GET", "/v1/sync/config", NULL, NULL),
                    ==, 200);
  reply = cb_test_terminal_get_reply (world.terminal);
  g_assert_nonnull (
    strstr (reply, "\"limits\":{\"max_ops\":500,\"max_bytes\":1048576,\"max_op_bytes\":65536}"));
  g_assert_nonnull (strstr (reply, "\"schema\":{\"min\":1,\"max\":1}"));
  epoch = cb_test_terminal_dup_reply_text (world.terminal, "epoch");
  time = cb_test_terminal_dup_reply_text (world.terminal, "time");
  g_assert_true (cb_id_is_valid (epoch));
  g_assert_true (g_str_has_suffix (time, "Z"));
  g_assert_cmpstr (cb_test_terminal_get_reply_header (world.terminal, CB_HEADER_EPOCH), ==, epoch);
}

static void
test_packed_bodies_are_read (void)
{
  g_auto (World) world = world_new ();
  g_autofree char *line = cb_test_grant (NULL, world.customer, "shop", "*", "spoken", NULL);
  g_autoptr (GBytes) packed = pack (line, strlen (line));

  cb_test_terminal_set_header (world.terminal, "Content-Encoding", "gzip");
  g_assert_cmpuint (
    cb_test_terminal_request (world.terminal, "POST", PUSH, CB_MEDIA_NDJSON, packed), ==, 200);
  g_assert_nonnull (strstr (cb_test_terminal_get_reply (world.terminal), "\"applied\""));
}

/* --- who may --- */

static void
test_health_is_for_everybody (void)
{
  g_autoptr (CbServiceFixture) service = cb_service_fixture_new ();
  g_autoptr (CbTestTerminal) stranger = cb_test_terminal_new (cb_service_fixture_get_url (service));

  g_assert_cmpuint (cb_test_terminal_request (stranger, "GET", "/v1/health", NULL, NULL), ==, 200);
  g_assert_cmpstr (cb_test_terminal_get_reply (stranger), ==, "{\"ok\":true}\n");
  g_assert_true (cb_id_is_valid (cb_test_terminal_get_reply_header (stranger, CB_HEADER_EPOCH)));
}

static void
test_nothing_without_a_token (void)
{
  g_auto (World) world = world_new ();
  const char *const tokens[] = {
    NULL, "", "Bearer", "Bearer ", "Bearer x", "Basic eDp4", "Bearer \x01", "bearer nope",
  };

  for (guint i = 0; i < G_N_ELEMENTS (tokens); i++)
    {
      cb_test_terminal_set_header (world.terminal, "Authorization", tokens[i]);
      g_assert_cmpuint (push_text (&world, ""), ==, 401);
      assert_code (&world, "token");
      cb_test_terminal_set_header (world.terminal, "Authorization", tokens[i]);
      g_assert_cmpuint (
        cb_test_terminal_request (world.terminal, "GET", "/v1/sync/config", NULL, NULL), ==, 401);
    }
  g_assert_cmpuint (push_text (&world, ""), ==, 200);
}

static void
test_wrong_signature_gets_no_token (void)
{
  g_auto (World) world = world_new ();
  g_autofree char *nonce = cb_test_terminal_fetch_nonce (world.terminal);

  g_assert_cmpuint (cb_test_terminal_send_nonce (world.terminal, nonce, FALSE), ==, 401);
  assert_code (&world, "signature");
  g_assert_cmpuint (cb_test_terminal_send_nonce (world.terminal, nonce, TRUE), ==, 200);
  g_assert_cmpuint (cb_test_terminal_send_nonce (world.terminal, nonce, TRUE), ==, 401);
  assert_code (&world, "nonce");
}

static void
test_code_enrols_once (void)
{
  g_auto (World) world = world_new ();
  g_autofree char *code = cb_service_fixture_enrol (world.service, "Port Halden");
  g_autoptr (CbTestTerminal) second =
    cb_test_terminal_new (cb_service_fixture_get_url (world.service));

  g_assert_cmpuint (cb_test_terminal_enrol (second, code), ==, 200);
  g_assert_cmpuint (cb_test_terminal_enrol (world.terminal, code), ==, 403);
  assert_code (&world, "code_invalid");
}

static void
assert_order (World *world, const guint8 *key)
{
  g_autoptr (JsonObject) reply = json_tokener_parse (cb_test_terminal_get_reply (world->terminal));
  JsonObject *wipe = cb_json_get_object (reply, "wipe");

  assert_code (world, "terminal_revoked");
  g_assert_nonnull (wipe);
  g_assert_true (cb_order_is_wipe (cb_test_terminal_get_id (world->terminal),
                                   cb_json_get_string (wipe, "at"),
                                   cb_json_get_string (wipe, "signature"), key));
}

static void
test_revoked_terminal_is_told (void)
{
  g_auto (World) world = world_new ();
  const char *id = cb_test_terminal_get_id (world.terminal);

  g_assert_cmpint (cb_service_fixture_run (world.service, NULL, "revoke", id, NULL), ==, 0);
  g_assert_cmpuint (push_text (&world, ""), ==, 403);
  assert_code (&world, "terminal_revoked");
  g_assert_cmpuint (cb_test_terminal_fetch_token (world.terminal), ==, 403);
  assert_code (&world, "terminal_revoked");
}

/* By the key that it was given when it was enrolled, and to nobody who has not proved who they are.
 */
static void
test_order_is_signed (void)
{
  g_auto (World) world = world_new ();
  const char *id = cb_test_terminal_get_id (world.terminal);
  g_autoptr (CbTestTerminal) second =
    cb_test_terminal_new (cb_service_fixture_get_url (world.service));
  g_autofree char *code = cb_service_fixture_enrol (world.service, "Lower Quay");
  g_autofree char *text = NULL;
  g_autofree guchar *key = NULL;
  g_autofree char *nonce = NULL;
  gsize length = 0;

  g_assert_cmpuint (cb_test_terminal_enrol (second, code), ==, 200);
  text = cb_test_terminal_dup_reply_text (second, "order_key");
  key = g_base64_decode (text, &length);
  g_assert_cmpuint (length, ==, CB_ORDER_PUBLIC_BYTES);

  nonce = cb_test_terminal_fetch_nonce (world.terminal);
  g_assert_cmpint (cb_service_fixture_run (world.service, NULL, "revoke", "--wipe", id, NULL), ==,
                   0);
  g_assert_cmpuint (cb_test_terminal_send_nonce (world.terminal, nonce, FALSE), ==, 401);
  g_assert_null (strstr (cb_test_terminal_get_reply (world.terminal), "wipe"));

  g_assert_cmpuint (push_text (&world, ""), ==, 403);
  assert_order (&world, key);
  g_assert_cmpuint (cb_test_terminal_fetch_token (world.terminal), ==, 403);
  assert_order (&world, key);
}

static void
test_token_of_another_terminal_is_refused (void)
{
  g_auto (World) world = world_new ();

  cb_test_terminal_set_header (world.terminal, CB_HEADER_TERMINAL, world.customer);
  g_assert_cmpuint (push_text (&world, ""), ==, 403);
  assert_code (&world, "terminal_mismatch");
}

/* --- what is refused as a whole --- */

static void
test_unknown_paths_and_methods (void)
{
  g_auto (World) world = world_new ();
  const char *const paths[] = {
    "/",
    "/v1",
    "/v1/",
    "/v2/health",
    "/v1/health/",
    "/v1/sync/changes/",
    "/v1/terminals/x/token",
    "/v1/terminals//token",
    "/v1/terminals/0123456789abcdef0123456789abcdef/token/",
    "/v1/terminals/0123456789ABCDEF0123456789ABCDEF/token",
  };

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_assert_cmpuint (cb_test_terminal_request (world.terminal, "GET", paths[i], NULL, NULL), ==,
                        404);
      assert_code (&world, "not_found");
      g_assert_nonnull (cb_test_terminal_get_reply_header (world.terminal, CB_HEADER_EPOCH));
    }
  g_assert_cmpuint (cb_test_terminal_request (world.terminal, "GET", PUSH, NULL, NULL), ==, 405);
  g_assert_cmpstr (cb_test_terminal_get_reply_header (world.terminal, "Allow"), ==, "POST");
  g_assert_cmpuint (cb_test_terminal_request (world.terminal, "DELETE", "/v1/health", NULL, NULL),
                    ==, 405);
  assert_code (&world, "method");
}

static void
test_other_versions_are_told_to_upgrade (void)
{
  g_auto (World) world = world_new ();
  const char *const versions[] = { "0", "2", "x", "-1", "1 ", "99999999999999999999", "" };

  for (guint i = 0; i < G_N_ELEMENTS (versions); i++)
    {
      cb_test_terminal_set_header (world.terminal, CB_HEADER_PROTOCOL, versions[i]);
      if (push_text (&world, "") != 200)
        assert_code (&world, "protocol");
      else
        g_assert_cmpstr (versions[i], ==, "1 ");

      cb_test_terminal_set_header (world.terminal, CB_HEADER_SCHEMA, versions[i]);
      if (push_text (&world, "") != 200)
        assert_code (&world, "schema");
      else
        g_assert_cmpstr (versions[i], ==, "1 ");
    }
  cb_test_terminal_set_header (world.terminal, CB_HEADER_SCHEMA, "2");
  g_assert_cmpuint (push_text (&world, ""), ==, 426);
}

static void
test_other_types_and_encodings (void)
{
  g_auto (World) world = world_new ();

  g_assert_cmpuint (push_bytes (&world, "application/json", "", 0), ==, 415);
  assert_code (&world, "content_type");
  g_assert_cmpuint (push_bytes (&world, "text/plain", "x", 1), ==, 415);
  cb_test_terminal_set_header (world.terminal, "Content-Encoding", "br");
  g_assert_cmpuint (push_text (&world, "x"), ==, 415);
  assert_code (&world, "encoding");
  cb_test_terminal_set_header (world.terminal, "Content-Encoding", "gzip, gzip");
  g_assert_cmpuint (push_text (&world, "x"), ==, 415);
  cb_test_terminal_set_header (world.terminal, "Content-Encoding", "gzip");
  g_assert_cmpuint (cb_test_terminal_request_json (world.terminal, "/v1/terminals", "{}"), ==, 415);
  g_assert_cmpuint (push_bytes (&world, "application/x-ndjson; charset=utf-8", "", 0), ==, 200);
}

static void
test_spoilt_gzip_is_malformed (void)
{
  g_auto (World) world = world_new ();
  g_autoptr (GBytes) good = pack ("{}\n", 3);
  gsize length = 0;
  const char *bytes = g_bytes_get_data (good, &length);
  g_autofree char *twice = g_malloc (2 * length);

  memcpy (twice, bytes, length);
  memcpy (twice + length, bytes, length);
  for (gsize i = 0; i < length; i++)
    {
      cb_test_terminal_set_header (world.terminal, "Content-Encoding", "gzip");
      g_assert_cmpuint (push_bytes (&world, CB_MEDIA_NDJSON, bytes, i), ==, 400);
      assert_code (&world, "malformed");
    }
  cb_test_terminal_set_header (world.terminal, "Content-Encoding", "gzip");
  g_assert_cmpuint (push_bytes (&world, CB_MEDIA_NDJSON, twice, 2 * length), ==, 400);
  cb_test_terminal_set_header (world.terminal, "Content-Encoding", "gzip");
  g_assert_cmpuint (push_bytes (&world, CB_MEDIA_NDJSON, bytes, length), ==, 200);
}

/* Sixteen megabytes of nothing pack into sixteen thousand bytes. */
static void
test_bombs_do_not_unpack (void)
{
  g_auto (World) world = world_new ();
  const gsize length = 16 * CB_LIMIT_BYTES;
  g_autofree char *zeros = g_malloc0 (length);
  g_autoptr (GBytes) bomb = pack (zeros, length);

  g_assert_cmpuint (g_bytes_get_size (bomb), <, CB_LIMIT_BYTES);
  cb_test_terminal_set_header (world.terminal, "Content-Encoding", "gzip");
  g_assert_cmpuint (cb_test_terminal_request (world.terminal, "POST", PUSH, CB_MEDIA_NDJSON, bomb),
                    ==, 413);
  assert_code (&world, "too_large");
}

static void
test_bodies_are_bounded (void)
{
  g_auto (World) world = world_new ();
  g_autofree char *full = g_strnfill (CB_LIMIT_BYTES, ' ');
  g_autofree char *over = g_strnfill (CB_LIMIT_BYTES + 1, ' ');
  g_autofree char *newlines = g_strnfill (CB_LIMIT_OPS, '\n');
  g_autofree char *many = g_strnfill (CB_LIMIT_OPS + 1, '\n');
  g_autofree char *long_code = g_strnfill (CB_LIMIT_SMALL_BYTES, ' ');

  g_assert_cmpuint (push_text (&world, full), ==, 200);
  g_assert_nonnull (strstr (cb_test_terminal_get_reply (world.terminal), "\"too_large\""));
  g_assert_cmpuint (push_text (&world, over), ==, 413);
  assert_code (&world, "too_large");
  g_assert_cmpuint (push_text (&world, newlines), ==, 200);
  g_assert_cmpuint (push_text (&world, many), ==, 413);
  g_assert_cmpuint (cb_test_terminal_request_json (world.terminal, "/v1/terminals", long_code), ==,
                    400);
  g_assert_cmpuint (push_text (&world, ""), ==, 200);
  g_assert_cmpstr (cb_test_terminal_get_reply (world.terminal), ==, "{\"end\":0,\"head\":0}\n");
}

static void
test_spoilt_documents_are_malformed (void)
{
  g_auto (World) world = world_new ();
  const char *const spoilt[] = {
    "",
    "x",
    "[]",
    "null",
    "{\"code\":1}",
    "{\"code\":\"x\"}",
    "{\"code\":\"x\",\"public_key\":\"AA==\"}",
    "{\"code\":\"x\",\"public_key\":\"!\"}",
    "{\"code\":\"\xff\"}",
  };
  g_autofree char *path =
    g_strconcat ("/v1/terminals/", cb_test_terminal_get_id (world.terminal), "/token", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (spoilt); i++)
    {
      g_assert_cmpuint (cb_test_terminal_request_json (world.terminal, "/v1/terminals", spoilt[i]),
                        ==, 400);
      assert_code (&world, "malformed");
      g_assert_cmpuint (cb_test_terminal_request_json (world.terminal, path, spoilt[i]), ==, 400);
    }
}

/* --- below HTTP --- */

static GSocketConnection *
connect_raw (World *world)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GError) error = NULL;
  GSocketConnection *connection = NULL;

  g_socket_client_set_timeout (client, 5);
  connection = g_socket_client_connect_to_host (
    client, "127.0.0.1", (guint16) cb_service_fixture_get_port (world->service), NULL, &error);
  g_assert_no_error (error);
  return connection;
}

/* Writes, reads what comes until the other end closes or is silent, and gives its first bytes. */
static char *
speak_raw (World *world, const char *text)
{
  g_autoptr (GSocketConnection) connection = connect_raw (world);
  GInputStream *input = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  char reply[512] = { 0 };
  gsize length = 0;

  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), text,
                             strlen (text), NULL, NULL, NULL);
  g_input_stream_read_all (input, reply, sizeof reply - 1, &length, NULL, NULL);
  return g_strdup (reply);
}

static void
test_announced_floods_are_answered_at_once (void)
{
  g_auto (World) world = world_new ();
  const char *const heads[] = {
    "Content-Length: 99999999999",
    "Content-Length: -1",
    "Content-Length: 99999999999999999999999999",
    "Content-Length: 4\r\nContent-Length: 2",
    "Content-Length: 4\r\nTransfer-Encoding: chunked",
  };

  for (guint i = 0; i < G_N_ELEMENTS (heads); i++)
    {
      g_autofree char *head = g_strdup_printf (
        "POST /v1/terminals HTTP/1.1\r\nHost: x\r\n"
        "Content-Type: application/json\r\n%s\r\n\r\n",
        heads[i]);
      g_autofree char *reply = speak_raw (&world, head);

      g_test_message ("%s: %s", heads[i], reply);
      g_assert_true (g_str_has_prefix (reply, "HTTP/1.1 4"));
      g_assert_nonnull (strstr (reply, "\"code\":"));
      g_assert_nonnull (strstr (reply, CB_HEADER_EPOCH));
    }
  g_assert_cmpuint (push_text (&world, ""), ==, 200);
}

static void
test_what_is_no_http_is_survived (void)
{
  g_auto (World) world = world_new ();
  const char *const texts[] = {
    "\x16\x03\x01\x02",
    "GET / HTTP/9.9\r\n\r\n",
    "GET\r\n\r\n",
    "\r\n\r\n\r\n",
    "POST /v1/sync/push HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
    "POST /v1/terminals HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    "Transfer-Encoding: chunked\r\n\r\nzzz\r\n",
    "GET /%00 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    "GET /v1/health HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \r\n\tfolded\r\n"
    "Connection: close\r\n\r\n",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GSocketConnection) connection = connect_raw (&world);

      g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), texts[i],
                                 strlen (texts[i]), NULL, NULL, NULL);
      g_assert_cmpuint (push_text (&world, ""), ==, 200);
    }
}

/* --- connections --- */

/* Reads until that many answers have come; how many did before the other end closed. */
static guint
count_answers (GSocketConnection *connection, guint wanted)
{
  GInputStream *input = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  GString *text = g_string_new (NULL);
  guint n_answers = 0;
  gssize length = 1;

  while (n_answers < wanted && length > 0)
    {
      char piece[4096];

      length = g_input_stream_read (input, piece, sizeof piece, NULL, NULL);
      if (length > 0)
        g_string_append_len (text, piece, length);
      n_answers = 0;
      for (const char *at = text->str; (at = strstr (at, "{\"ok\":true}\n")) != NULL; at++)
        n_answers++;
    }
  g_string_free (text, TRUE);
  return n_answers;
}

static void
write_text (GSocketConnection *connection, const char *text)
{
  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), text,
                             strlen (text), NULL, NULL, NULL);
}

#define HEALTH "GET /v1/health HTTP/1.1\r\nHost: x\r\n\r\n"

static void
test_connection_serves_many_requests (void)
{
  g_auto (World) world = world_new ();
  g_autoptr (GSocketConnection) connection = connect_raw (&world);

  for (guint i = 0; i < 50; i++)
    {
      write_text (connection, HEALTH);
      g_assert_cmpuint (count_answers (connection, 1), ==, 1);
    }
}

/* Sent without waiting: each is answered, and nothing of one is taken for another. */
static void
test_requests_may_come_ahead (void)
{
  g_auto (World) world = world_new ();
  g_autoptr (GSocketConnection) connection = connect_raw (&world);

  write_text (connection, HEALTH HEALTH HEALTH);
  g_assert_cmpuint (count_answers (connection, 3), ==, 3);
  write_text (connection, HEALTH);
  g_assert_cmpuint (count_answers (connection, 1), ==, 1);
}

static void
test_close_is_honoured (void)
{
  g_auto (World) world = world_new ();
  const char *const requests[] = {
    "GET /v1/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    "GET /v1/health HTTP/1.0\r\n\r\n",
  };

  for (guint i = 0; i < G_N_ELEMENTS (requests); i++)
    {
      g_autoptr (GSocketConnection) connection = connect_raw (&world);

      write_text (connection, requests[i]);
      /* Asked for two, it reads to the end of the connection. */
      g_assert_cmpuint (count_answers (connection, 2), ==, 1);
    }
}

/* Whoever leaves, and however, leaves nothing open. */
static void
test_connections_leave_nothing_open (void)
{
  g_auto (World) world = world_new ();
  const char *const requests[] = {
    "",
    "GET",
    HEALTH,
    HEALTH HEALTH HEALTH HEALTH HEALTH HEALTH HEALTH HEALTH,
    "POST /v1/terminals HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    "Content-Length: 100\r\n\r\n{",
  };
  const guint before = cb_service_fixture_count_open (world.service);
  guint after = 0;

  for (guint i = 0; i < 1000; i++)
    {
      g_autoptr (GSocketConnection) connection = connect_raw (&world);

      write_text (connection, requests[i % G_N_ELEMENTS (requests)]);
      if (i % G_N_ELEMENTS (requests) == 2)
        g_assert_cmpuint (count_answers (connection, 1), ==, 1);
    }
  for (guint i = 0; i < 200; i++)
    {
      after = cb_service_fixture_count_open (world.service);
      if (after <= before)
        break;
      g_usleep (10000);
    }
  g_assert_cmpuint (after, <=, before);
  g_assert_cmpuint (push_text (&world, ""), ==, 200);
}

/* --- reply lost --- */

/* The service commits, the reply meets a closed door; the terminal sends the same bytes again. */
static void
test_lost_reply_is_a_duplicate (void)
{
  g_auto (World) world = world_new ();
  const char *token = cb_test_terminal_get_token (world.terminal);

  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *customer = cb_id_new ();
      g_autofree char *line = cb_test_grant (NULL, customer, "shop", "*", "spoken", NULL);
      g_autofree char *request =
        g_strdup_printf ("POST " PUSH
                         " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n"
                         "Content-Type: " CB_MEDIA_NDJSON "\r\nContent-Length: %zu\r\n\r\n%s",
                         token, strlen (line), line);
      GSocketConnection *connection = connect_raw (&world);

      g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), request,
                                 strlen (request), NULL, NULL, NULL);
      g_io_stream_close (G_IO_STREAM (connection), NULL, NULL);
      g_object_unref (connection);
      while (!cb_service_fixture_dump_has (world.service, customer))
        g_usleep (5000);
      g_assert_cmpint (cb_test_terminal_push_one (world.terminal, line), ==, CB_ACK_DUPLICATE);
    }
}

/* --- the log --- */

static void
test_log_names_nobody (void)
{
  g_auto (World) world = world_new ();
  g_autofree char *grant = cb_id_new ();
  g_autofree char *note = cb_id_new ();
  const CbTestPut put = { .customer = world.customer,
                          .scope = "store",
                          .purpose = "shop",
                          .grant = grant,
                          .text = "CANARY-IN-A-NOTE" };
  g_autofree char *yes = cb_test_grant (grant, world.customer, "shop", "*", "spoken", NULL);
  g_autofree char *line = cb_test_note (note, &put);
  g_autofree char *spoilt = g_strndup (line, strlen (line) - 3);
  g_autofree char *log = NULL;

  cb_test_terminal_push_one (world.terminal, yes);
  cb_test_terminal_push_one (world.terminal, line);
  cb_test_terminal_push_one (world.terminal, spoilt);
  cb_test_terminal_request (world.terminal, "GET", "/v1/CANARY-IN-A-PATH", NULL, NULL);
  cb_test_terminal_request (world.terminal, "CANARYMETHOD", "/v1/health", NULL, NULL);
  log = cb_service_fixture_read_log (world.service);
  g_assert_nonnull (strstr (log, "POST /v1/sync/push 200 ops=1 ms="));
  g_assert_null (strstr (log, "CANARY"));
  g_assert_null (strstr (log, world.customer));
  g_assert_null (strstr (log, cb_test_terminal_get_id (world.terminal)));
  g_assert_null (strstr (log, cb_test_terminal_get_token (world.terminal)));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) g_test_add_func ("/service/http/" path, func)
  ADD ("digest/altered-body-has-no-effect", test_altered_body_has_no_effect);
  ADD ("digest/altered-enrolment-leaves-its-code", test_altered_enrolment_leaves_its_code);
  ADD ("digest/answers-tell-theirs", test_answers_tell_their_digest);
  ADD ("what-is-agreed-arrives", test_what_is_agreed_arrives);
  ADD ("config-says-what-holds", test_config_says_what_holds);
  ADD ("packed-bodies-are-read", test_packed_bodies_are_read);
  ADD ("health-is-for-everybody", test_health_is_for_everybody);
  ADD ("nothing-without-a-token", test_nothing_without_a_token);
  ADD ("wrong-signature-gets-no-token", test_wrong_signature_gets_no_token);
  ADD ("code-enrols-once", test_code_enrols_once);
  ADD ("revoked-terminal-is-told", test_revoked_terminal_is_told);
  ADD ("wipe-is-signed", test_order_is_signed);
  ADD ("token-of-another-terminal-is-refused", test_token_of_another_terminal_is_refused);
  ADD ("unknown-paths-and-methods", test_unknown_paths_and_methods);
  ADD ("other-versions-are-told-to-upgrade", test_other_versions_are_told_to_upgrade);
  ADD ("other-types-and-encodings", test_other_types_and_encodings);
  ADD ("spoilt-gzip-is-malformed", test_spoilt_gzip_is_malformed);
  ADD ("bombs-do-not-unpack", test_bombs_do_not_unpack);
  ADD ("bodies-are-bounded", test_bodies_are_bounded);
  ADD ("spoilt-documents-are-malformed", test_spoilt_documents_are_malformed);
  ADD ("announced-floods-are-answered-at-once", test_announced_floods_are_answered_at_once);
  ADD ("what-is-no-http-is-survived", test_what_is_no_http_is_survived);
  ADD ("connection/serves-many-requests", test_connection_serves_many_requests);
  ADD ("connection/requests-may-come-ahead", test_requests_may_come_ahead);
  ADD ("connection/close-is-honoured", test_close_is_honoured);
  ADD ("connection/leaves-nothing-open", test_connections_leave_nothing_open);
  ADD ("lost-reply-is-a-duplicate", test_lost_reply_is_a_duplicate);
  ADD ("log-names-nobody", test_log_names_nobody);
#undef ADD

  return g_test_run ();
}
