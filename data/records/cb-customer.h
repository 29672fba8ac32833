/* SPDX-License-Identifier: Apache-2.0 */

/* A customer's card as it was at the moment of reading. Editing makes a new record.
 * Any thread. Getters borrow. */

#pragma once

#include <gio/gio.h>

#include "records/cb-terms.h"

G_BEGIN_DECLS

#define CB_TYPE_CUSTOMER (cb_customer_get_type ())
G_DECLARE_FINAL_TYPE (CbCustomer, cb_customer, CB, CUSTOMER, GObject)

/* What a new record is made of: borrowed, copied by cb_customer_new(). */
typedef struct
{
  const char *id;
  const char *given;          /* may be empty */
  const char *family;         /* may be empty */
  const char *preferred;      /* how to address them; may be NULL */
  const char *language;       /* BCP 47; may be NULL */
  const char *const *emails;  /* as typed */
  const char *const *phones;  /* as typed */
  const char *const *numbers; /* on their card; may be NULL */
  gint64 created_us;
  gint64 last_visit_us;
  gboolean is_restricted;
  const char *version; /* the operation that wrote it; may be NULL */
} CbCustomerFields;

CbCustomer *cb_customer_new (const CbCustomerFields *fields);

const char *cb_customer_get_id (CbCustomer *self);
const char *cb_customer_get_given (CbCustomer *self);
const char *cb_customer_get_family (CbCustomer *self);
const char *cb_customer_get_preferred (CbCustomer *self);
const char *cb_customer_get_language (CbCustomer *self);
const char *const *cb_customer_get_emails (CbCustomer *self);
const char *const *cb_customer_get_phones (CbCustomer *self);
const char *const *cb_customer_get_numbers (CbCustomer *self);
gint64 cb_customer_get_created_us (CbCustomer *self);
gint64 cb_customer_get_last_visit_us (CbCustomer *self);
gboolean cb_customer_is_restricted (CbCustomer *self);
const char *cb_customer_get_version (CbCustomer *self);

/* The name a screen shows: the preferred one, else given and family. Never NULL. Free it. */
char *cb_customer_dup_display_name (CbCustomer *self);

G_END_DECLS
