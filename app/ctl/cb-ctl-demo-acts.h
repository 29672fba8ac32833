/* SPDX-License-Identifier: Apache-2.0 */

/* One act of the demo shop's past: somebody of the staff, something a customer said, a moment. */

#pragma once

#include "base/cb-json.h"
#include "store/cb-book.h"

G_BEGIN_DECLS

typedef struct
{
  CbBook *book;
  CbClock *clock;        /* moved from act to act */
  GHashTable *staff;     /* key to CbStaff */
  GHashTable *customers; /* key to id */
  GHashTable *matters;   /* key of a request or promise, in the whole shop, to id */
} CbDemo;

/* `person` is whom it is about and `act` what happens, as in shop.json. */
gboolean cb_ctl_demo_perform (CbDemo *demo, JsonObject *person, JsonObject *act, GError **error);

G_END_DECLS
