/* SPDX-License-Identifier: Apache-2.0 */

/* Where a terminal is in what was decided: the history's name and a change number, as one word that
 * only the service reads. Pure. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  CB_CURSOR_GOOD,
  CB_CURSOR_OF_OTHERS, /* of another history, or no cursor at all */
} CbCursorStanding;

/* Base64url (RFC 4648 §5) of the epoch's 16 bytes and the number's 8, highest first. Free it. */
char *cb_cursor_make (const char *epoch, gint64 n);
CbCursorStanding cb_cursor_read (const char *cursor, const char *epoch, gint64 *n);

G_END_DECLS
