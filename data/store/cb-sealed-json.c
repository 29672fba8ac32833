/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "store/cb-sealed-json.h"

#include <sodium.h>
#include <string.h>

GBytes *
cb_sealed_json_new (const CbKey *key, const char *column, const char *id, JsonObject *object)
{
  char *line = cb_json_to_line (object);
  GBytes *sealed = cb_seal_text (key, column, id, line);

  cb_text_wipe (line);
  return sealed;
}

JsonObject *
cb_sealed_json_open (const CbKey *key,
                     const char *column,
                     const char *id,
                     CbStmt *stmt,
                     int number,
                     GError **error)
{
  gsize length;
  const void *sealed = cb_stmt_blob (stmt, number, &length);
  char *line = cb_unseal_text (key, column, id, sealed, length, error);
  JsonObject *object = NULL;

  if (line == NULL)
    return NULL;
  object = cb_json_parse (line, strlen (line), G_MAXINT, error);
  cb_text_wipe (line);
  return object;
}

/* --- a few texts --- */

/* Past what was expected, or NULL. */
static char *
skip (char *at, const char *expected)
{
  gsize length = strlen (expected);

  return at != NULL && strncmp (at, expected, length) == 0 ? at + length : NULL;
}

/* A text without escapes, ended where its quotation mark was; NULL when it is none. */
static char *
read_text (char *at, char **text)
{
  char *end;

  *text = skip (at, "\"");
  end = *text != NULL ? strchr (*text, '"') : NULL;
  if (end == NULL)
    return NULL;
  *end = '\0';
  return end + 1;
}

/* `{"a":"x","b":null}` as cb_json_to_line() writes it, and nothing that is harder to read: FALSE
 * then, and the line may have been cut in pieces. */
static gboolean
read_plain (char *line, const char *const *members, const char **texts)
{
  char *at = skip (line, "{");

  while (at != NULL && *at != '}')
    {
      char *member;
      char *text = NULL;
      char *null;

      at = skip (read_text (at, &member), ":");
      null = skip (at, "null");
      at = null != NULL ? null : read_text (at, &text);
      for (guint i = 0; at != NULL && members[i] != NULL; i++)
        if (g_str_equal (members[i], member))
          texts[i] = text;
      if (at != NULL && *at != '}')
        at = skip (at, ",");
    }
  return at != NULL && at[1] == '\0';
}

static gboolean
read_object (CbSealedTexts *opened, const char *const *members, const char **texts, GError **error)
{
  g_autoptr (JsonObject) object = cb_json_parse (opened->bytes, opened->length, G_MAXINT, error);
  g_autoptr (GString) all = g_string_new (NULL);
  char *next;

  cb_sealed_texts_wipe (opened);
  if (object == NULL)
    return FALSE;
  for (guint i = 0; members[i] != NULL; i++)
    {
      texts[i] = cb_json_get_string (object, members[i]);
      if (texts[i] != NULL)
        g_string_append_len (all, texts[i], (gssize) strlen (texts[i]) + 1);
    }
  opened->length = all->len;
  next = opened->bytes = g_string_free (g_steal_pointer (&all), FALSE);
  for (guint i = 0; members[i] != NULL; i++)
    if (texts[i] != NULL)
      {
        texts[i] = next;
        next += strlen (next) + 1;
      }
  return TRUE;
}

gboolean
cb_sealed_json_open_texts (const CbKey *key,
                           const char *column,
                           const char *id,
                           CbStmt *stmt,
                           int number,
                           const char *const *members,
                           const char **texts,
                           CbSealedTexts *opened,
                           GError **error)
{
  gsize length;
  const void *sealed = cb_stmt_blob (stmt, number, &length);

  for (guint i = 0; members[i] != NULL; i++)
    texts[i] = NULL;
  opened->bytes = cb_unseal_text (key, column, id, sealed, length, error);
  if (opened->bytes == NULL)
    return FALSE;
  opened->length = strlen (opened->bytes);
  if (strchr (opened->bytes, '\\') == NULL && read_plain (opened->bytes, members, texts))
    return TRUE;
  if (strlen (opened->bytes) == opened->length)
    return read_object (opened, members, texts, error);

  /* It was cut in pieces on the way. */
  cb_sealed_texts_wipe (opened);
  opened->bytes = cb_unseal_text (key, column, id, sealed, length, error);
  opened->length = opened->bytes != NULL ? strlen (opened->bytes) : 0;
  return opened->bytes != NULL && read_object (opened, members, texts, error);
}

void
cb_sealed_texts_wipe (CbSealedTexts *opened)
{
  if (opened->bytes == NULL)
    return;
  sodium_memzero (opened->bytes, opened->length);
  g_clear_pointer (&opened->bytes, g_free);
}
