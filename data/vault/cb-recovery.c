/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "vault/cb-recovery.h"

#include "base/cb-error.h"

#include <sodium.h>
#include <string.h>

#define GROUPS 8
#define DATA_SYMBOLS 4
#define GROUP_SYMBOLS (DATA_SYMBOLS + 1)
#define ALL_SYMBOLS (GROUPS * GROUP_SYMBOLS)
#define SYMBOL_BITS 5

G_STATIC_ASSERT (GROUPS *DATA_SYMBOLS *SYMBOL_BITS == CB_RECOVERY_CODE_BYTES * 8);
G_STATIC_ASSERT (CB_RECOVERY_PUBLIC_BYTES == crypto_box_PUBLICKEYBYTES);
G_STATIC_ASSERT (CB_KEY_BYTES == crypto_box_SECRETKEYBYTES);
G_STATIC_ASSERT (CB_KEY_BYTES == crypto_box_SEEDBYTES);
G_STATIC_ASSERT (CB_RECOVERY_CODE_BYTES >= crypto_generichash_KEYBYTES_MIN);

/* https://www.crockford.com/base32.html */
static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static const char seed_domain[] = "counterbook recovery 1";

void
cb_recovery_code_clear (CbRecoveryCode *code)
{
  sodium_memzero (code, sizeof *code);
}

void
cb_recovery_pair_clear (CbRecoveryPair *pair)
{
  sodium_memzero (pair, sizeof *pair);
}

void
cb_recovery_code_random (CbRecoveryCode *code)
{
  if (sodium_init () < 0)
    g_assert_not_reached ();

  randombytes_buf (code->bytes, sizeof code->bytes);
}

/* Times two in the field of 32 elements, x^5 + x^2 + 1. */
static guint8
double_in_field (guint8 value)
{
  guint shifted = (guint) value << 1;

  return (guint8) ((shifted & 32) != 0 ? (shifted ^ 0x25) : shifted);
}

/* A weighted sum with a weight of its own for every place, all different and none zero: that is
 * what makes one wrong symbol and two swapped ones change it. The group's number is added in. */
static guint8
check_symbol (const guint8 *symbols, guint group)
{
  guint8 sum = 0;

  for (guint i = 0; i < DATA_SYMBOLS; i++)
    sum = double_in_field (sum ^ symbols[i]);

  return (guint8) (sum ^ (group + 1));
}

/* The five bits of the code that begin at that symbol's place. */
static guint8
get_symbol (const CbRecoveryCode *code, guint index)
{
  guint symbol = 0;

  for (guint bit = index * SYMBOL_BITS; bit < (index + 1) * SYMBOL_BITS; bit++)
    symbol = symbol << 1 | ((code->bytes[bit / 8] >> (7 - bit % 8)) & 1);

  return (guint8) symbol;
}

static void
set_symbol (CbRecoveryCode *code, guint index, guint8 symbol)
{
  for (guint i = 0; i < SYMBOL_BITS; i++)
    {
      guint bit = index * SYMBOL_BITS + i;

      if ((symbol >> (SYMBOL_BITS - 1 - i) & 1) != 0)
        code->bytes[bit / 8] |= (guint8) (0x80 >> bit % 8);
    }
}

char *
cb_recovery_code_write (const CbRecoveryCode *code)
{
  char *text = g_malloc0 (ALL_SYMBOLS + GROUPS);
  char *next = text;

  for (guint group = 0; group < GROUPS; group++)
    {
      guint8 symbols[DATA_SYMBOLS];

      if (group > 0)
        *next++ = '-';
      for (guint i = 0; i < DATA_SYMBOLS; i++)
        {
          symbols[i] = get_symbol (code, group * DATA_SYMBOLS + i);
          *next++ = alphabet[symbols[i]];
        }
      *next++ = alphabet[check_symbol (symbols, group)];
      sodium_memzero (symbols, sizeof symbols);
    }

  return text;
}

/* The symbol a typed character stands for, or -1. */
static int
read_symbol (gunichar c)
{
  const char *found = NULL;

  if (c == 0 || c >= 0x80)
    return -1;

  c = (gunichar) g_ascii_toupper ((char) c);
  if (c == 'O')
    c = '0';
  if (c == 'I' || c == 'L')
    c = '1';
  found = strchr (alphabet, (int) c);

  return found != NULL ? (int) (found - alphabet) : -1;
}

/* Fills all the symbols, or says why not. Dashes of every kind, because word processors and
 * telephones make their own of the one that was printed. */
static const char *
read_symbols (const char *typed, guint8 *symbols)
{
  guint count = 0;

  for (const char *next = typed; *next != '\0'; next = g_utf8_next_char (next))
    {
      gunichar c = g_utf8_get_char (next);
      int symbol = read_symbol (c);

      if (g_unichar_isspace (c) || g_unichar_type (c) == G_UNICODE_DASH_PUNCTUATION)
        continue;
      if (symbol < 0)
        return "it has a character that no code has";
      if (count == ALL_SYMBOLS)
        return "it is too long";
      symbols[count++] = (guint8) symbol;
    }

  return count == ALL_SYMBOLS ? NULL : "it is too short";
}

gboolean
cb_recovery_code_read (const char *typed, CbRecoveryCode *code, GError **error)
{
  guint8 symbols[ALL_SYMBOLS] = { 0 };
  const char *why = "it is no text";
  guint wrong_group = 0;

  if (typed != NULL && g_utf8_validate (typed, -1, NULL))
    why = read_symbols (typed, symbols);

  memset (code, 0, sizeof *code);
  for (guint group = 0; why == NULL && wrong_group == 0 && group < GROUPS; group++)
    {
      const guint8 *first = symbols + group * GROUP_SYMBOLS;

      if (first[DATA_SYMBOLS] != check_symbol (first, group))
        wrong_group = group + 1;
      for (guint i = 0; i < DATA_SYMBOLS; i++)
        set_symbol (code, group * DATA_SYMBOLS + i, first[i]);
    }
  sodium_memzero (symbols, sizeof symbols);

  if (why == NULL && wrong_group == 0)
    return TRUE;

  cb_recovery_code_clear (code);
  if (why != NULL)
    g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID, "cannot read the recovery code: %s",
                 why);
  else
    g_set_error (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID,
                 "cannot read the recovery code: group %u is mistyped", wrong_group);

  return FALSE;
}

/* A keyed hash and no password hash: 160 random bits can't be guessed however fast one tries. */
void
cb_recovery_pair_derive (const CbRecoveryCode *code, CbRecoveryPair *pair)
{
  g_auto (CbKey) seed = { 0 };

  crypto_generichash (seed.bytes, sizeof seed.bytes, (const guint8 *) seed_domain,
                      sizeof seed_domain, code->bytes, sizeof code->bytes);
  crypto_box_seed_keypair (pair->public_key, pair->secret_key.bytes, seed.bytes);
}
