/* SPDX-License-Identifier: Apache-2.0 */

/* Everything one screen shows of one customer, read in one transaction.
 * Any thread. Getters borrow. */

#pragma once

#include <gio/gio.h>

#include "records/cb-customer.h"
#include "records/cb-matter.h"
#include "records/cb-note.h"
#include "records/cb-occasion.h"
#include "records/cb-permission.h"
#include "records/cb-preference.h"
#include "records/cb-purchase.h"
#include "records/cb-reach.h"
#include "records/cb-used.h"
#include "records/cb-wish.h"

G_BEGIN_DECLS

#define CB_TYPE_DOSSIER (cb_dossier_get_type ())
G_DECLARE_FINAL_TYPE (CbDossier, cb_dossier, CB, DOSSIER, GObject)

/* What a new record is made of: borrowed, copied by cb_dossier_new(). */
typedef struct
{
  CbCustomer *customer;
  GPtrArray *notes;       /* of CbNote, newest first */
  GPtrArray *preferences; /* of CbPreference */
  GPtrArray *requests;    /* of CbMatter: what is open by its day, then what is closed */
  GPtrArray *wishes;      /* of CbWish: what they would like in return, newest first */
  GPtrArray *used;        /* of CbUsed: which of their notes and preferences helped them */
  GPtrArray *reaches;     /* of CbReach: how they were contacted, newest first */
  const char *home;       /* the shop they call theirs; NULL: not known */
  const char *zone;       /* whose clock is theirs, "Europe/Berlin"; NULL: the shop's */
  const char *associate;  /* id of who usually serves them; NULL: nobody in particular */
  GPtrArray *purchases;   /* of CbPurchase, newest first */
  GPtrArray *occasions;   /* of CbOccasion, as they were told */
  GPtrArray *permissions; /* of CbPermission: every purpose without channel, then each channel of
                             the outreach purposes */
  const char *const
    *confirmed;          /* of their emails and phones, those whose owner said so; may be NULL */
  guint n_unread;        /* so many values are damaged and not among these */
  gint64 unconfirmed_us; /* since when something from the old book waits to be confirmed; 0: not */
} CbDossierFields;

CbDossier *cb_dossier_new (const CbDossierFields *fields);

CbCustomer *cb_dossier_get_customer (CbDossier *self);
GPtrArray *cb_dossier_get_notes (CbDossier *self);
GPtrArray *cb_dossier_get_preferences (CbDossier *self);
GPtrArray *cb_dossier_get_requests (CbDossier *self);
GPtrArray *cb_dossier_get_wishes (CbDossier *self);
GPtrArray *cb_dossier_get_used (CbDossier *self);
GPtrArray *cb_dossier_get_reaches (CbDossier *self);
const char *cb_dossier_get_home (CbDossier *self);
const char *cb_dossier_get_associate (CbDossier *self);
const char *cb_dossier_get_zone (CbDossier *self);
GPtrArray *cb_dossier_get_purchases (CbDossier *self);
GPtrArray *cb_dossier_get_occasions (CbDossier *self);
GPtrArray *cb_dossier_get_permissions (CbDossier *self);
/* Marketing by email, text or messenger goes to these alone. */
const char *const *cb_dossier_get_confirmed (CbDossier *self);
gint64 cb_dossier_get_unconfirmed_us (CbDossier *self);
guint cb_dossier_get_n_unread (CbDossier *self);

G_END_DECLS
