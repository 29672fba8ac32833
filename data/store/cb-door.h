/* SPDX-License-Identifier: Apache-2.0 */

/* The one door out. A connection of its own whose authorizer lets statements read only the view
 * `leaving` — what may leave at this moment, joined to the verdict at this moment — and keep the
 * outbox's own books. Three locks, each enough for what the others might miss:
 *
 *   1. The statements are a fixed list in cb-door.c; no SQL text comes from anywhere else.
 *   2. The authorizer denies every read that does not come through the view. A table that is joined
 *      without any of its columns being used, arrives without a column and without a view: denied.
 *   3. Compiling anything but a text of the list is denied. That is what stops
 *      WITH leaving AS (SELECT bytes FROM outbox), which an authorizer takes for the view itself.
 *
 * It hands out sealed bytes; opening them is the book's. Thread: the book's. */

#pragma once

#include <gio/gio.h>

#include "base/cb-clock.h"
#include "store/cb-outbox.h"

G_BEGIN_DECLS

#define CB_TYPE_DOOR (cb_door_get_type ())
G_DECLARE_FINAL_TYPE (CbDoor, cb_door, CB, DOOR, GObject)

CbDoor *cb_door_open (const char *home, CbClock *clock, GError **error);

/* One operation that may leave now. */
typedef struct
{
  char *op_id;
  char *kind;
  char *customer;
  GBytes *sealed;
  gboolean is_first; /* it was not taken before */
} CbLeaving;

void cb_leaving_free (CbLeaving *leaving);

/* In the order of sending, of CbLeaving; each is marked as sent, committed, before this returns. */
GPtrArray *cb_door_take (CbDoor *self,
                         guint max_ops,
                         gsize max_bytes,
                         gint64 *next_ready_us,
                         GError **error);

/* What was put off is ready now: somebody asked for a cycle. */
gboolean cb_door_forget_waits (CbDoor *self, GError **error);

/* Acknowledged, or put off. What was taken back in the meantime has another id and is not found. */
gboolean cb_door_settle (CbDoor *self,
                         const CbSettlement *settlement,
                         gint64 now_us,
                         GError **error);
gboolean cb_door_begin (CbDoor *self, GError **error);
gboolean cb_door_commit (CbDoor *self, GError **error);
void cb_door_rollback (CbDoor *self);

/* For tests: what a stranger's SQL would get, with the third lock on or off. */
gboolean cb_door_try (CbDoor *self, const char *sql, gboolean sealed, GError **error);

G_END_DECLS
