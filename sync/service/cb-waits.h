/* SPDX-License-Identifier: Apache-2.0 */

/* Requests that wait until there is something to tell. Each is asked again, by its endpoint, after
 * every change that this process makes and every second for those of others, until the endpoint
 * answers or its time is up; of terminals, which are many, those alone that something new may
 * concern: the database is asked once for all of them. In the thread of the server. */

#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

/* So long at most a request waits, and so many at most do, of other systems and of terminals; one
 * more is answered at once. Together they leave a fifth of the listener's connections. */
#define CB_WAIT_LIMIT_S 25
#define CB_WAIT_LIMIT 64
#define CB_WAIT_LIMIT_TERMINALS 256

typedef struct _CbWaits CbWaits;
typedef struct _CbRequestContext CbRequestContext;

CbWaits *cb_waits_new (void);
void cb_waits_free (CbWaits *self); /* what waits is not answered any more */

/* For an endpoint that has nothing to tell, as the database was at `head`: TRUE when the request
 * waits, and then it does not answer; FALSE when it has to. */
gboolean cb_waits_take (CbWaits *self, CbRequestContext *request, guint seconds, gint64 head);

/* Its connection is gone. */
void cb_waits_drop (CbWaits *self, SoupServerMessage *message);

/* Something may have changed: soon all are asked again. */
void cb_waits_wake (CbWaits *self);

/* Nobody waits from now on: all are answered, with nothing where there is nothing. */
void cb_waits_close (CbWaits *self);

guint cb_waits_count (CbWaits *self); /* of either sort */

G_END_DECLS
