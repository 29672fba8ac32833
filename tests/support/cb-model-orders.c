/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "support/cb-model-orders.h"

#include "base/cb-id.h"

#include <sodium.h>

#define AT "2026-11-21T19:04:05Z"
#define ALTERED "2026-11-21T19:04:06Z"

GBytes *
cb_model_orders_begin (CbModelOrders *self)
{
  crypto_sign_keypair (self->public_key, self->secret_key);
  return g_bytes_new (self->public_key, sizeof self->public_key);
}

void
cb_model_orders_wipe (CbModelOrders *self, const char *terminal, CbModelOrder order)
{
  g_free (self->terminal);
  self->terminal = order == CB_MODEL_ORDER_OF_ANOTHER ? cb_id_new () : g_strdup (terminal);
  self->at = order == CB_MODEL_ORDER_ALTERED ? ALTERED : AT;
  if (order == CB_MODEL_ORDER_FORGED)
    crypto_sign_keypair (self->public_key, self->secret_key);
}

void
cb_model_orders_tell (const CbModelOrders *self, CbReply *reply)
{
  if (self->terminal == NULL)
    return;
  reply->wipe_at = g_strdup (self->at);
  reply->wipe_signature = cb_order_sign_wipe (self->terminal, AT, self->secret_key);
}

void
cb_model_orders_clear (CbModelOrders *self)
{
  g_clear_pointer (&self->terminal, g_free);
}
