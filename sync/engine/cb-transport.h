/* SPDX-License-Identifier: Apache-2.0 */

/* Requests to the profile service: one object on the main thread in front of cb-net. It sets how a
 * request is made and who is trusted, and turns what libcurl and HTTP say into CB_TRANSPORT_ERROR,
 * once, here. It follows no redirect, reads no proxy and no key log from the environment, has no
 * switch that weakens TLS, and counts as the service only what carries the service's epoch.
 *
 * Reading the certificates' file, the queue and the retries are others' work. */

#pragma once

#include "engine/cb-exchange.h"
#include "engine/cb-net.h"
#include "engine/cb-transport-error.h"

G_BEGIN_DECLS

#define CB_TYPE_TRANSPORT (cb_transport_get_type ())
G_DECLARE_FINAL_TYPE (CbTransport, cb_transport, CB, TRANSPORT, GObject)

/* Takes out of the environment what libcurl, OpenSSL and the resolver would obey, and initialises
 * libcurl. First thing in main, before any thread: the environment has no lock. Making a transport
 * does it too, for programs that forgot. */
void cb_transport_prepare_process (void);

/* `limits` may be NULL: 5 s to connect, 20 s below 100 B/s, 300 s in all. */
CbTransport *cb_transport_new (const CbNetLimits *limits);

/* Cancels what is under way and joins cb-net. Synchronous; once, from app, after the engine
 * stopped. */
void cb_transport_close (CbTransport *self);

/* The seam the engine sends through. */
extern const CbSendPort cb_transport_send_port;

/* See CbSendPort. */
void cb_transport_send_async (CbTransport *self,
                              CbRequest *request,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
gboolean cb_transport_send_finish (CbTransport *self,
                                   GAsyncResult *result,
                                   CbReply **reply,
                                   GError **error);

/* https anywhere; http on this machine alone (127.0.0.0/8, ::1, localhost). No user, query or
 * fragment. CB_TRANSPORT_ERROR_BAD_URL otherwise. Gives the address without slashes at its end. */
char *cb_transport_check_url (const char *url, GError **error);

G_END_DECLS
