/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "exchange/cb-entries.h"

#include <string.h>

#include "base/cb-error.h"
#include "exchange/cb-csv.h"
#include "exchange/cb-lines.h"
#include "exchange/cb-vcard.h"

struct _CbEntries
{
  CbLines *lines;
  CbVcard *vcard;
  CbCsv *csv;
  CbExchangeFormat format;
};

static const char *const formats[] = { "auto", "vcard", "csv" };

gboolean
cb_exchange_format_from_id (const char *id, CbExchangeFormat *format)
{
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      if (g_strcmp0 (id, formats[i]) == 0)
        {
          *format = (CbExchangeFormat) i;
          return TRUE;
        }
    }
  return FALSE;
}

void
cb_entry_clear (CbEntry *entry)
{
  g_clear_pointer (&entry->draft, cb_customer_draft_free);
}

CbEntries *
cb_entries_new (GInputStream *stream, CbExchangeFormat format)
{
  CbEntries *self = g_new0 (CbEntries, 1);

  self->lines = cb_lines_new (stream);
  self->format = format;
  return self;
}

void
cb_entries_free (CbEntries *self)
{
  g_clear_pointer (&self->vcard, cb_vcard_free);
  g_clear_pointer (&self->csv, cb_csv_free);
  cb_lines_free (self->lines);
  g_free (self);
}

/* --- recognising --- */

static gboolean
has_line (const char *bytes, gsize length, const char *wanted)
{
  gsize n_wanted = strlen (wanted);
  gboolean is_start = TRUE;

  for (gsize i = 0; i + n_wanted <= length; i++)
    {
      if (is_start && g_ascii_strncasecmp (bytes + i, wanted, n_wanted) == 0)
        return TRUE;
      is_start = bytes[i] == '\n' || bytes[i] == '\r' ||
                 (is_start && (bytes[i] == ' ' || bytes[i] == '\t' || (guint8) bytes[i] >= 0x80));
    }
  return FALSE;
}

static gboolean
is_archive (const char *bytes, gsize length)
{
  return length >= 3 && memcmp (bytes, "PK", 2) == 0 && bytes[2] < 0x20;
}

/* Pictures, archives and spreadsheets are full of bytes that no text has. */
static gboolean
is_text (const char *bytes, gsize length)
{
  gsize n_odd = 0;

  for (gsize i = 0; i < length; i++)
    {
      guint8 byte = (guint8) bytes[i];

      n_odd += byte < 0x20 && strchr ("\t\n\v\f\r\x1a\x1b", byte) == NULL;
      n_odd += byte == '\0';
    }
  return n_odd * 50 <= length;
}

/* A card may hold the bytes of a picture as they are, so it is looked for first. */
CbExchangeFormat
cb_exchange_recognise (const char *bytes, gsize length)
{
  if (has_line (bytes, length, "BEGIN:VCARD") || has_line (bytes, length, "END:VCARD"))
    return CB_EXCHANGE_VCARD;
  if (is_text (bytes, length) && !is_archive (bytes, length))
    return CB_EXCHANGE_CSV;
  return CB_EXCHANGE_AUTO;
}

static gboolean
begin (CbEntries *self, GError **error)
{
  gsize length;
  const char *bytes = cb_lines_peek (self->lines, &length, error);

  if (bytes == NULL)
    return FALSE;
  if (self->format == CB_EXCHANGE_AUTO)
    self->format = cb_exchange_recognise (bytes, length);
  if (self->format == CB_EXCHANGE_AUTO)
    {
      g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID,
                           "the file is neither vCard nor CSV");
      return FALSE;
    }
  if (self->format == CB_EXCHANGE_VCARD)
    self->vcard = cb_vcard_new (self->lines);
  else
    self->csv = cb_csv_new (self->lines);
  return TRUE;
}

gboolean
cb_entries_next (CbEntries *self, CbEntry *entry, GError **error)
{
  *entry = (CbEntry){ 0 };
  if (self->vcard == NULL && self->csv == NULL && !begin (self, error))
    return FALSE;
  return self->vcard != NULL ? cb_vcard_next (self->vcard, entry, error)
                             : cb_csv_next (self->csv, entry, error);
}

guint64
cb_entries_get_position (CbEntries *self)
{
  return cb_lines_get_position (self->lines);
}
