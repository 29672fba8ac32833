/* SPDX-License-Identifier: Apache-2.0 */

/* A file as lines, whatever ends them and whether its characters have one byte or two: LF, CRLF,
 * CR, CR CR LF; UTF-16 and UTF-32 with or without a mark of byte order come out as UTF-8, anything
 * else as the bytes it is. Reads in pieces; a line longer than CB_LINE_MAX is cut, so that memory
 * is bounded whatever the file holds. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Photos of old telephones are one line of megabytes; what is kept of a card is never so long. */
#define CB_LINE_MAX (256 * 1024)

typedef struct _CbLines CbLines;

typedef struct
{
  const char *text; /* ends in NUL; borrowed until the next line */
  gsize length;
  guint64 number; /* from 1 */
  gboolean is_cut;
  gboolean is_unicode; /* decoded here: a label of its charset no longer speaks of these bytes */
} CbLine;

CbLines *cb_lines_new (GInputStream *stream);

/* Wipes the buffers. */
void cb_lines_free (CbLines *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbLines, cb_lines_free)

/* The beginning of the file as far as it was read in one go, for recognising it. NULL on error. */
const char *cb_lines_peek (CbLines *self, gsize *length, GError **error);

/* FALSE at the end, or with `error` set. */
gboolean cb_lines_next (CbLines *self, CbLine *line, GError **error);

/* Bytes of the file that were read so far. */
guint64 cb_lines_get_position (CbLines *self);

G_END_DECLS
