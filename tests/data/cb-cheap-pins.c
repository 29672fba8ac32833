/* SPDX-License-Identifier: Apache-2.0 */

/* The least effort a PIN can be hashed with, in place of what makes a stolen hash dear: each store
 * of a test has staff, who sign in, and all that would cost is time. test-pin has the real thing,
 * and so have the programs. */

#include <sodium.h>

#include "cb-test-book.h"

gboolean cb_test_pins_are_dear = FALSE;

int __wrap_crypto_pwhash_str (char out[crypto_pwhash_STRBYTES],
                              const char *const password,
                              unsigned long long length,
                              unsigned long long operations,
                              size_t memory);
int __real_crypto_pwhash_str (char out[crypto_pwhash_STRBYTES],
                              const char *const password,
                              unsigned long long length,
                              unsigned long long operations,
                              size_t memory);

int
__wrap_crypto_pwhash_str (char out[crypto_pwhash_STRBYTES],
                          const char *const password,
                          unsigned long long length,
                          unsigned long long operations,
                          size_t memory)
{
  if (!cb_test_pins_are_dear)
    {
      operations = crypto_pwhash_OPSLIMIT_MIN;
      memory = crypto_pwhash_MEMLIMIT_MIN;
    }
  return __real_crypto_pwhash_str (out, password, length, operations, memory);
}
