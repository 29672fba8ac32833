/* SPDX-License-Identifier: Apache-2.0 */

/* Bytes of an old address book as UTF-8. What a file says about its own bytes is a hint: UTF-8 that
 * is valid and more than ASCII is UTF-8 whatever a label says, and what no label explains is read
 * as Windows-1252, which holds ISO 8859-1. The answer is always valid UTF-8 without NUL. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* `charset` is as the file spells it, or NULL; only well known ones are believed. */
char *cb_charset_decode (const char *bytes, gsize length, const char *charset);

/* Appends what 16-bit units say; a surrogate without its other half becomes U+FFFD, NUL and marks
 * of byte order nothing. `high` keeps a first half between calls; begin with 0. */
void cb_charset_append_utf16 (GString *text,
                              const guint8 *bytes,
                              gsize length,
                              gboolean is_big_endian,
                              gunichar *high);

G_END_DECLS
