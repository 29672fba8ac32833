/* SPDX-License-Identifier: Apache-2.0 */

/* One operation on its way to the service, as a person or a script may see it: never its body.
 * Any thread. Getters borrow. */

#pragma once

#include <gio/gio.h>

#include "records/cb-permission.h"
#include "records/cb-terms.h"

G_BEGIN_DECLS

#define CB_TYPE_OUTBOX_ITEM (cb_outbox_item_get_type ())
G_DECLARE_FINAL_TYPE (CbOutboxItem, cb_outbox_item, CB, OUTBOX_ITEM, GObject)

/* What a new record is made of: borrowed, copied by cb_outbox_item_new(). */
typedef struct
{
  const char *id; /* of the operation */
  const char *kind;
  const char *act;
  const char *record_id;
  const char *customer_id;
  const char *purpose; /* may be NULL */
  CbDelivery state;
  CbVerdict verdict;  /* on what it rests on; CB_VERDICT_ALLOWED for what needs none */
  const char *basis;  /* the purpose of the yes it rests on; NULL when there is none */
  const char *grant;  /* the operation of that yes; NULL when there is none */
  gint64 since_us;    /* of the answer that decides; 0 when there is none */
  const char *reason; /* why it may or may not leave, one plain English sentence */
  const char *code;   /* the refusal; NULL unless parked */
  gboolean is_choice; /* it was changed elsewhere too, and both readings are here */
  gint64 created_us;
  guint tries;
} CbOutboxItemFields;

CbOutboxItem *cb_outbox_item_new (const CbOutboxItemFields *fields);

const char *cb_outbox_item_get_id (CbOutboxItem *self);
const char *cb_outbox_item_get_kind (CbOutboxItem *self);
const char *cb_outbox_item_get_act (CbOutboxItem *self);
const char *cb_outbox_item_get_record_id (CbOutboxItem *self);
const char *cb_outbox_item_get_customer_id (CbOutboxItem *self);
const char *cb_outbox_item_get_purpose (CbOutboxItem *self);
CbDelivery cb_outbox_item_get_state (CbOutboxItem *self);
CbVerdict cb_outbox_item_get_verdict (CbOutboxItem *self);
const char *cb_outbox_item_get_basis (CbOutboxItem *self);
const char *cb_outbox_item_get_grant (CbOutboxItem *self);
gint64 cb_outbox_item_get_since_us (CbOutboxItem *self);
const char *cb_outbox_item_get_reason (CbOutboxItem *self);
const char *cb_outbox_item_get_code (CbOutboxItem *self);
gboolean cb_outbox_item_is_choice (CbOutboxItem *self);
gint64 cb_outbox_item_get_created_us (CbOutboxItem *self);
guint cb_outbox_item_get_tries (CbOutboxItem *self);

G_END_DECLS
