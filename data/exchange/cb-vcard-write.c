/* SPDX-License-Identifier: Apache-2.0 */

/* vCard 4.0 (RFC 6350): names, ways to be reached, language. */

#define G_LOG_DOMAIN "Counterbook"

#include "exchange/cb-export.h"

#include <string.h>

/* Octets of a line without its end (RFC 6350, 3.2). */
#define LINE_MAX_OCTETS 75

/* --- lines --- */

static gboolean
is_line_end (gunichar c)
{
  return c == '\n' || c == '\r' || c == 0x0b || c == 0x0c || c == 0x85 || c == 0x2028 ||
         c == 0x2029;
}

/* Every end of line that any reader knows becomes the escape for one, so that no text begins a
 * property of its own. There is no escape for other control characters: they become spaces. */
static void
append_text (GString *line, const char *text)
{
  for (const char *next = text; *next != '\0'; next = g_utf8_next_char (next))
    {
      gunichar c = g_utf8_get_char (next);

      if (c == '\r' && next[1] == '\n')
        continue;
      if (is_line_end (c))
        g_string_append (line, "\\n");
      else if (c == '\\' || c == ',' || c == ';')
        g_string_append_printf (line, "\\%c", (char) c);
      else if (c != '\t' && g_unichar_iscntrl (c))
        g_string_append_c (line, ' ');
      else
        g_string_append_unichar (line, c);
    }
}

/* Folds between characters, never within one. */
static void
append_line (GString *card, const GString *line)
{
  gsize room = LINE_MAX_OCTETS;

  for (const char *next = line->str; *next != '\0'; next = g_utf8_next_char (next))
    {
      gsize length = (gsize) (g_utf8_next_char (next) - next);

      if (length > room)
        {
          g_string_append (card, "\r\n ");
          room = LINE_MAX_OCTETS - 1;
        }
      g_string_append_len (card, next, (gssize) length);
      room -= length;
    }
  g_string_append (card, "\r\n");
}

static void
append_property (GString *card, const char *head, const char *text)
{
  g_autoptr (GString) line = g_string_new (head);

  if (text == NULL)
    return;
  g_string_append_c (line, ':');
  append_text (line, text);
  append_line (card, line);
  explicit_bzero (line->str, line->len);
}

/* --- the card --- */

/* Each card needs an FN (RFC 6350, 6.2.1); who gave no name goes by their address or their number,
 * as programs do it. */
static char *
dup_contact (JsonObject *person)
{
  static const char *const kinds[] = { "emails", "phones" };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      JsonObject *values = cb_json_get_array (person, kinds[i]);

      if (json_object_array_length (values) > 0)
        return g_strdup (json_object_get_string (json_object_array_get_idx (values, 0)));
    }
  return NULL;
}

static void
append_names (GString *card, JsonObject *person)
{
  const char *given = cb_json_get_string (person, "given");
  const char *family = cb_json_get_string (person, "family");
  g_autofree char *full = cb_export_dup_full_name (person);
  g_autoptr (GString) line = g_string_new ("N:");

  if (full == NULL)
    full = dup_contact (person);
  append_property (card, "FN", full != NULL ? full : "");
  if (given == NULL && family == NULL)
    return;
  append_text (line, family != NULL ? family : "");
  g_string_append_c (line, ';');
  append_text (line, given != NULL ? given : "");
  g_string_append (line, ";;;");
  append_line (card, line);
  explicit_bzero (line->str, line->len);
}

static void
append_contacts (GString *card, const char *name, JsonObject *values)
{
  gsize n_values = json_object_array_length (values);

  for (gsize i = 0; i < n_values; i++)
    {
      g_autofree char *head =
        n_values > 1 ? g_strdup_printf ("%s;PREF=%d", name, (int) i + 1) : g_strdup (name);

      append_property (card, head, json_object_get_string (json_object_array_get_idx (values, i)));
    }
}

/* "2026-03-02T10:00:00.000Z" as a basic timestamp. */
static char *
dup_timestamp (const char *time)
{
  return g_strdup_printf ("%.4s%.2s%.5s%.2s%.2sZ", time, time + 5, time + 8, time + 14, time + 17);
}

GString *
cb_export_write_vcard (JsonObject *document)
{
  JsonObject *person = cb_json_get_object (document, "person");
  JsonObject *copy = cb_json_get_object (document, "copy");
  GString *card = g_string_new (
    "BEGIN:VCARD\r\nVERSION:4.0\r\n"
    "PRODID:-//Counterbook//NONSGML Counterbook//EN\r\n");
  g_autofree char *made = dup_timestamp (cb_json_get_string (copy, "made"));
  g_autofree char *language = g_strdup (cb_json_get_string (person, "language"));

  if (language != NULL)
    g_strdelimit (language, "_", '-');
  append_property (card, "UID;VALUE=text", cb_export_get_uid (document));
  append_property (card, "REV", made);
  append_names (card, person);
  append_property (card, "NICKNAME", cb_json_get_string (person, "preferred"));
  append_contacts (card, "EMAIL", cb_json_get_array (person, "emails"));
  append_contacts (card, "TEL", cb_json_get_array (person, "phones"));
  append_property (card, "LANG", language);
  append_property (card, "X-COUNTERBOOK-COPY", cb_json_get_string (copy, "id"));
  g_string_append (card, "END:VCARD\r\n");
  return card;
}
