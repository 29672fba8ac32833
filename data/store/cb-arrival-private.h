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

/* For which purpose a record of that scope is kept here. */
const char *cb_book_get_arrived_purpose (const CbArrivedRecord *record);

/* What the service has of a record, as it is left by one that was sent from here. */
gboolean cb_book_add_shadow (CbBook *self,
                             const char *customer,
                             const CbArrivedRecord *record,
                             const char *key,
                             GError **error);

/* Every put of the record that the service has not taken goes. */
gboolean cb_book_drop_unsettled (CbBook *self,
                                 const char *customer,
                                 const char *key,
                                 GError **error);

/* What was changed here, and not taken by the service, meets what it has. `is_settled` FALSE: both
 * changed the same, and nothing was done. */
gboolean cb_book_meet (CbBook *self,
                       const char *customer,
                       const char *key,
                       const CbArrivedRecord *theirs,
                       gboolean *is_settled,
                       GError **error);

/* One operation of ours is left, held under an id of its own: an edit of theirs. */
gboolean cb_book_rebase (CbBook *self,
                         const char *customer,
                         const char *key,
                         const CbArrivedRecord *theirs,
                         GError **error);

/* Beside the operation that is parked for it. */
gboolean cb_book_keep_theirs (CbBook *self,
                              const char *op_id,
                              const char *customer,
                              const CbArrivedRecord *theirs,
                              GError **error);

/* Somebody whom another terminal of the shop knows; `is_here` stays FALSE when the card is none. */
gboolean cb_book_admit_customer (CbBook *self,
                                 const char *id,
                                 const CbArrivedRecord *card,
                                 gboolean *is_here,
                                 GError **error);

G_END_DECLS
