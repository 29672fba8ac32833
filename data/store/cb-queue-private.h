/* SPDX-License-Identifier: Apache-2.0 */

/* How the book's other files put work into the outbox, free it and take it back: each inside their
 * own write, so that what is kept and what is to be sent are never apart. Comes with
 * cb-book-private.h. */

#pragma once

#include "base/cb-json.h"
#include "store/cb-book.h"
#include "vault/cb-seal.h"

G_BEGIN_DECLS

typedef struct
{
  const char *kind;
  const char *act;
  const char *record;
  const char *customer;
  const char *purpose; /* may be NULL */
  const char *base;    /* the version edited; may be NULL */
  CbChannel channel;
  int lane;
} CbQueued;

/* Adds a held row: its operation is encoded when it may leave. */
gboolean cb_book_hold (CbBook *self, CbStaff *actor, const CbQueued *queued, GError **error);

/* The first version of a new record, which is there already: on its way at once, as `body`, where
 * the verdict on its purpose permits, held otherwise. */
gboolean cb_book_put (CbBook *self,
                      CbStaff *actor,
                      const CbQueued *queued,
                      CbPermission *permission,
                      JsonObject *body,
                      GError **error);

/* A record was written: what is held is encoded as it stands when it is freed; what is further on
 * its way keeps its frozen bytes and is followed by an operation of its own. */
gboolean cb_book_queue (CbBook *self, CbStaff *actor, const CbQueued *queued, GError **error);

/* Adds an operation that is ready at once (consent, erasure), under an id the caller made. */
gboolean cb_book_send (CbBook *self,
                       CbStaff *actor,
                       const char *op_id,
                       const CbQueued *queued,
                       const char *scope,
                       JsonObject *body,
                       GError **error);

/* Frees what may leave now and takes back what no longer may, for one customer. */
gboolean cb_book_reckon_outbox (CbBook *self, const char *customer, GError **error);

/* Frees one record that is held, when it may leave. */
gboolean cb_book_reckon_record (CbBook *self,
                                const char *customer,
                                const char *kind,
                                const char *record,
                                GError **error);

/* A record the service refused is held again, under a new id; to be reckoned by the caller. */
gboolean cb_book_hold_anew (CbBook *self, const char *customer, const char *op_id, GError **error);

/* The same for all that it refused because the customer had not agreed, now that they have. */
gboolean cb_book_free_refused (CbBook *self, const char *customer, GError **error);

/* `everywhere` has ended, by the service's change of the number `before`, or by one that it has not
 * heard of: G_MAXINT64. Where the customer's yes to this shop stands, but the service did not know
 * it by then, it deleted what it would have kept for the shop: all of that is held again. */
gboolean cb_book_rest_on_shop (CbBook *self, const char *customer, gint64 before, GError **error);

/* A grant that was not acknowledged and has ended need never be sent; nor need a refusal that a yes
 * followed, or a yes that the service refused. A grant that another followed goes all the same:
 * records may name it. */
gboolean cb_book_drop_refusals (CbBook *self,
                                const char *customer,
                                const char *purpose,
                                const char *channel,
                                GError **error);
gboolean cb_book_drop_grants (CbBook *self,
                              const char *customer,
                              const char *purpose,
                              const char *channel,
                              GError **error);

/* The operations of a record that has ended here. */
gboolean cb_book_drop_record (CbBook *self,
                              const char *customer,
                              const char *kind,
                              const char *record,
                              GError **error);

/* How far a record has come, by its newest operation; CB_DELIVERY_LOCAL without one. */
CbDelivery cb_book_read_delivery (CbBook *self,
                                  const char *customer,
                                  const char *key,
                                  char **code,
                                  GError **error);

/* The bodies, from their sealed columns. NULL on error. */
JsonObject *cb_book_encode_card (CbBook *self,
                                 const CbKey *key,
                                 const char *customer,
                                 GError **error);
JsonObject *cb_book_encode_note (CbBook *self, const CbKey *key, const char *note, GError **error);
JsonObject *cb_book_encode_preference (CbBook *self,
                                       const CbKey *key,
                                       const char *preference,
                                       GError **error);
JsonObject *cb_book_encode_request (CbBook *self,
                                    const CbKey *key,
                                    const char *request,
                                    GError **error);

G_END_DECLS
