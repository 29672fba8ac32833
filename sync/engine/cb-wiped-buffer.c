/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "engine/cb-wiped-buffer.h"

#include <sodium.h>
#include <string.h>

void
cb_wiped_buffer_reserve (CbWipedBuffer *self, gsize capacity)
{
  guint8 *larger = NULL;

  if (capacity <= self->capacity)
    return;

  larger = g_malloc (capacity);
  if (self->length > 0)
    memcpy (larger, self->data, self->length);

  if (self->data != NULL)
    sodium_memzero (self->data, self->capacity);
  g_free (self->data);

  self->data = larger;
  self->capacity = capacity;
}

void
cb_wiped_buffer_append (CbWipedBuffer *self, gconstpointer bytes, gsize length)
{
  g_assert (length <= G_MAXSIZE / 4 - self->length);

  if (length == 0)
    return;

  if (self->length + length > self->capacity)
    cb_wiped_buffer_reserve (self, MAX (self->capacity * 2, self->length + length));

  memcpy (self->data + self->length, bytes, length);
  self->length += length;
}

void
cb_wiped_buffer_clear (CbWipedBuffer *self)
{
  if (self->data != NULL)
    sodium_memzero (self->data, self->capacity);
  g_free (self->data);

  *self = (CbWipedBuffer){ 0 };
}

static void
free_stolen (gpointer data)
{
  CbWipedBuffer *stolen = data;

  cb_wiped_buffer_clear (stolen);
  g_free (stolen);
}

GBytes *
cb_wiped_buffer_steal_bytes (CbWipedBuffer *self)
{
  CbWipedBuffer *stolen = g_new (CbWipedBuffer, 1);

  *stolen = *self;
  *self = (CbWipedBuffer){ 0 };

  return g_bytes_new_with_free_func (stolen->data, stolen->length, free_stolen, stolen);
}

void
cb_wiped_free (char *text)
{
  if (text != NULL)
    sodium_memzero (text, strlen (text));
  g_free (text);
}
