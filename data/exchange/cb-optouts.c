/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "exchange/cb-optouts.h"

#include <string.h>

#include "base/cb-error.h"
#include "base/cb-fold.h"
#include "exchange/cb-entries.h"
#include "exchange/cb-headings.h"
#include "exchange/cb-optout-words.h"
#include "exchange/cb-table.h"

#define ALL_PHONE (1u << CB_CHANNEL_SMS | 1u << CB_CHANNEL_PHONE | 1u << CB_CHANNEL_MESSENGER)
#define ALL_EMAIL (1u << CB_CHANNEL_EMAIL)

/* Fewer digits than any number that can be dialled from elsewhere. */
#define PHONE_DIGITS_MIN 5

typedef struct
{
  CbOptoutColumn column;
  guint channels;
} Column;

struct _CbOptouts
{
  CbLines *lines;
  CbTable *table;    /* NULL until the file was recognised */
  GArray *contacts;  /* of CbColumn; NULL without headings */
  GArray *answers;   /* of Column; NULL without headings */
  gboolean is_begun; /* the first row was looked at */
  gboolean has_answers;
};

/* What a row says, gathered from its cells. */
typedef struct
{
  guint channels; /* that the row names */
  guint yes;
  guint no;
  guint unreachable;
  gboolean is_no_for_all; /* no channel was named beside it */
  gboolean is_yes_for_all;
  gboolean is_unreachable_for_all;
  gboolean has_date;
  gboolean has_wording;
  gboolean is_unclear; /* an answer was asked for and is neither */
  const char *purpose;
  gint64 since_us;
} Said;

void
cb_optout_clear (CbOptout *optout)
{
  g_clear_pointer (&optout->draft, cb_customer_draft_free);
}

CbOptouts *
cb_optouts_new (GInputStream *stream)
{
  CbOptouts *self = g_new0 (CbOptouts, 1);

  self->lines = cb_lines_new (stream);
  return self;
}

void
cb_optouts_free (CbOptouts *self)
{
  g_clear_pointer (&self->table, cb_table_free);
  cb_lines_free (self->lines);
  g_clear_pointer (&self->contacts, g_array_unref);
  g_clear_pointer (&self->answers, g_array_unref);
  g_free (self);
}

guint64
cb_optouts_get_position (CbOptouts *self)
{
  return cb_lines_get_position (self->lines);
}

/* --- headings --- */

static gboolean
is_phone (const char *cell)
{
  g_autofree char *folded = cb_fold_phone (cell, NULL);

  return folded != NULL && strlen (folded) >= PHONE_DIGITS_MIN;
}

static gboolean
is_data (const char *cell)
{
  gint64 us;

  return strchr (cell, '@') != NULL || cb_optout_words_read_date (cell, &us) || is_phone (cell);
}

static gboolean
says_an_answer (CbOptoutColumn column)
{
  return column == CB_OPTOUT_STATUS || column == CB_OPTOUT_OUT || column == CB_OPTOUT_IN_DATE;
}

/* FALSE when the row is no heading row. */
static gboolean
read_headings (CbOptouts *self, GPtrArray *cells)
{
  g_autoptr (GArray) answers = g_array_new (FALSE, TRUE, sizeof (Column));
  g_autoptr (GPtrArray) contacts = g_ptr_array_new ();
  gboolean is_any = FALSE;

  for (guint i = 0; i < cells->len; i++)
    {
      const char *cell = g_ptr_array_index (cells, i);
      Column column = { .column = CB_OPTOUT_OTHER };

      if (is_data (cell))
        return FALSE;
      column.column = cb_optout_words_find_column (cell, &column.channels);
      is_any |= column.column != CB_OPTOUT_OTHER;
      self->has_answers |= says_an_answer (column.column);
      g_array_append_val (answers, column);
      g_ptr_array_add (contacts, (gpointer) (column.column == CB_OPTOUT_OTHER ? cell : ""));
    }
  self->contacts = cb_headings_read (contacts);
  if (self->contacts == NULL && !is_any)
    return FALSE;
  self->answers = g_steal_pointer (&answers);
  return TRUE;
}

/* --- what a row says --- */

static void
note_answer (Said *said, CbSaid answer, guint channels)
{
  switch (answer)
    {
    case CB_SAID_NOTHING:
      break;
    case CB_SAID_YES:
      said->yes |= channels;
      said->is_yes_for_all |= channels == 0;
      break;
    case CB_SAID_NO:
      said->no |= channels;
      said->is_no_for_all |= channels == 0;
      break;
    case CB_SAID_UNREACHABLE:
      said->unreachable |= channels;
      said->is_unreachable_for_all |= channels == 0;
      break;
    }
}

static void
note_date (Said *said, const char *cell)
{
  gint64 us;

  if (!cb_optout_words_read_date (cell, &us))
    return;
  said->has_date = TRUE;
  said->since_us = MAX (said->since_us, us);
}

static void
read_answer (Said *said, const Column *column, const char *cell)
{
  switch (column->column)
    {
    case CB_OPTOUT_STATUS:
      note_answer (said, cb_optout_words_read_status (cell), column->channels);
      break;
    case CB_OPTOUT_OUT:
      note_answer (said, cb_optout_words_read_out (cell), column->channels);
      note_date (said, cell);
      break;
    case CB_OPTOUT_IN_DATE:
      note_answer (said, *cell != '\0' ? CB_SAID_YES : CB_SAID_NOTHING, column->channels);
      note_date (said, cell);
      break;
    case CB_OPTOUT_CHANNEL:
      said->channels |= cb_optout_words_read_channels (cell);
      break;
    case CB_OPTOUT_PURPOSE:
      said->purpose = cb_optout_words_read_purpose (cell);
      break;
    case CB_OPTOUT_DATE:
      note_date (said, cell);
      break;
    case CB_OPTOUT_WORDING:
      said->has_wording |= *cell != '\0';
      break;
    case CB_OPTOUT_OTHER:
    case CB_OPTOUT_NOISE:
      break;
    }
}

static void
read_answers (CbOptouts *self, GPtrArray *cells, Said *said)
{
  for (guint i = 0; i < MIN (self->answers->len, cells->len); i++)
    read_answer (said, &g_array_index (self->answers, Column, i), g_ptr_array_index (cells, i));
  if (!self->has_answers)
    said->is_no_for_all = TRUE;
}

static void
fill_contacts (CbOptouts *self, GPtrArray *cells, CbCard *card)
{
  if (self->contacts != NULL)
    cb_headings_fill (self->contacts, cells, card);
}

/* Without headings each cell is what it looks like. */
static void
guess (GPtrArray *cells, CbCard *card, Said *said)
{
  g_autoptr (GPtrArray) others = g_ptr_array_new ();
  gboolean is_answered = FALSE;

  for (guint i = 0; i < cells->len; i++)
    {
      const char *cell = g_ptr_array_index (cells, i);
      CbSaid answer = cb_optout_words_read_status (cell);
      gint64 us;

      if (answer != CB_SAID_NOTHING)
        {
          note_answer (said, answer, CB_CHANNELS_NONE);
          is_answered = TRUE;
        }
      else if (cb_optout_words_read_date (cell, &us))
        note_date (said, cell);
      else
        g_ptr_array_add (others, (gpointer) cell);
    }
  cb_headings_guess (others, card);
  said->is_no_for_all |= !is_answered;
}

/* --- values --- */

static void
keep_values (GPtrArray *values, gboolean (*is_value) (const char *))
{
  for (guint i = values->len; i > 0; i--)
    {
      if (!is_value (g_ptr_array_index (values, i - 1)))
        g_ptr_array_remove_index (values, i - 1);
    }
}

static gboolean
is_email (const char *cell)
{
  g_autofree char *folded = cb_fold_email (cell);

  return folded != NULL;
}

/* The channels that an answer without any named means, by what the row has. */
static guint
all_channels (const Said *said, CbCard *card)
{
  if (said->channels != 0)
    return said->channels;
  return (card->emails->len > 0 ? ALL_EMAIL : 0) | (card->phones->len > 0 ? ALL_PHONE : 0);
}

static const char *
explain (const CbOptout *optout, const Said *said)
{
  if (optout->draft == NULL)
    return "the row has no email address and no phone number";
  if (optout->refused != 0 || optout->unreachable != 0)
    return NULL;
  if (!optout->says_yes)
    return "the row says neither yes nor no: they count as not asked";
  if (said->has_date && said->has_wording)
    return "a yes given elsewhere is not kept: they count as not asked until they answer here";
  return "a yes without its wording and its day is none: they count as not asked";
}

static void
settle (const Said *said, CbCard *card, CbOptout *optout)
{
  guint all;

  g_ptr_array_extend_and_steal (card->phones, g_steal_pointer (&card->late_phones));
  card->late_phones = g_ptr_array_new ();
  keep_values (card->emails, is_email);
  keep_values (card->phones, is_phone);
  all = all_channels (said, card);
  optout->refused = said->no | (said->is_no_for_all ? all : 0);
  optout->unreachable =
    (said->unreachable | (said->is_unreachable_for_all ? all : 0)) & ~optout->refused;
  optout->says_yes = ((said->yes | (said->is_yes_for_all ? all : 0)) & ~optout->refused) != 0;
  optout->purpose = said->purpose;
  optout->since_us = said->since_us;
  if (card->emails->len > 0 || card->phones->len > 0)
    optout->draft = cb_card_make_draft (card);
  optout->reason = explain (optout, said);
}

/* --- rows --- */

/* FALSE when the row was the heading row. */
static gboolean
take_row (CbOptouts *self, const CbRow *row, CbOptout *optout)
{
  g_autoptr (CbCard) card = cb_card_new (row->line);
  Said said = { 0 };

  *optout = (CbOptout){ .line = row->line, .reason = row->reason };
  if (row->cells == NULL)
    return TRUE;
  if (!self->is_begun)
    {
      self->is_begun = TRUE;
      if (read_headings (self, row->cells))
        return FALSE;
    }
  if (row->is_empty)
    {
      optout->reason = "the row is empty";
      return TRUE;
    }
  if (self->answers != NULL)
    {
      fill_contacts (self, row->cells, card);
      read_answers (self, row->cells, &said);
    }
  else
    guess (row->cells, card, &said);
  settle (&said, card, optout);
  return TRUE;
}

static gboolean
begin (CbOptouts *self, GError **error)
{
  gsize length;
  const char *bytes = cb_lines_peek (self->lines, &length, error);

  if (bytes == NULL)
    return FALSE;
  if (cb_exchange_recognise (bytes, length) != CB_EXCHANGE_CSV)
    {
      g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID,
                           "the file is no table and no list");
      return FALSE;
    }
  self->table = cb_table_new (self->lines);
  return TRUE;
}

gboolean
cb_optouts_next (CbOptouts *self, CbOptout *optout, GError **error)
{
  CbRow row;

  *optout = (CbOptout){ 0 };
  if (self->table == NULL && !begin (self, error))
    return FALSE;
  while (cb_table_next (self->table, &row, error))
    {
      if (take_row (self, &row, optout))
        return TRUE;
    }
  return FALSE;
}
