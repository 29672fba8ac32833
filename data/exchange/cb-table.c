/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "exchange/cb-table.h"

#include <csv.h>
#include <string.h>

#include "exchange/cb-charset.h"
#include "vault/cb-seal.h"

/* A row is one person: no note of theirs is longer, but a quotation mark that was never closed
 * would make one row of the rest of the file. */
#define ROW_MAX (32 * 1024)
#define CELLS_MAX 1024

typedef struct
{
  char *text;
  gsize length;
  guint64 number;
  gboolean is_cut;
} Kept;

struct _CbTable
{
  CbLines *lines;
  struct csv_parser parser;
  GPtrArray *cells;
  gboolean is_row_done;
  GQueue *kept;  /* of Kept *: the lines of the row that is open */
  GQueue *again; /* of Kept *: lines to be read once more */
  gsize n_kept;
  gboolean is_begun;
  gboolean is_read_out; /* the row was handed out: it is forgotten at the next call */
};

static void
kept_free (gpointer data)
{
  Kept *kept = data;

  cb_text_wipe (kept->text);
  g_free (kept);
}

static void
begin_parser (CbTable *self, unsigned char delimiter)
{
  csv_init (&self->parser, 0);
  csv_set_delim (&self->parser, delimiter);
}

CbTable *
cb_table_new (CbLines *lines)
{
  CbTable *self = g_new0 (CbTable, 1);

  self->lines = lines;
  self->cells = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_text_wipe);
  self->kept = g_queue_new ();
  self->again = g_queue_new ();
  begin_parser (self, ',');
  return self;
}

void
cb_table_free (CbTable *self)
{
  csv_free (&self->parser);
  g_ptr_array_unref (self->cells);
  g_queue_free_full (self->kept, kept_free);
  g_queue_free_full (self->again, kept_free);
  g_free (self);
}

/* --- the parser's calls --- */

static void
on_cell (void *text, size_t length, void *data)
{
  CbTable *self = data;

  if (self->cells->len < CELLS_MAX)
    g_ptr_array_add (self->cells, cb_charset_decode (text, length, NULL));
}

static void
on_row (int terminator, void *data)
{
  CbTable *self = data;

  self->is_row_done = TRUE;
}

/* --- what separates --- */

static guint
count_outside_quotes (const char *text, gsize length, char what)
{
  gboolean is_quoted = FALSE;
  guint n = 0;

  for (gsize i = 0; i < length; i++)
    {
      if (text[i] == '"')
        is_quoted = !is_quoted;
      else if (text[i] == what && !is_quoted)
        n++;
    }
  return n;
}

static unsigned char
find_delimiter (const char *text, gsize length)
{
  static const char candidates[] = { ',', ';', '\t', '|' };
  char best = ',';
  guint most = 0;

  for (guint i = 0; i < G_N_ELEMENTS (candidates); i++)
    {
      guint n = count_outside_quotes (text, length, candidates[i]);

      if (n > most)
        {
          most = n;
          best = candidates[i];
        }
    }
  return (unsigned char) best;
}

/* "sep=;" is how a spreadsheet is told, and no row. */
static gboolean
read_beginning (CbTable *self, const Kept *line)
{
  gboolean is_told = line->length == 5 && g_ascii_strncasecmp (line->text, "sep=", 4) == 0;
  unsigned char delimiter =
    is_told ? (unsigned char) line->text[4] : find_delimiter (line->text, line->length);

  csv_free (&self->parser);
  begin_parser (self, delimiter);
  return is_told;
}

/* --- rows --- */

static Kept *
next_line (CbTable *self, GError **error)
{
  Kept *kept = g_queue_pop_head (self->again);
  CbLine line;

  if (kept != NULL || !cb_lines_next (self->lines, &line, error))
    return kept;
  kept = g_new0 (Kept, 1);
  kept->text = g_strndup (line.text, line.length);
  kept->length = line.length;
  kept->number = line.number;
  kept->is_cut = line.is_cut;
  return kept;
}

static void
forget_row (CbTable *self)
{
  g_queue_clear_full (self->kept, kept_free);
  self->n_kept = 0;
  g_ptr_array_set_size (self->cells, 0);
  self->is_row_done = FALSE;
}

/* Gives up the row's first line and has the others read again as rows of their own. */
static guint64
give_up_line (CbTable *self)
{
  unsigned char delimiter = csv_get_delim (&self->parser);
  Kept *first = g_queue_pop_head (self->kept);
  guint64 number = first->number;
  Kept *last;

  while ((last = g_queue_pop_tail (self->kept)) != NULL)
    g_queue_push_head (self->again, last);
  kept_free (first);
  forget_row (self);
  csv_free (&self->parser);
  begin_parser (self, delimiter);
  return number;
}

static gboolean
is_blank (CbTable *self, const Kept *line)
{
  const char *spaces = csv_get_delim (&self->parser) == '\t' ? " " : " \t";

  return strspn (line->text, spaces) == line->length;
}

static void
feed (CbTable *self, Kept *line)
{
  csv_parse (&self->parser, line->text, line->length, on_cell, on_row, self);
  csv_parse (&self->parser, "\n", 1, on_cell, on_row, self);
  self->n_kept += line->length + 1;
  g_queue_push_tail (self->kept, line);
}

static gboolean
is_empty_row (CbTable *self)
{
  for (guint i = 0; i < self->cells->len; i++)
    {
      if (*(const char *) g_ptr_array_index (self->cells, i) != '\0')
        return FALSE;
    }
  return TRUE;
}

static void
hand_out (CbTable *self, CbRow *row)
{
  const Kept *first = g_queue_peek_head (self->kept);

  self->is_begun = TRUE;
  self->is_read_out = TRUE;
  *row = (CbRow){
    .line = first->number,
    .cells = self->cells,
    .is_empty = is_empty_row (self),
  };
}

static void
hand_out_broken (CbTable *self, CbRow *row, const char *reason)
{
  *row = (CbRow){ .line = give_up_line (self), .reason = reason };
}

/* TRUE when the line completed a row, be it a broken one. Takes the line. */
static gboolean
read_line (CbTable *self, Kept *line, CbRow *row)
{
  gboolean is_first = g_queue_is_empty (self->kept);

  if (is_first && is_blank (self, line))
    {
      kept_free (line);
      return FALSE;
    }
  if (is_first && !self->is_begun && read_beginning (self, line))
    {
      kept_free (line);
      return FALSE;
    }
  if (line->is_cut)
    {
      g_queue_push_tail (self->kept, line);
      hand_out_broken (self, row, "the line is too long");
      return TRUE;
    }
  feed (self, line);
  if (self->is_row_done)
    hand_out (self, row);
  else if (self->n_kept > ROW_MAX)
    hand_out_broken (self, row, "a quotation mark is never closed");
  else
    return FALSE;
  return TRUE;
}

gboolean
cb_table_next (CbTable *self, CbRow *row, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  Kept *line;

  if (self->is_read_out)
    forget_row (self);
  self->is_read_out = FALSE;
  while ((line = next_line (self, &local_error)) != NULL)
    {
      if (read_line (self, line, row))
        return TRUE;
    }
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (g_queue_is_empty (self->kept))
    return FALSE;
  if (g_queue_get_length (self->kept) == 1)
    {
      /* The last line of all may lack its closing quotation mark and be whole otherwise. */
      csv_fini (&self->parser, on_cell, on_row, self);
      hand_out (self, row);
      return TRUE;
    }
  hand_out_broken (self, row, "a quotation mark is never closed");
  return TRUE;
}
