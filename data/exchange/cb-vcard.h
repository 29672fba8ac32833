/* SPDX-License-Identifier: Apache-2.0 */

/* The cards of a file, each BEGIN:VCARD one entry, nested ones too, in the order in which they end.
 * A card that is never ended ends with the file. */

#pragma once

#include "exchange/cb-entries.h"
#include "exchange/cb-lines.h"

G_BEGIN_DECLS

typedef struct _CbVcard CbVcard;

/* Borrows the lines. */
CbVcard *cb_vcard_new (CbLines *lines);
void cb_vcard_free (CbVcard *self);
gboolean cb_vcard_next (CbVcard *self, CbEntry *entry, GError **error);

G_END_DECLS
