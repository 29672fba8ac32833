/* SPDX-License-Identifier: Apache-2.0 */

/* One colleague on the lock screen: initials, name, role. A toggle among its siblings. */

#pragma once

#include <gtk/gtk.h>

#include "records/cb-staff.h"

G_BEGIN_DECLS

#define CB_TYPE_STAFF_TILE (cb_staff_tile_get_type ())
G_DECLARE_FINAL_TYPE (CbStaffTile, cb_staff_tile, CB, STAFF_TILE, GtkToggleButton)

GtkWidget *cb_staff_tile_new (CbStaff *staff);

/* Borrowed. */
CbStaff *cb_staff_tile_get_staff (CbStaffTile *self);

G_END_DECLS
