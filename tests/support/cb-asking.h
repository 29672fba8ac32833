/* SPDX-License-Identifier: Apache-2.0 */

/* One request through a transport, waited for: what the tests of the transport do all the time. */

#pragma once

#include "engine/cb-transport.h"

G_BEGIN_DECLS

#define CB_ASKING_EPOCH "Counterbook-Epoch: 0123456789abcdef0123456789abcdef\r\n"
#define CB_ASKING_JSON "Content-Type: application/json\r\n"
#define CB_ASKING_REPLY_LIMIT 4096

/* Short, so that a test of slowness is not slow. */
extern const CbNetLimits cb_asking_limits;

typedef struct
{
  gboolean is_back;
  gboolean done;
  CbReply *reply;
  GError *error;
} CbAsked;

void cb_asked_clear (CbAsked *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CbAsked, cb_asked_clear)

/* The callback; its data is the CbAsked. */
void cb_asked_take (GObject *source, GAsyncResult *result, gpointer user_data);

/* Spins the main context until it is back; fails after half a minute. */
void cb_asked_wait (CbAsked *self);

/* Borrowed until the next call. */
const char *cb_asked_get_body (const CbAsked *self);

/* `body` NULL: a GET; `trust` NULL: the system's. */
CbRequest *cb_asking_request (const char *base, const char *path, const char *body, CbTrust *trust);
void cb_asking_exchange (CbTransport *transport, CbRequest *request, CbAsked *asked);

G_END_DECLS
