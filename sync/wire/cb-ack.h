/* SPDX-License-Identifier: Apache-2.0 */

/* What the service answers to one operation, and the whole answer to a batch: one line an
 * operation, then a trailer. Both directions. An answer of a kind this version does not know is
 * kept as CB_ACK_UNKNOWN, never an error. Pure; any thread. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  CB_ACK_UNKNOWN, /* treat as `retry` */
  CB_ACK_APPLIED,
  CB_ACK_DUPLICATE,
  CB_ACK_MERGED,
  CB_ACK_CONFLICT,
  CB_ACK_REFUSED,
  CB_ACK_BLOCKED,
  CB_ACK_GONE,
  CB_ACK_RETRY,
} CbAckState;

typedef struct
{
  CbAckState state;
  CbAckState was;  /* duplicate: the first answer */
  char *op;        /* NULL when the service could not read the id: see `line` */
  guint line;      /* the operation's line in the batch, from 1; 0 when `op` says it */
  gint64 n;        /* change number; 0 when there is none */
  char *version;   /* merged, conflict: the operation that wrote the current version */
  char *body;      /* merged, conflict: the current body as JSON; personal, wiped when freed */
  char *code;      /* refused, retry */
  char *by;        /* blocked: the operation it waits for */
  char *customer;  /* gone */
  gint64 after_ms; /* retry */
} CbAck;

CbAck *cb_ack_new (CbAckState state, const char *op);
void cb_ack_free (CbAck *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbAck, cb_ack_free)

/* "applied" …; NULL for CB_ACK_UNKNOWN. */
const char *cb_ack_state_to_id (CbAckState state);
CbAckState cb_ack_state_from_id (const char *id);

/* Writes the line and its newline. */
void cb_ack_write (const CbAck *self, GString *into);

/* One line without its newline. NULL and CB_PROTOCOL_ERROR_INVALID when it is no acknowledgement.
 */
CbAck *cb_ack_parse (const char *line, gsize length, GError **error);

/* --- a whole answer --- */

typedef struct
{
  GPtrArray *acks;      /* of CbAck: those before a cut or a spoilt line are good */
  gboolean is_complete; /* the trailer arrived and counts as many acknowledgements as there are */
  gint64 head;          /* the service's newest change number; 0 when not complete */
} CbAckList;

/* Never fails: what can't be read ends the list. */
CbAckList *cb_ack_list_parse (GBytes *reply);
void cb_ack_list_free (CbAckList *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbAckList, cb_ack_list_free)

void cb_ack_list_write_trailer (guint n_acks, gint64 head, GString *into);

G_END_DECLS
