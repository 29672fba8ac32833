/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "base/cb-id.h"

#include <sodium.h>
#include <string.h>

char *
cb_id_new (void)
{
  guint8 bytes[CB_ID_LENGTH / 2];
  char *id = g_malloc (CB_ID_LENGTH + 1);

  /* Without sodium_init() the first use of the generator is not safe from several threads. */
  if (sodium_init () < 0)
    g_assert_not_reached ();

  randombytes_buf (bytes, sizeof bytes);
  sodium_bin2hex (id, CB_ID_LENGTH + 1, bytes, sizeof bytes);

  return id;
}

gboolean
cb_id_is_valid (const char *id)
{
  if (id == NULL || strnlen (id, CB_ID_LENGTH + 1) != CB_ID_LENGTH)
    return FALSE;

  return strspn (id, "0123456789abcdef") == CB_ID_LENGTH;
}
