/* SPDX-License-Identifier: Apache-2.0 */

/* What the service can order a terminal that it shut out: to destroy what it holds. Whoever stands
 * between the two must not be able to, so an order is signed (Ed25519, RFC 8032) with a key of the
 * service's whose public half the terminal got when it was enrolled. It names the terminal and when
 * it was given, and there is no way back from it, so nobody gains by saying it twice. Pure; any
 * thread. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define CB_ORDER_PUBLIC_BYTES 32
#define CB_ORDER_SECRET_BYTES 64

/* In base64; free it. `at` is a time as the wire writes it. */
char *cb_order_sign_wipe (const char *terminal,
                          const char *at,
                          const guint8 secret_key[CB_ORDER_SECRET_BYTES]);

gboolean cb_order_is_wipe (const char *terminal,
                           const char *at,
                           const char *signature,
                           const guint8 public_key[CB_ORDER_PUBLIC_BYTES]);

G_END_DECLS
