/* SPDX-License-Identifier: Apache-2.0 */

/* Bytes that are zeroed before their memory is given back: request bodies, replies and tokens carry
 * what customers said. Growing copies, wipes the old place and never leaves a realloc'd copy
 * behind. One owner; any thread. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  guint8 *data;
  gsize length;
  gsize capacity;
} CbWipedBuffer;

void cb_wiped_buffer_reserve (CbWipedBuffer *self, gsize capacity);
void cb_wiped_buffer_append (CbWipedBuffer *self, gconstpointer bytes, gsize length);
void cb_wiped_buffer_clear (CbWipedBuffer *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CbWipedBuffer, cb_wiped_buffer_clear)

/* Empties the buffer into bytes whose last reference wipes them. */
GBytes *cb_wiped_buffer_steal_bytes (CbWipedBuffer *self);

/* Frees a string after zeroing it; NULL is fine. */
void cb_wiped_free (char *text);

G_END_DECLS
