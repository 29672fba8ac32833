/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "engine/cb-transport.h"

#include "base/cb-json.h"

#include <curl/curl.h>
#include <errno.h>
#include <sodium.h>

#define CODE_LIMIT 40
#define ERROR_BODY_LIMIT (64 * 1024)

static const CbNetLimits usual_limits = {
  .connect_timeout_ms = 5000,
  .stall_timeout_s = 20,
  .total_timeout_s = 300,
};

/* What would send requests elsewhere, write TLS secrets to a file, or change whom OpenSSL trusts.
 */
static const char *const obeyed_variables[] = {
  "SSLKEYLOGFILE",    "http_proxy",    "https_proxy",  "HTTP_PROXY",   "HTTPS_PROXY",
  "all_proxy",        "ALL_PROXY",     "no_proxy",     "NO_PROXY",     "CURL_CA_BUNDLE",
  "CURL_SSL_BACKEND", "SSL_CERT_FILE", "SSL_CERT_DIR", "OPENSSL_CONF", "OPENSSL_ENGINES",
  "OPENSSL_MODULES",  "HOSTALIASES",   "LOCALDOMAIN",  "RES_OPTIONS",  "OPENSSL_CONF_INCLUDE",
};

struct _CbTransport
{
  GObject parent_instance;

  CbNet *net;
};

/* A GTask carries one pointer; what arrived and what went wrong travel together. */
typedef struct
{
  CbReply *reply;
  GError *error;
} Answer;

G_DEFINE_FINAL_TYPE (CbTransport, cb_transport, G_TYPE_OBJECT)

static void
answer_free (Answer *answer)
{
  g_clear_pointer (&answer->reply, cb_reply_free);
  g_clear_error (&answer->error);
  g_free (answer);
}

/* --- what an outcome means --- */

static gboolean
is_type (const char *type, const char *expected)
{
  const gsize length = strlen (expected);

  if (type == NULL || g_ascii_strncasecmp (type, expected, length) != 0)
    return FALSE;

  return type[length] == '\0' || type[length] == ';' || type[length] == ' ';
}

/* What the service says in a reply that reports trouble; NULL when it says nothing. */
static JsonObject *
parse_trouble (const CbNetOutcome *outcome)
{
  gsize length = 0;
  const char *bytes = g_bytes_get_data (outcome->body, &length);
  g_autoptr (JsonObject) object = NULL;

  if (outcome->status < 400 || outcome->epoch == NULL || length == 0 ||
      !is_type (outcome->type, "application/json"))
    return NULL;

  object = cb_json_parse (bytes, length, ERROR_BODY_LIMIT, NULL);

  return object != NULL && json_object_is_type (object, json_type_object)
           ? g_steal_pointer (&object)
           : NULL;
}

/* The word in {"code":…}; only a plain one is believed. */
static char *
get_code (JsonObject *trouble)
{
  const char *code = cb_json_get_string (trouble, "code");

  if (code == NULL || *code == '\0' || strlen (code) > CODE_LIMIT)
    return NULL;

  return code[strspn (code, "abcdefghijklmnopqrstuvwxyz0123456789_")] == '\0' ? g_strdup (code)
                                                                              : NULL;
}

/* As it was said: what it is worth its signature tells. */
static void
keep_order (CbReply *reply, JsonObject *trouble)
{
  JsonObject *wipe = cb_json_get_object (trouble, "wipe");

  if (wipe == NULL)
    return;

  reply->wipe_at = g_strdup (cb_json_get_string (wipe, "at"));
  reply->wipe_signature = g_strdup (cb_json_get_string (wipe, "signature"));
}

static void
keep_trouble (CbReply *reply, const CbNetOutcome *outcome)
{
  g_autoptr (JsonObject) trouble = parse_trouble (outcome);

  if (trouble == NULL)
    return;

  reply->code = get_code (trouble);
  keep_order (reply, trouble);
}

/* A connection that breaks during the handshake is reported like a failed verification; errno tells
 * the broken line from the false certificate. */
static gboolean
is_broken_line (const CbNetOutcome *outcome)
{
  return outcome->result == CURLE_SSL_CONNECT_ERROR &&
         (outcome->os_error == ECONNRESET || outcome->os_error == EPIPE ||
          outcome->os_error == ETIMEDOUT);
}

static CbTransportError
meaning_of_result (const CbNetOutcome *outcome)
{
  if (is_broken_line (outcome))
    return CB_TRANSPORT_ERROR_UNREACHED;

  switch (outcome->result)
    {
    case CURLE_OPERATION_TIMEDOUT:
      return CB_TRANSPORT_ERROR_TIMED_OUT;

    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_USE_SSL_FAILED:
      return CB_TRANSPORT_ERROR_UNTRUSTED;

    case CURLE_URL_MALFORMAT:
      return CB_TRANSPORT_ERROR_BAD_URL;

    /* Not HTTP at all (libcurl takes it for HTTP/0.9): not our service. */
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_WEIRD_SERVER_REPLY:
      return CB_TRANSPORT_ERROR_PORTAL;

    default:
      return CB_TRANSPORT_ERROR_UNREACHED;
    }
}

/* TRUE: a success. The reply's body is kept only when it is the service's and of the right type. */
static gboolean
judge (const CbRequest *request, const CbNetOutcome *outcome, CbReply *reply, GError **error)
{
  const gboolean is_success = outcome->status == 200 || outcome->status == 201;
  const gboolean is_ours =
    outcome->epoch != NULL && is_type (outcome->type, request->expected_type);
  CbTransportError code = CB_TRANSPORT_ERROR_UNREACHED;

  if (is_success && is_ours)
    {
      g_bytes_unref (reply->body);
      reply->body = g_bytes_ref (outcome->body);
    }

  if (outcome->is_altered)
    {
      g_set_error_literal (error, CB_TRANSPORT_ERROR, CB_TRANSPORT_ERROR_UNREACHED,
                           "reaching the service: its reply was altered on the way");
      return FALSE;
    }

  if (outcome->result != CURLE_OK)
    {
      g_set_error (error, CB_TRANSPORT_ERROR, meaning_of_result (outcome),
                   "reaching the service: %s", curl_easy_strerror ((CURLcode) outcome->result));
      return FALSE;
    }

  if (!cb_transport_error_from_status (
        outcome->status, is_success ? is_ours : outcome->epoch != NULL, reply->code, &code))
    return TRUE;

  g_set_error (error, CB_TRANSPORT_ERROR, code, "asking the service: it answered %u %s",
               outcome->status, reply->code != NULL ? reply->code : "");

  return FALSE;
}

static Answer *
answer_new (const CbRequest *request, CbNetOutcome *outcome)
{
  Answer *answer = g_new0 (Answer, 1);

  if (outcome->was_cancelled)
    {
      g_set_error_literal (&answer->error, G_IO_ERROR, G_IO_ERROR_CANCELLED,
                           "reaching the service: cancelled");
      return answer;
    }

  answer->reply = cb_reply_new ();
  answer->reply->status = outcome->status;
  answer->reply->never_left = outcome->never_left;
  answer->reply->epoch = g_strdup (outcome->epoch);
  keep_trouble (answer->reply, outcome);
  answer->reply->retry_after_us = outcome->retry_after_us;
  answer->reply->elapsed_us = outcome->elapsed_us;

  judge (request, outcome, answer->reply, &answer->error);

  return answer;
}

static void
on_outcome (CbNetOutcome *outcome, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (CbNetOutcome) owned = outcome;
  const CbRequest *request = g_task_get_task_data (task);

  g_task_return_pointer (task, answer_new (request, owned), (GDestroyNotify) answer_free);
}

/* --- public --- */

static gpointer
init_once (gpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (obeyed_variables); i++)
    if (g_getenv (obeyed_variables[i]) != NULL)
      g_unsetenv (obeyed_variables[i]);

  if (sodium_init () < 0 || curl_global_init (CURL_GLOBAL_DEFAULT) != CURLE_OK)
    g_assert_not_reached ();

  return NULL;
}

void
cb_transport_prepare_process (void)
{
  static GOnce once = G_ONCE_INIT;

  g_once (&once, init_once, NULL);
}

void
cb_transport_close (CbTransport *self)
{
  g_return_if_fail (CB_IS_TRANSPORT (self));

  cb_net_close (self->net);
}

static char *check_url (const char *url, gboolean may_ask, GError **error);

void
cb_transport_send_async (CbTransport *self,
                         CbRequest *request,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *checked = NULL;

  g_return_if_fail (CB_IS_TRANSPORT (self));
  g_return_if_fail (request != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, cb_transport_send_async);
  g_task_set_task_data (task, cb_request_ref (request), (GDestroyNotify) cb_request_unref);

  checked = check_url (request->url, TRUE, &error);
  if (checked == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  cb_net_send (self->net, request, cancellable, on_outcome, g_steal_pointer (&task));
}

gboolean
cb_transport_send_finish (CbTransport *self, GAsyncResult *result, CbReply **reply, GError **error)
{
  Answer *answer = NULL;
  gboolean done = FALSE;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  if (reply != NULL)
    *reply = NULL;

  answer = g_task_propagate_pointer (G_TASK (result), error);
  if (answer == NULL)
    return FALSE;

  done = answer->error == NULL;
  if (reply != NULL)
    *reply = g_steal_pointer (&answer->reply);
  if (!done)
    g_propagate_error (error, g_steal_pointer (&answer->error));

  answer_free (answer);

  return done;
}

static gboolean
is_this_machine (const char *host)
{
  g_autoptr (GInetAddress) address = NULL;

  if (g_ascii_strcasecmp (host, "localhost") == 0)
    return TRUE;

  address = g_inet_address_new_from_string (host);

  return address != NULL && g_inet_address_get_is_loopback (address);
}

static gboolean
is_allowed (GUri *uri, gboolean may_ask)
{
  const char *host = g_uri_get_host (uri);
  const char *scheme = g_uri_get_scheme (uri);

  if (host == NULL || *host == '\0')
    return FALSE;

  if (g_uri_get_userinfo (uri) != NULL || g_uri_get_fragment (uri) != NULL ||
      (g_uri_get_query (uri) != NULL && !may_ask))
    return FALSE;

  if (g_str_equal (scheme, "https"))
    return TRUE;

  return g_str_equal (scheme, "http") && is_this_machine (host);
}

/* `may_ask`: it is a request's, and may have a query. */
static char *
check_url (const char *url, gboolean may_ask, GError **error)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);
  g_autofree char *text = NULL;
  gsize length = 0;

  if (uri == NULL || !is_allowed (uri, may_ask))
    {
      g_set_error_literal (error, CB_TRANSPORT_ERROR, CB_TRANSPORT_ERROR_BAD_URL,
                           "checking the service's address: https is needed, or http on this "
                           "machine alone");
      return NULL;
    }

  /* As GLib read it, so that libcurl cannot read it differently. */
  text = g_uri_to_string (uri);
  length = strlen (text);
  while (length > 0 && text[length - 1] == '/')
    text[--length] = '\0';

  return g_steal_pointer (&text);
}

char *
cb_transport_check_url (const char *url, GError **error)
{
  return check_url (url, FALSE, error);
}

static void
send_by_transport (GObject *sender,
                   CbRequest *request,
                   GCancellable *cancellable,
                   GAsyncReadyCallback callback,
                   gpointer user_data)
{
  cb_transport_send_async (CB_TRANSPORT (sender), request, cancellable, callback, user_data);
}

static gboolean
finish_by_transport (GObject *sender, GAsyncResult *result, CbReply **reply, GError **error)
{
  return cb_transport_send_finish (CB_TRANSPORT (sender), result, reply, error);
}

const CbSendPort cb_transport_send_port = {
  .send_async = send_by_transport,
  .send_finish = finish_by_transport,
};

static void
cb_transport_finalize (GObject *object)
{
  CbTransport *self = CB_TRANSPORT (object);

  g_clear_pointer (&self->net, cb_net_free);

  G_OBJECT_CLASS (cb_transport_parent_class)->finalize (object);
}

static void
cb_transport_class_init (CbTransportClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cb_transport_finalize;
}

static void
cb_transport_init (CbTransport *self)
{
}

CbTransport *
cb_transport_new (const CbNetLimits *limits)
{
  CbTransport *self = NULL;

  cb_transport_prepare_process ();

  self = g_object_new (CB_TYPE_TRANSPORT, NULL);
  self->net = cb_net_new (limits != NULL ? limits : &usual_limits);

  return self;
}
