/* SPDX-License-Identifier: Apache-2.0 */

/* Store, time, who works here, and the PIN pad. It knows no customer. Signal "signed-in": the
 * store has an actor. */

#pragma once

#include <gtk/gtk.h>

#include "store/cb-store.h"

G_BEGIN_DECLS

#define CB_TYPE_LOCK_PAGE (cb_lock_page_get_type ())
G_DECLARE_FINAL_TYPE (CbLockPage, cb_lock_page, CB, LOCK_PAGE, GtkWidget)

GtkWidget *cb_lock_page_new (CbStore *store);

/* Reads the staff anew and forgets what was half typed. */
void cb_lock_page_reset (CbLockPage *self);

G_END_DECLS
