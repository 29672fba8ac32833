/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "base/cb-json.h"

#include "base/cb-error.h"

#include <sodium.h>

#include <string.h>

#define MAX_DEPTH 32

typedef struct json_tokener JsonTokener;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (JsonTokener, json_tokener_free)

/* The code unit of the \u escape at `text`, or -1 when there is none. */
static int
read_escaped_unit (const char *text, const char *end)
{
  int unit = 0;

  if (end - text < 6 || text[0] != '\\' || text[1] != 'u')
    return -1;

  for (guint i = 2; i < 6; i++)
    {
      int digit = g_ascii_xdigit_value (text[i]);

      if (digit < 0)
        return -1;
      unit = unit * 16 + digit;
    }

  return unit;
}

/* How long the escape at `text` is, or 0 when what it writes is no text: an escaped NUL, which C
 * strings would be cut at, or half a surrogate pair, which json-c would silently replace. */
static gsize
measure_escape (const char *text, const char *end)
{
  int unit = read_escaped_unit (text, end);

  if (unit < 0)
    return 2;
  if (unit == 0 || (unit >= 0xdc00 && unit <= 0xdfff))
    return 0;
  if (unit >= 0xd800 && unit <= 0xdbff)
    {
      int low = read_escaped_unit (text + 6, end);

      return low >= 0xdc00 && low <= 0xdfff ? 12 : 0;
    }

  return 6;
}

static gsize
measure_digits (const char *text, const char *end)
{
  const char *next = text;

  while (next < end && g_ascii_isdigit (*next))
    next++;

  return (gsize) (next - text);
}

/* How long the number at `text` is, or 0 when it breaks the grammar of RFC 8259 section 6: json-c
 * takes "-01", "-.5" and "2." too, and another reader of the same bytes would not. */
static gsize
measure_number (const char *text, const char *end)
{
  const char *next = text + (*text == '-' ? 1 : 0);
  gsize digits = measure_digits (next, end);

  if (digits == 0 || (digits > 1 && *next == '0'))
    return 0;
  next += digits;

  if (next < end && *next == '.')
    {
      digits = measure_digits (next + 1, end);
      next += 1 + digits;
      if (digits == 0)
        return 0;
    }
  if (next < end && (*next == 'e' || *next == 'E'))
    {
      next++;
      if (next < end && (*next == '+' || *next == '-'))
        next++;
      digits = measure_digits (next, end);
      next += digits;
      if (digits == 0)
        return 0;
    }

  return (gsize) (next - text);
}

/* What json-c lets pass even when it is strict: NaN and Infinity, names in single quotes, raw
 * control characters in strings, and escapes that write no text. Depth is counted here because
 * json-c counts an empty array differently from one that holds something. */
static gboolean
is_plain_json (const char *text, gsize length)
{
  const char *end = text + length;
  gboolean in_string = FALSE;
  int depth = 0;

  while (text < end)
    {
      gsize step = 1;

      if (in_string ? (guchar) *text < 0x20 : strchr ("NI'", *text) != NULL)
        return FALSE;

      if (*text == '"')
        in_string = !in_string;
      else if (in_string && *text == '\\')
        step = measure_escape (text, end);
      else if (!in_string && (*text == '-' || g_ascii_isdigit (*text)))
        step = measure_number (text, end);
      else if (!in_string && (*text == '[' || *text == '{') && ++depth > MAX_DEPTH)
        return FALSE;
      else if (!in_string && (*text == ']' || *text == '}'))
        depth--;

      if (step == 0)
        return FALSE;
      text += step;
    }

  return TRUE;
}

static JsonObject *
parse_failed (GError **error, const char *why)
{
  g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID, "cannot read JSON: %s", why);

  return NULL;
}

/* Letters beyond ASCII as \u escapes: json-c 0.18 (Debian 13) takes their bytes for control
 * characters when it is strict, and it has to be strict. Outside strings an escape is an error, as
 * the letter was. */
static char *
escape_beyond_ascii (const char *text, gsize length, gsize *escaped_length)
{
  GString *escaped = g_string_sized_new (length * 2);
  const char *end = text + length;

  for (const char *next = text; next < end; next = g_utf8_next_char (next))
    {
      gunichar c = g_utf8_get_char (next);

      if (c < 0x80)
        g_string_append_c (escaped, (char) c);
      else if (c < 0x10000)
        g_string_append_printf (escaped, "\\u%04x", c);
      else
        g_string_append_printf (escaped, "\\u%04x\\u%04x", 0xd800 + ((c - 0x10000) >> 10),
                                0xdc00 + ((c - 0x10000) & 0x3ff));
    }
  *escaped_length = escaped->len;
  return g_string_free (escaped, FALSE);
}

static gboolean
is_ascii (const char *text, gsize length)
{
  for (gsize i = 0; i < length; i++)
    {
      if ((guchar) text[i] >= 0x80)
        return FALSE;
    }
  return TRUE;
}

static JsonObject *
parse_strictly (const char *text, gsize length, GError **error)
{
  g_autoptr (JsonTokener) tokener = json_tokener_new_ex (MAX_DEPTH + 2);
  g_autoptr (JsonObject) object = NULL;
  gsize used = 0;

  json_tokener_set_flags (tokener, JSON_TOKENER_STRICT);
  object = json_tokener_parse_ex (tokener, text, (int) length);
  used = json_tokener_get_parse_end (tokener);

  /* A bare number ends only where the text ends, which the tokener has to be told. */
  if (json_tokener_get_error (tokener) == json_tokener_continue)
    {
      object = json_tokener_parse_ex (tokener, "", 1);
      used = length;
    }

  if (json_tokener_get_error (tokener) != json_tokener_success)
    return parse_failed (error, json_tokener_error_desc (json_tokener_get_error (tokener)));

  while (used < length && strchr (" \t\r\n", text[used]) != NULL)
    used++;
  if (used != length)
    return parse_failed (error, "something follows the document");

  /* json-c says "null" by a null pointer, which would read as failure here. */
  if (object == NULL)
    return parse_failed (error, "it is null");

  return g_steal_pointer (&object);
}

JsonObject *
cb_json_parse (const char *text, gsize length, gsize limit, GError **error)
{
  JsonObject *object = NULL;
  char *escaped = NULL;
  gsize escaped_length = 0;

  g_return_val_if_fail (text != NULL, NULL);

  if (length > limit || length > G_MAXINT / 8)
    return parse_failed (error, "it is too long");
  if (!g_utf8_validate_len (text, length, NULL))
    return parse_failed (error, "it is not valid UTF-8");
  if (!is_plain_json (text, length))
    return parse_failed (error, "it holds what is no plain JSON, or is too deep");
  if (is_ascii (text, length))
    return parse_strictly (text, length, error);

  escaped = escape_beyond_ascii (text, length, &escaped_length);
  object = parse_strictly (escaped, escaped_length, error);
  sodium_memzero (escaped, escaped_length);
  g_free (escaped);
  return object;
}

char *
cb_json_to_line (JsonObject *object)
{
  const int flags = JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE;

  return g_strdup (json_object_to_json_string_ext (object, flags));
}

/* Borrowed; NULL unless `object` is an object whose member has that type. */
static JsonObject *
get_member (JsonObject *object, const char *member, enum json_type type)
{
  JsonObject *value = NULL;

  if (!json_object_is_type (object, json_type_object))
    return NULL;
  if (!json_object_object_get_ex (object, member, &value))
    return NULL;

  return json_object_is_type (value, type) ? value : NULL;
}

const char *
cb_json_get_string (JsonObject *object, const char *member)
{
  JsonObject *value = get_member (object, member, json_type_string);

  return value != NULL ? json_object_get_string (value) : NULL;
}

gint64
cb_json_get_int (JsonObject *object, const char *member, gint64 fallback)
{
  JsonObject *value = get_member (object, member, json_type_int);

  return value != NULL ? json_object_get_int64 (value) : fallback;
}

gboolean
cb_json_get_boolean (JsonObject *object, const char *member, gboolean fallback)
{
  JsonObject *value = get_member (object, member, json_type_boolean);

  return value != NULL ? json_object_get_boolean (value) != 0 : fallback;
}

JsonObject *
cb_json_get_object (JsonObject *object, const char *member)
{
  return get_member (object, member, json_type_object);
}

JsonObject *
cb_json_get_array (JsonObject *object, const char *member)
{
  return get_member (object, member, json_type_array);
}

void
cb_json_set_string (JsonObject *object, const char *member, const char *text)
{
  json_object_object_add (object, member, text != NULL ? json_object_new_string (text) : NULL);
}

void
cb_json_set_int (JsonObject *object, const char *member, gint64 number)
{
  json_object_object_add (object, member, json_object_new_int64 (number));
}

void
cb_json_set_boolean (JsonObject *object, const char *member, gboolean value)
{
  json_object_object_add (object, member, json_object_new_boolean (value));
}
