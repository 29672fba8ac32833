/* SPDX-License-Identifier: Apache-2.0 */

/* The least effort a PIN can be hashed with, in place of what makes a stolen hash dear: each store
 * of a test has staff, who sign in, and all that would cost is time. test-pin has the real thing,
 * and so have the programs. */

#include <sodium.h>

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
  return __real_crypto_pwhash_str (out, password, length, crypto_pwhash_OPSLIMIT_MIN,
                                   crypto_pwhash_MEMLIMIT_MIN);
}
