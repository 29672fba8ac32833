/* SPDX-License-Identifier: Apache-2.0 */

/* One entry of a file as it was understood: where it stands, whom it names, and what becomes of it.
 * Any thread. Getters borrow. */

#pragma once

#include <gio/gio.h>

#include "records/cb-drafts.h"

G_BEGIN_DECLS

typedef enum
{
  CB_FATE_ADDED,
  CB_FATE_MERGED, /* with somebody who is here already; of a list: it was there */
  CB_FATE_REJECTED,
} CbFate;

#define CB_TYPE_IMPORT_LINE (cb_import_line_get_type ())
G_DECLARE_FINAL_TYPE (CbImportLine, cb_import_line, CB, IMPORT_LINE, GObject)

/* `draft` may be NULL and is copied from; `reason` is a constant, of rejected ones. */
CbImportLine *cb_import_line_new (guint64 line,
                                  CbFate fate,
                                  const CbCustomerDraft *draft,
                                  const char *reason);

guint64 cb_import_line_get_line (CbImportLine *self);
CbFate cb_import_line_get_fate (CbImportLine *self);

/* "" for none. */
const char *cb_import_line_get_name (CbImportLine *self);

/* Phones, then emails, as they were written; NULL-terminated. */
const char *const *cb_import_line_get_values (CbImportLine *self);
const char *cb_import_line_get_reason (CbImportLine *self);

G_END_DECLS
