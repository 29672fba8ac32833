/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "vault/cb-vault.h"

#include <sodium.h>

void
cb_key_clear (CbKey *key)
{
  sodium_memzero (key->bytes, sizeof key->bytes);
}

void
cb_key_random (CbKey *key)
{
  if (sodium_init () < 0)
    g_assert_not_reached ();

  randombytes_buf (key->bytes, sizeof key->bytes);
}
