/* SPDX-License-Identifier: Apache-2.0 */

/* What the book and the import share. Included by data/store only. */

#pragma once

#include "store/cb-import.h"

G_BEGIN_DECLS

struct _CbImport
{
  CbEntries *entries;
  char *basis;
  gint64 keep_until_us;
  gboolean is_dry_run;
  guint piece_entries;
  gboolean is_at_end;
  GError *failure; /* of reading; told when what was read before it is kept */
  guint64 size;

  guint64 n_read;
  guint64 n_added;
  guint64 n_merged;
  GArray *rejected;

  /* A dry run remembers whom it would have added: hash of a contact value or mark (GBytes) to the
   * names that go with it (GPtrArray of CbCustomerDraft, names only). */
  GHashTable *seen;
};

G_END_DECLS
