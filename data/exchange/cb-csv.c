/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "exchange/cb-csv.h"

#include <csv.h>
#include <string.h>

#include "exchange/cb-charset.h"
#include "exchange/cb-headings.h"
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

struct _CbCsv
{
  CbLines *lines;
  struct csv_parser parser;
  GPtrArray *cells;
  gboolean is_row_done;
  GQueue *kept;  /* of Kept *: the lines of the row that is open */
  GQueue *again; /* of Kept *: lines to be read once more */
  gsize n_kept;
  GArray *columns; /* NULL: the table has no headings */
  gboolean is_begun;
  gboolean is_at_end;
};

static void
kept_free (gpointer data)
{
  Kept *kept = data;

  cb_text_wipe (kept->text);
  g_free (kept);
}

static void
begin_parser (CbCsv *self, unsigned char delimiter)
{
  csv_init (&self->parser, 0);
  csv_set_delim (&self->parser, delimiter);
}

CbCsv *
cb_csv_new (CbLines *lines)
{
  CbCsv *self = g_new0 (CbCsv, 1);

  self->lines = lines;
  self->cells = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_text_wipe);
  self->kept = g_queue_new ();
  self->again = g_queue_new ();
  begin_parser (self, ',');
  return self;
}

void
cb_csv_free (CbCsv *self)
{
  csv_free (&self->parser);
  g_ptr_array_unref (self->cells);
  g_queue_free_full (self->kept, kept_free);
  g_queue_free_full (self->again, kept_free);
  g_clear_pointer (&self->columns, g_array_unref);
  g_free (self);
}

/* --- the parser's calls --- */

static void
on_cell (void *text, size_t length, void *data)
{
  CbCsv *self = data;

  if (self->cells->len < CELLS_MAX)
    g_ptr_array_add (self->cells, cb_charset_decode (text, length, NULL));
}

static void
on_row (int terminator, void *data)
{
  CbCsv *self = data;

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
read_beginning (CbCsv *self, const Kept *line)
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
next_line (CbCsv *self, GError **error)
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
forget_row (CbCsv *self)
{
  g_queue_clear_full (self->kept, kept_free);
  self->n_kept = 0;
  g_ptr_array_set_size (self->cells, 0);
  self->is_row_done = FALSE;
}

/* Gives up the row's first line and has the others read again as rows of their own. */
static guint64
give_up_line (CbCsv *self)
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
is_blank (CbCsv *self, const Kept *line)
{
  const char *spaces = csv_get_delim (&self->parser) == '\t' ? " " : " \t";

  return strspn (line->text, spaces) == line->length;
}

static void
feed (CbCsv *self, Kept *line)
{
  csv_parse (&self->parser, line->text, line->length, on_cell, on_row, self);
  csv_parse (&self->parser, "\n", 1, on_cell, on_row, self);
  self->n_kept += line->length + 1;
  g_queue_push_tail (self->kept, line);
}

static gboolean
is_empty_row (CbCsv *self)
{
  for (guint i = 0; i < self->cells->len; i++)
    {
      if (*(const char *) g_ptr_array_index (self->cells, i) != '\0')
        return FALSE;
    }
  return TRUE;
}

/* FALSE when the row was the heading row. */
static gboolean
take_row (CbCsv *self, CbEntry *entry)
{
  const Kept *first = g_queue_peek_head (self->kept);
  g_autoptr (CbCard) card = cb_card_new (first->number);
  gboolean is_person = TRUE;

  *entry = (CbEntry){ .line = first->number };
  if (!self->is_begun)
    {
      self->is_begun = TRUE;
      self->columns = cb_headings_read (self->cells);
      if (self->columns != NULL)
        return FALSE;
    }
  if (self->columns != NULL)
    cb_headings_fill (self->columns, self->cells, card);
  else
    is_person = cb_headings_guess (self->cells, card);
  entry->draft = is_person ? cb_card_make_draft (card) : NULL;
  if (entry->draft == NULL && is_empty_row (self))
    entry->reason = "the row is empty";
  else if (entry->draft == NULL && self->columns == NULL)
    entry->reason = "there are no headings, and nothing in the row reads as a person";
  else if (entry->draft == NULL)
    entry->reason = "the row has no name, organisation, email or phone";
  return TRUE;
}

/* TRUE when the line completed an entry, be it a rejected one. Takes the line. */
static gboolean
read_line (CbCsv *self, Kept *line, CbEntry *entry)
{
  gboolean is_first = g_queue_is_empty (self->kept);
  gboolean is_entry = FALSE;

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
      *entry = (CbEntry){ .line = line->number, .reason = "the line is too long" };
      g_queue_push_tail (self->kept, line);
      entry->line = give_up_line (self);
      return TRUE;
    }
  feed (self, line);
  if (self->is_row_done)
    {
      is_entry = take_row (self, entry);
      forget_row (self);
    }
  else if (self->n_kept > ROW_MAX)
    {
      *entry = (CbEntry){ .reason = "a quotation mark is never closed" };
      entry->line = give_up_line (self);
      is_entry = TRUE;
    }
  return is_entry;
}

gboolean
cb_csv_next (CbCsv *self, CbEntry *entry, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  Kept *line;

  for (;;)
    {
      while ((line = next_line (self, &local_error)) != NULL)
        {
          if (read_line (self, line, entry))
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
          if (take_row (self, entry))
            {
              forget_row (self);
              return TRUE;
            }
          forget_row (self);
          continue;
        }
      *entry = (CbEntry){ .reason = "a quotation mark is never closed" };
      entry->line = give_up_line (self);
      return TRUE;
    }
}
