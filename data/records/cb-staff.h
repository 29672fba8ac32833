/* SPDX-License-Identifier: Apache-2.0 */

/* A member of the shop's staff, as the store knew them at the moment of reading.
 * Any thread. Getters borrow. */

#pragma once

#include <gio/gio.h>

#include "records/cb-terms.h"

G_BEGIN_DECLS

#define CB_TYPE_STAFF (cb_staff_get_type ())
G_DECLARE_FINAL_TYPE (CbStaff, cb_staff, CB, STAFF, GObject)

/* What a new record is made of: borrowed, copied by cb_staff_new(). */
typedef struct
{
  const char *id;
  const char *name;
  CbRole role;
  gboolean is_disabled;
  gint64 locked_until_us; /* 0, or the end of a PIN lock-out */
} CbStaffFields;

CbStaff *cb_staff_new (const CbStaffFields *fields);

const char *cb_staff_get_id (CbStaff *self);
const char *cb_staff_get_name (CbStaff *self);
CbRole cb_staff_get_role (CbStaff *self);
gboolean cb_staff_is_disabled (CbStaff *self);
gint64 cb_staff_get_locked_until_us (CbStaff *self);

G_END_DECLS
