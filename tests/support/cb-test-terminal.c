/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "support/cb-test-terminal.h"

#include "base/cb-json.h"

#include <libsoup/soup.h>
#include <sodium.h>
#include <string.h>

#define REPLY_LIMIT (16 << 20)

struct _CbTestTerminal
{
  SoupSession *session;
  char *url;
  char *id;
  char *store;
  char *token;
  guint8 public_key[crypto_sign_PUBLICKEYBYTES];
  guint8 secret_key[crypto_sign_SECRETKEYBYTES];
  GHashTable *headers; /* of the next request; a NULL value leaves one out */
  SoupMessage *last;
  GBytes *reply;
};

CbTestTerminal *
cb_test_terminal_new (const char *url)
{
  CbTestTerminal *self = g_new0 (CbTestTerminal, 1);

  g_assert_cmpint (sodium_init (), >=, 0);
  self->session = soup_session_new ();
  self->url = g_strdup (url);
  self->headers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  crypto_sign_keypair (self->public_key, self->secret_key);
  return self;
}

void
cb_test_terminal_free (CbTestTerminal *self)
{
  g_clear_object (&self->last);
  g_clear_pointer (&self->reply, g_bytes_unref);
  soup_session_abort (self->session);
  g_object_unref (self->session);
  g_hash_table_unref (self->headers);
  g_free (self->url);
  g_free (self->id);
  g_free (self->store);
  g_free (self->token);
  g_free (self);
}

const char *
cb_test_terminal_get_id (CbTestTerminal *self)
{
  return self->id;
}

const char *
cb_test_terminal_get_token (CbTestTerminal *self)
{
  return self->token;
}

const char *
cb_test_terminal_get_store (CbTestTerminal *self)
{
  return self->store;
}

const guint8 *
cb_test_terminal_get_public_key (CbTestTerminal *self)
{
  return self->public_key;
}

/* --- requests --- */

void
cb_test_terminal_set_header (CbTestTerminal *self, const char *name, const char *value)
{
  g_hash_table_insert (self->headers, g_strdup (name), g_strdup (value));
}

static void
apply_headers (CbTestTerminal *self, SoupMessageHeaders *headers)
{
  GHashTableIter iter;
  gpointer name = NULL;
  gpointer value = NULL;

  soup_message_headers_append (headers, "Counterbook-Protocol", "1");
  soup_message_headers_append (headers, "Counterbook-Schema", "1");
  if (self->token != NULL)
    {
      g_autofree char *bearer = g_strconcat ("Bearer ", self->token, NULL);

      soup_message_headers_append (headers, "Authorization", bearer);
    }
  if (self->id != NULL)
    soup_message_headers_append (headers, "Counterbook-Terminal", self->id);

  g_hash_table_iter_init (&iter, self->headers);
  while (g_hash_table_iter_next (&iter, &name, &value))
    {
      soup_message_headers_remove (headers, name);
      if (value != NULL)
        soup_message_headers_append (headers, name, value);
    }
  g_hash_table_remove_all (self->headers);
}

guint
cb_test_terminal_request (CbTestTerminal *self,
                          const char *method,
                          const char *path,
                          const char *type,
                          GBytes *body)
{
  g_autofree char *url = g_strconcat (self->url, path, NULL);

  g_clear_object (&self->last);
  g_clear_pointer (&self->reply, g_bytes_unref);
  self->last = soup_message_new (method, url);
  if (body != NULL)
    soup_message_set_request_body_from_bytes (self->last, type, body);
  apply_headers (self, soup_message_get_request_headers (self->last));
  self->reply = soup_session_send_and_read (self->session, self->last, NULL, NULL);
  if (self->reply == NULL)
    return 0;
  g_assert_cmpuint (g_bytes_get_size (self->reply), <, REPLY_LIMIT);
  return soup_message_get_status (self->last);
}

guint
cb_test_terminal_request_json (CbTestTerminal *self, const char *path, const char *json)
{
  g_autoptr (GBytes) body = g_bytes_new (json, strlen (json));

  return cb_test_terminal_request (self, "POST", path, "application/json", body);
}

const char *
cb_test_terminal_get_reply (CbTestTerminal *self)
{
  static GString *text = NULL;

  if (text == NULL)
    text = g_string_new (NULL);
  g_string_truncate (text, 0);
  if (self->reply != NULL)
    g_string_append_len (text, g_bytes_get_data (self->reply, NULL),
                         (gssize) g_bytes_get_size (self->reply));
  return text->str;
}

const char *
cb_test_terminal_get_reply_header (CbTestTerminal *self, const char *name)
{
  return soup_message_headers_get_one (soup_message_get_response_headers (self->last), name);
}

char *
cb_test_terminal_dup_reply_text (CbTestTerminal *self, const char *member)
{
  const char *text = cb_test_terminal_get_reply (self);
  g_autoptr (JsonObject) object = cb_json_parse (text, strlen (text), REPLY_LIMIT, NULL);

  return g_strdup (cb_json_get_string (object, member));
}

/* --- admission --- */

guint
cb_test_terminal_enrol (CbTestTerminal *self, const char *code)
{
  g_autofree char *key = g_base64_encode (self->public_key, sizeof self->public_key);
  g_autofree char *json = g_strdup_printf ("{\"code\":\"%s\",\"public_key\":\"%s\"}", code, key);
  const guint status = cb_test_terminal_request_json (self, "/v1/terminals", json);

  if (status == 200)
    {
      g_free (self->id);
      self->id = cb_test_terminal_dup_reply_text (self, "terminal");
      g_free (self->store);
      self->store = cb_test_terminal_dup_reply_text (self, "store");
    }
  return status;
}

static char *
token_path (CbTestTerminal *self)
{
  return g_strconcat ("/v1/terminals/", self->id, "/token", NULL);
}

char *
cb_test_terminal_fetch_nonce (CbTestTerminal *self)
{
  g_autofree char *path = token_path (self);

  g_assert_cmpuint (cb_test_terminal_request_json (self, path, "{}"), ==, 200);
  return cb_test_terminal_dup_reply_text (self, "nonce");
}

guint
cb_test_terminal_send_nonce (CbTestTerminal *self, const char *nonce, gboolean sign_well)
{
  g_autofree char *path = token_path (self);
  g_autofree char *message = g_strconcat ("counterbook-token-v1\n", self->id, "\n", nonce, NULL);
  guint8 signature[crypto_sign_BYTES];
  g_autofree char *text = NULL;
  g_autofree char *json = NULL;
  guint status = 0;

  crypto_sign_detached (signature, NULL, (const guchar *) message, strlen (message),
                        self->secret_key);
  if (!sign_well)
    signature[0] ^= 1;
  text = g_base64_encode (signature, sizeof signature);
  json = g_strdup_printf ("{\"nonce\":\"%s\",\"signature\":\"%s\"}", nonce, text);
  status = cb_test_terminal_request_json (self, path, json);
  if (status == 200)
    {
      g_free (self->token);
      self->token = cb_test_terminal_dup_reply_text (self, "token");
    }
  return status;
}

guint
cb_test_terminal_fetch_token (CbTestTerminal *self)
{
  g_autofree char *nonce = cb_test_terminal_fetch_nonce (self);

  return cb_test_terminal_send_nonce (self, nonce, TRUE);
}

/* --- push --- */

GBytes *
cb_test_terminal_join (GPtrArray *lines)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < lines->len; i++)
    g_string_append_printf (text, "%s\n", (const char *) lines->pdata[i]);
  return g_string_free_to_bytes (text);
}

CbAckList *
cb_test_terminal_push (CbTestTerminal *self, GPtrArray *lines)
{
  g_autoptr (GBytes) body = cb_test_terminal_join (lines);

  if (cb_test_terminal_request (self, "POST", "/v1/sync/push", "application/x-ndjson", body) != 200)
    return NULL;
  return cb_ack_list_parse (self->reply);
}

CbAckState
cb_test_terminal_push_one (CbTestTerminal *self, const char *line)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new ();
  g_autoptr (CbAckList) list = NULL;

  g_ptr_array_add (lines, (gpointer) line);
  list = cb_test_terminal_push (self, lines);
  g_assert_nonnull (list);
  g_assert_true (list->is_complete);
  g_assert_cmpuint (list->acks->len, ==, 1);
  return ((CbAck *) list->acks->pdata[0])->state;
}
