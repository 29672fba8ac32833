/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "engine/cb-transfer.h"

#include "engine/cb-wiped-buffer.h"
#include "wire/cb-digest.h"
#include "wire/cb-limits.h"

#include <sodium.h>

#define STALL_BYTES_PER_SECOND 100L
#define HEADER_LIMIT (64 * 1024)
#define HEADER_VALUE_LIMIT 200
/* What a service can reasonably ask for; a forged year of silence is not honoured. */
#define RETRY_AFTER_LIMIT_S 3600

struct _CbTransfer
{
  CURL *easy; /* borrowed */
  CbRequest *request;
  struct curl_slist *headers;
  const gint *cancelled; /* borrowed */

  CbWipedBuffer body;
  guint64 length; /* of the body, as announced; G_MAXUINT64: not announced */
  gboolean is_altered;
  gsize header_bytes;
  gboolean headers_ended;
  char *epoch;
  char *type;
  char *date;
  char *retry_after;
  char *digest;
};

/* --- what comes back --- */

/* With the last byte that was announced. Told here, libcurl closes the connection: where the length
 * is what was altered, the rest of the body would be read as the next reply. */
static gboolean
is_altered_whole (CbTransfer *self)
{
  if (self->body.length == self->length)
    self->is_altered = !cb_digest_matches (self->digest, self->body.data, self->body.length);

  return self->is_altered;
}

static size_t
collect_body (char *bytes, size_t size, size_t n, void *data)
{
  CbTransfer *self = data;
  const gsize length = size * n;

  if (length > self->request->reply_limit - self->body.length)
    return 0;

  cb_wiped_buffer_append (&self->body, bytes, length);

  return is_altered_whole (self) ? 0 : length;
}

/* The value when the line is this header and its value is short and printable; else NULL. */
static char *
header_value (const char *line, gsize length, const char *name)
{
  const gsize name_length = strlen (name);
  g_autofree char *value = NULL;

  if (length <= name_length || line[name_length] != ':')
    return NULL;

  if (g_ascii_strncasecmp (line, name, name_length) != 0)
    return NULL;

  value = g_strstrip (g_strndup (line + name_length + 1, length - name_length - 1));
  if (*value == '\0' || strlen (value) > HEADER_VALUE_LIMIT)
    return NULL;

  for (const char *at = value; *at != '\0'; at++)
    if (!g_ascii_isprint (*at))
      return NULL;

  return g_steal_pointer (&value);
}

static void
keep_header (char **kept, const char *line, gsize length, const char *name)
{
  char *value = header_value (line, length, name);

  if (value == NULL)
    return;

  g_free (*kept);
  *kept = value;
}

static void
keep_length (CbTransfer *self, const char *line, gsize length)
{
  g_autofree char *value = header_value (line, length, "Content-Length");

  if (value != NULL)
    g_ascii_string_to_unsigned (value, 10, 0, G_MAXINT64, &self->length, NULL);
}

static size_t
collect_header (char *bytes, size_t size, size_t n, void *data)
{
  CbTransfer *self = data;
  const gsize length = size * n;

  self->header_bytes += length;
  if (self->header_bytes > HEADER_LIMIT)
    return 0;

  /* A new status line: what a 1xx before it said is not part of the answer. */
  if (length >= 5 && memcmp (bytes, "HTTP/", 5) == 0)
    {
      g_clear_pointer (&self->epoch, g_free);
      g_clear_pointer (&self->type, g_free);
      g_clear_pointer (&self->date, g_free);
      g_clear_pointer (&self->retry_after, g_free);
      g_clear_pointer (&self->digest, g_free);
      self->length = G_MAXUINT64;
      self->headers_ended = FALSE;
    }

  if (length <= 2 && (bytes[0] == '\r' || bytes[0] == '\n'))
    self->headers_ended = TRUE;

  if (self->headers_ended && self->length == 0 && is_altered_whole (self))
    return 0;

  keep_header (&self->epoch, bytes, length, CB_HEADER_EPOCH);
  keep_header (&self->type, bytes, length, "Content-Type");
  keep_header (&self->date, bytes, length, "Date");
  keep_header (&self->retry_after, bytes, length, "Retry-After");
  keep_header (&self->digest, bytes, length, CB_HEADER_DIGEST);
  keep_length (self, bytes, length);

  return length;
}

static int
poll_cancelled (void *data, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
  CbTransfer *self = data;

  return g_atomic_int_get (self->cancelled);
}

/* Seconds, or a date. A date is reckoned from the reply's own, for this machine's clock may be
 * wrong by years; only a reply without one is held against it. */
static gint64
retry_after_of (CbTransfer *self)
{
  const char *text = self->retry_after;
  time_t until = -1;
  time_t sent = -1;

  if (text == NULL)
    return 0;

  if (text[strspn (text, "0123456789")] == '\0')
    return (gint64) MIN (g_ascii_strtoull (text, NULL, 10), RETRY_AFTER_LIMIT_S) * G_USEC_PER_SEC;

  until = curl_getdate (text, NULL);
  if (until == -1)
    return 0;

  if (self->date != NULL)
    sent = curl_getdate (self->date, NULL);
  if (sent == -1)
    sent = time (NULL);

  return CLAMP ((gint64) until - (gint64) sent, 0, RETRY_AFTER_LIMIT_S) * G_USEC_PER_SEC;
}

/* Twice certain: libcurl counted no byte of a request, its repetition on another connection
 * included, and never came to the point at which one is sent. What the handshake of TLS carries is
 * none of ours. */
static gboolean
never_left (CURL *easy)
{
  curl_off_t before_us = 1;
  curl_off_t uploaded = 1;
  long asked = 1;

  return curl_easy_getinfo (easy, CURLINFO_REQUEST_SIZE, &asked) == CURLE_OK && asked == 0 &&
         curl_easy_getinfo (easy, CURLINFO_SIZE_UPLOAD_T, &uploaded) == CURLE_OK && uploaded == 0 &&
         curl_easy_getinfo (easy, CURLINFO_PRETRANSFER_TIME_T, &before_us) == CURLE_OK &&
         before_us == 0;
}

CbNetOutcome *
cb_transfer_finish (CbTransfer *self, CURLcode result)
{
  CbNetOutcome *outcome = g_new0 (CbNetOutcome, 1);
  curl_off_t elapsed = 0;
  long status = 0;
  long os_error = 0;

  curl_easy_getinfo (self->easy, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo (self->easy, CURLINFO_OS_ERRNO, &os_error);
  curl_easy_getinfo (self->easy, CURLINFO_TOTAL_TIME_T, &elapsed);

  /* libcurl takes a connection that ends within the headers for a reply without a body. */
  if (result == CURLE_OK && !self->headers_ended)
    result = CURLE_PARTIAL_FILE;

  /* Of a part nobody can tell; what was cut from it tells that it is one. */
  outcome->is_altered =
    self->is_altered ||
    (result == CURLE_OK && !cb_digest_matches (self->digest, self->body.data, self->body.length));
  if (outcome->is_altered)
    cb_wiped_buffer_clear (&self->body);

  outcome->result = (int) result;
  outcome->os_error = (int) os_error;
  outcome->status = (guint) status;
  outcome->never_left = never_left (self->easy);
  outcome->elapsed_us = (gint64) elapsed;
  outcome->retry_after_us = retry_after_of (self);
  outcome->body = cb_wiped_buffer_steal_bytes (&self->body);
  outcome->epoch = g_steal_pointer (&self->epoch);
  outcome->type = g_steal_pointer (&self->type);

  return outcome;
}

/* --- what is asked for --- */

/* Every option must be taken, or the request is not made. */
#define SET(option, value) (curl_easy_setopt (easy, (option), (value)) == CURLE_OK)

static gboolean
set_trust (CURL *easy, const CbTrust *trust)
{
  struct curl_blob ca = { 0 };

  if (!SET (CURLOPT_SSL_VERIFYPEER, 1L) || !SET (CURLOPT_SSL_VERIFYHOST, 2L) ||
      !SET (CURLOPT_SSLVERSION, (long) CURL_SSLVERSION_TLSv1_3) || !SET (CURLOPT_CAPATH, NULL))
    return FALSE;

  if (trust->ca_pem != NULL)
    {
      /* As bytes: a file could be changed between enrolment and use. It takes CAINFO's place. */
      ca.data = trust->ca_pem;
      ca.len = strlen (trust->ca_pem);
      ca.flags = CURL_BLOB_COPY;

      if (!SET (CURLOPT_CAINFO, NULL) || !SET (CURLOPT_CAINFO_BLOB, &ca))
        return FALSE;
    }

  return trust->pins == NULL || SET (CURLOPT_PINNEDPUBLICKEY, trust->pins);
}

/* Nothing of the environment, no redirect, no other protocol, no other version. */
static gboolean
set_route (CURL *easy, const CbRequest *request)
{
  const gboolean is_plain = g_str_has_prefix (request->url, "http://");
  const char *protocol = is_plain ? "http" : "https";

  return SET (CURLOPT_URL, request->url) && SET (CURLOPT_PROTOCOLS_STR, protocol) &&
         SET (CURLOPT_REDIR_PROTOCOLS_STR, protocol) && SET (CURLOPT_FOLLOWLOCATION, 0L) &&
         SET (CURLOPT_PROXY, "") && SET (CURLOPT_NOPROXY, "*") &&
         SET (CURLOPT_NETRC, (long) CURL_NETRC_IGNORED) &&
         SET (CURLOPT_DISALLOW_USERNAME_IN_URL, 1L) && SET (CURLOPT_HTTP09_ALLOWED, 0L) &&
         SET (CURLOPT_HTTP_VERSION, (long) CURL_HTTP_VERSION_1_1);
}

static gboolean
set_limits (CURL *easy, const CbNetLimits *limits, const CbRequest *request)
{
  const long stall_s = (long) limits->stall_timeout_s + (long) request->patience_s;

  return SET (CURLOPT_NOSIGNAL, 1L) && SET (CURLOPT_QUICK_EXIT, 1L) &&
         SET (CURLOPT_CONNECTTIMEOUT_MS, (long) limits->connect_timeout_ms) &&
         SET (CURLOPT_LOW_SPEED_LIMIT, STALL_BYTES_PER_SECOND) &&
         SET (CURLOPT_LOW_SPEED_TIME, stall_s) &&
         SET (CURLOPT_TIMEOUT, (long) limits->total_timeout_s) &&
         SET (CURLOPT_MAXFILESIZE_LARGE, (curl_off_t) request->reply_limit) &&
         SET (CURLOPT_TCP_NODELAY, 1L) && SET (CURLOPT_TCP_KEEPALIVE, 1L);
}

static gboolean
set_callbacks (CURL *easy, CbTransfer *self)
{
  return SET (CURLOPT_WRITEFUNCTION, collect_body) && SET (CURLOPT_WRITEDATA, self) &&
         SET (CURLOPT_HEADERFUNCTION, collect_header) && SET (CURLOPT_HEADERDATA, self) &&
         SET (CURLOPT_NOPROGRESS, 0L) && SET (CURLOPT_XFERINFOFUNCTION, poll_cancelled) &&
         SET (CURLOPT_XFERINFODATA, self);
}

static gboolean
add_header (CbTransfer *self, const char *line)
{
  struct curl_slist *longer = curl_slist_append (self->headers, line);

  if (longer == NULL)
    return FALSE;

  self->headers = longer;

  return TRUE;
}

static gboolean
set_headers (CURL *easy, CbTransfer *self)
{
  /* Waiting for "100 Continue" costs a round trip, and some middle boxes never send it. */
  if (!add_header (self, "Expect:"))
    return FALSE;

  for (guint i = 0; i < self->request->headers->len; i++)
    if (!add_header (self, g_ptr_array_index (self->request->headers, i)))
      return FALSE;

  return SET (CURLOPT_HTTPHEADER, self->headers);
}

static gboolean
set_body (CURL *easy, const CbRequest *request)
{
  gsize length = 0;
  const char *bytes = NULL;

  if (request->body == NULL)
    return SET (CURLOPT_HTTPGET, 1L);

  bytes = g_bytes_get_data (request->body, &length);

  return SET (CURLOPT_POST, 1L) && SET (CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t) length) &&
         SET (CURLOPT_POSTFIELDS, bytes != NULL ? bytes : "");
}

#undef SET

CbTransfer *
cb_transfer_new (CURL *easy, CbRequest *request, const CbNetLimits *limits, const gint *cancelled)
{
  CbTransfer *self = g_new0 (CbTransfer, 1);

  self->easy = easy;
  self->request = cb_request_ref (request);
  self->cancelled = cancelled;
  self->length = G_MAXUINT64;

  if (!set_route (easy, request) || !set_trust (easy, request->trust) ||
      !set_limits (easy, limits, request) || !set_callbacks (easy, self) ||
      !set_headers (easy, self) || !set_body (easy, request))
    g_clear_pointer (&self, cb_transfer_free);

  return self;
}

void
cb_transfer_free (CbTransfer *self)
{
  /* The handle lets go of our buffers before they are wiped. */
  curl_easy_reset (self->easy);

  for (struct curl_slist *at = self->headers; at != NULL; at = at->next)
    sodium_memzero (at->data, strlen (at->data));
  curl_slist_free_all (self->headers);

  cb_wiped_buffer_clear (&self->body);
  cb_request_unref (self->request);
  g_free (self->epoch);
  g_free (self->type);
  g_free (self->date);
  g_free (self->retry_after);
  g_free (self->digest);
  g_free (self);
}
