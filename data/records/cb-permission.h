/* SPDX-License-Identifier: Apache-2.0 */

/* The verdict on one use of what a customer told us: may we, and why. `purpose` with no channel is
 * about keeping and sharing; with a channel it is about contacting them there, now. Any thread.
 * Getters borrow. */

#pragma once

#include <gio/gio.h>

#include "consent/cb-verdict.h"
#include "records/cb-terms.h"

G_BEGIN_DECLS

#define CB_TYPE_PERMISSION (cb_permission_get_type ())
G_DECLARE_FINAL_TYPE (CbPermission, cb_permission, CB, PERMISSION, GObject)

/* What a new record is made of: borrowed, copied by cb_permission_new(). */
typedef struct
{
  const char *purpose;
  CbChannel channel;
  gboolean is_allowed;
  CbVerdict verdict;
  const char *reason; /* one plain English sentence for logs and scripts, nothing personal */
  gint64 since_us;    /* of the answer that decides; 0 when nobody answered */
  gint64 until_us;    /* 0 when it does not end by itself */
  gint64 next_us;    /* a no of conditions: from when on it is none any more; 0 not by time alone */
  const char *grant; /* the operation of the grant it rests on; NULL unless allowed */
  const char *basis; /* the purpose whose grant it rests on: `everywhere` covers `shop`; NULL unless
                        allowed */
  const char *by;    /* who gave the answer that decides: customer, guardian; NULL: nobody did */
} CbPermissionFields;

CbPermission *cb_permission_new (const CbPermissionFields *fields);

const char *cb_permission_get_purpose (CbPermission *self);
CbChannel cb_permission_get_channel (CbPermission *self);
gboolean cb_permission_is_allowed (CbPermission *self);
CbVerdict cb_permission_get_verdict (CbPermission *self);
const char *cb_permission_get_reason (CbPermission *self);
gint64 cb_permission_get_since_us (CbPermission *self);
gint64 cb_permission_get_until_us (CbPermission *self);
gint64 cb_permission_get_next_us (CbPermission *self);
const char *cb_permission_get_grant (CbPermission *self);
const char *cb_permission_get_basis (CbPermission *self);
const char *cb_permission_get_by (CbPermission *self);

G_END_DECLS
