/* SPDX-License-Identifier: Apache-2.0 */

/* The service on the network: routes, limits, who may call what, one line of log a request. What a
 * request's head already forbids is answered before its body is read. Main context of the maker. */

#pragma once

#include <gio/gio.h>

#include "service/cb-service.h"

G_BEGIN_DECLS

typedef struct _CbHttp CbHttp;

/* The service must outlive it. */
CbHttp *cb_http_new (CbService *service);
void cb_http_free (CbHttp *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbHttp, cb_http_free)

/* Plain without a certificate: the caller sees to it that the address is then a loopback one. */
gboolean cb_http_listen (CbHttp *self,
                         GSocketAddress *address,
                         GTlsCertificate *certificate,
                         GError **error);

/* Where it listens, without a trailing slash; the port is the real one. */
char *cb_http_dup_uri (CbHttp *self);

/* Takes no more connections and calls `done` once the requests under way have their answers, or
 * after a few seconds. */
void cb_http_stop (CbHttp *self, GSourceFunc done, gpointer data);

G_END_DECLS
