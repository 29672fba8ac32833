/* SPDX-License-Identifier: Apache-2.0 */

/* The rows of a table of contacts, each one entry. */

#pragma once

#include "exchange/cb-entries.h"
#include "exchange/cb-lines.h"

G_BEGIN_DECLS

typedef struct _CbCsv CbCsv;

/* Borrows the lines. */
CbCsv *cb_csv_new (CbLines *lines);
void cb_csv_free (CbCsv *self);
gboolean cb_csv_next (CbCsv *self, CbEntry *entry, GError **error);

G_END_DECLS
