/* SPDX-License-Identifier: Apache-2.0 */

/* The figures and names both ends of the wire agree on. What a service permits is told by
 * GET /v1/sync/config; these are what this version of the program tells and never exceeds. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define CB_LIMIT_OPS 500
#define CB_LIMIT_BYTES 1048576    /* of a request's body, before compression and after */
#define CB_LIMIT_OP_BYTES 65536   /* of one line, without its newline */
#define CB_LIMIT_SMALL_BYTES 4096 /* of a request that is no batch */
#define CB_LIMIT_DEPTH 32
#define CB_LIMIT_CHANGES 1000 /* lines of a page, without its trailer */

#define CB_PROTOCOL_VERSION 1
#define CB_SCHEMA_MIN 1
#define CB_SCHEMA_MAX 1

#define CB_MEDIA_NDJSON "application/x-ndjson"
#define CB_MEDIA_JSON "application/json"

#define CB_HEADER_DIGEST "Content-Digest"
#define CB_HEADER_EPOCH "Counterbook-Epoch"
#define CB_HEADER_PROTOCOL "Counterbook-Protocol"
#define CB_HEADER_SCHEMA "Counterbook-Schema"
#define CB_HEADER_TERMINAL "Counterbook-Terminal"
#define CB_HEADER_INCARNATION "Counterbook-Incarnation"

G_END_DECLS
