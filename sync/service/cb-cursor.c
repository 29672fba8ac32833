/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "service/cb-cursor.h"

#include "base/cb-id.h"

#include <sodium.h>
#include <string.h>

#define EPOCH_BYTES (CB_ID_LENGTH / 2)

typedef struct
{
  guint8 epoch[EPOCH_BYTES];
  guint8 n[sizeof (guint64)];
} Cursor;

G_STATIC_ASSERT (sizeof (Cursor) == EPOCH_BYTES + sizeof (guint64));

static gboolean
read_epoch (const char *epoch, guint8 *bytes)
{
  gsize length = 0;

  return sodium_hex2bin (bytes, EPOCH_BYTES, epoch, strlen (epoch), NULL, &length, NULL) == 0 &&
         length == EPOCH_BYTES;
}

char *
cb_cursor_make (const char *epoch, gint64 n)
{
  const gsize size =
    sodium_base64_encoded_len (sizeof (Cursor), sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  const guint64 order = GUINT64_TO_BE ((guint64) n);
  char *text = g_malloc (size);
  Cursor cursor;

  if (!read_epoch (epoch, cursor.epoch))
    g_assert_not_reached ();
  memcpy (cursor.n, &order, sizeof cursor.n);
  return sodium_bin2base64 (text, size, (const guint8 *) &cursor, sizeof cursor,
                            sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

CbCursorStanding
cb_cursor_read (const char *cursor, const char *epoch, gint64 *n)
{
  Cursor read;
  guint8 ours[EPOCH_BYTES];
  guint64 order;
  gsize length = 0;

  if (sodium_base642bin ((guint8 *) &read, sizeof read, cursor, strlen (cursor), NULL, &length,
                         NULL, sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
      length != sizeof read || !read_epoch (epoch, ours) ||
      memcmp (read.epoch, ours, sizeof ours) != 0)
    return CB_CURSOR_OF_OTHERS;
  memcpy (&order, read.n, sizeof order);
  *n = (gint64) GUINT64_FROM_BE (order);
  return *n >= 0 ? CB_CURSOR_GOOD : CB_CURSOR_OF_OTHERS;
}
