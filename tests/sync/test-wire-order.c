/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "wire/cb-order.h"

#include <sodium.h>
#include <string.h>

#define TERMINAL "445375b21d8af8b26e589ffeb3287a92"
#define AT "2026-11-21T19:04:05Z"

/* Of the first test of RFC 8032; what it signs here was signed by openssl, not by us. */
#define SEED "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A="
#define PUBLIC "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
#define SIGNED                                                                                     \
  "w2y0w4b+4Qh7pyHzAitBTSaRrNdJJLhi22f9lkl2I25/CLnvzhmv4WeNc+i2O1NtydkVbe2u5A4gHE8fHc/rBg=="

static guint8 public_key[CB_ORDER_PUBLIC_BYTES];
static guint8 secret_key[CB_ORDER_SECRET_BYTES];

static void
test_signed (void)
{
  g_autofree char *signature = cb_order_sign_wipe (TERMINAL, AT, secret_key);

  g_assert_cmpstr (signature, ==, SIGNED);
  g_assert_true (cb_order_is_wipe (TERMINAL, AT, SIGNED, public_key));
}

static void
test_anything_else (void)
{
  static const char *const others[] = {
    "", "AAAA", SIGNED "=", " " SIGNED, SIGNED "AAAA", "\xff",
  };

  g_assert_false (cb_order_is_wipe ("445375b21d8af8b26e589ffeb3287a93", AT, SIGNED, public_key));
  g_assert_false (cb_order_is_wipe (TERMINAL, "2026-11-21T19:04:06Z", SIGNED, public_key));
  g_assert_false (cb_order_is_wipe (TERMINAL "\n" AT, "", SIGNED, public_key));
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    g_assert_false (cb_order_is_wipe (TERMINAL, AT, others[i], public_key));
}

static void
test_each_bit (void)
{
  gsize length = 0;
  g_autofree guchar *bytes = g_base64_decode (SIGNED, &length);

  for (gsize bit = 0; bit < length * 8; bit++)
    {
      g_autofree char *text = NULL;

      bytes[bit / 8] ^= (guchar) (1 << bit % 8);
      text = g_base64_encode (bytes, length);
      g_assert_false (cb_order_is_wipe (TERMINAL, AT, text, public_key));
      bytes[bit / 8] ^= (guchar) (1 << bit % 8);
    }
}

/* A token is got by signing too: with another beginning, so that the one can't be made of the
 * other.
 */
static void
test_no_token (void)
{
  const char *message = "counterbook-token-v1\n" TERMINAL "\n" AT;
  guint8 signature[crypto_sign_BYTES];
  g_autofree char *text = NULL;

  crypto_sign_detached (signature, NULL, (const guint8 *) message, strlen (message), secret_key);
  text = g_base64_encode (signature, sizeof signature);
  g_assert_false (cb_order_is_wipe (TERMINAL, AT, text, public_key));
}

int
main (int argc, char **argv)
{
  g_autofree guchar *seed = NULL;
  gsize length = 0;

  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (sodium_init (), >=, 0);
  seed = g_base64_decode (SEED, &length);
  g_assert_cmpuint (length, ==, crypto_sign_SEEDBYTES);
  crypto_sign_seed_keypair (public_key, secret_key, seed);
  {
    g_autofree char *text = g_base64_encode (public_key, sizeof public_key);

    g_assert_cmpstr (text, ==, PUBLIC);
  }

  g_test_add_func ("/wire/order/signed", test_signed);
  g_test_add_func ("/wire/order/anything-else", test_anything_else);
  g_test_add_func ("/wire/order/each-bit", test_each_bit);
  g_test_add_func ("/wire/order/no-token", test_no_token);

  return g_test_run ();
}
