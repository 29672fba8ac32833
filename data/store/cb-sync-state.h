/* SPDX-License-Identifier: Apache-2.0 */

/* What the screen may say about syncing. The counts are written by the store from the outbox, that
 * is from acknowledgements; the engine writes only what it saw of the service. Main thread only.
 * "notify" on any property tells of a change; all are readable as GObject properties of the same
 * name with dashes. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  CB_CONTACT_NOT_ENROLLED,
  CB_CONTACT_NEVER,         /* enrolled, nothing tried since start */
  CB_CONTACT_SYNCING,       /* a cycle is under way */
  CB_CONTACT_REACHED,       /* the last cycle completed */
  CB_CONTACT_UNREACHABLE,   /* no network, cut, time-out */
  CB_CONTACT_PORTAL,        /* something else answered: sign in to the network */
  CB_CONTACT_UNTRUSTED,     /* TLS could not be verified */
  CB_CONTACT_AUTH_REQUIRED, /* the service does not know this terminal any more */
  CB_CONTACT_REVOKED,
  CB_CONTACT_UPDATE_NEEDED,
  CB_CONTACT_TROUBLE, /* the service answers with errors */
  CB_CONTACT_BUSY,    /* the service asks to wait */
} CbContact;

#define CB_TYPE_SYNC_STATE (cb_sync_state_get_type ())
G_DECLARE_FINAL_TYPE (CbSyncState, cb_sync_state, CB, SYNC_STATE, GObject)

typedef struct
{
  guint waiting;           /* may leave: ready, or sent and not yet acknowledged */
  guint held;              /* may not leave now */
  guint accepted;          /* acknowledged */
  guint parked;            /* refused: needs a person */
  gint64 oldest_us;        /* capture of the oldest waiting one; 0 when none waits */
  gint64 last_accepted_us; /* when an acknowledgement last came; 0 never */
} CbOutboxCounts;

CbSyncState *cb_sync_state_new (void);

void cb_sync_state_set_counts (CbSyncState *self, const CbOutboxCounts *counts);
void cb_sync_state_set_contact (CbSyncState *self, CbContact contact, gint64 at_us);
void cb_sync_state_set_next_try_us (CbSyncState *self, gint64 next_try_us);

/* FALSE until the outbox has been counted for the first time; the first count notifies "waiting"
 * whatever it is. */
gboolean cb_sync_state_is_counted (CbSyncState *self);

guint cb_sync_state_get_waiting (CbSyncState *self);
guint cb_sync_state_get_held (CbSyncState *self);
guint cb_sync_state_get_accepted (CbSyncState *self);
guint cb_sync_state_get_parked (CbSyncState *self);
gint64 cb_sync_state_get_oldest_us (CbSyncState *self);
gint64 cb_sync_state_get_last_accepted_us (CbSyncState *self);
CbContact cb_sync_state_get_contact (CbSyncState *self);
gint64 cb_sync_state_get_last_contact_us (CbSyncState *self); /* of the last completed cycle */
gint64 cb_sync_state_get_next_try_us (CbSyncState *self); /* wall clock; 0 when none is planned */

G_END_DECLS
