/* SPDX-License-Identifier: Apache-2.0 */

/* What another terminal put, on its way into each family: what the files of records share. */

#pragma once

#include "store/cb-book-private.h"

G_BEGIN_DECLS

#define CB_TAKES(name)                                                                             \
  gboolean cb_book_take_##name (CbBook *self, const CbKey *key, const char *customer,              \
                                const char *purpose, const CbArrivedRecord *record,                \
                                gboolean *is_taken, GError **error)

CB_TAKES (card);
CB_TAKES (note);
CB_TAKES (preference);
CB_TAKES (request);

/* A time of the wire; 0 when it is none. */
gint64 cb_book_read_wire_time (JsonObject *body, const char *member);

/* Somebody whom another terminal of the shop knows; `is_here` stays FALSE when the card is none. */
gboolean cb_book_admit_customer (CbBook *self,
                                 const char *id,
                                 const CbArrivedRecord *card,
                                 gboolean *is_here,
                                 GError **error);

G_END_DECLS
