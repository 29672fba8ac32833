/* SPDX-License-Identifier: Apache-2.0 */

/* Where a message of HTTP/1.1 is in a stream of bytes: its head, its body by Content-Length, and
 * the next one behind it. As much as the proxy needs to spoil one, and no more: messages come one
 * after the other, and none is chunked. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  CHAOS_IN_HEAD,
  CHAOS_HEAD_ENDS, /* with this byte; the head is there as a whole */
  CHAOS_IN_BODY,
} ChaosPart;

typedef struct
{
  GString *head;
  gsize length; /* of the body, as the head announces it */
  gsize n_body; /* bytes of bodies so far, of all messages */
  gsize n_left; /* of this body */
  gboolean has_head;
} ChaosFrame;

void chaos_frame_clear (ChaosFrame *self);

/* Takes the next byte; what it is part of. */
ChaosPart chaos_frame_take (ChaosFrame *self, guint8 byte);

/* Did the last byte end a message? */
gboolean chaos_frame_is_whole (const ChaosFrame *self);

/* The head with another length; G_MAXSIZE: with none, and the body in chunks. */
char *chaos_frame_announce (const ChaosFrame *self, gsize length);

G_END_DECLS
