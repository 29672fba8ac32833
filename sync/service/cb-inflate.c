/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "service/cb-inflate.h"

#include "wire/cb-protocol-error.h"

#include <sodium.h>
#include <string.h>
#include <zlib.h>

/* zlib's way to ask for gzip's header and trailer instead of its own. */
#define GZIP_WINDOW_BITS (16 + MAX_WBITS)
#define FIRST_CAPACITY 65536

typedef struct
{
  guint8 *data;
  gsize capacity;
  gsize length;
} Unpacked;

static void
unpacked_free (Unpacked *self)
{
  if (self->data != NULL)
    sodium_memzero (self->data, self->capacity);
  g_free (self->data);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Unpacked, unpacked_free)

/* Copies by hand and wipes the old place: realloc would leave what was said behind. */
static void
grow (Unpacked *self, gsize capacity)
{
  guint8 *larger = g_malloc (capacity);

  if (self->data != NULL)
    {
      memcpy (larger, self->data, self->length);
      sodium_memzero (self->data, self->capacity);
      g_free (self->data);
    }
  self->data = larger;
  self->capacity = capacity;
}

static gboolean
fail (GError **error, CbProtocolError code, const char *why)
{
  g_set_error (error, CB_PROTOCOL_ERROR, code, "cannot unpack a body: %s", why);
  return FALSE;
}

/* One byte more than the limit is room enough to see that there would be more. */
static gboolean
unpack (z_stream *stream, Unpacked *into, gsize limit, GError **error)
{
  int code = Z_OK;

  grow (into, MIN (FIRST_CAPACITY, limit + 1));
  while (code == Z_OK)
    {
      if (into->length > limit)
        return fail (error, CB_PROTOCOL_ERROR_TOO_LARGE, "it is too long");
      if (into->length == into->capacity)
        grow (into, MIN (into->capacity * 4, limit + 1));

      stream->next_out = into->data + into->length;
      stream->avail_out = (uInt) (into->capacity - into->length);
      code = inflate (stream, Z_NO_FLUSH);
      into->length = into->capacity - stream->avail_out;
    }
  if (code != Z_STREAM_END || stream->avail_in > 0)
    return fail (error, CB_PROTOCOL_ERROR_INVALID, "it is no whole gzip member");
  return into->length <= limit || fail (error, CB_PROTOCOL_ERROR_TOO_LARGE, "it is too long");
}

GBytes *
cb_inflate (GBytes *packed, gsize limit, GError **error)
{
  g_autoptr (Unpacked) into = g_new0 (Unpacked, 1);
  Unpacked *whole = NULL;
  z_stream stream = { 0 };
  gsize length = 0;
  gconstpointer bytes = g_bytes_get_data (packed, &length);
  gboolean is_good = FALSE;

  if (length > G_MAXUINT32 || limit >= G_MAXUINT32)
    {
      fail (error, CB_PROTOCOL_ERROR_TOO_LARGE, "it is too long");
      return NULL;
    }
  stream.next_in = (Bytef *) bytes;
  stream.avail_in = (uInt) length;
  if (inflateInit2 (&stream, GZIP_WINDOW_BITS) != Z_OK)
    {
      fail (error, CB_PROTOCOL_ERROR_INVALID, "zlib would not start");
      return NULL;
    }
  is_good = unpack (&stream, into, limit, error);
  inflateEnd (&stream);
  if (!is_good)
    return NULL;

  whole = g_steal_pointer (&into);
  return g_bytes_new_with_free_func (whole->data, whole->length, (GDestroyNotify) unpacked_free,
                                     whole);
}
