/* SPDX-License-Identifier: Apache-2.0 */

/* Joins the engine to the store: starts it, wakes it when work is ready, lets a person ask, and
 * takes it down before the store. */

#pragma once

#include "store/cb-store.h"

G_BEGIN_DECLS

#define CB_TYPE_SYNCING (cb_syncing_get_type ())
G_DECLARE_FINAL_TYPE (CbSyncing, cb_syncing, CB, SYNCING, GObject)

/* The store must be open. */
CbSyncing *cb_syncing_new (CbStore *store);

void cb_syncing_try_now (CbSyncing *self);

/* Stops the engine and joins its thread. Once, before the store is closed. */
void cb_syncing_close (CbSyncing *self);

G_END_DECLS
