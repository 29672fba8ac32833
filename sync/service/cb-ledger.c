/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "service/cb-ledger.h"

#include "base/cb-error.h"
#include "base/cb-files.h"
#include "base/cb-id.h"

#include <string.h>

#define NAME "erasures.log"
#define FILE_LIMIT (G_GINT64_CONSTANT (1) << 30)

struct _CbLedger
{
  char *path;
};

CbLedger *
cb_ledger_open (const char *database)
{
  CbLedger *self = g_new0 (CbLedger, 1);
  g_autofree char *folder = g_path_get_dirname (database);

  self->path = g_build_filename (folder, NAME, NULL);
  return self;
}

void
cb_ledger_free (CbLedger *self)
{
  g_free (self->path);
  g_free (self);
}

/* A line cut short by a crash would swallow what is added behind it, so every line also begins with
 * a newline of its own. */
gboolean
cb_ledger_add (CbLedger *self, const char *customer, gint64 n, GError **error)
{
  g_autofree char *line = g_strdup_printf ("\n%s %" G_GINT64_FORMAT "\n", customer, n);

  return cb_files_append (self->path, line, strlen (line), error);
}

GPtrArray *
cb_ledger_read (CbLedger *self, GError **error)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GError) local = NULL;
  gsize length = 0;
  g_autofree char *text = cb_files_read (self->path, FILE_LIMIT, &length, &local);
  g_auto (GStrv) lines = NULL;

  if (g_error_matches (local, CB_STORE_ERROR, CB_STORE_ERROR_NOT_FOUND))
    return g_steal_pointer (&ids);
  if (text == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }

  /* A power cut may leave zeros where a line was to come. */
  for (gsize i = 0; i < length; i++)
    if (text[i] == '\0')
      text[i] = '\n';

  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      char *id = strlen (lines[i]) > CB_ID_LENGTH ? g_strndup (lines[i], CB_ID_LENGTH) : NULL;

      if (id == NULL || !cb_id_is_valid (id) || !g_hash_table_add (seen, id))
        g_free (id);
      else
        g_ptr_array_add (ids, id);
    }
  return g_steal_pointer (&ids);
}
