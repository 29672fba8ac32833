/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "chaos-frame.h"

#include <string.h>

#define HEAD_END "\r\n\r\n"
#define LENGTH "Content-Length:"

void
chaos_frame_clear (ChaosFrame *self)
{
  if (self->head != NULL)
    g_string_free (self->head, TRUE);
  *self = (ChaosFrame){ 0 };
}

static gboolean
is_length (const char *line)
{
  return g_ascii_strncasecmp (line, LENGTH, strlen (LENGTH)) == 0;
}

static gsize
read_length (const char *head)
{
  g_auto (GStrv) lines = g_strsplit (head, "\r\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    if (is_length (lines[i]))
      return (gsize) g_ascii_strtoull (lines[i] + strlen (LENGTH), NULL, 10);

  return 0;
}

gboolean
chaos_frame_is_whole (const ChaosFrame *self)
{
  return self->has_head && self->n_left == 0;
}

ChaosPart
chaos_frame_take (ChaosFrame *self, guint8 byte)
{
  if (self->head == NULL)
    self->head = g_string_new (NULL);

  if (chaos_frame_is_whole (self))
    {
      g_string_truncate (self->head, 0);
      self->has_head = FALSE;
    }

  if (self->has_head)
    {
      self->n_body++;
      self->n_left--;
      return CHAOS_IN_BODY;
    }

  g_string_append_c (self->head, (char) byte);
  if (!g_str_has_suffix (self->head->str, HEAD_END))
    return CHAOS_IN_HEAD;

  self->has_head = TRUE;
  self->length = read_length (self->head->str);
  self->n_left = self->length;

  return CHAOS_HEAD_ENDS;
}

char *
chaos_frame_announce (const ChaosFrame *self, gsize length)
{
  g_auto (GStrv) lines = g_strsplit (self->head->str, "\r\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    if (is_length (lines[i]))
      {
        g_free (lines[i]);
        lines[i] = length == G_MAXSIZE ? g_strdup ("Transfer-Encoding: chunked")
                                       : g_strdup_printf (LENGTH " %zu", length);
      }

  return g_strjoinv ("\r\n", lines);
}
