/* SPDX-License-Identifier: Apache-2.0 */

/* What will end by itself, and when: said beforehand. Ids, kinds and times alone. Any thread. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  char *kind; /* "note", "preference", "customer" */
  char *id;   /* of the record; of the customer themselves for "customer" */
  char *customer;
  char *why; /* the life of a record ("unasked", "tonight" …); "imported", "silent" of a customer */
  gint64 ends_us; /* the first moment at which it is gone */
} CbEnding;

CbEnding *cb_ending_new (const char *kind,
                         const char *id,
                         const char *customer,
                         const char *why,
                         gint64 ends_us);
void cb_ending_free (CbEnding *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbEnding, cb_ending_free)

G_END_DECLS
