/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "wire/cb-digest.h"

#include <string.h>

/* By openssl, not by us. */
#define OF_HELLO "sha-256=:LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=:"
#define OF_NOTHING "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:"

static void
test_written (void)
{
  g_autofree char *hello = cb_digest_format ("hello", 5);
  g_autofree char *nothing = cb_digest_format (NULL, 0);

  g_assert_cmpstr (hello, ==, OF_HELLO);
  g_assert_cmpstr (nothing, ==, OF_NOTHING);
  g_assert_true (cb_digest_matches (OF_HELLO, "hello", 5));
  g_assert_true (cb_digest_matches (OF_NOTHING, NULL, 0));
}

static void
test_another_body (void)
{
  for (guint bit = 0; bit < 5 * 8; bit++)
    {
      char text[] = "hello";

      text[bit / 8] ^= (char) (1 << bit % 8);
      g_assert_false (cb_digest_matches (OF_HELLO, text, 5));
    }
  g_assert_false (cb_digest_matches (OF_HELLO, "hello", 4));
  g_assert_false (cb_digest_matches (OF_HELLO, NULL, 0));
}

static void
test_what_says_nothing (void)
{
  static const char *const others[] = {
    "",
    ",",
    "md5=:XUFAKrxLKna5cZ2REBfFkg==:",
    "sha-512=:AAAA:",
    "sha-2560=:AAAA:",
    "SHA-256=:AAAA:",
    "unixsum=?1, crc32c=:AAAA:",
  };

  g_assert_true (cb_digest_matches (NULL, "hello", 5));
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    g_assert_true (cb_digest_matches (others[i], "hello", 5));
}

static void
test_among_others (void)
{
  g_assert_true (cb_digest_matches ("sha-512=:AAAA:," OF_HELLO, "hello", 5));
  g_assert_true (cb_digest_matches (OF_HELLO ", md5=:AAAA:", "hello", 5));
  g_assert_true (cb_digest_matches (OF_HELLO ";q=1", "hello", 5));
  g_assert_false (cb_digest_matches ("sha-512=:AAAA:, " OF_NOTHING, "hello", 5));
  g_assert_false (cb_digest_matches (OF_HELLO "," OF_NOTHING, "hello", 5));
}

static void
test_what_cannot_be_read (void)
{
  static const char *const wrong[] = {
    "sha-256",
    "sha-256=",
    "sha-256=:",
    "sha-256=::",
    "sha-256=:LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=",
    "sha-256=LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=",
    "sha-256=:LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ:",
    "sha-256=:LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=:x",
    "sha-256=:LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=AAAA:",
    "sha-256=:LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOL:",
    "sha-256=:\xff\xfe:",
  };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    g_assert_false (cb_digest_matches (wrong[i], "hello", 5));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/digest/written-and-read", test_written);
  g_test_add_func ("/wire/digest/every-bit-of-a-body-counts", test_another_body);
  g_test_add_func ("/wire/digest/what-says-nothing-is-not-held-against-a-body",
                   test_what_says_nothing);
  g_test_add_func ("/wire/digest/found-among-others", test_among_others);
  g_test_add_func ("/wire/digest/what-cannot-be-read-fits-nothing", test_what_cannot_be_read);
  return g_test_run ();
}
