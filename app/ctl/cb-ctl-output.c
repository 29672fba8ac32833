/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "ctl/cb-ctl-output.h"

#include <stdio.h>
#include <string.h>

#include "base/cb-clock.h"
#include "records/cb-operation.h"
#include "vault/cb-seal.h"

void
cb_ctl_set_time (JsonObject *object, const char *member, gint64 at_us)
{
  g_autofree char *text = at_us > 0 ? cb_operation_format_time (at_us) : NULL;

  cb_json_set_string (object, member, text);
}

void
cb_ctl_set_day (JsonObject *object, const char *member, gint64 end_us)
{
  g_autoptr (GDateTime) last_moment =
    end_us > 0 ? g_date_time_new_from_unix_local (end_us / CB_US_PER_SECOND - 1) : NULL;
  g_autofree char *text = last_moment != NULL ? g_date_time_format (last_moment, "%F") : NULL;

  cb_json_set_string (object, member, text);
}

void
cb_ctl_set_strings (JsonObject *object, const char *member, const char *const *texts)
{
  JsonObject *array = json_object_new_array ();

  for (guint i = 0; texts != NULL && texts[i] != NULL; i++)
    json_object_array_add (array, json_object_new_string (texts[i]));
  json_object_object_add (object, member, array);
}

/* --- plain text --- */

/* What a terminal would obey instead of showing is shown by its picture. */
static gunichar
picture_of (gunichar c)
{
  if (!g_unichar_iscntrl (c) || c == '\t')
    return c;
  return c < 0x20 ? 0x2400 + c : c == 0x7f ? 0x2421 : 0xfffd;
}

/* A text of several lines keeps its shape under the word before it. */
static void
print_text (const char *text, guint indent)
{
  for (const char *next = text; *next != '\0'; next = g_utf8_next_char (next))
    {
      gunichar c = g_utf8_get_char (next);
      char bytes[7] = { 0 };

      if (c == '\n')
        {
          printf ("\n%*s", (int) indent, "");
          continue;
        }
      g_unichar_to_utf8 (picture_of (c), bytes);
      fputs (bytes, stdout);
    }
}

static gboolean
is_list_of_texts (JsonObject *value)
{
  return json_object_is_type (value, json_type_array) &&
         (json_object_array_length (value) == 0 ||
          json_object_is_type (json_object_array_get_idx (value, 0), json_type_string));
}

static void
print_value (JsonObject *value, guint indent)
{
  if (json_object_is_type (value, json_type_boolean))
    fputs (json_object_get_boolean (value) ? "yes" : "no", stdout);
  else if (value == NULL)
    putchar ('-');
  else if (is_list_of_texts (value))
    {
      for (gsize i = 0; i < json_object_array_length (value); i++)
        {
          fputs (i > 0 ? ", " : "", stdout);
          print_text (json_object_get_string (json_object_array_get_idx (value, i)), indent);
        }
    }
  else
    print_text (json_object_get_string (value), indent);
}

static guint
widest_member (JsonObject *object)
{
  guint widest = 0;

  json_object_object_foreach (object, member, value)
  {
    if (value == NULL || is_list_of_texts (value) || !json_object_is_type (value, json_type_array))
      widest = MAX (widest, (guint) strlen (member));
  }
  return widest;
}

static void print_rows (JsonObject *rows, guint indent);

/* What is not known is left out; a list of records stands under its name, indented. */
static void
print_object (JsonObject *object, guint indent)
{
  guint width = widest_member (object);

  json_object_object_foreach (object, member, value)
  {
    if (value == NULL ||
        (json_object_is_type (value, json_type_string) && json_object_get_string_len (value) == 0))
      continue;
    if (json_object_is_type (value, json_type_array) && !is_list_of_texts (value))
      {
        printf ("%*s%s\n", (int) indent, "", member);
        print_rows (value, indent + 2);
      }
    else if (!json_object_is_type (value, json_type_array) || json_object_array_length (value) > 0)
      {
        printf ("%*s%-*s  ", (int) indent, "", (int) width, member);
        print_value (value, indent + width + 2);
        putchar ('\n');
      }
  }
}

static void
print_rows (JsonObject *rows, guint indent)
{
  for (gsize i = 0; i < json_object_array_length (rows); i++)
    {
      if (i > 0)
        putchar ('\n');
      print_object (json_object_array_get_idx (rows, i), indent);
    }
}

gboolean
cb_ctl_print (JsonObject *answer, gboolean is_json)
{
  if (is_json)
    {
      char *line = cb_json_to_line (answer);

      puts (line);
      cb_text_wipe (line);
    }
  else if (json_object_is_type (answer, json_type_array))
    print_rows (answer, 0);
  else
    print_object (answer, 0);
  return fflush (stdout) == 0 && ferror (stdout) == 0;
}
