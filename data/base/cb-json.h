/* SPDX-License-Identifier: Apache-2.0 */

/* json-c with the ownership the rest of the code has. `JsonObject` is a json-c value whose
 * reference the scope owns. Any thread, one at a time. */

#pragma once

#include <glib.h>
#include <json-c/json.h>

G_BEGIN_DECLS

typedef struct json_object JsonObject;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (JsonObject, json_object_put)

/* Parses exactly one JSON document of at most `limit` bytes, strictly, no deeper than 32, valid
 * UTF-8 only. CB_STORE_ERROR_INVALID otherwise; the message never quotes the text. */
JsonObject *cb_json_parse (const char *text, gsize length, gsize limit, GError **error);

/* One line, no spaces, '/' not escaped. */
char *cb_json_to_line (JsonObject *object);

/* A member's string, or NULL when it is absent, null or not a string. Borrowed. */
const char *cb_json_get_string (JsonObject *object, const char *member);
gint64 cb_json_get_int (JsonObject *object, const char *member, gint64 fallback);
gboolean cb_json_get_boolean (JsonObject *object, const char *member, gboolean fallback);

/* Borrowed; NULL unless the member is an object (or array). */
JsonObject *cb_json_get_object (JsonObject *object, const char *member);
JsonObject *cb_json_get_array (JsonObject *object, const char *member);

/* NULL text becomes JSON null. */
void cb_json_set_string (JsonObject *object, const char *member, const char *text);
void cb_json_set_int (JsonObject *object, const char *member, gint64 number);
void cb_json_set_boolean (JsonObject *object, const char *member, gboolean value);

G_END_DECLS
