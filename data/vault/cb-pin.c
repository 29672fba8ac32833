/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "vault/cb-vault.h"

#include "base/cb-error.h"
#include "vault/cb-device-key.h"
#include "vault/cb-vault-private.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>

#define PIN_DIGITS 6

/* What crypto_pwhash_str_verify() would take besides is weaker. */
#define HASH_PREFIX "$argon2id$"

/* Chosen often because of how they lie on the pad or what they spell, without being caught by a
 * rule below; from published counts of leaked PINs and passwords. */
static const char *const common[] = {
  "007007", "112358", "123654", "123789", "134679", "135790", "142536", "142857", "145632",
  "147258", "147369", "147852", "147896", "149162", "159357", "159753", "159951", "246810",
  "258369", "258456", "314159", "321456", "321654", "357159", "369147", "369258", "369852",
  "420420", "456123", "456789", "456852", "520131", "520520", "654123", "741258", "741852",
  "753159", "753951", "786786", "789123", "789321", "789456", "852147", "852456", "951357",
  "951753", "963258", "963852", "987321", "987456",
};

static gboolean
is_not_six_digits (const char *pin)
{
  return strlen (pin) != PIN_DIGITS || strspn (pin, "0123456789") != PIN_DIGITS;
}

/* Every digit follows the one before by the same step, the 0 lying after the 9 as on a pad. With a
 * step of 0 that is one digit repeated, with 1 and 9 a run, with the others a run that skips. */
static gboolean
is_run (const char *pin)
{
  int step = (pin[1] - pin[0] + 10) % 10;

  for (guint i = 2; i < PIN_DIGITS; i++)
    if ((pin[i] - pin[i - 1] + 10) % 10 != step)
      return FALSE;

  return TRUE;
}

/* 121212, 123123, 123321, 112233, 111222: what is remembered in one or two pieces is tried first.
 */
static gboolean
is_pattern (const char *pin)
{
  gboolean mirrored = pin[0] == pin[5] && pin[1] == pin[4] && pin[2] == pin[3];
  gboolean in_pairs = pin[0] == pin[1] && pin[2] == pin[3] && pin[4] == pin[5];
  gboolean in_triples =
    pin[0] == pin[1] && pin[1] == pin[2] && pin[3] == pin[4] && pin[4] == pin[5];

  return mirrored || in_pairs || in_triples || memcmp (pin, pin + 3, 3) == 0 ||
         memcmp (pin, pin + 2, 4) == 0;
}

static gboolean
has_century (const char *digits)
{
  return strncmp (digits, "19", 2) == 0 || strncmp (digits, "20", 2) == 0;
}

/* A year of birth with two digits more, before or behind. */
static gboolean
has_year (const char *pin)
{
  return has_century (pin) || has_century (pin + 2);
}

static gboolean
is_common (const char *pin)
{
  for (guint i = 0; i < G_N_ELEMENTS (common); i++)
    if (strcmp (common[i], pin) == 0)
      return TRUE;

  return FALSE;
}

typedef struct
{
  gboolean (*breaks) (const char *pin);
  const char *why;
} Rule;

/* In order: the later rules take six digits for granted. */
static const Rule rules[] = {
  { is_not_six_digits, "it is not six digits" },
  { is_run, "it repeats one digit or counts" },
  { is_pattern, "it is a pattern" },
  { has_year, "it has a year in it" },
  { is_common, "it is one of the commonest" },
};

gboolean
cb_pin_is_acceptable (const char *pin, GError **error)
{
  g_return_val_if_fail (pin != NULL, FALSE);

  for (guint i = 0; i < G_N_ELEMENTS (rules); i++)
    if (rules[i].breaks (pin))
      {
        g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID, "cannot take this PIN: %s",
                     rules[i].why);
        return FALSE;
      }

  return TRUE;
}

/* What Argon2id is run over: worthless without the device key, and different for two people with
 * one PIN. The staff id ends in its NUL, so it can't run into the PIN. */
static gboolean
key_pin (CbVault *self, const char *staff_id, const char *pin, CbKey *keyed, GError **error)
{
  g_auto (CbKey) device_key = { 0 };
  crypto_auth_hmacsha256_state state;

  G_STATIC_ASSERT (sizeof keyed->bytes == crypto_auth_hmacsha256_BYTES);

  if (!cb_device_key_load (self->state_root, &device_key, error))
    return FALSE;

  crypto_auth_hmacsha256_init (&state, device_key.bytes, sizeof device_key.bytes);
  crypto_auth_hmacsha256_update (&state, (const guint8 *) staff_id, strlen (staff_id) + 1);
  crypto_auth_hmacsha256_update (&state, (const guint8 *) pin, strlen (pin));
  crypto_auth_hmacsha256_final (&state, keyed->bytes);
  sodium_memzero (&state, sizeof state);

  return TRUE;
}

char *
cb_vault_hash_pin (CbVault *self, const char *staff_id, const char *pin, GError **error)
{
  g_auto (CbKey) keyed = { 0 };
  char hash[crypto_pwhash_STRBYTES];

  g_return_val_if_fail (CB_IS_VAULT (self), NULL);
  g_return_val_if_fail (staff_id != NULL && pin != NULL, NULL);

  if (!key_pin (self, staff_id, pin, &keyed, error))
    return NULL;

  if (crypto_pwhash_str (hash, (const char *) keyed.bytes, sizeof keyed.bytes,
                         crypto_pwhash_OPSLIMIT_INTERACTIVE,
                         crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0)
    {
      g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_FAILED,
                           "cannot hash the PIN: out of memory");
      return NULL;
    }

  return g_strdup (hash);
}

/* A damaged hash is no wrong PIN: nobody could ever sign in with it, and must be told. */
static gboolean
is_hash (const char *hash)
{
  return g_str_has_prefix (hash, HASH_PREFIX) && strlen (hash) < crypto_pwhash_STRBYTES &&
         crypto_pwhash_str_needs_rehash (hash, crypto_pwhash_OPSLIMIT_INTERACTIVE,
                                         crypto_pwhash_MEMLIMIT_INTERACTIVE) >= 0;
}

gboolean
cb_vault_check_pin (CbVault *self,
                    const char *staff_id,
                    const char *pin,
                    const char *hash,
                    GError **error)
{
  g_auto (CbKey) keyed = { 0 };

  g_return_val_if_fail (CB_IS_VAULT (self), FALSE);
  g_return_val_if_fail (staff_id != NULL && pin != NULL && hash != NULL, FALSE);

  if (!is_hash (hash))
    {
      g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_CORRUPT,
                           "cannot check the PIN: its hash is damaged");
      return FALSE;
    }

  if (!key_pin (self, staff_id, pin, &keyed, error))
    return FALSE;

  errno = 0;
  if (crypto_pwhash_str_verify (hash, (const char *) keyed.bytes, sizeof keyed.bytes) == 0)
    return TRUE;

  /* libsodium says EINVAL for a PIN that doesn't match, and leaves errno alone or says ENOMEM when
   * it could not try. That must not count as a wrong try. */
  if (errno != EINVAL)
    g_set_error_literal (error, CB_STORE_ERROR, CB_STORE_ERROR_FAILED,
                         "cannot check the PIN: out of memory");

  return FALSE;
}
