/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "support/cb-asking.h"

#include <string.h>

const CbNetLimits cb_asking_limits = {
  .connect_timeout_ms = 10000,
  .stall_timeout_s = 2,
  .total_timeout_s = 30,
};

void
cb_asked_clear (CbAsked *self)
{
  g_clear_pointer (&self->reply, cb_reply_free);
  g_clear_error (&self->error);
}

void
cb_asked_take (GObject *source, GAsyncResult *result, gpointer user_data)
{
  CbAsked *self = user_data;

  self->done = cb_transport_send_finish (CB_TRANSPORT (source), result, &self->reply, &self->error);
  self->is_back = TRUE;
}

static gboolean
tick (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

void
cb_asked_wait (CbAsked *self)
{
  const gint64 until = g_get_monotonic_time () + 30 * G_USEC_PER_SEC;
  const guint ticker = g_timeout_add (5, tick, NULL);

  while (!self->is_back && g_get_monotonic_time () < until)
    g_main_context_iteration (NULL, TRUE);

  g_source_remove (ticker);
  g_assert_true (self->is_back);
}

const char *
cb_asked_get_body (const CbAsked *self)
{
  static char kept[CB_ASKING_REPLY_LIMIT + 1];
  gsize length = 0;
  const char *bytes = g_bytes_get_data (self->reply->body, &length);

  g_assert_cmpuint (length, <, sizeof kept);
  if (length > 0)
    memcpy (kept, bytes, length);
  kept[length] = '\0';

  return kept;
}

CbRequest *
cb_asking_request (const char *base, const char *path, const char *body, CbTrust *trust)
{
  g_autofree char *url = g_strconcat (base, path, NULL);
  g_autoptr (CbTrust) none = cb_trust_new (NULL, NULL);

  return cb_request_new (url, trust != NULL ? trust : none,
                         body != NULL ? g_bytes_new (body, strlen (body)) : NULL,
                         "application/json", CB_ASKING_REPLY_LIMIT);
}

void
cb_asking_exchange (CbTransport *transport, CbRequest *request, CbAsked *asked)
{
  cb_transport_send_async (transport, request, NULL, cb_asked_take, asked);
  cb_asked_wait (asked);
}
