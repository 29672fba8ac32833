/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "exchange/cb-lines.h"

#include <string.h>

#include "exchange/cb-charset.h"

#define PIECE (64 * 1024)

typedef enum
{
  WIDTH_UNKNOWN,
  WIDTH_BYTES,
  WIDTH_LITTLE,
  WIDTH_BIG,
} Width;

struct _CbLines
{
  GInputStream *stream;
  guint8 *piece;
  gsize n_odd;    /* a byte of half a unit at the start of `piece` */
  GString *ahead; /* decoded and not handed out, from `at` on */
  gsize at;
  GString *line;
  Width width;
  gunichar high;
  guint64 position;
  guint64 number;
  gboolean is_at_end;
};

CbLines *
cb_lines_new (GInputStream *stream)
{
  CbLines *self = g_new0 (CbLines, 1);

  self->stream = g_object_ref (stream);
  self->piece = g_malloc (PIECE);
  self->ahead = g_string_sized_new (PIECE + 1);
  self->line = g_string_sized_new (256);
  return self;
}

static void
wipe_string (GString *string)
{
  explicit_bzero (string->str, string->allocated_len);
  g_string_free (string, TRUE);
}

void
cb_lines_free (CbLines *self)
{
  g_object_unref (self->stream);
  explicit_bzero (self->piece, PIECE);
  g_free (self->piece);
  wipe_string (self->ahead);
  wipe_string (self->line);
  g_free (self);
}

/* --- reading and decoding --- */

/* Every file that is an address book begins with a letter, a quotation mark or a mark of byte
 * order, so a NUL in the first two bytes is half a character. */
static gsize
find_width (CbLines *self, gsize length)
{
  const guint8 *first = self->piece;

  self->width = WIDTH_BYTES;
  if (length >= 3 && first[0] == 0xef && first[1] == 0xbb && first[2] == 0xbf)
    return 3;
  if (length < 2)
    return 0;
  if ((first[0] == 0xff && first[1] == 0xfe) || (first[0] != 0 && first[1] == 0))
    self->width = WIDTH_LITTLE;
  else if ((first[0] == 0xfe && first[1] == 0xff) || first[0] == 0)
    self->width = WIDTH_BIG;
  return 0;
}

static void
append_decoded (CbLines *self, gsize from, gsize length)
{
  gsize whole = length;

  if (self->width == WIDTH_BYTES)
    {
      g_string_append_len (self->ahead, (const char *) self->piece + from,
                           (gssize) (length - from));
      return;
    }
  whole -= length % 2;
  cb_charset_append_utf16 (self->ahead, self->piece, whole, self->width == WIDTH_BIG, &self->high);
  self->n_odd = length - whole;
  if (self->n_odd > 0)
    self->piece[0] = self->piece[whole];
}

static gboolean
fill (CbLines *self, GError **error)
{
  gsize n_read = 0;
  gsize length;

  if (self->is_at_end)
    return TRUE;
  if (!g_input_stream_read_all (self->stream, self->piece + self->n_odd, PIECE - self->n_odd,
                                &n_read, NULL, error))
    return FALSE;
  self->is_at_end = n_read < PIECE - self->n_odd;
  self->position += n_read;
  length = n_read + self->n_odd;
  self->n_odd = 0;
  g_string_erase (self->ahead, 0, (gssize) self->at);
  self->at = 0;
  append_decoded (self, self->width == WIDTH_UNKNOWN ? find_width (self, length) : 0, length);
  return TRUE;
}

const char *
cb_lines_peek (CbLines *self, gsize *length, GError **error)
{
  if (self->width == WIDTH_UNKNOWN && !fill (self, error))
    return NULL;
  *length = self->ahead->len - self->at;
  return self->ahead->str + self->at;
}

/* --- cutting into lines --- */

/* FALSE at the end of the file. */
static gboolean
have_byte (CbLines *self, GError **error)
{
  while (self->at >= self->ahead->len && !self->is_at_end)
    {
      if (!fill (self, error))
        return FALSE;
    }
  return self->at < self->ahead->len;
}

/* What stands up to the end of the line or of what was read, as much of it as fits. */
static void
take_text (CbLines *self, gboolean *is_cut)
{
  const char *from = self->ahead->str + self->at;
  gsize length = 0;
  gsize room = CB_LINE_MAX - self->line->len;

  while (self->at + length < self->ahead->len && from[length] != '\n' && from[length] != '\r')
    length++;
  if (length > room)
    *is_cut = TRUE;
  g_string_append_len (self->line, from, (gssize) MIN (length, room));
  self->at += length;
}

/* Behind a CR: those that follow and a LF are the same end, but two CR without one are two. */
static gboolean
take_end (CbLines *self, GError **error)
{
  gsize look = self->at;

  for (;;)
    {
      while (look < self->ahead->len && self->ahead->str[look] == '\r')
        look++;
      if (look < self->ahead->len || self->is_at_end || look - self->at > 8)
        break;
      look -= self->at;
      if (!fill (self, error))
        return FALSE;
      look += self->at;
    }
  if (look < self->ahead->len && self->ahead->str[look] == '\n')
    self->at = look + 1;
  else
    self->at++;
  return TRUE;
}

gboolean
cb_lines_next (CbLines *self, CbLine *line, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  gboolean is_cut = FALSE;
  gboolean is_ended = FALSE;

  g_string_truncate (self->line, 0);
  if (!have_byte (self, error))
    return FALSE;
  while (!is_ended && have_byte (self, &local_error))
    {
      take_text (self, &is_cut);
      is_ended = self->at < self->ahead->len;
      if (is_ended && !take_end (self, error))
        return FALSE;
    }
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  /* No text holds a NUL, and what reads the line stops at one. */
  for (gsize i = 0; i < self->line->len; i++)
    {
      if (self->line->str[i] == '\0')
        self->line->str[i] = ' ';
    }
  *line = (CbLine){
    .text = self->line->str,
    .length = self->line->len,
    .number = ++self->number,
    .is_cut = is_cut,
    .is_unicode = self->width != WIDTH_BYTES,
  };
  return TRUE;
}

guint64
cb_lines_get_position (CbLines *self)
{
  return self->position;
}
