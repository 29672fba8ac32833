/* SPDX-License-Identifier: Apache-2.0 */

/* Content-Digest (RFC 9530): whether the bytes of a body are those that were sent. TCP's sum misses
 * what a bad cable or box alters on the way, and plain HTTP has no other; TLS does not need it. No
 * proof of who sent them. Pure; any thread. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The header's value for a body, SHA-256, as it is sent: packed if it is. Free it. */
char *cb_digest_format (gconstpointer bytes, gsize length);

/* FALSE when the header, which may be NULL, says by SHA-256 that the body is another one, or says
 * it in a way that can't be read. Of other digests nothing is known, so nothing is held against
 * them. */
gboolean cb_digest_matches (const char *header, gconstpointer bytes, gsize length);

G_END_DECLS
