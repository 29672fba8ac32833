/* SPDX-License-Identifier: Apache-2.0 */

/* What the model of the service orders a terminal that it shut out, well or badly signed. */

#pragma once

#include "engine/cb-exchange.h"
#include "wire/cb-order.h"

G_BEGIN_DECLS

typedef enum
{
  CB_MODEL_ORDER_GOOD,
  CB_MODEL_ORDER_OF_ANOTHER, /* terminal */
  CB_MODEL_ORDER_ALTERED,    /* on the way */
  CB_MODEL_ORDER_FORGED,     /* signed by somebody else */
} CbModelOrder;

typedef struct
{
  guint8 public_key[CB_ORDER_PUBLIC_BYTES];
  guint8 secret_key[CB_ORDER_SECRET_BYTES];
  char *terminal; /* NULL: nothing is ordered */
  const char *at;
} CbModelOrders;

/* Gives the public half, for the terminal's enrolment. */
GBytes *cb_model_orders_begin (CbModelOrders *self);
void cb_model_orders_wipe (CbModelOrders *self, const char *terminal, CbModelOrder order);

/* Puts what is ordered into the reply. */
void cb_model_orders_tell (const CbModelOrders *self, CbReply *reply);
void cb_model_orders_clear (CbModelOrders *self);

G_END_DECLS
