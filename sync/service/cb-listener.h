/* SPDX-License-Identifier: Apache-2.0 */

/* Takes connections on one address, plain or through TLS, and hands each on as a stream, once for
 * every request: between two requests a connection waits here. A connection on which nothing moves
 * ends, there are never more than a few hundred, and what goes wrong with one never ends the
 * listening. (libsoup's own listener goes deaf at the first failed accept, and libsoup 3.2 keeps
 * the file of every connection that a client closes between two requests.) Main context of the
 * maker. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _CbListener CbListener;

/* A request is coming on `stream`, which is borrowed. */
typedef void (*CbAccepted) (GIOStream *stream, gpointer data);

/* `certificate` NULL: plain. */
CbListener *cb_listener_new (GSocketAddress *address,
                             GTlsCertificate *certificate,
                             CbAccepted accepted,
                             gpointer data,
                             GError **error);

/* Those that are handed on stay; those that wait end. */
void cb_listener_free (CbListener *self);

/* How many connections there are. */
guint cb_listener_count (CbListener *self);

/* "https://127.0.0.1:8447", with the port that was picked for 0. */
char *cb_listener_dup_uri (CbListener *self);

/* The request on a stream that was handed on is done: it waits for the next. */
void cb_listener_take_back (CbListener *self, GIOStream *stream);

/* The two ends of a stream that was handed on; and back from its remote end, while it lasts. */
GSocketAddress *cb_listener_get_local (GIOStream *stream);
GSocketAddress *cb_listener_get_remote (GIOStream *stream);
GIOStream *cb_listener_find (GSocketAddress *remote);

G_END_DECLS
