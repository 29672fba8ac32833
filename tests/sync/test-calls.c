/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "engine/cb-calls.h"

#include "engine/cb-wiped-buffer.h"
#include "wire/cb-codes.h"
#include "wire/cb-limits.h"
#include "wire/cb-protocol-error.h"

#include <sodium.h>
#include <string.h>

#define TERMINAL "0123456789abcdef0123456789abcdef"
#define CHAIN_KEY "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="

static GBytes *
bytes_of (const char *text)
{
  return g_bytes_new (text, strlen (text));
}

static const char *
header_of (const CbRequest *request, const char *name)
{
  const gsize length = strlen (name);

  for (guint i = 0; i < request->headers->len; i++)
    {
      const char *line = g_ptr_array_index (request->headers, i);

      if (strncmp (line, name, length) == 0 && line[length] == ':')
        return line + length + 2;
    }

  return NULL;
}

/* --- replies --- */

static void
test_reads_an_enrolment (void)
{
  g_autoptr (GBytes) reply =
    bytes_of ("{\"terminal\":\"" TERMINAL
              "\",\"store\":\"Zürich, Bahnhofstraße\","
              "\"chain_key\":\"" CHAIN_KEY "\",\"epoch\":\"x\",\"later\":[1,2]}");
  g_autoptr (GError) error = NULL;
  g_autoptr (CbEnrolled) enrolled = cb_calls_read_enrolled (reply, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (enrolled->terminal_id, ==, TERMINAL);
  g_assert_cmpstr (enrolled->store_name, ==, "Zürich, Bahnhofstraße");
  g_assert_cmpuint (g_bytes_get_size (enrolled->chain_key), ==, 32);
}

static void
test_refuses_bad_enrolments (void)
{
  static const char *const bad[] = {
    "",
    "{",
    "[]",
    "{}",
    "null",
    "{\"store\":\"s\",\"chain_key\":\"" CHAIN_KEY "\"}",
    "{\"terminal\":7,\"store\":\"s\",\"chain_key\":\"" CHAIN_KEY "\"}",
    /* The id becomes part of an address. */
    "{\"terminal\":\"../x\",\"store\":\"s\",\"chain_key\":\"" CHAIN_KEY "\"}",
    "{\"terminal\":\"a b\",\"store\":\"s\",\"chain_key\":\"" CHAIN_KEY "\"}",
    "{\"terminal\":\"\",\"store\":\"s\",\"chain_key\":\"" CHAIN_KEY "\"}",
    "{\"terminal\":\"t\",\"chain_key\":\"" CHAIN_KEY "\"}",
    "{\"terminal\":\"t\",\"store\":\"s\"}",
    "{\"terminal\":\"t\",\"store\":\"s\",\"chain_key\":\"\"}",
    "{\"terminal\":\"t\",\"store\":\"s\",\"chain_key\":\"AAAA\"}",
    "{\"terminal\":\"t\",\"store\":\"s\",\"chain_key\":\"!!!!\"}",
    "{\"terminal\":\"t\",\"store\":\"s\",\"chain_key\":\"" CHAIN_KEY CHAIN_KEY "\"}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GBytes) reply = bytes_of (bad[i]);
      g_autoptr (GError) error = NULL;

      g_assert_null (cb_calls_read_enrolled (reply, &error));
      g_assert_error (error, CB_PROTOCOL_ERROR, CB_PROTOCOL_ERROR_INVALID);
    }
}

/* Whatever stands in a token must not end its header line. */
static void
test_refuses_words_that_are_none (void)
{
  static const char *const bad[] = {
    "{}",
    "{\"nonce\":\"\",\"token\":\"\"}",
    "{\"nonce\":\"a b\",\"token\":\"a b\"}",
    "{\"nonce\":\"a\\r\\nX: y\",\"token\":\"a\\r\\nX: y\"}",
    "{\"nonce\":[],\"token\":{}}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GBytes) reply = bytes_of (bad[i]);
      g_autoptr (GError) first = NULL;
      g_autoptr (GError) second = NULL;
      gint64 lasts_us = 0;

      g_assert_null (cb_calls_read_nonce (reply, &first));
      g_assert_error (first, CB_PROTOCOL_ERROR, CB_PROTOCOL_ERROR_INVALID);
      g_assert_null (cb_calls_read_token (reply, &lasts_us, &second));
      g_assert_error (second, CB_PROTOCOL_ERROR, CB_PROTOCOL_ERROR_INVALID);
    }
}

static void
test_token_lasts_within_reason (void)
{
  static const struct
  {
    const char *reply;
    gint64 seconds;
  } cases[] = {
    { "{\"token\":\"t\",\"expires_s\":600}", 600 },
    { "{\"token\":\"t\",\"expires_s\":-5}", 10 },
    { "{\"token\":\"t\"}", 10 },
    { "{\"token\":\"t\",\"expires_s\":9223372036854775807}", 86400 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GBytes) reply = bytes_of (cases[i].reply);
      g_autoptr (GError) error = NULL;
      gint64 lasts_us = 0;
      char *token = cb_calls_read_token (reply, &lasts_us, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (token, ==, "t");
      g_assert_cmpint (lasts_us, ==, cases[i].seconds * 1000000);
      cb_wiped_free (token);
    }
}

static void
test_limits_within_reason (void)
{
  static const struct
  {
    const char *reply;
    guint max_ops;
    gsize max_bytes;
    gboolean speaks_our_schema;
  } cases[] = {
    { "{\"limits\":{\"max_ops\":50,\"max_bytes\":70000},\"schema\":{\"min\":1,\"max\":3}}", 50,
      70000, TRUE },
    { "{\"limits\":{\"max_ops\":99999,\"max_bytes\":99999999},\"schema\":{\"min\":1,\"max\":1}}",
      CB_LIMIT_OPS, CB_LIMIT_BYTES, TRUE },
    { "{\"limits\":{\"max_ops\":0,\"max_bytes\":-1},\"schema\":{\"min\":2,\"max\":3}}", 1, 1024,
      FALSE },
    { "{\"limits\":{},\"schema\":{}}", 1, 1024, FALSE },
    { "{\"limits\":{},\"schema\":{},\"time\":\"1969-12-31T23:59:59.000Z\"}", 1, 1024, FALSE },
    { "{\"limits\":{},\"schema\":{},\"time\":\"soon\"}", 1, 1024, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GBytes) reply = bytes_of (cases[i].reply);
      g_autoptr (GError) error = NULL;
      CbServiceLimits limits = { 0 };

      g_assert_true (cb_calls_read_limits (reply, &limits, &error));
      g_assert_cmpuint (limits.max_ops, ==, cases[i].max_ops);
      g_assert_cmpuint (limits.max_bytes, ==, cases[i].max_bytes);
      g_assert_cmpint (limits.speaks_our_schema, ==, cases[i].speaks_our_schema);
      g_assert_cmpint (limits.time_us, ==, 0);
    }
}

/* --- requests --- */

typedef struct
{
  guint8 public_key[crypto_sign_PUBLICKEYBYTES];
  CbEnrolment *enrolment;
  CbTrust *trust;
  CbBatch *batch;
} World;

static void
set_up (World *world, gconstpointer data)
{
  guint8 secret_key[crypto_sign_SECRETKEYBYTES] = { 0 };
  g_autoptr (GBytes) key = NULL;
  g_autoptr (GBytes) first = bytes_of ("{\"op\":\"1\",\"body\":\"Müller\"}");
  g_autoptr (GBytes) second = bytes_of ("{\"op\":\"2\",\"body\":\"navy\"}");
  const CbBatchOp ops[] = { { "1", first }, { "2", second } };
  CbEnrolmentFields fields = {
    .service_url = "https://book.example/shop",
    .terminal_id = TERMINAL,
    .store_name = "s",
    .incarnation = "abc",
  };

  crypto_sign_keypair (world->public_key, secret_key);
  key = g_bytes_new (secret_key, sizeof secret_key);
  fields.secret_key = key;
  world->enrolment = cb_enrolment_new (&fields);
  world->trust = cb_trust_new ("pem", "pins");
  world->batch = cb_batch_new (ops, G_N_ELEMENTS (ops), -1);
}

static void
tear_down (World *world, gconstpointer data)
{
  cb_enrolment_unref (world->enrolment);
  cb_trust_unref (world->trust);
  cb_batch_unref (world->batch);
}

static void
check_digest (const CbRequest *request)
{
  guint8 hash[crypto_hash_sha256_BYTES] = { 0 };
  g_autofree char *text = NULL;
  g_autofree char *expected = NULL;

  crypto_hash_sha256 (hash, g_bytes_get_data (request->body, NULL),
                      g_bytes_get_size (request->body));
  text = g_base64_encode (hash, sizeof hash);
  expected = g_strdup_printf ("sha-256=:%s:", text);
  g_assert_cmpstr (header_of (request, "Content-Digest"), ==, expected);
}

static void
test_signs_the_nonce (World *world, gconstpointer data)
{
  g_autoptr (CbRequest) request =
    cb_calls_ask_token (cb_enrolment_peek (world->enrolment), world->trust, "bm9uY2U=");
  gsize length = 0;
  const char *body = g_bytes_get_data (request->body, &length);
  g_autofree char *text = g_strndup (body, length);
  g_auto (GStrv) parts = g_strsplit (text, "\"", -1);
  g_autofree char *message = cb_codes_token_message (TERMINAL, "bm9uY2U=");
  g_autofree guchar *signature = NULL;

  g_assert_cmpstr (request->url, ==, "https://book.example/shop/v1/terminals/" TERMINAL "/token");
  g_assert_cmpstr (parts[3], ==, "bm9uY2U=");
  signature = g_base64_decode (parts[7], &length);
  g_assert_cmpuint (length, ==, crypto_sign_BYTES);
  g_assert_cmpint (crypto_sign_verify_detached (signature, (const guint8 *) message,
                                                strlen (message), world->public_key),
                   ==, 0);
  check_digest (request);
}

static void
test_push_carries_the_exact_lines (World *world, gconstpointer data)
{
  static const char EXPECTED[] =
    "{\"op\":\"1\",\"body\":\"Müller\"}\n{\"op\":\"2\",\"body\":\"navy\"}\n";
  const CbWindow window = { .batch = world->batch, .from = 0, .to = 2 };
  const CbWindow second = { .batch = world->batch, .from = 1, .to = 2 };
  g_autoptr (CbRequest) request =
    cb_calls_push (cb_enrolment_peek (world->enrolment), world->trust, "tok", &window, FALSE);
  g_autoptr (CbRequest) part =
    cb_calls_push (cb_enrolment_peek (world->enrolment), world->trust, "tok", &second, FALSE);

  g_assert_cmpmem (g_bytes_get_data (request->body, NULL), g_bytes_get_size (request->body),
                   EXPECTED, strlen (EXPECTED));
  g_assert_cmpuint (cb_calls_window_bytes (&window), ==, strlen (EXPECTED));
  g_assert_cmpmem (g_bytes_get_data (part->body, NULL), g_bytes_get_size (part->body),
                   strchr (EXPECTED, '\n') + 1, strlen (strchr (EXPECTED, '\n') + 1));

  g_assert_cmpstr (request->url, ==, "https://book.example/shop/v1/sync/push");
  g_assert_cmpstr (header_of (request, "Authorization"), ==, "Bearer tok");
  g_assert_cmpstr (header_of (request, "Content-Type"), ==, "application/x-ndjson");
  g_assert_null (header_of (request, "Content-Encoding"));
  g_assert_cmpstr (header_of (request, "Counterbook-Protocol"), ==, "1");
  g_assert_cmpstr (header_of (request, "Counterbook-Schema"), ==, "1");
  g_assert_cmpstr (header_of (request, "Counterbook-Terminal"), ==, TERMINAL);
  g_assert_cmpstr (header_of (request, "Counterbook-Incarnation"), ==, "abc");
  check_digest (request);
}

static void
test_push_packs (World *world, gconstpointer data)
{
  g_autofree char *text = g_strnfill (60000, 'a');
  g_autoptr (GBytes) line = bytes_of (text);
  const CbBatchOp op = { "1", line };
  g_autoptr (CbBatch) batch = cb_batch_new (&op, 1, -1);
  const CbWindow window = { .batch = batch, .from = 0, .to = 1 };
  g_autoptr (CbRequest) request =
    cb_calls_push (cb_enrolment_peek (world->enrolment), world->trust, "tok", &window, TRUE);
  g_autoptr (GZlibDecompressor) unpacker = g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP);
  g_autoptr (GInputStream) input = g_memory_input_stream_new_from_bytes (request->body);
  g_autoptr (GInputStream) stream = g_converter_input_stream_new (input, G_CONVERTER (unpacker));
  g_autofree char *plain = g_malloc (70000);
  gsize length = 0;

  g_assert_true (g_input_stream_read_all (stream, plain, 70000, &length, NULL, NULL));
  g_assert_cmpuint (length, ==, 60001);
  g_assert_cmpmem (plain, 60000, text, 60000);
  g_assert_cmpuint (g_bytes_get_size (request->body), <, 2000);
  g_assert_cmpstr (header_of (request, "Content-Encoding"), ==, "gzip");
  check_digest (request);
}

/* Not even the random bytes of something that cannot be packed may overrun the bound. */
static void
test_push_packs_noise (World *world, gconstpointer data)
{
  for (gsize size = 1; size < 70000; size = size * 3 + 1)
    {
      g_autofree guint8 *noise = g_malloc (size);
      g_autoptr (GBytes) line = NULL;
      CbBatchOp op = { "1", NULL };
      g_autoptr (CbBatch) batch = NULL;
      CbWindow window = { .from = 0, .to = 1 };
      g_autoptr (CbRequest) request = NULL;

      randombytes_buf (noise, size);
      line = g_bytes_new (noise, size);
      op.line = line;
      batch = cb_batch_new (&op, 1, -1);
      window.batch = batch;
      request =
        cb_calls_push (cb_enrolment_peek (world->enrolment), world->trust, "tok", &window, TRUE);
      g_assert_cmpuint (g_bytes_get_size (request->body), >, 0);
    }
}

static void
test_buffer_grows (void)
{
  g_auto (CbWipedBuffer) buffer = { 0 };
  g_autoptr (GBytes) bytes = NULL;

  for (guint i = 0; i < 1000; i++)
    cb_wiped_buffer_append (&buffer, "0123456789", 10);
  g_assert_cmpuint (buffer.length, ==, 10000);

  bytes = cb_wiped_buffer_steal_bytes (&buffer);
  g_assert_cmpuint (buffer.length, ==, 0);
  g_assert_cmpuint (g_bytes_get_size (bytes), ==, 10000);
  for (guint i = 0; i < 10000; i++)
    g_assert_cmpint (((const char *) g_bytes_get_data (bytes, NULL))[i], ==, '0' + (int) (i % 10));
}

#define ADD(path, func) g_test_add (path, World, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (sodium_init (), >=, 0);

  g_test_add_func ("/calls/reads-an-enrolment", test_reads_an_enrolment);
  g_test_add_func ("/calls/refuses-bad-enrolments", test_refuses_bad_enrolments);
  g_test_add_func ("/calls/refuses-words-that-are-none", test_refuses_words_that_are_none);
  g_test_add_func ("/calls/token-lasts-within-reason", test_token_lasts_within_reason);
  g_test_add_func ("/calls/limits-within-reason", test_limits_within_reason);
  ADD ("/calls/signs-the-nonce", test_signs_the_nonce);
  ADD ("/calls/push-carries-the-exact-lines", test_push_carries_the_exact_lines);
  ADD ("/calls/push-packs", test_push_packs);
  ADD ("/calls/push-packs-noise", test_push_packs_noise);
  g_test_add_func ("/calls/buffer-grows", test_buffer_grows);

  return g_test_run ();
}
