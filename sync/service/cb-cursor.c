/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "service/cb-cursor.h"

#include "base/cb-id.h"

#include <sodium.h>
#include <string.h>

#define EPOCH_BYTES (CB_ID_LENGTH / 2)
#define MARK_BYTES 16
#define CONTEXT "counterbook-cursor-v1"

typedef struct
{
  guint8 epoch[EPOCH_BYTES];
  guint8 n[sizeof (guint64)];
  guint8 mark[MARK_BYTES];
} Cursor;

G_STATIC_ASSERT (sizeof (Cursor) == EPOCH_BYTES + sizeof (guint64) + MARK_BYTES);

static gboolean
read_epoch (const char *epoch, guint8 *bytes)
{
  gsize length = 0;

  return sodium_hex2bin (bytes, EPOCH_BYTES, epoch, strlen (epoch), NULL, &length, NULL) == 0 &&
         length == EPOCH_BYTES;
}

/* The key is the one of the nonces, for another use by what is hashed before. */
static void
mark_cursor (const CbIdentity *identity, Cursor *cursor)
{
  crypto_generichash_state state;

  crypto_generichash_init (&state, identity->nonce_key, sizeof identity->nonce_key, MARK_BYTES);
  crypto_generichash_update (&state, (const guint8 *) CONTEXT, sizeof CONTEXT);
  crypto_generichash_update (&state, cursor->epoch, sizeof cursor->epoch);
  crypto_generichash_update (&state, cursor->n, sizeof cursor->n);
  crypto_generichash_final (&state, cursor->mark, sizeof cursor->mark);
}

static gboolean
fill_cursor (const CbIdentity *identity, gint64 n, Cursor *cursor)
{
  const guint64 order = GUINT64_TO_BE ((guint64) n);

  if (!read_epoch (identity->epoch, cursor->epoch))
    return FALSE;
  memcpy (cursor->n, &order, sizeof cursor->n);
  mark_cursor (identity, cursor);
  return TRUE;
}

char *
cb_cursor_make (const CbIdentity *identity, gint64 n)
{
  const gsize size =
    sodium_base64_encoded_len (sizeof (Cursor), sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  char *text = g_malloc (size);
  Cursor cursor;

  if (!fill_cursor (identity, n, &cursor))
    g_assert_not_reached ();
  return sodium_bin2base64 (text, size, (const guint8 *) &cursor, sizeof cursor,
                            sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

CbCursorStanding
cb_cursor_read (const char *cursor, const CbIdentity *identity, gint64 *n)
{
  Cursor read;
  Cursor ours;
  guint64 order;
  gsize length = 0;

  if (sodium_base642bin ((guint8 *) &read, sizeof read, cursor, strlen (cursor), NULL, &length,
                         NULL, sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
      length != sizeof read)
    return CB_CURSOR_OF_OTHERS;
  memcpy (&order, read.n, sizeof order);
  *n = (gint64) GUINT64_FROM_BE (order);
  if (*n < 0 || !fill_cursor (identity, *n, &ours) ||
      sodium_memcmp (&read, &ours, sizeof ours) != 0)
    return CB_CURSOR_OF_OTHERS;
  return CB_CURSOR_GOOD;
}
