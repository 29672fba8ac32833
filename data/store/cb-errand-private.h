/* SPDX-License-Identifier: Apache-2.0 */

/* The board is made of two lists: inside a transaction, without a row of the audit. */

#pragma once

#include "store/cb-book-private.h"

G_BEGIN_DECLS

GPtrArray *cb_book_read_board (CbBook *self,
                               CbStaff *actor,
                               gboolean with_closed,
                               guint limit,
                               GError **error);
GPtrArray *cb_book_read_coming (CbBook *self,
                                CbStaff *actor,
                                guint days,
                                guint limit,
                                GError **error);

G_END_DECLS
