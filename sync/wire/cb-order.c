/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "wire/cb-order.h"

#include <sodium.h>
#include <string.h>

G_STATIC_ASSERT (CB_ORDER_PUBLIC_BYTES == crypto_sign_PUBLICKEYBYTES);
G_STATIC_ASSERT (CB_ORDER_SECRET_BYTES == crypto_sign_SECRETKEYBYTES);

static char *
wipe_message (const char *terminal, const char *at)
{
  return g_strconcat ("counterbook-wipe-v1\n", terminal, "\n", at, NULL);
}

char *
cb_order_sign_wipe (const char *terminal,
                    const char *at,
                    const guint8 secret_key[CB_ORDER_SECRET_BYTES])
{
  g_autofree char *message = wipe_message (terminal, at);
  guint8 signature[crypto_sign_BYTES] = { 0 };

  crypto_sign_detached (signature, NULL, (const guint8 *) message, strlen (message), secret_key);
  return g_base64_encode (signature, sizeof signature);
}

gboolean
cb_order_is_wipe (const char *terminal,
                  const char *at,
                  const char *signature,
                  const guint8 public_key[CB_ORDER_PUBLIC_BYTES])
{
  g_autofree char *message = wipe_message (terminal, at);
  guint8 bytes[crypto_sign_BYTES] = { 0 };
  gsize length = 0;

  return sodium_base642bin (bytes, sizeof bytes, signature, strlen (signature), NULL, &length, NULL,
                            sodium_base64_VARIANT_ORIGINAL) == 0 &&
         length == sizeof bytes &&
         crypto_sign_verify_detached (bytes, (const guint8 *) message, strlen (message),
                                      public_key) == 0;
}
