/* SPDX-License-Identifier: Apache-2.0 */

/* A strict reader of JSON text that builds nothing: it says whether a text is an object as RFC 8259
 * and RFC 7493 have it, and where a member's value stands in it. json-c cannot give back the bytes
 * of a value, and lets pass numbers that other readers refuse. Pure; any thread. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a scan finds beside its verdict. */
typedef struct
{
  guint n_members;    /* of all objects: one that keeps fewer of them has a name twice */
  const char *member; /* in: a member of the outermost object to look for; may be NULL */
  const char *value;  /* its value as it stands, or NULL */
  gsize value_length;
} CbScanned;

/* TRUE when `text` is one JSON object, no deeper than CB_LIMIT_DEPTH, in valid UTF-8, with neither
 * an escaped NUL nor half a surrogate pair. `scanned` may be NULL. Names are compared as written:
 * one with escapes is never found. */
gboolean cb_scan_object (const char *text, gsize length, CbScanned *scanned);

/* Where the value of a member of the outermost object stands, in a text that is known to be good.
 */
gboolean cb_scan_find (const char *text,
                       gsize length,
                       const char *member,
                       const char **value,
                       gsize *value_length);

G_END_DECLS
