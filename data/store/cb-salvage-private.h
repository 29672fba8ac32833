/* SPDX-License-Identifier: Apache-2.0 */

/* What cb-salvage.c and cb-salvage-answers.c know together. */

#pragma once

#include "store/cb-salvage-table.h"
#include "store/cb-salvage.h"

G_BEGIN_DECLS

struct _CbSalvage
{
  CbPages *pages;
  GHashTable *roots;   /* name → page; of what the schema still tells */
  GHashTable *is_told; /* pages that belong to one of them */
  GHashTable *is_taken;
  GPtrArray *tables; /* CbSalvageTable, in the order in which they refer to each other */
  GPtrArray *audit;  /* CbAuditRow */
  CbBook *book;
};

G_END_DECLS
