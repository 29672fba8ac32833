/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "wire/cb-lines.h"

#include "wire/cb-limits.h"
#include "wire/cb-protocol-error.h"

#include <sodium.h>
#include <string.h>

typedef struct
{
  gsize length;
  char *text;
} Joined;

static void
joined_free (Joined *joined)
{
  sodium_memzero (joined->text, joined->length);
  g_free (joined->text);
  g_free (joined);
}

GBytes *
cb_lines_join (GPtrArray *lines)
{
  Joined *joined = g_new0 (Joined, 1);
  char *next = NULL;

  for (guint i = 0; i < lines->len; i++)
    joined->length += g_bytes_get_size (lines->pdata[i]) + 1;
  joined->text = g_malloc (joined->length + 1);

  next = joined->text;
  for (guint i = 0; i < lines->len; i++)
    {
      gsize length = 0;
      const char *line = g_bytes_get_data (lines->pdata[i], &length);

      if (length > 0)
        memcpy (next, line, length);
      next[length] = '\n';
      next += length + 1;
    }
  return g_bytes_new_with_free_func (joined->text, joined->length, (GDestroyNotify) joined_free,
                                     joined);
}

static GPtrArray *
fail_too_large (GError **error, const char *what)
{
  g_set_error (error, CB_PROTOCOL_ERROR, CB_PROTOCOL_ERROR_TOO_LARGE, "a batch of %s", what);
  return NULL;
}

GPtrArray *
cb_lines_split (GBytes *body, guint max_lines, GError **error)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  gsize length = 0;
  const char *text = g_bytes_get_data (body, &length);
  gsize start = 0;

  if (length > CB_LIMIT_BYTES)
    return fail_too_large (error, "too many bytes");

  while (start < length)
    {
      const char *newline = memchr (text + start, '\n', length - start);
      const gsize end = newline != NULL ? (gsize) (newline - text) : length;

      if (lines->len == max_lines)
        return fail_too_large (error, "too many operations");
      g_ptr_array_add (lines, g_bytes_new_from_bytes (body, start, end - start));
      start = end + 1;
    }
  return g_steal_pointer (&lines);
}
