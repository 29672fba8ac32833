/* SPDX-License-Identifier: Apache-2.0 */

/* An answer on its way into the book and to the service, and what was shown for it: what the files
 * of consent share. */

#pragma once

#include "store/cb-book-private.h"

#include "consent/cb-notice.h"
#include "consent/cb-purpose.h"

G_BEGIN_DECLS

/* Borrowed. */
typedef struct
{
  const char *customer;
  const char *purpose;
  const char *channel;
  const char *state; /* given, renewed, refused, deferred, withdrawn */
  const char *entity;
  const char *method;
  const char *proof;
  const char *language;
  const char *request;
  const char *receipt;
  const char *saw; /* the withdrawal a grant has seen */
  const CbNotice *notice;
  gint64 at_us;
} CbConsentEvent;

CbQueued cb_book_queue_consent (const CbConsentEvent *event,
                                const char *id,
                                const char *act,
                                CbChannel channel);

/* The yes with its evidence and the conditions it is bound to; the id names it from then on. */
gboolean cb_book_send_grant (CbBook *self,
                             CbStaff *actor,
                             const char *id,
                             const CbConsentEvent *event,
                             CbChannel channel,
                             GError **error);
gboolean cb_book_send_withdrawal (CbBook *self,
                                  CbStaff *actor,
                                  const char *id,
                                  const CbConsentEvent *event,
                                  CbChannel channel,
                                  const char *grant,
                                  GError **error);

/* The newest standing answer and the newest withdrawal that this store knows of; each NULL. */
gboolean cb_book_read_history (CbBook *self,
                               const char *customer,
                               const char *purpose,
                               const char *channel,
                               char **state,
                               char **grant,
                               char **withdrawal,
                               GError **error);

/* What was put in front of a customer. Borrowed. */
typedef struct
{
  const char *customer;
  const CbNotice *notice;
  const char *language;
  CbMethod method;
  const char *outcome; /* answered, deferred, dismissed */
  const char *purpose; /* of what was dismissed; else the answer says it, and it is NULL */
} CbAsked;

/* Inside a write. */
gboolean cb_book_add_asked (CbBook *self,
                            CbStaff *actor,
                            const char *id,
                            const CbAsked *shown,
                            GError **error);

/* NULL with an error for what no card asks about. */
const CbPurpose *cb_book_find_on_card (const char *purpose, GError **error);

G_END_DECLS
