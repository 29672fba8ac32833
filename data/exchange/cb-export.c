/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "exchange/cb-export.h"

#include <string.h>

/* --- JSON --- */

/* Structure is printable and ends of line, so whatever else is found stands within a text. */
static gboolean
is_unseen (gunichar c)
{
  GUnicodeType type = g_unichar_type (c);

  return (type == G_UNICODE_CONTROL && c >= 0x7f) || type == G_UNICODE_FORMAT ||
         type == G_UNICODE_LINE_SEPARATOR || type == G_UNICODE_PARAGRAPH_SEPARATOR ||
         type == G_UNICODE_PRIVATE_USE || type == G_UNICODE_UNASSIGNED;
}

static void
append_escape (GString *out, gunichar c)
{
  if (c < 0x10000)
    g_string_append_printf (out, "\\u%04x", c);
  else
    g_string_append_printf (out, "\\u%04x\\u%04x", 0xd800 + ((c - 0x10000) >> 10),
                            0xdc00 + ((c - 0x10000) & 0x3ff));
}

GString *
cb_export_write_json (JsonObject *document, gboolean for_markup)
{
  const int flags =
    JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED | JSON_C_TO_STRING_NOSLASHESCAPE;
  const char *text = json_object_to_json_string_ext (document, flags);
  GString *out = g_string_sized_new (strlen (text) * 2);

  for (const char *next = text; *next != '\0'; next = g_utf8_next_char (next))
    {
      gunichar c = g_utf8_get_char (next);

      if (is_unseen (c) || (for_markup && (c == '<' || c == '>' || c == '&')))
        append_escape (out, c);
      else
        g_string_append_unichar (out, c);
    }
  g_string_append_c (out, '\n');
  return out;
}

/* --- what the formats share --- */

const char *
cb_export_get_uid (JsonObject *document)
{
  return cb_json_get_string (cb_json_get_object (document, "person"), "id");
}

char *
cb_export_dup_full_name (JsonObject *person)
{
  const char *given = cb_json_get_string (person, "given");
  const char *family = cb_json_get_string (person, "family");
  const char *preferred = cb_json_get_string (person, "preferred");

  if (given != NULL && family != NULL)
    return g_strdup_printf ("%s %s", given, family);
  if (given == NULL && family == NULL)
    return g_strdup (preferred);
  return g_strdup (given != NULL ? given : family);
}

/* --- the file --- */

static void
wipe (gpointer data)
{
  GString *text = data;

  explicit_bzero (text->str, text->allocated_len);
  g_string_free (text, TRUE);
}

static GString *
write_document (JsonObject *document, CbExportFormat format)
{
  const char *name = cb_json_get_string (document, "format");
  gboolean is_access = g_strcmp0 (name, CB_ACCESS_DOCUMENT) == 0;

  switch (format)
    {
    case CB_EXPORT_VCARD:
      return cb_export_write_vcard (document);
    case CB_EXPORT_JSCONTACT:
      return cb_export_write_jscontact (document);
    case CB_EXPORT_HTML:
      return is_access ? cb_access_write_page (document) : cb_export_write_page (document);
    case CB_EXPORT_JSON:
      break;
    }
  return cb_export_write_json (document, FALSE);
}

GBytes *
cb_export_encode (JsonObject *document, CbExportFormat format)
{
  GString *text = write_document (document, format);

  return g_bytes_new_with_free_func (text->str, text->len, wipe, text);
}
