/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "wire/cb-digest.h"

#include <sodium.h>
#include <string.h>

#define NAME "sha-256"

G_STATIC_ASSERT (crypto_hash_sha256_BYTES == 32);

static void
hash_body (gconstpointer bytes, gsize length, guint8 hash[crypto_hash_sha256_BYTES])
{
  /* No bytes have no address. */
  crypto_hash_sha256 (hash, length > 0 ? bytes : (gconstpointer) "", length);
}

char *
cb_digest_format (gconstpointer bytes, gsize length)
{
  guint8 hash[crypto_hash_sha256_BYTES];
  char text[sodium_base64_ENCODED_LEN (crypto_hash_sha256_BYTES, sodium_base64_VARIANT_ORIGINAL)];

  hash_body (bytes, length, hash);
  sodium_bin2base64 (text, sizeof text, hash, sizeof hash, sodium_base64_VARIANT_ORIGINAL);

  return g_strdup_printf (NAME "=:%s:", text);
}

/* Of "sha-256=:…:" what stands between the colons is this hash; parameters may follow. */
static gboolean
is_hash (const char *value, const guint8 hash[crypto_hash_sha256_BYTES])
{
  const char *end = *value == ':' ? strchr (value + 1, ':') : NULL;
  guint8 told[crypto_hash_sha256_BYTES];
  gsize length = 0;

  return end != NULL && (end[1] == '\0' || end[1] == ';') &&
         sodium_base642bin (told, sizeof told, value + 1, (gsize) (end - value - 1), NULL, &length,
                            NULL, sodium_base64_VARIANT_ORIGINAL) == 0 &&
         length == sizeof told && memcmp (told, hash, sizeof told) == 0;
}

gboolean
cb_digest_matches (const char *header, gconstpointer bytes, gsize length)
{
  g_auto (GStrv) members = g_strsplit (header != NULL ? header : "", ",", -1);
  guint8 hash[crypto_hash_sha256_BYTES];

  if (*members == NULL)
    return TRUE;

  hash_body (bytes, length, hash);
  for (guint i = 0; members[i] != NULL; i++)
    {
      const char *member = g_strstrip (members[i]);
      const gsize name = strcspn (member, "=");

      if (name == strlen (NAME) && strncmp (member, NAME, name) == 0 &&
          !is_hash (member + name + (member[name] == '='), hash))
        return FALSE;
    }

  return TRUE;
}
