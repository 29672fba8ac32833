/* SPDX-License-Identifier: Apache-2.0 */

/* Where a terminal is in what was decided: the history's name and a change number, as one word that
 * only the service reads and nobody else can write, for a number that this history never gave is
 * taken as proof that the database is older than it was. Pure. */

#pragma once

#include "service/cb-storage.h"

G_BEGIN_DECLS

typedef enum
{
  CB_CURSOR_GOOD,
  CB_CURSOR_OF_OTHERS, /* of another history, or none that a service made */
} CbCursorStanding;

/* Base64url (RFC 4648 §5) of the epoch's 16 bytes, the number's 8, highest first, and 16 of a keyed
 * hash of both. Free it. */
char *cb_cursor_make (const CbIdentity *identity, gint64 n);
CbCursorStanding cb_cursor_read (const char *cursor, const CbIdentity *identity, gint64 *n);

G_END_DECLS
