/* SPDX-License-Identifier: Apache-2.0 */

/* One request and what came back, as plain data that may cross threads: whom to trust, what to
 * send, what arrived. Reference-counted and immutable once handed to a transport; the last
 * reference wipes header lines and bodies, which carry tokens and what customers said. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* --- whom to trust --- */

typedef struct
{
  char *ca_pem; /* PEM certificates; NULL: the system's bundle */
  char *pins;   /* "sha256//…;sha256//…" or NULL */
} CbTrust;

CbTrust *cb_trust_new (const char *ca_pem, const char *pins);
CbTrust *cb_trust_ref (CbTrust *self);
void cb_trust_unref (CbTrust *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbTrust, cb_trust_unref)

/* --- a request --- */

typedef struct
{
  char *url;
  CbTrust *trust;
  GPtrArray *headers;        /* "Name: value" */
  GBytes *body;              /* NULL: GET, else POST */
  const char *expected_type; /* static; of a success, without parameters */
  gsize reply_limit;         /* bytes of reply body; more is an unreached service */
  guint patience_s;          /* so much longer than usual nothing need come */
} CbRequest;

/* Takes the body, which may be NULL. `expected_type` must be a literal. */
CbRequest *cb_request_new (const char *url,
                           CbTrust *trust,
                           GBytes *body,
                           const char *expected_type,
                           gsize reply_limit);
void cb_request_add_header (CbRequest *self, const char *name, const char *value);
CbRequest *cb_request_ref (CbRequest *self);
void cb_request_unref (CbRequest *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbRequest, cb_request_unref)

/* --- a reply --- */

typedef struct
{
  guint status;        /* 0: no status line arrived */
  gboolean never_left; /* certain: no byte of the request left this machine */
  char *epoch;         /* NULL: not the service, or cut before its headers ended */
  char *code;          /* the service's word for what went wrong, or NULL */
  char *wipe_at;       /* the order that came with being shut out, as it was said; else NULL */
  char *wipe_signature;
  GBytes *body;          /* never NULL; empty unless it is the service's and of the expected type */
  gint64 retry_after_us; /* 0: the service asked for none */
  gint64 elapsed_us;
} CbReply;

CbReply *cb_reply_new (void);
void cb_reply_free (CbReply *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbReply, cb_reply_free)

/* --- the seam --- */

/* How the engine sends. The transport fills it with cb-net; tests and the simulator with whatever
 * they like. `finish`: TRUE is a whole success. FALSE with CB_TRANSPORT_ERROR, or with
 * G_IO_ERROR_CANCELLED; `reply` then still holds what had arrived, when anything had: a reply cut
 * in the middle carries good acknowledgements. */
typedef struct
{
  void (*send_async) (GObject *sender,
                      CbRequest *request,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data);
  gboolean (*send_finish) (GObject *sender, GAsyncResult *result, CbReply **reply, GError **error);
} CbSendPort;

G_END_DECLS
