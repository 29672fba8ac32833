/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "engine/cb-exchange.h"

#include "engine/cb-wiped-buffer.h"

CbTrust *
cb_trust_new (const char *ca_pem, const char *pins)
{
  CbTrust *self = g_atomic_rc_box_new0 (CbTrust);

  self->ca_pem = g_strdup (ca_pem);
  self->pins = g_strdup (pins);

  return self;
}

CbTrust *
cb_trust_ref (CbTrust *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
trust_clear (CbTrust *self)
{
  g_free (self->ca_pem);
  g_free (self->pins);
}

void
cb_trust_unref (CbTrust *self)
{
  g_atomic_rc_box_release_full (self, (GDestroyNotify) trust_clear);
}

CbRequest *
cb_request_new (const char *url,
                CbTrust *trust,
                GBytes *body,
                const char *expected_type,
                gsize reply_limit)
{
  CbRequest *self = g_atomic_rc_box_new0 (CbRequest);

  self->url = g_strdup (url);
  self->trust = cb_trust_ref (trust);
  self->headers = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_wiped_free);
  self->body = body;
  self->expected_type = expected_type;
  self->reply_limit = reply_limit;

  return self;
}

void
cb_request_add_header (CbRequest *self, const char *name, const char *value)
{
  /* A line end in a value would smuggle in a header of its own. */
  g_assert (strpbrk (value, "\r\n") == NULL);

  g_ptr_array_add (self->headers, g_strdup_printf ("%s: %s", name, value));
}

CbRequest *
cb_request_ref (CbRequest *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
request_clear (CbRequest *self)
{
  g_free (self->url);
  cb_trust_unref (self->trust);
  g_ptr_array_unref (self->headers);
  g_clear_pointer (&self->body, g_bytes_unref);
}

void
cb_request_unref (CbRequest *self)
{
  g_atomic_rc_box_release_full (self, (GDestroyNotify) request_clear);
}

CbReply *
cb_reply_new (void)
{
  CbReply *self = g_new0 (CbReply, 1);

  self->body = g_bytes_new_static ("", 0);

  return self;
}

void
cb_reply_free (CbReply *self)
{
  g_free (self->epoch);
  g_free (self->code);
  g_free (self->wipe_at);
  g_free (self->wipe_signature);
  g_bytes_unref (self->body);
  g_free (self);
}
