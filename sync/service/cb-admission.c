/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "service/cb-admission.h"

#include "wire/cb-codes.h"

#include <sodium.h>
#include <string.h>

#define CODE_LENGTH 16
#define CODE_GROUP 4
#define TOKEN_BYTES 32
#define NONCE_RANDOM_BYTES 16
#define NONCE_MAC_BYTES 32

/* Crockford's: no I, L, O or U to misread or to spell words with. 80 random bits need no slow hash.
 */
static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/* As it travels, in base64. */
typedef struct
{
  guint8 expires_us[8]; /* big-endian */
  guint8 random[NONCE_RANDOM_BYTES];
  guint8 mac[NONCE_MAC_BYTES];
} Nonce;

static gint64
now_us (CbService *service)
{
  return cb_clock_get_now_us (cb_service_get_clock (service));
}

static void
hash_text (const char *text, guint8 *hash)
{
  crypto_generichash (hash, CB_HASH_BYTES, (const guchar *) text, strlen (text), NULL, 0);
}

/* --- codes --- */

static char *
draw_code (void)
{
  GString *code = g_string_new (NULL);

  for (guint i = 0; i < CODE_LENGTH; i++)
    {
      if (i > 0 && i % CODE_GROUP == 0)
        g_string_append_c (code, '-');
      g_string_append_c (code, alphabet[randombytes_uniform (sizeof alphabet - 1)]);
    }
  return g_string_free (code, FALSE);
}

/* The hash of a code however it was typed: case, spaces, dashes, O for 0, I and L for 1. FALSE when
 * it can't be one. */
static gboolean
hash_code (const char *typed, guint8 *hash)
{
  char code[CODE_LENGTH + 1] = { 0 };
  guint length = 0;

  for (; *typed != '\0'; typed++)
    {
      char next = g_ascii_toupper (*typed);

      if (next == '-' || next == ' ')
        continue;
      if (next == 'O')
        next = '0';
      if (next == 'I' || next == 'L')
        next = '1';
      if (length == CODE_LENGTH || strchr (alphabet, next) == NULL)
        return FALSE;
      code[length++] = next;
    }
  hash_text (code, hash);
  sodium_memzero (code, sizeof code);
  return length == CODE_LENGTH;
}

/* Ends a transaction that goes well or not at all. */
static gboolean
end (CbStorage *storage, gboolean is_good, GError **error)
{
  if (is_good && storage->methods->commit (storage, NULL, error))
    return TRUE;
  storage->methods->rollback (storage);
  return FALSE;
}

char *
cb_admission_make_code (CbService *service, const char *store, GError **error)
{
  CbStorage *storage = cb_service_get_storage (service);
  const gint64 now = now_us (service);
  g_autofree char *code = draw_code ();
  guint8 hash[CB_HASH_BYTES];
  gboolean is_good = FALSE;

  hash_code (code, hash);
  is_good = storage->methods->begin (storage, NULL, NULL, error) &&
            storage->methods->sweep (storage, now, error) &&
            storage->methods->add_code (storage, hash, store, now + CB_CODE_LIFE_US, error);
  return end (storage, is_good, error) ? g_steal_pointer (&code) : NULL;
}

/* --- enrolment --- */

/* Inside the transaction that rolls back whatever is not granted, the code's end with it. */
static CbAdmission
enrol (CbService *service,
       const guint8 *hash,
       const guint8 *public_key,
       CbTerminalRow *terminal,
       GError **error)
{
  CbStorage *storage = cb_service_get_storage (service);
  g_autoptr (GError) local = NULL;
  g_autofree char *store = NULL;

  if (!storage->methods->take_code (storage, hash, now_us (service), &store, &local))
    {
      if (local == NULL)
        return CB_ADMISSION_CODE;
    }
  else if (!storage->methods->find_terminal_by_key (storage, public_key, terminal, &local))
    {
      g_autofree char *id = cb_id_new ();

      g_strlcpy (terminal->id, id, sizeof terminal->id);
      memcpy (terminal->public_key, public_key, sizeof terminal->public_key);
    }
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return CB_ADMISSION_FAILED;
    }
  if (terminal->is_revoked)
    return CB_ADMISSION_REVOKED;

  g_free (terminal->store);
  terminal->store = g_steal_pointer (&store);
  return storage->methods->put_terminal (storage, terminal, now_us (service), error)
           ? CB_ADMISSION_GRANTED
           : CB_ADMISSION_FAILED;
}

CbAdmission
cb_admission_enrol (CbService *service,
                    const char *code,
                    const guint8 *public_key,
                    CbTerminalRow *terminal,
                    GError **error)
{
  CbStorage *storage = cb_service_get_storage (service);
  guint8 hash[CB_HASH_BYTES];
  CbAdmission admission = CB_ADMISSION_FAILED;

  if (!hash_code (code, hash))
    return CB_ADMISSION_CODE;
  if (!storage->methods->begin (storage, NULL, NULL, error))
    return CB_ADMISSION_FAILED;

  admission = enrol (service, hash, public_key, terminal, error);
  if (!end (storage, admission == CB_ADMISSION_GRANTED, error) && admission == CB_ADMISSION_GRANTED)
    return CB_ADMISSION_FAILED;
  return admission;
}

/* --- nonces --- */

static void
sign_nonce (CbService *service, const char *terminal, const Nonce *nonce, guint8 *mac)
{
  const CbIdentity *identity = cb_service_get_identity (service);
  crypto_generichash_state state;

  crypto_generichash_init (&state, identity->nonce_key, sizeof identity->nonce_key,
                           NONCE_MAC_BYTES);
  crypto_generichash_update (&state, (const guchar *) terminal, strlen (terminal) + 1);
  crypto_generichash_update (&state, nonce->expires_us, sizeof nonce->expires_us);
  crypto_generichash_update (&state, nonce->random, sizeof nonce->random);
  crypto_generichash_final (&state, mac, NONCE_MAC_BYTES);
}

char *
cb_admission_make_nonce (CbService *service, const char *terminal)
{
  const gint64 expires_us = GINT64_TO_BE (now_us (service) + CB_NONCE_LIFE_US);
  Nonce nonce;
  char text[sodium_base64_ENCODED_LEN (sizeof nonce, sodium_base64_VARIANT_ORIGINAL)];

  memcpy (nonce.expires_us, &expires_us, sizeof nonce.expires_us);
  randombytes_buf (nonce.random, sizeof nonce.random);
  sign_nonce (service, terminal, &nonce, nonce.mac);
  return g_strdup (sodium_bin2base64 (text, sizeof text, (const guchar *) &nonce, sizeof nonce,
                                      sodium_base64_VARIANT_ORIGINAL));
}

static gint64
get_expiry (const Nonce *nonce)
{
  gint64 expires_us = 0;

  memcpy (&expires_us, nonce->expires_us, sizeof expires_us);
  return GINT64_FROM_BE (expires_us);
}

static gboolean
is_own_nonce (CbService *service, const char *terminal, const char *text, Nonce *nonce)
{
  guint8 mac[NONCE_MAC_BYTES];
  gsize length = 0;

  if (sodium_base642bin ((guchar *) nonce, sizeof *nonce, text, strlen (text), NULL, &length, NULL,
                         sodium_base64_VARIANT_ORIGINAL) != 0 ||
      length != sizeof *nonce)
    return FALSE;

  sign_nonce (service, terminal, nonce, mac);
  return sodium_memcmp (mac, nonce->mac, sizeof mac) == 0 && get_expiry (nonce) > now_us (service);
}

/* --- tokens --- */

static gboolean
is_signed (const CbTerminalRow *terminal, const char *nonce, const guint8 *signature)
{
  g_autofree char *message = cb_codes_token_message (terminal->id, nonce);

  return crypto_sign_verify_detached (signature, (const guchar *) message, strlen (message),
                                      terminal->public_key) == 0;
}

static char *
draw_token (void)
{
  guint8 bytes[TOKEN_BYTES];
  char text[sodium_base64_ENCODED_LEN (TOKEN_BYTES, sodium_base64_VARIANT_URLSAFE_NO_PADDING)];

  randombytes_buf (bytes, sizeof bytes);
  return g_strdup (sodium_bin2base64 (text, sizeof text, bytes, sizeof bytes,
                                      sodium_base64_VARIANT_URLSAFE_NO_PADDING));
}

/* Inside a transaction. */
static CbAdmission
record_token (CbService *service,
              const char *terminal,
              const Nonce *nonce,
              const char *token,
              GError **error)
{
  CbStorage *storage = cb_service_get_storage (service);
  const gint64 now = now_us (service);
  g_autoptr (GError) local = NULL;
  guint8 hash[CB_HASH_BYTES];

  hash_text (token, hash);
  if (storage->methods->sweep (storage, now, &local) &&
      storage->methods->use_nonce (storage, nonce->mac, sizeof nonce->mac, get_expiry (nonce),
                                   &local) &&
      storage->methods->add_token (storage, hash, terminal, now + CB_TOKEN_LIFE_US, &local))
    return CB_ADMISSION_GRANTED;
  if (local == NULL)
    return CB_ADMISSION_NONCE;
  g_propagate_error (error, g_steal_pointer (&local));
  return CB_ADMISSION_FAILED;
}

CbAdmission
cb_admission_make_token (CbService *service,
                         const char *terminal,
                         const char *nonce,
                         const guint8 *signature,
                         CbTerminalRow *row,
                         char **token,
                         GError **error)
{
  CbStorage *storage = cb_service_get_storage (service);
  g_autoptr (GError) local = NULL;
  g_autofree char *drawn = draw_token ();
  CbAdmission admission = CB_ADMISSION_FAILED;
  Nonce own;

  if (!is_own_nonce (service, terminal, nonce, &own))
    return CB_ADMISSION_NONCE;
  if (!storage->methods->find_terminal (storage, terminal, row, &local) && local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return CB_ADMISSION_FAILED;
    }
  if (*row->id == '\0' || !is_signed (row, nonce, signature))
    return CB_ADMISSION_SIGNATURE;
  if (row->is_revoked)
    return CB_ADMISSION_REVOKED;

  if (!storage->methods->begin (storage, NULL, NULL, error))
    return CB_ADMISSION_FAILED;
  admission = record_token (service, terminal, &own, drawn, error);
  if (end (storage, admission == CB_ADMISSION_GRANTED, error))
    *token = g_steal_pointer (&drawn);
  else if (admission == CB_ADMISSION_GRANTED)
    admission = CB_ADMISSION_FAILED;
  return admission;
}

CbAdmission
cb_admission_check_token (CbService *service,
                          const char *token,
                          CbTerminalRow *terminal,
                          GError **error)
{
  CbStorage *storage = cb_service_get_storage (service);
  g_autoptr (GError) local = NULL;
  guint8 hash[CB_HASH_BYTES];

  hash_text (token, hash);
  if (storage->methods->find_by_token (storage, hash, now_us (service), terminal, &local))
    return terminal->is_revoked ? CB_ADMISSION_REVOKED : CB_ADMISSION_GRANTED;
  if (local == NULL)
    return CB_ADMISSION_TOKEN;
  g_propagate_error (error, g_steal_pointer (&local));
  return CB_ADMISSION_FAILED;
}

gboolean
cb_admission_order_wipe (CbService *service, const char *terminal, GError **error)
{
  CbStorage *storage = cb_service_get_storage (service);
  const gint64 now = now_us (service);
  gboolean is_good = storage->methods->begin (storage, NULL, NULL, error) &&
                     storage->methods->revoke_terminal (storage, terminal, now, error) &&
                     storage->methods->order_wipe (storage, terminal, now, error) &&
                     cb_service_note_wipe (service, terminal, error);

  return end (storage, is_good, error);
}

gboolean
cb_admission_revoke (CbService *service, const char *terminal, GError **error)
{
  CbStorage *storage = cb_service_get_storage (service);
  gboolean is_good =
    storage->methods->begin (storage, NULL, NULL, error) &&
    storage->methods->revoke_terminal (storage, terminal, now_us (service), error) &&
    cb_service_note_revoked (service, terminal, error);

  return end (storage, is_good, error);
}
