/* SPDX-License-Identifier: Apache-2.0 */

/* Unpacks a gzip body, never to more than it may be: a few bytes can unpack to gigabytes. Pure. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* NULL with CB_PROTOCOL_ERROR_TOO_LARGE above `limit`, CB_PROTOCOL_ERROR_INVALID for anything but
 * one whole gzip member. The last reference wipes the bytes. */
GBytes *cb_inflate (GBytes *packed, gsize limit, GError **error);

G_END_DECLS
