/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "service/cb-ledger.h"

#include "base/cb-error.h"
#include "base/cb-files.h"

#include <sodium.h>
#include <string.h>

#define ERASURES "erasures.log"
#define ENDS "ends.log"
#define REVOKED "revoked.log"
/* How a line there goes on behind the id. */
#define WIPE " wipe"
#define FILE_LIMIT (G_GINT64_CONSTANT (1) << 30)

/* Of a line of ends.log: customer, operation, purpose, channel, hash. */
#define END_PARTS 5

struct _CbLedger
{
  char *folder;
  GString *ends; /* of the transaction under way */
};

CbLedger *
cb_ledger_open (const char *database)
{
  CbLedger *self = g_new0 (CbLedger, 1);

  self->folder = g_path_get_dirname (database);
  self->ends = g_string_new (NULL);
  return self;
}

void
cb_ledger_free (CbLedger *self)
{
  g_string_free (self->ends, TRUE);
  g_free (self->folder);
  g_free (self);
}

static gboolean
append (CbLedger *self, const char *name, const char *text, gsize length, GError **error)
{
  g_autofree char *path = g_build_filename (self->folder, name, NULL);

  return cb_files_append (path, text, length, error);
}

/* The lines of a file, also of one that is not there. */
static GStrv
read_lines (CbLedger *self, const char *name, GError **error)
{
  g_autofree char *path = g_build_filename (self->folder, name, NULL);
  g_autoptr (GError) local = NULL;
  gsize length = 0;
  g_autofree char *text = cb_files_read (path, FILE_LIMIT, &length, &local);

  if (g_error_matches (local, CB_STORE_ERROR, CB_STORE_ERROR_NOT_FOUND))
    return g_new0 (char *, 1);
  if (text == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }

  /* A power cut may leave zeros where a line was to come. */
  for (gsize i = 0; i < length; i++)
    if (text[i] == '\0')
      text[i] = '\n';
  return g_strsplit (text, "\n", -1);
}

/* --- erasures --- */

/* A line cut short by a crash would swallow what is added behind it, so every line also begins with
 * a newline of its own. */
gboolean
cb_ledger_add (CbLedger *self, const char *customer, gint64 n, GError **error)
{
  g_autofree char *line = g_strdup_printf ("\n%s %" G_GINT64_FORMAT "\n", customer, n);

  return append (self, ERASURES, line, strlen (line), error);
}

/* The ids that lines of more than an id begin with, each once; of those alone that go on with
 * `word`, unless that is NULL. */
static GPtrArray *
read_ids (CbLedger *self, const char *name, const char *word, GError **error)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_auto (GStrv) lines = read_lines (self, name, error);

  if (lines == NULL)
    return NULL;
  for (guint i = 0; lines[i] != NULL; i++)
    {
      char *id = strlen (lines[i]) > CB_ID_LENGTH ? g_strndup (lines[i], CB_ID_LENGTH) : NULL;

      if (id == NULL || !cb_id_is_valid (id) ||
          (word != NULL && strcmp (lines[i] + CB_ID_LENGTH, word) != 0) ||
          !g_hash_table_add (seen, id))
        g_free (id);
      else
        g_ptr_array_add (ids, id);
    }
  return g_steal_pointer (&ids);
}

GPtrArray *
cb_ledger_read (CbLedger *self, GError **error)
{
  return read_ids (self, ERASURES, NULL, error);
}

/* --- terminals and keys --- */

static gboolean
add_revoked (CbLedger *self, const char *id, const char *word, GError **error)
{
  g_autofree char *line = g_strconcat ("\n", id, word, "\n", NULL);

  return append (self, REVOKED, line, strlen (line), error);
}

gboolean
cb_ledger_add_revoked (CbLedger *self, const char *id, GError **error)
{
  return add_revoked (self, id, " revoked", error);
}

gboolean
cb_ledger_add_wipe (CbLedger *self, const char *id, GError **error)
{
  return add_revoked (self, id, WIPE, error);
}

GPtrArray *
cb_ledger_read_wipes (CbLedger *self, GError **error)
{
  return read_ids (self, REVOKED, WIPE, error);
}

GPtrArray *
cb_ledger_read_revoked (CbLedger *self, GError **error)
{
  return read_ids (self, REVOKED, NULL, error);
}

/* --- ends --- */

void
cb_ledger_note_end (CbLedger *self, const CbEnvelope *envelope)
{
  char hash[2 * CB_ENVELOPE_HASH_BYTES + 1];

  sodium_bin2hex (hash, sizeof hash, envelope->hash, sizeof envelope->hash);
  g_string_append_printf (self->ends, "\n%s %s %s %s %s\n", envelope->customer, envelope->op,
                          envelope->purpose, envelope->channel, hash);
}

void
cb_ledger_drop_ends (CbLedger *self)
{
  g_string_truncate (self->ends, 0);
}

gboolean
cb_ledger_write_ends (CbLedger *self, GError **error)
{
  if (self->ends->len > 0 && !append (self, ENDS, self->ends->str, self->ends->len, error))
    return FALSE;
  cb_ledger_drop_ends (self);
  return TRUE;
}

static void
end_free (gpointer data)
{
  CbLedgerEnd *end = data;

  g_free (end->purpose);
  g_free (end->channel);
  g_free (end);
}

/* NULL for a line that a crash cut short. */
static CbLedgerEnd *
read_end (const char *line)
{
  g_auto (GStrv) parts = g_strsplit (line, " ", -1);
  CbLedgerEnd *end = NULL;
  guint8 hash[CB_ENVELOPE_HASH_BYTES];
  gsize length = 0;

  if (g_strv_length (parts) != END_PARTS || !cb_id_is_valid (parts[0]) ||
      !cb_id_is_valid (parts[1]) ||
      sodium_hex2bin (hash, sizeof hash, parts[4], strlen (parts[4]), NULL, &length, NULL) != 0 ||
      length != sizeof hash)
    return NULL;
  end = g_new0 (CbLedgerEnd, 1);
  g_strlcpy (end->customer, parts[0], sizeof end->customer);
  g_strlcpy (end->op, parts[1], sizeof end->op);
  end->purpose = g_strdup (parts[2]);
  end->channel = g_strdup (parts[3]);
  memcpy (end->hash, hash, sizeof end->hash);
  return end;
}

GPtrArray *
cb_ledger_read_ends (CbLedger *self, GError **error)
{
  g_autoptr (GPtrArray) ends = g_ptr_array_new_with_free_func (end_free);
  g_auto (GStrv) lines = read_lines (self, ENDS, error);

  if (lines == NULL)
    return NULL;
  for (guint i = 0; lines[i] != NULL; i++)
    {
      CbLedgerEnd *end = read_end (lines[i]);

      if (end != NULL)
        g_ptr_array_add (ends, end);
    }
  return g_steal_pointer (&ends);
}
