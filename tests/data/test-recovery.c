/* SPDX-License-Identifier: Apache-2.0 */

#define G_LOG_DOMAIN "Counterbook"

#include "base/cb-error.h"
#include "vault/cb-recovery.h"
#include "vault/cb-seal.h"

#include <string.h>

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static void
assert_reads_as (const char *typed, const CbRecoveryCode *code)
{
  g_autoptr (GError) error = NULL;
  g_auto (CbRecoveryCode) read = { 0 };

  g_assert_true (cb_recovery_code_read (typed, &read, &error));
  g_assert_no_error (error);
  g_assert_cmpmem (read.bytes, sizeof read.bytes, code->bytes, sizeof code->bytes);
}

static void
assert_mistyped (const char *typed)
{
  static const CbRecoveryCode nothing = { 0 };
  g_autoptr (GError) error = NULL;
  g_auto (CbRecoveryCode) read = { 0 };

  g_assert_false (cb_recovery_code_read (typed, &read, &error));
  g_assert_error (error, CB_STORE_ERROR, CB_STORE_ERROR_INVALID);
  g_assert_cmpmem (read.bytes, sizeof read.bytes, nothing.bytes, sizeof nothing.bytes);
}

static void
test_looks (void)
{
  g_auto (CbRecoveryCode) code = { 0 };

  for (guint round = 0; round < 50; round++)
    {
      g_autofree char *text = NULL;
      g_auto (GStrv) groups = NULL;

      cb_recovery_code_random (&code);
      text = cb_recovery_code_write (&code);
      groups = g_strsplit (text, "-", -1);

      g_assert_cmpuint (g_strv_length (groups), ==, 8);
      for (guint i = 0; i < 8; i++)
        {
          g_assert_cmpuint (strlen (groups[i]), ==, 5);
          g_assert_cmpuint (strspn (groups[i], alphabet), ==, 5);
        }
      assert_reads_as (text, &code);
    }
}

static void
test_every_bit_counts (void)
{
  for (guint bit = 0; bit < CB_RECOVERY_CODE_BYTES * 8; bit++)
    {
      CbRecoveryCode code = { 0 };
      g_autofree char *text = NULL;

      code.bytes[bit / 8] = (guint8) (1 << bit % 8);
      text = cb_recovery_code_write (&code);
      assert_reads_as (text, &code);
    }
}

static char *
replace_all (const char *text, const char *old, const char *fresh)
{
  g_auto (GStrv) parts = g_strsplit (text, old, -1);

  return g_strjoinv (fresh, parts);
}

static void
test_forgives (void)
{
  /* Zeros and ones are what is mistaken most. */
  CbRecoveryCode code = { .bytes = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 } };
  g_autofree char *text = cb_recovery_code_write (&code);
  g_autofree char *lower = g_ascii_strdown (text, -1);
  g_autofree char *plain = replace_all (text, "-", "");
  g_autofree char *spaced = replace_all (text, "-", " \n ");
  g_autofree char *dashed = replace_all (text, "-", " — ");
  g_autofree char *letter_o = replace_all (text, "0", "O");
  g_autofree char *small_o = replace_all (text, "0", "o");
  g_autofree char *letter_i = replace_all (text, "1", "I");
  g_autofree char *small_l = replace_all (text, "1", "l");
  g_autofree char *padded = g_strconcat ("  ", text, "\n", NULL);

  g_assert_nonnull (strchr (text, '0'));
  g_assert_nonnull (strchr (text, '1'));

  assert_reads_as (lower, &code);
  assert_reads_as (plain, &code);
  assert_reads_as (spaced, &code);
  assert_reads_as (dashed, &code);
  assert_reads_as (letter_o, &code);
  assert_reads_as (small_o, &code);
  assert_reads_as (letter_i, &code);
  assert_reads_as (small_l, &code);
  assert_reads_as (padded, &code);
}

/* The promise of the check symbol, tried out in full on one code. */
static void
test_notices_slips (void)
{
  g_auto (CbRecoveryCode) code = { 0 };
  g_autofree char *text = NULL;

  cb_recovery_code_random (&code);
  text = cb_recovery_code_write (&code);

  for (gsize i = 0; i < strlen (text); i++)
    {
      char was = text[i];

      for (const char *symbol = alphabet; was != '-' && *symbol != '\0'; symbol++)
        if (*symbol != was)
          {
            text[i] = *symbol;
            assert_mistyped (text);
          }
      text[i] = was;

      if (was != '-' && text[i + 1] != '-' && text[i + 1] != '\0' && text[i + 1] != was)
        {
          text[i] = text[i + 1];
          text[i + 1] = was;
          assert_mistyped (text);
          text[i + 1] = text[i];
          text[i] = was;
        }
    }

  assert_reads_as (text, &code);
}

static void
test_notices_swapped_groups (void)
{
  g_auto (CbRecoveryCode) code = { 0 };
  g_autofree char *text = NULL;
  g_auto (GStrv) groups = NULL;

  cb_recovery_code_random (&code);
  text = cb_recovery_code_write (&code);
  groups = g_strsplit (text, "-", -1);

  for (guint i = 0; i < 7; i++)
    {
      g_autofree char *swapped = NULL;
      char *group = groups[i];

      groups[i] = groups[i + 1];
      groups[i + 1] = group;
      swapped = g_strjoinv ("-", groups);
      groups[i + 1] = groups[i];
      groups[i] = group;

      assert_mistyped (swapped);
    }
}

static void
test_refuses (void)
{
  g_auto (CbRecoveryCode) code = { 0 };
  g_autofree char *text = NULL;
  g_autofree char *longer = NULL;
  g_autofree char *shorter = NULL;

  cb_recovery_code_random (&code);
  text = cb_recovery_code_write (&code);
  longer = g_strconcat (text, "0", NULL);
  shorter = g_strndup (text, strlen (text) - 1);

  assert_mistyped (NULL);
  assert_mistyped ("");
  assert_mistyped ("----");
  assert_mistyped ("\xff\xfe");
  assert_mistyped (longer);
  assert_mistyped (shorter);
  text[0] = 'U';
  assert_mistyped (text);
  text[0] = '*';
  assert_mistyped (text);
}

static void
test_pair_follows_code (void)
{
  g_auto (CbRecoveryCode) code = { 0 };
  g_auto (CbRecoveryPair) pair = { 0 };
  g_auto (CbRecoveryPair) same = { 0 };
  g_auto (CbRecoveryPair) other = { 0 };

  cb_recovery_code_random (&code);
  cb_recovery_pair_derive (&code, &pair);
  cb_recovery_pair_derive (&code, &same);
  code.bytes[CB_RECOVERY_CODE_BYTES - 1] ^= 1;
  cb_recovery_pair_derive (&code, &other);

  g_assert_cmpmem (&pair, sizeof pair, &same, sizeof same);
  g_assert_cmpint (memcmp (pair.public_key, other.public_key, sizeof pair.public_key), !=, 0);
}

/* A code on paper must open the store for ever: this one, of the bytes 00 01 … 13, was written and
 * derived by an independent implementation. */
static void
test_never_changes (void)
{
  static const char expected_code[] = "000G4-40R4F-0M30Y-E209X-185GE-R38EY-1W81B-24GK1";
  static const char expected_public[] =
    "f761b581f53fb7bd747a2f105cc16d0ec767431e17c97353150efdf8dc1bb260";
  g_auto (CbRecoveryCode) code = { 0 };
  g_auto (CbRecoveryPair) pair = { 0 };
  g_autofree char *text = NULL;
  g_autoptr (GString) hex = g_string_new (NULL);

  for (guint8 i = 0; i < CB_RECOVERY_CODE_BYTES; i++)
    code.bytes[i] = i;

  text = cb_recovery_code_write (&code);
  g_assert_cmpstr (text, ==, expected_code);

  cb_recovery_pair_derive (&code, &pair);
  for (guint i = 0; i < sizeof pair.public_key; i++)
    g_string_append_printf (hex, "%02x", pair.public_key[i]);
  g_assert_cmpstr (hex->str, ==, expected_public);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/recovery/code/is-eight-groups-of-clear-symbols", test_looks);
  g_test_add_func ("/recovery/code/every-bit-counts", test_every_bit_counts);
  g_test_add_func ("/recovery/code/forgives-how-it-is-typed", test_forgives);
  g_test_add_func ("/recovery/code/notices-every-slip", test_notices_slips);
  g_test_add_func ("/recovery/code/notices-swapped-groups", test_notices_swapped_groups);
  g_test_add_func ("/recovery/code/refuses-what-is-none", test_refuses);
  g_test_add_func ("/recovery/pair/follows-the-code", test_pair_follows_code);
  g_test_add_func ("/recovery/pair/never-changes", test_never_changes);

  return g_test_run ();
}
