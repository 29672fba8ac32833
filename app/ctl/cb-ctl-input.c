/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "ctl/cb-ctl-input.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/cb-clock.h"
#include "base/cb-error.h"
#include "vault/cb-seal.h"

#define SECRET_MAX 256

static gboolean
fail_input (GError **error, const char *why)
{
  g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID, why);
  return FALSE;
}

/* --- reading --- */

/* Reads until the end or one byte more than the limit, which then shows that there is more. */
static gboolean
read_bytes (char *buffer, gsize limit, gsize *length, GError **error)
{
  *length = 0;
  while (*length <= limit)
    {
      gssize n_read = read (STDIN_FILENO, buffer + *length, limit + 1 - *length);

      if (n_read == 0)
        return TRUE;
      if (n_read > 0)
        *length += (gsize) n_read;
      else if (errno != EINTR)
        {
          g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_IO, "standard input can't be read: %s",
                       g_strerror (errno));
          return FALSE;
        }
    }
  g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID,
               "standard input is longer than %" G_GSIZE_FORMAT " bytes", limit);
  return FALSE;
}

/* The buffer is not read through stdio, which would keep a copy. */
static char *
read_input (gsize limit, gsize *length, GError **error)
{
  char *buffer = g_malloc0 (limit + 2);

  if (read_bytes (buffer, limit, length, error) &&
      (g_utf8_validate_len (buffer, *length, NULL) ||
       fail_input (error, "standard input is not valid UTF-8 text")))
    return buffer;
  /* A NUL or bad bytes in the middle would stop a wipe that goes by the text's end. */
  explicit_bzero (buffer, limit + 2);
  g_free (buffer);
  return NULL;
}

static void
strip_newline (char *text, gsize length)
{
  if (length > 0 && text[length - 1] == '\n')
    text[length - 1] = '\0';
}

char *
cb_ctl_read_text (GError **error)
{
  gsize length;
  char *text = read_input (CB_CTL_INPUT_MAX, &length, error);

  if (text != NULL)
    strip_newline (text, length);
  return text;
}

/* --- secrets --- */

static gboolean
hide_typing (struct termios *before)
{
  struct termios hidden;

  if (!isatty (STDIN_FILENO) || tcgetattr (STDIN_FILENO, before) != 0)
    return FALSE;
  hidden = *before;
  hidden.c_lflag &= ~(tcflag_t) ECHO;
  return tcsetattr (STDIN_FILENO, TCSAFLUSH, &hidden) == 0;
}

char *
cb_ctl_read_secret (GError **error)
{
  struct termios before;
  gboolean is_hidden = hide_typing (&before);
  gsize length;
  char *secret = read_input (SECRET_MAX, &length, error);

  if (is_hidden)
    tcsetattr (STDIN_FILENO, TCSAFLUSH, &before);
  if (secret == NULL)
    return NULL;
  strip_newline (secret, length);
  if (strchr (secret, '\n') == NULL && *secret != '\0')
    return secret;
  cb_text_wipe (secret);
  fail_input (error, "standard input is not one line");
  return NULL;
}

/* --- records --- */

gboolean
cb_ctl_check_members (JsonObject *record, const char *const *known, GError **error)
{
  if (!json_object_is_type (record, json_type_object))
    return fail_input (error, "the record is not a JSON object");
  json_object_object_foreach (record, member, value)
  {
    if (!g_strv_contains (known, member))
      return fail_input (error, "the record has a member that this command does not know");
  }
  return TRUE;
}

JsonObject *
cb_ctl_read_record (const char *const *known, GError **error)
{
  gsize length;
  char *text = read_input (CB_CTL_INPUT_MAX, &length, error);
  g_autoptr (JsonObject) record = NULL;

  if (text == NULL)
    return NULL;
  record = cb_json_parse (text, length, CB_CTL_INPUT_MAX, error);
  cb_text_wipe (text);
  if (record == NULL || !cb_ctl_check_members (record, known, error))
    return NULL;
  return g_steal_pointer (&record);
}

gboolean
cb_ctl_take_string (JsonObject *record, const char *member, char **text, GError **error)
{
  JsonObject *value = NULL;

  *text = NULL;
  if (!json_object_object_get_ex (record, member, &value) || value == NULL)
    return TRUE;
  if (!json_object_is_type (value, json_type_string))
    return fail_input (error, "a member of the record that is a text has another type");
  *text = g_strdup (json_object_get_string (value));
  return TRUE;
}

gboolean
cb_ctl_take_strings (JsonObject *record, const char *member, char ***texts, GError **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  JsonObject *value = NULL;

  *texts = NULL;
  if (!json_object_object_get_ex (record, member, &value) || value == NULL)
    return TRUE;
  if (!json_object_is_type (value, json_type_array))
    return fail_input (error, "a member of the record that is a list has another type");
  for (gsize i = 0; i < json_object_array_length (value); i++)
    {
      JsonObject *item = json_object_array_get_idx (value, i);

      if (!json_object_is_type (item, json_type_string))
        return fail_input (error, "a list of the record holds something that is no text");
      g_strv_builder_add (builder, json_object_get_string (item));
    }
  *texts = g_strv_builder_end (builder);
  return TRUE;
}

/* --- days --- */

gboolean
cb_ctl_read_date (const char *text, int *year, int *month, int *day)
{
  int n_read = 0;

  return strlen (text) == 10 && sscanf (text, "%4d-%2d-%2d%n", year, month, day, &n_read) == 3 &&
         n_read == 10;
}

gint64
cb_ctl_read_day_end (const char *text)
{
  int year;
  int month;
  int day;

  return cb_ctl_read_date (text, &year, &month, &day) ? cb_clock_date_end_us (year, month, day) : 0;
}

gboolean
cb_ctl_take_day_end (JsonObject *record, const char *member, gint64 *end_us, GError **error)
{
  g_autofree char *text = NULL;

  *end_us = 0;
  if (!cb_ctl_take_string (record, member, &text, error))
    return FALSE;
  if (text == NULL)
    return TRUE;
  *end_us = cb_ctl_read_day_end (text);
  return *end_us != 0 || fail_input (error, "a member of the record is no day, such as 2027-01-31");
}
