/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "exchange/cb-vcard-property.h"

#include <string.h>

#include "exchange/cb-charset.h"
#include "vault/cb-seal.h"

#define NO_PREFERENCE 100

void
cb_vcard_property_clear (CbVcardProperty *self)
{
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->charset, g_free);
}

/* --- the head --- */

gsize
cb_vcard_find_value (const char *line, gsize length)
{
  const char *any = memchr (line, ':', length);
  gboolean is_quoted = FALSE;

  for (gsize i = 0; i < length; i++)
    {
      if (line[i] == '"')
        is_quoted = !is_quoted;
      else if (line[i] == ':' && !is_quoted)
        return i + 1;
    }
  /* A quotation mark that was never closed. */
  return any != NULL ? (gsize) (any - line) + 1 : 0;
}

static void
read_preference (CbVcardProperty *self, const char *value)
{
  guint64 preference;

  if (g_ascii_string_to_unsigned (value, 10, 1, NO_PREFERENCE, &preference, NULL))
    self->preference = (guint) preference;
}

/* Types, encodings and the rest are told apart by their words: 2.1 has no names for them. */
static void
read_word (CbVcardProperty *self, const char *word)
{
  g_autofree char *plain = g_ascii_strdown (word, -1);

  g_strstrip (plain);
  if (g_str_equal (plain, "quoted-printable") || g_str_equal (plain, "q"))
    self->is_quoted_printable = TRUE;
  else if (g_str_equal (plain, "base64") || g_str_equal (plain, "b"))
    self->is_base64 = TRUE;
  else if (g_str_equal (plain, "pref"))
    self->preference = 1;
  else if (strstr (plain, "fax") != NULL || g_str_equal (plain, "pager"))
    self->is_late = TRUE;
}

static void
read_parameter (CbVcardProperty *self, const char *text)
{
  const char *equals = strchr (text, '=');
  g_autofree char *name = NULL;
  g_autofree char *value = NULL;
  g_auto (GStrv) words = NULL;

  if (equals == NULL)
    {
      read_word (self, text);
      return;
    }
  name = g_ascii_strdown (text, equals - text);
  value = g_strdup (equals + 1);
  g_strstrip (name);
  g_strdelimit (value, "\"", ' ');
  g_strstrip (value);
  if (g_str_equal (name, "charset"))
    {
      g_free (self->charset);
      self->charset = g_steal_pointer (&value);
      return;
    }
  if (g_str_equal (name, "pref"))
    read_preference (self, value);
  if (!g_str_equal (name, "type") && !g_str_equal (name, "encoding"))
    return;
  words = g_strsplit (value, ",", -1);
  for (guint i = 0; words[i] != NULL; i++)
    read_word (self, words[i]);
}

static void
read_parameters (CbVcardProperty *self, const char *head, gsize length)
{
  gboolean is_quoted = FALSE;
  gsize from = 0;

  for (gsize i = 0; i <= length; i++)
    {
      if (i < length && head[i] == '"')
        is_quoted = !is_quoted;
      else if (i == length || (head[i] == ';' && !is_quoted))
        {
          g_autofree char *parameter = g_strndup (head + from, i - from);

          if (*parameter != '\0')
            read_parameter (self, parameter);
          from = i + 1;
        }
    }
}

gboolean
cb_vcard_property_parse (CbVcardProperty *self, const char *line, gsize length)
{
  gsize value = cb_vcard_find_value (line, length);
  gsize end = 0;
  const char *dot;

  *self = (CbVcardProperty){ .preference = NO_PREFERENCE };
  if (value == 0)
    return FALSE;
  while (end < value - 1 && line[end] != ';')
    end++;
  dot = memrchr (line, '.', end);
  self->name = dot != NULL ? g_ascii_strup (dot + 1, line + end - dot - 1)
                           : g_ascii_strup (line, (gssize) end);
  g_strstrip (self->name);
  if (end < value - 1)
    read_parameters (self, line + end + 1, value - 1 - end - 1);
  self->value = line + value;
  self->length = length - value;
  return *self->name != '\0';
}

/* --- the value --- */

static void
decode_quoted_printable (GString *bytes, const char *text, gsize length)
{
  for (gsize i = 0; i < length; i++)
    {
      gboolean is_escape = text[i] == '=' && i + 2 < length;
      int high = is_escape ? g_ascii_xdigit_value (text[i + 1]) : -1;
      int low = is_escape ? g_ascii_xdigit_value (text[i + 2]) : -1;

      if (high >= 0 && low >= 0)
        {
          g_string_append_c (bytes, (char) (high << 4 | low));
          i += 2;
        }
      else
        g_string_append_c (bytes, text[i]);
    }
}

/* Bytes to text, before anything is unescaped. */
static char *
decode (const CbVcardProperty *self, const char *value, gsize length)
{
  g_autoptr (GString) bytes = g_string_sized_new (length);
  g_autofree char *copy = NULL;
  gsize n_bytes = 0;
  char *text;

  if (self->is_quoted_printable)
    decode_quoted_printable (bytes, value, length);
  else if (self->is_base64)
    {
      guchar *decoded;

      copy = g_strndup (value, length);
      decoded = g_base64_decode (copy, &n_bytes);
      g_string_append_len (bytes, (const char *) decoded, (gssize) n_bytes);
      g_free (decoded);
    }
  else
    g_string_append_len (bytes, value, (gssize) length);
  text = cb_charset_decode (bytes->str, bytes->len, self->charset);
  explicit_bzero (bytes->str, bytes->len);
  return text;
}

/* Every backslash that any program is known to write before these; others are the text's own. */
static char *
unescape (const char *text)
{
  GString *plain = g_string_sized_new (strlen (text));

  for (const char *c = text; *c != '\0'; c++)
    {
      if (*c == '\\' && c[1] != '\0' && strchr ("\\;,:\"", c[1]) != NULL)
        g_string_append_c (plain, *++c);
      else if (*c == '\\' && (c[1] == 'n' || c[1] == 'N'))
        {
          g_string_append_c (plain, '\n');
          c++;
        }
      else
        g_string_append_c (plain, *c);
    }
  return g_string_free (plain, FALSE);
}

char *
cb_vcard_property_dup_text (const CbVcardProperty *self)
{
  char *decoded = decode (self, self->value, self->length);
  char *text = unescape (decoded);

  cb_text_wipe (decoded);
  return text;
}

/* The component's place in `text`. */
static gboolean
find_part (const char *text, gsize length, guint number, gsize *from, gsize *to)
{
  gsize start = 0;

  for (gsize i = 0; i <= length; i++)
    {
      if (i < length && text[i] == '\\' && i + 1 < length)
        i++;
      else if (i == length || text[i] == ';')
        {
          if (number-- == 0)
            {
              *from = start;
              *to = i;
              return TRUE;
            }
          start = i + 1;
        }
    }
  return FALSE;
}

/* Quoted-printable is cut before it is decoded, so that an encoded semicolon belongs to the text;
 * anything else after, for a byte of a Japanese letter may look like one. */
char *
cb_vcard_property_dup_part (const CbVcardProperty *self, guint number)
{
  char *decoded = self->is_quoted_printable ? g_strndup (self->value, self->length)
                                            : decode (self, self->value, self->length);
  char *part = NULL;
  char *text = NULL;
  gsize from;
  gsize to;

  if (find_part (decoded, strlen (decoded), number, &from, &to))
    {
      part = self->is_quoted_printable ? decode (self, decoded + from, to - from)
                                       : g_strndup (decoded + from, to - from);
      text = unescape (part);
    }
  cb_text_wipe (part);
  cb_text_wipe (decoded);
  return text;
}
