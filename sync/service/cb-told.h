/* SPDX-License-Identifier: Apache-2.0 */

/* What the retailer's other systems are told, and what they bring: the documents behind the read
 * API, without its network. Told is what a yes to be known everywhere covers and the answers to
 * what goes beyond the shop; what a shop keeps for itself, and what was asked of it, is not even
 * hinted at, and who is erased is like nobody. Functions append to `reply`. */

#pragma once

#include "consent/cb-conditions.h"
#include "service/cb-service.h"

G_BEGIN_DECLS

/* The card and the preferences, with `has_notes` the notes too. FALSE without an error when there
 * is nobody who may be told of. */
gboolean cb_told_write_profile (CbService *service,
                                const char *customer,
                                gboolean has_notes,
                                GString *reply,
                                GError **error);

/* The answers with what proves them. FALSE without an error when there are none. */
gboolean cb_told_write_consents (CbService *service,
                                 const char *customer,
                                 GString *reply,
                                 GError **error);

/* May they be contacted now? `channel` "*" asks whether the purpose stands at all. A verdict there
 * always is: of nobody it is that they were not asked. */
gboolean cb_told_write_permission (CbService *service,
                                   const char *customer,
                                   const char *purpose,
                                   const char *channel,
                                   CbCircumstance circumstance,
                                   GString *reply,
                                   GError **error);

/* Whoever wants to contact them, now: the verdict, and where it is a yes it is written down that
 * they did, at once, so that of two the second is counted after the first. Under the same `op` it
 * is the same contact, and no second one. */
typedef struct
{
  const char *op;
  const char *purpose;
  const char *channel;
  CbCircumstance circumstance;
} CbContactWish;

typedef enum
{
  CB_WISH_JUDGED,
  CB_WISH_ID_USED, /* for another contact */
  CB_WISH_FAILED,
} CbWishEnd;

CbWishEnd cb_told_write_contact (CbService *service,
                                 const char *customer,
                                 const CbContactWish *wish,
                                 GString *reply,
                                 GError **error);

/* A page of whose profile or answers have changed behind the cursor, NULL for everybody's, and
 * whether there is anything on it. */
CbTold cb_told_write_news (CbService *service,
                           const char *cursor,
                           GString *reply,
                           gboolean *has_news,
                           GError **error);

G_END_DECLS
