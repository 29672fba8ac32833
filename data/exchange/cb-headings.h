/* SPDX-License-Identifier: Apache-2.0 */

/* What the columns of a contact table hold, by the headings that Outlook, Gmail, Thunderbird,
 * Roundcube, Apple and Evolution write in several languages, and by looking at the cells where
 * there is no heading row. */

#pragma once

#include "exchange/cb-card.h"

G_BEGIN_DECLS

typedef enum
{
  CB_COLUMN_OTHER,
  CB_COLUMN_GIVEN,
  CB_COLUMN_FAMILY,
  CB_COLUMN_ADDITIONAL,
  CB_COLUMN_FULL,
  CB_COLUMN_NICKNAME,
  CB_COLUMN_ORGANISATION,
  CB_COLUMN_LANGUAGE,
  CB_COLUMN_EMAIL,
  CB_COLUMN_PHONE,
  CB_COLUMN_FAX,
} CbColumn;

/* Of CbColumn, one a cell; NULL when the row is no heading row. `cells` are UTF-8. */
GArray *cb_headings_read (GPtrArray *cells);

void cb_headings_fill (GArray *columns, GPtrArray *cells, CbCard *card);

/* A row of a table without headings. FALSE when nothing in it reads as a person. */
gboolean cb_headings_guess (GPtrArray *cells, CbCard *card);

G_END_DECLS
