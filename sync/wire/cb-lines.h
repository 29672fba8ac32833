/* SPDX-License-Identifier: Apache-2.0 */

/* A batch as it travels: newline-delimited JSON, one operation a line. Pure; any thread. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Joins lines (GBytes without newlines) to a body; each gets its newline. */
GBytes *cb_lines_join (GPtrArray *lines);

/* Cuts a body into lines (GBytes that keep the body alive), without their newlines. The last line
 * may lack its newline; a body of no lines is empty. Longer lines than an operation may be are let
 * pass, so that each gets an answer of its own. CB_PROTOCOL_ERROR_TOO_LARGE when there are more
 * than `max_lines` or the body is over CB_LIMIT_BYTES. */
GPtrArray *cb_lines_split (GBytes *body, guint max_lines, GError **error);

G_END_DECLS
