/* SPDX-License-Identifier: Apache-2.0 */

/* The thread "cb-net": one curl multi and nothing else. It takes requests from a queue, is woken
 * when one comes or is cancelled, and gives each back in the main context it came from. Connections
 * stay open between requests. It judges nothing: that is cb-transport.c's work. */

#pragma once

#include "engine/cb-exchange.h"

G_BEGIN_DECLS

typedef struct
{
  guint connect_timeout_ms;
  guint stall_timeout_s; /* below 100 bytes a second for this long is a dead connection */
  guint total_timeout_s; /* the last resort against a reply that drips just fast enough */
} CbNetLimits;

/* What libcurl saw of one request; the body is wiped with it. */
typedef struct
{
  int result;          /* a CURLcode */
  int os_error;        /* errno of the failed connection, or 0 */
  guint status;        /* of the last status line; 0: none */
  gboolean never_left; /* certain: no byte of the request left */
  gboolean is_altered; /* certain: its body is not what was sent; it is left out */
  GBytes *body;
  char *epoch;
  char *type;
  gint64 retry_after_us;
  gint64 elapsed_us;
  gboolean was_cancelled;
} CbNetOutcome;

void cb_net_outcome_free (CbNetOutcome *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbNetOutcome, cb_net_outcome_free)

typedef struct _CbNet CbNet;

CbNet *cb_net_new (const CbNetLimits *limits);

/* `done` runs once in the thread-default main context of the caller and takes the outcome. Any
 * thread, but a cancellable belongs to one request at a time per context. */
typedef void (*CbNetDone) (CbNetOutcome *outcome, gpointer data);
void cb_net_send (CbNet *self,
                  CbRequest *request,
                  GCancellable *cancellable,
                  CbNetDone done,
                  gpointer data);

/* Cancels what is under way, whose `done` still runs, and joins. What is sent later is cancelled.
 */
void cb_net_close (CbNet *self);
void cb_net_free (CbNet *self);

G_END_DECLS
