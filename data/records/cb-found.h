/* SPDX-License-Identifier: Apache-2.0 */

/* One row of an answer to a search: who, what tells namesakes apart, and what matched.
 * Any thread. Getters borrow. */

#pragma once

#include <gio/gio.h>

#include "records/cb-customer.h"

G_BEGIN_DECLS

#define CB_TYPE_FOUND (cb_found_get_type ())
G_DECLARE_FINAL_TYPE (CbFound, cb_found, CB, FOUND, GObject)

/* What a new record is made of: borrowed, copied by cb_found_new(). */
typedef struct
{
  const char *customer_id;
  const char *name;    /* as it is shown */
  const char *detail;  /* the last four digits of a phone and the first letters of an email: enough
                          to tell  namesakes apart; may be NULL */
  const char *matched; /* the field that matched, when it is not the name: an email, a phone, words
                          of a note; may be NULL */
  gboolean is_note;    /* found by words of a note */
  guint mark_start; /* of the marked part, in bytes, in `matched`, or in `name` when that is NULL */
  guint mark_end;   /* equal to mark_start when nothing is marked */
  gint64 last_visit_us;
  gboolean is_damaged; /* part of what tells who it is cannot be read */
  CbCustomer *card;    /* whom the row is about; may be NULL */
} CbFoundFields;

CbFound *cb_found_new (const CbFoundFields *fields);

const char *cb_found_get_customer_id (CbFound *self);
const char *cb_found_get_name (CbFound *self);
const char *cb_found_get_detail (CbFound *self);
const char *cb_found_get_matched (CbFound *self);
gboolean cb_found_is_note (CbFound *self); /* `matched` is words of a note */
guint cb_found_get_mark_start (CbFound *self);
guint cb_found_get_mark_end (CbFound *self);
gint64 cb_found_get_last_visit_us (CbFound *self);
gboolean cb_found_is_damaged (CbFound *self);
CbCustomer *cb_found_get_card (CbFound *self);

G_END_DECLS
