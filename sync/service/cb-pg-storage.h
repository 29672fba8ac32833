/* SPDX-License-Identifier: Apache-2.0 */

/* The storage over PostgreSQL 15 and later. Any number of services may share one database. */

#pragma once

#include "service/cb-storage.h"

G_BEGIN_DECLS

/* `address` as cb-pg-address.h admits it; `place` is the path beside which the epoch stands on this
 * machine. Makes the tables when they are absent and `create` is TRUE, else
 * CB_STORE_ERROR_NO_STORE; brings older ones up to date. */
CbStorage *cb_pg_storage_open (const char *address,
                               const char *place,
                               gboolean create,
                               GError **error);

/* The database was put back from a back-up: a new history begins in it, once for all the machines
 * that serve it. Each says so for itself, and the first one begins it. No service may run on it. */
CbStorage *cb_pg_storage_open_restored (const char *address, const char *place, GError **error);

G_END_DECLS
